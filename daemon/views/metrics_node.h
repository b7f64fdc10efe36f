/*
 * The figures of isolates under the names that prom-client gives them, with the thread as a label, so that
 * dashboards made for those go on working (compat.nodejs). The loop's thread only.
 */
#ifndef DAEMON_METRICS_NODE_H
#define DAEMON_METRICS_NODE_H

#include "base/bytes.h"
#include "daemon/model/model.h"

/* Appends families of `count` isolates. Memory that runs out shows in out->is_failed. */
void metrics_node_write(const struct isolate *const *isolates, size_t count, bool is_openmetrics,
                        struct bytes *out);

#endif
