/*
 * The ledger's formula on a machine that was recorded: parts that add up, what is committed, the
 * state, the projection, and which budgets there are.
 */
#include "daemon/judge/budget.h"
#include "daemon/judge/projection.h"
#include "daemon/ingest/sums.h"

#include "recorded.h"

#include <math.h>

struct scene {
    struct model model;
    struct config config;
    struct ledger *ledger;
    struct events *events;
};

static void set_used(uint64_t mib)
{
    record("sys/fs/cgroup/box/memory.current", "%llu\n", (unsigned long long)(mib * MIB));
}

/* A container of 1000 MiB that holds processes 5 and 6. */
static void scene_open(struct scene *scene)
{
    recorded_open();
    record("proc/5/cgroup", "0::/box\n");
    record("proc/6/cgroup", "0::/box\n");
    record("proc/7/cgroup", "0::/\n");
    record_v2("box", 1000 * MIB, UINT64_MAX, 500 * MIB, 0);
    assert_int_equal(model_init(&scene->model), 0);
    assert_int_equal(config_load(&scene->config, NULL, NULL), 0);
    scene->events = events_new();
    scene->ledger = budget_new(root, scene->events);
    scene->model.t = 1000;
}

static void scene_close(struct scene *scene)
{
    budget_forget(scene->ledger, &scene->model);
    budget_free(&scene->ledger);
    config_fini(&scene->config);
    model_fini(&scene->model);
    events_free(&scene->events);
    recorded_close();
}

/* A process with two isolates of 100 MiB, limit 200 each. */
static struct process *add_process(struct scene *scene, uint64_t pid, const char *name)
{
    struct process *process = model_add_process(&scene->model, pid, 1);
    process->place = scene->model.process_count - 1;
    snprintf(process->name, sizeof process->name, "%s", name);
    process->rss = 300 * MIB;
    process->external = 10 * MIB;
    process->shared = 20 * MIB;
    process->queued_bytes = 5 * MIB;
    for (uint32_t thread = 0; thread < 2; thread++) {
        struct isolate *isolate = model_add_isolate(&scene->model, process, thread);
        isolate->heap.total = 100 * MIB;
        isolate->heap.limit = 200 * MIB;
    }
    return process;
}

static void tick(struct scene *scene, double t)
{
    scene->model.t = t;
    scene->model.tick++;
    budget_tick(scene->ledger, &scene->model, &scene->config);
}

static int64_t sum_of_parts(const struct budget *budget)
{
    int64_t sum = 0;
    for (size_t i = 0; i < budget->part_count; i++) {
        sum += budget->parts[i].bytes;
    }
    return sum;
}

static void test_formula(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    struct process *process = add_process(&scene, 5, "api");
    tick(&scene, 1000);
    assert_int_equal(scene.model.budget_count, 1);
    const struct budget *budget = &scene.model.budgets[0];
    assert_string_equal(budget->name, "box");
    assert_string_equal(budget->scope, "container:/sys/fs/cgroup/box");
    assert_int_equal(budget->limit, 1000 * MIB);
    assert_int_equal(budget->headroom, 100 * MIB);
    assert_int_equal(budget->used, 500 * MIB);
    assert_int_equal(budget->unattributed, (500 - 200 - 10 - 20 - 5) * (int64_t)MIB);
    assert_int_equal(sum_of_parts(budget), budget->used);
    assert_int_equal(budget->committed, (400 + 10 + 20 + 5 + 265) * MIB);
    assert_int_equal(budget->state, BUDGET_OK);
    assert_false(budget->is_partial);
    assert_int_equal(process->container.limit, 1000 * MIB);

    set_used(50); /* less than is committed by heaps: memory not touched yet */
    process->is_stale = true;
    tick(&scene, 1001);
    assert_int_equal(budget->unattributed, -185 * (int64_t)MIB);
    assert_int_equal(sum_of_parts(budget), budget->used);
    assert_int_equal(budget->committed, 435 * MIB);
    assert_true(budget->is_partial);

    scene.model.isolates[0]->heap.limit = MODEL_UNKNOWN;
    tick(&scene, 1002);
    assert_true(budget->committed == MODEL_UNKNOWN);
    scene_close(&scene);
}

/* What isolates own outside of their heaps is told of each; no byte is there twice. */
static void test_external_parts(void **state)
{
    (void)state;
    struct scene scene;
    int64_t external = 0, rest = -1;
    scene_open(&scene);
    add_process(&scene, 5, "api");
    scene.model.isolates[0]->external = 8 * MIB;
    scene.model.isolates[1]->external = 1000; /* not worth a line */
    tick(&scene, 1000);
    const struct budget *budget = &scene.model.budgets[0];
    for (size_t i = 0; i < budget->part_count; i++) {
        const struct budget_part *part = &budget->parts[i];
        if (part->kind == PART_EXTERNAL && part->isolate == NULL) {
            rest = part->bytes;
        } else if (part->kind == PART_EXTERNAL) {
            assert_ptr_equal(part->isolate, scene.model.isolates[0]);
            external = part->bytes;
        }
    }
    assert_int_equal(external, 8 * MIB);
    assert_int_equal(rest, 2 * MIB);
    assert_int_equal(sum_of_parts(budget), budget->used);
    scene.model.isolates[0]->external = 80 * MIB; /* more than its process is known to have */
    tick(&scene, 1001);
    assert_int_equal(sum_of_parts(budget), budget->used);
    scene_close(&scene);
}

static void test_states(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    add_process(&scene, 5, "api");
    set_used(900);
    tick(&scene, 1000);
    const struct budget *budget = &scene.model.budgets[0];
    assert_int_equal(budget->state, BUDGET_WARNING); /* 400 + 35 + 665 were promised */
    set_used(901);
    tick(&scene, 1001);
    assert_int_equal(budget->state, BUDGET_OVER);
    set_used(100);
    tick(&scene, 1002);
    assert_int_equal(budget->state, BUDGET_OK);
    scene_close(&scene);
}

static void test_projected(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    add_process(&scene, 5, "api");
    for (int i = 0; i < 30; i++) {
        set_used(400 + 5 * (uint64_t)i); /* 5 MiB/s */
        tick(&scene, 1000 + i);
    }
    const struct budget *budget = &scene.model.budgets[0];
    assert_true(fabs(budget->projected_seconds - (900 - 545) / 5.0) < 1);
    for (int i = 0; i < 70; i++) {
        set_used(545 + (uint64_t)(i % 7));
        tick(&scene, 1030 + i);
    }
    assert_true(isnan(budget->projected_seconds));
    scene_close(&scene);
}

/* A worker that leaks ends at its own limit; a budget with more room than that is not in danger. */
static void test_a_leak_ends_at_its_own_limit(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    add_process(&scene, 5, "api");
    struct isolate *isolate = scene.model.isolates[1]; /* 100 of 200 MiB */
    for (int i = 0; i < 30; i++) {
        isolate->seconds_to_limit = 20; /* 100 MiB left at 5 MiB/s: all of the growth */
        set_used(400 + 5 * (uint64_t)i);
        tick(&scene, 1000 + i);
    }
    const struct budget *budget = &scene.model.budgets[0];
    assert_true(isnan(budget->projected_seconds));
    isolate->heap.limit = 800 * MIB; /* now it can fill the container before it ends */
    isolate->seconds_to_limit = 150;
    set_used(550);
    tick(&scene, 1030);
    assert_true(fabs(budget->projected_seconds - (900 - 550) / 5.0) < 2);
    scene_close(&scene);
}

/* Half a minute of growth says nothing about what is in a quarter of an hour. */
static void test_foresight(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    add_process(&scene, 5, "api");
    for (int i = 0; i < 200; i++) {
        set_used(100 + (uint64_t)i); /* 1 MiB/s */
        tick(&scene, 1000 + i);
        const struct budget *budget = &scene.model.budgets[0];
        double ahead = (double)(900 - 100 - i);
        if (ahead > 6 * i) {
            assert_true(isnan(budget->projected_seconds));
        } else {
            assert_true(fabs(budget->projected_seconds - ahead) < 1);
        }
    }
    scene_close(&scene);
}

static void test_default_budgets(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    tick(&scene, 1000);
    assert_int_equal(scene.model.budget_count, 0);
    add_process(&scene, 5, "api");
    add_process(&scene, 6, "mailer");
    struct process *loose = add_process(&scene, 7, "loose");
    tick(&scene, 1001);
    assert_int_equal(scene.model.budget_count, 2);
    assert_string_equal(scene.model.budgets[0].name, "box");
    assert_string_equal(scene.model.budgets[1].name, "machine");
    assert_int_equal(scene.model.budgets[1].limit, 16384 * MIB);
    assert_int_equal(scene.model.budgets[1].used, 4096 * MIB);
    assert_int_equal(scene.model.budgets[0].part_count, 4 + 4);
    loose->container.place = 0;
    loose->ended_at = 1; /* nobody of it is left */
    tick(&scene, 1002);
    assert_int_equal(scene.model.budget_count, 1);
    scene_close(&scene);
}

static void test_configured_budgets(void **state)
{
    (void)state;
    struct scene scene;
    char name[] = "front", match[] = "ap?";
    scene_open(&scene);
    add_process(&scene, 5, "api");
    add_process(&scene, 6, "mailer");
    struct config_budget own = {
        .name = name, .match = match, .limit = 2000 * MIB, .headroom = 0.5, .headroom_bytes = 0};
    scene.config.budgets = &own;
    scene.config.budget_count = 1;
    tick(&scene, 1000);
    const struct budget *budget = model_find_budget(&scene.model, "front");
    assert_non_null(budget);
    assert_string_equal(budget->scope, "process:ap?");
    assert_int_equal(budget->used, 300 * MIB);
    assert_int_equal(budget->unattributed, 65 * MIB);
    assert_int_equal(budget->headroom, 1000 * MIB);
    assert_int_equal(scene.model.budget_count, 1);
    assert_true(budget->has_matched);
    match[0] = 'x'; /* the configuration was read again */
    budget_forget(scene.ledger, &scene.model);
    tick(&scene, 1000);
    budget = model_find_budget(&scene.model, "front");
    assert_false(budget->has_matched);
    own.match = NULL;
    own.limit = 0;
    own.headroom_bytes = 7;
    tick(&scene, 1001);
    assert_true(budget->has_matched);
    assert_string_equal(budget->scope, "container:/sys/fs/cgroup/box");
    assert_int_equal(budget->limit, 1000 * MIB);
    assert_int_equal(budget->headroom, 7);
    assert_int_equal(budget->used, 500 * MIB);
    scene.config.budgets = NULL;
    scene.config.budget_count = 0;
    scene_close(&scene);
}

/* The rise of minutes as a slope; NaN when there is none. */
static double slope_of(const struct projection *projection, double least)
{
    struct trend trend;
    return projection_find(projection, least, &trend) ? trend.slope : NAN;
}

/* The newest event of a limit that changed; NULL when there is none. */
static const struct event *last_change(const struct scene *scene, uint64_t *next)
{
    const struct events_query query = {.kind = EVENT_LIMIT, .since = EVENTS_NEWEST};
    const struct event *found;
    uint64_t lost;
    return events_find(scene->events, &query, &found, 1, next, &lost) == 1 ? found : NULL;
}

static void test_a_limit_that_changes(void **state)
{
    (void)state;
    struct scene scene;
    uint64_t seq, told;
    scene_open(&scene);
    add_process(&scene, 5, "api");
    add_process(&scene, 6, "mailer");
    tick(&scene, 1000);
    assert_null(last_change(&scene, &seq));
    record_bound("box", "memory.max", 600 * MIB);
    tick(&scene, 1000.25);
    const struct budget *budget = &scene.model.budgets[0];
    assert_int_equal(budget->limit, 600 * MIB);
    assert_int_equal(budget->headroom, 60 * MIB);
    assert_int_equal(scene.model.processes[0]->container.limit, 600 * MIB);
    const struct event *event = last_change(&scene, &told);
    assert_non_null(event);
    assert_int_equal(told, 1); /* once, not for each process */
    assert_string_equal(event->name, "/sys/fs/cgroup/box");
    assert_int_equal(event->record.fields[0], 1000 * MIB);
    assert_int_equal(event->record.fields[1], 600 * MIB);
    assert_true(event->t == 1000.25);

    set_used(580); /* the same use under the old limit was none to speak of */
    tick(&scene, 1000.5);
    assert_int_equal(budget->state, BUDGET_OVER);
    record_bound("box", "memory.max", UINT64_MAX);
    tick(&scene, 1000.75);
    assert_int_equal(scene.model.budget_count, 1);
    assert_string_equal(scene.model.budgets[0].name, "machine");
    event = last_change(&scene, &told);
    assert_int_equal(told, 2);
    assert_string_equal(event->name, "meminfo");
    record_bound("box", "memory.max", 700 * MIB);
    tick(&scene, 1001);
    assert_string_equal(scene.model.budgets[0].name, "box");
    assert_non_null(last_change(&scene, &told));
    assert_int_equal(told, 3);
    tick(&scene, 1001.25);
    assert_non_null(last_change(&scene, &told));
    assert_int_equal(told, 3);
    scene_close(&scene);
}

/* Two groups within one that is smaller than either: one container, and what both use counts. */
static void test_a_common_ancestor(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    record_v2("pod", 800 * MIB, UINT64_MAX, 720 * MIB, 20 * MIB);
    record_v2("pod/a", 900 * MIB, UINT64_MAX, 400 * MIB, 0);
    record_v2("pod/b", UINT64_MAX, UINT64_MAX, 320 * MIB, 20 * MIB);
    record("proc/5/cgroup", "0::/pod/a\n");
    record("proc/6/cgroup", "0::/pod/b\n");
    add_process(&scene, 5, "api");
    add_process(&scene, 6, "mailer");
    tick(&scene, 1000);
    assert_int_equal(scene.model.budget_count, 1);
    const struct budget *budget = &scene.model.budgets[0];
    assert_string_equal(budget->name, "pod");
    assert_int_equal(budget->used, 700 * MIB);
    assert_int_equal(budget->part_count, 4 + 4);
    assert_int_equal(sum_of_parts(budget), budget->used);
    record_bound("pod/a", "memory.max", 500 * MIB); /* now it is bounded by its own */
    tick(&scene, 1001);
    assert_int_equal(scene.model.budget_count, 2);
    assert_string_equal(scene.model.budgets[0].name, "pod");
    assert_string_equal(scene.model.budgets[1].name, "a");
    assert_int_equal(scene.model.budgets[1].used, 400 * MIB);
    scene_close(&scene);
}

/* Above memory.high the kernel slows down what runs there: that line is never passed unseen. */
static void test_high(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    add_process(&scene, 5, "api");
    record_bound("box", "memory.high", 700 * MIB);
    tick(&scene, 1000);
    const struct budget *budget = &scene.model.budgets[0];
    assert_int_equal(budget->limit, 1000 * MIB);
    assert_int_equal(budget_line(budget), 700 * MIB);
    assert_int_equal(scene.model.processes[0]->container.high, 700 * MIB);
    record_bound("box", "memory.high", 950 * MIB); /* less than the head-room */
    tick(&scene, 1001);
    assert_int_equal(budget_line(budget), 900 * MIB);
    record_bound("box", "memory.max", UINT64_MAX);
    tick(&scene, 1002);
    assert_int_equal(budget->limit, 950 * MIB);
    scene_close(&scene);
}

/* The process is moved and its old group removed: found again within two ticks. */
static void test_a_group_that_goes(void **state)
{
    (void)state;
    struct scene scene;
    char path[128];
    scene_open(&scene);
    add_process(&scene, 5, "api");
    tick(&scene, 1000.5);
    record_v2("other", 300 * MIB, UINT64_MAX, 100 * MIB, 0);
    record("proc/5/cgroup", "0::/other\n");
    snprintf(path, sizeof path, "%s/sys/fs/cgroup/box/cgroup.procs", root);
    unlink(path);
    tick(&scene, 1000.75);
    tick(&scene, 1001);
    assert_int_equal(scene.model.budget_count, 1);
    assert_string_equal(scene.model.budgets[0].name, "other");
    assert_int_equal(scene.model.processes[0]->container.limit, 300 * MIB);
    scene_close(&scene);
}

static double saw(int t, int period)
{
    return 700 + 100.0 * (t % period) / period;
}

static void test_saw_tooth_is_no_trend(void **state)
{
    (void)state;
    for (int period = 7; period <= 120; period += 13) {
        struct projection projection = {0};
        for (int t = 0; t < 900; t++) {
            projection_add(&projection, t, saw(t, period));
            double slope = slope_of(&projection, 1);
            bool is_near = (900 - saw(t, period)) / slope < 1000;
            assert_false(t > PROJECTION_SAMPLES && is_near);
        }
    }
}

static void test_noise_is_no_trend(void **state)
{
    (void)state;
    struct projection projection = {0};
    uint32_t random = 1;
    for (int t = 0; t < 5000; t++) {
        random = random * 1664525 + 1013904223;
        projection_add(&projection, t, 100 + random / 4294967296.0);
        assert_true(isnan(slope_of(&projection, 0.01)));
    }
}

static void test_rise(void **state)
{
    (void)state;
    struct projection projection = {0};
    for (int i = 0; i < 400; i++) {
        projection_add(&projection, i, saw(i, 11) + 5.0 * i);
    }
    assert_true(fabs(slope_of(&projection, 1) - 5) < 0.5);
    projection_add(&projection, 3, 1); /* the clock was set back */
    assert_true(isnan(slope_of(&projection, 1)));
}

/* Four samples a second. */
static void feed(struct projection *projection, double from, double to, double start, double pace)
{
    for (double t = from; t < to; t += 0.25) {
        projection_add(projection, t, start + pace * (t - from));
    }
}

static void test_a_fast_rise_is_seen_within_seconds(void **state)
{
    (void)state;
    for (int pace = 10; pace <= 100; pace += 10) {
        struct projection projection = {0};
        struct trend trend;
        double t = 0;
        while (!projection_find_quick(&projection, 460 - pace * t, &trend) && t < 60) {
            t += 0.25;
            projection_add(&projection, t, pace * t);
        }
        assert_true(fabs(trend.slope - pace) < 0.01 * pace);
        double ahead = 460.0 / pace - t;
        assert_true(ahead > 0.9 && ahead <= trend.span / 2);
        assert_true(projection_confidence(&trend) > 0.99);
    }
}

/* Long flat, then at once fast: the last seconds decide. */
static void test_a_fast_rise_after_rest(void **state)
{
    (void)state;
    struct projection projection = {0};
    struct trend trend;
    double t = 100;
    feed(&projection, 0, 100, 300, 0);
    for (; !projection_find_quick(&projection, 160 - 50 * (t - 100), &trend); t += 0.25) {
        assert_true(t < 103);
        projection_add(&projection, t, 300 + 50 * (t - 100));
    }
    assert_true(trend.slope > 30 && trend.slope < 60);
}

static void test_what_is_no_fast_rise(void **state)
{
    (void)state;
    struct projection projection = {0};
    struct trend trend;
    feed(&projection, 0, 4, 0, 50);
    assert_false(projection_find_quick(&projection, 200, &trend)); /* not two thirds of the way */
    feed(&projection, 4, 7, 200, 0); /* a start that has ended */
    assert_false(projection_find_quick(&projection, 60, &trend));
    feed(&projection, 7, 8, 200, -100);
    feed(&projection, 8, 12, 100, 24); /* up again, but not where it has not been */
    assert_false(projection_find_quick(&projection, 20, &trend));
    feed(&projection, 12, 15, 196, 24);
    assert_true(projection_find_quick(&projection, 20, &trend));
    projection_add(&projection, 3, 1); /* the clock was set back */
    assert_false(projection_find_quick(&projection, 1, &trend));
}

/* Teeth of collections, as high as most of the room: each top was there before. */
static void test_fast_saw_teeth(void **state)
{
    (void)state;
    struct projection projection = {0};
    struct trend trend;
    for (int i = 0; i < 2400; i++) {
        double value = 200 + 240.0 * (i % 20) / 20;
        projection_add(&projection, 0.25 * i, value);
        assert_false(i > 40 && projection_find_quick(&projection, 460 - value, &trend));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formula),
        cmocka_unit_test(test_external_parts),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_projected),
        cmocka_unit_test(test_a_leak_ends_at_its_own_limit),
        cmocka_unit_test(test_foresight),
        cmocka_unit_test(test_default_budgets),
        cmocka_unit_test(test_configured_budgets),
        cmocka_unit_test(test_a_limit_that_changes),
        cmocka_unit_test(test_a_common_ancestor),
        cmocka_unit_test(test_high),
        cmocka_unit_test(test_a_group_that_goes),
        cmocka_unit_test(test_saw_tooth_is_no_trend),
        cmocka_unit_test(test_noise_is_no_trend),
        cmocka_unit_test(test_rise),
        cmocka_unit_test(test_a_fast_rise_is_seen_within_seconds),
        cmocka_unit_test(test_a_fast_rise_after_rest),
        cmocka_unit_test(test_what_is_no_fast_rise),
        cmocka_unit_test(test_fast_saw_teeth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
