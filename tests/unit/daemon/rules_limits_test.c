/*
 * Rules about what may happen, and about the collector itself: limits that promise more than there is,
 * heaps without one, globs that match nothing, flags that override; pools that recycling does not help,
 * history that is not written.
 */
#include "daemon/judge/budget.h"
#include "tests/unit/daemon/rule_scene.h"

/* A budget of 1000 MiB with its line at 900, and its parts. */
struct box {
    struct budget budget;
    struct budget_part parts[3];
};

static void put_box(struct scene *scene, struct box *box)
{
    memset(box, 0, sizeof *box);
    snprintf(box->budget.name, sizeof box->budget.name, "box");
    snprintf(box->budget.scope, sizeof box->budget.scope, "process:api*");
    box->budget.limit = 1000 * MIB;
    box->budget.headroom = 100 * MIB;
    box->budget.used = 10 * MIB;
    box->budget.projected_seconds = box->budget.limit_seconds = NAN;
    box->budget.has_matched = true;
    box->parts[0] = (struct budget_part){PART_HEAP, scene->main, 0};
    box->parts[1] = (struct budget_part){PART_HEAP, scene->worker, 0};
    box->parts[2] = (struct budget_part){PART_UNATTRIBUTED, NULL, 0};
    box->budget.parts = box->parts;
    box->budget.part_count = 3;
    scene->model.budgets = &box->budget;
    scene->model.budget_count = 1;
}

static void take_box(struct scene *scene)
{
    scene->model.budgets = NULL;
    scene->model.budget_count = 0;
}

static void limits_that_promise_too_much(void **state)
{
    struct scene *scene = *state;
    struct box box;
    put_box(scene, &box);
    scene->main->heap.limit = 400 * MIB;
    scene->worker->heap.limit = 480 * MIB;
    box.budget.committed = 900 * MIB;
    tick(scene, 1);
    tick(scene, 60);
    assert_null(alert_of(scene, "limit_audit"));
    box.budget.committed = 900 * MIB + 1;
    tick(scene, 1);
    assert_state(scene, "limit_audit", ALERT_PENDING);
    box.budget.committed = 920 * MIB;
    tick(scene, 29.9);
    assert_state(scene, "limit_audit", ALERT_PENDING);
    tick(scene, 0.1);
    assert_state(scene, "limit_audit", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "limit_audit");
    assert_non_null(alert);
    assert_string_equal(alert->id, "limit_audit:box");
    assert_string_equal(alert->isolate, "5.1"); /* by the largest limit */
    assert_true(says(scene, "limit_audit", " may be overrun by 20.0 MiB. 2 heaps may grow to 880 MiB "
                                           "together, its line is 900 MiB."));
    assert_string_equal(alert->action, /* (900 - 40) / 2 */
                        "Give each of them at most 430 MB: resourceLimits.maxOldGenerationSizeMb for "
                        "workers, --max-old-space-size for the main isolate.");
    assert_string_equal(alert->cause,
                        "Heap limits promise more than there is; w1 may take 480 MiB.");
    assert_true(alert->cost == 20.0 * MIB);
    scene->worker->heap.limit = UINT64_C(4) << 30; /* what one has that was given none */
    box.budget.committed = 4536 * MIB;
    tick(scene, 1);
    assert_non_null(strstr(alert_of(scene, "limit_audit")->cause, "as it was given no limit"));
    box.budget.committed = 900 * MIB;
    tick(scene, 1);
    assert_state(scene, "limit_audit", ALERT_RESOLVED);
    take_box(scene);
}

static void heaps_without_a_limit(void **state)
{
    struct scene *scene = *state;
    struct box box;
    put_box(scene, &box);
    scene->main->heap.limit = 100 * MIB;
    scene->worker->heap.limit = MODEL_UNKNOWN;
    box.budget.committed = MODEL_UNKNOWN;
    tick(scene, 1);
    tick(scene, 30);
    assert_state(scene, "limit_audit", ALERT_FIRING);
    assert_string_equal(alert_of(scene, "limit_audit")->isolate, "5.1");
    assert_true(says(scene, "limit_audit", "w1 has no heap limit that is known."));
    scene->worker->has_ended = true;
    tick(scene, 1);
    assert_state(scene, "limit_audit", ALERT_RESOLVED);
    scene->worker->has_ended = false;
    box.budget.limit = MODEL_UNKNOWN; /* nothing to compare with */
    tick(scene, 1);
    tick(scene, 60);
    assert_state(scene, "limit_audit", ALERT_RESOLVED);
    take_box(scene);
}

static void globs_that_match_nothing(void **state)
{
    struct scene *scene = *state;
    struct box box;
    put_box(scene, &box);
    box.budget.committed = 0;
    box.budget.part_count = 0;
    box.budget.has_matched = false;
    scene->process->ended_at = 999; /* nobody is there: nothing to say */
    tick(scene, 1);
    tick(scene, 60);
    assert_null(alert_of(scene, "limit_audit"));
    scene->process->ended_at = 0;
    tick(scene, 1);
    tick(scene, 30);
    assert_state(scene, "limit_audit", ALERT_FIRING);
    assert_string_equal(alert_of(scene, "limit_audit")->id, "limit_audit:box:match");
    assert_string_equal(alert_of(scene, "limit_audit")->summary,
                        "Budget box watches nothing. Its glob api* matches no process; there are: api.");
    box.budget.has_matched = true;
    tick(scene, 1);
    assert_state(scene, "limit_audit", ALERT_RESOLVED);
    take_box(scene);
}

/* ---- limit_audit: a flag that has the last word -------------------------------------------------- */

static void a_flag_that_overrides_limits(void **state)
{
    struct scene *scene = *state;
    struct isolate *other = model_add_isolate(&scene->model, scene->process, 2);
    scene->process->kind = MODEL_V8;
    scene->worker->heap.asked = 98 * MIB;
    scene->worker->heap.limit = 98 * MIB + (98 * MIB) / 10; /* rounded up */
    other->heap.asked = 4 * MIB;
    other->heap.limit = 8 * MIB;
    scene->main->heap.limit = 348 * MIB; /* given none */
    tick(scene, 1);
    tick(scene, 40);
    assert_null(alert_of(scene, "limit_audit"));
    scene->worker->heap.limit = 348 * MIB;
    snprintf(scene->process->limit_flag, sizeof scene->process->limit_flag,
             "--max-old-space-size=300 in NODE_OPTIONS");
    tick(scene, 1);
    assert_state(scene, "limit_audit", ALERT_PENDING);
    other->heap.limit = 348 * MIB;
    tick(scene, 30);
    assert_state(scene, "limit_audit", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "limit_audit");
    assert_string_equal(alert->id, "limit_audit:5:flag");
    assert_string_equal(alert->isolate, "5.2");
    assert_string_equal(alert->summary,
                        "5.2 of api may take 348 MiB of heap, though it was given 4.00 MiB. "
                        "--max-old-space-size=300 in NODE_OPTIONS overrides resourceLimits, of 2 "
                        "workers.");
    assert_true(alert->cost == (250.0 + 344.0) * MIB);
    other->has_ended = true;
    scene->worker->has_ended = true;
    tick(scene, 1);
    assert_state(scene, "limit_audit", ALERT_RESOLVED);
}

static void limits_of_other_engines(void **state)
{
    struct scene *scene = *state;
    scene->worker->heap.asked = 4 * MIB;
    scene->worker->heap.limit = 348 * MIB;
    tick(scene, 1);
    tick(scene, 40);
    assert_null(alert_of(scene, "limit_audit"));
}

/* ---- recycling ---------------------------------------------------------------------------------- */

static void pools_that_recycling_does_not_help(void **state)
{
    struct scene *scene = *state;
    struct status *status = &scene->model.status;
    status->recycler.off[0] =
        (struct pool_off){.pid = 5, .name = "thumbs", .predicted = 8.0 * MIB, .reclaimed = 1.0 * MIB};
    status->recycler.off[1] = (struct pool_off){.pid = 5, .name = "crops", .reclaimed = NAN};
    tick(scene, 1);
    assert_null(alert_of(scene, "recycling"));
    status->recycler.off_count = 1;
    tick(scene, 1);
    assert_state(scene, "recycling", ALERT_FIRING);
    assert_string_equal(alert_of(scene, "recycling")->id, "recycling:5.thumbs");
    assert_true(says(scene, "recycling", "brought too little, the last 1.00 MiB of 8.00 MiB;"));
    status->recycler.off_count = 2;
    tick(scene, 1);
    assert_int_equal(scene->model.alert_count, 2); /* one masks no other */
    assert_non_null(strstr(scene->model.alerts[1].summary, "Three in a row failed"));
    status->recycler.off_count = 0;
    tick(scene, 1);
    assert_state(scene, "recycling", ALERT_RESOLVED);
    assert_int_equal(scene->model.alerts[1].state, ALERT_RESOLVED);
}

/* ---- history ------------------------------------------------------------------------------------ */

static void history_that_is_not_written(void **state)
{
    struct scene *scene = *state;
    struct status *status = &scene->model.status;
    const enum model_archive fine[] = {MODEL_ARCHIVE_OFF, MODEL_ARCHIVE_STARTING, MODEL_ARCHIVE_OK};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        status->archive.state = fine[i];
        tick(scene, 1);
        tick(scene, 60);
        assert_null(alert_of(scene, "history"));
    }
    status->archive.state = MODEL_ARCHIVE_STOPPED;
    snprintf(status->archive.error, sizeof status->archive.error, "No space left on device");
    tick(scene, 1);
    tick(scene, 9.9);
    assert_state(scene, "history", ALERT_PENDING);
    tick(scene, 0.1);
    assert_state(scene, "history", ALERT_FIRING);
    assert_string_equal(alert_of(scene, "history")->summary, "History is not written, watching goes on. "
                                                             "No space left on device.");
    status->archive.state = MODEL_ARCHIVE_OK;
    tick(scene, 1);
    assert_state(scene, "history", ALERT_RESOLVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(limits_that_promise_too_much), TEST(heaps_without_a_limit),
        TEST(globs_that_match_nothing),     TEST(a_flag_that_overrides_limits),
        TEST(limits_of_other_engines),      TEST(pools_that_recycling_does_not_help),
        TEST(history_that_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
