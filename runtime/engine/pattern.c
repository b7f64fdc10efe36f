/*
 * What the engine's regular expression compiler can't read is written in what it can, before it reads:
 * named groups become numbered ones, and with the u flag what stands beyond 16 bits becomes pairs of
 * UTF-16 units, what is any code point or one with a property becomes an escape of ours (unicode.c). Part
 * of unity.c; called by the patched compiler. The text of a pattern is CESU-8.
 */
#include "runtime/engine/parts.h"

#define ANY_PAIR "[\\ud800-\\udbff][\\udc00-\\udfff]"

struct pattern {
    duk_hthread *thr;
    const unsigned char *at, *end;
    duk_bufwriter_ctx out;
    duk_idx_t names; /* stack index of the array: the name of each group, or undefined */
    bool is_unicode, is_dot_all;
};

static void refuse_pattern(duk_hthread *thr, const char *what)
{
    (void)duk_error(thr, DUK_ERR_SYNTAX_ERROR, "Invalid regular expression: %s", what);
}

static bool starts(const struct pattern *p, const char *text)
{
    size_t size = strlen(text);
    return (size_t)(p->end - p->at) >= size && memcmp(p->at, text, size) == 0;
}

/* ---- names
 * ----------------------------------------------------------------------------------------------------- */

/* Behind "(?<": the name, moved over with its '>'. Pushes it. */
static void push_name(struct pattern *p)
{
    const unsigned char *from = p->at;
    while (p->at < p->end && *p->at != '>') {
        p->at++;
    }
    if (p->at == p->end || p->at == from || (*from >= '0' && *from <= '9')) {
        refuse_pattern(p->thr, "Invalid capture group name");
    }
    duk_push_lstring(p->thr, (const char *)from, (size_t)(p->at - from));
    p->at++;
}

/* Moves over a class, from its '[' on. */
static void skip_class(struct pattern *p)
{
    while (p->at < p->end && *p->at != ']') {
        p->at += *p->at == '\\' && p->end - p->at > 1 ? 2 : 1;
    }
    p->at += p->at < p->end;
}

static int find_name(duk_hthread *thr, duk_idx_t names)
{
    duk_size_t count = duk_get_length(thr, names);
    for (duk_size_t i = 0; i < count; i++) {
        duk_get_prop_index(thr, names, (duk_uarridx_t)i);
        bool is_it = duk_strict_equals(thr, -1, -2);
        duk_pop(thr);
        if (is_it) {
            return (int)i + 1;
        }
    }
    return 0;
}

/* Notes the group that begins at "(": its name, or undefined. */
static void note_group(struct pattern *p, double *groups)
{
    p->at++;
    if (starts(p, "?<=") || starts(p, "?<!")) {
        return;
    }
    if (starts(p, "?<")) {
        p->at += 2;
        push_name(p);
        if (find_name(p->thr, p->names) > 0) {
            refuse_pattern(p->thr, "Duplicate capture group name");
        }
    } else if (p->at < p->end && *p->at == '?') {
        return;
    } else {
        duk_push_undefined(p->thr);
    }
    put_fresh(p->thr, p->names, (*groups)++);
}

/* Pushes the array of the names of the pattern's groups. */
static void push_names(struct pattern *p)
{
    const unsigned char *start = p->at;
    double groups = 0;
    duk_push_array(p->thr);
    p->names = duk_get_top_index(p->thr);
    while (p->at < p->end) {
        if (*p->at == '\\') {
            p->at += p->end - p->at > 1 ? 2 : 1;
        } else if (*p->at == '[') {
            skip_class(p);
        } else if (*p->at == '(') {
            note_group(p, &groups);
        } else {
            p->at++;
        }
    }
    p->at = start;
}

static bool has_names(const unsigned char *text, size_t size)
{
    const unsigned char *end = text + size;
    for (;;) {
        text = memmem(text, (size_t)(end - text), "(?<", 3);
        if (!text || (end - text > 3 && text[3] != '=' && text[3] != '!')) {
            return text != NULL;
        }
        text += 3;
    }
}

/* ---- writing
 * --------------------------------------------------------------------------------------------------- */

static void put_bytes(struct pattern *p, const void *bytes, size_t size)
{
    DUK_BW_WRITE_ENSURE_BYTES(p->thr, &p->out, bytes, size);
}

static void put_text(struct pattern *p, const char *text)
{
    put_bytes(p, text, strlen(text));
}

static void put_unit(struct pattern *p, unsigned unit)
{
    char text[8];
    snprintf(text, sizeof(text), "\\u%04x", unit & 0xffffu);
    put_text(p, text);
}

static unsigned high_of(unsigned code)
{
    return 0xd800 + ((code - 0x10000) >> 10);
}

static unsigned low_of(unsigned code)
{
    return 0xdc00 + ((code - 0x10000) & 0x3ff);
}

/* A code point as an atom. */
static void put_code(struct pattern *p, unsigned code)
{
    if (code < 0x10000) {
        put_unit(p, code);
        return;
    }
    put_text(p, "(?:");
    put_unit(p, high_of(code));
    put_unit(p, low_of(code));
    put_text(p, ")");
}

static void put_range(struct pattern *p, unsigned from, unsigned to)
{
    put_unit(p, from);
    put_text(p, "-");
    put_unit(p, to);
}

static void put_pairs(struct pattern *p, unsigned high, unsigned high_to, unsigned low,
                      unsigned low_to)
{
    put_text(p, "|[");
    put_range(p, high, high_to);
    put_text(p, "][");
    put_range(p, low, low_to);
    put_text(p, "]");
}

/* The pairs from one code point beyond 16 bits to another, as alternatives each with a '|' before. */
static void put_pair_range(struct pattern *p, unsigned from, unsigned to)
{
    unsigned high = high_of(from), high_to = high_of(to);
    if (high == high_to) {
        put_pairs(p, high, high, low_of(from), low_of(to));
        return;
    }
    put_pairs(p, high, high, low_of(from), 0xdfff);
    if (high + 1 < high_to) {
        put_pairs(p, high + 1, high_to - 1, 0xdc00, 0xdfff);
    }
    put_pairs(p, high_to, high_to, 0xdc00, low_of(to));
}

/* ---- the u flag
 * ---------------------------------------------------------------------------------------------------- */

/* Reads one UTF-16 unit of the text. */
static unsigned take_unit(struct pattern *p)
{
    unsigned byte = *p->at++;
    unsigned more = byte < 0x80 ? 0 : byte >= 0xe0 ? 2 : 1;
    unsigned unit = more == 0 ? byte : byte & (0x3fu >> more);
    for (; more > 0 && p->at < p->end; more--) {
        unit = unit << 6 | (*p->at++ & 0x3fu);
    }
    return unit;
}

static unsigned take_hex(struct pattern *p, int digits, char stop)
{
    unsigned value = 0;
    int count = 0;
    for (; p->at < p->end && isxdigit(*p->at) && count < digits; count++) {
        value = value << 4 | (unsigned)duk_hex_dectab[*p->at++];
    }
    if (count == 0 || (stop && (p->at == p->end || *p->at++ != stop)) || (!stop && count < digits) ||
        value > 0x10ffff) {
        refuse_pattern(p->thr, "Invalid Unicode escape");
    }
    return value;
}

/* Behind "\u". */
static unsigned take_unicode_escape(struct pattern *p)
{
    if (starts(p, "{")) {
        p->at++;
        return take_hex(p, 8, '}');
    }
    unsigned unit = take_hex(p, 4, 0);
    if (unit >= 0xd800 && unit < 0xdc00 && starts(p, "\\u") && p->end - p->at >= 6) {
        const unsigned char *back = p->at;
        p->at += 2;
        unsigned low = *p->at == '{' ? 0 : take_hex(p, 4, 0);
        if (low >= 0xdc00 && low < 0xe000) {
            return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        }
        p->at = back;
    }
    return unit;
}

/* One character as it stands. */
static unsigned take_plain(struct pattern *p)
{
    unsigned unit = take_unit(p);
    if (unit >= 0xd800 && unit < 0xdc00 && half_of_pair(p->at, p->end) == 2) {
        return 0x10000 + ((unit - 0xd800) << 10) + (take_unit(p) - 0xdc00);
    }
    return unit;
}

#define CLASS_ESCAPE   0x110000u /* not a code point: \d and its kind */
#define CLASS_PROPERTY 0x200000u /* a property, as its instruction has it */

/* Behind "\p" or "\P": the property, as its instruction has it. */
static unsigned take_property(struct pattern *p, unsigned char letter)
{
    const unsigned char *from = p->at + 1;
    const unsigned char *end = p->at < p->end && *p->at == '{' ? memchr(p->at, '}', (size_t)(p->end - p->at)) : NULL;
    int set = end ? property_of((const char *)from, (size_t)(end - from)) : -1;
    if (set < 0) {
        refuse_pattern(p->thr, "Invalid property name");
    }
    p->at = end + 1;
    return (unsigned)set << 1 | (letter == 'P');
}

static void put_property(struct pattern *p, unsigned property)
{
    char text[16];
    snprintf(text, sizeof(text), "\\\x01%03x%u", property >> 1, property & 1);
    put_text(p, text);
}

/* Behind the backslash of a class member. */
static unsigned take_class_escape(struct pattern *p)
{
    static const char letters[] = "bfnrtv0", codes[] = "\b\f\n\r\t\v\0";
    if (p->at == p->end) {
        refuse_pattern(p->thr, "\\ at end of pattern");
    }
    unsigned char letter = *p->at++;
    const char *found = memchr(letters, letter, sizeof(letters) - 1);
    if (letter == 'u') {
        return take_unicode_escape(p);
    }
    if (letter == 'x') {
        return take_hex(p, 2, 0);
    }
    if (letter == 'p' || letter == 'P') {
        return CLASS_PROPERTY + take_property(p, letter);
    }
    if (letter == 'c' && p->at < p->end) {
        return *p->at++ & 31u;
    }
    if (strchr("dDsSwW", letter)) {
        return CLASS_ESCAPE + letter;
    }
    return found ? (unsigned char)codes[found - letters] : letter;
}

static unsigned take_member(struct pattern *p)
{
    if (*p->at == '\\') {
        p->at++;
        return take_class_escape(p);
    }
    return take_plain(p);
}

/* The next member: its first and last character. */
static unsigned take_members(struct pattern *p, unsigned *last)
{
    unsigned first = take_member(p);
    *last = first;
    if (p->end - p->at >= 2 && *p->at == '-' && p->at[1] != ']') {
        p->at++;
        *last = take_member(p);
        if (*last < first || first >= CLASS_ESCAPE || *last >= CLASS_ESCAPE) {
            refuse_pattern(p->thr, "Invalid character class");
        }
    }
    return first;
}

/* The part of a class within 16 bits, without brackets; or the part beyond them, as alternatives. */
static void put_members(struct pattern *p, bool is_beyond)
{
    while (p->at < p->end && *p->at != ']') {
        unsigned last, first = take_members(p, &last);
        if (first >= CLASS_PROPERTY) {
            if (is_beyond) {
                put_text(p, "|");
                put_property(p, first - CLASS_PROPERTY);
            }
        } else if (first >= CLASS_ESCAPE) {
            char text[3] = {'\\', (char)(first - CLASS_ESCAPE), 0};
            put_text(p, is_beyond ? "" : text);
            if (is_beyond && isupper((unsigned char)text[1])) {
                put_text(p, "|" ANY_PAIR);
            }
        } else if (!is_beyond && first < 0x10000) {
            put_range(p, first, last < 0x10000 ? last : 0xffff);
        } else if (is_beyond && last >= 0x10000) {
            put_pair_range(p, first < 0x10000 ? 0x10000 : first, last);
        }
    }
    if (p->at == p->end) {
        refuse_pattern(p->thr, "Unterminated character class");
    }
}

/* A class, from its '[' on. Inverted: any code point that the class does not match. */
static void put_class(struct pattern *p)
{
    p->at++;
    bool is_inverted = starts(p, "^");
    p->at += is_inverted;
    const unsigned char *members = p->at;
    put_text(p, is_inverted ? "(?:(?!(?:[" : "(?:[");
    put_members(p, false);
    put_text(p, "]");
    p->at = members;
    put_members(p, true);
    put_text(p, ")");
    if (is_inverted) {
        put_text(p, ")");
        put_property(p, PROPERTY_ANY << 1);
        put_text(p, ")");
    }
    p->at++;
}

static void put_unicode_escape(struct pattern *p, unsigned char letter)
{
    if (letter == 'u') {
        p->at += 2;
        put_code(p, take_unicode_escape(p));
    } else if (letter == 'p' || letter == 'P') {
        p->at += 2;
        put_property(p, take_property(p, letter));
    } else if (letter == 1) {
        refuse_pattern(p->thr, "Invalid escape");
    } else if (letter == 'D' || letter == 'S' || letter == 'W') {
        char text[] = "(?:" ANY_PAIR "|\\?)";
        text[sizeof(text) - 3] = (char)letter;
        put_text(p, text);
        p->at += 2;
    } else {
        put_bytes(p, p->at, 2);
        p->at += 2;
    }
}

/* ---- all of it
 * ---------------------------------------------------------------------------------------------------- */

/* "\k<name>" as a number. */
static void put_reference(struct pattern *p)
{
    char text[24];
    p->at += 3;
    push_name(p);
    int group = find_name(p->thr, p->names);
    if (group == 0) {
        refuse_pattern(p->thr, "Invalid named capture referenced");
    }
    snprintf(text, sizeof(text), "(?:\\%d)", group);
    put_text(p, text);
    duk_pop(p->thr);
}

static void put_escape(struct pattern *p, bool is_named)
{
    unsigned char letter = p->end - p->at > 1 ? p->at[1] : 0;
    if (is_named && starts(p, "\\k<")) {
        put_reference(p);
    } else if (p->is_unicode && letter) {
        put_unicode_escape(p, letter);
    } else {
        size_t size = p->end - p->at > 1 ? 2 : 1;
        put_bytes(p, p->at, size);
        p->at += size;
    }
}

static void put_atom(struct pattern *p, bool is_named)
{
    const unsigned char *from = p->at;
    if (*p->at == '\\') {
        put_escape(p, is_named);
    } else if (*p->at == '[' && p->is_unicode) {
        put_class(p);
    } else if (*p->at == '[') {
        skip_class(p);
        put_bytes(p, from, (size_t)(p->at - from));
    } else if (starts(p, "(?<=") || starts(p, "(?<!")) {
        put_bytes(p, p->at, 4);
        p->at += 4;
    } else if (starts(p, "(?<")) {
        p->at += 3;
        push_name(p);
        duk_pop(p->thr);
        put_text(p, "(");
    } else if (*p->at == '.' && p->is_unicode) {
        put_property(p, (p->is_dot_all ? PROPERTY_ANY : PROPERTY_NOT_LINE) << 1);
        p->at++;
    } else if (p->is_unicode && half_of_pair(p->at, p->end) == 1) {
        put_code(p, take_plain(p));
    } else {
        put_bytes(p, p->at++, 1);
    }
}

static void engine_rewrite_pattern(duk_hthread *thr)
{
    /* [ pattern flags source ] */
    duk_idx_t place = duk_get_top(thr) - 3;
    duk_hstring *text = duk_known_hstring(thr, place);
    struct pattern p = {.thr = thr,
                        .at = DUK_HSTRING_GET_DATA(text),
                        .end = DUK_HSTRING_GET_DATA(text) + DUK_HSTRING_GET_BYTELEN(text),
                        .is_unicode = strchr(duk_get_string(thr, place + 1), 'u') != NULL,
                        .is_dot_all = strchr(duk_get_string(thr, place + 1), 's') != NULL};
    bool is_named = has_names(p.at, DUK_HSTRING_GET_BYTELEN(text));
    if (!is_named && !p.is_unicode) {
        return;
    }
    duk_require_stack(thr, 8);
    push_names(&p);
    DUK_BW_INIT_PUSHBUF(thr, &p.out, DUK_HSTRING_GET_BYTELEN(text) * 2 + 16);
    while (p.at < p.end) {
        put_atom(&p, is_named);
    }
    DUK_BW_COMPACT(thr, &p.out);
    (void)duk_buffer_to_string(thr, -1);
    duk_replace(thr, place);
    duk_pop(thr);
}

/* ---- what a match has besides
 * ------------------------------------------------------------------------------------- */

static uint32_t units_before(const unsigned char *text, const unsigned char *at)
{
    return (uint32_t)duk_unicode_unvalidated_utf8_length(text, (duk_size_t)(at - text));
}

/* Pushes the array of [start, end] of each group. */
static void push_indices(duk_hthread *thr, const unsigned char *input,
                         const unsigned char *const *saved, unsigned count)
{
    duk_push_array(thr);
    for (unsigned i = 0; i < count; i += 2) {
        if (saved[i] && saved[i + 1] && saved[i + 1] >= saved[i]) {
            duk_push_array(thr);
            duk_push_uint(thr, units_before(input, saved[i]));
            put_fresh(thr, -2, 0);
            duk_push_uint(thr, units_before(input, saved[i + 1]));
            put_fresh(thr, -2, 1);
        } else {
            duk_push_undefined(thr);
        }
        put_fresh(thr, -2, i / 2);
    }
}

/* Pushes an object of the named elements of the array at `from`; undefined when there are no names. */
static void push_groups(duk_hthread *thr, duk_idx_t names, duk_idx_t from)
{
    if (duk_is_undefined(thr, names)) {
        duk_push_undefined(thr);
        return;
    }
    duk_size_t count = duk_get_length(thr, names);
    duk_push_bare_object(thr);
    for (duk_size_t i = 0; i < count; i++) {
        duk_get_prop_index(thr, names, (duk_uarridx_t)i);
        if (duk_is_undefined(thr, -1)) {
            duk_pop(thr);
            continue;
        }
        duk_get_prop_index(thr, from, (duk_uarridx_t)i + 1);
        duk_xdef_prop_wec(thr, -3);
    }
}

static void engine_finish_match(duk_hthread *thr, unsigned flags, const unsigned char *const *saved,
                                unsigned count)
{
    /* [ regexp input bytecode saved result ] */
    duk_idx_t result = duk_get_top_index(thr);
    duk_xget_owndataprop_stridx_short(thr, result - 4, DUK_STRIDX_INT_SOURCE);
    duk_hstring *source = duk_known_hstring(thr, -1);
    struct pattern p = {.thr = thr,
                        .at = DUK_HSTRING_GET_DATA(source),
                        .end = DUK_HSTRING_GET_DATA(source) + DUK_HSTRING_GET_BYTELEN(source)};
    if (has_names(p.at, DUK_HSTRING_GET_BYTELEN(source))) {
        push_names(&p);
    } else {
        duk_push_undefined(thr);
    }
    push_groups(thr, result + 2, result);
    duk_push_literal(thr, "groups");
    duk_swap_top(thr, -2);
    duk_xdef_prop_wec(thr, result);
    if (flags & ENGINE_RE_INDICES) {
        push_indices(thr, (const unsigned char *)duk_get_string(thr, result - 3), saved, count);
        push_groups(thr, result + 2, result + 3);
        duk_push_literal(thr, "groups");
        duk_swap_top(thr, -2);
        duk_xdef_prop_wec(thr, result + 3);
        duk_push_literal(thr, "indices");
        duk_swap_top(thr, -2);
        duk_xdef_prop_wec(thr, result);
    }
    duk_set_top(thr, result + 1);
}
