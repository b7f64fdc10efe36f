/*
 * The census of a heap. Part of unity.c. One pass over all things without looking at what they
 * refer to; garbage that was not collected yet is counted as well, so collect before.
 */
#include "runtime/census.h"
#include "runtime/engine/parts.h"
#include "runtime/engine/walk.h"

#include <errno.h>

/* The name of a kind by pointer: of the heap's string, or of a literal. */
struct count_kind {
    const void *key; /* NULL: free */
    uint64_t count, bytes;
    bool is_string;
};

struct count {
    struct walk walk;
    struct count_kind *kinds; /* owned; open addressing */
    size_t used, room;
};

static struct count_kind *count_place(const struct count *count, const void *key)
{
    uint64_t hash = ((uintptr_t)key >> 3) * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (size_t)(hash >> 32) & (count->room - 1);
    while (count->kinds[i].key && count->kinds[i].key != key) {
        i = (i + 1) & (count->room - 1);
    }
    return &count->kinds[i];
}

static bool count_grow(struct count *count)
{
    struct count old = *count;
    count->room = old.room ? old.room * 2 : 256;
    count->kinds = calloc(count->room, sizeof *count->kinds);
    if (!count->kinds) {
        count->kinds = old.kinds;
        count->room = old.room;
        return false;
    }
    for (size_t i = 0; i < old.room; i++) {
        if (old.kinds[i].key) {
            *count_place(count, old.kinds[i].key) = old.kinds[i];
        }
    }
    free(old.kinds);
    return true;
}

static const char *count_text(const struct walk_node *node)
{
    switch (node->type) {
    case WALK_STRING:
        return "(string)";
    case WALK_SYMBOL:
        return "(symbol)";
    case WALK_CLOSURE:
        return "(closure)";
    case WALK_CODE:
        return "(compiled code)";
    case WALK_HIDDEN:
        return "(buffer)";
    default:
        return snapshot_texts[node->text];
    }
}

static bool count_thing(void *context, const duk_heaphdr *thing)
{
    struct count *count = context;
    struct walk_node node;
    walk_describe(&count->walk, thing, &node);
    bool is_object = node.type == WALK_OBJECT || node.type == WALK_REGEXP;
    bool is_string = is_object && node.name;
    const void *key = is_string ? (const void *)node.name : (const void *)count_text(&node);
    if (2 * count->used >= count->room && !count_grow(count)) {
        return false;
    }
    struct count_kind *kind = count_place(count, key);
    count->used += kind->key == NULL;
    kind->key = key;
    kind->is_string = is_string;
    kind->count++;
    kind->bytes += node.bytes;
    return true;
}

static int count_stores(const struct engine *engine, struct census *census)
{
    uint64_t stores = 0;
    for (const struct store_buffer *at = engine->buffers; at; at = at->next) {
        stores += !store_is_shared(at->store);
    }
    int code = census_add(census, "(array buffer)", 14, stores, engine->array_buffers);
    return code == 0 ? census_add(census, "(shared buffer)", 15, engine->hold_count, engine->shared)
                     : code;
}

int engine_census(struct engine *engine, struct census *census)
{
    struct count count = {.used = 0};
    if (engine_must_stop(engine)) {
        return -ECANCELED;
    }
    uint64_t started = clock_now_ns();
    walk_init(&count.walk, engine);
    int code =
        walk_things(&count.walk, count_thing, &count) ? count_stores(engine, census) : -ENOMEM;
    for (size_t i = 0; i < count.room && code == 0; i++) {
        const struct count_kind *kind = &count.kinds[i];
        if (kind->key) {
            const void *name =
                kind->is_string ? DUK_HSTRING_GET_DATA((const duk_hstring *)kind->key) : kind->key;
            size_t size = kind->is_string ? DUK_HSTRING_GET_BYTELEN((const duk_hstring *)kind->key)
                                          : strlen(kind->key);
            code = census_add(census, name, size, kind->count, kind->bytes);
        }
    }
    free(count.kinds);
    walk_fini(&count.walk);
    census_finish(census);
    census->taken = started;
    census->lasted = clock_now_ns() - started;
    return code;
}
