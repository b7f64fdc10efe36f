/*
 * Rules about buffers, at their thresholds: the same content sent as copies, what ends of workers do
 * not bring back, stores left to one isolate.
 */
#include "daemon/model/copies.h"
#include "tests/unit/daemon/rule_scene.h"

/* ---- buffer_copy -------------------------------------------------------------------------------- */

static void send_copy(struct scene *scene, uint32_t to, uint64_t bytes, uint64_t print)
{
    struct record record = {.kind = RECORD_copy};
    record.copy.to = to;
    record.copy.bytes = bytes;
    record.copy.print = print;
    copies_add(&scene->process->copies, &record, scene->model.t);
}

static void add_workers(struct scene *scene)
{
    for (uint32_t thread = 2; thread <= 4; thread++) {
        struct isolate *isolate = model_add_isolate(&scene->model, scene->process, thread);
        snprintf(isolate->name, sizeof isolate->name, "w%u", thread);
        isolate->external = 0;
    }
    scene->worker->external = 0;
}

static void the_same_bytes_to_many(void **state)
{
    struct scene *scene = *state;
    add_workers(scene);
    send_copy(scene, 1, 4 * MIB, 77);
    send_copy(scene, 2, 4 * MIB, 77);
    send_copy(scene, 2, 4 * MIB, 77); /* to the same one again */
    send_copy(scene, 3, 4 * MIB, 78); /* other bytes */
    send_copy(scene, 4, 3 * MIB, 77);
    tick(scene, 1);
    assert_null(alert_of(scene, "buffer_copy"));
    send_copy(scene, 3, 4 * MIB, 77);
    tick(scene, 1);
    assert_state(scene, "buffer_copy", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "buffer_copy");
    assert_string_equal(alert->summary, "5.0 sent the same 4.00 MiB to 3 isolates, a copy to each. "
                                        "w1, w2, w3 hold 12.0 MiB together.");
    assert_true(alert->cost == 8.0 * MIB);
    scene->worker->external = scene->model.isolates[2]->external = 4 * MIB;
    scene->model.isolates[3]->external = 4 * MIB - 1; /* has let it go */
    tick(scene, 20);
    assert_state(scene, "buffer_copy", ALERT_RESOLVED);
    assert_true(alert->measured == 4.0 * MIB);
}

static void the_oldest_content_makes_room(void **state)
{
    struct scene *scene = *state;
    for (uint64_t i = 0; i < 3 * COPIES_MAX; i++) {
        scene->model.t++;
        send_copy(scene, 1, MIB, i + 1);
    }
    assert_null(copies_at(scene->process->copies, COPIES_MAX));
    for (size_t i = 0; i < COPIES_MAX; i++) {
        assert_true(copies_at(scene->process->copies, i)->print > 2 * COPIES_MAX);
    }
    for (uint32_t i = 0; i < 2 * COPIES_READERS; i++) {
        send_copy(scene, i, MIB, 3 * COPIES_MAX);
    }
}

/* ---- external_growth ---------------------------------------------------------------------------- */

/* A worker ends, and the process is left with so many bytes outside of its heaps. */
static void end_with(struct scene *scene, uint64_t bytes)
{
    scene->process->external = bytes;
    scene->process->totals.exits++;
    tick(scene, 1);
    tick(scene, 1);
}

static void start_growth(struct scene *scene, uint64_t bytes)
{
    scene->process->shared = 0;
    scene->process->external = bytes;
    tick(scene, 1);
}

static void ends_that_bring_nothing_back(void **state)
{
    struct scene *scene = *state;
    start_growth(scene, 10 * MIB);
    for (uint64_t i = 0; i < 6; i++) {
        end_with(scene, (10 + i) * MIB);
    }
    assert_null(alert_of(scene, "external_growth"));
    for (uint64_t i = 6; i < 9; i++) {
        end_with(scene, (10 + i) * MIB);
    }
    assert_state(scene, "external_growth", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "external_growth");
    assert_true(says(scene, "external_growth", "Behind the last 6 ends it held 1"));
    assert_true(alert->cost == 6.0 * MIB);
    end_with(scene, 12 * MIB);
    end_with(scene, 12 * MIB);
    end_with(scene, 12 * MIB);
    assert_state(scene, "external_growth", ALERT_RESOLVED);
    assert_true(alert->measured > 4.0 * MIB && alert->measured <= 6.0 * MIB);
}

static void what_goes_up_and_down(void **state)
{
    struct scene *scene = *state;
    start_growth(scene, 10 * MIB);
    for (int i = 0; i < 60; i++) {
        end_with(scene, (uint64_t)(10 + i % 6) * MIB); /* five rises in a row */
    }
    end_with(scene, 10 * MIB);
    for (uint64_t i = 0; i < 30; i++) {
        end_with(scene, 20 * MIB + i * 1000); /* rises, but by nothing */
    }
    for (uint64_t i = 0; i < 30; i++) { /* one step, and noise that rises */
        end_with(scene, (i < 15 ? 20 : 40) * MIB + i * 10);
    }
    assert_null(alert_of(scene, "external_growth"));
    for (uint64_t i = 0; i < 8; i++) {
        end_with(scene, (400 + 2 * i) * MIB); /* rises, but by little of what it has */
    }
    assert_null(alert_of(scene, "external_growth"));
}

static void a_store_that_is_left(void **state)
{
    struct scene *scene = *state;
    struct store store = {.id = 9, .bytes = MIB - 1, .most_pins = 3, .is_left = true};
    store.pins = &scene->worker;
    store.pin_count = 1;
    scene->process->stores = &store;
    scene->process->store_count = 1;
    tick(scene, 1);
    assert_null(alert_of(scene, "external_growth"));
    store.bytes = 2 * MIB;
    tick(scene, 1);
    assert_state(scene, "external_growth", ALERT_PENDING);
    store.is_left = false; /* it came to life meanwhile */
    tick(scene, 20);
    assert_null(alert_of(scene, "external_growth"));
    store.is_left = true;
    tick(scene, 1);
    tick(scene, 29.9);
    assert_state(scene, "external_growth", ALERT_PENDING);
    tick(scene, 0.1);
    assert_state(scene, "external_growth", ALERT_FIRING);
    const struct alert *alert = alert_of(scene, "external_growth");
    assert_string_equal(alert->id, "external_growth:5:store:9");
    assert_string_equal(alert->isolate, "5.1");
    scene->process->store_count = 0;
    tick(scene, 1);
    assert_state(scene, "external_growth", ALERT_RESOLVED);
    assert_true(alert->measured == 2.0 * MIB);
    scene->process->stores = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_bytes_to_many),       TEST(the_oldest_content_makes_room),
        TEST(ends_that_bring_nothing_back), TEST(what_goes_up_and_down),
        TEST(a_store_that_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
