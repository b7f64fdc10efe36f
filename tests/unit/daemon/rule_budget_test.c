/*
 * When the budget's alert fires and when it ends: how long it waits, how it hurries where little time
 * is left, and that it does not flutter around the line.
 */
#include "daemon/judge/rules.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MIB (UINT64_C(1) << 20)

/* A budget of 1000 MiB with its line at 900; no other rule has anything to look at. */
struct scene {
    struct model model;
    struct config config;
    struct alerts *alerts;
    struct budget budget;
};

static void scene_open(struct scene *scene)
{
    memset(scene, 0, sizeof *scene);
    assert_int_equal(model_init(&scene->model), 0);
    assert_int_equal(config_load(&scene->config, NULL, NULL), 0);
    scene->alerts = alerts_new();
    snprintf(scene->budget.name, sizeof scene->budget.name, "box");
    snprintf(scene->budget.scope, sizeof scene->budget.scope, "container:/box");
    scene->budget.limit = 1000 * MIB;
    scene->budget.headroom = 100 * MIB;
    scene->budget.committed = MODEL_UNKNOWN;
    scene->model.budgets = &scene->budget;
    scene->model.budget_count = 1;
}

static void scene_close(struct scene *scene)
{
    scene->model.budgets = NULL;
    scene->model.budget_count = 0;
    alerts_free(&scene->alerts);
    config_fini(&scene->config);
    model_fini(&scene->model);
}

/* The ledger's finding at `t`, seconds to line and limit NAN when it does not grow. */
static void tick(struct scene *scene, double t, uint64_t mib, double line, double limit)
{
    scene->model.t = 1000 + t;
    scene->budget.used = mib * MIB;
    scene->budget.projected_seconds = line;
    scene->budget.limit_seconds = limit;
    scene->budget.confidence = isnan(line) ? NAN : 0.9;
    scene->budget.state = mib > 900 ? BUDGET_OVER : line < 1800 ? BUDGET_WARNING : BUDGET_OK;
    rules_tick(scene->alerts, &scene->model, &scene->config);
}

static const struct alert *alert_of(const struct scene *scene)
{
    for (size_t i = 0; i < scene->model.alert_count; i++) {
        if (strcmp(scene->model.alerts[i].rule, "budget") == 0) {
            return &scene->model.alerts[i];
        }
    }
    return NULL;
}

static bool is_in(const struct scene *scene, enum alert_state state)
{
    const struct alert *alert = alert_of(scene);
    return alert != NULL && alert->state == state;
}

static void test_waits(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    tick(&scene, 0, 850, NAN, NAN);
    assert_null(alert_of(&scene));
    tick(&scene, 1, 901, NAN, NAN);
    assert_true(is_in(&scene, ALERT_PENDING));
    tick(&scene, 10.9, 901, NAN, NAN);
    assert_true(is_in(&scene, ALERT_PENDING));
    tick(&scene, 11, 901, NAN, NAN);
    assert_true(is_in(&scene, ALERT_FIRING));
    assert_string_equal(alert_of(&scene)->summary,
                        "The container is 1.00 MiB over its head-room line. 0.88 of 0.98 GiB.");
    scene_close(&scene);
}

/* A peak that is over before the wait is no alert. */
static void test_a_short_peak(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    tick(&scene, 0, 950, NAN, NAN);
    tick(&scene, 5, 950, NAN, NAN);
    tick(&scene, 6, 700, NAN, NAN);
    assert_null(alert_of(&scene));
    tick(&scene, 7, 950, NAN, NAN);
    tick(&scene, 16, 950, NAN, NAN);
    assert_true(is_in(&scene, ALERT_PENDING));
    scene_close(&scene);
}

static void test_hurries(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    tick(&scene, 0, 850, 4, 8);
    assert_true(is_in(&scene, ALERT_PENDING));
    tick(&scene, 1.25, 863, 2.75, 6.75);
    assert_true(is_in(&scene, ALERT_PENDING));
    tick(&scene, 1.5, 866, 2.5, 6.5);
    assert_true(is_in(&scene, ALERT_FIRING)); /* 1.5 s gone, 2.5 left */
    const struct alert *alert = alert_of(&scene);
    assert_int_equal(alert->severity, ALERT_CRITICAL);
    assert_non_null(strstr(alert->summary, "passes its head-room line in about 3 s. "));
    assert_non_null(strstr(alert->summary, "limit in about 7 s, confidence 90 %."));
    scene_close(&scene);

    scene_open(&scene); /* over its line and still growing */
    tick(&scene, 0, 910, 0, 1);
    tick(&scene, 0.5, 950, 0, 0.5);
    assert_true(is_in(&scene, ALERT_FIRING));
    scene_close(&scene);

    scene_open(&scene); /* far off there is time for the whole wait */
    tick(&scene, 0, 500, 400, 500);
    tick(&scene, 9.9, 510, 390, 490);
    assert_true(is_in(&scene, ALERT_PENDING));
    tick(&scene, 10, 510, 390, 490);
    assert_true(is_in(&scene, ALERT_FIRING));
    assert_int_equal(alert_of(&scene)->severity, ALERT_WARNING);
    scene_close(&scene);
}

/* Once it fires: 2 % of the limit below the line, for as long as it waited, or it goes on. */
static void test_hysteresis(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    tick(&scene, 0, 950, NAN, NAN);
    tick(&scene, 10, 950, NAN, NAN);
    assert_true(is_in(&scene, ALERT_FIRING));
    double since = alert_of(&scene)->since;
    for (int t = 11; t < 100; t++) { /* below the line, not far enough */
        tick(&scene, t, t % 2 == 0 ? 899 : 881, NAN, NAN);
        assert_true(is_in(&scene, ALERT_FIRING));
    }
    for (int t = 100; t < 200; t++) { /* far enough, not for long enough */
        tick(&scene, t, t % 9 == 0 ? 905 : 600, NAN, NAN);
        assert_true(is_in(&scene, ALERT_FIRING));
    }
    assert_true(alert_of(&scene)->since == since);
    tick(&scene, 200, 905, NAN, NAN);
    tick(&scene, 209.9, 879, NAN, NAN);
    assert_true(is_in(&scene, ALERT_FIRING));
    tick(&scene, 210, 879, NAN, NAN);
    assert_true(is_in(&scene, ALERT_RESOLVED));
    scene_close(&scene);
}

/* Also where it waits for nothing. */
static void test_hysteresis_without_a_wait(void **state)
{
    (void)state;
    struct scene scene;
    char name[] = "box";
    struct config_budget own = {.name = name, .for_seconds = 0, .hysteresis = 0.02};
    scene_open(&scene);
    scene.config.budgets = &own;
    scene.config.budget_count = 1;
    tick(&scene, 0, 950, NAN, NAN);
    tick(&scene, 1, 899, NAN, NAN);
    assert_true(is_in(&scene, ALERT_FIRING));
    tick(&scene, 2, 879, NAN, NAN);
    assert_true(is_in(&scene, ALERT_RESOLVED));
    scene.config.budgets = NULL;
    scene.config.budget_count = 0;
    scene_close(&scene);
}

/* A trend that is clear in one tick and not in the next is still one alert. */
static void test_a_trend_that_flickers(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    for (int t = 0; t <= 10; t++) {
        tick(&scene, t, 500, 300, 400);
    }
    assert_true(is_in(&scene, ALERT_FIRING));
    for (int t = 11; t < 60; t++) {
        bool is_clear = t % 3 == 0;
        tick(&scene, t, 510, is_clear ? 300 : NAN, is_clear ? 400 : NAN);
        assert_true(is_in(&scene, ALERT_FIRING));
    }
    tick(&scene, 67, 510, NAN, NAN); /* last clear at 57 */
    assert_true(is_in(&scene, ALERT_RESOLVED));
    scene_close(&scene);
}

static void test_as_configured(void **state)
{
    (void)state;
    struct scene scene;
    char name[] = "box";
    scene_open(&scene);
    struct config_budget own = {.name = name, .for_seconds = 2, .hysteresis = 0.2};
    scene.config.budgets = &own;
    scene.config.budget_count = 1;
    tick(&scene, 0, 950, NAN, NAN);
    tick(&scene, 2, 950, NAN, NAN);
    assert_true(is_in(&scene, ALERT_FIRING));
    tick(&scene, 50, 701, NAN, NAN);
    tick(&scene, 51, 699, NAN, NAN);
    assert_true(is_in(&scene, ALERT_FIRING));
    tick(&scene, 52, 699, NAN, NAN);
    assert_true(is_in(&scene, ALERT_RESOLVED));
    scene.config.budgets = NULL;
    scene.config.budget_count = 0;
    scene_close(&scene);
}

/* A sum with a silent member says so. */
static void test_partial(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene.budget.is_partial = true;
    tick(&scene, 0, 950, NAN, NAN);
    assert_non_null(strstr(alert_of(&scene)->summary, ", partly stale."));
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_a_short_peak),
        cmocka_unit_test(test_hurries),
        cmocka_unit_test(test_hysteresis),
        cmocka_unit_test(test_hysteresis_without_a_wait),
        cmocka_unit_test(test_a_trend_that_flickers),
        cmocka_unit_test(test_as_configured),
        cmocka_unit_test(test_partial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
