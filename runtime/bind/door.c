/*
 * Commands on their way into the script and their answers on the way out (door.h). Called by the
 * isolate's loop, by door.js and by pool.js. Owns the id of the one command that a listener of the
 * program took on, so that it is answered even when the isolate ends instead.
 */
#include "runtime/bind/door.h"

#include "runtime/host.h"
#include "runtime/isolate.h"

#include <math.h>
#include <stdio.h>

#define FIGURES_MAX 8

/* Of the isolate this thread runs. `id` is empty while nothing was taken on. */
static _Thread_local struct {
    char id[sizeof((struct letter *)0)->id];
    double committed; /* bytes when it was taken on */
} kept;

static double committed_of(const struct isolate *isolate)
{
    const struct wire_slot *slot = isolate_slot(isolate);

    return (double)(atomic_load_explicit(&slot->heap_total, memory_order_relaxed) +
                    atomic_load_explicit(&slot->external, memory_order_relaxed));
}

static duk_ret_t tell(duk_context *ctx, void *argument)
{
    const struct letter *letter = argument;

    script_push_builtin(ctx, "door");
    duk_get_prop_literal(ctx, -1, "command");
    duk_push_string(ctx, letter->verb);
    duk_push_string(ctx, letter->id);
    duk_push_string(ctx, letter->reason);
    duk_call(ctx, 3);
    return 1;
}

enum script_result door_command(duk_context *ctx, const struct letter *letter)
{
    return script_run(ctx, tell, (void *)(uintptr_t)letter);
}

void door_close(struct isolate *isolate)
{
    if (kept.id[0] != '\0') {
        struct host_figure figure = {"reclaimed", committed_of(isolate)};
        host_answer_figures(isolate_host(isolate), kept.id, &figure, 1);
        kept.id[0] = '\0';
    }
}

/* (): bytes this isolate has committed, heap and external */
static duk_ret_t native_committed(duk_context *ctx)
{
    duk_push_number(ctx, committed_of(isolate_of(ctx)));
    return 1;
}

/* (id): a listener takes the command on; false when one is taken on already */
static duk_ret_t native_keep(duk_context *ctx)
{
    bool is_free = kept.id[0] == '\0';

    if (is_free) {
        snprintf(kept.id, sizeof kept.id, "%s", duk_require_string(ctx, 0));
        kept.committed = committed_of(isolate_of(ctx));
    }
    duk_push_boolean(ctx, is_free);
    return 1;
}

/* (reason or undefined): the answer to what was taken on; nothing when it was answered before */
static duk_ret_t native_settle(duk_context *ctx)
{
    struct host *host = isolate_host(isolate_of(ctx));
    const char *reason = duk_get_string(ctx, 0);

    if (kept.id[0] == '\0') {
        return 0;
    }
    if (reason != NULL) {
        host_answer(host, kept.id, reason);
    } else {
        double freed = kept.committed - committed_of(isolate_of(ctx));
        struct host_figure figure = {"reclaimed", fmax(0, freed)};
        host_answer_figures(host, kept.id, &figure, 1);
    }
    kept.id[0] = '\0';
    return 0;
}

/* (id, reason): the command cannot be done */
static duk_ret_t native_refuse(duk_context *ctx)
{
    host_answer(isolate_host(isolate_of(ctx)), duk_require_string(ctx, 0),
                duk_require_string(ctx, 1));
    return 0;
}

/* (id, [name, value, ...]): it is done, with figures; NaN for one that is not known. The names stay
 * on the value stack, which holds them until the answer is written. */
static duk_ret_t native_done(duk_context *ctx)
{
    struct host_figure figures[FIGURES_MAX];
    size_t count = 0;
    const char *id = duk_require_string(ctx, 0);
    duk_size_t length = duk_get_length(ctx, 1);

    duk_require_stack(ctx, 2 * FIGURES_MAX);
    for (; count < FIGURES_MAX && 2 * count + 1 < length; count++) {
        duk_get_prop_index(ctx, 1, (duk_uarridx_t)(2 * count));
        duk_get_prop_index(ctx, 1, (duk_uarridx_t)(2 * count + 1));
        figures[count] = (struct host_figure){duk_require_string(ctx, -2), duk_get_number(ctx, -1)};
    }
    host_answer_figures(isolate_host(isolate_of(ctx)), id, figures, count);
    return 0;
}

duk_ret_t door_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry natives[] = {
        {"committed", native_committed, 0}, {"keep", native_keep, 1}, {"settle", native_settle, 1},
        {"refuse", native_refuse, 2},       {"done", native_done, 2}, {NULL, NULL, 0},
    };

    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, natives);
    return 1;
}
