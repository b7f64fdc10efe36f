/*
 * Pages into bytes. Called by fold.c once a second, and by lives.c for a victim. Owns nothing.
 * Invariant: a process that was killed keeps the figures of that moment.
 */
#include "probes/memory.h"

#include "probes/words.h"

#include <unistd.h>

static uint64_t bytes_of(uint64_t pages)
{
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void memory_take(struct isolates *isolates, const struct event_memory *memory)
{
    struct wire_process *totals = isolates->totals;
    uint64_t mapped = bytes_of(memory->mapped), before = words_get(&totals->mapped);
    uint64_t resident = memory->anon + memory->file + memory->shmem;

    if (words_get(&totals->killed) != 0) {
        return;
    }
    if (before != 0 && mapped > before) {
        words_add(&totals->mapped_grown, mapped - before);
    }
    words_set(&totals->rss_anon, bytes_of(memory->anon));
    words_set(&totals->rss_file, bytes_of(memory->file));
    words_set(&totals->rss_shmem, bytes_of(memory->shmem));
    /* the kernel notes a peak only when it is about to fall */
    words_set(&totals->rss_peak, bytes_of(larger(memory->resident_peak, resident)));
    words_set(&totals->swapped, bytes_of(memory->swapped));
    words_set(&totals->page_tables, memory->page_tables);
    words_set(&totals->mapped, mapped);
    words_set(&totals->mapped_peak, larger(bytes_of(memory->mapped_peak), mapped));
    words_set(&totals->faults_minor, memory->minor);
    words_set(&totals->faults_major, memory->major);
}

static uint64_t used_by_heaps(const struct isolates *isolates)
{
    const struct isolate *isolate, *next;
    uint64_t sum = 0;

    HASH_ITER(by_tid, isolates->tids, isolate, next)
    {
        uint64_t used = words_get(&isolate->slot->heap_used);
        sum += used != WIRE_UNKNOWN ? used : 0;
    }
    return sum;
}

void memory_take_kill(struct isolates *isolates, const struct event *event)
{
    const unsigned long long *pages = event->values;
    struct wire_process *totals = isolates->totals;
    struct isolate *first = isolates_need(isolates, (uint32_t)isolates->pid);

    if (words_get(&totals->killed) != 0) {
        return; /* each of its threads is chosen */
    }
    words_set(&totals->rss_anon, bytes_of(pages[0]));
    words_set(&totals->rss_file, bytes_of(pages[1]));
    words_set(&totals->rss_shmem, bytes_of(pages[2]));
    words_set(&totals->rss_peak,
              larger(words_get(&totals->rss_peak), bytes_of(pages[0] + pages[1] + pages[2])));
    words_set(&totals->swapped, bytes_of(pages[3]));
    words_set(&totals->mapped, bytes_of(pages[4]));
    words_set(&totals->mapped_peak, larger(words_get(&totals->mapped_peak), bytes_of(pages[4])));
    words_set(&totals->page_tables, pages[5]);
    words_set(&totals->killed, event->t);
    if (first != NULL) {
        struct record record = {.t = event->t,
                                .kind = RECORD_oom_kill,
                                .thread = first->id,
                                .oom_kill = {.anon = bytes_of(pages[0]),
                                             .file = bytes_of(pages[1]),
                                             .shmem = bytes_of(pages[2]),
                                             .swapped = bytes_of(pages[3]),
                                             .mapped = bytes_of(pages[4]),
                                             .heap = used_by_heaps(isolates)}};
        ring_push(&first->writer, &record);
    }
}
