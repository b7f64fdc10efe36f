/*
 * A block of bytes in front of write(2) (sink.h). Used by the writers of snapshots and profiles.
 * Owns nothing. Invariant: after a failure the block is only thrown away.
 */
#include "runtime/sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void sink_init(struct sink *sink, int fd)
{
    sink->fd = fd;
    sink->error = 0;
    sink->size = 0;
    sink->written = 0;
}

void sink_flush(struct sink *sink)
{
    size_t done = 0;

    while (sink->error == 0 && done < sink->size) {
        ssize_t size = write(sink->fd, sink->data + done, sink->size - done);
        if (size > 0) {
            done += (size_t)size;
        } else if (size == 0) {
            sink->error = -ENOSPC;
        } else if (errno != EINTR) {
            sink->error = -errno;
        }
    }
    sink->written += done;
    sink->size = 0;
}

int sink_finish(struct sink *sink)
{
    sink_flush(sink);
    return sink->error;
}

void sink_text(struct sink *sink, const char *text)
{
    for (; *text != '\0'; text++) {
        sink_byte(sink, *text);
    }
}

void sink_uint(struct sink *sink, uint64_t value)
{
    char digits[20];
    int count = 0;

    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (count > 0) {
        sink_byte(sink, digits[--count]);
    }
}

/* ---- strings --------------------------------------------------------------------------------- */

static void put_escape(struct sink *sink, unsigned unit)
{
    static const char hex[] = "0123456789abcdef";

    sink_text(sink, "\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
        sink_byte(sink, hex[unit >> shift & 15]);
    }
}

static void put_ascii(struct sink *sink, unsigned char byte)
{
    if (byte == '"' || byte == '\\') {
        sink_byte(sink, '\\');
        sink_byte(sink, (char)byte);
    } else if (byte == '\n') {
        sink_text(sink, "\\n");
    } else if (byte < 0x20 || byte == 0x7f) {
        put_escape(sink, byte);
    } else {
        sink_byte(sink, (char)byte);
    }
}

/* The code unit or code point at `at`, its bytes in *length; 0xfffd for what is none. */
static unsigned decode(const unsigned char *at, size_t left, size_t *length)
{
    static const struct {
        unsigned char mask, lead, bytes;
    } forms[] = {{0xe0, 0xc0, 2}, {0xf0, 0xe0, 3}, {0xf8, 0xf0, 4}};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if ((*at & forms[i].mask) != forms[i].lead || left < forms[i].bytes) {
            continue;
        }
        unsigned value = *at & (unsigned char)~forms[i].mask;
        for (size_t k = 1; k < forms[i].bytes; k++) {
            if ((at[k] & 0xc0) != 0x80) {
                *length = 1;
                return 0xfffd;
            }
            value = value << 6 | (at[k] & 0x3f);
        }
        *length = forms[i].bytes;
        return value;
    }
    *length = 1;
    return 0xfffd;
}

/* One character that is not ASCII, escaped; half a surrogate pair becomes U+FFFD, because parsers
 * refuse it. Returns the bytes taken. */
static size_t put_other(struct sink *sink, const unsigned char *at, size_t left)
{
    size_t length, more = 0;
    unsigned value = decode(at, left, &length);

    if (value >= 0x10000) {
        put_escape(sink, 0xd800 + ((value - 0x10000) >> 10 & 0x3ff));
        put_escape(sink, 0xdc00 + ((value - 0x10000) & 0x3ff));
        return length;
    }
    if (value >= 0xd800 && value < 0xdc00 && left > length) {
        unsigned low = decode(at + length, left - length, &more);
        if (low >= 0xdc00 && low < 0xe000) {
            put_escape(sink, value);
            put_escape(sink, low);
            return length + more;
        }
    }
    put_escape(sink, value >= 0xd800 && value < 0xe000 ? 0xfffd : value);
    return length;
}

void sink_escaped(struct sink *sink, const void *text, size_t size)
{
    const unsigned char *at = text, *end = at + size;

    while (at < end) {
        if (*at < 0x80) {
            put_ascii(sink, *at++);
        } else {
            at += put_other(sink, at, (size_t)(end - at));
        }
    }
}

void sink_string(struct sink *sink, const void *text, size_t size)
{
    sink_byte(sink, '"');
    sink_escaped(sink, text, size);
    sink_byte(sink, '"');
}
