/*
 * Atomics.waitAsync: waits of an isolate for which no thread sleeps. Each has a number, by which
 * wait_async.js knows it. All functions are the isolate's thread's.
 */
#ifndef RUNTIME_BIND_WAITS_H
#define RUNTIME_BIND_WAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "duktape.h"

struct mailbox;

/* Begins a wait whose notification is LETTER_WAKE in `mailbox`. Its number, 0 when *word is not
 * `expected`, or a negative errno. The memory of `word` has to stay while it lasts. */
int64_t waits_begin(struct mailbox *mailbox, const int32_t *word, int32_t expected);
/* Ends it; true when it was not notified before. Unknown numbers are fine. */
bool waits_end(uint64_t number);
/* The isolate ends: ends all, before its mailbox is gone. */
void waits_close(void);

duk_ret_t waits_push_natives(duk_context *ctx);

#endif
