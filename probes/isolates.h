/*
 * The isolates of one process: which thread is which, with the slot and the ring of each. One
 * thread.
 */
#ifndef PROBES_ISOLATES_H
#define PROBES_ISOLATES_H

#include "probes/estimate.h"
#include "probes/image.h"
#include "wire/segment.h"

#ifndef HASH_NONFATAL_OOM
#define HASH_NONFATAL_OOM 1
#endif
#include <uthash.h>

struct stores;

/* What something takes, where not each is timed: of the last few hundred that were. */
struct pace {
    uint64_t sum, count; /* ns */
};

struct isolate {
    UT_hash_handle by_tid, by_id;
    uint32_t tid;           /* of the kernel */
    uint32_t id;            /* threadId */
    uint64_t worker;        /* its Worker, in the process; 0 for the main isolate */
    uint64_t heap;          /* its Heap, in the process; 0 until a collection told it */
    uint64_t environment;   /* its Environment, likewise; 0 until a message told it */
    struct wire_slot *slot; /* borrowed from the segment */
    struct ring_writer writer;
    uint64_t made, online; /* ns: its Worker was made, its script begins; 0: not known */
    uint64_t uncaught_at; /* ns: it threw what nothing caught; 0: it did not */
    char uncaught[32];    /* the class of that */
    bool is_out_of_memory;
    uint64_t limit;      /* as NearHeapLimit said it; WIRE_UNKNOWN */
    uint64_t live_fresh; /* left by a collection since the last job; WIRE_UNKNOWN */
    struct estimate estimate;
    struct pace writes, reads;       /* of messages */
    uint64_t posted, posted_through; /* the last one that it sent, and through which port */
};

struct isolates {
    struct segment *segment;     /* borrowed */
    struct wire_process *totals; /* of the segment */
    const struct image *image;   /* borrowed */
    struct stores *stores;       /* borrowed: what is held is let go of with its holder */
    uint64_t pid;
    struct isolate *tids; /* owned */
    struct isolate *ids;  /* the same, by threadId */
    uint32_t searched;    /* the last thread that was looked for in vain */
};

void isolates_init(struct isolates *isolates, struct segment *segment, uint64_t pid,
                   const struct image *image);
void isolates_fini(struct isolates *isolates);

/* The isolate, borrowed until it is dropped; NULL when it is not known. */
struct isolate *isolates_find(const struct isolates *isolates, uint32_t tid);
struct isolate *isolates_find_id(const struct isolates *isolates, uint32_t id);
/* Likewise, by the address of its Environment; the process's memory is asked for that of workers.
 */
struct isolate *isolates_find_environment(const struct isolates *isolates, uint64_t environment);
/* The isolate of a thread that did something only isolates do; looked for in the process's memory
 * when nobody announced it. NULL: there is no room. */
struct isolate *isolates_need(struct isolates *isolates, uint32_t tid);
/* A new one; who had its threadId before is dropped. NULL: there is no room. */
struct isolate *isolates_add(struct isolates *isolates, uint32_t tid, uint32_t id,
                             const char *name);
/* Gives its slot back. */
void isolates_drop(struct isolates *isolates, struct isolate *isolate);
/* Adds the workers that were there before us. */
void isolates_search(struct isolates *isolates);
/* In whose ring stands what is told of `isolate` by others: the main isolate's, which outlives it.
 */
struct isolate *isolates_witness(const struct isolates *isolates, struct isolate *isolate);

#endif
