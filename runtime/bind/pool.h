/*
 * A pool's messages (js/pool.js, js/pool_worker.js): one each way per task. What tells them apart
 * rides in the message's note, not in the value, so a task costs what its value costs. The worker's
 * side of a task whose handler is a plain function is C throughout.
 */
#ifndef RUNTIME_BIND_POOL_H
#define RUNTIME_BIND_POOL_H

#include "runtime/message.h"
#include "runtime/port.h"

#include "duktape.h"

#include <stdbool.h>
#include <stdint.h>

/* What the port of a channel between a pool and its worker is. */
enum pool_end { POOL_NONE, POOL_OWNER, POOL_WORKER };

/* What a message is. The numbers are js/pool.js's too. */
enum pool_what {
    POOL_TASK,    /* to the worker: `task` is its number, the value goes to handler `handler` */
    POOL_HANDLER, /* to the worker: [file, export, job name] of handler number `handler` */
    POOL_END,     /* to the worker: exit now */
    POOL_RESULT,  /* from the worker: `task` is done with this value */
    POOL_ERROR,   /* from the worker: `task` failed with this value */
    POOL_READY,   /* from the worker: its script and first handler are loaded */
    POOL_FIGURES, /* from the worker: a job's collection brought new figures */
    POOL_FAILURE, /* from the worker: `task` failed with [error, its own properties] */
    POOL_RETURNED, /* from the worker, which ends: `task` was not begun; the value is the task's */
    POOL_ASKED,   /* from the worker: the collector's command to recycle it, [id, reason] */
};

/* Posts the value at `value`. 0, or -1 with the error pushed when it cannot be cloned. What a closed
 * port (or NULL) is given is thrown away, but for a task: then 1, with the task's value pushed, which
 * may have taken buffers along. */
int pool_post(duk_context *ctx, struct port *port, const struct message_note *note, duk_idx_t value,
              duk_idx_t transfer, uint64_t *posted);

/* Takes that task back when the first port's worker has not begun it and gives it to the second's;
 * whether it did. */
bool pool_move(struct port *from, struct port *to, uint32_t task);

/* Pushes [ function this arguments ] for script_call() and returns the number of arguments, or -1 with
 * nothing pushed when the engine died on the way; *read becomes CLOCK_MONOTONIC ns. */
int pool_push_message(duk_context *ctx, struct port *port, struct message *message, uint64_t *read);

/* The worker ends: what waits in its port goes back to the owner. */
void pool_return(struct port *port);

/* The natives of pool.js and pool_worker.js. */
duk_ret_t pool_push_natives(duk_context *ctx);

#endif
