/*
 * What is live between full collections, for heaps that leak, that do not, that warm up and stop, and
 * for those of which too little is known.
 */
#include "probes/estimate.h"

#include "wire/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define MB UINT64_C(1000000)

/* A heap to which each job adds `kept` that stay and `waste` that do not, in bytes. */
struct heap {
    struct estimate estimate;
    uint64_t live, garbage, jobs;
};

/* Jobs with a minor collection behind every tenth; what the last one was taken for. */
static uint64_t work(struct heap *heap, uint64_t jobs, uint64_t kept, uint64_t waste)
{
    uint64_t told = WIRE_UNKNOWN;

    for (uint64_t i = 1; i <= jobs; i++) {
        heap->live += kept;
        heap->garbage += waste;
        heap->jobs++;
        if (i % 10 == 0) {
            told = estimate_minor(&heap->estimate, heap->live + heap->garbage, heap->jobs);
        }
    }
    return told;
}

static void collect(struct heap *heap)
{
    heap->garbage = 0;
    estimate_full(&heap->estimate, heap->live, heap->jobs);
}

static void heap_init(struct heap *heap)
{
    *heap = (struct heap){.live = 5 * MB};
    estimate_init(&heap->estimate);
    collect(heap);
}

/* `told` is what is live. */
static void assert_near(const struct heap *heap, uint64_t told, double share)
{
    double live = (double)heap->live;

    assert_true(told != WIRE_UNKNOWN);
    assert_true((double)told > live * (1 - share) && (double)told < live * (1 + share));
}

static void test_a_leak_is_followed(void **state)
{
    (void)state;
    const uint64_t wastes[] = {0, MB / 100, MB / 10, MB / 2};
    for (size_t i = 0; i < sizeof wastes / sizeof *wastes; i++) {
        struct heap heap;
        heap_init(&heap);
        work(&heap, 100, MB / 10, wastes[i]);
        collect(&heap);
        work(&heap, 200, MB / 10, wastes[i]);
        collect(&heap);
        for (int n = 0; n < 20; n++) {
            assert_near(&heap, work(&heap, 40, MB / 10, wastes[i]), 0.02);
        }
    }
}

static void test_garbage_is_no_rise(void **state)
{
    (void)state;
    struct heap heap;
    heap_init(&heap);
    for (int n = 0; n < 3; n++) {
        work(&heap, 100, 0, MB / 10);
        collect(&heap);
    }
    for (int n = 0; n < 50; n++) {
        assert_near(&heap, work(&heap, 40, 0, MB / 10), 0.001);
    }
    for (int n = 0; n < 20; n++) { /* other jobs, with more of it */
        assert_near(&heap, work(&heap, 40, 0, MB / 2), 0.001);
    }
}

static void test_a_warm_up_that_stops(void **state)
{
    (void)state;
    struct heap heap;
    heap_init(&heap);
    for (int n = 0; n < 2; n++) {
        work(&heap, 100, MB / 10, MB / 20);
        collect(&heap);
    }
    for (int n = 0; n < 50; n++) {
        assert_near(&heap, work(&heap, 40, 0, MB / 20), 0.001);
    }
}

static void test_too_little_is_known(void **state)
{
    (void)state;
    struct heap heap;
    estimate_init(&heap.estimate);
    heap.live = 5 * MB;
    heap.garbage = heap.jobs = 0;
    assert_true(work(&heap, 100, MB, 0) == WIRE_UNKNOWN);
    collect(&heap);
    assert_true(work(&heap, 100, MB, 0) == WIRE_UNKNOWN);
    collect(&heap);
    assert_true(work(&heap, 20, MB, 0) == WIRE_UNKNOWN);
    collect(&heap); /* two minor ones: too few to tell what it was like */
    assert_true(work(&heap, 100, MB, 0) == WIRE_UNKNOWN);
    collect(&heap);
    assert_near(&heap, work(&heap, 100, MB, 0), 0.0001);
    /* without jobs it has no rate, and is not asked for one */
    collect(&heap);
    collect(&heap);
    assert_true(estimate_minor(&heap.estimate, heap.live / 2, heap.jobs) == WIRE_UNKNOWN);
    estimate_minor(&heap.estimate, heap.live / 2, heap.jobs);
    assert_true(estimate_minor(&heap.estimate, heap.live / 2, heap.jobs) == heap.live / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_leak_is_followed),
        cmocka_unit_test(test_garbage_is_no_rise),
        cmocka_unit_test(test_a_warm_up_that_stops),
        cmocka_unit_test(test_too_little_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
