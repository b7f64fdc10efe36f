/*
 * Collections and exhaustion. Part of unity.c. The engine collects by itself; here it is timed,
 * told to the runtime, and judged: a heap that spends its time collecting without gaining room is
 * dead, as one is that could not allocate at all.
 */
#include "runtime/engine/parts.h"

/* An emergency collection that leaves less than this part of the limit free was futile, and one that
 * frees less is not followed by another. */
#define ROOM_PART  32
#define FUTILE_MAX 8

static void engine_heap_exhausted(duk_heap *heap)
{
    struct engine *engine = engine_in(heap);
    if (engine->birth) {
        longjmp(*engine->birth, 1);
    }
    if (engine->heap && !heap->ms_running) {
        engine_die(engine, ENGINE_OUT_OF_MEMORY);
    }
}

static void engine_gc_begin(duk_heap *heap)
{
    struct engine *engine = engine_in(heap);
    heap->engine_marked = 0;
    engine->gc_started = clock_now_ns();
    engine->gc_before = arena_used(engine->arena);
}

static bool engine_gc_defer(duk_heap *heap, duk_heaphdr *header)
{
    struct engine *engine = engine_in(heap);
    if (engine->deferred_count == engine->deferred_room) {
        size_t room = engine->deferred_room ? engine->deferred_room * 2 : 64;
        duk_heaphdr **deferred = realloc(engine->deferred, room * sizeof(duk_heaphdr *));
        if (!deferred) {
            return false;
        }
        engine->deferred = deferred;
        engine->deferred_room = room;
    }
    engine->deferred[engine->deferred_count++] = header;
    return true;
}

/* Whether the collection that runs is of no use if nothing is garbage. */
static bool is_for_room(const struct engine *engine)
{
#ifdef DUK_USE_GC_TORTURE
    return false; /* it has every allocation refused first */
#endif
    return engine->is_short && engine->heap && !engine_is_dying(engine);
}

static bool engine_gc_put_off(duk_heap *heap, duk_heaphdr *array)
{
    return is_for_room(engine_in(heap)) && engine_gc_defer(heap, array);
}

static duk_heaphdr *engine_gc_next_deferred(duk_heap *heap)
{
    struct engine *engine = engine_in(heap);
    if (is_for_room(engine) && heap->engine_marked >= heap->engine_objects) {
        engine->deferred_count = 0;
    }
    return engine->deferred_count ? engine->deferred[--engine->deferred_count] : NULL;
}

/* A counter below zero says that it is only time for a collection, not that memory was refused. */
static void engine_gc_short(duk_heap *heap)
{
    if (heap->ms_trigger_counter >= 0 && heap->ms_prevent_count == 0) {
        engine_in(heap)->is_short = true;
    }
}

/* Reference counts free what is not in a cycle, so a heap at its limit is mostly alive as a whole:
 * sweeping it, and marking it once more, would only make its death take longer. */
static bool engine_gc_is_futile(duk_heap *heap)
{
    struct engine *engine = engine_in(heap);
    bool is_short = is_for_room(engine);
    engine->is_short = false;
    if (!is_short) {
        return false;
    }
    if (heap->engine_marked < heap->engine_objects) {
        return false;
    }
    engine_gc_end(heap, DUK_MS_FLAG_EMERGENCY);
    return true;
}

static bool engine_gc_freed_little(duk_heap *heap)
{
    const struct engine *engine = engine_in(heap);
    uint64_t used = arena_used(engine->arena);
    bool can_compact = (heap->ms_base_flags & DUK_MS_FLAG_NO_OBJECT_COMPACTION) == 0;

    return !can_compact || used + engine->options.heap_limit / ROOM_PART > engine->gc_before;
}

/* Counts emergency collections that did not help. */
static void judge_room(struct engine *engine, bool is_emergency)
{
    uint64_t limit = engine->options.heap_limit, used = arena_used(engine->arena);
    if (!is_emergency || used > limit || limit - used > limit / ROOM_PART) {
        engine->futile = 0;
    } else if (++engine->futile > FUTILE_MAX) {
        engine_die(engine, ENGINE_OUT_OF_MEMORY);
    }
}

static void engine_gc_end(duk_heap *heap, unsigned flags)
{
    struct engine *engine = engine_in(heap);
    bool is_emergency = (flags & DUK_MS_FLAG_EMERGENCY) != 0;
    free(engine->deferred);
    engine->deferred = NULL;
    engine->deferred_room = 0;
    arena_trim(engine->arena);
    struct engine_gc gc = {
        .kind =
            engine->is_forced ? WIRE_GC_FORCED : (is_emergency ? WIRE_GC_EMERGENCY : WIRE_GC_FULL),
        .started = engine->gc_started,
        .pause = clock_now_ns() - engine->gc_started,
        .before = engine->gc_before,
        .after = arena_used(engine->arena),
    };
    engine->array_buffers_at_collect = engine->array_buffers;
    if (!is_emergency) {
        engine->live = gc.after;
        atomic_store_explicit(&engine->options.slot->heap_live, gc.after, memory_order_relaxed);
        atomic_store_explicit(&engine->options.slot->heap_floor, arena_committed(engine->arena),
                              memory_order_relaxed);
    }
    if (engine->heap && engine->options.hooks.collected) {
        engine->options.hooks.collected(engine->options.owner, &gc);
    }
    judge_room(engine, is_emergency && !engine->is_forced);
    if (atomic_load_explicit(&engine->end, memory_order_relaxed) != ENGINE_ALIVE) {
        let_go(heap);
    }
}

void engine_collect(struct engine *engine)
{
    if (engine_must_stop(engine)) {
        return;
    }
    engine->is_forced = true;
    duk_heap_mark_and_sweep(engine->heap, 0);
    engine->is_forced = false;
}

uint64_t engine_live(const struct engine *engine)
{
    return engine->live;
}
