/*
 * The memory limit a process really lives under: its memory cgroup (v1 or v2), the nearest ancestor
 * that has a limit, and that one's working set; without any limit, the machine's memory. Reads
 * files below `root` ("" on a real machine, a recorded tree in tests). No state; any thread.
 */
#ifndef DAEMON_CGROUP_H
#define DAEMON_CGROUP_H

#include <stdint.h>

#define CGROUP_PATH_MAX 256

struct cgroup {
    int version;                /* 1, 2; 0: the machine, from /proc/meminfo */
    char path[CGROUP_PATH_MAX]; /* the directory, without root; "meminfo" for the machine */
    uint64_t limit;
    uint64_t used; /* working set: usage without inactive file pages; machine: total - available */
};

/* Finds what bounds `pid` and reads it. 0, or a negative errno when not even /proc/meminfo can be
 * read. A cgroup that cannot be seen from here counts as none. */
int cgroup_find(struct cgroup *cgroup, const char *root, uint64_t pid);

/* Reads limit and used again. 0, or a negative errno: the directory is gone, find it again. */
int cgroup_read(struct cgroup *cgroup, const char *root);

#endif
