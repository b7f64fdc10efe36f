/*
 * The image of a young heap, from which further ones are cast: copied and moved, instead of being built
 * property by property. Part of unity.c.
 *
 * Nobody keeps a list of the pointers in a heap; it is found by making the heap twice, by the same steps
 * at two addresses. A word that is the same in both is no pointer into the heap; one that differs by just
 * as much as the addresses do is one; anything else means that the heap depends on something besides its
 * making (a clock, memory outside of it), and there is no image then: heaps are built as ever. For this
 * both are made of zeroed memory, and strings hash alike in all heaps of a process.
 *
 * Invariant: an image is never changed once it is made, so threads cast from it without a lock.
 */
#include "runtime/engine/parts.h"

#include <sys/mman.h>
#include <sys/random.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define IMAGE_PAGE     ((size_t)4096)
#define IMAGE_ZEROABLE ((size_t)256 << 10) /* larger blocks are fresh mappings */

/* Where words are that must be moved: byte offsets into the heap's chunk, or into struct engine. */
struct words {
    uint32_t *at;
    size_t count, room;
};

struct engine_image {
    size_t pages; /* of the chunk, up to the last one in use */
    unsigned char *memory; /* them; what points into the heap is an offset from the chunk's start */
    bool *is_used;         /* by page; the others are zero */
    struct engine engine;  /* likewise */
    struct words heap_to_heap, heap_to_engine, engine_to_heap, engine_to_engine;
    uint64_t committed;
};

static uint32_t engine_hash_seed(void)
{
    static _Atomic uint32_t seed;
    uint32_t mine = atomic_load_explicit(&seed, memory_order_relaxed);
    while (mine == 0) {
        uint32_t fresh = 0;
        if (getrandom(&fresh, sizeof(fresh), GRND_NONBLOCK) != sizeof(fresh) || fresh == 0) {
            fresh = (uint32_t)(clock_now_ns() ^ (uintptr_t)&seed >> 12) | 1;
        }
        mine = atomic_compare_exchange_strong(&seed, &mine, fresh) ? fresh : mine;
    }
    return mine;
}

/* ---- memory that is the same whenever it is used the same way
 * ----------------------------------------------------------- */

static void *zeroed_alloc(void *udata, duk_size_t size)
{
    void *block = heap_alloc(udata, size);
    if (block && size <= IMAGE_ZEROABLE) {
        memset(block, 0, arena_block_bytes(block));
    }
    return block;
}

static void *zeroed_realloc(void *udata, void *block, duk_size_t size)
{
    size_t old = block && size <= IMAGE_ZEROABLE ? arena_block_bytes(block) : 0;
    void *moved = heap_realloc(udata, block, size);
    if (moved && moved != block && size <= IMAGE_ZEROABLE) {
        size_t kept = old < size ? old : size;
        memset((char *)moved + kept, 0, arena_block_bytes(moved) - kept);
    }
    return moved;
}


static void make_ordinary(struct engine *engine)
{
    engine->heap->alloc_func = heap_alloc;
    engine->heap->realloc_func = heap_realloc;
}

/* ---- two of a kind ------------------------------------------------------------------------------
 */

static struct wire_slot nobody; /* what the heaps that are compared count into */

static struct engine *make_sample(duk_safe_call_function fill, void *udata)
{
    struct engine_options options = {
        .slot = &nobody, .heap_limit = UINT64_MAX, .external_limit = UINT64_MAX};
    struct engine *engine = engine_build(&options, zeroed_alloc, zeroed_realloc);
    if (!engine) {
        return NULL;
    }
    bool is_filled = duk_safe_call(engine->context, fill, udata, 0, 1) == DUK_EXEC_SUCCESS;
    duk_set_top(engine->context, 0);
    duk_heap *heap = engine->heap;
    if (!is_filled || engine_is_dying(engine) || engine->buffers || engine->hold_count ||
        heap->lj.jmpbuf_ptr || heap->curr_thread) {
        engine_free(&engine);
        return NULL;
    }
    duk_heap_mark_and_sweep(heap, 0);
    arena_trim(engine->arena);
    make_ordinary(engine);
    memset(heap->rnd_state, 0, sizeof(heap->rnd_state));
    memset(&engine->options, 0, sizeof(engine->options));
    engine->gc_started = engine->gc_before = 0;
    engine->live = WIRE_UNKNOWN;
    return engine;
}

struct pair {
    const struct engine *engines[2];
    uintptr_t chunks[2];
};

static bool words_add(struct words *words, size_t at)
{
    if (words->count == words->room) {
        size_t room = words->room ? words->room * 2 : 1024;
        uint32_t *grown = realloc(words->at, room * sizeof(*grown));
        if (!grown) {
            return false;
        }
        words->at = grown;
        words->room = room;
    }
    words->at[words->count++] = (uint32_t)at;
    return true;
}

/* Compares `size` bytes of both; pointers become offsets in `copy` and are listed. */
static bool compare(const struct pair *pair, const void *first, const void *second, void *copy,
                    size_t size, size_t offset, struct words *to_heap, struct words *to_engine)
{
    const uintptr_t *a = first, *b = second;
    uintptr_t *to = copy;
    for (size_t i = 0; i < size / sizeof(uintptr_t); i++) {
        size_t at = offset + i * sizeof(uintptr_t);
        uintptr_t in_heap = a[i] - pair->chunks[0];
        uintptr_t in_engine = a[i] - (uintptr_t)pair->engines[0];
        to[i] = a[i];
        if (a[i] == b[i]) {
            continue;
        }
        if (in_heap <= ARENA_CHUNK && in_heap == b[i] - pair->chunks[1]) {
            to[i] = in_heap;
            if (!words_add(to_heap, at)) {
                return false;
            }
        } else if (in_engine < sizeof(struct engine) &&
                   in_engine == b[i] - (uintptr_t)pair->engines[1]) {
            to[i] = in_engine;
            if (!words_add(to_engine, at)) {
                return false;
            }
        } else {
            return false;
        }
    }
    return true;
}

static bool is_zero(const unsigned char *page)
{
    return page[0] == 0 && memcmp(page, page + 1, IMAGE_PAGE - 1) == 0;
}

static bool compare_pages(struct engine_image *image, const struct pair *pair)
{
    for (size_t i = 0; i < image->pages; i++) {
        size_t offset = i * IMAGE_PAGE;
        const unsigned char *a = (const unsigned char *)pair->chunks[0] + offset;
        const unsigned char *b = (const unsigned char *)pair->chunks[1] + offset;
        if (!compare(pair, a, b, image->memory + offset, IMAGE_PAGE, offset,
                     &image->heap_to_heap, &image->heap_to_engine)) {
            return false;
        }
        image->is_used[i] = !is_zero(image->memory + offset);
    }
    return true;
}

static void image_free(struct engine_image *image)
{
    free(image->memory);
    free(image->is_used);
    free(image->heap_to_heap.at);
    free(image->heap_to_engine.at);
    free(image->engine_to_heap.at);
    free(image->engine_to_engine.at);
    free(image);
}

static struct engine_image *image_of(const struct engine *first, const struct engine *second)
{
    struct pair pair = {.engines = {first, second}};
    size_t bytes = arena_extent(first->arena, &pair.chunks[0]);
    if (bytes == 0 || bytes != arena_extent(second->arena, &pair.chunks[1])) {
        return NULL;
    }
    struct engine_image *image = calloc(1, sizeof(*image));
    if (!image) {
        return NULL;
    }
    image->pages = bytes / IMAGE_PAGE;
    image->committed = arena_committed(first->arena);
    image->memory = malloc(bytes);
    image->is_used = calloc(image->pages, sizeof(*image->is_used));
    if (!image->memory || !image->is_used || !compare_pages(image, &pair) ||
        !compare(&pair, first, second, &image->engine, sizeof(struct engine), 0,
                 &image->engine_to_heap, &image->engine_to_engine)) {
        image_free(image);
        return NULL;
    }
    return image;
}

struct engine_image *engine_image_make(duk_safe_call_function fill, void *udata)
{
#if defined(DUK_USE_GC_TORTURE) || defined(__SANITIZE_ADDRESS__)
    /* There a heap is watched block by block from its first one on. */
    (void)fill;
    (void)udata;
    (void)make_sample;
    (void)image_of;
    return NULL;
#else
    struct engine *first = make_sample(fill, udata);
    struct engine *second = first ? make_sample(fill, udata) : NULL;
    struct engine_image *image = second ? image_of(first, second) : NULL;
    engine_free(&first);
    engine_free(&second);
    return image;
#endif
}

/* ---- casting ------------------------------------------------------------------------------------
 */

static void move_words(void *memory, const struct words *words, uintptr_t by)
{
    for (size_t i = 0; i < words->count; i++) {
        *(uintptr_t *)(void *)((char *)memory + words->at[i]) += by;
    }
}

/* The chunk's pages as they were, a run of used ones at a time; those that were zero are left to the
 * system. */
static void copy_pages(const struct engine_image *image, char *chunk)
{
    for (size_t first = 0, end; first < image->pages; first = end + 1) {
        for (end = first; end < image->pages && image->is_used[end]; end++) {
        }
        size_t offset = first * IMAGE_PAGE, bytes = (end - first) * IMAGE_PAGE;
        if (bytes > 0) {
            (void)madvise(chunk + offset, bytes, MADV_POPULATE_WRITE); /* saves faults, if known */
            memcpy(chunk + offset, image->memory + offset, bytes);
        }
    }
}

/* Numbers of its own for Math.random(). */
static void reseed(duk_heap *heap)
{
    heap->rnd_state[0] = clock_now_ns() ^ (uintptr_t)heap;
    duk_util_tinyrandom_prepare_seed(heap->heap_thread);
    heap->rnd_state[1] ^= (uintptr_t)heap;
}

struct engine *engine_cast(const struct engine_image *image, const struct engine_options *options)
{
    if (image->committed > options->heap_limit) {
        return NULL;
    }
    measure_stack();
    struct engine *engine = malloc(sizeof(*engine));
    char *chunk = engine ? arena_map() : NULL;
    if (!chunk) {
        free(engine);
        return NULL;
    }
    copy_pages(image, chunk);
    memcpy(engine, &image->engine, sizeof(*engine));
    move_words(chunk, &image->heap_to_heap, (uintptr_t)chunk);
    move_words(chunk, &image->heap_to_engine, (uintptr_t)engine);
    move_words(engine, &image->engine_to_heap, (uintptr_t)chunk);
    move_words(engine, &image->engine_to_engine, (uintptr_t)engine);
    engine->options = *options;
    arena_wake(engine->arena, options->slot, options->heap_limit);
    reseed(engine->heap);
    return engine;
}
