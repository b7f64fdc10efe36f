/*
 * Rules at their thresholds: just below nothing, above it advice with its figures, and the end of it
 * with what the cure brought. The model is made by hand, what happens in it through its own doors.
 */
#include "daemon/model/ends.h"
#include "tests/unit/daemon/rule_scene.h"

#define MS_NS 1000000.0

/* ---- spawn_per_request -------------------------------------------------------------------------- */

static void end_worker(struct scene *scene, double start_ms, double life_ms)
{
    struct record record = {.kind = RECORD_exit};
    record.exit.start = (uint64_t)(start_ms * MS_NS);
    record.exit.life = (uint64_t)(life_ms * MS_NS);
    record.exit.teardown = (uint64_t)(start_ms * MS_NS);
    ends_add(&scene->process->ends, &record, scene->model.t);
}

static void workers_that_live_briefly(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 100; i++) {
        end_worker(scene, 1, 10); /* just long enough */
    }
    tick(scene, 1);
    assert_null(alert_of(scene, "spawn_per_request"));
    tick(scene, 20);
    for (int i = 0; i < 9; i++) {
        end_worker(scene, 1, 9.9);
    }
    tick(scene, 1);
    assert_null(alert_of(scene, "spawn_per_request")); /* so few may be a start */
    end_worker(scene, 1, 9.9);
    tick(scene, 1);
    assert_state(scene, "spawn_per_request", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "spawn_per_request");
    assert_string_equal(alert->summary,
                        "api starts workers for a moment's work. Of 10 that ended in 10 s 10 lived "
                        "9.90 ms on average, starting one took 1.00 ms.");
    assert_true(fabs(alert->cost - 60 * 10 * 0.002 / 10) < 1e-9);
    tick(scene, 20);
    assert_state(scene, "spawn_per_request", ALERT_RESOLVED);
    assert_true(alert->measured == alert->cost);
    for (int i = 0; i < 30; i++) {
        end_worker(scene, 1, i < 10 ? 5 : 1000); /* most live long */
    }
    tick(scene, 1);
    assert_state(scene, "spawn_per_request", ALERT_RESOLVED);
}

static void more_ends_than_are_kept(void **state)
{
    struct scene *scene = *state;
    struct ends_sum sum;
    for (int i = 0; i < 3 * ENDS_MAX; i++) {
        scene->model.t += 0.01;
        end_worker(scene, 1, 2);
    }
    ends_sum(scene->process->ends, scene->model.t, 10, 10, &sum);
    assert_int_equal(sum.count, ENDS_MAX);
    assert_true(fabs(sum.seconds - 0.01 * (ENDS_MAX - 1)) < 1e-6);
    assert_true(fabs(ends_start_s(scene->process->ends) - 3 * ENDS_MAX * 0.001) < 1e-6);
    struct record record = {.kind = RECORD_exit}; /* an emitter that does not say */
    record.exit.start = record.exit.life = WIRE_UNKNOWN;
    ends_add(&scene->process->ends, &record, scene->model.t);
    ends_sum(scene->process->ends, scene->model.t, 0.001, 10, &sum);
    assert_int_equal(sum.count, 1);
}

/* ---- break_even --------------------------------------------------------------------------------- */

/* A second of it: jobs, what each takes in all, what copying for each takes in all, ms. */
static void work(struct scene *scene, int jobs, double job_ms, double clone_ms)
{
    scene->process->jobs_timed += (uint64_t)jobs;
    scene->process->job_seconds += jobs * job_ms / 1000;
    scene->process->totals.clone_time += (uint64_t)(jobs * clone_ms * MS_NS);
    tick(scene, 1);
}

static void jobs_shorter_than_their_messages(void **state)
{
    struct scene *scene = *state;
    tick(scene, 1);
    for (int i = 0; i < 12; i++) {
        work(scene, 100, 3.01, 2); /* computes 2.01 of it */
    }
    assert_null(alert_of(scene, "break_even"));
    for (int i = 0; i < 12; i++) {
        work(scene, 100, 2.5, 2);
    }
    assert_state(scene, "break_even", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "break_even");
    assert_string_equal(alert->summary,
                        "Jobs of api are too short to be worth sending to a worker. One computes "
                        "1.50 ms; copying it there and back takes 2.00 ms, its share of starting "
                        "workers 0.00 µs.");
    assert_true(fabs(alert->cost / (60 * 100 * 0.0005) - 1) < 0.3); /* the mean since it fired */
    for (int i = 0; i < 15; i++) {
        work(scene, 10, 25, 2); /* ten at once */
    }
    assert_state(scene, "break_even", ALERT_RESOLVED);
    assert_true(alert->measured == alert->cost);
}

static void what_starts_cost_counts(void **state)
{
    struct scene *scene = *state;
    tick(scene, 1);
    for (int i = 0; i < 12; i++) {
        for (int k = 0; k < 20; k++) {
            end_worker(scene, 5, 1000);
        }
        work(scene, 20, 4, 0.1);
    }
    assert_state(scene, "break_even", ALERT_FIRING);
    assert_null(alert_of(scene, "spawn_per_request"));
}

static void too_little_or_too_uncertain_to_say(void **state)
{
    struct scene *scene = *state;
    tick(scene, 1);
    for (int i = 0; i < 12; i++) {
        work(scene, 100, 0.15, 0.19); /* 1.9 % of the time */
    }
    assert_null(alert_of(scene, "break_even"));
    for (int i = 0; i < 18; i++) {
        work(scene, i < 6 ? 0 : 3, 40, 50); /* fifteen jobs a window */
    }
    assert_null(alert_of(scene, "break_even"));
    for (int i = 0; i < 12; i++) {
        scene->process->lost++;
        work(scene, 100, 1, 2);
    }
    assert_null(alert_of(scene, "break_even"));
}

/* ---- worker_crash ------------------------------------------------------------------------------- */

static struct isolate *add_dead(struct scene *scene, uint32_t thread, const char *error)
{
    struct isolate *isolate = model_add_isolate(&scene->model, scene->process, thread);
    snprintf(isolate->name, sizeof isolate->name, "job-%u", thread);
    snprintf(isolate->pool, sizeof isolate->pool, "job");
    snprintf(isolate->error, sizeof isolate->error, "%s", error);
    isolate->has_ended = true;
    isolate->state = MODEL_EXITED;
    isolate->exit_code = 1;
    isolate->ended_at = scene->model.t;
    return isolate;
}

static void workers_that_nobody_catches_for(void **state)
{
    struct scene *scene = *state;
    add_dead(scene, 2, ""); /* process.exit(1) */
    tick(scene, 1);
    assert_null(alert_of(scene, "worker_crash"));
    add_dead(scene, 3, "TypeError");
    tick(scene, 1);
    const struct alert *alert = alert_of(scene, "worker_crash");
    assert_non_null(alert);
    assert_string_equal(alert->id, "worker_crash:5:job:error");
    assert_string_equal(alert->summary, "job-3 ended with an error that nobody caught. It was a "
                                        "TypeError, the exit code 1.");
    assert_int_equal(alert->severity, ALERT_WARNING);
    add_dead(scene, 4, "TypeError");
    add_dead(scene, 5, "RangeError");
    add_dead(scene, 6, "")->state = MODEL_OOM; /* another kind of death */
    tick(scene, 1);
    assert_int_equal(scene->model.alert_count, 2);
    alert = alert_of(scene, "worker_crash"); /* they stand elsewhere now */
    assert_int_equal(alert->severity, ALERT_CRITICAL);
    assert_string_equal(alert->summary, "job workers ended with an error that nobody caught 3 times "
                                        "within 5 min. Last: job-5, a RangeError.");
    tick(scene, 301);
    assert_state(scene, "worker_crash", ALERT_RESOLVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(workers_that_live_briefly),
        TEST(more_ends_than_are_kept),
        TEST(jobs_shorter_than_their_messages),
        TEST(what_starts_cost_counts),
        TEST(too_little_or_too_uncertain_to_say),
        TEST(workers_that_nobody_catches_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
