/*
 * The containers that hold emitters: where each process is, what bounds it, read every tick. A limit
 * that changes is told in the log and as an event. The loop's thread only.
 */
#ifndef DAEMON_CONTAINERS_H
#define DAEMON_CONTAINERS_H

#include "daemon/judge/cgroup.h"
#include "daemon/model/events.h"
#include "daemon/model/model.h"

struct container {
    struct cgroup cgroup;
};

struct containers;

/* `root` is put before the paths of /proc and /sys; "" but in tests. `events` is borrowed, may be
 * NULL. NULL: no memory. */
struct containers *containers_new(const char *root, struct events *events);
void containers_free(struct containers **containers);

/* Sets every process's container. */
void containers_tick(struct containers *containers, struct model *model);

size_t containers_count(const struct containers *containers);
/* Good until the next tick. NULL: there is none, or none of that path. */
const struct container *containers_get(const struct containers *containers, size_t i);
const struct container *containers_find(const struct containers *containers, const char *path);

/* The first that holds an emitter, else the daemon's own; NULL when nothing can be read. */
const struct container *containers_pick(struct containers *containers);

#endif
