/*
 * How many isolates of a process would run if there were CPUs enough: those that run and those that
 * wait for one, by what the kernel says of their threads. Looked at once a second, and only where
 * more isolates are busy than there are CPUs. The loop's thread only.
 */
#ifndef DAEMON_RUNNABLE_H
#define DAEMON_RUNNABLE_H

#include "daemon/model/model.h"

/* Sets `cpus` and `runnable` of all processes; the latter is NaN where the kernel does not say. */
void runnable_tick(struct model *model, uint64_t now_ns);

#endif
