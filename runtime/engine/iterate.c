/*
 * The iteration protocol, for the natives that take an iterable. Part of unity.c. An iterator is
 * closed when the native, rather than the iterator, gives up.
 */
#include "runtime/engine/iterator.h"

/* Takes the value on the top off the stack. `udata` is the native's own. */
typedef void (*iterate_body_fn)(duk_context *ctx, void *udata);

struct iteration {
    duk_idx_t iterator, next;
    iterate_body_fn body;
    void *udata;
    bool is_in_body;
};

/* Pushes what `object` has under `name` when it can be called, undefined when it has nothing. */
static bool push_method(duk_context *ctx, duk_idx_t object, const char *name)
{
    duk_get_prop_string(ctx, object, name);
    if (duk_is_null_or_undefined(ctx, -1)) {
        duk_pop(ctx);
        duk_push_undefined(ctx);
        return false;
    }
    require_function(ctx, -1);
    return true;
}

/* Pushes the next value; false, and nothing is pushed, at the end. */
static bool push_next(duk_context *ctx, const struct iteration *iteration)
{
    duk_dup(ctx, iteration->next);
    duk_dup(ctx, iteration->iterator);
    duk_call_method(ctx, 0);
    if (!duk_is_object(ctx, -1)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "Iterator result %s is not an object",
                        push_described(ctx, -1));
    }
    duk_get_prop_literal(ctx, -1, "done");
    if (duk_to_boolean(ctx, -1)) {
        duk_pop_2(ctx);
        return false;
    }
    duk_pop(ctx);
    duk_get_prop_literal(ctx, -1, "value");
    duk_remove_m2(ctx);
    return true;
}

static duk_ret_t iterate_protected(duk_context *ctx, void *udata)
{
    struct iteration *iteration = udata;
    while (push_next(ctx, iteration)) {
        iteration->is_in_body = true;
        iteration->body(ctx, iteration->udata);
        iteration->is_in_body = false;
    }
    return 0;
}

static duk_ret_t close_protected(duk_context *ctx, void *udata)
{
    const struct iteration *iteration = udata;
    if (push_method(ctx, iteration->iterator, "return")) {
        duk_dup(ctx, iteration->iterator);
        duk_call_method(ctx, 0);
    }
    return 0;
}

/* Calls body with each value of the iterable at `index`, whose iterator method is on the top and is
 * popped. */
static void iterate(duk_context *ctx, duk_idx_t index, iterate_body_fn body, void *udata)
{
    struct iteration iteration = {.body = body, .udata = udata};
    index = duk_normalize_index(ctx, index);
    duk_dup(ctx, index);
    duk_call_method(ctx, 0);
    iteration.iterator = duk_get_top_index(ctx);
    if (!duk_is_object(ctx, -1)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "Result of the Symbol.iterator method is not an object");
    }
    duk_get_prop_literal(ctx, -1, "next");
    iteration.next = duk_get_top_index(ctx);
    duk_require_stack(ctx, 16);
    if (duk_safe_call(ctx, iterate_protected, &iteration, 0, 1) != DUK_EXEC_SUCCESS) {
        if (iteration.is_in_body) {
            (void)duk_safe_call(ctx, close_protected, &iteration, 0, 1);
            duk_pop(ctx);
        }
        (void)duk_throw(ctx);
    }
    duk_set_top(ctx, iteration.iterator);
}

/* Pushes the iterator method of the value at `index`, or throws. */
static void push_iterator_method(duk_context *ctx, duk_idx_t index)
{
    index = duk_normalize_index(ctx, index);
    if (duk_is_null_or_undefined(ctx, index) || !push_method(ctx, index, SYMBOL_ITERATOR)) {
        const char *kind = duk_is_object(ctx, index) ? "object" : "";
        duk_push_string(ctx, kind);
        if (!*kind && !duk_is_null_or_undefined(ctx, index)) {
            duk_push_hstring_stridx(ctx, duk_js_typeof_stridx(duk_require_tval(ctx, index)));
            push_described(ctx, index);
            duk_push_sprintf(ctx, "%s %s", duk_get_string(ctx, -2), duk_get_string(ctx, -1));
        } else if (!*kind) {
            (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "%s is not iterable",
                            push_described(ctx, index));
        }
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "%s is not iterable (cannot read property Symbol(Symbol.iterator))",
                        duk_get_string(ctx, -1));
    }
}

/* Calls body with each value of the iterable at `index`. */
static void iterate_all(duk_context *ctx, duk_idx_t index, iterate_body_fn body, void *udata)
{
    index = duk_normalize_index(ctx, index);
    if (!iterator_is_plain_array(ctx, index)) {
        push_iterator_method(ctx, index);
        iterate(ctx, index, body, udata);
        return;
    }
    for (double at = 0; at < length_of(ctx, index); at++) {
        get_at(ctx, index, at);
        body(ctx, udata);
    }
}
