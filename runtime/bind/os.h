/* The natives of os.js: names of the system, processors, the user. */
#ifndef RUNTIME_BIND_OS_H
#define RUNTIME_BIND_OS_H

#include "duktape.h"

duk_ret_t os_push_natives(duk_context *ctx);

#endif
