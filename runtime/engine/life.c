/*
 * Birth and death of an engine. Part of unity.c. Death is a state, not an event: `asked` makes
 * every allocation fail, every interrupt check throw and every collection a no-op, until the stack
 * has unwound whatever the script does about it; then engine_free() drops the arena as a whole.
 */
#include "runtime/engine/parts.h"

#include <sys/mman.h>

/* Room a native function may need below the check, and error handling below that. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_MARGIN ((uintptr_t)320 << 10)
#else
#define STACK_MARGIN ((uintptr_t)96 << 10)
#endif

#define STACK_PAGE ((uintptr_t)4096)

/* What giving a stack back needs of it itself. */
#define FRAMES_BELOW ((uintptr_t)1024)

/* Script calls use none of the thread's stack, natives they call do: both are bounded. */
#define CALLS_BASE    400
#define CALLS_PER_MB  2400
#define CALLS_DEFAULT 10000

/* Bytes of buffers; who had so many gives their memory back to the system at its end. */
#define TRIM_LEAST (4u << 20)

static _Thread_local uintptr_t stack_floor;
static _Thread_local uintptr_t stack_base; /* of a worker's thread: its lowest byte */
_Thread_local size_t engine_calls_max = CALLS_DEFAULT;

bool engine_stack_is_low(void)
{
    return (uintptr_t)__builtin_frame_address(0) < stack_floor;
}

static void measure_stack(void)
{
    pthread_attr_t attributes;
    void *base;
    size_t bytes;
    if (stack_floor || pthread_getattr_np(pthread_self(), &attributes) != 0) {
        return;
    }
    if (pthread_attr_getstack(&attributes, &base, &bytes) == 0) {
        stack_floor = (uintptr_t)base + STACK_MARGIN;
    }
    pthread_attr_destroy(&attributes);
}

void engine_limit_stack(uint64_t bytes, unsigned scale)
{
    pthread_attr_t attributes;
    void *base;
    size_t size;
    engine_calls_max = (size_t)(CALLS_BASE + bytes * CALLS_PER_MB / (1u << 20));
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
        return;
    }
    if (pthread_attr_getstack(&attributes, &base, &size) == 0) {
        stack_base = (uintptr_t)base;
        size_t used = bytes * scale < size ? (size_t)bytes * scale : size;
        stack_floor = (uintptr_t)base + (size - used) + STACK_MARGIN;
    }
    pthread_attr_destroy(&attributes);
}

void engine_trim_stack(void)
{
    uintptr_t end = ((uintptr_t)__builtin_frame_address(0) - FRAMES_BELOW) & ~(STACK_PAGE - 1);
    if (stack_base && end > stack_base) {
        (void)madvise((void *)stack_base, end - stack_base, MADV_DONTNEED);
    }
}

void engine_trim_heap(struct engine *engine)
{
    arena_trim(engine->arena);
}

/* Nothing in a dead heap is looked for or freed any more: its arena goes as a whole. */
static void let_go(duk_heap *heap)
{
    heap->ms_prevent_count++;
    heap->ms_running = 2; /* as while Duktape destroys a heap: zero counts are passed over */
}

static void engine_die(struct engine *engine, enum engine_end end)
{
    if (atomic_load_explicit(&engine->end, memory_order_relaxed) != ENGINE_ALIVE) {
        return;
    }
    engine->end_committed = arena_committed(engine->arena);
    atomic_store_explicit(&engine->asked, true, memory_order_relaxed);
    atomic_store_explicit(&engine->end, end, memory_order_release);
    duk_heap *heap = engine->heap;
    if (!heap) {
        return;
    }
    /* A collection that is running ends first; engine_gc_end() looks again. */
    if (!heap->ms_running) {
        let_go(heap);
    }
    engine_interrupt(engine);
}

bool engine_must_stop(void *udata)
{
    struct engine *engine = udata;
    if (!atomic_load_explicit(&engine->asked, memory_order_relaxed)) {
        return false;
    }
    engine_die(engine, ENGINE_TERMINATED);
    return true;
}

void engine_notice(struct engine *engine)
{
    atomic_store_explicit(&engine->is_noticed, true, memory_order_release);
}

/* The executor asks after every so many instructions; true ends the script. */
bool engine_pause(void *udata)
{
    struct engine *engine = udata;
    if (engine_must_stop(engine)) {
        return true;
    }
    if (DUK_UNLIKELY(atomic_load_explicit(&engine->is_noticed, memory_order_relaxed)) &&
        engine->options.hooks.paused) {
        atomic_store_explicit(&engine->is_noticed, false, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        engine->options.hooks.paused(engine->options.owner);
    }
    return engine_must_stop(engine);
}

static void engine_check_stop(duk_hthread *thr)
{
    if (engine_must_stop(thr->heap->heap_udata)) {
        DUK_ERROR_RANGE(thr, "terminated");
    }
}

/* While a heap is created an error has nowhere to go: it means that there is no memory for it.
 * Later it means that the runtime called the engine without protection. */
static void on_fatal(void *udata, const char *message)
{
    struct engine *engine = udata;
    if (engine->birth) {
        longjmp(*engine->birth, 1);
    }
    fprintf(stderr, "engine: script error outside a protected call: %s\n", message);
    abort();
}

#ifdef ENGINE_MORTAL
/* dieAt(allocations): where this engine dies, of its limit or, for an odd count, of being told to. */
static duk_ret_t die_at(duk_context *ctx)
{
    struct engine *engine = engine_of(ctx);
    engine->mortal_end = (long)duk_to_number(ctx, 0) % 2 ? ENGINE_TERMINATED : ENGINE_OUT_OF_MEMORY;
    engine->mortal_in = (long)duk_to_number(ctx, 0);
    return 0;
}

static void count_down(struct engine *engine)
{
    if (engine->mortal_in > 0 && --engine->mortal_in == 0) {
        engine_die(engine, engine->mortal_end);
    }
}
#else
#define count_down(engine) ((void)(engine))
#endif

static void *heap_alloc(void *udata, duk_size_t size)
{
    struct engine *engine = udata;
    count_down(engine);
    if (DUK_UNLIKELY(atomic_load_explicit(&engine->asked, memory_order_relaxed))) {
        engine_die(engine, ENGINE_TERMINATED);
        engine_interrupt(engine);
        return NULL;
    }
    return arena_alloc(engine->arena, size);
}

static void *heap_realloc(void *udata, void *block, duk_size_t size)
{
    struct engine *engine = udata;
    count_down(engine);
    if (DUK_UNLIKELY(atomic_load_explicit(&engine->asked, memory_order_relaxed)) && size) {
        engine_die(engine, ENGINE_TERMINATED);
        engine_interrupt(engine);
        return NULL;
    }
    return arena_realloc(engine->arena, block, size);
}

static void heap_free(void *udata, void *block)
{
    struct engine *engine = udata;
    arena_release(engine->arena, block);
}

static duk_ret_t set_up(duk_context *ctx, void *udata)
{
    (void)udata;
    shared_array_buffer_init(ctx);
    surface_init(ctx);
#ifdef ENGINE_MORTAL
    duk_push_c_function(ctx, die_at, 1);
    duk_put_global_literal(ctx, "dieAt");
#endif
    return 0;
}

/* NULL when there is no memory for it; what it had taken lies in the arena. */
static duk_context *create_heap(struct engine *engine, duk_alloc_function alloc,
                                duk_realloc_function resize)
{
    jmp_buf birth;
    duk_context *volatile context = NULL;
    bool is_first = lazy_begin();
    engine->birth = &birth;
    if (setjmp(birth) == 0) {
        context = duk_create_heap(alloc, resize, heap_free, engine, on_fatal);
    }
    engine->birth = NULL;
    lazy_end(is_first, context != NULL);
    return context;
}

static struct engine *engine_build(const struct engine_options *options, duk_alloc_function alloc,
                                   duk_realloc_function resize)
{
    measure_stack();
    struct engine *engine = calloc(1, sizeof(*engine));
    if (!engine) {
        return NULL;
    }
    engine->options = *options;
    engine->live = WIRE_UNKNOWN;
    engine->arena = arena_new(options->slot, options->heap_limit);
    if (engine->arena) {
        engine->context = create_heap(engine, alloc, resize);
    }
    if (!engine->context) {
        engine_free(&engine);
        return NULL;
    }
    engine->heap = engine->context->heap;
    if (duk_safe_call(engine->context, set_up, NULL, 0, 1) != DUK_EXEC_SUCCESS) {
        engine_free(&engine);
        return NULL;
    }
    duk_set_top(engine->context, 0);
    return engine;
}

struct engine *engine_new(const struct engine_options *options)
{
    return engine_build(options, heap_alloc, heap_realloc);
}

void engine_free(struct engine **place)
{
    struct engine *engine = *place;
    if (!engine) {
        return;
    }
    *place = NULL;
    sample_end(engine);
    bool is_much = engine->array_buffers >= TRIM_LEAST;
    buffers_release(engine);
    arena_free(&engine->arena);
    free(engine);
    if (is_much) {
        malloc_trim(0); /* small stores lie in malloc's heaps, which keep what is freed */
    }
}

duk_context *engine_context(struct engine *engine)
{
    return engine->context;
}

struct engine *engine_of(duk_context *ctx)
{
    return ctx->heap->heap_udata;
}

void *engine_owner(duk_context *ctx)
{
    return engine_of(ctx)->options.owner;
}

enum engine_end engine_end(const struct engine *engine)
{
    return (enum engine_end)atomic_load_explicit(&engine->end, memory_order_acquire);
}

uint64_t engine_end_committed(const struct engine *engine)
{
    return engine->end_committed;
}

void engine_terminate(struct engine *engine)
{
    atomic_store_explicit(&engine->asked, true, memory_order_relaxed);
}

void engine_interrupt(struct engine *engine)
{
    duk_heap *heap = engine->heap;
    if (heap && heap->curr_thread) {
        heap->curr_thread->interrupt_counter = 0;
    }
}

bool engine_is_dying(const struct engine *engine)
{
    return atomic_load_explicit(&engine->end, memory_order_acquire) != ENGINE_ALIVE;
}

void engine_position(duk_context *ctx, char *text, size_t size)
{
    snprintf(text, size, "%s", "");
    for (duk_int_t level = -1;; level--) {
        duk_inspect_callstack_entry(ctx, level);
        if (!duk_is_object(ctx, -1)) {
            duk_pop(ctx);
            return;
        }
        duk_get_prop_string(ctx, -1, "lineNumber");
        duk_get_prop_string(ctx, -2, "function");
        duk_get_prop_string(ctx, -1, "fileName");
        int line = duk_get_int(ctx, -3);
        const char *file = duk_get_string(ctx, -1);
        if (line > 0 && file) {
            snprintf(text, size, "%s:%d", file, line);
            duk_pop_n(ctx, 4);
            return;
        }
        duk_pop_n(ctx, 4);
    }
}

void engine_push_caller(duk_context *ctx)
{
    for (duk_activation *frame = ctx->callstack_curr; frame; frame = frame->parent) {
        duk_hobject *function = DUK_ACT_GET_FUNC(frame);
        if (function && DUK_HOBJECT_IS_COMPFUNC(function)) {
            duk_push_hobject(ctx, function);
            duk_get_prop_literal(ctx, -1, "fileName");
            duk_remove(ctx, -2);
            if (duk_is_string(ctx, -1)) {
                return;
            }
            duk_pop(ctx);
        }
    }
    duk_push_literal(ctx, "");
}
