/*
 * Which processes are to be watched: those of the command line, and those of the collector's
 * configuration (probes.attach), which may change. One thread.
 */
#ifndef PROBES_WANTED_H
#define PROBES_WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WANTED_MAX 64 /* processes or globs of a list */

struct wanted {
    char *items[WANTED_MAX]; /* owned: a pid, a glob of names, or * for every Node.js */
    size_t count;
};

/* False when there is no room. */
bool wanted_add(struct wanted *wanted, const char *item);
void wanted_clear(struct wanted *wanted);
bool wanted_has(const struct wanted *wanted, uint64_t pid);
/* True when others than those with their pids named can be wanted: there may be more to come. */
bool wanted_is_open(const struct wanted *wanted);

#endif
