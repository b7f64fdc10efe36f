/*
 * Rule `budget`: used has crossed the head-room line, or will within the horizon. One alert a
 * budget; its culprit is the isolate with the largest part.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/budget.h"
#include "daemon/judge/words.h"

#include <stdio.h>
#include <string.h>

#define FOR_S      10.0
#define HYSTERESIS 0.02

static const struct isolate *largest(const struct budget *budget)
{
    const struct budget_part *found = NULL;

    for (size_t i = 0; i < budget->part_count; i++) {
        const struct budget_part *part = &budget->parts[i];
        if (part->isolate != NULL && (found == NULL || part->bytes > found->bytes)) {
            found = part;
        }
    }
    return found != NULL ? found->isolate : NULL;
}

static void say_budget(char summary[RULE_SUMMARY_MAX], const struct budget *budget,
                       const struct isolate *culprit)
{
    char who[WORDS_MAX], share[WORDS_MAX], figure[WORDS_MAX], name[WORDS_MAX], heap[WORDS_MAX];
    double line = (double)budget_line(budget), used = (double)budget->used;

    words_budget(who, budget);
    words_share(share, used, (double)budget->limit);
    int length =
        budget->state == BUDGET_OVER
            ? snprintf(summary, RULE_SUMMARY_MAX, "%s is %s over its head-room line. %s.", who,
                       words_bytes(figure, used - line), share)
            : snprintf(summary, RULE_SUMMARY_MAX,
                       "%s passes its head-room line in %s. %s, growing %s/min.", who,
                       words_time(name, budget->projected_seconds), share,
                       words_bytes(figure, (line - used) / budget->projected_seconds * 60));
    if (culprit != NULL && length > 0 && length < RULE_SUMMARY_MAX) {
        snprintf(summary + length, RULE_SUMMARY_MAX - (size_t)length, " Largest: %s %s.",
                 words_name(name, culprit), words_bytes(heap, (double)culprit->heap.total));
    }
}

static const struct config_budget *find_config(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->budget_count; i++) {
        if (strcmp(config->budgets[i].name, name) == 0) {
            return &config->budgets[i];
        }
    }
    return NULL;
}

static void check_budget(const struct rule_view *view, const struct budget *budget)
{
    const struct config_budget *given = find_config(view->config, budget->name);
    double horizon = rule_threshold(view, BUDGET_HORIZON_S);
    double hysteresis = given != NULL ? given->hysteresis : HYSTERESIS;
    double line = (double)budget_line(budget), used = (double)budget->used;
    bool is_over = budget->state == BUDGET_OVER;
    bool is_near = budget->projected_seconds <= horizon;
    char summary[RULE_SUMMARY_MAX] = "", name[WORDS_MAX] = "";

    if (budget->limit == MODEL_UNKNOWN) {
        return;
    }
    const struct isolate *culprit = largest(budget);
    if (is_over || is_near) {
        say_budget(summary, budget, culprit);
    }
    if (culprit != NULL) {
        words_name(name, culprit);
    }
    struct alert_report report = {
        .rule = view->kind,
        .subject = budget->name,
        .is_met = is_over || is_near,
        .is_cleared = !is_near && used < line - hysteresis * (double)budget->limit,
        .for_seconds = rule_for(view, given != NULL ? given->for_seconds : FOR_S),
        .severity = rule_severity(view, is_over ? ALERT_CRITICAL : ALERT_WARNING),
        .isolate = culprit != NULL ? culprit->id : NULL,
        .pid = culprit != NULL ? culprit->process->pid : 0,
        .value = used,
        .threshold = line,
        .summary = summary,
        .culprit = name,
        .cause = "What runs there needs more than the limit leaves.",
        .action = "Raise the limit, run fewer isolates, or mend what grows; the parts of the budget "
                  "tell who holds how much.",
        .cost = used > line ? used - line : 0,
    };
    rule_report(view, &report);
}

void rule_budget(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->budget_count; i++) {
        check_budget(view, &view->model->budgets[i]);
    }
}
