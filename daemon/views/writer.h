/*
 * A JSON writer straight into a buffer: no tree, no allocation of its own. Commas are its business,
 * the order of calls is the caller's. `key` is NULL inside arrays. Whatever bytes a text holds, the
 * output is valid JSON: invalid UTF-8 becomes U+FFFD, control characters are escaped. Figures that
 * nobody knows (MODEL_UNKNOWN, INT64_MIN, NaN) become null. One thread per writer.
 */
#ifndef DAEMON_WRITER_H
#define DAEMON_WRITER_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

struct writer {
    struct bytes *out; /* borrowed; its is_failed says whether memory ran out */
    bool needs_comma;
};

void writer_init(struct writer *writer, struct bytes *out);

void writer_open_object(struct writer *writer, const char *key);
void writer_close_object(struct writer *writer);
void writer_open_array(struct writer *writer, const char *key);
void writer_close_array(struct writer *writer);

/* NULL is null. */
void writer_text(struct writer *writer, const char *key, const char *text);
void writer_uint(struct writer *writer, const char *key, uint64_t value);
void writer_int(struct writer *writer, const char *key, int64_t value);
/* At most 15 significant digits; microseconds in a Unix time, nanoseconds below one second. */
void writer_double(struct writer *writer, const char *key, double value);
void writer_bool(struct writer *writer, const char *key, bool value);
void writer_null(struct writer *writer, const char *key);
/* `json` is a complete JSON value already. */
void writer_raw(struct writer *writer, const char *key, const char *json);

/* The length of the valid UTF-8 sequence at `text`; 0 when there is none. */
size_t writer_sequence(const char *text);

/* `text` as the inside of a JSON string, without the quotes. */
void writer_escape(struct bytes *out, const char *text);

#endif
