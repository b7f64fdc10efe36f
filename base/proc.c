#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Reads /proc/PID/`file` as text. Length, or a negative errno. */
static int proc_read(uint64_t pid, const char *file, char *text, size_t size)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%" PRIu64 "/%s", pid, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT ? -ESRCH : -errno;
    }
    ssize_t length = read(fd, text, size - 1);
    int code = errno;
    close(fd);
    if (length < 0) {
        return -code;
    }
    text[length] = '\0';
    return (int)length;
}

int proc_start_time(uint64_t pid, uint64_t *ticks)
{
    char text[1024];
    int length = proc_read(pid, "stat", text, sizeof text);

    if (length < 0) {
        return length;
    }
    /* The command (field 2) may hold spaces and parentheses: count from the last one. */
    char *at = strrchr(text, ')');
    for (int field = 2; at != NULL && field < 22; field++) {
        at = strchr(at + 1, ' ');
    }
    if (at == NULL || sscanf(at, " %" SCNu64, ticks) != 1) {
        return -EINVAL;
    }
    return 0;
}

int proc_rss(uint64_t pid, uint64_t *bytes)
{
    char text[256];
    uint64_t size, resident;
    int length = proc_read(pid, "statm", text, sizeof text);

    if (length < 0) {
        return length;
    }
    if (sscanf(text, "%" SCNu64 " %" SCNu64, &size, &resident) != 2) {
        return -EINVAL;
    }
    *bytes = resident * (uint64_t)sysconf(_SC_PAGESIZE);
    return 0;
}

int proc_thread_time(uint64_t pid, uint64_t tid, uint64_t *ran, uint64_t *waited)
{
    char name[64], text[128];

    snprintf(name, sizeof name, "task/%" PRIu64 "/schedstat", tid);
    int length = proc_read(pid, name, text, sizeof text);
    if (length < 0) {
        return length;
    }
    return sscanf(text, "%" SCNu64 " %" SCNu64, ran, waited) == 2 ? 0 : -EINVAL;
}
