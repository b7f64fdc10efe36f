/*
 * The collector's commands to an isolate that script code answers (js/door.js): recycle, by the pool
 * that owns the isolate or by a listener of the program's own.
 */
#ifndef RUNTIME_BIND_DOOR_H
#define RUNTIME_BIND_DOOR_H

#include "runtime/bind/script.h"
#include "runtime/mailbox.h"

#include "duktape.h"

struct isolate;

/* Hands the command to the script; borrowed. It is answered now, later, or by door_close(). */
enum script_result door_command(duk_context *ctx, const struct letter *letter);

/* The isolate ends: a recycle somebody took on and did not answer is done with that. */
void door_close(struct isolate *isolate);

/* The natives of door.js. */
duk_ret_t door_push_natives(duk_context *ctx);

#endif
