/*
 * The door's framing: any bytes, cut anywhere, with any number of descriptors. The lines that come
 * out are exactly the lines that went in, up to the first that is too long; no descriptor is lost.
 *
 * A step: one byte of size (times 64), one of descriptors (modulo 8), then so many bytes to send.
 */
#include "tests/fuzz/fuzz.h"
#include "wire/door.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FDS_MAX    8
#define STEP_BYTES 64

struct state {
    struct door door;
    int peer;
    const uint8_t *sent; /* everything sent, in order */
    size_t sent_size;
    size_t checked; /* bytes of it that came out as lines */
    uint64_t fds_sent, fds_taken;
    bool is_over;
};

static void send_step(struct state *state, const uint8_t *data, size_t size, int fd_count)
{
    char control[CMSG_SPACE(sizeof(int) * FDS_MAX)] = {0};
    struct iovec from = {(void *)(uintptr_t)data, size};
    struct msghdr message = {.msg_iov = &from, .msg_iovlen = 1};
    if (fd_count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fd_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fd_count);
        for (int i = 0; i < fd_count; i++) {
            memcpy(CMSG_DATA(header) + i * sizeof(int), &state->peer, sizeof(int));
        }
    }
    FUZZ_CHECK(sendmsg(state->peer, &message, MSG_NOSIGNAL) == (ssize_t)size);
    state->fds_sent += (uint64_t)fd_count;
}

static void take_lines(struct state *state)
{
    size_t length;
    bool is_too_long;
    char *line;
    while ((line = door_next_line(&state->door, &length, &is_too_long)) != NULL) {
        FUZZ_CHECK(length < DOOR_LINE_MAX && state->checked + length < state->sent_size);
        FUZZ_CHECK(memcmp(line, state->sent + state->checked, length) == 0);
        FUZZ_CHECK(state->sent[state->checked + length] == '\n' && line[length] == '\0');
        state->checked += length + 1;
    }
    state->is_over = is_too_long;
    if (!is_too_long) {
        FUZZ_CHECK(!memchr(state->sent + state->checked, '\n', state->sent_size - state->checked));
    }
}

static void take_fds(struct state *state)
{
    int fd;
    while ((fd = door_take_fd(&state->door)) >= 0) {
        close(fd);
        state->fds_taken++;
    }
    FUZZ_CHECK(state->fds_taken + state->door.fds_refused == state->fds_sent);
}

/* The steps of the input, their bytes moved together at `sent`. */
static void run(struct state *state, const uint8_t *data, size_t size, uint8_t *sent)
{
    state->sent = sent;
    while (size > 2 && !state->is_over) {
        size_t length = (size_t)data[0] * STEP_BYTES + 1;
        int fd_count = data[1] % FDS_MAX;
        length = length < size - 2 ? length : size - 2;
        memcpy(sent + state->sent_size, data + 2, length);
        send_step(state, data + 2, length, fd_count);
        state->sent_size += length;
        data += 2 + length;
        size -= 2 + length;
        FUZZ_CHECK(door_receive(&state->door) == 1);
        while (door_receive(&state->door) == 1 && state->door.in.size <= DOOR_LINE_MAX) {
        }
        take_lines(state);
        if (fd_count % 2 == 0) {
            take_fds(state);
        }
    }
    take_fds(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct state state = {0};
    int fds[2];
    uint8_t *sent = malloc(size + 1);
    FUZZ_CHECK(sent != NULL);
    FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    door_init(&state.door, fds[0]);
    state.peer = fds[1];
    run(&state, data, size, sent);
    door_fini(&state.door);
    close(state.peer);
    free(sent);
    return 0;
}
