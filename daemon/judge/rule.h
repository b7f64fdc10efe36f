/*
 * What rules have in common, and their table of contents. A family of rules is a file rule_x.c with
 * one function: it looks at the model and reports conditions, each with its words. To add one:
 * the file, its line here, its row in rules.c, its name in keys.def. The loop's thread only.
 */
#ifndef DAEMON_RULE_H
#define DAEMON_RULE_H

#include "daemon/judge/alerts.h"
#include "daemon/config.h"
#include "daemon/model/model.h"

#define RULE_SUMMARY_MAX (2 * MODEL_TEXT_MAX)

/* What a rule is called with, every tick. */
struct rule_view {
    const char *kind; /* the rule's own name, for its reports */
    struct alerts *alerts;
    struct model *model;
    const struct config *config;
    const struct config_rule *own; /* what the configuration changes of it; NULL for nothing */
    bool has_alerts; /* of its kind: otherwise what is not met needs no report */
};

/* What the configuration says, or else `own`. */
enum alert_severity rule_severity(const struct rule_view *view, enum alert_severity own);
double rule_for(const struct rule_view *view, double own);
double rule_threshold(const struct rule_view *view, double own);

/* Closes the window when it lasted `length` seconds and opens the next; `figures` are the sums as
 * they are. True while there is a whole one to judge. */
bool rule_window(struct window *window, double t, double length, const double *figures,
                 size_t count);

/* A condition that is met, or that keeps alive what fires already: alerts_report(). A summary says
 * first what is the case, then what says so, each in one sentence. */
void rule_report(const struct rule_view *view, const struct alert_report *report);

void rule_budget(const struct rule_view *view);
void rule_limits(const struct rule_view *view);
void rule_drift(const struct rule_view *view);
void rule_clones(const struct rule_view *view);
void rule_queues(const struct rule_view *view);
void rule_crash(const struct rule_view *view);
void rule_spawns(const struct rule_view *view);
void rule_break_even(const struct rule_view *view);
void rule_blocked(const struct rule_view *view);
void rule_oversubscribed(const struct rule_view *view);
void rule_chatty(const struct rule_view *view);
void rule_copies(const struct rule_view *view);
void rule_growth(const struct rule_view *view);
void rule_fragments(const struct rule_view *view);
void rule_gap(const struct rule_view *view);
void rule_history(const struct rule_view *view);
void rule_recycling(const struct rule_view *view);

#endif
