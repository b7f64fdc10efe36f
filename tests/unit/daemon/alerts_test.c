/*
 * An alert's life: pending for a while, firing, held by hysteresis, resolved, remembered; one per
 * rule and subject. And the words of rules and verdict about it.
 */
#include "daemon/judge/alerts.h"
#include "daemon/judge/budget.h"
#include "daemon/judge/rules.h"
#include "daemon/judge/verdict.h"
#include "daemon/judge/words.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct scene {
    struct model model;
    struct alerts *alerts;
};

static void scene_open(struct scene *scene)
{
    assert_int_equal(model_init(&scene->model), 0);
    scene->model.t = 1000;
    scene->alerts = alerts_new();
}

static void scene_close(struct scene *scene)
{
    alerts_free(&scene->alerts);
    model_fini(&scene->model);
}

static void report(struct scene *scene, double t, bool is_met, bool is_cleared)
{
    struct alert_report report = {.rule = "budget",
                                  .subject = "api",
                                  .is_met = is_met,
                                  .is_cleared = is_cleared,
                                  .for_seconds = 10,
                                  .severity = ALERT_WARNING,
                                  .summary = "One. Two."};
    scene->model.t = t;
    alerts_begin(scene->alerts);
    alerts_report(scene->alerts, &scene->model, &report);
    alerts_end(scene->alerts, &scene->model);
}

static void test_life(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    const struct model *model = &scene.model;

    report(&scene, 1000, true, false);
    assert_int_equal(model->alert_count, 1);
    assert_string_equal(model->alerts[0].id, "budget:api");
    assert_int_equal(model->alerts[0].state, ALERT_PENDING);
    report(&scene, 1005, false, true); /* over before it fired: nobody hears of it */
    assert_int_equal(model->alert_count, 0);
    report(&scene, 1010, true, false);
    report(&scene, 1019, true, false);
    assert_int_equal(model->alerts[0].state, ALERT_PENDING);
    report(&scene, 1020, true, false);
    assert_int_equal(model->alerts[0].state, ALERT_FIRING);
    assert_true(model->alerts[0].since == 1020);
    assert_true(model->alerts[0].pending_at == 1010);
    report(&scene, 1030, false, false); /* below the line, but not far enough */
    assert_int_equal(model->alerts[0].state, ALERT_FIRING);
    assert_true(model->alerts[0].since == 1020);
    report(&scene, 1040, false, true);
    assert_int_equal(model->alerts[0].state, ALERT_RESOLVED);
    assert_true(model->alerts[0].resolved_at == 1040);
    report(&scene, 1050, true, false);
    assert_int_equal(model->alert_count, 1);
    assert_int_equal(model->alerts[0].state, ALERT_PENDING);
    report(&scene, 1055, false, true);
    assert_int_equal(model->alerts[0].state, ALERT_RESOLVED);
    assert_true(model->alerts[0].since == 1040);
    report(&scene, 1041 + ALERTS_RESOLVED_S, false, true);
    assert_int_equal(model->alert_count, 0);
    scene_close(&scene);
}

static void test_unreported_is_cleared(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    report(&scene, 1000, true, false);
    report(&scene, 1010, true, false);
    assert_true(alerts_is_firing(&scene.model, "budget", "api"));
    scene.model.t = 1011;
    alerts_begin(scene.alerts);
    alerts_end(scene.alerts, &scene.model);
    assert_int_equal(scene.model.alerts[0].state, ALERT_RESOLVED);
    assert_false(alerts_is_firing(&scene.model, "budget", "api"));
    scene_close(&scene);
}

static void test_restored_goes_on_firing(void **state)
{
    (void)state;
    struct scene scene;
    struct alert alert = {.id = "budget:api", .rule = "budget", .state = ALERT_FIRING, .since = 900,
                          .fired_at = 900, .told = 1};
    for (int is_told = 0; is_told < 2; is_told++) {
        scene_open(&scene);
        alerts_restore(scene.alerts, &scene.model, &alert);
        const struct alert *there = scene.model.alerts;
        report(&scene, 1000, false, true); /* emitters are not back yet: not believed */
        assert_int_equal(there->state, ALERT_FIRING);
        assert_true(alerts_is_restored(&scene.model, "budget", "api"));
        if (is_told) {
            report(&scene, 1001, true, false);
            assert_false(alerts_has_restored(scene.alerts));
            assert_true(there->since == 900 && there->told == 1);
            report(&scene, 1002, false, true);
        } else {
            report(&scene, 1000.5 + ALERTS_SETTLE_S, false, true);
        }
        assert_int_equal(there->state, ALERT_RESOLVED);
        scene_close(&scene);
    }
    scene_open(&scene);
    alerts_restore(scene.alerts, &scene.model, &alert);
    for (double t = 1000; t <= 1000 + ALERTS_HOLD_S; t += ALERTS_HOLD_S / 2) {
        scene.model.t = t; /* and nobody reports */
        alerts_begin(scene.alerts);
        alerts_end(scene.alerts, &scene.model);
        assert_int_equal(scene.model.alerts[0].state,
                         t < 1000 + ALERTS_HOLD_S ? ALERT_FIRING : ALERT_RESOLVED);
    }
    scene_close(&scene);
}

/* Silence about it is believed sooner where there is nobody left that could tell. */
static void restored_until(double seconds, uint64_t pid, const char *isolate, bool is_known)
{
    struct scene scene;
    struct alert alert = {.id = "drift:x", .rule = "drift", .state = ALERT_FIRING, .since = 900,
                          .fired_at = 900, .told = 1, .pid = pid};
    scene_open(&scene);
    snprintf(alert.isolate, sizeof alert.isolate, "%s", isolate);
    alerts_restore(scene.alerts, &scene.model, &alert);
    if (is_known) {
        struct process *process = model_add_process(&scene.model, pid, 1);
        process->is_counted = true;
        model_add_isolate(&scene.model, process, 1);
    }
    for (double t = 0; t <= seconds; t += 1) {
        assert_int_equal(scene.model.alerts[0].state, ALERT_FIRING);
        scene.model.t = 1000 + t;
        alerts_begin(scene.alerts);
        alerts_end(scene.alerts, &scene.model);
    }
    assert_int_equal(scene.model.alerts[0].state, ALERT_RESOLVED);
    scene_close(&scene);
}

static void test_restored_about_nobody(void **state)
{
    (void)state;
    char mine[32], other[32];
    const uint64_t nobody = UINT64_C(1) << 40; /* no pid is as large */
    snprintf(mine, sizeof mine, "%d.1", (int)getpid());
    snprintf(other, sizeof other, "%d.2", (int)getpid());
    restored_until(ALERTS_SETTLE_S, nobody, "1099511627776.1", false);
    restored_until(ALERTS_HOLD_S, (uint64_t)getpid(), mine, false); /* it may come back */
    restored_until(ALERTS_HOLD_S, (uint64_t)getpid(), mine, true);
    restored_until(ALERTS_SETTLE_S, (uint64_t)getpid(), other, true);
    restored_until(ALERTS_HOLD_S, (uint64_t)getpid(), "", true);
    restored_until(ALERTS_HOLD_S, 0, "", false);
}

/* When there is no room, what is resolved and told goes first. */
static void test_resolved_make_room(void **state)
{
    (void)state;
    struct scene scene;
    char subject[32];
    scene_open(&scene);
    for (int round = 0; round < 2; round++) {
        scene.model.t += 1;
        alerts_begin(scene.alerts);
        for (int i = 0; i < ALERTS_MAX; i++) {
            snprintf(subject, sizeof subject, "%d-%d", round, i);
            struct alert_report one = {
                .rule = "drift", .subject = subject, .is_met = round == 0 || i < 5, .summary = ""};
            alerts_report(scene.alerts, &scene.model, &one);
        }
        alerts_end(scene.alerts, &scene.model);
        for (size_t i = 0; round == 0 && i < scene.model.alert_count; i++) {
            scene.model.alerts[i].state = i < 5 ? ALERT_RESOLVED : ALERT_FIRING;
            scene.model.alerts[i].resolved_at = i < 5 ? 1001 : 0;
        }
    }
    assert_true(alerts_is_firing(&scene.model, "drift", "1-0"));
    assert_true(alerts_is_firing(&scene.model, "drift", "1-4"));
    assert_int_equal(alerts_dropped(scene.alerts), 0);
    scene_close(&scene);
}

static void test_many_are_capped(void **state)
{
    (void)state;
    struct scene scene;
    char subject[32];
    scene_open(&scene);
    alerts_begin(scene.alerts);
    for (int i = 0; i < ALERTS_MAX + 7; i++) {
        snprintf(subject, sizeof subject, "%d", i);
        struct alert_report one = {
            .rule = "drift", .subject = subject, .is_met = true, .summary = ""};
        alerts_report(scene.alerts, &scene.model, &one);
    }
    alerts_end(scene.alerts, &scene.model);
    assert_int_equal(scene.model.alert_count, ALERTS_MAX);
    assert_int_equal(alerts_dropped(scene.alerts), 7);
    scene_close(&scene);
}

static void test_words(void **state)
{
    (void)state;
    char text[WORDS_MAX];
    assert_string_equal(words_bytes(text, 0), "0 B");
    assert_string_equal(words_bytes(text, 999), "999 B");
    assert_string_equal(words_bytes(text, 1000), "0.98 KiB");
    assert_string_equal(words_bytes(text, 412.0 * 1024), "412 KiB");
    assert_string_equal(words_bytes(text, 1.5 * 1048576), "1.50 MiB");
    assert_string_equal(words_bytes(text, 96.0 * 1048576), "96.0 MiB");
    assert_string_equal(words_share(text, 3.12 * 1073741824, 4.0 * 1073741824), "3.12 of 4.00 GiB");
    assert_string_equal(words_time(text, 28), "about 30 s");
    assert_string_equal(words_time(text, 700), "about 12 min");
    assert_string_equal(words_time(text, 3 * 3600.0), "about 3 h");
    assert_string_equal(words_time(text, 2 * 86400.0), "about 2 days");
    assert_string_equal(words_time(text, 1e9), "more than 7 days");
}

static struct isolate *leaking_isolate(struct model *model, struct process *process)
{
    struct isolate *isolate = model_add_isolate(model, process, 3);
    snprintf(isolate->name, sizeof isolate->name, "thumb-3");
    isolate->heap.limit = 256 << 20;
    return isolate;
}

static void test_drift_speaks(void **state)
{
    (void)state;
    struct scene scene;
    struct config config;
    scene_open(&scene);
    assert_int_equal(config_load(&config, NULL, NULL), 0);
    struct process *process = model_add_process(&scene.model, 71, 1);
    struct isolate *isolate = leaking_isolate(&scene.model, process);
    isolate->drift = drift_new(NULL);
    snprintf(isolate->drift_job, sizeof isolate->drift_job, "resize");
    for (int i = 0; i < 100; i++) {
        struct drift_sample sample = {.t = i, .live = 1e7 + 1.5e6 * i, .limit = 256.0 * 1048576};
        drift_add(isolate->drift, &sample);
    }
    isolate->seconds_to_limit = 720;
    rules_tick(scene.alerts, &scene.model, &config);
    verdict_tick(&scene.model);
    assert_int_equal(scene.model.alert_count, 1);
    const struct alert *alert = &scene.model.alerts[0];
    assert_string_equal(alert->id, "drift:71.3");
    assert_int_equal(alert->state, ALERT_FIRING);
    assert_int_equal(alert->severity, ALERT_CRITICAL);
    assert_non_null(strstr(alert->summary, "thumb-3 keeps 1.43 MiB more after every resize job."));
    assert_int_equal(scene.model.verdict.state, VERDICT_RISING);
    assert_non_null(strstr(scene.model.verdict.text, "meets its limit in about 12 min."));
    isolate->has_ended = true;
    rules_tick(scene.alerts, &scene.model, &config);
    verdict_tick(&scene.model);
    assert_int_equal(alert->state, ALERT_RESOLVED);
    assert_int_equal(scene.model.verdict.state, VERDICT_SAFE);
    config_fini(&config);
    scene_close(&scene);
}

static void test_crash_speaks(void **state)
{
    (void)state;
    struct scene scene;
    struct config config;
    scene_open(&scene);
    assert_int_equal(config_load(&config, NULL, NULL), 0);
    struct process *process = model_add_process(&scene.model, 71, 1);
    for (uint32_t i = 0; i < 3; i++) {
        struct isolate *isolate = model_add_isolate(&scene.model, process, i);
        snprintf(isolate->name, sizeof isolate->name, "render-%u", i);
        snprintf(isolate->pool, sizeof isolate->pool, "render");
        isolate->heap.limit = 64 << 20;
        isolate->state = MODEL_OOM;
        isolate->has_ended = true;
        isolate->ended_at = 990 + i;
    }
    rules_tick(scene.alerts, &scene.model, &config);
    verdict_tick(&scene.model);
    assert_int_equal(scene.model.alert_count, 1);
    assert_string_equal(scene.model.alerts[0].id, "worker_crash:71:render");
    assert_int_equal(scene.model.alerts[0].severity, ALERT_CRITICAL);
    assert_non_null(strstr(scene.model.alerts[0].summary, "3 times"));
    assert_int_equal(scene.model.verdict.state, VERDICT_ADVICE);
    scene.model.t = 2000;
    rules_tick(scene.alerts, &scene.model, &config);
    assert_int_equal(scene.model.alerts[0].state, ALERT_RESOLVED);
    config_fini(&config);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_unreported_is_cleared),
        cmocka_unit_test(test_restored_goes_on_firing),
        cmocka_unit_test(test_restored_about_nobody),
        cmocka_unit_test(test_resolved_make_room),
        cmocka_unit_test(test_many_are_capped),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_drift_speaks),
        cmocka_unit_test(test_crash_speaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
