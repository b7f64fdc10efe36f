/*
 * The I/O thread (io.h). Owns the libuv loop, the door and the list of workers being killed.
 * Requests of other threads wait in two lists under the lock; an async handle wakes the loop for
 * them. Invariant: handles are touched by the loop's thread alone, but for uv_async_send().
 */
#include "runtime/io.h"

#include "base/log.h"
#include "runtime/errand.h"
#include "runtime/growth.h"
#include "runtime/host.h"
#include "runtime/isolate.h"
#include "runtime/worker.h"
#include "wire/door.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <uv.h>

#define RECONNECT_MS 1000
#define NATIVE_EVERY 3 /* times of the above */
#define KILL_MS      1

struct line {
    struct line *next;
    char *text; /* owned */
    int fd;     /* owned; -1 for none */
};

struct victim {
    struct victim *next;
    struct worker *worker; /* counted */
};

struct task {
    struct task *next;
    uv_work_t work;
    void (*run)(void *argument);
    void *argument;
};

struct io {
    struct host *host;
    uv_loop_t loop;
    uv_async_t wake;
    uv_timer_t reconnect, kill, look;
    unsigned seconds; /* that it was connected, of the reconnect timer's */
    uv_poll_t poll;
    uv_thread_t thread;
    struct door door; /* fd -1 while there is no collector */
    bool is_polling;
    struct victim *victims;        /* the loop's own */
    struct errands errands;        /* likewise */
    struct line *held, **held_end; /* lines to be written, while the door has no room; likewise */

    pthread_mutex_t lock; /* guards what follows */
    bool is_started, is_stopping;
    struct line *lines, **lines_end;
    struct victim *new_victims;
    struct task *tasks, **tasks_end;
    unsigned task_count; /* not done yet, the ones of libuv included */
};

int io_kill_signal(void)
{
    return SIGRTMIN + 3;
}

static void door_watch(struct io *io);

static void poll_closed(uv_handle_t *handle)
{
    struct io *io = handle->data;

    door_fini(&io->door);
    io->is_polling = false;
}

/* The collector is gone, or has never been: the reconnect timer will look for one. */
static void door_drop(struct io *io)
{
    if (io->is_polling && !uv_is_closing((uv_handle_t *)&io->poll)) {
        uv_poll_stop(&io->poll);
        uv_close((uv_handle_t *)&io->poll, poll_closed);
    }
}

static bool is_open(const struct io *io)
{
    return io->is_polling && !uv_is_closing((const uv_handle_t *)&io->poll);
}

static void door_write(struct io *io, const char *text, const int *fds, int fd_count)
{
    if (is_open(io)) {
        if (door_send(&io->door, text, strlen(text), fds, fd_count) < 0) {
            door_drop(io);
        } else {
            door_watch(io);
        }
    }
}

static void free_line(struct line *line)
{
    if (line->fd >= 0) {
        close(line->fd);
    }
    free(line->text);
    free(line);
}

/* A descriptor goes only when nothing else waits to be written; what comes behind it waits too. */
static void send_held(struct io *io)
{
    while (io->held != NULL) {
        struct line *line = io->held;
        if (line->fd >= 0 && is_open(io) && door_flush(&io->door) == 0) {
            door_watch(io);
            return;
        }
        io->held = line->next;
        if (io->held == NULL) {
            io->held_end = &io->held;
        }
        door_write(io, line->text, &line->fd, line->fd >= 0);
        free_line(line);
    }
}

static void look_at_errands(uv_timer_t *timer)
{
    struct io *io = timer->data;

    if (!errands_look(&io->errands)) {
        uv_timer_stop(timer);
    }
}

static double number_of(const json_t *command, const char *key, double high, double otherwise)
{
    const json_t *value = json_object_get(command, key);
    double number = json_is_number(value) ? json_number_value(value) : otherwise;

    return number < 0 ? 0 : number > high ? high : number;
}

/* False when there is no such isolate. */
static bool send_errand(struct io *io, const json_t *command, uint32_t thread)
{
    struct errand_order order = {
        .id = json_string_value(json_object_get(command, "id")),
        .verb = json_string_value(json_object_get(command, "do")),
        .seconds = number_of(command, "seconds", ERRAND_PROFILE_S_MAX, ERRAND_PROFILE_S),
        .interval = (uint64_t)number_of(command, "interval", 1e12, (double)ERRAND_INTERVAL),
        .jobs = (uint64_t)number_of(command, "jobs", GROWTH_JOBS_MAX, GROWTH_JOBS),
    };
    bool is_sent = errands_send(&io->errands, thread, &order);

    if (is_sent) {
        uv_timer_start(&io->look, look_at_errands, ERRAND_LOOK_MS, ERRAND_LOOK_MS);
    }
    return is_sent;
}

static void handle_command(struct io *io, const json_t *command)
{
    const struct host_order order = {
        .id = json_string_value(json_object_get(command, "id")),
        .verb = json_string_value(json_object_get(command, "do")),
        .reason = json_string_value(json_object_get(command, "reason")),
    };
    const json_t *thread = json_object_get(command, "thread");

    if (order.id == NULL || order.verb == NULL || !json_is_integer(thread)) {
        return;
    }
    json_int_t number = json_integer_value(thread);
    bool is_sent = number >= 0 && number <= UINT32_MAX &&
                   (errand_is_verb(order.verb) ? send_errand(io, command, (uint32_t)number)
                                               : host_command(io->host, (uint32_t)number, &order));
    if (!is_sent) {
        host_answer(io->host, order.id, "no such isolate");
    }
}

static void handle_line(struct io *io, const char *text, size_t length)
{
    json_error_t error;
    json_t *line = json_loadb(text, length, 0, &error);
    const char *type = json_string_value(json_object_get(line, "type"));
    const char *refusal = json_string_value(json_object_get(line, "error"));

    if (type != NULL && strcmp(type, "command") == 0) {
        handle_command(io, line);
    } else if (refusal != NULL) {
        log_warn("the collector refuses: %s", refusal);
    }
    json_decref(line);
}

static void door_ready(uv_poll_t *poll, int status, int events)
{
    struct io *io = poll->data;
    int code = status < 0 ? status : 1;

    while (code > 0 && (events & UV_READABLE) != 0) {
        size_t length;
        bool is_too_long = false;
        char *line;
        code = door_receive(&io->door);
        while ((line = door_next_line(&io->door, &length, &is_too_long)) != NULL) {
            handle_line(io, line, length);
        }
        if (is_too_long) {
            code = -EMSGSIZE;
        }
    }
    if (code >= 0) {
        code = door_flush(&io->door);
    }
    if (code < 0) {
        door_drop(io);
    } else {
        door_watch(io);
        send_held(io);
    }
}

/* Watches for lines, and for room when something waits to be written. */
static void door_watch(struct io *io)
{
    int events = UV_READABLE | (io->door.out.size > 0 ? UV_WRITABLE : 0);

    uv_poll_start(&io->poll, events, door_ready);
}

static int connect_somewhere(const struct host_options *options)
{
    struct door_paths paths;
    int fd = -ENOENT;

    if (options->collector != NULL) {
        return door_connect(options->collector);
    }
    door_find_paths(&paths);
    for (int i = 0; i < paths.count && fd < 0; i++) {
        fd = door_connect(paths.path[i]);
    }
    return fd;
}

static void say_hello(struct io *io)
{
    const struct host_options *options = host_options(io->host);
    struct segment *segment = host_segment(io->host);
    int fds[2] = {segment_fd(segment), segment_doorbell(segment)};
    json_t *hello = json_pack("{s:s,s:i,s:i,s:s,s:s}", "type", "hello", "version", 1, "pid",
                              (int)getpid(), "name", options->name, "kind", "duktape");
    char *text = hello != NULL ? json_dumps(hello, JSON_COMPACT) : NULL;

    json_decref(hello);
    if (text != NULL) {
        door_write(io, text, fds, 2);
    }
    free(text);
}

/* What malloc() holds, for a collector that wonders where resident memory is. It takes each of its
 * locks for a moment, so it is asked seldom. */
static void tell_native(struct io *io)
{
    struct wire_process *process = host_process(io->host);
    struct mallinfo2 info = mallinfo2();

    atomic_store_explicit(&process->malloc_used, info.uordblks + info.hblkhd, memory_order_relaxed);
    atomic_store_explicit(&process->malloc_free, info.fordblks, memory_order_relaxed);
}

static void try_connect(uv_timer_t *timer)
{
    struct io *io = timer->data;

    if (is_open(io) && io->seconds++ % NATIVE_EVERY == 0) {
        tell_native(io);
    }
    if (io->is_polling || host_segment(io->host) == NULL) {
        return;
    }
    int fd = connect_somewhere(host_options(io->host));
    if (fd < 0) {
        return;
    }
    door_init(&io->door, fd);
    if (uv_poll_init(&io->loop, &io->poll, fd) < 0) {
        door_fini(&io->door);
        return;
    }
    io->poll.data = io;
    io->is_polling = true;
    door_watch(io);
    say_hello(io);
}

static void kill_again(uv_timer_t *timer)
{
    struct io *io = timer->data;

    for (struct victim **at = &io->victims; *at != NULL;) {
        struct victim *victim = *at;
        if (worker_signal(victim->worker, io_kill_signal())) {
            at = &victim->next;
            continue;
        }
        *at = victim->next;
        worker_unref(&victim->worker);
        free(victim);
    }
    if (io->victims == NULL) {
        uv_timer_stop(&io->kill);
    }
}

static void close_handle(uv_handle_t *handle, void *argument)
{
    struct io *io = argument;

    if (!uv_is_closing(handle)) {
        uv_close(handle, handle == (uv_handle_t *)&io->poll ? poll_closed : NULL);
    }
}

static void task_run(uv_work_t *work)
{
    struct task *task = work->data;

    task->run(task->argument);
}

static void task_done(uv_work_t *work, int status)
{
    struct io *io = work->loop->data;

    (void)status; /* nothing is cancelled */
    pthread_mutex_lock(&io->lock);
    io->task_count--;
    pthread_mutex_unlock(&io->lock);
    free(work->data);
}

/* libuv's own threads do what may wait, so that the door is never kept waiting. */
static void start_tasks(struct io *io, struct task *tasks)
{
    while (tasks != NULL) {
        struct task *task = tasks;
        tasks = task->next;
        task->work.data = task;
        uv_queue_work(&io->loop, &task->work, task_run, task_done);
    }
}

static void woken(uv_async_t *async)
{
    struct io *io = async->data;

    pthread_mutex_lock(&io->lock);
    struct line *lines = io->lines;
    struct victim *victims = io->new_victims;
    struct task *tasks = io->tasks;
    bool is_stopping = io->is_stopping;
    io->lines = NULL;
    io->lines_end = &io->lines;
    io->new_victims = NULL;
    io->tasks = NULL;
    io->tasks_end = &io->tasks;
    pthread_mutex_unlock(&io->lock);

    start_tasks(io, tasks);

    *io->held_end = lines;
    while (*io->held_end != NULL) {
        io->held_end = &(*io->held_end)->next;
    }
    send_held(io);
    while (victims != NULL) {
        struct victim *victim = victims;
        victims = victim->next;
        victim->next = io->victims;
        io->victims = victim;
    }
    if (io->victims != NULL) {
        kill_again(&io->kill);
        if (io->victims != NULL && !uv_is_active((uv_handle_t *)&io->kill)) {
            uv_timer_start(&io->kill, kill_again, KILL_MS, KILL_MS);
        }
    }
    if (is_stopping) {
        uv_walk(&io->loop, close_handle, io);
    }
}

static void io_main(void *argument)
{
    struct io *io = argument;

    uv_timer_start(&io->reconnect, try_connect, 0, RECONNECT_MS);
    uv_run(&io->loop, UV_RUN_DEFAULT);
}

static void install_signal(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = isolate_on_signal;
    sigemptyset(&action.sa_mask);
    sigaction(io_kill_signal(), &action, NULL); /* no SA_RESTART: sleeps must end */
}

int io_open(struct io **result, struct host *host, struct error *error)
{
    struct io *io = calloc(1, sizeof *io);

    *result = NULL;
    if (io == NULL) {
        return error_set(error, -ENOMEM, "no memory");
    }
    io->host = io->errands.host = host;
    io->held_end = &io->held;
    io->door.fd = -1;
    io->lines_end = &io->lines;
    io->tasks_end = &io->tasks;
    pthread_mutex_init(&io->lock, NULL);
    install_signal();
    *result = io;
    return 0;
}

int io_start(struct io *io, struct error *error)
{
    int code = 0;

    pthread_mutex_lock(&io->lock);
    if (!io->is_started) {
        code = uv_loop_init(&io->loop);
        if (code == 0) {
            io->loop.data = io;
            uv_async_init(&io->loop, &io->wake, woken);
            uv_timer_init(&io->loop, &io->reconnect);
            uv_timer_init(&io->loop, &io->kill);
            uv_timer_init(&io->loop, &io->look);
            io->wake.data = io->reconnect.data = io->kill.data = io->look.data = io;
            code = uv_thread_create(&io->thread, io_main, io);
            io->is_started = code == 0;
        }
    }
    pthread_mutex_unlock(&io->lock);
    return code == 0 ? 0 : error_set(error, code, "I/O thread: %s", uv_strerror(code));
}

void io_close(struct io **place)
{
    struct io *io = *place;

    *place = NULL;
    if (io == NULL) {
        return;
    }
    if (io->is_started) {
        pthread_mutex_lock(&io->lock);
        io->is_stopping = true;
        pthread_mutex_unlock(&io->lock);
        uv_async_send(&io->wake);
        uv_thread_join(&io->thread);
        uv_loop_close(&io->loop);
    }
    while (io->victims != NULL) {
        struct victim *victim = io->victims;
        io->victims = victim->next;
        worker_unref(&victim->worker);
        free(victim);
    }
    while (io->held != NULL || (io->held = io->lines) != NULL) {
        struct line *line = io->held;
        io->lines = NULL;
        io->held = line->next;
        free_line(line);
    }
    errands_fini(&io->errands);
    pthread_mutex_destroy(&io->lock);
    free(io);
}

void io_send(struct io *io, char *text, int fd)
{
    struct line *line = malloc(sizeof *line);

    if (line == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        free(text);
        return;
    }
    line->text = text;
    line->fd = fd;
    line->next = NULL;
    pthread_mutex_lock(&io->lock);
    *io->lines_end = line;
    io->lines_end = &line->next;
    pthread_mutex_unlock(&io->lock);
    uv_async_send(&io->wake);
}

void io_kill(struct io *io, struct worker *worker)
{
    struct victim *victim = malloc(sizeof *victim);

    if (victim == NULL || io_start(io, NULL) < 0) {
        free(victim);
        return; /* the engine's own counter still ends every loop; only long natives last longer */
    }
    victim->worker = worker_ref(worker);
    pthread_mutex_lock(&io->lock);
    victim->next = io->new_victims;
    io->new_victims = victim;
    pthread_mutex_unlock(&io->lock);
    uv_async_send(&io->wake);
}

int io_work(struct io *io, void (*run)(void *argument), void *argument)
{
    struct task *task = calloc(1, sizeof *task);
    int code = task == NULL ? -ENOMEM : io_start(io, NULL);

    if (code < 0) {
        free(task);
        return code;
    }
    task->run = run;
    task->argument = argument;
    pthread_mutex_lock(&io->lock);
    *io->tasks_end = task;
    io->tasks_end = &task->next;
    io->task_count++;
    pthread_mutex_unlock(&io->lock);
    uv_async_send(&io->wake);
    return 0;
}

bool io_is_working(struct io *io)
{
    pthread_mutex_lock(&io->lock);
    bool is_working = io->task_count > 0;
    pthread_mutex_unlock(&io->lock);
    return is_working;
}
