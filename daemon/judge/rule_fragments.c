/*
 * Rule `fragmentation`: after each of several full collections most of a heap's pages are there for
 * little: what lives is spread over them, so none can be given back. What a heap commits between
 * collections does not count. One alert an isolate.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SHARE       0.5               /* of the pages */
#define BYTES_LEAST ((double)(8 << 20))

/* A collection that was not looked at yet is one more. */
static void look(struct isolate *isolate)
{
    if (isolate->gc.count == isolate->fragments.collections ||
        isolate->heap.live == MODEL_UNKNOWN || isolate->heap.floor == MODEL_UNKNOWN) {
        return;
    }
    isolate->fragments.collections = isolate->gc.count;
    memmove(isolate->fragments.least + 1, isolate->fragments.least,
            (FRAGMENTS - 1) * sizeof *isolate->fragments.least);
    isolate->fragments.least[0] = fmax(0, (double)isolate->heap.floor - (double)isolate->heap.live);
    isolate->fragments.count += isolate->fragments.count < FRAGMENTS;
}

/* That many bytes of its pages are not used, and were not after the collections before. */
static double unused(const struct isolate *isolate)
{
    double least = isolate->fragments.least[0];

    for (size_t i = 1; i < FRAGMENTS; i++) {
        least = fmin(least, isolate->fragments.least[i]);
    }
    return isolate->fragments.count == FRAGMENTS && !isolate->has_ended ? least : 0;
}

static void say(char summary[RULE_SUMMARY_MAX], const struct isolate *isolate, double bytes)
{
    char name[WORDS_MAX], floor[WORDS_MAX], live[WORDS_MAX], rest[WORDS_MAX];

    snprintf(summary, RULE_SUMMARY_MAX,
             "%s holds %s of pages that little lives in. After the last full collections %s were "
             "committed for %s that live.",
             words_name(name, isolate), words_bytes(rest, bytes),
             words_bytes(floor, (double)isolate->heap.floor),
             words_bytes(live, (double)isolate->heap.live));
}

static void check(const struct rule_view *view, const struct isolate *isolate)
{
    char summary[RULE_SUMMARY_MAX] = "", name[WORDS_MAX];
    double share = rule_threshold(view, SHARE), bytes = unused(isolate);
    double floor = isolate->heap.floor != MODEL_UNKNOWN ? (double)isolate->heap.floor : 0;
    bool is_met = bytes >= BYTES_LEAST && bytes >= share * floor;
    bool is_over = isolate->has_ended || isolate->fragments.least[0] < fmin(bytes, BYTES_LEAST) ||
                   isolate->fragments.least[0] < 0.8 * share * floor;

    if (!is_met && (!view->has_alerts || !alerts_is_firing(view->model, view->kind, isolate->id))) {
        return;
    }
    if (is_met) {
        say(summary, isolate, bytes);
    }
    struct alert_report report = {
        .rule = view->kind,
        .subject = isolate->id,
        .is_met = is_met,
        .is_cleared = !is_met && is_over,
        .for_seconds = rule_for(view, 0),
        .severity = rule_severity(view, ALERT_INFO),
        .isolate = isolate->id,
        .pid = isolate->process->pid,
        .value = floor > 0 ? bytes / floor : 0,
        .threshold = share,
        .summary = summary,
        .culprit = words_name(name, isolate),
        .cause = "Short-lived and long-lived things were made in turns: each page holds some of "
                 "both, and stays for the few that live.",
        .action = "Recycle the worker: a fresh one packs what it needs. Make what stays before what "
                  "goes, or keep it in a few large arrays or buffers.",
        .cost = is_met ? bytes : isolate->has_ended ? 0 : isolate->fragments.least[0],
    };
    rule_report(view, &report);
}

void rule_fragments(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->isolate_count; i++) {
        struct isolate *isolate = view->model->isolates[i];
        look(isolate);
        check(view, isolate);
    }
}
