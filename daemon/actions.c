/*
 * The table of actions. Called by views (queue, find) and by ingest (send, finish). Owns nothing
 * outside itself. Invariant: an unfinished action is never pushed out by a new one.
 */
#include "daemon/actions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const actions_state_names[] = {"queued", "sent", "done", "failed"};

struct actions {
    uint64_t last; /* id of the newest; action n lies at n modulo ACTIONS_MAX */
    struct action table[ACTIONS_MAX];
};

struct actions *actions_new(void)
{
    return calloc(1, sizeof(struct actions));
}

void actions_free(struct actions **actions)
{
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
    static const char *const later[] = {"snapshot", "profile"};

    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        if (strcmp(what, later[i]) == 0) {
            return error_set(error, -EOPNOTSUPP, "no connected emitter can %s; there are gc and recycle",
                             what);
        }
    }
    if (strcmp(what, "gc") != 0 && strcmp(what, "recycle") != 0) {
        return error_set(error, -EINVAL, "no action %.32s; there are gc and recycle", what);
    }
    if (isolate == NULL) {
        return error_set(error, -ENOENT, "no isolate %.*s; /api/v1/isolates lists them",
                         MODEL_ID_MAX, id);
    }
    if (isolate->has_ended) {
        return error_set(error, -ESRCH, "isolate %s has ended", isolate->id);
    }
    if (isolate->process->source == NULL || isolate->process->is_stale) {
        return error_set(error, -ESRCH, "process %llu of isolate %s is not connected",
                         (unsigned long long)isolate->process->pid, isolate->id);
    }
    return 0;
}

int actions_queue(struct actions *actions, const struct model *model, const char *isolate_id,
                  const char *what, uint64_t *id, struct error *error)
{
    const struct isolate *isolate = model_find_isolate(model, isolate_id);
    int code = check_request(isolate, isolate_id, what, error);

    if (code < 0) {
        return code;
    }
    struct action *action = &actions->table[(actions->last + 1) % ACTIONS_MAX];
    if (is_waiting(action)) {
        return error_set(error, -EAGAIN, "%d actions wait for their result; try again later",
                         ACTIONS_MAX);
    }
    memset(action, 0, sizeof *action);
    action->id = ++actions->last;
    snprintf(action->what, sizeof action->what, "%s", what);
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

void actions_finish(struct action *action, double t, const char *error)
{
    action->state = error == NULL ? ACTION_DONE : ACTION_FAILED;
    action->finished_at = t;
    snprintf(action->error, sizeof action->error, "%s", error != NULL ? error : "");
}

void actions_expire(struct actions *actions, double t)
{
    for (size_t i = 0; i < ACTIONS_MAX; i++) {
        struct action *action = &actions->table[i];
        if (is_waiting(action) && t - action->queued_at > ACTION_TIMEOUT_S) {
            actions_finish(action, t, "the emitter did not answer in time");
        }
    }
}

void actions_drop(struct actions *actions, uint64_t pid, double t)
{
    for (size_t i = 0; i < ACTIONS_MAX; i++) {
        struct action *action = &actions->table[i];
        if (is_waiting(action) && action->pid == pid) {
            actions_finish(action, t, "its process is gone");
        }
    }
}
