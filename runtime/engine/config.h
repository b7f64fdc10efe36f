/*
 * What differs from Debian's Duktape configuration. Included by duk_config.h through its override
 * hook (engine.mk), so by everything that includes duktape.h.
 */
#ifndef RUNTIME_ENGINE_CONFIG_H
#define RUNTIME_ENGINE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

/* Numbers that are integers stay integers; objects serialize without property lookups. */
#define DUK_USE_FASTINT
#define DUK_USE_JSON_STRINGIFY_FASTPATH

/* A running script asks regularly whether it may go on. */
bool engine_must_stop(void *engine);
bool engine_pause(void *engine);
#define DUK_USE_INTERRUPT_COUNTER
#define DUK_USE_EXEC_TIMEOUT_CHECK(udata) engine_pause(udata)

/* Depth is bounded by the thread's real stack, not by a count of calls; the compiler asks as well.
 */
bool engine_stack_is_low(void);
#define DUK_USE_NATIVE_STACK_CHECK() engine_stack_is_low()
/* Calls of script functions by script functions, which use none of that stack. */
extern _Thread_local size_t engine_calls_max;
#undef DUK_USE_CALLSTACK_LIMIT
#define DUK_USE_CALLSTACK_LIMIT engine_calls_max
#undef DUK_USE_NATIVE_CALL_RECLIMIT
#define DUK_USE_NATIVE_CALL_RECLIMIT 20000
#undef DUK_USE_JSON_DEC_RECLIMIT
#define DUK_USE_JSON_DEC_RECLIMIT 20000
#undef DUK_USE_JSON_ENC_RECLIMIT
#define DUK_USE_JSON_ENC_RECLIMIT 20000

/* JSON is a part of the language since ES2019: these need no escape in it. */
#undef DUK_USE_NONSTD_JSON_ESC_U2028_U2029

/* Every call is a frame of the stack trace, as in other engines. */
#undef DUK_USE_TAILCALL

/* A script's finalizer would run inside whatever native lets go of the last reference. */
#undef DUK_USE_FINALIZER_SUPPORT

/* The arena is the only allocator. */
#undef DUK_USE_PROVIDE_DEFAULT_ALLOC_FUNCTIONS

/* Collects at every allocation: the variant that finds unrooted values. */
#ifdef ENGINE_TORTURE
#define DUK_USE_GC_TORTURE
#endif

#endif
