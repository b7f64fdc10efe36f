/*
 * The listening socket of the HTTP server. Only http.c uses it.
 */
#ifndef DAEMON_HTTP_LISTEN_H
#define DAEMON_HTTP_LISTEN_H

#include "base/error.h"

#include <stdbool.h>

#define HTTP_HOST_MAX 256

struct http_listen {
    int fd;                          /* the caller's */
    int spare;                       /* a descriptor kept to give away; http_listen_close() */
    char host[HTTP_HOST_MAX];        /* as configured */
    char address[HTTP_HOST_MAX + 8]; /* HOST:PORT as it is, with the real port */
};

/* Listens at `text` (HOST:PORT). 0, or a negative errno with *error: -EINVAL when the text is wrong
 * or what it asks for is not allowed. */
int http_listen_open(struct http_listen *made, const char *text, bool is_remote_allowed,
                     struct error *error);

/* When not one descriptor is left: takes the connections that wait and closes them, by means of the
 * spare one, since they can neither be served nor be left waiting. Their number. */
unsigned http_listen_shed(struct http_listen *listen);

void http_listen_close_spare(struct http_listen *listen);

#endif
