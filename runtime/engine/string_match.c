/*
 * The methods of String that take a regular expression, or anything with the method of the right
 * symbol. Part of unity.c; named in added.c.
 */
#include "runtime/engine/parts.h"

enum string_match { MATCH, MATCH_ALL, REPLACE, REPLACE_ALL, SEARCH, SPLIT };

static const struct {
    const char *symbol;
    duk_c_function stock;  /* the engine's own, for strings and plain expressions; NULL */
    duk_c_function native; /* what RegExp.prototype has under the symbol */
} string_matches[] = {
    [MATCH] = {SYMBOL_MATCH, duk_bi_string_prototype_match, regexp_match},
    [MATCH_ALL] = {SYMBOL_MATCH_ALL, NULL, regexp_match_all},
    [REPLACE] = {SYMBOL_REPLACE, duk_bi_string_prototype_replace, regexp_replace},
    [REPLACE_ALL] = {SYMBOL_REPLACE, NULL, regexp_replace},
    [SEARCH] = {SYMBOL_SEARCH, duk_bi_string_prototype_search, regexp_search},
    [SPLIT] = {SYMBOL_SPLIT, duk_bi_string_prototype_split, regexp_split},
};

/* The engine's own loops do for the RegExp at 0: no flag and no group they don't know, no method
 * changed. The symbol's method is on the top. */
static bool is_plain_regexp(duk_context *ctx, enum string_match kind)
{
    if (!string_matches[kind].stock || !is_regexp_object(ctx, 0) ||
        !is_native_function(ctx, -1, string_matches[kind].native)) {
        return false;
    }
    duk_hobject *object = duk_known_hobject(ctx, 0);
    duk_hobject *prototype = ctx->builtins[DUK_BIDX_REGEXP_PROTOTYPE];
    if (DUK_HOBJECT_GET_PROTOTYPE(ctx->heap, object) != prototype ||
        duk_hobject_find_entry_tval_ptr_stridx(ctx->heap, object, DUK_STRIDX_CONSTRUCTOR)) {
        return false;
    }
    duk_get_prop_literal(ctx, 0, "exec");
    bool is_plain = is_native_function(ctx, -1, duk_bi_regexp_prototype_exec);
    duk_xget_owndataprop_stridx_short(ctx, 0, DUK_STRIDX_INT_BYTECODE);
    is_plain = is_plain && DUK_HSTRING_GET_DATA(duk_known_hstring(ctx, -1))[0] < ENGINE_RE_DOTALL;
    duk_xget_owndataprop_stridx_short(ctx, 0, DUK_STRIDX_INT_SOURCE);
    duk_hstring *source = duk_known_hstring(ctx, -1);
    is_plain = is_plain && !has_names(DUK_HSTRING_GET_DATA(source), DUK_HSTRING_GET_BYTELEN(source));
    duk_pop_3(ctx);
    return is_plain;
}

/* matchAll and replaceAll take no expression without the g flag. */
static void require_global(duk_context *ctx, enum string_match kind)
{
    if ((kind != MATCH_ALL && kind != REPLACE_ALL) || !duk_is_object(ctx, 0)) {
        return;
    }
    duk_get_prop_literal(ctx, 0, SYMBOL_MATCH);
    bool is_regexp =
        duk_is_undefined(ctx, -1) ? is_regexp_object(ctx, 0) : duk_to_boolean(ctx, -1);
    duk_pop(ctx);
    if (!is_regexp) {
        return;
    }
    duk_get_prop_literal(ctx, 0, "flags");
    if (duk_is_null_or_undefined(ctx, -1) || !strchr(duk_to_string(ctx, -1), 'g')) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "String.prototype.%s called with a non-global RegExp argument",
                        kind == MATCH_ALL ? "matchAll" : "replaceAll");
    }
    duk_pop(ctx);
}

/* replaceAll of a string: this is at 2. */
static duk_ret_t replace_all(duk_context *ctx)
{
    struct substitution s = {.string = 2, .text = 1, .matched = 0, .captures = 3, .groups = 3};
    duk_to_string(ctx, 2);
    duk_to_string(ctx, 0);
    bool is_function = duk_is_callable(ctx, 1);
    if (!is_function) {
        duk_to_string(ctx, 1);
    }
    duk_push_undefined(ctx); /* 3 */
    duk_bufwriter_ctx out;
    DUK_BW_INIT_PUSHBUF(ctx, &out, 64); /* 4 */
    double wanted = (double)duk_get_length(ctx, 0), length = (double)duk_get_length(ctx, 2);
    double next = 0, from = 0;
    for (;;) {
        duk_push_literal(ctx, "indexOf");
        duk_dup(ctx, 0);
        duk_push_number(ctx, from);
        duk_call_prop(ctx, 2, 2);
        s.position = from <= length ? duk_get_number(ctx, -1) : -1;
        duk_pop(ctx);
        if (s.position < 0) {
            break;
        }
        ENGINE_CHECK_STOP(ctx);
        put_part(ctx, &out, 2, next, s.position);
        (is_function ? put_called : substitute)(ctx, &out, &s);
        next = s.position + wanted;
        from = next + (wanted == 0);
    }
    put_part(ctx, &out, 2, next, length);
    DUK_BW_COMPACT(ctx, &out);
    (void)duk_buffer_to_string(ctx, 4);
    return 1;
}

/* new RegExp(argument)[symbol](string) */
static duk_ret_t match_by_new(duk_context *ctx, enum string_match kind)
{
    duk_to_string(ctx, 2);
    duk_push_hobject_bidx(ctx, DUK_BIDX_REGEXP_CONSTRUCTOR);
    duk_dup(ctx, 0);
    if (kind == MATCH_ALL) {
        duk_push_literal(ctx, "g");
    }
    duk_new(ctx, kind == MATCH_ALL ? 2 : 1);
    duk_get_prop_string(ctx, -1, string_matches[kind].symbol);
    duk_swap_top(ctx, -2);
    duk_dup(ctx, 2);
    duk_call_method(ctx, 1);
    return 1;
}

/* match, matchAll, replace, replaceAll, search, split by magic */
static duk_ret_t string_match(duk_context *ctx)
{
    enum string_match kind = (enum string_match)duk_get_current_magic(ctx);
    bool has_two = kind == REPLACE || kind == REPLACE_ALL || kind == SPLIT;
    duk_set_top(ctx, 2);
    push_this_coercible(ctx, STRING);
    if (duk_is_object(ctx, 0)) {
        require_global(ctx, kind);
        if (push_method(ctx, 0, string_matches[kind].symbol)) {
            if (is_plain_regexp(ctx, kind)) {
                duk_set_top(ctx, has_two ? 2 : 1);
                return string_matches[kind].stock(ctx);
            }
            duk_dup(ctx, 0);
            duk_dup(ctx, 2);
            if (has_two) {
                duk_dup(ctx, 1);
            }
            duk_call_method(ctx, has_two ? 2 : 1);
            return 1;
        }
        duk_pop(ctx);
    }
    if (kind == REPLACE_ALL) {
        return replace_all(ctx);
    }
    if (kind == MATCH || kind == MATCH_ALL || kind == SEARCH) {
        return match_by_new(ctx, kind);
    }
    duk_set_top(ctx, 2);
    return string_matches[kind].stock(ctx);
}
