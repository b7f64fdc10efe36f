/*
 * What the collector wants of an isolate's heap: gc, snapshot, profile, census, growth. The I/O thread
 * brings an errand to the isolate, which runs it at its next safe point: in its loop, or between
 * two instructions of a script that does not end. Every errand is answered once: by the isolate, at
 * the isolate's end, or by the I/O thread when the isolate did not come to it in time.
 */
#ifndef RUNTIME_ERRAND_H
#define RUNTIME_ERRAND_H

#include "runtime/mailbox.h"

#include <stdbool.h>
#include <stdint.h>

#define ERRAND_SECONDS_MAX   10 /* for an isolate to come to a safe point */
#define ERRAND_LOOK_MS       100
#define ERRAND_INTERVAL      ((uint64_t)512 << 10) /* bytes between two samples of a profile */
#define ERRAND_PROFILE_S     5                     /* that a profile runs */
#define ERRAND_PROFILE_S_MAX 600

struct errand;
struct host;
struct isolate;

/* ---- of the I/O thread ---- */

/* Those that are under way. */
struct errands {
    struct host *host;
    struct errand *first; /* owned */
};

struct errand_order {
    const char *id, *verb;
    double seconds;    /* of a profile or growth */
    uint64_t interval; /* bytes, likewise */
    uint64_t jobs;     /* of growth */
};

bool errand_is_verb(const char *verb);
/* Brings it to the isolate; false when there is no such isolate, or no memory. */
bool errands_send(struct errands *errands, uint32_t thread, const struct errand_order *order);
/* Every ERRAND_LOOK_MS: ends profiles and answers what was not come to; false when none is left. */
bool errands_look(struct errands *errands);
void errands_fini(struct errands *errands);

/* ---- of the isolate ---- */

/* Runs all that wait. Nothing of the script runs meanwhile, nothing is allocated in its heap. */
void errands_run(struct isolate *isolate);
/* One that came while the isolate ends; borrowed. */
void errand_refuse(struct isolate *isolate, const struct letter *letter);
/* The isolate ends: answers what is left. Nobody can send more. */
void errands_close(struct isolate *isolate);

#endif
