/*
 * The line in which an emitter without a segment tells what an isolate holds. Called by lines.c. Owns
 * nothing. Invariant: every figure was checked before the first one goes into the model; a key that is
 * missing makes its figure unknown, except totals, which stay what they were.
 */
#include "daemon/ingest/source.h"

#include "base/clock.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys of a heap line and where they go. */
static const struct {
    const char *key;
    size_t offset;
} gauges[] = {
    {"used", offsetof(struct isolate, heap.used)},
    {"total", offsetof(struct isolate, heap.total)},
    {"limit", offsetof(struct isolate, heap.limit)},
    {"asked_limit", offsetof(struct isolate, heap.asked)},
    {"peak", offsetof(struct isolate, heap.peak)},
    {"live", offsetof(struct isolate, heap.live)},
    {"external", offsetof(struct isolate, external)},
    {"array_buffers", offsetof(struct isolate, array_buffers)},
    {"shared", offsetof(struct isolate, shared)},
    {"malloced", offsetof(struct isolate, malloced)},
    {"queued", offsetof(struct isolate, messages.queued)},
    {"queued_bytes", offsetof(struct isolate, messages.queued_bytes)},
};
#define GAUGES (sizeof gauges / sizeof *gauges)

struct heap_line {
    uint32_t thread;
    const char *name; /* NULL: not told */
    enum model_state state;
    uint64_t gauges[GAUGES];
    uint64_t jobs, gc_count, gc_ns, gc_last_ns, delay_ns;
    double utilization;
    struct heap_space spaces[MODEL_SPACES_MAX];
    size_t space_count;
};

static int read_gauges(const json_t *line, struct heap_line *heap, struct error *error)
{
    for (size_t i = 0; i < GAUGES; i++) {
        if (!line_read_figure(json_object_get(line, gauges[i].key), 1, &heap->gauges[i])) {
            return error_set(error, -EINVAL, "heap: %s has to be a size in bytes or null",
                             gauges[i].key);
        }
    }
    return 0;
}

static int read_totals(const json_t *line, struct heap_line *heap, struct error *error)
{
    const double ns = (double)CLOCK_NS_PER_S;
    const struct {
        const char *key;
        double scale;
        uint64_t *figure;
    } totals[] = {
        {"jobs", 1, &heap->jobs},
        {"gc_count", 1, &heap->gc_count},
        {"gc_seconds", ns, &heap->gc_ns},
        {"gc_last_seconds", ns, &heap->gc_last_ns},
        {"event_loop_delay", ns, &heap->delay_ns},
    };
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
        if (!line_read_figure(json_object_get(line, totals[i].key), totals[i].scale,
                               totals[i].figure)) {
            return error_set(error, -EINVAL, "heap: %s has to be a number or null", totals[i].key);
        }
    }
    const json_t *share = json_object_get(line, "event_loop_utilization");
    heap->utilization = json_is_number(share) ? json_number_value(share) : NAN;
    if (share != NULL && !json_is_null(share) &&
        !(heap->utilization >= 0 && heap->utilization <= 1)) {
        return error_set(error, -EINVAL,
                         "heap: event_loop_utilization has to be within 0 and 1, or null");
    }
    return 0;
}

/* {"old":[used,total],...} */
static int read_spaces(const json_t *line, struct heap_line *heap, struct error *error)
{
    const json_t *spaces = json_object_get(line, "spaces");
    const char *name;
    json_t *pair;

    if (spaces != NULL && (!json_is_object(spaces) || json_object_size(spaces) > MODEL_SPACES_MAX)) {
        return error_set(error, -EINVAL, "heap: spaces has to be an object of at most %d",
                         MODEL_SPACES_MAX);
    }
    json_object_foreach ((json_t *)spaces, name, pair) {
        struct heap_space *space = &heap->spaces[heap->space_count++];
        if (strlen(name) >= sizeof space->name ||
            !line_read_figure(json_array_get(pair, 0), 1, &space->used) ||
            !line_read_figure(json_array_get(pair, 1), 1, &space->total)) {
            return error_set(error, -EINVAL, "heap: a space is a short name and [used, total]");
        }
        snprintf(space->name, sizeof space->name, "%s", name);
    }
    return 0;
}

static int read_line(const json_t *line, struct heap_line *heap, struct error *error)
{
    const char *state = json_string_value(json_object_get(line, "state"));
    int code = line_read_thread(line, &heap->thread, error);

    heap->name = json_string_value(json_object_get(line, "name"));
    heap->state = state != NULL && strcmp(state, "idle") == 0 ? MODEL_IDLE : MODEL_RUNNING;
    if (code == 0) {
        code = read_gauges(line, heap, error);
    }
    if (code == 0) {
        code = read_totals(line, heap, error);
    }
    return code == 0 ? read_spaces(line, heap, error) : code;
}

/* A total of an isolate, and what it grew by into that of its process. */
static void raise_total(uint64_t *total, uint64_t *of_process, uint64_t value)
{
    uint64_t before = *total == MODEL_UNKNOWN ? 0 : *total;

    if (value != WIRE_UNKNOWN && value >= before) {
        *of_process += value - before;
        *total = value;
    }
}

static double seconds_of(uint64_t ns)
{
    return ns == WIRE_UNKNOWN ? NAN : (double)ns / (double)CLOCK_NS_PER_S;
}

static void set_totals(struct isolate *isolate, const struct heap_line *heap)
{
    struct wire_process_copy *totals = &isolate->process->totals;
    double seconds = isolate->gc.seconds;
    uint64_t gc_ns = isnan(seconds) ? 0 : (uint64_t)llround(seconds * (double)CLOCK_NS_PER_S);

    isolate->tells_totals |= heap->gc_count != WIRE_UNKNOWN || heap->jobs != WIRE_UNKNOWN;
    raise_total(&isolate->jobs, &totals->jobs, heap->jobs);
    raise_total(&isolate->gc.count, &totals->gc_count, heap->gc_count);
    raise_total(&gc_ns, &totals->gc_time, heap->gc_ns);
    if (heap->gc_ns != WIRE_UNKNOWN) {
        isolate->gc.seconds = seconds_of(gc_ns);
        isolate->gc.last_pause = seconds_of(heap->gc_last_ns);
    }
}

static void set_spaces(struct isolate *isolate, const struct heap_line *heap)
{
    size_t bytes = heap->space_count * sizeof *heap->spaces;

    if (heap->space_count > 0 && isolate->spaces == NULL) {
        isolate->spaces = calloc(MODEL_SPACES_MAX, sizeof *isolate->spaces);
    }
    isolate->space_count = isolate->spaces != NULL ? heap->space_count : 0;
    if (isolate->space_count > 0) {
        memcpy(isolate->spaces, heap->spaces, bytes);
    }
}

static void set_figures(struct ingest *ingest, struct isolate *isolate,
                        const struct heap_line *heap)
{
    for (size_t i = 0; i < GAUGES; i++) {
        uint64_t figure = source_figure(ingest, heap->gauges[i], SOURCE_BYTES_MAX);
        if (figure == WIRE_UNKNOWN && (isolate->sources & MODEL_PROBE) != 0) {
            continue; /* a probe may know it */
        }
        memcpy((char *)isolate + gauges[i].offset, &figure, sizeof figure);
    }
    set_totals(isolate, heap);
    set_spaces(isolate, heap);
    isolate->event_loop_utilization = heap->utilization;
    isolate->event_loop_delay = seconds_of(heap->delay_ns);
    isolate->state = heap->state;
}

int heap_line_take(struct ingest *ingest, struct source *source, const json_t *line,
                   struct error *error)
{
    const struct model *model = &ingest->daemon->model;
    struct heap_line heap = {.name = NULL};
    int code = read_line(line, &heap, error);

    if (code < 0) {
        return code;
    }
    struct isolate *isolate = model_find_thread(model, source->process, heap.thread);
    if (isolate != NULL && isolate->has_ended && isolate->ended_at != 0) {
        return 0; /* it came late: a threadId is used once */
    }
    isolate = source_need_isolate(ingest, source, heap.thread);
    if (isolate == NULL) {
        return error_set(error, -ENOSPC, "heap: the collector takes no more isolates");
    }
    set_figures(ingest, isolate, &heap);
    if (isolate->started_at == 0) {
        isolate->started_at = model->t;
    }
    if (heap.name != NULL) {
        source_set_name(isolate, heap.name);
    }
    isolate->sources |= MODEL_AGENT;
    isolate->is_stale = false;
    isolate->updated_at = source->heard_at;
    isolate->changed_tick = model->tick;
    return 0;
}
