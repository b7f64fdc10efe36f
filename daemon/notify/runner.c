/*
 * Both ends of the runner's socket: the child's loop, and encoding for the daemon's courier. The
 * child owns the pipes and processes of its jobs. Invariant: a job's reply is sent once, when its
 * program has ended; what the program started and left behind is killed then.
 */
#include "daemon/notify/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define WORDS_MAX   512 /* arguments and variables of a program */
#define REAP_MS     50  /* how often is looked for an end that no descriptor tells */
#define STATUS_LOST (-1)
#define STATUS_KILLED (-2)

/* Followed by the texts, each with its NUL: arguments, then variables; then what it reads. */
struct message {
    uint32_t id, timeout_ms;
    uint32_t command_count, environment_count, input_size;
};

/* ---- the daemon's side ----------------------------------------------------------------------- */

void runner_encode(struct bytes *out, const struct runner_request *request)
{
    struct message head = {.id = request->id,
                           .timeout_ms = request->timeout_ms,
                           .input_size = (uint32_t)request->input_size};

    while (request->command[head.command_count] != NULL) {
        head.command_count++;
    }
    while (request->environment[head.environment_count] != NULL) {
        head.environment_count++;
    }
    bytes_append(out, &head, sizeof head);
    for (uint32_t i = 0; i < head.command_count; i++) {
        bytes_append(out, request->command[i], strlen(request->command[i]) + 1);
    }
    for (uint32_t i = 0; i < head.environment_count; i++) {
        bytes_append(out, request->environment[i], strlen(request->environment[i]) + 1);
    }
    bytes_append(out, request->input, request->input_size);
    if (out->size > RUNNER_REQUEST_MAX || head.command_count + head.environment_count > WORDS_MAX) {
        out->is_failed = true;
    }
}

int runner_send(int fd, const void *message, size_t size)
{
    return send(fd, message, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int runner_receive(int fd, struct runner_reply *reply)
{
    ssize_t got = recv(fd, reply, sizeof *reply, MSG_DONTWAIT);

    if (got == (ssize_t)sizeof *reply) {
        reply->words[sizeof reply->words - 1] = '\0';
        return 1;
    }
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : got < 0 ? -errno : -EPIPE;
}

/* ---- the child ------------------------------------------------------------------------------- */

struct job {
    struct runner_reply reply;
    pid_t pid; /* 0: the place is free */
    uint64_t deadline_ns;
    bool is_late;
    int pidfd, input, errors; /* -1 when closed; a missing pidfd is made up for by looking */
    unsigned char *data;      /* owned: what it still has to read */
    size_t size, sent;
    size_t words;
};

struct child {
    int socket;
    struct job jobs[RUNNER_JOBS_MAX];
};

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

/* In the process that becomes the program. The group is its own, so all of it can be killed. */
_Noreturn static void become(char **command, char **environment, int input, int errors)
{
    sigset_t none;
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (chdir("/") < 0 || nowhere < 0 || dup2(input, STDIN_FILENO) < 0 ||
        dup2(nowhere, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0) {
        _exit(126);
    }
    execve(command[0], command, environment);
    dprintf(STDERR_FILENO, "%s", strerror(errno));
    _exit(127);
}

/* 0, or a negative errno. */
static int launch(struct job *job, char **command, char **environment)
{
    int input[2], errors[2];

    if (pipe2(input, O_CLOEXEC) < 0) {
        return -errno;
    }
    if (pipe2(errors, O_CLOEXEC) < 0) {
        int code = -errno;
        close(input[0]);
        close(input[1]);
        return code;
    }
    pid_t pid = fork();
    int code = pid < 0 ? -errno : 0;
    if (pid == 0) {
        become(command, environment, input[0], errors[1]);
    }
    close(input[0]);
    close(errors[1]);
    job->input = input[1];
    job->errors = errors[0];
    if (pid < 0) {
        return code;
    }
    setpgid(pid, pid); /* whoever of the two is first */
    job->pid = pid;
    job->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    fcntl(job->input, F_SETFL, O_NONBLOCK);
    fcntl(job->errors, F_SETFL, O_NONBLOCK);
    return 0;
}

static void finish(struct child *child, struct job *job)
{
    close_fd(&job->pidfd);
    close_fd(&job->input);
    close_fd(&job->errors);
    free(job->data);
    job->data = NULL;
    job->pid = 0;
    /* The daemon reads whenever something is there; without room for an answer it is stuck, and
     * takes the program for lost after its time. */
    if (send(child->socket, &job->reply, sizeof job->reply, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        return;
    }
}

/* The texts behind the head as an array that ends with NULL. The place behind them; NULL: they are
 * not all there. */
static char *take_words(char *at, const char *end, char **words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char *zero = memchr(at, '\0', (size_t)(end - at));
        if (zero == NULL) {
            return NULL;
        }
        words[i] = at;
        at = zero + 1;
    }
    words[count] = NULL;
    return at;
}

static int begin(struct job *job, const struct message *head, char *at, const char *end)
{
    static char *command[WORDS_MAX + 1], *environment[WORDS_MAX + 1];

    if (head->command_count == 0 || head->command_count > WORDS_MAX ||
        head->environment_count > WORDS_MAX ||
        (at = take_words(at, end, command, head->command_count)) == NULL ||
        (at = take_words(at, end, environment, head->environment_count)) == NULL ||
        head->input_size != (size_t)(end - at)) {
        return -EINVAL;
    }
    job->data = malloc(head->input_size + 1);
    if (job->data == NULL) {
        return -ENOMEM;
    }
    memcpy(job->data, at, head->input_size);
    job->size = head->input_size;
    job->deadline_ns = clock_now_ns() + head->timeout_ms * CLOCK_NS_PER_MS;
    return launch(job, command, environment);
}

static void take_request(struct child *child, char *data, size_t size)
{
    struct message head;
    struct job spare, *job = NULL;

    if (size < sizeof head) {
        return;
    }
    memcpy(&head, data, sizeof head);
    for (int i = 0; job == NULL && i < RUNNER_JOBS_MAX; i++) {
        job = child->jobs[i].pid == 0 ? &child->jobs[i] : NULL;
    }
    int code = job == NULL ? -EAGAIN : 0;
    job = job == NULL ? &spare : job;
    memset(job, 0, sizeof *job);
    job->pidfd = job->input = job->errors = -1;
    job->reply.id = head.id;
    if (code == 0) {
        code = begin(job, &head, data + sizeof head, data + size);
    }
    if (code < 0) {
        job->reply.status = STATUS_LOST;
        snprintf(job->reply.words, sizeof job->reply.words, "%s", strerror(-code));
        finish(child, job);
    }
}

static void feed(struct job *job)
{
    ssize_t written = write(job->input, job->data + job->sent, job->size - job->sent);

    job->sent += written > 0 ? (size_t)written : 0;
    bool is_over = written < 0 && errno != EAGAIN && errno != EINTR; /* it does not want to read */
    if (is_over || job->sent == job->size) {
        close_fd(&job->input);
    }
}

/* The first line of its stderr is kept, the rest is read and forgotten. */
static void listen_to(struct job *job)
{
    char text[4096];
    ssize_t got = read(job->errors, text, sizeof text);

    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        close_fd(&job->errors);
    }
    for (ssize_t i = 0; i < got && job->words < sizeof job->reply.words - 1; i++) {
        if (text[i] == '\n') {
            job->words = sizeof job->reply.words;
            break;
        }
        job->reply.words[job->words++] = text[i];
    }
}

static void look_after(struct child *child, struct job *job)
{
    int status;

    if (!job->is_late && clock_now_ns() >= job->deadline_ns) {
        job->is_late = true;
        kill(-job->pid, SIGKILL);
    }
    if (waitpid(job->pid, &status, WNOHANG) != job->pid) {
        return;
    }
    kill(-job->pid, SIGKILL); /* what it left behind */
    if (job->errors >= 0) {
        listen_to(job);
    }
    if (WIFEXITED(status)) {
        job->reply.status = WEXITSTATUS(status);
    } else {
        job->reply.status = STATUS_KILLED;
        snprintf(job->reply.words, sizeof job->reply.words,
                 job->is_late ? "it took too long and was killed" : "it died of signal %d",
                 WTERMSIG(status));
    }
    finish(child, job);
}

/* Milliseconds until something has to be looked at; -1: only when a descriptor says so. */
static int next_look(const struct child *child)
{
    uint64_t now = clock_now_ns();
    int soonest = -1;

    for (int i = 0; i < RUNNER_JOBS_MAX; i++) {
        const struct job *job = &child->jobs[i];
        if (job->pid == 0) {
            continue;
        }
        uint64_t left = job->deadline_ns > now ? job->deadline_ns - now : 0;
        int ms = job->pidfd < 0 || job->is_late ? REAP_MS : (int)(left / CLOCK_NS_PER_MS) + 1;
        soonest = soonest < 0 || ms < soonest ? ms : soonest;
    }
    return soonest;
}

static void kill_all(struct child *child)
{
    for (int i = 0; i < RUNNER_JOBS_MAX; i++) {
        if (child->jobs[i].pid != 0) {
            kill(-child->jobs[i].pid, SIGKILL);
        }
    }
}

/* What poll() is asked about. Only descriptors that are there are in it: it refuses lists longer than
 * the process may have descriptors. */
struct watched {
    struct pollfd polls[1 + 3 * RUNNER_JOBS_MAX];
    nfds_t count;
    nfds_t input[RUNNER_JOBS_MAX], errors[RUNNER_JOBS_MAX]; /* places; 0 for none */
};

/* Its place; 0 for none. */
static nfds_t watch_one(struct watched *watched, int fd, short events)
{
    if (fd < 0) {
        return 0;
    }
    watched->polls[watched->count] = (struct pollfd){.fd = fd, .events = events};
    return watched->count++;
}

static void watch_jobs(struct watched *watched, const struct child *child)
{
    watched->count = 0;
    watch_one(watched, child->socket, POLLIN);
    for (int i = 0; i < RUNNER_JOBS_MAX; i++) {
        const struct job *job = &child->jobs[i];
        bool is_there = job->pid != 0;
        watch_one(watched, is_there ? job->pidfd : -1, POLLIN);
        watched->input[i] = watch_one(watched, is_there ? job->input : -1, POLLOUT);
        watched->errors[i] = watch_one(watched, is_there ? job->errors : -1, POLLIN);
    }
}

static void serve_jobs(struct child *child, const struct watched *watched)
{
    for (int i = 0; i < RUNNER_JOBS_MAX; i++) {
        struct job *job = &child->jobs[i];
        if (watched->input[i] > 0 && watched->polls[watched->input[i]].revents != 0) {
            feed(job);
        }
        if (watched->errors[i] > 0 && watched->polls[watched->errors[i]].revents != 0) {
            listen_to(job);
        }
        if (job->pid != 0) {
            look_after(child, job);
        }
    }
}

static void take_requests(struct child *child)
{
    static char data[RUNNER_REQUEST_MAX];
    ssize_t got = recv(child->socket, data, sizeof data, MSG_DONTWAIT);

    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        kill_all(child);
        _exit(0); /* the daemon is gone */
    }
    if (got > 0) {
        take_request(child, data, (size_t)got);
    }
}

_Noreturn static void run(struct child *child)
{
    struct watched watched;

    for (;;) {
        watch_jobs(&watched, child);
        if (poll(watched.polls, watched.count, next_look(child)) < 0) {
            watched.polls[0].revents = POLLIN; /* of the others none is known */
            for (nfds_t i = 1; i < watched.count; i++) {
                watched.polls[i].revents = 0;
            }
        }
        serve_jobs(child, &watched);
        if (watched.polls[0].revents != 0) {
            take_requests(child);
        }
    }
}

int runner_start(int *fd, struct error *error)
{
    static struct child child;
    int ends[2];
    int room = 2 * (int)RUNNER_REQUEST_MAX;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
        return error_set(error, -errno, "socketpair: %s", strerror(errno));
    }
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    pid_t pid = fork();
    if (pid < 0) {
        int code = errno;
        close(ends[0]);
        close(ends[1]);
        return error_set(error, -code, "fork: %s", strerror(code));
    }
    if (pid == 0) {
        close(ends[0]);
        prctl(PR_SET_NAME, "isoscoped-exec");
        child.socket = ends[1];
        run(&child);
    }
    close(ends[1]);
    *fd = ends[0];
    return 0;
}
