/*
 * What scripts are told when a value cannot be cloned.
 */
#ifndef RUNTIME_BIND_CLONE_H
#define RUNTIME_BIND_CLONE_H

#include "duktape.h"

/* The error that engine_clone_write() pushed stays on top; a DataCloneError becomes the DOMException
 * it is in Node. Does not throw. */
void clone_translate_error(duk_context *ctx);
/* Throws it. Never returns; the type is for `return clone_throw(ctx)`. */
duk_ret_t clone_throw(duk_context *ctx);

/* Pushes a DataCloneError with this message. May throw. */
void clone_push_error(duk_context *ctx, const char *text);

#endif
