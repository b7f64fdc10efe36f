/*
 * A sampled allocation profile: which blocks were sampled, where, and which of them are still
 * there. Every byte handed out has the same chance (one in `interval`) to be the one that makes its
 * block a sample, whatever the sizes of blocks and their order (a Poisson process over bytes); each
 * sample stands for the bytes that its size and the interval say. So sums are unbiased estimates of
 * live bytes by call site. Knows nothing of the engine. One thread.
 */
#ifndef RUNTIME_PROFILE_H
#define RUNTIME_PROFILE_H

#include "runtime/sink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROFILE_DEPTH_MAX 64

struct profile_frame {
    const void *name, *file; /* the engine's text; copied */
    size_t name_size, file_size;
    uint32_t line;     /* from 1; 0 when there is none */
    bool is_construct; /* called by `new` */
};

struct profile {
    double left;     /* bytes until the next sample; see profile_take() */
    double interval; /* bytes, mean */
    uint64_t random;
    struct profile_sample *samples; /* owned; open addressing by block */
    size_t sample_count, sample_room;
    struct profile_node *nodes; /* owned; the root is first */
    size_t node_count, node_room;
    char *text; /* owned; names and files of nodes */
    size_t text_size, text_room;
    uint64_t taken, lost; /* samples; those there was no memory for */
};

/* NULL without memory. `seed` 0: from the clock. */
struct profile *profile_new(double interval, uint64_t seed);
void profile_free(struct profile **profile);

/* Counts `bytes` that were handed out; true when they are to be a sample. */
static inline bool profile_take(struct profile *profile, size_t bytes)
{
    profile->left -= (double)bytes;
    return profile->left < 0;
}
/* Makes `block` a sample, or `bytes` more of it, allocated by frames[0], called by frames[1] and so on. */
void profile_add(struct profile *profile, const void *block, size_t bytes,
                 const struct profile_frame *frames, size_t count);
/* The block lies elsewhere now, or has shrunk to this share of what it was. */
void profile_move(struct profile *profile, const void *block, const void *moved, double share);
/* `into` was made in place of `block` and is larger: it is new by this share only. */
void profile_replace(struct profile *profile, const void *block, const void *into, double share);
/* The block is gone, if it was one. */
void profile_remove(struct profile *profile, const void *block);

/* What the samples under way stand for, bytes. */
double profile_bytes(const struct profile *profile);
/* A line of the program that made what is still there. */
struct profile_site {
    const char *name, *file; /* not ended by NUL; good as long as the profile stands still */
    size_t name_size, file_size;
    uint32_t line;  /* 0 with an empty file: made while no script ran, as messages are */
    double bytes;   /* what its samples stand for */
    uint64_t count; /* of its samples */
};
/* The `max` that hold most, most first; allocations of natives and built-in modules are put down to
 * who called them, those of a constructor to who made the instance. How many there are, or -ENOMEM. */
int profile_sites(const struct profile *profile, struct profile_site *sites, size_t max);

/* As V8's .heapprofile; each node also has allocatedSize: with what is gone again. */
void profile_write(const struct profile *profile, struct sink *sink);

#endif
