/*
 * The stretch of time a request asks for, by its keys `from` and `to`.
 */
#ifndef DAEMON_SPAN_H
#define DAEMON_SPAN_H

#include "daemon/views/request.h"

struct span {
    double from, to; /* Unix seconds; from < to */
};

/* A `from` or `to` that is not positive counts from now; the last 15 minutes without any. False with
 * a 400 made. */
bool span_read(const struct request *request, struct span *span, struct reply *reply);

#endif
