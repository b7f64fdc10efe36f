/*
 * What is wrong with a JSON text, in the words of JSON.parse. The engine's parser only finds that
 * something is; the text is then read a second time, by this file, up to the first thing that no JSON
 * has. Part of unity.c; called by the patched parser.
 */
#include "runtime/engine/parts.h"

#define JSON_CONTEXT  10 /* characters shown to either side */
#define JSON_DEPTH    1100 /* more than the engine's parser takes */

struct json_reader {
    duk_hthread *thr;
    const unsigned char *start, *at, *end; /* CESU-8 */
    bool is_object[JSON_DEPTH];
    int depth;
};

/* The UTF-16 units before `to`. */
static long json_units(const struct json_reader *r, const unsigned char *to)
{
    long units = 0;
    for (const unsigned char *p = r->start; p < to; p++) {
        units += (*p & 0xc0) != 0x80;
    }
    return units;
}

/* Where the unit numbered `units` begins. */
static const unsigned char *json_unit(const struct json_reader *r, long units)
{
    const unsigned char *p = r->start;
    while (p < r->end && units > 0) {
        for (p++; p < r->end && (*p & 0xc0) == 0x80; p++) {
        }
        units--;
    }
    return p;
}

/* Throws the message on the top, with the place for the loader (module.c, position). */
static void json_throw(const struct json_reader *r)
{
    duk_push_error_object(r->thr, DUK_ERR_SYNTAX_ERROR, "%s", duk_get_string(r->thr, -1));
    duk_push_number(r->thr, (double)json_units(r, r->at));
    duk_put_prop_literal(r->thr, -2, DUK_HIDDEN_SYMBOL("position"));
    (void)duk_throw(r->thr);
}

static void json_fail(const struct json_reader *r, const char *what)
{
    duk_push_sprintf(r->thr, "%s in JSON at position %ld", what, json_units(r, r->at));
    json_throw(r);
}

/* ---- tokens that can't be here ------------------------------------------------------------------
 */

/* Texts that come from values which are no texts. */
static bool json_is_value(const struct json_reader *r)
{
    static const char *const texts[] = {"undefined", "NaN", "Infinity", "[object Object]"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size_t size = strlen(texts[i]);
        if ((size_t)(r->end - r->start) == size && memcmp(r->start, texts[i], size) == 0) {
            return true;
        }
    }
    return false;
}

static void json_fail_with_context(const struct json_reader *r)
{
    long at = json_units(r, r->at), length = json_units(r, r->end);
    bool is_long = length > 2 * JSON_CONTEXT;
    bool is_cut = is_long && at >= JSON_CONTEXT, is_open = is_long && at < length - JSON_CONTEXT;
    const unsigned char *from = is_cut ? json_unit(r, at - JSON_CONTEXT) : r->start;
    const unsigned char *to = is_open ? json_unit(r, at + JSON_CONTEXT) : r->end;
    duk_push_lstring(r->thr, (const char *)r->at, (duk_size_t)(json_unit(r, at + 1) - r->at));
    duk_push_lstring(r->thr, (const char *)from, (duk_size_t)(to - from));
    duk_push_sprintf(r->thr, "Unexpected token '%s', %s\"%s\"%s is not valid JSON",
                     duk_get_string(r->thr, -2), is_cut ? "..." : "", duk_get_string(r->thr, -1),
                     is_open ? "..." : "");
    json_throw(r);
}

static void json_unexpected(const struct json_reader *r)
{
    if (r->at == r->end) {
        duk_push_literal(r->thr, "Unexpected end of JSON input");
        json_throw(r);
    }
    if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9')) {
        json_fail(r, "Unexpected number");
    }
    if (*r->at == '"') {
        json_fail(r, "Unexpected string");
    }
    if (json_is_value(r)) {
        duk_push_lstring(r->thr, (const char *)r->start, (duk_size_t)(r->end - r->start));
        duk_push_sprintf(r->thr, "\"%s\" is not valid JSON", duk_get_string(r->thr, -1));
        json_throw(r);
    }
    json_fail_with_context(r);
}

/* ---- reading ------------------------------------------------------------------------------------
 */

static int json_peek(struct json_reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) {
        r->at++;
    }
    return r->at < r->end ? *r->at : -1;
}

static bool json_is_hex(const struct json_reader *r, int index)
{
    return r->end - r->at > index && isxdigit(r->at[index]);
}

/* Behind a backslash. */
static void json_read_escape(struct json_reader *r)
{
    if (r->at == r->end) {
        json_unexpected(r);
    }
    if (*r->at != 'u') {
        if (!strchr("\"\\/bfnrt", *r->at)) {
            json_fail(r, "Bad escaped character");
        }
        r->at++;
        return;
    }
    r->at++;
    for (int i = 0; i < 4; i++, r->at++) {
        if (!json_is_hex(r, 0)) {
            json_fail(r, "Bad Unicode escape");
        }
    }
}

static void json_read_string(struct json_reader *r)
{
    for (r->at++; r->at < r->end && *r->at != '"';) {
        if (*r->at < 0x20) {
            json_fail(r, "Bad control character in string literal");
        }
        if (*r->at++ == '\\') {
            json_read_escape(r);
        }
    }
    if (r->at == r->end) {
        json_fail(r, "Unterminated string");
    }
    r->at++;
}

/* Digits, at least one, or `missing` is said. */
static void json_read_digits(struct json_reader *r, const char *missing)
{
    if (r->at == r->end || !isdigit(*r->at)) {
        json_fail(r, missing);
    }
    while (r->at < r->end && isdigit(*r->at)) {
        r->at++;
    }
}

static void json_read_number(struct json_reader *r)
{
    r->at += *r->at == '-';
    bool is_zero = r->at < r->end && *r->at == '0';
    if (is_zero) {
        r->at++;
        if (r->at < r->end && isdigit(*r->at)) {
            json_fail(r, "Unexpected number");
        }
    } else {
        json_read_digits(r, "No number after minus sign");
    }
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        json_read_digits(r, "Unterminated fractional number");
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        r->at += r->at < r->end && (*r->at == '+' || *r->at == '-');
        json_read_digits(r, "Exponent part is missing a number");
    }
}

static void json_read_word(struct json_reader *r, const char *word)
{
    for (; *word; word++, r->at++) {
        if (r->at == r->end || *r->at != (unsigned char)*word) {
            json_unexpected(r);
        }
    }
}

/* ---- structure ----------------------------------------------------------------------------------
 */

/* A key and its colon. */
static void json_read_key(struct json_reader *r, const char *missing)
{
    if (json_peek(r) != '"') {
        json_fail(r, missing);
    }
    json_read_string(r);
    if (json_peek(r) != ':') {
        json_fail(r, "Expected ':' after property name");
    }
    r->at++;
}

/* Opens an object or array; true when a value must follow. */
static bool json_open(struct json_reader *r, bool is_object)
{
    r->at++;
    if (json_peek(r) == (is_object ? '}' : ']')) {
        r->at++;
        return false;
    }
    if (r->depth == JSON_DEPTH) {
        json_unexpected(r);
    }
    r->is_object[r->depth++] = is_object;
    if (is_object) {
        json_read_key(r, "Expected property name or '}'");
    }
    return true;
}

/* A value, or the opening of one; true when it is whole. */
static bool json_read_value(struct json_reader *r)
{
    int next = json_peek(r);
    switch (next) {
    case '{':
    case '[': return !json_open(r, next == '{');
    case '"': json_read_string(r); return true;
    case 't': json_read_word(r, "true"); return true;
    case 'f': json_read_word(r, "false"); return true;
    case 'n': json_read_word(r, "null"); return true;
    }
    if (next != '-' && (next < '0' || next > '9')) {
        json_unexpected(r);
    }
    json_read_number(r);
    return true;
}

/* Behind a value: closes what ends, up to where the next value begins; false at the end of all. */
static bool json_go_on(struct json_reader *r)
{
    while (r->depth > 0) {
        bool is_object = r->is_object[r->depth - 1];
        int next = json_peek(r);
        if (next == ',') {
            r->at++;
            if (is_object) {
                json_read_key(r, "Expected double-quoted property name");
            }
            return true;
        }
        if (next != (is_object ? '}' : ']')) {
            json_fail(r, is_object ? "Expected ',' or '}' after property value"
                                   : "Expected ',' or ']' after array element");
        }
        r->at++;
        r->depth--;
    }
    return false;
}

/* Throws what is wrong with the text. */
static void engine_throw_json(duk_hthread *thr, const unsigned char *text, size_t size)
{
    struct json_reader *r = duk_push_fixed_buffer(thr, sizeof(*r));
    r->thr = thr;
    r->start = r->at = text;
    r->end = text + size;
    do {
        while (!json_read_value(r)) {
        }
    } while (json_go_on(r));
    if (json_peek(r) >= 0) {
        duk_push_sprintf(thr, "Unexpected non-whitespace character after JSON at position %ld",
                         json_units(r, r->at));
    } else {
        duk_push_literal(thr, "Unexpected end of JSON input");
    }
    json_throw(r);
}
