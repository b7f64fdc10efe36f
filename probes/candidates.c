/*
 * A short list in order of appearance. Called by prober.c, which tells the collector. Owns nothing.
 * What makes a candidate is the program's file alone, which is cheap; whether it can be watched is
 * seen when somebody wants it.
 */
#include "probes/candidates.h"

#include "base/proc.h"
#include "probes/image.h"
#include "probes/names.h"

#include <string.h>

static void drop(struct candidates *candidates, size_t at)
{
    candidates->count--;
    memmove(&candidates->items[at], &candidates->items[at + 1],
            (candidates->count - at) * sizeof candidates->items[0]);
}

void candidates_consider(struct candidates *candidates, uint64_t pid)
{
    for (size_t i = candidates->count; i-- > 0;) {
        if (candidates->items[i].pid == pid) {
            drop(candidates, i);
        }
    }
    if (candidates->count == CANDIDATES_MAX || !image_is_likely(pid)) {
        return;
    }
    struct candidate *fresh = &candidates->items[candidates->count];
    if (proc_start_time(pid, &fresh->start_time) == 0) {
        fresh->pid = pid;
        names_find(pid, fresh->name, sizeof fresh->name);
        candidates->count++;
    }
}

void candidates_prune(struct candidates *candidates)
{
    for (size_t i = candidates->count; i-- > 0;) {
        uint64_t start_time;
        if (proc_start_time(candidates->items[i].pid, &start_time) < 0 ||
            start_time != candidates->items[i].start_time) {
            drop(candidates, i);
        }
    }
}
