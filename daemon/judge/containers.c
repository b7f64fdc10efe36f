/*
 * Places and what bounds them. Called by the ledger. Owns both lists. Several places may be bounded
 * by the same container, an ancestor of theirs. Invariant: after a tick every place has a
 * process, living or retained, and the container of its path is in the list.
 */
#include "daemon/judge/containers.h"

#include "base/log.h"
#include "daemon/judge/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOCATE_EVERY_S 10 /* a process may be moved to another cgroup */
#define READ_AT_ONCE   64 /* places read each tick; more take turns */

/* A directory that processes are in. */
struct place {
    uint32_t id; /* as processes know it */
    struct cgroup_place where;
    struct cgroup bound;
    bool is_held, is_gone;
};

struct containers {
    char root[CGROUP_PATH_MAX];
    struct events *events;
    struct cgroup machine;
    struct place *places;   /* owned */
    struct container *list; /* owned; room for one more than there are places */
    struct container own;   /* the daemon's */
    size_t place_count, count;
    uint32_t next_id;
    uint64_t second;
};

struct containers *containers_new(const char *root, struct events *events)
{
    struct containers *containers = calloc(1, sizeof *containers);

    if (containers != NULL) {
        snprintf(containers->root, sizeof containers->root, "%s", root);
        containers->events = events;
    }
    return containers;
}

void containers_free(struct containers **containers)
{
    if (*containers != NULL) {
        free((*containers)->places);
        free((*containers)->list);
        free(*containers);
        *containers = NULL;
    }
}

size_t containers_count(const struct containers *containers)
{
    return containers->count;
}

const struct container *containers_get(const struct containers *containers, size_t i)
{
    return i < containers->count ? &containers->list[i] : NULL;
}

const struct container *containers_find(const struct containers *containers, const char *path)
{
    for (size_t i = 0; i < containers->count; i++) {
        if (strcmp(containers->list[i].cgroup.path, path) == 0) {
            return &containers->list[i];
        }
    }
    return NULL;
}

const struct container *containers_pick(struct containers *containers)
{
    if (containers->count > 0) {
        return &containers->list[0];
    }
    return cgroup_find(&containers->own.cgroup, containers->root, (uint64_t)getpid()) == 0
               ? &containers->own
               : NULL;
}

/* ---- a limit that changes -------------------------------------------------------------------- */

static void tell_change(struct containers *containers, double t, const struct cgroup *was,
                        const struct cgroup *is)
{
    char before[WORDS_MAX], after[WORDS_MAX];
    struct event event = {.t = t, .record = {.kind = EVENT_LIMIT}};

    log_info("the limit of %s changed from %s%s%s to %s", is->path,
             words_bytes(before, (double)was->limit),
             strcmp(was->path, is->path) != 0 ? " of " : "",
             strcmp(was->path, is->path) != 0 ? was->path : "",
             words_bytes(after, (double)is->limit));
    event.record.fields[0] = was->limit;
    event.record.fields[1] = is->limit;
    if (containers->events != NULL) {
        events_add(containers->events, &event, is->path);
    }
}

/* Whether an earlier place had the same change to tell. */
static bool is_told(const struct containers *containers, const struct place *place,
                    const struct cgroup *was, const struct cgroup *old)
{
    for (size_t i = 0; &containers->places[i] != place; i++) {
        if (strcmp(containers->places[i].bound.path, place->bound.path) == 0 &&
            strcmp(old[i].path, was->path) == 0 && old[i].limit == was->limit) {
            return true;
        }
    }
    return false;
}

/* ---- places ---------------------------------------------------------------------------------- */

static void read_places(struct containers *containers, const struct model *model)
{
    size_t turns = 1 + containers->place_count / READ_AT_ONCE;
    struct cgroup *old = calloc(containers->place_count + 1, sizeof *old);

    for (size_t i = 0; old != NULL && i < containers->place_count; i++) {
        struct place *place = &containers->places[i];
        old[i] = place->bound;
        place->is_held = false;
        if ((model->tick + place->id) % turns != 0 && !place->is_gone) {
            continue;
        }
        place->is_gone = cgroup_bound(&place->bound, containers->root, &place->where,
                                      &containers->machine) < 0;
        if (place->is_gone) {
            place->bound = old[i]; /* until its processes are found again */
        } else if (place->bound.limit != old[i].limit &&
                   !is_told(containers, place, &old[i], old)) {
            tell_change(containers, model->t, &old[i], &place->bound);
        }
    }
    free(old);
}

static struct place *find_place(struct containers *containers, uint32_t id)
{
    for (size_t i = 0; i < containers->place_count; i++) {
        if (containers->places[i].id == id) {
            return &containers->places[i];
        }
    }
    return NULL;
}

/* NULL without memory. */
static struct place *need_place(struct containers *containers, const struct cgroup_place *where)
{
    size_t count = containers->place_count;

    for (size_t i = 0; i < count; i++) {
        if (containers->places[i].where.version == where->version &&
            strcmp(containers->places[i].where.path, where->path) == 0) {
            return &containers->places[i];
        }
    }
    struct place *places = realloc(containers->places, (count + 1) * sizeof *places);
    if (places == NULL) {
        return NULL;
    }
    containers->places = places;
    struct container *list = realloc(containers->list, (count + 2) * sizeof *list);
    if (list == NULL) {
        return NULL;
    }
    containers->list = list;
    struct place *place = &places[containers->place_count++];
    *place = (struct place){.id = ++containers->next_id, .where = *where};
    if (cgroup_bound(&place->bound, containers->root, where, &containers->machine) < 0) {
        place->bound = containers->machine;
    }
    return place;
}

static void place_process(struct containers *containers, struct process *process, uint64_t second)
{
    bool is_due = containers->second != second && (second + process->pid) % LOCATE_EVERY_S == 0;
    struct place *place = find_place(containers, process->container.place);

    if (process->ended_at != 0) { /* it is listed for a while, and its budget with it */
        if (place != NULL) {
            place->is_held |= !place->is_gone;
        }
        return;
    }
    if (place == NULL || place->is_gone || is_due) {
        struct cgroup_place where;
        cgroup_locate(&where, containers->root, process->pid);
        place = need_place(containers, &where);
    }
    process->container.place = place != NULL ? place->id : 0;
    if (place != NULL) {
        place->is_held = true;
    }
}

static void drop_places(struct containers *containers)
{
    size_t kept = 0;

    for (size_t i = 0; i < containers->place_count; i++) {
        if (containers->places[i].is_held) {
            containers->places[kept++] = containers->places[i];
        }
    }
    containers->place_count = kept;
}

/* ---- the list -------------------------------------------------------------------------------- */

static struct container *find_container(struct containers *containers, const char *path)
{
    for (size_t i = 0; i < containers->count; i++) {
        if (strcmp(containers->list[i].cgroup.path, path) == 0) {
            return &containers->list[i];
        }
    }
    return NULL;
}

/* Those that are still there keep their order. */
static void list_containers(struct containers *containers)
{
    size_t kept = 0;

    for (size_t i = 0; i < containers->count; i++) {
        bool is_held = false;
        for (size_t p = 0; p < containers->place_count && !is_held; p++) {
            is_held =
                strcmp(containers->places[p].bound.path, containers->list[i].cgroup.path) == 0;
        }
        if (is_held) {
            containers->list[kept++] = containers->list[i];
        }
    }
    containers->count = kept;
    for (size_t p = 0; p < containers->place_count; p++) {
        const struct cgroup *bound = &containers->places[p].bound;
        struct container *container = find_container(containers, bound->path);
        if (container == NULL) {
            container = &containers->list[containers->count++];
        }
        *container = (struct container){*bound};
    }
}

static void set_container(struct containers *containers, struct process *process)
{
    const struct place *place =
        process->ended_at == 0 ? find_place(containers, process->container.place) : NULL;

    process->container.limit = place != NULL ? place->bound.limit : MODEL_UNKNOWN;
    process->container.high = MODEL_UNKNOWN;
    process->container.used = place != NULL ? place->bound.used : MODEL_UNKNOWN;
    if (place != NULL) {
        snprintf(process->container.source, sizeof process->container.source, "%s",
                 place->bound.path);
        process->container.high =
            place->bound.high != CGROUP_NO_LIMIT ? place->bound.high : MODEL_UNKNOWN;
    }
}

void containers_tick(struct containers *containers, struct model *model)
{
    struct cgroup machine;

    if (cgroup_read_machine(&machine, containers->root) == 0) {
        containers->machine = machine;
    }
    read_places(containers, model);
    for (size_t i = 0; i < model->process_count; i++) {
        place_process(containers, model->processes[i], (uint64_t)model->t);
    }
    drop_places(containers);
    list_containers(containers);
    for (size_t i = 0; i < model->process_count; i++) {
        set_container(containers, model->processes[i]);
    }
    containers->second = (uint64_t)model->t;
}
