/*
 * What the configuration may change of any rule. Called by the rules. Owns nothing.
 */
#include "daemon/judge/rule.h"

#include <math.h>
#include <string.h>

enum alert_severity rule_severity(const struct rule_view *view, enum alert_severity own)
{
    for (int i = ALERT_INFO; view->own != NULL && i <= ALERT_CRITICAL; i++) {
        if (strcmp(view->own->severity, alert_severity_names[i]) == 0) {
            return (enum alert_severity)i;
        }
    }
    return own;
}

double rule_for(const struct rule_view *view, double own)
{
    return view->own != NULL && !isnan(view->own->for_seconds) ? view->own->for_seconds : own;
}

double rule_threshold(const struct rule_view *view, double own)
{
    return view->own != NULL && !isnan(view->own->threshold) ? view->own->threshold : own;
}

bool rule_window(struct window *window, double t, double length, const double *figures,
                 size_t count)
{
    double seconds = t - window->t;
    bool is_first = window->t == 0 || seconds < 0;

    if (is_first) {
        *window = (struct window){.t = t};
    } else if (seconds < length) {
        return window->seconds > 0;
    } else {
        memcpy(window->past_sums, window->sums, sizeof window->sums);
        window->past_seconds = window->seconds;
        window->seconds = seconds;
        window->t = t;
    }
    for (size_t i = 0; i < count; i++) {
        window->sums[i] = is_first ? 0 : figures[i] - window->at[i];
        window->at[i] = figures[i];
    }
    return window->seconds > 0;
}

void rule_report(const struct rule_view *view, const struct alert_report *report)
{
    alerts_report(view->alerts, view->model, report);
}
