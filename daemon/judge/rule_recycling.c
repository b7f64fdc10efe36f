/*
 * Rule `recycling`: recycling by itself stopped helping in a pool, so it was switched off there.
 * One alert a pool.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static void check_pool(const struct rule_view *view, const struct pool_off *off)
{
    char subject[MODEL_TEXT_MAX], summary[RULE_SUMMARY_MAX];
    char freed[WORDS_MAX], predicted[WORDS_MAX];

    snprintf(subject, sizeof subject, "%" PRIu64 ".%.200s", off->pid, off->name);
    if (isnan(off->reclaimed)) {
        snprintf(
            summary, sizeof summary,
            "Recycling %.64s stopped helping. Three in a row failed; none more by itself for a "
            "while.",
            off->name);
    } else {
        snprintf(
            summary, sizeof summary,
            "Recycling %.64s stopped helping. Three in a row brought too little, the last %s of "
            "%s; none more by itself for a while.",
            off->name, words_bytes(freed, off->reclaimed), words_bytes(predicted, off->predicted));
    }
    struct alert_report report = {
        .rule = view->kind,
        .subject = subject,
        .is_met = true,
        .for_seconds = rule_for(view, 0),
        .severity = rule_severity(view, ALERT_WARNING),
        .pid = off->pid,
        .value = off->reclaimed,
        .threshold = off->predicted,
        .summary = summary,
        .culprit = off->name,
    };
    rule_report(view, &report);
}

void rule_recycling(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->status.recycler.off_count; i++) {
        check_pool(view, &view->model->status.recycler.off[i]);
    }
}
