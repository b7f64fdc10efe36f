/*
 * worker_threads below its JavaScript (js/worker_threads.js): natives for ports and workers, and
 * what the loop needs to tell the script about them.
 */
#ifndef RUNTIME_BIND_THREADS_H
#define RUNTIME_BIND_THREADS_H

#include "runtime/bind/script.h"
#include "runtime/engine/engine.h"
#include "runtime/message.h"
#include "runtime/port.h"
#include "runtime/worker.h"

#include "duktape.h"

#include <stdbool.h>

/* Reads the message, which was taken at `taken`, and calls who listens to the port's, as script_call()
 * does. Takes the message. */
enum script_result threads_deliver(duk_context *ctx, struct account *account, struct port *port,
                                   struct message *message, uint64_t taken);

/*
 * Each pushes [ function this arguments ] for script_call() and returns the number of arguments, or
 * -1 with nothing pushed when the engine died on the way.
 */
/* The port is closed and empty; the script's object is no longer one. */
int threads_push_close(duk_context *ctx, struct port *port);
int threads_push_online(duk_context *ctx, struct worker *worker);
int threads_push_ended(duk_context *ctx, struct worker *worker);

/* Replaces the value on top of the stack, an uncaught error, by one that survives cloning with its own
 * properties (code and the like). False with a reason pushed on top when that throws. */
bool threads_pack_error(duk_context *ctx);

/* ---- for the natives of workers.c and broadcast.c ---- */

/* The open port an object stands for; NULL for none. */
struct port *threads_get_port(duk_context *ctx, duk_idx_t index);
/* The port becomes this isolate's, with the object at `index` as the script's side of it. Takes the
 * reference, also when the isolate dies on the way. */
void threads_adopt_port(duk_context *ctx, duk_idx_t index, struct port **port);
/* Pushes the function that hears of everything but messages, loading worker_threads. May throw. */
void threads_push_listener(duk_context *ctx);
/* Fills in what every posted message carries; `port` may be NULL. */
void threads_stamp(duk_context *ctx, struct message *message, const struct port *port);

/* The engine's hooks for ports inside messages (engine.h). */
enum engine_kind threads_kind_of(void *owner, duk_context *ctx, duk_idx_t index);
struct port *threads_port_take(void *owner, duk_context *ctx, duk_idx_t index);
void threads_port_push(void *owner, duk_context *ctx, struct port *port);

/* The natives of worker_threads.js, port_events.js and isoscope.js. */
duk_ret_t threads_push_natives(duk_context *ctx);

#endif
