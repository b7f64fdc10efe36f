/*
 * Connections, ticks and deaths. Called by the loop. Owns the listener and the sources; processes
 * and isolates belong to the model. A source lives from accept until its connection is refused or
 * its process is gone; what was closed in a round of events is freed after it, so that a watch
 * still in the round is never dangling. Invariant: process->source and source->process point to
 * each other or are NULL.
 */
#include "daemon/ingest/source.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/proc.h"
#include "daemon/ingest/pids.h"
#include "daemon/ingest/runnable.h"
#include "daemon/ingest/sums.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAITING_MAX     64 /* connections without a hello */
#define HELLO_TIMEOUT_S 10.0
#define ENDED_KEEP      1000 /* ended isolates kept, at most */
#define ORPHAN_AFTER_S  2.0
#define PROBE_END_NS    CLOCK_NS_PER_S /* a probe is waited for when its process has ended */
#define END_DRAIN_NS                                                                               \
    (2 * CLOCK_NS_PER_S) /* for the rings of a process that is gone; full ones take less */

/* socket.group. 0, or a negative errno with *error. */
static int give_to_group(const struct ingest *ingest, struct error *error)
{
    const char *name = ingest->daemon->config->socket.group;
    const struct group *group = name != NULL ? getgrnam(name) : NULL;

    if (name != NULL && group == NULL) {
        return error_set(error, -EINVAL, "socket.group: there is no group '%.64s'", name);
    }
    if (group != NULL && lchown(ingest->socket_path, (uid_t)-1, group->gr_gid) < 0) {
        return error_set(error, -errno, "socket.group: %s cannot be given to %.64s: %s",
                         ingest->socket_path, name, strerror(errno));
    }
    return 0;
}

/* Listens at the path; what listened before goes on until then. 0 or a negative errno. */
static int listen_at_path(struct ingest *ingest, struct error *error)
{
    mode_t mode = (mode_t)ingest->daemon->config->socket.mode;
    struct stat status = {0};
    int fd = door_listen(ingest->socket_path, mode, error);

    if (fd < 0) {
        return fd;
    }
    int code = give_to_group(ingest, error);
    if (code < 0) {
        close(fd);
        unlink(ingest->socket_path);
        return code;
    }
    code = watch_add(ingest->epoll, fd, EPOLLIN, &ingest->listen_watch);
    if (code < 0) {
        close(fd);
        return error_set(error, code, "epoll: %s", strerror(-code));
    }
    if (ingest->listener >= 0) {
        close(ingest->listener);
    }
    lstat(ingest->socket_path, &status);
    ingest->socket_device = status.st_dev;
    ingest->socket_inode = status.st_ino;
    ingest->listener = fd;
    return 0;
}

/* Cleaners of /tmp remove sockets too, and nobody could connect any more. */
static void keep_path(struct ingest *ingest)
{
    struct stat status;
    struct error error;

    if (lstat(ingest->socket_path, &status) == 0 && status.st_dev == ingest->socket_device &&
        status.st_ino == ingest->socket_inode) {
        return;
    }
    if (listen_at_path(ingest, &error) < 0) {
        source_log(ingest, "the socket was removed: %s", error.text);
    } else {
        log_warn("the socket %s was removed and is made again", ingest->socket_path);
    }
}

int ingest_open(struct ingest **result, const struct ingest_options *options, struct error *error)
{
    struct ingest *ingest = calloc(1, sizeof *ingest);
    int code = -ENOMEM;

    *result = NULL;
    if (ingest == NULL || (ingest->pids = pids_open(options->state_dir)) == NULL) {
        free(ingest);
        return error_set(error, -ENOMEM, "no memory");
    }
    ingest->daemon = options->daemon;
    ingest->epoll = options->epoll;
    ingest->listen_watch = (struct watch){WATCH_MAGIC, WATCH_LISTEN, ingest};
    ingest->now_ns = clock_now_ns();
    ingest->wall_offset = (double)(clock_wall_ns() - ingest->now_ns) / (double)CLOCK_NS_PER_S;
    ingest->listener = -1;
    snprintf(ingest->socket_path, sizeof ingest->socket_path, "%s", options->socket_path);
    code = listen_at_path(ingest, error);
    if (code < 0) {
        ingest_close(&ingest);
        return code;
    }
    *result = ingest;
    return 0;
}

void ingest_close(struct ingest **pointer)
{
    struct ingest *ingest = *pointer;

    *pointer = NULL;
    if (ingest == NULL) {
        return;
    }
    while (ingest->sources != NULL) {
        struct source *source = ingest->sources;
        ingest->sources = source->next;
        source_free(&source);
    }
    while (ingest->wreck_count > 0) {
        view_close(&ingest->wrecks[--ingest->wreck_count].view);
    }
    if (ingest->listener >= 0) {
        close(ingest->listener);
    }
    pids_close(&ingest->pids);
    free(ingest);
}

/* ---- the door ------------------------------------------------------------------------------- */

static void refuse_connection(struct ingest *ingest, int fd, const char *why)
{
    ingest->daemon->model.status.emitters_refused++;
    source_log(ingest, "a connection was refused: %s", why);
    close(fd);
}

static void accept_all(struct ingest *ingest)
{
    for (int i = 0; i < WAITING_MAX; i++) {
        int fd = accept4(ingest->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR)) {
            return;
        }
        if (fd < 0) {
            source_log(ingest, "accepting: %s", strerror(errno));
            ingest->is_deaf = true;
            watch_change(ingest->epoll, ingest->listener, 0, &ingest->listen_watch);
            return;
        }
        if (ingest->waiting_count >= WAITING_MAX) {
            refuse_connection(ingest, fd, "too many say no hello");
        } else if (source_new(ingest, fd) == NULL) {
            refuse_connection(ingest, fd, "no memory");
        }
    }
}

/* The first line decides. NULL when the connection is over. */
static struct source *take_hello(struct ingest *ingest, struct source *source, const char *line,
                                 size_t length)
{
    struct source *kept = NULL;
    struct error error;
    int peer = (int)source->peer_pid;

    if (hello_take(ingest, source, line, length, &kept, &error) == 0) {
        return kept;
    }
    ingest->daemon->model.status.emitters_refused++;
    source_log(ingest, "process %d refused: %s", peer, error.text);
    source_answer_error(source, error.text, 0);
    source_hang_up(ingest, source);
    return NULL;
}

/* False when the connection is over: too many lines in a row were bad. */
static bool take_line(struct ingest *ingest, struct source *source, const char *line, size_t length)
{
    struct error error;
    int code = source->is_prober ? lines_take_prober(ingest, source, line, length, &error)
                                 : lines_take(ingest, source, line, length, &error);

    if (code == 0) {
        source->bad_lines = 0;
        return source->door.fd >= 0;
    }
    ingest->daemon->model.status.lines_refused++;
    source_log(ingest, "process %" PRIu64 ", line %" PRIu64 " refused: %s",
               source->is_prober ? (uint64_t)source->peer_pid : source->process->pid,
               source->door.line, error.text);
    source_answer_error(source, error.text, source->door.line);
    if (code == -ENOENT) {
        return source->door.fd >= 0; /* too late is not bad: a file or a result nobody waits for now */
    }
    if (++source->bad_lines >= SOURCE_BAD_LINES) {
        source_answer_error(source, "too many bad lines in a row: connection closed", 0);
        source_hang_up(ingest, source);
        return false;
    }
    return source->door.fd >= 0;
}

static void pause_source(struct ingest *ingest, struct source *source)
{
    source->is_paused = true;
    if (source->door.fd >= 0) {
        watch_change(ingest->epoll, source->door.fd, 0, &source->door_watch);
    }
    if (source->bell >= 0) {
        /* an eventfd counted to its end always reports an error: once, not for ever */
        watch_change(ingest->epoll, source->bell, EPOLLET, &source->bell_watch);
    }
}

static uint64_t share_ns(const struct ingest *ingest)
{
    return (uint64_t)(ingest->daemon->config->tick.interval * SOURCE_WORK_SHARE *
                      (double)CLOCK_NS_PER_S);
}

/* What a source costs; beyond its share it is not listened to until the next tick. */
static void charge(struct ingest *ingest, struct source *source, uint64_t since_ns)
{
    source->work_ns += clock_now_ns() - since_ns;
    if (source->work_ns > share_ns(ingest) && !source->is_paused && !source->is_closed) {
        pause_source(ingest, source);
    }
}

static void read_lines(struct ingest *ingest, struct source *source)
{
    bool is_too_long = false;
    size_t length;

    char *line;
    while ((line = door_next_line(&source->door, &length, &is_too_long)) != NULL) {
        source->heard_at = ingest->wall_offset + (double)clock_now_ns() / (double)CLOCK_NS_PER_S;
        if (source->is_waiting) {
            source = take_hello(ingest, source, line, length);
            if (source == NULL) {
                return;
            }
        } else if (!take_line(ingest, source, line, length)) {
            return;
        }
    }
    if (is_too_long) {
        ingest->daemon->model.status.lines_refused++;
        source_log(ingest, "process %d: a line is longer than %d bytes", (int)source->peer_pid,
                   DOOR_LINE_MAX);
        source_answer_error(source, "a line has at most 65536 bytes: connection closed", 0);
        source_hang_up(ingest, source);
    }
}

/* Everything it sent before it left is taken first. */
static void read_door(struct ingest *ingest, struct source *source, uint32_t events)
{
    if (events & EPOLLOUT && door_flush(&source->door) == 1) {
        watch_change(ingest->epoll, source->door.fd, EPOLLIN, &source->door_watch);
    }
    int code = door_receive(&source->door);
    if (code < 0) {
        source_hang_up(ingest, source);
        return;
    }
    read_lines(ingest, source);
}

/* ---- segments ------------------------------------------------------------------------------- */

static void read_segment(struct ingest *ingest, struct source *source)
{
    ingest->now_ns = clock_now_ns();
    slots_read(ingest, source);
    drain_rings(ingest, source, ingest->now_ns + share_ns(ingest));
}

/* What kind of end a process had: its main isolate's, when that said so. */
static enum model_state end_of(const struct model *model, const struct process *process)
{
    const struct isolate *main_isolate = model_find_thread(model, process, 0);

    return main_isolate != NULL && main_isolate->has_ended ? main_isolate->state : MODEL_DIED;
}

/* Keeps the segment of a process that did not end by itself for whoever takes it. */
static void leave_wreck(struct ingest *ingest, struct source *source)
{
    const struct process *process = source->process;

    if (source->view == NULL || (process->state != MODEL_DIED && process->state != MODEL_OOM)) {
        return;
    }
    if (ingest->wreck_count == INGEST_WRECKS_MAX) {
        ingest->daemon->model.status.blackbox.refused++;
        return;
    }
    struct ingest_wreck *wreck = &ingest->wrecks[ingest->wreck_count++];
    wreck->view = source->view;
    source->view = NULL;
    wreck->pid = process->pid;
    wreck->state = model_state_names[process->state];
    wreck->ended_ns = clock_now_ns();
    wreck->ended_wall_ns = clock_wall_ns();
    snprintf(wreck->name, sizeof wreck->name, "%s", process->name);
}

bool ingest_take_wreck(struct ingest *ingest, struct ingest_wreck *wreck)
{
    if (ingest->wreck_count == 0) {
        return false;
    }
    *wreck = ingest->wrecks[--ingest->wreck_count];
    return true;
}

/* What it said until its process ended, in lines of any length; whoever else holds its connection may
 * go on writing, so not for ever. */
static void read_last(struct ingest *ingest, struct source *source)
{
    uint64_t until_ns = clock_now_ns() + END_DRAIN_NS;

    while (source->door.fd >= 0 && door_receive(&source->door) > 0 && clock_now_ns() < until_ns) {
        read_lines(ingest, source);
    }
    if (source->view != NULL && !source->is_closed) {
        ingest->now_ns = clock_now_ns();
        slots_read(ingest, source);
        drain_rings(ingest, source, ingest->now_ns + END_DRAIN_NS);
    }
}

static void forget_source(struct ingest *ingest, struct source *source)
{
    leave_wreck(ingest, source);
    *source_place(source->process, source) = NULL;
    source->process = NULL;
    source->is_closed = true;
    ingest->emitter_count--;
}

/* The end of the process of `source`, for whoever else tells of it too. */
static void source_end(struct ingest *ingest, struct source *source)
{
    struct model *model = &ingest->daemon->model;
    struct process *process = source->process;
    struct source *tellers[] = {process->probe, process->source};

    for (int i = 0; i < 2; i++) {
        if (tellers[i] != NULL) {
            read_last(ingest, tellers[i]);
        }
    }
    for (int i = 0; i < 2; i++) {
        if (tellers[i] != NULL && !tellers[i]->is_closed) {
            slots_end(ingest, tellers[i], model->t);
        }
    }
    process->state = end_of(model, process);
    process->ended_at = model->t;
    process->is_stale = false;
    actions_drop(ingest->daemon->actions, process->pid, model->t);
    log_info("process %" PRIu64 " %s", process->pid, model_state_names[process->state]);
    for (int i = 0; i < 2; i++) {
        if (tellers[i] != NULL && !tellers[i]->is_closed) {
            forget_source(ingest, tellers[i]);
        }
    }
}

/* A probe hears how the process ended and says so, then hangs up: it is waited for. */
static bool waits_for_probe(struct ingest *ingest, struct source *source)
{
    struct source *probe = source->process->probe;

    if (probe == NULL || probe->door.fd < 0) {
        return false;
    }
    epoll_ctl(ingest->epoll, EPOLL_CTL_DEL, source->pidfd, NULL);
    probe->ends_at = probe->ends_at != 0 ? probe->ends_at : clock_now_ns() + PROBE_END_NS;
    return true;
}

static bool is_gone(const struct process *process)
{
    uint64_t start_time;
    int code = proc_start_time(process->pid, &start_time);

    return code == -ESRCH || (code == 0 && start_time != process->start_time);
}

void ingest_event(struct ingest *ingest, struct watch *watch, uint32_t events)
{
    uint64_t start = clock_now_ns();

    CHECK(watch->magic == WATCH_MAGIC);
    if (watch->kind == WATCH_LISTEN) {
        accept_all(ingest);
        return;
    }
    struct source *source = watch->owner;
    if (source->is_closed) {
        return;
    }
    if (watch->kind == WATCH_PROCESS) {
        if (!waits_for_probe(ingest, source)) {
            source_end(ingest, source);
        }
        return;
    }
    if (watch->kind == WATCH_DOOR && source->door.fd >= 0) {
        read_door(ingest, source, events);
        if (source->ends_at != 0 && source->door.fd < 0 && !source->is_closed) {
            source_end(ingest, source);
            return;
        }
    } else if (watch->kind == WATCH_BELL && source->view != NULL && !source->is_paused) {
        read_segment(ingest, source);
    }
    charge(ingest, source, start);
}

/* ---- the tick ------------------------------------------------------------------------------- */

static void resume(struct ingest *ingest, struct source *source)
{
    source->work_ns = 0;
    if (!source->is_paused) {
        return;
    }
    source->is_paused = false;
    if (source->door.fd >= 0) {
        watch_change(ingest->epoll, source->door.fd, EPOLLIN, &source->door_watch);
    }
    if (source->bell >= 0) {
        watch_change(ingest->epoll, source->bell, EPOLLIN | EPOLLET, &source->bell_watch);
    }
}

static void judge_stale(struct ingest *ingest, struct source *source)
{
    const struct daemon *daemon = ingest->daemon;
    struct process *process = source->process;
    const bool is_silent = daemon->model.t - source->heard_at > daemon->config->tick.stale_after;

    source->is_silent = source->view == NULL && is_silent;
    source_judge_stale(process);
}

static void tick_source(struct ingest *ingest, struct source *source, bool is_slow)
{
    const struct model *model = &ingest->daemon->model;
    uint64_t start = clock_now_ns();

    if (source->is_closed) {
        return;
    }
    resume(ingest, source);
    if (source->is_waiting) {
        if (model->t - source->heard_at > HELLO_TIMEOUT_S) {
            source_answer_error(source, "no hello came: connection closed", 0);
            source_hang_up(ingest, source);
        }
        return;
    }
    if (source->is_prober) {
        if (source->door.fd >= 0 && source->door.out.size > 0 && door_flush(&source->door) < 0) {
            source_hang_up(ingest, source);
        }
        return;
    }
    if ((source->ends_at != 0 && start > source->ends_at) ||
        (source->pidfd < 0 && is_slow && is_gone(source->process))) {
        source_end(ingest, source);
        return;
    }
    if (source->view != NULL) {
        read_segment(ingest, source);
        if (is_slow) {
            slots_read_stores(ingest, source);
        }
    }
    if (source->door.fd >= 0 && source->door.out.size > 0 && door_flush(&source->door) < 0) {
        source_hang_up(ingest, source);
    }
    judge_stale(ingest, source);
    charge(ingest, source, start);
}

/* Every living isolate of it has a slot; one that an agent tells of need not. */
static bool has_slots(const struct process *process)
{
    return process->source != NULL ? process->source->view != NULL : process->probe != NULL;
}

/* Isolates announced by a record for which no slot ever showed: they were over already. */
static void end_orphans(struct model *model)
{
    for (size_t i = 0; i < model->isolate_count; i++) {
        struct isolate *isolate = model->isolates[i];
        const struct process *process = isolate->process;
        if (!isolate->has_ended && isolate->slot == UINT32_MAX && has_slots(process) &&
            process->totals.isolates_unlisted == 0 &&
            model->t - isolate->updated_at > ORPHAN_AFTER_S) {
            source_end_isolate(isolate, MODEL_EXITED, model->t);
        }
    }
}

static void read_self(struct model *model)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        model->status.cpu_seconds =
            (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
            1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    }
    if (proc_rss((uint64_t)getpid(), &model->status.rss) < 0) {
        model->status.rss = MODEL_UNKNOWN;
    }
}

void ingest_tick(struct ingest *ingest)
{
    struct daemon *daemon = ingest->daemon;
    struct model *model = &daemon->model;
    uint64_t second = (uint64_t)model->t;
    bool is_slow = second != ingest->slow_second;

    ingest->slow_second = second;
    ingest->now_ns = clock_now_ns();
    ingest->wall_offset = (double)(clock_wall_ns() - ingest->now_ns) / (double)CLOCK_NS_PER_S;
    if (ingest->is_deaf) {
        ingest->is_deaf = false;
        watch_change(ingest->epoll, ingest->listener, EPOLLIN, &ingest->listen_watch);
    }
    for (struct source *source = ingest->sources; source != NULL; source = source->next) {
        tick_source(ingest, source, is_slow);
    }
    if (is_slow) {
        keep_path(ingest);
        end_orphans(model);
        model_expire(model, model->t - daemon->config->tick.retain_exited, ENDED_KEEP);
        actions_expire(daemon->actions, model, model->t);
        read_self(model);
        runnable_tick(model, ingest->now_ns);
    }
    sums_update(model, daemon->config->tick.stale_after);
}

void ingest_send_actions(struct ingest *ingest)
{
    struct daemon *daemon = ingest->daemon;
    struct action *action;
    char line[256];

    while ((action = actions_next(daemon->actions)) != NULL) {
        struct process *process = model_find_process(&daemon->model, action->pid);
        struct source *source = action->is_probe   ? ingest->prober
                                : process != NULL ? process->source
                                                  : NULL;
        int length = snprintf(line, sizeof line,
                              "{\"type\":\"command\",\"id\":\"%" PRIu64
                              "\",\"do\":\"%s\",\"thread\":%" PRIu32,
                              action->id, action->what, action->thread);
        if (action->is_probe) {
            length += snprintf(line + length, sizeof line - (size_t)length, ",\"pid\":%" PRIu64,
                               action->pid);
        }
        if (action->seconds > 0) {
            length += snprintf(line + length, sizeof line - (size_t)length, ",\"seconds\":%.3f",
                               action->seconds);
        }
        if (action->interval > 0) {
            length += snprintf(line + length, sizeof line - (size_t)length,
                               ",\"interval\":%" PRIu64, action->interval);
        }
        if (action->reason[0] != '\0') {
            length += snprintf(line + length, sizeof line - (size_t)length, ",\"reason\":\"%s\"",
                               action->reason);
        }
        if (action->jobs > 0) {
            length += snprintf(line + length, sizeof line - (size_t)length, ",\"jobs\":%" PRIu64,
                               action->jobs);
        }
        length += snprintf(line + length, sizeof line - (size_t)length, "}");
        action->state = ACTION_SENT;
        if (source == NULL || source->door.fd < 0 ||
            door_send(&source->door, line, (size_t)length, NULL, 0) < 0) {
            actions_finish(action, daemon->model.t, action->is_probe ? "no isoprobe is connected"
                                            : "its process is not connected");
        }
    }
}

void ingest_sweep(struct ingest *ingest)
{
    struct source **link = &ingest->sources;

    while (*link != NULL) {
        struct source *source = *link;
        if (source->is_closed) {
            *link = source->next;
            source_free(&source);
        } else {
            link = &source->next;
        }
    }
}
