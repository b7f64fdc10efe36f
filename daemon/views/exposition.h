/*
 * What every line of Prometheus's text formats is made of. The loop's thread; nothing is kept.
 */
#ifndef DAEMON_EXPOSITION_H
#define DAEMON_EXPOSITION_H

#include "base/bytes.h"

/* name="value", escaped as both formats want it. */
void exposition_label(struct bytes *out, const char *name, const char *value);
/* A finite number, whole ones without a point. */
void exposition_number(struct bytes *out, double value);

#endif
