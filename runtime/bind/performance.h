/* The natives of perf_hooks.js: the clock and how busy the loop was. */
#ifndef RUNTIME_BIND_PERFORMANCE_H
#define RUNTIME_BIND_PERFORMANCE_H

#include "duktape.h"

duk_ret_t performance_push_natives(duk_context *ctx);

#endif
