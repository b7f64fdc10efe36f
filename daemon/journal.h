/*
 * What the collector has to remember beyond its own end, as lines appended to one file: a checksum,
 * a space, one JSON text. What a kill -9 leaves is whole lines and at most one torn one, which is
 * cut off. A loss of power may take what the kernel had not written yet: by default the last half
 * minute. Replayed once at the start, rewritten when most of it is past. The loop's thread only.
 */
#ifndef DAEMON_JOURNAL_H
#define DAEMON_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_FILE_MAX (64u << 20) /* a larger one is put aside at the start */

struct journal;

struct journal_stats {
    uint64_t bytes;    /* the file now */
    uint64_t skipped;  /* lines that were damaged, when it was read */
    uint64_t failures; /* writes that failed, such as on a full disk */
    bool is_behind;    /* the file lacks something; the next rewrite mends it */
};

/* `directory` is made when it is not there; NULL, or one that cannot be used (told once): nothing
 * is remembered. NULL: no memory. */
struct journal *journal_open(const char *directory);
/* What was added is written first. */
void journal_close(struct journal **journal);

typedef void (*journal_read_fn)(void *context, const json_t *record);
/* Every record of the file, oldest first. Once, before anything is added. */
void journal_replay(struct journal *journal, journal_read_fn read, void *context);

/* Adds a record, which is taken; NULL, or no memory, and the journal is behind. */
void journal_add(struct journal *journal, json_t *record);
/* Writes what was added, in one piece. */
void journal_flush(struct journal *journal);

/* True when the file should be written anew: most of it is past, or it is behind. */
bool journal_is_due(const struct journal *journal, double t);
typedef void (*journal_write_fn)(void *context, struct journal *journal);
/* `write` adds all there is now; the new file takes the old one's place when it is complete. */
void journal_rewrite(struct journal *journal, double t, journal_write_fn write, void *context);

const struct journal_stats *journal_get_stats(const struct journal *journal);

#endif
