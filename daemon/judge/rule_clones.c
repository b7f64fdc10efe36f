/*
 * Rule `clone_tax`: an isolate spends much of its time on serializing what it posts. Looked at in
 * whole windows, so that one large message is none; over after two quiet ones. One alert an isolate.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"

#include <math.h>
#include <stdio.h>

#define WINDOW_S 3.0
#define SHARE    0.2 /* of its time */

/* Closes the window when it is full; true when there is a whole one to judge. */
static bool close_window(struct isolate *isolate, double t, double share_met)
{
    if (isolate->tax.t == 0 || t < isolate->tax.t) {
        isolate->tax.t = t;
        isolate->tax.seconds = isolate->clone.seconds;
    } else if (t - isolate->tax.t >= WINDOW_S) {
        isolate->tax.was_low = isolate->tax.share < share_met / 2;
        isolate->tax.share =
            (isolate->clone.seconds - isolate->tax.seconds) / (t - isolate->tax.t);
        isolate->tax.t = t;
        isolate->tax.seconds = isolate->clone.seconds;
    }
    return !isnan(isolate->tax.share);
}

static void check(const struct rule_view *view, struct isolate *isolate)
{
    double least = rule_threshold(view, SHARE);
    char summary[RULE_SUMMARY_MAX] = "", name[WORDS_MAX], bytes[WORDS_MAX];

    if (!close_window(isolate, view->model->t, least)) {
        return;
    }
    double share = isolate->tax.share;
    if (share < least && !view->has_alerts) {
        return;
    }
    words_name(name, isolate);
    if (share >= least) {
        words_bytes(bytes, (double)isolate->clone.bytes / (double)isolate->clone.count);
        snprintf(summary, sizeof summary,
                 "%s spends %.0f %% of its time copying what it posts. On average a message is %s.",
                 name, 100 * share, bytes);
    }
    struct alert_report report = {
        .rule = view->kind,
        .subject = isolate->id,
        .is_met = share >= least,
        .is_cleared = share < least / 2 && isolate->tax.was_low,
        .for_seconds = rule_for(view, 0),
        .severity = rule_severity(view, ALERT_WARNING),
        .isolate = isolate->id,
        .pid = isolate->process->pid,
        .value = share,
        .threshold = least,
        .summary = summary,
        .culprit = name,
        .cause = "postMessage serializes its argument on the sender's thread, byte by byte.",
        .action = "Post buffers in the transferList, or share them as SharedArrayBuffer; isoctl "
                  "flows tells which channel carries most.",
        .is_seconds = true,
        .cost = 60 * share,
    };
    rule_report(view, &report);
}

void rule_clones(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->isolate_count; i++) {
        if (!view->model->isolates[i]->has_ended) {
            check(view, view->model->isolates[i]);
        }
    }
}
