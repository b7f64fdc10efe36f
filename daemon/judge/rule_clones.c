/*
 * Rule `clone_tax`: an isolate spends much of its time on serializing what it posts. Looked at in
 * whole windows, so that one large message is none; over after two quiet ones. One alert an isolate;
 * its culprit is the channel that carries most.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WINDOW_S 3.0
#define SHARE    0.2 /* of its time */
#define CHANNEL_S 60.0

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

/* The channel that carries most of what it clones. */
struct channel {
    const struct isolate *to; /* NULL: nobody who is still known */
    double bytes;             /* cloned to it in the last CHANNEL_S */
    double share;             /* of all it cloned */
};

static struct channel find_channel(const struct model *model, const struct isolate *isolate)
{
    struct channel found = {NULL, 0, 0};
    const struct flow *flow = NULL;
    double sum = 0;

    while ((flow = flows_next(isolate->process->flows, flow)) != NULL) {
        struct flow_sums sums;
        if (flows_from(flow) != isolate->thread) {
            continue;
        }
        flows_sum(flow, model->t, CHANNEL_S, &sums);
        sum += (double)sums.clone_bytes;
        const struct isolate *to = model_find_thread(model, isolate->process, flows_to(flow));
        if (to != NULL && (double)sums.clone_bytes > found.bytes) {
            found.to = to;
            found.bytes = (double)sums.clone_bytes;
        }
    }
    found.share = sum > 0 ? found.bytes / sum : 0;
    return found;
}

/* "main → import-1" */
static const char *name_channel(char text[2 * WORDS_MAX], const char *from,
                                const struct channel *channel)
{
    char to[WORDS_MAX];

    if (channel->to == NULL) {
        snprintf(text, 2 * WORDS_MAX, "%s", from);
    } else {
        snprintf(text, 2 * WORDS_MAX, "%s → %s", from, words_name(to, channel->to));
    }
    return text;
}

static void say_channel(char *summary, size_t size, const char *name,
                        const struct channel *channel)
{
    char bytes[WORDS_MAX];
    size_t length = strlen(summary);

    if (channel->to != NULL) {
        snprintf(summary + length, size - length, " %s carries %.0f %% of it: %s in a minute.", name,
                 100 * channel->share, words_bytes(bytes, channel->bytes));
    }
}

static void check(const struct rule_view *view, struct isolate *isolate)
{
    char channel_name[2 * WORDS_MAX] = "";
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
        struct channel channel = find_channel(view->model, isolate);
        name_channel(channel_name, name, &channel);
        say_channel(summary, sizeof summary, channel_name, &channel);
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
        .culprit = channel_name,
        .cause = "postMessage serializes its argument on the sender's thread, byte by byte.",
        .action = "Post buffers in the transferList, or share them as SharedArrayBuffer; isoctl "
                  "flows tells what the other channels carry.",
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
