/*
 * Rings into events. Called by ingest each tick and when a doorbell rings; lines.c hands in what
 * came as text. Owns nothing: how far a ring was read stands in its seat. Invariant: every record
 * of a ring becomes an event, is refused and counted, or was overwritten and is counted as lost.
 */
#include "daemon/ingest/source.h"

#include "base/clock.h"
#include "daemon/model/copies.h"
#include "daemon/model/ends.h"
#include "daemon/model/jobs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The field that names something, or -1. */
static int name_field(const struct record *record)
{
    for (int i = 0; i < 6; i++) {
        if (record_types[record->kind].fields[i].unit == RECORD_UNIT_NAME) {
            return i;
        }
    }
    return -1;
}

/* False for what is no record; otherwise every field is within bounds afterwards. */
static bool validate(struct ingest *ingest, struct record *record)
{
    if (record->kind >= RECORD_KINDS) {
        ingest->daemon->model.status.records_refused++;
        return false;
    }
    for (int i = 0; i < 6; i++) {
        enum record_unit unit = record_types[record->kind].fields[i].unit;
        uint64_t *field = &record->fields[i];
        if (unit == RECORD_UNIT_NONE) {
            *field = 0;
        } else if (unit == RECORD_UNIT_CODE) {
            *field = (uint64_t)(int64_t)(int32_t)*field;
        } else if (unit == RECORD_UNIT_THREAD) {
            *field = source_figure(ingest, *field, UINT32_MAX);
        } else {
            *field = source_figure(ingest, *field, SOURCE_COUNT_MAX);
        }
    }
    return true;
}

static struct isolate *find(struct ingest *ingest, const struct source *source, uint32_t thread)
{
    return model_find_thread(&ingest->daemon->model, source->process, thread);
}

/* Ends the isolate and frees its seat, so that its slot is not taken for a living one. */
static void end(struct source *source, struct isolate *isolate, enum model_state state, double t)
{
    if (isolate->slot < source->seat_count && source->seats[isolate->slot].isolate == isolate) {
        source->seats[isolate->slot].isolate = NULL;
    }
    source_end_isolate(isolate, state, t);
}

static void take_spawn(struct ingest *ingest, struct source *source, const struct record *record,
                       const char *name, double t)
{
    struct isolate *isolate = find(ingest, source, record->thread);
    if (isolate != NULL) {
        isolate->is_spawn_told = true;
        return;
    }
    isolate = source_need_isolate(ingest, source, record->thread);
    if (isolate == NULL) {
        return;
    }
    isolate->is_spawn_told = true;
    source_set_name(isolate, name != NULL ? name : "");
    isolate->heap.limit = source_figure(ingest, record->spawn.limit, SOURCE_BYTES_MAX);
    isolate->started_at = isolate->updated_at = t;
    isolate->sources |= source->is_probe       ? MODEL_PROBE
                        : source->view != NULL ? MODEL_SEGMENT
                                               : MODEL_AGENT;
}

/* The isolate ends with its process, which has not ended yet; its figures stay as they were. */
static void take_kill(struct ingest *ingest, struct source *source, const struct record *record,
                      double t)
{
    struct isolate *isolate = find(ingest, source, record->thread);

    if (isolate != NULL) {
        end(source, isolate, MODEL_OOM, t);
        isolate->state = MODEL_OOM;
        isolate->changed_tick = ingest->daemon->model.tick;
    }
    source->process->killed_at = t;
    source->process->heap_killed = record->oom_kill.heap;
}

/* exit and oom, in either order. */
static void take_end(struct ingest *ingest, struct source *source, const struct record *record,
                     const char *error, double t)
{
    struct isolate *isolate = find(ingest, source, record->thread);

    if (isolate == NULL) {
        isolate = source_need_isolate(ingest, source, record->thread);
        if (isolate == NULL) {
            return;
        }
        isolate->started_at = isolate->updated_at = t;
    }
    if (record->kind == RECORD_oom) {
        end(source, isolate, MODEL_OOM, t);
        isolate->state = MODEL_OOM;
        isolate->heap.limit = source_figure(ingest, record->oom.limit, SOURCE_BYTES_MAX);
    } else {
        end(source, isolate, MODEL_EXITED, t);
        isolate->exit_code = (int64_t)record->exit.code;
        isolate->is_exit_told = true;
        snprintf(isolate->error, sizeof isolate->error, "%.31s", error != NULL ? error : "");
        isolate->is_life_told = ends_add(&source->process->ends, record, t);
    }
    isolate->changed_tick = ingest->daemon->model.tick;
}

static void take_job(struct ingest *ingest, struct source *source, const struct record *record,
                     const char *name, double t)
{
    struct isolate *isolate = find(ingest, source, record->thread);
    const struct config *config = ingest->daemon->config;

    if (isolate == NULL) {
        return;
    }
    if (record->job.duration != WIRE_UNKNOWN && record->thread != 0) {
        double seconds = (double)record->job.duration / (double)CLOCK_NS_PER_S;
        source->process->job_seconds += seconds;
        source->process->jobs_timed++;
        isolate->job_seconds += seconds;
        isolate->jobs_timed++;
    }
    struct drift_options options = {
        .band = config->drift.band,
        .min_jobs = config->drift.min_jobs,
        .min_bytes_per_job = (double)config->drift.bytes_per_job,
    };
    struct job_end job = {
        .name = name != NULL && *name != '\0' ? name : "message",
        .number = record->job.number == WIRE_UNKNOWN ? 0 : record->job.number,
        .t = t,
        .live_after = source_figure(ingest, record->job.live_after, SOURCE_BYTES_MAX),
        .more = record->job.more < JOBS_MORE_MAX ? record->job.more : 0,
    };
    jobs_add(isolate, &options, &job);
}

static void take_block(struct process *process, const struct record *record)
{
    if (record->thread == 0 && record->block.op < WIRE_OPS &&
        record->block.duration != WIRE_UNKNOWN) {
        process->block_seconds[record->block.op] +=
            (double)record->block.duration / (double)CLOCK_NS_PER_S;
    }
}

/* Record time as Unix seconds; never in the future. */
static double time_of(const struct ingest *ingest, const struct record *record)
{
    uint64_t now = clock_now_ns();
    uint64_t t = record->t < now ? record->t : now;
    return ingest->wall_offset + (double)t / (double)CLOCK_NS_PER_S;
}

/* For the totals by reason. */
static void count_recycle(struct status *status, const char *reason)
{
    size_t i = 0;

    reason = reason != NULL && *reason != '\0' ? reason : "unknown";
    while (i < MODEL_REASONS_MAX && status->recycles[i].count > 0 &&
           strncmp(status->recycles[i].reason, reason, sizeof status->recycles[i].reason - 1) != 0) {
        i++;
    }
    snprintf(status->recycles[i].reason, sizeof status->recycles[i].reason, "%.23s",
             i < MODEL_REASONS_MAX ? reason : "other");
    status->recycles[i].count++;
}

/* Where a probe and the program itself describe one process, what both see is told once: by whoever was
 * first. Jobs that an agent knows by their names are not those that a probe takes messages for. */
static bool is_told_already(const struct source *source, const struct isolate *isolate,
                            const struct record *record)
{
    const struct process *process = source->process;

    if (process->probe == NULL || process->source == NULL || isolate == NULL) {
        return false;
    }
    switch (record->kind) {
    case RECORD_job:
        return source->is_probe && isolate->tells_totals;
    case RECORD_spawn:
        return isolate->is_spawn_told;
    case RECORD_oom:
        return isolate->state == MODEL_OOM;
    case RECORD_exit:
        return isolate->is_exit_told;
    default:
        return false;
    }
}

/* Who made a store; it is in the table of stores only at the next tick. */
static void take_maker(struct process *process, const struct record *record)
{
    if (record->share.from == WIRE_UNKNOWN && record->share.store != WIRE_UNKNOWN) {
        size_t place = process->maker_count++ % MODEL_MAKERS;
        process->makers[place].store = record->share.store;
        process->makers[place].thread = record->thread;
    }
}

/* Of an end that the other source told first: what that one could not know. */
static void add_to_end(struct source *source, struct isolate *isolate, const struct record *record,
                       const char *error, double t)
{
    if (isolate->error[0] == '\0' && error != NULL) {
        snprintf(isolate->error, sizeof isolate->error, "%.31s", error);
    }
    isolate->is_life_told =
        isolate->is_life_told || ends_add(&source->process->ends, record, t);
}

void drain_take(struct ingest *ingest, struct source *source, struct record *record,
                const char *name)
{
    struct daemon *daemon = ingest->daemon;

    if (!validate(ingest, record)) {
        return;
    }
    struct isolate *isolate = find(ingest, source, record->thread);
    if (is_told_already(source, isolate, record)) {
        if (record->kind == RECORD_exit) {
            add_to_end(source, isolate, record, name, time_of(ingest, record));
        }
        return;
    }
    struct event event = {.t = time_of(ingest, record), .pid = source->process->pid};
    if (record->kind == RECORD_spawn) {
        take_spawn(ingest, source, record, name, event.t);
    } else if (record->kind == RECORD_exit || record->kind == RECORD_oom) {
        take_end(ingest, source, record, name, event.t);
    } else if (record->kind == RECORD_oom_kill) {
        take_kill(ingest, source, record, event.t);
    } else if (record->kind == RECORD_job) {
        take_job(ingest, source, record, name, event.t);
    } else if (record->kind == RECORD_copy) {
        copies_add(&source->process->copies, record, event.t);
    } else if (record->kind == RECORD_share) {
        take_maker(source->process, record);
    } else if (record->kind == RECORD_block) {
        take_block(source->process, record);
    } else if (record->kind == RECORD_recycle) {
        count_recycle(&daemon->model.status, name);
    }
    model_format_id(source->process, record->thread, event.isolate);
    event.record = *record;
    if (record->kind == RECORD_exit && name != NULL && *name == '\0') {
        name = NULL; /* it ended with no error */
    }
    if (!events_is_kept(daemon->events, event.pid, record)) {
        events_add(daemon->events, &event, name);
    }
    daemon->model.status.events_by_type[record->kind]++;
    histogram_add(&source->process->histograms, record);
    flows_add(&source->process->flows, record, event.t);
}

static void take_from_ring(struct ingest *ingest, struct source *source, struct record *record)
{
    char name[WIRE_NAME_MAX + 1];
    int field = record->kind < RECORD_KINDS ? name_field(record) : -1;

    if (field >= 0) {
        view_read_name(source->view, record->fields[field], name);
    }
    drain_take(ingest, source, record, field >= 0 ? name : NULL);
}

static void count_lost(struct ingest *ingest, struct source *source, uint64_t count)
{
    source->process->lost += count;
    ingest->daemon->model.status.events_lost += count;
}

void drain_lost(struct ingest *ingest, struct source *source, uint32_t thread, uint64_t count)
{
    struct daemon *daemon = ingest->daemon;
    struct event event = {.t = daemon->model.t, .pid = source->process->pid};

    if (count == 0) {
        return;
    }
    count_lost(ingest, source, count);
    event.record.kind = EVENT_LOST;
    event.record.thread = thread;
    event.record.fields[0] = count;
    model_format_id(source->process, thread, event.isolate);
    events_add(daemon->events, &event, NULL);
}

/* One ring to its end, or until a ring's worth was read: a writer faster than us has to wait. */
static void drain_ring(struct ingest *ingest, struct source *source, uint32_t slot)
{
    struct ring_reader *reader = &source->seats[slot].reader;
    uint64_t lost = reader->lost, refused = reader->refused;
    size_t count, total = 0;
    bool is_continued = false;

    do {
        count = view_read_ring(source->view, slot, reader, ingest->records, SOURCE_READ_MAX);
        is_continued |= total == 0 && count > 0 &&
                        events_is_kept(ingest->daemon->events, source->process->pid,
                                       &ingest->records[0]);
        for (size_t i = 0; i < count; i++) {
            take_from_ring(ingest, source, &ingest->records[i]);
        }
        total += count;
    } while (count > 0 && total < WIRE_RING_RECORDS_MAX);
    ingest->daemon->model.status.records_refused += reader->refused - refused;
    if (is_continued) { /* an earlier daemon had them */
        count_lost(ingest, source, reader->lost - lost);
        return;
    }
    const struct isolate *isolate = source->seats[slot].isolate;
    drain_lost(ingest, source, isolate != NULL ? isolate->thread : 0, reader->lost - lost);
}

bool drain_rings(struct ingest *ingest, struct source *source, uint64_t until_ns)
{
    uint32_t count = view_slot_count(source->view);

    count = count < source->seat_count ? count : source->seat_count;
    for (uint32_t done = 0; done < count; done++) {
        if (source->next_slot >= count) {
            source->next_slot = 0;
        }
        drain_ring(ingest, source, source->next_slot++);
        if (done % 16 == 15 && clock_now_ns() > until_ns) {
            return false;
        }
    }
    return true;
}
