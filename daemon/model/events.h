/*
 * The last EVENTS_MAX happenings, in a ring of fixed size: ingest adds, views ask. Names that
 * records mention are kept once each for as long as an event speaks of them. What falls out of the
 * ring is gone and a reader who comes too late is told how much. Numbers go on over restarts where
 * there is a directory to keep them (tape.h). The loop's thread only.
 */
#ifndef DAEMON_EVENTS_H
#define DAEMON_EVENTS_H

#include "daemon/model/model.h"

#define EVENTS_MAX 32768

/* The kind of an event without a record: fields[0] records of the process were overwritten unread.
 * It is no index into record_types. */
#define EVENT_LOST  RECORD_KINDS
/* A container's limit changed: name is its directory, fields[0] the limit before, fields[1] after. */
#define EVENT_LIMIT (RECORD_KINDS + 1)
#define EVENT_KINDS (RECORD_KINDS + 2)

/* As `since`: the newest `max` that match, instead of the first ones after a cursor. */
#define EVENTS_NEWEST UINT64_MAX

struct events;

/* NULL: no memory. */
struct events *events_new(void);
void events_free(struct events **events);

/* From now on they are kept in the directory, and those that were kept there are the first. To be
 * called before any is added; where it cannot be done that is logged, and they live as long as the
 * daemon. */
void events_keep(struct events *events, const char *directory);

/* Whether such a record of the process was among those: a ring that is read again has it still. */
bool events_is_kept(const struct events *events, uint64_t pid, const struct record *record);

/* Appends a copy of *event (its seq and name are set here). `name` is the text of the record's NAME
 * field, NULL when it has none; kept as NULL when there is no memory for it. */
void events_add(struct events *events, const struct event *event, const char *name);

/* seq of the newest event; 0 when there was none. A reader that has seen everything asks with it.
 */
uint64_t events_last(const struct events *events);

struct events_query {
    int kind;            /* enum record_kind or EVENT_LOST; -1: all */
    const char *isolate; /* id; NULL: all */
    uint64_t since;      /* cursor: events with seq > since; 0: from the oldest kept */
};

/*
 * Up to `max` events that match, oldest first, as borrowed pointers good until the next
 * events_add(). *next is the cursor for the following query; *lost counts events after `since` that
 * had fallen out of the ring already, whether they would have matched or not.
 */
size_t events_find(const struct events *events, const struct events_query *query,
                   const struct event **found, size_t max, uint64_t *next, uint64_t *lost);

/* "clone", "deliver" ... "lost", "limit". */
const char *events_kind_name(unsigned kind);
/* The kind of that name; -1 when there is none. */
int events_find_kind(const char *name);

/* The id of isolate `thread` in the process the event speaks of, for THREAD fields. */
void events_thread_id(const struct event *event, uint64_t thread, char id[MODEL_ID_MAX]);

#endif
