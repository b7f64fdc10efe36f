/*
 * The model's memory: two arrays in order of appearance and a hash from (process, thread) to its
 * isolate. Called by ingest to add and by everybody to find. Owns everything reachable from struct
 * model. Invariant: an isolate is in the array and in its hash chain, or in neither; its process
 * outlives it.
 */
#include "daemon/model/model.h"

#include "daemon/model/copies.h"
#include "daemon/model/ends.h"
#include "daemon/model/history.h"
#include "daemon/model/jobs.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 16384 /* a power of two */

const char *const model_state_names[] = {"starting", "running", "idle", "draining",
                                         "exited",   "died",    "oom"};
const char *const model_kind_names[] = {"duktape", "v8", "other"};
const char *const budget_state_names[] = {"ok", "warning", "over"};
const char *const part_kind_names[] = {"heap",      "external",     "shared",
                                       "in_flight", "unattributed", "others"};
const char *const model_archive_names[] = {"off", "starting", "ok", "stopped"};
const char *const alert_state_names[] = {"pending", "firing", "resolved"};
const char *const alert_severity_names[] = {"info", "warning", "critical"};
const char *const verdict_state_names[] = {"safe", "advice", "stale", "rising", "over"};

int model_init(struct model *model)
{
    memset(model, 0, sizeof *model);
    model->status.archive.oldest = model->status.archive.saved_at = NAN;
    model->buckets = calloc(BUCKETS, sizeof *model->buckets);
    return model->buckets != NULL ? 0 : -ENOMEM;
}

static struct isolate **bucket_of(const struct model *model, const struct process *process,
                                  uint32_t thread)
{
    uint64_t hash = ((uint64_t)(uintptr_t)process >> 4) + thread;

    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return &model->buckets[hash >> 50 & (BUCKETS - 1)];
}

static void isolate_free(struct model *model, struct isolate *isolate)
{
    struct isolate **link = bucket_of(model, isolate->process, isolate->thread);

    while (*link != isolate) {
        link = &(*link)->chain;
    }
    *link = isolate->chain;
    drift_free(&isolate->drift);
    jobs_free(&isolate->paces);
    free(isolate->growth);
    history_free(&isolate->history);
    free(isolate->spaces);
    free(isolate);
}

static void process_free(struct process *process)
{
    flows_free(&process->flows);
    copies_free(&process->copies);
    ends_free(&process->ends);
    free(process->stores);
    free(process->pins);
    history_free(&process->history);
    free(process);
}

void model_fini(struct model *model)
{
    for (size_t i = 0; i < model->isolate_count; i++) {
        isolate_free(model, model->isolates[i]);
    }
    for (size_t i = 0; i < model->process_count; i++) {
        process_free(model->processes[i]);
    }
    for (size_t i = 0; i < model->budget_count; i++) {
        free(model->budgets[i].parts);
        history_free(&model->budgets[i].history);
    }
    free(model->isolates);
    free(model->processes);
    free(model->budgets);
    free(model->alerts);
    free(model->buckets);
    memset(model, 0, sizeof *model);
}

/* Room for one more pointer: the array grows when its count reaches a power of two. */
static bool make_room(void *array, size_t count)
{
    void **pointer = array;

    if (count != 0 && (count & (count - 1)) != 0) {
        return true;
    }
    void *larger = realloc(*pointer, (count == 0 ? 1 : count * 2) * sizeof(void *));
    if (larger == NULL) {
        return false;
    }
    *pointer = larger;
    return true;
}

struct process *model_add_process(struct model *model, uint64_t pid, uint64_t start_time)
{
    if (!make_room(&model->processes, model->process_count)) {
        return NULL;
    }
    struct process *process = calloc(1, sizeof *process);
    if (process == NULL) {
        return NULL;
    }
    process->pid = pid;
    process->start_time = start_time;
    process->state = MODEL_RUNNING;
    process->rss = process->shared = MODEL_UNKNOWN;
    process->unattributed = INT64_MIN;
    process->gap_low = NAN;
    process->container.limit = process->container.used = MODEL_UNKNOWN;
    process->container.high = MODEL_UNKNOWN;
    model->processes[model->process_count++] = process;
    return process;
}

static void set_unknown(struct isolate *isolate)
{
    isolate->heap.used = isolate->heap.total = isolate->heap.limit = MODEL_UNKNOWN;
    isolate->heap.peak = isolate->heap.live = isolate->heap.floor = MODEL_UNKNOWN;
    isolate->heap.asked = MODEL_UNKNOWN;
    isolate->external = isolate->array_buffers = isolate->shared = MODEL_UNKNOWN;
    isolate->malloced = isolate->rss_attributed = MODEL_UNKNOWN;
    isolate->gc.count = isolate->jobs = MODEL_UNKNOWN;
    isolate->gc.seconds = isolate->gc.last_pause = NAN;
    isolate->messages.sent = isolate->messages.received = MODEL_UNKNOWN;
    isolate->messages.queued = isolate->messages.queued_bytes = MODEL_UNKNOWN;
    isolate->messages.oldest_queued_seconds = NAN;
    isolate->tax.share = NAN;
    isolate->clone.count = isolate->clone.bytes = MODEL_UNKNOWN;
    isolate->clone.seconds = NAN;
    isolate->transfer.count = isolate->transfer.bytes = MODEL_UNKNOWN;
    isolate->detach.count = isolate->detach.bytes = MODEL_UNKNOWN;
    isolate->event_loop_utilization = isolate->event_loop_delay = NAN;
    isolate->seconds_to_limit = NAN;
}

void model_format_id(const struct process *process, uint32_t thread, char id[MODEL_ID_MAX])
{
    if (process->has_long_ids) {
        snprintf(id, MODEL_ID_MAX, "%" PRIu64 ".%" PRIu32 "~%" PRIu64, process->pid, thread,
                 process->start_time);
    } else {
        snprintf(id, MODEL_ID_MAX, "%" PRIu64 ".%" PRIu32, process->pid, thread);
    }
}

struct isolate *model_add_isolate(struct model *model, struct process *process, uint32_t thread)
{
    if (!make_room(&model->isolates, model->isolate_count)) {
        return NULL;
    }
    struct isolate *isolate = calloc(1, sizeof *isolate);
    if (isolate == NULL) {
        return NULL;
    }
    isolate->process = process;
    isolate->thread = thread;
    isolate->slot = UINT32_MAX;
    set_unknown(isolate);
    model_format_id(process, thread, isolate->id);
    struct isolate **bucket = bucket_of(model, process, thread);
    isolate->chain = *bucket;
    *bucket = isolate;
    model->isolates[model->isolate_count++] = isolate;
    return isolate;
}

static bool holds_isolates(const struct model *model, const struct process *process)
{
    for (size_t i = 0; i < model->isolate_count; i++) {
        if (model->isolates[i]->process == process) {
            return true;
        }
    }
    return false;
}

void model_expire(struct model *model, double before, size_t keep)
{
    size_t ended = 0, kept = 0;

    for (size_t i = 0; i < model->isolate_count; i++) {
        ended += model->isolates[i]->has_ended;
    }
    for (size_t i = 0; i < model->isolate_count; i++) {
        struct isolate *isolate = model->isolates[i];
        if (isolate->has_ended && (isolate->ended_at < before || ended > keep)) {
            ended--;
            isolate_free(model, isolate);
        } else {
            model->isolates[kept++] = isolate;
        }
    }
    model->isolate_count = kept;
    kept = 0;
    for (size_t i = 0; i < model->process_count; i++) {
        struct process *process = model->processes[i];
        bool is_over = process->ended_at != 0 && process->source == NULL && process->probe == NULL;
        if (is_over && process->ended_at < before && !holds_isolates(model, process)) {
            process_free(process);
        } else {
            flows_expire(process->flows, model->t);
            model->processes[kept++] = process;
        }
    }
    model->process_count = kept;
}

bool model_growth_is_known(const struct growth *growth)
{
    return growth->at > 0 && (growth->kind[0] != '\0' || growth->file[0] != '\0');
}

bool model_has_kernel_words(const struct process *process)
{
    return process->totals.mapped != 0 && (process->probe != NULL || process->killed_at > 0);
}

struct isolate *model_find_isolate(const struct model *model, const char *id)
{
    for (size_t i = 0; i < model->isolate_count; i++) {
        if (strcmp(model->isolates[i]->id, id) == 0) {
            return model->isolates[i];
        }
    }
    return NULL;
}

struct isolate *model_find_thread(const struct model *model, const struct process *process,
                                  uint32_t thread)
{
    struct isolate *isolate = *bucket_of(model, process, thread);

    while (isolate != NULL && (isolate->process != process || isolate->thread != thread)) {
        isolate = isolate->chain;
    }
    return isolate;
}

struct process *model_find_process(const struct model *model, uint64_t pid)
{
    for (size_t i = model->process_count; i > 0; i--) {
        if (model->processes[i - 1]->pid == pid) {
            return model->processes[i - 1];
        }
    }
    return NULL;
}

struct budget *model_find_budget(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->budget_count; i++) {
        if (strcmp(model->budgets[i].name, name) == 0) {
            return &model->budgets[i];
        }
    }
    return NULL;
}
