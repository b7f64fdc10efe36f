/*
 * Output of scripts. A text goes out whole, by way of one buffer. What can't be written
 * (EPIPE, EBADF, a full disk) is dropped, as console does in Node. SIGPIPE is ignored by main.
 */
#include "runtime/bind/console.h"

#include "runtime/bind/text.h"
#include "runtime/bind/workers.h"
#include "runtime/engine/engine.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

void console_write(struct engine *engine, int descriptor, const void *data, size_t size)
{
    const unsigned char *at = data;
    while (size > 0) {
        ssize_t written = write(descriptor, at, size);
        if (written >= 0) {
            at += written;
            size -= (size_t)written;
            continue;
        }
        if (errno == EAGAIN) {
            struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
            if (poll(&ready, 1, -1) >= 0) {
                continue;
            }
        }
        if (errno != EINTR || (engine && engine_must_stop(engine))) {
            return;
        }
    }
}

static void put_out(duk_context *ctx, int descriptor, const void *data, size_t size)
{
    if (!workers_take_output(ctx, descriptor, data, size)) {
        console_write(engine_of(ctx), descriptor, data, size);
    }
}

/* write(1 or 2, text or view of bytes) */
static duk_ret_t native_write(duk_context *ctx)
{
    size_t size;
    int descriptor = duk_require_int(ctx, 0) == 2 ? STDERR_FILENO : STDOUT_FILENO;
    const void *bytes = duk_get_buffer_data(ctx, 1, &size);
    if (duk_is_buffer_data(ctx, 1)) {
        put_out(ctx, descriptor, bytes, size);
        return 0;
    }
    const char *text = duk_require_lstring(ctx, 1, &size);

    struct bytes out;
    bytes_init(&out, 0);
    text_append(&out, text, size);
    bool is_failed = out.is_failed;
    if (!is_failed) {
        put_out(ctx, descriptor, out.data, out.size);
    }
    bytes_fini(&out);

    if (is_failed) {
        return duk_range_error(ctx, "no memory to write %lu bytes", (unsigned long)size);
    }
    return 0;
}

duk_ret_t console_push_natives(duk_context *ctx)
{
    duk_push_object(ctx);
    duk_push_c_function(ctx, native_write, 2);
    duk_put_prop_literal(ctx, -2, "write");
    return 1;
}
