/*
 * Errors of the engine in Node's words, where those name what the engine's own don't. Part of unity.c;
 * called by the patched engine. None of these functions returns.
 */
#include "runtime/engine/parts.h"

/* [ key value ] */
static void engine_throw_in(duk_hthread *thr)
{
    duk_dup(thr, -2);
    const char *key = duk_safe_to_string(thr, -1);
    duk_dup(thr, -2);
    (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "Cannot use 'in' operator to search for '%s' in %s", key,
                    duk_safe_to_string(thr, -1));
}

/* [ key ] */
static void engine_throw_put(duk_hthread *thr, duk_hobject *object, const char *format)
{
    const char *key = duk_push_string_tval_key(thr, duk_require_tval(thr, -1));
    const char *described = "";
    if (object) {
        duk_push_hobject(thr, object);
        described = push_described(thr, -1);
    }
    duk_push_error_object(thr, DUK_ERR_TYPE_ERROR, format, key, described);
    (void)duk_throw(thr);
}

static void engine_throw_type(duk_hthread *thr, int index, const char *wanted)
{
    if (strcmp(wanted, "function") == 0) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "%s is not a function", push_described(thr, index));
    } else if (strcmp(wanted, "prototype") == 0) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "Object prototype may only be an Object or null: %s",
                        push_described(thr, index));
    } else if (strcmp(wanted, "descriptor") == 0) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "Property description must be an object: %s",
                        push_described(thr, index));
    }
}

/* ---- circles in JSON.stringify ------------------------------------------------------------------
 */

#define CIRCLE_FIRST 2 /* links shown before the rest is left out */

static const char *constructor_of(duk_hthread *thr, duk_hobject *object)
{
    duk_hstring *name = find_constructor_name(thr, object);
    return name ? (const char *)DUK_HSTRING_GET_DATA(name) : "Object";
}

/* Pushes under which key `holder` has `value`, as the message says it. */
static const char *push_link(duk_hthread *thr, duk_hobject *holder, duk_hobject *value)
{
    for (duk_uint_fast32_t i = 0; i < DUK_HOBJECT_GET_ASIZE(holder); i++) {
        duk_tval *element = DUK_HOBJECT_A_GET_VALUE_PTR(thr->heap, holder, i);
        if (DUK_TVAL_IS_OBJECT(element) && DUK_TVAL_GET_OBJECT(element) == value) {
            return duk_push_sprintf(thr, "index %lu", (unsigned long)i);
        }
    }
    for (duk_uint_fast32_t i = 0; i < DUK_HOBJECT_GET_ENEXT(holder); i++) {
        duk_hstring *key = DUK_HOBJECT_E_GET_KEY(thr->heap, holder, i);
        bool is_value = key && !DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, holder, i);
        duk_tval *held = is_value ? DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, holder, i) : NULL;
        if (held && DUK_TVAL_IS_OBJECT(held) && DUK_TVAL_GET_OBJECT(held) == value) {
            return duk_push_sprintf(thr, "property '%s'", (const char *)DUK_HSTRING_GET_DATA(key));
        }
    }
    duk_push_literal(thr, "property '...'");
    return duk_get_string(thr, -1);
}

static void engine_throw_circular(duk_hthread *thr, duk_hobject *const *chain, size_t count)
{
    duk_idx_t from = duk_get_top(thr);
    duk_require_stack(thr, (duk_idx_t)count * 2 + 8);
    duk_push_sprintf(thr, "Converting circular structure to JSON\n    --> starting at object with "
                          "constructor '%s'", constructor_of(thr, chain[0]));
    for (size_t i = 1; i < count; i++) {
        if (i > CIRCLE_FIRST && i + 1 < count) {
            if (i == CIRCLE_FIRST + 1) {
                duk_push_literal(thr, "\n    |     ...");
            }
            continue;
        }
        const char *link = push_link(thr, chain[i - 1], chain[i]);
        duk_push_sprintf(thr, "\n    |     %s -> object with constructor '%s'", link,
                         constructor_of(thr, chain[i]));
        duk_remove(thr, -2);
    }
    const char *last = push_link(thr, chain[count - 1], chain[0]);
    duk_push_sprintf(thr, "\n    --- %s closes the circle", last);
    duk_remove(thr, -2);
    duk_concat(thr, duk_get_top(thr) - from);
    (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "%s", duk_get_string(thr, -1));
}
