/*
 * Shared buffers of one process: which there are, who got hold of which, and when they are gone.
 * One that was sent in a message is known; whether it is still there is looked up in the memory of
 * the process. One thread.
 */
#ifndef PROBES_STORES_H
#define PROBES_STORES_H

#include "wire/segment.h"

struct stores;

/* As it is found in a message; addresses in the process. */
struct stores_share {
    uint64_t store;  /* of its BackingStore */
    uint64_t block;  /* of what counts its references; WIRE_UNKNOWN */
    uint64_t data;   /* of its bytes, which tell it from others */
    uint64_t bytes;  /* WIRE_UNKNOWN */
    uint32_t thread; /* who got hold of it */
};

/* Told when the store is gone. */
typedef void stores_gone_fn(void *context, uint32_t thread, uint32_t id, uint64_t bytes);

/* `segment` is borrowed. NULL: no memory. */
struct stores *stores_new(struct segment *segment, uint64_t pid, stores_gone_fn *gone,
                          void *context);
void stores_free(struct stores **stores);

/* A thread got hold of it; its id, or 0 when there is no room. *is_new: it did not have it. */
uint32_t stores_add(struct stores *stores, const struct stores_share *share, bool *is_new);
/* Bytes that a thread holds. */
uint64_t stores_held(const struct stores *stores, uint32_t thread);
/* The thread is over. */
void stores_drop_thread(struct stores *stores, uint32_t thread);
/* Looks which are gone. About once a second. */
void stores_tick(struct stores *stores);

#endif
