/*
 * The table of isolates, by thread and by threadId. Called by fold.c and its parts (heaps.c,
 * lives.c, traffic.c). Everything of a process is written by the one thread of isoprobe, so any
 * ring may take any record. Invariant: an isolate in the table holds a slot.
 */
#include "probes/isolates.h"

#include "probes/stores.h"
#include "probes/threads.h"
#include "probes/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#define WORKERS_FOUND_MAX 1024
#define WORKER_WORDS      72 /* of it that are looked through */

void isolates_init(struct isolates *isolates, struct segment *segment, uint64_t pid,
                   const struct image *image)
{
    *isolates = (struct isolates){
        .segment = segment, .totals = segment_process(segment), .image = image, .pid = pid};
}

void isolates_fini(struct isolates *isolates)
{
    struct isolate *isolate, *next;

    HASH_CLEAR(by_id, isolates->ids);
    HASH_ITER(by_tid, isolates->tids, isolate, next)
    {
        HASH_DELETE(by_tid, isolates->tids, isolate);
        free(isolate);
    }
}

struct isolate *isolates_find(const struct isolates *isolates, uint32_t tid)
{
    struct isolate *isolate = NULL;

    HASH_FIND(by_tid, isolates->tids, &tid, sizeof tid, isolate);
    return isolate;
}

struct isolate *isolates_find_id(const struct isolates *isolates, uint32_t id)
{
    struct isolate *isolate = NULL;

    HASH_FIND(by_id, isolates->ids, &id, sizeof id, isolate);
    return isolate;
}

/* A Worker names its Environment somewhere. */
static bool is_in_worker(uint64_t pid, uint64_t worker, uint64_t environment)
{
    uint64_t words[WORKER_WORDS];
    struct iovec here = {words, sizeof words}, there = {(void *)(uintptr_t)worker, sizeof words};

    if (process_vm_readv((pid_t)pid, &here, 1, &there, 1, 0) != (ssize_t)sizeof words) {
        return false;
    }
    for (size_t i = 0; i < WORKER_WORDS; i++) {
        if (words[i] == environment) {
            return true;
        }
    }
    return false;
}

struct isolate *isolates_find_environment(const struct isolates *isolates, uint64_t environment)
{
    struct isolate *isolate, *next;

    if (environment == 0 || environment == WIRE_UNKNOWN) {
        return NULL;
    }
    HASH_ITER(by_tid, isolates->tids, isolate, next)
    {
        if (isolate->environment == environment) {
            return isolate;
        }
    }
    HASH_ITER(by_tid, isolates->tids, isolate, next)
    {
        if (isolate->environment == 0 && isolate->worker != 0 &&
            is_in_worker(isolates->pid, isolate->worker, environment)) {
            isolate->environment = environment;
            return isolate;
        }
    }
    return NULL;
}

void isolates_drop(struct isolates *isolates, struct isolate *isolate)
{
    stores_drop_thread(isolates->stores, isolate->id);
    segment_give_slot(isolates->segment, isolate->slot);
    HASH_DELETE(by_tid, isolates->tids, isolate);
    HASH_DELETE(by_id, isolates->ids, isolate);
    free(isolate);
}

static void forget_figures(struct wire_slot *slot)
{
    words_set(&slot->heap_used, WIRE_UNKNOWN);
    words_set(&slot->heap_total, WIRE_UNKNOWN);
    words_set(&slot->heap_limit, WIRE_UNKNOWN);
    words_set(&slot->heap_peak, WIRE_UNKNOWN);
    words_set(&slot->external, WIRE_UNKNOWN);
    words_set(&slot->array_buffers, WIRE_UNKNOWN);
    words_set(&slot->shared, WIRE_UNKNOWN);
    words_set(&slot->queued, WIRE_UNKNOWN);
    words_set(&slot->queued_bytes, WIRE_UNKNOWN);
}

/* False, and in neither table, when memory runs out. */
static bool enter(struct isolates *isolates, struct isolate *isolate)
{
    HASH_ADD(by_tid, isolates->tids, tid, sizeof isolate->tid, isolate);
    if (isolate->by_tid.tbl == NULL) {
        return false;
    }
    HASH_ADD(by_id, isolates->ids, id, sizeof isolate->id, isolate);
    if (isolate->by_id.tbl == NULL) {
        HASH_DELETE(by_tid, isolates->tids, isolate);
        return false;
    }
    return true;
}

struct isolate *isolates_add(struct isolates *isolates, uint32_t tid, uint32_t id, const char *name)
{
    struct isolate *isolate = isolates_find_id(isolates, id);

    if (isolate != NULL) {
        isolates_drop(isolates, isolate); /* its end was lost */
    }
    isolate = calloc(1, sizeof *isolate);
    if (isolate == NULL || (isolate->slot = segment_take_slot(isolates->segment, id)) == NULL) {
        free(isolate);
        return NULL;
    }
    isolate->tid = tid;
    isolate->id = id;
    isolate->limit = isolate->live_fresh = WIRE_UNKNOWN;
    estimate_init(&isolate->estimate);
    isolate->writer = segment_ring_writer(isolates->segment, isolate->slot);
    forget_figures(isolate->slot);
    words_set(&isolate->slot->tid, tid);
    words_set(&isolate->slot->name, segment_intern(isolates->segment, name, strlen(name)));
    words_set(&isolate->slot->state, WIRE_RUNNING);
    if (!enter(isolates, isolate)) {
        segment_give_slot(isolates->segment, isolate->slot);
        free(isolate);
        return NULL;
    }
    return isolate;
}

void isolates_search(struct isolates *isolates)
{
    struct threads_worker *found = calloc(WORKERS_FOUND_MAX, sizeof *found);
    size_t count =
        found != NULL ? threads_find(isolates->pid, isolates->image, found, WORKERS_FOUND_MAX) : 0;

    for (size_t i = 0; i < count; i++) {
        struct isolate *known = isolates_find(isolates, found[i].tid);
        if (known == NULL) {
            known = isolates_add(isolates, found[i].tid, found[i].thread, found[i].name);
        }
        if (known != NULL) {
            known->worker = found[i].object;
        }
    }
    free(found);
}

/* One that cannot be told by threadId goes by its thread's number, which no threadId of the process
 * reaches in practice. */
struct isolate *isolates_need(struct isolates *isolates, uint32_t tid)
{
    struct isolate *isolate = isolates_find(isolates, tid);
    char name[32];

    if (isolate != NULL || tid == isolates->searched) {
        return isolate;
    }
    if (tid == isolates->pid) {
        return isolates_add(isolates, tid, 0, "main");
    }
    isolates_search(isolates);
    isolate = isolates_find(isolates, tid);
    if (isolate == NULL) {
        snprintf(name, sizeof name, "thread %" PRIu32, tid);
        isolate = isolates_add(isolates, tid, tid, name);
    }
    isolates->searched = isolate == NULL ? tid : 0;
    return isolate;
}

struct isolate *isolates_witness(const struct isolates *isolates, struct isolate *isolate)
{
    struct isolate *first = isolates_find(isolates, (uint32_t)isolates->pid);

    return first != NULL ? first : isolate;
}
