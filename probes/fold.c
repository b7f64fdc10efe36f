/*
 * The dispatcher: which event is whose. Called by target.c. What events mean stands in its parts:
 * isolates.c (which thread is which), heaps.c (collections), lives.c (births and deaths), traffic.c
 * (messages and shared buffers), memory.c (what the kernel counts). Owns one of each.
 */
#include "probes/fold.h"

#include "base/clock.h"
#include "probes/heaps.h"
#include "probes/lives.h"
#include "probes/memory.h"
#include "probes/pages.h"
#include "probes/traffic.h"
#include "probes/words.h"

#include <stdlib.h>
#include <time.h>

struct fold {
    struct isolates isolates;
    struct lives *lives;     /* owned */
    struct traffic *traffic; /* owned */
    uint64_t second;         /* of the last look at what is gone */
};

struct fold *fold_new(struct segment *segment, uint64_t pid, const struct image *image)
{
    struct fold *fold = calloc(1, sizeof *fold);

    if (fold == NULL) {
        return NULL;
    }
    isolates_init(&fold->isolates, segment, pid, image);
    fold->lives = lives_new(&fold->isolates);
    fold->traffic = traffic_new(&fold->isolates);
    if (fold->lives == NULL || fold->traffic == NULL ||
        isolates_need(&fold->isolates, (uint32_t)pid) == NULL) {
        fold_free(&fold);
        return NULL;
    }
    isolates_search(&fold->isolates);
    return fold;
}

void fold_free(struct fold **pointer)
{
    struct fold *fold = *pointer;

    *pointer = NULL;
    if (fold == NULL) {
        return;
    }
    isolates_fini(&fold->isolates);
    lives_free(&fold->lives);
    traffic_free(&fold->traffic);
    free(fold);
}

void fold_take(struct fold *fold, const struct event *event, const char *text)
{
    if (lives_take(fold->lives, event, text)) {
        return;
    }
    if (event->kind == EVENT_CLOSE) {
        traffic_take_close(fold->traffic, event);
        return;
    }
    struct isolate *isolate = isolates_need(&fold->isolates, event->tid);
    if (isolate == NULL) {
        return;
    }
    switch (event->kind) {
    case EVENT_CLONE:
        traffic_take_clone(fold->traffic, isolate, event);
        break;
    case EVENT_DELIVER:
        traffic_take_deliver(fold->traffic, isolate, event);
        break;
    case EVENT_SHARE:
        traffic_take_share(fold->traffic, isolate, event);
        break;
    case EVENT_GC:
        heaps_take_gc(&fold->isolates, isolate, event);
        break;
    case EVENT_COMMITTED:
        heaps_take_committed(isolate, event);
        break;
    case EVENT_STATISTICS:
        heaps_take_statistics(isolate, event);
        break;
    case EVENT_NEAR_LIMIT:
        lives_take_near_limit(fold->lives, isolate, event);
        break;
    case EVENT_FATAL:
        lives_take_fatal(fold->lives, isolate, event, text);
        break;
    case EVENT_UNCAUGHT:
        lives_take_uncaught(isolate, event, text);
        break;
    default:
        break;
    }
}

void fold_tick(struct fold *fold, uint64_t now)
{
    traffic_tick(fold->traffic, now);
    if (now / CLOCK_NS_PER_S != fold->second) {
        fold->second = now / CLOCK_NS_PER_S;
        traffic_sweep(fold->traffic, now);
    }
}

void fold_set_dropped(struct fold *fold, uint64_t count)
{
    words_set(&fold->isolates.totals->dropped, count);
}

void fold_set_memory(struct fold *fold, const struct event_memory *memory)
{
    memory_take(&fold->isolates, memory);
}

/* The heaps that collections have told of so far. */
static size_t list_heaps(const struct isolates *isolates, struct pages_heap *heaps)
{
    const struct isolate *isolate, *next;
    size_t count = 0;

    HASH_ITER(by_tid, isolates->tids, isolate, next)
    {
        if (isolate->heap != 0) {
            heaps[count++] = (struct pages_heap){.heap = isolate->heap};
        }
    }
    return count;
}

static void tell_resident(const struct isolates *isolates, const struct pages_heap *heaps,
                          size_t count)
{
    const struct isolate *isolate, *next;

    HASH_ITER(by_tid, isolates->tids, isolate, next)
    {
        for (size_t i = 0; i < count; i++) {
            /* none at all: its pieces look different than we know */
            if (heaps[i].heap == isolate->heap && heaps[i].resident > 0) {
                words_set(&isolate->slot->rss, heaps[i].resident);
            }
        }
    }
}

/* Of our own time: a machine that does other things has us wait, which costs nobody anything. */
static uint64_t busy_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * CLOCK_NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t fold_scan(struct fold *fold)
{
    struct isolates *isolates = &fold->isolates;
    uint64_t began = busy_ns();
    struct pages_heap *heaps = calloc(HASH_CNT(by_tid, isolates->tids) + 1, sizeof *heaps);
    size_t count = heaps != NULL ? list_heaps(isolates, heaps) : 0;

    if (count > 0 && pages_scan(isolates->pid, &isolates->image->page, heaps, count) == 0) {
        tell_resident(isolates, heaps, count);
    }
    free(heaps);
    return busy_ns() - began;
}

uint64_t fold_collections(const struct fold *fold)
{
    return words_get(&fold->isolates.totals->gc_count);
}

uint64_t fold_messages(const struct fold *fold)
{
    return words_get(&fold->isolates.totals->clones);
}

void fold_set_watched(struct fold *fold, bool is_watched)
{
    traffic_set_watched(fold->traffic, is_watched);
}

bool fold_needs_watching(const struct fold *fold, uint64_t now)
{
    return traffic_needs_watching(fold->traffic, now);
}
