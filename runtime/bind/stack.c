/*
 * The engine writes "    at name (file:line) flags", with frames of its own C code between them.
 * Here each line becomes what Node would print: internal frames are dropped, constructors are
 * "new name", natives have "<anonymous>" for a place, functions without a name are only a place.
 * A function Error.prepareStackTrace of the script makes something else of it, as in Node.
 */
#include "runtime/bind/stack.h"

#include "runtime/bind/script.h"

#include <stdbool.h>
#include <string.h>

#define STACK_ORIGINAL DUK_HIDDEN_SYMBOL("stackGetter")
#define STACK_ERROR    DUK_HIDDEN_SYMBOL("stackError")
#define STACK_INDENT   "\n    at "

/* Where the new text goes: a buffer of the engine, so that an error leaves nothing behind. */
struct cursor {
    char *at;
    char *end;
};

static void append(struct cursor *out, const char *text, size_t size)
{
    if (size > (size_t)(out->end - out->at)) {
        size = (size_t)(out->end - out->at);
    }
    memcpy(out->at, text, size);
    out->at += size;
}

static void append_text(struct cursor *out, const char *text)
{
    append(out, text, strlen(text));
}

static bool has_flag(const char *flags, size_t size, const char *flag)
{
    return memmem(flags, size, flag, strlen(flag)) != NULL;
}

static const char *last_of(const char *text, size_t size, const char *what)
{
    size_t length = strlen(what);
    for (size_t i = size; i >= length; i--) {
        if (memcmp(text + i - length, what, length) == 0) {
            return text + i - length;
        }
    }
    return NULL;
}

/* Frames of what lowered code calls: Node has none of them. */
static bool is_helper(const char *place, size_t size)
{
    static const char *const files[] = {"node:lowered", "node:iteration", "node:coroutines"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        size_t length = strlen(files[i]);
        if (size > length && memcmp(place, files[i], length) == 0 && place[length] == ':') {
            return true;
        }
    }
    return false;
}

/* One frame, "name (place) flags", without its indent. */
static void append_frame(struct cursor *out, const char *line, size_t size)
{
    const char *close = last_of(line, size, ")");
    const char *open = close ? last_of(line, (size_t)(close - line), " (") : NULL;
    if (!open) {
        append_text(out, STACK_INDENT);
        append(out, line, size);
        return;
    }
    size_t name = (size_t)(open - line);
    size_t place = (size_t)(close - open) - 2;
    size_t flags = size - (size_t)(close - line);
    bool is_anonymous = name == 6 && memcmp(line, "[anon]", 6) == 0;
    if (has_flag(close, flags, " internal") || is_helper(open + 2, place)) {
        return;
    }
    append_text(out, STACK_INDENT);
    if (has_flag(close, flags, " construct")) {
        append_text(out, "new ");
        if (is_anonymous) {
            append_text(out, "<anonymous>");
            name = 0;
        }
    } else if (is_anonymous) {
        append(out, place ? open + 2 : "<anonymous>", place ? place : 11);
        return;
    }
    append(out, line, name);
    append_text(out, " (");
    append(out, place ? open + 2 : "<anonymous>", place ? place : 11);
    append_text(out, ")");
}

/* Rewrites the string on top of the stack. */
static void rewrite(duk_context *ctx)
{
    size_t size;
    const char *text = duk_get_lstring(ctx, -1, &size);
    const char *end = text + size;
    const char *frames = memmem(text, size, STACK_INDENT, strlen(STACK_INDENT));
    if (!frames) {
        return;
    }
    /* A frame of at least 20 characters grows by 16 at most. */
    size_t capacity = 2 * size;
    char *buffer = duk_push_dynamic_buffer(ctx, capacity);
    struct cursor out = {buffer, buffer + capacity};
    append(&out, text, (size_t)(frames - text));
    while (frames && frames < end) {
        const char *line = frames + 1;
        const char *next = memchr(line, '\n', (size_t)(end - line));
        const char *stop = next ? next : end;
        const size_t indent = strlen(STACK_INDENT) - 1;
        if ((size_t)(stop - line) > indent && memcmp(line, STACK_INDENT + 1, indent) == 0) {
            append_frame(&out, line + indent, (size_t)(stop - line) - indent);
        }
        frames = next;
    }
    duk_push_lstring(ctx, buffer, (size_t)(out.at - buffer));
    duk_replace(ctx, -3);
    duk_pop(ctx);
}

/* A stack that the script's own function asks for is not made by that function. */
static _Thread_local bool is_preparing;

/* [ text ] -> [ what the script makes of it ], for the error at `error`; called by a function that
 * has Error in STACK_ERROR. True when the script makes anything. */
static bool prepare(duk_context *ctx, duk_idx_t error)
{
    if (is_preparing) {
        return false;
    }
    error = duk_require_normalize_index(ctx, error);
    duk_push_current_function(ctx);
    duk_get_prop_literal(ctx, -1, STACK_ERROR);
    duk_get_prop_literal(ctx, -1, "prepareStackTrace");
    if (!duk_is_function(ctx, -1)) {
        duk_pop_3(ctx);
        return false;
    }
    script_push_builtin(ctx, "call_sites");
    duk_get_prop_literal(ctx, -1, "prepare");
    duk_dup(ctx, -3);    /* the script's function */
    duk_dup(ctx, -5);    /* Error, its receiver */
    duk_dup(ctx, error);
    duk_dup(ctx, -9);    /* the text */
    is_preparing = true;
    duk_int_t failed = duk_pcall(ctx, 4);
    is_preparing = false;
    if (failed) {
        (void)duk_throw(ctx);
    }
    duk_replace(ctx, -6);
    duk_pop_n(ctx, 4);
    return true;
}

#define STACK_PLAIN                                                                                \
    (DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_SET_CONFIGURABLE |            \
     DUK_DEFPROP_CLEAR_ENUMERABLE)

static duk_ret_t stack_get(duk_context *ctx)
{
    duk_push_current_function(ctx);
    duk_get_prop_literal(ctx, -1, STACK_ORIGINAL);
    duk_push_this(ctx);
    duk_call_method(ctx, 0);
    if (!duk_is_string(ctx, -1) || duk_is_symbol(ctx, -1)) {
        return 1;
    }
    rewrite(ctx);
    duk_push_this(ctx);
    duk_insert(ctx, -2);
    if (duk_is_error(ctx, -2) && prepare(ctx, -2)) { /* asked once; from now on it is a plain value */
        duk_push_literal(ctx, "stack");
        duk_dup(ctx, -2);
        duk_def_prop(ctx, -4, STACK_PLAIN);
    }
    return 1;
}

/* Error.captureStackTrace(object[, function]): frames up to and including the function's are left
 * out; it is known by its name. */
static duk_ret_t stack_capture(duk_context *ctx)
{
    duk_require_object(ctx, 0);
    duk_push_error_object(ctx, DUK_ERR_ERROR, "");
    bool before = is_preparing;
    is_preparing = true; /* this error is not the script's */
    duk_get_prop_literal(ctx, -1, "stack");
    is_preparing = before;
    const char *text = duk_to_string(ctx, -1);
    const char *frames = strstr(text, STACK_INDENT);
    /* The first frame is this function's own. */
    frames = frames ? strstr(frames + 1, STACK_INDENT) : NULL;
    if (frames && duk_is_function(ctx, 1)) {
        duk_get_prop_literal(ctx, 1, "name");
        duk_push_sprintf(ctx, "%s (", duk_to_string(ctx, -1));
        const char *own = strstr(frames, duk_get_string(ctx, -1));
        const char *below = own ? strstr(own, STACK_INDENT) : NULL;
        frames = below ? below : frames;
    }
    duk_push_string(ctx, "stack");
    duk_get_global_literal(ctx, "Error");
    duk_get_prop_literal(ctx, -1, "prototype");
    duk_get_prop_literal(ctx, -1, "toString");
    duk_dup(ctx, 0);
    duk_call_method(ctx, 0);
    duk_push_string(ctx, frames ? frames : "");
    duk_concat(ctx, 2);
    (void)prepare(ctx, 0);
    duk_replace(ctx, -3);
    duk_pop(ctx);
    duk_def_prop(ctx, 0, STACK_PLAIN);
    return 0;
}

void stack_install(duk_context *ctx)
{
    duk_get_global_literal(ctx, "Error");
    duk_push_c_function(ctx, stack_capture, 2);
    duk_dup(ctx, -2);
    duk_put_prop_literal(ctx, -2, STACK_ERROR);
    duk_put_prop_literal(ctx, -2, "captureStackTrace");
    duk_push_int(ctx, 10);
    duk_put_prop_literal(ctx, -2, "stackTraceLimit");
    duk_get_prop_literal(ctx, -1, "prototype");
    duk_push_string(ctx, "stack");
    duk_get_prop_desc(ctx, -2, 0);
    duk_push_string(ctx, "stack");
    duk_push_c_function(ctx, stack_get, 0);
    duk_get_prop_literal(ctx, -3, "get");
    duk_put_prop_literal(ctx, -2, STACK_ORIGINAL);
    duk_dup(ctx, -5);
    duk_put_prop_literal(ctx, -2, STACK_ERROR);
    duk_get_prop_literal(ctx, -3, "set");
    duk_def_prop(ctx, -5,
                 DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_HAVE_SETTER | DUK_DEFPROP_SET_CONFIGURABLE);
    duk_pop_3(ctx);
}
