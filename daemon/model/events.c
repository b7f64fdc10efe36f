/*
 * The ring of events and the names they mention. Called by ingest for every record and by the
 * views. Owns both. Invariant: event n lies at n modulo EVENTS_MAX, and a name has as many
 * references as events in the ring that speak of it. Events from `first` to `last` are there.
 */
#include "daemon/model/events.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/model/tape.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1 /* hh.tbl is NULL when memory ran out */
#include <uthash.h>

struct name {
    UT_hash_handle hh;
    uint32_t references;
    char text[];
};

#define KEPT_PLACES (2u * EVENTS_MAX) /* of the table of what was kept; a power of two */

struct events {
    uint64_t last;  /* seq of the newest */
    uint64_t first; /* seq of the oldest that was ever here */
    struct tape *tape; /* owned; NULL when they are not kept */
    uint64_t *kept;    /* owned: marks of records from before the start, 0 for an empty place */
    uint64_t kept_ns;  /* CLOCK_MONOTONIC of the start: no later record is among them */
    struct name *names;
    struct name *mentioned[EVENTS_MAX]; /* NULL for none */
    struct event ring[EVENTS_MAX];
};

struct events *events_new(void)
{
    struct events *events = calloc(1, sizeof *events);

    if (events != NULL) {
        events->first = 1;
    }
    return events;
}

static struct name *name_ref(struct events *events, const char *text)
{
    struct name *name = NULL;
    size_t length = strlen(text);

    HASH_FIND(hh, events->names, text, length, name);
    if (name == NULL) {
        name = calloc(1, sizeof *name + length + 1);
        if (name == NULL) {
            return NULL;
        }
        memcpy(name->text, text, length);
        HASH_ADD(hh, events->names, text[0], length, name);
        if (name->hh.tbl == NULL) {
            free(name);
            return NULL;
        }
    }
    name->references++;
    return name;
}

static void name_unref(struct events *events, struct name *name)
{
    if (name != NULL && --name->references == 0) {
        HASH_DEL(events->names, name);
        free(name);
    }
}

void events_free(struct events **pointer)
{
    struct events *events = *pointer;

    *pointer = NULL;
    if (events == NULL) {
        return;
    }
    for (size_t i = 0; i < EVENTS_MAX; i++) {
        name_unref(events, events->mentioned[i]);
    }
    tape_close(&events->tape);
    free(events->kept);
    free(events);
}

static struct event *put(struct events *events, const struct event *event, const char *name)
{
    size_t place = event->seq % EVENTS_MAX;
    struct name *mentioned = name != NULL ? name_ref(events, name) : NULL;

    name_unref(events, events->mentioned[place]);
    events->mentioned[place] = mentioned;
    events->ring[place] = *event;
    events->ring[place].name = mentioned != NULL ? mentioned->text : NULL;
    return &events->ring[place];
}

void events_add(struct events *events, const struct event *event, const char *name)
{
    struct event numbered = *event;

    numbered.seq = ++events->last;
    tape_put(events->tape, put(events, &numbered, name));
}

/* ---- over a restart -------------------------------------------------------------------------- */

/* A number for what no two records of a process share: when, what, of whom. Never 0. */
static uint64_t mark_of(uint64_t pid, const struct record *record)
{
    uint64_t mark = record->t ^ pid << 40 ^ (uint64_t)record->thread << 20 ^ record->kind;

    mark ^= mark >> 31;
    mark *= UINT64_C(0x9e3779b97f4a7c15);
    mark ^= mark >> 29;
    return mark != 0 ? mark : 1;
}

static uint64_t *find_mark(const struct events *events, uint64_t mark)
{
    size_t place = (size_t)mark & (KEPT_PLACES - 1);

    while (events->kept[place] != 0 && events->kept[place] != mark) {
        place = (place + 1) & (KEPT_PLACES - 1);
    }
    return &events->kept[place];
}

bool events_is_kept(const struct events *events, uint64_t pid, const struct record *record)
{
    return events->kept != NULL && record->t <= events->kept_ns && *find_mark(events, mark_of(pid, record)) != 0;
}

/* The unbroken row of events that ends with the newest. */
static void restore(struct events *events)
{
    char name[TAPE_NAME_MAX];
    struct event event;
    uint64_t last = tape_last(events->tape);
    uint64_t first = last + 1;

    while (first > 1 && last - first + 1 < EVENTS_MAX &&
           tape_get(events->tape, first - 1, &event, name)) {
        first--;
    }
    events->kept = last >= first ? calloc(KEPT_PLACES, sizeof *events->kept) : NULL;
    for (uint64_t seq = first; seq <= last && tape_get(events->tape, seq, &event, name); seq++) {
        put(events, &event, name[0] != '\0' ? name : NULL);
        if (events->kept != NULL && event.record.kind < RECORD_KINDS) {
            uint64_t mark = mark_of(event.pid, &event.record);
            *find_mark(events, mark) = mark;
        }
    }
    events->kept_ns = clock_now_ns();
    events->first = first;
    events->last = last;
}

void events_keep(struct events *events, const char *directory)
{
    int code = tape_open(&events->tape, directory);

    if (code < 0) {
        log_warn("%s/events: %s; the list of events does not survive a restart", directory,
                 code == -EWOULDBLOCK ? "another isoscoped has it" : strerror(-code));
        return;
    }
    restore(events);
}

uint64_t events_last(const struct events *events)
{
    return events->last;
}

static bool matches(const struct event *event, const struct events_query *query)
{
    return (query->kind < 0 || event->record.kind == query->kind) &&
           (query->isolate == NULL || strcmp(event->isolate, query->isolate) == 0);
}

static const struct event *event_at(const struct events *events, uint64_t seq)
{
    return &events->ring[seq % EVENTS_MAX];
}

/* The newest `max` that match, found backwards and turned round. */
static size_t find_newest(const struct events *events, const struct events_query *query,
                          uint64_t oldest, const struct event **found, size_t max)
{
    size_t count = 0;

    for (uint64_t seq = events->last; seq >= oldest && seq > 0 && count < max; seq--) {
        if (matches(event_at(events, seq), query)) {
            found[count++] = event_at(events, seq);
        }
    }
    for (size_t i = 0; i < count / 2; i++) {
        const struct event *event = found[i];
        found[i] = found[count - 1 - i];
        found[count - 1 - i] = event;
    }
    return count;
}

static uint64_t oldest_of(const struct events *events)
{
    uint64_t oldest = events->last < EVENTS_MAX ? 1 : events->last - EVENTS_MAX + 1;
    return oldest > events->first ? oldest : events->first;
}

size_t events_find(const struct events *events, const struct events_query *query,
                   const struct event **found, size_t max, uint64_t *next, uint64_t *lost)
{
    uint64_t oldest = oldest_of(events);
    uint64_t seq = query->since + 1;
    size_t count = 0;

    *lost = 0;
    *next = events->last;
    if (query->since == EVENTS_NEWEST) {
        return find_newest(events, query, oldest, found, max);
    }
    if (query->since >= events->last) {
        return 0; /* nothing new; a cursor from another life starts over at the newest */
    }
    if (seq < oldest) {
        *lost = oldest - seq;
        seq = oldest;
    }
    for (; seq <= events->last && count < max; seq++) {
        if (matches(event_at(events, seq), query)) {
            found[count++] = event_at(events, seq);
        }
    }
    *next = seq - 1;
    return count;
}

const char *events_kind_name(unsigned kind)
{
    if (kind < RECORD_KINDS) {
        return record_types[kind].name;
    }
    return kind == EVENT_LIMIT ? "limit" : "lost";
}

int events_find_kind(const char *name)
{
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++) {
        if (strcmp(events_kind_name(kind), name) == 0) {
            return (int)kind;
        }
    }
    return -1;
}

void events_thread_id(const struct event *event, uint64_t thread, char id[MODEL_ID_MAX])
{
    const char *suffix = strchr(event->isolate, '~');

    snprintf(id, MODEL_ID_MAX, "%" PRIu64 ".%" PRIu32 "%s", event->pid, (uint32_t)thread,
             suffix != NULL ? suffix : "");
}
