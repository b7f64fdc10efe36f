/*
 * Heap figures, read from the isolate's slot: exact and without asking the heap. Figures that only
 * make sense inside V8 are 0, as Node reports what an embedder does not have.
 */
#include "runtime/bind/v8.h"

#include "runtime/engine/engine.h"
#include "runtime/isolate.h"

#include <math.h>

static double word(const _Atomic uint64_t *place)
{
    uint64_t value = atomic_load_explicit(place, memory_order_relaxed);
    return value == WIRE_UNKNOWN ? 0 : (double)value;
}

static double limit_of(const struct wire_slot *slot)
{
    uint64_t limit = atomic_load_explicit(&slot->heap_limit, memory_order_relaxed);
    return limit > (UINT64_C(1) << 52) ? 9007199254740991.0 : (double)limit;
}

static duk_ret_t heap_statistics(duk_context *ctx)
{
    const struct wire_slot *slot = isolate_slot(isolate_of(ctx));
    double total = word(&slot->heap_total);
    double used = word(&slot->heap_used);
    double limit = limit_of(slot);
    double malloced = word(&slot->malloced);
    const struct {
        const char *name;
        double value;
    } figures[] = {
        {"total_heap_size", total},
        {"total_heap_size_executable", 0},
        {"total_physical_size", total},
        {"total_available_size", fmax(0, limit - used)},
        {"used_heap_size", used},
        {"heap_size_limit", limit},
        {"malloced_memory", malloced},
        {"peak_malloced_memory", malloced},
        {"does_zap_garbage", 0},
        {"number_of_native_contexts", 1},
        {"number_of_detached_contexts", 0},
        {"total_global_handles_size", 0},
        {"used_global_handles_size", 0},
        {"external_memory", word(&slot->external)},
    };
    duk_push_object(ctx);
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        duk_push_number(ctx, figures[i].value);
        duk_put_prop_string(ctx, -2, figures[i].name);
    }
    return 1;
}

duk_ret_t v8_push_natives(duk_context *ctx)
{
    duk_push_object(ctx);
    duk_push_c_function(ctx, heap_statistics, 0);
    duk_put_prop_literal(ctx, -2, "heapStatistics");
    return 1;
}
