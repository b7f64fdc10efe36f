/*
 * Heap figures, read from the isolate's slot: exact and without asking the heap. Figures that only
 * make sense inside V8 are 0, as Node reports what an embedder does not have.
 */
#include "runtime/bind/v8.h"

#include "runtime/bind/module.h"
#include "runtime/engine/engine.h"
#include "runtime/heap_file.h"
#include "runtime/isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

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

/* writeSnapshot(path) */
static duk_ret_t write_snapshot(duk_context *ctx)
{
    const char *path = module_require_path(ctx, 0);

    struct engine_snapshot figures;
    struct error error = {""};
    int code = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int refused = fd < 0 ? errno : 0;
    if (fd >= 0) {
        code = heap_file_snapshot(engine_of(ctx), fd, &figures, &error);
        close(fd);
    }
    if (code < 0) {
        unlink(path); /* half a snapshot is none */
    }

    if (refused) {
        return module_throw_system(ctx, refused, "open", path);
    }
    return code < 0 ? duk_error(ctx, DUK_ERR_ERROR, "%s", error.text) : 0;
}

duk_ret_t v8_push_natives(duk_context *ctx)
{
    duk_push_object(ctx);
    duk_push_c_function(ctx, write_snapshot, 1);
    duk_put_prop_literal(ctx, -2, "writeSnapshot");
    duk_push_c_function(ctx, heap_statistics, 0);
    duk_put_prop_literal(ctx, -2, "heapStatistics");
    return 1;
}
