/*
 * What a process is called. Reads /proc; any thread, no state.
 */
#ifndef PROBES_NAMES_H
#define PROBES_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What people call it: its script's file name, else its program's. */
void names_find(uint64_t pid, char *name, size_t size);
/* True when the glob fits that, the name of its program's file, or the one the kernel has (comm),
 * which newer versions of Node.js set to "MainThread". */
bool names_match(uint64_t pid, const char *glob);

#endif
