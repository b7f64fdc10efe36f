/*
 * Rule `oversubscribed`: more isolates of a process want to run than it has CPUs, and go on wanting.
 * What it costs is the time that they wait. One alert a process.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define FOR_S  5.0
#define TIMES  1.5 /* the CPUs */
#define CLEAR  0.8 /* of the threshold */

static void check(const struct rule_view *view, const struct process *process)
{
    char summary[RULE_SUMMARY_MAX] = "", subject[32], action[MODEL_TEXT_MAX];
    double most = rule_threshold(view, TIMES) * process->cpus;
    bool is_met = process->cpus > 0 && process->runnable > most;

    if (!is_met && !view->has_alerts) {
        return;
    }
    snprintf(summary, sizeof summary,
             "%.64s has more isolates that want to run than CPUs. On average %.1f are running or "
             "waiting for one of %.0f.",
             process->name, process->runnable, process->cpus);
    snprintf(action, sizeof action,
             "Run at most %.0f busy workers, as os.availableParallelism() says, and let the others' "
             "work wait in a queue.",
             process->cpus);
    snprintf(subject, sizeof subject, "%" PRIu64, process->pid);
    struct alert_report report = {
        .rule = view->kind,
        .subject = subject,
        .is_met = is_met,
        .is_cleared = !(process->runnable > CLEAR * most),
        .for_seconds = rule_for(view, FOR_S),
        .severity = rule_severity(view, ALERT_INFO),
        .pid = process->pid,
        .value = process->runnable,
        .threshold = most,
        .summary = summary,
        .culprit = process->name,
        .cause = "Its workers take turns on the CPUs: each is slower by as much, holds its memory "
                 "meanwhile, and nothing is done sooner.",
        .action = action,
        .is_seconds = true,
        .cost = 60 * fmax(0, process->runnable - process->cpus),
    };
    rule_report(view, &report);
}

void rule_oversubscribed(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->process_count; i++) {
        if (view->model->processes[i]->ended_at == 0) {
            check(view, view->model->processes[i]);
        }
    }
}
