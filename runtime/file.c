/*
 * Operations on files (file.h), each by libuv's synchronous calls, so that numbers, modes and
 * errors are those Node has. What takes several calls (whole files, trees) is done here in one go
 * rather than one completion at a time. Called by bind/fs.c and by files.c on other threads.
 */
#include "runtime/file.h"

#include "runtime/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_CHUNK (512u << 10) /* bytes; of files that do not tell their size */

void file_init(struct file_request *request, enum file_op op)
{
    memset(request, 0, sizeof *request);
    request->op = op;
    request->position = -1;
    bytes_init(&request->text, 0);
    request->limit = FILE_BYTES_MAX;
}

void file_fini(struct file_request *request)
{
    if (request->op == FILE_OPEN && request->result > 0) {
        close((int)request->result);
        request->result = 0;
    }
    free(request->path);
    free(request->target);
    bytes_fini(&request->text);
    store_unref(&request->store);
}

static void fail(struct file_request *request, int64_t code, const char *call)
{
    request->result = code;
    request->failed = call;
}

static unsigned char *data_of(const struct file_request *request)
{
    return request->store != NULL ? (unsigned char *)store_data(request->store) + request->offset
                                  : request->data;
}

/* ---- whole files --------------------------------------------------------------------------------
 */

static bool is_over(const struct file_request *request)
{
    return request->must_stop != NULL && request->must_stop(request->stopper);
}

/* A signal that ends the caller's isolate comes again and again, so it is not missed before read(). */
static int64_t read_once(const struct file_request *request, int fd, void *data, size_t size,
                         int64_t position)
{
    ssize_t count;

    do {
        count = position < 0 ? read(fd, data, size) : pread(fd, data, size, position);
    } while (count < 0 && errno == EINTR && !is_over(request));
    return count < 0 ? -errno : count;
}

static int64_t write_once(const struct file_request *request, int fd, const void *data, size_t size,
                          int64_t position)
{
    ssize_t count;

    do {
        count = position < 0 ? write(fd, data, size) : pwrite(fd, data, size, position);
    } while (count < 0 && errno == EINTR && !is_over(request));
    return count < 0 ? -errno : count;
}

/* Fills its text from a file that may be longer or shorter than it said, or never end. */
static int64_t read_growing(struct file_request *request, int fd, size_t expected)
{
    struct bytes *text = &request->text;
    int64_t count = 1;

    while (count > 0 && text->size <= request->limit) {
        size_t room = text->size < expected ? expected - text->size + 1 : READ_CHUNK;
        size_t left = request->limit - text->size + 1;
        room = room < left ? room : left;
        if (!bytes_reserve(text, room)) {
            return -ENOMEM;
        }
        count = is_over(request) ? -EINTR
                                 : read_once(request, fd, text->data + text->size, room, -1);
        text->size += count > 0 ? (size_t)count : 0;
    }
    return count < 0 ? count : text->size > FILE_BYTES_MAX ? -EFBIG : 0;
}

static void read_fd(struct file_request *request, int fd)
{
    struct stat info;

    if (fstat(fd, &info) != 0) {
        fail(request, -errno, "fstat");
        return;
    }
    size_t expected = S_ISREG(info.st_mode) ? (size_t)info.st_size : 0;
    if (expected > FILE_BYTES_MAX) {
        fail(request, -EFBIG, "read");
        return;
    }
    int64_t code = read_growing(request, fd, expected);
    if (code < 0) {
        fail(request, code, "read");
        return;
    }
    request->store = store_new(request->segment, request->text.size, false);
    if (request->store == NULL) {
        fail(request, -ENOMEM, "read");
    } else if (request->text.size > 0) {
        memcpy(store_data(request->store), request->text.data, request->text.size);
    }
    bytes_fini(&request->text);
}

static void write_fd(struct file_request *request, int fd)
{
    const unsigned char *data = data_of(request);

    for (size_t done = 0; done < request->size;) {
        int64_t count = write_once(request, fd, data + done, request->size - done, -1);
        if (count < 0) {
            fail(request, count, "write");
            return;
        }
        done += (size_t)count;
    }
}

/* Does `work` with the file open, unless the request came with one that is. */
static void with_file(struct file_request *request, void (*work)(struct file_request *, int))
{
    if (request->path == NULL) {
        work(request, request->fd);
        return;
    }
    int fd = open(request->path, request->flags | O_CLOEXEC, (mode_t)request->mode);
    if (fd < 0) {
        fail(request, -errno, "open");
        return;
    }
    work(request, fd);
    close(fd);
}

/* ---- directories --------------------------------------------------------------------------------
 */

/* Ends the path in front of its last part; false when it has only one. */
static bool cut_last(char *path)
{
    size_t end = strlen(path);

    while (end > 0 && path[end - 1] == '/') {
        end--;
    }
    while (end > 0 && path[end - 1] != '/') {
        end--;
    }
    if (end > 1) {
        path[end - 1] = 0;
    }
    return end > 1;
}

static int make_one(struct file_request *request)
{
    struct stat info;

    if (mkdir(request->path, (mode_t)request->mode) == 0) {
        if (request->text.size == 0) {
            bytes_append(&request->text, request->path, strlen(request->path));
        }
        return 0;
    }
    int code = errno;
    bool is_there = code == EEXIST && stat(request->path, &info) == 0;
    return is_there && S_ISDIR(info.st_mode) ? 0 : code;
}

/* The longest start of the path that is there gets the rest, one directory at a time; the parts cut
 * off meanwhile stand behind zero bytes. */
static void make_directories(struct file_request *request)
{
    char *path = request->path;
    size_t length = strlen(path);
    int code;

    for (;;) {
        code = make_one(request);
        if (code == ENOENT && cut_last(path)) {
            continue;
        }
        if (code != 0 || strlen(path) == length) {
            break;
        }
        path[strlen(path)] = '/';
    }
    if (code != 0) {
        fail(request, code == EEXIST && strlen(path) < length ? -ENOTDIR : -code, "mkdir");
    }
    for (size_t i = 0; i < length; i++) {
        path[i] = path[i] != 0 ? path[i] : '/';
    }
}

static void read_directory(struct file_request *request)
{
    uv_fs_t call;
    uv_dirent_t entry;
    int code = uv_fs_scandir(NULL, &call, request->path, 0, NULL);

    if (code < 0) {
        fail(request, code, "scandir");
    }
    while (code >= 0 && uv_fs_scandir_next(&call, &entry) != UV_EOF) {
        unsigned char type = (unsigned char)entry.type;
        bytes_append(&request->text, &type, 1);
        bytes_append(&request->text, entry.name, strlen(entry.name) + 1);
    }
    uv_fs_req_cleanup(&call);
    if (request->text.is_failed) {
        fail(request, -ENOMEM, "scandir");
    }
}

static int remove_tree(int parent, const char *name);

/* Removes what is in the directory. */
static int empty_directory(int fd)
{
    uv_fs_t call;
    uv_dirent_t entry;
    char self[64];
    int code;

    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    code = uv_fs_scandir(NULL, &call, self, 0, NULL);
    while (code >= 0 && uv_fs_scandir_next(&call, &entry) != UV_EOF) {
        code = remove_tree(fd, entry.name);
    }
    uv_fs_req_cleanup(&call);
    return code < 0 ? code : 0;
}

/* As deep as the tree is, one descriptor a level; symbolic links are removed, never followed. */
static int remove_tree(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0) {
        return 0;
    }
    if (errno != EISDIR && errno != EPERM) {
        return -errno;
    }
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    int code = empty_directory(fd);
    close(fd);
    return code < 0 ? code : unlinkat(parent, name, AT_REMOVEDIR) == 0 ? 0 : -errno;
}

/* flags: 1 recursive, 2 force */
static void remove_path(struct file_request *request)
{
    struct stat info;

    if (lstat(request->path, &info) != 0) {
        if (errno != ENOENT || (request->flags & 2) == 0) {
            fail(request, -errno, "lstat");
        }
        return;
    }
    if (S_ISDIR(info.st_mode) && (request->flags & 1) == 0) {
        fail(request, -EISDIR, "rm");
        return;
    }
    int code = remove_tree(AT_FDCWD, request->path);
    if (code < 0) {
        fail(request, code, S_ISDIR(info.st_mode) ? "rmdir" : "unlink");
    }
}

/* ---- single calls -------------------------------------------------------------------------------
 */

static void take_result(struct file_request *request, uv_fs_t *call)
{
    request->result = call->result;
    request->stat = call->statbuf;
    if (call->result >= 0 && (request->op == FILE_READLINK || request->op == FILE_REALPATH)) {
        bytes_append(&request->text, call->ptr, strlen(call->ptr));
    } else if (call->result >= 0 && request->op == FILE_MKDTEMP) {
        bytes_append(&request->text, call->path, strlen(call->path));
    }
    uv_fs_req_cleanup(call);
}

/* Calls on a descriptor. False when it is none of them. */
static bool call_on_fd(const struct file_request *r, uv_fs_t *call)
{
    switch (r->op) {
    case FILE_CLOSE:
        uv_fs_close(NULL, call, r->fd, NULL);
        break;
    case FILE_FSTAT:
        uv_fs_fstat(NULL, call, r->fd, NULL);
        break;
    case FILE_FCHMOD:
        uv_fs_fchmod(NULL, call, r->fd, r->mode, NULL);
        break;
    case FILE_TRUNCATE:
        uv_fs_ftruncate(NULL, call, r->fd, r->position, NULL);
        break;
    case FILE_SYNC:
        uv_fs_fsync(NULL, call, r->fd, NULL);
        break;
    case FILE_DATASYNC:
        uv_fs_fdatasync(NULL, call, r->fd, NULL);
        break;
    case FILE_FD_TIMES:
        uv_fs_futime(NULL, call, r->fd, r->accessed, r->modified, NULL);
        break;
    default:
        return false;
    }
    return true;
}

/* Calls with a second path. False when it is none of them. */
static bool call_on_two(const struct file_request *r, uv_fs_t *call)
{
    switch (r->op) {
    case FILE_RENAME:
        uv_fs_rename(NULL, call, r->path, r->target, NULL);
        break;
    case FILE_COPY:
        uv_fs_copyfile(NULL, call, r->path, r->target, r->flags, NULL);
        break;
    case FILE_LINK:
        uv_fs_link(NULL, call, r->path, r->target, NULL);
        break;
    case FILE_SYMLINK:
        uv_fs_symlink(NULL, call, r->path, r->target, 0, NULL);
        break;
    default:
        return false;
    }
    return true;
}

/* Calls on one path. False when it is none of them. */
static bool call_on_path(const struct file_request *r, uv_fs_t *call)
{
    switch (r->op) {
    case FILE_OPEN:
        uv_fs_open(NULL, call, r->path, r->flags, r->mode, NULL);
        break;
    case FILE_STAT:
        uv_fs_stat(NULL, call, r->path, NULL);
        break;
    case FILE_LSTAT:
        uv_fs_lstat(NULL, call, r->path, NULL);
        break;
    case FILE_ACCESS:
        uv_fs_access(NULL, call, r->path, r->mode, NULL);
        break;
    case FILE_CHMOD:
        uv_fs_chmod(NULL, call, r->path, r->mode, NULL);
        break;
    case FILE_TIMES:
        uv_fs_utime(NULL, call, r->path, r->accessed, r->modified, NULL);
        break;
    case FILE_READLINK:
        uv_fs_readlink(NULL, call, r->path, NULL);
        break;
    case FILE_REALPATH:
        uv_fs_realpath(NULL, call, r->path, NULL);
        break;
    case FILE_UNLINK:
        uv_fs_unlink(NULL, call, r->path, NULL);
        break;
    case FILE_RMDIR:
        uv_fs_rmdir(NULL, call, r->path, NULL);
        break;
    case FILE_MKDIR:
        uv_fs_mkdir(NULL, call, r->path, r->mode, NULL);
        break;
    case FILE_MKDTEMP:
        uv_fs_mkdtemp(NULL, call, r->path, NULL);
        break;
    default:
        return false;
    }
    return true;
}

/* What one call of libuv does. */
static void run_call(struct file_request *request)
{
    uv_fs_t call;

    memset(&call, 0, sizeof call);
    if (!call_on_fd(request, &call) && !call_on_two(request, &call) &&
        !call_on_path(request, &call)) {
        call.result = -ENOSYS;
    }
    take_result(request, &call);
}

void file_run(struct file_request *request)
{
    switch (request->op) {
    case FILE_READ:
        request->result =
            read_once(request, request->fd, data_of(request), request->size, request->position);
        break;
    case FILE_WRITE:
        request->result =
            write_once(request, request->fd, data_of(request), request->size, request->position);
        break;
    case FILE_READ_ALL:
        with_file(request, read_fd);
        break;
    case FILE_WRITE_ALL:
        with_file(request, write_fd);
        break;
    case FILE_MKDIRS:
        make_directories(request);
        break;
    case FILE_READDIR:
        read_directory(request);
        break;
    case FILE_REMOVE:
        remove_path(request);
        break;
    default:
        run_call(request);
        break;
    }
}
