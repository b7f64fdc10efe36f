/*
 * Who is asked what grows in it and what becomes of the answer: orders, their size, their pace, what holds
 * for others, who is spared, and answers of every kind. The emitter is played by the table of actions: what
 * is ordered waits there, and is answered as its door would.
 */
#include "daemon/judge/culprits.h"
#include "tests/unit/daemon/rule_scene.h"

struct world {
    struct scene *scene;
    struct culprits *culprits;
    struct actions *actions;
    struct process *process;
    struct isolate *worker;
    struct alert *alert; /* the worker's drift */
};

static char connected; /* whoever a source would be; culprits and actions only look whether there is one */

static void rise(struct isolate *isolate, double bytes, double limit)
{
    drift_free(&isolate->drift);
    isolate->drift = drift_new(NULL);
    for (int i = 0; i < 100; i++) {
        struct drift_sample sample = {.t = i, .live = 1e7 + bytes * i, .limit = limit};
        drift_add(isolate->drift, &sample);
    }
    snprintf(isolate->drift_job, sizeof isolate->drift_job, "resize");
}

static struct alert *raise_alert(struct model *model, struct isolate *isolate)
{
    model->alerts = realloc(model->alerts, (model->alert_count + 1) * sizeof *model->alerts);
    struct alert *alert = &model->alerts[model->alert_count++];
    memset(alert, 0, sizeof *alert);
    snprintf(alert->rule, sizeof alert->rule, "drift");
    snprintf(alert->isolate, sizeof alert->isolate, "%s", isolate->id);
    alert->state = ALERT_FIRING;
    alert->pid = isolate->process->pid;
    alert->fired_at = model->t;
    return alert;
}

static struct isolate *add_worker(struct model *model, struct process *process, uint32_t thread)
{
    struct isolate *isolate = model_add_isolate(model, process, thread);
    snprintf(isolate->pool, sizeof isolate->pool, "thumbs");
    isolate->gc.last_pause = 0.001;
    rise(isolate, 1e5, 1e9);
    return isolate;
}

static struct process *add_process(struct model *model, uint64_t pid)
{
    struct process *process = model_add_process(model, pid, 1);
    process->source = (struct source *)&connected;
    process->has_segment = true;
    return process;
}

static int open_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_int_equal(open_scene((void **)&world->scene), 0);
    world->culprits = culprits_new();
    world->actions = actions_new();
    world->process = add_process(&world->scene->model, 71);
    world->worker = add_worker(&world->scene->model, world->process, 3);
    world->alert = raise_alert(&world->scene->model, world->worker);
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;
    culprits_free(&world->culprits);
    actions_free(&world->actions);
    close_scene((void **)&world->scene);
    free(world);
    return 0;
}

static void pass(struct world *world, double seconds)
{
    world->scene->model.t += seconds;
    culprits_tick(world->culprits, &world->scene->model, world->actions, &world->scene->config);
}

/* The oldest order that was not looked at yet; NULL for none. */
static struct action *take_order(struct world *world)
{
    struct action *action = actions_next(world->actions);
    if (action != NULL) {
        action->state = ACTION_SENT;
    }
    return action;
}

static void answer(struct world *world, struct action *action, const char *result)
{
    snprintf(action->result, sizeof action->result, "%s", result);
    actions_finish(action, world->scene->model.t, NULL);
}

#define TILE                                                                                       \
    "{\"ok\":true,\"jobs\":64,\"seconds\":2,\"pause_seconds\":0.25,\"no_site\":null,"              \
    "\"kinds\":[{\"name\":\"Tile\",\"count\":640,\"bytes\":64000}],"                               \
    "\"sites\":[{\"file\":\"/app/a.js\",\"line\":12,\"function\":\"keep\",\"bytes\":60000}]}"

/* ---- orders ------------------------------------------------------------------------------------- */

static void the_one_that_rises_is_asked(void **state)
{
    struct world *world = *state;
    const struct model *model = &world->scene->model;
    pass(world, 0);
    struct action *order = take_order(world);
    assert_non_null(order);
    assert_string_equal(order->what, "growth");
    assert_string_equal(order->isolate, "71.3");
    assert_true(order->seconds == world->scene->config.culprit.window);
    assert_int_equal(model->status.culprits.asked, 1);
    assert_true(world->alert->is_awaiting);
    pass(world, 1);
    assert_null(take_order(world)); /* it is under way */
    assert_int_equal(model->status.culprits.asked, 1);
    answer(world, order, TILE);
    pass(world, 1);
    const struct growth *growth = world->worker->growth;
    assert_non_null(growth);
    assert_true(growth->at == model->t && growth->jobs == 64);
    assert_string_equal(growth->kind, "Tile");
    assert_true(growth->kind_count == 640 && growth->kind_bytes == 64000);
    assert_string_equal(growth->file, "/app/a.js");
    assert_string_equal(growth->function, "keep");
    assert_true(growth->line == 12 && growth->site_bytes == 60000);
    assert_string_equal(growth->no_site, "");
    assert_string_equal(growth->found_in, "71.3");
    assert_false(world->alert->is_awaiting);
    assert_int_equal(model->status.culprits.found, 1);
    assert_int_equal(model->status.culprits.failed, 0);
    assert_true(model->status.culprits.pause_seconds == 0.25);
}

static struct action *order_for(struct world *world, double bytes, double limit)
{
    culprits_free(&world->culprits);
    world->culprits = culprits_new();
    world->process->growth_asked_at = 0;
    rise(world->worker, bytes, limit);
    pass(world, 0);
    return take_order(world);
}

/* 64 samples of the rise, 8 jobs at least; half of the way to the limit at most. */
static void so_many_jobs_and_samples(void **state)
{
    struct world *world = *state;
    const struct action *order = order_for(world, 2000, 1e12); /* 2 of 4096: 131 jobs */
    assert_int_equal(order->interval, 4096);
    assert_true(order->jobs >= 120 && order->jobs <= 140);
    order = order_for(world, 1e5, 1e12); /* 8 jobs, sampled every 12500 */
    assert_true(order->jobs == 8);
    assert_true(order->interval > 12000 && order->interval < 13000);
    order = order_for(world, 1e8, 1e15);
    assert_int_equal(order->interval, 512 * 1024);
    assert_int_equal(order->jobs, 8);
    order = order_for(world, 1e5, 1e7 + 99e5 + 10e5); /* 10 jobs are left */
    assert_true(order->jobs >= 4 && order->jobs <= 5);
    order = order_for(world, 1e5, 1e7 + 99e5 + 1e5);
    assert_int_equal(order->jobs, 2);
}

static void who_is_not_asked(void **state)
{
    struct world *world = *state;
    struct drift *drift = world->worker->drift;
    world->alert->state = ALERT_RESOLVED;
    world->alert->is_awaiting = true;
    pass(world, 1);
    assert_false(world->alert->is_awaiting);
    world->alert->state = ALERT_PENDING;
    snprintf(world->alert->rule, sizeof world->alert->rule, "budget");
    pass(world, 1);
    snprintf(world->alert->rule, sizeof world->alert->rule, "drift");
    world->worker->has_ended = true;
    pass(world, 1);
    world->worker->has_ended = false;
    world->worker->is_stale = true;
    pass(world, 1);
    world->worker->is_stale = false;
    world->worker->drift = NULL;
    pass(world, 1);
    world->worker->drift = drift;
    snprintf(world->alert->isolate, sizeof world->alert->isolate, "71.99");
    pass(world, 1);
    assert_null(take_order(world));
    snprintf(world->alert->isolate, sizeof world->alert->isolate, "71.3");
    pass(world, 1);
    assert_non_null(take_order(world)); /* also while it is pending */
}

static void obstacle(struct world *world, const char *words, uint64_t skipped)
{
    pass(world, 3600);
    assert_null(take_order(world));
    assert_non_null(world->worker->growth);
    assert_non_null(strstr(world->worker->growth->no_site, words));
    assert_string_equal(world->worker->growth->kind, "");
    assert_int_equal(world->scene->model.status.culprits.skipped, skipped);
}

static void who_is_spared_and_why(void **state)
{
    struct world *world = *state;
    struct config *config = &world->scene->config;
    config->culprit.enabled = false;
    obstacle(world, "culprit.enabled is false", 1);
    config->culprit.enabled = true;
    world->process->kind = MODEL_OTHER;
    obstacle(world, "its emitter cannot", 2);
    world->process->kind = MODEL_DUKTAPE;
    world->process->has_segment = false;
    obstacle(world, "its emitter cannot", 3);
    world->process->has_segment = true;
    world->worker->gc.last_pause = config->culprit.max_pause / 3 + 0.001;
    obstacle(world, "culprit.max_pause", 4);
    world->worker->gc.last_pause = config->culprit.max_pause / 3 - 0.001;
    pass(world, 3600);
    assert_non_null(take_order(world));
}

/* ---- pace --------------------------------------------------------------------------------------- */

static void one_of_a_process_at_a_time(void **state)
{
    struct world *world = *state;
    struct model *model = &world->scene->model;
    struct isolate *second = add_worker(model, world->process, 4);
    snprintf(second->pool, sizeof second->pool, "crops");
    struct process *other = add_process(model, 72);
    struct isolate *third = add_worker(model, other, 1);
    raise_alert(model, second);
    raise_alert(model, third);
    pass(world, 0);
    struct action *first = take_order(world);
    assert_string_equal(first->isolate, "71.3");
    assert_string_equal(take_order(world)->isolate, "72.1"); /* another process has its own turn */
    pass(world, 100);
    assert_null(take_order(world));
    world->process->growth_asked_at = model->t; /* asked just now */
    answer(world, first, TILE);
    pass(world, world->scene->config.culprit.spacing / 2);
    assert_null(take_order(world));
    pass(world, world->scene->config.culprit.spacing);
    assert_string_equal(take_order(world)->isolate, "71.4");
}

static void eight_at_a_time(void **state)
{
    struct world *world = *state;
    struct model *model = &world->scene->model;
    for (uint64_t pid = 100; pid < 112; pid++) {
        raise_alert(model, add_worker(model, add_process(model, pid), 1));
    }
    pass(world, 0);
    int count = 0;
    while (take_order(world) != NULL) {
        count++;
    }
    assert_int_equal(count, 8);
}

static void again_only_after_a_while(void **state)
{
    struct world *world = *state;
    double every = world->scene->config.culprit.every;
    pass(world, 0);
    answer(world, take_order(world), TILE);
    pass(world, 1);
    pass(world, every - 1);
    assert_null(take_order(world));
    pass(world, 2);
    struct action *order = take_order(world);
    assert_non_null(order);
    actions_finish(order, world->scene->model.t, "it is in a long native function");
    pass(world, 1); /* what failed is tried again sooner */
    assert_string_equal(world->worker->growth->no_site, "it is in a long native function");
    assert_int_equal(world->scene->model.status.culprits.failed, 1);
    pass(world, 58);
    assert_null(take_order(world));
    pass(world, 3);
    assert_non_null(take_order(world));
}

static void nobody_waits_for_ever(void **state)
{
    struct world *world = *state;
    pass(world, 0);
    pass(world, world->scene->config.culprit.window + 9);
    assert_true(world->alert->is_awaiting);
    pass(world, 2);
    assert_false(world->alert->is_awaiting);
}

/* ---- answers ------------------------------------------------------------------------------------ */

static const struct growth *growth_of(struct world *world, const char *result)
{
    culprits_free(&world->culprits);
    world->culprits = culprits_new();
    world->process->growth_asked_at = 0;
    pass(world, 3600);
    struct action *order = take_order(world);
    assert_non_null(order);
    answer(world, order, result);
    pass(world, 0);
    return world->worker->growth;
}

static void what_answers_say(void **state)
{
    struct world *world = *state;
    const struct growth *growth;
    growth = growth_of(world, "{\"jobs\":8,\"kinds\":[],\"sites\":[]}");
    assert_string_equal(growth->no_site, "nothing grew over 8 jobs");
    assert_int_equal(world->scene->model.status.culprits.failed, 1);
    /* a table that doubled is not what grows with every job; what there is one more of is */
    growth = growth_of(world, "{\"jobs\":8,\"kinds\":[{\"name\":\"(table)\",\"count\":1,\"bytes\":90000},"
                              "{\"name\":\"Few\",\"count\":7,\"bytes\":89000},"
                              "{\"name\":\"Small\",\"count\":100,\"bytes\":2000},"
                              "{\"name\":\"Tile\",\"count\":8,\"bytes\":2900}]}");
    assert_string_equal(growth->kind, "Tile");
    growth = growth_of(world, "{\"jobs\":8,\"kinds\":[{\"name\":\"(table)\",\"count\":1,\"bytes\":90000},"
                              "{\"name\":\"Few\",\"count\":7,\"bytes\":89000}]}");
    assert_string_equal(growth->kind, "(table)");
    growth = growth_of(world, "{\"jobs\":8,\"kinds\":[{\"name\":\"A\",\"count\":8,\"bytes\":9}],"
                              "\"sites\":[{\"file\":\"\",\"line\":0,\"function\":\"\",\"bytes\":9}]}");
    assert_string_equal(growth->no_site,
                        "no line of the program makes it: messages that are kept, or parts of them");
    growth = growth_of(world, "{\"jobs\":8,\"no_site\":\"somebody else took a profile\","
                              "\"kinds\":[{\"name\":\"A\",\"count\":8,\"bytes\":9}]}");
    assert_string_equal(growth->no_site, "somebody else took a profile");
}

static void answers_that_are_none(void **state)
{
    struct world *world = *state;
    char text[ACTION_RESULT_MAX];
    const struct growth *growth;
    for (const char *const *bad = (const char *const[]){"", "[]", "{", "{\"kinds\":{},\"sites\":5}", NULL};
         *bad != NULL; bad++) {
        growth = growth_of(world, *bad);
        assert_string_equal(growth->kind, "");
        assert_string_equal(growth->file, "");
        assert_true(isnan(growth->jobs));
    }
    growth = growth_of(world, "{\"jobs\":-1,\"pause_seconds\":-5,\"kinds\":[{\"name\":7,\"count\":\"x\"},"
                              "{\"name\":\"A\",\"bytes\":1e300}],"
                              "\"sites\":[{\"file\":\"/x\",\"line\":\"no\",\"bytes\":null}]}");
    assert_true(isnan(growth->jobs) && isnan(growth->kind_bytes));
    assert_string_equal(growth->file, ""); /* a file without a line is no place */
    assert_true(world->scene->model.status.culprits.pause_seconds == 0);
    snprintf(text, sizeof text, "{\"jobs\":8,\"kinds\":[{\"name\":\"%0300d\",\"count\":8,\"bytes\":1}]}", 0);
    growth = growth_of(world, text);
    assert_int_equal(strlen(growth->kind), sizeof growth->kind - 1);
}

static void an_isolate_that_is_gone_meanwhile(void **state)
{
    struct world *world = *state;
    pass(world, 0);
    struct action *order = take_order(world);
    memcpy(world->worker->id, "71.9", 5);
    answer(world, order, TILE);
    pass(world, 1);
    assert_int_equal(world->scene->model.status.culprits.failed, 1);
    assert_int_equal(world->scene->model.status.culprits.found, 0);
}

/* ---- others of the pool ------------------------------------------------------------------------- */

static void what_holds_for_others(void **state)
{
    struct world *world = *state;
    struct model *model = &world->scene->model;
    pass(world, 0);
    answer(world, take_order(world), TILE);
    pass(world, 1);
    struct isolate *same = add_worker(model, world->process, 4);
    struct isolate *pool = add_worker(model, world->process, 5);
    snprintf(pool->pool, sizeof pool->pool, "crops");
    struct isolate *job = add_worker(model, world->process, 6);
    snprintf(job->drift_job, sizeof job->drift_job, "crop");
    struct process *later = add_process(model, 71);
    later->start_time = 2;
    later->has_long_ids = true;
    raise_alert(model, same);
    pass(world, 100);
    assert_null(take_order(world));
    assert_string_equal(same->growth->kind, "Tile");
    assert_string_equal(same->growth->found_in, "71.3");
    for (int i = 0; i < 2; i++) { /* another pool, another job: asked themselves */
        struct isolate *one = i == 0 ? pool : job;
        raise_alert(model, one);
        pass(world, 100);
        struct action *order = take_order(world);
        assert_non_null(order);
        assert_string_equal(order->isolate, one->id);
        answer(world, order, TILE);
        pass(world, 1);
    }
    struct isolate *reborn = add_worker(model, later, 1); /* another program under the same pid */
    raise_alert(model, reborn);
    pass(world, 100);
    const struct action *order = take_order(world);
    assert_non_null(order);
    assert_string_equal(order->isolate, "71.1~2");
}

static void what_an_alert_knows_from_before(void **state)
{
    struct world *world = *state;
    struct model *model = &world->scene->model;
    world->alert->growth = (struct growth){.at = model->t - 10, .kind = "Tile", .jobs = 8};
    pass(world, 0);
    assert_null(take_order(world));
    assert_string_equal(world->worker->growth->kind, "Tile");
}

/* ---- in a few words ----------------------------------------------------------------------------- */

static void said_of_a_process(void **state)
{
    struct world *world = *state;
    struct model *model = &world->scene->model;
    char text[128];
    culprits_say(model, 71, text, sizeof text);
    assert_string_equal(text, "");
    world->alert->growth = (struct growth){.at = 1, .kind = "Tile"};
    world->alert->cost = 100;
    culprits_say(model, 71, text, sizeof text);
    assert_string_equal(text, "71.3: Tile");
    struct isolate *more = add_worker(model, world->process, 4);
    struct alert *second = raise_alert(model, more);
    second->growth = (struct growth){.at = 1, .kind = "Map", .file = "/app/a.js", .line = 7};
    second->cost = 200;
    culprits_say(model, 71, text, sizeof text);
    assert_string_equal(text, "71.4: Map made at /app/a.js:7");
    culprits_say(model, 72, text, sizeof text);
    assert_string_equal(text, "");
    struct alert *third = raise_alert(model, more);
    third->growth = (struct growth){.at = 1, .kind = "Less"};
    third->cost = 10;
    second = third - 1;
    culprits_say(model, 71, text, sizeof text);
    assert_string_equal(text, "71.4: Map made at /app/a.js:7");
    second->state = ALERT_RESOLVED; /* its process ended a moment ago */
    second->resolved_at = model->t - 9;
    culprits_say(model, 71, text, sizeof text);
    assert_string_equal(text, "71.4: Map made at /app/a.js:7");
    second->resolved_at = model->t - 11;
    culprits_say(model, 71, text, sizeof text);
    assert_string_equal(text, "71.3: Tile");
}

#define WORLD(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(the_one_that_rises_is_asked),
        WORLD(so_many_jobs_and_samples),
        WORLD(who_is_not_asked),
        WORLD(who_is_spared_and_why),
        WORLD(one_of_a_process_at_a_time),
        WORLD(eight_at_a_time),
        WORLD(again_only_after_a_while),
        WORLD(nobody_waits_for_ever),
        WORLD(what_answers_say),
        WORLD(answers_that_are_none),
        WORLD(an_isolate_that_is_gone_meanwhile),
        WORLD(what_holds_for_others),
        WORLD(what_an_alert_knows_from_before),
        WORLD(said_of_a_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
