/*
 * A message of any content, as a receiver reads it: a value comes out of it that can be walked, cloned
 * and collected like any other, or an error. Whatever was not taken goes with the message.
 *
 *   byte 0   bits 0-2: how many stores it carries, 3-4: how many ports
 *   the rest the serialization (runtime/engine/clone.h)
 */
#include "runtime/engine/engine.h"
#include "runtime/port.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define RUNS_OF_AN_ENGINE 500
#define HEAP_LIMIT        ((uint64_t)64 << 20)

static struct wire_slot slot;
static struct wire_process process;
static struct engine *engine;
static int runs;

static void push_port(void *owner, duk_context *ctx, struct port *port)
{
    (void)owner;
    duk_push_object(ctx);
    port_unref(&port); /* nobody posts on it */
}

static struct engine *open_engine(void)
{
    const struct engine_options options = {
        .slot = &slot,
        .heap_limit = HEAP_LIMIT,
        .external_limit = HEAP_LIMIT,
        .hooks = {.port_push = push_port, .port_unref = port_unref},
    };
    return engine_new(&options);
}

static struct store *make_store(size_t number)
{
    return number % 3 == 0   ? store_new(NULL, 100 * (number + 1), false)
           : number % 3 == 1 ? store_new(NULL, 64, true)
                             : store_new_resizable(NULL, 50, 5000, number > 4);
}

static void fill_stores(struct message *message, size_t count)
{
    message->stores = calloc(count + 1, sizeof *message->stores);
    FUZZ_CHECK(message->stores != NULL);
    for (size_t i = 0; i < count; i++) {
        message->stores[message->store_count++] = make_store(i);
    }
}

static void fill_ports(struct message *message, size_t count)
{
    message->ports = calloc(count + 1, sizeof *message->ports);
    message->port_unref = port_unref;
    FUZZ_CHECK(message->ports != NULL);
    for (size_t i = 0; i < count; i++) {
        struct port *ends[2];
        FUZZ_CHECK(port_new_channel(&process, ends) == 0);
        message->ports[message->port_count++] = ends[0];
        port_unref(&ends[1]);
    }
}

static struct message *make_message(const uint8_t *data, size_t size)
{
    struct message *message = calloc(1, sizeof *message + size);
    FUZZ_CHECK(message != NULL);
    memcpy(message->inside, data + 1, size - 1);
    message->data = message->inside;
    message->size = size - 1;
    fill_stores(message, data[0] & 7);
    fill_ports(message, data[0] >> 3 & 3);
    return message;
}

/* The value on the top again: what could be read can be written, but for what became of ports. */
static void again(duk_context *ctx)
{
    struct message *message = NULL;
    if (engine_clone_write(ctx, -1, DUK_INVALID_INDEX, &message) == 0) {
        int code = engine_clone_read(ctx, message);
        FUZZ_CHECK(code == 0 || engine_end(engine) != ENGINE_ALIVE);
        duk_pop(ctx);
    } else {
        duk_pop(ctx);
    }
    message_free(&message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    if (engine == NULL) {
        engine = open_engine();
        runs = 0;
    }
    FUZZ_CHECK(engine != NULL);
    duk_context *ctx = engine_context(engine);
    struct message *message = make_message(data, size);
    bool is_read = engine_clone_read(ctx, message) == 0;
    message_free(&message);
    FUZZ_CHECK(duk_get_top(ctx) == 1);
    if (is_read) {
        again(ctx);
    } else {
        FUZZ_CHECK(duk_is_error(ctx, -1) || engine_end(engine) != ENGINE_ALIVE);
    }
    engine_collect(engine);
    duk_set_top(ctx, 0);
    if (++runs == RUNS_OF_AN_ENGINE || engine_end(engine) != ENGINE_ALIVE) {
        engine_free(&engine);
    }
    return 0;
}
