/*
 * Natives of BroadcastChannel (channels.h): joining a name and posting to it. What arrives is
 * delivered as on any other port. Owns nothing. A value is serialized once; each member gets a copy
 * of the message, which is accounted for as a message of its own.
 */
#include "runtime/bind/channels.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "runtime/bind/clone.h"
#include "runtime/bind/text.h"
#include "runtime/bind/threads.h"
#include "runtime/broadcast.h"
#include "runtime/host.h"
#include "runtime/isolate.h"

#include <stdlib.h>

/* (object, name): the object becomes a member */
static duk_ret_t native_join(duk_context *ctx)
{
    struct host *host = isolate_host(isolate_of(ctx));
    struct port *end = NULL;
    size_t size;
    const char *text = duk_require_lstring(ctx, 1, &size);

    struct bytes name;
    bytes_init(&name, 0);
    text_append(&name, text, size);
    bytes_append(&name, "", 1);
    int code = name.is_failed
                   ? -1
                   : broadcast_join((const char *)name.data, host_process(host), &end);
    bytes_fini(&name);

    if (code < 0) {
        return duk_range_error(ctx, "no memory for a channel");
    }
    end->is_started = true;
    threads_adopt_port(ctx, 0, &end);
    return 0;
}

/* Posts a copy of `message` to one member; false when there is no memory for it. */
static bool post_copy(duk_context *ctx, const struct message *message, struct port *inlet,
                      uint64_t serialize_ns)
{
    struct account *account = isolate_account(isolate_of(ctx));
    struct message *copy = message_copy(message);
    uint32_t to = PORT_NOBODY;

    if (copy == NULL) {
        return false;
    }
    threads_stamp(ctx, copy, inlet);
    struct message books = *copy; /* it may be read and freed as soon as it is posted */
    int code = port_post(inlet, copy, &to);
    account_clone(account, &books, to, serialize_ns);
    if (code < 0) {
        account_discard(account, copy);
        message_free(&copy);
    }
    return true;
}

/* (object, value): whether all other members of the name get it */
static duk_ret_t native_publish(duk_context *ctx)
{
    struct port *port = threads_get_port(ctx, 0);
    struct message *message = NULL;
    bool is_whole = true;

    uint64_t began = clock_now_ns();
    if (engine_clone_write(ctx, 1, DUK_INVALID_INDEX, &message) != 0) {
        return clone_throw(ctx);
    }
    uint64_t serialize = clock_now_ns() - began;
    size_t count = 0;
    struct port **inlets = port != NULL ? broadcast_others(port, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        is_whole = post_copy(ctx, message, inlets[i], i == 0 ? serialize : 0) && is_whole;
        port_unref(&inlets[i]);
    }
    free(inlets);
    message_free(&message);

    duk_push_boolean(ctx, is_whole);
    return 1;
}

duk_ret_t channels_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry natives[] = {
        {"join", native_join, 2},
        {"publish", native_publish, 2},
        {NULL, NULL, 0},
    };

    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, natives);
    return 1;
}
