/*
 * Rule `main_blocked`: a main isolate stands still much of the time: in Atomics.wait, in serializing
 * what it posts, or in one long turn of its loop. What goes on now counts before it is over. One
 * alert a process; over after two quiet windows.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WINDOW_S   3.0
#define SHARE      0.2  /* of its time */
#define TURN_LEAST 0.05 /* seconds: what a turn has to last to be a block */

static double sum_of(const double *sums)
{
    double sum = 0;

    for (int i = 0; i < WIRE_OPS; i++) {
        sum += fmax(0, sums[i]);
    }
    return sum;
}

static double share_of(const double *sums, double seconds)
{
    return seconds > 0 ? fmin(1, sum_of(sums) / seconds) : 0;
}

/* What of it was most. */
static enum wire_op worst_of(const double *sums)
{
    enum wire_op worst = WIRE_OP_ATOMICS_WAIT;

    for (int i = 1; i < WIRE_OPS; i++) {
        worst = sums[i] > sums[worst] ? (enum wire_op)i : worst;
    }
    return worst;
}

static const struct {
    const char *what, *cause, *action;
} words[WIRE_OPS] = {
    [WIRE_OP_ATOMICS_WAIT] = {"in Atomics.wait",
                              "The main isolate waits for a worker and answers nobody meanwhile.",
                              "Wait with Atomics.waitAsync, or have the worker post a message."},
    [WIRE_OP_SERIALIZE] = {"in serializing what it posts",
                           "postMessage copies its argument while the main isolate stands still.",
                           "Post buffers in the transferList, share them, or have a worker read the "
                           "data itself."},
    [WIRE_OP_TURN] = {"in long turns of its loop",
                      "Synchronous work on the main isolate: timers, messages and answers wait for "
                      "it.",
                      "Give the work to a worker, or cut it into parts with setImmediate between "
                      "them."},
};

static void check(const struct rule_view *view, struct process *process,
                  const struct isolate *isolate)
{
    char summary[RULE_SUMMARY_MAX] = "", name[WORDS_MAX], span[WORDS_MAX];
    double least = rule_threshold(view, SHARE);
    struct window *window = &process->main_blocked;
    double sums[WIRE_OPS];

    memcpy(sums, process->block_seconds, sizeof sums);
    if (isolate->turn_seconds >= TURN_LEAST) {
        sums[WIRE_OP_TURN] += isolate->turn_seconds;
    }
    if (!rule_window(window, view->model->t, WINDOW_S, sums, WIRE_OPS)) {
        return;
    }
    double share = share_of(window->sums, window->seconds);
    if (share < least && !view->has_alerts) {
        return;
    }
    enum wire_op worst = worst_of(window->sums);
    words_name(name, isolate);
    if (share >= least) {
        snprintf(summary, sizeof summary,
                 "%s of %.64s stands still %.0f %% of the time. In %.0f s it spent %s %s.", name,
                 process->name, 100 * share, window->seconds,
                 words_span(span, fmin(window->seconds, window->sums[worst])), words[worst].what);
    }
    struct alert_report report = {
        .rule = view->kind,
        .subject = isolate->id,
        .is_met = share >= least,
        .is_cleared = share < least / 2 &&
                      share_of(window->past_sums, window->past_seconds) < least / 2,
        .for_seconds = rule_for(view, 0),
        .severity = rule_severity(view, ALERT_WARNING),
        .isolate = isolate->id,
        .pid = process->pid,
        .value = share,
        .threshold = least,
        .summary = summary,
        .culprit = name,
        .cause = words[worst].cause,
        .action = words[worst].action,
        .is_seconds = true,
        .cost = 60 * share,
    };
    rule_report(view, &report);
}

void rule_blocked(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->process_count; i++) {
        struct process *process = view->model->processes[i];
        const struct isolate *isolate = model_find_thread(view->model, process, 0);
        if (isolate != NULL && !isolate->has_ended) {
            check(view, process, isolate);
        }
    }
}
