/*
 * Names of processes from /proc. Called by target.c, which tells the collector, and by wanted.c.
 * Owns nothing.
 */
#include "probes/names.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static ssize_t read_proc(uint64_t pid, const char *file, char *text, size_t size)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%" PRIu64 "/%s", pid, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, size - 1) : 0;
    if (fd >= 0) {
        close(fd);
    }
    text[length > 0 ? length : 0] = '\0';
    return length > 0 ? length : 0;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static bool has_value(const char *option)
{
    return strcmp(option, "-r") == 0 || strcmp(option, "--require") == 0 ||
           strcmp(option, "--import") == 0;
}

void names_find(uint64_t pid, char *name, size_t size)
{
    char text[4096];
    const char *end = text + read_proc(pid, "cmdline", text, sizeof text);
    const char *found = text;

    for (const char *word = text + strlen(text) + 1; word < end; word += strlen(word) + 1) {
        if (has_value(word)) {
            word += strlen(word) + 1;
        } else if (word[0] != '-') {
            found = word;
            break;
        } else if (strcmp(word, "-e") == 0 || strcmp(word, "-p") == 0) {
            break;
        }
    }
    snprintf(name, size, "%s", last_part(found));
}

bool names_match(uint64_t pid, const char *glob)
{
    char path[64], text[4096];

    names_find(pid, text, sizeof text);
    if (fnmatch(glob, text, 0) == 0) {
        return true;
    }
    read_proc(pid, "comm", text, sizeof text);
    text[strcspn(text, "\n")] = '\0';
    if (fnmatch(glob, text, 0) == 0) {
        return true;
    }
    snprintf(path, sizeof path, "/proc/%" PRIu64 "/exe", pid);
    ssize_t length = readlink(path, text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    return length > 0 && fnmatch(glob, last_part(text), 0) == 0;
}
