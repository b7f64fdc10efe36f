/*
 * What an object is, past its prototype and its tags (engine.h). Nothing here runs script code.
 */
#include "runtime/bind/kind.h"

#include "runtime/engine/engine.h"

/* of(value): "Array", "Error", "Proxy" …, "" for a primitive. */
static duk_ret_t native_of(duk_context *ctx)
{
    duk_push_string(ctx, engine_kind(ctx, 0));
    return 1;
}

/* proxy(value): [target, handler], undefined when it is none. */
static duk_ret_t native_proxy(duk_context *ctx)
{
    if (!engine_push_proxy(ctx, 0)) {
        return 0;
    }
    duk_push_array(ctx);
    duk_dup(ctx, 1);
    engine_put_fresh(ctx, -2, 0);
    duk_dup(ctx, 2);
    engine_put_fresh(ctx, -2, 1);
    return 1;
}

duk_ret_t kind_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry functions[] = {
        {"of", native_of, 1}, {"proxy", native_proxy, 1}, {NULL, NULL, 0}};
    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, functions);
    return 1;
}
