/*
 * Keeps the numbers 0 to 2 from being taken by anything else (standard.h). Called by every
 * program's main() before it opens anything. Owns the descriptors it fills in until the program
 * ends.
 */
#include "base/standard.h"

#include <fcntl.h>
#include <unistd.h>

void standard_hold(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR); /* the lowest free number */
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        close(fd);
    }
}
