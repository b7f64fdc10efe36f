/*
 * The life of alerts: a condition is met, stays met for a while, fires, clears, is remembered as
 * resolved. One alert for each rule and subject, however often it is reported; its id stays the
 * same through all of its lives. The alerts themselves stand in the model. The loop's thread only.
 */
#ifndef DAEMON_ALERTS_H
#define DAEMON_ALERTS_H

#include "daemon/model/model.h"

#define ALERTS_MAX        1000  /* at the same time; more are not taken */
#define ALERTS_RESOLVED_S 900.0 /* so long resolved ones stay listed */

/* After a restart what fired goes on firing until it is known to be otherwise: a rule that sees it
 * cleared is believed when emitters had time to come back, silence about it a minute later, or then
 * already where its process or isolate is gone. */
#define ALERTS_SETTLE_S 10.0
#define ALERTS_HOLD_S   60.0

struct alerts;

/* What a rule sees this tick. Texts are copied. */
struct alert_report {
    const char *rule;
    const char *subject;
    bool is_met;
    bool is_cleared; /* far enough below to be resolved; for those that fire already */
    double for_seconds;
    enum alert_severity severity;
    const char *isolate; /* id; NULL for none */
    uint64_t pid;        /* 0 for none */
    double value, threshold;
    const char *summary, *culprit;
    const struct growth *growth; /* who did it; NULL: not known */
    const char *cause, *action; /* advice; NULL for none */
    bool is_seconds;            /* what the cure saves is seconds a minute, not bytes */
    double cost;                /* that much; when cleared, what is still lost. Without a cause: unused.
                            Bytes: the most while it fires; seconds: their mean */
};

/* NULL: no memory. */
struct alerts *alerts_new(void);
void alerts_free(struct alerts **alerts);

/* A tick: begin, a report for each rule and subject that is met or may still fire, end. What is not
 * reported any more counts as cleared. */
void alerts_begin(struct alerts *alerts);
void alerts_report(struct alerts *alerts, struct model *model, const struct alert_report *report);
void alerts_end(struct alerts *alerts, struct model *model);

/* Puts back an alert that fires, or was resolved lately, from before a restart. What is in the model
 * under the same id is replaced. */
void alerts_restore(struct alerts *alerts, struct model *model, const struct alert *alert);
/* True when there are any that were restored and not seen again. */
bool alerts_has_restored(const struct alerts *alerts);
/* True when this one is such. */
bool alerts_is_restored(const struct model *model, const char *rule, const char *subject);

/* True while the alert fires: what a rule with hysteresis asks. */
bool alerts_is_firing(const struct model *model, const char *rule, const char *subject);

/* NULL when there is none. */
const struct alert *alerts_find(const struct model *model, const char *rule, const char *subject);

/* Conditions reported while there were ALERTS_MAX alerts already. */
uint64_t alerts_dropped(const struct alerts *alerts);

#endif
