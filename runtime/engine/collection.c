/*
 * Map and Set, their iterators, and Map.groupBy. Part of unity.c. Iterators that are
 * under way are in a list of their collection, which corrects their position when holes are closed.
 */
#include "runtime/engine/collection.h"

struct collection_iterator {
    struct cell cell;
    duk_tval target; /* the collection; undefined at the end */
    uint32_t next;
    enum iterator_kind kind;
    struct collection_iterator *after, *before; /* in the collection's list */
};

static void visit_collection(duk_heap *heap, struct cell *cell, cell_visit_fn visit)
{
    table_visit(heap, &((struct collection *)cell)->table, visit);
}

static void free_collection(duk_heap *heap, struct cell *cell)
{
    table_free(heap, &((struct collection *)cell)->table);
}

static void visit_collection_iterator(duk_heap *heap, struct cell *cell, cell_visit_fn visit)
{
    visit(heap, &((struct collection_iterator *)cell)->target);
}

static void leave_list(struct collection_iterator *iterator)
{
    struct collection *collection = (struct collection *)DUK_TVAL_GET_OBJECT(&iterator->target);
    if (iterator->before) {
        iterator->before->after = iterator->after;
    } else {
        collection->iterators = iterator->after;
    }
    if (iterator->after) {
        iterator->after->before = iterator->before;
    }
}

static void end_dead_iterator(duk_heap *heap, struct cell *cell)
{
    struct collection_iterator *iterator = (struct collection_iterator *)cell;
    (void)heap;
    if (!DUK_TVAL_IS_UNDEFINED(&iterator->target)) {
        leave_list(iterator);
    }
}

static const struct cell_type map_type = {"Map", sizeof(struct collection), visit_collection, NULL,
                                          free_collection};
static const struct cell_type set_type = {"Set", sizeof(struct collection), visit_collection, NULL,
                                          free_collection};
static const struct cell_type map_iterator_type = {
    "Map Iterator", sizeof(struct collection_iterator), visit_collection_iterator,
    end_dead_iterator, NULL};
static const struct cell_type set_iterator_type = {
    "Set Iterator", sizeof(struct collection_iterator), visit_collection_iterator,
    end_dead_iterator, NULL};

static bool is_map_object(const duk_hobject *object)
{
    return is_cell(object) && ((const struct cell *)object)->type == &map_type;
}

static bool is_set_object(const duk_hobject *object)
{
    return is_cell(object) && ((const struct cell *)object)->type == &set_type;
}

static struct collection *push_collection(duk_hthread *thr, bool is_map, duk_hobject *prototype)
{
    struct collection *collection = cell_push(thr, is_map ? &map_type : &set_type, prototype);
    collection->table.has_values = is_map;
    return collection;
}

static struct collection *collection_push(duk_hthread *thr, bool is_map)
{
    return push_collection(
        thr, is_map,
        intrinsic_get(thr, is_map ? INTRINSIC_MAP_PROTOTYPE : INTRINSIC_SET_PROTOTYPE));
}

/* ---- iteration -----------------------------------------------------------------------------------
 */

static struct collection_iterator *push_iterator(duk_hthread *thr, duk_idx_t index, bool is_map,
                                                 enum iterator_kind kind)
{
    index = duk_normalize_index(thr, index);
    struct collection *collection = (struct collection *)duk_known_hobject(thr, index);
    struct collection_iterator *iterator =
        cell_push(thr, is_map ? &map_iterator_type : &set_iterator_type,
                  intrinsic_get(thr, is_map ? INTRINSIC_MAP_ITERATOR_PROTOTYPE
                                            : INTRINSIC_SET_ITERATOR_PROTOTYPE));
    iterator->kind = kind;
    DUK_TVAL_SET_UNDEFINED(&iterator->target);
    cell_set(thr, &iterator->target, index);
    iterator->after = collection->iterators;
    if (iterator->after) {
        iterator->after->before = iterator;
    }
    collection->iterators = iterator;
    return iterator;
}

/* The next entry, NULL at the end, where the iterator lets go of its collection. */
static struct table_entry *next_entry(duk_hthread *thr, struct collection_iterator *iterator)
{
    if (DUK_TVAL_IS_UNDEFINED(&iterator->target)) {
        return NULL;
    }
    struct collection *collection = (struct collection *)DUK_TVAL_GET_OBJECT(&iterator->target);
    while (iterator->next < collection->table.used) {
        struct table_entry *entry = table_at(&collection->table, iterator->next++);
        if (!is_hole(entry)) {
            return entry;
        }
    }
    leave_list(iterator);
    cell_clear(thr, &iterator->target);
    return NULL;
}

/* Pushes what the iterator gives for an entry. */
static void push_entry(duk_hthread *thr, struct table_entry *entry, enum iterator_kind kind,
                       bool is_map)
{
    if (kind != ITERATE_VALUES || !is_map) {
        duk_push_tval(thr, &entry->key);
    }
    if (kind == ITERATE_ENTRIES && !is_map) {
        duk_push_tval(thr, &entry->key);
    } else if (kind != ITERATE_KEYS && is_map) {
        duk_push_tval(thr, &entry->value);
    }
    if (kind == ITERATE_ENTRIES) {
        iterator_pair(thr);
    }
}

static duk_ret_t collection_iterator_next(duk_context *ctx)
{
    bool is_map = duk_get_current_magic(ctx) != 0;
    struct collection_iterator *iterator =
        is_map ? cell_require_this(ctx, &map_iterator_type, "Map Iterator.prototype.next")
               : cell_require_this(ctx, &set_iterator_type, "Set Iterator.prototype.next");
    struct table_entry *entry = next_entry(ctx, iterator);
    if (!entry) {
        return iterator_push_end(ctx);
    }
    push_entry(ctx, entry, iterator->kind, is_map);
    iterator_wrap(ctx, false);
    return 1;
}

static bool has_own_next(duk_hthread *thr, struct collection_iterator *iterator, bool is_map)
{
    duk_hobject *prototype = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, &iterator->cell.object);
    return prototype == intrinsic_find(thr->heap, is_map ? INTRINSIC_MAP_ITERATOR_PROTOTYPE
                                                         : INTRINSIC_SET_ITERATOR_PROTOTYPE) &&
           DUK_HOBJECT_GET_ENEXT(&iterator->cell.object) == 0 &&
           iterator_is_native(thr, prototype, "next", collection_iterator_next);
}

bool engine_is_walkable(duk_context *ctx, duk_idx_t index)
{
    struct collection_iterator *iterator = cell_get(ctx, index, &map_iterator_type);
    if (iterator) {
        return has_own_next(ctx, iterator, true);
    }
    iterator = cell_get(ctx, index, &set_iterator_type);
    return iterator && has_own_next(ctx, iterator, false);
}

bool engine_push_step(duk_context *ctx, duk_idx_t index)
{
    struct collection_iterator *iterator =
        (struct collection_iterator *)duk_require_hobject(ctx, index);
    bool is_map = is_cell(&iterator->cell.object) && iterator->cell.type == &map_iterator_type;
    if (!is_map && !cell_get(ctx, index, &set_iterator_type)) {
        return false;
    }
    struct table_entry *entry = next_entry(ctx, iterator);
    if (entry) {
        push_entry(ctx, entry, iterator->kind, is_map);
    }
    return entry != NULL;
}

void engine_push_rest(duk_context *ctx, duk_idx_t index)
{
    duk_uarridx_t length = 0;
    index = duk_normalize_index(ctx, index);
    duk_push_array(ctx);
    while (engine_push_step(ctx, index)) {
        put_fresh(ctx, -2, length++);
    }
}

/* ---- content -------------------------------------------------------------------------------------
 */

static void make_room_for_one(duk_hthread *thr, struct collection *collection)
{
    if (!table_is_full(&collection->table)) {
        return;
    }
    bool has_holes = collection->table.count < collection->table.used;
    struct collection_iterator *iterator = has_holes ? collection->iterators : NULL;
    for (; iterator; iterator = iterator->after) {
        iterator->next = table_rank(&collection->table, iterator->next);
    }
    table_make_room(thr, &collection->table);
}

/* The entry of the key at `index`, made when there is none. */
static struct table_entry *entry_of(duk_hthread *thr, struct collection *collection,
                                    duk_idx_t index)
{
    duk_tval *key = duk_require_tval(thr, index);
    struct table_entry *entry = table_find(&collection->table, key);
    if (!entry) {
        make_room_for_one(thr, collection);
        entry = table_insert(thr, &collection->table, duk_require_tval(thr, index));
    }
    return entry;
}

static void collection_put(duk_hthread *thr, struct collection *collection, duk_idx_t key,
                           duk_idx_t value)
{
    struct table_entry *entry = entry_of(thr, collection, key);
    if (collection->table.has_values) {
        cell_set(thr, &entry->value, value);
    }
}

static duk_ret_t map_set(duk_context *ctx)
{
    struct collection *map = cell_require_this(ctx, &map_type, "Map.prototype.set");
    collection_put(ctx, map, 0, 1);
    return 1;
}

static duk_ret_t set_add(duk_context *ctx)
{
    struct collection *set = cell_require_this(ctx, &set_type, "Set.prototype.add");
    entry_of(ctx, set, 0);
    return 1;
}

static duk_ret_t map_get_value(duk_context *ctx)
{
    struct collection *map = cell_require_this(ctx, &map_type, "Map.prototype.get");
    struct table_entry *entry = table_find(&map->table, duk_require_tval(ctx, 0));
    if (!entry) {
        return 0;
    }
    duk_push_tval(ctx, &entry->value);
    return 1;
}

/* The rest is the same for both; the magic says which. */
static struct collection *require_collection(duk_hthread *thr, const char *map_method,
                                             const char *set_method)
{
    return duk_get_current_magic(thr) & 1 ? cell_require_this(thr, &map_type, map_method)
                                          : cell_require_this(thr, &set_type, set_method);
}

static duk_ret_t collection_has(duk_context *ctx)
{
    struct collection *collection =
        require_collection(ctx, "Map.prototype.has", "Set.prototype.has");
    duk_push_boolean(ctx, table_find(&collection->table, duk_require_tval(ctx, 0)) != NULL);
    return 1;
}

static duk_ret_t collection_delete(duk_context *ctx)
{
    struct collection *collection =
        require_collection(ctx, "Map.prototype.delete", "Set.prototype.delete");
    struct table_entry *entry = table_find(&collection->table, duk_require_tval(ctx, 0));
    if (entry) {
        table_remove(ctx, &collection->table, entry);
    }
    duk_push_boolean(ctx, entry != NULL);
    return 1;
}

static duk_ret_t collection_clear(duk_context *ctx)
{
    struct collection *collection =
        require_collection(ctx, "Map.prototype.clear", "Set.prototype.clear");
    for (struct collection_iterator *i = collection->iterators; i; i = i->after) {
        i->next = 0;
    }
    table_clear(ctx->heap, &collection->table);
    return 0;
}

static duk_ret_t collection_size(duk_context *ctx)
{
    struct collection *collection =
        require_collection(ctx, "get Map.prototype.size", "get Set.prototype.size");
    duk_push_uint(ctx, collection->table.count);
    return 1;
}

static duk_ret_t collection_for_each(duk_context *ctx)
{
    bool is_map = duk_get_current_magic(ctx) & 1;
    require_collection(ctx, "Map.prototype.forEach", "Set.prototype.forEach");
    if (!duk_is_callable(ctx, 0)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "%s is not a function", push_value_name(ctx, 0));
    }
    struct collection_iterator *iterator = push_iterator(ctx, 2, is_map, ITERATE_ENTRIES);
    struct table_entry *entry;
    while ((entry = next_entry(ctx, iterator)) != NULL) {
        duk_dup(ctx, 0);
        duk_dup(ctx, 1);
        duk_push_tval(ctx, is_map ? &entry->value : &entry->key);
        duk_push_tval(ctx, &entry->key);
        duk_dup(ctx, 2);
        duk_call_method(ctx, 3);
        duk_pop(ctx);
    }
    return 0;
}

/* Magic: the class, and the kind above it. */
static duk_ret_t collection_iterate(duk_context *ctx)
{
    static const char *const names[2][3] = {
        {"Set.prototype.keys", "Set.prototype.values", "Set.prototype.entries"},
        {"Map.prototype.keys", "Map.prototype.values", "Map.prototype.entries"}};
    int magic = duk_get_current_magic(ctx);
    enum iterator_kind kind = (enum iterator_kind)(magic >> 1);
    require_collection(ctx, names[1][kind], names[0][kind]);
    push_iterator(ctx, -1, magic & 1, kind);
    return 1;
}

/* ---- constructors --------------------------------------------------------------------------------
 */

struct filling {
    duk_idx_t object, adder;
    bool is_map, is_own_adder; /* nobody replaced set or add */
};

/* [ item ] -> [ ] */
static void fill_one(duk_context *ctx, void *udata)
{
    const struct filling *filling = udata;
    duk_idx_t item = duk_get_top_index(ctx);
    if (filling->is_map) {
        if (!duk_is_object(ctx, item)) {
            (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "Iterator value %s is not an entry object",
                            push_value_name(ctx, item));
        }
        duk_get_prop_index(ctx, item, 0);
        duk_get_prop_index(ctx, item, 1);
    }
    if (filling->is_own_adder) {
        collection_put(ctx, (struct collection *)duk_known_hobject(ctx, filling->object),
                       filling->is_map ? item + 1 : item, item + 2);
    } else {
        duk_dup(ctx, filling->adder);
        duk_dup(ctx, filling->object);
        duk_dup(ctx, filling->is_map ? item + 1 : item);
        if (filling->is_map) {
            duk_dup(ctx, item + 2);
        }
        duk_call_method(ctx, filling->is_map ? 2 : 1);
    }
    duk_set_top(ctx, item);
}

static void fill(duk_hthread *thr, bool is_map)
{
    const char *name = is_map ? "set" : "add";
    struct filling filling = {.object = duk_get_top_index(thr), .is_map = is_map};
    duk_get_prop_string(thr, filling.object, name);
    filling.adder = duk_get_top_index(thr);
    if (!duk_is_callable(thr, -1)) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR,
                        "'%s' returned for property '%s' of object '#<%s>' is not a function",
                        duk_safe_to_string(thr, -1), name, is_map ? "Map" : "Set");
    }
    filling.is_own_adder =
        duk_get_c_function(thr, filling.adder) == (is_map ? map_set : set_add);
    iterate_all(thr, 0, fill_one, &filling);
    duk_set_top(thr, filling.object + 1);
}

static duk_ret_t collection_construct(duk_context *ctx)
{
    bool is_map = duk_get_current_magic(ctx) != 0;
    if (!duk_is_constructor_call(ctx)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Constructor %s requires 'new'",
                         is_map ? "Map" : "Set");
    }
    push_collection(ctx, is_map,
                    cell_push_prototype(ctx, is_map ? INTRINSIC_MAP_PROTOTYPE
                                                    : INTRINSIC_SET_PROTOTYPE));
    if (!duk_is_null_or_undefined(ctx, 0)) {
        fill(ctx, is_map);
    }
    return 1;
}

/* ---- groupBy -------------------------------------------------------------------------------------
 */

/* Stack: items, callback, the map of groups. [ ... value ] -> [ ... ] */
static void group_one(duk_context *ctx, void *udata)
{
    double *index = udata;
    duk_idx_t value = duk_get_top_index(ctx);
    duk_dup(ctx, 1);
    duk_dup(ctx, value);
    duk_push_number(ctx, (*index)++);
    duk_call(ctx, 2);
    struct collection *groups = (struct collection *)duk_known_hobject(ctx, 2);
    struct table_entry *entry = table_find(&groups->table, duk_require_tval(ctx, -1));
    if (entry) {
        duk_push_tval(ctx, &entry->value);
    } else {
        duk_push_array(ctx);
        collection_put(ctx, groups, -2, -1);
    }
    duk_dup(ctx, value);
    put_fresh(ctx, -2, (duk_uarridx_t)duk_get_length(ctx, -2));
    duk_set_top(ctx, value);
}

/* (items, callback) */
static duk_ret_t map_group_by(duk_context *ctx)
{
    double index = 0;
    if (duk_is_null_or_undefined(ctx, 0)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "%s is not iterable", push_value_name(ctx, 0));
    }
    require_function(ctx, 1);
    collection_push(ctx, true);
    iterate_all(ctx, 0, group_one, &index);
    duk_set_top(ctx, 3);
    return 1;
}

/* ---- classes -------------------------------------------------------------------------------------
 */

enum { OF_SET, OF_MAP };
#define ITERATOR_OF(class, kind) ((class) | (kind) << 1)

/* Gives the prototype a second name for one of its methods. */
static void put_same(duk_hthread *thr, const char *name, const char *of)
{
    duk_get_prop_string(thr, -1, of);
    cell_put(thr, name, DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_SET_CONFIGURABLE);
}

static const struct cell_method class_species[] = {
    {SYMBOL_SPECIES, get_species, 0, CELL_GETTER, 0}, {NULL, NULL, 0, 0, 0}};

static void map_make(duk_hthread *thr)
{
    static const struct cell_method methods[] = {
        {"get", map_get_value, 1, 1, OF_MAP},
        {"set", map_set, 2, 2, OF_MAP},
        {"has", collection_has, 1, 1, OF_MAP},
        {"delete", collection_delete, 1, 1, OF_MAP},
        {"clear", collection_clear, 0, 0, OF_MAP},
        {"entries", collection_iterate, 0, 0, ITERATOR_OF(OF_MAP, ITERATE_ENTRIES)},
        {"forEach", collection_for_each, 2, 1, OF_MAP},
        {"keys", collection_iterate, 0, 0, ITERATOR_OF(OF_MAP, ITERATE_KEYS)},
        {"size", collection_size, 0, CELL_GETTER, OF_MAP},
        {"values", collection_iterate, 0, 0, ITERATOR_OF(OF_MAP, ITERATE_VALUES)},
        {NULL, NULL, 0, 0, 0},
    };
    static const struct cell_class class = {"Map",         collection_construct, 1, 0, methods,
                                            class_species, INTRINSIC_MAP, INTRINSIC_MAP_PROTOTYPE};
    cell_make_class(thr, &class);
    duk_set_magic(thr, -1, OF_MAP);
    static const struct cell_method statics[] = {{"groupBy", map_group_by, 2, 2, 0},
                                                 {NULL, NULL, 0, 0, 0}};
    cell_put_methods(thr, statics);
    duk_get_prop_literal(thr, -1, "prototype");
    put_same(thr, SYMBOL_ITERATOR, "entries");
}

static void set_make(duk_hthread *thr)
{
    static const struct cell_method methods[] = {
        {"has", collection_has, 1, 1, OF_SET},
        {"add", set_add, 1, 1, OF_SET},
        {"delete", collection_delete, 1, 1, OF_SET},
        {"clear", collection_clear, 0, 0, OF_SET},
        {"entries", collection_iterate, 0, 0, ITERATOR_OF(OF_SET, ITERATE_ENTRIES)},
        {"forEach", collection_for_each, 2, 1, OF_SET},
        {"size", collection_size, 0, CELL_GETTER, OF_SET},
        {"values", collection_iterate, 0, 0, ITERATOR_OF(OF_SET, ITERATE_VALUES)},
        {NULL, NULL, 0, 0, 0},
    };
    static const struct cell_class class = {"Set",         collection_construct, 1, 0, methods,
                                            class_species, INTRINSIC_SET, INTRINSIC_SET_PROTOTYPE};
    cell_make_class(thr, &class);
    duk_get_prop_literal(thr, -1, "prototype");
    put_same(thr, "keys", "values");
    put_same(thr, SYMBOL_ITERATOR, "values");
}

static void make_collection_iterator(duk_hthread *thr, bool is_map)
{
    const struct cell_method methods[] = {{"next", collection_iterator_next, 0, 0, is_map},
                                          {NULL, NULL, 0, 0, 0}};
    duk_push_object(thr);
    duk_push_hobject(thr, intrinsic_get(thr, INTRINSIC_ITERATOR_PROTOTYPE));
    duk_set_prototype(thr, -2);
    cell_put_methods(thr, methods);
    cell_put_tag(thr, is_map ? "Map Iterator" : "Set Iterator");
    intrinsic_set(thr, is_map ? INTRINSIC_MAP_ITERATOR_PROTOTYPE : INTRINSIC_SET_ITERATOR_PROTOTYPE);
}

static void map_iterator_make(duk_hthread *thr)
{
    make_collection_iterator(thr, true);
}

static void set_iterator_make(duk_hthread *thr)
{
    make_collection_iterator(thr, false);
}

/* ---- for the clone -------------------------------------------------------------------------------
 */

/* Pushes a new array of the keys, or of key, value, key, value… */
static void collection_push_list(duk_hthread *thr, const struct collection *collection)
{
    const struct table *table = &collection->table;
    uint32_t size = table->count * (table->has_values ? 2 : 1);
    duk_tval *place = duk_push_harray_with_size_outptr(thr, size);
    for (uint32_t i = 0; i < table->used; i++) {
        struct table_entry *entry = table_at(table, i);
        if (is_hole(entry)) {
            continue;
        }
        DUK_TVAL_SET_TVAL(place, &entry->key);
        DUK_TVAL_INCREF(thr, place);
        place++;
        if (table->has_values) {
            DUK_TVAL_SET_TVAL(place, &entry->value);
            DUK_TVAL_INCREF(thr, place);
            place++;
        }
    }
}

/* Fills the collection on the stack below the array on its top from that array. */
static void collection_fill_from(duk_hthread *thr)
{
    duk_idx_t list = duk_get_top_index(thr);
    struct collection *collection = (struct collection *)duk_known_hobject(thr, list - 1);
    uint32_t step = collection->table.has_values ? 2 : 1;
    uint32_t length = ((duk_harray *)duk_known_hobject(thr, list))->length;
    for (uint32_t i = 0; i + step <= length; i += step) {
        engine_check_stop(thr);
        duk_get_prop_index(thr, list, i);
        duk_get_prop_index(thr, list, i + step - 1);
        collection_put(thr, collection, -2, -1);
        duk_pop_2(thr);
    }
}
