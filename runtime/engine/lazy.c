/*
 * Built-in methods that exist when they are first asked for. Part of unity.c; called by the patched
 * engine. A table says what belongs onto each built-in object: what the engine ships (recorded from
 * its own start data when the process makes its first heap) and what we add (added.c, which wins).
 * A property that is missing on such an object is looked up there, made once, and is an ordinary
 * property from then on: it can be overwritten and deleted. Whatever lists an object's keys or closes
 * it makes all of them first. So a heap pays for the functions its script touches.
 *
 * Invariant: the table changes only while the first heap is made, under `lazy_first`; `made` of an
 * engine has a bit for each entry, set before the property is, never cleared.
 */
#include "runtime/engine/parts.h"

#define STOCK_MAX 400
#define NAMES_MAX 4096
#define BUCKETS   4096
/* Of the start data's format; the engine forgets them behind its reader. */
#define LENGTH_BITS       3
#define ARGUMENTS_BITS    3
#define ARGUMENTS_VARYING 7
#define FLAGS_BITS        3

static pthread_mutex_t lazy_first = PTHREAD_MUTEX_INITIALIZER;
static _Atomic bool lazy_is_known;
static struct builtin stock[STOCK_MAX];
static size_t stock_count;
static char stock_names[NAMES_MAX];
static size_t stock_names_used;
static duk_bitdecoder_ctx stock_after[DUK_NUM_ALL_BUILTINS];
static bool has_entries[DUK_NUM_ALL_BUILTINS];
/* Open addressing; an entry is its number plus one: those of `stock` behind those we add. */
static uint16_t buckets[BUCKETS];

/* ---- the table
 * ----------------------------------------------------------------------------------------- */

static const struct builtin *entry_at(size_t number)
{
    return number < ADDED_COUNT ? &added[number] : &stock[number - ADDED_COUNT];
}

static unsigned hash_of(unsigned object, const char *name, size_t size)
{
    unsigned hash = object * 0x9E3779B1u;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ (unsigned char)name[i]) * 0x01000193u;
    }
    return hash ^ hash >> 15;
}

/* The bucket of that name, or the free one where it belongs. */
static uint16_t *bucket_of(unsigned object, const char *name, size_t size)
{
    unsigned at = hash_of(object, name, size);
    for (;; at++) {
        uint16_t *bucket = &buckets[at & (BUCKETS - 1)];
        if (*bucket == 0) {
            return bucket;
        }
        const struct builtin *entry = entry_at(*bucket - 1u);
        if (entry->object == object && strlen(entry->name) == size &&
            memcmp(entry->name, name, size) == 0) {
            return bucket;
        }
    }
}

static void build_index(void)
{
    memset(buckets, 0, sizeof(buckets));
    for (size_t i = 0; i < ADDED_COUNT + stock_count; i++) {
        const struct builtin *entry = entry_at(i);
        uint16_t *bucket = bucket_of(entry->object, entry->name, strlen(entry->name));
        if (*bucket == 0) {
            *bucket = (uint16_t)(i + 1);
        }
    }
}

static bool lazy_begin(void)
{
    if (atomic_load_explicit(&lazy_is_known, memory_order_acquire)) {
        return false;
    }
    pthread_mutex_lock(&lazy_first);
    if (atomic_load_explicit(&lazy_is_known, memory_order_relaxed)) {
        pthread_mutex_unlock(&lazy_first);
        return false;
    }
    stock_count = 0;
    stock_names_used = 0;
    return true;
}

static void lazy_end(bool is_first, bool is_whole)
{
    if (is_first) {
        if (is_whole) {
            build_index();
        }
        atomic_store_explicit(&lazy_is_known, is_whole, memory_order_release);
        pthread_mutex_unlock(&lazy_first);
    }
}

/* ---- recording what the engine ships
 * ------------------------------------------------------------------- */

/* The objects whose methods are looked for at every turn, or by the engine itself, have them. */
static bool is_eager(unsigned object)
{
    return object == DUK_BIDX_GLOBAL || object == DUK_BIDX_OBJECT_PROTOTYPE ||
           object == DUK_BIDX_FUNCTION_PROTOTYPE || object == DUK_BIDX_NATIVE_FUNCTION_PROTOTYPE;
}

static const char *record_name(duk_hthread *thr, duk_bitdecoder_ctx *bits)
{
    unsigned char text[DUK_BD_BITPACKED_STRING_MAXLEN];
    const void *name = text;
    unsigned number = duk_bd_decode_varuint(bits);
    size_t size;
    if (number == 0) {
        size = duk_bd_decode_bitpacked_string(bits, text);
    } else {
        duk_hstring *string = DUK_HEAP_GET_STRING(thr->heap, number - 1);
        name = DUK_HSTRING_GET_DATA(string);
        size = DUK_HSTRING_GET_BYTELEN(string);
    }
    char *copy = stock_names + stock_names_used;
    CHECK(stock_names_used + size < NAMES_MAX);
    memcpy(copy, name, size);
    copy[size] = 0;
    stock_names_used += size + 1;
    return copy;
}

/* One function of the engine's start data, in the order in which it stands there. */
static void record_function(duk_hthread *thr, duk_bitdecoder_ctx *bits, unsigned object)
{
    CHECK(stock_count < STOCK_MAX);
    struct builtin *entry = &stock[stock_count++];
    *entry = (struct builtin){.object = (uint8_t)object, .kind = BUILTIN_FUNCTION};
    entry->name = record_name(thr, bits);
    entry->function = duk_bi_native_functions[duk_bd_decode_varuint(bits)];
    entry->length = (int8_t)duk_bd_decode(bits, LENGTH_BITS);
    unsigned arguments =
        duk_bd_decode_flagged(bits, ARGUMENTS_BITS, (duk_uint32_t)entry->length);
    entry->arguments = arguments == ARGUMENTS_VARYING ? DUK_VARARGS : (int8_t)arguments;
    entry->magic = (int16_t)duk_bd_decode_varuint(bits);
    entry->flags = (uint8_t)duk_bd_decode_flagged(bits, FLAGS_BITS,
                                                  (duk_uint32_t)DUK_PROPDESC_FLAGS_WC);
}

static void record_object(duk_hthread *thr, duk_bitdecoder_ctx *bits, unsigned object,
                          unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        record_function(thr, bits, object);
    }
    stock_after[object] = *bits;
    has_entries[object] = count > 0;
    for (size_t i = 0; i < ADDED_COUNT; i++) {
        has_entries[object] |= added[i].object == object;
    }
}

static bool engine_lazy_drops(unsigned object)
{
    return object == DUK_BIDX_ARRAYBUFFER_PROTOTYPE || object == DUK_BIDX_DATAVIEW_PROTOTYPE ||
           object == DUK_BIDX_REGEXP_PROTOTYPE || object == TYPED_ARRAY_PROTOTYPE;
}

static bool engine_lazy_functions(duk_hthread *thr, duk_bitdecoder_ctx *bits, unsigned object,
                                  unsigned count)
{
    struct engine *engine = engine_in(thr->heap);
    if (engine->context || is_eager(object)) {
        return false; /* not the heap's first globals: all of them are made */
    }
    if (atomic_load_explicit(&lazy_is_known, memory_order_acquire)) {
        *bits = stock_after[object];
    } else {
        record_object(thr, bits, object, count);
    }
    if (has_entries[object]) {
        duk_hobject *holder = duk_known_hobject(thr, (duk_idx_t)object);
        DUK_HEAPHDR_SET_FLAG_BITS(&holder->hdr, ENGINE_HOBJECT_FLAG_LAZY);
        engine->lazies[object] = holder;
    }
    return true;
}

/* ---- making
 * -------------------------------------------------------------------------------------------- */

static void push_function(duk_hthread *thr, duk_c_function function, const struct builtin *entry,
                          int arguments)
{
    duk_push_c_function_builtin_noconstruct(thr, function, arguments);
    duk_hnatfunc *made = duk_known_hnatfunc(thr, -1);
    DUK_HOBJECT_SET_STRICT(&made->obj);
    if (function == duk_bi_reflect_apply || function == duk_bi_reflect_construct) {
        DUK_HOBJECT_SET_SPECIAL_CALL(&made->obj);
    }
    made->magic = entry->magic;
}

/* Gives the function on the top its length and its name, with the prefix before it. */
static void name_function(duk_hthread *thr, duk_hstring *key, int length, const char *prefix)
{
    duk_push_int(thr, length);
    duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_LENGTH, DUK_PROPDESC_FLAGS_C);
    const char *name = (const char *)DUK_HSTRING_GET_DATA(key);
    if (!DUK_HSTRING_HAS_SYMBOL(key) && *prefix == 0) {
        duk_push_hstring(thr, key);
    } else if (!DUK_HSTRING_HAS_SYMBOL(key)) {
        duk_push_sprintf(thr, "%s%s", prefix, name);
    } else {
        int size = (int)strcspn(name + 1, "\xff");
        duk_push_sprintf(thr, "%s[%.*s]", prefix, size, name + 1);
    }
    duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_NAME, DUK_PROPDESC_FLAGS_C);
}

static void make_accessor(duk_hthread *thr, duk_hobject *object, duk_hstring *key,
                          const struct builtin *entry)
{
    duk_push_hobject(thr, object);
    duk_push_hstring(thr, key);
    push_function(thr, entry->function, entry, 0);
    name_function(thr, key, 0, "get ");
    duk_uint_t flags = DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_CLEAR_ENUMERABLE | DUK_DEFPROP_FORCE |
                       DUK_DEFPROP_HAVE_CONFIGURABLE | (entry->flags & DUK_DEFPROP_CONFIGURABLE);
    duk_def_prop(thr, -3, flags);
    duk_pop(thr);
}

static void make(duk_hthread *thr, duk_hobject *object, duk_hstring *key,
                 const struct builtin *entry)
{
    if (entry->kind == BUILTIN_GETTER) {
        make_accessor(thr, object, key, entry);
        return;
    }
    switch (entry->kind) {
    case BUILTIN_SAME:
        duk_push_hobject(thr, object);
        duk_get_prop_string(thr, -1, entry->of);
        duk_remove_m2(thr);
        break;
    case BUILTIN_TEXT:
        duk_push_string(thr, entry->of);
        break;
    case BUILTIN_VALUE:
        (void)entry->function(thr);
        break;
    default:
        push_function(thr, entry->function, entry, entry->arguments);
        name_function(thr, key, entry->length, "");
    }
    duk_hobject_define_property_internal(thr, object, key, entry->flags);
}

static unsigned number_of(const struct engine *engine, const duk_hobject *object)
{
    unsigned number = 0;
    while (engine->lazies[number] != object) {
        number++;
        CHECK(number < DUK_NUM_ALL_BUILTINS);
    }
    return number;
}

static bool make_once(duk_hthread *thr, duk_hobject *object, duk_hstring *key, size_t number)
{
    uint64_t *made = &engine_in(thr->heap)->made[number / 64];
    uint64_t bit = UINT64_C(1) << number % 64;
    if (*made & bit) {
        return false;
    }
    *made |= bit;
    make(thr, object, key, entry_at(number));
    return true;
}

static bool is_arguments(const duk_hobject *object)
{
    return DUK_HOBJECT_GET_CLASS_NUMBER(object) == DUK_HOBJECT_CLASS_ARGUMENTS;
}

/* An arguments object has an iterator method of its own, for which few programs ask. */
static bool make_iterator(duk_hthread *thr, duk_hobject *arguments, duk_hstring *key)
{
    if (strcmp((const char *)DUK_HSTRING_GET_DATA(key), SYMBOL_ITERATOR) != 0) {
        return false;
    }
    DUK_HEAPHDR_CLEAR_FLAG_BITS(&arguments->hdr, ENGINE_HOBJECT_FLAG_LAZY);
    duk_push_hobject(thr, thr->builtins[DUK_BIDX_ARRAY_PROTOTYPE]);
    duk_get_prop_literal(thr, -1, "values");
    duk_remove_m2(thr);
    duk_hobject_define_property_internal(thr, arguments, key, DUK_PROPDESC_FLAGS_WC);
    return true;
}

static bool engine_lazy_make(duk_hthread *thr, duk_hobject *object, duk_hstring *key)
{
    if (is_arguments(object)) {
        return make_iterator(thr, object, key);
    }
    unsigned place = number_of(engine_in(thr->heap), object);
    const char *name = (const char *)DUK_HSTRING_GET_DATA(key);
    uint16_t number = *bucket_of(place, name, DUK_HSTRING_GET_BYTELEN(key));
    return number && make_once(thr, object, key, number - 1u);
}

static void engine_lazy_make_all(duk_hthread *thr, duk_hobject *object)
{
    if (is_arguments(object)) {
        duk_push_string(thr, SYMBOL_ITERATOR);
        make_iterator(thr, object, duk_known_hstring(thr, -1));
        duk_pop(thr);
        return;
    }
    unsigned place = number_of(engine_in(thr->heap), object);
    duk_push_hobject(thr, object);
    for (size_t i = 0; i < ADDED_COUNT + stock_count; i++) {
        const struct builtin *entry = entry_at(i);
        if (entry->object == place) {
            duk_push_string(thr, entry->name);
            (void)duk_has_prop(thr, -2);
        }
    }
    duk_pop(thr);
}
