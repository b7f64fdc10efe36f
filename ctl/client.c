/*
 * Requests by libcurl. Called by verbs.c. Owns the handle, which keeps the connection open from one
 * request to the next. Every failure comes back as one line that says what to do.
 */
#include "ctl/client.h"

#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_BYTES_MAX (512u << 20)
#define CONNECT_S        5L
#define SILENCE_S        30L /* without a byte the daemon counts as stuck */

struct client {
    CURL *curl;
    char *url; /* owned, without a slash at its end */
    const char *token, *ca_file; /* of the environment; NULL for none */
};

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

int client_open(struct client **opened, const char *url, struct error *error)
{
    struct client *client = calloc(1, sizeof *client);
    *opened = NULL;
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) {
        free(client);
        return error_set(error, -EINVAL, "--url: '%.100s' is not a URL; write http://HOST:PORT",
                         url);
    }
    if (client == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 ||
        (client->curl = curl_easy_init()) == NULL || (client->url = strdup(url)) == NULL) {
        client_close(&client);
        return error_set(error, -ENOMEM, "out of memory");
    }
    client->token = variable("ISOSCOPE_TOKEN");
    client->ca_file = variable("ISOSCOPE_CA_FILE");
    size_t length = strlen(client->url);
    while (length > 0 && client->url[length - 1] == '/') {
        client->url[--length] = '\0';
    }
    *opened = client;
    return 0;
}

void client_close(struct client **client)
{
    if (*client != NULL) {
        curl_easy_cleanup((*client)->curl);
        free((*client)->url);
        free(*client);
        *client = NULL;
    }
}

static size_t take_answer(char *data, size_t size, size_t count, void *argument)
{
    struct bytes *body = argument;
    bytes_append(body, data, size * count);
    return body->is_failed ? 0 : size * count;
}

static int explain_failure(const struct client *client, CURLcode code, const struct bytes *body,
                           struct error *error)
{
    if (body->is_failed) {
        return error_set(error, -ENOMEM, "%s: the answer is too large", client->url);
    }
    if (code == CURLE_COULDNT_CONNECT) {
        return error_set(
            error, -ECONNREFUSED,
            "nothing answers at %s; start the collector with 'isoscoped', or say where "
            "it is with --url",
            client->url);
    }
    if (code == CURLE_URL_MALFORMAT) {
        return error_set(error, -EINVAL, "--url: '%.100s' is not a URL; write http://HOST:PORT",
                         client->url);
    }
    return error_set(error, -EIO, "%s: %s", client->url, curl_easy_strerror(code));
}

/* An error of the API in its own words; of anything else that answers, its status. */
static int explain_status(const struct client *client, long status, const struct bytes *body,
                          struct error *error)
{
    json_t *answer = json_loadb((const char *)body->data, body->size, 0, NULL);
    json_t *part = json_object_get(answer, "error");
    const char *message = json_string_value(json_object_get(part, "message"));
    const char *hint = json_string_value(json_object_get(part, "hint"));
    int code;

    if (message != NULL) {
        code = error_set(error, -EREMOTEIO, "%s%s%s", message, hint != NULL ? "; " : "",
                         hint != NULL ? hint : "");
    } else {
        code = error_set(error, -EREMOTEIO, "%s answered with status %ld; is it isoscoped?",
                         client->url, status);
    }
    json_decref(answer);
    return code;
}

/* One request whose answer goes to `write`; the code of libcurl, with the answer's status. */
static CURLcode perform(struct client *client, const char *method, const char *path,
                        curl_write_callback write, void *argument, long *status)
{
    CURL *curl = client->curl;
    struct bytes url;

    bytes_init(&url, 0);
    bytes_append_text(&url, client->url);
    bytes_append_text(&url, path);
    bytes_append(&url, "", 1);
    if (url.is_failed) {
        bytes_fini(&url);
        return CURLE_OUT_OF_MEMORY;
    }
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url.data);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, argument);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SILENCE_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (client->token != NULL) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, client->token);
    }
    if (client->ca_file != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, client->ca_file);
    }
    CURLcode code = curl_easy_perform(curl);
    bytes_fini(&url);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    return code;
}

int client_ask(struct client *client, const char *method, const char *path, struct bytes *body,
               struct error *error)
{
    long status = 0;

    bytes_clear(body);
    body->max = ANSWER_BYTES_MAX;
    CURLcode code = perform(client, method, path, take_answer, body, &status);
    if (code != CURLE_OK) {
        return explain_failure(client, code, body, error);
    }
    return status >= 200 && status < 300 ? 0 : explain_status(client, status, body, error);
}

struct download {
    CURL *curl;
    int fd;
    int code;          /* of the last write */
    struct bytes body; /* of an answer that is an error */
};

static size_t take_part(char *data, size_t size, size_t count, void *argument)
{
    struct download *download = argument;
    long status = 0;
    size_t left = size * count;

    curl_easy_getinfo(download->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        return take_answer(data, size, count, &download->body);
    }
    while (left > 0) {
        ssize_t written = write(download->fd, data, left);
        if (written < 0 && errno != EINTR) {
            download->code = -errno;
            return 0;
        }
        data += written > 0 ? written : 0;
        left -= written > 0 ? (size_t)written : 0;
    }
    return size * count;
}

int client_download(struct client *client, const char *path, int fd, struct error *error)
{
    struct download download = {.curl = client->curl, .fd = fd};
    long status = 0;
    int result = 0;

    bytes_init(&download.body, ANSWER_BYTES_MAX);
    CURLcode code = perform(client, "GET", path, take_part, &download, &status);
    if (download.code < 0) {
        result = error_set(error, download.code, "%s", strerror(-download.code));
    } else if (code != CURLE_OK) {
        result = explain_failure(client, code, &download.body, error);
    } else if (status != 200) {
        result = explain_status(client, status, &download.body, error);
    }
    bytes_fini(&download.body);
    return result;
}

void client_escape(struct bytes *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (isalnum((unsigned char)*text) || strchr("-._~:", *text) != NULL) {
            bytes_append(out, text, 1);
        } else {
            bytes_append_format(out, "%%%02X", (unsigned char)*text);
        }
    }
}
