/*
 * The table of actions. Called by views (queue, find) and by ingest (send, finish). Owns nothing
 * outside itself. Invariant: an unfinished action is never pushed out by a new one.
 */
#include "daemon/actions.h"

#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const actions_state_names[] = {"queued", "sent", "done", "failed"};

struct actions {
    uint64_t last; /* id of the newest; action n lies at n modulo ACTIONS_MAX */
    struct action table[ACTIONS_MAX];
};

static void close_file(struct action *action)
{
    if (action->fd >= 0) {
        close(action->fd);
    }
    action->fd = -1;
}

struct actions *actions_new(void)
{
    struct actions *actions = calloc(1, sizeof(struct actions));

    for (size_t i = 0; actions != NULL && i < ACTIONS_MAX; i++) {
        actions->table[i].fd = -1;
    }
    return actions;
}

void actions_free(struct actions **actions)
{
    for (size_t i = 0; *actions != NULL && i < ACTIONS_MAX; i++) {
        close_file(&(*actions)->table[i]);
    }
    free(*actions);
    *actions = NULL;
}

static bool is_waiting(const struct action *action)
{
    return action->id != 0 && (action->state == ACTION_QUEUED || action->state == ACTION_SENT);
}

/* What speaks against it before anybody is asked. */
static int check_request(const struct isolate *isolate, const char *id, const char *what,
                         struct error *error)
{
    static const char *const known[] = {"gc", "recycle", "snapshot", "profile", "census", "growth"};
    bool is_known = false;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        is_known |= strcmp(what, known[i]) == 0;
    }
    if (!is_known) {
        return error_set(error, -EINVAL, "no action %.32s", what);
    }
    if (isolate == NULL) {
        return error_set(error, -ENOENT, "no isolate %.*s; /api/v1/isolates lists them",
                         MODEL_ID_MAX, id);
    }
    if (isolate->has_ended) {
        return error_set(error, -ESRCH, "isolate %s has ended", isolate->id);
    }
    if (isolate->process->source == NULL && isolate->process->probe != NULL) {
        return error_set(error, -EOPNOTSUPP,
                         "isolate %s is only observed from outside: load @isoscope/agent into its "
                         "process for orders",
                         isolate->id);
    }
    if (isolate->process->source == NULL || isolate->process->is_stale) {
        return error_set(error, -ESRCH, "process %llu of isolate %s is not connected",
                         (unsigned long long)isolate->process->pid, isolate->id);
    }
    bool is_growth = strcmp(what, "growth") == 0;
    bool is_able = isolate->process->kind == MODEL_DUKTAPE ||
                   (is_growth && isolate->process->kind == MODEL_V8);
    if ((is_growth || strcmp(what, "census") == 0) && !is_able) {
        return error_set(error, -EOPNOTSUPP, "the emitter of isolate %s cannot take a %s",
                         isolate->id, what);
    }
    return 0;
}

/* A new one; NULL with *error when too many wait. */
static struct action *add(struct actions *actions, const char *what, struct error *error)
{
    struct action *action = &actions->table[(actions->last + 1) % ACTIONS_MAX];

    if (is_waiting(action)) {
        error_set(error, -EAGAIN, "%d actions wait for their result; try again later",
                  ACTIONS_MAX);
        return NULL;
    }
    close_file(action);
    memset(action, 0, sizeof *action);
    action->fd = -1;
    action->id = ++actions->last;
    snprintf(action->what, sizeof action->what, "%s", what);
    return action;
}

int actions_queue_probe(struct actions *actions, const struct model *model, uint64_t pid,
                        const char *what, uint64_t *id, struct error *error)
{
    const struct process *process = model_find_process(model, pid);
    bool is_attach = strcmp(what, "attach") == 0;
    uint64_t start_time;

    if (!is_attach && (process == NULL || process->probe == NULL)) {
        return error_set(error, -ESRCH, "no probe looks at process %llu", (unsigned long long)pid);
    }
    if (is_attach && proc_start_time(pid, &start_time) < 0) {
        return error_set(error, -ESRCH, "there is no process %llu", (unsigned long long)pid);
    }
    if (model->status.prober_pid == 0) {
        return error_set(error, -EOPNOTSUPP,
                         "no isoprobe is connected: start one as root, isoprobe --serve");
    }
    struct action *action = add(actions, what, error);
    if (action == NULL) {
        return -EAGAIN;
    }
    action->is_probe = true;
    action->pid = pid;
    action->queued_at = model->t;
    *id = action->id;
    return 0;
}

int actions_queue(struct actions *actions, const struct model *model,
                  const struct action_order *order, uint64_t *id, struct error *error)
{
    const struct isolate *isolate = model_find_isolate(model, order->isolate);
    int code = check_request(isolate, order->isolate, order->what, error);

    if (code < 0) {
        return code;
    }
    struct action *action = add(actions, order->what, error);
    if (action == NULL) {
        return -EAGAIN;
    }
    action->seconds = order->seconds;
    action->interval = order->interval;
    snprintf(action->reason, sizeof action->reason, "%s",
             order->reason != NULL ? order->reason : "");
    action->jobs = order->jobs;
    memcpy(action->isolate, isolate->id, sizeof action->isolate);
    action->pid = isolate->process->pid;
    action->thread = isolate->thread;
    action->queued_at = model->t;
    *id = action->id;
    return 0;
}

const struct action *actions_find(const struct actions *actions, uint64_t id)
{
    const struct action *action = &actions->table[id % ACTIONS_MAX];

    return id != 0 && action->id == id ? action : NULL;
}

struct action *actions_next(struct actions *actions)
{
    uint64_t first = actions->last < ACTIONS_MAX ? 1 : actions->last - ACTIONS_MAX + 1;

    for (uint64_t id = first; id <= actions->last; id++) {
        struct action *action = &actions->table[id % ACTIONS_MAX];
        if (action->state == ACTION_QUEUED) {
            return action;
        }
    }
    return NULL;
}

struct action *actions_find_sent(struct actions *actions, uint64_t pid, uint64_t id)
{
    struct action *action = &actions->table[id % ACTIONS_MAX];
    bool is_it = id != 0 && action->id == id && action->pid == pid;

    return is_it && action->state == ACTION_SENT ? action : NULL;
}

struct action *actions_find_probe(struct actions *actions, uint64_t id)
{
    struct action *action = &actions->table[id % ACTIONS_MAX];
    bool is_it = id != 0 && action->id == id && action->is_probe;

    return is_it && action->state == ACTION_SENT ? action : NULL;
}

/* Room for one more: the oldest file goes that is not still coming in. False when all are. */
static bool make_room(struct actions *actions)
{
    struct action *oldest = NULL;
    int count = 0;

    for (size_t i = 0; i < ACTIONS_MAX; i++) {
        struct action *action = &actions->table[i];
        if (action->fd < 0) {
            continue;
        }
        count++;
        if (!is_waiting(action) && (oldest == NULL || action->id < oldest->id)) {
            oldest = action;
        }
    }
    if (count >= ACTION_FILES_MAX && oldest != NULL) {
        close_file(oldest);
    }
    return count < ACTION_FILES_MAX || oldest != NULL;
}

int actions_take_file(struct actions *actions, struct action *action, int fd)
{
    struct stat status;

    /* Anything else could keep the loop waiting when it is read. */
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return -EINVAL;
    }
    if (!make_room(actions)) {
        close(fd);
        return -EMFILE;
    }
    action->fd = fd;
    action->file_bytes = (uint64_t)status.st_size;
    return 0;
}

/* A file without a name, on disk where that can be. */
static int open_nameless(void)
{
    static const char *const folders[] = {"/var/tmp", "/tmp"};
    int fd = -1;

    for (size_t i = 0; fd < 0 && i < sizeof folders / sizeof *folders; i++) {
        fd = open(folders[i], O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    }
    return fd >= 0 ? fd : memfd_create("isoscope-file", MFD_CLOEXEC);
}

int actions_add_chunk(struct actions *actions, struct action *action, double t, const void *data,
                      size_t size)
{
    const char *at = data;

    if (action->fd < 0 && size > 0) {
        if (!make_room(actions)) {
            return -EMFILE;
        }
        action->fd = open_nameless();
        action->file_bytes = 0;
    }
    if (size > 0 && (action->fd < 0 || action->file_bytes + size > ACTION_FILE_BYTES_MAX)) {
        return -EFBIG;
    }
    while (size > 0) {
        ssize_t written = write(action->fd, at, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return written < 0 ? -errno : -EIO;
        }
        at += written;
        size -= (size_t)written;
        action->file_bytes += (uint64_t)written;
    }
    action->queued_at = t; /* it is not silent */
    return 0;
}

void actions_finish(struct action *action, double t, const char *error)
{
    action->state = error == NULL ? ACTION_DONE : ACTION_FAILED;
    action->finished_at = t;
    snprintf(action->error, sizeof action->error, "%s", error != NULL ? error : "");
}

/* What its isolate does instead, as far as that is known. */
static void say_silence(const struct model *model, const struct action *action,
                        char text[ERROR_TEXT_MAX])
{
    const struct isolate *isolate =
        action->is_probe ? NULL : model_find_isolate(model, action->isolate);

    if (isolate != NULL && !isolate->has_ended && isolate->turn_seconds >= ACTION_TIMEOUT_S / 2) {
        snprintf(text, ERROR_TEXT_MAX,
                 "no answer within %.0f s: the loop of isolate %s is in one turn for %.0f s, a busy loop "
                 "or a long native, and comes to no order",
                 ACTION_TIMEOUT_S + action->seconds, isolate->id, isolate->turn_seconds);
    } else if (isolate != NULL && isolate->process->has_segment && isolate->turn_seconds == 0 &&
               isolate->state == MODEL_RUNNING) {
        snprintf(text, ERROR_TEXT_MAX,
                 "no answer within %.0f s: isolate %s still runs the script it began with and has not come to "
                 "its loop",
                 ACTION_TIMEOUT_S + action->seconds, isolate->id);
    } else if (isolate != NULL && isolate->is_stale) {
        snprintf(text, ERROR_TEXT_MAX, "no answer within %.0f s: isolate %s is not heard of",
                 ACTION_TIMEOUT_S + action->seconds, isolate->id);
    } else {
        snprintf(text, ERROR_TEXT_MAX, "the emitter did not answer in time");
    }
}

void actions_expire(struct actions *actions, const struct model *model, double t)
{
    char text[ERROR_TEXT_MAX];

    for (size_t i = 0; i < ACTIONS_MAX; i++) {
        struct action *action = &actions->table[i];
        if (is_waiting(action) && t - action->queued_at > ACTION_TIMEOUT_S + action->seconds) {
            say_silence(model, action, text);
            actions_finish(action, t, text);
        }
        if (action->fd >= 0 && !is_waiting(action) && t - action->finished_at > ACTION_FILE_S) {
            close_file(action);
        }
    }
}

void actions_break(struct actions *actions, uint64_t pid, double t)
{
    for (size_t i = 0; i < ACTIONS_MAX; i++) {
        struct action *action = &actions->table[i];
        if (action->state == ACTION_SENT && action->id != 0 && action->pid == pid && !action->is_probe) {
            actions_finish(action, t, "its process is not connected any more");
        }
    }
}

void actions_drop(struct actions *actions, uint64_t pid, double t)
{
    for (size_t i = 0; i < ACTIONS_MAX; i++) {
        struct action *action = &actions->table[i];
        if (is_waiting(action) && action->pid == pid && !action->is_probe) {
            actions_finish(action, t, "its process is gone");
        }
    }
}
