/*
 * eval and Function. Part of unity.c; called by the patched built-ins. The engine compiles what it
 * can read; text that it would misread or refuses is handed to the runtime's hook first, which
 * replaces it by lowered text or throws. Without a hook the engine is what it was.
 */
#include "runtime/engine/parts.h"

#include "runtime/lower.h"

static bool text_needs_lowering(duk_hthread *thr, duk_idx_t index)
{
    duk_size_t size;
    const char *text = duk_require_lstring(thr, index, &size);
    return lower_is_needed(text, size);
}

static void lower_with_hook(duk_hthread *thr, enum engine_code code)
{
    const struct engine_options *options = &engine_of(thr)->options;
    options->hooks.lower(options->owner, thr, code);
}

/* ---- eval ---------------------------------------------------------------------------------------
 */

/* [ source ... ] -> [ source ... template ] */
static void compile_template(duk_hthread *thr, duk_small_uint_t flags)
{
    duk_size_t size;
    const char *text = duk_require_lstring(thr, 0, &size);
    duk_push_literal(thr, "eval");
    duk_js_compile(thr, (const duk_uint8_t *)text, size, flags);
}

static duk_ret_t try_template(duk_context *ctx, void *udata)
{
    compile_template(ctx, *(const duk_small_uint_t *)udata);
    return 1;
}

static void engine_compile_eval(duk_hthread *thr, unsigned compile_flags)
{
    duk_small_uint_t flags = compile_flags;
    if (engine_of(thr)->options.hooks.lower) {
        if (!text_needs_lowering(thr, 0)) {
            if (duk_safe_call(thr, try_template, &flags, 0, 1) == DUK_EXEC_SUCCESS) {
                return;
            }
            if (duk_get_error_code(thr, -1) != DUK_ERR_SYNTAX_ERROR) {
                (void)duk_throw(thr);
            }
            duk_pop(thr);
        }
        lower_with_hook(thr, ENGINE_EVAL);
    }
    compile_template(thr, flags);
}

/* ---- Function -----------------------------------------------------------------------------------
 */

/* [ body parameters ... ] -> [ ... function ] */
static duk_ret_t try_function(duk_context *ctx, void *udata)
{
    (void)udata;
    duk_push_literal(ctx, "function(");
    duk_dup(ctx, 1);
    duk_push_literal(ctx, "\n) {\n");
    duk_dup(ctx, 0);
    duk_push_literal(ctx, "\n}");
    duk_concat(ctx, 5);
    duk_push_literal(ctx, "compile");
    duk_compile(ctx, DUK_COMPILE_FUNCTION);
    duk_push_literal(ctx, "name");
    duk_push_literal(ctx, "anonymous");
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
    return 1;
}

static bool engine_make_function(duk_hthread *thr)
{
    if (!engine_of(thr)->options.hooks.lower) {
        return false;
    }
    bool has_comment = strchr(duk_require_string(thr, 1), '/') != NULL; /* could swallow the head */
    if (!has_comment && !text_needs_lowering(thr, 0) && !text_needs_lowering(thr, 1)) {
        if (duk_safe_call(thr, try_function, NULL, 0, 1) == DUK_EXEC_SUCCESS) {
            return true;
        }
        if (duk_get_error_code(thr, -1) != DUK_ERR_SYNTAX_ERROR) {
            (void)duk_throw(thr);
        }
        duk_pop(thr);
    }
    lower_with_hook(thr, ENGINE_FUNCTION);
    duk_dup(thr, 0);
    duk_push_literal(thr, "compile");
    duk_compile(thr, DUK_COMPILE_EVAL);
    duk_call(thr, 0); /* an expression: the function */
    return true;
}
