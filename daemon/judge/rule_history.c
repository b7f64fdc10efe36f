/*
 * Rule `history`: history is not written to disk. Watching goes on; what is said here is that the
 * past will have a hole.
 */
#include "daemon/judge/rule.h"

#include <stdio.h>

#define FOR_S 10.0 /* one attempt that failed is none yet */

void rule_history(const struct rule_view *view)
{
    const struct status *status = &view->model->status;
    char summary[RULE_SUMMARY_MAX];

    if (status->archive.state != MODEL_ARCHIVE_STOPPED) {
        return;
    }
    snprintf(summary, sizeof summary, "History is not written, watching goes on. %.400s.",
             status->archive.error);
    struct alert_report report = {
        .rule = view->kind,
        .subject = "disk",
        .is_met = true,
        .for_seconds = rule_for(view, FOR_S),
        .severity = rule_severity(view, ALERT_WARNING),
        .value = (double)status->archive.lost,
        .threshold = 0,
        .summary = summary,
    };
    rule_report(view, &report);
}
