/*
 * The parts of the model one by one: lists with filters and pages, and single objects. Views of
 * routes.c: each fills *reply from the model, on the loop thread.
 */
#ifndef DAEMON_LISTS_H
#define DAEMON_LISTS_H

#include "daemon/views/request.h"

void lists_processes(const struct request *request, struct reply *reply);
void lists_process(const struct request *request, struct reply *reply);
void lists_isolates(const struct request *request, struct reply *reply);
void lists_isolate(const struct request *request, struct reply *reply);
void lists_budgets(const struct request *request, struct reply *reply);
void lists_advice(const struct request *request, struct reply *reply);
void lists_alerts(const struct request *request, struct reply *reply);
void lists_stores(const struct request *request, struct reply *reply);
void lists_flows(const struct request *request, struct reply *reply);

#endif
