/*
 * The past, as charts ask for it. Views of routes.c, on the loop thread.
 */
#ifndef DAEMON_SERIES_H
#define DAEMON_SERIES_H

#include "daemon/views/request.h"

/* /api/v1/history: one metric of one thing. */
void series_history(const struct request *request, struct reply *reply);

#endif
