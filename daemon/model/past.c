/*
 * From the model into its histories, in memory here, on disk by who visits. Called once a tick
 * after judgement. Owns nothing. Invariant: ended things keep what they have and get nothing more.
 */
#include "daemon/model/past.h"

#include <math.h>

static double value_of(uint64_t value)
{
    return value == MODEL_UNKNOWN ? NAN : (double)value;
}

/* What visiting is done with. */
struct visitor {
    past_visit_fn *visit;
    void *context;
};

static void show(const struct visitor *visitor, enum history_kind kind, struct history **history,
                 const void *subject, const double *values)
{
    struct past_item item = {kind, history, subject, values};

    visitor->visit(visitor->context, &item);
}

static void visit_isolate(const struct visitor *visitor, struct isolate *isolate)
{
    const double values[] = {
        [HISTORY_HEAP_USED] = value_of(isolate->heap.used),
        [HISTORY_HEAP_TOTAL] = value_of(isolate->heap.total),
        [HISTORY_HEAP_LIVE] = value_of(isolate->heap.live),
        [HISTORY_EXTERNAL] = value_of(isolate->external),
    };

    if (!isolate->has_ended) {
        show(visitor, HISTORY_ISOLATE, &isolate->history, isolate, values);
    }
}

static void visit_process(const struct visitor *visitor, struct process *process)
{
    const double values[] = {
        [HISTORY_PROCESS_RSS] = value_of(process->rss),
        [HISTORY_PROCESS_HEAP_USED] = value_of(process->heap_used),
        [HISTORY_PROCESS_HEAP_TOTAL] = value_of(process->heap_total),
        [HISTORY_PROCESS_EXTERNAL] = value_of(process->external),
        [HISTORY_PROCESS_SHARED] = value_of(process->shared),
        [HISTORY_PROCESS_QUEUED_BYTES] = value_of(process->queued_bytes),
        [HISTORY_PROCESS_UNATTRIBUTED] =
            process->unattributed == INT64_MIN ? NAN : (double)process->unattributed,
    };

    if (process->ended_at == 0) {
        show(visitor, HISTORY_PROCESS, &process->history, process, values);
    }
}

static void visit_budget(const struct visitor *visitor, struct budget *budget)
{
    double parts[PART_OTHERS + 1] = {0};

    for (size_t i = 0; i < budget->part_count; i++) {
        parts[budget->parts[i].kind] += (double)budget->parts[i].bytes;
    }
    const double values[] = {
        [HISTORY_BUDGET_USED] = value_of(budget->used),
        [HISTORY_BUDGET_COMMITTED] = value_of(budget->committed),
        [HISTORY_BUDGET_HEAP] = parts[PART_HEAP],
        [HISTORY_BUDGET_EXTERNAL] = parts[PART_EXTERNAL],
        [HISTORY_BUDGET_SHARED] = parts[PART_SHARED],
        [HISTORY_BUDGET_IN_FLIGHT] = parts[PART_IN_FLIGHT],
        [HISTORY_BUDGET_UNATTRIBUTED] = parts[PART_UNATTRIBUTED],
    };
    show(visitor, HISTORY_BUDGET, &budget->history, budget, values);
}

void past_visit(const struct model *model, past_visit_fn *visit, void *context)
{
    const struct visitor visitor = {visit, context};

    for (size_t i = 0; i < model->isolate_count; i++) {
        visit_isolate(&visitor, model->isolates[i]);
    }
    for (size_t i = 0; i < model->process_count; i++) {
        visit_process(&visitor, model->processes[i]);
    }
    for (size_t i = 0; i < model->budget_count; i++) {
        visit_budget(&visitor, &model->budgets[i]);
    }
}

/* ---- into memory ----------------------------------------------------------------------------- */

struct remembering {
    double t;
    struct history_steps steps;
};

static void remember(void *context, const struct past_item *item)
{
    const struct remembering *remembering = context;

    if (*item->history == NULL) {
        *item->history = history_new(item->kind, &remembering->steps);
    }
    if (*item->history != NULL) {
        history_add(*item->history, remembering->t, item->values);
    }
}

void past_tick(struct model *model, const struct config *config)
{
    struct remembering remembering = {
        .t = model->t,
        .steps = {config->history.raw_step, config->history.raw_keep, config->history.rollup_step,
                  config->history.rollup_keep},
    };

    past_visit(model, remember, &remembering);
}
