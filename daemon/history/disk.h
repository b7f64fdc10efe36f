/*
 * The database file, SQLite behind a few calls: rows of packed blocks by key, names of series. The
 * only file that knows SQLite. The archive's thread only.
 *
 * A block's key is one number, so that the table needs no index: level, block number, series, from
 * the high bits to the low. What is written together lies together, the oldest is in front, and
 * forgetting by age cuts off the front.
 *
 *   bit 62     level: 0 raw, 1 rollup
 *   bits 31-61 block number: time in spans of the level
 *   bits 0-30  series
 *
 * Failures are negative errnos: -ENOSPC no room, -EBADMSG the file is damaged or is no database of
 * ours (disk_set_aside(), then open anew), -EBUSY another process has it, -EROFS, -EACCES, -EIO,
 * -ENOMEM.
 */
#ifndef DAEMON_DISK_H
#define DAEMON_DISK_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define DISK_LEVELS     2
#define DISK_BLOCK_MAX  (INT64_C(1) << 31)
#define DISK_SERIES_MAX (INT64_C(1) << 31)

struct disk;

struct disk_key {
    unsigned level;
    int64_t block;
    uint32_t series;
};

/* history.db in the directory, both made when missing. It never grows beyond `max_bytes` (without
 * its log, at most some MB). 0 or a negative errno with *error. */
int disk_open(struct disk **disk, const char *directory, uint64_t max_bytes, struct error *error);
/* What was not committed is lost. Accepts NULL. */
void disk_close(struct disk **disk);
/* Renames a closed database to history.db.corrupt, replacing an older one. 0 or a negative errno.
 */
int disk_set_aside(const char *directory);

/* Changes the bound of disk_open(). */
void disk_limit(struct disk *disk, uint64_t max_bytes);

/* The series of that name, made when `wants_new`. 0, -ENOENT or another negative errno. */
int disk_find_series(struct disk *disk, const char *name, bool wants_new, uint32_t *series);
/* Notes that something of the series may lie in blocks up to time `last`. */
int disk_touch_series(struct disk *disk, uint32_t series, double last);
/* Forgets series that were not touched since `before`. */
int disk_forget_series(struct disk *disk, double before);

/* Writes a block, in place of one of the same key. Begins a transaction where there is none. */
int disk_put(struct disk *disk, struct disk_key key, const void *data, size_t size);
/* Appends the block to *out. 0, -ENOENT or another negative errno. */
int disk_get(struct disk *disk, struct disk_key key, struct bytes *out);
/* Removes blocks of the level before that number. */
int disk_cut(struct disk *disk, unsigned level, int64_t before);
/* The number of the oldest and the newest block of a level; false when there is none. */
bool disk_get_range(struct disk *disk, unsigned level, int64_t *oldest, int64_t *newest);

/* Appends the first block of a level to *out. 0, -ENOENT or another negative errno. */
int disk_get_first(struct disk *disk, unsigned level, struct bytes *out);

/* Ends the transaction, when there is one. */
int disk_commit(struct disk *disk);
void disk_rollback(struct disk *disk);
/* Gives pages that are free back to the file system, some of them at a time. */
int disk_shrink(struct disk *disk);

/* Of the files; and of the pages in use, which is what the bound speaks of. */
uint64_t disk_file_bytes(const struct disk *disk);
uint64_t disk_used_bytes(struct disk *disk);
/* In SQLite's words, of the last failure. */
const char *disk_error(const struct disk *disk);

#endif
