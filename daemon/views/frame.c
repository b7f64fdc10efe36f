/*
 * The frame and its ticks. Called by routes.c for one answer and by stream.c for a channel. Owns
 * the shadows of what readers know. Invariant: unless it is broken, the shadows hold exactly what
 * the last document told, so a reader who applied everything has the frame of that tick.
 */
#include "daemon/views/frame.h"

#include "daemon/daemon.h"
#include "daemon/model/history.h"
#include "daemon/views/notices.h"
#include "daemon/views/objects.h"
#include "daemon/views/shadow.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPARSE_MIN 64

struct row {
    size_t place;
    uint64_t columns[FIELDS_COLUMNS];
};

enum { SET_PROCESSES, SET_ISOLATES, SET_BUDGETS, SET_ALERTS, SETS };
static const char *const set_names[SETS] = {"processes", "isolates", "budgets", "alerts"};

struct frame {
    struct selection *selection; /* owned */
    struct shadows sets[SETS];
    uint64_t verdict[FIELDS_MAX], status[FIELDS_MAX];
    uint64_t tick;
    uint64_t round;   /* marks what was seen */
    struct row *rows; /* owned: isolates whose columns changed in this tick */
    size_t row_count, row_room;
    bool is_broken; /* memory was short: readers and shadows no longer agree */
};

/* What one rendering works with. */
struct rendering {
    const struct daemon *daemon;
    struct frame *frame; /* NULL: nothing is remembered */
    struct objects objects;
    const struct isolate *const *isolates;
    size_t isolate_count;
    struct writer writer;
    struct fields fields;
};

static bool start(struct rendering *rendering, const struct daemon *daemon,
                  struct selection *selection, struct bytes *out)
{
    memset(rendering, 0, sizeof *rendering);
    rendering->daemon = daemon;
    rendering->objects.model = &daemon->model;
    rendering->objects.can_act = daemon->config->http.allow_actions;
    rendering->objects.is_shown = selection_has;
    rendering->objects.selection = selection;
    writer_init(&rendering->writer, out);
    return selection_apply(selection, &daemon->model, &rendering->isolates,
                           &rendering->isolate_count);
}

static size_t count_of(const struct rendering *rendering, int set)
{
    const struct model *model = &rendering->daemon->model;
    switch (set) {
    case SET_PROCESSES:
        return model->process_count;
    case SET_ISOLATES:
        return rendering->isolate_count;
    case SET_BUDGETS:
        return model->budget_count;
    default:
        return model->alert_count;
    }
}

/* NULL for a process that said hello since the tick: nothing is known of it yet. */
static const void *object_of(const struct rendering *rendering, int set, size_t i)
{
    const struct model *model = &rendering->daemon->model;
    switch (set) {
    case SET_PROCESSES:
        return model->processes[i]->is_counted ? model->processes[i] : NULL;
    case SET_ISOLATES:
        return rendering->isolates[i];
    case SET_BUDGETS:
        return &model->budgets[i];
    default:
        return &model->alerts[i];
    }
}

/* `room` holds the key when it is not a text of the object itself. Two processes may have had the
 * same pid: the later one is the pid, the earlier one is told apart by its start time. */
static const char *key_of(const struct rendering *rendering, int set, const void *object,
                          char room[MODEL_ID_MAX])
{
    switch (set) {
    case SET_PROCESSES: {
        const struct process *process = object;
        bool is_latest = model_find_process(&rendering->daemon->model, process->pid) == process;
        snprintf(room, MODEL_ID_MAX, is_latest ? "%" PRIu64 : "%" PRIu64 "~%" PRIu64, process->pid,
                 process->start_time);
        return room;
    }
    case SET_ISOLATES:
        return ((const struct isolate *)object)->id;
    case SET_BUDGETS:
        return ((const struct budget *)object)->name;
    default:
        return ((const struct alert *)object)->id;
    }
}

static void write_object(struct rendering *rendering, int set, const void *object)
{
    switch (set) {
    case SET_PROCESSES:
        objects_write_process(&rendering->fields, object);
        break;
    case SET_ISOLATES:
        objects_write_isolate(&rendering->fields, &rendering->objects, object);
        break;
    case SET_BUDGETS:
        objects_write_budget(&rendering->fields, &rendering->objects, object);
        break;
    default:
        objects_write_alert(&rendering->fields, &rendering->objects, object);
        break;
    }
}

/* ---- the status ------------------------------------------------------------------------------ */

struct remembered {
    double oldest;
    uint64_t bytes;
};

static void add_history(struct remembered *remembered, const struct history *history)
{
    if (history != NULL) {
        remembered->oldest = fmin(remembered->oldest, history_oldest(history));
        remembered->bytes += history_bytes(history);
    }
}

/* What is on disk. */
static void write_archive(struct fields *fields, const struct model *model)
{
    const char *error = model->status.archive.error;

    fields_open(fields, "disk");
    fields_text(fields, "state", model_archive_names[model->status.archive.state]);
    fields_text(fields, "error", error[0] != '\0' ? error : NULL);
    fields_double(fields, "oldest", model->status.archive.oldest);
    fields_double(fields, "saved_at", model->status.archive.saved_at);
    fields_uint(fields, "bytes", model->status.archive.bytes);
    fields_uint(fields, "rows", model->status.archive.rows);
    fields_uint(fields, "dropped", model->status.archive.dropped);
    fields_uint(fields, "lost", model->status.archive.lost);
    fields_uint(fields, "damaged", model->status.archive.damaged);
    fields_uint(fields, "set_aside", model->status.archive.set_aside);
    fields_close(fields);
}

static void write_history(struct fields *fields, const struct model *model)
{
    struct remembered remembered = {NAN, 0}; /* fmin() passes over NaN */
    for (size_t i = 0; i < model->process_count; i++) {
        add_history(&remembered, model->processes[i]->history);
    }
    for (size_t i = 0; i < model->isolate_count; i++) {
        add_history(&remembered, model->isolates[i]->history);
    }
    for (size_t i = 0; i < model->budget_count; i++) {
        add_history(&remembered, model->budgets[i].history);
    }
    fields_open(fields, "history");
    fields_double(fields, "oldest", fmin(remembered.oldest, model->status.archive.oldest));
    fields_uint(fields, "bytes", remembered.bytes + model->status.archive.bytes);
    write_archive(fields, model);
    fields_close(fields);
}

static void write_blackbox(struct fields *fields, const struct model *model)
{
    const char *last = model->status.blackbox.last;

    fields_open(fields, "blackbox");
    fields_uint(fields, "written", model->status.blackbox.written);
    fields_uint(fields, "lost", model->status.blackbox.lost);
    fields_text(fields, "last", last[0] != '\0' ? last : NULL);
    fields_close(fields);
}

static void write_emitters(struct fields *fields, const struct model *model)
{
    struct writer *writer = fields_open_array(fields, "emitters");
    for (size_t i = 0; i < model->process_count; i++) {
        const struct process *process = model->processes[i];
        if (!process->is_counted) {
            continue;
        }
        writer_open_object(writer, NULL);
        writer_uint(writer, "pid", process->pid);
        writer_text(writer, "name", process->name);
        writer_text(writer, "kind", model_kind_names[process->kind]);
        writer_text(writer, "state", model_state_names[process->state]);
        writer_bool(writer, "connected", (process->source != NULL || process->probe != NULL) && !process->is_stale);
        writer_bool(writer, "stale", process->is_stale);
        writer_uint(writer, "lost", process->lost);
        writer_close_object(writer);
    }
    fields_close_array(fields);
}

/* Only an isoprobe that takes orders knows them. */
static void write_candidates(struct fields *fields, const struct status *status)
{
    struct writer *writer = fields_open_array(fields, "candidates");

    for (size_t i = 0; i < status->candidate_count; i++) {
        writer_open_object(writer, NULL);
        writer_uint(writer, "pid", status->candidates[i].pid);
        writer_text(writer, "name", status->candidates[i].name);
        writer_close_object(writer);
    }
    fields_close_array(fields);
}

static void write_status(struct fields *fields, const struct daemon *daemon)
{
    const struct model *model = &daemon->model;
    fields_text(fields, "version", ISOSCOPE_VERSION);
    fields_double(fields, "started_at", model->status.started_at);
    fields_double(fields, "tick_seconds", daemon->config->tick.interval);
    fields_bool(fields, "allow_actions", daemon->config->http.allow_actions);
    fields_uint(fields, "prober", model->status.prober_pid);
    write_history(fields, model);
    write_blackbox(fields, model);
    fields_uint(fields, "events", daemon->events != NULL ? events_last(daemon->events) : 0);
    fields_uint(fields, "events_lost", model->status.events_lost);
    fields_uint(fields, "lines_refused", model->status.lines_refused);
    fields_uint(fields, "records_refused", model->status.records_refused);
    fields_uint(fields, "emitters_refused", model->status.emitters_refused);
    fields_open(fields, "recycler");
    fields_uint(fields, "ordered", model->status.recycler.ordered);
    fields_uint(fields, "done", model->status.recycler.done);
    fields_uint(fields, "failed", model->status.recycler.failed);
    fields_uint(fields, "helpless", model->status.recycler.helpless);
    fields_uint(fields, "pools_off", model->status.recycler.off_count);
    fields_close(fields);
    fields_open(fields, "culprits");
    fields_uint(fields, "asked", model->status.culprits.asked);
    fields_uint(fields, "found", model->status.culprits.found);
    fields_uint(fields, "failed", model->status.culprits.failed);
    fields_uint(fields, "skipped", model->status.culprits.skipped);
    fields_double(fields, "pause_seconds", model->status.culprits.pause_seconds);
    fields_close(fields);
    fields_double(fields, "cpu_seconds", round(model->status.cpu_seconds * 100) / 100);
    fields_uint(fields, "rss", model->status.rss);
    notices_write_status(fields, model);
    write_candidates(fields, &model->status);
    write_emitters(fields, model);
}

void frame_write_status(const struct daemon *daemon, struct bytes *out)
{
    struct writer writer;
    struct fields fields;
    writer_init(&writer, out);
    fields_init(&fields, &writer, false);
    fields_open(&fields, NULL);
    fields_open(&fields, "verdict");
    objects_write_verdict(&fields, &daemon->model.verdict);
    fields_close(&fields);
    write_status(&fields, daemon);
    fields_close(&fields);
}

static void write_singles(struct rendering *rendering)
{
    struct fields *fields = &rendering->fields;
    struct frame *frame = rendering->frame;
    fields_use(fields, frame != NULL ? frame->verdict : NULL);
    fields_open(fields, "verdict");
    objects_write_verdict(fields, &rendering->daemon->model.verdict);
    fields_close(fields);
    fields_use(fields, frame != NULL ? frame->status : NULL);
    fields_open(fields, "status");
    write_status(fields, rendering->daemon);
    fields_close(fields);
}

static void write_moment(struct writer *writer, const struct model *model)
{
    writer_double(writer, "t", model->t);
    writer_uint(writer, "tick", model->tick);
}

/* ---- the whole document ---------------------------------------------------------------------- */

static void write_element(struct rendering *rendering, int set, const void *object,
                          struct shadow *shadow)
{
    fields_use(&rendering->fields, shadow != NULL ? shadow->words : NULL);
    fields_open(&rendering->fields, NULL);
    write_object(rendering, set, object);
    fields_close(&rendering->fields);
}

/* An element for readers who may patch it later: remembered unless there is no frame. */
static void write_listed(struct rendering *rendering, int set, const void *object)
{
    struct shadow *shadow = NULL;
    if (object == NULL) {
        return;
    }
    if (rendering->frame != NULL) {
        char room[MODEL_ID_MAX];
        const char *key = key_of(rendering, set, object, room);
        size_t place;
        shadow = shadows_find(&rendering->frame->sets[set], key, &place);
        if (shadow == NULL) {
            shadow = shadows_add(&rendering->frame->sets[set], key);
        }
        if (shadow == NULL) {
            rendering->frame->is_broken = true;
            return;
        }
        shadow->seen = rendering->frame->round;
    }
    write_element(rendering, set, object, shadow);
}

/* Isolates that readers know already stand in the order of their places. */
static void write_known(struct rendering *rendering, const struct shadows *shadows)
{
    for (size_t i = 0; i < shadows->count; i++) {
        write_element(rendering, SET_ISOLATES, shadows->list[i]->object, NULL);
    }
}

/* Whether all isolates that readers know are still there, each at its place. */
static bool find_known(struct frame *frame, const struct model *model)
{
    struct shadows *shadows = &frame->sets[SET_ISOLATES];
    bool is_complete = shadows->gone_count == 0;
    for (size_t i = 0; i < shadows->count && is_complete; i++) {
        shadows->list[i]->object = model_find_isolate(model, shadows->list[i]->key);
        is_complete = shadows->list[i]->object != NULL;
    }
    return is_complete;
}

/* `known`: the isolates as readers number them; NULL: as they are selected now. */
static void write_document(struct rendering *rendering, const struct shadows *known)
{
    struct writer *writer = &rendering->writer;
    fields_init(&rendering->fields, writer, false);
    writer_open_object(writer, NULL);
    write_moment(writer, &rendering->daemon->model);
    write_singles(rendering);
    for (int set = 0; set < SETS; set++) {
        writer_open_array(writer, set_names[set]);
        if (known != NULL && set == SET_ISOLATES) {
            write_known(rendering, known);
        } else {
            for (size_t i = 0; i < count_of(rendering, set); i++) {
                write_listed(rendering, set, object_of(rendering, set, i));
            }
        }
        writer_close_array(writer);
    }
    writer_close_object(writer);
}

void frame_write(const struct daemon *daemon, struct selection *selection, struct bytes *out)
{
    struct rendering rendering;
    if (!start(&rendering, daemon, selection, out)) {
        out->is_failed = true;
        return;
    }
    write_document(&rendering, NULL);
}

void frame_write_whole(struct frame *frame, const struct daemon *daemon, struct bytes *out,
                       bool *is_renumbered)
{
    struct rendering rendering;
    bool is_current =
        frame->tick == daemon->model.tick && !frame->is_broken && find_known(frame, &daemon->model);

    *is_renumbered = !is_current;
    if (!start(&rendering, daemon, frame->selection, out)) {
        out->is_failed = frame->is_broken = true;
        return;
    }
    if (is_current) {
        /* Only for the one who joins: nothing is remembered that the others were not told. */
        write_document(&rendering, &frame->sets[SET_ISOLATES]);
        return;
    }
    for (int set = 0; set < SETS; set++) {
        shadows_clear(&frame->sets[set]);
    }
    rendering.frame = frame;
    frame->is_broken = false;
    frame->round++;
    write_document(&rendering, NULL);
    frame->tick = daemon->model.tick;
    frame->is_broken = frame->is_broken || out->is_failed;
}

/* ---- the tick -------------------------------------------------------------------------------- */

static void add_row(struct frame *frame, size_t place, const struct fields *fields)
{
    if (frame->row_count == frame->row_room) {
        size_t room = frame->row_room == 0 ? 64 : frame->row_room * 2;
        struct row *rows = realloc(frame->rows, room * sizeof *rows);
        if (rows == NULL) {
            frame->is_broken = true;
            return;
        }
        frame->rows = rows;
        frame->row_room = room;
    }
    struct row *row = &frame->rows[frame->row_count++];
    row->place = place;
    memcpy(row->columns, fields->columns, sizeof row->columns);
}

static void patch_object(struct rendering *rendering, int set, const void *object)
{
    struct fields *fields = &rendering->fields;
    struct frame *frame = rendering->frame;
    char room[MODEL_ID_MAX];
    size_t place = 0;
    if (object == NULL) {
        return;
    }
    const char *key = key_of(rendering, set, object, room);
    struct shadow *shadow = shadows_find(&frame->sets[set], key, &place);
    bool is_new = shadow == NULL;

    if (is_new && (shadow = shadows_add(&frame->sets[set], key)) == NULL) {
        frame->is_broken = true;
        return;
    }
    shadow->seen = frame->round;
    fields->is_patch = !is_new; /* what readers do not know is written whole */
    fields_use(fields, shadow->words);
    fields_open(fields, shadow->key);
    write_object(rendering, set, object);
    fields_close(fields);
    fields->is_patch = true;
    if (!is_new && fields->is_column_changed) {
        add_row(frame, place, fields);
    }
}

/* Keys that nobody touched in this round are gone. Places are only worth keeping for isolates; the
 * other sets drop them when they are many. */
static void patch_gone(struct rendering *rendering, int set)
{
    struct shadows *shadows = &rendering->frame->sets[set];
    for (size_t i = 0; i < shadows->count; i++) {
        struct shadow *shadow = shadows->list[i];
        if (!shadow->is_gone && shadow->seen != rendering->frame->round) {
            fields_gone(&rendering->fields, shadow->key);
            shadows_mark_gone(shadows, i);
        }
    }
}

static void write_patch(struct rendering *rendering)
{
    struct fields *fields = &rendering->fields;
    fields_init(fields, &rendering->writer, true);
    write_singles(rendering);
    for (int set = 0; set < SETS; set++) {
        fields_open(fields, set_names[set]);
        for (size_t i = 0; i < count_of(rendering, set); i++) {
            patch_object(rendering, set, object_of(rendering, set, i));
        }
        patch_gone(rendering, set);
        fields_close(fields);
    }
}

static void write_columns(struct frame *frame, struct writer *writer)
{
    writer_open_array(writer, "index");
    for (size_t i = 0; i < frame->row_count; i++) {
        writer_uint(writer, NULL, frame->rows[i].place);
    }
    writer_close_array(writer);
    for (int column = 0; column < FIELDS_COLUMNS; column++) {
        writer_open_array(writer, fields_column_names[column]);
        for (size_t i = 0; i < frame->row_count; i++) {
            writer_uint(writer, NULL, frame->rows[i].columns[column]);
        }
        writer_close_array(writer);
    }
}

void frame_write_tick(struct frame *frame, const struct daemon *daemon, struct bytes *out)
{
    struct rendering rendering;
    if (!start(&rendering, daemon, frame->selection, out)) {
        out->is_failed = frame->is_broken = true;
        return;
    }
    rendering.frame = frame;
    frame->round++;
    frame->row_count = 0;
    writer_open_object(&rendering.writer, NULL);
    write_moment(&rendering.writer, &daemon->model);
    writer_open_object(&rendering.writer, "patch");
    write_patch(&rendering);
    writer_close_object(&rendering.writer);
    write_columns(frame, &rendering.writer);
    writer_close_object(&rendering.writer);
    frame->tick = daemon->model.tick;
    out->is_failed = out->is_failed || frame->is_broken;
    frame->is_broken = out->is_failed;
}

/* ---- its life -------------------------------------------------------------------------------- */

struct frame *frame_new(struct selection **selection)
{
    struct frame *frame = calloc(1, sizeof *frame);
    if (frame == NULL) {
        selection_free(selection);
        return NULL;
    }
    frame->selection = *selection;
    frame->is_broken = true; /* nobody has been told anything yet */
    *selection = NULL;
    for (int set = 0; set < SETS; set++) {
        shadows_init(&frame->sets[set]);
    }
    return frame;
}

void frame_free(struct frame **frame)
{
    struct frame *dead = *frame;
    if (dead == NULL) {
        return;
    }
    for (int set = 0; set < SETS; set++) {
        shadows_fini(&dead->sets[set]);
    }
    selection_free(&dead->selection);
    free(dead->rows);
    free(dead);
    *frame = NULL;
}

const struct selection *frame_selection(const struct frame *frame)
{
    return frame->selection;
}

uint64_t frame_tick(const struct frame *frame)
{
    return frame->tick;
}

bool frame_is_sparse(const struct frame *frame)
{
    size_t gone = 0, count = 0;
    for (int set = 0; set < SETS; set++) {
        gone += frame->sets[set].gone_count;
        count += frame->sets[set].count;
    }
    return frame->is_broken || (gone > SPARSE_MIN && gone > count / 2);
}
