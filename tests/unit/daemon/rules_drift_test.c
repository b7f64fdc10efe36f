/*
 * The rule `drift` over the detector itself: when it fires and how severe that is, what the configuration
 * changes, what it says of who did it, and how an alert from before a restart ends.
 */
#include "tests/unit/daemon/rule_scene.h"

#define LIMIT (256.0 * MIB)

/* Jobs that each leave so many bytes more. */
static void work(struct scene *scene, int jobs, double bytes)
{
    struct isolate *worker = scene->worker;
    struct drift_verdict verdict;

    if (worker->drift == NULL) {
        worker->drift = drift_new(NULL);
        snprintf(worker->drift_job, sizeof worker->drift_job, "resize");
    }
    drift_get(worker->drift, &verdict);
    double live = isnan(verdict.live) ? 10.0 * MIB : verdict.live;
    for (int i = 0; i < jobs; i++) {
        live += bytes;
        struct drift_sample sample = {.t = scene->model.t, .live = live, .limit = LIMIT};
        drift_add(worker->drift, &sample);
    }
}

static double confidence_of(const struct scene *scene)
{
    struct drift_verdict verdict;
    drift_get(scene->worker->drift, &verdict);
    return verdict.confidence;
}

static void what_rises_and_what_does_not(void **state)
{
    struct scene *scene = *state;
    tick(scene, 1); /* nothing is known */
    work(scene, 100, 0);
    tick(scene, 1);
    assert_null(alert_of(scene, "drift"));
    work(scene, 60, 1e6);
    scene->worker->seconds_to_limit = 1801;
    tick(scene, 1);
    assert_state(scene, "drift", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "drift");
    assert_int_equal(alert->severity, ALERT_WARNING);
    assert_string_equal(alert->id, "drift:5.1");
    assert_string_equal(alert->culprit, "resize");
    assert_true(fabs(alert->value / 1e6 - 1) < 0.05);
    assert_true(alert->cost > 4e7 && alert->cost < 7e7);
    assert_true(says(scene, "drift", "w1 keeps 977 KiB more after every resize job. "));
    scene->worker->seconds_to_limit = 1800;
    tick(scene, 1);
    assert_int_equal(alert_of(scene, "drift")->severity, ALERT_CRITICAL);
    work(scene, 200, 0); /* it was mended */
    tick(scene, 1);
    assert_state(scene, "drift", ALERT_RESOLVED);
}

static void what_the_configuration_changes(void **state)
{
    struct scene *scene = *state;
    char kind[] = "drift", severity[] = "own";
    struct config_rule rule = {.kind = kind, .severity = severity, .is_enabled = true,
                               .for_seconds = NAN, .threshold = 1};
    work(scene, 100, 0);
    work(scene, 40, 1e6);
    if (!(confidence_of(scene) >= 0.9 && confidence_of(scene) < 1)) {
        fail_msg("confidence %g", confidence_of(scene));
    }
    scene->config.rules = &rule;
    scene->config.rule_count = 1;
    tick(scene, 1);
    assert_null(alert_of(scene, "drift")); /* less sure than was asked for */
    rule.threshold = NAN;
    scene->config.drift.for_seconds = 10;
    tick(scene, 1);
    assert_state(scene, "drift", ALERT_PENDING);
    tick(scene, 9.5);
    assert_state(scene, "drift", ALERT_PENDING);
    tick(scene, 0.5);
    assert_state(scene, "drift", ALERT_FIRING);
    rule.is_enabled = false;
    tick(scene, 1);
    assert_state(scene, "drift", ALERT_RESOLVED);
    scene->config.rules = NULL;
    scene->config.rule_count = 0;
}

static void who_did_it(void **state)
{
    struct scene *scene = *state;
    struct growth *growth = calloc(1, sizeof *growth);
    work(scene, 100, 0);
    work(scene, 60, 1e6);
    tick(scene, 1);
    assert_state(scene, "drift", ALERT_FIRING);
    assert_non_null(strstr(alert_of(scene, "drift")->cause, "Something that its jobs make"));
    scene->worker->growth = growth;
    *growth = (struct growth){.at = 1, .jobs = 8, .no_site = "it takes so long"};
    tick(scene, 1);
    assert_non_null(strstr(alert_of(scene, "drift")->cause, "Where is not known: it takes so long."));
    *growth = (struct growth){.at = 2, .jobs = 8, .kind = "Tile", .kind_count = 80, .kind_bytes = 8192,
                              .file = "/app/a.js", .line = 12, .function = "keep"};
    tick(scene, 1);
    assert_string_equal(alert_of(scene, "drift")->cause,
                        "What keep makes at /app/a.js:12 stays reachable after the job.");
    assert_true(says(scene, "drift", " In 8 jobs 80 more Tile with 8.00 KiB, made at /app/a.js:12 in keep."));
    *growth = (struct growth){.at = 3, .jobs = 8, .file = "/app/a.js", .line = 12, .function = "keep",
                              .site_bytes = 4096}; /* of Node: a function, no kind */
    tick(scene, 1);
    assert_true(says(scene, "drift", " In 8 jobs about 4.00 KiB more, made at /app/a.js:12 in keep."));
    assert_string_equal(alert_of(scene, "drift")->growth.file, "/app/a.js");
    assert_true(alert_of(scene, "drift")->told == 0 && !alert_of(scene, "drift")->has_news);
}

/* The detector begins anew: what fired goes on until it has seen enough. */
static void from_before_a_restart(void **state)
{
    struct scene *scene = *state;
    struct alert alert = {.id = "drift:5.1", .rule = "drift", .isolate = "5.1", .pid = 5,
                          .state = ALERT_FIRING, .fired_at = 900, .told = 1};
    scene->process->is_counted = true;
    alerts_restore(scene->alerts, &scene->model, &alert);
    work(scene, 5, 0); /* warming */
    tick(scene, 1);
    tick(scene, 300);
    assert_state(scene, "drift", ALERT_FIRING);
    work(scene, 24, 0);
    tick(scene, 1);
    assert_state(scene, "drift", ALERT_FIRING);
    work(scene, 1, 0);
    tick(scene, 1);
    assert_state(scene, "drift", ALERT_RESOLVED);
}

static void one_that_has_ended(void **state)
{
    struct scene *scene = *state;
    work(scene, 100, 0);
    work(scene, 60, 1e6);
    tick(scene, 1);
    assert_state(scene, "drift", ALERT_FIRING);
    scene->worker->has_ended = true;
    tick(scene, 1);
    assert_state(scene, "drift", ALERT_RESOLVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_rises_and_what_does_not), TEST(what_the_configuration_changes),
        TEST(who_did_it),                   TEST(from_before_a_restart),
        TEST(one_that_has_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
