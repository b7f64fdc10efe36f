/*
 * Black boxes into files: a process that died leaves its segment, and a thread of this module
 * writes it to the state directory, STATE/blackbox/NAME-PID-TIME.isobox, and removes the oldest
 * beyond what is kept. The thread begins with the first one. Every function is for the loop's
 * thread and never waits for the disk.
 */
#ifndef DAEMON_DUMP_H
#define DAEMON_DUMP_H

#include "wire/blackbox.h"

#define DUMP_QUEUE_MAX 16 /* segments waiting to be written; more are given up and counted */
#define DUMP_PATH_MAX  4096

struct dump;

struct dump_limits {
    uint32_t keep;      /* files; 0: none is written */
    uint64_t max_bytes; /* of all together */
};

struct dump_status {
    uint64_t written, lost; /* total */
    char last[DUMP_PATH_MAX];
};

/* NULL: no memory. `state_dir` is copied. */
struct dump *dump_new(const char *state_dir);
/* Writes what waits, ends the thread. Accepts NULL. */
void dump_free(struct dump **dump);

/* Takes the view. */
void dump_push(struct dump *dump, struct view **view, const struct blackbox_head *head,
               const struct dump_limits *limits);
void dump_get_status(struct dump *dump, struct dump_status *status);

#endif
