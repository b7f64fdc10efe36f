/*
 * From a black box to JSON, and from that to lines. Called through the table of verbs.c and by the
 * fuzzer. Owns nothing beyond a call. Invariant: whatever is in the file, every loop here is
 * bounded by checked counts.
 */
#include "ctl/blackbox.h"

#include "base/log.h"
#include "ctl/answer.h"
#include "ctl/events.h"
#include "wire/blackbox.h"
#include "wire/record.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define READ_AT_ONCE 256

struct box {
    struct blackbox_head head;
    struct view *view;
    json_t *isolates; /* by threadId, an object while it is made */
    uint64_t since_ns;
    size_t event_count;
    bool is_cut; /* there were more than BLACKBOX_EVENTS_MAX */
};

/* ---- values ---------------------------------------------------------------------------------- */

static json_t *count(uint64_t value)
{
    return value <= UINT64_C(1) << 53 ? json_integer((json_int_t)value) : json_null();
}

static json_t *seconds_of(uint64_t ns)
{
    return ns <= UINT64_C(1) << 53 ? json_real((double)ns / 1e9) : json_null();
}

/* Text of an emitter: what is no UTF-8 reads as '?'. */
static json_t *clean(const char *text)
{
    json_t *value = json_string(text);

    if (value == NULL) {
        char plain[WIRE_NAME_MAX + 1];
        snprintf(plain, sizeof plain, "%s", text);
        for (char *at = plain; *at != '\0'; at++) {
            *at = *at & 0x80 ? '?' : *at;
        }
        value = json_string(plain);
    }
    return value;
}

static json_t *name(const struct box *box, uint64_t id)
{
    char text[WIRE_NAME_MAX + 1];

    view_read_name(box->view, id, text);
    return clean(text);
}

static json_t *one_of(const char *const *names, size_t name_count, uint64_t index)
{
    return index < name_count ? json_string(names[index]) : json_null();
}

static json_t *thread_id(const struct box *box, uint64_t thread)
{
    return thread < UINT32_MAX ? json_sprintf("%" PRIu64 ".%" PRIu64, box->head.pid, thread)
                               : json_null();
}

/* Unix time of a moment of CLOCK_MONOTONIC. */
static double wall(const struct box *box, uint64_t ns)
{
    return (double)box->head.ended_wall_ns / 1e9 + ((double)ns - (double)box->head.ended_ns) / 1e9;
}

/* ---- isolates -------------------------------------------------------------------------------- */

/* The isolate of a thread, made when it is not there: of one that ended long ago only records may
 * be left. NULL without memory. */
static json_t *need_isolate(struct box *box, uint32_t thread)
{
    char key[16];
    snprintf(key, sizeof key, "%" PRIu32, thread);
    json_t *isolate = json_object_get(box->isolates, key);

    if (isolate == NULL) {
        isolate = json_pack("{s:o, s:I, s:n, s:n, s:i, s:[]}", "id", thread_id(box, thread),
                            "thread", (json_int_t)thread, "name", "state", "lost", 0, "events");
        if (json_object_set_new(box->isolates, key, isolate) < 0) {
            return NULL;
        }
    }
    return isolate;
}

static void set_figures(struct box *box, json_t *isolate, const struct wire_slot_copy *slot)
{
    json_object_set_new(isolate, "heap",
                        json_pack("{s:o, s:o, s:o, s:o, s:o}", "used", count(slot->heap_used),
                                  "total", count(slot->heap_total), "limit",
                                  count(slot->heap_limit), "peak", count(slot->heap_peak), "live",
                                  count(slot->heap_live)));
    json_object_set_new(isolate, "external", count(slot->external));
    json_object_set_new(isolate, "shared", count(slot->shared));
    json_object_set_new(isolate, "jobs", count(slot->jobs));
    json_object_set_new(isolate, "gc",
                        json_pack("{s:o, s:o}", "count", count(slot->gc_count), "seconds",
                                  seconds_of(slot->gc_time)));
    json_object_set_new(isolate, "messages",
                        json_pack("{s:o, s:o, s:o, s:o}", "sent", count(slot->sent), "received",
                                  count(slot->received), "queued", count(slot->queued),
                                  "queued_bytes", count(slot->queued_bytes)));
    bool is_asleep = slot->idle_since != 0 && slot->idle_since <= box->head.ended_ns;
    json_object_set_new(isolate, "asleep_seconds",
                        is_asleep ? seconds_of(box->head.ended_ns - slot->idle_since)
                                  : json_null());
}

/* A slot whose owner has left still holds its last words. */
static void add_slot(struct box *box, uint32_t index)
{
    static const char *const states[] = {"starting", "running", "idle",
                                         "draining", "exited",  "oom"};
    struct wire_slot_copy slot;

    if (!view_read_slot(box->view, index, &slot) || slot.generation == 0 ||
        slot.thread >= UINT32_MAX) {
        return;
    }
    json_t *isolate = need_isolate(box, (uint32_t)slot.thread);
    if (isolate == NULL || (slot.generation % 2 == 0 && json_object_get(isolate, "heap") != NULL)) {
        return;
    }
    bool has_left = slot.generation % 2 == 0 && slot.state < WIRE_EXITED;
    json_object_set_new(isolate, "name", name(box, slot.name));
    json_object_set_new(isolate, "state",
                        has_left ? json_string("exited") : one_of(states, 6, slot.state));
    set_figures(box, isolate, &slot);
}

/* ---- events ---------------------------------------------------------------------------------- */

static void set_seconds(json_t *event, const char *field, uint64_t ns)
{
    char key[RECORD_KEY_MAX];

    record_seconds_key(field, key);
    json_object_set_new(event, key, seconds_of(ns));
}

static json_t *text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static void set_field(const struct box *box, json_t *event, const struct record_field *field,
                      uint64_t value)
{
    switch (field->unit) {
    case RECORD_UNIT_NONE:
        break;
    case RECORD_UNIT_NS:
        set_seconds(event, field->name, value);
        break;
    case RECORD_UNIT_THREAD:
        json_object_set_new(event, field->name, thread_id(box, value));
        break;
    case RECORD_UNIT_NAME:
        json_object_set_new(event, field->name, name(box, value));
        break;
    case RECORD_UNIT_CODE:
        json_object_set_new(event, field->name, json_integer((int32_t)value));
        break;
    case RECORD_UNIT_BOOL:
        json_object_set_new(event, field->name, json_boolean(value != 0));
        break;
    case RECORD_UNIT_GC_KIND:
        json_object_set_new(event, field->name, text_or_null(record_gc_kind_name(value)));
        break;
    case RECORD_UNIT_OP:
        json_object_set_new(event, field->name, text_or_null(record_op_name(value)));
        break;
    default:
        json_object_set_new(event, field->name, count(value));
        break;
    }
}

static void add_event(struct box *box, const struct record *record)
{
    json_t *isolate = need_isolate(box, record->thread);
    json_t *event = json_object();

    if (isolate == NULL || event == NULL) {
        json_decref(event);
        return;
    }
    const struct record_type *type = &record_types[record->kind];
    json_object_set_new(event, "t", json_real(wall(box, record->t)));
    json_object_set_new(event, "type", json_string(type->name));
    json_object_set_new(event, "isolate", thread_id(box, record->thread));
    for (int i = 0; i < 6; i++) {
        set_field(box, event, &type->fields[i], record->fields[i]);
    }
    json_array_append_new(json_object_get(isolate, "events"), event);
    box->event_count++;
}

static void add_lost(struct box *box, uint32_t index, uint64_t lost)
{
    struct wire_slot_copy slot;

    if (lost == 0 || lost > UINT64_C(1) << 53 || !view_read_slot(box->view, index, &slot) ||
        slot.thread >= UINT32_MAX) {
        return;
    }
    json_t *isolate = need_isolate(box, (uint32_t)slot.thread);
    json_object_set_new(isolate, "lost", count(lost));
}

static void add_ring(struct box *box, uint32_t index)
{
    struct ring_reader reader = {0};
    struct record records[READ_AT_ONCE];
    size_t read, total = 0;

    do {
        read = view_read_ring(box->view, index, &reader, records, READ_AT_ONCE);
        for (size_t i = 0; i < read; i++) {
            bool is_wanted = records[i].kind < RECORD_KINDS && records[i].thread < UINT32_MAX &&
                             records[i].t >= box->since_ns && records[i].t <= box->head.ended_ns;
            if (is_wanted && box->event_count >= BLACKBOX_EVENTS_MAX) {
                box->is_cut = true;
            } else if (is_wanted) {
                add_event(box, &records[i]);
            }
        }
        total += read;
    } while (read > 0 && total <= WIRE_RING_RECORDS_MAX);
    add_lost(box, index, reader.lost);
}

/* ---- the document ---------------------------------------------------------------------------- */

static int compare_threads(const void *left, const void *right)
{
    json_int_t a = json_integer_value(json_object_get(*(json_t *const *)left, "thread"));
    json_int_t b = json_integer_value(json_object_get(*(json_t *const *)right, "thread"));
    return (a > b) - (a < b);
}

static int compare_times(const void *left, const void *right)
{
    double a = json_real_value(json_object_get(*(json_t *const *)left, "t"));
    double b = json_real_value(json_object_get(*(json_t *const *)right, "t"));
    return (a > b) - (a < b);
}

/* A new array of the same values in order; NULL without memory. */
static json_t *sorted(json_t **values, size_t value_count,
                      int (*compare)(const void *, const void *))
{
    json_t *array = json_array();

    if (value_count > 0) {
        qsort(values, value_count, sizeof *values, compare);
    }
    for (size_t i = 0; i < value_count; i++) {
        json_array_append(array, values[i]);
    }
    return array;
}

/* Records of one isolate may come from two rings: its own and its parent's. */
static void sort_events(json_t *isolate)
{
    json_t *events = json_object_get(isolate, "events");
    size_t i, event_count = json_array_size(events);
    json_t **values = calloc(event_count + 1, sizeof(json_t *)), *event;

    if (values == NULL) {
        return;
    }
    json_array_foreach(events, i, event)
    {
        values[i] = event;
    }
    json_object_set_new(isolate, "events", sorted(values, event_count, compare_times));
    free(values);
}

static json_t *list_isolates(struct box *box)
{
    json_t **values = calloc(json_object_size(box->isolates) + 1, sizeof(json_t *)), *isolate;
    const char *key;
    size_t isolate_count = 0;

    if (values == NULL) {
        return NULL;
    }
    json_object_foreach(box->isolates, key, isolate)
    {
        sort_events(isolate);
        values[isolate_count++] = isolate;
    }
    json_t *list = sorted(values, isolate_count, compare_threads);
    free(values);
    return list;
}

static json_t *make_document(struct box *box)
{
    struct wire_process_copy totals;

    for (uint32_t i = 0; i < view_slot_count(box->view); i++) {
        add_slot(box, i);
    }
    for (uint32_t i = 0; i < view_slot_count(box->view); i++) {
        add_ring(box, i);
    }
    view_read_process(box->view, &totals);
    const char *culprit = box->head.culprit;
    return json_pack("{s:{s:I, s:o, s:o, s:o, s:f, s:o, s:o, s:o}, s:b, s:o}", "process", "pid",
                     (json_int_t)box->head.pid, "name", clean(box->head.name), "state",
                     clean(box->head.state), "culprit",
                     culprit[0] != '\0' ? clean(culprit) : json_null(), "ended_at", (double)box->head.ended_wall_ns / 1e9,
                     "shared", count(totals.shared), "queued", count(totals.queued), "queued_bytes",
                     count(totals.queued_bytes), "cut", box->is_cut, "isolates",
                     list_isolates(box));
}

json_t *blackbox_decode(const void *data, size_t size, double seconds, struct error *error)
{
    struct box box = {.isolates = json_object()};

    if (box.isolates == NULL) {
        error_set(error, -ENOMEM, "out of memory");
        return NULL;
    }
    if (blackbox_read(data, size, &box.head, &box.view, error) < 0) {
        json_decref(box.isolates);
        return NULL;
    }
    double span_ns = seconds * 1e9;
    box.since_ns = seconds > 0 && span_ns < (double)box.head.ended_ns
                       ? box.head.ended_ns - (uint64_t)span_ns
                       : 0;
    json_t *document = make_document(&box);
    if (document == NULL) {
        error_set(error, -ENOMEM, "out of memory");
    }
    view_close(&box.view);
    json_decref(box.isolates);
    return document;
}

/* ---- for people ------------------------------------------------------------------------------ */

static void show_table(const struct invocation *invocation, const json_t *isolates)
{
    static const char *const titles[] = {"ISOLATE", "NAME",     "STATE",  "USED", "TOTAL",  "LIMIT",
                                         "LIVE",    "EXTERNAL", "QUEUED", "JOBS", "EVENTS", NULL};
    struct table table;
    size_t i;
    json_t *isolate;

    table_init(&table, titles, "lllrrrrrrrr");
    json_array_foreach(isolates, i, isolate)
    {
        table_text(&table, answer_text(isolate, NULL, "id"), TABLE_PLAIN);
        table_text(&table, answer_text(isolate, NULL, "name"), TABLE_PLAIN);
        answer_put_state(&table, answer_text(isolate, NULL, "state"));
        table_bytes(&table, answer_number(isolate, "heap", "used"));
        table_bytes(&table, answer_number(isolate, "heap", "total"));
        table_bytes(&table, answer_number(isolate, "heap", "limit"));
        table_bytes(&table, answer_number(isolate, "heap", "live"));
        table_bytes(&table, answer_number(isolate, NULL, "external"));
        table_bytes(&table, answer_number(isolate, "messages", "queued_bytes"));
        table_count(&table, answer_number(isolate, NULL, "jobs"));
        answer_put_count(&table, (double)json_array_size(json_object_get(isolate, "events")));
    }
    answer_print(&table, invocation, "It had no isolates.");
}

static void show_process(const json_t *process)
{
    const char *culprit = answer_text(process, NULL, "culprit");
    char moment[32] = "-";
    double t = answer_number(process, NULL, "ended_at");
    time_t seconds = (time_t)t;
    struct tm parts;

    if (localtime_r(&seconds, &parts) != NULL) {
        strftime(moment, sizeof moment, "%F %T", &parts);
    }
    answer_put_clean(answer_text(process, NULL, "name"));
    printf(" (process %.0f) ", answer_number(process, NULL, "pid"));
    answer_put_clean(answer_text(process, NULL, "state"));
    printf(" at %s.%03d\n", moment, (int)((t - floor(t)) * 1000));
    if (culprit != NULL) {
        printf("Its heap rose: ");
        answer_put_clean(culprit);
        printf("\n");
    }
    printf("\n");
}

static void show_events(const json_t *isolate)
{
    const json_t *events = json_object_get(isolate, "events"), *event;
    double lost = answer_number(isolate, NULL, "lost");
    double asleep = answer_number(isolate, NULL, "asleep_seconds");
    size_t i;

    if (json_array_size(events) == 0) {
        return;
    }
    printf("\n");
    answer_put_clean(answer_text(isolate, NULL, "id"));
    printf(" ");
    answer_put_clean(answer_text(isolate, NULL, "name"));
    if (lost > 0) {
        printf(", %.0f older records were overwritten", lost);
    }
    if (asleep >= 0) {
        printf(", asleep for the last %.3f s", asleep);
    }
    printf("\n");
    json_array_foreach(events, i, event)
    {
        events_show(event);
    }
}

static void show(const struct invocation *invocation, const json_t *document)
{
    const json_t *isolates = json_object_get(document, "isolates"), *isolate;
    size_t i;

    show_process(json_object_get(document, "process"));
    show_table(invocation, isolates);
    json_array_foreach(isolates, i, isolate)
    {
        show_events(isolate);
    }
    if (json_is_true(json_object_get(document, "cut"))) {
        printf("\nOnly %d events are shown: ask for fewer --seconds.\n", BLACKBOX_EVENTS_MAX);
    }
}

/* ---- the verb -------------------------------------------------------------------------------- */

/* 0 or a negative errno with *error; the bytes are in *data. */
static int read_file(const char *path, struct bytes *data, struct error *error)
{
    unsigned char block[1 << 16];
    FILE *file = fopen(path, "re");
    size_t size;

    if (file == NULL) {
        return error_set(error, -errno, "%.300s: %s", path, strerror(errno));
    }
    while ((size = fread(block, 1, sizeof block, file)) > 0 && !data->is_failed) {
        bytes_append(data, block, size);
    }
    int code = ferror(file) ? error_set(error, -EIO, "%.300s: cannot be read", path)
               : data->is_failed
                   ? error_set(error, -EFBIG, "%.300s: too large for a black box", path)
                   : 0;
    fclose(file);
    return code;
}

static bool read_seconds(const struct invocation *invocation, double *seconds)
{
    const char *text = answer_option(invocation, "seconds");
    char *end;

    *seconds = BLACKBOX_SECONDS_DEFAULT;
    if (text == NULL) {
        return true;
    }
    *seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !(*seconds >= 0 && *seconds < 1e9)) {
        log_error("--seconds is a number of seconds, 0 for all, not '%.40s'", text);
        return false;
    }
    return true;
}

int blackbox_run(const struct invocation *invocation)
{
    struct bytes data;
    struct error error;
    double seconds;
    const char *path = invocation->arguments[0];

    if (!read_seconds(invocation, &seconds)) {
        return 2;
    }
    bytes_init(&data, BLACKBOX_BYTES_MAX + 1);
    json_t *document = NULL;
    if (read_file(path, &data, &error) < 0) {
        log_error("%s", error.text);
    } else if ((document = blackbox_decode(data.data, data.size, seconds, &error)) == NULL) {
        log_error("%.200s: %.250s", path, error.text);
    } else if (invocation->is_json) {
        json_dumpf(document, stdout, JSON_COMPACT | JSON_REAL_PRECISION(16));
        printf("\n");
    } else {
        show(invocation, document);
    }
    bytes_fini(&data);
    json_decref(document);
    return document != NULL ? 0 : 1;
}
