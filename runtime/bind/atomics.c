/*
 * Atomics. Every call first turns its arguments into plain C values (which may run script code and
 * so detach the buffer), then fetches the view again and does one hardware operation on it. All
 * operations are sequentially consistent, also on buffers that are not shared.
 */
#include "runtime/bind/atomics.h"

#include "base/clock.h"
#include "runtime/account.h"
#include "runtime/bind/globals.h"
#include "runtime/bind/park.h"
#include "runtime/bind/script.h"
#include "runtime/bind/waits.h"
#include "runtime/engine/engine.h"
#include "runtime/isolate.h"

#include <math.h>
#include <string.h>

enum operation { LOAD, STORE, EXCHANGE, COMPARE_EXCHANGE, ADD, SUB, AND, OR, XOR };

struct entry {
    const char *name;
    enum operation operation;
    duk_idx_t length;
};

static const struct entry operations[] = {
    {"load", LOAD, 2}, {"store", STORE, 3},       {"add", ADD, 3},
    {"sub", SUB, 3},   {"and", AND, 3},           {"or", OR, 3},
    {"xor", XOR, 3},   {"exchange", EXCHANGE, 3}, {"compareExchange", COMPARE_EXCHANGE, 4},
};

/* One function for each element size: what the element held before. */
#define APPLY(bits)                                                                                \
    static uint32_t apply##bits(void *place, enum operation operation, uint32_t value,             \
                                uint32_t expected)                                                 \
    {                                                                                              \
        uint##bits##_t *at = place;                                                                \
        uint##bits##_t operand = (uint##bits##_t)value;                                            \
        uint##bits##_t before = (uint##bits##_t)expected;                                          \
        switch (operation) {                                                                       \
        case LOAD:                                                                                 \
            return __atomic_load_n(at, __ATOMIC_SEQ_CST);                                          \
        case STORE:                                                                                \
        case EXCHANGE:                                                                             \
            return __atomic_exchange_n(at, operand, __ATOMIC_SEQ_CST);                             \
        case COMPARE_EXCHANGE:                                                                     \
            __atomic_compare_exchange_n(at, &before, operand, false, __ATOMIC_SEQ_CST,             \
                                        __ATOMIC_SEQ_CST);                                         \
            return before;                                                                         \
        case ADD:                                                                                  \
            return __atomic_fetch_add(at, operand, __ATOMIC_SEQ_CST);                              \
        case SUB:                                                                                  \
            return __atomic_fetch_sub(at, operand, __ATOMIC_SEQ_CST);                              \
        case AND:                                                                                  \
            return __atomic_fetch_and(at, operand, __ATOMIC_SEQ_CST);                              \
        case OR:                                                                                   \
            return __atomic_fetch_or(at, operand, __ATOMIC_SEQ_CST);                               \
        case XOR:                                                                                  \
            return __atomic_fetch_xor(at, operand, __ATOMIC_SEQ_CST);                              \
        }                                                                                          \
        return 0;                                                                                  \
    }

APPLY(8)
APPLY(16)
APPLY(32)

static double apply(const struct engine_view *view, size_t index, enum operation operation,
                    uint32_t value, uint32_t expected)
{
    unsigned char *place = view->data + index * view->element_bytes;
    uint32_t before;
    switch (view->element_bytes) {
    case 1:
        before = apply8(place, operation, value, expected);
        return view->is_signed ? (int8_t)before : (double)before;
    case 2:
        before = apply16(place, operation, value, expected);
        return view->is_signed ? (int16_t)before : (double)before;
    default:
        before = apply32(place, operation, value, expected);
        return view->is_signed ? (int32_t)before : (double)before;
    }
}

/* ---- arguments ----------------------------------------------------------------------------------
 */

/* Pushes how an error message names the value at `index`. */
static void push_description(duk_context *ctx, duk_idx_t index)
{
    if (!duk_is_object(ctx, index)) {
        if (duk_is_string(ctx, index)) {
            duk_dup(ctx, index);
        } else {
            duk_get_global_string(ctx, "String");
            duk_dup(ctx, index);
            duk_call(ctx, 1);
        }
        return;
    }
    duk_get_global_string(ctx, "Object");
    duk_get_prop_literal(ctx, -1, "prototype");
    duk_get_prop_literal(ctx, -1, "toString");
    duk_dup(ctx, index);
    duk_call_method(ctx, 0);
    if (strcmp(duk_get_string_default(ctx, -1, ""), "[object Object]") == 0) {
        duk_get_prop_literal(ctx, index, "constructor");
        duk_get_prop_literal(ctx, -1, "name");
        duk_push_sprintf(ctx, "#<%s>", duk_get_string_default(ctx, -1, "Object"));
        duk_replace(ctx, -4);
        duk_pop_2(ctx);
    }
    duk_replace(ctx, -3);
    duk_pop(ctx);
}

/* The view at `index`; throws Node's TypeError when it is none of `expected`'s kind. */
static struct engine_view require_view(duk_context *ctx, duk_idx_t index, bool is_waitable,
                                       const char *method)
{
    struct engine_view view;
    bool is_view = engine_get_view(ctx, index, &view);
    if (is_view && !view.is_float && !view.is_clamped &&
        (!is_waitable || (view.element_bytes == 4 && view.is_signed))) {
        return view;
    }
    if (!is_view && duk_is_buffer_data(ctx, index) &&
        duk_has_prop_literal(ctx, index, "subarray")) {
        (void)duk_type_error(ctx, "Cannot perform Atomics.%s on a detached ArrayBuffer", method);
    }
    push_description(ctx, index);
    (void)duk_type_error(ctx, "%s is not an %s typed array.", duk_get_string(ctx, -1),
                         is_waitable ? "int32 or BigInt64" : "integer");
    return view; /* not reached */
}

static double to_integer(duk_context *ctx, duk_idx_t index)
{
    double number = trunc(duk_to_number(ctx, index));
    return isnan(number) ? 0 : number + 0.0; /* -0 becomes 0 */
}

static size_t to_element(duk_context *ctx, duk_idx_t index, size_t length)
{
    double element = to_integer(ctx, index);
    if (element < 0 || element >= (double)length) {
        (void)duk_range_error(ctx, "Invalid atomic access index");
    }
    return (size_t)element;
}

/* ---- operations ---------------------------------------------------------------------------------
 */

static duk_ret_t run_operation(duk_context *ctx)
{
    const struct entry *entry = &operations[duk_get_current_magic(ctx)];
    struct engine_view view = require_view(ctx, 0, false, entry->name);
    size_t element = to_element(ctx, 1, view.length);
    bool is_exchange = entry->operation == COMPARE_EXCHANGE;
    uint32_t expected = 0;
    double value = 0;
    if (is_exchange) {
        expected = duk_to_uint32(ctx, 2);
    }
    if (entry->operation != LOAD) {
        value = to_integer(ctx, is_exchange ? 3 : 2);
    }
    duk_push_number(ctx, value);
    uint32_t operand = duk_to_uint32(ctx, -1);
    view = require_view(ctx, 0, false, entry->name);

    double before = apply(&view, element, entry->operation, operand, expected);

    duk_push_number(ctx, entry->operation == STORE ? value : before);
    return 1;
}

static duk_ret_t is_lock_free(duk_context *ctx)
{
    double size = to_integer(ctx, 0);
    duk_push_boolean(ctx, size == 1 || size == 2 || size == 4 || size == 8);
    return 1;
}

static bool is_dying(void *engine)
{
    return engine_must_stop(engine);
}

/* When a wait of `timeout_ms` that begins now ends. */
static uint64_t deadline_after(double timeout_ms, uint64_t now)
{
    if (isnan(timeout_ms) || timeout_ms >= 1e15) {
        return PARK_FOREVER;
    }
    return timeout_ms <= 0 ? now : now + (uint64_t)(timeout_ms * (double)CLOCK_NS_PER_MS);
}

/* What Atomics.wait() and waitAsync() are called with. */
struct wait {
    const int32_t *word;
    int32_t expected;
    double timeout_ms; /* NaN: for ever */
};

/* May throw; the view is looked at again behind the conversions, which run script. */
static struct wait read_wait(duk_context *ctx, const char *name)
{
    struct engine_view view = require_view(ctx, 0, true, name);
    if (!view.is_shared) {
        push_description(ctx, 0);
        (void)duk_type_error(ctx, "%s is not a shared typed array.", duk_get_string(ctx, -1));
    }
    size_t element = to_element(ctx, 1, view.length);
    int32_t expected = duk_to_int32(ctx, 2);
    double timeout_ms = duk_is_undefined(ctx, 3) ? NAN : duk_to_number(ctx, 3);
    view = require_view(ctx, 0, true, name);
    return (struct wait){(const int32_t *)(void *)view.data + element, expected, timeout_ms};
}

static duk_ret_t run_wait(duk_context *ctx)
{
    struct wait wait = read_wait(ctx, "wait");

    uint64_t started = clock_now_ns();
    struct account *account = isolate_account(isolate_of(ctx));
    bool is_main = account->thread == 0;
    if (is_main) {
        account_block_begin(account, started);
    }
    enum park_result result =
        park_wait(wait.word, wait.expected, deadline_after(wait.timeout_ms, started), is_dying,
                  engine_of(ctx));
    if (is_main) {
        account_block(account, WIRE_OP_ATOMICS_WAIT, started);
    }

    duk_push_string(ctx, result == PARK_NOT_EQUAL   ? "not-equal"
                         : result == PARK_TIMED_OUT ? "timed-out"
                                                    : "ok");
    return 1;
}

/* The result of a wait that needs no promise. */
static duk_ret_t push_outcome(duk_context *ctx, const char *outcome)
{
    duk_push_object(ctx);
    duk_push_false(ctx);
    duk_put_prop_literal(ctx, -2, "async");
    duk_push_string(ctx, outcome);
    duk_put_prop_literal(ctx, -2, "value");
    return 1;
}

static duk_ret_t run_wait_async(duk_context *ctx)
{
    struct wait wait = read_wait(ctx, "waitAsync");
    if (wait.timeout_ms <= 0) {
        bool is_equal = __atomic_load_n(wait.word, __ATOMIC_SEQ_CST) == wait.expected;
        return push_outcome(ctx, is_equal ? "timed-out" : "not-equal");
    }

    int64_t number = waits_begin(isolate_mailbox(isolate_of(ctx)), wait.word, wait.expected);

    if (number < 0) {
        return duk_range_error(ctx, "no memory for a wait");
    }
    if (number == 0) {
        return push_outcome(ctx, "not-equal");
    }
    script_push_builtin(ctx, "wait_async"); /* should this throw, the wait ends with the isolate */
    duk_get_prop_literal(ctx, -1, "begun");
    duk_push_number(ctx, (double)number);
    duk_dup(ctx, 0);
    duk_push_number(ctx, isnan(wait.timeout_ms) ? INFINITY : wait.timeout_ms);
    duk_call(ctx, 3);
    return 1;
}

static duk_ret_t run_notify(duk_context *ctx)
{
    struct engine_view view = require_view(ctx, 0, true, "notify");
    size_t element = to_element(ctx, 1, view.length);
    double count = duk_is_undefined(ctx, 2) ? INFINITY : to_integer(ctx, 2);
    view = require_view(ctx, 0, true, "notify");

    uint64_t woken = 0;
    if (view.is_shared && count > 0) {
        woken = park_notify((const int32_t *)(void *)view.data + element,
                            count >= 1e15 ? UINT64_MAX : (uint64_t)count);
    }

    duk_push_number(ctx, (double)woken);
    return 1;
}

duk_ret_t atomics_push(duk_context *ctx)
{
    duk_push_object(ctx);
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        globals_put_function(ctx, operations[i].name, run_operation, operations[i].length, (int)i);
    }
    globals_put_function(ctx, "isLockFree", is_lock_free, 1, 0);
    globals_put_function(ctx, "wait", run_wait, 4, 0);
    globals_put_function(ctx, "waitAsync", run_wait_async, 4, 0);
    globals_put_function(ctx, "notify", run_notify, 3, 0);
    duk_get_global_literal(ctx, "Symbol");
    duk_get_prop_literal(ctx, -1, "toStringTag");
    duk_remove(ctx, -2);
    duk_push_literal(ctx, "Atomics");
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
    return 1;
}
