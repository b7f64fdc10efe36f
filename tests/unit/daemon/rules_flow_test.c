/*
 * Rules about messages, at their thresholds: time that goes into copying them, and those that wait.
 */
#include "tests/unit/daemon/rule_scene.h"

/* ---- clone_tax ---------------------------------------------------------------------------------- */

/* A second of the main isolate, of which so much went into serializing so many messages to the worker. */
static void serialize(struct scene *scene, double seconds, unsigned messages)
{
    struct record record = {.kind = RECORD_clone, .thread = 0};
    record.clone.to = 1;
    record.clone.bytes = MIB;
    scene->main->clone.seconds += seconds;
    scene->main->clone.count = messages + (scene->main->clone.count != MODEL_UNKNOWN ? scene->main->clone.count : 0);
    scene->main->clone.bytes = scene->main->clone.count * MIB;
    for (unsigned i = 0; i < messages; i++) {
        flows_add(&scene->process->flows, &record, scene->model.t);
    }
    tick(scene, 1);
}

static void copying_takes_much_of_the_time(void **state)
{
    struct scene *scene = *state;
    snprintf(scene->main->name, sizeof scene->main->name, "main");
    for (int i = 0; i < 12; i++) {
        serialize(scene, 0.19, 10);
    }
    assert_null(alert_of(scene, "clone_tax"));
    for (int i = 0; i < 6; i++) {
        serialize(scene, 0.25, 10);
    }
    assert_state(scene, "clone_tax", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "clone_tax");
    assert_string_equal(alert->isolate, "5.0");
    assert_string_equal(alert->culprit, "main → w1");
    assert_true(says(scene, "clone_tax", "main spends 25 % of its time copying what it posts. On average a "
                                         "message is 1.00 MiB. main → w1 carries 100 % of it"));
    assert_true(fabs(alert->value - 0.25) < 1e-9 && alert->threshold == 0.2);
    for (int i = 0; i < 10; i++) {
        serialize(scene, 0.15, 10); /* below the line, not below half of it */
    }
    assert_state(scene, "clone_tax", ALERT_FIRING);
    for (int i = 0; i < 12; i++) { /* a quiet window and another one in turns */
        serialize(scene, i % 6 < 3 ? 0.02 : 0.15, 10);
        assert_state(scene, "clone_tax", ALERT_FIRING);
    }
    serialize(scene, 0.05, 1);
    serialize(scene, 0.05, 1);
    serialize(scene, 0.05, 1);
    assert_state(scene, "clone_tax", ALERT_FIRING); /* one quiet window is none yet */
    for (int i = 0; i < 7; i++) {
        serialize(scene, 0.05, 1);
    }
    assert_state(scene, "clone_tax", ALERT_RESOLVED);
    assert_true(fabs(alert_of(scene, "clone_tax")->measured / (60 * 0.25 - 60 * 0.05) - 1) < 0.2);
}

/* The channel that carries most; receivers that nobody knows any more are none. */
static void the_channel_that_carries_most(void **state)
{
    struct scene *scene = *state;
    struct record record = {.kind = RECORD_clone, .thread = 0};
    struct isolate *other = model_add_isolate(&scene->model, scene->process, 2);
    snprintf(other->name, sizeof other->name, "w2");
    other->clone.seconds = 0;
    snprintf(scene->main->name, sizeof scene->main->name, "main");
    serialize(scene, 0.5, 1);
    for (int i = 0; i < 9; i++) {
        record.clone.to = 2;
        record.clone.bytes = 3 * MIB;
        flows_add(&scene->process->flows, &record, scene->model.t);
        record.clone.to = 99;
        record.clone.bytes = 6 * MIB;
        flows_add(&scene->process->flows, &record, scene->model.t);
        record.thread = 1; /* another sender's */
        flows_add(&scene->process->flows, &record, scene->model.t);
        record.thread = 0;
        serialize(scene, 0.5, 1);
    }
    assert_string_equal(alert_of(scene, "clone_tax")->culprit, "main → w2");
    assert_true(says(scene, "clone_tax", "main → w2 carries 30 % of it"));
}

/* ---- queue_backlog ------------------------------------------------------------------------------ */

static void wait_for(struct scene *scene, double oldest, uint64_t mib, double seconds)
{
    scene->worker->messages.oldest_queued_seconds = oldest;
    scene->worker->messages.queued_bytes = mib * MIB;
    scene->worker->messages.queued = 7;
    tick(scene, seconds);
}

static void messages_that_wait_long(void **state)
{
    struct scene *scene = *state;
    wait_for(scene, 10, 64, 1);
    wait_for(scene, 10, 64, 60);
    assert_null(alert_of(scene, "queue_backlog"));
    wait_for(scene, 10.1, 1, 1);
    assert_state(scene, "queue_backlog", ALERT_PENDING);
    wait_for(scene, 12, 1, 1.9);
    assert_state(scene, "queue_backlog", ALERT_PENDING);
    wait_for(scene, 12, 1, 0.1);
    assert_state(scene, "queue_backlog", ALERT_FIRING);
    assert_string_equal(alert_of(scene, "queue_backlog")->summary,
                        "Messages pile up before w1. 7 wait with 1.00 MiB, the oldest for 12 s.");
    assert_true(alert_of(scene, "queue_backlog")->cost == 1.0 * MIB);
    wait_for(scene, 5.1, 1, 1); /* not half of it yet */
    assert_state(scene, "queue_backlog", ALERT_FIRING);
    wait_for(scene, 5, 0, 1);
    assert_state(scene, "queue_backlog", ALERT_RESOLVED);
}

static void messages_that_are_many_bytes(void **state)
{
    struct scene *scene = *state;
    wait_for(scene, NAN, 65, 1);
    wait_for(scene, NAN, 65, 2);
    assert_state(scene, "queue_backlog", ALERT_FIRING);
    assert_true(alert_of(scene, "queue_backlog")->value == 0);
    wait_for(scene, NAN, 32, 1);
    assert_state(scene, "queue_backlog", ALERT_FIRING);
    wait_for(scene, NAN, 31, 1);
    assert_state(scene, "queue_backlog", ALERT_RESOLVED);
    wait_for(scene, 100, 100, 1);
    scene->worker->has_ended = true; /* what waited for it is gone */
    tick(scene, 5);
    assert_state(scene, "queue_backlog", ALERT_RESOLVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(copying_takes_much_of_the_time),
        TEST(the_channel_that_carries_most),
        TEST(messages_that_wait_long),
        TEST(messages_that_are_many_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
