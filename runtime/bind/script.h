/*
 * The script side of an isolate: its globals, its module loader, its queues of work, and the one
 * way in which anything calls script code. The isolate's loop uses it like this:
 *
 *   script_open, script_run_file or script_run_code
 *   loop: timers_run, then deliver messages with script_call, then timers_run_immediates;
 *         sleep until timers_next_ns or a message; leave when nothing keeps it alive and
 *         script_before_exit found no more work either
 *   script_exit for the code, engine_free
 *
 * All of it belongs to the engine's thread, lives in the engine's heap and goes with it.
 */
#ifndef RUNTIME_BIND_SCRIPT_H
#define RUNTIME_BIND_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "duktape.h"

struct environment;

struct script_options {
    const char *const *argv;        /* process.argv, ended by NULL */
    const char *const *exec_argv;   /* process.execArgv, ended by NULL; NULL: none */
    struct environment *environment; /* process.env; counted elsewhere */
    bool is_worker;                 /* not the main isolate */
    const char *argv0;              /* process.argv0 */
    bool can_collect;               /* global.gc() exists (--expose-gc) */
};

enum script_result {
    SCRIPT_OK,
    SCRIPT_THREW, /* an error nobody handled is on top of the stack: the isolate ends with it */
    SCRIPT_DEAD /* the engine is dying (terminated, out of memory, process.exit); nothing pushed */
};

/* Fills a heap from which workers' are cast (mould.h): `udata` is a bool, can_collect. Of the isolate the
 * thread is about to open; nothing of it is left but the heap. */
duk_ret_t script_fill_mould(duk_context *ctx, void *udata);

/* Gives a fresh heap its globals. What `options` points to outlives the engine. */
enum script_result script_open(duk_context *ctx, const struct script_options *options);

/* Loads a file as the main module and runs it. `path` may be relative to the current directory. */
enum script_result script_run_file(duk_context *ctx, const char *path);
/* Compiles a file as the main module and runs nothing (--check). */
enum script_result script_check_file(duk_context *ctx, const char *path);
/* Runs text as the main module; modules it requires are looked up from the current directory. */
enum script_result script_run_code(duk_context *ctx, const char *code, size_t size);
/* Loads a file as a module before the main one (--require). */
enum script_result script_require(duk_context *ctx, const char *path);

/*
 * Calls a function as the loop does: [ ... function this arg1 .. argN ] -> [ ... ] (result
 * dropped), then runs process.nextTick callbacks and microtasks until there are none. An error
 * first goes to the 'uncaughtException' listeners; handled, it counts as SCRIPT_OK.
 */
enum script_result script_call(duk_context *ctx, duk_idx_t argument_count);

/* The same for a native that pushes and calls what it needs: nothing outside a protected call may
 * touch a heap that can be told to die at any moment. `function` leaves one value. */
enum script_result script_run(duk_context *ctx, duk_safe_call_function function, void *udata);

/* What follows such a call, made by duk_safe_call() for one value: [ ... result or error ] -> [ ... ]. */
enum script_result script_settle(duk_context *ctx, duk_int_t failed);

/* An error from outside script code (a failed worker, a message that cannot be read) on top of the
 * stack: treated like one that a callback threw. Pops it when it was handled. */
enum script_result script_throw(duk_context *ctx);

/* Nothing keeps the isolate alive: tells the 'beforeExit' listeners, who may create new work. */
enum script_result script_before_exit(duk_context *ctx);
/* The isolate ends with `code`, or with process.exitCode when that is set and `code` is 0: tells
 * the 'exit' listeners. Returns the code to use. Does nothing more when the engine is dying. */
int script_exit(duk_context *ctx, int code);

/* Prints the uncaught error at `index` on stderr as Node does: where, the source line with a caret,
 * the error with its stack. Never throws. */
void script_report(duk_context *ctx, duk_idx_t index);

/* ---- for the natives below script code ---- */

/* Pushes the object of natives that built-in modules get by native("name"). May throw. */
typedef duk_ret_t (*script_native_fn)(duk_context *ctx);

/* A callback slot script code fills and the loop calls: kept in the heap's stash. */
enum script_hook {
    SCRIPT_HOOK_DRAIN,     /* ticks: runs process.nextTick callbacks */
    SCRIPT_HOOK_TIMEOUT,   /* timers: runs one timeout */
    SCRIPT_HOOK_IMMEDIATE, /* timers: runs one immediate */
    SCRIPT_HOOK_UNCAUGHT,  /* process: true when a listener handled the error */
    SCRIPT_HOOK_EXIT,      /* process: tells listeners, returns the exit code */
    SCRIPT_HOOK_BEFORE_EXIT,
    SCRIPT_HOOK_FILE, /* fs: an operation is done */
    SCRIPT_HOOK_COUNT
};
/* Keeps the function at `index`. May throw. */
void script_set_hook(duk_context *ctx, enum script_hook hook, duk_idx_t index);
bool script_has_hook(enum script_hook hook);
/* Pushes the function. May throw. */
void script_push_hook(duk_context *ctx, enum script_hook hook);
/* Pushes the exports of a built-in module ("timers"), loading it. May throw. */
void script_push_builtin(duk_context *ctx, const char *name);

/* Memory of the engine's heap, for state that goes with it; duk_realloc that throws. */
void *script_realloc(duk_context *ctx, void *block, size_t size);

/* Of this thread's script. */
const struct script_options *script_options(void);

/* The natives of ticks.js. */
duk_ret_t script_push_natives(duk_context *ctx);

#endif
