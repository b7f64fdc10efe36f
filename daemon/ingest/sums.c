/*
 * What a process adds up to, once a tick after everything was read. Called by ingest. Owns nothing.
 * Invariant: only living isolates count, and unattributed is rss minus everything known.
 */
#include "daemon/ingest/sums.h"

#include "base/proc.h"

#include <stdlib.h>

#define RSS_AT_ONCE 64 /* processes whose resident size is read each tick; more take turns */

static void add_known(uint64_t *sum, uint64_t value, bool *is_known)
{
    if (value != MODEL_UNKNOWN) {
        *sum += value;
        *is_known = true;
    }
}

struct sums {
    uint64_t used, total, external, shared, queued;
    bool has_used, has_total, has_external, has_shared, has_queued;
};

/* A sum without any known member is itself unknown, unless there are no members. */
static uint64_t sum_of(uint64_t sum, bool is_known, uint32_t members)
{
    return is_known || members == 0 ? sum : MODEL_UNKNOWN;
}

static uint64_t known_or_0(uint64_t value)
{
    return value != MODEL_UNKNOWN ? value : 0;
}

static void set_sums(struct process *process, const struct sums *sums)
{
    bool has_totals = process->has_segment || process->probe != NULL;
    uint32_t count = process->isolate_count;

    process->heap_used = sum_of(sums->used, sums->has_used, count);
    process->heap_total = sum_of(sums->total, sums->has_total, count);
    process->external = sum_of(sums->external, sums->has_external, count);
    process->shared =
        has_totals ? process->totals.shared : sum_of(sums->shared, sums->has_shared, count);
    process->queued_bytes =
        has_totals ? process->totals.queued_bytes : sum_of(sums->queued, sums->has_queued, count);
    process->unattributed = INT64_MIN;
    if (process->rss != MODEL_UNKNOWN && process->heap_total != MODEL_UNKNOWN) {
        process->unattributed = (int64_t)process->rss - (int64_t)process->heap_total -
                                (int64_t)known_or_0(process->external) -
                                (int64_t)known_or_0(process->shared) -
                                (int64_t)known_or_0(process->queued_bytes);
    }
}

static void sum_process(const struct model *model, struct process *process, const struct sums *sums)
{
    size_t turns = 1 + model->process_count / RSS_AT_ONCE;
    uint64_t rss;

    if (process->ended_at != 0) {
        process->rss = process->heap_used = process->heap_total = 0;
        process->external = process->shared = process->queued_bytes = 0;
        process->unattributed = 0;
        process->totals.queued = process->totals.queued_bytes = process->totals.shared = 0;
        return;
    }
    if ((model->tick + process->pid) % turns == 0 || process->rss == MODEL_UNKNOWN) {
        process->rss = proc_rss(process->pid, &rss) == 0 ? rss : MODEL_UNKNOWN;
    }
    process->updated_at = model->t;
    set_sums(process, sums);
    const struct isolate *main_isolate = model_find_thread(model, process, 0);
    process->state = main_isolate != NULL ? main_isolate->state : MODEL_RUNNING;
}

/* Those that send lines may fall silent one by one; a segment speaks for all of its isolates. */
static bool is_silent(const struct model *model, const struct isolate *isolate, double stale_after)
{
    return !isolate->process->has_segment && model->t - isolate->updated_at > stale_after;
}

/* One pass over all isolates, each adding to its process's sums. */
void sums_update(struct model *model, double stale_after)
{
    struct sums *sums = calloc(model->process_count + 1, sizeof *sums);

    if (sums == NULL) {
        return;
    }
    for (size_t i = 0; i < model->process_count; i++) {
        model->processes[i]->isolate_count = 0;
        model->processes[i]->is_counted = true;
        model->processes[i]->place = i;
    }
    for (size_t i = 0; i < model->isolate_count; i++) {
        struct isolate *isolate = model->isolates[i];
        struct sums *sum = &sums[isolate->process->place];
        isolate->is_counted = true;
        if (isolate->has_ended) {
            continue;
        }
        isolate->is_stale = isolate->process->is_stale || is_silent(model, isolate, stale_after);
        isolate->process->isolate_count++;
        add_known(&sum->used, isolate->heap.used, &sum->has_used);
        add_known(&sum->total, isolate->heap.total, &sum->has_total);
        add_known(&sum->external, isolate->external, &sum->has_external);
        add_known(&sum->shared, isolate->shared, &sum->has_shared);
        add_known(&sum->queued, isolate->messages.queued_bytes, &sum->has_queued);
    }
    for (size_t i = 0; i < model->process_count; i++) {
        sum_process(model, model->processes[i], &sums[i]);
    }
    free(sums);
}
