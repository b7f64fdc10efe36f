/*
 * What is to be told and to whom: snapshots of alerts in the order they were made, each with a bit
 * for every notifier that has not got it yet. Bounded; what does not fit any more pushes out the
 * oldest, which is counted by the caller. The loop's thread only.
 */
#ifndef DAEMON_OUTBOX_H
#define DAEMON_OUTBOX_H

#include "daemon/model/model.h"

#define OUTBOX_MAX 1000

struct outbox_entry {
    uint64_t seq; /* from 1, rising, kept over restarts */
    double t;     /* when it was made */
    uint32_t to;  /* bits of notifiers that wait for it */
    struct alert alert;
};

struct outbox;

/* NULL: no memory. */
struct outbox *outbox_new(void);
void outbox_free(struct outbox **outbox);

/* Adds a snapshot for the notifiers in `to`; seq 0 gives it the next number. The bits of an entry
 * that had to go are in *pushed_out. Returns the entry's number; 0: no memory. */
uint64_t outbox_push(struct outbox *outbox, const struct outbox_entry *entry, uint32_t *pushed_out);
/* The first entry for `bit` whose number is above `after`; NULL: none. Good until the next change. */
const struct outbox_entry *outbox_find(const struct outbox *outbox, uint32_t bit, uint64_t after);
/* One notifier is done with one entry. False when it did not wait for it. */
bool outbox_remove(struct outbox *outbox, uint64_t seq, uint32_t bit);
size_t outbox_count(const struct outbox *outbox, uint32_t bit);

/* The number given out last; raised by what is replayed. */
uint64_t outbox_last(const struct outbox *outbox);
void outbox_raise(struct outbox *outbox, uint64_t seq);

#endif
