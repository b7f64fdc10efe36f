/* The natives of inspect.js and util.js: what an object is. */
#ifndef RUNTIME_BIND_KIND_H
#define RUNTIME_BIND_KIND_H

#include "duktape.h"

duk_ret_t kind_push_natives(duk_context *ctx);

#endif
