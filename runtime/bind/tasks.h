/*
 * The natives of ticks.js, promise.js and rejections.js: microtasks and promises beyond what the
 * language shows.
 */
#ifndef RUNTIME_BIND_TASKS_H
#define RUNTIME_BIND_TASKS_H

#include "duktape.h"

duk_ret_t tasks_push_natives(duk_context *ctx);

#endif
