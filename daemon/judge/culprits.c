/*
 * Who is asked what grows in it, and what came of it (culprits.h). Called by the tick behind the
 * rules. Owns the list of those under way and what was found lately; the orders are actions, the
 * findings belong to the isolates. Invariant: one order a process at a time. What an emitter says is
 * bounded field by field.
 */
#include "daemon/judge/culprits.h"

#include "base/log.h"
#include "daemon/judge/alerts.h"
#include "daemon/judge/words.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASKED_MAX   8  /* under way at a time, in all processes */
#define FOUND_MAX   64 /* remembered for others of a pool; the oldest is forgotten */
#define RETRY_S     60 /* after one that failed, or culprit.every when that is shorter */
#define GRACE_S     10 /* that an emitter may take beyond the window to answer */
#define SAMPLES     64 /* aimed at: enough to tell one line from another */
#define JOBS_LEAST  8
#define JOBS_MOST   1000
#define EVERY_LEAST 4096.0     /* bytes between two samples */
#define EVERY_MOST  (512 * 1024.0)
#define TABLE_SHARE 32 /* a table grows by so much more at once than what fills it */
#define PAUSES      3.0 /* a look stands still for about so many collections */

struct asked {
    uint64_t action; /* 0: a free place */
    uint64_t pid;
    char isolate[MODEL_ID_MAX];
};

/* What holds for other isolates of this pool. */
struct found {
    uint64_t pid, start_time;
    char pool[MODEL_TEXT_MAX], job[MODEL_TEXT_MAX];
    struct growth growth; /* .at is 0 in a free place */
};

struct culprits {
    struct asked asked[ASKED_MAX];
    struct found found[FOUND_MAX];
};

struct culprits *culprits_new(void)
{
    return calloc(1, sizeof(struct culprits));
}

void culprits_free(struct culprits **culprits)
{
    free(*culprits);
    *culprits = NULL;
}

/* ---- what was found -------------------------------------------------------------------------- */

static struct growth *need_growth(struct isolate *isolate)
{
    if (isolate->growth == NULL) {
        isolate->growth = calloc(1, sizeof *isolate->growth);
    }
    return isolate->growth;
}

static void note_why(struct isolate *isolate, double t, const char *why)
{
    struct growth *growth = need_growth(isolate);

    if (growth != NULL) {
        *growth = (struct growth){.at = t};
        snprintf(growth->no_site, sizeof growth->no_site, "%s", why);
        memcpy(growth->found_in, isolate->id, sizeof growth->found_in);
    }
}

static bool is_of(const struct found *found, const struct isolate *isolate)
{
    return found->growth.at > 0 && found->pid == isolate->process->pid &&
           found->start_time == isolate->process->start_time &&
           strcmp(found->pool, isolate->pool) == 0 && strcmp(found->job, isolate->drift_job) == 0;
}

static void remember(struct culprits *culprits, const struct isolate *isolate)
{
    struct found *place = &culprits->found[0];

    for (size_t i = 0; i < FOUND_MAX; i++) {
        struct found *found = &culprits->found[i];
        if (is_of(found, isolate)) {
            place = found;
            break;
        }
        place = found->growth.at < place->growth.at ? found : place;
    }
    place->pid = isolate->process->pid;
    place->start_time = isolate->process->start_time;
    memcpy(place->pool, isolate->pool, sizeof place->pool);
    memcpy(place->job, isolate->drift_job, sizeof place->job);
    place->growth = *isolate->growth;
}

static void copy_text(char *to, size_t size, const json_t *value)
{
    const char *text = json_string_value(value);

    snprintf(to, size, "%s", text != NULL ? text : "");
}

static double figure(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    double number = json_is_number(value) ? json_number_value(value) : NAN;

    return number >= 0 && number < 0x1p53 ? number : NAN;
}

/* What grew most, but rather something that there is more of after every job than a table that
 * doubled meanwhile. */
static const json_t *choose_kind(const json_t *result)
{
    const json_t *kinds = json_object_get(result, "kinds");
    const json_t *most = json_array_get(kinds, 0);

    for (size_t i = 0; i < json_array_size(kinds); i++) {
        const json_t *kind = json_array_get(kinds, i);
        if (figure(kind, "count") >= figure(result, "jobs") &&
            figure(kind, "bytes") >= figure(most, "bytes") / TABLE_SHARE) {
            return kind;
        }
    }
    return most;
}

static void read_growth(struct growth *growth, const json_t *result)
{
    const json_t *kind = choose_kind(result);
    const json_t *site = json_array_get(json_object_get(result, "sites"), 0);

    growth->jobs = figure(result, "jobs");
    copy_text(growth->kind, sizeof growth->kind, json_object_get(kind, "name"));
    growth->kind_bytes = figure(kind, "bytes");
    growth->kind_count = figure(kind, "count");
    copy_text(growth->file, sizeof growth->file, json_object_get(site, "file"));
    copy_text(growth->function, sizeof growth->function, json_object_get(site, "function"));
    growth->line = figure(site, "line");
    growth->site_bytes = figure(site, "bytes");
    copy_text(growth->no_site, sizeof growth->no_site, json_object_get(result, "no_site"));
    if (!isfinite(growth->line)) {
        growth->file[0] = '\0';
    }
    if (!model_growth_is_known(growth) && growth->no_site[0] == '\0') {
        snprintf(growth->no_site, sizeof growth->no_site, "nothing grew over %.0f jobs",
                 growth->jobs);
    } else if (site != NULL && growth->file[0] == '\0') {
        snprintf(growth->no_site, sizeof growth->no_site,
                 "no line of the program makes it: messages that are kept, or parts of them");
    }
}

static void take_answer(struct culprits *culprits, struct model *model, struct isolate *isolate,
                        const struct action *action)
{
    json_t *result = json_loads(action->result, 0, NULL);
    struct growth *growth = need_growth(isolate);
    double paused = figure(result, "pause_seconds");

    if (growth != NULL) {
        *growth = (struct growth){.at = model->t};
        memcpy(growth->found_in, isolate->id, sizeof growth->found_in);
        read_growth(growth, result);
        bool is_found = model_growth_is_known(growth);
        model->status.culprits.found += is_found;
        model->status.culprits.failed += !is_found;
        if (is_found) {
            remember(culprits, isolate);
        }
    }
    model->status.culprits.pause_seconds += isfinite(paused) ? paused : 0;
    json_decref(result);
}

static void take_end(struct culprits *culprits, struct model *model, struct asked *asked,
                     const struct action *action)
{
    struct isolate *isolate = model_find_isolate(model, asked->isolate);

    asked->action = 0;
    if (isolate != NULL && action != NULL && action->state == ACTION_DONE) {
        take_answer(culprits, model, isolate, action);
        return;
    }
    model->status.culprits.failed++;
    log_info("what grows in %s is not known: %s", asked->isolate,
             action != NULL ? action->error : "the answer was lost");
    if (isolate != NULL) {
        note_why(isolate, model->t, action != NULL ? action->error : "the answer was lost");
    }
}

static void take_answers(struct culprits *culprits, struct model *model, struct actions *actions)
{
    for (size_t i = 0; i < ASKED_MAX; i++) {
        struct asked *asked = &culprits->asked[i];
        const struct action *action =
            asked->action != 0 ? actions_find(actions, asked->action) : NULL;
        bool is_waiting = action != NULL && (action->state == ACTION_QUEUED ||
                                             action->state == ACTION_SENT);
        if (asked->action != 0 && !is_waiting) {
            take_end(culprits, model, asked, action);
        }
    }
}

/* ---- who is asked ---------------------------------------------------------------------------- */

static bool is_asked(const struct culprits *culprits, const char *isolate)
{
    for (size_t i = 0; i < ASKED_MAX; i++) {
        if (culprits->asked[i].action != 0 && strcmp(culprits->asked[i].isolate, isolate) == 0) {
            return true;
        }
    }
    return false;
}

/* A free place, unless another isolate of the process is asked or was a moment ago. */
static struct asked *find_place(struct culprits *culprits, const struct process *process, double t,
                                const struct config *config)
{
    struct asked *place = NULL;

    if (fabs(t - process->growth_asked_at) < config->culprit.spacing) {
        return NULL;
    }
    for (size_t i = 0; i < ASKED_MAX; i++) {
        struct asked *asked = &culprits->asked[i];
        if (asked->action == 0) {
            place = asked;
        } else if (asked->pid == process->pid) {
            return NULL;
        }
    }
    return place;
}

/* Whether what is known is still good; what failed is tried again sooner. */
static bool is_fresh(const struct growth *growth, double t, const struct config *config)
{
    double age = model_growth_is_known(growth) ? config->culprit.every
                                               : fmin(config->culprit.every, RETRY_S);

    return growth->at > 0 && fabs(t - growth->at) < age;
}

/* From before a restart, or from another isolate of its pool. */
static bool borrow(const struct culprits *culprits, const struct alert *alert,
                   struct isolate *isolate, double t, const struct config *config)
{
    const struct growth *known = &alert->growth;

    for (size_t i = 0; i < FOUND_MAX && !is_fresh(known, t, config); i++) {
        if (is_of(&culprits->found[i], isolate)) {
            known = &culprits->found[i].growth;
        }
    }
    if (!is_fresh(known, t, config) || need_growth(isolate) == NULL) {
        return false;
    }
    *isolate->growth = *known;
    return true;
}

/* isorun, and the agent of Node. */
static bool can_tell(const struct process *process)
{
    return process->kind == MODEL_DUKTAPE ? process->has_segment
                                          : process->kind == MODEL_V8 && process->source != NULL;
}

/* Why it is better not asked; NULL when it may be. */
static const char *find_obstacle(const struct isolate *isolate, const struct config *config)
{
    if (!config->culprit.enabled) {
        return "isolates are not asked: culprit.enabled is false";
    }
    if (!can_tell(isolate->process)) {
        return "its emitter cannot tell what grows";
    }
    if (isolate->gc.last_pause * PAUSES > config->culprit.max_pause) {
        return "a collection of its heap takes so long that it was not asked (culprit.max_pause)";
    }
    return NULL;
}

/* So many jobs and samples that the rise is seen among them; near its limit fewer. */
static void plan(const struct isolate *isolate, struct action_order *order)
{
    struct drift_verdict verdict;

    drift_get(isolate->drift, &verdict);
    double rise = fmax(1, verdict.bytes_per_job);
    double every = fmin(fmax(JOBS_LEAST * rise / SAMPLES, EVERY_LEAST), EVERY_MOST);
    double jobs = fmin(fmax(every * SAMPLES / rise, JOBS_LEAST), JOBS_MOST);

    if (verdict.jobs_to_limit / 2 < jobs) {
        jobs = fmax(2, floor(verdict.jobs_to_limit / 2));
    }
    order->interval = (uint64_t)every;
    order->jobs = (uint64_t)jobs;
}

static void ask(struct asked *place, struct model *model, struct actions *actions,
                struct isolate *isolate, double window)
{
    struct action_order order = {.isolate = isolate->id, .what = "growth", .seconds = window};
    struct error error;

    plan(isolate, &order);
    model->status.culprits.asked++;
    isolate->process->growth_asked_at = model->t;
    if (actions_queue(actions, model, &order, &place->action, &error) < 0) {
        place->action = 0;
        model->status.culprits.failed++;
        note_why(isolate, model->t, error.text);
        return;
    }
    place->pid = isolate->process->pid;
    memcpy(place->isolate, isolate->id, sizeof place->isolate);
}

static void look_at(struct culprits *culprits, struct model *model, struct actions *actions,
                    const struct config *config, const struct alert *alert)
{
    struct isolate *isolate = model_find_isolate(model, alert->isolate);

    if (isolate == NULL || isolate->has_ended || isolate->is_stale || isolate->drift == NULL ||
        is_asked(culprits, isolate->id) ||
        (isolate->growth != NULL && is_fresh(isolate->growth, model->t, config)) ||
        borrow(culprits, alert, isolate, model->t, config)) {
        return;
    }
    const char *obstacle = find_obstacle(isolate, config);
    if (obstacle != NULL) {
        model->status.culprits.skipped++;
        note_why(isolate, model->t, obstacle);
        return;
    }
    struct asked *place = find_place(culprits, isolate->process, model->t, config);
    if (place != NULL) {
        ask(place, model, actions, isolate, config->culprit.window);
    }
}

void culprits_tick(struct culprits *culprits, struct model *model, struct actions *actions,
                   const struct config *config)
{
    take_answers(culprits, model, actions);
    for (size_t i = 0; i < model->alert_count; i++) {
        struct alert *alert = &model->alerts[i];
        if (strcmp(alert->rule, "drift") != 0 || alert->state == ALERT_RESOLVED) {
            alert->is_awaiting = false;
            continue;
        }
        look_at(culprits, model, actions, config, alert);
        double since = alert->fired_at > 0 ? model->t - alert->fired_at : 0;
        alert->is_awaiting = is_asked(culprits, alert->isolate) &&
                             fabs(since) < config->culprit.window + GRACE_S;
    }
}

/* It fires, or did when its process ended a moment ago. */
static bool is_of_now(const struct alert *alert, double t)
{
    return alert->state == ALERT_FIRING ||
           (alert->state == ALERT_RESOLVED && fabs(t - alert->resolved_at) < GRACE_S);
}

void culprits_say(const struct model *model, uint64_t pid, char *text, size_t size)
{
    const struct alert *worst = NULL;
    char file[WORDS_MAX];

    text[0] = '\0';
    for (size_t i = 0; i < model->alert_count; i++) {
        const struct alert *alert = &model->alerts[i];
        bool is_known = strcmp(alert->rule, "drift") == 0 && alert->pid == pid &&
                        is_of_now(alert, model->t) && model_growth_is_known(&alert->growth);
        if (is_known && (worst == NULL || alert->cost > worst->cost)) {
            worst = alert;
        }
    }
    if (worst == NULL) {
        return;
    }
    int length = snprintf(text, size, "%s: %s", worst->isolate,
                          worst->growth.kind[0] != '\0' ? worst->growth.kind : "what is");
    if (worst->growth.file[0] != '\0' && length > 0 && (size_t)length < size) {
        snprintf(text + length, size - (size_t)length, " made at %s:%.0f",
                 words_tail(file, worst->growth.file), worst->growth.line);
    }
}
