/*
 * Rules about memory held for little, at their thresholds: pages of a heap, and of the process.
 */
#include "tests/unit/daemon/rule_scene.h"

/* ---- fragmentation ------------------------------------------------------------------------------ */

static void collect(struct scene *scene, uint64_t floor_mib, uint64_t live_mib)
{
    scene->worker->gc.count++;
    scene->worker->heap.floor = floor_mib * MIB;
    scene->worker->heap.live = live_mib * MIB;
    tick(scene, 1);
    tick(scene, 1); /* the same collection again */
}

static void pages_with_little_in_them(void **state)
{
    struct scene *scene = *state;
    scene->worker->gc.count = 0;
    for (int i = 0; i < 5; i++) {
        collect(scene, 20, 11); /* 45 % */
    }
    for (int i = 0; i < 5; i++) {
        collect(scene, 10, 3); /* much, but of little */
    }
    collect(scene, 40, 10);
    collect(scene, 40, 10);
    assert_null(alert_of(scene, "fragmentation"));
    collect(scene, 40, 10);
    assert_state(scene, "fragmentation", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "fragmentation");
    assert_string_equal(alert->summary, "w1 holds 30.0 MiB of pages that little lives in. After the "
                                        "last full collections 40.0 MiB were committed for 10.0 MiB "
                                        "that live.");
    assert_true(alert->cost == 30.0 * MIB);
    collect(scene, 12, 10);
    assert_state(scene, "fragmentation", ALERT_RESOLVED);
    assert_true(alert->measured == 28.0 * MIB);
}

static void a_worker_that_was_recycled(void **state)
{
    struct scene *scene = *state;
    scene->worker->gc.count = 0;
    for (int i = 0; i < 3; i++) {
        collect(scene, 40, 10);
    }
    assert_state(scene, "fragmentation", ALERT_FIRING);
    scene->worker->has_ended = true;
    tick(scene, 1);
    assert_state(scene, "fragmentation", ALERT_RESOLVED);
    assert_true(alert_of(scene, "fragmentation")->measured == 30.0 * MIB);
}

/* ---- rss_gap ------------------------------------------------------------------------------------ */

static void stay(struct scene *scene, int64_t unattributed_mib, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        scene->process->unattributed = unattributed_mib * (int64_t)MIB;
        tick(scene, 1);
    }
}

static void memory_that_is_nobodys(void **state)
{
    struct scene *scene = *state;
    scene->process->started_at = scene->model.t;
    scene->process->isolate_count = 0;
    stay(scene, 20, 10);
    stay(scene, -500, 10); /* more is promised than touched: counts as none */
    stay(scene, 63, 100);
    assert_null(alert_of(scene, "rss_gap"));
    stay(scene, 100, 20); /* not for long */
    stay(scene, 30, 5);
    assert_null(alert_of(scene, "rss_gap"));
    scene->process->totals.malloc_free = 70 * MIB;
    stay(scene, 100, 32);
    assert_state(scene, "rss_gap", ALERT_FIRING);
    assert_true(says(scene, "rss_gap", "0 B → 100 MiB: 70.0 MiB retained by the allocator, 30.0 MiB "
                                       "unknown"));
    stay(scene, 33, 1);
    assert_state(scene, "rss_gap", ALERT_FIRING);
    stay(scene, 31, 1);
    assert_state(scene, "rss_gap", ALERT_RESOLVED);
    assert_true(alert_of(scene, "rss_gap")->measured == 69.0 * MIB);
}

static void what_is_much_beside_what_was(void **state)
{
    struct scene *scene = *state;
    scene->process->started_at = scene->model.t;
    scene->process->isolate_count = 0;
    stay(scene, 0, 4); /* it is just starting: no least yet */
    stay(scene, 400, 60);
    assert_null(alert_of(scene, "rss_gap"));
    stay(scene, 499, 60); /* 99 MiB more, not a quarter */
    assert_null(alert_of(scene, "rss_gap"));
    stay(scene, 500, 32);
    assert_state(scene, "rss_gap", ALERT_FIRING);
}

static void stacks_are_allowed_for(void **state)
{
    struct scene *scene = *state;
    scene->process->started_at = scene->model.t;
    stay(scene, 10, 10);
    scene->process->isolate_count = 400; /* 100 MiB of stacks and books */
    stay(scene, 150, 100);
    assert_null(alert_of(scene, "rss_gap"));
    scene->process->unattributed = INT64_MIN;
    tick(scene, 1);
    assert_null(alert_of(scene, "rss_gap"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_with_little_in_them),
        TEST(a_worker_that_was_recycled),
        TEST(memory_that_is_nobodys),
        TEST(what_is_much_beside_what_was),
        TEST(stacks_are_allowed_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
