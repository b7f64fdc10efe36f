/*
 * The memory limit a process really lives under: of its memory cgroup (v1 or v2) and all above it the
 * one with the smallest limit, and that one's working set; without any limit, the machine's memory.
 * Reads files below `root` ("" on a real machine, a recorded tree in tests). No state; any thread.
 */
#ifndef DAEMON_CGROUP_H
#define DAEMON_CGROUP_H

#include <stddef.h>
#include <stdint.h>

#define CGROUP_PATH_MAX 256
#define CGROUP_NO_LIMIT UINT64_MAX

/* The directory a process is in. */
struct cgroup_place {
    int version;                /* 1, 2; 0: none that can be seen */
    size_t base_length;         /* of the part of the path that is the mount point */
    char path[CGROUP_PATH_MAX]; /* without root */
};

struct cgroup {
    int version;                /* 1, 2; 0: the machine, from /proc/meminfo */
    char path[CGROUP_PATH_MAX]; /* the directory, without root; "meminfo" for the machine */
    uint64_t limit;
    uint64_t high; /* v2: above this it is slowed down; CGROUP_NO_LIMIT for none */
    uint64_t used; /* working set: usage without inactive file pages; machine: total - available */
};

/* The machine as a container. 0, or a negative errno. */
int cgroup_read_machine(struct cgroup *machine, const char *root);

/* Where `pid` is. A cgroup that cannot be seen from here counts as none. */
void cgroup_locate(struct cgroup_place *place, const char *root, uint64_t pid);

/* What bounds those in `place` now: `machine` when nothing does. 0, or -ENOENT: the directory is
 * gone, locate again. */
int cgroup_bound(struct cgroup *cgroup, const char *root, const struct cgroup_place *place,
                 const struct cgroup *machine);

/* All of that for one process. 0, or a negative errno when not even /proc/meminfo can be read. */
int cgroup_find(struct cgroup *cgroup, const char *root, uint64_t pid);

#endif
