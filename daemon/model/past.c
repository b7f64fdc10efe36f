/*
 * From the model into its histories. Called once a tick after judgement. Owns nothing. Invariant:
 * ended things keep what they have and get nothing more.
 */
#include "daemon/model/past.h"

#include "daemon/model/history.h"

#include <math.h>

static double value_of(uint64_t value)
{
    return value == MODEL_UNKNOWN ? NAN : (double)value;
}

static struct history *need(struct history **history, enum history_kind kind,
                            const struct config *config)
{
    if (*history == NULL) {
        struct history_steps steps = {config->history.raw_step, config->history.raw_keep,
                                      config->history.rollup_step, config->history.rollup_keep};
        *history = history_new(kind, &steps);
    }
    return *history;
}

static void add_isolate(struct isolate *isolate, double t, const struct config *config)
{
    const double values[] = {
        [HISTORY_HEAP_USED] = value_of(isolate->heap.used),
        [HISTORY_HEAP_TOTAL] = value_of(isolate->heap.total),
        [HISTORY_HEAP_LIVE] = value_of(isolate->heap.live),
        [HISTORY_EXTERNAL] = value_of(isolate->external),
    };

    if (!isolate->has_ended && need(&isolate->history, HISTORY_ISOLATE, config) != NULL) {
        history_add(isolate->history, t, values);
    }
}

static void add_process(struct process *process, double t, const struct config *config)
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

    if (process->ended_at == 0 && need(&process->history, HISTORY_PROCESS, config) != NULL) {
        history_add(process->history, t, values);
    }
}

static void add_budget(struct budget *budget, double t, const struct config *config)
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
    if (need(&budget->history, HISTORY_BUDGET, config) != NULL) {
        history_add(budget->history, t, values);
    }
}

void past_tick(struct model *model, const struct config *config)
{
    for (size_t i = 0; i < model->isolate_count; i++) {
        add_isolate(model->isolates[i], model->t, config);
    }
    for (size_t i = 0; i < model->process_count; i++) {
        add_process(model->processes[i], model->t, config);
    }
    for (size_t i = 0; i < model->budget_count; i++) {
        add_budget(&model->budgets[i], model->t, config);
    }
}
