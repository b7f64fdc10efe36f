/*
 * String of ES2015 to ES2024 where the engine has none. Part of unity.c; named in added.c. Inside the
 * engine a string is CESU-8: each UTF-16 unit a sequence of its own; positions count units.
 */
#include "runtime/engine/parts.h"

#define STRING "String.prototype"

/* Pushes ToString(this). */
static void push_this_string(duk_context *ctx)
{
    push_this_coercible(ctx, STRING);
    duk_to_string(ctx, -1);
}

/* String.prototype.at(position) */
static duk_ret_t string_at(duk_context *ctx)
{
    push_this_string(ctx);
    double length = (double)duk_get_length(ctx, 1);
    double at = to_integer(ctx, 0);
    at = at < 0 ? at + length : at;
    if (at < 0 || at >= length) {
        return 0;
    }
    duk_substring(ctx, 1, (duk_size_t)at, (duk_size_t)at + 1);
    return 1;
}

/* Pushes `units` UTF-16 units of the string at `filler` over and over. */
static void push_repeated(duk_context *ctx, duk_idx_t filler, size_t units)
{
    duk_size_t size, rest_size, length = duk_get_length(ctx, filler);
    size_t times = units / length;
    const char *text = duk_get_lstring(ctx, filler, &size);
    duk_dup(ctx, filler);
    duk_substring(ctx, -1, 0, units % length);
    const char *rest = duk_get_lstring(ctx, -1, &rest_size);
    char *all = duk_push_fixed_buffer(ctx, times * size + rest_size);
    for (size_t i = 0; i < times; i++) {
        memcpy(all + i * size, text, size);
    }
    memcpy(all + times * size, rest, rest_size);
    duk_push_lstring(ctx, all, times * size + rest_size);
    duk_replace(ctx, -3);
    duk_pop(ctx);
}

/* padStart and, by magic, padEnd (length, filler) */
static duk_ret_t string_pad(duk_context *ctx)
{
    bool is_end = duk_get_current_magic(ctx) != 0;
    push_this_string(ctx);
    double wanted = to_length(ctx, 0);
    double missing = wanted - (double)duk_get_length(ctx, 2);
    if (missing <= 0) {
        return 1;
    }
    if (duk_is_undefined(ctx, 1)) {
        duk_push_literal(ctx, " ");
        duk_replace(ctx, 1);
    }
    duk_to_string(ctx, 1);
    if (duk_get_length(ctx, 1) == 0) {
        return 1;
    }
    if (wanted > (1 << 29)) {
        return duk_error(ctx, DUK_ERR_RANGE_ERROR, "Invalid string length");
    }
    push_repeated(ctx, 1, (size_t)missing);
    if (!is_end) {
        duk_swap_top(ctx, -2);
    }
    duk_concat(ctx, 2);
    return 1;
}

/* trimStart and, by magic, trimEnd */
static duk_ret_t string_trim(duk_context *ctx)
{
    bool is_end = duk_get_current_magic(ctx) != 0;
    push_this_string(ctx);
    duk_size_t from = 0, to = duk_get_length(ctx, 0);
    while (is_end && to > 0 && duk_unicode_is_whitespace(duk_char_code_at(ctx, 0, to - 1))) {
        to--;
    }
    while (!is_end && from < to && duk_unicode_is_whitespace(duk_char_code_at(ctx, 0, from))) {
        from++;
    }
    duk_substring(ctx, 0, from, to);
    return 1;
}

/* A unit of the string at `at` that is half of a pair: 1 the first half, 2 the second, 0 neither. */
static int half_of_pair(const unsigned char *at, const unsigned char *end)
{
    return end - at < 3 || at[0] != 0xed || at[1] < 0xa0 ? 0 : at[1] < 0xb0 ? 1 : 2;
}

static bool engine_is_lone(const unsigned char *start, const unsigned char *at,
                           const unsigned char *end)
{
    int half = half_of_pair(at, end);
    return half == 1   ? half_of_pair(at + 3, end) != 2
           : half == 2 ? at - start < 3 || half_of_pair(at - 3, end) != 1
                       : false;
}

/* The next half without its partner at or behind `at`; `end` when there is none. */
static const unsigned char *lone_half(const unsigned char *at, const unsigned char *end)
{
    while (at < end) {
        int half = half_of_pair(at, end);
        if (half == 1 && half_of_pair(at + 3, end) == 2) {
            at += 6;
        } else if (half != 0) {
            return at;
        } else {
            at++;
        }
    }
    return end;
}

/* String.prototype.isWellFormed() */
static duk_ret_t string_is_well_formed(duk_context *ctx)
{
    duk_size_t size;
    push_this_string(ctx);
    const unsigned char *text = (const unsigned char *)duk_get_lstring(ctx, 0, &size);
    duk_push_boolean(ctx, lone_half(text, text + size) == text + size);
    return 1;
}

/* String.prototype.toWellFormed() */
static duk_ret_t string_to_well_formed(duk_context *ctx)
{
    duk_size_t size;
    push_this_string(ctx);
    const unsigned char *text = (const unsigned char *)duk_get_lstring(ctx, 0, &size);
    const unsigned char *at = lone_half(text, text + size);
    if (at == text + size) {
        return 1;
    }
    unsigned char *copy = duk_push_fixed_buffer(ctx, size);
    memcpy(copy, text, size);
    while (at < text + size) {
        memcpy(copy + (at - text), "\xef\xbf\xbd", 3);
        at = lone_half(at + 3, text + size);
    }
    duk_push_lstring(ctx, (const char *)copy, size);
    return 1;
}

/* String.raw(strings, ...values) */
static duk_ret_t string_raw(duk_context *ctx)
{
    duk_idx_t given = duk_get_top(ctx);
    duk_require_stack(ctx, 4);
    if (given == 0) {
        duk_push_undefined(ctx);
        given = 1;
    }
    coerce_object(ctx);
    duk_get_prop_literal(ctx, 0, "raw");
    duk_to_object(ctx, given);
    double length = length_of(ctx, given);
    duk_push_literal(ctx, "");
    for (double at = 0; at < length; at++) {
        ENGINE_CHECK_STOP(ctx);
        get_at(ctx, given, at);
        duk_to_string(ctx, -1);
        duk_concat(ctx, 2);
        if (at + 1 < length && at + 1 < given) {
            duk_dup(ctx, 1 + (duk_idx_t)at);
            duk_to_string(ctx, -1);
            duk_concat(ctx, 2);
        }
    }
    return 1;
}

enum { NOT_ASCII = 0x80, COMBINING = 0x300 };

/* String.prototype.normalize(form). Forms are not converted: text that has only one is returned as it
 * is, other text is refused by name rather than returned wrong. */
static duk_ret_t string_normalize(duk_context *ctx)
{
    push_this_string(ctx);
    const char *form = duk_is_undefined(ctx, 0) ? "NFC" : duk_to_string(ctx, 0);
    bool is_composed = strcmp(form, "NFC") == 0;
    if (!is_composed && strcmp(form, "NFD") != 0 && strcmp(form, "NFKC") != 0 &&
        strcmp(form, "NFKD") != 0) {
        return duk_error(ctx, DUK_ERR_RANGE_ERROR,
                         "The normalization form should be one of NFC, NFD, NFKC, NFKD.");
    }
    duk_size_t length = duk_get_length(ctx, 1);
    duk_codepoint_t limit = is_composed ? COMBINING : NOT_ASCII;
    for (duk_size_t i = 0; i < length; i++) {
        if (duk_char_code_at(ctx, 1, i) >= limit) {
            return duk_error(ctx, DUK_ERR_RANGE_ERROR,
                             "String.prototype.normalize: %s of this text is not supported", form);
        }
    }
    return 1;
}
