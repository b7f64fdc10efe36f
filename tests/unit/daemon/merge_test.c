/*
 * One process described from inside by lines and from outside by a probe: each isolate is there once,
 * and whoever leaves takes only what nobody else knows.
 */
#include "tests/unit/daemon/daemon_fixture.h"

struct pair {
    struct fixture fixture;
    struct emitter probe, agent;
    struct wire_slot *slot; /* the probe's, of thread 1 */
};

static void say_hello(struct emitter *emitter, struct fixture *fixture, const char *role)
{
    char line[160];
    int length = snprintf(line, sizeof line,
                          "{\"type\":\"hello\",\"version\":1,\"pid\":%d,\"name\":\"app\","
                          "\"kind\":\"v8\"%s}",
                          getpid(), role);
    bool has_segment = emitter->segment != NULL;
    int fds[2] = {has_segment ? segment_fd(emitter->segment) : -1,
                  has_segment ? segment_doorbell(emitter->segment) : -1};
    emitter_connect(emitter, fixture);
    assert_int_equal(
        door_send(&emitter->door, line, (size_t)length, fds, has_segment ? 2 : 0), 0);
    assert_non_null(strstr(emitter_receive(emitter, fixture), "welcome"));
}

/* In slots, what a probe does not know is unknown, not 0. */
static struct wire_slot *take_probe_slot(struct emitter *probe, uint32_t thread)
{
    struct wire_slot *slot = segment_take_slot(probe->segment, thread);

    set(&slot->heap_total, WIRE_UNKNOWN);
    set(&slot->heap_limit, WIRE_UNKNOWN);
    set(&slot->external, WIRE_UNKNOWN);
    set(&slot->heap_used, 1000);
    set(&slot->heap_live, 900);
    set(&slot->clones, 3);
    set(&slot->clone_bytes, 333);
    set(&slot->state, WIRE_RUNNING);
    return slot;
}

static void pair_open(struct pair *pair)
{
    struct error error = {""};

    memset(pair, 0, sizeof *pair);
    fixture_open(&pair->fixture);
    assert_int_equal(segment_create(&pair->probe.segment, &emitter_counts, 0, &error), 0);
    say_hello(&pair->probe, &pair->fixture, ",\"role\":\"probe\"");
    pair->slot = take_probe_slot(&pair->probe, 1);
    fixture_tick(&pair->fixture);
    say_hello(&pair->agent, &pair->fixture, "");
    emitter_send(&pair->agent, "{\"type\":\"heap\",\"thread\":1,\"name\":\"w1\",\"used\":2000,"
                               "\"total\":5000,\"limit\":9000,\"external\":70,\"jobs\":4,"
                               "\"gc_count\":6,\"gc_seconds\":0.5,\"state\":\"idle\"}");
    fixture_tick(&pair->fixture);
}

static void pair_close(struct pair *pair)
{
    emitter_close(&pair->agent);
    emitter_close(&pair->probe);
    fixture_close(&pair->fixture);
}

static void test_shown_once(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair);
    const struct model *model = &pair.fixture.daemon.model;
    const struct isolate *isolate = isolate_of(&pair.fixture, 1);

    assert_int_equal(model->process_count, 1);
    assert_int_equal(model->isolate_count, 1);
    assert_int_equal(isolate->sources, MODEL_PROBE | MODEL_AGENT);
    assert_string_equal(isolate->name, "w1");
    assert_int_equal(isolate->heap.used, 2000); /* the newer word */
    assert_int_equal(isolate->heap.total, 5000);
    assert_int_equal(isolate->heap.limit, 9000);
    assert_int_equal(isolate->heap.live, 900); /* only the probe has said it */
    assert_int_equal(isolate->external, 70);
    assert_int_equal(isolate->clone.bytes, 333);
    assert_int_equal(isolate->jobs, 4);
    assert_int_equal(isolate->gc.count, 6);
    assert_int_equal(isolate->state, MODEL_IDLE);
    assert_false(isolate->is_stale);

    set(&pair.slot->heap_used, 3000); /* a collection, seen from outside */
    set(&pair.slot->heap_live, 2500);
    fixture_tick(&pair.fixture);
    assert_int_equal(isolate->heap.used, 3000);
    assert_int_equal(isolate->heap.live, 2500);
    assert_int_equal(isolate->heap.total, 5000);
    assert_int_equal(isolate->state, MODEL_IDLE);
    pair_close(&pair);
}

static void test_an_end_is_one(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair);
    emitter_send(&pair.agent, "{\"type\":\"exit\",\"thread\":1,\"code\":5}");
    fixture_tick(&pair.fixture);
    set(&pair.slot->heap_used, 4000); /* the probe has not heard yet */
    emitter_send(&pair.agent, "{\"type\":\"heap\",\"thread\":1,\"used\":1}");
    fixture_tick(&pair.fixture);
    assert_int_equal(pair.fixture.daemon.model.isolate_count, 1);
    const struct isolate *isolate = isolate_of(&pair.fixture, 1);
    assert_true(isolate->has_ended);
    assert_int_equal(isolate->state, MODEL_EXITED);
    assert_int_equal(isolate->exit_code, 5);
    assert_int_equal(isolate->heap.used, 0);

    struct ring_writer writer = segment_ring_writer(pair.probe.segment, pair.slot);
    push(&writer, RECORD_exit, 1, 5); /* and now it has */
    fixture_tick(&pair.fixture);
    const struct event *events[8];
    assert_int_equal(all_events(&pair.fixture, events, 8), 1);

    /* A slot that the probe fills only after the agent has told that it is over. */
    emitter_send(&pair.agent, "{\"type\":\"heap\",\"thread\":2,\"used\":1}");
    emitter_send(&pair.agent, "{\"type\":\"exit\",\"thread\":2,\"code\":0}");
    fixture_tick(&pair.fixture);
    take_probe_slot(&pair.probe, 2);
    fixture_tick(&pair.fixture);
    assert_int_equal(pair.fixture.daemon.model.isolate_count, 2);
    assert_true(isolate_of(&pair.fixture, 2)->has_ended);
    pair_close(&pair);
}

static void test_the_agent_leaves(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair);
    door_fini(&pair.agent.door);
    fixture_pump(&pair.fixture, 100);
    set(&pair.slot->clone_bytes, 444);
    fixture_tick(&pair.fixture);
    const struct isolate *isolate = isolate_of(&pair.fixture, 1);
    assert_false(isolate->has_ended);
    assert_false(isolate->is_stale);
    assert_false(isolate->process->is_stale);
    assert_int_equal(isolate->heap.total, 5000);
    assert_int_equal(isolate->jobs, 4);
    assert_int_equal(isolate->clone.bytes, 444);
    pair_close(&pair);
}

static void test_the_probe_leaves(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair);
    emitter_send(&pair.probe, "{\"type\":\"bye\"}");
    fixture_tick(&pair.fixture);
    emitter_send(&pair.agent, "{\"type\":\"heap\",\"thread\":1,\"used\":2100,\"total\":5000}");
    fixture_tick(&pair.fixture);
    const struct isolate *isolate = isolate_of(&pair.fixture, 1);
    assert_int_equal(pair.fixture.daemon.model.isolate_count, 1);
    assert_false(isolate->has_ended);
    assert_false(isolate->is_stale);
    assert_int_equal(isolate->sources, MODEL_AGENT);
    assert_int_equal(isolate->heap.used, 2100);
    assert_int_equal(isolate->clone.bytes, 333); /* what it knew stays */
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown_once),
        cmocka_unit_test(test_an_end_is_one),
        cmocka_unit_test(test_the_agent_leaves),
        cmocka_unit_test(test_the_probe_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
