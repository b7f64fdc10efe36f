/*
 * What an emitter puts into its segment is what a collector reads from it: every table, through a
 * mapping of its own; what does not fit is counted; entries are reused oldest first under a new
 * generation.
 */
#include "wire/segment.h"
#include "wire/view.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct wire_counts small = {
    .slot_count = 100, .store_count = 8, .pin_count = 8, .string_bytes = 4096, .ring_records = 64};

struct pair {
    struct segment *segment;
    struct view *view;
};

static int set_up(void **state)
{
    struct pair *pair = calloc(1, sizeof *pair);
    *state = pair;
    return segment_create(&pair->segment, &small, 0, NULL) |
           view_open(&pair->view, segment_fd(pair->segment), NULL);
}

static int tear_down(void **state)
{
    struct pair *pair = *state;
    view_close(&pair->view);
    segment_free(&pair->segment);
    free(pair);
    return 0;
}

static struct wire_process_copy process_of(const struct pair *pair)
{
    struct wire_process_copy copy;
    view_read_process(pair->view, &copy);
    return copy;
}

static void test_the_segment_is_sealed_and_knows_its_process(void **state)
{
    struct pair *pair = *state;
    int seals = fcntl(segment_fd(pair->segment), F_GET_SEALS);
    assert_int_equal(seals & (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL),
                     F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    assert_int_equal(view_pid(pair->view), getpid());
    assert_true(view_start_time(pair->view) > 0);
    assert_int_equal(view_bytes(pair->view) % 4096, 0);
    assert_true(segment_doorbell(pair->segment) >= 0);
}

static void test_every_word_of_a_slot_arrives(void **state)
{
    struct pair *pair = *state;
    struct wire_slot *slot = segment_take_slot(pair->segment, 7);
    struct wire_slot_copy copy;
    uint64_t value = 1000;
#define FIELD(name, unit, text) atomic_store(&slot->name, value++);
#include "wire/slot.def"
#undef FIELD
    assert_int_equal(view_slot_count(pair->view), 1);
    assert_true(view_read_slot(pair->view, 0, &copy));
    assert_int_equal(copy.generation % 2, 1);
    value = 1000;
#define FIELD(name, unit, text) assert_int_equal(copy.name, value++);
#include "wire/slot.def"
#undef FIELD
}

static void test_a_fresh_slot_is_zero_but_for_what_is_known(void **state)
{
    struct pair *pair = *state;
    struct wire_slot_copy copy;
    segment_take_slot(pair->segment, 42);
    assert_true(view_read_slot(pair->view, 0, &copy));
    assert_int_equal(copy.thread, 42);
    assert_int_equal(copy.state, WIRE_STARTING);
    assert_true(copy.started > 0);
    assert_true(copy.heap_live == WIRE_UNKNOWN);
    assert_int_equal(copy.heap_used | copy.jobs | copy.queued | copy.clones | copy.idle_since, 0);
}

static void test_every_word_of_the_process_arrives(void **state)
{
    struct pair *pair = *state;
    struct wire_process *process = segment_process(pair->segment);
    uint64_t value = 5;
#define FIELD(name, unit, text) atomic_store(&process->name, value++);
#include "wire/process.def"
#undef FIELD
    struct wire_process_copy copy = process_of(pair);
    value = 5;
#define FIELD(name, unit, text) assert_int_equal(copy.name, value++);
#include "wire/process.def"
#undef FIELD
}

/* A given-back slot keeps its words, readable, until others have been used in its stead. */
static void test_slots_are_reused_oldest_first_under_a_new_generation(void **state)
{
    struct pair *pair = *state;
    struct wire_slot_copy copy;
    struct wire_slot *first = segment_take_slot(pair->segment, 1);
    atomic_store(&first->jobs, 9);
    segment_give_slot(pair->segment, first);
    assert_true(view_read_slot(pair->view, 0, &copy));
    assert_int_equal(copy.generation, 2);
    assert_int_equal(copy.jobs, 9);
    struct wire_slot *again = NULL;
    uint32_t taken = 0;
    while (again != first && taken < 1000) {
        again = segment_take_slot(pair->segment, 100 + taken++);
        assert_non_null(again);
        if (again != first) {
            segment_give_slot(pair->segment, again);
        }
    }
    assert_true(taken > 32); /* it rested */
    assert_true(view_read_slot(pair->view, 0, &copy));
    assert_int_equal(copy.generation, 3);
    assert_int_equal(copy.jobs, 0);
    assert_true(view_slot_count(pair->view) <= small.slot_count);
}

static void test_full_tables_are_counted(void **state)
{
    struct pair *pair = *state;
    struct wire_store *store = NULL;
    for (uint32_t i = 0; i < small.slot_count; i++) {
        assert_non_null(segment_take_slot(pair->segment, i));
    }
    assert_null(segment_take_slot(pair->segment, 1));
    for (uint32_t i = 0; i < small.store_count; i++) {
        assert_non_null(store = segment_add_store(pair->segment, 1, true));
    }
    assert_null(segment_add_store(pair->segment, 1, true));
    for (uint32_t i = 0; i < small.pin_count; i++) {
        assert_int_equal(segment_add_pin(pair->segment, store, i), i);
    }
    assert_true(segment_add_pin(pair->segment, store, 99) == SEGMENT_NO_PIN);
    segment_remove_pin(pair->segment, SEGMENT_NO_PIN);
    struct wire_process_copy process = process_of(pair);
    assert_int_equal(process.isolates_unlisted, 1);
    assert_int_equal(process.stores_unlisted, 1);
    assert_int_equal(process.pins_unlisted, 1);
    assert_int_equal(view_slot_count(pair->view), small.slot_count);
    assert_int_equal(view_store_count(pair->view), small.store_count);
    assert_int_equal(view_pin_count(pair->view), small.pin_count);
}

static void test_stores_and_pins_come_and_go(void **state)
{
    struct pair *pair = *state;
    struct wire_store_copy copy;
    uint32_t store_id, thread;
    struct wire_store *store = segment_add_store(pair->segment, 80 << 20, true);
    uint32_t pin = segment_add_pin(pair->segment, store, 0);
    assert_true(view_read_store(pair->view, 0, &copy));
    assert_int_equal(copy.bytes, 80 << 20);
    assert_int_equal(copy.is_shared, 1);
    assert_int_equal(copy.refs, 1);
    assert_true(view_read_pin(pair->view, pin, &store_id, &thread));
    assert_int_equal(store_id, copy.id);
    assert_int_equal(thread, 0);
    segment_remove_pin(pair->segment, pin);
    assert_false(view_read_pin(pair->view, pin, &store_id, &thread));
    segment_remove_store(pair->segment, store);
    assert_false(view_read_store(pair->view, 0, &copy));
    store = segment_add_store(pair->segment, 5, false);
    uint64_t first_id = copy.id;
    assert_true(view_read_store(pair->view, 0, &copy));
    assert_int_not_equal(copy.id, first_id);
}

static void test_names_are_kept_once_and_cut(void **state)
{
    struct pair *pair = *state;
    char name[WIRE_NAME_MAX + 1], long_name[400];
    uint32_t id = segment_intern(pair->segment, "resize", 6);
    assert_int_equal(segment_intern(pair->segment, "resize", 6), id);
    assert_int_not_equal(segment_intern(pair->segment, "resiz", 5), id);
    assert_int_equal(view_read_name(pair->view, id, name), 6);
    assert_string_equal(name, "resize");
    memset(long_name, 'x', sizeof long_name);
    id = segment_intern(pair->segment, long_name, sizeof long_name);
    assert_int_equal(view_read_name(pair->view, id, name), WIRE_NAME_MAX);
    assert_int_equal(segment_intern(pair->segment, "", 0), 0);
    assert_int_equal(view_read_name(pair->view, 0, name), 0);
}

static void test_a_full_string_table_is_counted_and_old_names_stay(void **state)
{
    struct pair *pair = *state;
    char text[WIRE_NAME_MAX + 1], name[32];
    uint32_t first = segment_intern(pair->segment, "first", 5), refused = 0;
    for (int i = 0; i < 1000; i++) {
        int length = snprintf(name, sizeof name, "name-%d", i);
        refused += segment_intern(pair->segment, name, (size_t)length) == 0;
    }
    assert_true(refused > 0);
    assert_int_equal(process_of(pair).names_unlisted, refused);
    view_read_name(pair->view, first, text);
    assert_string_equal(text, "first");
    assert_int_equal(segment_intern(pair->segment, "first", 5), first);
}

static void test_each_slot_has_a_ring_of_its_own(void **state)
{
    struct pair *pair = *state;
    struct record record = {.kind = RECORD_gc, .thread = 1}, out[4];
    for (uint32_t i = 0; i < 3; i++) {
        struct wire_slot *slot = segment_take_slot(pair->segment, i);
        struct ring_writer writer = segment_ring_writer(pair->segment, slot);
        record.t = i;
        ring_push(&writer, &record);
    }
    for (uint32_t i = 0; i < 3; i++) {
        struct ring_reader reader = {0};
        assert_int_equal(view_read_ring(pair->view, i, &reader, out, 4), 1);
        assert_int_equal(out[0].t, i);
        assert_int_equal(out[0].kind, RECORD_gc);
    }
}

static void test_the_view_outlives_the_descriptor_and_the_emitter(void **state)
{
    struct pair *pair = *state;
    struct wire_slot_copy copy;
    segment_take_slot(pair->segment, 3);
    segment_free(&pair->segment);
    assert_true(view_read_slot(pair->view, 0, &copy));
    assert_int_equal(copy.thread, 3);
    segment_free(&pair->segment);
}

static void test_counts_out_of_range_make_no_segment(void **state)
{
    (void)state;
    const struct wire_counts wrong[] = {
        {0, 1, 1, 4096, 64},
        {1, 0, 1, 4096, 64},
        {1, 1, 0, 4096, 64},
        {1, 1, 1, 4095, 64},
        {1, 1, 1, 4096, 63},
        {1, 1, 1, 4096, 96},
        {WIRE_SLOTS_MAX + 1, 1, 1, 4096, 64},
        {WIRE_SLOTS_MAX, 1, 1, 4096, 65536},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct segment *segment;
        struct error error;
        assert_true(segment_create(&segment, &wrong[i], 0, &error) < 0);
        assert_null(segment);
        assert_true(strlen(error.text) > 0);
    }
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PAIR(test_the_segment_is_sealed_and_knows_its_process),
        WITH_PAIR(test_every_word_of_a_slot_arrives),
        WITH_PAIR(test_a_fresh_slot_is_zero_but_for_what_is_known),
        WITH_PAIR(test_every_word_of_the_process_arrives),
        WITH_PAIR(test_slots_are_reused_oldest_first_under_a_new_generation),
        WITH_PAIR(test_full_tables_are_counted),
        WITH_PAIR(test_stores_and_pins_come_and_go),
        WITH_PAIR(test_names_are_kept_once_and_cut),
        WITH_PAIR(test_a_full_string_table_is_counted_and_old_names_stay),
        WITH_PAIR(test_each_slot_has_a_ring_of_its_own),
        WITH_PAIR(test_the_view_outlives_the_descriptor_and_the_emitter),
        cmocka_unit_test(test_counts_out_of_range_make_no_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
