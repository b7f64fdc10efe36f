/*
 * The Atomics global: hardware atomics on the memory behind integer views, and wait/notify on the
 * queues of park.h. What Node 20 answers to wrong arguments is answered here.
 */
#ifndef RUNTIME_BIND_ATOMICS_H
#define RUNTIME_BIND_ATOMICS_H

#include "duktape.h"

/* Pushes the Atomics object. May throw. */
duk_ret_t atomics_push(duk_context *ctx);

#endif
