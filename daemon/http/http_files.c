/*
 * The embedded dashboard. Called by http.c for every GET. Owns one response for each file and form
 * of it; libmicrohttpd counts who is still sending it.
 */
#include "daemon/http/http_files.h"

#include "daemon/views/fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "              \
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "                   \
    "frame-ancestors 'none'; require-trusted-types-for 'script'"

struct file {
    const char *name;
    char tag[24];                        /* of the uncompressed bytes */
    struct MHD_Response *plain, *packed; /* packed may be NULL */
    struct MHD_Response *unchanged;      /* 304 */
};

struct http_files {
    struct file *list; /* owned */
    size_t count;
};

bool http_files_add_security(struct MHD_Response *response)
{
    static const char *const headers[][2] = {
        {"Content-Security-Policy", POLICY},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (MHD_add_response_header(response, headers[i][0], headers[i][1]) != MHD_YES) {
            return false;
        }
    }
    return true;
}

static const char *type_of(const char *name)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".woff2", "font/woff2"},
        {".json", "application/json"},
    };
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(dot, types[i][0]) == 0) {
            return types[i][1];
        }
    }
    return "application/octet-stream";
}

/* NULL when memory is short. */
static struct MHD_Response *make(const struct file *file, const struct embed_file *data)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        data != NULL ? data->size : 0, data != NULL ? (void *)data->data : (void *)"",
        MHD_RESPMEM_PERSISTENT);
    bool is_packed = data != NULL && strcmp(data->name, file->name) != 0;

    if (response == NULL) {
        return NULL;
    }
    bool is_made =
        http_files_add_security(response) &&
        MHD_add_response_header(response, "ETag", file->tag) == MHD_YES &&
        MHD_add_response_header(response, "Cache-Control", "no-cache") == MHD_YES &&
        MHD_add_response_header(response, "Vary", "Accept-Encoding") == MHD_YES &&
        (data == NULL ||
         MHD_add_response_header(response, "Content-Type", type_of(file->name)) == MHD_YES) &&
        (!is_packed || MHD_add_response_header(response, "Content-Encoding", "gzip") == MHD_YES);
    if (!is_made) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

static const struct embed_file *find_packed(const struct embed_file *files, const char *name)
{
    size_t length = strlen(name);
    for (; files->name != NULL; files++) {
        if (strncmp(files->name, name, length) == 0 && strcmp(files->name + length, ".gz") == 0) {
            return files;
        }
    }
    return NULL;
}

static bool add_file(struct http_files *made, const struct embed_file *files,
                     const struct embed_file *data)
{
    struct file *file = &made->list[made->count++];
    const struct embed_file *packed = find_packed(files, data->name);

    file->name = data->name;
    snprintf(file->tag, sizeof file->tag, "\"%016" PRIx64 "\"",
             fields_hash(data->data, data->size));
    file->plain = make(file, data);
    file->unchanged = make(file, NULL);
    file->packed = packed != NULL ? make(file, packed) : NULL;
    return file->plain != NULL && file->unchanged != NULL &&
           (packed == NULL || file->packed != NULL);
}

struct http_files *http_files_new(const struct embed_file *files)
{
    struct http_files *made = calloc(1, sizeof *made);
    size_t count = 0;

    while (files[count].name != NULL) {
        count++;
    }
    if (made == NULL || (made->list = calloc(count + 1, sizeof *made->list)) == NULL) {
        http_files_free(&made);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        const char *dot = strrchr(files[i].name, '.');
        bool is_packed = dot != NULL && strcmp(dot, ".gz") == 0;
        if (!is_packed && !add_file(made, files, &files[i])) {
            http_files_free(&made);
            return NULL;
        }
    }
    return made;
}

void http_files_free(struct http_files **files)
{
    struct http_files *dead = *files;
    if (dead == NULL) {
        return;
    }
    for (size_t i = 0; i < dead->count; i++) {
        struct MHD_Response *responses[] = {dead->list[i].plain, dead->list[i].packed,
                                            dead->list[i].unchanged};
        for (int k = 0; k < 3; k++) {
            if (responses[k] != NULL) {
                MHD_destroy_response(responses[k]);
            }
        }
    }
    free(dead->list);
    free(dead);
    *files = NULL;
}

/* Whether gzip stands in Accept-Encoding without being refused by q=0. */
static bool accepts_gzip(const char *header)
{
    const char *at = header != NULL ? strstr(header, "gzip") : NULL;
    if (at == NULL) {
        return false;
    }
    const char *q = at + 4 + strspn(at + 4, " ;");
    size_t digits = strncmp(q, "q=", 2) == 0 ? strspn(q + 2, "0.") : 0;
    return digits == 0 || (q[2 + digits] >= '1' && q[2 + digits] <= '9');
}

bool http_files_send(struct http_files *files, struct MHD_Connection *connection, const char *path)
{
    const char *name = strcmp(path, "/") == 0 ? "index.html" : path + 1;
    const char *known = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match");
    const char *encodings =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept-Encoding");

    for (size_t i = 0; i < files->count; i++) {
        struct file *file = &files->list[i];
        if (strcmp(file->name, name) != 0) {
            continue;
        }
        if (known != NULL && strstr(known, file->tag) != NULL) {
            MHD_queue_response(connection, MHD_HTTP_NOT_MODIFIED, file->unchanged);
        } else {
            bool is_packed = file->packed != NULL && accepts_gzip(encodings);
            MHD_queue_response(connection, MHD_HTTP_OK, is_packed ? file->packed : file->plain);
        }
        return true;
    }
    return false;
}
