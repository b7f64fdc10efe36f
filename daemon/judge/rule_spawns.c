/*
 * Rule `spawn_per_request`: a process starts workers that live hardly longer than their start took.
 * One alert a process. What the cure saves is the time that starting and taking them down takes.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"
#include "daemon/model/ends.h"

#include <inttypes.h>
#include <stdio.h>

#define WINDOW_S     10.0
#define TIMES_START  10.0
#define COUNT_LEAST  10 /* in a window; fewer are a start or an end */
#define BRIEF_LEAST  0.5 /* of those that ended */

static bool is_much(const struct ends_sum *sum, double share)
{
    return (double)sum->brief >= share * COUNT_LEAST &&
           (double)sum->brief >= share * BRIEF_LEAST * (double)sum->count;
}

static void say(char summary[RULE_SUMMARY_MAX], const struct process *process,
                const struct ends_sum *sum)
{
    char life[WORDS_MAX], start[WORDS_MAX];
    double brief = (double)sum->brief;

    snprintf(summary, RULE_SUMMARY_MAX,
             "%.64s starts workers for a moment's work. Of %zu that ended in %.0f s %zu lived %s on "
             "average, starting one took %s.",
             process->name, sum->count, sum->seconds, sum->brief,
             words_span(life, sum->life_s / brief),
             words_span(start, sum->start_s / (double)sum->count));
}

static void check(const struct rule_view *view, const struct process *process)
{
    char summary[RULE_SUMMARY_MAX] = "", subject[32];
    double times = rule_threshold(view, TIMES_START);
    struct ends_sum sum;

    ends_sum(process->ends, view->model->t, WINDOW_S, times, &sum);
    bool is_met = is_much(&sum, 1);
    if (!is_met && !view->has_alerts) {
        return;
    }
    if (is_met) {
        say(summary, process, &sum);
    }
    snprintf(subject, sizeof subject, "%" PRIu64, process->pid);
    struct alert_report report = {
        .rule = view->kind,
        .subject = subject,
        .is_met = is_met,
        .is_cleared = !is_much(&sum, 0.5),
        .for_seconds = rule_for(view, 0),
        .severity = rule_severity(view, ALERT_INFO),
        .pid = process->pid,
        .value = is_met ? (sum.life_s / (double)sum.brief) / (sum.start_s / (double)sum.count) : 0,
        .threshold = times,
        .summary = summary,
        .culprit = process->name,
        .cause = "A worker is made for each piece of work and ended behind it.",
        .action = "Keep workers and send them the work: a pool, such as isoscope:pool or Piscina, "
                  "with as many threads as there are CPUs.",
        .is_seconds = true,
        .cost = sum.seconds > 0 ? 60 * sum.cost_s / sum.seconds : 0,
    };
    rule_report(view, &report);
}

void rule_spawns(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->process_count; i++) {
        const struct process *process = view->model->processes[i];
        if (process->ended_at == 0 && process->ends != NULL) {
            check(view, process);
        }
    }
}
