/*
 * From figures to conditions and their words. Called by the tick. Owns nothing. Invariant: a
 * summary says first what is the case, then what says so, each in one sentence.
 */
#include "daemon/judge/rules.h"

#include "daemon/judge/budget.h"
#include "daemon/judge/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define BUDGET_FOR_S      10.0
#define BUDGET_HYSTERESIS 0.02
#define DRIFT_CONFIDENCE  0.9
#define CRASH_WINDOW_S    300.0
#define CRASH_LOOP        3
#define GROUPS_MAX        64
#define SUMMARY_MAX       (2 * MODEL_TEXT_MAX)

static const struct config_rule *find_rule(const struct config *config, const char *kind)
{
    for (size_t i = 0; i < config->rule_count; i++) {
        if (strcmp(config->rules[i].kind, kind) == 0) {
            return &config->rules[i];
        }
    }
    return NULL;
}

static enum alert_severity severity_of(const struct config_rule *rule, enum alert_severity own)
{
    for (int i = ALERT_INFO; rule != NULL && i <= ALERT_CRITICAL; i++) {
        if (strcmp(rule->severity, alert_severity_names[i]) == 0) {
            return (enum alert_severity)i;
        }
    }
    return own;
}

static double for_of(const struct config_rule *rule, double own)
{
    return rule != NULL && !isnan(rule->for_seconds) ? rule->for_seconds : own;
}

static double threshold_of(const struct config_rule *rule, double own)
{
    return rule != NULL && !isnan(rule->threshold) ? rule->threshold : own;
}

/* ---- budget --------------------------------------------------------------------------------- */

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

static void say_budget(char summary[SUMMARY_MAX], const struct budget *budget,
                       const struct isolate *culprit)
{
    char who[WORDS_MAX], share[WORDS_MAX], figure[WORDS_MAX], name[WORDS_MAX], heap[WORDS_MAX];
    double line = (double)budget_line(budget), used = (double)budget->used;

    words_budget(who, budget);
    words_share(share, used, (double)budget->limit);
    int length =
        budget->state == BUDGET_OVER
            ? snprintf(summary, SUMMARY_MAX, "%s is %s over its head-room line. %s.", who,
                       words_bytes(figure, used - line), share)
            : snprintf(summary, SUMMARY_MAX,
                       "%s passes its head-room line in %s. %s, growing %s/min.", who,
                       words_time(name, budget->projected_seconds), share,
                       words_bytes(figure, (line - used) / budget->projected_seconds * 60));
    if (culprit != NULL && length > 0 && length < SUMMARY_MAX) {
        snprintf(summary + length, SUMMARY_MAX - (size_t)length, " Largest: %s %s.",
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

static void check_budget(struct alerts *alerts, struct model *model, const struct config *config,
                         const struct budget *budget)
{
    const struct config_rule *rule = find_rule(config, "budget");
    const struct config_budget *own = find_config(config, budget->name);
    double horizon = threshold_of(rule, BUDGET_HORIZON_S);
    double hysteresis = own != NULL ? own->hysteresis : BUDGET_HYSTERESIS;
    double line = (double)budget_line(budget), used = (double)budget->used;
    bool is_over = budget->state == BUDGET_OVER;
    bool is_near = budget->projected_seconds <= horizon;
    char summary[SUMMARY_MAX] = "", name[WORDS_MAX] = "";

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
        .rule = "budget",
        .subject = budget->name,
        .is_met = is_over || is_near,
        .is_cleared = !is_near && used < line - hysteresis * (double)budget->limit,
        .for_seconds = for_of(rule, own != NULL ? own->for_seconds : BUDGET_FOR_S),
        .severity = severity_of(rule, is_over ? ALERT_CRITICAL : ALERT_WARNING),
        .isolate = culprit != NULL ? culprit->id : NULL,
        .pid = culprit != NULL ? culprit->process->pid : 0,
        .value = used,
        .threshold = line,
        .summary = summary,
        .culprit = name,
    };
    alerts_report(alerts, model, &report);
}

/* ---- drift ---------------------------------------------------------------------------------- */

static void say_drift(char summary[SUMMARY_MAX], const struct isolate *isolate,
                      const struct drift_verdict *verdict)
{
    char name[WORDS_MAX], more[WORDS_MAX], from[WORDS_MAX], to[WORDS_MAX];

    snprintf(summary, SUMMARY_MAX,
             "%s keeps %s more after every %.64s job. Live heap %s → %s over %" PRIu64
             " jobs, confidence %.0f %%.",
             words_name(name, isolate), words_bytes(more, verdict->bytes_per_job),
             isolate->drift_job, words_bytes(from, verdict->baseline),
             words_bytes(to, verdict->live), verdict->jobs, 100 * verdict->confidence);
}

static void check_drift(struct alerts *alerts, struct model *model, const struct config *config,
                        const struct isolate *isolate)
{
    const struct config_rule *rule = find_rule(config, "drift");
    struct drift_verdict verdict;
    char summary[SUMMARY_MAX];

    drift_get(isolate->drift, &verdict);
    bool is_near = isolate->seconds_to_limit <= BUDGET_HORIZON_S;
    if (verdict.state != DRIFT_RISING ||
        verdict.confidence < threshold_of(rule, DRIFT_CONFIDENCE)) {
        return;
    }
    say_drift(summary, isolate, &verdict);
    struct alert_report report = {
        .rule = "drift",
        .subject = isolate->id,
        .is_met = true,
        .for_seconds = for_of(rule, config->drift.for_seconds),
        .severity = severity_of(rule, is_near ? ALERT_CRITICAL : ALERT_WARNING),
        .isolate = isolate->id,
        .pid = isolate->process->pid,
        .value = verdict.bytes_per_job,
        .threshold = (double)config->drift.bytes_per_job,
        .summary = summary,
        .culprit = isolate->drift_job,
    };
    alerts_report(alerts, model, &report);
}

/* ---- worker_crash --------------------------------------------------------------------------- */

/* Workers of one pool of one process that died of their limit lately. */
struct group {
    const struct isolate *last;
    char name[WORDS_MAX];
    int count;
};

static void name_group(char text[WORDS_MAX], const struct isolate *isolate)
{
    snprintf(text, WORDS_MAX, "%.64s", isolate->pool[0] != '\0' ? isolate->pool : "worker");
}

static size_t find_groups(const struct model *model, struct group groups[GROUPS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        char name[WORDS_MAX];
        if (isolate->state != MODEL_OOM || model->t - isolate->ended_at > CRASH_WINDOW_S) {
            continue;
        }
        name_group(name, isolate);
        size_t g = 0;
        while (g < count &&
               (groups[g].last->process != isolate->process || strcmp(groups[g].name, name) != 0)) {
            g++;
        }
        if (g == GROUPS_MAX) {
            continue;
        }
        if (g == count) {
            count++;
            memcpy(groups[g].name, name, sizeof name);
            groups[g].count = 0;
        }
        groups[g].last = isolate;
        groups[g].count++;
    }
    return count;
}

static void check_group(struct alerts *alerts, struct model *model, const struct config *config,
                        const struct group *group)
{
    const struct config_rule *rule = find_rule(config, "worker_crash");
    char summary[SUMMARY_MAX], subject[2 * WORDS_MAX], name[WORDS_MAX], limit[WORDS_MAX];
    const struct isolate *last = group->last;

    snprintf(subject, sizeof subject, "%" PRIu64 ":%s", last->process->pid, group->name);
    words_name(name, last);
    if (last->heap.limit == MODEL_UNKNOWN) {
        snprintf(limit, sizeof limit, "not known");
    } else {
        words_bytes(limit, (double)last->heap.limit);
    }
    if (group->count == 1) {
        snprintf(summary, sizeof summary, "%s died of its heap limit. The limit was %s.", name,
                 limit);
    } else {
        snprintf(summary, sizeof summary,
                 "%s workers died of their heap limit %d times within 5 min. Last: %s, limit %s.",
                 group->name, group->count, name, limit);
    }
    struct alert_report report = {
        .rule = "worker_crash",
        .subject = subject,
        .is_met = true,
        .for_seconds = for_of(rule, 0),
        .severity = severity_of(rule, group->count >= CRASH_LOOP ? ALERT_CRITICAL : ALERT_WARNING),
        .isolate = last->id,
        .pid = last->process->pid,
        .value = group->count,
        .threshold = 1,
        .summary = summary,
        .culprit = name,
    };
    alerts_report(alerts, model, &report);
}

/* ---- all ------------------------------------------------------------------------------------ */

static bool is_enabled(const struct config *config, const char *kind)
{
    const struct config_rule *rule = find_rule(config, kind);
    return rule == NULL || rule->is_enabled;
}

void rules_tick(struct alerts *alerts, struct model *model, const struct config *config)
{
    struct group groups[GROUPS_MAX];

    alerts_begin(alerts);
    for (size_t i = 0; is_enabled(config, "budget") && i < model->budget_count; i++) {
        check_budget(alerts, model, config, &model->budgets[i]);
    }
    for (size_t i = 0; is_enabled(config, "drift") && i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        if (!isolate->has_ended && isolate->drift != NULL) {
            check_drift(alerts, model, config, isolate);
        }
    }
    if (is_enabled(config, "worker_crash")) {
        size_t count = find_groups(model, groups);
        for (size_t i = 0; i < count; i++) {
            check_group(alerts, model, config, &groups[i]);
        }
    }
    alerts_end(alerts, model);
}
