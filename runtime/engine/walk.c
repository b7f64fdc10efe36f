/*
 * The walk over a heap (walk.h). Part of unity.c; used by snapshot and census. Owns the table of
 * code and nothing else. What is followed is what marking follows (duk__mark_hobject), so that
 * nothing alive is without a retainer.
 */
#include "runtime/engine/walk.h"

/* ---- all there is ---------------------------------------------------------------------------- */

static bool walk_strings(const struct walk *walk, walk_thing_fn fn, void *context)
{
    const duk_heap *heap = walk->heap;
    for (duk_uint32_t i = 0; i < heap->st_size; i++) {
        for (const duk_hstring *string = heap->strtable[i]; string; string = string->hdr.h_next) {
            if (!fn(context, (const duk_heaphdr *)string)) {
                return false;
            }
        }
    }
    return true;
}

static bool walk_things(const struct walk *walk, walk_thing_fn fn, void *context)
{
    for (duk_heaphdr *thing = walk->heap->heap_allocated; thing;
         thing = DUK_HEAPHDR_GET_NEXT(walk->heap, thing)) {
        if (!fn(context, thing)) {
            return false;
        }
    }
    return walk_strings(walk, fn, context);
}

/* ---- names ----------------------------------------------------------------------------------- */

static const duk_hstring *walk_own_string(const struct walk *walk, const duk_hobject *object,
                                          duk_small_uint_t index)
{
    duk_tval *value =
        duk_hobject_find_entry_tval_ptr_stridx(walk->heap, (duk_hobject *)(uintptr_t)object, index);
    if (!value || !DUK_TVAL_IS_STRING(value)) {
        return NULL;
    }
    const duk_hstring *string = DUK_TVAL_GET_STRING(value);
    return DUK_HSTRING_GET_BYTELEN(string) ? string : NULL;
}

/* The name of the constructor an object's prototypes tell of. */
static const duk_hstring *walk_find_class(const struct walk *walk, const duk_hobject *prototype)
{
    for (int depth = 0; prototype && depth < 32; depth++) {
        duk_tval *constructor = duk_hobject_find_entry_tval_ptr_stridx(
            walk->heap, (duk_hobject *)(uintptr_t)prototype, DUK_STRIDX_CONSTRUCTOR);
        if (constructor && DUK_TVAL_IS_OBJECT(constructor)) {
            const duk_hstring *name =
                walk_own_string(walk, DUK_TVAL_GET_OBJECT(constructor), DUK_STRIDX_NAME);
            if (name) {
                return name;
            }
        }
        prototype = DUK_HOBJECT_GET_PROTOTYPE(walk->heap, prototype);
    }
    return NULL;
}

static const duk_hstring *walk_class(struct walk *walk, const duk_hobject *object)
{
    const duk_hobject *prototype = DUK_HOBJECT_GET_PROTOTYPE(walk->heap, object);
    duk_uint_t class = DUK_HOBJECT_GET_CLASS_NUMBER(object);
    const duk_hstring *plain =
        DUK_HEAP_GET_STRING(walk->heap, DUK_HOBJECT_CLASS_NUMBER_TO_STRIDX(class));
    if (!prototype || class == DUK_HOBJECT_CLASS_ARGUMENTS || class == DUK_HOBJECT_CLASS_GLOBAL) {
        return plain;
    }
    size_t place = ((uintptr_t)prototype >> 4) % (sizeof walk->names / sizeof walk->names[0]);
    if (walk->names[place].prototype != prototype) {
        walk->names[place].prototype = prototype;
        walk->names[place].name = walk_find_class(walk, prototype);
    }
    return walk->names[place].name ? walk->names[place].name : plain;
}

/* ---- code ------------------------------------------------------------------------------------ */

static struct walk_code *walk_code_place(const struct walk *walk, const duk_hbuffer *data)
{
    uint64_t hash = ((uintptr_t)data >> 4) * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (size_t)(hash >> 32) & (walk->code_room - 1);
    while (walk->codes[i].data && walk->codes[i].data != data) {
        i = (i + 1) & (walk->code_room - 1);
    }
    return &walk->codes[i];
}

static bool walk_grow_codes(struct walk *walk)
{
    struct walk old = *walk;
    walk->code_room = old.code_room ? old.code_room * 2 : 256;
    walk->codes = calloc(walk->code_room, sizeof *walk->codes);
    if (!walk->codes) {
        walk->codes = old.codes;
        walk->code_room = old.code_room;
        return false;
    }
    for (size_t i = 0; i < old.code_room; i++) {
        if (old.codes[i].data) {
            *walk_code_place(walk, old.codes[i].data) = old.codes[i];
        }
    }
    free(old.codes);
    return true;
}

/* Notes whose code a function runs; false when there is no memory. */
static bool walk_add_code(struct walk *walk, const duk_heaphdr *thing)
{
    const duk_hcompfunc *function = (const duk_hcompfunc *)thing;
    if (DUK_HEAPHDR_GET_TYPE(thing) != DUK_HTYPE_OBJECT ||
        !DUK_HOBJECT_IS_COMPFUNC((const duk_hobject *)thing) || !function->data) {
        return true;
    }
    if (2 * walk->code_count >= walk->code_room && !walk_grow_codes(walk)) {
        return false;
    }
    struct walk_code *code = walk_code_place(walk, function->data);
    walk->code_count += code->data == NULL;
    *code = (struct walk_code){function->data, function};
    return true;
}

/* One of the functions that run this code; NULL for other buffers. */
static const duk_hcompfunc *walk_find_code(const struct walk *walk, const duk_hbuffer *data)
{
    return walk->code_room ? walk_code_place(walk, data)->function : NULL;
}

/* ---- one thing ------------------------------------------------------------------------------- */

static uint64_t walk_block(const void *block)
{
    return block ? arena_block_bytes(block) : 0;
}

static uint64_t walk_thread_bytes(const duk_hthread *thread)
{
    uint64_t bytes = walk_block(thread->valstack);
    for (const duk_activation *act = thread->callstack_curr; act; act = act->parent) {
        bytes += walk_block(act);
        for (const duk_catcher *catcher = act->cat; catcher; catcher = catcher->parent) {
            bytes += walk_block(catcher);
        }
    }
    return bytes;
}

/* What our own objects have beside their struct. */
static uint64_t walk_cell_bytes(const struct cell *cell)
{
    bool is_collection = cell->type == &map_type || cell->type == &set_type;
    return is_collection ? walk_block(((const struct collection *)cell)->table.block) : 0;
}

static void walk_describe_object(struct walk *walk, const duk_hobject *object,
                                 struct walk_node *node)
{
    node->type = WALK_OBJECT;
    node->bytes += walk_block(DUK_HOBJECT_GET_PROPS(walk->heap, object));
    if (DUK_HOBJECT_IS_THREAD(object)) {
        node->text = WALK_TEXT_THREAD;
        node->bytes += walk_thread_bytes((const duk_hthread *)object);
    } else if (DUK_HOBJECT_IS_ENV(object)) {
        node->text = WALK_TEXT_SCOPE;
    } else if (DUK_HOBJECT_HAS_CALLABLE(object)) {
        bool is_template =
            DUK_HOBJECT_IS_COMPFUNC(object) && !((const duk_hcompfunc *)object)->lex_env;
        node->type = is_template ? WALK_CODE : WALK_CLOSURE;
        node->name = walk_own_string(walk, object, DUK_STRIDX_NAME);
        node->text = WALK_TEXT_ANONYMOUS;
        if (DUK_HOBJECT_IS_BOUNDFUNC(object)) {
            node->bytes += walk_block(((const duk_hboundfunc *)object)->args);
        }
    } else {
        bool is_regexp = DUK_HOBJECT_GET_CLASS_NUMBER(object) == DUK_HOBJECT_CLASS_REGEXP;
        node->type = is_regexp ? WALK_REGEXP : WALK_OBJECT;
        node->name = walk_class(walk, object);
        node->bytes += is_cell(object) ? walk_cell_bytes((const struct cell *)object) : 0;
    }
}

static void walk_describe_buffer(const struct walk *walk, const duk_hbuffer *buffer,
                                 struct walk_node *node)
{
    const duk_hcompfunc *function = walk_find_code(walk, buffer);
    node->type = WALK_HIDDEN;
    node->text = WALK_TEXT_BUFFER;
    if (function) {
        node->type = WALK_CODE;
        node->name = walk_own_string(walk, &function->obj, DUK_STRIDX_NAME);
        node->text = WALK_TEXT_CODE;
    } else if (DUK_HBUFFER_HAS_DYNAMIC(buffer) && !DUK_HBUFFER_HAS_EXTERNAL(buffer)) {
        node->bytes += walk_block(((const duk_hbuffer_dynamic *)buffer)->curr_alloc);
    }
}

/* What it is. Nothing of it lasts longer than the heap stands still. */
static void walk_describe(struct walk *walk, const duk_heaphdr *thing, struct walk_node *node)
{
    *node = (struct walk_node){.bytes = walk_block(thing)};
    switch (DUK_HEAPHDR_GET_TYPE(thing)) {
    case DUK_HTYPE_STRING:
        node->name = (const duk_hstring *)thing;
        node->type = DUK_HSTRING_HAS_SYMBOL(node->name) ? WALK_SYMBOL : WALK_STRING;
        break;
    case DUK_HTYPE_OBJECT:
        walk_describe_object(walk, (const duk_hobject *)thing, node);
        break;
    default:
        walk_describe_buffer(walk, (const duk_hbuffer *)thing, node);
    }
}

/* ---- edges ----------------------------------------------------------------------------------- */

/* Who is told of the edges of one thing. */
struct walk_teller {
    walk_edge_fn fn;
    void *context;
};

static void walk_tell(const struct walk_teller *tell, enum walk_kind kind, enum walk_text text,
                      const void *to)
{
    if (to) {
        struct walk_edge edge = {.kind = kind, .text = text, .to = to};
        tell->fn(tell->context, &edge);
    }
}

static void walk_tell_value(const struct walk_teller *tell, enum walk_text text,
                            const duk_tval *value)
{
    if (DUK_TVAL_IS_HEAP_ALLOCATED(value)) {
        walk_tell(tell, WALK_INTERNAL, text, DUK_TVAL_GET_HEAPHDR(value));
    }
}

static void walk_tell_element(const struct walk_teller *tell, uint32_t index, const duk_tval *value)
{
    if (DUK_TVAL_IS_HEAP_ALLOCATED(value)) {
        struct walk_edge edge = {
            .kind = WALK_ELEMENT, .index = index, .to = DUK_TVAL_GET_HEAPHDR(value)};
        tell->fn(tell->context, &edge);
    }
}

static void walk_tell_named(const struct walk_teller *tell, enum walk_kind kind,
                            const duk_hstring *name, const void *to)
{
    if (to) {
        struct walk_edge edge = {.kind = kind, .name = name, .to = to};
        tell->fn(tell->context, &edge);
    }
}

static void walk_properties(const struct walk *walk, const duk_hobject *object,
                            const struct walk_teller *tell)
{
    const duk_heap *heap = walk->heap;
    DUK_UNREF(heap); /* the macros may not need it */
    bool is_scope = DUK_HOBJECT_IS_ENV(object);
    for (duk_uint32_t i = 0; i < DUK_HOBJECT_GET_ENEXT(object); i++) {
        const duk_hstring *key = DUK_HOBJECT_E_GET_KEY(heap, object, i);
        if (!key) {
            continue;
        }
        enum walk_kind kind = DUK_HSTRING_HAS_HIDDEN(key) ? WALK_INTERNAL
                              : is_scope                  ? WALK_CONTEXT
                                                          : WALK_PROPERTY;
        const duk_propvalue *value = DUK_HOBJECT_E_GET_VALUE_PTR(heap, object, i);
        if (DUK_HOBJECT_E_SLOT_IS_ACCESSOR(heap, object, i)) {
            walk_tell_named(tell, kind, key, value->a.get);
            walk_tell_named(tell, kind, key, value->a.set);
        } else if (DUK_TVAL_IS_HEAP_ALLOCATED(&value->v)) {
            walk_tell_named(tell, kind, key, DUK_TVAL_GET_HEAPHDR(&value->v));
        }
        /* A name that nothing else uses goes with its object: keys of dictionaries. */
        if (DUK_HEAPHDR_GET_REFCOUNT((const duk_heaphdr *)key) == 1) {
            walk_tell(tell, WALK_INTERNAL, WALK_TEXT_KEY, key);
        }
    }
    for (duk_uint32_t i = 0; i < DUK_HOBJECT_GET_ASIZE(object); i++) {
        walk_tell_element(tell, i, DUK_HOBJECT_A_GET_VALUE_PTR(heap, object, i));
    }
    walk_tell(tell, is_scope ? WALK_INTERNAL : WALK_PROPERTY,
              is_scope ? WALK_TEXT_CONTEXT : WALK_TEXT_PROTO,
              DUK_HOBJECT_GET_PROTOTYPE(heap, object));
}

static void walk_function(const duk_hcompfunc *function, const struct walk_teller *tell)
{
    walk_tell(tell, WALK_INTERNAL, WALK_TEXT_CODE, function->data);
    walk_tell(tell, WALK_INTERNAL, WALK_TEXT_CONTEXT, function->lex_env);
    if (function->var_env != function->lex_env) {
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_VARIABLES, function->var_env);
    }
}

static void walk_bound(const duk_hboundfunc *function, const struct walk_teller *tell)
{
    walk_tell_value(tell, WALK_TEXT_BOUND_FUNCTION, &function->target);
    walk_tell_value(tell, WALK_TEXT_BOUND_THIS, &function->this_binding);
    for (duk_idx_t i = 0; i < function->nargs; i++) {
        walk_tell_value(tell, WALK_TEXT_BOUND_ARGUMENT, &function->args[i]);
    }
}

static void walk_thread(const duk_hthread *thread, const struct walk_teller *tell)
{
    uint32_t index = 0;
    for (const duk_tval *value = thread->valstack; value < thread->valstack_top; value++) {
        walk_tell_element(tell, index++, value);
    }
    for (const duk_activation *act = thread->callstack_curr; act; act = act->parent) {
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_CALLED, DUK_ACT_GET_FUNC(act));
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_CONTEXT, act->lex_env);
        if (act->var_env != act->lex_env) {
            walk_tell(tell, WALK_INTERNAL, WALK_TEXT_VARIABLES, act->var_env);
        }
    }
    walk_tell(tell, WALK_INTERNAL, WALK_TEXT_RESUMER, thread->resumer);
    for (size_t i = 0; i < DUK_NUM_BUILTINS; i++) {
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_BUILT_IN, thread->builtins[i]);
    }
}

/* What a cell or closure holds is told one by one, without a place for who is told. */
static void walk_visit(duk_heap *heap, duk_tval *value)
{
    walk_tell_value(engine_in(heap)->visiting, WALK_TEXT_HELD, value);
}

static void walk_cell(const struct walk *walk, const duk_hobject *object,
                      const struct walk_teller *tell)
{
    walk->engine->visiting = tell;
    visit_object(walk->heap, (duk_hobject *)(uintptr_t)object, walk_visit);
    walk->engine->visiting = NULL;
}

static void walk_object(const struct walk *walk, const duk_hobject *object,
                        const struct walk_teller *tell)
{
    walk_properties(walk, object, tell);
    if (DUK_HOBJECT_HAS_FASTREFS(object)) {
        return;
    }
    if (DUK_HOBJECT_IS_COMPFUNC(object)) {
        walk_function((const duk_hcompfunc *)object, tell);
    } else if (DUK_HOBJECT_IS_DECENV(object)) {
        const duk_hdecenv *scope = (const duk_hdecenv *)object;
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_THREAD_EDGE, scope->thread);
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_VARIABLES, scope->varmap);
    } else if (DUK_HOBJECT_IS_OBJENV(object)) {
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_TARGET, ((const duk_hobjenv *)object)->target);
    } else if (DUK_HOBJECT_IS_BUFOBJ(object)) {
        const duk_hbufobj *view = (const duk_hbufobj *)object;
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_BACKING_STORE, view->buf);
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_VIEWED_BUFFER, view->buf_prop);
    } else if (DUK_HOBJECT_IS_BOUNDFUNC(object)) {
        walk_bound((const duk_hboundfunc *)object, tell);
    } else if (DUK_HOBJECT_IS_PROXY(object)) {
        const duk_hproxy *proxy = (const duk_hproxy *)object;
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_TARGET, proxy->target);
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_HANDLER, proxy->handler);
    } else if (DUK_HOBJECT_IS_THREAD(object)) {
        walk_thread((const duk_hthread *)object, tell);
    } else if (DUK_HOBJECT_GET_CLASS_NUMBER(object) == ENGINE_CLASS_CELL ||
               DUK_HOBJECT_IS_NATFUNC(object)) {
        walk_cell(walk, object, tell);
    }
}

static void walk_code_edges(const duk_hcompfunc *function, const struct walk_teller *tell)
{
    duk_hcompfunc *any = (duk_hcompfunc *)(uintptr_t)function;
    for (duk_tval *value = DUK_HCOMPFUNC_GET_CONSTS_BASE(NULL, any);
         value < DUK_HCOMPFUNC_GET_CONSTS_END(NULL, any); value++) {
        walk_tell_value(tell, WALK_TEXT_CONSTANT, value);
    }
    for (duk_hobject **inner = DUK_HCOMPFUNC_GET_FUNCS_BASE(NULL, any);
         inner < DUK_HCOMPFUNC_GET_FUNCS_END(NULL, any); inner++) {
        walk_tell(tell, WALK_INTERNAL, WALK_TEXT_INNER, *inner);
    }
}

static void walk_buffer(const struct walk *walk, const duk_hbuffer *buffer,
                        const struct walk_teller *tell)
{
    const duk_hcompfunc *function = walk_find_code(walk, buffer);
    if (function) {
        walk_code_edges(function, tell);
    } else if (DUK_HEAPHDR_CHECK_FLAG_BITS(&buffer->hdr, ENGINE_BUFFER_FLAG_STORE) &&
               ((const struct store_buffer *)buffer)->store) {
        struct walk_edge edge = {.kind = WALK_INTERNAL,
                                 .text = WALK_TEXT_BACKING_STORE,
                                 .store = (const struct store_buffer *)buffer};
        tell->fn(tell->context, &edge);
    }
}

/* Every reference of `thing`. */
static void walk_edges(const struct walk *walk, const duk_heaphdr *thing, walk_edge_fn fn,
                       void *context)
{
    const struct walk_teller tell = {fn, context};
    if (DUK_HEAPHDR_GET_TYPE(thing) == DUK_HTYPE_OBJECT) {
        walk_object(walk, (const duk_hobject *)thing, &tell);
    } else if (DUK_HEAPHDR_GET_TYPE(thing) == DUK_HTYPE_BUFFER) {
        walk_buffer(walk, (const duk_hbuffer *)thing, &tell);
    }
}

/* What the engine holds from outside: `root` is one of WALK_TEXT_STACKS … WALK_TEXT_PENDING. */
static void walk_roots(const struct walk *walk, enum walk_text root, walk_edge_fn fn, void *context)
{
    const struct walk_teller tell = {fn, context};
    duk_heap *heap = walk->heap;
    switch (root) {
    case WALK_TEXT_STACKS:
        walk_tell(&tell, WALK_INTERNAL, WALK_TEXT_THREAD_EDGE, heap->heap_thread);
        if (heap->curr_thread != heap->heap_thread) {
            walk_tell(&tell, WALK_INTERNAL, WALK_TEXT_THREAD_EDGE, heap->curr_thread);
        }
        break;
    case WALK_TEXT_STASH:
        walk_tell(&tell, WALK_INTERNAL, WALK_TEXT_STASH, heap->heap_object);
        break;
    case WALK_TEXT_BUILT_IN_STRINGS:
        for (duk_small_uint_t i = 0; i < DUK_HEAP_NUM_STRINGS; i++) {
            walk_tell(&tell, WALK_INTERNAL, WALK_TEXT_BUILT_IN, DUK_HEAP_GET_STRING(heap, i));
        }
        break;
    default:
        walk_tell_value(&tell, WALK_TEXT_PENDING, &heap->lj.value1);
        walk_tell_value(&tell, WALK_TEXT_PENDING, &heap->lj.value2);
    }
}

static void walk_init(struct walk *walk, struct engine *engine)
{
    memset(walk, 0, sizeof *walk);
    walk->engine = engine;
    walk->heap = engine->heap;
}

static void walk_fini(struct walk *walk)
{
    free(walk->codes);
}
