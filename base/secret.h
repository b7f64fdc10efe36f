/*
 * Secrets that stand in files of their own, so that no configuration holds them: tokens, passwords, keys.
 * Any thread. A text that was read is the caller's, who gives it back with secret_forget().
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/error.h"

#define SECRET_BYTES_MAX (64u << 10) /* a chain of certificates */

/* The whole of a file as text. `name` is its key in the configuration, for *error. 0; -ENOMEM; -EINVAL
 * for what cannot be read, is no file or larger than SECRET_BYTES_MAX. */
int secret_read(const char *name, const char *path, char **text, struct error *error);
/* The same of a token or password: one line without the white space around it, not empty. */
int secret_read_line(const char *name, const char *path, char **text, struct error *error);
/* Cuts white space off both ends. */
void secret_trim(char *text);
/* Overwrites and frees it, and sets it to NULL, which is fine too. */
void secret_forget(char **text);
/* Says in the log when everybody on this machine can read the file. */
void secret_warn(const char *name, const char *path);

#endif
