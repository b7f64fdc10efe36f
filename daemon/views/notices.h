/*
 * Silences and notifiers as documents, for the table of routes.c and for the status.
 */
#ifndef DAEMON_NOTICES_H
#define DAEMON_NOTICES_H

#include "daemon/views/fields.h"
#include "daemon/views/request.h"

struct model;

void notices_silences(const struct request *request, struct reply *reply);
void notices_silence(const struct request *request, struct reply *reply);
void notices_unsilence(const struct request *request, struct reply *reply);

/* "notifiers", "journal" and "alerts_dropped" of the status. */
void notices_write_status(struct fields *fields, const struct model *model);

#endif
