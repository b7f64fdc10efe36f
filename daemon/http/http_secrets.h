/*
 * What the server keeps to itself: the token that requests have to show, and the key and certificate
 * of TLS. Only http.c uses it.
 */
#ifndef DAEMON_HTTP_SECRETS_H
#define DAEMON_HTTP_SECRETS_H

#include "base/error.h"
#include "daemon/config.h"

#include <microhttpd.h>
#include <stdbool.h>

struct http_secrets {
    char *token;      /* NULL: anybody may ask */
    char *cert, *key; /* PEM texts, both or none */
};

/* Reads the files that http.token_file, tls_cert and tls_key name. 0, or a negative errno with
 * *error: -EINVAL for what cannot be used. */
int http_secrets_open(struct http_secrets *secrets, const struct config *config,
                      struct error *error);
/* The token again, from what the configuration says now; as it was when that fails. */
int http_secrets_reload(struct http_secrets *secrets, const struct config *config,
                        struct error *error);
void http_secrets_close(struct http_secrets *secrets);

/* Whether the request shows the token: `Authorization: Bearer TOKEN`, or Basic with the token as its
 * password and any name, which is what a browser asks its user for. Takes as long for a wrong token
 * as for the right one. */
bool http_secrets_admit(const struct http_secrets *secrets, struct MHD_Connection *connection);

#endif
