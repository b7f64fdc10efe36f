/*
 * Many threads of one emitter at the same tables, a collector reading beside them: nothing is
 * handed out twice, what is read is of one life, and afterwards everything is free again. Meant for
 * ThreadSanitizer as much as for itself.
 */
#include "wire/segment.h"
#include "wire/view.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define THREADS 4
#define ROUNDS  3000
#define NAMES   50

static const struct wire_counts small = {.slot_count = 128,
                                         .store_count = 16,
                                         .pin_count = 16,
                                         .string_bytes = 8192,
                                         .ring_records = 64};

struct worker {
    pthread_t thread;
    struct segment *segment;
    uint32_t number;
    uint32_t ids[NAMES];
    bool was_shared; /* a slot or store was someone else's at the same time */
};

/* Takes everything, marks it as its own, looks whether the mark stays, gives everything back. */
static void one_round(struct worker *worker)
{
    struct wire_slot *slot = segment_take_slot(worker->segment, worker->number);
    struct wire_store *store = segment_add_store(worker->segment, worker->number, true);
    if (slot != NULL) {
        struct ring_writer writer = segment_ring_writer(worker->segment, slot);
        struct record record = {.kind = RECORD_job, .thread = worker->number};
        atomic_store_explicit(&slot->jobs, worker->number, memory_order_relaxed);
        ring_push(&writer, &record);
        worker->was_shared |= atomic_load(&slot->thread) != worker->number ||
                              atomic_load(&slot->jobs) != worker->number;
        segment_give_slot(worker->segment, slot);
    }
    if (store != NULL) {
        uint32_t pin = segment_add_pin(worker->segment, store, worker->number);
        worker->was_shared |= atomic_load(&store->bytes) != worker->number;
        segment_remove_pin(worker->segment, pin);
        segment_remove_store(worker->segment, store);
    }
}

static void *work(void *pointer)
{
    struct worker *worker = pointer;
    for (int round = 0; round < ROUNDS; round++) {
        char name[32];
        int length = snprintf(name, sizeof name, "job-%d", round % NAMES);
        worker->ids[round % NAMES] = segment_intern(worker->segment, name, (size_t)length);
        one_round(worker);
    }
    return NULL;
}

/* Within one life thread and jobs are either both the owner's, or jobs is still 0. */
static void read_all(const struct view *view)
{
    char name[WIRE_NAME_MAX + 1];
    for (uint32_t i = 0; i < view_slot_count(view); i++) {
        struct wire_slot_copy slot;
        if (view_read_slot(view, i, &slot) && slot.generation % 2 == 1) {
            assert_true(slot.jobs == 0 || slot.jobs == slot.thread);
        }
    }
    for (uint32_t i = 0; i < view_store_count(view); i++) {
        struct wire_store_copy store;
        if (view_read_store(view, i, &store)) {
            assert_true(store.bytes >= 1 && store.bytes <= THREADS && store.id > 0);
        }
    }
    if (view_read_name(view, 4, name) > 0) {
        assert_string_equal(name, "job-0");
    }
}

static void test_many_threads_share_the_tables(void **state)
{
    (void)state;
    struct worker workers[THREADS];
    struct segment *segment;
    struct view *view;
    assert_int_equal(segment_create(&segment, &small, 0, NULL), 0);
    assert_int_equal(view_open(&view, segment_fd(segment), NULL), 0);
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.segment = segment, .number = i + 1};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < 2000; i++) {
        read_all(view);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_false(workers[i].was_shared);
        assert_memory_equal(workers[i].ids, workers[0].ids, sizeof workers[0].ids);
    }
    struct wire_process_copy process;
    view_read_process(view, &process);
    assert_int_equal(process.isolates_unlisted + process.stores_unlisted + process.pins_unlisted +
                         process.names_unlisted,
                     0);
    for (uint32_t i = 0; i < small.slot_count; i++) {
        struct wire_slot_copy slot;
        assert_true(view_read_slot(view, i, &slot));
        assert_int_equal(slot.generation % 2, 0);
    }
    for (uint32_t i = 0; i < small.slot_count; i++) {
        assert_non_null(segment_take_slot(segment, 1));
    }
    assert_null(segment_take_slot(segment, 1));
    view_close(&view);
    segment_free(&segment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_threads_share_the_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
