/*
 * The keeping of history: takes batches of samples, writes them now and then, forgets what
 * is too old or too much, answers questions, and goes on in memory when the disk does not. Made
 * before and used by the archive's thread only.
 *
 * Killed at any moment, it loses the samples since the last write and the open step of each level.
 * While nothing can be written the open blocks (a minute raw, a quarter of an hour rolled up) wait
 * in memory; what falls out of them is lost and counted.
 */
#ifndef DAEMON_KEEPER_H
#define DAEMON_KEEPER_H

#include "base/error.h"
#include "daemon/history/disk.h"
#include "daemon/history/query.h"

struct keeper;
struct track;

struct keeper_limits {
    double keep[DISK_LEVELS]; /* seconds */
    double save_every;        /* seconds from write to write */
    uint64_t max_bytes;
};

/* One tick of everything that lives. Entries lie one after another: struct keeper_entry, its
 * values, its name when it has one, padded to 8 bytes. */
struct keeper_batch {
    struct keeper_batch *next;
    double t;        /* Unix seconds */
    uint64_t now_ns; /* CLOCK_MONOTONIC */
    struct keeper_limits limits;
    uint32_t entry_count;
    struct bytes data; /* owned */
};

struct keeper_entry {
    uint32_t number; /* the loop's name for the series, never used again for another */
    uint8_t kind, metric_count;
    uint16_t name_bytes; /* 0: the number is known already */
};

enum keeper_state { KEEPER_STARTING, KEEPER_OK, KEEPER_STOPPED };

struct keeper_status {
    enum keeper_state state;
    char error[ERROR_TEXT_MAX]; /* why it is stopped; else why it was the last time, "" for never */
    double since;               /* Unix seconds of the last change of state */
    double oldest;              /* when the first step begins; NaN for none */
    double saved_at;            /* Unix seconds of the last write that went well; NaN for none */
    uint64_t bytes;             /* of the files */
    uint64_t rows;              /* written, total */
    uint64_t lost;              /* rows given up because nothing could be written, total */
    uint64_t damaged;           /* blocks that could not be read, total */
    uint64_t set_aside;         /* databases that were damaged, total */
    uint64_t strangers;         /* samples of series whose name never came, total */
};

/* NULL: no memory. `directory` is copied. Nothing is opened yet. */
struct keeper *keeper_new(const char *directory, const double steps[DISK_LEVELS]);
/* Frees; what is not saved is lost. */
void keeper_free(struct keeper **keeper);

void keeper_take(struct keeper *keeper, const struct keeper_batch *batch);
/* Writes what is there; with `is_last` the open steps too. */
void keeper_save(struct keeper *keeper, bool is_last);
void keeper_get_status(const struct keeper *keeper, struct keeper_status *status);

/* For recall.c: borrowed. NULL when there is none. */
struct disk *keeper_disk(struct keeper *keeper);
struct track *keeper_find_track(struct keeper *keeper, const char *name);
double keeper_step(const struct keeper *keeper, unsigned level);
void keeper_count_damaged(struct keeper *keeper);
/* The database turned out to be damaged: it is set aside, the next save begins another. */
void keeper_distrust(struct keeper *keeper);

#endif
