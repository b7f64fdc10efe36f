/*
 * Reads and checks recorded samples. Owns the file, one line's room and the last line's JSON, from
 * which texts are borrowed. Invariant: a field that trace_next() hands out is of its type and
 * range.
 */
#include "ctl/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_END      9007199254740992.0 /* 2^53 */
#define NAME_MAX_BYTES 256

struct trace {
    const char *path; /* borrowed */
    FILE *file;
    json_t *json; /* of the last line; NULL before the first */
    uint64_t number;
    char text[TRACE_LINE_MAX + 2];
};

struct fault { /* where a check failed */
    const char *key;
    const char *wanted; /* NULL: none did */
};

int trace_open(struct trace **trace, const char *path, struct error *error)
{
    struct trace *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        return error_set(error, -ENOMEM, "out of memory");
    }
    opened->path = path;
    opened->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (opened->file == NULL) {
        int code = -errno;
        free(opened);
        return error_set(error, code, "%s: %s", path, strerror(-code));
    }
    *trace = opened;
    return 0;
}

void trace_close(struct trace **trace)
{
    if (*trace == NULL) {
        return;
    }
    if ((*trace)->file != stdin) {
        fclose((*trace)->file);
    }
    json_decref((*trace)->json);
    free(*trace);
    *trace = NULL;
}

uint64_t trace_line_number(const struct trace *trace)
{
    return trace->number;
}

/* ---- fields: each notes the first fault and goes on
 * ------------------------------------------------ */

static void refuse(struct fault *fault, const char *key, const char *wanted)
{
    if (fault->wanted == NULL) {
        fault->key = key;
        fault->wanted = wanted;
    }
}

static bool is_absent(const json_t *value)
{
    return value == NULL || json_is_null(value);
}

static const char *take_name(const json_t *object, const char *key, struct fault *fault)
{
    const json_t *value = json_object_get(object, key);
    if (is_absent(value)) {
        return NULL;
    }
    if (!json_is_string(value) || json_string_length(value) == 0 ||
        json_string_length(value) > NAME_MAX_BYTES) {
        refuse(fault, key, "a text of 1 to 256 bytes");
        return NULL;
    }
    return json_string_value(value);
}

static double take_number(const json_t *object, const char *key, struct fault *fault)
{
    const json_t *value = json_object_get(object, key);
    if (is_absent(value)) {
        return NAN;
    }
    if (!json_is_number(value)) {
        refuse(fault, key, "a number");
        return NAN;
    }
    return json_number_value(value);
}

static double take_bytes(const json_t *object, const char *key, double least, struct fault *fault)
{
    double bytes = take_number(object, key, fault);
    if (bytes < least || bytes >= BYTES_END) {
        refuse(fault, key,
               least > 0 ? "a number above 0 and below 2^53"
                         : "a number of 0 or more and below 2^53");
    }
    return bytes;
}

/* ---- lines
 * --------------------------------------------------------------------------------------- */

static void take_time(const json_t *object, struct trace_line *line, struct fault *fault)
{
    line->t = take_number(object, "t", fault);
    if (isnan(line->t)) {
        refuse(fault, "t", "there, in seconds");
    }
}

static void take_sample(const json_t *object, struct trace_line *line, struct fault *fault)
{
    line->kind = TRACE_SAMPLE;
    take_time(object, line, fault);
    line->job = take_name(object, "job", fault);
    line->live = take_bytes(object, "live", 0, fault);
    line->limit = take_bytes(object, "limit", 1e-9, fault);
    if (json_object_get(object, "live") == NULL) {
        refuse(fault, "live", "there, in bytes, or null where it was not measured");
    }
}

static void take_event(const json_t *object, struct trace_line *line, struct fault *fault)
{
    const char *event = take_name(object, "event", fault);
    line->kind = TRACE_RECYCLE;
    take_time(object, line, fault);
    if (event == NULL || strcmp(event, "recycle") != 0) {
        refuse(fault, "event", "\"recycle\"");
    }
}

static void take_label(const json_t *object, struct trace_line *line, struct fault *fault)
{
    const char *label = take_name(object, "label", fault);
    line->kind = TRACE_LABEL;
    line->is_leak = label != NULL && strcmp(label, "leak") == 0;
    if (!line->is_leak && (label == NULL || strcmp(label, "clean") != 0)) {
        refuse(fault, "label", "\"leak\" or \"clean\"");
    }
    line->from = take_number(object, "from", fault);
    line->to = take_number(object, "to", fault);
    line->job = take_name(object, "job", fault);
    line->bytes_per_job = take_bytes(object, "bytes_per_job", 1e-9, fault);
    if (line->to < line->from) {
        refuse(fault, "to", "not before \"from\"");
    }
}

static int take_line(struct trace *trace, struct trace_line *line, struct error *error)
{
    struct fault fault = {0};
    const json_t *object = trace->json;
    *line = (struct trace_line){.t = NAN, .live = NAN, .limit = NAN, .from = NAN, .to = NAN};
    line->isolate = take_name(object, "isolate", &fault);
    if (line->isolate == NULL) {
        refuse(&fault, "isolate", "there, a text");
    }
    if (json_object_get(object, "label") != NULL) {
        take_label(object, line, &fault);
    } else if (json_object_get(object, "event") != NULL) {
        take_event(object, line, &fault);
    } else {
        take_sample(object, line, &fault);
    }
    if (fault.wanted != NULL) {
        return error_set(error, -EINVAL, "%s:%" PRIu64 ": \"%s\" must be %s", trace->path,
                         trace->number, fault.key, fault.wanted);
    }
    return 1;
}

/* 1: trace->text holds a line of *length bytes; 0 at the end. */
static int read_line(struct trace *trace, size_t *length, struct error *error)
{
    trace->number++;
    trace->text[TRACE_LINE_MAX] = '\0'; /* is overwritten by a line that is too long */
    if (fgets(trace->text, sizeof trace->text, trace->file) == NULL) {
        int code = ferror(trace->file) ? -(errno != 0 ? errno : EIO) : 0;
        return code < 0 ? error_set(error, code, "%s: %s", trace->path, strerror(-code)) : 0;
    }
    if (trace->text[TRACE_LINE_MAX] != '\0') {
        return error_set(error, -EINVAL, "%s:%" PRIu64 ": longer than %d bytes", trace->path,
                         trace->number, TRACE_LINE_MAX);
    }
    *length = strlen(trace->text);
    if ((*length == 0 || trace->text[*length - 1] != '\n') && !feof(trace->file)) {
        return error_set(error, -EINVAL, "%s:%" PRIu64 ": holds a zero byte", trace->path,
                         trace->number);
    }
    return 1;
}

int trace_next(struct trace *trace, struct trace_line *line, struct error *error)
{
    json_error_t wrong;
    size_t length = 0;
    errno = 0;
    int code = read_line(trace, &length, error);
    if (code <= 0) {
        return code;
    }
    json_decref(trace->json);
    trace->json = json_loadb(trace->text, length, JSON_REJECT_DUPLICATES, &wrong);
    if (trace->json == NULL) {
        return error_set(error, -EINVAL, "%s:%" PRIu64 ": not JSON: %s", trace->path, trace->number,
                         wrong.text);
    }
    if (!json_is_object(trace->json)) {
        return error_set(error, -EINVAL, "%s:%" PRIu64 ": must be an object", trace->path,
                         trace->number);
    }
    return take_line(trace, line, error);
}
