/*
 * Compilation of scripts (source.h). A script is compiled as the body of a function in front of
 * which nothing but that function's head stands, so line numbers are the file's; lowering keeps
 * them. What the engine refuses is lowered too, if only for the better error. Owns nothing: results
 * of the lowerer are held across protected calls alone.
 */
#include "runtime/bind/source.h"

#include "runtime/bind/script.h"
#include "runtime/engine/engine.h"

#include <string.h>

static const char script_head[] = "function(exports,require,module,__filename,__dirname){";
static const char module_head[] = "function($module){\"use strict\";";

/* ---- the engine's compiler ----------------------------------------------------------------------
 */

/* [ function ] -> [ function ]: it runs once; without the cycle through its prototype it is freed
 * right after that. */
static void forget_prototype(duk_context *ctx)
{
    duk_push_undefined(ctx);
    duk_put_prop_literal(ctx, -2, "prototype");
}

void source_compile(duk_context *ctx, const char *head, duk_idx_t source, duk_idx_t filename)
{
    source = duk_normalize_index(ctx, source);
    filename = duk_normalize_index(ctx, filename);
    duk_push_string(ctx, head);
    duk_dup(ctx, source);
    duk_push_literal(ctx, "\n}");
    duk_concat(ctx, 3);
    duk_dup(ctx, filename);
    duk_compile(ctx, DUK_COMPILE_FUNCTION);
    forget_prototype(ctx);
}

/* ---- the lowerer --------------------------------------------------------------------------------
 */

static bool is_interrupted(void *owner)
{
    return engine_must_stop(owner);
}

static struct lower_text text_at(duk_context *ctx, duk_idx_t index)
{
    struct lower_text text;
    text.data = duk_require_lstring(ctx, index, &text.size);
    return text;
}

/* Pushes the code and what else the lowerer says of it; or its error's description. */
static duk_ret_t push_result(duk_context *ctx, void *udata)
{
    const struct lower_result *result = udata;
    struct lower_text code = lower_code(result), about = lower_about(result);
    duk_push_lstring(ctx, code.data, code.size);
    duk_push_lstring(ctx, about.data, about.size);
    duk_json_decode(ctx, -1);
    return 2;
}

/* [ description ] -> throws it as an error that has its properties. */
static duk_ret_t throw_described(duk_context *ctx)
{
    static const char *const properties[] = {"line", "column", "feature"};
    duk_idx_t about = duk_get_top_index(ctx);
    duk_get_prop_literal(ctx, about, "name");
    const char *name = duk_safe_to_string(ctx, -1);
    duk_get_prop_literal(ctx, about, "message");
    duk_push_error_object(ctx,
                          strcmp(name, "SyntaxError") == 0  ? DUK_ERR_SYNTAX_ERROR
                          : strcmp(name, "RangeError") == 0 ? DUK_ERR_RANGE_ERROR
                                                            : DUK_ERR_ERROR,
                          "%s", duk_safe_to_string(ctx, -1));
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        if (duk_get_prop_string(ctx, about, properties[i])) {
            duk_put_prop_string(ctx, -2, properties[i]);
        } else {
            duk_pop(ctx);
        }
    }
    return duk_throw(ctx);
}

/* Pushes the lowered code and what the lowerer says besides. Throws the lowerer's error. */
static void push_result_of(duk_context *ctx, const struct lower_request *request)
{
    struct lower_result *result = lower_get(request, is_interrupted, engine_of(ctx));
    duk_int_t failed = 1;
    bool is_error = result != NULL && result->is_error, is_had = result != NULL;
    if (is_had) {
        failed = duk_safe_call(ctx, push_result, result, 0, 2);
        lower_unref(&result);
    }

    if (!is_had) {
        (void)duk_range_error(ctx, "no memory to lower the code");
    } else if (failed) {
        duk_pop(ctx);
        (void)duk_throw(ctx);
    } else if (is_error) {
        (void)throw_described(ctx);
    }
}

static void push_lowered(duk_context *ctx, enum lower_goal goal, duk_idx_t source,
                         duk_idx_t filename)
{
    struct lower_request request = {
        .goal = goal, .source = text_at(ctx, source), .file = text_at(ctx, filename)};
    push_result_of(ctx, &request);
}

/* ---- the text of functions ----------------------------------------------------------------------
 *
 * Function.prototype.toString reads files again: what an isolate keeps is the hash of each, so that a
 * file that was changed since gives no wrong answer. Code that is in no file is kept itself.
 */

static double hash_of(struct lower_text text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < text.size; i++) {
        hash = (hash ^ (unsigned char)text.data[i]) * 0x100000001b3u;
    }
    return (double)(hash >> 12);
}

static void push_texts(duk_context *ctx)
{
    duk_push_heap_stash(ctx);
    if (!duk_get_prop_literal(ctx, -1, "texts")) {
        duk_pop(ctx);
        duk_push_bare_object(ctx);
        duk_dup_top(ctx);
        duk_put_prop_literal(ctx, -3, "texts");
    }
    duk_remove(ctx, -2);
}

/* The text at 0 is that of the file at 1. */
static void remember_text(duk_context *ctx)
{
    struct lower_text name = text_at(ctx, 1);
    bool is_file = name.size > 5 && (name.data[0] == '/' || memcmp(name.data, "file:", 5) == 0);
    push_texts(ctx);
    duk_dup(ctx, 1);
    if (is_file) {
        duk_push_number(ctx, hash_of(text_at(ctx, 0)));
    } else {
        duk_dup(ctx, 0);
    }
    duk_put_prop(ctx, -3);
    duk_pop(ctx);
}

static duk_ret_t read_again(duk_context *ctx, void *data)
{
    (void)data;
    script_push_builtin(ctx, "function_text");
    duk_get_prop_literal(ctx, -1, "read");
    duk_dup(ctx, -3);
    duk_call(ctx, 1);
    duk_require_string(ctx, -1);
    return 1;
}

/* [ name hash ] -> [ name text ], or undefined when it is another by now. */
static void push_file_again(duk_context *ctx)
{
    double hash = duk_get_number(ctx, -1);
    duk_pop(ctx);
    duk_dup_top(ctx);
    if (duk_safe_call(ctx, read_again, NULL, 1, 1) != DUK_EXEC_SUCCESS ||
        hash_of(text_at(ctx, -1)) != hash) {
        duk_pop(ctx);
        duk_push_undefined(ctx);
    }
}

void source_push_text(void *owner, duk_context *ctx, bool is_lowered)
{
    (void)owner;
    push_texts(ctx);
    duk_dup(ctx, -2);
    duk_get_prop(ctx, -2);
    duk_remove(ctx, -2);
    if (duk_is_number(ctx, -1)) {
        push_file_again(ctx);
    }
    if (duk_is_string(ctx, -1) && !is_lowered) {
        duk_push_string(ctx, script_head);
        duk_insert(ctx, -2);
        duk_concat(ctx, 2);
    }
    duk_remove(ctx, -2);
}

/* ---- what the loader calls ----------------------------------------------------------------------
 */

static duk_ret_t compile_commonjs(duk_context *ctx, void *udata)
{
    (void)udata;
    source_compile(ctx, script_head, 0, 1);
    return 1;
}

/* Compiled as it is, if the engine takes it: pushes the function and returns true. */
static bool compiles_directly(duk_context *ctx)
{
    struct lower_text source = text_at(ctx, 0);
    if (lower_is_needed(source.data, source.size)) {
        return false;
    }
    if (duk_safe_call(ctx, compile_commonjs, NULL, 0, 1) == DUK_EXEC_SUCCESS) {
        return true;
    }
    if (duk_get_error_code(ctx, -1) != DUK_ERR_SYNTAX_ERROR) {
        (void)duk_throw(ctx);
    }
    duk_pop(ctx);
    return false;
}

duk_ret_t source_commonjs(duk_context *ctx)
{
    duk_require_string(ctx, 0);
    duk_require_string(ctx, 1);
    if (!compiles_directly(ctx)) {
        push_lowered(ctx, LOWER_COMMONJS, 0, 1);
        duk_pop(ctx);
        source_compile(ctx, script_head, -1, 1);
    }
    /* Module code appears in stack traces under this name. */
    duk_push_literal(ctx, "name");
    duk_push_literal(ctx, "Object.<anonymous>");
    duk_def_prop(ctx, -3, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_FORCE);
    remember_text(ctx);
    return 1;
}

duk_ret_t source_module(duk_context *ctx)
{
    duk_require_string(ctx, 0);
    duk_require_string(ctx, 1);
    push_lowered(ctx, LOWER_MODULE, 0, 1);
    source_compile(ctx, module_head, -2, 1);
    duk_put_prop_literal(ctx, -2, "run");
    remember_text(ctx);
    return 1;
}

/* ---- eval and Function --------------------------------------------------------------------------
 */

/* What the lowerer throws is an error of this code, of which nobody shows lines. */
static duk_ret_t lower_code_at(duk_context *ctx, void *udata)
{
    const struct lower_request *request = udata;
    push_result_of(ctx, request);
    duk_pop(ctx);
    return 1;
}

/* [ error ]: without the place the loader would show. */
static duk_ret_t forget_place(duk_context *ctx, void *udata)
{
    (void)udata;
    duk_del_prop_literal(ctx, -1, "line");
    duk_del_prop_literal(ctx, -1, "column");
    duk_del_prop_literal(ctx, -1, "feature");
    return 1;
}

void source_lower(void *owner, duk_context *ctx, enum engine_code code)
{
    (void)owner;
    engine_push_caller(ctx);
    struct lower_request request = {.goal = code == ENGINE_FUNCTION ? LOWER_FUNCTION : LOWER_SCRIPT,
                                    .source = text_at(ctx, 0),
                                    .file = text_at(ctx, -1)};
    if (code != ENGINE_EVAL) {
        request.parameters = text_at(ctx, 1);
    }
    if (duk_safe_call(ctx, lower_code_at, &request, 0, 1) != DUK_EXEC_SUCCESS) {
        if (duk_get_error_code(ctx, -1) == DUK_ERR_SYNTAX_ERROR) {
            (void)duk_safe_call(ctx, forget_place, NULL, 1, 1);
        }
        (void)duk_throw(ctx);
    }
    duk_replace(ctx, 0);
    duk_pop(ctx);
}
