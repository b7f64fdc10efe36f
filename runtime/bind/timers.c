/*
 * When each timer is due. A timer is a slot in a table and, while it waits, an entry of the heap
 * `queue`; its number (what script code holds) carries the slot and the slot's generation, so a
 * stale number finds nothing. Timeout objects are kept alive by a stash array, index = slot. All
 * memory is the engine's: accounted, capped, and gone with it.
 */
#include "runtime/bind/timers.h"

#include "base/clock.h"

#include <math.h>
#include <string.h>

#define TIMERS_MAX      (1u << 24)
#define TIMERS_NOWHERE  UINT32_MAX
#define TIMERS_OBJECTS  DUK_HIDDEN_SYMBOL("timeouts")
#define TIMERS_CAPACITY 8u /* at first */

struct timer {
    uint64_t due_ms;
    uint64_t sequence;   /* order among those due at the same time */
    uint32_t position;   /* in the queue; TIMERS_NOWHERE when it does not wait */
    uint32_t generation; /* of the slot */
    uint32_t next_free;
    bool is_used;
    bool is_ref;
};

struct timers {
    struct timer *slots;
    uint32_t *queue; /* slots, a binary heap */
    uint32_t capacity;
    uint32_t used; /* slots [0, used) were ever in use */
    uint32_t waiting;
    uint32_t first_free;
    uint64_t sequence;
    uint64_t refs; /* waiting timers that keep the isolate alive */
    uint32_t immediates;
    uint32_t immediate_refs;
};

/* Of the engine this thread runs; NULL while no script asked for a timer. */
static _Thread_local struct timers *current;

void timers_open(void)
{
    current = NULL;
}

static uint64_t now_ms(void)
{
    return clock_now_ns() / CLOCK_NS_PER_MS;
}

/* ---- the queue ----------------------------------------------------------------------------------
 */

static bool is_before(const struct timers *timers, uint32_t a, uint32_t b)
{
    const struct timer *first = &timers->slots[a];
    const struct timer *second = &timers->slots[b];
    return first->due_ms != second->due_ms ? first->due_ms < second->due_ms
                                           : first->sequence < second->sequence;
}

static void place(struct timers *timers, uint32_t position, uint32_t slot)
{
    timers->queue[position] = slot;
    timers->slots[slot].position = position;
}

static void sift_up(struct timers *timers, uint32_t position, uint32_t slot)
{
    while (position > 0) {
        uint32_t parent = (position - 1) / 2;
        if (!is_before(timers, slot, timers->queue[parent])) {
            break;
        }
        place(timers, position, timers->queue[parent]);
        position = parent;
    }
    place(timers, position, slot);
}

static void sift_down(struct timers *timers, uint32_t position, uint32_t slot)
{
    for (;;) {
        uint32_t child = 2 * position + 1;
        if (child >= timers->waiting) {
            break;
        }
        if (child + 1 < timers->waiting &&
            is_before(timers, timers->queue[child + 1], timers->queue[child])) {
            child++;
        }
        if (!is_before(timers, timers->queue[child], slot)) {
            break;
        }
        place(timers, position, timers->queue[child]);
        position = child;
    }
    place(timers, position, slot);
}

static void enqueue(struct timers *timers, uint32_t slot)
{
    timers->refs += timers->slots[slot].is_ref;
    sift_up(timers, timers->waiting++, slot);
}

static void dequeue(struct timers *timers, uint32_t slot)
{
    uint32_t position = timers->slots[slot].position;
    if (position == TIMERS_NOWHERE) {
        return;
    }
    timers->refs -= timers->slots[slot].is_ref;
    timers->slots[slot].position = TIMERS_NOWHERE;
    uint32_t last = timers->queue[--timers->waiting];
    if (last != slot) {
        sift_down(timers, position, last);
        sift_up(timers, timers->slots[last].position, last);
    }
}

/* ---- slots --------------------------------------------------------------------------------------
 */

static double number_of(const struct timers *timers, uint32_t slot)
{
    return (double)timers->slots[slot].generation * TIMERS_MAX + slot + 1;
}

/* The slot of a number script code handed in; TIMERS_NOWHERE when it is none of ours (any more). */
static uint32_t slot_of(const struct timers *timers, double number)
{
    if (!timers || !(number >= 1 && number < 9007199254740992.0) || number != floor(number)) {
        return TIMERS_NOWHERE;
    }
    uint64_t whole = (uint64_t)number - 1;
    uint32_t slot = (uint32_t)(whole % TIMERS_MAX);
    if (slot >= timers->used || !timers->slots[slot].is_used ||
        timers->slots[slot].generation != whole / TIMERS_MAX) {
        return TIMERS_NOWHERE;
    }
    return slot;
}

static struct timers *require_timers(duk_context *ctx)
{
    if (!current) {
        duk_push_heap_stash(ctx);
        duk_push_bare_array(ctx);
        duk_put_prop_literal(ctx, -2, TIMERS_OBJECTS);
        duk_pop(ctx);
        struct timers *timers = script_realloc(ctx, NULL, sizeof(*timers));
        memset(timers, 0, sizeof(*timers));
        timers->first_free = TIMERS_NOWHERE;
        current = timers;
    }
    return current;
}

static void grow(duk_context *ctx, struct timers *timers)
{
    if (timers->capacity >= TIMERS_MAX) {
        (void)duk_range_error(ctx, "too many timers: at most %u can wait at a time", TIMERS_MAX);
    }
    uint32_t capacity = timers->capacity ? timers->capacity * 2 : TIMERS_CAPACITY;
    timers->slots = script_realloc(ctx, timers->slots, capacity * sizeof(*timers->slots));
    timers->queue = script_realloc(ctx, timers->queue, capacity * sizeof(*timers->queue));
    timers->capacity = capacity;
}

static uint32_t take_slot(duk_context *ctx, struct timers *timers)
{
    uint32_t slot = timers->first_free;
    if (slot == TIMERS_NOWHERE) {
        if (timers->used == timers->capacity) {
            grow(ctx, timers);
        }
        slot = timers->used++;
        timers->slots[slot].generation = 0;
    } else {
        timers->first_free = timers->slots[slot].next_free;
        timers->slots[slot].generation = (timers->slots[slot].generation + 1) & 0x1fffffff;
    }
    timers->slots[slot].is_used = true;
    timers->slots[slot].position = TIMERS_NOWHERE;
    return slot;
}

static void put_object(duk_context *ctx, uint32_t slot)
{
    duk_push_heap_stash(ctx);
    duk_get_prop_literal(ctx, -1, TIMERS_OBJECTS);
    duk_dup(ctx, -3);
    duk_put_prop_index(ctx, -2, slot);
    duk_pop_2(ctx);
}

static void push_object(duk_context *ctx, uint32_t slot)
{
    duk_push_heap_stash(ctx);
    duk_get_prop_literal(ctx, -1, TIMERS_OBJECTS);
    duk_get_prop_index(ctx, -1, slot);
    duk_replace(ctx, -3);
    duk_pop(ctx);
}

static void give_slot(duk_context *ctx, struct timers *timers, uint32_t slot)
{
    dequeue(timers, slot);
    timers->slots[slot].is_used = false;
    timers->slots[slot].next_free = timers->first_free;
    timers->first_free = slot;
    duk_push_undefined(ctx);
    put_object(ctx, slot);
    duk_pop(ctx);
}

/* ---- natives ------------------------------------------------------------------------------------
 */

/* start(timeout, number, ms, isRef): number. A number that still stands is used again. */
static duk_ret_t timers_start(duk_context *ctx)
{
    double number = duk_to_number(ctx, 1);
    double ms = duk_to_number(ctx, 2);
    bool is_ref = duk_to_boolean(ctx, 3);
    struct timers *timers = require_timers(ctx);
    uint32_t slot = slot_of(timers, number);
    if (slot == TIMERS_NOWHERE) {
        slot = take_slot(ctx, timers);
        duk_dup(ctx, 0);
        put_object(ctx, slot);
    }

    dequeue(timers, slot);
    timers->slots[slot].due_ms = now_ms() + (uint64_t)fmin(fmax(ms, 1), 2147483647);
    timers->slots[slot].sequence = timers->sequence++;
    timers->slots[slot].is_ref = is_ref;
    enqueue(timers, slot);

    duk_push_number(ctx, number_of(timers, slot));
    return 1;
}

/* stop(number): the timer is forgotten. */
static duk_ret_t timers_stop(duk_context *ctx)
{
    struct timers *timers = current;
    uint32_t slot = slot_of(timers, duk_to_number(ctx, 0));
    if (slot != TIMERS_NOWHERE) {
        give_slot(ctx, timers, slot);
    }
    return 0;
}

/* settle(number): after its callback; forgotten unless it waits again. */
static duk_ret_t timers_settle(duk_context *ctx)
{
    struct timers *timers = current;
    uint32_t slot = slot_of(timers, duk_to_number(ctx, 0));
    if (slot != TIMERS_NOWHERE && timers->slots[slot].position == TIMERS_NOWHERE) {
        give_slot(ctx, timers, slot);
    }
    return 0;
}

/* reference(number, isRef) */
static duk_ret_t timers_reference(duk_context *ctx)
{
    struct timers *timers = current;
    bool is_ref = duk_to_boolean(ctx, 1);
    uint32_t slot = slot_of(timers, duk_to_number(ctx, 0));
    if (slot == TIMERS_NOWHERE) {
        return 0;
    }
    struct timer *timer = &timers->slots[slot];
    if (timer->position != TIMERS_NOWHERE) {
        timers->refs += (uint64_t)is_ref - (uint64_t)timer->is_ref;
    }
    timer->is_ref = is_ref;
    return 0;
}

/* get(number): the Timeout, or undefined. */
static duk_ret_t timers_get(duk_context *ctx)
{
    struct timers *timers = current;
    uint32_t slot = slot_of(timers, duk_to_number(ctx, 0));
    if (slot == TIMERS_NOWHERE) {
        return 0;
    }
    push_object(ctx, slot);
    return 1;
}

/* immediates(waiting, refs): how many there are now. */
static duk_ret_t timers_immediates(duk_context *ctx)
{
    uint32_t waiting = duk_to_uint32(ctx, 0);
    uint32_t refs = duk_to_uint32(ctx, 1);
    struct timers *timers = require_timers(ctx);
    timers->immediates = waiting;
    timers->immediate_refs = refs;
    return 0;
}

/* callbacks(fire, fireImmediate) */
static duk_ret_t timers_callbacks(duk_context *ctx)
{
    script_set_hook(ctx, SCRIPT_HOOK_TIMEOUT, 0);
    script_set_hook(ctx, SCRIPT_HOOK_IMMEDIATE, 1);
    return 0;
}

duk_ret_t timers_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry natives[] = {
        {"start", timers_start, 4},
        {"stop", timers_stop, 1},
        {"settle", timers_settle, 1},
        {"reference", timers_reference, 2},
        {"get", timers_get, 1},
        {"immediates", timers_immediates, 2},
        {"callbacks", timers_callbacks, 2},
        {NULL, NULL, 0},
    };
    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, natives);
    return 1;
}

/* ---- the loop's side ----------------------------------------------------------------------------
 */

uint64_t timers_next_ns(duk_context *ctx)
{
    (void)ctx; /* the thread's */
    const struct timers *timers = current;
    if (!timers) {
        return TIMERS_NEVER;
    }
    if (timers->immediates) {
        return 0;
    }
    return timers->waiting ? timers->slots[timers->queue[0]].due_ms * CLOCK_NS_PER_MS
                           : TIMERS_NEVER;
}

bool timers_is_alive(duk_context *ctx)
{
    (void)ctx;
    return current && (current->refs || current->immediate_refs);
}

/* Takes the timer that is due first and calls it. */
static duk_ret_t fire_first(duk_context *ctx, void *udata)
{
    struct timers *timers = udata;
    uint32_t slot = timers->queue[0];
    dequeue(timers, slot);
    script_push_hook(ctx, SCRIPT_HOOK_TIMEOUT);
    push_object(ctx, slot);
    duk_call(ctx, 1);
    return 1;
}

enum script_result timers_run(duk_context *ctx)
{
    struct timers *timers = current;
    uint64_t now = now_ms();
    enum script_result result = SCRIPT_OK;
    while (result == SCRIPT_OK && timers && timers->waiting &&
           timers->slots[timers->queue[0]].due_ms <= now) {
        result = script_run(ctx, fire_first, timers);
    }
    return result;
}

static duk_ret_t fire_immediate(duk_context *ctx, void *udata)
{
    script_push_hook(ctx, SCRIPT_HOOK_IMMEDIATE);
    duk_push_boolean(ctx, *(const bool *)udata);
    duk_call(ctx, 1);
    return 1;
}

enum script_result timers_run_immediates(duk_context *ctx)
{
    enum script_result result = SCRIPT_OK;
    uint32_t count = current ? current->immediates : 0;
    for (uint32_t i = 0; result == SCRIPT_OK && i < count && current->immediates; i++) {
        bool is_first = i == 0;
        result = script_run(ctx, fire_immediate, &is_first);
    }
    return result;
}
