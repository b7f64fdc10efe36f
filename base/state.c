/*
 * The state directory. Called by isoscoped at start and by isoctl's marks. Owns nothing.
 */
#include "base/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *state_directory(char *path, size_t size)
{
    const char *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int length;

    if (geteuid() == 0) {
        length = snprintf(path, size, "/var/lib/isoscope");
    } else if (base != NULL && base[0] == '/') {
        length = snprintf(path, size, "%s/isoscope", base);
    } else if (home != NULL && home[0] == '/') {
        length = snprintf(path, size, "%s/.local/state/isoscope", home);
    } else {
        return NULL;
    }
    return length < (int)size ? path : NULL;
}
