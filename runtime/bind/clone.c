/*
 * Errors of structured clone (clone.h). The engine knows no DOMException: it marks its errors, and
 * here, behind the walk, where script code may run again, they become one. Called by the natives
 * that post, start workers and clone; owns nothing.
 */
#include "runtime/bind/clone.h"

#include "runtime/bind/script.h"
#include "runtime/engine/engine.h"

void clone_push_error(duk_context *ctx, const char *text)
{
    script_push_builtin(ctx, "dom_exception");
    duk_get_prop_literal(ctx, -1, "DOMException");
    duk_remove(ctx, -2);
    duk_push_string(ctx, text);
    duk_push_literal(ctx, "DataCloneError");
    duk_new(ctx, 2);
}

/* [ error ] -> [ error ] */
static duk_ret_t translate(duk_context *ctx, void *udata)
{
    (void)udata;
    if (duk_is_object(ctx, -1) && duk_has_prop_literal(ctx, -1, ENGINE_CLONE_ERROR)) {
        duk_get_prop_literal(ctx, -1, "message");
        clone_push_error(ctx, duk_get_string_default(ctx, -1, ""));
    }
    return 1;
}

void clone_translate_error(duk_context *ctx)
{
    (void)duk_safe_call(ctx, translate, NULL, 1, 1);
}

duk_ret_t clone_throw(duk_context *ctx)
{
    clone_translate_error(ctx);
    return duk_throw(ctx);
}
