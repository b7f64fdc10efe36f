/*
 * Which process was the first to have a pid, remembered in a file of the state directory for as
 * long as the machine is up, so that isolate ids ("PID.THREAD") mean the same after a restart of
 * the daemon. The loop's thread only.
 */
#ifndef DAEMON_PIDS_H
#define DAEMON_PIDS_H

#include <stdbool.h>
#include <stdint.h>

struct pids;

/* Reads DIRECTORY/pids; makes both when missing. Without a directory (NULL), or one that cannot be
 * written (logged), it remembers in memory alone. NULL: no memory. */
struct pids *pids_open(const char *directory);
void pids_close(struct pids **pids);

/* True when another process had this pid before: the ids of this one need its start time. Notes the
 * first owner. */
bool pids_is_reused(struct pids *pids, uint64_t pid, uint64_t start_time);

#endif
