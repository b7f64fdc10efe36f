/*
 * Token and certificate. Called by http.c at start, at a reload and for every request. Owns their
 * texts, which are overwritten before they are freed. Invariant: where a token file is configured,
 * there is a token.
 */
#include "daemon/http/http_secrets.h"

#include "base/secret.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#define TOKEN_MIN 16
#define TOKEN_MAX 4096

/* The whole of a file as text. `name` is its key in the configuration. */
static int read_secret(const char *name, const char *path, char **text, struct error *error)
{
    secret_warn(name, path);
    return secret_read(name, path, text, error);
}

/* Without the white space around it. */
static int check_token(const char *path, char *token, struct error *error)
{
    secret_trim(token);
    size_t length = strlen(token);
    for (size_t i = 0; i < length; i++) {
        if (!isgraph((unsigned char)token[i]) || token[i] == ':') {
            return error_set(error, -EINVAL,
                             "http.token_file: %s: a token is one word without a colon", path);
        }
    }
    if (length < TOKEN_MIN || length > TOKEN_MAX) {
        return error_set(error, -EINVAL,
                         "http.token_file: %s: a token has %d to %d characters; make one with "
                         "openssl rand -hex 32",
                         path, TOKEN_MIN, TOKEN_MAX);
    }
    return 0;
}

static int read_token(const struct config *config, char **token, struct error *error)
{
    const char *path = config->http.token_file;

    *token = NULL;
    if (path == NULL) {
        return 0;
    }
    int code = read_secret("http.token_file", path, token, error);
    if (code == 0 && (code = check_token(path, *token, error)) < 0) {
        secret_forget(token);
    }
    return code;
}

int http_secrets_open(struct http_secrets *secrets, const struct config *config,
                      struct error *error)
{
    *secrets = (struct http_secrets){NULL, NULL, NULL};
    if ((config->http.tls_cert == NULL) != (config->http.tls_key == NULL)) {
        return error_set(error, -EINVAL, "http.tls_cert and http.tls_key go together");
    }
    int code = read_token(config, &secrets->token, error);
    if (code == 0 && config->http.tls_cert != NULL) {
        code = read_secret("http.tls_cert", config->http.tls_cert, &secrets->cert, error);
    }
    if (code == 0 && config->http.tls_key != NULL) {
        code = read_secret("http.tls_key", config->http.tls_key, &secrets->key, error);
    }
    if (code < 0) {
        http_secrets_close(secrets);
    }
    return code;
}

int http_secrets_reload(struct http_secrets *secrets, const struct config *config,
                        struct error *error)
{
    char *token;
    int code = read_token(config, &token, error);

    if (code == 0) {
        secret_forget(&secrets->token);
        secrets->token = token;
    }
    return code;
}

void http_secrets_close(struct http_secrets *secrets)
{
    secret_forget(&secrets->token);
    secret_forget(&secrets->cert);
    secret_forget(&secrets->key);
}

/* Every byte is looked at, whatever the first ones were; only lengths show. */
static bool is_equal(const char *secret, const char *shown)
{
    size_t length = strlen(secret);
    size_t shown_length = strlen(shown);
    unsigned char difference = shown_length != length;

    for (size_t i = 0; i < length; i++) {
        difference |= (unsigned char)(secret[i] ^ shown[shown_length > 0 ? i % shown_length : 0]);
    }
    return difference == 0;
}

static bool is_bearer(const char *token, const char *header)
{
    static const char scheme[] = "Bearer ";

    return header != NULL && strncasecmp(header, scheme, sizeof scheme - 1) == 0 &&
           is_equal(token, header + sizeof scheme - 1);
}

static bool is_password(const char *token, struct MHD_Connection *connection)
{
    char *password = NULL;
    char *user = MHD_basic_auth_get_username_password(connection, &password);
    bool is_right = password != NULL && is_equal(token, password);

    MHD_free(user);
    MHD_free(password);
    return is_right;
}

bool http_secrets_admit(const struct http_secrets *secrets, struct MHD_Connection *connection)
{
    const char *header = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");

    return secrets->token == NULL || is_bearer(secrets->token, header) ||
           is_password(secrets->token, connection);
}
