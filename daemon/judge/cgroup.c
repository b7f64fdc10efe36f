/*
 * Reads cgroup files; called by ingest when an emitter says hello and by the ledger once a tick.
 * Owns nothing. The hierarchies are looked for where every distribution mounts them: v1 at
 * /sys/fs/cgroup/memory, v2 at /sys/fs/cgroup, or /sys/fs/cgroup/unified on hybrid machines.
 */
#include "daemon/judge/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX 8192
#define V1_BASE  "/sys/fs/cgroup/memory"
#define V2_BASE  "/sys/fs/cgroup"
#define V2_MIXED "/sys/fs/cgroup/unified"

/* v1 writes "no limit" as the largest multiple of the page size. */
#define V1_UNLIMITED UINT64_C(0x7ffffffffffff000)

/* The file as text; its length, or a negative errno. */
static int read_file(const char *root, const char *directory, const char *file, char *text)
{
    char path[3 * CGROUP_PATH_MAX];

    if (snprintf(path, sizeof path, "%s%s/%s", root, directory, file) >= (int)sizeof path) {
        return -ENAMETOOLONG;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    ssize_t length = read(fd, text, FILE_MAX - 1);
    int code = errno;
    close(fd);
    if (length < 0) {
        return -code;
    }
    text[length] = '\0';
    return (int)length;
}

static int read_number(const char *root, const char *directory, const char *file, uint64_t *value)
{
    char text[FILE_MAX];
    int code = read_file(root, directory, file, text);

    if (code < 0) {
        return code;
    }
    if (strncmp(text, "max", 3) == 0) {
        *value = UINT64_MAX;
        return 0;
    }
    return sscanf(text, "%" SCNu64, value) == 1 ? 0 : -EINVAL;
}

/* The number behind `key` at the start of a line; 0 when there is no such line. */
static uint64_t number_of(const char *text, const char *key)
{
    size_t length = strlen(key);

    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0) {
            return strtoull(line + length, NULL, 10);
        }
    }
    return 0;
}

static int read_machine(const char *root, uint64_t *total, uint64_t *used)
{
    char text[FILE_MAX];
    int code = read_file(root, "/proc", "meminfo", text);

    if (code < 0) {
        return code;
    }
    *total = number_of(text, "MemTotal:") * 1024;
    uint64_t available = number_of(text, "MemAvailable:") * 1024;
    *used = *total > available ? *total - available : 0;
    return *total > 0 ? 0 : -EINVAL;
}

static bool is_limit(uint64_t limit, uint64_t machine)
{
    return limit < V1_UNLIMITED && limit <= machine;
}

int cgroup_read(struct cgroup *cgroup, const char *root)
{
    char text[FILE_MAX];
    uint64_t usage;
    bool is_v1 = cgroup->version == 1;

    if (cgroup->version == 0) {
        return read_machine(root, &cgroup->limit, &cgroup->used);
    }
    int code = read_number(root, cgroup->path, is_v1 ? "memory.limit_in_bytes" : "memory.max",
                           &cgroup->limit);
    if (code == 0) {
        code = read_number(root, cgroup->path, is_v1 ? "memory.usage_in_bytes" : "memory.current",
                           &usage);
    }
    if (code == 0) {
        code = read_file(root, cgroup->path, "memory.stat", text);
    }
    if (code < 0) {
        return code;
    }
    uint64_t inactive = number_of(text, is_v1 ? "total_inactive_file " : "inactive_file ");
    cgroup->used = usage > inactive ? usage - inactive : 0;
    return 0;
}

/* The process's place in the hierarchy that has the memory controller; false when none is told. */
static bool find_place(char *text, int *version, const char **place)
{
    char *unified = NULL;

    for (char *next, *line = text; line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        char *controllers = strchr(line, ':');
        char *path = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
        if (path == NULL) {
            continue;
        }
        *controllers++ = *path++ = '\0';
        if (*controllers == '\0') {
            unified = path;
        }
        for (char *save, *one = strtok_r(controllers, ",", &save); one != NULL;
             one = strtok_r(NULL, ",", &save)) {
            if (strcmp(one, "memory") == 0) {
                *version = 1;
                *place = path;
                return true;
            }
        }
    }
    *version = 2;
    *place = unified;
    return unified != NULL;
}

static bool exists(const char *root, const char *directory, const char *file)
{
    char path[3 * CGROUP_PATH_MAX];

    return snprintf(path, sizeof path, "%s%s/%s", root, directory, file) < (int)sizeof path &&
           access(path, R_OK) == 0;
}

/* From the process's directory up to the mount point, the first with a limit. */
static bool find_limited(struct cgroup *cgroup, const char *root, const char *base,
                         const char *place, uint64_t machine)
{
    const char *file = cgroup->version == 1 ? "memory.limit_in_bytes" : "memory.max";
    size_t base_length = strlen(base);

    if (strstr(place, "/..") != NULL || snprintf(cgroup->path, sizeof cgroup->path, "%s%s", base,
                                                 place) >= (int)sizeof cgroup->path) {
        return false;
    }
    if (!exists(root, cgroup->path, "cgroup.procs")) {
        cgroup->path[base_length] = '\0'; /* inside a container only its own group is mounted */
    }
    for (;;) {
        size_t length = strlen(cgroup->path);
        while (length > base_length && cgroup->path[length - 1] == '/') {
            cgroup->path[--length] = '\0';
        }
        uint64_t limit;
        if (read_number(root, cgroup->path, file, &limit) == 0 && is_limit(limit, machine) &&
            cgroup_read(cgroup, root) == 0) {
            return true;
        }
        if (length <= base_length) {
            return false;
        }
        *strrchr(cgroup->path, '/') = '\0';
    }
}

int cgroup_find(struct cgroup *cgroup, const char *root, uint64_t pid)
{
    char text[FILE_MAX], directory[64];
    const char *place;
    uint64_t machine, machine_used;
    int code = read_machine(root, &machine, &machine_used);

    if (code < 0) {
        return code;
    }
    snprintf(directory, sizeof directory, "/proc/%" PRIu64, pid);
    if (read_file(root, directory, "cgroup", text) > 0 &&
        find_place(text, &cgroup->version, &place)) {
        bool is_mixed = exists(root, V2_MIXED, "cgroup.controllers");
        const char *base = cgroup->version == 1 ? V1_BASE : is_mixed ? V2_MIXED : V2_BASE;
        if (find_limited(cgroup, root, base, place, machine)) {
            return 0;
        }
    }
    cgroup->version = 0;
    snprintf(cgroup->path, sizeof cgroup->path, "meminfo");
    cgroup->limit = machine;
    cgroup->used = machine_used;
    return 0;
}
