/*
 * Where a user's programs keep what outlives them.
 */
#ifndef BASE_STATE_H
#define BASE_STATE_H

#include <stddef.h>

/* /var/lib/isoscope as root, else $XDG_STATE_HOME/isoscope, else ~/.local/state/isoscope, written to
 * `path`; it need not exist. NULL when there is no home to put it in, or no room. Any thread. */
const char *state_directory(char *path, size_t size);

#endif
