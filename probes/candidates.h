/*
 * Running Node.js processes that could be watched. Those that were there at the start, and each that
 * begins to run one; those that ended leave. One thread; the caller's memory.
 */
#ifndef PROBES_CANDIDATES_H
#define PROBES_CANDIDATES_H

#include <stddef.h>
#include <stdint.h>

#define CANDIDATES_MAX      64 /* more are left out */
#define CANDIDATES_NAME_MAX 64

struct candidate {
    uint64_t pid, start_time; /* as proc_start_time() has it */
    char name[CANDIDATES_NAME_MAX];
};

struct candidates {
    struct candidate items[CANDIDATES_MAX];
    size_t count;
};

/* It runs a program, maybe another one than before. */
void candidates_consider(struct candidates *candidates, uint64_t pid);
/* Forgets those that ended. */
void candidates_prune(struct candidates *candidates);

#endif
