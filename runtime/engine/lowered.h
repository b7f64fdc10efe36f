/*
 * What lowered code needs of the engine's inside (lowered.c), as natives of runtime/js/lowered.js:
 * private members, super, coroutines. On the engine's thread; may throw.
 */
#ifndef RUNTIME_ENGINE_LOWERED_H
#define RUNTIME_ENGINE_LOWERED_H

#include "duktape.h"

/* Pushes the object that holds the natives. */
duk_ret_t engine_push_lowered(duk_context *ctx);

#endif
