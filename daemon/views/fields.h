/*
 * One description of an object, two clothes. objects.c names the fields of an object through these
 * calls, always in the same order; a full writer puts all of them into the document, a patch writer
 * only those that differ from the shadow of the last time, as JSON Merge Patch (RFC 7396). A shadow
 * is one word a field: the figure itself, or the hash of a text or an array. So the stream's patch
 * and the frame cannot disagree.
 */
#ifndef DAEMON_FIELDS_H
#define DAEMON_FIELDS_H

#include "daemon/views/writer.h"

#include <stddef.h>

#define FIELDS_MAX       64 /* in one shadow */
#define FIELDS_DEPTH_MAX 6

/* The fast figures of an isolate: columns in a tick, not part of the patch. */
enum fields_column {
    FIELDS_USED,
    FIELDS_TOTAL,
    FIELDS_LIVE,
    FIELDS_EXTERNAL,
    FIELDS_SHARED,
    FIELDS_QUEUED_BYTES,
    FIELDS_COLUMNS
};
extern const char *const fields_column_names[FIELDS_COLUMNS];

struct fields {
    struct writer *writer; /* borrowed */
    bool is_patch;
    uint64_t *shadow; /* borrowed; NULL: none is kept */
    size_t next;      /* the field's place in it */

    const char *path[FIELDS_DEPTH_MAX]; /* objects entered; a patch opens them when it has to */
    size_t depth, opened;

    uint64_t columns[FIELDS_COLUMNS]; /* a patch leaves them here */
    bool is_column_changed;

    struct { /* the array being written */
        size_t undo_size, start;
        size_t undo_opened;
        bool undo_comma;
    } array;
};

void fields_init(struct fields *fields, struct writer *writer, bool is_patch);

/* What follows is compared with and stored in `shadow`, FIELDS_MAX words (NULL for none). */
void fields_use(struct fields *fields, uint64_t *shadow);

/* `key` is borrowed until the object is closed; NULL for an element of an array. */
void fields_open(struct fields *fields, const char *key);
void fields_close(struct fields *fields);

void fields_text(struct fields *fields, const char *key, const char *text);
void fields_uint(struct fields *fields, const char *key, uint64_t value);
void fields_int(struct fields *fields, const char *key, int64_t value);
void fields_double(struct fields *fields, const char *key, double value);
void fields_bool(struct fields *fields, const char *key, bool value);
void fields_fast(struct fields *fields, enum fields_column column, const char *key, uint64_t value);
/* An element that is gone: null in a patch. Not part of a shadow. */
void fields_gone(struct fields *fields, const char *key);

/* An array is one field: written through the returned writer, kept only when it differs. */
struct writer *fields_open_array(struct fields *fields, const char *key);
void fields_close_array(struct fields *fields);

/* To tell different from same; nothing hostile has a use for a collision. */
uint64_t fields_hash(const void *data, size_t size);

#endif
