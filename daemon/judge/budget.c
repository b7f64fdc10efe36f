/*
 * The ledger's one formula. Called by the tick after ingest. Owns projections, and containers.c; the
 * budgets and their parts belong to the model. Invariant: projections[i] is of model->budgets[i],
 * and the parts of a budget add up to its used.
 */
#include "daemon/judge/budget.h"

#include "daemon/judge/containers.h"
#include "daemon/model/history.h"
#include "daemon/judge/projection.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADROOM_DEFAULT 0.10
#define REST_LEAST_SHARE 0.33      /* of a growth; less beside a known leak is its inaccuracy */
#define RISE_LEAST_BYTES 1048576.0 /* in a minute; less is no projection ... */
#define RISE_LEAST_SHARE 0.001     /* ... nor is less than this share of the limit */
#define NEED_S           15.0
#define NEED_LASTS_S     60.0
#define RANGE_ERRORS     4.0 /* standard errors to either side; neighbours depend on each other */
#define FORESIGHT        6 /* nothing is foretold further ahead than so many times what was seen */
#define OWN_PART_LEAST   65536 /* bytes */
#define NAME_MAX_BYTES   64

struct ledger {
    struct containers *containers;  /* owned */
    struct projection *projections; /* owned */
    size_t projection_count;
    bool *members; /* owned; by process->place */
};

/* What a budget is about to be made of. */
struct scope {
    const char *name;
    const char *match;              /* glob of process names, or NULL ... */
    const struct container *holder; /* ... everything in this container */
    uint64_t limit, headroom;
};

struct ledger *budget_new(const char *root, struct events *events)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);

    if (ledger != NULL && (ledger->containers = containers_new(root, events)) == NULL) {
        free(ledger);
        return NULL;
    }
    return ledger;
}

void budget_free(struct ledger **ledger)
{
    if (*ledger != NULL) {
        containers_free(&(*ledger)->containers);
        free((*ledger)->projections);
        free((*ledger)->members);
        free(*ledger);
        *ledger = NULL;
    }
}

static void remove_budget(struct ledger *ledger, struct model *model, size_t i)
{
    free(model->budgets[i].parts);
    history_free(&model->budgets[i].history);
    size_t after = model->budget_count - i - 1;
    memmove(&model->budgets[i], &model->budgets[i + 1], after * sizeof *model->budgets);
    memmove(&ledger->projections[i], &ledger->projections[i + 1],
            after * sizeof *ledger->projections);
    model->budget_count--;
    ledger->projection_count--;
}

void budget_forget(struct ledger *ledger, struct model *model)
{
    while (model->budget_count > 0) {
        remove_budget(ledger, model, model->budget_count - 1);
    }
}

static uint64_t known_or_0(uint64_t value)
{
    return value != MODEL_UNKNOWN ? value : 0;
}

uint64_t budget_line(const struct budget *budget)
{
    if (budget->limit == MODEL_UNKNOWN) {
        return MODEL_UNKNOWN;
    }
    return budget->limit > budget->headroom ? budget->limit - budget->headroom : 0;
}

uint64_t budget_held(const struct isolate *isolate)
{
    return known_or_0(isolate->heap.total) + known_or_0(isolate->external);
}

bool budget_is_in_need(struct budget *budget, double t)
{
    uint64_t line = budget_line(budget);
    bool is_near = budget->state == BUDGET_OVER || budget->limit_seconds <= NEED_S;
    bool was_near = budget->need_at > 0 && fabs(t - budget->need_at) < NEED_LASTS_S;

    if (is_near && line != MODEL_UNKNOWN) {
        budget->need_at = t;
    }
    return is_near || (was_near && budget->used + budget->headroom > line);
}

/* ---- one budget ----------------------------------------------------------------------------- */

static bool is_member(const struct scope *scope, const struct process *process)
{
    if (process->ended_at != 0) {
        return false;
    }
    if (scope->match != NULL) {
        return fnmatch(scope->match, process->name, 0) == 0;
    }
    return scope->holder != NULL &&
           strcmp(process->container.source, scope->holder->cgroup.path) == 0;
}

struct sum {
    uint64_t rss, heap, limits, external, shared, queued;
    bool is_partial, has_unlimited;
};

static void add_process(struct sum *sum, const struct process *process)
{
    sum->rss += known_or_0(process->rss);
    sum->external += known_or_0(process->external);
    sum->shared += known_or_0(process->shared);
    sum->queued += known_or_0(process->queued_bytes);
    sum->is_partial |= process->is_stale || process->rss == MODEL_UNKNOWN;
}

static bool need_parts(struct budget *budget, size_t count)
{
    struct budget_part *parts = realloc(budget->parts, count * sizeof *parts);

    budget->part_count = 0;
    if (parts == NULL) {
        return false;
    }
    budget->parts = parts;
    return true;
}

static void add_part(struct budget *budget, enum part_kind kind, const struct isolate *isolate,
                     int64_t bytes)
{
    budget->parts[budget->part_count++] = (struct budget_part){kind, isolate, bytes};
}

/* The members' figures, and parts for each living isolate of theirs: its heap, and what it owns
 * outside where that is worth a line; the rest of that is one part for all. */
static struct sum sum_members(const struct ledger *ledger, const struct model *model,
                              struct budget *budget)
{
    struct sum sum = {0};
    uint64_t named = 0;

    for (size_t i = 0; i < model->process_count; i++) {
        if (ledger->members[i]) {
            add_process(&sum, model->processes[i]);
        }
    }
    for (size_t i = 0; i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        if (isolate->has_ended || !ledger->members[isolate->process->place]) {
            continue;
        }
        uint64_t total = known_or_0(isolate->heap.total);
        sum.heap += total;
        sum.limits += known_or_0(isolate->heap.limit);
        sum.has_unlimited |= isolate->heap.limit == MODEL_UNKNOWN;
        add_part(budget, PART_HEAP, isolate, (int64_t)total);
        uint64_t external = known_or_0(isolate->external);
        if (external >= OWN_PART_LEAST && named + external <= sum.external) {
            named += external;
            add_part(budget, PART_EXTERNAL, isolate, (int64_t)external);
        }
    }
    add_part(budget, PART_EXTERNAL, NULL, (int64_t)(sum.external - named));
    return sum;
}

/* What confirmed leaks of the budget's isolates add: `rate` bytes a second until each has filled
 * the `room` its own limit leaves. */
struct leaks {
    double rate, room;
};

static struct leaks find_leaks(const struct budget *budget)
{
    struct leaks leaks = {0, 0};

    for (size_t i = 0; i < budget->part_count; i++) {
        const struct isolate *isolate = budget->parts[i].isolate;
        if (isolate == NULL || budget->parts[i].kind != PART_HEAP ||
            !(isolate->seconds_to_limit > 0) ||
            isolate->heap.limit == MODEL_UNKNOWN || isolate->heap.total > isolate->heap.limit) {
            continue;
        }
        double room = (double)(isolate->heap.limit - isolate->heap.total);
        leaks.rate += room / isolate->seconds_to_limit;
        leaks.room += room;
    }
    return leaks;
}

/*
 * Seconds until `missing` bytes are reached at `slope` bytes a second. An isolate that leaks ends
 * at its own limit: what lies beyond that must come from the rest of the growth, or never comes.
 */
static double seconds_ahead(const struct budget *budget, double missing, double slope)
{
    struct leaks leaks = find_leaks(budget);
    double rest = slope - leaks.rate;

    if (missing <= leaks.room || leaks.rate <= 0) {
        return missing / slope;
    }
    return rest > REST_LEAST_SHARE * slope ? fmax(missing / slope, (missing - leaks.room) / rest)
                                           : NAN;
}

/* The soonest and the latest that the limit is met, by the error of the trend's slope. */
static void set_range(struct budget *budget, const struct trend *trend, double room)
{
    double most = trend->slope + RANGE_ERRORS * trend->error;
    double least = trend->slope - RANGE_ERRORS * trend->error;

    budget->limit_soonest = room / most;
    budget->limit_latest = least > 0 ? room / least : NAN;
    budget->confidence = projection_confidence(trend);
}

/* The trend of minutes foretells what is not too far; the one of seconds what is at the door. */
static void project(struct budget *budget, const struct projection *projection)
{
    uint64_t line = budget_line(budget);
    double least = fmax(RISE_LEAST_BYTES, RISE_LEAST_SHARE * (double)budget->limit);
    struct trend trend;

    budget->projected_seconds = budget->limit_seconds = budget->confidence = NAN;
    budget->limit_soonest = budget->limit_latest = NAN;
    if (line == MODEL_UNKNOWN) {
        return;
    }
    double missing = budget->used < line ? (double)(line - budget->used) : 0;
    double room = budget->used < budget->limit ? (double)(budget->limit - budget->used) : 0;
    if (projection_find(projection, least, &trend)) {
        double ahead = seconds_ahead(budget, missing, trend.slope);
        budget->projected_seconds = ahead <= FORESIGHT * trend.span ? ahead : NAN;
    }
    struct trend quick;
    if (projection_find_quick(projection, missing, &quick) &&
        !(budget->projected_seconds <= seconds_ahead(budget, missing, quick.slope))) {
        trend = quick;
        budget->projected_seconds = seconds_ahead(budget, missing, quick.slope);
    }
    if (!isnan(budget->projected_seconds)) {
        budget->limit_seconds = seconds_ahead(budget, room, trend.slope);
        set_range(budget, &trend, room);
    }
}

static void judge(struct budget *budget, double horizon)
{
    uint64_t line = budget_line(budget);
    bool is_promised = budget->committed != MODEL_UNKNOWN && budget->committed > line;

    budget->state = BUDGET_OK;
    if (line != MODEL_UNKNOWN && budget->used > line) {
        budget->state = BUDGET_OVER;
    } else if (line != MODEL_UNKNOWN && (is_promised || budget->projected_seconds <= horizon)) {
        budget->state = BUDGET_WARNING;
    }
}

static void fill(struct ledger *ledger, struct model *model, size_t index,
                 const struct scope *scope)
{
    struct budget *budget = &model->budgets[index];
    struct projection *projection = &ledger->projections[index];

    for (size_t i = 0; i < model->process_count; i++) {
        ledger->members[i] = is_member(scope, model->processes[i]);
        budget->has_matched |= ledger->members[i];
    }
    budget->has_matched |= scope->match == NULL;
    if (!need_parts(budget, 2 * model->isolate_count + PART_OTHERS + 1)) {
        return;
    }
    struct sum sum = sum_members(ledger, model, budget);
    bool is_group = scope->match != NULL || scope->holder == NULL;
    budget->limit = scope->limit;
    budget->headroom = scope->headroom;
    budget->used = is_group ? sum.rss : scope->holder->cgroup.used;
    budget->is_partial = sum.is_partial;
    budget->unattributed = (int64_t)budget->used - (int64_t)sum.heap - (int64_t)sum.external -
                           (int64_t)sum.shared - (int64_t)sum.queued;
    add_part(budget, PART_SHARED, NULL, (int64_t)sum.shared);
    add_part(budget, PART_IN_FLIGHT, NULL, (int64_t)sum.queued);
    add_part(budget, PART_UNATTRIBUTED, NULL, budget->unattributed);
    budget->committed = MODEL_UNKNOWN;
    if (!sum.has_unlimited) {
        uint64_t rest = budget->unattributed > 0 ? (uint64_t)budget->unattributed : 0;
        budget->committed = sum.limits + sum.external + sum.shared + sum.queued + rest;
    }
    projection_add(projection, model->t, (double)budget->used);
    project(budget, projection);
}

/* ---- which budgets there are ---------------------------------------------------------------- */

/* Index of the budget with the scope's name, made when missing; -1 without memory. */
static int need_budget(struct ledger *ledger, struct model *model, const struct scope *scope)
{
    for (size_t i = 0; i < model->budget_count; i++) {
        if (strcmp(model->budgets[i].name, scope->name) == 0) {
            return (int)i;
        }
    }
    size_t count = model->budget_count + 1;
    struct budget *budgets = realloc(model->budgets, count * sizeof *budgets);
    if (budgets == NULL) {
        return -1;
    }
    model->budgets = budgets;
    struct projection *projections = realloc(ledger->projections, count * sizeof *projections);
    if (projections == NULL) {
        return -1;
    }
    ledger->projections = projections;
    struct budget *budget = &budgets[count - 1];
    memset(budget, 0, sizeof *budget);
    memset(&projections[count - 1], 0, sizeof *projections);
    snprintf(budget->name, sizeof budget->name, "%s", scope->name);
    model->budget_count = ledger->projection_count = count;
    return (int)count - 1;
}

static void update(struct ledger *ledger, struct model *model, const struct scope *scope,
                   double horizon)
{
    int index = need_budget(ledger, model, scope);

    if (index < 0) {
        return;
    }
    struct budget *budget = &model->budgets[index];
    if (scope->match != NULL) {
        snprintf(budget->scope, sizeof budget->scope, "process:%s", scope->match);
    } else {
        snprintf(budget->scope, sizeof budget->scope, "container:%s",
                 scope->holder != NULL ? scope->holder->cgroup.path : "");
    }
    fill(ledger, model, (size_t)index, scope);
    judge(budget, horizon);
}

/* The directory's own name, made of what a budget's name may hold. */
static void name_container(const struct cgroup *cgroup, char name[NAME_MAX_BYTES + 1])
{
    const char *slash = strrchr(cgroup->path, '/');
    bool is_top = strcmp(cgroup->path, "/sys/fs/cgroup") == 0 ||
                  strcmp(cgroup->path, "/sys/fs/cgroup/memory") == 0 ||
                  strcmp(cgroup->path, "/sys/fs/cgroup/unified") == 0;

    if (cgroup->version == 0) {
        snprintf(name, NAME_MAX_BYTES + 1, "machine");
        return;
    }
    snprintf(name, NAME_MAX_BYTES + 1, "%s",
             is_top || slash == NULL || slash[1] == '\0' ? "container" : slash + 1);
    for (char *at = name; *at != '\0'; at++) {
        bool is_plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                        (*at >= '0' && *at <= '9') || strchr("._-", *at) != NULL;
        *at = is_plain ? *at : '-';
    }
}

/* What must stay free: the share asked for, or what the kernel's slowing down leaves anyway. */
static uint64_t headroom_of(const struct cgroup *cgroup, uint64_t headroom)
{
    if (cgroup->high < cgroup->limit && cgroup->limit - cgroup->high > headroom) {
        return cgroup->limit - cgroup->high;
    }
    return headroom;
}

/* Several directories may have the same name. */
static void name_uniquely(const struct ledger *ledger, size_t i, char *unique, size_t size)
{
    char name[NAME_MAX_BYTES + 1], other[NAME_MAX_BYTES + 1];

    name_container(&containers_get(ledger->containers, i)->cgroup, name);
    snprintf(unique, size, "%s", name);
    for (size_t j = 0; j < i; j++) {
        name_container(&containers_get(ledger->containers, j)->cgroup, other);
        if (strcmp(other, name) == 0) {
            snprintf(unique, size, "%s-%zu", name, i + 1);
        }
    }
}

static void update_default(struct ledger *ledger, struct model *model, double horizon)
{
    for (size_t i = model->budget_count; i > 0; i--) {
        const char *path = model->budgets[i - 1].scope + strlen("container:");
        if (containers_find(ledger->containers, path) == NULL) {
            remove_budget(ledger, model, i - 1);
        }
    }
    for (size_t i = 0; i < containers_count(ledger->containers); i++) {
        const struct container *container = containers_get(ledger->containers, i);
        double limit = (double)container->cgroup.limit;
        char unique[NAME_MAX_BYTES + 24];
        name_uniquely(ledger, i, unique, sizeof unique);
        struct scope scope = {
            .name = unique,
            .holder = container,
            .limit = container->cgroup.limit,
            .headroom = headroom_of(&container->cgroup, (uint64_t)(HEADROOM_DEFAULT * limit)),
        };
        update(ledger, model, &scope, horizon);
    }
}

static void update_configured(struct ledger *ledger, struct model *model,
                              const struct config_budget *config, double horizon)
{
    const struct container *holder = containers_pick(ledger->containers);
    struct scope scope = {.name = config->name, .match = config->match, .limit = config->limit};

    if (config->limit == 0) {
        scope.limit = holder != NULL ? holder->cgroup.limit : MODEL_UNKNOWN;
    }
    if (config->match == NULL) {
        scope.holder = holder;
    }
    scope.headroom = config->headroom_bytes;
    if (scope.headroom == 0 && scope.limit != MODEL_UNKNOWN) {
        scope.headroom = (uint64_t)(config->headroom * (double)scope.limit);
    }
    if (scope.holder != NULL && config->limit == 0) {
        scope.headroom = headroom_of(&scope.holder->cgroup, scope.headroom);
    }
    update(ledger, model, &scope, horizon);
}

static double horizon_of(const struct config *config)
{
    for (size_t i = 0; i < config->rule_count; i++) {
        if (strcmp(config->rules[i].kind, "budget") == 0 && !isnan(config->rules[i].threshold)) {
            return config->rules[i].threshold;
        }
    }
    return BUDGET_HORIZON_S;
}

void budget_tick(struct ledger *ledger, struct model *model, const struct config *config)
{
    double horizon = horizon_of(config);
    bool *members = realloc(ledger->members, model->process_count + 1);

    if (members == NULL) {
        return;
    }
    ledger->members = members;
    containers_tick(ledger->containers, model);
    if (config->budget_count == 0) {
        update_default(ledger, model, horizon);
    }
    for (size_t i = 0; i < config->budget_count; i++) {
        update_configured(ledger, model, &config->budgets[i], horizon);
    }
}
