/*
 * What Buffer does in C (buffer.js above it): creation, text in and out, comparing, searching,
 * filling, and numbers at offsets. Called by buffer.js, fs.js, string_decoder.js and encoding.js,
 * which have checked their arguments. Pointers into views are fetched after the last engine call
 * that could move them; texts are built outside the heap and freed before anything is thrown.
 */
#include "runtime/bind/buffer.h"

#include "runtime/bind/encode.h"
#include "runtime/bind/text.h"
#include "runtime/engine/engine.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define PROTOTYPE DUK_HIDDEN_SYMBOL("Buffer.prototype")
#define REFUSE    DUK_HIDDEN_SYMBOL("Buffer.refuse")

struct span {
    unsigned char *data;
    size_t size;
};

/* The bytes of a view or ArrayBuffer; none when it is detached or something else. Never throws. */
static struct span span_at(duk_context *ctx, duk_idx_t index)
{
    duk_size_t size = 0;
    unsigned char *data = duk_get_buffer_data(ctx, index, &size);
    return (struct span){data, data ? size : 0};
}

/* A number as an offset within 0..max. */
static size_t offset_at(duk_context *ctx, duk_idx_t index, size_t max)
{
    double value = duk_get_number_default(ctx, index, 0);
    return !(value > 0) ? 0 : value > (double)max ? max : (size_t)value;
}

static enum encode_kind kind_at(duk_context *ctx, duk_idx_t index)
{
    int kind = duk_get_int(ctx, index);
    return kind >= 0 && kind < ENCODE_COUNT ? (enum encode_kind)kind : ENCODE_UTF8;
}

/* ---- creation -----------------------------------------------------------------------------------
 */

/* setup(prototype, refuse): what Buffers inherit from, and who says what is wrong with an offset.
 */
static duk_ret_t native_setup(duk_context *ctx)
{
    duk_push_heap_stash(ctx);
    duk_dup(ctx, 0);
    duk_put_prop_literal(ctx, -2, PROTOTYPE);
    duk_dup(ctx, 1);
    duk_put_prop_literal(ctx, -2, REFUSE);
    return 0;
}

/* [ ... array buffer ] -> [ ... array buffer Buffer ] */
static void push_view(duk_context *ctx, size_t offset, size_t size)
{
    duk_push_buffer_object(ctx, -1, offset, size, DUK_BUFOBJ_UINT8ARRAY);
    duk_push_heap_stash(ctx);
    duk_get_prop_literal(ctx, -1, PROTOTYPE);
    duk_set_prototype(ctx, -3);
    duk_pop(ctx);
}

unsigned char *buffer_push(duk_context *ctx, size_t bytes)
{
    unsigned char *data = engine_push_array_buffer(ctx, bytes);
    push_view(ctx, 0, bytes);
    duk_remove(ctx, -2);
    return data;
}

void buffer_wrap(duk_context *ctx)
{
    push_view(ctx, 0, span_at(ctx, -1).size);
    duk_remove(ctx, -2);
}

/* alloc(size) */
static duk_ret_t native_alloc(duk_context *ctx)
{
    buffer_push(ctx, offset_at(ctx, 0, SIZE_MAX / 2));
    return 1;
}

/* view(array buffer, offset, size): checked by the caller. */
static duk_ret_t native_view(duk_context *ctx)
{
    size_t size = span_at(ctx, 0).size;
    size_t offset = offset_at(ctx, 1, size);
    size_t length = offset_at(ctx, 2, size - offset);
    duk_set_top(ctx, 1);
    push_view(ctx, offset, length);
    return 1;
}

/* ---- text ---------------------------------------------------------------------------------------
 */

static duk_ret_t push_copy(duk_context *ctx, void *udata)
{
    const struct bytes *bytes = udata;
    unsigned char *data = buffer_push(ctx, bytes->size);
    if (bytes->size > 0) {
        memcpy(data, bytes->data, bytes->size);
    }
    return 1;
}

static duk_ret_t push_text(duk_context *ctx, void *udata)
{
    const struct bytes *text = udata;
    duk_push_lstring(ctx, text->size > 0 ? (const char *)text->data : "", text->size);
    return 1;
}

/* Pushes what `push` makes of `bytes`, which are freed whatever happens. */
static duk_ret_t finish(duk_context *ctx, struct bytes *bytes, duk_safe_call_function push)
{
    bool is_failed = bytes->is_failed;
    duk_int_t failed = is_failed ? 0 : duk_safe_call(ctx, push, bytes, 0, 1);
    bytes_fini(bytes);

    if (is_failed) {
        return duk_range_error(ctx, "Array buffer allocation failed");
    }
    return failed ? duk_throw(ctx) : 1;
}

/* from(text, kind): a new Buffer. */
static duk_ret_t native_from(duk_context *ctx)
{
    size_t size;
    const char *text = duk_require_lstring(ctx, 0, &size);
    enum encode_kind kind = kind_at(ctx, 1);

    struct bytes bytes;
    bytes_init(&bytes, 0);
    encode_to_bytes(&bytes, kind, text, size);
    return finish(ctx, &bytes, push_copy);
}

/* text(view, kind, start, end) */
static duk_ret_t native_text(duk_context *ctx)
{
    struct span span = span_at(ctx, 0);
    enum encode_kind kind = kind_at(ctx, 1);
    size_t start = offset_at(ctx, 2, span.size);
    size_t end = duk_is_undefined(ctx, 3) ? span.size : offset_at(ctx, 3, span.size);
    size_t size = end > start ? end - start : 0;
    if (size == 0) {
        duk_push_literal(ctx, "");
        return 1;
    }
    if (kind == ENCODE_UTF8) {
        text_push(ctx, span.data + start, size);
        return 1;
    }
    struct bytes text;
    bytes_init(&text, 0);
    encode_to_text(&text, kind, span.data + start, size);
    return finish(ctx, &text, push_text);
}

/* How many of `size` bytes of UTF-8 are whole characters. */
static size_t whole_utf8(const unsigned char *data, size_t size, size_t all)
{
    if (size < all) {
        while (size > 0 && (data[size] & 0xc0) == 0x80) {
            size--;
        }
    }
    return size;
}

/* write(view, text, kind, offset, length): bytes written; characters are never cut. */
static duk_ret_t native_write(duk_context *ctx)
{
    size_t size;
    const char *text = duk_require_lstring(ctx, 1, &size);
    enum encode_kind kind = kind_at(ctx, 2);
    struct span span = span_at(ctx, 0);
    size_t offset = offset_at(ctx, 3, span.size);
    size_t room =
        duk_is_undefined(ctx, 4) ? span.size - offset : offset_at(ctx, 4, span.size - offset);

    struct bytes bytes;
    bytes_init(&bytes, 0);
    encode_to_bytes(&bytes, kind, text, size);
    size_t count = bytes.size < room ? bytes.size : room;
    if (kind == ENCODE_UTF8 && count > 0) {
        count = whole_utf8(bytes.data, count, bytes.size);
    } else if (kind == ENCODE_UTF16LE) {
        count &= ~(size_t)1;
    }
    if (count > 0) {
        memcpy(span.data + offset, bytes.data, count);
    }
    bytes_fini(&bytes);

    duk_push_number(ctx, (double)count);
    return 1;
}

/* size(text): bytes of it in UTF-8. */
static duk_ret_t native_size(duk_context *ctx)
{
    size_t size;
    const char *text = duk_require_lstring(ctx, 0, &size);

    struct bytes bytes;
    bytes_init(&bytes, 0);
    text_append(&bytes, text, size);
    size_t count = bytes.size;
    bytes_fini(&bytes);

    duk_push_number(ctx, (double)count);
    return 1;
}

/* ---- bytes --------------------------------------------------------------------------------------
 */

/* compare(a, b): -1, 0, 1 */
static duk_ret_t native_compare(duk_context *ctx)
{
    struct span a = span_at(ctx, 0), b = span_at(ctx, 1);
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size > 0 ? memcmp(a.data, b.data, size) : 0;
    if (order == 0) {
        order = a.size < b.size ? -1 : a.size > b.size;
    }
    duk_push_int(ctx, order < 0 ? -1 : order > 0);
    return 1;
}

static bool matches(const struct span *where, size_t at, const struct span *what)
{
    return at + what->size <= where->size && memcmp(where->data + at, what->data, what->size) == 0;
}

/* find(where, what, from, is forward, step): index or -1. `step` 2 looks at even offsets only. */
static duk_ret_t native_find(duk_context *ctx)
{
    struct span where = span_at(ctx, 0), what = span_at(ctx, 1);
    size_t from = offset_at(ctx, 2, where.size);
    bool is_forward = duk_get_boolean(ctx, 3);
    size_t step = (size_t)duk_get_int_default(ctx, 4, 1);
    double found = -1;
    if (what.size > 0 && what.size <= where.size) {
        size_t last = where.size - what.size;
        size_t at = from > last && !is_forward ? last : from;
        at += is_forward ? at % step : 0;
        at -= is_forward ? 0 : at % step;
        for (; at <= last && found < 0; at += is_forward ? step : 0 - step) {
            found = matches(&where, at, &what) ? (double)at : -1;
        }
    }
    duk_push_number(ctx, found);
    return 1;
}

/* fill(view, pattern, start, end) */
static duk_ret_t native_fill(duk_context *ctx)
{
    struct span span = span_at(ctx, 0), pattern = span_at(ctx, 1);
    size_t start = offset_at(ctx, 2, span.size);
    size_t end = offset_at(ctx, 3, span.size);
    if (end <= start || pattern.size == 0) {
        return 0;
    }
    size_t size = end - start;
    size_t done = pattern.size < size ? pattern.size : size;
    memmove(span.data + start, pattern.data, done);
    while (done < size) { /* what is filled already is the pattern, twice as long each time */
        size_t more = done < size - done ? done : size - done;
        memcpy(span.data + start + done, span.data + start, more);
        done += more;
    }
    return 0;
}

/* copy(source, target, target start, start, end): how many. */
static duk_ret_t native_copy(duk_context *ctx)
{
    struct span source = span_at(ctx, 0), target = span_at(ctx, 1);
    size_t at = offset_at(ctx, 2, target.size);
    size_t start = offset_at(ctx, 3, source.size);
    size_t end = offset_at(ctx, 4, source.size);
    size_t size = end > start ? end - start : 0;
    if (size > target.size - at) {
        size = target.size - at;
    }
    if (size > 0) {
        memmove(target.data + at, source.data + start, size);
    }
    duk_push_number(ctx, (double)size);
    return 1;
}

/* swap(view, width): reverses every `width` bytes. */
static duk_ret_t native_swap(duk_context *ctx)
{
    struct span span = span_at(ctx, 0);
    size_t width = (size_t)duk_get_int_default(ctx, 1, 1);
    for (size_t at = 0; width > 1 && at + width <= span.size; at += width) {
        for (size_t i = 0; i < width / 2; i++) {
            unsigned char byte = span.data[at + i];
            span.data[at + i] = span.data[at + width - 1 - i];
            span.data[at + width - 1 - i] = byte;
        }
    }
    return 0;
}

/* ---- numbers at offsets -------------------------------------------------------------------------
 */

/* A method's magic: bytes, then what it reads or writes. */
enum {
    NUMBER_BYTES = 0xf,
    NUMBER_SIGNED = 0x10,
    NUMBER_FLOAT = 0x20,
    NUMBER_BIG = 0x40,
    NUMBER_VARIABLE = 0x80, /* the width is an argument */
};

/* Calls the function of buffer.js that says what was wrong, and throws. The value stands before the
 * offset, the width behind it. */
static duk_ret_t refuse(duk_context *ctx, duk_idx_t offset, unsigned bytes, int magic)
{
    duk_set_top(ctx, offset + 2);
    duk_push_heap_stash(ctx);
    duk_get_prop_literal(ctx, -1, REFUSE);
    duk_push_this(ctx);
    duk_dup(ctx, offset);
    duk_push_uint(ctx, bytes);
    duk_push_int(ctx, magic & (NUMBER_SIGNED | NUMBER_FLOAT | NUMBER_VARIABLE));
    if (offset > 0) {
        duk_dup(ctx, 0);
    } else {
        duk_push_undefined(ctx);
    }
    duk_dup(ctx, offset + 1);
    duk_call(ctx, 6);
    return 1;
}

/* Where the number stands; NULL when it does not lie within this view. */
static unsigned char *place_of(duk_context *ctx, duk_idx_t index, unsigned bytes)
{
    double offset = duk_is_undefined(ctx, index) ? 0 : duk_get_number_default(ctx, index, -1);
    duk_push_this(ctx);
    struct span span = span_at(ctx, -1);
    duk_pop(ctx);
    bool is_good =
        offset >= 0 && offset == floor(offset) && bytes > 0 && offset + bytes <= (double)span.size;
    return is_good ? span.data + (size_t)offset : NULL;
}

static unsigned width_of(duk_context *ctx, duk_idx_t index, int magic)
{
    if ((magic & NUMBER_VARIABLE) == 0) {
        return (unsigned)magic & NUMBER_BYTES;
    }
    double width = duk_get_number_default(ctx, index, 0);
    return width >= 1 && width <= 6 && width == floor(width) ? (unsigned)width : 0;
}

static uint64_t load(const unsigned char *at, unsigned bytes, bool is_big)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < bytes; i++) {
        bits |= (uint64_t)at[is_big ? bytes - 1 - i : i] << 8 * i;
    }
    return bits;
}

static void save(unsigned char *at, unsigned bytes, bool is_big, uint64_t bits)
{
    for (unsigned i = 0; i < bytes; i++) {
        at[is_big ? bytes - 1 - i : i] = (unsigned char)(bits >> 8 * i);
    }
}

static double number_of(uint64_t bits, unsigned bytes, int magic)
{
    if ((magic & NUMBER_FLOAT) != 0 && bytes == 8) {
        double number;
        memcpy(&number, &bits, sizeof number);
        return number;
    }
    if ((magic & NUMBER_FLOAT) != 0) {
        uint32_t half = (uint32_t)bits;
        float number;
        memcpy(&number, &half, sizeof number);
        return number;
    }
    if ((magic & NUMBER_SIGNED) != 0 && bits >> (8 * bytes - 1) != 0) {
        return (double)bits - ldexp(1, (int)(8 * bytes));
    }
    return (double)bits;
}

static uint64_t bits_of(double number, unsigned bytes, int magic)
{
    uint64_t bits = 0;
    if ((magic & NUMBER_FLOAT) != 0 && bytes == 8) {
        memcpy(&bits, &number, sizeof number);
    } else if ((magic & NUMBER_FLOAT) != 0) {
        float single = (float)number;
        uint32_t half;
        memcpy(&half, &single, sizeof half);
        bits = half;
    } else {
        bits = number == number ? (uint64_t)(int64_t)number : 0;
    }
    return bits;
}

/* readInt16LE(offset), readIntBE(offset, bytes) … */
static duk_ret_t method_read(duk_context *ctx)
{
    int magic = duk_get_current_magic(ctx);
    unsigned bytes = width_of(ctx, 1, magic);
    bool must_give = (magic & NUMBER_VARIABLE) != 0 && duk_is_undefined(ctx, 0);
    const unsigned char *at = must_give ? NULL : place_of(ctx, 0, bytes);
    if (!at) {
        return refuse(ctx, 0, bytes, magic);
    }
    uint64_t bits = load(at, bytes, (magic & NUMBER_BIG) != 0);
    double number = number_of(bits, bytes, magic);
    if (number != number) {
        duk_push_nan(ctx); /* whatever bits it had */
    } else {
        duk_push_number(ctx, number);
    }
    return 1;
}

static bool fits(double number, unsigned bytes, int magic)
{
    double all = ldexp(1, (int)(8 * bytes));
    if ((magic & NUMBER_FLOAT) != 0 || number != number) {
        return true;
    }
    return (magic & NUMBER_SIGNED) != 0 ? number >= -all / 2 && number <= all / 2 - 1
                                        : number >= 0 && number <= all - 1;
}

/* writeInt16LE(value, offset), writeIntBE(value, offset, bytes) …: the offset behind it. */
static duk_ret_t method_write(duk_context *ctx)
{
    int magic = duk_get_current_magic(ctx);
    double number = duk_to_number(ctx, 0);
    unsigned bytes = width_of(ctx, 2, magic);
    bool must_give = (magic & NUMBER_VARIABLE) != 0 && duk_is_undefined(ctx, 1);
    unsigned char *at = must_give ? NULL : place_of(ctx, 1, bytes);
    if (!at || !fits(number, bytes, magic)) {
        return refuse(ctx, 1, bytes, magic);
    }
    save(at, bytes, (magic & NUMBER_BIG) != 0, bits_of(number, bytes, magic));
    duk_push_number(ctx, duk_get_number_default(ctx, 1, 0) + bytes);
    return 1;
}

static void put_method(duk_context *ctx, const char *verb, const char *name, int magic)
{
    bool is_read = *verb == 'r';
    duk_push_sprintf(ctx, "%s%s", verb, name);
    duk_push_c_function(ctx, is_read ? method_read : method_write, is_read ? 2 : 3);
    duk_set_magic(ctx, -1, magic);
    duk_push_literal(ctx, "name");
    duk_dup(ctx, -3);
    duk_def_prop(ctx, -3, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_FORCE);
    duk_put_prop(ctx, -3);
}

/* numbers(prototype): puts the methods there. */
static duk_ret_t native_numbers(duk_context *ctx)
{
    static const struct {
        const char *name;
        int magic;
    } numbers[] = {
        {"UInt8", 1},
        {"Int8", 1 | NUMBER_SIGNED},
        {"UInt16LE", 2},
        {"UInt16BE", 2 | NUMBER_BIG},
        {"Int16LE", 2 | NUMBER_SIGNED},
        {"Int16BE", 2 | NUMBER_SIGNED | NUMBER_BIG},
        {"UInt32LE", 4},
        {"UInt32BE", 4 | NUMBER_BIG},
        {"Int32LE", 4 | NUMBER_SIGNED},
        {"Int32BE", 4 | NUMBER_SIGNED | NUMBER_BIG},
        {"FloatLE", 4 | NUMBER_FLOAT},
        {"FloatBE", 4 | NUMBER_FLOAT | NUMBER_BIG},
        {"DoubleLE", 8 | NUMBER_FLOAT},
        {"DoubleBE", 8 | NUMBER_FLOAT | NUMBER_BIG},
        {"UIntLE", NUMBER_VARIABLE},
        {"UIntBE", NUMBER_VARIABLE | NUMBER_BIG},
        {"IntLE", NUMBER_VARIABLE | NUMBER_SIGNED},
        {"IntBE", NUMBER_VARIABLE | NUMBER_SIGNED | NUMBER_BIG},
    };
    duk_set_top(ctx, 1);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        put_method(ctx, "read", numbers[i].name, numbers[i].magic);
        put_method(ctx, "write", numbers[i].name, numbers[i].magic);
    }
    return 0;
}

duk_ret_t buffer_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry functions[] = {
        {"setup", native_setup, 2},     {"numbers", native_numbers, 1},
        {"alloc", native_alloc, 1},     {"view", native_view, 3},
        {"from", native_from, 2},       {"text", native_text, 4},
        {"write", native_write, 5},     {"size", native_size, 1},
        {"compare", native_compare, 2}, {"find", native_find, 5},
        {"fill", native_fill, 4},       {"copy", native_copy, 5},
        {"swap", native_swap, 2},       {NULL, NULL, 0},
    };
    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, functions);
    return 1;
}
