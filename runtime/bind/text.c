/*
 * Both directions of text.h. Text without a byte above 0x7f, nearly all there is, is passed on as
 * it stands.
 */
#include "runtime/bind/text.h"

#include <stdbool.h>
#include <string.h>

#define REPLACEMENT 0xfffdu

static bool is_ascii(const unsigned char *data, size_t size)
{
    unsigned char all = 0;
    for (size_t i = 0; i < size; i++) {
        all |= data[i];
    }
    return all < 0x80;
}

/* May `byte` be the second one of a character that starts with `lead`? Not when that would be
 * overlong, a surrogate outside, or beyond U+10FFFF. */
static bool is_second(unsigned lead, unsigned byte, bool is_inside)
{
    unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned high = lead == 0xed && !is_inside ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    return byte >= low && byte <= high;
}

/* The code point at *place, moving it on. Surrogates are returned as they are when `is_inside`; the
 * longest start of a character that is not whole reads as one REPLACEMENT. */
static uint32_t decode(const unsigned char **place, const unsigned char *end, bool is_inside)
{
    const unsigned char *at = *place;
    uint32_t lead = *at++, code = lead;
    unsigned more = code < 0x80 ? 0 : code >= 0xf0 ? 3 : code >= 0xe0 ? 2 : 1;
    *place = at;
    if (more == 0) {
        return code;
    }
    if (code < 0xc2 || code > 0xf4) {
        return REPLACEMENT;
    }
    code &= 0x3fu >> more;
    for (unsigned i = 0; i < more; i++) {
        if (at == end || (*at & 0xc0) != 0x80 || (i == 0 && !is_second(lead, *at, is_inside))) {
            *place = at;
            return REPLACEMENT;
        }
        code = code << 6 | (*at++ & 0x3f);
    }
    *place = at;
    return code;
}

static size_t encode(unsigned char *at, uint32_t code)
{
    if (code < 0x80) {
        at[0] = (unsigned char)code;
        return 1;
    }
    if (code < 0x800) {
        at[0] = (unsigned char)(0xc0 | code >> 6);
        at[1] = (unsigned char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        at[0] = (unsigned char)(0xe0 | code >> 12);
        at[1] = (unsigned char)(0x80 | (code >> 6 & 0x3f));
        at[2] = (unsigned char)(0x80 | (code & 0x3f));
        return 3;
    }
    at[0] = (unsigned char)(0xf0 | code >> 18);
    at[1] = (unsigned char)(0x80 | (code >> 12 & 0x3f));
    at[2] = (unsigned char)(0x80 | (code >> 6 & 0x3f));
    at[3] = (unsigned char)(0x80 | (code & 0x3f));
    return 4;
}

static size_t encode_inside(unsigned char *at, uint32_t code)
{
    if (code < 0x10000) {
        return encode(at, code);
    }
    code -= 0x10000;
    size_t size = encode(at, 0xd800 + (code >> 10));
    return size + encode(at + size, 0xdc00 + (code & 0x3ff));
}

void text_push(duk_context *ctx, const void *data, size_t size)
{
    if (is_ascii(data, size)) {
        duk_push_lstring(ctx, data, size);
        return;
    }
    const unsigned char *at = data;
    const unsigned char *end = at + size;
    unsigned char *inside = duk_push_dynamic_buffer(ctx, size * 3);
    size_t used = 0;
    while (at < end) {
        used += encode_inside(inside + used, decode(&at, end, false));
    }
    duk_push_lstring(ctx, (const char *)inside, used);
    duk_remove(ctx, -2);
}

void text_push_string(duk_context *ctx, const char *text)
{
    text_push(ctx, text, strlen(text));
}

void text_append(struct bytes *bytes, const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + size;
    if (is_ascii(at, size)) {
        bytes_append(bytes, text, size);
        return;
    }
    while (at < end) {
        unsigned char outside[4];
        uint32_t code = decode(&at, end, true);
        if (code >= 0xd800 && code <= 0xdbff && at < end) {
            const unsigned char *next = at;
            uint32_t low = decode(&next, end, true);
            if (low >= 0xdc00 && low <= 0xdfff) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                at = next;
            }
        }
        if (code >= 0xd800 && code <= 0xdfff) {
            code = REPLACEMENT;
        }
        bytes_append(bytes, outside, encode(outside, code));
    }
}
