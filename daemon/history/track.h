/*
 * One series in the making: what was sampled since its open step began, and the open block of each
 * level. Raw steps are short, rollup steps long; both are folded from the same samples. A block
 * covers a fixed span of time, so one that a run before left is found by the clock alone and goes
 * on. The archive's thread only.
 */
#ifndef DAEMON_TRACK_H
#define DAEMON_TRACK_H

#include "daemon/history/disk.h"
#include "daemon/history/pack.h"
#include "daemon/model/history.h"

#define HASH_NONFATAL_OOM 1 /* tbl of a handle is NULL when memory ran out */
#include <uthash.h>

enum { TRACK_RAW, TRACK_ROLLUP };

/* Seconds that a block of each level covers. */
extern const int64_t track_spans[DISK_LEVELS];

struct track_level {
    double step;   /* seconds */
    int64_t block; /* number of the open block; -1: none */
    struct pack pack;
    uint32_t unsaved; /* rows of it that are not in the database */
    int64_t row;      /* the open step; samples lie in it when sample_count > 0 */
    uint32_t sample_count;
    struct {
        double min, max, sum;
        uint32_t count;
    } sums[PACK_METRICS_MAX];
};

struct track {
    UT_hash_handle by_number, by_name; /* the keeper's */
    uint32_t number;                   /* as the loop calls it */
    uint32_t series;                   /* as the database calls it; 0: not asked yet */
    uint64_t seen;                     /* the last batch that spoke of it */
    unsigned metric_count;
    struct track_level levels[DISK_LEVELS];
    char name[];
};

/* Where blocks go, and what became of them. */
struct track_sink {
    struct disk *disk; /* NULL: nowhere */
    uint64_t lost;     /* rows that were given up */
    uint64_t written;  /* rows handed over since the last commit */
    uint64_t rolled;   /* those of them whose block is closed */
    uint64_t damaged;  /* blocks that could not be read */
};

/* NULL: no memory. */
struct track *track_new(const char *name, enum history_kind kind, const double steps[DISK_LEVELS]);
void track_free(struct track **track);

/*
 * Takes samples at `t`. Ends steps and blocks that are over; a block that cannot be written is
 * given up and counted. 0, or what the database failed with.
 */
int track_add(struct track *track, double t, const double *values, struct track_sink *sink);
/* Writes the open blocks; with `is_last` the open steps too, as they are. 0 or a negative errno:
 * they stay unsaved. */
int track_save(struct track *track, bool is_last, struct track_sink *sink);
/* Nothing of it that was written since the last commit is there. */
void track_unsave(struct track *track);

/* The open step of a level; false when there is none or nothing in it is known. */
bool track_get_open(const struct track_level *level, unsigned metric_count,
                    struct pack_cell *cells);
/* The number of the block that holds a row. */
int64_t track_block_of(unsigned level, int64_t row, double step);

#endif
