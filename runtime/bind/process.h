/* The natives of process.js: identity, clocks, memory, exit. */
#ifndef RUNTIME_BIND_PROCESS_H
#define RUNTIME_BIND_PROCESS_H

#include <stdint.h>

#include "duktape.h"

/* Nanoseconds since the process was loaded. Any thread. */
uint64_t process_uptime_ns(void);

duk_ret_t process_push_natives(duk_context *ctx);

#endif
