/* The native of child_process.js: a program is run, and its end waited for. */
#ifndef RUNTIME_BIND_SPAWN_H
#define RUNTIME_BIND_SPAWN_H

#include "duktape.h"

duk_ret_t spawn_push_natives(duk_context *ctx);

#endif
