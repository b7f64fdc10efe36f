/*
 * What happened and what was asked to happen: events, jobs, actions. Views of routes.c, on the loop
 * thread.
 */
#ifndef DAEMON_HAPPENINGS_H
#define DAEMON_HAPPENINGS_H

#include "daemon/views/request.h"

void happenings_events(const struct request *request, struct reply *reply);
void happenings_recycles(const struct request *request, struct reply *reply);
void happenings_jobs(const struct request *request, struct reply *reply);
void happenings_act(const struct request *request, struct reply *reply);
void happenings_probe(const struct request *request, struct reply *reply);
void happenings_file(const struct request *request, struct reply *reply);
void happenings_action(const struct request *request, struct reply *reply);

#endif
