/*
 * Facts about a process from /proc. Any thread; no state.
 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdint.h>

/* Start time in clock ticks since boot (proc(5), field 22 of /proc/PID/stat): with the pid it names
 * a process for good. 0 and *ticks, or -ESRCH / another negative errno. */
int proc_start_time(uint64_t pid, uint64_t *ticks);

/* Resident bytes of the process, or a negative errno. */
int proc_rss(uint64_t pid, uint64_t *bytes);

/* Nanoseconds that a thread ran, and that it was ready to run but waited for a CPU, since it began. 0
 * or a negative errno: -ENOENT where the kernel does not say. */
int proc_thread_time(uint64_t pid, uint64_t tid, uint64_t *ran, uint64_t *waited);

#endif
