/* What scripts find in the global object. */
#ifndef RUNTIME_BIND_GLOBALS_H
#define RUNTIME_BIND_GLOBALS_H

#include <stdbool.h>

#include "duktape.h"

/* Fills the global object of a fresh heap; `can_collect` adds gc(). May throw. */
void globals_install(duk_context *ctx, bool can_collect);

/* Adds a hidden (not enumerable) method to the object on top. May throw. */
void globals_put_function(duk_context *ctx, const char *name, duk_c_function function,
                          duk_idx_t length, int magic);

#endif
