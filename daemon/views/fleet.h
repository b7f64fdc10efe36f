/*
 * Many isolates in one picture. A view of routes.c, on the loop thread.
 */
#ifndef DAEMON_FLEET_H
#define DAEMON_FLEET_H

#include "daemon/views/request.h"

/* /api/v1/isolates/distribution: how many isolates lay in each bin of a metric, over time. */
void fleet_distribution(const struct request *request, struct reply *reply);

#endif
