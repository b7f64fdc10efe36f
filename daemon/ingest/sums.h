/*
 * The figures of processes that are sums over their isolates, their resident size, and what that
 * leaves unexplained. The loop's thread only.
 */
#ifndef DAEMON_SUMS_H
#define DAEMON_SUMS_H

#include "daemon/model/model.h"

/* Sets rss, heap_used ... unattributed and isolate_count of every process, and which isolates are
 * stale: those of stale processes, and those of lines not heard of for `stale_after` seconds. */
void sums_update(struct model *model, double stale_after);

#endif
