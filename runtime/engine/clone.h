/*
 * The serialization between clone_write.c and clone_read.c. It never leaves the process, so numbers
 * stand in native order and strings as the engine keeps them. Included by unity.c, and by the test
 * that makes messages no sender makes.
 *
 *   value   = tag [payload] [children]
 *   OBJECT  count, then count times key value
 *   ARRAY   length, count, then count values (or HOLE), then the entries of an OBJECT
 *   SPARSE  length, then the entries of an OBJECT
 *   DOUBLES length, then that many doubles
 *   ERROR   prototype, then the entries of an OBJECT
 *   VIEW    type, offset, bytes, then the buffer
 *   MAP/SET an ARRAY of keys and values, of values
 *
 * A key is a string and stands once in its container; in an array it is neither the index of an
 * element that came before, nor one past the length, nor `length`. CLONE_NUMBERED on a string or
 * object gives it the next number of its kind; the REF tags name what was numbered before.
 */
#ifndef RUNTIME_ENGINE_CLONE_H
#define RUNTIME_ENGINE_CLONE_H

#define CLONE_NUMBERED 0x80

enum clone_tag {
    CLONE_UNDEFINED,
    CLONE_NULL,
    CLONE_TRUE,
    CLONE_FALSE,
    CLONE_HOLE,
    CLONE_INT,        /* int32 */
    CLONE_DOUBLE,     /* double */
    CLONE_STRING,     /* uint32 bytes, bytes */
    CLONE_STRING_REF, /* uint32 number */
    CLONE_REF,        /* uint32 number of an object */
    CLONE_OBJECT,
    CLONE_ARRAY,
    CLONE_SPARSE,
    CLONE_DOUBLES,
    CLONE_DATE,          /* double */
    CLONE_REGEXP,        /* source and flags, strings */
    CLONE_BOXED_NUMBER,  /* double */
    CLONE_BOXED_BOOLEAN, /* uint8 */
    CLONE_BOXED_STRING,  /* a string */
    CLONE_ERROR,         /* uint32 index of its prototype */
    CLONE_BYTES,         /* an ArrayBuffer: uint32 bytes, bytes */
    CLONE_STORE,         /* an ArrayBuffer: uint32 index of the message's stores */
    CLONE_SHARED,        /* a SharedArrayBuffer: likewise */
    CLONE_VIEW,          /* uint32 type, uint32 offset, uint32 bytes, the buffer */
    CLONE_PORT,          /* uint32 index of the message's ports */
    CLONE_MAP,
    CLONE_SET,
};

/* In the type of a VIEW: it is as long as its buffer, whose length may change. */
#define CLONE_TRACKING 0x100u

/* Buffers up to here are copied into the serialization, larger ones into a store of their own,
 * which the receiver adopts. */
#define CLONE_INLINE_MAX ((size_t)4096)

/* The prototypes an Error may come back with, by name. */
#define CLONE_ERRORS(X)                                                                            \
    X("Error", DUK_BIDX_ERROR_PROTOTYPE)                                                           \
    X("EvalError", DUK_BIDX_EVAL_ERROR_PROTOTYPE)                                                  \
    X("RangeError", DUK_BIDX_RANGE_ERROR_PROTOTYPE)                                                \
    X("ReferenceError", DUK_BIDX_REFERENCE_ERROR_PROTOTYPE)                                        \
    X("SyntaxError", DUK_BIDX_SYNTAX_ERROR_PROTOTYPE)                                              \
    X("TypeError", DUK_BIDX_TYPE_ERROR_PROTOTYPE)                                                  \
    X("URIError", DUK_BIDX_URI_ERROR_PROTOTYPE)

#endif
