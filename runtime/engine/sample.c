/*
 * Sampling of allocations. Part of unity.c. While a profile is taken the heap's allocation
 * functions are ours, which count bytes and look at the call stack; otherwise nothing of this is in
 * the way. The allocator runs inside arbitrary states of the engine, so the stack is read as
 * marking reads it: activations are always whole, names and lines are found without allocating or
 * running anything.
 */
#include "runtime/engine/parts.h"
#include "runtime/profile.h"
#include "runtime/sink.h"

#include <errno.h>

static const char sample_native[] = "(native)", sample_anonymous[] = "(anonymous)";

/* The line an activation stands at, 0 for natives. `is_top`: the executor keeps its place. */
static uint32_t sample_line(duk_hthread *thr, const duk_activation *act, bool is_top)
{
    const duk_hcompfunc *function = (const duk_hcompfunc *)act->func;
    if (!function || !DUK_HOBJECT_IS_COMPFUNC(&function->obj) || !function->data) {
        return 0;
    }
    const duk_instr_t *next = is_top && thr->ptr_curr_pc ? *thr->ptr_curr_pc : act->curr_pc;
    duk_tval *lines = duk_hobject_find_entry_tval_ptr_stridx(
        thr->heap, (duk_hobject *)(uintptr_t)&function->obj, DUK_STRIDX_INT_PC2LINE);
    if (!next || next < function->bytecode || !lines || !DUK_TVAL_IS_BUFFER(lines)) {
        return 0;
    }
    size_t at = (size_t)(next - function->bytecode);
    return (uint32_t)duk__hobject_pc2line_query_raw(
        thr, (duk_hbuffer_fixed *)DUK_TVAL_GET_BUFFER(lines), at > 0 ? at - 1 : 0);
}

static void sample_text(const struct walk *walk, const duk_hobject *function,
                        duk_small_uint_t which, const void **text, size_t *size)
{
    const duk_hstring *string = walk_own_string(walk, function, which);
    if (string) {
        *text = DUK_HSTRING_GET_DATA(string);
        *size = DUK_HSTRING_GET_BYTELEN(string);
    }
}

static struct profile_frame sample_frame(duk_hthread *thr, const duk_activation *act, bool is_top)
{
    const struct walk walk = {.heap = thr->heap};
    struct profile_frame frame = {
        .name = sample_native, .file = "", .name_size = sizeof sample_native - 1};
    if (act->func) {
        frame.name = sample_anonymous;
        frame.name_size = sizeof sample_anonymous - 1;
        sample_text(&walk, act->func, DUK_STRIDX_NAME, &frame.name, &frame.name_size);
        sample_text(&walk, act->func, DUK_STRIDX_FILE_NAME, &frame.file, &frame.file_size);
        frame.line = sample_line(thr, act, is_top);
    }
    return frame;
}

/* Innermost first; the outermost ones are left out of a deep stack. */
static size_t sample_stack(const duk_heap *heap, struct profile_frame *frames)
{
    size_t count = 0;
    for (duk_hthread *thr = heap->curr_thread; thr; thr = thr->resumer) {
        bool is_top = true;
        for (const duk_activation *act = thr->callstack_curr; act; act = act->parent) {
            if (count == PROFILE_DEPTH_MAX) {
                return count;
            }
            frames[count++] = sample_frame(thr, act, is_top);
            is_top = false;
        }
    }
    return count;
}

DUK_COLD static void sample_add(struct engine *engine, const void *block, size_t bytes)
{
    struct profile_frame frames[PROFILE_DEPTH_MAX];
    size_t count = sample_stack(engine->heap, frames);
    profile_add(engine->profile, block, bytes, frames, count);
}

/* `block` is new. */
static void sample_made(struct engine *engine, const void *block, size_t bytes)
{
    if (DUK_UNLIKELY(profile_take(engine->profile, bytes)) && block) {
        sample_add(engine, block, bytes);
    }
}

static void sample_gone(struct engine *engine, const void *block)
{
    profile_remove(engine->profile, block);
}

static void *sample_alloc(void *udata, duk_size_t size)
{
    void *block = heap_alloc(udata, size);
    sample_made(udata, block, size);
    return block;
}

/* A block that changes its size is another block. */
static void *sample_realloc(void *udata, void *block, duk_size_t size)
{
    void *moved = heap_realloc(udata, block, size);
    if (moved || size == 0) {
        sample_gone(udata, block);
        sample_made(udata, moved, size);
    }
    return moved;
}

static void sample_free(void *udata, void *block)
{
    sample_gone(udata, block);
    heap_free(udata, block);
}

int engine_profile_start(struct engine *engine, double interval)
{
    if (engine->profile) {
        return -EALREADY;
    }
    engine->profile = profile_new(interval, 0);
    if (!engine->profile) {
        return -ENOMEM;
    }
    engine->heap->alloc_func = sample_alloc;
    engine->heap->realloc_func = sample_realloc;
    engine->heap->free_func = sample_free;
    return 0;
}

static void sample_end(struct engine *engine)
{
    if (engine->profile) {
        engine->heap->alloc_func = heap_alloc;
        engine->heap->realloc_func = heap_realloc;
        engine->heap->free_func = heap_free;
        profile_free(&engine->profile);
    }
}

int engine_profile_stop(struct engine *engine, int fd, struct engine_profile *figures)
{
    if (!engine->profile) {
        return -ENOENT;
    }
    struct sink *sink = fd >= 0 ? malloc(sizeof *sink) : NULL;
    int code = fd >= 0 && !sink ? -ENOMEM : 0;
    *figures = (struct engine_profile){
        .samples = engine->profile->sample_count,
        .taken = engine->profile->taken,
        .lost = engine->profile->lost,
        .live = (uint64_t)profile_bytes(engine->profile),
    };
    if (sink) {
        sink_init(sink, fd);
        profile_write(engine->profile, sink);
        code = sink_finish(sink);
        free(sink);
    }
    sample_end(engine);
    return code;
}
