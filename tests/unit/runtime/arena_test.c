/*
 * The arena keeps what it is given, counts it exactly and never commits more than its limit:
 * checked with a seeded mix of allocations of all sizes against a plain table of what is out.
 */
#include "runtime/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BLOCKS 600

struct block {
    unsigned char *at;
    size_t size;
    unsigned char fill;
};

static struct wire_slot slot;
static uint64_t seed;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Mostly what an engine asks for, now and then a run of pages or a mapping. */
static size_t next_size(void)
{
    switch (next_random() % 64) {
    case 0:
        return 1 + next_random() % 1500000;
    case 1:
    case 2:
        return 1 + next_random() % 200000;
    case 3:
    case 4:
    case 5:
    case 6:
        return 1 + next_random() % 9000;
    default:
        return 1 + next_random() % 400;
    }
}

static void check_filled(const struct block *block, size_t size)
{
    for (size_t i = 0; i<size; i += size> 4096 ? 997 : 1) {
        assert_int_equal(block->at[i], block->fill);
    }
}

static void fill(struct block *block)
{
    block->fill = (unsigned char)next_random();
    memset(block->at, block->fill, block->size);
}

static uint64_t word(_Atomic uint64_t *place)
{
    return atomic_load(place);
}

static void check_counts(const struct arena *arena, const struct block *blocks)
{
    uint64_t asked = 0;
    for (size_t i = 0; i < BLOCKS; i++) {
        asked += blocks[i].at ? blocks[i].size : 0;
    }
    assert_true(arena_used(arena) >= asked);
    assert_true(arena_committed(arena) >= arena_used(arena));
    assert_true(arena_committed(arena) <= arena_limit(arena));
    assert_int_equal(word(&slot.heap_used), arena_used(arena));
    assert_int_equal(word(&slot.heap_total), arena_committed(arena));
    assert_true(word(&slot.heap_peak) >= arena_committed(arena));
    assert_true(word(&slot.heap_peak) <= arena_limit(arena));
}

static void step(struct arena *arena, struct block *block)
{
    if (block->at && next_random() % 3 == 0) {
        check_filled(block, block->size);
        arena_release(arena, block->at);
        block->at = NULL;
        return;
    }
    size_t size = next_size(), kept = block->at && block->size < size ? block->size : size;
    unsigned char *at =
        block->at ? arena_realloc(arena, block->at, size) : arena_alloc(arena, size);
    if (!at) {
        /* At the limit: what was there is still there. */
        if (block->at) {
            check_filled(block, block->size);
        }
        return;
    }
    assert_int_equal((uintptr_t)at % 16, 0);
    if (block->at) {
        block->at = at;
        check_filled(block, kept);
    }
    block->at = at;
    block->size = size;
    fill(block);
}

static void mix(uint64_t limit, int steps)
{
    struct block blocks[BLOCKS] = {{0}};
    memset(&slot, 0, sizeof(slot));
    seed = 0x1234567 + limit;
    struct arena *arena = arena_new(&slot, limit);
    assert_non_null(arena);
    assert_int_equal(word(&slot.heap_limit), limit);
    for (int i = 0; i < steps; i++) {
        step(arena, &blocks[next_random() % BLOCKS]);
        if (i % 512 == 0) {
            check_counts(arena, blocks);
        }
        if (i % 4096 == 0) {
            arena_trim(arena);
            check_counts(arena, blocks);
        }
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        if (blocks[i].at) {
            check_filled(&blocks[i], blocks[i].size);
        }
        arena_release(arena, blocks[i].at);
    }
    assert_int_equal(arena_used(arena), 0);
    arena_trim(arena);
    assert_true(arena_committed(arena) <= 16 << 10);
    arena_free(&arena);
    assert_null(arena);
    assert_int_equal(word(&slot.heap_used), 0);
    assert_int_equal(word(&slot.heap_total), 0);
}

static void test_a_mix_keeps_its_bytes_and_its_books(void **state)
{
    (void)state;
    mix(UINT64_MAX, 60000);
}

static void test_a_mix_stays_below_its_limit(void **state)
{
    (void)state;
    mix(1 << 20, 30000);
    mix(6 << 20, 30000);
}

static void test_the_limit_is_reached_before_anything_fails(void **state)
{
    (void)state;
    memset(&slot, 0, sizeof(slot));
    struct arena *arena = arena_new(&slot, 4 << 20);
    uint64_t given = 0;
    while (arena_alloc(arena, 64)) {
        given += 64;
    }
    assert_int_equal(arena_used(arena), given);
    assert_true(given > (4 << 20) * 95 / 100);
    arena_free(&arena);
}

static void test_what_was_freed_is_used_for_other_sizes(void **state)
{
    (void)state;
    memset(&slot, 0, sizeof(slot));
    struct arena *arena = arena_new(&slot, 2 << 20);
    static void *blocks[100000];
    size_t count = 0;
    while ((blocks[count] = arena_alloc(arena, 48)) != NULL) {
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        arena_release(arena, blocks[i]);
    }
    assert_non_null(arena_alloc(arena, 1 << 20));
    arena_free(&arena);
}

static void test_sizes_of_nothing_follow_malloc(void **state)
{
    (void)state;
    struct arena *arena = arena_new(&slot, UINT64_MAX);
    assert_null(arena_alloc(arena, 0));
    void *block = arena_realloc(arena, NULL, 10);
    assert_non_null(block);
    assert_null(arena_realloc(arena, block, 0));
    assert_int_equal(arena_used(arena), 0);
    arena_release(arena, NULL);
    assert_null(arena_alloc(arena, SIZE_MAX));
    assert_null(arena_alloc(arena, SIZE_MAX - 100));
    arena_free(&arena);
    arena_free(&arena);
}

static void test_a_limit_below_an_empty_arena_is_refused(void **state)
{
    (void)state;
    assert_null(arena_new(&slot, 100));
}

static void test_a_fresh_arena_is_small(void **state)
{
    (void)state;
    struct arena *arena = arena_new(&slot, UINT64_MAX);
    assert_true(arena_committed(arena) <= 16 << 10);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_mix_keeps_its_bytes_and_its_books),
        cmocka_unit_test(test_a_mix_stays_below_its_limit),
        cmocka_unit_test(test_the_limit_is_reached_before_anything_fails),
        cmocka_unit_test(test_what_was_freed_is_used_for_other_sizes),
        cmocka_unit_test(test_sizes_of_nothing_follow_malloc),
        cmocka_unit_test(test_a_limit_below_an_empty_arena_is_refused),
        cmocka_unit_test(test_a_fresh_arena_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
