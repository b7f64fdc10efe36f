/*
 * WeakMap, WeakSet, WeakRef and FinalizationRegistry. Part of unity.c. Whatever refers weakly to an
 * object has a link in one table, found by the object's address, and the object has a flag. Then
 *   - an object that dies, by its last reference or in a collection, takes its links along;
 *   - a collection marks the value of a WeakMap when map and key are both found alive, in whichever
 *     order that happens (an ephemeron), at no cost but one look-up for each flagged object.
 * So a value may refer to its own key and both still go. Symbols, which are strings to the engine,
 * are held strongly for as long as the map lives: they are the only keys that are.
 *
 * Invariant: an object with a link has the flag; a link is in its bucket and in its holder's list; a
 * dying holder takes its links out before anything of it is freed.
 */
#include "runtime/engine/weak.h"

#define BUCKETS_MIN 16

enum weak_kind {
    WEAK_ENTRY,  /* of a WeakMap or WeakSet */
    WEAK_TARGET, /* of a WeakRef, or registered with a FinalizationRegistry */
    WEAK_TOKEN,  /* to unregister `peer` by */
};

struct weak_link {
    struct weak_link *next; /* in the bucket */
    duk_hobject *target;    /* not counted; NULL when it died and a registry has to be told */
    struct weak_holder *holder;
    struct weak_link *after, *before; /* in the holder's list */
    struct weak_link *peer;           /* token and what is registered with it */
    duk_tval value;                   /* counted: of the key; what the registry was given to hold */
    enum weak_kind kind;
};

/* What the four classes have in common. */
struct weak_holder {
    struct cell cell;
    struct weak_link *links;
    struct table symbols; /* WeakMap and WeakSet: entries whose key is a symbol */
    duk_tval callback;    /* of a FinalizationRegistry; the symbol of a WeakRef */
};

static struct weak_links *links_in(duk_heap *heap)
{
    return &engine_in(heap)->weak;
}

/* ---- links ---------------------------------------------------------------------------------------
 */

static struct weak_link **bucket_of_target(const struct weak_links *links, const duk_hobject *target)
{
    uint64_t hash = ((uintptr_t)target >> 4) * UINT64_C(0x9E3779B97F4A7C15);
    return &links->buckets[(hash >> 32) & (links->bucket_count - 1)];
}

static struct weak_link *find_link(duk_heap *heap, const struct weak_holder *holder,
                                   const duk_hobject *target, enum weak_kind kind)
{
    const struct weak_links *links = links_in(heap);
    struct weak_link *link = links->buckets ? *bucket_of_target(links, target) : NULL;
    while (link && (link->target != target || link->holder != holder || link->kind != kind)) {
        link = link->next;
    }
    return link;
}

static void grow_links(duk_hthread *thr)
{
    struct weak_links *links = links_in(thr->heap);
    size_t count = links->bucket_count ? links->bucket_count * 2 : BUCKETS_MIN;
    struct weak_link **fresh = DUK_ALLOC_CHECKED_ZEROED(thr, count * sizeof(*fresh));
    struct weak_links old = *links; /* after the allocation, which may have collected */
    links->buckets = fresh;
    links->bucket_count = count;
    for (size_t i = 0; i < old.bucket_count; i++) {
        for (struct weak_link *link = old.buckets[i], *next; link; link = next) {
            next = link->next;
            struct weak_link **bucket = bucket_of_target(links, link->target);
            link->next = *bucket;
            *bucket = link;
        }
    }
    DUK_FREE(thr->heap, old.buckets);
}

/* Both objects are on the value stack. The new link's value is undefined. */
static struct weak_link *add_link(duk_hthread *thr, struct weak_holder *holder, duk_hobject *target,
                                  enum weak_kind kind)
{
    struct weak_links *links = links_in(thr->heap);
    if (links->count >= links->bucket_count) {
        grow_links(thr);
    }
    struct weak_link *link = DUK_ALLOC_CHECKED_ZEROED(thr, sizeof(*link));
    struct weak_link **bucket = bucket_of_target(links, target);
    link->kind = kind;
    link->target = target;
    link->holder = holder;
    link->next = *bucket;
    *bucket = link;
    link->after = holder->links;
    if (link->after) {
        link->after->before = link;
    }
    holder->links = link;
    DUK_TVAL_SET_UNDEFINED(&link->value);
    DUK_HEAPHDR_SET_FLAG_BITS(&target->hdr, ENGINE_OBJECT_FLAG_WEAK);
    links->count++;
    return link;
}

static void leave_bucket(duk_heap *heap, struct weak_link *link)
{
    struct weak_link **place = bucket_of_target(links_in(heap), link->target);
    while (*place != link) {
        place = &(*place)->next;
    }
    *place = link->next;
    link->target = NULL;
    links_in(heap)->count--;
}

static void leave_holder(struct weak_link *link)
{
    if (link->before) {
        link->before->after = link->after;
    } else {
        link->holder->links = link->after;
    }
    if (link->after) {
        link->after->before = link->before;
    }
}

/* Takes a link out of wherever it is and frees it; its value is let go of without freeing yet. */
static void remove_link(duk_heap *heap, struct weak_link *link)
{
    if (link->target) {
        leave_bucket(heap, link);
    } else {
        links_in(heap)->dead--;
    }
    leave_holder(link);
    if (link->peer) {
        link->peer->peer = NULL;
    }
    drop_value(heap, &link->value);
    DUK_FREE(heap, link);
}

/* ---- the collector's side ------------------------------------------------------------------------
 */

static bool is_marked(const duk_hobject *object)
{
    return DUK_HEAPHDR_HAS_REACHABLE(&object->hdr);
}

static void engine_weak_marked(duk_heap *heap, duk_hobject *object)
{
    const struct weak_links *links = links_in(heap);
    struct weak_link *link = links->buckets ? *bucket_of_target(links, object) : NULL;
    for (; link; link = link->next) {
        if (link->target == object && link->kind == WEAK_ENTRY &&
            is_marked(&link->holder->cell.object)) {
            duk__mark_tval(heap, &link->value);
        }
    }
}

static const struct cell_type weak_ref_type;
static const struct cell_type registry_type;

static void engine_weak_dies(duk_heap *heap, duk_hobject *object)
{
    const struct weak_links *links = links_in(heap);
    struct weak_link *link = links->buckets ? *bucket_of_target(links, object) : NULL;
    while (link) {
        struct weak_link *next = link->next;
        if (link->target == object && link->kind == WEAK_TARGET &&
            link->holder->cell.type == &registry_type) {
            leave_bucket(heap, link);
            links_in(heap)->dead++;
        } else if (link->target == object) {
            remove_link(heap, link);
        }
        link = next;
    }
}

static void visit_holder(duk_heap *heap, struct cell *cell, cell_visit_fn visit)
{
    struct weak_holder *holder = (struct weak_holder *)cell;
    visit(heap, &holder->callback);
    table_visit(heap, &holder->symbols, visit);
    if (visit == drop_value) {
        return; /* the links went in remove_links() */
    }
    bool has_keys = visit == duk__mark_tval && cell->type != &registry_type;
    for (struct weak_link *link = holder->links; link; link = link->after) {
        if (!has_keys || is_marked(link->target)) {
            visit(heap, &link->value);
        }
    }
}

static void remove_links(duk_heap *heap, struct cell *cell)
{
    struct weak_holder *holder = (struct weak_holder *)cell;
    while (holder->links) {
        remove_link(heap, holder->links);
    }
}

static void free_holder(duk_heap *heap, struct cell *cell)
{
    table_free(heap, &((struct weak_holder *)cell)->symbols);
}

#define HOLDER_TYPE(name)                                                                          \
    {                                                                                              \
        name, sizeof(struct weak_holder), visit_holder, remove_links, free_holder                  \
    }
static const struct cell_type weak_map_type = HOLDER_TYPE("WeakMap");
static const struct cell_type weak_set_type = HOLDER_TYPE("WeakSet");
static const struct cell_type weak_ref_type = HOLDER_TYPE("WeakRef");
static const struct cell_type registry_type = HOLDER_TYPE("FinalizationRegistry");

static struct weak_holder *push_holder(duk_hthread *thr, const struct cell_type *type,
                                       enum intrinsic prototype)
{
    struct weak_holder *holder = cell_push(thr, type, cell_push_prototype(thr, prototype));
    DUK_TVAL_SET_UNDEFINED(&holder->callback);
    holder->symbols.has_values = true;
    return holder;
}

/* ---- WeakMap and WeakSet -------------------------------------------------------------------------
 */

static bool is_free_symbol(duk_hthread *thr, duk_idx_t index)
{
    duk_hstring *string = duk_is_symbol(thr, index) ? duk_get_hstring(thr, index) : NULL;
    return string && *DUK_HSTRING_GET_DATA(string) != 0x80; /* not of Symbol.for */
}

/* The object at `index`, NULL when that cannot be held weakly. */
static duk_hobject *weak_target(duk_hthread *thr, duk_idx_t index)
{
    return duk_get_hobject(thr, index);
}

static struct weak_holder *require_holder(duk_hthread *thr, const char *map_method,
                                          const char *set_method)
{
    return duk_get_current_magic(thr) ? cell_require_this(thr, &weak_map_type, map_method)
                                      : cell_require_this(thr, &weak_set_type, set_method);
}

/* The place of the value of the key at 0; NULL when there is none. */
static duk_tval *find_value(duk_hthread *thr, struct weak_holder *holder)
{
    duk_hobject *target = weak_target(thr, 0);
    if (target) {
        struct weak_link *link = find_link(thr->heap, holder, target, WEAK_ENTRY);
        return link ? &link->value : NULL;
    }
    struct table_entry *entry =
        duk_is_symbol(thr, 0) ? table_find(&holder->symbols, duk_require_tval(thr, 0)) : NULL;
    return entry ? &entry->value : NULL;
}

static duk_ret_t weak_get(duk_context *ctx)
{
    duk_tval *value = find_value(ctx, cell_require_this(ctx, &weak_map_type,
                                                        "WeakMap.prototype.get"));
    if (!value) {
        return 0;
    }
    duk_push_tval(ctx, value);
    return 1;
}

static duk_ret_t weak_has(duk_context *ctx)
{
    struct weak_holder *holder =
        require_holder(ctx, "WeakMap.prototype.has", "WeakSet.prototype.has");
    duk_push_boolean(ctx, find_value(ctx, holder) != NULL);
    return 1;
}

static duk_tval *make_value(duk_hthread *thr, struct weak_holder *holder)
{
    duk_hobject *target = weak_target(thr, 0);
    if (target) {
        return &add_link(thr, holder, target, WEAK_ENTRY)->value;
    }
    if (!is_free_symbol(thr, 0)) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "Invalid value used %s",
                        holder->cell.type == &weak_map_type ? "as weak map key" : "in weak set");
    }
    if (table_is_full(&holder->symbols)) {
        table_make_room(thr, &holder->symbols);
    }
    return &table_insert(thr, &holder->symbols, duk_require_tval(thr, 0))->value;
}

/* WeakMap.prototype.set, WeakSet.prototype.add */
static duk_ret_t weak_set(duk_context *ctx)
{
    bool is_map = duk_get_current_magic(ctx) != 0;
    struct weak_holder *holder =
        require_holder(ctx, "WeakMap.prototype.set", "WeakSet.prototype.add");
    duk_tval *value = find_value(ctx, holder);
    if (!value) {
        value = make_value(ctx, holder);
    }
    if (is_map) {
        cell_set(ctx, value, 1);
    }
    return 1;
}

static duk_ret_t weak_delete(duk_context *ctx)
{
    struct weak_holder *holder =
        require_holder(ctx, "WeakMap.prototype.delete", "WeakSet.prototype.delete");
    duk_hobject *target = weak_target(ctx, 0);
    struct weak_link *link = target ? find_link(ctx->heap, holder, target, WEAK_ENTRY) : NULL;
    struct table_entry *entry =
        duk_is_symbol(ctx, 0) ? table_find(&holder->symbols, duk_require_tval(ctx, 0)) : NULL;
    if (link) {
        remove_link(ctx->heap, link);
        DUK_REFZERO_CHECK_FAST(ctx);
    } else if (entry) {
        table_remove(ctx, &holder->symbols, entry);
    }
    duk_push_boolean(ctx, link || entry);
    return 1;
}

struct weak_filling {
    duk_idx_t object, adder;
    bool is_map;
};

/* [ item ] -> [ ] */
static void weak_fill_one(duk_context *ctx, void *udata)
{
    const struct weak_filling *filling = udata;
    duk_idx_t item = duk_get_top_index(ctx);
    if (filling->is_map && !duk_is_object(ctx, item)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "Iterator value %s is not an entry object",
                        push_value_name(ctx, item));
    }
    duk_dup(ctx, filling->adder);
    duk_dup(ctx, filling->object);
    if (filling->is_map) {
        duk_get_prop_index(ctx, item, 0);
        duk_get_prop_index(ctx, item, 1);
    } else {
        duk_dup(ctx, item);
    }
    duk_call_method(ctx, filling->is_map ? 2 : 1);
    duk_set_top(ctx, item);
}

static duk_ret_t weak_construct(duk_context *ctx)
{
    struct weak_filling filling = {.is_map = duk_get_current_magic(ctx) != 0};
    const char *name = filling.is_map ? "set" : "add";
    if (!duk_is_constructor_call(ctx)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Constructor %s requires 'new'",
                         filling.is_map ? "WeakMap" : "WeakSet");
    }
    push_holder(ctx, filling.is_map ? &weak_map_type : &weak_set_type,
                filling.is_map ? INTRINSIC_WEAK_MAP_PROTOTYPE : INTRINSIC_WEAK_SET_PROTOTYPE);
    if (duk_is_null_or_undefined(ctx, 0)) {
        return 1;
    }
    filling.object = duk_get_top_index(ctx);
    duk_get_prop_string(ctx, -1, name);
    filling.adder = duk_get_top_index(ctx);
    if (!duk_is_callable(ctx, -1)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                         "'%s' returned for property '%s' of object '#<%s>' is not a function",
                         duk_safe_to_string(ctx, -1), name, filling.is_map ? "WeakMap" : "WeakSet");
    }
    iterate_all(ctx, 0, weak_fill_one, &filling);
    duk_set_top(ctx, filling.object + 1);
    return 1;
}

/* ---- WeakRef -------------------------------------------------------------------------------------
 */

static duk_ret_t weak_ref_construct(duk_context *ctx)
{
    if (!duk_is_constructor_call(ctx)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Constructor WeakRef requires 'new'");
    }
    duk_hobject *target = weak_target(ctx, 0);
    if (!target && !is_free_symbol(ctx, 0)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "WeakRef: invalid target");
    }
    struct weak_holder *ref = push_holder(ctx, &weak_ref_type, INTRINSIC_WEAK_REF_PROTOTYPE);
    if (target) {
        add_link(ctx, ref, target, WEAK_TARGET);
        tasks_keep(ctx, 0);
    } else {
        cell_set(ctx, &ref->callback, 0);
    }
    return 1;
}

static duk_ret_t weak_ref_deref(duk_context *ctx)
{
    struct weak_holder *ref = cell_require_this(ctx, &weak_ref_type, "WeakRef.prototype.deref");
    if (!ref->links) {
        duk_push_tval(ctx, &ref->callback);
        return 1;
    }
    duk_push_hobject(ctx, ref->links->target);
    tasks_keep(ctx, -1);
    return 1;
}

/* ---- FinalizationRegistry ------------------------------------------------------------------------
 */

static duk_ret_t registry_construct(duk_context *ctx)
{
    if (!duk_is_constructor_call(ctx)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                         "Constructor FinalizationRegistry requires 'new'");
    }
    if (!duk_is_callable(ctx, 0)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "FinalizationRegistry: cleanup must be callable");
    }
    struct weak_holder *registry =
        push_holder(ctx, &registry_type, INTRINSIC_REGISTRY_PROTOTYPE);
    cell_set(ctx, &registry->callback, 0);
    return 1;
}

/* Whether the value at `index` may be a target or token; symbols never die, so nothing is to do. */
static bool can_be_weak(duk_hthread *thr, duk_idx_t index)
{
    return weak_target(thr, index) || is_free_symbol(thr, index);
}

/* (target, held value, token) */
static duk_ret_t registry_register(duk_context *ctx)
{
    struct weak_holder *registry =
        cell_require_this(ctx, &registry_type, "FinalizationRegistry.prototype.register");
    if (!can_be_weak(ctx, 0)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                         "FinalizationRegistry.prototype.register: invalid target");
    }
    if (duk_samevalue(ctx, 0, 1)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                         "FinalizationRegistry.prototype.register: target and holdings must not "
                         "be same");
    }
    if (!duk_is_undefined(ctx, 2) && !can_be_weak(ctx, 2)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Invalid unregisterToken ('%s')",
                         push_value_name(ctx, 2));
    }
    duk_hobject *target = weak_target(ctx, 0), *token = weak_target(ctx, 2);
    if (!target) {
        return 0;
    }
    struct weak_link *link = add_link(ctx, registry, target, WEAK_TARGET);
    cell_set(ctx, &link->value, 1);
    if (token) {
        struct weak_link *mark = add_link(ctx, registry, token, WEAK_TOKEN);
        mark->peer = link;
        link->peer = mark;
    }
    return 0;
}

/* (token) */
static duk_ret_t registry_unregister(duk_context *ctx)
{
    struct weak_holder *registry =
        cell_require_this(ctx, &registry_type, "FinalizationRegistry.prototype.unregister");
    if (!can_be_weak(ctx, 0)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Invalid unregisterToken ('%s')",
                         push_value_name(ctx, 0));
    }
    duk_hobject *token = weak_target(ctx, 0);
    struct weak_link *mark;
    bool is_removed = false;
    while (token && (mark = find_link(ctx->heap, registry, token, WEAK_TOKEN)) != NULL) {
        if (mark->peer) {
            remove_link(ctx->heap, mark->peer);
            is_removed = true;
        }
        remove_link(ctx->heap, mark);
    }
    DUK_REFZERO_CHECK_FAST(ctx);
    duk_push_boolean(ctx, is_removed);
    return 1;
}

bool engine_has_finalizations(const struct engine *engine)
{
    return engine->weak.dead != 0;
}

/* Pushes callback and held value of a registry whose target died; false when this one has none. */
static bool push_finalization(duk_hthread *thr, duk_hobject *object)
{
    struct weak_holder *registry = (struct weak_holder *)object;
    struct weak_link *link = registry->links, *oldest = NULL;
    for (; link; link = link->after) {
        oldest = link->target ? oldest : link; /* the list begins with the newest */
    }
    if (!oldest) {
        return false;
    }
    duk_push_tval(thr, &registry->callback);
    duk_push_tval(thr, &oldest->value);
    if (oldest->peer) {
        remove_link(thr->heap, oldest->peer);
    }
    remove_link(thr->heap, oldest);
    DUK_REFZERO_CHECK_FAST(thr);
    return true;
}

/* Registries are few, and dead targets seldom, so they are looked for in the heap. */
duk_ret_t engine_run_finalization(duk_context *ctx, void *udata)
{
    (void)udata;
    duk_heaphdr *header = ctx->heap->heap_allocated;
    for (; header; header = DUK_HEAPHDR_GET_NEXT(ctx->heap, header)) {
        duk_hobject *object = (duk_hobject *)header;
        if (DUK_HEAPHDR_IS_OBJECT(header) && is_cell(object) &&
            ((struct cell *)object)->type == &registry_type && push_finalization(ctx, object)) {
            duk_call(ctx, 1);
            return 1;
        }
    }
    links_in(ctx->heap)->dead = 0;
    return 0;
}

/* ---- classes -------------------------------------------------------------------------------------
 */

static void weak_map_make(duk_hthread *thr)
{
    static const struct cell_method methods[] = {
        {"get", weak_get, 1, 1, OF_MAP},       {"set", weak_set, 2, 2, OF_MAP},
        {"has", weak_has, 1, 1, OF_MAP},       {"delete", weak_delete, 1, 1, OF_MAP},
        {NULL, NULL, 0, 0, 0},
    };
    static const struct cell_class class = {
        "WeakMap", weak_construct, 1, 0, methods, NULL, INTRINSIC_WEAK_MAP,
        INTRINSIC_WEAK_MAP_PROTOTYPE};
    cell_make_class(thr, &class);
    duk_set_magic(thr, -1, OF_MAP);
}

static void weak_set_make(duk_hthread *thr)
{
    static const struct cell_method methods[] = {
        {"add", weak_set, 1, 1, OF_SET},
        {"has", weak_has, 1, 1, OF_SET},
        {"delete", weak_delete, 1, 1, OF_SET},
        {NULL, NULL, 0, 0, 0},
    };
    static const struct cell_class class = {
        "WeakSet", weak_construct, 1, 0, methods, NULL, INTRINSIC_WEAK_SET,
        INTRINSIC_WEAK_SET_PROTOTYPE};
    cell_make_class(thr, &class);
}

static void weak_ref_make(duk_hthread *thr)
{
    static const struct cell_method methods[] = {{"deref", weak_ref_deref, 0, 0, 0},
                                                 {NULL, NULL, 0, 0, 0}};
    static const struct cell_class class = {
        "WeakRef", weak_ref_construct, 1, 1, methods, NULL, INTRINSIC_WEAK_REF,
        INTRINSIC_WEAK_REF_PROTOTYPE};
    cell_make_class(thr, &class);
}

static void registry_make(duk_hthread *thr)
{
    static const struct cell_method methods[] = {
        {"register", registry_register, 3, 2, 0},
        {"unregister", registry_unregister, 1, 1, 0},
        {NULL, NULL, 0, 0, 0},
    };
    static const struct cell_class class = {
        "FinalizationRegistry", registry_construct, 1, 1, methods, NULL, INTRINSIC_REGISTRY,
        INTRINSIC_REGISTRY_PROTOTYPE};
    cell_make_class(thr, &class);
}
