/*
 * What grew over some jobs, and where it was made: a census behind one job and another some jobs
 * later, with a sampled profile of allocations between them. The collector asks for it when it sees
 * live heap rise. An errand (errand.h) like others, except that it lasts; one at a time in an
 * isolate. All of this is for the isolate's own thread.
 *
 * It costs two full collections and two passes over the heap (both told in the answer), and one look
 * at the call stack for each `interval` bytes that are allocated meanwhile.
 */
#ifndef RUNTIME_GROWTH_H
#define RUNTIME_GROWTH_H

#include "runtime/mailbox.h"

#include <stdbool.h>
#include <stdint.h>

#define GROWTH_KINDS_MAX 3
#define GROWTH_SITES_MAX 2
#define GROWTH_NAME_MAX  64  /* bytes of a name, NUL included */
#define GROWTH_FILE_MAX  208 /* of a file; of longer ones the end is told */
#define GROWTH_JOBS      8   /* that lie between the two, unless told otherwise */
#define GROWTH_JOBS_MAX  100000

struct isolate;

struct growth_kind {
    char name[GROWTH_NAME_MAX];
    int64_t count, bytes;
};

struct growth_site {
    char function[GROWTH_NAME_MAX];
    char file[GROWTH_FILE_MAX]; /* "": no line of the program made it */
    uint32_t line;
    double bytes; /* an estimate */
    uint64_t samples;
};

struct growth_report {
    uint64_t jobs;
    int64_t bytes;        /* of live heap */
    double seconds;       /* from one census to the other */
    double pause_seconds; /* that the isolate stood still for both */
    struct growth_kind kinds[GROWTH_KINDS_MAX]; /* most first; of none `bytes` are 0 */
    struct growth_site sites[GROWTH_SITES_MAX]; /* likewise */
    const char *no_site; /* why there are none; NULL when there are */
};

/* The letter asks for it; borrowed. Begins behind the next job. */
void growth_ask(struct isolate *isolate, const struct letter *letter);
/* Its time is over: what grew so far is the answer. */
void growth_end(struct isolate *isolate, const struct letter *letter);
/* The isolate ends: answers what was asked. */
void growth_close(struct isolate *isolate);

/* True while one waits for jobs to end. */
bool growth_is_wanted(void);
/* True when that is the errand under way. */
bool growth_is_of(const char *id);
/* Somebody wants a profile of their own: this one goes on without. */
void growth_yield(struct isolate *isolate);
/* A job ended; behind it was a full collection or not. */
void growth_take_job(struct isolate *isolate, bool is_collected);

#endif
