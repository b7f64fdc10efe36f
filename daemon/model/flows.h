/*
 * Who sends to whom: the messages between isolates of one process, over the last minutes. Ingest
 * adds records, rules and views sum them up over a window. A flow is a pair of sender and receiver;
 * it is kept while something was heard of it within FLOWS_KEEP_S. What a ring lost is missing here.
 * Owned by its process; the loop's thread only.
 */
#ifndef DAEMON_FLOWS_H
#define DAEMON_FLOWS_H

#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLOWS_MAX      20000 /* in one process; further ones are counted as refused */
#define FLOWS_WINDOW_S 300   /* the longest window that can be asked for */
#define FLOWS_STEP_S   10    /* windows are whole steps, the present one included */
#define FLOWS_KEEP_S   600
#define FLOWS_NOBODY   UINT32_MAX /* the receiver of what went into a port that no isolate has yet */

struct flows;
struct flow;

/* What went from one isolate to the other within a window. */
struct flow_sums {
    uint64_t messages;      /* posted */
    uint64_t delivered;     /* taken by the receiver */
    uint64_t timed;         /* those of them of which it is known how long that took */
    uint64_t waits, writes; /* likewise how long they waited; those posted, how long writing took */
    uint64_t clone_bytes;   /* serialized, cloned buffers included */
    uint64_t transfer_bytes; /* of moved buffers */
    uint64_t share_bytes;    /* of shared stores the receiver saw for the first time */
    double serialize_seconds, deserialize_seconds; /* sender, receiver standing still */
    double queue_seconds;                          /* sum over the delivered ones */
};

/* Takes a record in; most kinds say nothing about flows. *flows is made when the first one comes.
 * Without memory, or room, the record is counted as refused. `t` in Unix seconds. */
void flows_add(struct flows **flows, const struct record *record, double t);
/* Drops those that nothing was heard of for FLOWS_KEEP_S. NULL is fine. */
void flows_expire(struct flows *flows, double now);
void flows_free(struct flows **flows);

/* Records that found no room, or no memory. */
uint64_t flows_refused(const struct flows *flows);

/* The flow behind `after` (the first for NULL) in order of appearance; NULL at the end. */
const struct flow *flows_next(const struct flows *flows, const struct flow *after);
uint32_t flows_from(const struct flow *flow);
uint32_t flows_to(const struct flow *flow);

/* Sums the last `window` seconds (FLOWS_WINDOW_S at most) up; the seconds really covered. */
double flows_sum(const struct flow *flow, double now, double window, struct flow_sums *sums);

/* The size of clones that `share` (0 to 1) of them do not exceed, from log-spaced buckets of the
 * last 2.5 to 5 minutes, so right to 10 %; NaN when there were none. */
double flows_size(const struct flow *flow, double now, double share);

/* Buckets of clone sizes for a picture: log 2, bucket i holds sizes in [2^i, 2^(i+1)). */
#define FLOWS_SIZES 40
void flows_sizes(const struct flow *flow, double now, uint64_t counts[FLOWS_SIZES]);

#endif
