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
        frame.is_construct = (act->flags & DUK_ACT_FLAG_CONSTRUCT) != 0;
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

/* Tables from this size on: smaller ones are no matter. Bytes. */
#define SAMPLE_TABLE 1024

static void *sample_alloc(void *udata, duk_size_t size)
{
    struct engine *engine = udata;
    void *block = heap_alloc(udata, size);
    sample_made(engine, block, size);
    engine->sampled_table = size >= SAMPLE_TABLE ? block : NULL;
    return block;
}

/* A block that grows is as much more, whenever it was made: a table that doubles is no new table. */
static void *sample_realloc(void *udata, void *block, duk_size_t size)
{
    ((struct engine *)udata)->sampled_table = NULL;
    struct profile *profile = ((struct engine *)udata)->profile;
    size_t before = block ? arena_block_bytes(block) : 0;
    void *moved = heap_realloc(udata, block, size);
    size_t after = moved ? arena_block_bytes(moved) : 0;
    if (size == 0) {
        sample_gone(udata, block);
    } else if (moved && block) {
        profile_move(profile, block, moved, after < before ? (double)after / (double)before : 1);
    }
    if (after > before) {
        sample_made(udata, moved, after - before);
    }
    return moved;
}

/* The engine enlarges properties and elements by making a block, copying, and freeing the old one:
 * what is freed right behind the making of something larger is taken for that. */
static bool sample_is_replaced(const struct engine *engine, const void *block)
{
    const void *table = engine->sampled_table;
    if (!table || !block || block == table) {
        return false;
    }
    size_t before = arena_block_bytes(block), after = arena_block_bytes(table);
    return before < after && before >= after / 4;
}

static void sample_free(void *udata, void *block)
{
    struct engine *engine = udata;
    if (sample_is_replaced(engine, block)) {
        const void *table = engine->sampled_table;
        double share = 1 - (double)arena_block_bytes(block) / (double)arena_block_bytes(table);
        profile_replace(engine->profile, block, table, share);
    } else {
        sample_gone(engine, block);
    }
    engine->sampled_table = NULL;
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
    engine->sampled_table = NULL;
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

int engine_profile_sites(struct engine *engine, struct profile_site *sites, size_t max)
{
    if (!engine->profile) {
        return -ENOENT;
    }
    /* The engine's own tables are nothing that the line keeps in which they had to grow. */
    sample_gone(engine, engine->heap->strtable);
    sample_gone(engine, engine->heap->heap_thread->valstack);
    return profile_sites(engine->profile, sites, max);
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
