/*
 * What inspect() shows of cells without a script noticing. Part of unity.c.
 */
#include "runtime/engine/collection.h"
#include "runtime/engine/promise.h"

/* Pushes what the iterator has still to give, flat. */
static void push_rest(duk_hthread *thr, struct collection_iterator *iterator, bool is_map)
{
    duk_idx_t list = duk_push_array(thr);
    duk_uarridx_t length = 0;
    if (DUK_TVAL_IS_UNDEFINED(&iterator->target)) {
        return;
    }
    struct collection *collection = (struct collection *)DUK_TVAL_GET_OBJECT(&iterator->target);
    for (uint32_t i = iterator->next; i < collection->table.used; i++) {
        struct table_entry *entry = table_at(&collection->table, i);
        if (is_hole(entry)) {
            continue;
        }
        if (iterator->kind != ITERATE_VALUES || !is_map) {
            duk_push_tval(thr, &entry->key);
            put_fresh(thr, list, length++);
        }
        if (iterator->kind == ITERATE_ENTRIES || (iterator->kind == ITERATE_VALUES && is_map)) {
            duk_push_tval(thr, is_map ? &entry->value : &entry->key);
            put_fresh(thr, list, length++);
        }
    }
}

/* Pushes two values: a state or flag, and a list. False, and nothing, for what has no preview. */
static bool push_parts(duk_hthread *thr, struct cell *cell)
{
    if (cell->type == &map_type || cell->type == &set_type) {
        duk_push_uint(thr, ((struct collection *)cell)->table.count);
        collection_push_list(thr, (struct collection *)cell);
    } else if (cell->type == &promise_type) {
        const struct promise *promise = (struct promise *)cell;
        duk_push_int(thr, promise->state);
        duk_push_array(thr);
        duk_push_tval(thr, (duk_tval *)(uintptr_t)&promise->value);
        put_fresh(thr, -2, 0);
    } else if (cell->type == &map_iterator_type || cell->type == &set_iterator_type) {
        struct collection_iterator *iterator = (struct collection_iterator *)cell;
        duk_push_boolean(thr, iterator->kind == ITERATE_ENTRIES);
        push_rest(thr, iterator, cell->type == &map_iterator_type);
    } else if (cell->type == &weak_map_type || cell->type == &weak_set_type) {
        duk_push_undefined(thr);
        duk_push_array(thr);
    } else {
        return false;
    }
    return true;
}

void engine_push_preview(duk_context *ctx, duk_idx_t index)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    duk_push_array(ctx);
    if (!object || !is_cell(object) || !push_parts(ctx, (struct cell *)object)) {
        duk_pop(ctx);
        duk_push_undefined(ctx);
        return;
    }
    put_fresh(ctx, -3, 2);
    put_fresh(ctx, -2, 1);
    duk_push_string(ctx, ((struct cell *)object)->type->name);
    put_fresh(ctx, -2, 0);
}
