/*
 * Who is at the other end of a new connection, and is it who it says. Called by ingest with the
 * first line. Makes the process in the model, maps its segment, or joins the connection to the
 * source that the process has already. Invariant: nothing of the model changes before every check
 * has passed.
 */
#include "daemon/ingest/source.h"

#include "base/proc.h"
#include "daemon/ingest/pids.h"
#include "daemon/ingest/prober.h"

#include <jansson.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct hello {
    uint64_t said_pid, pid, start_time;
    char name[MODEL_TEXT_MAX];
    enum model_kind kind;
    bool is_probe, is_prober, is_configured;
    char missing[2 * MODEL_TEXT_MAX];
    char limit_flag[MODEL_FLAG_MAX];
    int segment, bell; /* owned until taken; -1 for none */
    struct view *view; /* owned until taken */
};

static int parse(struct hello *hello, const char *line, size_t length, struct error *error)
{
    json_error_t why;
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &why);
    const char *type = json_string_value(json_object_get(object, "type"));
    const char *kind = json_string_value(json_object_get(object, "kind"));
    const char *name = json_string_value(json_object_get(object, "name"));
    const char *missing = json_string_value(json_object_get(object, "missing"));
    const char *role = json_string_value(json_object_get(object, "role"));
    const char *flag = json_string_value(json_object_get(object, "limit_flag"));
    json_int_t version = json_integer_value(json_object_get(object, "version"));
    json_int_t pid = json_integer_value(json_object_get(object, "pid"));
    int code = 0;

    if (object == NULL) {
        code = error_set(error, -EINVAL, "not JSON: %s; begin with a hello",
                         why.text[0] != '\0' ? why.text : "no memory");
    } else if (type == NULL || strcmp(type, "hello") != 0) {
        code = error_set(error, -EINVAL, "the first line has to be {\"type\":\"hello\",...}");
    } else if (version != 1) {
        code = error_set(error, -EINVAL,
                         "hello: version %" JSON_INTEGER_FORMAT " is not known, 1 is", version);
    } else if (pid <= 0 || pid > INT32_MAX) {
        code = error_set(error, -EINVAL, "hello: pid has to be that of a process");
    } else if (kind == NULL) {
        code = error_set(error, -EINVAL, "hello: kind has to be duktape, v8 or other");
    } else {
        hello->said_pid = (uint64_t)pid;
        hello->kind = strcmp(kind, "duktape") == 0 ? MODEL_DUKTAPE
                      : strcmp(kind, "v8") == 0    ? MODEL_V8
                                                   : MODEL_OTHER;
        snprintf(hello->name, sizeof hello->name, "%s", name != NULL ? name : "");
        hello->is_probe = role != NULL && strcmp(role, "probe") == 0;
        hello->is_prober = role != NULL && strcmp(role, "prober") == 0;
        hello->is_configured = json_is_true(json_object_get(object, "configured"));
        snprintf(hello->missing, sizeof hello->missing, "%s", missing != NULL ? missing : "");
        snprintf(hello->limit_flag, sizeof hello->limit_flag, "%s", flag != NULL ? flag : "");
    }
    json_decref(object);
    return code;
}

/* True when process `pid` calls itself `inner` in its own pid namespace. */
static bool is_inner_pid(uint64_t pid, uint64_t inner)
{
    char path[64], text[4096];

    snprintf(path, sizeof path, "/proc/%" PRIu64 "/status", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0) {
        close(fd);
    }
    if (length <= 0) {
        return false;
    }
    text[length] = '\0';
    const char *line = strstr(text, "\nNSpid:");
    const char *end = line != NULL ? strchr(line + 1, '\n') : NULL;
    if (end == NULL) {
        return false;
    }
    while (end[-1] >= '0' && end[-1] <= '9') {
        end--;
    }
    return strtoull(end, NULL, 10) == inner;
}

/* The kernel says who is there; only root and the daemon's user speak for others. */
static int identify(struct hello *hello, const struct source *source, struct error *error)
{
    uint64_t peer = (uint64_t)source->peer_pid;

    hello->pid = hello->said_pid;
    if (hello->said_pid != peer && is_inner_pid(peer, hello->said_pid)) {
        hello->pid = peer;
    } else if (hello->said_pid != peer && source->peer_uid != 0 && source->peer_uid != geteuid()) {
        return error_set(error, -EPERM,
                         "hello: process %" PRIu64 " speaks for process %" PRIu64
                         "; only root and the collector's user may",
                         peer, hello->said_pid);
    }
    if (proc_start_time(hello->pid, &hello->start_time) < 0) {
        return error_set(error, -ESRCH, "hello: there is no process %" PRIu64, hello->pid);
    }
    return 0;
}

/* Only an eventfd is waited for: it is never read, so it cannot make the loop wait. */
static bool is_eventfd(int fd)
{
    char path[64], target[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    return strcmp(target, "anon_inode:[eventfd]") == 0;
}

static int open_segment(struct hello *hello, struct error *error)
{
    int code = view_open(&hello->view, hello->segment, error);

    if (code == 0 && hello->bell >= 0 && !is_eventfd(hello->bell)) {
        code = error_set(error, -EINVAL, "doorbell: the second descriptor has to be an eventfd");
    }
    if (code < 0) {
        return code;
    }
    if (view_pid(hello->view) != hello->said_pid ||
        view_start_time(hello->view) != hello->start_time) {
        return error_set(error, -EPERM,
                         "segment: it is of process %" PRIu64 " started at %" PRIu64
                         ", the hello is of process %" PRIu64 " started at %" PRIu64,
                         view_pid(hello->view), view_start_time(hello->view), hello->said_pid,
                         hello->start_time);
    }
    return 0;
}

/* The process of the model, which is known when it spoke before. */
static int find_process(struct ingest *ingest, const struct hello *hello, struct process **found,
                        struct error *error)
{
    struct model *model = &ingest->daemon->model;
    struct process *process = model_find_process(model, hello->pid);

    if (process != NULL && process->start_time == hello->start_time) {
        *found = process;
        return 0;
    }
    if (ingest->emitter_count >= ingest->daemon->config->socket.max_emitters) {
        return error_set(error, -EUSERS,
                         "the collector watches %u processes already (socket.max_emitters)",
                         ingest->emitter_count);
    }
    process = model_add_process(model, hello->pid, hello->start_time);
    if (process == NULL) {
        return error_set(error, -ENOMEM, "the collector is out of memory");
    }
    process->started_at = model->t;
    process->has_long_ids = pids_is_reused(ingest->pids, hello->pid, hello->start_time);
    *found = process;
    return 0;
}

/* What the source reads from now on. The same memory handed over again goes on where it was. */
static void take_segment(struct source *source, struct hello *hello)
{
    struct stat status = {0};

    source->is_probe = hello->is_probe;
    if (hello->view != NULL && fstat(hello->segment, &status) == 0 && source->view != NULL &&
        status.st_dev == source->segment_device && status.st_ino == source->segment_inode) {
        return;
    }
    if (source->view != NULL) {
        source->base = source->process->totals;
        view_close(&source->view);
        free(source->seats);
        source->seats = NULL;
        source->seat_count = source->next_slot = 0;
    }
    source->view = hello->view;
    hello->view = NULL;
    source->segment_device = status.st_dev;
    source->segment_inode = status.st_ino;
    if (!source->is_probe) {
        source->process->has_segment = source->view != NULL;
    } else {
        source->base = source->process->totals; /* what was known of it before goes on growing */
    }
}

/* A bell that cannot be waited for only means that the ticks find everything. */
static void take_bell(struct ingest *ingest, struct source *source, struct hello *hello)
{
    if (source->bell >= 0) {
        close(source->bell);
        source->bell = -1;
    }
    if (hello->bell >= 0 &&
        watch_add(ingest->epoll, hello->bell, EPOLLIN | EPOLLET, &source->bell_watch) == 0) {
        source->bell = hello->bell;
        hello->bell = -1;
    }
}

/* Told at once when the process ends; without a pidfd, the tick looks. */
static void watch_process(struct ingest *ingest, struct source *source)
{
    uint64_t start_time;
    int fd = (int)syscall(SYS_pidfd_open, (pid_t)source->process->pid, 0);

    if (fd < 0) {
        return;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (proc_start_time(source->process->pid, &start_time) == 0 &&
        start_time == source->process->start_time &&
        watch_add(ingest->epoll, fd, EPOLLIN, &source->process_watch) == 0) {
        source->pidfd = fd;
    } else {
        close(fd);
    }
}

/* Moves the connection into the source its process has already; the empty shell is freed. */
static struct source *join(struct ingest *ingest, struct source *source, struct source *older)
{
    if (older->door.fd >= 0) {
        source_answer_error(older, "the process opened another connection", 0);
        source_hang_up(ingest, older);
    }
    door_fini(&older->door);
    older->door = source->door;
    door_init(&source->door, -1);
    source->is_closed = true;
    older->peer_pid = source->peer_pid;
    older->peer_uid = source->peer_uid;
    older->bad_lines = 0;
    watch_change(ingest->epoll, older->door.fd, EPOLLIN, &older->door_watch);
    return older;
}

static void welcome(struct ingest *ingest, struct source *source)
{
    char line[128];
    int length = snprintf(line, sizeof line,
                          "{\"type\":\"welcome\",\"version\":1,\"daemon\":\"" ISOSCOPE_VERSION
                          "\",\"tick\":%g}",
                          ingest->daemon->config->tick.interval);

    if (door_send(&source->door, line, (size_t)length, NULL, 0) < 0) {
        source_hang_up(ingest, source);
    }
}

static int admit(struct ingest *ingest, struct source *source, struct hello *hello,
                 struct source **kept, struct error *error)
{
    struct process *process = NULL;
    int code = find_process(ingest, hello, &process, error);

    if (code < 0) {
        return code;
    }
    source->is_waiting = false;
    ingest->waiting_count--;
    source->is_probe = hello->is_probe;
    struct source *older = *source_place(process, source);
    if (older != NULL) {
        source = join(ingest, source, older);
    } else {
        source->process = process;
        *source_place(process, source) = source;
        process->ended_at = 0;
        process->state = MODEL_RUNNING;
        ingest->emitter_count++;
        watch_process(ingest, source);
    }
    if (!hello->is_probe || process->source == NULL) {
        memcpy(process->name, hello->name, sizeof process->name);
        process->kind = hello->kind;
    }
    if (hello->is_probe) {
        memcpy(process->missing, hello->missing, sizeof process->missing);
    } else {
        memcpy(process->limit_flag, hello->limit_flag, sizeof process->limit_flag);
    }
    source_judge_stale(process);
    take_segment(source, hello);
    take_bell(ingest, source, hello);
    welcome(ingest, source);
    *kept = source;
    return 0;
}

/* One that takes orders; the newest is asked. */
static int admit_prober(struct ingest *ingest, struct source *source, const struct hello *hello,
                        struct source **kept, struct error *error)
{
    if (source->peer_uid != 0 && source->peer_uid != geteuid()) {
        return error_set(error, -EPERM, "hello: only root and the collector's user may probe");
    }
    source->is_waiting = false;
    ingest->waiting_count--;
    if (ingest->prober != NULL) {
        source_answer_error(ingest->prober, "another isoprobe takes the orders now", 0);
        source_hang_up(ingest, ingest->prober);
    }
    source->is_prober = true;
    source->is_configured = hello->is_configured;
    ingest->prober = source;
    ingest->daemon->model.status.prober_pid = (uint64_t)source->peer_pid;
    welcome(ingest, source);
    prober_tell(ingest);
    *kept = source;
    return 0;
}

int hello_take(struct ingest *ingest, struct source *source, const char *line, size_t length,
               struct source **kept, struct error *error)
{
    struct hello hello = {.segment = door_take_fd(&source->door)};
    hello.bell = door_take_fd(&source->door);
    int code = parse(&hello, line, length, error);

    if (code == 0) {
        code = identify(&hello, source, error);
    }
    if (code == 0 && hello.is_prober) {
        code = admit_prober(ingest, source, &hello, kept, error);
    } else if (code == 0 && hello.segment >= 0) {
        code = open_segment(&hello, error);
    }
    if (code == 0 && !hello.is_prober) {
        code = admit(ingest, source, &hello, kept, error);
    }
    view_close(&hello.view);
    if (hello.segment >= 0) {
        close(hello.segment);
    }
    if (hello.bell >= 0) {
        close(hello.bell);
    }
    return code;
}
