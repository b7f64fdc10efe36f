/*
 * Rule `chatty`: a worker gets many small messages, and reading and answering them is a share of its
 * jobs' time that larger ones would save. One alert a worker; over after two quiet windows.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"
#include "daemon/model/flows.h"

#include <math.h>
#include <stdio.h>

#define WINDOW_S   3.0
#define SHARE      0.02   /* of the jobs' time */
#define TIME_LEAST 0.01   /* of all time; less is nothing to speak of */
#define RATE_LEAST 1000.0 /* messages a second */
#define BYTES_MOST 4096.0 /* on average; larger ones are clone_tax's */
#define FLOW_S     10.0
#define ANSWERS_LEAST 0.2 /* of its messages that it sends: they go round */

enum { MESSAGES, BYTES, CLONES, CLONE_S, JOBS, JOB_S, FIGURES };

_Static_assert(FIGURES <= WINDOW_FIGURES, "a window holds them");

/* Of its jobs' time that messages took; 0 where it is no matter. */
static double share_of(const double *sums, double seconds)
{
    bool is_much = seconds > 0 && sums[JOBS] > 0 && sums[JOB_S] > 0 &&
                   sums[MESSAGES] >= RATE_LEAST * seconds &&
                   sums[CLONES] >= ANSWERS_LEAST * sums[MESSAGES] &&
                   sums[BYTES] <= BYTES_MOST * sums[CLONES] &&
                   sums[CLONE_S] >= TIME_LEAST * seconds;

    return is_much ? sums[CLONE_S] / sums[JOB_S] : 0;
}

/* Who sends it most, and how often; NULL for nobody. */
static const struct isolate *find_sender(const struct model *model, const struct isolate *isolate)
{
    const struct flow *flow = NULL;
    const struct isolate *found = NULL;
    uint64_t most = 0;

    while ((flow = flows_next(isolate->process->flows, flow)) != NULL) {
        struct flow_sums sums;
        if (flows_to(flow) != isolate->thread) {
            continue;
        }
        flows_sum(flow, model->t, FLOW_S, &sums);
        if (sums.messages > most) {
            most = sums.messages;
            found = model_find_thread(model, isolate->process, flows_from(flow));
        }
    }
    return found;
}

static void say(char summary[RULE_SUMMARY_MAX], const struct rule_view *view,
                const struct isolate *isolate, const struct window *window, double share)
{
    char name[WORDS_MAX], peer[WORDS_MAX], size[WORDS_MAX];
    const struct isolate *sender = find_sender(view->model, isolate);

    snprintf(summary, RULE_SUMMARY_MAX,
             "%s and %s exchange %.0f small messages a second. %s each on average; reading and "
             "writing them takes %.0f %% of the jobs' time.",
             words_name(name, isolate), sender != NULL ? words_name(peer, sender) : "its sender",
             window->sums[MESSAGES] / window->seconds,
             words_bytes(size, window->sums[BYTES] / window->sums[CLONES]), 100 * share);
}

static void check(const struct rule_view *view, struct isolate *isolate)
{
    char summary[RULE_SUMMARY_MAX] = "", name[WORDS_MAX];
    double least = rule_threshold(view, SHARE);
    struct window *window = &isolate->chatty;
    const double figures[FIGURES] = {
        [MESSAGES] = (double)isolate->messages.sent + (double)isolate->messages.received,
        [BYTES] = (double)isolate->clone.bytes,
        [CLONES] = (double)isolate->clone.count,
        [CLONE_S] = isolate->clone.seconds,
        [JOBS] = (double)isolate->jobs_timed,
        [JOB_S] = isolate->job_seconds,
    };

    if (!rule_window(window, view->model->t, WINDOW_S, figures, FIGURES)) {
        return;
    }
    double share = share_of(window->sums, window->seconds);
    if (share < least && !view->has_alerts) {
        return;
    }
    if (share >= least) {
        say(summary, view, isolate, window, share);
    }
    struct alert_report report = {
        .rule = view->kind,
        .subject = isolate->id,
        .is_met = share >= least,
        .is_cleared =
            share < least && share_of(window->past_sums, window->past_seconds) < least,
        .for_seconds = rule_for(view, 0),
        .severity = rule_severity(view, ALERT_INFO),
        .isolate = isolate->id,
        .pid = isolate->process->pid,
        .value = share,
        .threshold = least,
        .summary = summary,
        .culprit = words_name(name, isolate),
        .cause = "Each piece of work is a message of its own, and each has the same cost however "
                 "little it holds.",
        .action = "Send pieces of work together and answer them together; or share a ring of them "
                  "in a SharedArrayBuffer.",
        .is_seconds = true,
        .cost = 60 * window->sums[CLONE_S] / window->seconds,
    };
    rule_report(view, &report);
}

void rule_chatty(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->isolate_count; i++) {
        struct isolate *isolate = view->model->isolates[i];
        if (!isolate->has_ended && isolate->thread != 0 && isolate->jobs_timed > 0) {
            check(view, isolate);
        }
    }
}
