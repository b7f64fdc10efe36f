/*
 * The HTTP server: the dashboard, the API, the live streams and /metrics. libmicrohttpd in external
 * epoll mode: it has no thread of its own, its epoll descriptor is nested in the daemon's loop, and
 * every handler runs inside http_run() or http_tick() on the loop thread. Handlers read the model
 * or queue an action; nothing else.
 */
#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include "base/error.h"

#include <stdint.h>

struct daemon;
struct http;

/*
 * Listens on daemon->config's http.listen. `daemon` is borrowed and outlives the server. 0, or a
 * negative errno with *error: -EINVAL means the configuration is wrong (exit code 2), anything else
 * that the port cannot be had (exit code 1).
 */
int http_open(struct http **http, struct daemon *daemon, struct error *error);

/* libmicrohttpd's epoll descriptor: readable means http_run() has something to do. Borrowed. */
int http_fd(const struct http *http);

/* Milliseconds after which http_run() must be called even if the descriptor stays silent; -1 for
 * never. */
int http_timeout_ms(struct http *http);

/* Serves what is ready and returns; never blocks. */
void http_run(struct http *http);

/* A new tick is in the model: cached answers are stale, streams get their next events. */
void http_tick(struct http *http);

/* daemon->config was read again: the token is too. 0, or a negative errno with *error and the token as
 * it was. Where it listens, and TLS, stay as they are. */
int http_reload(struct http *http, struct error *error);

/* Answers of the archive are there: goes on with the requests that wait for them. */
void http_take_answers(struct http *http);

/* Ends every stream and connection and stops listening. Accepts NULL, nulls the pointer. */
void http_close(struct http **http);

/* Where it listens, as HOST:PORT with the real port. Borrowed. */
const char *http_address(const struct http *http);

#endif
