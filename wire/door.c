/*
 * Framing of the door (door.h): used by the collector for every emitter and by emitters for their
 * one collector. Owns the socket, its two buffers and descriptors that were received but not taken.
 * Invariant: nothing the peer sends can grow memory beyond DOOR_LINE_MAX or descriptors beyond
 * DOOR_FDS_MAX.
 */
#include "wire/door.h"

#include "base/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME    "collector.sock"
#define LISTEN_QUEUE   128
#define RECEIVE_BYTES  16384
#define KERNEL_FDS_MAX 253 /* SCM_MAX_FD: no message carries more */

static void add_path(struct door_paths *paths, const char *directory, const char *file)
{
    char *path = paths->path[paths->count];
    int length = snprintf(path, DOOR_PATH_MAX + 1, "%s/%s", directory, file);

    if (length > 0 && length <= DOOR_PATH_MAX) {
        paths->count++; /* a path that cannot be a socket address cannot be a collector's */
    }
}

static void add_tmp_path(struct door_paths *paths)
{
    char directory[64];

    snprintf(directory, sizeof directory, "/tmp/isoscope-%u", (unsigned)getuid());
    add_path(paths, directory, SOCKET_NAME);
}

void door_find_paths(struct door_paths *paths)
{
    const char *given = getenv("ISOSCOPE_SOCKET");
    const char *runtime = getenv("XDG_RUNTIME_DIR");

    paths->count = 0;
    if (given != NULL && given[0] != '\0') {
        if (strlen(given) <= DOOR_PATH_MAX) {
            strcpy(paths->path[paths->count++], given);
        }
        return;
    }
    add_path(paths, "/run/isoscope", SOCKET_NAME);
    if (runtime != NULL && runtime[0] != '\0') {
        add_path(paths, runtime, "isoscope/" SOCKET_NAME);
    }
    add_tmp_path(paths);
}

int door_default_path(char path[DOOR_PATH_MAX + 1], struct error *error)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    struct door_paths paths = {.count = 0};

    if (geteuid() == 0) {
        add_path(&paths, "/run/isoscope", SOCKET_NAME);
    } else if (runtime != NULL && runtime[0] != '\0') {
        add_path(&paths, runtime, "isoscope/" SOCKET_NAME);
        if (paths.count == 0) {
            return error_set(error, -ENAMETOOLONG,
                             "socket path below XDG_RUNTIME_DIR is longer than %d bytes: give a "
                             "shorter one with --socket",
                             DOOR_PATH_MAX);
        }
    } else {
        add_tmp_path(&paths);
    }
    CHECK(paths.count == 1);
    strcpy(path, paths.path[0]);
    return 0;
}

static int make_address(const char *path, struct sockaddr_un *address)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (path[0] == '\0' || strlen(path) > DOOR_PATH_MAX) {
        return -ENAMETOOLONG;
    }
    strcpy(address->sun_path, path);
    return 0;
}

int door_connect(const char *path)
{
    struct sockaddr_un address;
    int code = make_address(path, &address);

    if (code < 0) {
        return code;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -errno;
    }
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        code = -errno;
        close(fd);
        return code;
    }
    return fd;
}

/* Makes the directory of `path` when it is missing, for this user alone. */
static int make_directory(const char *path, struct error *error)
{
    char directory[DOOR_PATH_MAX + 1];

    strcpy(directory, path);
    char *slash = strrchr(directory, '/');
    if (slash == NULL || slash == directory) {
        return 0;
    }
    *slash = '\0';
    if (mkdir(directory, 0700) < 0 && errno != EEXIST) {
        return error_set(error, -errno, "directory %s of the socket: %s", directory,
                         strerror(errno));
    }
    return 0;
}

/* Removes what a dead collector left at `path`; a socket that answers, or another file, stays. */
static int clear_path(const char *path, struct error *error)
{
    struct stat status;

    if (lstat(path, &status) < 0) {
        return 0;
    }
    if (!S_ISSOCK(status.st_mode)) {
        return error_set(error, -EEXIST,
                         "%s exists and is not a socket: remove it or choose another "
                         "path with --socket",
                         path);
    }
    int fd = door_connect(path);
    if (fd >= 0 || fd == -EAGAIN) {
        if (fd >= 0) {
            close(fd);
        }
        return error_set(error, -EADDRINUSE,
                         "another collector listens on %s: stop it or choose "
                         "another path with --socket",
                         path);
    }
    if (unlink(path) < 0) {
        return error_set(error, -errno, "stale socket %s: %s", path, strerror(errno));
    }
    return 0;
}

int door_listen(const char *path, mode_t mode, struct error *error)
{
    struct sockaddr_un address;
    int code = make_address(path, &address);

    if (code < 0) {
        return error_set(error, code,
                         "socket path %s is %zu bytes long, at most %d fit: give a "
                         "shorter one with --socket",
                         path, strlen(path), DOOR_PATH_MAX);
    }
    if ((code = make_directory(path, error)) < 0 || (code = clear_path(path, error)) < 0) {
        return code;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return error_set(error, -errno, "socket: %s", strerror(errno));
    }
    if (fchmod(fd, mode) < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        chmod(path, mode) < 0 || listen(fd, LISTEN_QUEUE) < 0) {
        code = error_set(error, -errno, "listening on %s: %s", path, strerror(errno));
        close(fd);
        return code;
    }
    return fd;
}

void door_init(struct door *door, int fd)
{
    memset(door, 0, sizeof *door);
    door->fd = fd;
    bytes_init(&door->in, DOOR_LINE_MAX + RECEIVE_BYTES);
    bytes_init(&door->out, DOOR_BACKLOG_MAX);
}

void door_fini(struct door *door)
{
    int fd;

    while ((fd = door_take_fd(door)) >= 0) {
        close(fd);
    }
    if (door->fd >= 0) {
        close(door->fd);
    }
    door->fd = -1;
    bytes_fini(&door->in);
    bytes_fini(&door->out);
}

static void keep_fds(struct door *door, struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (door->fd_count < DOOR_FDS_MAX) {
                door->fds[door->fd_count++] = fd;
            } else {
                close(fd);
                door->fds_refused++;
            }
        }
    }
}

/* Once for all lines taken, not for each: many short ones would cost the square of their number. */
static void drop_taken(struct door *door)
{
    bytes_consume(&door->in, door->taken);
    door->taken = 0;
}

int door_receive(struct door *door)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int) * KERNEL_FDS_MAX)];
        struct cmsghdr align;
    } control;

    drop_taken(door);
    if (door->in.size > DOOR_LINE_MAX) {
        return 1; /* a line too long waits to be found; take no more */
    }
    if (!bytes_reserve(&door->in, RECEIVE_BYTES)) {
        return -ENOMEM;
    }
    struct iovec into = {door->in.data + door->in.size, RECEIVE_BYTES};
    struct msghdr message = {.msg_iov = &into,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t length = recvmsg(door->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0) {
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    }
    keep_fds(door, &message);
    if (length == 0) {
        return -EPIPE;
    }
    door->in.size += (size_t)length;
    return 1;
}

char *door_next_line(struct door *door, size_t *length, bool *is_too_long)
{
    *is_too_long = false;
    size_t left = door->in.size - door->taken;
    size_t scan = left < DOOR_LINE_MAX ? left : DOOR_LINE_MAX;
    char *line = scan > 0 ? (char *)door->in.data + door->taken : NULL;
    char *end = scan > 0 ? memchr(line, '\n', scan) : NULL;
    if (end == NULL) {
        drop_taken(door);
        *is_too_long = left >= DOOR_LINE_MAX;
        return NULL;
    }
    *end = '\0';
    *length = (size_t)(end - line);
    door->taken += *length + 1;
    door->line++;
    return line;
}

int door_take_fd(struct door *door)
{
    if (door->fd_count == 0) {
        return -1;
    }
    int fd = door->fds[0];
    door->fd_count--;
    memmove(door->fds, door->fds + 1, (size_t)door->fd_count * sizeof *door->fds);
    return fd;
}

/* One sendmsg; the bytes taken by the kernel, 0 when it takes none now, or a negative errno. */
static ssize_t send_some(int socket_fd, const void *data, size_t size, const int *fds, int fd_count)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int) * DOOR_FDS_MAX)];
        struct cmsghdr align;
    } control;
    struct iovec from = {(void *)(uintptr_t)data, size};
    struct msghdr message = {.msg_iov = &from, .msg_iovlen = 1};

    if (fd_count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fd_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fd_count);
        memcpy(CMSG_DATA(header), fds, sizeof(int) * (size_t)fd_count);
    }
    ssize_t sent = sendmsg(socket_fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    }
    return sent;
}

int door_flush(struct door *door)
{
    while (door->out.size > 0) {
        ssize_t sent = send_some(door->fd, door->out.data, door->out.size, NULL, 0);
        if (sent <= 0) {
            return (int)sent;
        }
        bytes_consume(&door->out, (size_t)sent);
    }
    return 1;
}

int door_send(struct door *door, const char *line, size_t length, const int *fds, int fd_count)
{
    CHECK(fd_count <= DOOR_FDS_MAX);
    int code = door_flush(door);
    if (code < 0) {
        return code;
    }
    if (fd_count > 0 && door->out.size > 0) {
        return -EAGAIN;
    }
    size_t before = door->out.size;
    bytes_append(&door->out, line, length);
    bytes_append(&door->out, "\n", 1);
    if (door->out.is_failed) {
        return -ENOBUFS;
    }
    if (before > 0) {
        return 0;
    }
    ssize_t sent = send_some(door->fd, door->out.data, door->out.size, fds, fd_count);
    if (sent < 0) {
        return (int)sent;
    }
    if (sent == 0 && fd_count > 0) {
        bytes_clear(&door->out);
        return -EAGAIN;
    }
    bytes_consume(&door->out, (size_t)sent);
    code = door_flush(door);
    return code < 0 ? code : 0;
}

int door_peer(int fd, pid_t *pid, uid_t *uid)
{
    struct ucred peer;
    socklen_t length = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) {
        return -errno;
    }
    *pid = peer.pid;
    *uid = peer.uid;
    return 0;
}
