/*
 * What process.js asks of the system. The memory figures come from the isolate's slot and from
 * /proc/self/statm, so reading them costs next to nothing.
 */
#include "runtime/bind/process.h"

#include "base/clock.h"
#include "runtime/bind/module.h"
#include "runtime/bind/script.h"
#include "runtime/bind/text.h"
#include "runtime/engine/engine.h"
#include "runtime/environment.h"
#include "runtime/isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* When the process was loaded: what process.uptime() counts from. */
static uint64_t process_started;

__attribute__((constructor)) static void note_start(void)
{
    process_started = clock_now_ns();
}

uint64_t process_uptime_ns(void)
{
    return clock_now_ns() - process_started;
}

/* ---- clocks -------------------------------------------------------------------------------------
 */

/* now(): milliseconds of the monotonic clock. */
static duk_ret_t native_now(duk_context *ctx)
{
    duk_push_number(ctx, (double)clock_now_ns() / (double)CLOCK_NS_PER_MS);
    return 1;
}

/* hrtime(): [seconds, nanoseconds] */
static duk_ret_t native_hrtime(duk_context *ctx)
{
    uint64_t now = clock_now_ns();
    duk_push_array(ctx);
    duk_push_number(ctx, (double)(now / CLOCK_NS_PER_S));
    engine_put_fresh(ctx, -2, 0);
    duk_push_number(ctx, (double)(now % CLOCK_NS_PER_S));
    engine_put_fresh(ctx, -2, 1);
    return 1;
}

/* nanoseconds(): of the monotonic clock, as a number: exact while the machine is up for less than
 * 104 days, then to two. */
static duk_ret_t native_nanoseconds(duk_context *ctx)
{
    duk_push_number(ctx, (double)clock_now_ns());
    return 1;
}

static duk_ret_t native_uptime(duk_context *ctx)
{
    duk_push_number(ctx, (double)process_uptime_ns() / (double)CLOCK_NS_PER_S);
    return 1;
}

/* ---- identity -----------------------------------------------------------------------------------
 */

static duk_ret_t native_cwd(duk_context *ctx)
{
    char path[PATH_MAX];
    if (!getcwd(path, sizeof(path))) {
        return duk_generic_error(ctx, "the current directory can't be told: %s", strerror(errno));
    }
    text_push_string(ctx, path);
    return 1;
}

/* chdir(path) */
static duk_ret_t native_chdir(duk_context *ctx)
{
    const char *path = module_require_path(ctx, 0);
    char before[PATH_MAX] = "";

    (void)!getcwd(before, sizeof before);
    int error = chdir(path) != 0 ? errno : 0;

    if (error) {
        return module_throw_system2(ctx, error, "chdir", before, path);
    }
    return 0;
}

/* umask(), umask(mask): what it was. */
static duk_ret_t native_umask(duk_context *ctx)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* reading it means to change it */
    bool is_set = duk_is_number(ctx, 0);
    mode_t mask = is_set ? duk_to_uint32(ctx, 0) & 0777 : 0;

    pthread_mutex_lock(&lock);
    mode_t before = umask(mask);
    if (!is_set) {
        (void)umask(before);
    }
    pthread_mutex_unlock(&lock);

    duk_push_uint(ctx, before);
    return 1;
}

static void push_texts(duk_context *ctx, const char *const *texts)
{
    duk_push_array(ctx);
    for (duk_uarridx_t i = 0; texts && texts[i]; i++) {
        text_push_string(ctx, texts[i]);
        engine_put_fresh(ctx, -2, i);
    }
}

static duk_ret_t native_argv(duk_context *ctx)
{
    push_texts(ctx, script_options()->argv);
    return 1;
}

static duk_ret_t native_exec_argv(duk_context *ctx)
{
    push_texts(ctx, script_options()->exec_argv);
    return 1;
}

static void put_string(duk_context *ctx, const char *name, const char *value)
{
    text_push_string(ctx, value);
    duk_put_prop_string(ctx, -2, name);
}

static void put_number(duk_context *ctx, const char *name, double value)
{
    duk_push_number(ctx, value);
    duk_put_prop_string(ctx, -2, name);
}

/* identity(): what does not change while the process lives. */
static duk_ret_t native_identity(duk_context *ctx)
{
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - 1);
    path[size > 0 ? size : 0] = 0;
    const char *argv0 = script_options()->argv0;

    duk_push_object(ctx);
    put_string(ctx, "execPath", path);
    put_string(ctx, "argv0", argv0 ? argv0 : "isorun");
    put_string(ctx, "isoscope", ISOSCOPE_VERSION);
    put_number(ctx, "pid", getpid());
    put_number(ctx, "ppid", getppid());
    duk_push_boolean(ctx, script_options()->is_worker);
    duk_put_prop_literal(ctx, -2, "isWorker");
    const struct environment *environment = script_options()->environment;
    duk_push_boolean(ctx,
                     environment != NULL && environment_has(environment, "NODE_CHANNEL_FD"));
    duk_put_prop_literal(ctx, -2, "hasChannel");
    put_number(ctx, "duktape", DUK_VERSION);
    return 1;
}

/* ---- memory -------------------------------------------------------------------------------------
 */

static double resident_bytes(void)
{
    char text[128];
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t size = file >= 0 ? read(file, text, sizeof(text) - 1) : -1;
    if (file >= 0) {
        close(file);
    }
    unsigned long pages = 0;
    if (size > 0) {
        text[size] = 0;
        (void)sscanf(text, "%*u %lu", &pages);
    }
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static duk_ret_t native_rss(duk_context *ctx)
{
    duk_push_number(ctx, resident_bytes());
    return 1;
}

static double word(const _Atomic uint64_t *place)
{
    return (double)atomic_load_explicit(place, memory_order_relaxed);
}

/* memoryUsage(): as Node, `arrayBuffers` with shared stores, `external` without. */
static duk_ret_t native_memory(duk_context *ctx)
{
    const struct wire_slot *slot = isolate_slot(isolate_of(ctx));
    duk_push_object(ctx);
    put_number(ctx, "rss", resident_bytes());
    put_number(ctx, "heapTotal", word(&slot->heap_total));
    put_number(ctx, "heapUsed", word(&slot->heap_used));
    put_number(ctx, "external", word(&slot->external));
    put_number(ctx, "arrayBuffers", word(&slot->array_buffers) + word(&slot->shared));
    return 1;
}

/* cpu(): [user, system], microseconds of the whole process. */
static duk_ret_t native_cpu(duk_context *ctx)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    duk_push_array(ctx);
    duk_push_number(ctx, (double)usage.ru_utime.tv_sec * 1e6 + (double)usage.ru_utime.tv_usec);
    engine_put_fresh(ctx, -2, 0);
    duk_push_number(ctx, (double)usage.ru_stime.tv_sec * 1e6 + (double)usage.ru_stime.tv_usec);
    engine_put_fresh(ctx, -2, 1);
    return 1;
}

/* ---- the end ------------------------------------------------------------------------------------
 */

/* exit(code): does not return to script code. */
static duk_ret_t native_exit(duk_context *ctx)
{
    int code = duk_to_int32(ctx, 0) & 0xff;
    isolate_exit(isolate_of(ctx), code);
    return duk_range_error(ctx, "exit");
}

/* callbacks(uncaught, exit, beforeExit) */
static duk_ret_t native_callbacks(duk_context *ctx)
{
    script_set_hook(ctx, SCRIPT_HOOK_UNCAUGHT, 0);
    script_set_hook(ctx, SCRIPT_HOOK_EXIT, 1);
    script_set_hook(ctx, SCRIPT_HOOK_BEFORE_EXIT, 2);
    return 0;
}

duk_ret_t process_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry natives[] = {
        {"now", native_now, 0},
        {"hrtime", native_hrtime, 0},
        {"nanoseconds", native_nanoseconds, 0},
        {"uptime", native_uptime, 0},
        {"cwd", native_cwd, 0},
        {"chdir", native_chdir, 1},
        {"umask", native_umask, 1},
        {"argv", native_argv, 0},
        {"execArgv", native_exec_argv, 0},
        {"identity", native_identity, 0},
        {"rss", native_rss, 0},
        {"memory", native_memory, 0},
        {"cpu", native_cpu, 0},
        {"exit", native_exit, 1},
        {"callbacks", native_callbacks, 3},
        {NULL, NULL, 0},
    };
    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, natives);
    return 1;
}
