/*
 * From the model into the archive, and the names of series there. The loop's thread only.
 */
#ifndef DAEMON_FEED_H
#define DAEMON_FEED_H

#include "daemon/config.h"
#include "daemon/history/archive.h"
#include "daemon/model/model.h"

/* Hands this tick's figures over; never waits. */
void feed_tick(struct archive *archive, const struct model *model, const struct config *config);

/* How the archive does, into *status. */
void feed_status(struct archive *archive, struct status *status);

/* "isolate:ID", "process:PID" (with ~STARTTIME for a later owner of the pid), "budget:NAME". */
void feed_name(char name[QUERY_NAME_MAX], enum history_kind kind, const void *subject);

#endif
