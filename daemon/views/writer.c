/*
 * The JSON writer. Called by everything that makes a document. Owns nothing: the buffer is the
 * caller's, and its failure is sticky, so no call here has to be checked. Invariant: after every
 * call the buffer holds the beginning of a valid document.
 */
#include "daemon/views/writer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

void writer_init(struct writer *writer, struct bytes *out)
{
    writer->out = out;
    writer->needs_comma = false;
}

/* Surrogates and overlong forms are invalid (Unicode, table 3-7). */
size_t writer_sequence(const char *at)
{
    const unsigned char *text = (const unsigned char *)at;
    unsigned first = text[0], second = text[1];

    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4 || (second & 0xc0) != 0x80) {
        return 0;
    }
    if (first < 0xe0) {
        return 2;
    }
    if ((text[2] & 0xc0) != 0x80) {
        return 0;
    }
    if (first < 0xf0) {
        bool is_overlong = first == 0xe0 && second < 0xa0;
        bool is_surrogate = first == 0xed && second >= 0xa0;
        return is_overlong || is_surrogate ? 0 : 3;
    }
    bool is_out_of_range = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
    return is_out_of_range || (text[3] & 0xc0) != 0x80 ? 0 : 4;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void writer_escape(struct bytes *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at != '\0') {
        size_t run = 0;
        while (is_plain(at[run])) {
            run++;
        }
        bytes_append(out, at, run);
        at += run;
        if (*at == '\0') {
            break;
        }
        if (*at == '"' || *at == '\\') {
            bytes_append_format(out, "\\%c", *at++);
        } else if (*at < 0x20 || *at == 0x7f) {
            bytes_append_format(out, "\\u%04x", *at++);
        } else {
            size_t length = writer_sequence((const char *)at);
            bytes_append(out, length > 0 ? (const void *)at : REPLACEMENT, length > 0 ? length : 3);
            at += length > 0 ? length : 1;
        }
    }
}

static void write_key(struct writer *writer, const char *key)
{
    if (writer->needs_comma) {
        bytes_append(writer->out, ",", 1);
    }
    writer->needs_comma = true;
    if (key != NULL) {
        bytes_append(writer->out, "\"", 1);
        writer_escape(writer->out, key);
        bytes_append(writer->out, "\":", 2);
    }
}

static void open_with(struct writer *writer, const char *key, const char *bracket)
{
    write_key(writer, key);
    bytes_append(writer->out, bracket, 1);
    writer->needs_comma = false;
}

static void close_with(struct writer *writer, const char *bracket)
{
    bytes_append(writer->out, bracket, 1);
    writer->needs_comma = true;
}

void writer_open_object(struct writer *writer, const char *key)
{
    open_with(writer, key, "{");
}

void writer_close_object(struct writer *writer)
{
    close_with(writer, "}");
}

void writer_open_array(struct writer *writer, const char *key)
{
    open_with(writer, key, "[");
}

void writer_close_array(struct writer *writer)
{
    close_with(writer, "]");
}

void writer_text(struct writer *writer, const char *key, const char *text)
{
    if (text == NULL) {
        writer_null(writer, key);
        return;
    }
    write_key(writer, key);
    bytes_append(writer->out, "\"", 1);
    writer_escape(writer->out, text);
    bytes_append(writer->out, "\"", 1);
}

/* Decimal digits of `value`, at least `width` of them; returns how many. */
static size_t write_digits(char *digits, uint64_t value, size_t width)
{
    char reversed[20];
    size_t count = 0;

    do {
        reversed[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (count < width) {
        reversed[count++] = '0';
    }
    for (size_t i = 0; i < count; i++) {
        digits[i] = reversed[count - 1 - i];
    }
    return count;
}

void writer_uint(struct writer *writer, const char *key, uint64_t value)
{
    char digits[20];

    if (value == UINT64_MAX) {
        writer_null(writer, key);
        return;
    }
    write_key(writer, key);
    bytes_append(writer->out, digits, write_digits(digits, value, 1));
}

void writer_int(struct writer *writer, const char *key, int64_t value)
{
    char digits[20];

    if (value == INT64_MIN) {
        writer_null(writer, key);
        return;
    }
    write_key(writer, key);
    if (value < 0) {
        bytes_append(writer->out, "-", 1);
    }
    uint64_t magnitude = value < 0 ? (uint64_t)-value : (uint64_t)value;
    bytes_append(writer->out, digits, write_digits(digits, magnitude, 1));
}

/* `value`, not negative, with at most `decimals` digits behind the point, zeros at the end cut. */
static void write_fixed(struct bytes *out, double value, size_t decimals, double scale)
{
    char text[48];
    uint64_t scaled = (uint64_t)(value * scale + 0.5);
    uint64_t unit = (uint64_t)scale;
    size_t used = write_digits(text, scaled / unit, 1);

    if (scaled % unit != 0) {
        text[used++] = '.';
        used += write_digits(text + used, scaled % unit, decimals);
        while (text[used - 1] == '0') {
            used--;
        }
    }
    bytes_append(out, text, used);
}

void writer_double(struct writer *writer, const char *key, double value)
{
    if (!isfinite(value)) {
        writer_null(writer, key);
        return;
    }
    write_key(writer, key);
    double magnitude = fabs(value);
    if (magnitude != 0 && (magnitude < 1e-6 || magnitude >= 4e9)) {
        bytes_append_format(writer->out, "%.15g", value);
        return;
    }
    if (value < 0) {
        bytes_append(writer->out, "-", 1);
    }
    if (magnitude < 1) {
        write_fixed(writer->out, magnitude, 9, 1e9);
    } else {
        write_fixed(writer->out, magnitude, 6, 1e6);
    }
}

void writer_bool(struct writer *writer, const char *key, bool value)
{
    write_key(writer, key);
    bytes_append_text(writer->out, value ? "true" : "false");
}

void writer_null(struct writer *writer, const char *key)
{
    write_key(writer, key);
    bytes_append_text(writer->out, "null");
}

void writer_raw(struct writer *writer, const char *key, const char *json)
{
    write_key(writer, key);
    bytes_append_text(writer->out, json);
}
