/*
 * The JSON of every thing in the model, and nothing about where it is shown. Called by frame.c,
 * lists.c, stream.c and happenings.c. Owns nothing. Invariant: no field depends on who asks, only
 * on the model and on struct objects.
 */
#include "daemon/views/objects.h"

#include "daemon/model/events.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Figures that move all the time are told to the thousandth: nobody reads more, and a patch stays
 * small. */
static double to_thousandths(double value)
{
    return round(value * 1000) / 1000;
}

static const char *text_or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static double time_or_unknown(double t)
{
    return t > 0 ? t : NAN;
}

static void write_drift(struct fields *fields, const struct isolate *isolate,
                        const struct drift_verdict *verdict)
{
    bool is_known = isolate->drift != NULL && verdict->has_job;

    fields_open(fields, "drift");
    fields_text(fields, "job", is_known ? text_or_null(isolate->drift_job) : NULL);
    fields_text(fields, "state", drift_state_name(verdict->state));
    fields_double(fields, "bytes_per_job", round(verdict->bytes_per_job));
    fields_double(fields, "ratio", to_thousandths(verdict->ratio));
    fields_double(fields, "confidence", to_thousandths(verdict->confidence));
    fields_double(fields, "jobs_to_limit", round(verdict->jobs_to_limit));
    fields_double(fields, "seconds_to_limit", round(isolate->seconds_to_limit));
    fields_double(fields, "since", time_or_unknown(verdict->since));
    fields_uint(fields, "onset_job", verdict->onset_job > 0 ? verdict->onset_job : MODEL_UNKNOWN);
    fields_uint(fields, "detected_job",
                verdict->detected_job > 0 ? verdict->detected_job : MODEL_UNKNOWN);
    fields_double(fields, "band", verdict->band);
    fields_double(fields, "intercept", round(verdict->intercept));
    fields_close(fields);
}

static void write_heap(struct fields *fields, const struct isolate *isolate, double baseline)
{
    uint64_t used = isolate->heap.used, total = isolate->heap.total;
    bool is_known = used != MODEL_UNKNOWN && total != MODEL_UNKNOWN && total > 0;

    fields_open(fields, "heap");
    fields_fast(fields, FIELDS_USED, "used", used);
    fields_fast(fields, FIELDS_TOTAL, "total", total);
    fields_uint(fields, "limit", isolate->heap.limit);
    fields_uint(fields, "peak", isolate->heap.peak);
    fields_fast(fields, FIELDS_LIVE, "live", isolate->heap.live);
    fields_double(fields, "baseline", round(baseline));
    fields_double(fields, "fragmentation",
                  is_known ? to_thousandths(1 - (double)used / (double)total) : NAN);
    fields_close(fields);
}

static void write_messages(struct fields *fields, const struct isolate *isolate)
{
    fields_open(fields, "messages");
    fields_uint(fields, "sent", isolate->messages.sent);
    fields_uint(fields, "received", isolate->messages.received);
    fields_uint(fields, "queued", isolate->messages.queued);
    fields_fast(fields, FIELDS_QUEUED_BYTES, "queued_bytes", isolate->messages.queued_bytes);
    fields_double(fields, "oldest_queued_seconds",
                  to_thousandths(isolate->messages.oldest_queued_seconds));
    fields_close(fields);
    fields_open(fields, "clone");
    fields_uint(fields, "count", isolate->clone.count);
    fields_uint(fields, "bytes", isolate->clone.bytes);
    fields_double(fields, "seconds", isolate->clone.seconds);
    fields_close(fields);
    fields_open(fields, "transfer");
    fields_uint(fields, "count", isolate->transfer.count);
    fields_uint(fields, "bytes", isolate->transfer.bytes);
    fields_close(fields);
    fields_open(fields, "detach");
    fields_uint(fields, "count", isolate->detach.count);
    fields_uint(fields, "bytes", isolate->detach.bytes);
    fields_close(fields);
}

/* NULL when a collection can be asked for. */
static const char *why_no_gc(const struct objects *objects, const struct isolate *isolate)
{
    return isolate->has_ended                                 ? "it has ended"
           : isolate->is_stale                                ? "its process is not connected"
           : (isolate->sources & ~(unsigned)MODEL_PROBE) == 0 ? "it is only observed from outside"
           : !objects->can_act                                ? "http.allow_actions is false"
                                                              : NULL;
}

/* NULL when it can be replaced. A program without a pool may listen for the command; nobody knows
 * before it was asked, so that is not offered. */
static const char *why_no_recycle(const struct objects *objects, const struct isolate *isolate)
{
    const char *why_not = why_no_gc(objects, isolate);

    return why_not != NULL ? why_not : !isolate->has_pool ? "no pool owns it" : NULL;
}

/* What a collection would free, in whole MiB: the estimate is no better. */
static uint64_t estimate_garbage(const struct isolate *isolate)
{
    uint64_t used = isolate->heap.used, live = isolate->heap.live;
    if (used == MODEL_UNKNOWN || live == MODEL_UNKNOWN) {
        return MODEL_UNKNOWN;
    }
    return used > live ? (used - live) >> 20 << 20 : 0;
}

/* What a successor would not hold: live heap above the baseline, in whole MiB. */
static uint64_t estimate_growth(const struct isolate *isolate)
{
    struct drift_verdict verdict = {.baseline = NAN};
    uint64_t live = isolate->heap.live;

    if (isolate->drift != NULL) {
        drift_get(isolate->drift, &verdict);
    }
    if (live == MODEL_UNKNOWN || !(verdict.baseline > 0)) {
        return MODEL_UNKNOWN;
    }
    return (double)live > verdict.baseline ? (uint64_t)((double)live - verdict.baseline) >> 20 << 20
                                           : 0;
}

static void write_actions(struct fields *fields, const struct objects *objects,
                          const struct isolate *isolate)
{
    struct writer *writer = fields_open_array(fields, "actions");
    if (isolate != NULL) {
        writer_open_object(writer, NULL);
        writer_text(writer, "do", "gc");
        writer_double(writer, "pause_seconds",
                      isolate->gc.count > 0 && isolate->gc.count != MODEL_UNKNOWN
                          ? to_thousandths(isolate->gc.last_pause)
                          : NAN);
        writer_uint(writer, "bytes", MODEL_UNKNOWN);
        writer_uint(writer, "frees_bytes", estimate_garbage(isolate));
        writer_text(writer, "why_not", why_no_gc(objects, isolate));
        writer_close_object(writer);
        writer_open_object(writer, NULL);
        writer_text(writer, "do", "recycle");
        writer_double(writer, "pause_seconds", NAN);
        writer_uint(writer, "bytes", MODEL_UNKNOWN);
        writer_uint(writer, "frees_bytes", estimate_growth(isolate));
        writer_text(writer, "why_not", why_no_recycle(objects, isolate));
        writer_close_object(writer);
    }
    fields_close_array(fields);
}

static void write_sources(struct fields *fields, unsigned sources)
{
    struct writer *writer = fields_open_array(fields, "sources");
    if ((sources & MODEL_SEGMENT) != 0) {
        writer_text(writer, NULL, "segment");
    }
    if ((sources & MODEL_PROBE) != 0) {
        writer_text(writer, NULL, "probe");
    }
    if ((sources & MODEL_AGENT) != 0) {
        writer_text(writer, NULL, "agent");
    }
    fields_close_array(fields);
}

static void write_spaces(struct fields *fields, const struct isolate *isolate)
{
    struct writer *writer = fields_open_array(fields, "spaces");
    for (size_t i = 0; i < isolate->space_count; i++) {
        writer_open_object(writer, NULL);
        writer_text(writer, "name", isolate->spaces[i].name);
        writer_uint(writer, "used", isolate->spaces[i].used);
        writer_uint(writer, "total", isolate->spaces[i].total);
        writer_close_object(writer);
    }
    fields_close_array(fields);
}

static void write_identity(struct fields *fields, const struct isolate *isolate)
{
    fields_text(fields, "id", isolate->id);
    fields_uint(fields, "process", isolate->process->pid);
    fields_uint(fields, "thread", isolate->thread);
    fields_uint(fields, "tid", isolate->tid > 0 ? isolate->tid : MODEL_UNKNOWN);
    fields_text(fields, "name", isolate->name);
    fields_text(fields, "pool", text_or_null(isolate->pool));
    fields_text(fields, "kind", model_kind_names[isolate->process->kind]);
    fields_text(fields, "state", model_state_names[isolate->state]);
    fields_double(fields, "started_at", time_or_unknown(isolate->started_at));
    fields_double(fields, "updated_at", time_or_unknown(isolate->updated_at));
    fields_double(fields, "ended_at", isolate->has_ended ? isolate->ended_at : NAN);
    fields_int(fields, "exit_code",
               isolate->has_ended && isolate->state != MODEL_DIED ? isolate->exit_code : INT64_MIN);
    fields_bool(fields, "stale", isolate->is_stale);
    write_sources(fields, isolate->sources);
}

void objects_write_isolate(struct fields *fields, const struct objects *objects,
                           const struct isolate *isolate)
{
    struct drift_verdict verdict = {
        .bytes_per_job = NAN,
        .ratio = NAN,
        .confidence = NAN,
        .jobs_to_limit = NAN,
        .band = NAN,
        .baseline = NAN,
        .intercept = NAN,
    };
    if (isolate->drift != NULL) {
        drift_get(isolate->drift, &verdict);
    }
    write_identity(fields, isolate);
    write_heap(fields, isolate, verdict.baseline);
    fields_fast(fields, FIELDS_EXTERNAL, "external", isolate->external);
    fields_uint(fields, "array_buffers", isolate->array_buffers);
    fields_fast(fields, FIELDS_SHARED, "shared", isolate->shared);
    fields_uint(fields, "malloced", isolate->malloced);
    fields_uint(fields, "rss_attributed", isolate->rss_attributed);
    fields_open(fields, "gc");
    fields_uint(fields, "count", isolate->gc.count);
    fields_double(fields, "seconds", isolate->gc.seconds);
    fields_double(fields, "last_pause", isolate->gc.last_pause);
    fields_close(fields);
    fields_uint(fields, "jobs", isolate->jobs);
    write_drift(fields, isolate, &verdict);
    write_messages(fields, isolate);
    fields_double(fields, "event_loop_utilization",
                  to_thousandths(isolate->event_loop_utilization));
    fields_double(fields, "event_loop_delay", to_thousandths(isolate->event_loop_delay));
    write_spaces(fields, isolate);
    write_actions(fields, objects, isolate);
}

static void write_totals(struct fields *fields, const struct wire_process_copy *totals)
{
    static const struct {
        const char *name;
        size_t offset;
        bool is_time;
    } words[] = {
#define TOTAL(name, field, is_time) {name, offsetof(struct wire_process_copy, field), is_time}
        TOTAL("jobs", jobs, false),
        TOTAL("gc_count", gc_count, false),
        TOTAL("gc_seconds", gc_time, true),
        TOTAL("clones", clones, false),
        TOTAL("clone_bytes", clone_bytes, false),
        TOTAL("clone_seconds", clone_time, true),
        TOTAL("untimed", untimed, false),
        TOTAL("transfers", transfers, false),
        TOTAL("transfer_bytes", transfer_bytes, false),
        TOTAL("detaches", detaches, false),
        TOTAL("detach_bytes", detach_bytes, false),
        TOTAL("spawns", spawns, false),
        TOTAL("exits", exits, false),
        TOTAL("ooms", ooms, false),
        TOTAL("stores_unlisted", stores_unlisted, false),
        TOTAL("pins_unlisted", pins_unlisted, false),
        TOTAL("names_unlisted", names_unlisted, false),
        TOTAL("isolates_unlisted", isolates_unlisted, false),
        TOTAL("dropped", dropped, false),
#undef TOTAL
    };
    fields_open(fields, "totals");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint64_t value;
        memcpy(&value, (const char *)totals + words[i].offset, sizeof value);
        if (words[i].is_time) {
            fields_double(fields, words[i].name,
                          value != MODEL_UNKNOWN ? (double)value / 1e9 : NAN);
        } else {
            fields_uint(fields, words[i].name, value);
        }
    }
    fields_close(fields);
}

/* As the kernel counts it, told by a probe; of one that the OOM killer chose, at that moment. */
static void write_memory(struct fields *fields, const struct process *process)
{
    const struct wire_process_copy *totals = &process->totals;
    bool is_told = model_has_kernel_words(process);
    uint64_t rss = totals->rss_anon + totals->rss_file + totals->rss_shmem;

#define TOLD(word) (is_told ? (word) : MODEL_UNKNOWN)
    fields_open(fields, "memory");
    fields_uint(fields, "rss", TOLD(rss));
    fields_uint(fields, "anon", TOLD(totals->rss_anon));
    fields_uint(fields, "file", TOLD(totals->rss_file));
    fields_uint(fields, "shmem", TOLD(totals->rss_shmem));
    fields_uint(fields, "rss_peak", TOLD(totals->rss_peak));
    fields_uint(fields, "swapped", TOLD(totals->swapped));
    fields_uint(fields, "page_tables", TOLD(totals->page_tables));
    fields_uint(fields, "mapped", TOLD(totals->mapped));
    fields_uint(fields, "mapped_peak", TOLD(totals->mapped_peak));
    fields_uint(fields, "mapped_grown", TOLD(totals->mapped_grown));
    fields_uint(fields, "minor_faults", TOLD(totals->faults_minor));
    fields_uint(fields, "major_faults", TOLD(totals->faults_major));
    fields_close(fields);
#undef TOLD
    fields_double(fields, "killed_at", time_or_unknown(process->killed_at));
}

void objects_write_process(struct fields *fields, const struct process *process)
{
    fields_uint(fields, "pid", process->pid);
    fields_text(fields, "name", process->name);
    fields_text(fields, "kind", model_kind_names[process->kind]);
    fields_text(fields, "state", model_state_names[process->state]);
    fields_bool(fields, "stale", process->is_stale);
    fields_double(fields, "started_at", time_or_unknown(process->started_at));
    fields_double(fields, "updated_at", time_or_unknown(process->updated_at));
    fields_double(fields, "ended_at", time_or_unknown(process->ended_at));
    fields_uint(fields, "rss", process->rss);
    fields_uint(fields, "heap_used", process->heap_used);
    fields_uint(fields, "heap_total", process->heap_total);
    fields_uint(fields, "external", process->external);
    fields_uint(fields, "shared", process->shared);
    fields_uint(fields, "queued_bytes", process->queued_bytes);
    fields_int(fields, "unattributed", process->unattributed);
    fields_uint(fields, "isolates", process->isolate_count);
    fields_open(fields, "container");
    fields_uint(fields, "limit", process->container.limit);
    fields_uint(fields, "high", process->container.high);
    fields_uint(fields, "used", process->container.used);
    fields_text(fields, "source", text_or_null(process->container.source));
    fields_close(fields);
    write_totals(fields, &process->totals);
    write_memory(fields, process);
    fields_uint(fields, "lost", process->lost);
    fields_bool(fields, "probed", process->probe != NULL);
    fields_text(fields, "missing", text_or_null(process->missing));
    fields_uint(fields, "flows_refused", flows_refused(process->flows));
}

static void write_part(struct writer *writer, enum part_kind kind, const struct isolate *isolate,
                       int64_t bytes)
{
    writer_open_object(writer, NULL);
    writer_text(writer, "kind", part_kind_names[kind]);
    writer_text(writer, "isolate", isolate != NULL ? isolate->id : NULL);
    writer_int(writer, "bytes", bytes);
    writer_close_object(writer);
}

/* The parts still add up to `used`: those of isolates that are not shown become one. */
static void write_parts(struct fields *fields, const struct objects *objects,
                        const struct budget *budget)
{
    struct writer *writer = fields_open_array(fields, "parts");
    int64_t others = 0;
    bool has_others = false;

    for (size_t i = 0; i < budget->part_count; i++) {
        const struct budget_part *part = &budget->parts[i];
        bool is_hidden = part->isolate != NULL && objects->is_shown != NULL &&
                         !objects->is_shown(objects->selection, part->isolate);
        if (is_hidden || part->kind == PART_OTHERS) {
            others += part->bytes;
            has_others = true;
        } else {
            write_part(writer, part->kind, part->isolate, part->bytes);
        }
    }
    if (has_others) {
        write_part(writer, PART_OTHERS, NULL, others);
    }
    fields_close_array(fields);
}

/* As exact as it is worth, so that what hardly changes is not told again. */
static double seconds_shown(double seconds)
{
    return seconds < 20 ? round(seconds * 10) / 10 : round(seconds);
}

void objects_write_budget(struct fields *fields, const struct objects *objects,
                          const struct budget *budget)
{
    fields_text(fields, "name", budget->name);
    fields_text(fields, "scope", budget->scope);
    fields_uint(fields, "limit", budget->limit);
    fields_uint(fields, "headroom", budget->headroom);
    fields_uint(fields, "used", budget->used);
    fields_uint(fields, "committed", budget->committed);
    fields_double(fields, "projected_seconds", seconds_shown(budget->projected_seconds));
    fields_double(fields, "limit_seconds", seconds_shown(budget->limit_seconds));
    fields_double(fields, "limit_soonest", seconds_shown(budget->limit_soonest));
    fields_double(fields, "limit_latest", seconds_shown(budget->limit_latest));
    fields_double(fields, "confidence", round(budget->confidence * 100) / 100);
    write_parts(fields, objects, budget);
    fields_int(fields, "unattributed", budget->unattributed);
    fields_text(fields, "state", budget_state_names[budget->state]);
    fields_bool(fields, "partial", budget->is_partial);
}

/* Ours by its number, Alertmanager's by its name there. */
static void write_silence(struct fields *fields, const struct alert *alert)
{
    char there[sizeof alert->silence_there + 16];

    snprintf(there, sizeof there, "alertmanager:%s", alert->silence_there);
    fields_text(fields, "silence",
                alert->silence[0] != '\0'         ? alert->silence
                : alert->silence_there[0] != '\0' ? there
                                                  : NULL);
}

/* The notifiers that were told, or are being told, that it fires. */
static void write_notified(struct fields *fields, const struct model *model,
                           const struct alert *alert)
{
    struct writer *writer = fields_open_array(fields, "notified");

    for (int i = 0; i < MODEL_NOTIFIERS_MAX; i++) {
        if ((alert->told >> i & 1) != 0) {
            writer_text(writer, NULL, model->status.notifiers[i].name);
        }
    }
    fields_close_array(fields);
}

/* Who did it, as far as that is known. */
static void write_growth(struct fields *fields, const struct growth *growth)
{
    char site[sizeof growth->file + 24] = "";
    bool is_known = model_growth_is_known(growth);
    bool has_site = is_known && growth->file[0] != '\0';

    if (has_site) {
        snprintf(site, sizeof site, "%s:%.0f", growth->file, growth->line);
    }
    fields_text(fields, "constructor", text_or_null(growth->kind));
    fields_double(fields, "grown_bytes", is_known ? growth->kind_bytes : NAN);
    fields_double(fields, "grown_count", is_known ? growth->kind_count : NAN);
    fields_double(fields, "grown_jobs", is_known ? growth->jobs : NAN);
    fields_text(fields, "site", text_or_null(site));
    fields_text(fields, "function", has_site ? text_or_null(growth->function) : NULL);
    fields_double(fields, "site_bytes", has_site ? growth->site_bytes : NAN);
    fields_text(fields, "no_site", text_or_null(growth->no_site));
    fields_text(fields, "found_in", text_or_null(growth->found_in));
}

void objects_write_alert(struct fields *fields, const struct objects *objects,
                         const struct alert *alert)
{
    const struct isolate *isolate =
        alert->isolate[0] != '\0' ? model_find_isolate(objects->model, alert->isolate) : NULL;

    fields_text(fields, "id", alert->id);
    fields_text(fields, "rule", alert->rule);
    fields_text(fields, "severity", alert_severity_names[alert->severity]);
    fields_text(fields, "state", alert_state_names[alert->state]);
    fields_double(fields, "since", time_or_unknown(alert->since));
    fields_double(fields, "resolved_at", time_or_unknown(alert->resolved_at));
    fields_text(fields, "isolate", text_or_null(alert->isolate));
    fields_uint(fields, "process", alert->pid > 0 ? alert->pid : MODEL_UNKNOWN);
    fields_text(fields, "summary", alert->summary);
    fields_double(fields, "value", alert->value);
    fields_double(fields, "threshold", alert->threshold);
    fields_text(fields, "culprit", text_or_null(alert->culprit));
    write_growth(fields, &alert->growth);
    write_silence(fields, alert);
    write_notified(fields, objects->model, alert);
    write_actions(fields, objects, isolate);
}

void objects_write_advice(struct fields *fields, const struct alert *alert)
{
    char symptom[sizeof alert->summary];
    const char *end = strstr(alert->summary, ". ");

    snprintf(symptom, sizeof symptom, "%.*s",
             end != NULL ? (int)(end - alert->summary) + 1 : (int)strlen(alert->summary),
             alert->summary);
    fields_text(fields, "id", alert->id);
    fields_text(fields, "rule", alert->rule);
    fields_text(fields, "state", alert_state_names[alert->state]);
    fields_text(fields, "isolate", text_or_null(alert->isolate));
    fields_text(fields, "symptom", symptom);
    fields_text(fields, "cause", alert->cause);
    fields_text(fields, "action", alert->action);
    fields_text(fields, "evidence", end != NULL ? end + 2 : NULL);
    fields_double(fields, "expected_bytes", alert->is_seconds ? NAN : alert->cost);
    fields_double(fields, "expected_seconds", alert->is_seconds ? alert->cost : NAN);
    fields_double(fields, "measured", alert->measured);
}

void objects_write_verdict(struct fields *fields, const struct verdict *verdict)
{
    fields_text(fields, "state", verdict_state_names[verdict->state]);
    fields_text(fields, "text", verdict->text);
    fields_text(fields, "evidence", verdict->evidence);
}

void objects_write_store(struct fields *fields, const struct process *process,
                         const struct store *store)
{
    fields_uint(fields, "id", store->id);
    fields_uint(fields, "bytes", store->bytes);
    fields_uint(fields, "process", process->pid);
    fields_bool(fields, "shared", store->is_shared);
    fields_double(fields, "created_at", time_or_unknown(store->created_at));
    fields_text(fields, "made_by", text_or_null(store->maker));
    struct writer *writer = fields_open_array(fields, "pins");
    for (size_t i = 0; i < store->pin_count; i++) {
        writer_text(writer, NULL, store->pins[i]->id);
    }
    fields_close_array(fields);
    fields_uint(fields, "refs", store->refs);
}

static void write_end(struct fields *fields, const char *key, const struct process *process,
                      uint32_t thread)
{
    char id[MODEL_ID_MAX];

    model_format_id(process, thread, id);
    fields_text(fields, key, thread != FLOWS_NOBODY ? id : NULL);
}

/* [[from this size on, how many], ...], buckets of nothing left out. */
static void write_sizes(struct fields *fields, const struct flow *flow, double now)
{
    uint64_t counts[FLOWS_SIZES];
    struct writer *writer = fields_open_array(fields, "sizes");

    flows_sizes(flow, now, counts);
    for (int i = 0; i < FLOWS_SIZES; i++) {
        if (counts[i] > 0) {
            writer_open_array(writer, NULL);
            writer_uint(writer, NULL, UINT64_C(1) << i);
            writer_uint(writer, NULL, counts[i]);
            writer_close_array(writer);
        }
    }
    fields_close_array(fields);
}

void objects_write_flow(struct fields *fields, const struct model *model,
                        const struct process *process, const struct flow *flow, double window)
{
    struct flow_sums sums;
    double seconds = flows_sum(flow, model->t, window, &sums);

    write_end(fields, "from", process, flows_from(flow));
    write_end(fields, "to", process, flows_to(flow));
    fields_double(fields, "seconds", seconds);
    fields_uint(fields, "messages", sums.messages);
    fields_uint(fields, "delivered", sums.delivered);
    fields_uint(fields, "clone_bytes", sums.clone_bytes);
    fields_uint(fields, "transfer_bytes", sums.transfer_bytes);
    fields_uint(fields, "share_bytes", sums.share_bytes);
    fields_double(fields, "serialize_seconds", sums.serialize_seconds);
    fields_double(fields, "deserialize_seconds", sums.deserialize_seconds);
    fields_double(fields, "queue_seconds", sums.queue_seconds);
    fields_double(fields, "p50_bytes", flows_size(flow, model->t, 0.5));
    fields_double(fields, "p99_bytes", flows_size(flow, model->t, 0.99));
    write_sizes(fields, flow, model->t);
}

static void write_thread(struct writer *writer, const char *key, const struct event *event,
                         uint64_t thread)
{
    char id[MODEL_ID_MAX];
    if (thread == MODEL_UNKNOWN || thread == FLOWS_NOBODY) {
        writer_null(writer, key);
        return;
    }
    events_thread_id(event, thread, id);
    writer_text(writer, key, id);
}

static void write_seconds(struct writer *writer, const char *field, uint64_t ns)
{
    char key[RECORD_KEY_MAX];

    record_seconds_key(field, key);
    writer_double(writer, key, ns != MODEL_UNKNOWN ? (double)ns / 1e9 : NAN);
}

static void write_record_field(struct writer *writer, const struct event *event,
                               const struct record_field *field, uint64_t value)
{
    switch (field->unit) {
    case RECORD_UNIT_NONE:
        break;
    case RECORD_UNIT_NS:
        write_seconds(writer, field->name, value);
        break;
    case RECORD_UNIT_THREAD:
        write_thread(writer, field->name, event, value);
        break;
    case RECORD_UNIT_NAME:
        writer_text(writer, field->name, event->name);
        break;
    case RECORD_UNIT_CODE:
        writer_int(writer, field->name, (int64_t)value);
        break;
    case RECORD_UNIT_BOOL:
        writer_bool(writer, field->name, value != 0);
        break;
    case RECORD_UNIT_GC_KIND:
        writer_text(writer, field->name, record_gc_kind_name(value));
        break;
    case RECORD_UNIT_OP:
        writer_text(writer, field->name, record_op_name(value));
        break;
    default:
        writer_uint(writer, field->name, value);
        break;
    }
}

/* What a reader would have to work out from `copies`. */
static void write_deliver(struct writer *writer, const struct record *record)
{
    uint64_t copies = record->deliver.copies, bytes = record->deliver.bytes, peak;
    bool is_known = copies != MODEL_UNKNOWN && bytes != MODEL_UNKNOWN &&
                    !__builtin_mul_overflow(copies, bytes, &peak);
    writer_bool(writer, "discarded", copies == 0);
    writer_uint(writer, "peak_bytes", is_known ? peak : MODEL_UNKNOWN);
}

void objects_write_event(struct writer *writer, const struct event *event)
{
    const struct record *record = &event->record;

    writer_open_object(writer, NULL);
    writer_uint(writer, "seq", event->seq);
    writer_double(writer, "t", event->t);
    writer_text(writer, "type", events_kind_name(record->kind));
    writer_text(writer, "isolate", text_or_null(event->isolate));
    if (record->kind == EVENT_LOST) {
        writer_uint(writer, "process", event->pid);
        writer_uint(writer, "count", record->fields[0]);
    } else if (record->kind == EVENT_LIMIT) {
        writer_text(writer, "container", event->name);
        writer_uint(writer, "before", record->fields[0]);
        writer_uint(writer, "after", record->fields[1]);
    } else {
        const struct record_type *type = &record_types[record->kind];
        for (int i = 0; i < 6; i++) {
            if (type->fields[i].name != NULL) {
                write_record_field(writer, event, &type->fields[i], record->fields[i]);
            }
        }
    }
    if (record->kind == RECORD_deliver) {
        write_deliver(writer, record);
    }
    writer_close_object(writer);
}
