/*
 * Clock and loop figures for perf_hooks.js. The loop's come from the isolate's slot, where the
 * isolate notes when it falls asleep. Owns nothing.
 */
#include "runtime/bind/performance.h"

#include "base/clock.h"
#include "runtime/bind/process.h"
#include "runtime/isolate.h"

/* performance.now(): milliseconds since performance.timeOrigin. */
static duk_ret_t native_now(duk_context *ctx)
{
    duk_push_number(ctx, (double)process_uptime_ns() / (double)CLOCK_NS_PER_MS);
    return 1;
}

/* idle(): milliseconds this isolate's loop was asleep so far. */
static duk_ret_t native_idle(duk_context *ctx)
{
    const struct wire_slot *slot = isolate_slot(isolate_of(ctx));
    uint64_t idle = atomic_load_explicit(&slot->idle_time, memory_order_relaxed);
    duk_push_number(ctx, (double)idle / (double)CLOCK_NS_PER_MS);
    return 1;
}

duk_ret_t performance_push_natives(duk_context *ctx)
{
    duk_push_object(ctx);
    duk_push_c_function(ctx, native_now, 0);
    duk_push_literal(ctx, "name");
    duk_push_literal(ctx, "now");
    duk_def_prop(ctx, -3, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_FORCE);
    duk_put_prop_literal(ctx, -2, "now");
    duk_push_c_function(ctx, native_idle, 0);
    duk_put_prop_literal(ctx, -2, "idle");
    duk_push_number(ctx, (double)(clock_wall_ns() - process_uptime_ns()) / (double)CLOCK_NS_PER_MS);
    duk_put_prop_literal(ctx, -2, "timeOrigin");
    return 1;
}
