/*
 * One watched process: the probes in it, its segment, its connection to the collector. Made and
 * freed by prober.c. One thread.
 */
#ifndef PROBES_TARGET_H
#define PROBES_TARGET_H

#include "base/error.h"
#include "probes/event.h"
#include "probes/loader.h"
#include "wire/door.h"

struct target;

struct target_options {
    struct loader *loader; /* borrowed */
    const char *collector; /* socket, borrowed; NULL: the usual places */
    uint64_t pid;
    uint32_t place;    /* free among the loader's */
    uint64_t interval; /* ns between two looks at what of its heaps is resident; 0: none */
};

/* Attaches. 0, or a negative errno with *error: -ENOEXEC when it is no Node.js. */
int target_open(struct target **target, const struct target_options *options, struct error *error);
/* Detaches; `is_over`: the process ended, else the collector is told that it goes on unwatched. */
void target_close(struct target **target, bool is_over);

/* A connection to the collector at the socket, or at the usual places for NULL; a descriptor or a
 * negative errno. */
int target_connect(const char *collector);

uint64_t target_pid(const struct target *target);
uint64_t target_start_time(const struct target *target);
uint32_t target_place(const struct target *target);
/* Becomes readable when the process has ended. */
int target_pidfd(const struct target *target);
/* What cannot be known of it, and why; "" for nothing. */
const char *target_missing(const struct target *target);

/* Nanoseconds between two looks at what of its heaps is resident; 0: none. */
void target_set_interval(struct target *target, uint64_t interval);

void target_take(struct target *target, const struct event *event, const char *text);
/* Every few milliseconds: folds what waited; about every second: connects, counts what was lost.
 * `now` in CLOCK_MONOTONIC ns. */
void target_tick(struct target *target, uint64_t now);

#endif
