/*
 * Rule `drift`: live heap of an isolate rises from job to job. One alert an isolate; its culprit is
 * the job that keeps most; what grew and which line made it is looked for by culprits.c.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/budget.h"
#include "daemon/judge/words.h"

#include <stdio.h>

#define CONFIDENCE      0.9
#define JOBS_TO_BELIEVE 30 /* seen after a restart, before what fired counts as over */

static void say_drift(char summary[RULE_SUMMARY_MAX], const struct isolate *isolate,
                      const struct drift_verdict *verdict)
{
    char name[WORDS_MAX], more[WORDS_MAX];

    snprintf(summary, RULE_SUMMARY_MAX, "%s keeps %s more after every %.64s job. ",
             words_name(name, isolate), words_bytes(more, verdict->bytes_per_job),
             isolate->drift_job);
    words_rise(summary, RULE_SUMMARY_MAX, verdict);
    if (isolate->growth != NULL) {
        words_growth(summary, RULE_SUMMARY_MAX, isolate->growth);
    }
}

/* After a restart the detector begins anew: what it cannot see yet goes on firing. */
static void keep_restored(const struct rule_view *view, const struct isolate *isolate,
                          const struct drift_verdict *verdict)
{
    if (!alerts_has_restored(view->alerts) ||
        !alerts_is_restored(view->model, view->kind, isolate->id)) {
        return;
    }
    struct alert_report report = {
        .rule = view->kind,
        .subject = isolate->id,
        .is_cleared = verdict->state != DRIFT_WARMING && verdict->jobs >= JOBS_TO_BELIEVE,
    };
    rule_report(view, &report);
}

/* What it says when nobody knows who did it. */
#define CAUSE "Something that its jobs make stays reachable after they are over."

static void say_cause(char cause[MODEL_TEXT_MAX], const struct growth *growth)
{
    char file[WORDS_MAX + 8];

    if (growth == NULL || (growth->file[0] == '\0' && growth->no_site[0] == '\0')) {
        snprintf(cause, MODEL_TEXT_MAX, CAUSE);
    } else if (growth->file[0] == '\0') {
        snprintf(cause, MODEL_TEXT_MAX, CAUSE " Where is not known: %s.", growth->no_site);
    } else {
        snprintf(cause, MODEL_TEXT_MAX, "What %.40s makes at %s:%.0f stays reachable after the job.",
                 growth->function, words_tail(file, growth->file), growth->line);
    }
}

static const char *say_action(const struct growth *growth)
{
    return growth != NULL && growth->file[0] != '\0'
               ? "Let go of it when the job is over, or bound what holds it (a snapshot tells what "
                 "that is); until it is mended, recycle the isolate."
               : "Compare two censuses (isoctl census) or snapshots some jobs apart; until it is "
                 "mended, recycle the isolate.";
}

static void check_drift(const struct rule_view *view, const struct isolate *isolate)
{
    struct drift_verdict verdict;
    char summary[RULE_SUMMARY_MAX], cause[MODEL_TEXT_MAX];
    const struct growth *growth = isolate->growth;

    drift_get(isolate->drift, &verdict);
    bool is_near = isolate->seconds_to_limit <= BUDGET_HORIZON_S;
    if (verdict.state != DRIFT_RISING ||
        verdict.confidence < rule_threshold(view, CONFIDENCE)) {
        keep_restored(view, isolate, &verdict);
        return;
    }
    say_drift(summary, isolate, &verdict);
    say_cause(cause, growth);
    struct alert_report report = {
        .rule = view->kind,
        .subject = isolate->id,
        .is_met = true,
        .for_seconds = rule_for(view, view->config->drift.for_seconds),
        .severity = rule_severity(view, is_near ? ALERT_CRITICAL : ALERT_WARNING),
        .isolate = isolate->id,
        .pid = isolate->process->pid,
        .value = verdict.bytes_per_job,
        .threshold = (double)view->config->drift.bytes_per_job,
        .summary = summary,
        .culprit = isolate->drift_job,
        .growth = growth,
        .cause = cause,
        .action = say_action(growth),
        .cost = verdict.live - verdict.baseline,
    };
    rule_report(view, &report);
}

void rule_drift(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->isolate_count; i++) {
        const struct isolate *isolate = view->model->isolates[i];
        if (!isolate->has_ended && isolate->drift != NULL) {
            check_drift(view, isolate);
        }
    }
}
