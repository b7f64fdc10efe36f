/*
 * Memory that runs out: every allocation of taking an emitter in and reading it fails once, in
 * turn. The daemon goes on, gives everything back, and takes the emitter in when there is memory
 * again.
 */
#include "tests/unit/failing_memory.h"
#include "tests/unit/daemon/daemon_fixture.h"

#ifdef FAILING_MEMORY_SKIPPED
int main(void)
{
    puts("SKIPPED: the sanitizer owns the allocator");
    return 0;
}
#else

#include "daemon/judge/budget.h"
#include "daemon/model/past.h"
#include "daemon/judge/rules.h"
#include "daemon/judge/verdict.h"

static struct segment *segment;
static struct ring_writer writer;

/* One emitter comes, is read for three ticks, and everything is judged. True when nothing failed.
 */
static bool use_daemon(void)
{
    struct fixture fixture;
    struct emitter emitter = {.segment = segment};
    struct model *model = &fixture.daemon.model;
    long armed = fail_after;

    fail_after = -1;
    fixture_open(&fixture);
    struct ledger *ledger = budget_new("", NULL);
    struct alerts *alerts = alerts_new();
    emitter_connect(&emitter, &fixture);
    emitter_hello(&emitter, "duktape");
    push(&writer, RECORD_spawn, 9, segment_intern(segment, "short", 5));
    push(&writer, RECORD_job, 0, segment_intern(segment, "resize", 6));
    fail_after = armed;
    for (int i = 0; i < 3; i++) {
        fixture_pump(&fixture, 0);
        model->t += 1;
        model->tick++;
        ingest_tick(fixture.daemon.ingest);
        ingest_sweep(fixture.daemon.ingest);
        budget_tick(ledger, model, &fixture.config);
        rules_tick(alerts, model, &fixture.config);
        verdict_tick(model);
        past_tick(model, &fixture.config);
    }
    bool is_whole = model->process_count == 1 && model->isolate_count == 3 &&
                    model->budget_count == 1 && model->processes[0]->store_count == 1 &&
                    model->processes[0]->history != NULL;
    armed = fail_after;
    fail_after = -1;
    budget_free(&ledger);
    alerts_free(&alerts);
    door_fini(&emitter.door);
    fixture_close(&fixture);
    fail_after = armed;
    return is_whole;
}

static void check_balance(bool is_balanced)
{
    assert_true(is_balanced);
}

static void test_ingest(void **state)
{
    (void)state;
    assert_int_equal(segment_create(&segment, &emitter_counts, 0, NULL), 0);
    writer = segment_ring_writer(segment, segment_take_slot(segment, 0));
    segment_take_slot(segment, 1);
    struct wire_store *store = segment_add_store(segment, 1000, true);
    segment_add_pin(segment, store, 1);
    long visited = fail_each_allocation(use_daemon, check_balance);
    print_message("%ld allocations\n", visited);
    assert_true(visited > 20);
    segment_free(&segment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ingest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
