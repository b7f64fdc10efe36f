/*
 * What scripts see of the engine where it differs from Node. Part of unity.c; run once for every
 * new heap. What would let a script run code inside natives (finalizers are also left out of the
 * engine, config.h) or forge the keys under which natives keep their state is taken away; accessors
 * that must tell strict from sloppy functions stand here.
 */
#include "runtime/engine/parts.h"

/* get Function.prototype.caller and .arguments: null for sloppy functions. */
static duk_ret_t function_caller(duk_context *ctx)
{
    duk_push_this(ctx);
    duk_hobject *function = duk_get_hobject(ctx, -1);
    if (function && DUK_HOBJECT_IS_COMPFUNC(function) && !DUK_HOBJECT_HAS_STRICT(function)) {
        duk_push_null(ctx);
        return 1;
    }
    return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                     "'caller', 'callee', and 'arguments' properties may not be accessed on "
                     "strict mode functions or the arguments objects for calls to them");
}

static void remove_from(duk_context *ctx, const char *object, const char *name)
{
    duk_get_global_string(ctx, object);
    duk_del_prop_string(ctx, -1, name);
    duk_pop(ctx);
}

static void surface_init(duk_context *ctx)
{
    remove_from(ctx, "Duktape", "fin");
    /* It can be inherited from, and says itself that it makes nothing. */
    DUK_HOBJECT_SET_CONSTRUCTABLE(engine_of(ctx)->lazies[TYPED_ARRAY]);

    duk_push_hobject_bidx(ctx, DUK_BIDX_FUNCTION_PROTOTYPE);
    define_getter(ctx, "caller", "get caller", function_caller, 0);
    define_getter(ctx, "arguments", "get arguments", function_caller, 0);
    duk_pop(ctx);
}

static bool is_constructor_name(duk_hthread *thr, duk_hobject *function)
{
    duk_tval *name = duk_hobject_find_entry_tval_ptr_stridx(thr->heap, function, DUK_STRIDX_NAME);
    if (!name || !DUK_TVAL_IS_STRING(name)) {
        return false;
    }
    const duk_uint8_t *text = DUK_HSTRING_GET_DATA(DUK_TVAL_GET_STRING(name));
    return *text >= 'A' && *text <= 'Z';
}

static void plain_inner(duk_hthread *thr, duk_hcompfunc *function)
{
    duk_hobject **inner = DUK_HCOMPFUNC_GET_FUNCS_BASE(thr->heap, function);
    duk_hobject **end = DUK_HCOMPFUNC_GET_FUNCS_END(thr->heap, function);
    for (; inner < end; inner++) { /* as deep as the source nests functions */
        if (!is_constructor_name(thr, *inner)) {
            DUK_HOBJECT_CLEAR_CONSTRUCTABLE(*inner);
        }
        plain_inner(thr, (duk_hcompfunc *)*inner);
    }
}

void engine_plain_functions(duk_context *ctx, duk_idx_t index)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    if (object && DUK_HOBJECT_IS_COMPFUNC(object)) {
        plain_inner(ctx, (duk_hcompfunc *)object);
    }
}
