/*
 * Structured clone, what the sender's walk (clone_write.c) writes into and remembers with: the
 * growing bytes of a message, and numbers for what was met. Part of unity.c. Owned by a struct
 * writer, which lives on the C stack for the length of one postMessage. Invariant: after a failure
 * nothing was written half, so the caller may give up at any point.
 */
#include "runtime/engine/parts.h"

#include "runtime/engine/clone.h"

#include <sys/mman.h>

enum write_result {
    WRITE_OK,
    WRITE_CARE,      /* script is needed: start again with care */
    WRITE_REFUSED,   /* `culprit` cannot be cloned */
    WRITE_DETACHED,  /* a detached buffer */
    WRITE_UNLISTED,  /* a port that is not in the transfer list */
    WRITE_NO_MEMORY, /* outside the heap */
};

/* Small messages are written without an allocation but their own: what they need is in the writer,
 * which is on the C stack, and behind the message's head. */
#define FEW_NUMBERS 8
/* So many values a walk without protection looks at: what it did is lost when it comes to nothing. */
#define FEW_NODES   64

#define EXPECT_FROM ((size_t)128 << 10)
#define EXPECT_PAGE ((uintptr_t)4096)
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#define FEW_FRAMES  8

/* Numbers for pointers: objects, plain buffers, strings, stores. A list while they are few, then a
 * hash table. */
struct numbers {
    const void **keys;
    uint32_t *values;
    uint32_t count, size; /* size: a power of two, or 0 while it is a list */
    const void *few_keys[FEW_NUMBERS];
    uint32_t few_values[FEW_NUMBERS];
};

enum frame_kind { FRAME_ELEMENTS, FRAME_ENTRIES, FRAME_KEYS };

/* A container that is being written. */
struct write_frame {
    duk_hobject *object;
    uint32_t next, end;
    uint32_t count; /* entries written; stored at count_at when done */
    size_t count_at;
    enum frame_kind kind;
    uint32_t keys; /* FRAME_KEYS: index of the list of keys in `kept` */
};

struct writer {
    duk_hthread *thr;
    struct engine *engine;
    duk_idx_t value, transfer;
    bool is_careful;
    bool is_unguarded; /* nothing may throw: what might is left to a walk that is protected */
    duk_idx_t kept;                   /* the array that keeps what was met alive, once needed */
    uint32_t kept_count, moved_count; /* the transfer list comes first in `kept` */
    duk_tval culprit;

    unsigned char *data;
    size_t size, room;
    struct write_frame *frames;
    size_t depth, frame_room;
    struct write_frame few_frames[FEW_FRAMES];
    struct numbers objects, strings, stores;
    struct numbers moved_buffers, moved_ports; /* of the transfer list, in its order */
    uint64_t nodes, copied_bytes;

    struct message *message;
    size_t store_room;
};

static void numbers_init(struct numbers *numbers)
{
    numbers->keys = NULL;
    numbers->values = NULL;
    numbers->count = numbers->size = 0;
}

/* ---- numbers
 * ------------------------------------------------------------------------------------------- */

static inline uint32_t hash_pointer(const void *key)
{
    return (uint32_t)(((uintptr_t)key >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

/* Where `key` stands in the hash table, or the free place where it belongs. */
static inline uint32_t numbers_place(const struct numbers *numbers, const void *key)
{
    uint32_t at = hash_pointer(key) & (numbers->size - 1);
    while (numbers->keys[at] && numbers->keys[at] != key) {
        at = (at + 1) & (numbers->size - 1);
    }
    return at;
}

static void numbers_move(struct numbers *numbers, const void *key, uint32_t value)
{
    uint32_t at = numbers_place(numbers, key);
    numbers->keys[at] = key;
    numbers->values[at] = value;
}

static DUK_NOINLINE bool numbers_grow(struct numbers *numbers)
{
    const void **old_keys = numbers->keys;
    uint32_t *old_values = numbers->values;
    uint32_t old_size = numbers->size, size = old_size ? old_size * 4 : 64;
    const void **keys = calloc(size, sizeof(*keys));
    uint32_t *values = malloc(size * sizeof(*values));
    if (!keys || !values || !size) {
        free(keys);
        free(values);
        return false;
    }
    numbers->keys = keys;
    numbers->values = values;
    numbers->size = size;
    for (uint32_t i = 0; i < old_size; i++) {
        if (old_keys[i]) {
            numbers_move(numbers, old_keys[i], old_values[i]);
        }
    }
    for (uint32_t i = 0; !old_size && i < numbers->count; i++) {
        numbers_move(numbers, numbers->few_keys[i], numbers->few_values[i]);
    }
    free(old_keys);
    free(old_values);
    return true;
}

static void numbers_fini(struct numbers *numbers)
{
    free(numbers->keys);
    free(numbers->values);
    numbers->keys = NULL;
    numbers->values = NULL;
    numbers->count = numbers->size = 0;
}

static bool numbers_find(const struct numbers *numbers, const void *key, uint32_t *value)
{
    if (numbers->size) {
        uint32_t at = numbers_place(numbers, key);
        *value = numbers->values[at];
        return numbers->keys[at] != NULL;
    }
    for (uint32_t i = 0; i < numbers->count; i++) {
        if (numbers->few_keys[i] == key) {
            *value = numbers->few_values[i];
            return true;
        }
    }
    return false;
}

#define NUMBER_NEW  UINT32_MAX
#define NUMBER_FAIL (UINT32_MAX - 1)

/* The number of `key`; NUMBER_NEW when it had none, and has `value` now. */
static inline uint32_t numbers_add(struct numbers *numbers, const void *key, uint32_t value)
{
    if (!numbers->size) {
        for (uint32_t i = 0; i < numbers->count; i++) {
            if (numbers->few_keys[i] == key) {
                return numbers->few_values[i];
            }
        }
        if (numbers->count < FEW_NUMBERS) {
            numbers->few_keys[numbers->count] = key;
            numbers->few_values[numbers->count++] = value;
            return NUMBER_NEW;
        }
    }
    if (numbers->count * 2 >= numbers->size && !numbers_grow(numbers)) {
        return NUMBER_FAIL;
    }
    uint32_t at = numbers_place(numbers, key);
    if (numbers->keys[at]) {
        return numbers->values[at];
    }
    numbers->keys[at] = key;
    numbers->values[at] = value;
    numbers->count++;
    return NUMBER_NEW;
}

/* ---- bytes
 * --------------------------------------------------------------------------------------------------
 */

static DUK_NOINLINE bool grow_data(struct writer *w, size_t more)
{
    size_t room = w->room * 2 + more;
    bool is_inside = w->data == w->message->inside;
    unsigned char *data = room > w->size + more ? realloc(is_inside ? NULL : w->data, room) : NULL;
    if (!data) {
        return false;
    }
    if (is_inside) {
        memcpy(data, w->data, w->size);
    }
    if (more >= EXPECT_FROM) { /* whole pages that are about to be filled: no fault for each */
        uintptr_t start = ((uintptr_t)data + w->size + EXPECT_PAGE - 1) & ~(EXPECT_PAGE - 1);
        uintptr_t end = ((uintptr_t)data + w->size + more) & ~(EXPECT_PAGE - 1);
        (void)madvise((void *)start, end - start, MADV_POPULATE_WRITE);
    }
    w->data = data;
    w->room = room;
    return true;
}

static inline bool reserve(struct writer *w, size_t more)
{
    return DUK_LIKELY(w->room - w->size >= more) || grow_data(w, more);
}

static inline void put(struct writer *w, const void *bytes, size_t size)
{
    memcpy(w->data + w->size, bytes, size);
    w->size += size;
}

static inline void put_tag(struct writer *w, unsigned tag)
{
    w->data[w->size++] = (unsigned char)tag;
}

static inline void put_u32(struct writer *w, uint32_t value)
{
    put(w, &value, sizeof(value));
}

/* A tag and its uint32 payloads. */
static inline bool write_tag_u32(struct writer *w, unsigned tag, uint32_t value)
{
    if (!reserve(w, 5)) {
        return false;
    }
    put_tag(w, tag);
    put_u32(w, value);
    return true;
}

static bool write_string(struct writer *w, duk_hstring *string)
{
    unsigned tag = CLONE_STRING;
    /* With care, what a getter returned may be gone, and another string in its place. */
    if (!w->is_careful && DUK_HEAPHDR_GET_REFCOUNT(&string->hdr) > 1) {
        uint32_t number = numbers_add(&w->strings, string, w->strings.count);
        if (number == NUMBER_FAIL) {
            return false;
        }
        if (number != NUMBER_NEW) {
            return write_tag_u32(w, CLONE_STRING_REF, number);
        }
        tag |= CLONE_NUMBERED;
    }
    size_t bytes = DUK_HSTRING_GET_BYTELEN(string);
    if (!reserve(w, 5 + bytes)) {
        return false;
    }
    put_tag(w, tag);
    put_u32(w, (uint32_t)bytes);
    put(w, DUK_HSTRING_GET_DATA(string), bytes);
    return true;
}

/* Keeps the value on the top of the stack, and pops it. */
static uint32_t keep_top(struct writer *w)
{
    if (w->kept_count == 0) {
        duk_push_array(w->thr);
        duk_replace(w->thr, w->kept);
    }
    put_fresh(w->thr, w->kept, w->kept_count);
    return w->kept_count++;
}
