/*
 * The allocator of one isolate's heap. Memory comes in chunks of 1 MiB, aligned to their size,
 * whose first pages hold one `struct page` per page; so the owner of a block is found by masking
 * its address, and blocks carry no header.
 *
 *   up to 2 KiB    size classes; a span of a few pages holds blocks of one class
 *   up to 256 KiB  a run of whole pages
 *   above          a mapping of its own, aligned like a chunk, grown by moving pages (mremap)
 *
 * Pages are committed when first handed out and stay committed (free, but counted) until
 * arena_trim() or the limit takes them back. Invariant: `used` is the sum of the block sizes handed
 * out, rounded as this allocator rounds; `committed` is every page that may be resident.
 *
 * Called by the engine for every allocation. One file though long: the layers share the chunk's and
 * the page's layout and are inlined into each other on the way of each block.
 */
#include "runtime/arena.h"

#include "base/check.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#if defined(__has_feature) /* clang, which the fuzzers are built with */
#if __has_feature(address_sanitizer)
#define ARENA_IS_POISONED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_IS_POISONED
#endif

#ifdef ARENA_IS_POISONED
#include <sanitizer/asan_interface.h>
#define ARENA_POISON(block, size)   __asan_poison_memory_region((block), (size))
#define ARENA_UNPOISON(block, size) __asan_unpoison_memory_region((block), (size))
#else
#define ARENA_POISON(block, size)   ((void)(block), (void)(size))
#define ARENA_UNPOISON(block, size) ((void)(block), (void)(size))
#endif

#define PAGE_BYTES  ((size_t)4096)
#define CHUNK_BYTES ARENA_CHUNK
#define CHUNK_PAGES (CHUNK_BYTES / PAGE_BYTES)
#define CLASS_COUNT 20
#define SMALL_MAX   ((size_t)2048)
#define RUN_MAX     ((size_t)256 << 10)
#define WORD_BITS   64
#define AHEAD_FROM  ((uint64_t)4 << 20) /* committed bytes of a heap that commits pages ahead */
#define AHEAD_PAGES 16
#define POPULATE_MAX ((size_t)64 << 20)
#define HUGE_FROM   ((size_t)4 << 20)
#define PAGE_WORDS  (CHUNK_PAGES / WORD_BITS)

enum page_kind { PAGE_FREE, PAGE_SPAN, PAGE_RUN };

/* What a page is part of; the links and counts of a span or run are those of its first page. */
struct page {
    struct page *next, *prev; /* spans of one class with room */
    void *free;               /* released blocks, linked through their first word */
    uint16_t used;            /* blocks handed out */
    uint16_t fresh;           /* blocks never handed out start here */
    uint8_t kind;
    uint8_t class;
    uint8_t back; /* pages back to the first one */
    uint8_t run;  /* pages of the run or span */
};

struct chunk;

struct arena {
    struct wire_slot *slot;
    uint64_t limit, used, committed, peak;
    struct page *room[CLASS_COUNT]; /* spans with room, most recently used first */
    struct chunk *chunks;           /* of pages; this struct lies in the last one */
    struct chunk *large;            /* mappings with one block */
    bool is_trimmed;                /* nothing was freed since the last arena_trim() */
};

/* The arena stands in front of the pages, so that a small heap touches one page of all this. */
struct chunk {
    struct chunk *next, *prev;
    size_t bytes; /* 0 for a chunk of pages; else the length of a mapping with one block */
    uint64_t free[PAGE_WORDS];
    uint64_t committed[PAGE_WORDS];
    unsigned free_count;
    unsigned first;     /* pages below hold this header */
    struct arena arena; /* lives in the chunk that was first; the others keep the room */
    struct page pages[];
};

#define CHUNK_HEAD (sizeof(struct chunk) + CHUNK_PAGES * sizeof(struct page))
#define LARGE_HEAD ((size_t)64)

_Static_assert(CHUNK_PAGES <= 256, "a page number fits a byte");
_Static_assert(offsetof(struct chunk, pages) >= LARGE_HEAD, "the header of a large block fits");

static const uint16_t class_bytes[CLASS_COUNT] = {16,  32,  48,  64,   80,   96,  112,
                                                  128, 160, 192, 224,  256,  320, 384,
                                                  448, 512, 768, 1024, 1536, 2048};
static const uint8_t class_pages[CLASS_COUNT] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                                 1, 1, 1, 1, 1, 1, 1, 1, 3, 1};

/* The class of a size up to SMALL_MAX: four steps to each power of two above 128, two above 512,
 * where an idle heap has next to nothing and every class costs it a page. */
static inline unsigned class_of(size_t size)
{
    if (size <= 128) {
        return (unsigned)((size - 1) >> 4);
    }
    unsigned log = 63 - (unsigned)__builtin_clzll(size - 1);
    if (size > 512) {
        return 16 + (log - 9) * 2 + (unsigned)(((size - 1) >> (log - 1)) & 1);
    }
    return 8 + (log - 7) * 4 + (unsigned)(((size - 1) >> (log - 2)) & 3);
}

static inline struct chunk *chunk_of(const void *block)
{
    return (struct chunk *)((uintptr_t)block & ~(uintptr_t)(CHUNK_BYTES - 1));
}

static inline struct page *page_of(struct chunk *chunk, const void *block)
{
    struct page *page = &chunk->pages[((uintptr_t)block & (CHUNK_BYTES - 1)) / PAGE_BYTES];
    return page - page->back;
}

static inline char *page_address(const struct page *page)
{
    struct chunk *chunk = chunk_of(page);
    return (char *)chunk + (size_t)(page - chunk->pages) * PAGE_BYTES;
}

static inline void count_used(struct arena *arena, uint64_t used)
{
    arena->used = used;
    atomic_store_explicit(&arena->slot->heap_used, used, memory_order_relaxed);
}

static void count_committed(struct arena *arena, uint64_t committed)
{
    arena->committed = committed;
    atomic_store_explicit(&arena->slot->heap_total, committed, memory_order_relaxed);
    if (committed > arena->peak) {
        arena->peak = committed;
        atomic_store_explicit(&arena->slot->heap_peak, committed, memory_order_relaxed);
    }
}

static inline bool bit_get(const uint64_t *words, unsigned bit)
{
    return words[bit / WORD_BITS] >> (bit % WORD_BITS) & 1;
}

static inline void bit_set(uint64_t *words, unsigned bit)
{
    words[bit / WORD_BITS] |= UINT64_C(1) << (bit % WORD_BITS);
}

static inline void bit_clear(uint64_t *words, unsigned bit)
{
    words[bit / WORD_BITS] &= ~(UINT64_C(1) << (bit % WORD_BITS));
}

/* ---- address space ------------------------------------------------------------------------------
 */

/* `bytes` of fresh memory aligned to CHUNK_BYTES; NULL when there is none. */
static void *map_aligned(size_t bytes)
{
    size_t span = bytes + CHUNK_BYTES;
    char *base = mmap(NULL, span, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) {
        return NULL;
    }
    char *start = (char *)(((uintptr_t)base + CHUNK_BYTES - 1) & ~(uintptr_t)(CHUNK_BYTES - 1));
    if (start > base) {
        munmap(base, (size_t)(start - base));
    }
    if (base + span > start + bytes) {
        munmap(start + bytes, (size_t)(base + span - (start + bytes)));
    }
    return start;
}

static size_t page_round(size_t bytes)
{
    return (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

/* A chunk of pages whose header takes `head` bytes; not yet in a list or counted. */
static struct chunk *chunk_new(size_t head)
{
    struct chunk *chunk = map_aligned(CHUNK_BYTES);
    if (!chunk) {
        return NULL;
    }
    /* A huge page would make a 100 KB heap resident with 2 MB. */
    madvise(chunk, CHUNK_BYTES, MADV_NOHUGEPAGE);
    chunk->first = (unsigned)(page_round(head) / PAGE_BYTES);
    chunk->free_count = CHUNK_PAGES - chunk->first;
    for (unsigned page = chunk->first; page < CHUNK_PAGES; page++) {
        bit_set(chunk->free, page);
    }
    ARENA_POISON((char *)chunk + page_round(head), CHUNK_BYTES - page_round(head));
    return chunk;
}

static void unmap(void *start, size_t bytes)
{
    ARENA_UNPOISON(start, bytes);
    munmap(start, bytes);
}

/* ---- pages
 * --------------------------------------------------------------------------------------- */

/* First page of `count` free ones in a row, 0 when there are none. Low addresses first, so that
 * what is committed already is used again. */
static unsigned find_run(const struct chunk *chunk, unsigned count)
{
    unsigned length = 0;
    for (unsigned page = chunk->first; page < CHUNK_PAGES; page++) {
        if (page % WORD_BITS == 0 && chunk->free[page / WORD_BITS] == 0) {
            length = 0;
            page += WORD_BITS - 1;
            continue;
        }
        length = bit_get(chunk->free, page) ? length + 1 : 0;
        if (length == count) {
            return page + 1 - count;
        }
    }
    return 0;
}

static uint64_t uncommitted_bytes(const struct chunk *chunk, unsigned first, unsigned count)
{
    uint64_t pages = 0;
    for (unsigned page = first; page < first + count; page++) {
        pages += !bit_get(chunk->committed, page);
    }
    return pages * PAGE_BYTES;
}

static inline bool fits(const struct arena *arena, uint64_t more)
{
    return more <= arena->limit && arena->committed <= arena->limit - more;
}

/* Fresh pages are about to be written: one call instead of a fault for each. An old kernel refuses, and
 * they fault. */
static void populate(void *start, size_t bytes)
{
    if (bytes <= POPULATE_MAX) {
        (void)madvise(start, bytes, MADV_POPULATE_WRITE);
    }
}

/* A heap that has grown will need the pages behind a fresh one as well: they are committed with it, free
 * but counted, and given back like any others. */
static void commit_ahead(struct arena *arena, struct chunk *chunk, unsigned first, unsigned count)
{
    unsigned end = first + count;
    while (end < CHUNK_PAGES && end - first < AHEAD_PAGES && bit_get(chunk->free, end) &&
           !bit_get(chunk->committed, end)) {
        end++;
    }
    uint64_t more = (uint64_t)(end - first - count) * PAGE_BYTES;
    if (more == 0 || !fits(arena, more)) {
        return;
    }
    for (unsigned page = first + count; page < end; page++) {
        bit_set(chunk->committed, page);
    }
    count_committed(arena, arena->committed + more);
    arena->is_trimmed = false;
    populate((char *)chunk + first * PAGE_BYTES, (end - first) * PAGE_BYTES);
}

static void take_pages(struct arena *arena, struct chunk *chunk, unsigned first, unsigned count)
{
    uint64_t fresh = uncommitted_bytes(chunk, first, count);
    count_committed(arena, arena->committed + fresh);
    for (unsigned page = first; page < first + count; page++) {
        bit_clear(chunk->free, page);
        bit_set(chunk->committed, page);
        chunk->pages[page].back = (uint8_t)(page - first);
    }
    chunk->free_count -= count;
    chunk->pages[first].run = (uint8_t)count;
    if (fresh > 0 && arena->committed >= AHEAD_FROM) {
        commit_ahead(arena, chunk, first, count);
    }
}

/* Where `count` pages in a row are free and what taking them commits; chunk NULL: in a new one. */
struct place {
    struct chunk *chunk;
    unsigned first;
    uint64_t commits;
};

static struct place find_place(const struct arena *arena, unsigned count)
{
    struct place place = {NULL, 0, count * PAGE_BYTES + page_round(CHUNK_HEAD)};
    for (struct chunk *chunk = arena->chunks; chunk; chunk = chunk->next) {
        unsigned first = chunk->free_count >= count ? find_run(chunk, count) : 0;
        if (first) {
            place = (struct place){chunk, first, uncommitted_bytes(chunk, first, count)};
            break;
        }
    }
    return place;
}

static struct chunk *add_chunk(struct arena *arena)
{
    struct chunk *chunk = chunk_new(CHUNK_HEAD);
    if (chunk) {
        chunk->next = arena->chunks;
        arena->chunks->prev = chunk;
        arena->chunks = chunk;
        count_committed(arena, arena->committed + page_round(CHUNK_HEAD));
    }
    return chunk;
}

/* `count` pages in a row, or NULL at the limit. */
static struct page *pages_new(struct arena *arena, unsigned count, enum page_kind kind)
{
    struct place place = find_place(arena, count);
    if (!fits(arena, place.commits)) {
        arena_trim(arena);
        place = find_place(arena, count);
        if (!fits(arena, place.commits)) {
            return NULL;
        }
    }
    if (!place.chunk) {
        place.chunk = add_chunk(arena);
        if (!place.chunk) {
            return NULL;
        }
        place.first = place.chunk->first;
    }
    take_pages(arena, place.chunk, place.first, count);
    place.chunk->pages[place.first].kind = (uint8_t)kind;
    return &place.chunk->pages[place.first];
}

/* The pages stay committed, for the next who needs some. */
static void pages_free(struct arena *arena, struct page *page, unsigned count)
{
    struct chunk *chunk = chunk_of(page);
    arena->is_trimmed = false;
    unsigned first = (unsigned)(page - chunk->pages);
    for (unsigned i = first; i < first + count; i++) {
        bit_set(chunk->free, i);
    }
    page->kind = PAGE_FREE;
    chunk->free_count += count;
}

/* ---- small blocks
 * ---------------------------------------------------------------------------------- */

static void room_push(struct arena *arena, struct page *span)
{
    struct page **head = &arena->room[span->class];
    span->prev = NULL;
    span->next = *head;
    if (*head) {
        (*head)->prev = span;
    }
    *head = span;
}

static void room_remove(struct arena *arena, struct page *span)
{
    if (span->prev) {
        span->prev->next = span->next;
    } else {
        arena->room[span->class] = span->next;
    }
    if (span->next) {
        span->next->prev = span->prev;
    }
}

static inline unsigned span_capacity(unsigned class)
{
    return (unsigned)(class_pages[class] * PAGE_BYTES / class_bytes[class]);
}

static struct page *span_new(struct arena *arena, unsigned class)
{
    struct page *span = pages_new(arena, class_pages[class], PAGE_SPAN);
    if (span) {
        span->class = (uint8_t) class;
        span->free = NULL;
        span->used = 0;
        span->fresh = 0;
        room_push(arena, span);
    }
    return span;
}

static inline void *small_alloc(struct arena *arena, size_t size)
{
    unsigned class = class_of(size);
    struct page *span = arena->room[class];
    if (__builtin_expect(!span, 0)) {
        span = span_new(arena, class);
        if (!span) {
            return NULL;
        }
    }
    void *block = span->free;
    if (block) {
        ARENA_UNPOISON(block, size < sizeof(void *) ? sizeof(void *) : size);
        span->free = *(void **)block;
    } else {
        block = page_address(span) + (size_t)span->fresh++ * class_bytes[class];
    }
    ARENA_POISON(block, class_bytes[class]);
    ARENA_UNPOISON(block, size);
    if (++span->used == span_capacity(class)) {
        room_remove(arena, span);
    }
    count_used(arena, arena->used + class_bytes[class]);
    return block;
}

static inline void small_free(struct arena *arena, struct page *span, void *block)
{
    unsigned class = span->class;
    ARENA_UNPOISON(block, sizeof(void *));
    *(void **)block = span->free;
    ARENA_POISON(block, class_bytes[class]);
    span->free = block;
    if (span->used-- == span_capacity(class)) {
        room_push(arena, span);
    } else if (span->used == 0) {
        arena->is_trimmed = false;
        /* The last span of a class stays, so that one block coming and going costs no pages. */
        if (span->next || span->prev) {
            room_remove(arena, span);
            pages_free(arena, span, class_pages[class]);
        }
    }
    count_used(arena, arena->used - class_bytes[class]);
}

/* ---- runs of pages
 * ----------------------------------------------------------------------------------- */

static void *run_alloc(struct arena *arena, size_t size)
{
    unsigned count = (unsigned)(page_round(size) / PAGE_BYTES);
    struct page *page = pages_new(arena, count, PAGE_RUN);
    if (!page) {
        return NULL;
    }
    count_used(arena, arena->used + count * PAGE_BYTES);
    ARENA_UNPOISON(page_address(page), size);
    return page_address(page);
}

static void run_free(struct arena *arena, struct page *page)
{
    unsigned count = page->run;
    ARENA_POISON(page_address(page), count * PAGE_BYTES);
    pages_free(arena, page, count);
    count_used(arena, arena->used - count * PAGE_BYTES);
}

/* Grows or shrinks where it stands; false when the pages behind are taken or the limit is hit. */
static bool run_resize(struct arena *arena, struct page *page, size_t size)
{
    struct chunk *chunk = chunk_of(page);
    unsigned first = (unsigned)(page - chunk->pages), old = page->run;
    unsigned count = (unsigned)(page_round(size) / PAGE_BYTES);
    if (count > old) {
        for (unsigned i = first + old; i < first + count; i++) {
            if (i >= CHUNK_PAGES || !bit_get(chunk->free, i)) {
                return false;
            }
        }
        if (!fits(arena, uncommitted_bytes(chunk, first + old, count - old))) {
            return false;
        }
        take_pages(arena, chunk, first + old, count - old);
        for (unsigned i = first + old; i < first + count; i++) {
            chunk->pages[i].back = (uint8_t)(i - first);
        }
    } else if (count < old) {
        pages_free(arena, page + count, old - count);
    }
    page->kind = PAGE_RUN;
    page->run = (uint8_t)count;
    ARENA_POISON(page_address(page), (count > old ? count : old) * PAGE_BYTES);
    ARENA_UNPOISON(page_address(page), size);
    count_used(arena, arena->used + count * PAGE_BYTES - old * PAGE_BYTES);
    return true;
}

/* ---- large blocks
 * ------------------------------------------------------------------------------------ */

static size_t large_bytes(size_t size)
{
    return page_round(size + LARGE_HEAD);
}

static void large_link(struct arena *arena, struct chunk *chunk)
{
    chunk->prev = NULL;
    chunk->next = arena->large;
    if (arena->large) {
        arena->large->prev = chunk;
    }
    arena->large = chunk;
}

static void large_unlink(struct arena *arena, struct chunk *chunk)
{
    if (chunk->prev) {
        chunk->prev->next = chunk->next;
    } else {
        arena->large = chunk->next;
    }
    if (chunk->next) {
        chunk->next->prev = chunk->prev;
    }
}

static bool large_fits(struct arena *arena, size_t bytes)
{
    if (!fits(arena, bytes)) {
        arena_trim(arena);
    }
    return fits(arena, bytes);
}

static void *large_alloc(struct arena *arena, size_t size)
{
    size_t bytes = large_bytes(size);
    if (bytes < size || !large_fits(arena, bytes)) {
        return NULL;
    }
    struct chunk *chunk = map_aligned(bytes);
    if (!chunk) {
        return NULL;
    }
    if (bytes >= HUGE_FROM) {
        (void)madvise(chunk, bytes, MADV_HUGEPAGE);
    }
    populate(chunk, bytes);
    chunk->bytes = bytes;
    large_link(arena, chunk);
    count_committed(arena, arena->committed + bytes);
    count_used(arena, arena->used + bytes);
    ARENA_POISON((char *)chunk + LARGE_HEAD, bytes - LARGE_HEAD);
    ARENA_UNPOISON((char *)chunk + LARGE_HEAD, size);
    return (char *)chunk + LARGE_HEAD;
}

static void large_free(struct arena *arena, struct chunk *chunk)
{
    size_t bytes = chunk->bytes;
    large_unlink(arena, chunk);
    unmap(chunk, bytes);
    count_committed(arena, arena->committed - bytes);
    count_used(arena, arena->used - bytes);
}

/* Moves the pages of `chunk` to a place of `bytes`; NULL when there is none. */
static struct chunk *large_move(struct chunk *chunk, size_t bytes)
{
    struct chunk *moved = mremap(chunk, chunk->bytes, bytes, 0);
    if (moved != MAP_FAILED) {
        return moved;
    }
    void *place = map_aligned(bytes);
    if (!place) {
        return NULL;
    }
    moved = mremap(chunk, chunk->bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, place);
    if (moved == MAP_FAILED) {
        munmap(place, bytes);
        return NULL;
    }
    return moved;
}

static void *large_realloc(struct arena *arena, struct chunk *chunk, size_t size)
{
    size_t old = chunk->bytes, bytes = large_bytes(size);
    if (bytes < size || (bytes > old && !large_fits(arena, bytes - old))) {
        return NULL;
    }
    if (bytes != old) {
        large_unlink(arena, chunk);
        ARENA_UNPOISON(chunk, old);
        struct chunk *moved = large_move(chunk, bytes);
        large_link(arena, moved ? moved : chunk);
        if (!moved) {
            return NULL;
        }
        chunk = moved;
        if (bytes > old) {
            populate((char *)chunk + old, bytes - old);
        }
        chunk->bytes = bytes;
        count_committed(arena, arena->committed + bytes - old);
        count_used(arena, arena->used + bytes - old);
    }
    ARENA_POISON((char *)chunk + LARGE_HEAD, bytes - LARGE_HEAD);
    ARENA_UNPOISON((char *)chunk + LARGE_HEAD, size);
    return (char *)chunk + LARGE_HEAD;
}

/* ---- the interface
 * ----------------------------------------------------------------------------------- */

struct arena *arena_new(struct wire_slot *slot, uint64_t limit)
{
    size_t head = page_round(CHUNK_HEAD);
    if (head > limit) {
        return NULL;
    }
    struct chunk *chunk = chunk_new(head);
    if (!chunk) {
        return NULL;
    }
    struct arena *arena = &chunk->arena;
    arena->slot = slot;
    arena->limit = limit;
    arena->chunks = chunk;
    atomic_store_explicit(&slot->heap_limit, limit, memory_order_relaxed);
    count_committed(arena, head);
    count_used(arena, 0);
    return arena;
}

void arena_free(struct arena **place)
{
    struct arena *arena = *place;
    if (!arena) {
        return;
    }
    *place = NULL;
    struct wire_slot *slot = arena->slot;
    for (struct chunk *chunk = arena->large, *next; chunk; chunk = next) {
        next = chunk->next;
        unmap(chunk, chunk->bytes);
    }
    /* The arena itself lies in the last chunk. */
    for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        unmap(chunk, CHUNK_BYTES);
    }
    atomic_store_explicit(&slot->heap_used, 0, memory_order_relaxed);
    atomic_store_explicit(&slot->heap_total, 0, memory_order_relaxed);
}

size_t arena_extent(const struct arena *arena, uintptr_t *start)
{
    const struct chunk *chunk = arena->chunks;
    unsigned last = CHUNK_PAGES - 1;
    if (chunk->next || arena->large) {
        return 0;
    }
    while (last >= chunk->first && !bit_get(chunk->committed, last)) {
        last--;
    }
    *start = (uintptr_t)chunk;
    return (size_t)(last + 1) * PAGE_BYTES;
}

void *arena_map(void)
{
    void *memory = map_aligned(CHUNK_BYTES);
    if (memory) {
        madvise(memory, CHUNK_BYTES, MADV_NOHUGEPAGE);
    }
    return memory;
}

void arena_wake(struct arena *arena, struct wire_slot *slot, uint64_t limit)
{
    uint64_t committed = arena->committed;
    arena->slot = slot;
    arena->limit = limit;
    arena->peak = 0;
    atomic_store_explicit(&slot->heap_limit, limit, memory_order_relaxed);
    count_committed(arena, committed);
    count_used(arena, arena->used);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (__builtin_expect(size - 1 < SMALL_MAX, 1)) {
        return small_alloc(arena, size);
    }
    if (size == 0) {
        return NULL;
    }
    return size <= RUN_MAX ? run_alloc(arena, size) : large_alloc(arena, size);
}

void arena_release(struct arena *arena, void *block)
{
    if (!block) {
        return;
    }
    struct chunk *chunk = chunk_of(block);
    if (chunk->bytes) {
        large_free(arena, chunk);
        return;
    }
    struct page *page = page_of(chunk, block);
    if (__builtin_expect(page->kind == PAGE_SPAN, 1)) {
        small_free(arena, page, block);
    } else {
        CHECK(page->kind == PAGE_RUN);
        run_free(arena, page);
    }
}

/* What a block of any kind holds at most. */
static size_t block_bytes(const struct chunk *chunk, const struct page *page)
{
    if (chunk->bytes) {
        return chunk->bytes - LARGE_HEAD;
    }
    return page->kind == PAGE_SPAN ? class_bytes[page->class] : page->run * PAGE_BYTES;
}

static void *move_block(struct arena *arena, void *block, size_t size, size_t old)
{
    void *moved = arena_alloc(arena, size);
    if (!moved) {
        /* Shrinking cannot fail: the old block serves as well. */
        return size <= old ? block : NULL;
    }
    ARENA_UNPOISON(block, old);
    memcpy(moved, block, size < old ? size : old);
    arena_release(arena, block);
    return moved;
}

void *arena_realloc(struct arena *arena, void *block, size_t size)
{
    if (!block) {
        return arena_alloc(arena, size);
    }
    if (size == 0) {
        arena_release(arena, block);
        return NULL;
    }
    struct chunk *chunk = chunk_of(block);
    struct page *page = chunk->bytes ? NULL : page_of(chunk, block);
    size_t old = block_bytes(chunk, page);
    if (!page) {
        return size > RUN_MAX ? large_realloc(arena, chunk, size)
                              : move_block(arena, block, size, old);
    }
    if (page->kind == PAGE_SPAN) {
        if (size <= SMALL_MAX && class_of(size) == page->class) {
            ARENA_POISON(block, old);
            ARENA_UNPOISON(block, size);
            return block;
        }
        return move_block(arena, block, size, old);
    }
    if (size > SMALL_MAX && size <= RUN_MAX && run_resize(arena, page, size)) {
        return block;
    }
    return move_block(arena, block, size, old);
}

size_t arena_block_bytes(const void *block)
{
    struct chunk *chunk = chunk_of(block);
    return chunk->bytes ? chunk->bytes : block_bytes(chunk, page_of(chunk, block));
}

uint64_t arena_used(const struct arena *arena)
{
    return arena->used;
}

uint64_t arena_committed(const struct arena *arena)
{
    return arena->committed;
}

uint64_t arena_limit(const struct arena *arena)
{
    return arena->limit;
}

/* Gives the free committed pages of `chunk` back, run by run. */
static void trim_chunk(struct arena *arena, struct chunk *chunk)
{
    unsigned page = chunk->first;
    while (page < CHUNK_PAGES) {
        unsigned start = page;
        while (page < CHUNK_PAGES && bit_get(chunk->free, page) &&
               bit_get(chunk->committed, page)) {
            bit_clear(chunk->committed, page++);
        }
        if (page == start) {
            page++;
            continue;
        }
        size_t bytes = (page - start) * PAGE_BYTES;
        madvise((char *)chunk + start * PAGE_BYTES, bytes, MADV_DONTNEED);
        count_committed(arena, arena->committed - bytes);
    }
}

void arena_trim(struct arena *arena)
{
    if (arena->is_trimmed) {
        return; /* at the limit every allocation asks */
    }
    for (unsigned class = 0; class < CLASS_COUNT; class ++) {
        for (struct page *span = arena->room[class], *next; span; span = next) {
            next = span->next;
            if (span->used == 0) {
                room_remove(arena, span);
                pages_free(arena, span, class_pages[class]);
            }
        }
    }
    for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        trim_chunk(arena, chunk);
        /* The last one, which holds the arena, is never wholly free in this sense. */
        if (next && chunk->free_count == CHUNK_PAGES - chunk->first) {
            if (chunk->prev) {
                chunk->prev->next = next;
            } else {
                arena->chunks = next;
            }
            next->prev = chunk->prev;
            unmap(chunk, CHUNK_BYTES);
            count_committed(arena, arena->committed - page_round(CHUNK_HEAD));
        }
    }
    arena->is_trimmed = true;
}
