/* The natives of v8.js: heap figures under the names V8 gives them. */
#ifndef RUNTIME_BIND_V8_H
#define RUNTIME_BIND_V8_H

#include "duktape.h"

duk_ret_t v8_push_natives(duk_context *ctx);

#endif
