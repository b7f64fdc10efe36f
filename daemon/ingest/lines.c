/*
 * What connected emitters say: results of actions, and from those without a segment their heaps and
 * happenings. Called by ingest for every line after the hello. Owns nothing: a line goes into the
 * model or is refused with a reason. Invariant: a refused line has changed nothing.
 */
#include "daemon/ingest/source.h"

#include "base/clock.h"

#include <jansson.h>

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "PID.THREAD", "PID.THREAD~START" or a plain threadId. */
static bool read_peer(const json_t *value, uint64_t *thread)
{
    const char *text = json_string_value(value);
    const char *dot = text != NULL ? strchr(text, '.') : NULL;

    if (dot == NULL) {
        return text == NULL && line_read_figure(value, 1, thread);
    }
    *thread = strtoul(dot + 1, NULL, 10);
    return true;
}

static uint64_t find_word(const json_t *value, const char *const *words, size_t count)
{
    const char *text = json_string_value(value);

    for (size_t i = 0; text != NULL && i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            return i;
        }
    }
    return WIRE_UNKNOWN;
}

/* One field as its JSON form says it. False when that is of the wrong type. */
static bool read_field(const json_t *line, const struct record_field *field, uint64_t *word)
{
    static const char *const gc_kinds[] = {"full", "emergency", "forced", "minor"};
    static const char *const ops[] = {"atomics_wait", "serialize", "turn"};
    char key[64];
    const json_t *value = json_object_get(line, field->name);

    switch (field->unit) {
    case RECORD_UNIT_NS:
        snprintf(key, sizeof key, "%s_seconds", field->name);
        if (strcmp(field->name, "duration") == 0) {
            snprintf(key, sizeof key, "seconds");
        }
        return line_read_figure(json_object_get(line, key), (double)CLOCK_NS_PER_S, word);
    case RECORD_UNIT_THREAD:
        return read_peer(value, word);
    case RECORD_UNIT_GC_KIND:
        *word = find_word(value, gc_kinds, sizeof gc_kinds / sizeof *gc_kinds);
        return true;
    case RECORD_UNIT_OP:
        *word = find_word(value, ops, sizeof ops / sizeof *ops);
        return true;
    case RECORD_UNIT_NAME:
        *word = 0;
        return value == NULL || json_is_string(value);
    case RECORD_UNIT_CODE:
        *word = (uint64_t)json_integer_value(value);
        return value == NULL || json_is_integer(value);
    default:
        return line_read_figure(value, 1, word);
    }
}

static void add(uint64_t *total, uint64_t more)
{
    if (more != WIRE_UNKNOWN) {
        *total = (*total == WIRE_UNKNOWN ? 0 : *total) + more;
    }
}

static void add_seconds(double *total, uint64_t *ns_total, uint64_t ns)
{
    if (ns != WIRE_UNKNOWN) {
        *total = (isnan(*total) ? 0 : *total) + (double)ns / (double)CLOCK_NS_PER_S;
        *ns_total += ns;
    }
}

/* The last pause is told by the happening, also where totals come with the heap. */
static void count_collection(struct isolate *isolate, const struct record *record)
{
    struct wire_process_copy *totals = &isolate->process->totals;

    isolate->gc.last_pause = record->gc.pause == WIRE_UNKNOWN
                                 ? NAN
                                 : (double)record->gc.pause / (double)CLOCK_NS_PER_S;
    if (isolate->tells_totals) {
        return;
    }
    add(&isolate->gc.count, 1);
    add(&totals->gc_count, 1);
    add_seconds(&isolate->gc.seconds, &totals->gc_time, record->gc.pause);
}

/* Unless its heap lines tell them, happenings are the only totals that an emitter without a segment
 * has. */
static void count(struct isolate *isolate, const struct record *record)
{
    struct wire_process_copy *totals = &isolate->process->totals;

    switch (record->kind) {
    case RECORD_clone:
        add(&isolate->clone.count, 1);
        add(&isolate->clone.bytes, record->clone.bytes);
        add(&totals->clones, 1);
        add(&totals->clone_bytes, record->clone.bytes);
        add_seconds(&isolate->clone.seconds, &totals->clone_time, record->clone.serialize);
        break;
    case RECORD_transfer:
        add(&isolate->transfer.count, 1);
        add(&isolate->transfer.bytes, record->transfer.bytes);
        add(&totals->transfers, 1);
        add(&totals->transfer_bytes, record->transfer.bytes);
        break;
    case RECORD_detach:
        add(&isolate->detach.count, 1);
        add(&isolate->detach.bytes, record->detach.bytes);
        add(&totals->detaches, 1);
        add(&totals->detach_bytes, record->detach.bytes);
        break;
    case RECORD_gc:
        count_collection(isolate, record);
        break;
    case RECORD_job:
        if (!isolate->tells_totals) {
            uint64_t more = record->job.more == WIRE_UNKNOWN ? 0 : record->job.more;
            add(&isolate->jobs, more + 1);
            add(&totals->jobs, more + 1);
        }
        break;
    default:
        break;
    }
}

static int read_record(const struct ingest *ingest, const json_t *line, int kind,
                       struct record *record, struct error *error)
{
    const struct record_field *fields = record_types[kind].fields;
    uint32_t thread = 0;
    int code = line_read_thread(line, &thread, error);

    record->kind = (uint16_t)kind;
    record->thread = thread;
    for (int i = 0; code == 0 && i < 6 && fields[i].name != NULL; i++) {
        if (!read_field(line, &fields[i], &record->fields[i])) {
            code = error_set(error, -EINVAL, "%s: %s is of the wrong type", record_types[kind].name,
                             fields[i].name);
        }
    }
    if (kind == RECORD_deliver && json_is_true(json_object_get(line, "discarded"))) {
        record->deliver.copies = 0;
    }
    double t = json_number_value(json_object_get(line, "t"));
    double since_boot = (t - ingest->wall_offset) * (double)CLOCK_NS_PER_S;
    record->t = since_boot > 0 && since_boot < (double)ingest->now_ns ? (uint64_t)since_boot
                                                                      : ingest->now_ns;
    return code;
}

/* Of what both see, the probe's word is taken: it sees all of it, and the clock of the kernel. Of
 * beginnings and ends the first word is; see drain.c. */
static bool is_seen_by_probe(const struct source *source, const struct isolate *isolate, int kind)
{
    const struct source *probe = source->process->probe;
    bool is_kind = kind == RECORD_gc || kind == RECORD_clone || kind == RECORD_deliver ||
                   kind == RECORD_transfer || kind == RECORD_detach;

    return is_kind && probe != NULL && probe->door.fd >= 0 && isolate != NULL &&
           (isolate->sources & MODEL_PROBE) != 0;
}

static int take_event(struct ingest *ingest, struct source *source, const json_t *line, int kind,
                      struct error *error)
{
    struct record record = {0};
    const char *name = NULL;
    int code = read_record(ingest, line, kind, &record, error);

    if (code < 0) {
        return code;
    }
    for (int i = 0; i < 6; i++) {
        if (record_types[kind].fields[i].unit == RECORD_UNIT_NAME) {
            name = json_string_value(json_object_get(line, record_types[kind].fields[i].name));
            name = name != NULL ? name : "";
        }
    }
    if (name != NULL && strlen(name) > WIRE_NAME_MAX) {
        return error_set(error, -EINVAL, "%s: a name has at most %d bytes", record_types[kind].name,
                         WIRE_NAME_MAX);
    }
    struct isolate *isolate =
        model_find_thread(&ingest->daemon->model, source->process, record.thread);
    if (is_seen_by_probe(source, isolate, kind)) {
        return 0;
    }
    if (isolate != NULL) {
        count(isolate, &record);
        isolate->updated_at = source->heard_at;
        isolate->changed_tick = ingest->daemon->model.tick;
    }
    drain_take(ingest, source, &record, name);
    return 0;
}

/* Whether all pieces came that the emitter says it sent. */
static bool is_whole(const struct action *action, json_t *line)
{
    const json_t *bytes = json_object_get(line, "file_bytes");
    bool is_whole = bytes == NULL || (action->fd >= 0 && json_integer_value(bytes) ==
                                                             (json_int_t)action->file_bytes);

    json_object_del(line, "file_bytes");
    return is_whole;
}

static int take_result(struct ingest *ingest, struct source *source, json_t *line,
                       struct error *error)
{
    struct daemon *daemon = ingest->daemon;
    const json_t *id = json_object_get(line, "id");
    const char *text = json_string_value(id);
    uint64_t number = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)json_integer_value(id);
    struct action *action =
        source->is_prober ? actions_find_probe(daemon->actions, number)
                          : actions_find_sent(daemon->actions, source->process->pid, number);
    bool is_ok = json_is_true(json_object_get(line, "ok"));
    const char *why = json_string_value(json_object_get(line, "error"));

    if (action == NULL) {
        return error_set(error, -ENOENT, "result: no action with that id waits for one");
    }
    int fd = json_is_true(json_object_get(line, "file")) ? door_take_fd(&source->door) : -1;
    int code = fd >= 0 ? actions_take_file(daemon->actions, action, fd) : 0;
    if (code < 0) {
        is_ok = false;
        why = code == -EMFILE ? "too many other files are coming in" : "what the emitter sent is no file";
    }
    if (is_ok && !is_whole(action, line)) {
        is_ok = false;
        why = "not all of the file arrived";
    }
    json_object_del(line, "type");
    json_object_del(line, "id");
    size_t length = json_dumpb(line, action->result, sizeof action->result - 1, JSON_COMPACT);
    if (length >= sizeof action->result) {
        length = 0;
        is_ok = false;
        why = "the emitter's answer is too long";
    }
    action->result[length] = '\0';
    actions_finish(action, daemon->model.t,
                   is_ok         ? NULL
                   : why != NULL ? why
                                 : "the emitter could not do it");
    return 0;
}

/* What the emitter itself had no room for. */
static int take_lost(struct ingest *ingest, struct source *source, const json_t *line,
                     struct error *error)
{
    uint32_t thread;
    uint64_t count;
    int code = line_read_thread(line, &thread, error);

    if (code < 0) {
        return code;
    }
    if (!line_read_figure(json_object_get(line, "count"), 1, &count) || count == WIRE_UNKNOWN) {
        return error_set(error, -EINVAL, "lost: count has to be how many lines were dropped");
    }
    drain_lost(ingest, source, thread, count);
    return 0;
}

static int take_object(struct ingest *ingest, struct source *source, json_t *line,
                       struct error *error)
{
    const char *type = json_string_value(json_object_get(line, "type"));
    int kind = type != NULL ? events_find_kind(type) : -1;

    if (type == NULL) {
        return error_set(error, -EINVAL, "a line is an object with a type: heap, result, %s ...",
                         record_types[0].name);
    }
    if (strcmp(type, "bye") == 0 && source->is_probe) {
        source_leave(ingest, source);
        return 0;
    }
    if (strcmp(type, "result") == 0) {
        return take_result(ingest, source, line, error);
    }
    if (strcmp(type, "chunk") == 0) {
        return chunk_take(ingest, source, line, error);
    }
    bool is_own = strcmp(type, "heap") == 0 || strcmp(type, "lost") == 0;
    if (!is_own && (kind < 0 || kind >= RECORD_KINDS)) {
        return error_set(error, -EINVAL, "no line of type %.32s is known", type);
    }
    if (source->view != NULL) {
        return error_set(error, -EINVAL, "%.32s: this process has a segment and speaks through it",
                         type);
    }
    return strcmp(type, "heap") == 0   ? heap_line_take(ingest, source, line, error)
           : strcmp(type, "lost") == 0 ? take_lost(ingest, source, line, error)
                                       : take_event(ingest, source, line, kind, error);
}

/* Whom the isoprobe that takes orders could watch, all of them. */
static int take_candidates(struct ingest *ingest, const struct source *source, const json_t *line,
                           struct error *error)
{
    struct status *status = &ingest->daemon->model.status;
    const json_t *list = json_object_get(line, "processes"), *item;
    size_t i;

    if (!json_is_array(list)) {
        return error_set(error, -EINVAL, "candidates: processes has to be a list");
    }
    if (source != ingest->prober) {
        return 0;
    }
    status->candidate_count = 0;
    json_array_foreach(list, i, item)
    {
        json_int_t pid = json_integer_value(json_object_get(item, "pid"));
        const char *name = json_string_value(json_object_get(item, "name"));
        if (pid <= 0 || pid > INT32_MAX || status->candidate_count == MODEL_CANDIDATES_MAX) {
            continue;
        }
        struct candidate *fresh = &status->candidates[status->candidate_count++];
        fresh->pid = (uint64_t)pid;
        snprintf(fresh->name, sizeof fresh->name, "%s", name != NULL ? name : "");
    }
    return 0;
}

int lines_take_prober(struct ingest *ingest, struct source *source, const char *line, size_t length,
                      struct error *error)
{
    json_error_t why;
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &why);
    const char *type = json_string_value(json_object_get(object, "type"));
    int code = type == NULL ? error_set(error, -EINVAL, "a line is an object with a type")
               : strcmp(type, "result") == 0
                   ? take_result(ingest, source, object, error)
               : strcmp(type, "candidates") == 0
                   ? take_candidates(ingest, source, object, error)
                   : error_set(error, -EINVAL, "results and candidates are expected here");

    json_decref(object);
    return code;
}

int lines_take(struct ingest *ingest, struct source *source, const char *line, size_t length,
               struct error *error)
{
    json_error_t why;
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &why);

    if (object == NULL) {
        return error_set(error, -EINVAL, "not JSON: %s",
                         why.text[0] != '\0' ? why.text : "no memory");
    }
    int code = json_is_object(object) ? take_object(ingest, source, object, error)
                                      : error_set(error, -EINVAL, "a line is a JSON object");
    json_decref(object);
    return code;
}
