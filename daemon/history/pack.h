/*
 * A packed block: some steps of all metrics of one series, as they lie in the database.
 *
 *   u32     checksum of everything behind it (FNV-1a, little endian)
 *   u8 u8   version, number of metrics
 *   varint  step in microseconds
 *   varint  number of the first row; row n is the step that begins at n * step, Unix seconds
 *   rows:
 *     varint  gap << 1 | is_repeat      gap: steps left out before this row
 *     repeat: varint count              so many rows like the one before
 *     else:   u8 mask                   bit m: metric m is known
 *             for each known metric     varint zigzag(avg - avg before) << 1 | has_spread
 *                                       has_spread: varint avg - min, varint max - avg
 *
 * Values are whole numbers below 2^53. A thing that does not change costs a few bytes a block, a
 * busy one some 4 bytes a figure. What is read may be damaged: reading ends with -EBADMSG, never
 * anywhere else. One thread at a time.
 */
#ifndef DAEMON_PACK_H
#define DAEMON_PACK_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACK_METRICS_MAX 8
#define PACK_ROWS_MAX    4096 /* steps from the first row to the last of one block */

/* One metric in one step; all NaN where nothing was known. */
struct pack_cell {
    double min, avg, max;
};

/* A row as it is written. */
struct pack_row {
    uint8_t mask;
    int64_t min[PACK_METRICS_MAX], avg[PACK_METRICS_MAX], max[PACK_METRICS_MAX];
};

struct pack {
    unsigned metric_count;
    uint64_t step_us;
    int64_t first, last; /* row numbers; meaningful once row_count > 0 */
    uint32_t row_count;
    uint64_t repeats;      /* of the repeat entry at the end; 0: it ends with something else */
    size_t repeats_offset; /* where its count lies */
    struct pack_row before;
    struct bytes data; /* owned */
};

/* Empty; allocates nothing. */
void pack_init(struct pack *pack, unsigned metric_count, double step);
void pack_fini(struct pack *pack);
/* Empty again, the memory kept. */
void pack_clear(struct pack *pack);

/* Appends a row behind the last. 0, -ENOMEM, or -ERANGE when it does not lie behind the last and
 * within PACK_ROWS_MAX of the first; the pack is as before then. */
int pack_add(struct pack *pack, int64_t row, const struct pack_cell *cells);
/* The block to be stored: data and size of pack->data, checksum made. NULL when it is empty. */
const struct bytes *pack_seal(struct pack *pack);

struct pack_reader {
    const unsigned char *at, *end;
    unsigned metric_count;
    uint64_t step_us;
    int64_t first, row;
    uint64_t repeats; /* still to be told */
    bool is_begun;
    struct pack_row before;
};

/* 0, or -EBADMSG when it is no whole block. `data` is borrowed as long as it is read. */
int pack_open(struct pack_reader *reader, const void *data, size_t size);
/* The next row: 1, 0 at the end, -EBADMSG. `cells` has room for PACK_METRICS_MAX. */
int pack_next(struct pack_reader *reader, int64_t *row, struct pack_cell *cells);

#endif
