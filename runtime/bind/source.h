/*
 * From source text to a function: what the engine can't read itself is lowered first. For the
 * loader, and for eval and Function.
 */
#ifndef RUNTIME_BIND_SOURCE_H
#define RUNTIME_BIND_SOURCE_H

#include "runtime/engine/engine.h"
#include "runtime/lower.h"

#include "duktape.h"

/* Compiles `head` + source + "}" as a function expression and pushes it. Throws. */
void source_compile(duk_context *ctx, const char *head, duk_idx_t source, duk_idx_t filename);

/* compile(source, filename): function (exports, require, module, __filename, __dirname). */
duk_ret_t source_commonjs(duk_context *ctx);
/* module(source, url): what the lowerer says of an ES module, and its body as `run`. */
duk_ret_t source_module(duk_context *ctx);

/* The engine's hook for eval and Function (engine.h, `lower`). */
void source_lower(void *owner, duk_context *ctx, enum engine_code code);
/* The engine's hook for Function.prototype.toString (engine.h, `text`). */
void source_push_text(void *owner, duk_context *ctx, bool is_lowered);

#endif
