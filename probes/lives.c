/*
 * Who came and who went. Called by fold.c. Owns what is known of workers that were made and do not
 * run yet. Records of births and deaths stand in the main isolate's ring, which outlives them.
 */
#include "probes/lives.h"

#include "base/clock.h"
#include "base/log.h"
#include "probes/memory.h"
#include "probes/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How Node.js ends a worker that threw what nothing caught, and how soon at the latest. */
#define UNCAUGHT_CODE 1
#define UNCAUGHT_NS   (10 * CLOCK_NS_PER_S)

struct parent { /* who made a worker that did not run yet */
    UT_hash_handle hh;
    uint64_t worker;
    uint64_t t; /* of its making */
    uint32_t tid;
};

struct lives {
    struct isolates *isolates;
    struct parent *parents; /* owned, by worker */
};

struct lives *lives_new(struct isolates *isolates)
{
    struct lives *lives = calloc(1, sizeof *lives);

    if (lives != NULL) {
        lives->isolates = isolates;
    }
    return lives;
}

void lives_free(struct lives **pointer)
{
    struct lives *lives = *pointer;
    struct parent *parent, *next;

    *pointer = NULL;
    if (lives == NULL) {
        return;
    }
    HASH_ITER(hh, lives->parents, parent, next)
    {
        HASH_DEL(lives->parents, parent);
        free(parent);
    }
    free(lives);
}

static void take_new(struct lives *lives, const struct event *event)
{
    struct parent *parent = NULL;

    HASH_FIND(hh, lives->parents, &event->object, sizeof event->object, parent);
    if (parent == NULL && (parent = calloc(1, sizeof *parent)) != NULL) {
        parent->worker = event->object;
        HASH_ADD(hh, lives->parents, worker, sizeof parent->worker, parent);
        if (parent->hh.tbl == NULL) {
            free(parent);
            return;
        }
    }
    if (parent != NULL) {
        parent->tid = event->tid;
        parent->t = event->t;
    }
}

/* The threadId of who made `worker`, and when; WIRE_UNKNOWN and 0 when that was before us. */
static uint64_t take_parent(struct lives *lives, uint64_t worker, uint64_t *made)
{
    struct parent *parent = NULL;
    uint64_t id = WIRE_UNKNOWN;

    *made = 0;
    HASH_FIND(hh, lives->parents, &worker, sizeof worker, parent);
    if (parent != NULL) {
        const struct isolate *isolate = isolates_need(lives->isolates, parent->tid);
        id = isolate != NULL ? isolate->id : WIRE_UNKNOWN;
        *made = parent->t;
        HASH_DEL(lives->parents, parent);
        free(parent);
    }
    return id;
}

static void take_run(struct lives *lives, const struct event *event, const char *name)
{
    uint64_t id = event->values[0], made;
    uint64_t parent = take_parent(lives, event->object, &made);
    struct isolate *before = isolates_find(lives->isolates, event->tid);

    if (before != NULL) {
        isolates_drop(lives->isolates, before); /* the kernel gave its number to another thread */
    }
    struct isolate *isolate = isolates_add(lives->isolates, event->tid,
                                           id < UINT32_MAX ? (uint32_t)id : event->tid, name);
    if (isolate == NULL) {
        return;
    }
    isolate->worker = event->object;
    isolate->made = made;
    words_set(&isolate->slot->started, event->t);
    words_set(&isolate->slot->parent, parent != WIRE_UNKNOWN ? parent : 0);
    words_add(&lives->isolates->totals->spawns, 1);
    struct record record = {.t = event->t,
                            .kind = RECORD_spawn,
                            .thread = isolate->id,
                            .spawn = {.parent = parent,
                                      .name = words_get(&isolate->slot->name),
                                      .limit = WIRE_UNKNOWN}};
    ring_push(&isolates_witness(lives->isolates, isolate)->writer, &record);
}

static void tell_oom(struct lives *lives, struct isolate *isolate, uint64_t t)
{
    uint64_t limit =
        isolate->limit != WIRE_UNKNOWN ? isolate->limit : words_get(&isolate->slot->heap_limit);
    struct record record = {.t = t,
                            .kind = RECORD_oom,
                            .thread = isolate->id,
                            .oom = {.limit = limit, .used = words_get(&isolate->slot->heap_used)}};

    isolate->is_out_of_memory = true;
    words_add(&lives->isolates->totals->ooms, 1);
    ring_push(&isolate->writer, &record);
}

void lives_take_uncaught(struct isolate *isolate, const struct event *event, const char *name)
{
    isolate->uncaught_at = event->t;
    snprintf(isolate->uncaught, sizeof isolate->uncaught, "%.31s", name[0] != '\0' ? name : "thrown");
}

/* The name of the error a worker ended of; 0 for none. A program may listen for those that nothing
 * caught, and go on: then its worker ends later, or with another code. */
static uint64_t error_of(const struct lives *lives, const struct isolate *isolate, uint64_t t,
                         uint64_t code)
{
    bool is_of_it = isolate->worker != 0 && !isolate->is_out_of_memory && code == UNCAUGHT_CODE &&
                    isolate->uncaught_at != 0 && t < isolate->uncaught_at + UNCAUGHT_NS;

    return is_of_it ? segment_intern(lives->isolates->segment, isolate->uncaught,
                                     strlen(isolate->uncaught))
                    : 0;
}

static uint64_t since(uint64_t end, uint64_t beginning)
{
    return beginning != 0 && end > beginning ? end - beginning : WIRE_UNKNOWN;
}

/* The last words of an isolate whose thread is over. */
static void end_isolate(struct lives *lives, struct isolate *isolate, uint64_t t, uint64_t code)
{
    struct record record = {.t = t,
                            .kind = RECORD_exit,
                            .thread = isolate->id,
                            .exit = {.code = code,
                                     .teardown = WIRE_UNKNOWN,
                                     .error = error_of(lives, isolate, t, code),
                                     .start = since(isolate->online, isolate->made),
                                     .life = since(t, isolate->made)}};

    words_set(&isolate->slot->state, isolate->is_out_of_memory ? WIRE_OOM : WIRE_EXITED);
    words_add(&lives->isolates->totals->exits, 1);
    ring_push(&isolates_witness(lives->isolates, isolate)->writer, &record);
}

static void take_worker_end(struct lives *lives, const struct event *event, const char *error)
{
    struct isolate *isolate = isolates_find(lives->isolates, event->tid);

    if (isolate == NULL) {
        return;
    }
    uint64_t end = event->t + event->duration;
    if (!isolate->is_out_of_memory && strcmp(error, "ERR_WORKER_OUT_OF_MEMORY") == 0) {
        tell_oom(lives, isolate, end);
    }
    uint64_t code = event->values[1];
    end_isolate(lives, isolate, end,
                code == WIRE_UNKNOWN ? code : (uint64_t)(int64_t)(int32_t)(uint32_t)code);
    isolates_drop(lives->isolates, isolate);
}

void lives_take_near_limit(struct lives *lives, struct isolate *isolate, const struct event *event)
{
    isolate->limit = words_sane(event->values[0]);
    if (!isolate->is_out_of_memory) {
        tell_oom(lives, isolate, event->t); /* Node.js ends a worker that comes here */
    }
}

void lives_take_fatal(struct lives *lives, struct isolate *isolate, const struct event *event,
                      const char *where)
{
    log_info("process %" PRIu64 ", isolate %" PRIu32 ": out of memory in %s", lives->isolates->pid,
             isolate->id, where);
    if (!isolate->is_out_of_memory) {
        tell_oom(lives, isolate, event->t);
    }
}

/* The main thread's exit code is the process's: a code, or 128 and the signal that ended it. */
static void take_exit(struct lives *lives, const struct event *event)
{
    struct isolate *isolate = isolates_need(lives->isolates, (uint32_t)lives->isolates->pid);
    uint64_t status = event->values[0];
    uint64_t code = (status & 0x7f) != 0 ? 128 + (status & 0x7f) : (status >> 8) & 0xff;

    if (isolate != NULL && (status & 0x7f) == 0) {
        end_isolate(lives, isolate, event->t, code);
    } else if (isolate != NULL && isolate->is_out_of_memory) {
        words_set(&isolate->slot->state, WIRE_OOM);
    }
}

/* It did not die of a limit of its own: none is told. */
static void take_kill(struct lives *lives, const struct event *event)
{
    struct isolate *isolate = isolates_need(lives->isolates, (uint32_t)lives->isolates->pid);

    log_warn("process %" PRIu64 " was chosen by the kernel's OOM killer", lives->isolates->pid);
    memory_take_kill(lives->isolates, event);
    if (isolate != NULL) {
        isolate->is_out_of_memory = true;
    }
}

bool lives_take(struct lives *lives, const struct event *event, const char *text)
{
    switch (event->kind) {
    case EVENT_WORKER_NEW:
        take_new(lives, event);
        return true;
    case EVENT_WORKER_RUN:
        take_run(lives, event, text);
        return true;
    case EVENT_WORKER_END:
        take_worker_end(lives, event, text);
        return true;
    case EVENT_EXIT:
        take_exit(lives, event);
        return true;
    case EVENT_OOM_KILL:
        take_kill(lives, event);
        return true;
    default:
        return false;
    }
}
