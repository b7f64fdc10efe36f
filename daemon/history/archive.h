/*
 * History on disk, as the loop sees it: a thread of its own with a bounded queue before it. The
 * loop hands over samples and questions and never waits; when the queue is full samples are dropped
 * and counted, questions refused. Every function is for the loop's thread.
 */
#ifndef DAEMON_ARCHIVE_H
#define DAEMON_ARCHIVE_H

#include "daemon/history/keeper.h"

#define ARCHIVE_QUEUE_BYTES_MAX (64u << 20)
#define ARCHIVE_BATCHES_MAX     512 /* two minutes of ticks */
#define ARCHIVE_QUERIES_MAX     64

struct archive;

struct archive_status {
    struct keeper_status disk;
    uint64_t dropped; /* ticks that found the queue full or no memory, total */
};

/* Starts the thread; the database is opened there. 0 or a negative errno with *error. */
int archive_open(struct archive **archive, const char *directory, const double steps[DISK_LEVELS],
                 struct error *error);
/* Writes what is there and ends the thread. Questions still waiting are not answered and belong to
 * who asked. Accepts NULL. */
void archive_close(struct archive **archive);

/* One tick: begin, an entry for each series, end. False when the queue is full: no entries then.
 */
bool archive_begin(struct archive *archive, double t, const struct keeper_limits *limits);
/* True when the next entry of this history has to bring its name. */
bool archive_wants_name(const struct archive *archive, const struct history *history);
/* `name` is NULL when it is not wanted. */
void archive_add(struct archive *archive, struct history *history, const char *name,
                 const double *values);
void archive_end(struct archive *archive);

/* Readable when answers are there. Borrowed. */
int archive_fd(const struct archive *archive);
/* Hands the question over: -EBUSY when too many wait, else 0 and it comes back once by
 * archive_take(). */
int archive_ask(struct archive *archive, struct query *query);
/* The next answered question, the caller's again; NULL when there is none. */
struct query *archive_take(struct archive *archive);
/* Nobody waits for the answer any more: freed now or once it is answered. */
void archive_drop(struct archive *archive, struct query **query);

void archive_get_status(struct archive *archive, struct archive_status *status);

#endif
