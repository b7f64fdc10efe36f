/*
 * A model made by hand (a process, its main isolate, a worker) and the rules' tick over it, for the
 * tests of rules. Included by one file of a test program.
 */
#ifndef TESTS_RULE_SCENE_H
#define TESTS_RULE_SCENE_H

#include "daemon/judge/alerts.h"
#include "daemon/judge/rules.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MIB (UINT64_C(1) << 20)

struct scene {
    struct model model;
    struct config config;
    struct alerts *alerts;
    struct process *process;
    struct isolate *main, *worker;
};

static inline int open_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    assert_int_equal(model_init(&scene->model), 0);
    assert_int_equal(config_load(&scene->config, NULL, NULL), 0);
    scene->model.t = 1000;
    scene->alerts = alerts_new();
    scene->process = model_add_process(&scene->model, 5, 1);
    snprintf(scene->process->name, sizeof scene->process->name, "api");
    scene->main = model_add_isolate(&scene->model, scene->process, 0);
    scene->worker = model_add_isolate(&scene->model, scene->process, 1);
    snprintf(scene->worker->name, sizeof scene->worker->name, "w1");
    scene->main->clone.seconds = scene->worker->clone.seconds = 0;
    *state = scene;
    return 0;
}

static inline int close_scene(void **state)
{
    struct scene *scene = *state;
    alerts_free(&scene->alerts);
    config_fini(&scene->config);
    model_fini(&scene->model);
    free(scene);
    return 0;
}

static inline void tick(struct scene *scene, double seconds)
{
    scene->model.t += seconds;
    scene->model.tick++;
    rules_tick(scene->alerts, &scene->model, &scene->config);
}

/* The alert of that rule; NULL when there is none. */
static inline const struct alert *alert_of(const struct scene *scene, const char *rule)
{
    for (size_t i = 0; i < scene->model.alert_count; i++) {
        if (strcmp(scene->model.alerts[i].rule, rule) == 0) {
            return &scene->model.alerts[i];
        }
    }
    return NULL;
}

static inline void assert_state(const struct scene *scene, const char *rule, enum alert_state state)
{
    const struct alert *alert = alert_of(scene, rule);
    assert_non_null(alert);
    assert_int_equal(alert->state, state);
}

static inline bool says(const struct scene *scene, const char *rule, const char *text)
{
    const struct alert *alert = alert_of(scene, rule);
    return alert != NULL && strstr(alert->summary, text) != NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

#endif
