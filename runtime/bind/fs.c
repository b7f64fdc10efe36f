/*
 * fs below its JavaScript. Arguments are taken as fs.js, which has checked them, passes them: each
 * operation says which, one letter each. Filling a request calls nothing that throws; results are
 * pushed in a protected call, so a request is always freed or handed on.
 */
#include "runtime/bind/fs.h"

#include "runtime/bind/buffer.h"
#include "runtime/bind/script.h"
#include "runtime/bind/text.h"
#include "runtime/engine/engine.h"
#include "runtime/files.h"
#include "runtime/host.h"
#include "runtime/isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

/*
 * The system call an operation is named after in errors, and its arguments: p path, t target,
 * d descriptor, f flags, m mode, o offset in the view, l length, @ position in the file, a and b
 * times in seconds, v view. A path that is no string is left out.
 */
static const struct {
    const char *call;
    const char *arguments;
} operations[FILE_OP_COUNT] = {
    [FILE_OPEN] = {"open", "pfm"},         [FILE_CLOSE] = {"close", "d"},
    [FILE_READ] = {"read", "dvol@"},       [FILE_WRITE] = {"write", "dvol@"},
    [FILE_READ_ALL] = {"read", "pdf"},     [FILE_WRITE_ALL] = {"write", "pdfmv"},
    [FILE_STAT] = {"stat", "p"},           [FILE_LSTAT] = {"lstat", "p"},
    [FILE_FSTAT] = {"fstat", "d"},         [FILE_ACCESS] = {"access", "pm"},
    [FILE_CHMOD] = {"chmod", "pm"},        [FILE_FCHMOD] = {"fchmod", "dm"},
    [FILE_TRUNCATE] = {"ftruncate", "d@"}, [FILE_SYNC] = {"fsync", "d"},
    [FILE_DATASYNC] = {"fdatasync", "d"},  [FILE_TIMES] = {"utime", "pab"},
    [FILE_FD_TIMES] = {"futime", "dab"},   [FILE_RENAME] = {"rename", "pt"},
    [FILE_COPY] = {"copyfile", "ptf"},     [FILE_LINK] = {"link", "pt"},
    [FILE_SYMLINK] = {"symlink", "pt"},    [FILE_READLINK] = {"readlink", "p"},
    [FILE_REALPATH] = {"realpath", "p"},   [FILE_UNLINK] = {"unlink", "p"},
    [FILE_RMDIR] = {"rmdir", "p"},         [FILE_MKDIR] = {"mkdir", "pm"},
    [FILE_MKDIRS] = {"mkdir", "pm"},       [FILE_MKDTEMP] = {"mkdtemp", "p"},
    [FILE_READDIR] = {"scandir", "p"},     [FILE_REMOVE] = {"rm", "pf"},
};

/* ---- arguments ----------------------------------------------------------------------------------
 */

/* The string at `index` as the file system knows it, malloced; NULL for none or no memory. */
static char *path_at(duk_context *ctx, duk_idx_t index)
{
    size_t size;
    struct bytes path;
    const char *text = duk_get_lstring(ctx, index, &size);
    if (!text) {
        return NULL;
    }
    bytes_init(&path, 0);
    text_append(&path, text, size);
    bytes_append(&path, "", 1);
    return (char *)bytes_take(&path, &size);
}

/* What is read or written outlives a view that the script drops or moves meanwhile. */
static void take_view(duk_context *ctx, duk_idx_t index, struct file_request *request)
{
    duk_size_t size = 0;
    unsigned char *data = duk_get_buffer_data(ctx, index, &size);
    struct store *store = engine_get_store(ctx, index);
    request->data = data;
    request->size = data ? size : 0;
    if (data && store) {
        request->store = store_ref(store);
        request->offset = (size_t)(data - (unsigned char *)store_data(store));
    }
}

static size_t clamp(double value, size_t max)
{
    return !(value > 0) ? 0 : value > (double)max ? max : (size_t)value;
}

static void take_argument(duk_context *ctx, duk_idx_t index, char kind,
                          struct file_request *request)
{
    double number = duk_get_number_default(ctx, index, 0);
    switch (kind) {
    case 'p':
        request->path = path_at(ctx, index);
        break;
    case 't':
        request->target = path_at(ctx, index);
        break;
    case 'd':
        request->fd = duk_get_int(ctx, index);
        break;
    case 'f':
        request->flags = duk_get_int(ctx, index);
        break;
    case 'm':
        request->mode = duk_get_int(ctx, index);
        break;
    case 'v':
        take_view(ctx, index, request);
        break;
    case 'o': {
        size_t skipped = clamp(number, request->size);
        request->data += request->data ? skipped : 0;
        request->offset += skipped;
        request->size -= skipped;
        break;
    }
    case 'l':
        request->size = clamp(number, request->size);
        break;
    case '@':
        request->position = duk_is_number(ctx, index) ? (int64_t)number : -1;
        break;
    case 'a':
        request->accessed = number;
        break;
    case 'b':
        request->modified = number;
        break;
    default:
        break;
    }
}

static enum file_op op_at(duk_context *ctx, duk_idx_t index)
{
    int op = duk_get_int_default(ctx, index, -1);
    return op >= 0 && op < FILE_OP_COUNT ? (enum file_op)op : FILE_OP_COUNT;
}

/* Fills the request from the arguments that begin at `index`. Never throws. */
static void take_arguments(duk_context *ctx, duk_idx_t index, struct file_request *request)
{
    const char *kinds = operations[request->op].arguments;
    for (size_t i = 0; kinds[i]; i++) {
        take_argument(ctx, index + (duk_idx_t)i, kinds[i], request);
    }
    request->segment = host_segment(isolate_host(isolate_of(ctx)));
    uint64_t limit = engine_external_limit(engine_of(ctx));
    request->limit = limit < FILE_BYTES_MAX ? (size_t)limit : FILE_BYTES_MAX;
}

/* ---- results ------------------------------------------------------------------------------------
 */

/* Times are seconds and nanoseconds. */
static void push_stat(duk_context *ctx, const uv_stat_t *stat)
{
    const double numbers[] = {
        (double)stat->st_dev,
        (double)stat->st_mode,
        (double)stat->st_nlink,
        (double)stat->st_uid,
        (double)stat->st_gid,
        (double)stat->st_rdev,
        (double)stat->st_blksize,
        (double)stat->st_ino,
        (double)stat->st_size,
        (double)stat->st_blocks,
        (double)stat->st_atim.tv_sec,
        (double)stat->st_atim.tv_nsec,
        (double)stat->st_mtim.tv_sec,
        (double)stat->st_mtim.tv_nsec,
        (double)stat->st_ctim.tv_sec,
        (double)stat->st_ctim.tv_nsec,
        (double)stat->st_birthtim.tv_sec,
        (double)stat->st_birthtim.tv_nsec,
    };
    duk_push_array(ctx);
    for (duk_uarridx_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        duk_push_number(ctx, numbers[i]);
        engine_put_fresh(ctx, -2, i);
    }
}

/* [type, name, type, name …] */
static void push_names(duk_context *ctx, const struct bytes *text)
{
    duk_uarridx_t count = 0;
    duk_push_array(ctx);
    for (size_t at = 0; at < text->size;) {
        const char *name = (const char *)text->data + at + 1;
        duk_push_int(ctx, text->data[at]);
        engine_put_fresh(ctx, -2, count++);
        text_push_string(ctx, name);
        engine_put_fresh(ctx, -2, count++);
        at += strlen(name) + 2;
    }
}

struct oddity {
    const char *what;
    int fd;
};

static duk_ret_t push_warning(duk_context *ctx, void *udata)
{
    const struct oddity *odd = udata;
    script_push_builtin(ctx, "process");
    duk_get_prop_literal(ctx, -1, "emitWarning");
    duk_push_sprintf(ctx, "File descriptor %d %s", odd->fd, odd->what);
    duk_call(ctx, 1);
    return 1;
}

/* A worker whose descriptors are closed at its end is told when they are not as it should know
 * them. Does not throw. */
static void warn(duk_context *ctx, const char *what, int fd)
{
    struct oddity odd = {what, fd};
    if (isolate_files(isolate_of(ctx))->is_warning) {
        (void)duk_safe_call(ctx, push_warning, &odd, 0, 1);
        duk_pop(ctx);
    }
}

static void push_opened(duk_context *ctx, struct file_request *request)
{
    int fd = (int)request->result;
    struct files *files = isolate_files(isolate_of(ctx));
    bool is_twice = files_remove_fd(files, fd);
    if (!files_add_fd(files, fd)) {
        (void)duk_range_error(ctx, "no memory for another file");
    }
    request->result = 0; /* the isolate's from here on */
    if (is_twice) {
        warn(ctx, "opened in unmanaged mode twice", fd);
    }
    duk_push_int(ctx, fd);
}

static void push_contents(duk_context *ctx, struct file_request *request)
{
    engine_admit(ctx, request->store);
    engine_push_store(ctx, store_ref(request->store));
    buffer_wrap(ctx);
}

static void push_value(duk_context *ctx, struct file_request *request)
{
    switch (request->op) {
    case FILE_OPEN:
        push_opened(ctx, request);
        break;
    case FILE_READ:
    case FILE_WRITE:
        duk_push_number(ctx, (double)request->result);
        break;
    case FILE_READ_ALL:
        push_contents(ctx, request);
        break;
    case FILE_STAT:
    case FILE_LSTAT:
    case FILE_FSTAT:
        push_stat(ctx, &request->stat);
        break;
    case FILE_READDIR:
        push_names(ctx, &request->text);
        break;
    case FILE_READLINK:
    case FILE_REALPATH:
    case FILE_MKDTEMP:
        text_push(ctx, request->text.data, request->text.size);
        break;
    case FILE_MKDIRS:
        if (request->text.size > 0) {
            text_push(ctx, request->text.data, request->text.size);
            break;
        }
        /* fall through */
    default:
        duk_push_undefined(ctx);
        break;
    }
}

static void put_text(duk_context *ctx, const char *name, const char *text)
{
    text_push_string(ctx, text);
    duk_put_prop_string(ctx, -2, name);
}

/* An Error as Node's: "ENOENT: no such file or directory, open 'x'". */
static void push_error(duk_context *ctx, const struct file_request *request)
{
    int code = (int)request->result;
    const char *call = request->failed ? request->failed : operations[request->op].call;
    bool has_path = request->path && strcmp(call, "read") != 0 && strcmp(call, "write") != 0 &&
                    strcmp(call, "fstat") != 0;
    text_push_string(ctx, has_path ? request->path : "");
    text_push_string(ctx, request->target ? request->target : "");
    duk_push_error_object(ctx, DUK_ERR_ERROR, "%s: %s, %s%s%s%s%s%s%s", uv_err_name(code),
                          uv_strerror(code), call, has_path ? " '" : "", duk_get_string(ctx, -2),
                          has_path ? "'" : "", request->target ? " -> '" : "",
                          duk_get_string(ctx, -1), request->target ? "'" : "");
    duk_push_int(ctx, code);
    duk_put_prop_literal(ctx, -2, "errno");
    put_text(ctx, "code", uv_err_name(code));
    put_text(ctx, "syscall", call);
    if (has_path) {
        put_text(ctx, "path", request->path);
    }
    if (request->target) {
        put_text(ctx, "dest", request->target);
    }
    duk_replace(ctx, -3);
    duk_pop(ctx);
}

/* ---- at once ------------------------------------------------------------------------------------
 */

static duk_ret_t push_result(duk_context *ctx, void *udata)
{
    struct file_request *request = udata;
    if (request->result < 0) {
        push_error(ctx, request);
        return duk_throw(ctx);
    }
    push_value(ctx, request);
    return 1;
}

static void note_close(duk_context *ctx, const struct file_request *request)
{
    if (request->op == FILE_CLOSE &&
        !files_remove_fd(isolate_files(isolate_of(ctx)), request->fd)) {
        warn(ctx, "closed but not opened in unmanaged mode", request->fd);
    }
}

/* now(operation, arguments…): its result, or throws. */
static duk_ret_t native_now(duk_context *ctx)
{
    enum file_op op = op_at(ctx, 0);
    if (op == FILE_OP_COUNT) {
        return duk_type_error(ctx, "no such operation");
    }

    struct file_request request;
    file_init(&request, op);
    take_arguments(ctx, 1, &request);
    note_close(ctx, &request);
    request.must_stop = engine_must_stop;
    request.stopper = engine_of(ctx);
    file_run(&request);
    duk_int_t failed = duk_safe_call(ctx, push_result, &request, 0, 1);
    file_fini(&request);

    return failed ? duk_throw(ctx) : 1;
}

/* ---- on another thread --------------------------------------------------------------------------
 */

/* Memory of the heap must not be touched there: what is written is copied, reading into it is
 * refused. */
static bool leave_heap(struct file_request *request)
{
    if (!request->data || request->store) {
        return true;
    }
    if (request->op == FILE_READ) {
        return false;
    }
    request->store = store_new(request->segment, request->size, false);
    if (request->store) {
        memcpy(store_data(request->store), request->data, request->size);
    }
    return request->store != NULL;
}

/* later(number, operation, arguments…): the hook is called with number, error, result. */
static duk_ret_t native_later(duk_context *ctx)
{
    enum file_op op = op_at(ctx, 1);
    struct isolate *isolate = isolate_of(ctx);
    if (op == FILE_OP_COUNT) {
        return duk_type_error(ctx, "no such operation");
    }

    int code = -ENOMEM;
    struct file_request *request = files_new(op);
    if (request) {
        request->number = duk_get_number_default(ctx, 0, 0);
        take_arguments(ctx, 2, request);
        code = leave_heap(request) ? files_start(isolate_files(isolate), request) : -EFAULT;
    }
    if (code == 0) {
        note_close(ctx, request);
        isolate_hold(isolate);
    } else {
        files_free(&request);
    }

    return code == 0 ? 0 : duk_generic_error(ctx, "%s", uv_strerror(code));
}

/* Pushes number, error (or null), result. */
static duk_ret_t push_done(duk_context *ctx, void *udata)
{
    struct file_request *request = udata;
    script_push_hook(ctx, SCRIPT_HOOK_FILE);
    duk_push_undefined(ctx);
    duk_push_number(ctx, request->number);
    if (request->result < 0) {
        push_error(ctx, request);
        duk_push_undefined(ctx);
    } else {
        duk_push_null(ctx);
        push_value(ctx, request);
    }
    return 5;
}

int fs_push_done(duk_context *ctx, struct file_request *request)
{
    if (duk_safe_call(ctx, push_done, request, 0, 5) != DUK_EXEC_SUCCESS) {
        duk_pop_n(ctx, 5);
        return -1;
    }
    return 3;
}

/* callback(function (number, error, result)) */
static duk_ret_t native_callback(duk_context *ctx)
{
    script_set_hook(ctx, SCRIPT_HOOK_FILE, 0);
    return 0;
}

/* errorName(-2): "ENOENT" */
static duk_ret_t native_error_name(duk_context *ctx)
{
    duk_push_string(ctx, uv_err_name(duk_get_int(ctx, 0)));
    return 1;
}

duk_ret_t fs_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry functions[] = {
        {"now", native_now, 6},
        {"later", native_later, 7},
        {"callback", native_callback, 1},
        {"errorName", native_error_name, 1},
        {NULL, NULL, 0},
    };
    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, functions);
    return 1;
}
