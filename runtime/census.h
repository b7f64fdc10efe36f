/*
 * How many things of each kind there are, and how many bytes they take: the short answer to "what
 * grew?". Kinds are names of constructors and, in parentheses, what has none. Owned by who made it;
 * one thread.
 */
#ifndef RUNTIME_CENSUS_H
#define RUNTIME_CENSUS_H

#include "runtime/sink.h"

#include <stddef.h>
#include <stdint.h>

#define CENSUS_NAME_MAX 60 /* bytes; longer names are cut */

struct census_row {
    char name[CENSUS_NAME_MAX + 4];
    uint64_t count, bytes;
};

struct census {
    struct census_row *rows; /* owned; by name once it is finished */
    size_t count, room;
    uint64_t taken;  /* CLOCK_MONOTONIC ns */
    uint64_t lasted; /* ns */
};

/* NULL without memory. */
struct census *census_new(void);
void census_free(struct census **census);
/* A row; `size` bytes of `name`. 0 or -ENOMEM. */
int census_add(struct census *census, const void *name, size_t size, uint64_t count,
               uint64_t bytes);
/* All rows are in: puts together those of one name. */
void census_finish(struct census *census);
/* The row of that name; NULL when there is none. */
const struct census_row *census_find(const struct census *census, const char *name);

/* A row and by how much it is more than it was. */
struct census_growth {
    const struct census_row *row; /* the census's */
    int64_t count, bytes;
};
/* The `max` rows that grew by most bytes, most first; only those that did. How many, or -ENOMEM. */
int census_grown(const struct census *census, const struct census *baseline,
                 struct census_growth *grown, size_t max);

/* {"rows":[{"name","count","bytes","count_grown","bytes_grown"}, ...]}, most grown first, then
 * largest; without a baseline (NULL) the last two are null. 0 or -ENOMEM. */
int census_write(const struct census *census, const struct census *baseline, struct sink *sink);

#endif
