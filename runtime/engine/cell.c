/*
 * Cells, closures and intrinsics (cell.h). Part of unity.c. The patched collector calls the three
 * engine_cell functions for objects of class ENGINE_CLASS_CELL and for native functions that say
 * they hold references, which only closures do.
 */
#include "runtime/engine/cell.h"

#define STASH_INTRINSICS DUK_HIDDEN_SYMBOL("intrinsics")

/* ---- the collector's side ------------------------------------------------------------------------
 */

static bool is_cell(const duk_hobject *object)
{
    return DUK_HOBJECT_GET_CLASS_NUMBER(object) == ENGINE_CLASS_CELL;
}

static void drop_value(duk_heap *heap, duk_tval *value)
{
    duk_hthread *thr = heap->heap_thread;
    DUK_TVAL_DECREF_NORZ(thr, value);
}

static void visit_object(duk_heap *heap, duk_hobject *object, cell_visit_fn visit)
{
    if (is_cell(object)) {
        struct cell *cell = (struct cell *)object;
        if (cell->type) {
            cell->type->visit(heap, cell, visit);
        }
        return;
    }
    struct closure *closure = (struct closure *)(void *)object;
    for (int i = 0; i < CLOSURE_SLOTS; i++) {
        visit(heap, &closure->slots[i]);
    }
}

static void engine_cell_marked(duk_heap *heap, duk_hobject *object)
{
    visit_object(heap, object, duk__mark_tval);
}

static void engine_cell_dies(duk_heap *heap, duk_hobject *object)
{
    struct cell *cell = is_cell(object) ? (struct cell *)object : NULL;
    if (cell && cell->type && cell->type->dies) {
        cell->type->dies(heap, cell);
    }
    visit_object(heap, object, drop_value);
}

static void engine_cell_freed(duk_heap *heap, duk_hobject *object)
{
    struct cell *cell = (struct cell *)object;
    if (cell->type && cell->type->freed) {
        cell->type->freed(heap, cell);
    }
}

/* ---- cells ---------------------------------------------------------------------------------------
 */

static void *cell_push(duk_hthread *thr, const struct cell_type *type, duk_hobject *prototype)
{
    struct cell *cell = duk__hobject_alloc_init(
        thr, DUK_HOBJECT_FLAG_EXTENSIBLE | DUK_HOBJECT_CLASS_AS_FLAGS(ENGINE_CLASS_CELL),
        type->bytes);
    cell->type = type;
    DUK_HOBJECT_SET_PROTOTYPE_INIT_INCREF(thr, &cell->object, prototype);
    duk_push_hobject(thr, &cell->object);
    return cell;
}

static void *cell_of(duk_tval *value, const struct cell_type *type)
{
    if (!value || !DUK_TVAL_IS_OBJECT(value)) {
        return NULL;
    }
    duk_hobject *object = DUK_TVAL_GET_OBJECT(value);
    return is_cell(object) && ((struct cell *)object)->type == type ? object : NULL;
}

static void *cell_get(duk_hthread *thr, duk_idx_t index, const struct cell_type *type)
{
    return cell_of(duk_get_tval(thr, index), type);
}

/* Pushes how Node names a value in a message: #<Map>, [object Array], 5. */
static const char *push_value_name(duk_hthread *thr, duk_idx_t index)
{
    index = duk_normalize_index(thr, index);
    if (duk_is_symbol(thr, index)) {
        duk_push_symbol_descriptive_string(thr, duk_get_hstring(thr, index));
        return duk_get_string(thr, -1);
    }
    if (!duk_is_object(thr, index) || duk_is_function(thr, index)) {
        duk_dup(thr, index);
        return duk_safe_to_string(thr, -1);
    }
    if (duk_is_array(thr, index)) {
        duk_push_string(thr, "[object Array]");
        return duk_get_string(thr, -1);
    }
    duk_get_prop_string(thr, index, "constructor");
    duk_bool_t is_named = duk_is_function(thr, -1) && duk_get_prop_string(thr, -1, "name");
    const char *name = is_named ? duk_get_string(thr, -1) : NULL;
    duk_push_sprintf(thr, "#<%s>", name && *name ? name : "Object");
    return duk_get_string(thr, -1);
}

static void cell_throw_receiver(duk_hthread *thr, duk_idx_t index, const char *method)
{
    (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "Method %s called on incompatible receiver %s", method,
                    push_value_name(thr, index));
}

static void *cell_require_this(duk_hthread *thr, const struct cell_type *type, const char *method)
{
    duk_push_this(thr);
    void *cell = cell_get(thr, -1, type);
    if (DUK_UNLIKELY(!cell)) {
        cell_throw_receiver(thr, -1, method);
    }
    return cell;
}

static void cell_set(duk_hthread *thr, duk_tval *place, duk_idx_t index)
{
    duk_tval *value = duk_require_tval(thr, index);
    DUK_TVAL_SET_TVAL_UPDREF(thr, place, value);
}

static void cell_clear(duk_hthread *thr, duk_tval *place)
{
    DUK_TVAL_SET_UNDEFINED_UPDREF(thr, place);
}

/* ---- closures ------------------------------------------------------------------------------------
 */

static struct closure *closure_push(duk_hthread *thr, duk_c_function function, int arguments)
{
    struct closure *closure = duk__hobject_alloc_init(
        thr,
        DUK_HOBJECT_FLAG_EXTENSIBLE | DUK_HOBJECT_FLAG_CALLABLE | DUK_HOBJECT_FLAG_NATFUNC |
            DUK_HOBJECT_FLAG_NEWENV | DUK_HOBJECT_FLAG_STRICT | DUK_HOBJECT_FLAG_NOTAIL |
            DUK_HOBJECT_CLASS_AS_FLAGS(DUK_HOBJECT_CLASS_FUNCTION),
        sizeof(*closure));
    closure->function.func = function;
    closure->function.nargs = (duk_int16_t)arguments;
    DUK_HOBJECT_SET_PROTOTYPE_INIT_INCREF(thr, &closure->function.obj,
                                          thr->builtins[DUK_BIDX_FUNCTION_PROTOTYPE]);
    duk_push_hobject(thr, &closure->function.obj);
    duk_hobject_realloc_props(thr, &closure->function.obj, 2, 0, 0, 0);
    duk_push_int(thr, arguments);
    duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_LENGTH, DUK_PROPDESC_FLAGS_C);
    duk_push_hstring_empty(thr);
    duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_NAME, DUK_PROPDESC_FLAGS_C);
    return closure;
}

static struct closure *closure_current(duk_hthread *thr)
{
    return (struct closure *)(void *)DUK_ACT_GET_FUNC(thr->callstack_curr);
}

/* ---- intrinsics ----------------------------------------------------------------------------------
 */

static void cell_put(duk_hthread *thr, const char *name, duk_uint_t flags)
{
    duk_push_string(thr, name);
    duk_insert(thr, -2);
    duk_def_prop(thr, -3,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_CLEAR_WEC | DUK_DEFPROP_FORCE | flags);
}

static void cell_put_tag(duk_hthread *thr, const char *tag)
{
    duk_push_string(thr, tag);
    cell_put(thr, DUK_WELLKNOWN_SYMBOL("Symbol.toStringTag"), DUK_DEFPROP_SET_CONFIGURABLE);
}

/* Pushes the name a function has as property `name`: "then", "[Symbol.iterator]", "get size". */
static void push_method_name(duk_hthread *thr, const char *name, bool is_getter)
{
    const char *head = is_getter ? "get " : "";
    if ((unsigned char)*name == 0x81) { /* \x81 Symbol.iterator \xff */
        duk_push_sprintf(thr, "%s[%.*s]", head, (int)strlen(name) - 2, name + 1);
    } else {
        duk_push_sprintf(thr, "%s%s", head, name);
    }
}

static void push_cell_method(duk_hthread *thr, const struct cell_method *method)
{
    bool is_getter = method->length == CELL_GETTER;
    duk_push_c_function(thr, method->function, method->arguments);
    duk_push_hobject(thr, thr->builtins[DUK_BIDX_FUNCTION_PROTOTYPE]);
    duk_set_prototype(thr, -2);
    DUK_HOBJECT_CLEAR_CONSTRUCTABLE(duk_known_hobject(thr, -1));
    if (method->magic) {
        duk_set_magic(thr, -1, method->magic);
    }
    duk_push_int(thr, is_getter ? 0 : method->length);
    cell_put(thr, "length", DUK_DEFPROP_SET_CONFIGURABLE);
    push_method_name(thr, method->name, is_getter);
    cell_put(thr, "name", DUK_DEFPROP_SET_CONFIGURABLE);
    duk_compact(thr, -1);
}

static void cell_put_methods(duk_hthread *thr, const struct cell_method *methods)
{
    for (; methods && methods->name; methods++) {
        duk_push_string(thr, methods->name);
        push_cell_method(thr, methods);
        if (methods->length == CELL_GETTER) {
            duk_def_prop(thr, -3,
                         DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_SET_CONFIGURABLE |
                             DUK_DEFPROP_CLEAR_ENUMERABLE | DUK_DEFPROP_FORCE);
        } else {
            duk_def_prop(thr, -3,
                         DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE |
                             DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_CLEAR_ENUMERABLE |
                             DUK_DEFPROP_FORCE);
        }
    }
}

static void intrinsic_set(duk_hthread *thr, enum intrinsic which)
{
    duk_push_heap_stash(thr);
    if (!duk_get_prop_literal(thr, -1, STASH_INTRINSICS)) {
        duk_pop(thr);
        duk_push_bare_object(thr);
        duk_dup_top(thr);
        duk_put_prop_literal(thr, -3, STASH_INTRINSICS);
    }
    duk_dup(thr, -3);
    duk_put_prop_index(thr, -2, which);
    duk_pop_2(thr);
    engine_in(thr->heap)->intrinsics[which] = duk_known_hobject(thr, -1);
}

static duk_hobject *intrinsic_find(duk_heap *heap, enum intrinsic which)
{
    return engine_in(heap)->intrinsics[which];
}

/* Keeps the interned string for the heap's life. */
static duk_hstring *intrinsic_name(duk_hthread *thr, enum intrinsic_name which)
{
    static const char *const texts[NAME_COUNT] = {"then", SYMBOL_SPECIES, "done"};
    duk_hstring **place = &engine_in(thr->heap)->names[which];
    if (DUK_UNLIKELY(!*place)) {
        duk_push_heap_stash(thr);
        duk_push_string(thr, texts[which]);
        duk_hstring *name = duk_known_hstring(thr, -1);
        duk_push_true(thr);
        duk_put_prop(thr, -3); /* an object's keys are counted */
        duk_pop(thr);
        *place = name;
    }
    return *place;
}

static void promise_make(duk_hthread *thr);
static void tasks_make(duk_hthread *thr);
static void iterator_prototype_make(duk_hthread *thr);
static void async_iterator_prototype_make(duk_hthread *thr);
static void array_iterator_make(duk_hthread *thr);
static void string_iterator_make(duk_hthread *thr);
static void map_make(duk_hthread *thr);
static void map_iterator_make(duk_hthread *thr);
static void set_make(duk_hthread *thr);
static void set_iterator_make(duk_hthread *thr);
static void weak_map_make(duk_hthread *thr);
static void weak_set_make(duk_hthread *thr);
static void weak_ref_make(duk_hthread *thr);
static void registry_make(duk_hthread *thr);

static duk_hobject *intrinsic_get(duk_hthread *thr, enum intrinsic which)
{
    static void (*const makers[INTRINSIC_COUNT])(duk_hthread *) = {
        [INTRINSIC_PROMISE] = promise_make,
        [INTRINSIC_PROMISE_PROTOTYPE] = promise_make,
        [INTRINSIC_PROMISE_THEN] = promise_make,
        [INTRINSIC_TASKS] = tasks_make,
        [INTRINSIC_ITERATOR_PROTOTYPE] = iterator_prototype_make,
        [INTRINSIC_ASYNC_ITERATOR_PROTOTYPE] = async_iterator_prototype_make,
        [INTRINSIC_ARRAY_ITERATOR_PROTOTYPE] = array_iterator_make,
        [INTRINSIC_STRING_ITERATOR_PROTOTYPE] = string_iterator_make,
        [INTRINSIC_MAP] = map_make,
        [INTRINSIC_MAP_PROTOTYPE] = map_make,
        [INTRINSIC_MAP_ITERATOR_PROTOTYPE] = map_iterator_make,
        [INTRINSIC_SET] = set_make,
        [INTRINSIC_SET_PROTOTYPE] = set_make,
        [INTRINSIC_SET_ITERATOR_PROTOTYPE] = set_iterator_make,
        [INTRINSIC_WEAK_MAP] = weak_map_make,
        [INTRINSIC_WEAK_MAP_PROTOTYPE] = weak_map_make,
        [INTRINSIC_WEAK_SET] = weak_set_make,
        [INTRINSIC_WEAK_SET_PROTOTYPE] = weak_set_make,
        [INTRINSIC_WEAK_REF] = weak_ref_make,
        [INTRINSIC_WEAK_REF_PROTOTYPE] = weak_ref_make,
        [INTRINSIC_REGISTRY] = registry_make,
        [INTRINSIC_REGISTRY_PROTOTYPE] = registry_make,
    };
    struct engine *engine = engine_in(thr->heap);
    if (DUK_UNLIKELY(!engine->intrinsics[which])) {
        duk_idx_t top = duk_get_top(thr);
        duk_require_stack(thr, 16);
        makers[which](thr);
        duk_set_top(thr, top);
    }
    return engine->intrinsics[which];
}

static void cell_make_class(duk_hthread *thr, const struct cell_class *class)
{
    struct cell_method constructor = {class->name, class->construct, class->arguments,
                                      class->length, 0};
    push_cell_method(thr, &constructor);
    DUK_HOBJECT_SET_CONSTRUCTABLE(duk_known_hobject(thr, -1));
    cell_put_methods(thr, class->statics);
    duk_push_object(thr);
    duk_dup(thr, -2);
    cell_put(thr, "constructor", DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_SET_CONFIGURABLE);
    cell_put_methods(thr, class->methods);
    cell_put_tag(thr, class->name);
    duk_compact(thr, -1);
    intrinsic_set(thr, class->prototype);
    cell_put(thr, "prototype", 0);
    intrinsic_set(thr, class->constructor);
}

static duk_hobject *cell_push_prototype(duk_hthread *thr, enum intrinsic fallback)
{
    struct engine *engine = engine_in(thr->heap);
    duk_hobject *target = engine->new_target;
    if (target) {
        engine->new_target = NULL;
        duk_push_hobject(thr, target);
        duk_get_prop_literal(thr, -1, "prototype");
        duk_remove(thr, -2);
        if (duk_is_object(thr, -1)) {
            return duk_known_hobject(thr, -1);
        }
        duk_pop(thr);
    }
    duk_push_hobject(thr, intrinsic_get(thr, fallback));
    return duk_known_hobject(thr, -1);
}

void engine_push_constructor(duk_context *ctx, const char *name)
{
    static const struct {
        const char *name;
        enum intrinsic which;
    } constructors[] = {
        {"Promise", INTRINSIC_PROMISE},   {"Map", INTRINSIC_MAP},
        {"Set", INTRINSIC_SET},           {"WeakMap", INTRINSIC_WEAK_MAP},
        {"WeakSet", INTRINSIC_WEAK_SET},  {"WeakRef", INTRINSIC_WEAK_REF},
        {"FinalizationRegistry", INTRINSIC_REGISTRY},
    };
    size_t i = 0;
    while (strcmp(constructors[i].name, name) != 0) {
        i++;
        CHECK(i < sizeof(constructors) / sizeof(constructors[0]));
    }
    duk_push_hobject(ctx, intrinsic_get(ctx, constructors[i].which));
}
