/*
 * One connection to the HTTP API of isoscoped. Fences libcurl: nothing else in ctl/ knows it. One
 * thread.
 */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include "base/bytes.h"
#include "base/error.h"

struct client;

/* `url` is the daemon's, without a path. The environment may hold ISOSCOPE_TOKEN, which every request
 * shows, and ISOSCOPE_CA_FILE, the certificates (PEM) to trust instead of the system's. 0 or a negative errno with *error; -EINVAL: not a URL. */
int client_open(struct client **client, const char *url, struct error *error);
void client_close(struct client **client);

/*
 * Asks for `path` (with its query) and puts the answer into *body, replacing what is there. 0, or a
 * negative errno with *error in words: the daemon's own for an answer that is an error
 * (-EREMOTEIO).
 */
int client_ask(struct client *client, const char *method, const char *path, struct bytes *body,
               struct error *error);

/* Asks for `path` and writes the answer to `fd`. As client_ask(); what was written before a failure
 * is there. */
int client_download(struct client *client, const char *path, int fd, struct error *error);

/* `text` escaped as one segment or value of a URL, appended to `out`. */
void client_escape(struct bytes *out, const char *text);

#endif
