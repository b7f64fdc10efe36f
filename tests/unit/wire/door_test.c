/*
 * The door's framing over real sockets: lines however they are cut, the longest line that fits and
 * the first that does not, descriptors in order and no more than fit, backlogs, sockets that are
 * stale, live, or no sockets at all.
 */
#include "wire/door.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct pair {
    struct door door; /* under test */
    int peer;         /* the other end, used raw */
};

static int set_up(void **state)
{
    struct pair *pair = calloc(1, sizeof *pair);
    int fds[2];
    *state = pair;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0) {
        return -1;
    }
    door_init(&pair->door, fds[0]);
    pair->peer = fds[1];
    return 0;
}

static int tear_down(void **state)
{
    struct pair *pair = *state;
    door_fini(&pair->door);
    close(pair->peer);
    free(pair);
    return 0;
}

static void peer_sends(struct pair *pair, const char *text, size_t length)
{
    assert_int_equal(send(pair->peer, text, length, MSG_NOSIGNAL), length);
}

static void assert_next_line(struct pair *pair, const char *expected)
{
    size_t length = 0;
    bool is_too_long;
    char *line = door_next_line(&pair->door, &length, &is_too_long);
    assert_non_null(line);
    assert_string_equal(line, expected);
    assert_int_equal(length, strlen(expected));
    assert_false(is_too_long);
}

static void assert_no_line(struct pair *pair)
{
    size_t length;
    bool is_too_long;
    assert_null(door_next_line(&pair->door, &length, &is_too_long));
    assert_false(is_too_long);
}

static void test_lines_come_whole_however_they_are_cut(void **state)
{
    struct pair *pair = *state;
    static const char text[] = "{\"a\":1}\n\n{\"b\":2}\nrest";
    assert_int_equal(door_receive(&pair->door), 0);
    for (size_t i = 0; i < strlen(text); i++) {
        peer_sends(pair, text + i, 1);
        assert_int_equal(door_receive(&pair->door), 1);
        if (i < 7) {
            assert_no_line(pair);
        }
    }
    assert_next_line(pair, "{\"a\":1}");
    assert_next_line(pair, "");
    assert_next_line(pair, "{\"b\":2}");
    assert_int_equal(pair->door.line, 3);
    assert_no_line(pair);
    assert_int_equal(pair->door.in.size, 4); /* what was taken is gone */
    peer_sends(pair, "!\n", 2);
    assert_int_equal(door_receive(&pair->door), 1);
    assert_next_line(pair, "rest!");
    assert_no_line(pair);
}

static void test_bytes_of_any_kind_are_only_bytes(void **state)
{
    struct pair *pair = *state;
    size_t length = 0;
    bool is_too_long;
    peer_sends(pair, "\0\xff\xfe{\r\n", 6);
    assert_int_equal(door_receive(&pair->door), 1);
    char *line = door_next_line(&pair->door, &length, &is_too_long);
    assert_int_equal(length, 5);
    assert_memory_equal(line, "\0\xff\xfe{\r", 6);
}

/* Sends `size` bytes and takes them in as a collector does; what the last call of receive said. */
static int pour(struct pair *pair, const char *data, size_t size)
{
    int code = 0;
    for (size_t sent = 0; sent < size;) {
        size_t left = size - sent;
        peer_sends(pair, data + sent, left < 4096 ? left : 4096);
        sent += left < 4096 ? left : 4096;
        code = door_receive(&pair->door);
    }
    return code;
}

static void test_the_longest_line_fits_and_one_byte_more_does_not(void **state)
{
    struct pair *pair = *state;
    size_t length;
    bool is_too_long;
    char *data = malloc(DOOR_LINE_MAX + 1);
    memset(data, 'x', DOOR_LINE_MAX + 1);
    data[DOOR_LINE_MAX - 1] = '\n';
    assert_int_equal(pour(pair, data, DOOR_LINE_MAX), 1);
    assert_non_null(door_next_line(&pair->door, &length, &is_too_long));
    assert_int_equal(length, DOOR_LINE_MAX - 1);
    data[DOOR_LINE_MAX - 1] = 'x';
    data[DOOR_LINE_MAX] = '\n';
    pour(pair, data, DOOR_LINE_MAX + 1);
    assert_null(door_next_line(&pair->door, &length, &is_too_long));
    assert_true(is_too_long);
    free(data);
}

static void test_an_endless_line_takes_no_endless_memory(void **state)
{
    struct pair *pair = *state;
    char block[4096];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 400; i++) {
        if (send(pair->peer, block, sizeof block, MSG_NOSIGNAL) < 0) {
            assert_int_equal(errno, EAGAIN); /* the kernel's buffer is full: we take no more */
        }
        assert_true(door_receive(&pair->door) >= 0);
    }
    assert_true(pair->door.in.capacity <= 2 * DOOR_LINE_MAX);
    size_t length;
    bool is_too_long;
    assert_null(door_next_line(&pair->door, &length, &is_too_long));
    assert_true(is_too_long);
}

static void test_the_end_of_the_peer_is_told_after_its_last_line(void **state)
{
    struct pair *pair = *state;
    peer_sends(pair, "last\nhalf", 9);
    assert_int_equal(shutdown(pair->peer, SHUT_WR), 0);
    assert_int_equal(door_receive(&pair->door), 1);
    assert_next_line(pair, "last");
    assert_no_line(pair);
    assert_int_equal(door_receive(&pair->door), -EPIPE);
}

/* ---- descriptors ---- */

static int open_fds(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++) {
        count += fcntl(fd, F_GETFD) >= 0;
    }
    return count;
}

static void peer_sends_fds(struct pair *pair, const char *text, const int *fds, int count)
{
    char control[CMSG_SPACE(sizeof(int) * 253)] = {0};
    struct iovec from = {(void *)(uintptr_t)text, strlen(text)};
    struct msghdr message = {.msg_iov = &from,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
    memcpy(CMSG_DATA(header), fds, sizeof(int) * (size_t)count);
    assert_int_equal(sendmsg(pair->peer, &message, MSG_NOSIGNAL), strlen(text));
}

static ino_t inode_of(int fd)
{
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    return status.st_ino;
}

static void test_descriptors_come_in_order_and_close_on_exec(void **state)
{
    struct pair *pair = *state;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    peer_sends_fds(pair, "hello\n", (int[]){pipes[0], STDIN_FILENO}, 2);
    assert_int_equal(door_receive(&pair->door), 1);
    assert_next_line(pair, "hello");
    int first = door_take_fd(&pair->door), second = door_take_fd(&pair->door);
    assert_int_equal(inode_of(first), inode_of(pipes[0]));
    assert_int_equal(inode_of(second), inode_of(STDIN_FILENO));
    assert_int_equal(fcntl(first, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(door_take_fd(&pair->door), -1);
    close(first);
    close(second);
    close(pipes[0]);
    close(pipes[1]);
}

static void test_descriptors_beyond_the_few_are_closed_and_counted(void **state)
{
    struct pair *pair = *state;
    int fds[253];
    for (int i = 0; i < 253; i++) {
        fds[i] = STDIN_FILENO;
    }
    int before = open_fds();
    peer_sends_fds(pair, "x", fds, 3);
    assert_int_equal(door_receive(&pair->door), 1);
    peer_sends_fds(pair, "y", fds, 253);
    assert_int_equal(door_receive(&pair->door), 1);
    for (int i = 0; i < 20; i++) {
        peer_sends_fds(pair, "z", fds, 1);
        assert_int_equal(door_receive(&pair->door), 1);
    }
    assert_int_equal(pair->door.fd_count, DOOR_FDS_MAX);
    assert_int_equal(pair->door.fds_refused, 3 + 253 + 20 - DOOR_FDS_MAX);
    assert_int_equal(open_fds(), before + DOOR_FDS_MAX);
    door_fini(&pair->door);
    assert_int_equal(open_fds(), before - 1);
    door_init(&pair->door, -1);
}

static void test_sent_lines_and_descriptors_arrive(void **state)
{
    struct pair *pair = *state;
    struct door other;
    size_t length;
    bool is_too_long;
    door_init(&other, pair->peer);
    assert_int_equal(door_send(&pair->door, "{}", 2, (int[]){STDIN_FILENO}, 1), 0);
    assert_int_equal(door_send(&pair->door, "two", 3, NULL, 0), 0);
    assert_int_equal(door_receive(&other), 1);
    while (door_receive(&other) == 1) {
    }
    assert_string_equal(door_next_line(&other, &length, &is_too_long), "{}");
    assert_string_equal(door_next_line(&other, &length, &is_too_long), "two");
    assert_int_equal(other.fd_count, 1);
    other.fd = -1; /* the peer stays the fixture's */
    door_fini(&other);
}

static void test_a_peer_that_does_not_read_is_given_up(void **state)
{
    struct pair *pair = *state;
    char *line = malloc(60000);
    memset(line, 'l', 60000);
    int code = 0, lines = 0;
    while (code == 0 && lines < 1000) {
        code = door_send(&pair->door, line, 60000, NULL, 0);
        lines++;
    }
    assert_int_equal(code, -ENOBUFS);
    assert_true(pair->door.out.size <= DOOR_BACKLOG_MAX);
    assert_int_equal(door_send(&pair->door, "{}", 2, (int[]){STDIN_FILENO}, 1), -EAGAIN);
    free(line);
}

static void test_a_backlog_arrives_whole_once_the_peer_reads(void **state)
{
    struct pair *pair = *state;
    char *line = malloc(60000), buffer[4096];
    size_t received = 0;
    memset(line, 'l', 60000);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(door_send(&pair->door, line, 60000, NULL, 0), 0);
    }
    while (received < 10 * 60001) {
        ssize_t length = recv(pair->peer, buffer, sizeof buffer, 0);
        if (length < 0) {
            assert_int_equal(errno, EAGAIN);
            assert_true(door_flush(&pair->door) >= 0);
            continue;
        }
        for (ssize_t i = 0; i < length; i++) {
            assert_int_equal(buffer[i], (received + (size_t)i + 1) % 60001 == 0 ? '\n' : 'l');
        }
        received += (size_t)length;
    }
    assert_int_equal(door_flush(&pair->door), 1);
    free(line);
}

static void test_sending_to_nobody_is_an_error_and_no_signal(void **state)
{
    struct pair *pair = *state;
    shutdown(pair->peer, SHUT_RDWR);
    assert_int_equal(door_send(&pair->door, "{}", 2, NULL, 0), -EPIPE);
}

/* ---- sockets ---- */

struct place {
    char directory[64], path[96];
};

static struct place make_place(void)
{
    struct place place = {"/tmp/door-test-XXXXXX", ""};
    assert_non_null(mkdtemp(place.directory));
    snprintf(place.path, sizeof place.path, "%s/made/collector.sock", place.directory);
    return place;
}

static void remove_place(struct place *place)
{
    unlink(place->path);
    *strrchr(place->path, '/') = '\0';
    rmdir(place->path);
    assert_int_equal(rmdir(place->directory), 0);
}

static void test_a_listening_door_is_for_its_user_alone(void **state)
{
    (void)state;
    struct place place = make_place();
    struct error error;
    struct stat status;
    pid_t pid;
    uid_t uid;
    int listener = door_listen(place.path, 0600, &error), client = door_connect(place.path);
    assert_true(listener >= 0 && client >= 0);
    assert_int_equal(stat(place.path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    int accepted = accept(listener, NULL, NULL);
    assert_int_equal(door_peer(accepted, &pid, &uid), 0);
    assert_int_equal(pid, getpid());
    assert_int_equal(uid, getuid());
    assert_int_equal(door_listen(place.path, 0600, &error), -EADDRINUSE);
    assert_non_null(strstr(error.text, place.path));
    close(accepted);
    close(client);
    close(listener);
    listener = door_listen(place.path, 0600, &error); /* stale now */
    assert_true(listener >= 0);
    close(listener);
    remove_place(&place);
}

static void test_a_file_that_is_no_socket_stays(void **state)
{
    (void)state;
    struct place place = make_place();
    struct error error;
    close(door_listen(place.path, 0600, &error));
    unlink(place.path);
    close(open(place.path, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(door_listen(place.path, 0600, &error), -EEXIST);
    assert_non_null(strstr(error.text, "--socket"));
    assert_int_equal(access(place.path, F_OK), 0);
    remove_place(&place);
}

static void test_a_path_too_long_is_refused_with_its_length(void **state)
{
    (void)state;
    struct error error;
    char path[DOOR_PATH_MAX + 2];
    memset(path, 'p', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    assert_int_equal(door_listen(path, 0600, &error), -ENAMETOOLONG);
    assert_non_null(strstr(error.text, "108"));
    assert_int_equal(door_connect(path), -ENAMETOOLONG);
    assert_int_equal(door_connect("/nowhere/at/all"), -ENOENT);
}

static void test_the_environment_names_the_only_socket(void **state)
{
    (void)state;
    struct door_paths paths;
    setenv("ISOSCOPE_SOCKET", "/tmp/mine.sock", 1);
    door_find_paths(&paths);
    assert_int_equal(paths.count, 1);
    assert_string_equal(paths.path[0], "/tmp/mine.sock");
    unsetenv("ISOSCOPE_SOCKET");
    setenv("XDG_RUNTIME_DIR", "/run/user/9", 1);
    door_find_paths(&paths);
    assert_int_equal(paths.count, 3);
    assert_string_equal(paths.path[0], "/run/isoscope/collector.sock");
    assert_string_equal(paths.path[1], "/run/user/9/isoscope/collector.sock");
    unsetenv("XDG_RUNTIME_DIR");
    door_find_paths(&paths);
    assert_int_equal(paths.count, 2);
}

static void test_the_default_path_is_the_users_own(void **state)
{
    (void)state;
    char path[DOOR_PATH_MAX + 1], long_directory[DOOR_PATH_MAX + 1];
    struct error error;
    bool was_root = geteuid() == 0;
    if (was_root) {
        assert_int_equal(door_default_path(path, &error), 0);
        assert_string_equal(path, "/run/isoscope/collector.sock");
        assert_int_equal(seteuid(65534), 0);
    }
    setenv("XDG_RUNTIME_DIR", "/run/user/9", 1);
    assert_int_equal(door_default_path(path, &error), 0);
    assert_string_equal(path, "/run/user/9/isoscope/collector.sock");
    memset(long_directory, 'd', sizeof long_directory - 1);
    long_directory[sizeof long_directory - 1] = '\0';
    setenv("XDG_RUNTIME_DIR", long_directory, 1);
    assert_int_equal(door_default_path(path, &error), -ENAMETOOLONG);
    assert_non_null(strstr(error.text, "--socket"));
    unsetenv("XDG_RUNTIME_DIR");
    assert_int_equal(door_default_path(path, &error), 0);
    assert_memory_equal(path, "/tmp/isoscope-", 14);
    if (was_root) {
        assert_int_equal(seteuid(0), 0);
    }
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PAIR(test_lines_come_whole_however_they_are_cut),
        WITH_PAIR(test_bytes_of_any_kind_are_only_bytes),
        WITH_PAIR(test_the_longest_line_fits_and_one_byte_more_does_not),
        WITH_PAIR(test_an_endless_line_takes_no_endless_memory),
        WITH_PAIR(test_the_end_of_the_peer_is_told_after_its_last_line),
        WITH_PAIR(test_descriptors_come_in_order_and_close_on_exec),
        WITH_PAIR(test_descriptors_beyond_the_few_are_closed_and_counted),
        WITH_PAIR(test_sent_lines_and_descriptors_arrive),
        WITH_PAIR(test_a_peer_that_does_not_read_is_given_up),
        WITH_PAIR(test_a_backlog_arrives_whole_once_the_peer_reads),
        WITH_PAIR(test_sending_to_nobody_is_an_error_and_no_signal),
        cmocka_unit_test(test_a_listening_door_is_for_its_user_alone),
        cmocka_unit_test(test_a_file_that_is_no_socket_stays),
        cmocka_unit_test(test_a_path_too_long_is_refused_with_its_length),
        cmocka_unit_test(test_the_default_path_is_the_users_own),
        cmocka_unit_test(test_the_environment_names_the_only_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
