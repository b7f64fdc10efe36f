/*
 * The timers of one isolate: a binary heap ordered by due time, then by creation. What a timer
 * calls is script (timers.js); here is only when. Durations are whole milliseconds, as in Node.
 */
#ifndef RUNTIME_BIND_TIMERS_H
#define RUNTIME_BIND_TIMERS_H

#include "runtime/bind/script.h"

#include <stdint.h>

#define TIMERS_NEVER UINT64_MAX

/* A fresh heap begins on this thread: no timers. */
void timers_open(void);

/* CLOCK_MONOTONIC ns at which there is work: 0 when an immediate waits, TIMERS_NEVER for none. */
uint64_t timers_next_ns(duk_context *ctx);
/* A timer or immediate that is not unref'ed waits. */
bool timers_is_alive(duk_context *ctx);

/* Runs the timers that are due now, each with its ticks. */
enum script_result timers_run(duk_context *ctx);
/* Runs the immediates that wait now; those they add come next time. */
enum script_result timers_run_immediates(duk_context *ctx);

/* The natives of timers.js. */
duk_ret_t timers_push_natives(duk_context *ctx);

#endif
