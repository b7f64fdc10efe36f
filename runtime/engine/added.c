/*
 * The built-in properties we add to the engine's own or put in place of them. Part of unity.c; read
 * by lazy.c. One line each: what scripts see, and the native behind it.
 */
#include "runtime/engine/parts.h"

#define ADDED_COUNT (sizeof(added) / sizeof(added[0]))

#define METHOD(holder, text, native, count) MEMBER(holder, text, native, count, 0)
/* Of a family that tells its members apart by magic. */
#define MEMBER(holder, text, native, count, number)                                                \
    TAKING(holder, text, native, count, count, number)
/* Takes another count of arguments than its length says. */
#define TAKING(holder, text, native, count, taken, number)                                         \
    {.name = text, .object = holder, .flags = DUK_PROPDESC_FLAGS_WC, .length = count,              \
     .arguments = taken, .function = native, .magic = number}
/* Another name of the same function. */
#define SAME(holder, text, other)                                                                  \
    {.name = text, .object = holder, .kind = BUILTIN_SAME, .flags = DUK_PROPDESC_FLAGS_WC,         \
     .of = other}
#define GETTER(holder, text, native, number)                                                       \
    {.name = text, .object = holder, .kind = BUILTIN_GETTER, .flags = DUK_PROPDESC_FLAGS_C,        \
     .function = native, .magic = number}
#define VALUE(holder, text, native)                                                                \
    {.name = text, .object = holder, .kind = BUILTIN_VALUE, .flags = DUK_PROPDESC_FLAGS_C,         \
     .function = native}
#define VALUE_WC(holder, text, native)                                                             \
    {.name = text, .object = holder, .kind = BUILTIN_VALUE, .flags = DUK_PROPDESC_FLAGS_WC,        \
     .function = native}
#define TAG(holder, text)                                                                          \
    {.name = SYMBOL_TAG, .object = holder, .kind = BUILTIN_TEXT, .flags = DUK_PROPDESC_FLAGS_C,    \
     .of = text}

#define WELL_KNOWN(text)                                                                           \
    {.name = text, .object = SYMBOL, .kind = BUILTIN_TEXT, .of = DUK_WELLKNOWN_SYMBOL("Symbol." text)}

#define OBJECT_      DUK_BIDX_OBJECT_CONSTRUCTOR
#define ARRAY_       DUK_BIDX_ARRAY_CONSTRUCTOR
#define ARRAY_PROTO  DUK_BIDX_ARRAY_PROTOTYPE
#define STRING_      DUK_BIDX_STRING_CONSTRUCTOR
#define STRING_PROTO DUK_BIDX_STRING_PROTOTYPE
#define BUFFER_PROTO DUK_BIDX_ARRAYBUFFER_PROTOTYPE
#define VIEW_PROTO   DUK_BIDX_DATAVIEW_PROTOTYPE
#define TYPED_PROTO  TYPED_ARRAY_PROTOTYPE
#define REGEXP_PROTO DUK_BIDX_REGEXP_PROTOTYPE
#define DATE_PROTO   DUK_BIDX_DATE_PROTOTYPE

static const struct builtin added[] = {
    MEMBER(ARRAY_PROTO, "keys", array_iterator, 0, ITERATE_KEYS),
    MEMBER(ARRAY_PROTO, "values", array_iterator, 0, ITERATE_VALUES),
    MEMBER(ARRAY_PROTO, "entries", array_iterator, 0, ITERATE_ENTRIES),
    SAME(ARRAY_PROTO, SYMBOL_ITERATOR, "values"),
    MEMBER(TYPED_ARRAY_PROTOTYPE, "keys", typed_array_iterator, 0, ITERATE_KEYS),
    MEMBER(TYPED_ARRAY_PROTOTYPE, "values", typed_array_iterator, 0, ITERATE_VALUES),
    MEMBER(TYPED_ARRAY_PROTOTYPE, "entries", typed_array_iterator, 0, ITERATE_ENTRIES),
    SAME(TYPED_ARRAY_PROTOTYPE, SYMBOL_ITERATOR, "values"),
    METHOD(DUK_BIDX_STRING_PROTOTYPE, SYMBOL_ITERATOR, string_iterator, 0),
    GETTER(ARRAY_, SYMBOL_SPECIES, get_species, 0),
    TAKING(ARRAY_, "from", array_from, 1, 3, 0),
    TAKING(ARRAY_, "of", array_of, 0, DUK_VARARGS, 0),
    METHOD(ARRAY_PROTO, "at", array_at, 1),
    TAKING(ARRAY_PROTO, "concat", array_concat, 1, DUK_VARARGS, 0),
    TAKING(ARRAY_PROTO, "copyWithin", array_copy_within, 2, 3, 0),
    TAKING(ARRAY_PROTO, "fill", array_fill, 1, 3, 0),
    TAKING(ARRAY_PROTO, "filter", array_map, 1, 2, ITER_FILTER),
    TAKING(ARRAY_PROTO, "find", array_find, 1, 2, 0),
    TAKING(ARRAY_PROTO, "findIndex", array_find, 1, 2, FIND_INDEX),
    TAKING(ARRAY_PROTO, "findLast", array_find, 1, 2, FIND_LAST),
    TAKING(ARRAY_PROTO, "findLastIndex", array_find, 1, 2, FIND_LAST | FIND_INDEX),
    TAKING(ARRAY_PROTO, "flat", array_flat, 0, 1, 0),
    TAKING(ARRAY_PROTO, "flatMap", array_flat_map, 1, 2, 0),
    TAKING(ARRAY_PROTO, "includes", array_includes, 1, 2, 0),
    TAKING(ARRAY_PROTO, "map", array_map, 1, 2, ITER_MAP),
    METHOD(ARRAY_PROTO, "slice", array_slice, 2),
    METHOD(ARRAY_PROTO, "sort", array_sort, 1),
    TAKING(ARRAY_PROTO, "splice", array_splice, 2, DUK_VARARGS, 0),
    METHOD(ARRAY_PROTO, "toReversed", array_to_reversed, 0),
    METHOD(ARRAY_PROTO, "toSorted", array_to_sorted, 1),
    TAKING(ARRAY_PROTO, "toSpliced", array_to_spliced, 2, DUK_VARARGS, 0),
    METHOD(ARRAY_PROTO, "with", array_with, 2),
    VALUE(ARRAY_PROTO, DUK_WELLKNOWN_SYMBOL("Symbol.unscopables"), array_unscopables),

    TAKING(OBJECT_, "assign", object_assign, 2, DUK_VARARGS, 0),
    METHOD(OBJECT_, "defineProperties", proxy_define_all, 2),
    METHOD(OBJECT_, "defineProperty", proxy_define, 3),
    MEMBER(OBJECT_, "entries", object_entries, 1, 1),
    MEMBER(OBJECT_, "freeze", proxy_freeze, 1, 1),
    METHOD(OBJECT_, "fromEntries", object_from_entries, 1),
    METHOD(OBJECT_, "getOwnPropertyDescriptor", proxy_describe, 2),
    METHOD(OBJECT_, "getOwnPropertyDescriptors", object_descriptors, 1),
    METHOD(OBJECT_, "groupBy", object_group_by, 2),
    METHOD(OBJECT_, "hasOwn", object_has_own, 2),
    METHOD(OBJECT_, "isExtensible", proxy_is_extensible, 1),
    MEMBER(OBJECT_, "isFrozen", proxy_is_frozen, 1, 1),
    METHOD(OBJECT_, "isSealed", proxy_is_frozen, 1),
    METHOD(OBJECT_, "preventExtensions", proxy_prevent_extensions, 1),
    METHOD(OBJECT_, "seal", proxy_freeze, 1),
    METHOD(OBJECT_, "values", object_entries, 1),
    METHOD(PROXY_, "revocable", proxy_revocable, 2),

    TAKING(STRING_, "raw", string_raw, 1, DUK_VARARGS, 0),
    METHOD(STRING_PROTO, "at", string_at, 1),
    MEMBER(STRING_PROTO, "match", string_match, 1, MATCH),
    MEMBER(STRING_PROTO, "matchAll", string_match, 1, MATCH_ALL),
    MEMBER(STRING_PROTO, "replace", string_match, 2, REPLACE),
    MEMBER(STRING_PROTO, "replaceAll", string_match, 2, REPLACE_ALL),
    MEMBER(STRING_PROTO, "search", string_match, 1, SEARCH),
    MEMBER(STRING_PROTO, "split", string_match, 2, SPLIT),
    METHOD(STRING_PROTO, "isWellFormed", string_is_well_formed, 0),
    TAKING(STRING_PROTO, "normalize", string_normalize, 0, 1, 0),
    TAKING(STRING_PROTO, "padEnd", string_pad, 1, 2, 1),
    TAKING(STRING_PROTO, "padStart", string_pad, 1, 2, 0),
    METHOD(STRING_PROTO, "toWellFormed", string_to_well_formed, 0),
    MEMBER(STRING_PROTO, "trimEnd", string_trim, 0, 1),
    SAME(STRING_PROTO, "trimLeft", "trimStart"),
    SAME(STRING_PROTO, "trimRight", "trimEnd"),
    METHOD(STRING_PROTO, "trimStart", string_trim, 0),

    GETTER(DUK_BIDX_REGEXP_CONSTRUCTOR, SYMBOL_SPECIES, get_species, 0),
    GETTER(REGEXP_PROTO, "dotAll", regexp_flag, RE_DOTALL),
    GETTER(REGEXP_PROTO, "flags", regexp_flags, 0),
    GETTER(REGEXP_PROTO, "global", duk_bi_regexp_prototype_shared_getter, 0),
    GETTER(REGEXP_PROTO, "hasIndices", regexp_flag, RE_INDICES),
    GETTER(REGEXP_PROTO, "ignoreCase", duk_bi_regexp_prototype_shared_getter, 1),
    GETTER(REGEXP_PROTO, "multiline", duk_bi_regexp_prototype_shared_getter, 2),
    GETTER(REGEXP_PROTO, "source", duk_bi_regexp_prototype_shared_getter, 16),
    GETTER(REGEXP_PROTO, "sticky", regexp_flag, RE_STICKY),
    GETTER(REGEXP_PROTO, "unicode", regexp_flag, RE_UNICODE),
    METHOD(REGEXP_PROTO, SYMBOL_MATCH, regexp_match, 1),
    METHOD(REGEXP_PROTO, SYMBOL_MATCH_ALL, regexp_match_all, 1),
    METHOD(REGEXP_PROTO, SYMBOL_REPLACE, regexp_replace, 2),
    METHOD(REGEXP_PROTO, SYMBOL_SEARCH, regexp_search, 1),
    METHOD(REGEXP_PROTO, SYMBOL_SPLIT, regexp_split, 2),

    GETTER(TYPED_ARRAY, SYMBOL_SPECIES, get_species, 0),
    TAKING(TYPED_ARRAY, "from", typed_from, 1, 3, 0),
    TAKING(TYPED_ARRAY, "of", typed_of, 0, DUK_VARARGS, 0),
    GETTER(TYPED_PROTO, SYMBOL_TAG, typed_tag, 0),
    VALUE_WC(TYPED_PROTO, "constructor", typed_constructor),
    MEMBER(TYPED_PROTO, "at", array_at, 1, TYPED),
    GETTER(TYPED_PROTO, "buffer", typed_get, BUFFER),
    GETTER(TYPED_PROTO, "byteLength", typed_get, BYTE_LENGTH),
    GETTER(TYPED_PROTO, "byteOffset", typed_get, BYTE_OFFSET),
    TAKING(TYPED_PROTO, "copyWithin", typed_copy_within, 2, 3, 0),
    TAKING(TYPED_PROTO, "every", typed_each, 1, 2, EACH_EVERY),
    TAKING(TYPED_PROTO, "fill", typed_fill, 1, 3, 0),
    TAKING(TYPED_PROTO, "filter", typed_map, 1, 2, ITER_FILTER),
    TAKING(TYPED_PROTO, "find", array_find, 1, 2, TYPED),
    TAKING(TYPED_PROTO, "findIndex", array_find, 1, 2, TYPED | FIND_INDEX),
    TAKING(TYPED_PROTO, "findLast", array_find, 1, 2, TYPED | FIND_LAST),
    TAKING(TYPED_PROTO, "findLastIndex", array_find, 1, 2, TYPED | FIND_LAST | FIND_INDEX),
    TAKING(TYPED_PROTO, "forEach", typed_each, 1, 2, EACH_FOR),
    TAKING(TYPED_PROTO, "includes", array_includes, 1, 2, TYPED),
    TAKING(TYPED_PROTO, "indexOf", typed_index_of, 1, 2, 0),
    METHOD(TYPED_PROTO, "join", typed_join, 1),
    TAKING(TYPED_PROTO, "lastIndexOf", typed_last_index_of, 1, DUK_VARARGS, 0),
    GETTER(TYPED_PROTO, "length", engine_typed_length, 0),
    TAKING(TYPED_PROTO, "map", typed_map, 1, 2, ITER_MAP),
    TAKING(TYPED_PROTO, "reduce", typed_reduce, 1, DUK_VARARGS, 0),
    TAKING(TYPED_PROTO, "reduceRight", typed_reduce, 1, DUK_VARARGS, 1),
    METHOD(TYPED_PROTO, "reverse", typed_reverse, 0),
    TAKING(TYPED_PROTO, "set", typed_set, 1, 2, 0),
    METHOD(TYPED_PROTO, "slice", typed_slice, 2),
    TAKING(TYPED_PROTO, "some", typed_each, 1, 2, EACH_SOME),
    METHOD(TYPED_PROTO, "sort", typed_sort, 1),
    METHOD(TYPED_PROTO, "subarray", typed_subarray, 2),
    METHOD(TYPED_PROTO, "toLocaleString", typed_to_locale_string, 0),
    METHOD(TYPED_PROTO, "toReversed", typed_to_reversed, 0),
    METHOD(TYPED_PROTO, "toSorted", typed_to_sorted, 1),
    VALUE_WC(TYPED_PROTO, "toString", typed_to_string),
    METHOD(TYPED_PROTO, "with", typed_with, 2),

    GETTER(ARRAY_BUFFER, SYMBOL_SPECIES, get_species, 0),
    METHOD(ARRAY_BUFFER, "isView", array_buffer_is_view, 1),
    TAG(BUFFER_PROTO, "ArrayBuffer"),
    GETTER(BUFFER_PROTO, "byteLength", array_buffer_get, BUFFER_LENGTH),
    GETTER(BUFFER_PROTO, "detached", array_buffer_get, BUFFER_DETACHED),
    GETTER(BUFFER_PROTO, "maxByteLength", array_buffer_get, BUFFER_MAX),
    GETTER(BUFFER_PROTO, "resizable", array_buffer_get, BUFFER_RESIZABLE),
    METHOD(BUFFER_PROTO, "resize", array_buffer_resize, 1),
    METHOD(BUFFER_PROTO, "slice", array_buffer_slice, 2),
    TAKING(BUFFER_PROTO, "transfer", array_buffer_transfer, 0, 1, 0),
    TAKING(BUFFER_PROTO, "transferToFixedLength", array_buffer_transfer, 0, 1, 1),

    TAG(VIEW_PROTO, "DataView"),
    GETTER(VIEW_PROTO, "buffer", data_view_get_part, BUFFER),
    GETTER(VIEW_PROTO, "byteLength", data_view_get_part, BYTE_LENGTH),
    GETTER(VIEW_PROTO, "byteOffset", data_view_get_part, BYTE_OFFSET),
    TAKING(VIEW_PROTO, "getInt8", data_view_get, 1, 2, DUK_HBUFOBJ_ELEM_INT8),
    TAKING(VIEW_PROTO, "setInt8", data_view_set, 2, 3, DUK_HBUFOBJ_ELEM_INT8),
    TAKING(VIEW_PROTO, "getUint8", data_view_get, 1, 2, DUK_HBUFOBJ_ELEM_UINT8),
    TAKING(VIEW_PROTO, "setUint8", data_view_set, 2, 3, DUK_HBUFOBJ_ELEM_UINT8),
    TAKING(VIEW_PROTO, "getInt16", data_view_get, 1, 2, DUK_HBUFOBJ_ELEM_INT16),
    TAKING(VIEW_PROTO, "setInt16", data_view_set, 2, 3, DUK_HBUFOBJ_ELEM_INT16),
    TAKING(VIEW_PROTO, "getUint16", data_view_get, 1, 2, DUK_HBUFOBJ_ELEM_UINT16),
    TAKING(VIEW_PROTO, "setUint16", data_view_set, 2, 3, DUK_HBUFOBJ_ELEM_UINT16),
    TAKING(VIEW_PROTO, "getInt32", data_view_get, 1, 2, DUK_HBUFOBJ_ELEM_INT32),
    TAKING(VIEW_PROTO, "setInt32", data_view_set, 2, 3, DUK_HBUFOBJ_ELEM_INT32),
    TAKING(VIEW_PROTO, "getUint32", data_view_get, 1, 2, DUK_HBUFOBJ_ELEM_UINT32),
    TAKING(VIEW_PROTO, "setUint32", data_view_set, 2, 3, DUK_HBUFOBJ_ELEM_UINT32),
    TAKING(VIEW_PROTO, "getFloat32", data_view_get, 1, 2, DUK_HBUFOBJ_ELEM_FLOAT32),
    TAKING(VIEW_PROTO, "setFloat32", data_view_set, 2, 3, DUK_HBUFOBJ_ELEM_FLOAT32),
    TAKING(VIEW_PROTO, "getFloat64", data_view_get, 1, 2, DUK_HBUFOBJ_ELEM_FLOAT64),
    TAKING(VIEW_PROTO, "setFloat64", data_view_set, 2, 3, DUK_HBUFOBJ_ELEM_FLOAT64),

    TAKING(REFLECT, "construct", reflect_construct, 2, DUK_VARARGS, 0),
    MEMBER(REFLECT, "defineProperty", proxy_define, 3, 1),
    METHOD(REFLECT, "deleteProperty", reflect_delete, 2),
    TAKING(REFLECT, "get", reflect_get, 2, DUK_VARARGS, 0),
    MEMBER(REFLECT, "getOwnPropertyDescriptor", proxy_describe, 2, 1),
    METHOD(REFLECT, "has", reflect_has, 2),
    MEMBER(REFLECT, "isExtensible", proxy_is_extensible, 1, 1),
    MEMBER(REFLECT, "preventExtensions", proxy_prevent_extensions, 1, 1),
    TAKING(REFLECT, "set", reflect_set, 3, DUK_VARARGS, 0),

    SAME(DATE_PROTO, "toGMTString", "toUTCString"),
    WELL_KNOWN("asyncIterator"),
    WELL_KNOWN("match"),
    WELL_KNOWN("matchAll"),
    WELL_KNOWN("replace"),
    WELL_KNOWN("search"),
    WELL_KNOWN("species"),
    WELL_KNOWN("split"),
    WELL_KNOWN("unscopables"),
    {.name = "dispose", .object = SYMBOL, .kind = BUILTIN_TEXT, .of = DUK_GLOBAL_SYMBOL("nodejs.dispose")},
    {.name = "asyncDispose",
     .object = SYMBOL,
     .kind = BUILTIN_TEXT,
     .of = DUK_GLOBAL_SYMBOL("nodejs.asyncDispose")},
    TAG(JSON, "JSON"),
    TAG(REFLECT, "Reflect"),

    MEMBER(MATH, "expm1", math_one, 1, EXPM1),
    MEMBER(MATH, "log1p", math_one, 1, LOG1P),
    MEMBER(MATH, "sinh", math_one, 1, SINH),
    MEMBER(MATH, "cosh", math_one, 1, COSH),
    MEMBER(MATH, "tanh", math_one, 1, TANH),
    MEMBER(MATH, "asinh", math_one, 1, ASINH),
    MEMBER(MATH, "acosh", math_one, 1, ACOSH),
    MEMBER(MATH, "atanh", math_one, 1, ATANH),
    MEMBER(MATH, "fround", math_one, 1, FROUND),
};

_Static_assert(ADDED_COUNT + 400 < BUILTINS_MAX, "more built-ins than bits");
