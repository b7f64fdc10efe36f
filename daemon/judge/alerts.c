/*
 * The state machine of alerts. Called by rules. Owns the marks of who was reported this tick; the
 * alerts belong to the model. Invariant: an id occurs once, and a firing alert leaves only as
 * resolved.
 */
#include "daemon/judge/alerts.h"

#include "base/proc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct alerts {
    bool is_reported[ALERTS_MAX]; /* by index in model->alerts */
    uint64_t dropped;
    double first_t; /* of the first tick; 0 before it */
    bool has_restored;
};

struct alerts *alerts_new(void)
{
    return calloc(1, sizeof(struct alerts));
}

void alerts_free(struct alerts **alerts)
{
    free(*alerts);
    *alerts = NULL;
}

uint64_t alerts_dropped(const struct alerts *alerts)
{
    return alerts->dropped;
}

void alerts_begin(struct alerts *alerts)
{
    memset(alerts->is_reported, 0, sizeof alerts->is_reported);
}

static void make_id(char id[sizeof((struct alert *)0)->id], const char *rule, const char *subject)
{
    snprintf(id, sizeof((struct alert *)0)->id, "%s:%s", rule, subject);
}

static struct alert *find(const struct model *model, const char *rule, const char *subject)
{
    char id[sizeof((struct alert *)0)->id];

    make_id(id, rule, subject);
    for (size_t i = 0; i < model->alert_count; i++) {
        if (strcmp(model->alerts[i].id, id) == 0) {
            return &model->alerts[i];
        }
    }
    return NULL;
}

const struct alert *alerts_find(const struct model *model, const char *rule, const char *subject)
{
    return find(model, rule, subject);
}

bool alerts_is_firing(const struct model *model, const char *rule, const char *subject)
{
    const struct alert *alert = find(model, rule, subject);
    return alert != NULL && alert->state == ALERT_FIRING;
}

/* The one that is missed least: resolved longest ago. NULL when none is. */
static struct alert *find_oldest_resolved(const struct alerts *alerts, struct model *model)
{
    struct alert *found = NULL;

    for (size_t i = 0; i < model->alert_count; i++) {
        struct alert *alert = &model->alerts[i];
        if (alert->state == ALERT_RESOLVED && alert->told == 0 && !alerts->is_reported[i] &&
            (found == NULL || alert->resolved_at < found->resolved_at)) {
            found = alert;
        }
    }
    return found;
}

static struct alert *make_room(struct alerts *alerts, struct model *model)
{
    struct alert *more = NULL;

    if (model->alert_count == ALERTS_MAX) {
        more = find_oldest_resolved(alerts, model);
    } else if ((more = realloc(model->alerts, (model->alert_count + 1) * sizeof *more)) != NULL) {
        model->alerts = more;
        more = &model->alerts[model->alert_count++];
    }
    if (more == NULL) {
        alerts->dropped++;
    }
    return more;
}

static struct alert *add(struct alerts *alerts, struct model *model,
                         const struct alert_report *report)
{
    struct alert *alert = make_room(alerts, model);

    if (alert != NULL) {
        memset(alert, 0, sizeof *alert);
        make_id(alert->id, report->rule, report->subject);
        snprintf(alert->rule, sizeof alert->rule, "%s", report->rule);
        alert->state = ALERT_RESOLVED;
        alert->cost = alert->measured = NAN;
    }
    return alert;
}

static void enter(struct alert *alert, enum alert_state state, double t)
{
    alert->state = state;
    alert->since = t;
    if (state == ALERT_PENDING) {
        alert->pending_at = t;
    }
    if (state == ALERT_RESOLVED) {
        alert->resolved_at = t;
        alert->is_changed = true;
    } else if (state == ALERT_FIRING) {
        alert->resolved_at = 0;
        alert->fired_at = t;
        alert->is_changed = true;
    }
}

static void note_growth(struct alert *alert, const struct growth *growth)
{
    if (growth != NULL && growth->at != alert->growth.at) {
        alert->growth = *growth;
        alert->has_news = alert->told != 0 && model_growth_is_known(growth);
        alert->is_changed |= alert->state == ALERT_FIRING;
    } else if (growth == NULL && alert->state == ALERT_RESOLVED) {
        alert->growth = (struct growth){.at = 0}; /* another life */
    }
}

/* What is lost goes up and down: the mean over the time for which the alert fires. */
static void average(struct alert *alert, double cost, double t)
{
    double step = t - alert->costed_at;

    if (alert->state != ALERT_FIRING || isnan(alert->cost) || step < 0) {
        alert->cost = cost;
        alert->cost_s = 0;
    } else if (step > 0) {
        alert->cost += (cost - alert->cost) * step / (alert->cost_s + step);
        alert->cost_s += step;
    }
    alert->costed_at = t;
}

static void describe(struct alert *alert, const struct alert_report *report, double t)
{
    note_growth(alert, report->growth);
    alert->severity = report->severity;
    alert->pid = report->pid;
    alert->value = report->value;
    alert->threshold = report->threshold;
    snprintf(alert->isolate, sizeof alert->isolate, "%s",
             report->isolate != NULL ? report->isolate : "");
    snprintf(alert->summary, sizeof alert->summary, "%s", report->summary);
    snprintf(alert->culprit, sizeof alert->culprit, "%s",
             report->culprit != NULL ? report->culprit : "");
    snprintf(alert->cause, sizeof alert->cause, "%s", report->cause != NULL ? report->cause : "");
    snprintf(alert->action, sizeof alert->action, "%s",
             report->action != NULL ? report->action : "");
    alert->is_seconds = report->is_seconds;
    alert->measured = NAN;
    if (report->cause == NULL || isnan(report->cost)) {
        alert->cost = NAN;
    } else if (report->is_seconds) {
        average(alert, report->cost, t);
    } else if (alert->state != ALERT_FIRING || !(alert->cost > report->cost)) {
        alert->cost = report->cost; /* the most it came to */
    }
}

/* The cure has been taken: what is lost now against what was. */
static void measure(struct alert *alert, const struct alert_report *report)
{
    alert->measured = report->cause != NULL ? alert->cost - report->cost : NAN;
}

/* Whose it was, for those who are told later, when nobody may know any more. */
static void name_program(struct alert *alert, const struct model *model)
{
    const struct process *process = alert->pid > 0 ? model_find_process(model, alert->pid) : NULL;

    snprintf(alert->program, sizeof alert->program, "%.*s", (int)sizeof alert->program - 1,
             process != NULL ? process->name : "");
}

static bool has_settled(const struct alerts *alerts, double t)
{
    return alerts->first_t != 0 && t - alerts->first_t >= ALERTS_SETTLE_S;
}

void alerts_report(struct alerts *alerts, struct model *model, const struct alert_report *report)
{
    struct alert *alert = find(model, report->rule, report->subject);
    bool is_kept = alert != NULL && alert->state == ALERT_FIRING && !report->is_cleared;

    if (alert != NULL && alert->is_restored &&
        (report->is_met || (report->is_cleared && has_settled(alerts, model->t)))) {
        alert->is_restored = false;
    }
    if (alert != NULL && alert->state == ALERT_FIRING && !report->is_met && report->is_cleared) {
        measure(alert, report);
    }
    if (!report->is_met && !is_kept) {
        return; /* alerts_end() sees to what was there */
    }
    if (alert == NULL && (alert = add(alerts, model, report)) == NULL) {
        return;
    }
    alerts->is_reported[alert - model->alerts] = true;
    if (report->is_met) {
        describe(alert, report, model->t);
    }
    if (alert->state == ALERT_RESOLVED) {
        enter(alert, ALERT_PENDING, model->t);
    }
    if (alert->state == ALERT_PENDING && model->t - alert->pending_at >= report->for_seconds) {
        enter(alert, ALERT_FIRING, model->t);
        name_program(alert, model);
    }
}

/* Nobody will come back to tell more of it: its process is gone, or it lives and the isolate is not there
 * any more. */
static bool is_about_nobody(const struct model *model, const struct alert *alert)
{
    const struct process *process = model_find_process(model, alert->pid);
    const struct isolate *isolate = model_find_isolate(model, alert->isolate);
    uint64_t start_time;

    if (alert->pid == 0) {
        return false;
    }
    if (process == NULL || process->ended_at != 0) {
        return proc_start_time(alert->pid, &start_time) < 0;
    }
    bool is_there = !process->is_stale && process->is_counted;
    return alert->isolate[0] != '\0' && is_there && (isolate == NULL || isolate->has_ended);
}

/* What becomes of an alert whose condition does not hold. False: it is forgotten. */
static bool clear(const struct alerts *alerts, const struct model *model, struct alert *alert)
{
    double t = model->t;

    if (alert->is_restored && t - alerts->first_t < ALERTS_HOLD_S &&
        !(has_settled(alerts, t) && is_about_nobody(model, alert))) {
        return true;
    }
    alert->is_restored = false;
    if (alert->state == ALERT_FIRING) {
        enter(alert, ALERT_RESOLVED, t);
    } else if (alert->state == ALERT_PENDING) {
        if (alert->resolved_at == 0) {
            return false;
        }
        alert->state = ALERT_RESOLVED; /* as it was before */
        alert->since = alert->resolved_at;
    }
    return alert->told != 0 || t - alert->resolved_at <= ALERTS_RESOLVED_S;
}

void alerts_end(struct alerts *alerts, struct model *model)
{
    size_t kept = 0;

    alerts->has_restored = false;
    if (alerts->first_t == 0) {
        alerts->first_t = model->t;
    }
    for (size_t i = 0; i < model->alert_count; i++) {
        if (alerts->is_reported[i] || clear(alerts, model, &model->alerts[i])) {
            if (kept != i) {
                model->alerts[kept] = model->alerts[i];
            }
            alerts->has_restored |= model->alerts[kept].is_restored;
            kept++;
        }
    }
    model->alert_count = kept;
}

/* ---- after a restart ------------------------------------------------------------------------- */

void alerts_restore(struct alerts *alerts, struct model *model, const struct alert *alert)
{
    struct alert *place = NULL;

    for (size_t i = 0; place == NULL && i < model->alert_count; i++) {
        if (strcmp(model->alerts[i].id, alert->id) == 0) {
            place = &model->alerts[i];
        }
    }
    if (place == NULL && (place = make_room(alerts, model)) == NULL) {
        return;
    }
    *place = *alert;
    place->is_restored = alert->state == ALERT_FIRING;
    place->is_changed = false;
    alerts->has_restored |= place->is_restored;
}

bool alerts_has_restored(const struct alerts *alerts)
{
    return alerts->has_restored;
}

bool alerts_is_restored(const struct model *model, const char *rule, const char *subject)
{
    const struct alert *alert = find(model, rule, subject);
    return alert != NULL && alert->is_restored;
}
