/*
 * Stores are counted once wherever they are held: by references, in the segment's table, in the
 * process word; and the last reference, on whatever thread, takes all of that back.
 */
#include "tests/unit/failing_memory.h"

#include "runtime/message.h"
#include "runtime/store.h"
#include "wire/view.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct wire_counts small = {
    .slot_count = 4, .store_count = 8, .pin_count = 8, .string_bytes = 4096, .ring_records = 64};

static struct segment *segment;
static struct view *view;

static int set_up(void **state)
{
    (void)state;
    return segment_create(&segment, &small, 0, NULL) | view_open(&view, segment_fd(segment), NULL);
}

static int tear_down(void **state)
{
    (void)state;
    view_close(&view);
    segment_free(&segment);
    return 0;
}

static uint64_t shared_bytes(void)
{
    return atomic_load(&segment_process(segment)->shared);
}

static unsigned listed(struct wire_store_copy *last)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < view_store_count(view); i++) {
        struct wire_store_copy copy;
        if (view_read_store(view, i, &copy)) {
            count++;
            *last = copy;
        }
    }
    return count;
}

static void test_memory_is_zeroed_at_every_size(void **state)
{
    (void)state;
    const size_t sizes[] = {0, 1, 100, 5000, 70000, (1 << 20) - 1, 1 << 20, 3000001};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct store *store = store_new(NULL, sizes[i], false);
        unsigned char *data = store_data(store);
        assert_int_equal(store_bytes(store), sizes[i]);
        assert_int_equal((uintptr_t)data % 16, 0);
        for (size_t at = 0; at < sizes[i]; at++) {
            assert_int_equal(data[at], 0);
            data[at] = 0xee;
        }
        store_unref(&store);
        assert_null(store);
        store_unref(&store);
    }
}

static void test_an_impossible_size_is_refused(void **state)
{
    (void)state;
    assert_null(store_new(segment, SIZE_MAX, true));
    assert_null(store_new(segment, SIZE_MAX / 2, false));
    assert_int_equal(shared_bytes(), 0);
}

static void test_shared_stores_and_large_ones_are_listed(void **state)
{
    (void)state;
    struct wire_store_copy copy;
    struct store *little = store_new(segment, 100, false);
    assert_int_equal(listed(&copy), 0);
    assert_int_equal(store_id(little), 0);
    struct store *large = store_new(segment, STORE_LISTED_MIN, false);
    assert_int_equal(listed(&copy), 1);
    assert_int_equal(copy.bytes, STORE_LISTED_MIN);
    assert_int_equal(copy.is_shared, 0);
    assert_int_equal(copy.id, store_id(large));
    assert_int_equal(shared_bytes(), 0);
    store_unref(&large);
    struct store *shared = store_new(segment, 100, true);
    assert_int_equal(listed(&copy), 1);
    assert_int_equal(copy.is_shared, 1);
    assert_int_equal(copy.refs, 1);
    assert_int_equal(shared_bytes(), 100);
    struct store *second = store_ref(shared);
    listed(&copy);
    assert_int_equal(copy.refs, 2);
    assert_int_equal(store_refs(shared), 2);
    assert_int_equal(shared_bytes(), 100);
    store_unref(&second);
    store_unref(&shared);
    assert_int_equal(listed(&copy), 0);
    assert_int_equal(shared_bytes(), 0);
    store_unref(&little);
}

static void test_pins_name_the_isolates(void **state)
{
    (void)state;
    struct store *shared = store_new(segment, 10, true);
    uint32_t pin = store_pin(shared, 7);
    uint32_t store = 0, thread = 0;
    unsigned found = 0;
    for (uint32_t i = 0; i < view_pin_count(view); i++) {
        found += view_read_pin(view, i, &store, &thread);
    }
    assert_int_equal(found, 1);
    assert_int_equal(store, store_id(shared));
    assert_int_equal(thread, 7);
    store_unpin(shared, pin);
    assert_false(view_read_pin(view, 0, &store, &thread));
    store_unref(&shared);
}

static void test_a_full_table_only_hides_the_store(void **state)
{
    (void)state;
    struct store *stores[12];
    for (int i = 0; i < 12; i++) {
        stores[i] = store_new(segment, 10, true);
        assert_non_null(stores[i]);
    }
    struct wire_store_copy copy;
    assert_int_equal(listed(&copy), 8);
    assert_int_equal(shared_bytes(), 120);
    assert_int_equal(store_id(stores[11]), 0);
    store_unpin(stores[11], store_pin(stores[11], 1));
    for (int i = 0; i < 12; i++) {
        store_unref(&stores[i]);
    }
    assert_int_equal(listed(&copy), 0);
    assert_int_equal(shared_bytes(), 0);
}

static void *take_and_drop(void *argument)
{
    for (int i = 0; i < 5000; i++) {
        struct store *mine = store_ref(argument);
        store_unpin(mine, store_pin(mine, (uint32_t)(uintptr_t)&mine >> 8));
        store_unref(&mine);
    }
    struct store *last = argument;
    store_unref(&last);
    return NULL;
}

static void test_the_last_reference_frees_on_any_thread(void **state)
{
    (void)state;
    struct store *shared = store_new(segment, 1 << 20, true);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_drop, store_ref(shared)), 0);
    }
    store_unref(&shared);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    struct wire_store_copy copy;
    assert_int_equal(listed(&copy), 0);
    assert_int_equal(shared_bytes(), 0);
}

static int ports_dropped;

static void drop_port(struct port **port)
{
    ports_dropped++;
    *port = NULL;
}

static void test_a_message_goes_with_what_was_not_taken(void **state)
{
    (void)state;
    struct message *message = calloc(1, sizeof(*message));
    message->data = malloc(10);
    message->stores = calloc(2, sizeof(struct store *));
    message->store_count = 2;
    message->stores[1] = store_new(segment, 77, true);
    message->ports = calloc(2, sizeof(struct port *));
    message->port_count = 2;
    message->ports[0] = (struct port *)(void *)message;
    message->port_unref = drop_port;
    message_free(&message);
    assert_null(message);
    assert_int_equal(ports_dropped, 1);
    assert_int_equal(shared_bytes(), 0);
    message_free(&message);
}

#ifndef FAILING_MEMORY_SKIPPED
static bool use_stores(void)
{
    struct store *a = store_new(segment, 100, true), *b = store_new(segment, 1 << 21, false);
    bool is_whole = a && b;
    store_unref(&a);
    store_unref(&b);
    return is_whole;
}

static void check_balance(bool is_balanced)
{
    assert_true(is_balanced);
    assert_int_equal(shared_bytes(), 0);
}

static void test_no_memory_means_no_store(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(use_stores, check_balance) >= 2);
}
#else
static void test_no_memory_means_no_store(void **state)
{
    (void)state;
    print_message("skipped: the sanitizer owns the allocator\n");
    skip();
}
#endif

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_memory_is_zeroed_at_every_size),
        TEST(test_an_impossible_size_is_refused),
        TEST(test_shared_stores_and_large_ones_are_listed),
        TEST(test_pins_name_the_isolates),
        TEST(test_a_full_table_only_hides_the_store),
        TEST(test_the_last_reference_frees_on_any_thread),
        TEST(test_a_message_goes_with_what_was_not_taken),
        TEST(test_no_memory_means_no_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
