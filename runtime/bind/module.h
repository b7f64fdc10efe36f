/*
 * What the module loader (loader.js) stands on: built-in modules and their natives, files, and
 * compilation. Paths are bytes of the file system; text is checked in text.h.
 */
#ifndef RUNTIME_BIND_MODULE_H
#define RUNTIME_BIND_MODULE_H

#include "duktape.h"

/* Compiles a built-in module and pushes function (exports, require, module, native). Pushes nothing
 * and returns 0 when there is none of that name. May throw. */
duk_ret_t module_push_builtin(duk_context *ctx, const char *name);

/* native(name): the natives of a built-in module. */
duk_ret_t module_native(duk_context *ctx);

/* The natives of loader.js. */
duk_ret_t module_push_natives(duk_context *ctx);

/* Throws an Error as Node's file functions do: "ENOENT: no such file or directory, open 'x'". */
duk_ret_t module_throw_system(duk_context *ctx, int error, const char *call, const char *path);
/* The same for two paths: "..., rename 'x' -> 'y'". */
duk_ret_t module_throw_system2(duk_context *ctx, int error, const char *call, const char *path,
                               const char *target);
/* The path at `index` as the file system knows it: kept on the value stack. May throw. */
const char *module_require_path(duk_context *ctx, duk_idx_t index);

#endif
