/*
 * The encodings of Buffer: text as the engine holds it (text.h) to bytes and back. Pure C, any
 * thread; results are appended to a `struct bytes`, whose is_failed says that memory ran out.
 */
#ifndef RUNTIME_BIND_ENCODE_H
#define RUNTIME_BIND_ENCODE_H

#include "base/bytes.h"

#include <stddef.h>

/* In the order buffer.js knows them. */
enum encode_kind {
    ENCODE_UTF8,
    ENCODE_UTF16LE,
    ENCODE_LATIN1,
    ENCODE_ASCII,
    ENCODE_HEX,
    ENCODE_BASE64,
    ENCODE_BASE64URL,
    ENCODE_COUNT
};

/* Appends the bytes that `text` (inside form, `size` bytes of it) stands for. As Node: what is not
 * of the encoding's alphabet is skipped in base64 and ends hex. */
void encode_to_bytes(struct bytes *bytes, enum encode_kind kind, const char *text, size_t size);

/* Appends the inside form of `data`; for every kind but ENCODE_UTF8, which is text_push(). */
void encode_to_text(struct bytes *text, enum encode_kind kind, const unsigned char *data,
                    size_t size);

#endif
