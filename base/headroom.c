/*
 * Head-room from /proc/meminfo, the memory cgroup's files and RLIMIT_AS (headroom.h). Called before
 * something large is done for a process that may be short of memory already. Owns nothing; what
 * cannot be read limits nothing.
 */
#include "base/headroom.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define PATH_BYTES 4400

/* The number behind `key` in a file of lines "key number"; without a key the file's only one. */
static bool read_number(const char *path, const char *key, uint64_t *value)
{
    FILE *file = fopen(path, "re");
    char line[256];
    bool is_found = false;

    while (file != NULL && !is_found && fgets(line, sizeof line, file) != NULL) {
        size_t length = key != NULL ? strlen(key) : 0;
        if (key == NULL || strncmp(line, key, length) == 0) {
            char *end;
            *value = strtoull(line + length, &end, 10);
            is_found = end != line + length;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return is_found;
}

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What is left in the cgroup at `directory`; UINT64_MAX without a limit. */
static uint64_t left_in(const char *directory, bool is_v1)
{
    char path[PATH_BYTES + 64];
    uint64_t limit, used, cache = 0;

    snprintf(path, sizeof path, "%s/%s", directory, is_v1 ? "memory.limit_in_bytes" : "memory.max");
    if (!read_number(path, NULL, &limit)) {
        return UINT64_MAX;
    }
    snprintf(path, sizeof path, "%s/%s", directory,
             is_v1 ? "memory.usage_in_bytes" : "memory.current");
    if (!read_number(path, NULL, &used)) {
        return UINT64_MAX;
    }
    snprintf(path, sizeof path, "%s/memory.stat", directory);
    read_number(path, is_v1 ? "total_inactive_file " : "inactive_file ", &cache);
    used -= lower(cache, used);
    return limit > used ? limit - used : 0;
}

/* The cgroup of this process and all above it, up to the mount point. */
static uint64_t left_above(const char *mount, const char *group, bool is_v1)
{
    char directory[PATH_BYTES];
    size_t root = strlen(mount);
    uint64_t left = UINT64_MAX;

    snprintf(directory, sizeof directory, "%s%s", mount, strcmp(group, "/") == 0 ? "" : group);
    for (;;) {
        left = lower(left, left_in(directory, is_v1));
        char *slash = strrchr(directory, '/');
        if (strlen(directory) <= root || slash == NULL) {
            return left;
        }
        *slash = '\0';
    }
}

static bool has_memory(const char *controllers)
{
    char list[256];
    char *rest = list;

    snprintf(list, sizeof list, "%s", controllers);
    for (char *name; (name = strsep(&rest, ",")) != NULL;) {
        if (strcmp(name, "memory") == 0) {
            return true;
        }
    }
    return false;
}

static uint64_t left_in_cgroups(void)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[PATH_BYTES];
    uint64_t left = UINT64_MAX;

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        char *rest = line;
        char *number = strsep(&rest, ":"), *controllers = strsep(&rest, ":");
        if (number == NULL || rest == NULL) {
            continue;
        }
        rest[strcspn(rest, "\n")] = '\0';
        if (*controllers == '\0') {
            left = lower(left, left_above("/sys/fs/cgroup", rest, false));
        } else if (has_memory(controllers)) {
            left = lower(left, left_above("/sys/fs/cgroup/memory", rest, true));
            left = lower(left, left_in("/sys/fs/cgroup/memory", true)); /* seen from inside */
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return left;
}

/* RLIMIT_AS against what the process has mapped. */
static uint64_t left_of_addresses(void)
{
    struct rlimit limit;
    uint64_t kib;

    if (getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY ||
        !read_number("/proc/self/status", "VmSize:", &kib)) {
        return UINT64_MAX;
    }
    return limit.rlim_cur > kib * 1024 ? limit.rlim_cur - kib * 1024 : 0;
}

uint64_t headroom_bytes(void)
{
    uint64_t kib, left = UINT64_MAX;

    if (read_number("/proc/meminfo", "MemAvailable:", &kib)) {
        left = kib * 1024;
    }
    return lower(lower(left, left_in_cgroups()), left_of_addresses());
}
