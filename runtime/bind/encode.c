/*
 * Bytes and text (encode.h). Inside, every UTF-16 unit is one to three bytes of its own (surrogates
 * are not joined), so a unit is decoded without looking at its neighbours. Owns nothing.
 */
#include "runtime/bind/encode.h"

#include "runtime/bind/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define NOT_A_DIGIT 0xff

/* ---- text to bytes ------------------------------------------------------------------------------
 */

/* The UTF-16 unit at *place, moving it on. Inside text is always whole. */
static unsigned next_unit(const unsigned char **place, const unsigned char *end)
{
    const unsigned char *at = *place;
    unsigned first = at[0];
    size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : 3;
    if ((size_t)(end - at) < length) {
        *place = end;
        return 0xfffd;
    }
    *place = at + length;
    return length == 1   ? first
           : length == 2 ? (first & 0x1fu) << 6 | (at[1] & 0x3fu)
                         : (first & 0xfu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
}

static void append_units(struct bytes *bytes, const unsigned char *at, const unsigned char *end,
                         unsigned unit_bytes)
{
    if (!bytes_reserve(bytes, (size_t)(end - at) * unit_bytes)) {
        return;
    }
    while (at < end) {
        unsigned unit = next_unit(&at, end);
        bytes->data[bytes->size++] = (unsigned char)unit;
        if (unit_bytes == 2) {
            bytes->data[bytes->size++] = (unsigned char)(unit >> 8);
        }
    }
}

static unsigned hex_digit(unsigned unit)
{
    return unit >= '0' && unit <= '9'   ? unit - '0'
           : unit >= 'a' && unit <= 'f' ? unit - 'a' + 10
           : unit >= 'A' && unit <= 'F' ? unit - 'A' + 10
                                        : NOT_A_DIGIT;
}

static void append_hex(struct bytes *bytes, const unsigned char *at, const unsigned char *end)
{
    if (!bytes_reserve(bytes, (size_t)(end - at) / 2 + 1)) {
        return;
    }
    for (; end - at >= 2; at += 2) {
        unsigned high = hex_digit(at[0]), low = hex_digit(at[1]);
        if (high == NOT_A_DIGIT || low == NOT_A_DIGIT) {
            return;
        }
        bytes->data[bytes->size++] = (unsigned char)(high << 4 | low);
    }
}

static unsigned base64_digit(unsigned char byte)
{
    return byte >= 'A' && byte <= 'Z'   ? (unsigned)byte - 'A'
           : byte >= 'a' && byte <= 'z' ? byte - 'a' + 26u
           : byte >= '0' && byte <= '9' ? byte - '0' + 52u
           : byte == '+' || byte == '-' ? 62
           : byte == '/' || byte == '_' ? 63
                                        : NOT_A_DIGIT;
}

static void append_base64(struct bytes *bytes, const unsigned char *at, const unsigned char *end)
{
    uint32_t bits = 0;
    unsigned count = 0;
    if (!bytes_reserve(bytes, (size_t)(end - at) / 4 * 3 + 3)) {
        return;
    }
    for (; at < end && *at != '='; at++) {
        unsigned digit = base64_digit(*at);
        if (digit == NOT_A_DIGIT) {
            continue;
        }
        bits = bits << 6 | digit;
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes->data[bytes->size++] = (unsigned char)(bits >> count);
        }
    }
}

void encode_to_bytes(struct bytes *bytes, enum encode_kind kind, const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text;
    switch (kind) {
    case ENCODE_UTF8:
        text_append(bytes, text, size);
        break;
    case ENCODE_UTF16LE:
        append_units(bytes, at, at + size, 2);
        break;
    case ENCODE_LATIN1:
    case ENCODE_ASCII:
        append_units(bytes, at, at + size, 1);
        break;
    case ENCODE_HEX:
        append_hex(bytes, at, at + size);
        break;
    case ENCODE_BASE64:
    case ENCODE_BASE64URL:
        append_base64(bytes, at, at + size);
        break;
    case ENCODE_COUNT:
        break;
    }
}

/* ---- bytes to text ------------------------------------------------------------------------------
 */

static void put_unit(struct bytes *text, unsigned unit)
{
    unsigned char *at = text->data + text->size;
    if (unit < 0x80) {
        at[0] = (unsigned char)unit;
        text->size += 1;
    } else if (unit < 0x800) {
        at[0] = (unsigned char)(0xc0 | unit >> 6);
        at[1] = (unsigned char)(0x80 | (unit & 0x3f));
        text->size += 2;
    } else {
        at[0] = (unsigned char)(0xe0 | unit >> 12);
        at[1] = (unsigned char)(0x80 | (unit >> 6 & 0x3f));
        at[2] = (unsigned char)(0x80 | (unit & 0x3f));
        text->size += 3;
    }
}

static void put_utf16(struct bytes *text, const unsigned char *data, size_t size)
{
    if (bytes_reserve(text, size / 2 * 3 + 3)) {
        for (size_t i = 0; i + 1 < size; i += 2) {
            put_unit(text, data[i] | (unsigned)data[i + 1] << 8);
        }
    }
}

static void put_bytes(struct bytes *text, const unsigned char *data, size_t size, unsigned mask)
{
    if (bytes_reserve(text, size * 2)) {
        for (size_t i = 0; i < size; i++) {
            put_unit(text, data[i] & mask);
        }
    }
}

static void put_hex(struct bytes *text, const unsigned char *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    if (bytes_reserve(text, size * 2)) {
        for (size_t i = 0; i < size; i++) {
            text->data[text->size++] = (unsigned char)digits[data[i] >> 4];
            text->data[text->size++] = (unsigned char)digits[data[i] & 0xf];
        }
    }
}

static void put_base64(struct bytes *text, const unsigned char *data, size_t size, bool is_url)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *digits = is_url ? url : plain;
    if (!bytes_reserve(text, size / 3 * 4 + 4)) {
        return;
    }
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t bits = (uint32_t)data[i] << 16;
        bits |= left > 1 ? (uint32_t)data[i + 1] << 8 : 0;
        bits |= left > 2 ? data[i + 2] : 0;
        unsigned count = left > 2 ? 4 : (unsigned)left + 1;
        for (unsigned k = 0; k < 4 && (k < count || !is_url); k++) {
            char digit = digits[bits >> (18 - 6 * k) & 0x3f];
            text->data[text->size++] = (unsigned char)(k < count ? digit : '=');
        }
    }
}

void encode_to_text(struct bytes *text, enum encode_kind kind, const unsigned char *data,
                    size_t size)
{
    switch (kind) {
    case ENCODE_UTF16LE:
        put_utf16(text, data, size);
        break;
    case ENCODE_LATIN1:
        put_bytes(text, data, size, 0xff);
        break;
    case ENCODE_ASCII:
        put_bytes(text, data, size, 0x7f);
        break;
    case ENCODE_HEX:
        put_hex(text, data, size);
        break;
    case ENCODE_BASE64:
    case ENCODE_BASE64URL:
        put_base64(text, data, size, kind == ENCODE_BASE64URL);
        break;
    case ENCODE_UTF8:
    case ENCODE_COUNT:
        break;
    }
}
