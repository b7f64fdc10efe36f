/*
 * How a notifier shows who it is, and whom it believes: a token, or a name and a password, and the
 * certificates that the other side's has to be signed by. Secrets stand in files; they are read for every
 * attempt and forgotten behind it, so they are in no copy of the configuration, no answer and no log.
 */
#ifndef DAEMON_ACCESS_H
#define DAEMON_ACCESS_H

#include "base/error.h"
#include "daemon/config.h"

#include <curl/curl.h>
#include <stdbool.h>

/* Owned texts; NULL for what is not used. Names of files, but for `username`. */
struct access {
    char *token_file, *username, *password_file, *ca_file;
};

/* A copy; 0 or -ENOMEM, and *to is empty then. */
int access_copy(struct access *to, const struct access *from);
void access_clear(struct access *access);

/* Whether it shows anything: what is answered may repeat it then, and is not quoted. */
bool access_is_secret(const struct access *access);
/* Reads its files once: 0, or a negative errno with *error saying which cannot be used. Files that everybody
 * can read are told in the log. The loop's thread, at start and reload. */
int access_check(const struct access *access, struct error *error);
/* Reads them and sets `curl` up, which keeps copies until its next reset. 0, or a negative errno with
 * *error. The courier's thread. */
int access_apply(const struct access *access, CURL *curl, struct error *error);

#endif
