/*
 * Fields that lines of emitters have in common (WIRE.md, "The door"). Any thread: nothing is kept.
 */
#ifndef DAEMON_LINE_H
#define DAEMON_LINE_H

#include "base/error.h"

#include <jansson.h>

#include <stdbool.h>
#include <stdint.h>

#define LINE_COUNT_MAX (UINT64_C(1) << 53) /* beyond it JSON numbers are not exact */

/* A size, count or time (times `scale`) that may be missing or null: WIRE_UNKNOWN then. False when it is
 * something else. */
bool line_read_figure(const json_t *value, double scale, uint64_t *figure);
/* The threadId of a line. 0, or a negative errno with *error. */
int line_read_thread(const json_t *line, uint32_t *thread, struct error *error);

#endif
