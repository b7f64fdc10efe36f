/*
 * Called at start by whoever keeps something. Owns nothing.
 */
#include "base/directory.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

int directory_make(const char *path)
{
    char copy[4096];

    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy) {
        return -ENAMETOOLONG;
    }
    for (char *at = copy + 1; copy[0] != '\0' && *at != '\0'; at++) {
        if (*at == '/') {
            *at = '\0';
            if (mkdir(copy, 0755) < 0 && errno != EEXIST) {
                return -errno;
            }
            *at = '/';
        }
    }
    return mkdir(copy, 0700) < 0 && errno != EEXIST ? -errno : 0;
}
