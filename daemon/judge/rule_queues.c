/*
 * Rule `queue_backlog`: messages wait for an isolate too long, or too many bytes of them. One alert
 * an isolate, whoever sends.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define OLDEST_S 10.0
#define BYTES    (UINT64_C(64) << 20)
#define FOR_S    2.0

static void check(const struct rule_view *view, const struct isolate *isolate)
{
    double most = rule_threshold(view, OLDEST_S), oldest = isolate->messages.oldest_queued_seconds;
    uint64_t queued =
        isolate->messages.queued_bytes != MODEL_UNKNOWN ? isolate->messages.queued_bytes : 0;
    char summary[RULE_SUMMARY_MAX] = "", name[WORDS_MAX], bytes[WORDS_MAX];
    bool is_met = oldest > most || queued > BYTES;

    if (!is_met && !view->has_alerts) {
        return;
    }
    words_name(name, isolate);
    if (is_met) {
        snprintf(summary, sizeof summary,
                 "Messages pile up before %s. %" PRIu64 " wait with %s, the oldest for %.0f s.", name,
                 isolate->messages.queued, words_bytes(bytes, (double)queued),
                 isnan(oldest) ? 0 : oldest);
    }
    struct alert_report report = {
        .rule = view->kind,
        .subject = isolate->id,
        .is_met = is_met,
        .is_cleared = !(oldest > most / 2) && queued < BYTES / 2,
        .for_seconds = rule_for(view, FOR_S),
        .severity = rule_severity(view, ALERT_WARNING),
        .isolate = isolate->id,
        .pid = isolate->process->pid,
        .value = isnan(oldest) ? 0 : oldest,
        .threshold = most,
        .summary = summary,
        .culprit = name,
        .cause = "They are posted faster than it handles them, or it does not come to its loop.",
        .action = "Let senders wait for an answer before they post more, or give the work to more "
                  "workers.",
        .cost = (double)queued,
    };
    rule_report(view, &report);
}

void rule_queues(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->isolate_count; i++) {
        if (!view->model->isolates[i]->has_ended) {
            check(view, view->model->isolates[i]);
        }
    }
}
