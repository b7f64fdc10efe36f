/*
 * Reads cgroup files; called by containers.c each tick. Owns nothing. The hierarchies are looked for where every distribution mounts them: v1 at
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

int cgroup_read_machine(struct cgroup *machine, const char *root)
{
    char text[FILE_MAX];
    int code = read_file(root, "/proc", "meminfo", text);

    *machine = (struct cgroup){.high = CGROUP_NO_LIMIT};
    snprintf(machine->path, sizeof machine->path, "meminfo");
    if (code < 0) {
        return code;
    }
    machine->limit = number_of(text, "MemTotal:") * 1024;
    uint64_t available = number_of(text, "MemAvailable:") * 1024;
    machine->used = machine->limit > available ? machine->limit - available : 0;
    return machine->limit > 0 ? 0 : -EINVAL;
}

/* ---- where a process is ---------------------------------------------------------------------- */

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

static void cut_slashes(char *path, size_t base_length)
{
    size_t length = strlen(path);

    while (length > base_length && path[length - 1] == '/') {
        path[--length] = '\0';
    }
}

void cgroup_locate(struct cgroup_place *place, const char *root, uint64_t pid)
{
    char text[FILE_MAX], directory[64];
    const char *told;

    *place = (struct cgroup_place){0};
    snprintf(directory, sizeof directory, "/proc/%" PRIu64, pid);
    if (read_file(root, directory, "cgroup", text) <= 0 ||
        !find_place(text, &place->version, &told)) {
        place->version = 0;
        return;
    }
    bool is_mixed = place->version == 2 && exists(root, V2_MIXED, "cgroup.controllers");
    const char *base = place->version == 1 ? V1_BASE : is_mixed ? V2_MIXED : V2_BASE;
    place->base_length = strlen(base);
    if (strstr(told, "/..") != NULL || snprintf(place->path, sizeof place->path, "%s%s", base,
                                                told) >= (int)sizeof place->path) {
        place->version = 0;
        return;
    }
    if (!exists(root, place->path, "cgroup.procs")) {
        place->path[place->base_length] = '\0'; /* inside a container only its own is mounted */
    }
    cut_slashes(place->path, place->base_length);
}

/* ---- what bounds it -------------------------------------------------------------------------- */

/* No limit: what cannot be read, what v1 and v2 write for none, and what the machine does not have
 * anyway, as some container engines write the machine's memory where nothing was asked for. */
static uint64_t limit_of(const char *root, const char *directory, const char *file,
                         uint64_t machine)
{
    uint64_t limit;

    if (read_number(root, directory, file, &limit) < 0 || limit >= V1_UNLIMITED ||
        limit >= machine) {
        return CGROUP_NO_LIMIT;
    }
    return limit;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* In v1 the topmost directory that can be seen from inside a container knows of those above it. */
static uint64_t limit_above(const char *root, const char *directory, uint64_t machine)
{
    char text[FILE_MAX];

    if (read_file(root, directory, "memory.stat", text) <= 0) {
        return CGROUP_NO_LIMIT;
    }
    uint64_t limit = number_of(text, "hierarchical_memory_limit ");
    return limit > 0 && limit < machine ? limit : CGROUP_NO_LIMIT;
}

/* One directory's own; limit and high are CGROUP_NO_LIMIT when it has none. */
static void read_limits(struct cgroup *cgroup, const char *root, bool is_top, uint64_t machine)
{
    cgroup->high = CGROUP_NO_LIMIT;
    if (cgroup->version == 1) {
        cgroup->limit = limit_of(root, cgroup->path, "memory.limit_in_bytes", machine);
        if (is_top) {
            cgroup->limit = smaller(cgroup->limit, limit_above(root, cgroup->path, machine));
        }
        return;
    }
    cgroup->limit = limit_of(root, cgroup->path, "memory.max", machine);
    cgroup->high = limit_of(root, cgroup->path, "memory.high", machine);
    if (cgroup->limit == CGROUP_NO_LIMIT) {
        cgroup->limit = cgroup->high; /* all the limit there is */
    }
}

static int read_used(struct cgroup *cgroup, const char *root)
{
    char text[FILE_MAX];
    uint64_t usage;
    bool is_v1 = cgroup->version == 1;
    int code = read_number(root, cgroup->path,
                           is_v1 ? "memory.usage_in_bytes" : "memory.current", &usage);

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

int cgroup_bound(struct cgroup *cgroup, const char *root, const struct cgroup_place *place,
                 const struct cgroup *machine)
{
    struct cgroup here = {.version = place->version};
    uint64_t smallest = CGROUP_NO_LIMIT;

    *cgroup = *machine;
    if (place->version == 0) {
        return 0;
    }
    if (!exists(root, place->path, "cgroup.procs")) {
        return -ENOENT;
    }
    snprintf(here.path, sizeof here.path, "%s", place->path);
    for (;;) {
        bool is_top = strlen(here.path) <= place->base_length;
        read_limits(&here, root, is_top, machine->limit);
        uint64_t bound = smaller(here.limit, here.high);
        if (bound < smallest && read_used(&here, root) == 0) {
            smallest = bound;
            *cgroup = here;
        }
        if (is_top) {
            return 0;
        }
        *strrchr(here.path, '/') = '\0';
        cut_slashes(here.path, place->base_length);
    }
}

int cgroup_find(struct cgroup *cgroup, const char *root, uint64_t pid)
{
    struct cgroup machine;
    struct cgroup_place place;
    int code = cgroup_read_machine(&machine, root);

    if (code < 0) {
        return code;
    }
    cgroup_locate(&place, root, pid);
    if (cgroup_bound(cgroup, root, &place, &machine) < 0) {
        *cgroup = machine;
    }
    return 0;
}
