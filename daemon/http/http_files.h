/*
 * The dashboard's files as responses: made once at start, sent many times. Only http.c uses it.
 */
#ifndef DAEMON_HTTP_FILES_H
#define DAEMON_HTTP_FILES_H

#include "base/embed.h"

#include <microhttpd.h>
#include <stdbool.h>

struct http_files;

/* `files` is a table that ends with a NULL name; NAME.gz is the compressed form of NAME. NULL: no
 * memory. */
struct http_files *http_files_new(const struct embed_file *files);
void http_files_free(struct http_files **files);

/* Queues the file at `path` ("/" is index.html). False when there is none. */
bool http_files_send(struct http_files *files, struct MHD_Connection *connection, const char *path);

/* The headers every answer of the server has. False when memory is short. */
bool http_files_add_security(struct MHD_Response *response);

#endif
