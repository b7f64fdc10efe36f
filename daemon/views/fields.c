/*
 * Fields written whole or as a patch. Called by objects.c for each field and by frame.c around
 * them. Owns nothing. Invariant: the same object is described by the same calls in the same order,
 * whatever its state, so a place in the shadow always means the same field.
 */
#include "daemon/views/fields.h"

#include "base/check.h"

#include <string.h>

const char *const fields_column_names[FIELDS_COLUMNS] = {
    "used", "total", "live", "external", "shared", "queued_bytes",
};

void fields_init(struct fields *fields, struct writer *writer, bool is_patch)
{
    memset(fields, 0, sizeof *fields);
    fields->writer = writer;
    fields->is_patch = is_patch;
}

void fields_use(struct fields *fields, uint64_t *shadow)
{
    fields->shadow = shadow;
    fields->next = 0;
    fields->is_column_changed = false;
}

static void open_path(struct fields *fields)
{
    while (fields->opened < fields->depth) {
        writer_open_object(fields->writer, fields->path[fields->opened++]);
    }
}

void fields_open(struct fields *fields, const char *key)
{
    CHECK(fields->depth < FIELDS_DEPTH_MAX);
    fields->path[fields->depth++] = key;
    if (!fields->is_patch) {
        open_path(fields);
    }
}

void fields_close(struct fields *fields)
{
    CHECK(fields->depth > 0);
    if (fields->opened == fields->depth) {
        writer_close_object(fields->writer);
        fields->opened--;
    }
    fields->depth--;
}

/* Stores the word of the next field; true when the field has to be written. */
static bool take(struct fields *fields, uint64_t word)
{
    bool is_changed = !fields->is_patch;
    if (fields->shadow != NULL) {
        CHECK(fields->next < FIELDS_MAX);
        uint64_t *kept = &fields->shadow[fields->next++];
        is_changed = is_changed || *kept != word;
        *kept = word;
    }
    if (is_changed) {
        open_path(fields);
    }
    return is_changed;
}

/* Eight bytes a step; a change anywhere reaches all bits of the result. */
uint64_t fields_hash(const void *data, size_t size)
{
    const unsigned char *at = data;
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ size;
    while (size > 0) {
        uint64_t word = 0;
        size_t step = size < sizeof word ? size : sizeof word;
        memcpy(&word, at, step);
        hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
        at += step;
        size -= step;
    }
    return hash;
}

void fields_text(struct fields *fields, const char *key, const char *text)
{
    if (take(fields, text != NULL ? fields_hash(text, strlen(text)) : 0)) {
        writer_text(fields->writer, key, text);
    }
}

void fields_uint(struct fields *fields, const char *key, uint64_t value)
{
    if (take(fields, value)) {
        writer_uint(fields->writer, key, value);
    }
}

void fields_int(struct fields *fields, const char *key, int64_t value)
{
    if (take(fields, (uint64_t)value)) {
        writer_int(fields->writer, key, value);
    }
}

void fields_double(struct fields *fields, const char *key, double value)
{
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    if (value != value) {
        word = UINT64_MAX; /* one NaN for all */
    }
    if (take(fields, word)) {
        writer_double(fields->writer, key, value);
    }
}

void fields_bool(struct fields *fields, const char *key, bool value)
{
    if (take(fields, value)) {
        writer_bool(fields->writer, key, value);
    }
}

void fields_fast(struct fields *fields, enum fields_column column, const char *key, uint64_t value)
{
    if (!fields->is_patch) {
        fields_uint(fields, key, value);
        return;
    }
    CHECK(fields->shadow != NULL && fields->next < FIELDS_MAX);
    uint64_t *kept = &fields->shadow[fields->next++];
    fields->is_column_changed = fields->is_column_changed || *kept != value;
    fields->columns[column] = *kept = value;
}

void fields_gone(struct fields *fields, const char *key)
{
    open_path(fields);
    writer_null(fields->writer, key);
}

struct writer *fields_open_array(struct fields *fields, const char *key)
{
    struct bytes *out = fields->writer->out;
    fields->array.undo_size = out->size;
    fields->array.undo_comma = fields->writer->needs_comma;
    fields->array.undo_opened = fields->opened;
    open_path(fields);
    writer_open_array(fields->writer, key);
    fields->array.start = out->size;
    return fields->writer;
}

void fields_close_array(struct fields *fields)
{
    struct bytes *out = fields->writer->out;
    uint64_t hash = fields_hash(out->data + fields->array.start, out->size - fields->array.start);
    writer_close_array(fields->writer);
    if (!take(fields, hash)) {
        out->size = fields->array.undo_size;
        fields->writer->needs_comma = fields->array.undo_comma;
        fields->opened = fields->array.undo_opened;
    }
}
