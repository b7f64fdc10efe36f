/*
 * Rule `external_growth`: what a process holds outside of its heaps is more behind every end of a
 * worker than behind the one before, so ends do not bring back what workers took; or a store that
 * several isolates had is left to one that does nothing. One alert a process, one a store.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RISES       6
#define SPACING_S   1.0              /* between two lows, at least */
#define RISE_LEAST  ((double)(1 << 20))
#define RISE_SHARE  0.05             /* of where it began */
#define STEP_LEAST  0.25             /* of the mean step: it rises, it is not thrown about */
#define STORE_LEAST (UINT64_C(1) << 20)
#define LEFT_FOR_S  30.0

/* ---- rises from end to end ---------------------------------------------------------------------- */

static double outside(const struct process *process)
{
    double external = process->external != MODEL_UNKNOWN ? (double)process->external : 0;

    return external + (process->shared != MODEL_UNKNOWN ? (double)process->shared : 0);
}

/* The lowest since the last end of a worker is one of the lows once another has ended. */
static void follow(struct process *process, double t)
{
    double now = outside(process);

    if (process->growth.t == 0 || t < process->growth.t) {
        process->growth.t = t;
        process->growth.low = now;
        process->growth.exits = process->totals.exits;
        process->growth.count = 0;
    }
    process->growth.low = fmin(process->growth.low, now);
    if (process->totals.exits == process->growth.exits || t - process->growth.t < SPACING_S) {
        return;
    }
    if (process->growth.count == GROWTH_LOWS) {
        memmove(process->growth.lows, process->growth.lows + 1,
                (GROWTH_LOWS - 1) * sizeof *process->growth.lows);
        process->growth.count--;
    }
    process->growth.lows[process->growth.count++] = process->growth.low;
    process->growth.low = now;
    process->growth.exits = process->totals.exits;
    process->growth.t = t;
}

/* How much the last `rises` steps add up to, when all of them rise; else 0. */
static double risen(const struct process *process, unsigned rises)
{
    if (process->growth.count <= rises) {
        return 0;
    }
    const double *first = &process->growth.lows[process->growth.count - 1 - rises];
    double sum = first[rises] - first[0];
    bool is_rising = sum >= fmax(RISE_LEAST, RISE_SHARE * first[0]);
    for (unsigned i = 0; i < rises; i++) {
        is_rising &= first[i + 1] - first[i] >= STEP_LEAST * sum / rises;
    }
    return is_rising ? sum : 0;
}

/* Who holds most of it: bytes outside of its heap and of stores it pins. */
static const struct isolate *find_holder(const struct model *model, const struct process *process)
{
    const struct isolate *found = NULL;
    double most = 0;

    for (size_t i = 0; i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        if (isolate->process != process || isolate->has_ended) {
            continue;
        }
        double held = isolate->external != MODEL_UNKNOWN ? (double)isolate->external : 0;
        held += isolate->shared != MODEL_UNKNOWN ? (double)isolate->shared : 0;
        if (held > most) {
            most = held;
            found = isolate;
        }
    }
    return found;
}

static void say_growth(char summary[RULE_SUMMARY_MAX], const struct process *process,
                       const struct isolate *holder, unsigned rises)
{
    char from[WORDS_MAX], to[WORDS_MAX], name[WORDS_MAX], held[WORDS_MAX];
    const double *last = &process->growth.lows[process->growth.count - 1];
    double most = holder == NULL ? 0 : (double)holder->external + (double)holder->shared;

    snprintf(summary, RULE_SUMMARY_MAX,
             "%.64s keeps more buffers after every worker that ends. Behind the last %u ends it held "
             "%s → %s outside of heaps; %s holds %s.",
             process->name, rises, words_bytes(from, *(last - rises)), words_bytes(to, *last),
             holder != NULL ? words_name(name, holder) : "nobody", words_bytes(held, most));
}

/* What it held when the rise began is remembered by the alert as value - cost. */
static double left_over(const struct rule_view *view, const struct process *process,
                        const char *subject)
{
    char id[64];

    snprintf(id, sizeof id, "%s:%s", view->kind, subject);
    for (size_t i = 0; i < view->model->alert_count; i++) {
        const struct alert *alert = &view->model->alerts[i];
        if (strcmp(alert->id, id) == 0) {
            return fmax(0, outside(process) - (alert->value - alert->cost));
        }
    }
    return 0;
}

static void check_growth(const struct rule_view *view, struct process *process)
{
    char summary[RULE_SUMMARY_MAX] = "", subject[32], name[WORDS_MAX] = "";
    unsigned rises = (unsigned)rule_threshold(view, RISES);
    double t = process->growth.t;

    follow(process, view->model->t);
    double sum = risen(process, rises);
    if (sum == 0 && !view->has_alerts) {
        return;
    }
    const struct isolate *holder = find_holder(view->model, process);
    if (sum > 0) {
        say_growth(summary, process, holder, rises);
    }
    snprintf(subject, sizeof subject, "%" PRIu64, process->pid);
    struct alert_report report = {
        .rule = view->kind,
        .subject = subject,
        .is_met = sum > 0,
        .is_cleared = sum == 0 && ((risen(process, 2) == 0 && process->growth.t != t) ||
                                   left_over(view, process, subject) == 0),
        .for_seconds = rule_for(view, 0),
        .severity = rule_severity(view, ALERT_WARNING),
        .isolate = holder != NULL ? holder->id : NULL,
        .pid = process->pid,
        .value = sum > 0 ? process->growth.lows[process->growth.count - 1] : 0,
        .threshold = rises,
        .summary = summary,
        .culprit = holder != NULL ? words_name(name, holder) : "",
        .cause = "Something that outlives the workers keeps views of what they had: a list of "
                 "results, a listener, a cache by worker.",
        .action = "Let go of a worker's buffers when it has ended; isoctl stores tells which there "
                  "are and who pins them.",
        .cost = sum > 0 ? sum : left_over(view, process, subject),
    };
    rule_report(view, &report);
}

/* ---- stores that are left ----------------------------------------------------------------------- */

static void check_store(const struct rule_view *view, const struct process *process,
                        const struct store *store)
{
    char summary[RULE_SUMMARY_MAX], subject[64], name[WORDS_MAX], bytes[WORDS_MAX];
    char age[WORDS_MAX], maker[WORDS_MAX] = "";
    const struct isolate *made_by = model_find_isolate(view->model, store->maker);
    const struct isolate *only = store->pins[0];

    snprintf(subject, sizeof subject, "%" PRIu64 ":store:%" PRIu64, process->pid, store->id);
    words_name(name, only);
    snprintf(summary, sizeof summary,
             "%s alone keeps %s of shared memory and does nothing. Store %" PRIu64
             " was held by %zu isolates, the others have let it go. It was made %s ago%s%.64s.",
             name, words_bytes(bytes, (double)store->bytes), store->id, store->most_pins,
             words_time(age, view->model->t - store->created_at),
             store->maker[0] != '\0' ? " by " : "",
             made_by != NULL ? words_name(maker, made_by) : store->maker);
    struct alert_report report = {
        .rule = view->kind,
        .subject = subject,
        .is_met = true,
        .for_seconds = rule_for(view, LEFT_FOR_S),
        .severity = rule_severity(view, ALERT_INFO),
        .isolate = only->id,
        .pid = process->pid,
        .value = (double)store->bytes,
        .threshold = (double)STORE_LEAST,
        .summary = summary,
        .culprit = name,
        .cause = "It still has a view of the store, in a variable or a closure; one is enough to "
                 "keep all of it.",
        .action = "Have it drop its last view when the work is done, or end the worker.",
        .cost = (double)store->bytes,
    };
    rule_report(view, &report);
}

static const struct store *find_store(const struct process *process, uint64_t id)
{
    for (size_t i = 0; process != NULL && i < process->store_count; i++) {
        if (process->stores[i].id == id) {
            return &process->stores[i];
        }
    }
    return NULL;
}

/* An alert about a store that is gone, or is not left any more: in the first case it has helped. */
static void clear_store(const struct rule_view *view, const struct alert *alert)
{
    const char *subject = alert->id + strlen(view->kind) + 1;
    const char *mark = strstr(subject, ":store:");

    if (strcmp(alert->rule, view->kind) != 0 || mark == NULL) {
        return;
    }
    const struct process *process = model_find_process(view->model, alert->pid);
    const struct store *store = find_store(process, strtoull(mark + strlen(":store:"), NULL, 10));
    if (store == NULL || !store->is_left) {
        struct alert_report report = {
            .rule = view->kind,
            .subject = subject,
            .is_cleared = true,
            .cause = alert->cause,
            .cost = store == NULL ? 0 : alert->cost,
        };
        rule_report(view, &report);
    }
}

void rule_growth(const struct rule_view *view)
{
    struct model *model = view->model;

    for (size_t i = 0; i < model->process_count; i++) {
        struct process *process = model->processes[i];
        if (process->ended_at != 0) {
            continue;
        }
        check_growth(view, process);
        for (size_t k = 0; k < process->store_count; k++) {
            const struct store *store = &process->stores[k];
            if (store->is_left && store->bytes != MODEL_UNKNOWN && store->bytes >= STORE_LEAST) {
                check_store(view, process, store);
            }
        }
    }
    for (size_t i = 0; view->has_alerts && i < model->alert_count; i++) {
        clear_store(view, &model->alerts[i]);
    }
}
