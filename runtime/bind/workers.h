/*
 * Workers below their JavaScript (js/worker.js): starting and ending them, their streams and
 * figures, the environment, and messages from thread to thread.
 */
#ifndef RUNTIME_BIND_WORKERS_H
#define RUNTIME_BIND_WORKERS_H

#include "runtime/mailbox.h"

#include "duktape.h"

/* Pushes [ function this arguments ] that tell the script of a letter, for script_call(). The number
 * of arguments, or -1 with nothing pushed when the engine died on the way. */
int workers_push_letter(duk_context *ctx, struct letter *letter);

/* The isolate writes to its stdout (1) or stderr (2): true when a parent takes it instead of the
 * process's own. */
bool workers_take_output(duk_context *ctx, int descriptor, const void *data, size_t size);

/* The natives of worker.js and of what else concerns the isolate as a worker. */
duk_ret_t workers_push_natives(duk_context *ctx);

#endif
