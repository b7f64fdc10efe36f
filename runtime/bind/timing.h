/*
 * A histogram of times for pools: values within 1 %, in a plain buffer of the engine's heap, so that
 * recording one is a few instructions and nothing has to be freed. Natives of pool.js, but for timing_add().
 */
#ifndef RUNTIME_BIND_TIMING_H
#define RUNTIME_BIND_TIMING_H

#include "duktape.h"

/* (): an empty histogram */
duk_ret_t timing_push(duk_context *ctx);
/* Adds to the histogram in that buffer: whole and at least 1. */
void timing_add(void *timing, double given);
/* (histogram): the object Piscina shows: thousandths of the values, but for stddev */
duk_ret_t timing_summary(duk_context *ctx);
/* (histogram): the sum of its values */
duk_ret_t timing_total(duk_context *ctx);

#endif
