/*
 * What the exact accounting of a heap costs: the arena beside glibc's malloc with the 16 bytes in
 * front of every block that an accounting heap needs there, doing the same work in the same run.
 * The work is what a script engine asks for: short-lived blocks of objects, strings and property
 * tables, tables that grow step by step, now and then a long array. Rounds alternate; the fastest
 * of each counts.
 */
#include "base/clock.h"
#include "runtime/arena.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 15
#define STEPS  400000
#define LIVE   8192 /* blocks held at a time */

enum verb { TAKE, GROW };

struct step {
    uint32_t place; /* of the block; what was there is given back first when taking */
    uint32_t bytes;
    enum verb verb;
};

struct allocator {
    void *(*alloc)(void *owner, size_t bytes);
    void *(*grow)(void *owner, void *block, size_t bytes);
    void (*give_back)(void *owner, void *block);
    void *owner;
};

/* ---- glibc with a header ----------------------------------------------------------------------
 */

union header {
    size_t bytes;
    char room[16];
};

struct counted {
    struct wire_slot *slot;
    uint64_t used;
};

static void count(struct counted *counted, size_t more, size_t less)
{
    counted->used += more - less;
    atomic_store_explicit(&counted->slot->heap_used, counted->used, memory_order_relaxed);
}

static void *counted_alloc(void *owner, size_t bytes)
{
    union header *header = malloc(sizeof *header + bytes);
    if (header == NULL) {
        abort();
    }
    header->bytes = bytes;
    count(owner, bytes, 0);
    return header + 1;
}

static void *counted_grow(void *owner, void *block, size_t bytes)
{
    union header *header = (union header *)block - 1;
    size_t old = header->bytes;
    header = realloc(header, sizeof *header + bytes);
    if (header == NULL) {
        abort();
    }
    header->bytes = bytes;
    count(owner, bytes, old);
    return header + 1;
}

static void counted_give_back(void *owner, void *block)
{
    if (block != NULL) {
        union header *header = (union header *)block - 1;
        count(owner, 0, header->bytes);
        free(header);
    }
}

/* ---- the arena --------------------------------------------------------------------------------
 */

static void *arena_take(void *owner, size_t bytes)
{
    return arena_alloc(owner, bytes);
}

static void *arena_grow(void *owner, void *block, size_t bytes)
{
    return arena_realloc(owner, block, bytes);
}

static void arena_give_back(void *owner, void *block)
{
    arena_release(owner, block);
}

/* ---- the work ---------------------------------------------------------------------------------
 */

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* Of 100 blocks: 40 objects, 30 strings, 26 property tables, 4 arrays. */
static uint32_t random_bytes(uint64_t *state)
{
    uint32_t kind = next_random(state) % 100, spread = next_random(state);
    if (kind < 40) {
        return spread % 4 == 0 ? 96 : 72;
    }
    if (kind < 70) {
        return 25 + spread % 40;
    }
    return kind < 96 ? 16 + 24 * (spread % 12) : 512 + spread % 4096;
}

/* Most blocks die young: places are drawn from the low ones seven times in eight. */
static void plan(struct step *steps)
{
    static uint32_t bytes_at[LIVE];
    uint64_t state = 1;
    for (int i = 0; i < STEPS; i++) {
        uint32_t place = next_random(&state) % (next_random(&state) % 8 ? LIVE / 16 : LIVE);
        uint32_t old = bytes_at[place];
        bool grows = old >= 16 && old < 65536 && next_random(&state) % 8 == 0;
        bytes_at[place] = grows ? old + old / 4 + 16 : random_bytes(&state);
        steps[i] = (struct step){place, bytes_at[place], grows ? GROW : TAKE};
    }
}

static double run(const struct allocator *allocator, const struct step *steps)
{
    static void *blocks[LIVE];
    uint64_t begin = clock_now_ns();
    for (int i = 0; i < STEPS; i++) {
        void **block = &blocks[steps[i].place];
        if (steps[i].verb == GROW) {
            *block = allocator->grow(allocator->owner, *block, steps[i].bytes);
        } else {
            allocator->give_back(allocator->owner, *block);
            *block = allocator->alloc(allocator->owner, steps[i].bytes);
        }
        *(char *)*block = 1;
    }
    for (int i = 0; i < LIVE; i++) {
        allocator->give_back(allocator->owner, blocks[i]);
        blocks[i] = NULL;
    }
    return (double)(clock_now_ns() - begin) / STEPS;
}

static void keep_least(double *least, double value)
{
    *least = *least == 0 || value < *least ? value : *least;
}

int main(void)
{
    static struct step steps[STEPS];
    static struct wire_slot slots[2];
    struct counted counted = {.slot = &slots[0]};
    struct arena *arena = arena_new(&slots[1], UINT64_MAX);
    double glibc_ns = 0, arena_ns = 0;
    if (arena == NULL) {
        return 1;
    }
    const struct allocator glibc = {counted_alloc, counted_grow, counted_give_back, &counted};
    const struct allocator ours = {arena_take, arena_grow, arena_give_back, arena};
    plan(steps);
    for (int i = 0; i < ROUNDS; i++) {
        keep_least(&arena_ns, run(&ours, steps));
        keep_least(&glibc_ns, run(&glibc, steps));
    }
    printf("{\"bench\":\"arena\",\"arena_ns\":%.1f,\"glibc_ns\":%.1f,\"ratio\":%.2f}\n", arena_ns,
           glibc_ns, arena_ns / glibc_ns);
    arena_free(&arena);
    return 0;
}
