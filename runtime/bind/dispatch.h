/*
 * Which task of a pool goes to which of its workers, and what happens when the answer comes: the
 * owner's half of isoscope:pool (js/pool.js) as far as every task passes through it. What is seldom
 * (workers that come and go, aborts, queues of the user's own, recycling, events) is called in
 * script. One thread: the owner's.
 */
#ifndef RUNTIME_BIND_DISPATCH_H
#define RUNTIME_BIND_DISPATCH_H

#include "duktape.h"

struct port;

/* [ ] -> [ function this member ]: what hears a message of a pool's worker that came to that port;
 * its other arguments are task, handler, ns when posted, live, committed, value and what. */
void dispatch_push_hear(duk_context *ctx, const struct port *port);

/* [ object ] -> [ object ]: the natives of pool.js and pool_recycle.js for this. */
void dispatch_put_natives(duk_context *ctx);

#endif
