/*
 * Rule `budget`: used has crossed the head-room line, or will within the horizon. One alert a
 * budget; its culprit is the isolate that holds most. It fires after the time it was given, or when
 * half of the time that is left has gone, and clears when it has been far enough below for as long.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/budget.h"
#include "daemon/judge/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FOR_S      10.0
#define CRITICAL_S 60.0 /* to the limit */
#define HYSTERESIS 0.02

static const struct isolate *largest(const struct budget *budget)
{
    const struct isolate *found = NULL;

    for (size_t i = 0; i < budget->part_count; i++) {
        const struct isolate *isolate = budget->parts[i].isolate;
        if (isolate != NULL && (found == NULL || budget_held(isolate) > budget_held(found))) {
            found = isolate;
        }
    }
    return found;
}

/* The pace, the limit and how sure that is, behind the figures. */
static void say_pace(char summary[RULE_SUMMARY_MAX], const struct budget *budget)
{
    char pace[WORDS_MAX], when[WORDS_MAX];
    size_t length = strlen(summary);

    if (!isnan(budget->limit_seconds) && budget->limit_seconds > 0) {
        double rate = ((double)budget->limit - (double)budget->used) / budget->limit_seconds;
        snprintf(summary + length, RULE_SUMMARY_MAX - length,
                 ", growing %s/min, limit in %s, confidence %.0f %%", words_bytes(pace, rate * 60),
                 words_time(when, budget->limit_seconds), 100 * budget->confidence);
    }
}

static void say_budget(char summary[RULE_SUMMARY_MAX], const struct budget *budget,
                       const struct isolate *culprit)
{
    char who[WORDS_MAX], share[WORDS_MAX], figure[WORDS_MAX], name[WORDS_MAX], held[WORDS_MAX];
    double line = (double)budget_line(budget), used = (double)budget->used;

    words_budget(who, budget);
    words_share(share, used, (double)budget->limit);
    if (budget->state == BUDGET_OVER) {
        snprintf(summary, RULE_SUMMARY_MAX, "%s is %s over its head-room line. %s", who,
                 words_bytes(figure, used - line), share);
    } else {
        snprintf(summary, RULE_SUMMARY_MAX, "%s passes its head-room line in %s. %s", who,
                 words_time(name, budget->projected_seconds), share);
    }
    say_pace(summary, budget);
    size_t length = strlen(summary);
    snprintf(summary + length, RULE_SUMMARY_MAX - length, "%s",
             budget->is_partial ? ", partly stale." : ".");
    length = strlen(summary);
    if (culprit != NULL) {
        snprintf(summary + length, RULE_SUMMARY_MAX - length, " Largest: %s %s.",
                 words_name(name, culprit), words_bytes(held, (double)budget_held(culprit)));
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

/* The nearer the limit, the shorter the wait: half of the time that is left at most. */
static double wait_of(const struct budget *budget, double given)
{
    bool is_over = budget->state == BUDGET_OVER;

    return fmin(given, (is_over ? budget->limit_seconds : budget->projected_seconds) / 2);
}

static void check_budget(const struct rule_view *view, struct budget *budget)
{
    const struct config_budget *given = find_config(view->config, budget->name);
    double horizon = rule_threshold(view, BUDGET_HORIZON_S);
    double hysteresis = given != NULL ? given->hysteresis : HYSTERESIS;
    double wait = rule_for(view, given != NULL ? given->for_seconds : FOR_S);
    double line = (double)budget_line(budget), used = (double)budget->used;
    bool is_below = used < line - hysteresis * (double)budget->limit;
    bool is_over = budget->state == BUDGET_OVER;
    bool is_near = budget->projected_seconds <= horizon;
    char summary[RULE_SUMMARY_MAX] = "", name[WORDS_MAX] = "";

    if (budget->limit == MODEL_UNKNOWN) {
        return;
    }
    const struct isolate *culprit = largest(budget);
    if (is_over || is_near || !is_below) {
        budget->near_at = view->model->t;
    }
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
        .is_cleared = is_below && fabs(view->model->t - budget->near_at) >= wait,
        .for_seconds = wait_of(budget, wait),
        .severity = rule_severity(view, is_over || budget->limit_seconds < CRITICAL_S
                                            ? ALERT_CRITICAL
                                            : ALERT_WARNING),
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
