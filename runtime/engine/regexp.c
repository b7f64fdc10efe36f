/*
 * RegExp.prototype's symbol methods and flags, and the methods of String that hand over to them. Part
 * of unity.c; named in added.c. Where a plain RegExp meets methods nobody changed, the engine's own
 * loops do the work; the general steps are the specification's.
 */
#include "runtime/engine/parts.h"

#define REGEXP "RegExp.prototype"
#define SYMBOL_MATCH     DUK_WELLKNOWN_SYMBOL("Symbol.match")
#define SYMBOL_MATCH_ALL DUK_WELLKNOWN_SYMBOL("Symbol.matchAll")
#define SYMBOL_REPLACE   DUK_WELLKNOWN_SYMBOL("Symbol.replace")
#define SYMBOL_SEARCH    DUK_WELLKNOWN_SYMBOL("Symbol.search")
#define SYMBOL_SPLIT     DUK_WELLKNOWN_SYMBOL("Symbol.split")

/* ---- flags
 * ----------------------------------------------------------------------------------------------------- */

enum { RE_DOTALL = 3, RE_STICKY, RE_UNICODE, RE_INDICES };

/* get dotAll, sticky, unicode, hasIndices by magic */
static duk_ret_t regexp_flag(duk_context *ctx)
{
    static const uint8_t bits[] = {ENGINE_RE_DOTALL, ENGINE_RE_STICKY, ENGINE_RE_UNICODE,
                                   ENGINE_RE_INDICES};
    duk_push_this(ctx);
    duk_hobject *object = duk_get_hobject(ctx, 0);
    if (object && object == ctx->builtins[DUK_BIDX_REGEXP_PROTOTYPE]) {
        return 0;
    }
    if (!object || DUK_HOBJECT_GET_CLASS_NUMBER(object) != DUK_HOBJECT_CLASS_REGEXP) {
        throw_incompatible(ctx, REGEXP);
    }
    duk_xget_owndataprop_stridx_short(ctx, 0, DUK_STRIDX_INT_BYTECODE);
    unsigned flags = DUK_HSTRING_GET_DATA(duk_known_hstring(ctx, -1))[0];
    duk_push_boolean(ctx, flags & bits[duk_get_current_magic(ctx) - RE_DOTALL]);
    return 1;
}

/* get flags */
static duk_ret_t regexp_flags(duk_context *ctx)
{
    static const struct {
        const char *name;
        char letter;
    } flags[] = {{"hasIndices", 'd'}, {"global", 'g'},  {"ignoreCase", 'i'}, {"multiline", 'm'},
                 {"dotAll", 's'},     {"unicode", 'u'}, {"unicodeSets", 'v'}, {"sticky", 'y'}};
    char text[sizeof(flags) / sizeof(flags[0])];
    size_t size = 0;
    duk_push_this(ctx);
    if (!duk_is_object(ctx, 0)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "RegExp.prototype.flags getter called on "
                                                  "non-object %s", push_described(ctx, 0));
    }
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        duk_get_prop_string(ctx, 0, flags[i].name);
        if (duk_to_boolean(ctx, -1)) {
            text[size++] = flags[i].letter;
        }
        duk_pop(ctx);
    }
    duk_push_lstring(ctx, text, size);
    return 1;
}

/* ---- one match
 * ------------------------------------------------------------------------------------------------- */

static bool is_regexp_object(duk_context *ctx, duk_idx_t index)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    return object && DUK_HOBJECT_GET_CLASS_NUMBER(object) == DUK_HOBJECT_CLASS_REGEXP;
}

static bool is_native_function(duk_context *ctx, duk_idx_t index, duk_c_function function)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    return object && DUK_HOBJECT_HAS_NATFUNC(object) &&
           ((duk_hnatfunc *)object)->func == function;
}

/* RegExpExec: pushes the result, an object or null. */
static bool push_match(duk_context *ctx, duk_idx_t regexp, duk_idx_t string)
{
    duk_get_prop_literal(ctx, regexp, "exec");
    bool is_own = is_native_function(ctx, -1, duk_bi_regexp_prototype_exec);
    if (!is_own && duk_is_callable(ctx, -1)) {
        duk_dup(ctx, regexp);
        duk_dup(ctx, string);
        duk_call_method(ctx, 1);
        if (!duk_is_object(ctx, -1) && !duk_is_null(ctx, -1)) {
            (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "object null is not a function");
        }
    } else {
        duk_pop(ctx);
        duk_dup(ctx, regexp);
        duk_dup(ctx, string);
        duk_regexp_match(ctx);
    }
    ENGINE_CHECK_STOP(ctx);
    return !duk_is_null(ctx, -1);
}

static void set_last_index(duk_context *ctx, duk_idx_t regexp, double at)
{
    regexp = duk_normalize_index(ctx, regexp);
    duk_push_number(ctx, at);
    duk_put_prop_literal(ctx, regexp, "lastIndex");
}

static double get_last_index(duk_context *ctx, duk_idx_t regexp)
{
    duk_get_prop_literal(ctx, regexp, "lastIndex");
    double at = to_length(ctx, -1);
    duk_pop(ctx);
    return at;
}

/* The place behind the unit, or the pair of units, at `at`. */
static double advance(duk_context *ctx, duk_idx_t string, double at, bool is_unicode)
{
    if (is_unicode && at + 1 < (double)duk_get_length(ctx, string)) {
        unsigned first = (unsigned)duk_char_code_at(ctx, string, (duk_size_t)at);
        unsigned second = (unsigned)duk_char_code_at(ctx, string, (duk_size_t)at + 1);
        bool is_pair = first >= 0xd800 && first < 0xdc00 && second >= 0xdc00 && second < 0xe000;
        return at + (is_pair ? 2 : 1);
    }
    return at + 1;
}

/* After a match of nothing a global expression must be moved on; the match's text is on the top. */
static void step_over_nothing(duk_context *ctx, duk_idx_t regexp, duk_idx_t string, bool is_unicode)
{
    if (duk_get_length(ctx, -1) == 0) {
        set_last_index(ctx, regexp, advance(ctx, string, get_last_index(ctx, regexp), is_unicode));
    }
}

/* Pushes this, an object, behind the arguments, whose first becomes a string; pushes its flags. */
static const char *push_this_and_flags(duk_context *ctx, const char *method)
{
    duk_push_this(ctx);
    if (!duk_is_object(ctx, -1)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "RegExp.prototype.%s called on incompatible receiver %s", method,
                        push_described(ctx, -1));
    }
    duk_to_string(ctx, 0);
    duk_get_prop_literal(ctx, -1, "flags");
    return duk_to_string(ctx, -1);
}

/* RegExp.prototype[Symbol.match](string) */
static duk_ret_t regexp_match(duk_context *ctx)
{
    const char *flags = push_this_and_flags(ctx, "@@match"); /* string, regexp, flags */
    if (!strchr(flags, 'g')) {
        push_match(ctx, 1, 0);
        return 1;
    }
    bool is_unicode = strchr(flags, 'u') != NULL;
    double count = 0;
    set_last_index(ctx, 1, 0);
    duk_push_array(ctx); /* 3 */
    while (push_match(ctx, 1, 0)) {
        duk_get_prop_index(ctx, -1, 0);
        duk_to_string(ctx, -1);
        step_over_nothing(ctx, 1, 0, is_unicode);
        put_fresh(ctx, 3, count++);
        duk_pop(ctx);
    }
    if (count == 0) {
        return 1; /* the null */
    }
    duk_pop(ctx);
    return 1;
}

/* RegExp.prototype[Symbol.search](string) */
static duk_ret_t regexp_search(duk_context *ctx)
{
    duk_push_this(ctx);
    if (!duk_is_object(ctx, 1)) {
        throw_incompatible(ctx, REGEXP);
    }
    duk_to_string(ctx, 0);
    duk_get_prop_literal(ctx, 1, "lastIndex"); /* 2 */
    duk_push_int(ctx, 0);
    if (!duk_samevalue(ctx, 2, 3)) {
        set_last_index(ctx, 1, 0);
    }
    bool is_found = push_match(ctx, 1, 0); /* 4 */
    duk_get_prop_literal(ctx, 1, "lastIndex");
    if (!duk_samevalue(ctx, 2, 5)) {
        duk_dup(ctx, 2);
        duk_put_prop_literal(ctx, 1, "lastIndex");
    }
    if (!is_found) {
        duk_push_int(ctx, -1);
    } else {
        duk_get_prop_literal(ctx, 4, "index");
    }
    return 1;
}

/* ---- replacing
 * ------------------------------------------------------------------------------------------------- */

/* What a replacement's text may refer to. Stack indices; `groups` is an object or undefined. */
struct substitution {
    duk_idx_t string, matched, captures, groups, text;
    double position;
    duk_uarridx_t capture_count; /* the array at `captures` has them from 1 on */
};

static void put_part(duk_context *ctx, duk_bufwriter_ctx *out, duk_idx_t string, double from,
                     double to)
{
    duk_dup(ctx, string);
    duk_substring(ctx, -1, (duk_size_t)from, (duk_size_t)to);
    DUK_BW_WRITE_ENSURE_HSTRING(ctx, out, duk_known_hstring(ctx, -1));
    duk_pop(ctx);
}

static void put_value(duk_context *ctx, duk_bufwriter_ctx *out)
{
    if (!duk_is_undefined(ctx, -1)) {
        duk_to_string(ctx, -1);
        DUK_BW_WRITE_ENSURE_HSTRING(ctx, out, duk_known_hstring(ctx, -1));
    }
    duk_pop(ctx);
}

/* "$1" and "$12": how many bytes of it are meant; 0 when no group has that number. */
static size_t put_numbered(duk_context *ctx, duk_bufwriter_ctx *out, const struct substitution *s,
                           const char *digits, size_t size)
{
    unsigned one = size > 0 && isdigit((unsigned char)digits[0]) ? (unsigned)digits[0] - '0' : 0;
    unsigned two = size > 1 && isdigit((unsigned char)digits[0]) && isdigit((unsigned char)digits[1])
                       ? one * 10 + (unsigned)digits[1] - '0'
                       : 0;
    unsigned number = two > 0 && two <= s->capture_count ? two : one;
    if (number == 0 || number > s->capture_count) {
        return 0;
    }
    duk_get_prop_index(ctx, s->captures, number);
    put_value(ctx, out);
    return number == two ? 2 : 1;
}

/* One "$…": moves over it. `text` is behind the dollar. */
static size_t put_reference_of(duk_context *ctx, duk_bufwriter_ctx *out, const struct substitution *s,
                               const char *text, size_t size)
{
    double matched = (double)duk_get_length(ctx, s->matched);
    double length = (double)duk_get_length(ctx, s->string);
    const char *close = size > 0 && text[0] == '<' ? memchr(text, '>', size) : NULL;
    switch (size > 0 ? text[0] : 0) {
    case '$':
        DUK_BW_WRITE_ENSURE_BYTES(ctx, out, "$", 1);
        return 1;
    case '&':
        put_part(ctx, out, s->matched, 0, matched);
        return 1;
    case '`':
        put_part(ctx, out, s->string, 0, s->position);
        return 1;
    case '\'':
        put_part(ctx, out, s->string, fmin(s->position + matched, length), length);
        return 1;
    case '<':
        if (close && !duk_is_undefined(ctx, s->groups)) {
            duk_get_prop_lstring(ctx, s->groups, text + 1, (size_t)(close - text) - 1);
            put_value(ctx, out);
            return (size_t)(close - text) + 1;
        }
        break;
    }
    size_t used = put_numbered(ctx, out, s, text, size);
    if (used == 0) {
        DUK_BW_WRITE_ENSURE_BYTES(ctx, out, "$", 1);
    }
    return used;
}

/* Writes the replacement's text with what it refers to. */
static void substitute(duk_context *ctx, duk_bufwriter_ctx *out, const struct substitution *s)
{
    duk_size_t size;
    const char *text = duk_get_lstring(ctx, s->text, &size);
    const char *end = text + size, *dollar;
    while ((dollar = memchr(text, '$', (size_t)(end - text))) != NULL) {
        DUK_BW_WRITE_ENSURE_BYTES(ctx, out, text, (duk_size_t)(dollar - text));
        text = dollar + 1;
        text += put_reference_of(ctx, out, s, text, (size_t)(end - text));
    }
    DUK_BW_WRITE_ENSURE_BYTES(ctx, out, text, (duk_size_t)(end - text));
}

/* Calls the function at `text` with the match, its captures, place, string and groups. */
static void put_called(duk_context *ctx, duk_bufwriter_ctx *out, const struct substitution *s)
{
    duk_idx_t count = 3 + (duk_idx_t)s->capture_count;
    duk_require_stack(ctx, count + 8);
    duk_dup(ctx, s->text);
    duk_push_undefined(ctx);
    duk_dup(ctx, s->matched);
    for (duk_uarridx_t i = 1; i <= s->capture_count; i++) {
        duk_get_prop_index(ctx, s->captures, i);
    }
    duk_push_number(ctx, s->position);
    duk_dup(ctx, s->string);
    if (!duk_is_undefined(ctx, s->groups)) {
        duk_dup(ctx, s->groups);
        count++;
    }
    duk_call_method(ctx, count);
    duk_to_string(ctx, -1);
    put_value(ctx, out);
}

/* Reads one result of exec, at the top, into `s`: pushes the matched text, the captures, the groups. */
static void read_result(duk_context *ctx, struct substitution *s, bool is_function)
{
    duk_idx_t result = duk_get_top_index(ctx);
    double count = fmax(length_of(ctx, result) - 1, 0);
    duk_get_prop_index(ctx, result, 0);
    duk_to_string(ctx, -1);
    s->matched = result + 1;
    duk_get_prop_literal(ctx, result, "index");
    double length = (double)duk_get_length(ctx, s->string);
    s->position = fmax(fmin(to_integer(ctx, -1), length), 0);
    duk_pop(ctx);
    duk_push_array(ctx);
    s->captures = result + 2;
    for (s->capture_count = 0; s->capture_count < count;) {
        get_at(ctx, result, ++s->capture_count);
        if (!duk_is_undefined(ctx, -1)) {
            duk_to_string(ctx, -1);
        }
        put_fresh(ctx, s->captures, s->capture_count);
    }
    duk_get_prop_literal(ctx, result, "groups");
    s->groups = result + 3;
    if (!is_function && !duk_is_undefined(ctx, -1)) {
        duk_to_object(ctx, -1);
    }
}

/* Pushes the array of all results that are to be replaced; regexp at 2, string at 0. */
static duk_uarridx_t push_results(duk_context *ctx, bool is_global, bool is_unicode)
{
    duk_uarridx_t count = 0;
    duk_push_array(ctx);
    duk_idx_t results = duk_get_top_index(ctx);
    while (push_match(ctx, 2, 0)) {
        duk_dup(ctx, -1);
        put_fresh(ctx, results, count++);
        if (!is_global) {
            break;
        }
        duk_get_prop_index(ctx, -1, 0);
        duk_to_string(ctx, -1);
        step_over_nothing(ctx, 2, 0, is_unicode);
        duk_pop_2(ctx);
    }
    duk_pop(ctx);
    return count;
}

/* RegExp.prototype[Symbol.replace](string, replacement) */
static duk_ret_t regexp_replace(duk_context *ctx)
{
    const char *flags = push_this_and_flags(ctx, "@@replace"); /* string, text, regexp, flags */
    struct substitution s = {.string = 0, .text = 1};
    bool is_function = duk_is_callable(ctx, 1);
    bool is_global = strchr(flags, 'g') != NULL;
    if (!is_function) {
        duk_to_string(ctx, 1);
    }
    if (is_global) {
        set_last_index(ctx, 2, 0);
    }
    duk_uarridx_t count = push_results(ctx, is_global, strchr(flags, 'u') != NULL); /* 4 */
    duk_bufwriter_ctx out;
    DUK_BW_INIT_PUSHBUF(ctx, &out, 64); /* 5 */
    double next = 0;
    for (duk_uarridx_t i = 0; i < count; i++) {
        duk_get_prop_index(ctx, 4, i); /* 6 */
        read_result(ctx, &s, is_function);
        if (s.position >= next) {
            put_part(ctx, &out, 0, next, s.position);
            (is_function ? put_called : substitute)(ctx, &out, &s);
            next = s.position + (double)duk_get_length(ctx, s.matched);
        } else if (is_function) {
            put_called(ctx, &out, &s);
        }
        duk_set_top(ctx, 6);
    }
    double length = (double)duk_get_length(ctx, 0);
    put_part(ctx, &out, 0, fmin(next, length), length);
    DUK_BW_COMPACT(ctx, &out);
    (void)duk_buffer_to_string(ctx, 5);
    return 1;
}

/* ---- splitting, all matches
 * ------------------------------------------------------------------------------------ */

/* [ .. ] -> [ .. new constructor(regexp, flags) ] by the species of the RegExp at `regexp`. */
static void push_copy_of(duk_context *ctx, duk_idx_t regexp, duk_idx_t flags)
{
    duk_push_hobject_bidx(ctx, DUK_BIDX_REGEXP_CONSTRUCTOR);
    species_constructor(ctx, regexp);
    duk_dup(ctx, regexp);
    duk_dup(ctx, flags);
    duk_new(ctx, 2);
}

/* Appends string[from..to) to the array at `list`; true when that was all there may be. */
static bool append_part(duk_context *ctx, duk_idx_t list, double from, double to, double limit)
{
    duk_dup(ctx, 0);
    duk_substring(ctx, -1, (duk_size_t)from, (duk_size_t)to);
    double count = length_of(ctx, list);
    put_fresh(ctx, list, count);
    return count + 1 == limit;
}

/* Appends the captures of the result on the top; true when that was all there may be. */
static bool append_captures(duk_context *ctx, duk_idx_t list, double limit)
{
    double captures = length_of(ctx, -1);
    for (double i = 1; i < captures; i++) {
        double count = length_of(ctx, list);
        get_at(ctx, -1, i);
        put_fresh(ctx, list, count);
        if (count + 1 == limit) {
            return true;
        }
    }
    return false;
}

/* The loop of split: string 0, splitter 4, list 5. */
static void split_loop(duk_context *ctx, double limit, bool is_unicode)
{
    double length = (double)duk_get_length(ctx, 0), from = 0, at = 0;
    while (at < length) {
        set_last_index(ctx, 4, at);
        bool is_found = push_match(ctx, 4, 0);
        double end = is_found ? fmin(get_last_index(ctx, 4), length) : from;
        if (!is_found || end == from) {
            at = advance(ctx, 0, at, is_unicode);
        } else {
            if (append_part(ctx, 5, from, at, limit) || append_captures(ctx, 5, limit)) {
                return;
            }
            from = at = end;
        }
        duk_pop(ctx);
    }
    append_part(ctx, 5, from, length, limit);
}

/* RegExp.prototype[Symbol.split](string, limit) */
static duk_ret_t regexp_split(duk_context *ctx)
{
    const char *flags = push_this_and_flags(ctx, "@@split"); /* string, limit, regexp, flags */
    bool is_unicode = strchr(flags, 'u') != NULL;
    if (!strchr(flags, 'y')) {
        duk_push_literal(ctx, "y");
        duk_concat(ctx, 2);
    }
    push_copy_of(ctx, 2, 3); /* 4 */
    duk_push_array(ctx);     /* 5 */
    double limit = duk_is_undefined(ctx, 1) ? 4294967295.0 : duk_to_uint32(ctx, 1);
    if (limit == 0) {
        return 1;
    }
    if (duk_get_length(ctx, 0) > 0) {
        split_loop(ctx, limit, is_unicode);
    } else if (!push_match(ctx, 4, 0)) {
        append_part(ctx, 5, 0, 0, limit);
    }
    duk_set_top(ctx, 6);
    return 1;
}

#define KEY_REGEXP DUK_HIDDEN_SYMBOL("regexp")
#define KEY_STRING DUK_HIDDEN_SYMBOL("string")
#define KEY_FLAGS  DUK_HIDDEN_SYMBOL("flags")
#define KEY_MATCHES DUK_HIDDEN_SYMBOL("RegExpStringIterator")

/* %RegExpStringIteratorPrototype%.next() */
static duk_ret_t matches_next(duk_context *ctx)
{
    duk_push_this(ctx); /* 0 */
    if (!duk_is_object(ctx, 0) || !duk_has_prop_literal(ctx, 0, KEY_STRING)) {
        throw_incompatible(ctx, "%RegExpStringIterator%");
    }
    duk_get_prop_literal(ctx, 0, KEY_STRING); /* 1 */
    duk_get_prop_literal(ctx, 0, KEY_REGEXP); /* 2: undefined at the end */
    duk_get_prop_literal(ctx, 0, KEY_FLAGS);  /* 3 */
    bool is_done = duk_is_undefined(ctx, 2) || !push_match(ctx, 2, 1);
    bool is_global = !is_done && strchr(duk_get_string(ctx, 3), 'g') != NULL;
    if (is_global) {
        duk_get_prop_index(ctx, 4, 0);
        duk_to_string(ctx, -1);
        step_over_nothing(ctx, 2, 1, strchr(duk_get_string(ctx, 3), 'u') != NULL);
    } else {
        duk_push_undefined(ctx);
        duk_put_prop_literal(ctx, 0, KEY_REGEXP);
    }
    duk_push_object(ctx);
    if (is_done) {
        duk_push_undefined(ctx);
    } else {
        duk_dup(ctx, 4);
    }
    duk_put_prop_literal(ctx, -2, "value");
    duk_push_boolean(ctx, is_done);
    duk_put_prop_literal(ctx, -2, "done");
    return 1;
}

/* Pushes %RegExpStringIteratorPrototype%, which the stash keeps. */
static void push_matches_prototype(duk_context *ctx)
{
    duk_push_heap_stash(ctx);
    if (duk_get_prop_literal(ctx, -1, KEY_MATCHES)) {
        duk_remove_m2(ctx);
        return;
    }
    duk_pop_2(ctx);
    duk_push_array(ctx); /* its iterator's prototype inherits from %IteratorPrototype% */
    if (push_method(ctx, -1, SYMBOL_ITERATOR)) {
        duk_swap_top(ctx, -2);
        duk_call_method(ctx, 0);
        duk_get_prototype(ctx, -1);
        duk_get_prototype(ctx, -1);
    }
    duk_push_object(ctx);
    duk_swap_top(ctx, -2);
    if (duk_is_object(ctx, -1)) {
        duk_set_prototype(ctx, -2);
    } else {
        duk_pop(ctx);
    }
    define_method(ctx, "next", matches_next, 0);
    duk_push_literal(ctx, "RegExp String Iterator");
    define_hidden(ctx, SYMBOL_TAG, DUK_DEFPROP_SET_CONFIGURABLE);
    duk_dup(ctx, -1);
    duk_push_heap_stash(ctx);
    duk_swap_top(ctx, -2);
    duk_put_prop_literal(ctx, -2, KEY_MATCHES);
    duk_pop(ctx);
}

/* RegExp.prototype[Symbol.matchAll](string) */
static duk_ret_t regexp_match_all(duk_context *ctx)
{
    (void)push_this_and_flags(ctx, "@@matchAll"); /* string, regexp, flags */
    push_copy_of(ctx, 1, 2);                      /* 3 */
    set_last_index(ctx, 3, get_last_index(ctx, 1));
    duk_push_object(ctx); /* 4 */
    push_matches_prototype(ctx);
    duk_set_prototype(ctx, 4);
    duk_dup(ctx, 3);
    duk_put_prop_literal(ctx, 4, KEY_REGEXP);
    duk_dup(ctx, 0);
    duk_put_prop_literal(ctx, 4, KEY_STRING);
    duk_dup(ctx, 2);
    duk_put_prop_literal(ctx, 4, KEY_FLAGS);
    duk_set_top(ctx, 5);
    return 1;
}
