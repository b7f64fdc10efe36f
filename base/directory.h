/*
 * Directories that programs keep things in. Any thread.
 */
#ifndef BASE_DIRECTORY_H
#define BASE_DIRECTORY_H

/* Makes the directory, for this user alone, and its parents where they are missing. 0 when it is
 * there afterwards, or a negative errno. */
int directory_make(const char *path);

#endif
