/*
 * JSON written to a file descriptor through one block of memory: what it costs does not depend on
 * what is written. A failure is sticky, and told at the end. One thread at a time.
 */
#ifndef RUNTIME_SINK_H
#define RUNTIME_SINK_H

#include <stddef.h>
#include <stdint.h>

#define SINK_BYTES ((size_t)32 << 10)

struct sink {
    int fd;    /* borrowed */
    int error; /* 0, or a negative errno: nothing more is written */
    size_t size;
    uint64_t written; /* bytes the descriptor took */
    char data[SINK_BYTES];
};

void sink_init(struct sink *sink, int fd);
void sink_text(struct sink *sink, const char *text);
void sink_uint(struct sink *sink, uint64_t value);
/* A JSON string of `size` bytes of the engine's text: CESU-8, which need not be valid. */
void sink_string(struct sink *sink, const void *text, size_t size);
void sink_flush(struct sink *sink);
/* What stands between its quotes. */
void sink_escaped(struct sink *sink, const void *text, size_t size);
/* Writes what is left; 0 or a negative errno. */
int sink_finish(struct sink *sink);

static inline void sink_byte(struct sink *sink, char byte)
{
    if (__builtin_expect(sink->size == SINK_BYTES, 0)) {
        sink_flush(sink);
    }
    sink->data[sink->size++] = byte;
}

#endif
