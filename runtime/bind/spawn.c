/*
 * Running another program and waiting for its end, which blocks the isolate as it does in Node. What
 * the program writes is collected by the waiting thread itself, through pipes it polls together with
 * the program's pidfd. The isolate can be told to die meanwhile: the program is killed then, so no
 * child outlives who waits for it. Owns descriptors, texts and collected bytes for the length of one
 * call; none of them is held across a call that may throw.
 */
#include "runtime/bind/spawn.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "runtime/bind/text.h"
#include "runtime/engine/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What options say of stdin, stdout and stderr; a number that is not negative is a descriptor. */
#define STREAM_PIPE   (-1)
#define STREAM_IGNORE (-2)

#define STREAMS     3
#define READ_BYTES  (64u << 10)
#define OUTPUT_MAX  (1u << 30) /* whatever the options say */
#define LOOK_MS     100 /* how often a death that sent no signal is looked for */

struct run {
    char *file, *directory;    /* owned; directory is NULL for this process's own */
    char **argv, **env;        /* owned */
    int streams[STREAMS];      /* as the options say */
    int pipes[STREAMS];        /* our ends; -1 for none */
    const unsigned char *input; /* borrowed from an argument on the stack */
    size_t input_left;
    struct bytes output[STREAMS]; /* the first is not used */
    size_t most;                  /* bytes of one output */
    uint64_t deadline;            /* CLOCK_MONOTONIC ns; UINT64_MAX for none */
    int kill_signal;
    pid_t pid;
    int pidfd;
    int status; /* as waitpid() says */
    int error;  /* errno of what failed; 0 for none */
};

/* ---- what is to be run --------------------------------------------------------------------------
 */

static char *copy_text(duk_context *ctx, duk_idx_t index)
{
    struct bytes copy;
    size_t size;
    const char *text = duk_get_lstring_default(ctx, index, &size, "", 0);
    bytes_init(&copy, 0);
    text_append(&copy, text, size);
    bytes_append(&copy, "", 1);
    char *result = copy.is_failed ? NULL : (char *)bytes_take(&copy, &size);
    bytes_fini(&copy);
    return result;
}

static char **copy_texts(duk_context *ctx, duk_idx_t index)
{
    size_t count = duk_get_length(ctx, index);
    char **texts = calloc(count + 1, sizeof *texts);
    for (size_t i = 0; texts != NULL && i < count; i++) {
        duk_get_prop_index(ctx, index, (duk_uarridx_t)i);
        texts[i] = copy_text(ctx, -1);
        duk_pop(ctx);
    }
    return texts;
}

static void free_texts(char **texts)
{
    for (char **text = texts; text != NULL && *text != NULL; text++) {
        free(*text);
    }
    free(texts);
}

static void close_pipe(struct run *run, int stream)
{
    if (run->pipes[stream] >= 0) {
        close(run->pipes[stream]);
        run->pipes[stream] = -1;
    }
}

static void run_fini(struct run *run)
{
    free(run->file);
    free(run->directory);
    free_texts(run->argv);
    free_texts(run->env);
    for (int i = 0; i < STREAMS; i++) {
        close_pipe(run, i);
        bytes_fini(&run->output[i]);
    }
    if (run->pidfd >= 0) {
        close(run->pidfd);
    }
}

/* ---- starting -----------------------------------------------------------------------------------
 */

/* Adds what the program's descriptor `stream` shall be; `end` is its end of a pipe, or -1. */
static int add_stream(struct run *run, posix_spawn_file_actions_t *actions, int stream, int *end)
{
    int ends[2];
    if (run->streams[stream] == STREAM_IGNORE) {
        return posix_spawn_file_actions_addopen(actions, stream, "/dev/null", O_RDWR, 0);
    }
    if (run->streams[stream] != STREAM_PIPE) {
        return posix_spawn_file_actions_adddup2(actions, run->streams[stream], stream);
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return errno;
    }
    run->pipes[stream] = ends[stream == 0 ? 1 : 0];
    *end = ends[stream == 0 ? 0 : 1];
    fcntl(run->pipes[stream], F_SETFL, O_NONBLOCK);
    return posix_spawn_file_actions_adddup2(actions, *end, stream);
}

/* Signals as a program expects them, whatever this process does with its own. */
static void reset_signals(posix_spawnattr_t *attributes)
{
    sigset_t set;
    sigemptyset(&set);
    posix_spawnattr_setsigmask(attributes, &set);
    sigaddset(&set, SIGPIPE);
    posix_spawnattr_setsigdefault(attributes, &set);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int start(struct run *run)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int ends[STREAMS] = {-1, -1, -1};
    int error = 0;

    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    reset_signals(&attributes);
    for (int i = 0; i < STREAMS && error == 0; i++) {
        error = add_stream(run, &actions, i, &ends[i]);
    }
    if (error == 0 && run->directory != NULL) {
        error = posix_spawn_file_actions_addchdir_np(&actions, run->directory);
    }
    if (error == 0) {
        error = posix_spawnp(&run->pid, run->file, &actions, &attributes, run->argv,
                             run->env != NULL ? run->env : environ);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    for (int i = 0; i < STREAMS; i++) {
        if (ends[i] >= 0) {
            close(ends[i]);
        }
    }
    return error;
}

/* ---- waiting ------------------------------------------------------------------------------------
 */

static void write_input(struct run *run)
{
    ssize_t size = run->input_left > 0 ? write(run->pipes[0], run->input, run->input_left) : 0;
    if (size > 0) {
        run->input += size;
        run->input_left -= (size_t)size;
    }
    if (run->input_left == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
        close_pipe(run, 0);
    }
}

/* Gives the program up for `error`; what it wrote so far stands. */
static void give_up(struct run *run, int error, int stream)
{
    run->error = error;
    close_pipe(run, stream);
    if (run->pid > 0) {
        kill(run->pid, run->kill_signal);
    }
}

/* More than `most` bytes of an output end the program, as in Node. */
static void read_output(struct run *run, int stream)
{
    struct bytes *output = &run->output[stream];
    size_t room = run->most - output->size + 1;
    room = room < READ_BYTES ? room : READ_BYTES;
    if (!bytes_reserve(output, room)) {
        give_up(run, ENOMEM, stream);
        return;
    }
    ssize_t size = read(run->pipes[stream], output->data + output->size, room);
    output->size += size > 0 ? (size_t)size : 0;
    if (output->size > run->most) {
        output->size = run->most;
        give_up(run, ENOBUFS, stream);
    } else if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
        close_pipe(run, stream);
    }
}

static int patience_ms(const struct run *run)
{
    uint64_t now = clock_now_ns();
    uint64_t left = run->deadline > now ? (run->deadline - now) / CLOCK_NS_PER_MS + 1 : 0;
    return left < LOOK_MS ? (int)left : LOOK_MS;
}

/* One look at everything; false when the program has ended and all was read. */
static bool look(struct run *run)
{
    struct pollfd watched[STREAMS + 1];
    for (int i = 0; i < STREAMS; i++) {
        watched[i] = (struct pollfd){.fd = run->pipes[i], .events = i == 0 ? POLLOUT : POLLIN};
    }
    watched[STREAMS] = (struct pollfd){.fd = run->pid > 0 ? run->pidfd : -1, .events = POLLIN};
    if (poll(watched, STREAMS + 1, patience_ms(run)) > 0) {
        if (watched[0].revents != 0) {
            write_input(run);
        }
        for (int i = 1; i < STREAMS; i++) {
            if (watched[i].revents != 0) {
                read_output(run, i);
            }
        }
    }
    if (run->pid > 0 && waitpid(run->pid, &run->status, WNOHANG) == run->pid) {
        run->pid = 0;
        close_pipe(run, 0);
    }
    return run->pid > 0 || run->pipes[1] >= 0 || run->pipes[2] >= 0;
}

/* Until the program has ended; one that outlives its time, or the isolate, is killed. */
static void wait_for(struct run *run, struct engine *engine)
{
    run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
    while (look(run)) {
        bool is_late = clock_now_ns() >= run->deadline;
        if (is_late && run->pid > 0) {
            run->error = ETIMEDOUT;
            run->deadline = UINT64_MAX;
            kill(run->pid, run->kill_signal);
        }
        if (engine_must_stop(engine)) {
            if (run->pid > 0) {
                kill(run->pid, SIGKILL);
                while (waitpid(run->pid, &run->status, 0) < 0 && errno == EINTR) {
                }
            }
            return;
        }
    }
}

/* ---- the native ---------------------------------------------------------------------------------
 */

/* Pushes [pid, exit code or null, signal or 0, errno, stdout or null, stderr or null]. */
static duk_ret_t push_result(duk_context *ctx, void *udata)
{
    const struct run *run = udata;
    bool is_run = run->error == 0 || run->status >= 0;
    duk_push_array(ctx);
    duk_push_int(ctx, is_run && WIFSIGNALED(run->status) ? WTERMSIG(run->status) : 0);
    engine_put_fresh(ctx, -2, 0);
    if (is_run && WIFEXITED(run->status)) {
        duk_push_int(ctx, WEXITSTATUS(run->status));
    } else {
        duk_push_null(ctx);
    }
    engine_put_fresh(ctx, -2, 1);
    duk_push_int(ctx, run->error);
    engine_put_fresh(ctx, -2, 2);
    for (int i = 1; i < STREAMS; i++) {
        const struct bytes *output = &run->output[i];
        if (run->streams[i] == STREAM_PIPE) {
            void *data = duk_push_fixed_buffer(ctx, output->size);
            if (output->size > 0) {
                memcpy(data, output->data, output->size);
            }
            duk_push_buffer_object(ctx, -1, 0, output->size, DUK_BUFOBJ_UINT8ARRAY);
            duk_remove(ctx, -2);
        } else {
            duk_push_null(ctx);
        }
        engine_put_fresh(ctx, -2, (duk_uarridx_t)i + 2);
    }
    return 1;
}

/*
 * run(file, argv, env or null, directory or null, [stdin, stdout, stderr], input or null, ms or 0,
 * bytes of output at most, signal): [signal, exit code, errno, stdout, stderr, pid]. All types were
 * made right by the caller.
 */
static duk_ret_t native_run(duk_context *ctx)
{
    struct run run = {.pipes = {-1, -1, -1}, .pidfd = -1, .status = -1, .deadline = UINT64_MAX};
    for (int i = 0; i < STREAMS; i++) {
        duk_get_prop_index(ctx, 4, (duk_uarridx_t)i);
        run.streams[i] = duk_require_int(ctx, -1);
        duk_pop(ctx);
    }
    duk_size_t input_size = 0;
    run.input = duk_get_buffer_data(ctx, 5, &input_size);
    run.input_left = input_size;
    double ms = duk_require_number(ctx, 6), most = duk_require_number(ctx, 7);
    run.kill_signal = duk_require_int(ctx, 8);

    if (ms > 0) {
        run.deadline = clock_now_ns() + (uint64_t)(ms * (double)CLOCK_NS_PER_MS);
    }
    run.most = most < OUTPUT_MAX ? (size_t)most : OUTPUT_MAX;
    run.file = copy_text(ctx, 0);
    run.argv = copy_texts(ctx, 1);
    run.env = duk_is_null(ctx, 2) ? NULL : copy_texts(ctx, 2);
    run.directory = duk_is_null(ctx, 3) ? NULL : copy_text(ctx, 3);
    run.error = run.file != NULL && run.argv != NULL ? start(&run) : ENOMEM;
    pid_t pid = run.pid;
    if (run.error == 0) {
        run.status = 0;
        wait_for(&run, engine_of(ctx));
    }
    duk_int_t failed = duk_safe_call(ctx, push_result, &run, 0, 1);
    run_fini(&run);

    if (failed) {
        return duk_throw(ctx);
    }
    duk_push_int(ctx, pid);
    engine_put_fresh(ctx, -2, 5);
    return 1;
}

duk_ret_t spawn_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry functions[] = {
        {"run", native_run, 9},
        {NULL, NULL, 0},
    };
    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, functions);
    return 1;
}
