/*
 * Rules about where time goes, at their thresholds: main isolates that stand still, CPUs that are too
 * few, messages that are too small.
 */
#include "tests/unit/daemon/rule_scene.h"

/* ---- main_blocked ------------------------------------------------------------------------------- */

/* A second, of which the main isolate stood still so many. */
static void stand(struct scene *scene, double seconds, enum wire_op op)
{
    scene->process->block_seconds[op] += seconds;
    tick(scene, 1);
}

static void main_stands_still(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 10; i++) {
        stand(scene, 0.19, WIRE_OP_ATOMICS_WAIT);
    }
    assert_null(alert_of(scene, "main_blocked"));
    for (int i = 0; i < 10; i++) {
        stand(scene, 0.1, WIRE_OP_ATOMICS_WAIT);
        scene->process->block_seconds[WIRE_OP_SERIALIZE] += 0.15;
    }
    assert_state(scene, "main_blocked", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "main_blocked");
    assert_string_equal(alert->isolate, "5.0");
    assert_string_equal(alert->summary, "5.0 of api stands still 25 % of the time. In 3 s it spent "
                                        "450 ms in serializing what it posts.");
    for (int i = 0; i < 10; i++) {
        stand(scene, 0.11, WIRE_OP_ATOMICS_WAIT); /* below the line, not below half of it */
    }
    assert_state(scene, "main_blocked", ALERT_FIRING);
    for (int i = 0; i < 12; i++) { /* a quiet window and another one in turns */
        stand(scene, i % 6 < 3 ? 0.15 : 0.02, WIRE_OP_ATOMICS_WAIT);
        assert_state(scene, "main_blocked", ALERT_FIRING);
    }
    for (int i = 0; i < 10; i++) {
        stand(scene, 0.05, WIRE_OP_ATOMICS_WAIT);
    }
    assert_state(scene, "main_blocked", ALERT_RESOLVED);
    alert = alert_of(scene, "main_blocked");
    assert_true(fabs(alert->measured / (60 * 0.25 - 60 * 0.05) - 1) < 0.3); /* of the mean */
}

static void what_is_not_over_counts(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 8; i++) {
        scene->main->turn_seconds = 0.04; /* another one each time */
        tick(scene, 1);
    }
    assert_null(alert_of(scene, "main_blocked"));
    for (int i = 0; i < 8; i++) {
        scene->main->turn_seconds += 1;
        tick(scene, 1);
    }
    assert_state(scene, "main_blocked", ALERT_FIRING);
    assert_true(alert_of(scene, "main_blocked")->value > 0.9);
    assert_non_null(strstr(alert_of(scene, "main_blocked")->summary, "long turns of its loop"));
    scene->worker->turn_seconds = 1000; /* workers may */
    scene->main->turn_seconds = 0;
    for (int i = 0; i < 10; i++) {
        tick(scene, 1);
    }
    assert_state(scene, "main_blocked", ALERT_RESOLVED);
}

/* ---- oversubscribed ----------------------------------------------------------------------------- */

static void more_runnable_than_cpus(void **state)
{
    struct scene *scene = *state;
    scene->process->cpus = 4;
    scene->process->runnable = 6;
    for (int i = 0; i < 10; i++) {
        tick(scene, 1);
    }
    assert_null(alert_of(scene, "oversubscribed"));
    scene->process->runnable = 6.5;
    tick(scene, 1);
    assert_state(scene, "oversubscribed", ALERT_PENDING);
    tick(scene, 5);
    assert_state(scene, "oversubscribed", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "oversubscribed");
    assert_true(alert->cost == 60 * 2.5);
    scene->process->runnable = 5;
    tick(scene, 1);
    assert_state(scene, "oversubscribed", ALERT_FIRING);
    scene->process->runnable = 4.5;
    tick(scene, 1);
    assert_state(scene, "oversubscribed", ALERT_RESOLVED);
    assert_true(alert->measured == 60 * 2);
}

static void kernels_that_do_not_say(void **state)
{
    struct scene *scene = *state;
    scene->process->cpus = 4;
    scene->process->runnable = NAN;
    for (int i = 0; i < 10; i++) {
        tick(scene, 1);
    }
    assert_null(alert_of(scene, "oversubscribed"));
}

/* ---- chatty ------------------------------------------------------------------------------------- */

/* A second: so many jobs, each with a message there and one back of so many bytes. */
static void chat(struct scene *scene, unsigned jobs, double job_us, double clone_us, unsigned bytes)
{
    struct isolate *worker = scene->worker;
    worker->messages.sent += jobs;
    worker->messages.received += jobs;
    worker->clone.count += jobs;
    worker->clone.bytes += (uint64_t)jobs * bytes;
    worker->clone.seconds += jobs * clone_us / 1e6;
    worker->jobs_timed += jobs;
    worker->job_seconds += jobs * job_us / 1e6;
    tick(scene, 1);
}

static void start_chat(struct scene *scene)
{
    scene->worker->messages.sent = scene->worker->messages.received = 0;
    scene->worker->clone.count = scene->worker->clone.bytes = 0;
    tick(scene, 1);
}

static void small_messages(void **state)
{
    struct scene *scene = *state;
    start_chat(scene);
    for (int i = 0; i < 10; i++) {
        chat(scene, 6000, 151, 3, 40); /* 1.99 % of the jobs' time */
    }
    assert_null(alert_of(scene, "chatty"));
    for (int i = 0; i < 10; i++) {
        chat(scene, 6000, 100, 3, 40);
    }
    assert_state(scene, "chatty", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "chatty");
    assert_string_equal(alert->summary,
                        "w1 and its sender exchange 12000 small messages a second. 40 B each on "
                        "average; reading and writing them takes 3 % of the jobs' time.");
    assert_true(fabs(alert->cost - 60 * 0.018) < 1e-6);
    for (int i = 0; i < 10; i++) {
        chat(scene, 60, 10000, 10, 4000); /* a hundred in one */
    }
    assert_state(scene, "chatty", ALERT_RESOLVED);
    assert_true(fabs(alert->measured - 60 * (0.018 - 0.0006)) < 1e-6);
}

static void what_is_no_chatter(void **state)
{
    struct scene *scene = *state;
    start_chat(scene);
    for (int i = 0; i < 10; i++) {
        chat(scene, 1000, 20, 1.5, 40); /* a share of the jobs' time, but of no time */
    }
    for (int i = 0; i < 10; i++) {
        chat(scene, 6000, 100, 5, 5000); /* large ones */
    }
    for (int i = 0; i < 10; i++) {
        chat(scene, 400, 100, 50, 40); /* few */
    }
    for (int i = 0; i < 10; i++) {
        scene->worker->messages.received += 12000; /* a stream: it answers one in a hundred */
        chat(scene, 120, 100, 300, 40);
    }
    assert_null(alert_of(scene, "chatty"));
    scene->worker = scene->main; /* a main isolate has no jobs of its own */
    start_chat(scene);
    for (int i = 0; i < 10; i++) {
        chat(scene, 6000, 100, 3, 40);
    }
    assert_null(alert_of(scene, "chatty"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(main_stands_still),     TEST(what_is_not_over_counts), TEST(more_runnable_than_cpus),
        TEST(kernels_that_do_not_say), TEST(small_messages),        TEST(what_is_no_chatter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
