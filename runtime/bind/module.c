/*
 * Files for the loader, and the built-in modules with their natives.
 */
#include "runtime/bind/module.h"

#include "runtime/bind/pool.h"

#include "base/embed.h"
#include "runtime/bind/buffer.h"
#include "runtime/bind/channels.h"
#include "runtime/bind/console.h"
#include "runtime/bind/door.h"
#include "runtime/bind/fs.h"
#include "runtime/bind/kind.h"
#include "runtime/bind/os.h"
#include "runtime/bind/performance.h"
#include "runtime/bind/process.h"
#include "runtime/bind/script.h"
#include "runtime/bind/source.h"
#include "runtime/bind/spawn.h"
#include "runtime/bind/tasks.h"
#include "runtime/bind/text.h"
#include "runtime/bind/threads.h"
#include "runtime/bind/timers.h"
#include "runtime/bind/v8.h"
#include "runtime/bind/waits.h"
#include "runtime/bind/workers.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/lowered.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uv.h>

#define MODULE_FILE_MAX (256u << 20) /* bytes of a script or JSON file */
#define BUILTINS_MAX    128          /* whose bytecode is kept */

extern const struct embed_file runtime_js_files[];

static const char builtin_head[] = "function(exports,require,module,native){";

/* ---- files --------------------------------------------------------------------------------------
 */

static const char *code_of(int error)
{
    const char *name = strerrorname_np(error);
    return name ? name : "EIO";
}

static void push_system(duk_context *ctx, int error, const char *call, const char *path,
                        const char *target)
{
    const char *code = code_of(error);
    duk_push_error_object(ctx, DUK_ERR_ERROR, "%s: %s, %s '%s'%s%s%s", code, uv_strerror(-error),
                          call, path, target ? " -> '" : "", target ? target : "",
                          target ? "'" : "");
    duk_push_int(ctx, -error);
    duk_put_prop_literal(ctx, -2, "errno");
    duk_push_string(ctx, code);
    duk_put_prop_literal(ctx, -2, "code");
    duk_push_string(ctx, call);
    duk_put_prop_literal(ctx, -2, "syscall");
    text_push_string(ctx, path);
    duk_put_prop_literal(ctx, -2, "path");
    if (target) {
        text_push_string(ctx, target);
        duk_put_prop_literal(ctx, -2, "dest");
    }
}

duk_ret_t module_throw_system(duk_context *ctx, int error, const char *call, const char *path)
{
    push_system(ctx, error, call, path, NULL);
    return duk_throw(ctx);
}

duk_ret_t module_throw_system2(duk_context *ctx, int error, const char *call, const char *path,
                               const char *target)
{
    push_system(ctx, error, call, path, target);
    return duk_throw(ctx);
}

const char *module_require_path(duk_context *ctx, duk_idx_t index)
{
    size_t size;
    const char *text = duk_require_lstring(ctx, index, &size);
    struct bytes path;
    bytes_init(&path, PATH_MAX);
    text_append(&path, text, size);
    bytes_append(&path, "", 1);
    bool is_good = !path.is_failed && strlen((const char *)path.data) == path.size - 1;
    char copy[PATH_MAX];
    if (is_good) {
        memcpy(copy, path.data, path.size);
    }
    bytes_fini(&path);

    if (!is_good) {
        (void)duk_type_error(ctx, "a path is at most %d bytes and has no zero byte in it",
                             PATH_MAX);
    }
    duk_push_string(ctx, copy);
    duk_replace(ctx, index);
    return duk_get_string(ctx, index);
}

/* Fills `bytes` with the file; 0 or a positive errno. */
static int read_file(const char *path, struct bytes *bytes)
{
    struct stat info;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return errno;
    }
    int error = fstat(file, &info) != 0 ? errno : S_ISDIR(info.st_mode) ? EISDIR : 0;
    while (!error) {
        if (!bytes_reserve(bytes, 64 << 10)) {
            error = bytes->size >= MODULE_FILE_MAX - (64 << 10) ? EFBIG : ENOMEM;
            break;
        }
        ssize_t size = read(file, bytes->data + bytes->size, 64 << 10);
        if (size == 0) {
            break;
        }
        if (size > 0) {
            bytes->size += (size_t)size;
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    close(file);
    return error;
}

static duk_ret_t push_text(duk_context *ctx, void *data)
{
    const struct bytes *bytes = data;
    text_push(ctx, bytes->data ? (const char *)bytes->data : "", bytes->size);
    return 1;
}

/* read(path): the text of a file. */
static duk_ret_t native_read(duk_context *ctx)
{
    const char *path = module_require_path(ctx, 0);

    struct bytes bytes;
    bytes_init(&bytes, MODULE_FILE_MAX);
    int error = read_file(path, &bytes);
    duk_int_t failed = 0;
    if (!error) {
        failed = duk_safe_call(ctx, push_text, &bytes, 0, 1);
    }
    bytes_fini(&bytes);

    if (error) {
        return module_throw_system(ctx, error, error == EISDIR ? "read" : "open", path);
    }
    return failed ? duk_throw(ctx) : 1;
}

/* stat(path): 0 a file, 1 a directory, -1 neither. */
static duk_ret_t native_stat(duk_context *ctx)
{
    const char *path = module_require_path(ctx, 0);

    struct stat info;
    int kind = stat(path, &info) != 0 ? -1 : S_ISDIR(info.st_mode) ? 1 : 0;

    duk_push_int(ctx, kind);
    return 1;
}

/* realpath(path): without symbolic links; the path itself when that can't be told. */
static duk_ret_t native_realpath(duk_context *ctx)
{
    const char *path = module_require_path(ctx, 0);

    char resolved[PATH_MAX];
    const char *result = realpath(path, resolved) ? resolved : path;

    text_push_string(ctx, result);
    return 1;
}

/* scope(path): the directory of the package a file belongs to, that of the next package.json above
 * it; undefined for none. What lies in node_modules belongs to no package outside of it. */
static duk_ret_t native_scope(duk_context *ctx)
{
    const char *path = module_require_path(ctx, 0);

    char at[PATH_MAX + sizeof "/package.json"];
    struct stat info;
    bool is_found = false;
    snprintf(at, PATH_MAX, "%s", path);
    char *end;
    while (!is_found && (end = strrchr(at, '/')) != NULL) {
        static const char modules[] = "/node_modules";
        size_t size = (size_t)(end - at);
        *end = '\0';
        if (size >= sizeof modules - 1 && strcmp(end - (sizeof modules - 1), modules) == 0) {
            break;
        }
        strcpy(end, "/package.json");
        is_found = stat(at, &info) == 0 && S_ISREG(info.st_mode);
        *end = '\0';
    }

    if (!is_found) {
        return 0;
    }
    text_push_string(ctx, at);
    return 1;
}

/* ---- built-in modules
 * ----------------------------------------------------------------------------
 */

/* Index in runtime_js_files, -1 for no such module. */
static int find_builtin(const char *name)
{
    size_t length = strlen(name);
    for (int i = 0; runtime_js_files[i].name; i++) {
        const char *file = runtime_js_files[i].name;
        if (strncmp(file, name, length) == 0 && strcmp(file + length, ".js") == 0) {
            return i;
        }
    }
    return -1;
}

/*
 * The first isolate that compiles a built-in module keeps its bytecode for all others of the
 * process: most of what starting an isolate costs is compiling. Never freed, never changed.
 */
struct bytecode {
    size_t size;
    unsigned char data[];
};
static _Atomic(struct bytecode *) bytecodes[BUILTINS_MAX];

/* [ function ] -> [ function ] */
static void keep_bytecode(duk_context *ctx, int index)
{
    duk_size_t size;
    duk_dup(ctx, -1);
    duk_dump_function(ctx);
    const void *data = duk_get_buffer(ctx, -1, &size);
    struct bytecode *none = NULL, *bytecode = malloc(sizeof *bytecode + size);
    if (bytecode) {
        bytecode->size = size;
        memcpy(bytecode->data, data, size);
        if (!atomic_compare_exchange_strong(&bytecodes[index], &none, bytecode)) {
            free(bytecode); /* another isolate was as fast */
        }
    }
    duk_pop(ctx);
}

static void load_bytecode(duk_context *ctx, const struct bytecode *bytecode)
{
    duk_push_external_buffer(ctx);
    duk_config_buffer(ctx, -1, (void *)(uintptr_t)bytecode->data, bytecode->size);
    duk_load_function(ctx);
}

duk_ret_t module_push_builtin(duk_context *ctx, const char *name)
{
    int index = find_builtin(name);
    if (index < 0) {
        return 0;
    }
    const struct bytecode *bytecode = index < BUILTINS_MAX ? bytecodes[index] : NULL;
    if (bytecode) {
        load_bytecode(ctx, bytecode);
        return 1;
    }
    const struct embed_file *file = &runtime_js_files[index];
    duk_push_lstring(ctx, (const char *)file->data, file->size);
    duk_push_sprintf(ctx, "node:%s", name);
    source_compile(ctx, builtin_head, -2, -1);
    engine_plain_functions(ctx, -1);
    if (index < BUILTINS_MAX) {
        keep_bytecode(ctx, index);
    }
    duk_replace(ctx, -3);
    duk_pop(ctx);
    return 1;
}

static duk_ret_t native_builtin(duk_context *ctx)
{
    return module_push_builtin(ctx, duk_require_string(ctx, 0));
}

/* ---- natives ------------------------------------------------------------------------------------
 */

/* Who has natives, by the name built-in modules ask for. */
static const struct {
    const char *name;
    script_native_fn push;
} natives[] = {
    {"pool", pool_push_natives},
    {"tasks", tasks_push_natives},
    {"workers", workers_push_natives},
    {"channels", channels_push_natives},
    {"module", module_push_natives},
    {"stdio", console_push_natives},
    {"timers", timers_push_natives},
    {"ticks", script_push_natives},
    {"process", process_push_natives},
    {"v8", v8_push_natives},
    {"waits", waits_push_natives},
    {"threads", threads_push_natives},
    {"buffer", buffer_push_natives},
    {"fs", fs_push_natives},
    {"door", door_push_natives},
    {"lowered", engine_push_lowered},
    {"os", os_push_natives},
    {"kind", kind_push_natives},
    {"performance", performance_push_natives},
    {"spawn", spawn_push_natives},
};

duk_ret_t module_native(duk_context *ctx)
{
    const char *name = duk_require_string(ctx, 0);
    for (size_t i = 0; i < sizeof(natives) / sizeof(natives[0]); i++) {
        if (strcmp(natives[i].name, name) == 0) {
            return natives[i].push(ctx);
        }
    }
    return duk_reference_error(ctx, "no natives named %s", name);
}

/* position(error): where in its text JSON.parse found it; undefined for other errors. */
static duk_ret_t native_position(duk_context *ctx)
{
    duk_require_object(ctx, 0);
    duk_get_prop_literal(ctx, 0, DUK_HIDDEN_SYMBOL("position"));
    return 1;
}

duk_ret_t module_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry functions[] = {
        {"read", native_read, 1},         {"stat", native_stat, 1},
        {"realpath", native_realpath, 1}, {"compile", source_commonjs, 2},
        {"scope", native_scope, 1},       {"builtin", native_builtin, 1},
        {"module", source_module, 2},     {"position", native_position, 1},
        {NULL, NULL, 0},
    };
    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, functions);
    return 1;
}
