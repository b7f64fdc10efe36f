/*
 * The built-in properties we add to the engine's own or put in place of them. Part of unity.c; read
 * by lazy.c. One line each: what scripts see, and the native behind it.
 */
#include "runtime/engine/parts.h"

#define ADDED_COUNT (sizeof(added) / sizeof(added[0]))

/* Built-in objects that the engine itself does not look up: their numbers in its start data. */
enum {
    MATH = 53,
    JSON,
    REFLECT = 58,
    SYMBOL,
    ARRAY_BUFFER,
    DATA_VIEW,
    TYPED_ARRAY,
    TYPED_ARRAY_PROTOTYPE,
    INT8_ARRAY, /* and the eight others */
};

#define METHOD(holder, text, native, count)                                                        \
    {.name = text, .object = holder, .flags = DUK_PROPDESC_FLAGS_WC, .length = count,              \
     .arguments = count, .function = native}
/* Of a family that tells its members apart by magic. */
#define MEMBER(holder, text, native, count, number)                                                \
    {.name = text, .object = holder, .flags = DUK_PROPDESC_FLAGS_WC, .length = count,              \
     .arguments = count, .function = native, .magic = number}
/* Another name of the same function. */
#define SAME(holder, text, other)                                                                  \
    {.name = text, .object = holder, .kind = BUILTIN_SAME, .flags = DUK_PROPDESC_FLAGS_WC,         \
     .of = other}

static const struct builtin added[] = {
    SAME(DUK_BIDX_DATE_PROTOTYPE, "toGMTString", "toUTCString"),
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
