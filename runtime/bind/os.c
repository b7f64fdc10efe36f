/*
 * What os.js cannot read from /proc, and random bytes for crypto.js. Owns nothing; all of it on the
 * isolate's thread.
 */
#include "runtime/bind/os.h"

#include "runtime/bind/text.h"
#include "runtime/engine/engine.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

/* names(): [sysname, release, version, machine, nodename] */
static duk_ret_t native_names(duk_context *ctx)
{
    struct utsname names;
    if (uname(&names) != 0) {
        return duk_generic_error(ctx, "uname: %s", strerror(errno));
    }
    const char *const texts[] = {names.sysname, names.release, names.version, names.machine,
                                 names.nodename};
    duk_push_array(ctx);
    for (duk_uarridx_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        text_push_string(ctx, texts[i]);
        engine_put_fresh(ctx, -2, i);
    }
    return 1;
}

/* parallelism(): processors this process may run on. */
static duk_ret_t native_parallelism(duk_context *ctx)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    duk_push_int(ctx, count > 0 ? count : 1);
    return 1;
}

/* user(): [uid, gid] */
static duk_ret_t native_user(duk_context *ctx)
{
    duk_push_array(ctx);
    duk_push_number(ctx, getuid());
    engine_put_fresh(ctx, -2, 0);
    duk_push_number(ctx, getgid());
    engine_put_fresh(ctx, -2, 1);
    return 1;
}

/* random(view): fills it. */
static duk_ret_t native_random(duk_context *ctx)
{
    duk_size_t size = 0;
    unsigned char *data = duk_get_buffer_data(ctx, 0, &size);
    for (size_t done = 0; data && done < size;) {
        ssize_t count = getrandom(data + done, size - done, 0);
        if (count < 0 && errno != EINTR) {
            return duk_generic_error(ctx, "getrandom: %s", strerror(errno));
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return 0;
}

duk_ret_t os_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry functions[] = {
        {"names", native_names, 0},
        {"parallelism", native_parallelism, 0},
        {"user", native_user, 0},
        {"random", native_random, 1},
        {NULL, NULL, 0},
    };
    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, functions);
    return 1;
}
