/*
 * Rule `break_even`: the jobs of a process compute less than sending them to a worker and back
 * costs, their share of its start included. One alert a process; over after two quiet windows. A
 * window in which records were lost is not judged.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"
#include "daemon/model/ends.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define WINDOW_S   5.0
#define TIMES      1.0
#define JOBS_LEAST 20   /* in a window */
#define SHARE      0.02 /* of the time that sending takes; less is nothing to speak of */
#define NS_PER_S   1e9

enum { JOBS, JOB_S, CLONE_S, START_S, LOST, FIGURES };

/* What a window says of a job, in seconds. */
struct balance {
    double compute, sending, start; /* of one job */
    double lost;                    /* of a second: what doing it in place would save */
    bool is_much;
};

/* A job's time holds the worker's half of the copying; the other half is the sender's. */
static struct balance weigh(const double *sums, double seconds, double times)
{
    double jobs = sums[JOBS];
    struct balance balance = {
        .compute = fmax(0, sums[JOB_S] - sums[CLONE_S] / 2) / jobs,
        .sending = sums[CLONE_S] / jobs,
        .start = sums[START_S] / jobs,
    };
    double costs = balance.sending + balance.start;

    balance.lost = fmax(0, costs - balance.compute) * jobs / seconds;
    balance.is_much = seconds > 0 && jobs >= JOBS_LEAST && sums[LOST] == 0 &&
                      balance.compute < times * costs && costs * jobs >= SHARE * seconds;
    return balance;
}

static void say(char summary[RULE_SUMMARY_MAX], const struct process *process,
                const struct balance *balance)
{
    char compute[WORDS_MAX], sending[WORDS_MAX], start[WORDS_MAX];

    snprintf(summary, RULE_SUMMARY_MAX,
             "Jobs of %.64s are too short to be worth sending to a worker. One computes %s; copying "
             "it there and back takes %s, its share of starting workers %s.",
             process->name, words_span(compute, balance->compute),
             words_span(sending, balance->sending), words_span(start, balance->start));
}

static void check(const struct rule_view *view, struct process *process)
{
    double times = rule_threshold(view, TIMES);
    char summary[RULE_SUMMARY_MAX] = "", subject[32];
    const double figures[FIGURES] = {
        [JOBS] = (double)process->jobs_timed,
        [JOB_S] = process->job_seconds,
        [CLONE_S] = (double)process->totals.clone_time / NS_PER_S,
        [START_S] = ends_start_s(process->ends),
        [LOST] = (double)process->lost,
    };

    if (!rule_window(&process->break_even, view->model->t, WINDOW_S, figures, FIGURES)) {
        return;
    }
    const struct window *window = &process->break_even;
    struct balance now = weigh(window->sums, window->seconds, times);
    struct balance before = weigh(window->past_sums, window->past_seconds, times);
    if (!now.is_much && !view->has_alerts) {
        return;
    }
    if (now.is_much) {
        say(summary, process, &now);
    }
    snprintf(subject, sizeof subject, "%" PRIu64, process->pid);
    struct alert_report report = {
        .rule = view->kind,
        .subject = subject,
        .is_met = now.is_much,
        .is_cleared = !now.is_much && !before.is_much,
        .for_seconds = rule_for(view, 0),
        .severity = rule_severity(view, ALERT_INFO),
        .pid = process->pid,
        .value = now.compute,
        .threshold = times * (now.sending + now.start),
        .summary = summary,
        .culprit = process->name,
        .cause = "What a job computes takes less time than its messages take to be written and "
                 "read, on both sides.",
        .action = "Do this work where it is asked for, or send more of it in one message.",
        .is_seconds = true,
        .cost = now.is_much ? 60 * now.lost : 0,
    };
    rule_report(view, &report);
}

void rule_break_even(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->process_count; i++) {
        if (view->model->processes[i]->ended_at == 0) {
            check(view, view->model->processes[i]);
        }
    }
}
