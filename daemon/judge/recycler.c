/*
 * Who is recycled and when. Called by the tick behind the rules. Owns what it knows of each pool;
 * the orders themselves are actions. Invariants: one order a pool at a time; a pool that is off
 * gets none until its cool-down is over.
 *
 * Two reasons: a drift alert, one after the other at the pace the configuration allows; and a budget
 * that is over its line or about to be, where whoever holds most is replaced at once.
 *
 * What counts as help is that the pool tells of at least recycle.min_gain of what was predicted:
 * live heap above the baseline. HELPLESS in a row without it switch a pool off.
 */
#include "daemon/judge/recycler.h"

#include "base/log.h"
#include "daemon/judge/alerts.h"
#include "daemon/judge/budget.h"
#include "daemon/judge/words.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POOLS_MAX  256 /* known at a time; the one not heard of for longest is forgotten */
#define HELPLESS   3
#define PER_MINUTE 60     /* the most that recycle.max_per_minute can ask for */
#define NEAR_S     5.0 /* to its limit: nothing is waited for */
#define GAIN_LEAST 0x1p20 /* bytes: less is not worth a worker's start */
#define GAIN_SHARE 64.0   /* ... and in need less than this part of the budget's limit */
#define YOUNG_S    5.0    /* what an isolate holds before that is what a fresh one holds */

struct pool {
    uint64_t pid, start_time;
    char name[MODEL_TEXT_MAX];
    double fresh;                /* bytes that a fresh worker holds; 0 when none was seen */
    uint64_t action;             /* under way; 0 for none */
    double predicted, reclaimed; /* of the last one */
    double ordered_at;           /* the last one; 0 for never */
    unsigned helpless;           /* in a row */
    double off_since;            /* 0 while it is on */
};

struct recycler {
    struct pool pools[POOLS_MAX];
    size_t pool_count;
    double ordered_at[PER_MINUTE]; /* the last ones, in a ring */
    size_t ordered;
};

struct recycler *recycler_new(void)
{
    return calloc(1, sizeof(struct recycler));
}

void recycler_free(struct recycler **recycler)
{
    free(*recycler);
    *recycler = NULL;
}

/* ---- pools ----------------------------------------------------------------------------------- */

static struct pool *oldest(struct recycler *recycler)
{
    struct pool *found = NULL;

    for (size_t i = 0; i < recycler->pool_count; i++) {
        struct pool *pool = &recycler->pools[i];
        if (pool->action == 0 && (found == NULL || pool->ordered_at < found->ordered_at)) {
            found = pool;
        }
    }
    return found;
}

/* NULL when all places are taken by pools with an order under way. */
static struct pool *need_pool(struct recycler *recycler, const struct isolate *isolate)
{
    const struct process *process = isolate->process;

    for (size_t i = 0; i < recycler->pool_count; i++) {
        struct pool *pool = &recycler->pools[i];
        if (pool->pid == process->pid && pool->start_time == process->start_time &&
            strcmp(pool->name, isolate->pool) == 0) {
            return pool;
        }
    }
    struct pool *pool = recycler->pool_count < POOLS_MAX ? &recycler->pools[recycler->pool_count++]
                                                         : oldest(recycler);
    if (pool != NULL) {
        *pool = (struct pool){.pid = process->pid, .start_time = process->start_time};
        memcpy(pool->name, isolate->pool, sizeof pool->name);
    }
    return pool;
}

/* ---- how it went ----------------------------------------------------------------------------- */

/* What the pool says it freed; NaN when it does not. */
static double reclaimed_of(const struct action *action)
{
    json_t *result = json_loads(action->result, 0, NULL);
    json_t *reclaimed = json_object_get(result, "reclaimed");
    double bytes = json_is_number(reclaimed) ? json_number_value(reclaimed) : NAN;

    json_decref(result);
    return bytes;
}

static void switch_off(struct model *model, struct pool *pool)
{
    pool->off_since = model->t;
    log_warn("recycling %s of process %" PRIu64
             " stopped helping: none of the last %d brought what "
             "was predicted; no more of it by itself for a while",
             pool->name, pool->pid, HELPLESS);
}

static void note_end(struct model *model, struct pool *pool, const struct action *action,
                     double min_gain)
{
    char freed[WORDS_MAX], predicted[WORDS_MAX];
    pool->reclaimed = action->state == ACTION_DONE ? reclaimed_of(action) : NAN;
    bool has_helped = pool->reclaimed >= min_gain * pool->predicted; /* false for NaN */

    if (action->state == ACTION_DONE) {
        model->status.recycler.done++;
        log_info("recycled %s: freed %s of %s predicted", action->isolate,
                 words_bytes(freed, pool->reclaimed), words_bytes(predicted, pool->predicted));
    } else {
        model->status.recycler.failed++;
        log_warn("recycling %s: %s", action->isolate, action->error);
    }
    model->status.recycler.helpless += !has_helped;
    pool->helpless = has_helped ? 0 : pool->helpless + 1;
    if (pool->helpless == HELPLESS) {
        switch_off(model, pool);
    }
}

static void take_results(struct recycler *recycler, struct model *model, struct actions *actions,
                         const struct config *config)
{
    for (size_t i = 0; i < recycler->pool_count; i++) {
        struct pool *pool = &recycler->pools[i];
        if (pool->action == 0) {
            continue;
        }
        const struct action *action = actions_find(actions, pool->action);
        if (action == NULL) { /* so many came after it that it was forgotten */
            pool->action = 0;
        } else if (action->state == ACTION_DONE || action->state == ACTION_FAILED) {
            pool->action = 0;
            note_end(model, pool, action, config->recycle.min_gain);
        }
    }
}

/* ---- orders ---------------------------------------------------------------------------------- */

static bool is_full(const struct recycler *recycler, double now, const struct config *config)
{
    size_t max = config->recycle.max_per_minute;

    if (recycler->ordered < max) {
        return false;
    }
    double then = recycler->ordered_at[(recycler->ordered - max) % PER_MINUTE];
    return now - then < 60 && now >= then; /* a clock that was set back forgets */
}

/* What a fresh one in its place would not hold; all of it when it rose before it had a baseline. */
static double predict(const struct isolate *isolate)
{
    struct drift_verdict verdict;

    drift_get(isolate->drift, &verdict);
    return isnan(verdict.baseline) ? verdict.live : verdict.live - verdict.baseline;
}

static bool can_leave(const struct isolate *isolate)
{
    return !isolate->has_ended && !isolate->is_stale && isolate->has_pool &&
           isolate->state != MODEL_DRAINING;
}

/* It is being looked for what grows in it, which ends with it, or will be: the alert fires since this
 * tick. That takes no more than half of the jobs to its limit. */
static bool is_awaited(const struct model *model, const struct isolate *isolate)
{
    const struct alert *alert = alerts_find(model, "drift", isolate->id);

    return alert != NULL && (alert->is_awaiting || alert->fired_at == model->t) &&
           !(isolate->seconds_to_limit < NEAR_S);
}

static bool is_candidate(const struct model *model, const struct isolate *isolate)
{
    return can_leave(isolate) && isolate->drift != NULL && !is_awaited(model, isolate) &&
           alerts_is_firing(model, "drift", isolate->id) && predict(isolate) >= GAIN_LEAST;
}

static bool may_order(const struct pool *pool, double now, const struct config *config)
{
    return pool->action == 0 && pool->off_since == 0 &&
           fabs(now - pool->ordered_at) >= config->recycle.stagger;
}

static double urgency(const struct isolate *isolate)
{
    return isnan(isolate->seconds_to_limit) ? INFINITY : isolate->seconds_to_limit;
}

/* The one that meets its limit first, of pools that may have an order; NULL when there is none. */
static const struct isolate *choose(struct recycler *recycler, const struct model *model,
                                    const struct config *config)
{
    const struct isolate *found = NULL;

    for (size_t i = 0; i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        if (!is_candidate(model, isolate)) {
            continue;
        }
        struct pool *pool = need_pool(recycler, isolate);
        if (pool != NULL && may_order(pool, model->t, config) &&
            (found == NULL || urgency(isolate) < urgency(found))) {
            found = isolate;
        }
    }
    return found;
}

/* What is to be replaced and why, and what that should free. */
struct wish {
    const struct isolate *isolate; /* NULL for nobody */
    const char *reason;
    double predicted;
};

static void order(struct recycler *recycler, struct model *model, struct actions *actions,
                  const struct wish *wish)
{
    const struct action_order what = {
        .isolate = wish->isolate->id, .what = "recycle", .reason = wish->reason};
    struct pool *pool = need_pool(recycler, wish->isolate);
    struct error error;
    uint64_t id;

    pool->ordered_at = model->t;
    model->status.recycler.ordered++;
    if (actions_queue(actions, model, &what, &id, &error) < 0) {
        model->status.recycler.failed++;
        log_warn("recycling %s: %s", wish->isolate->id, error.text);
        return;
    }
    pool->action = id;
    pool->predicted = wish->predicted;
}

static void order_drifting(struct recycler *recycler, struct model *model, struct actions *actions,
                           const struct config *config)
{
    const struct isolate *isolate;

    while (!is_full(recycler, model->t, config) &&
           (isolate = choose(recycler, model, config)) != NULL) {
        const struct wish wish = {isolate, "drift", predict(isolate)};
        recycler->ordered_at[recycler->ordered++ % PER_MINUTE] = model->t;
        order(recycler, model, actions, &wish);
    }
}

/* ---- where a budget is in need --------------------------------------------------------------- */

/* What a fresh worker of each pool holds, from those that were seen young. */
static void learn_fresh(struct recycler *recycler, const struct model *model)
{
    for (size_t i = 0; i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        if (!can_leave(isolate) || !(model->t - isolate->started_at < YOUNG_S)) {
            continue;
        }
        struct pool *pool = need_pool(recycler, isolate);
        double held = (double)budget_held(isolate);
        if (pool != NULL && held > 0 && (pool->fresh == 0 || held < pool->fresh)) {
            pool->fresh = held;
        }
    }
}

/* The isolate of the budget whose replacement frees most; .isolate is NULL when none is worth it. */
static struct wish choose_in_need(struct recycler *recycler, const struct budget *budget)
{
    struct wish wish = {.reason = "budget",
                        .predicted = fmax(GAIN_LEAST, (double)budget->limit / GAIN_SHARE)};

    for (size_t i = 0; i < budget->part_count; i++) {
        const struct isolate *isolate = budget->parts[i].isolate;
        if (isolate == NULL || !can_leave(isolate) ||
            (double)budget_held(isolate) < wish.predicted) {
            continue;
        }
        struct pool *pool = need_pool(recycler, isolate);
        if (pool == NULL || pool->action != 0 || pool->off_since != 0) {
            continue;
        }
        double gain = (double)budget_held(isolate) - pool->fresh;
        if (gain >= wish.predicted) {
            wish.isolate = isolate;
            wish.predicted = gain;
        }
    }
    return wish;
}

/* The pace of other recycles does not bind here: the kernel does not wait. */
static void order_in_need(struct recycler *recycler, struct model *model, struct actions *actions)
{
    for (size_t i = 0; i < model->budget_count; i++) {
        if (!budget_is_in_need(&model->budgets[i], model->t)) {
            continue;
        }
        struct wish wish = choose_in_need(recycler, &model->budgets[i]);
        while (wish.isolate != NULL) { /* each pool once, as it has an order then */
            order(recycler, model, actions, &wish);
            wish = choose_in_need(recycler, &model->budgets[i]);
        }
    }
}

/* Pools that were off for long enough are on again; those that are off are told. */
static void review_off(struct recycler *recycler, struct model *model, double cooldown)
{
    struct pool_off *off = model->status.recycler.off;
    size_t count = 0;

    for (size_t i = 0; i < recycler->pool_count; i++) {
        struct pool *pool = &recycler->pools[i];
        const struct process *process = model_find_process(model, pool->pid);
        bool is_gone =
            process == NULL || process->start_time != pool->start_time || process->ended_at > 0;
        if (pool->off_since > 0 && (is_gone || fabs(model->t - pool->off_since) >= cooldown)) {
            pool->off_since = 0;
            pool->helpless = 0;
        } else if (pool->off_since > 0 && count < MODEL_OFF_MAX) {
            off[count] = (struct pool_off){.pid = pool->pid,
                                           .since = pool->off_since,
                                           .predicted = pool->predicted,
                                           .reclaimed = pool->reclaimed};
            memcpy(off[count++].name, pool->name, sizeof pool->name);
        }
    }
    model->status.recycler.off_count = count;
}

void recycler_tick(struct recycler *recycler, struct model *model, struct actions *actions,
                   const struct config *config)
{
    take_results(recycler, model, actions, config);
    review_off(recycler, model, config->recycle.cooldown);
    if (strcmp(config->drift.recycle, "auto") != 0) {
        return;
    }
    learn_fresh(recycler, model);
    order_in_need(recycler, model, actions);
    order_drifting(recycler, model, actions, config);
}
