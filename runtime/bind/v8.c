/*
 * Heap figures, read from the isolate's slot: exact and without asking the heap. Figures that only
 * make sense inside V8 are 0, as Node reports what an embedder does not have.
 */
#include "runtime/bind/v8.h"

#include "runtime/bind/module.h"
#include "runtime/census.h"
#include "runtime/files.h"
#include "runtime/growth.h"
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

/* openSnapshot(): the descriptor of a file without a name that has it. */
static duk_ret_t open_snapshot(duk_context *ctx)
{
    struct files *files = isolate_files(isolate_of(ctx));
    struct engine_snapshot figures;
    struct error error = {""};

    int fd = heap_file_open(&error);
    int code = fd < 0 ? fd : heap_file_snapshot(engine_of(ctx), fd, &figures, &error);
    if (code == 0 && !files_add_fd(files, fd)) {
        code = heap_file_explain(-ENOMEM, &error);
    }
    if (code < 0 && fd >= 0) {
        close(fd);
    }

    if (code < 0) {
        return duk_error(ctx, DUK_ERR_ERROR, "%s", error.text);
    }
    duk_push_int(ctx, fd);
    return 1;
}

/* startProfile(interval) */
static duk_ret_t start_profile(duk_context *ctx)
{
    double interval = duk_require_number(ctx, 0);

    growth_yield(isolate_of(ctx));
    int code = engine_profile_start(engine_of(ctx), interval);

    if (code < 0) {
        return duk_error(ctx, DUK_ERR_ERROR, "%s",
                         code == -EALREADY ? "a heap profile is being taken already"
                                           : "not enough memory is left in the process");
    }
    return 0;
}

/* stopProfile(path or undefined): [samples, taken, lost, live bytes] */
static duk_ret_t stop_profile(duk_context *ctx)
{
    const char *path = duk_is_undefined(ctx, 0) ? NULL : module_require_path(ctx, 0);

    struct engine_profile taken;
    struct error error = {""};
    growth_yield(isolate_of(ctx));
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
    int refused = path && fd < 0 ? errno : 0;
    int code = refused ? 0 : engine_profile_stop(engine_of(ctx), fd, &taken);
    if (fd >= 0) {
        close(fd);
    }
    if (code < 0 && code != -ENOENT) {
        heap_file_explain(code, &error);
        unlink(path);
    }

    if (refused) {
        return module_throw_system(ctx, refused, "open", path);
    }
    if (code < 0) {
        return duk_error(ctx, DUK_ERR_ERROR, "%s",
                         code == -ENOENT ? "no heap profile is being taken" : error.text);
    }
    const double figures[] = {(double)taken.samples, (double)taken.taken, (double)taken.lost,
                              (double)taken.live};
    duk_push_array(ctx);
    for (duk_uarridx_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        duk_push_number(ctx, figures[i]);
        engine_put_fresh(ctx, -2, i);
    }
    return 1;
}

/* Pushes [name, count, bytes, name, ...]. */
static duk_ret_t push_rows(duk_context *ctx, void *udata)
{
    const struct census *census = udata;
    duk_push_array(ctx);
    for (size_t i = 0; i < census->count; i++) {
        duk_push_string(ctx, census->rows[i].name);
        engine_put_fresh(ctx, -2, (duk_uarridx_t)(3 * i));
        duk_push_number(ctx, (double)census->rows[i].count);
        engine_put_fresh(ctx, -2, (duk_uarridx_t)(3 * i + 1));
        duk_push_number(ctx, (double)census->rows[i].bytes);
        engine_put_fresh(ctx, -2, (duk_uarridx_t)(3 * i + 2));
    }
    return 1;
}

/* census(isWatching): its rows; with isWatching it is also the baseline of those after jobs. */
static duk_ret_t take_census(duk_context *ctx)
{
    struct isolate *isolate = isolate_of(ctx);
    bool is_watching = duk_to_boolean(ctx, 0);

    struct census *census;
    struct error error = {""};
    int code = heap_file_explain(isolate_take_census(isolate, true, &census), &error);
    duk_int_t failed = code == 0 ? duk_safe_call(ctx, push_rows, census, 0, 1) : 0;
    if (is_watching && census) {
        isolate_watch_census(isolate, &census);
    }
    census_free(&census);

    if (code < 0) {
        return duk_error(ctx, DUK_ERR_ERROR, "%s", error.text);
    }
    return failed ? duk_throw(ctx) : 1;
}

/* jobCensus(isBaseline): the rows of the baseline, or of the census after the last job that was
 * collected; null when there is none. */
static duk_ret_t job_census(duk_context *ctx)
{
    const struct isolate *isolate = isolate_of(ctx);
    const struct census *census =
        duk_to_boolean(ctx, 0) ? isolate_baseline(isolate) : isolate_job_census(isolate);

    if (!census) {
        duk_push_null(ctx);
        return 1;
    }
    return push_rows(ctx, (void *)(uintptr_t)census);
}

duk_ret_t v8_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry functions[] = {
        {"openSnapshot", open_snapshot, 0},
        {"startProfile", start_profile, 1},
        {"stopProfile", stop_profile, 1},
        {"census", take_census, 1},
        {"jobCensus", job_census, 1},
        {NULL, NULL, 0},
    };
    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, functions);
    duk_push_c_function(ctx, write_snapshot, 1);
    duk_put_prop_literal(ctx, -2, "writeSnapshot");
    duk_push_c_function(ctx, heap_statistics, 0);
    duk_put_prop_literal(ctx, -2, "heapStatistics");
    return 1;
}
