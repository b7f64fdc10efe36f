/* Flows between isolates: what is counted where, windows, sizes, forgetting, and their bounds. */
#include "daemon/model/flows.h"
#include "wire/layout.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1700000005.0 /* five seconds into a step */

static struct record clone_of(uint32_t from, uint32_t to, uint64_t bytes)
{
    struct record record = {.kind = RECORD_clone, .thread = from};

    record.clone.to = to;
    record.clone.bytes = bytes;
    record.clone.serialize = 1000;
    return record;
}

static void test_both_sides_meet_in_one_flow(void **state)
{
    (void)state;
    struct flows *flows = NULL;
    struct flow_sums sums;
    struct record record = clone_of(1, 2, 100);
    flows_add(&flows, &record, NOW);
    record = (struct record){.kind = RECORD_deliver, .thread = 2};
    record.deliver.from = 1;
    record.deliver.queue = 5000;
    record.deliver.deserialize = 2000;
    record.deliver.copies = 2;
    flows_add(&flows, &record, NOW);
    record.deliver.copies = 0; /* discarded */
    flows_add(&flows, &record, NOW);
    record = (struct record){.kind = RECORD_detach, .thread = 1};
    record.detach.to = 2;
    record.detach.bytes = 4096;
    flows_add(&flows, &record, NOW);
    record = (struct record){.kind = RECORD_share, .thread = 2};
    record.share.from = 1;
    record.share.bytes = 64;
    flows_add(&flows, &record, NOW);
    record.share.from = WIRE_UNKNOWN; /* made here: nobody sent it */
    flows_add(&flows, &record, NOW);
    record = (struct record){.kind = RECORD_gc, .thread = 1};
    flows_add(&flows, &record, NOW);

    const struct flow *flow = flows_next(flows, NULL);
    assert_non_null(flow);
    assert_null(flows_next(flows, flow));
    assert_int_equal(flows_from(flow), 1);
    assert_int_equal(flows_to(flow), 2);
    assert_true(flows_sum(flow, NOW, 60, &sums) == 55);
    assert_int_equal(sums.messages, 1);
    assert_int_equal(sums.delivered, 1);
    assert_int_equal(sums.clone_bytes, 100);
    assert_int_equal(sums.transfer_bytes, 4096);
    assert_int_equal(sums.share_bytes, 64);
    assert_true(fabs(sums.serialize_seconds - 1e-6) < 1e-12);
    assert_true(fabs(sums.deserialize_seconds - 4e-6) < 1e-12);
    assert_true(fabs(sums.queue_seconds - 10e-6) < 1e-12);
    flows_free(&flows);
    assert_null(flows);
}

static void test_what_was_not_timed_is_reckoned(void **state)
{
    (void)state;
    struct flows *flows = NULL;
    struct flow_sums sums;
    for (int i = 0; i < 10; i++) { /* one of them two steps before the others */
        struct record record = clone_of(1, 2, 100);
        record.clone.serialize = i == 0 ? 3000 : WIRE_UNKNOWN;
        flows_add(&flows, &record, i == 0 ? NOW - 20 : NOW);
        record = (struct record){.kind = RECORD_deliver, .thread = 2};
        record.deliver.from = 1;
        record.deliver.copies = 2;
        record.deliver.queue = i == 0 ? 7000 : WIRE_UNKNOWN;
        record.deliver.deserialize = i == 0 ? 2000 : WIRE_UNKNOWN;
        flows_add(&flows, &record, i == 0 ? NOW - 20 : NOW);
    }
    flows_sum(flows_next(flows, NULL), NOW, 60, &sums);
    assert_int_equal(sums.messages, 10);
    assert_int_equal(sums.delivered, 10);
    assert_true(fabs(sums.serialize_seconds - 30e-6) < 1e-12);
    assert_true(fabs(sums.deserialize_seconds - 20e-6) < 1e-12);
    assert_true(fabs(sums.queue_seconds - 70e-6) < 1e-12);
    flows_free(&flows);
}

static void test_a_window_holds_what_lies_in_it(void **state)
{
    (void)state;
    struct flows *flows = NULL;
    struct flow_sums sums;
    for (int i = 0; i < 100; i++) { /* one a step, over 1,000 s */
        struct record record = clone_of(1, 2, 10);
        flows_add(&flows, &record, NOW - 990 + i * 10);
    }
    const struct flow *flow = flows_next(flows, NULL);
    assert_true(flows_sum(flow, NOW, 1, &sums) == 5);
    assert_int_equal(sums.messages, 1);
    assert_true(flows_sum(flow, NOW, 60, &sums) == 55);
    assert_int_equal(sums.messages, 6);
    flows_sum(flow, NOW, FLOWS_WINDOW_S, &sums);
    assert_int_equal(sums.messages, 30);
    flows_sum(flow, NOW, 1e9, &sums);
    assert_int_equal(sums.messages, 30);
    flows_sum(flow, NOW + 280, FLOWS_WINDOW_S, &sums);
    assert_int_equal(sums.messages, 2);
    flows_sum(flow, NOW - 1e6, FLOWS_WINDOW_S, &sums); /* the clock was set back */
    assert_int_equal(sums.messages, 0);
    flows_free(&flows);
}

static void test_sizes(void **state)
{
    (void)state;
    struct flows *flows = NULL;
    uint64_t counts[FLOWS_SIZES];
    for (int i = 0; i < 100; i++) {
        struct record record = clone_of(1, 2, i < 98 ? 1000 : 1000000);
        flows_add(&flows, &record, NOW);
    }
    const struct flow *flow = flows_next(flows, NULL);
    assert_true(fabs(flows_size(flow, NOW, 0.5) / 1000 - 1) < 0.1);
    assert_true(fabs(flows_size(flow, NOW, 0.99) / 1000000 - 1) < 0.1);
    flows_sizes(flow, NOW, counts);
    assert_int_equal(counts[9], 98); /* 512 up to 1024 */
    assert_int_equal(counts[19], 2);
    assert_true(isnan(flows_size(flow, NOW + 400, 0.5))); /* too old to be told */
    struct record huge = clone_of(1, 2, UINT64_MAX - 1), none = clone_of(1, 2, 0);
    flows_add(&flows, &huge, NOW);
    flows_add(&flows, &none, NOW);
    flows_sizes(flow, NOW, counts);
    assert_int_equal(counts[FLOWS_SIZES - 1], 1);
    assert_int_equal(counts[0], 1);
    flows_free(&flows);
}

static void test_the_silent_are_forgotten(void **state)
{
    (void)state;
    struct flows *flows = NULL;
    struct record record = clone_of(1, 2, 10);
    flows_add(&flows, &record, NOW);
    record = clone_of(1, 3, 10);
    flows_add(&flows, &record, NOW + 500);
    flows_expire(flows, NOW + FLOWS_KEEP_S + 20);
    const struct flow *flow = flows_next(flows, NULL);
    assert_int_equal(flows_to(flow), 3);
    assert_null(flows_next(flows, flow));
    flows_expire(flows, NOW + 2 * FLOWS_KEEP_S);
    assert_null(flows_next(flows, NULL));
    flows_expire(NULL, NOW);
    flows_free(&flows);
}

static void test_there_is_a_limit(void **state)
{
    (void)state;
    struct flows *flows = NULL;
    for (uint32_t i = 0; i < FLOWS_MAX + 5; i++) {
        struct record record = clone_of(0, i, 10);
        flows_add(&flows, &record, NOW);
    }
    size_t count = 0;
    for (const struct flow *flow = flows_next(flows, NULL); flow != NULL;
         flow = flows_next(flows, flow)) {
        count++;
    }
    assert_int_equal(count, FLOWS_MAX);
    assert_int_equal(flows_refused(flows), 5);
    flows_free(&flows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_sides_meet_in_one_flow),
        cmocka_unit_test(test_what_was_not_timed_is_reckoned),
        cmocka_unit_test(test_a_window_holds_what_lies_in_it),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_the_silent_are_forgotten),
        cmocka_unit_test(test_there_is_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
