/*
 * Map and Set, for the other parts of the engine's unit (collection.c). Included by them only.
 */
#ifndef RUNTIME_ENGINE_COLLECTION_H
#define RUNTIME_ENGINE_COLLECTION_H

#include "runtime/engine/iterator.h"
#include "runtime/engine/table.h"

struct collection {
    struct cell cell;
    struct table table;
    struct collection_iterator *iterators; /* that have not come to their end */
};

static bool is_map_object(const duk_hobject *object);
static bool is_set_object(const duk_hobject *object);
/* Pushes a new empty one. */
static struct collection *collection_push(duk_hthread *thr, bool is_map);
/* Puts the key (and value) at these indexes in. */
static void collection_put(duk_hthread *thr, struct collection *collection, duk_idx_t key,
                           duk_idx_t value);
/* Pushes a new array of the keys, or of key, value, key, value. Fills the collection below such an
 * array, which is on the top of the stack. */
static void collection_push_list(duk_hthread *thr, const struct collection *collection);
static void collection_fill_from(duk_hthread *thr);

#endif
