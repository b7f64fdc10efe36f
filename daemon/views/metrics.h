/*
 * /metrics: the model as Prometheus text 0.0.4 or OpenMetrics 1.0. Rendered straight into a buffer,
 * on the loop thread, once a tick however many scrape.
 */
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include "base/bytes.h"

struct daemon;

const char *metrics_content_type(bool is_openmetrics);
/* A failed `out` means memory is short. */
void metrics_write(const struct daemon *daemon, bool is_openmetrics, struct bytes *out);

#endif
