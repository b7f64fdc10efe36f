/*
 * Who we are, told to libcurl (access.h). Called by place.c and courier.c. Owns nothing but copies of names
 * of files. Invariant: a secret lives in memory of ours from its file to libcurl, no longer.
 */
#include "daemon/notify/access.h"

#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool copy_text(char **to, const char *from)
{
    *to = from != NULL ? strdup(from) : NULL;
    return from == NULL || *to != NULL;
}

int access_copy(struct access *to, const struct access *from)
{
    *to = (struct access){NULL, NULL, NULL, NULL};
    if (copy_text(&to->token_file, from->token_file) && copy_text(&to->username, from->username) &&
        copy_text(&to->password_file, from->password_file) &&
        copy_text(&to->ca_file, from->ca_file)) {
        return 0;
    }
    access_clear(to);
    return -ENOMEM;
}

void access_clear(struct access *access)
{
    free(access->token_file);
    free(access->username);
    free(access->password_file);
    free(access->ca_file);
    *access = (struct access){NULL, NULL, NULL, NULL};
}

bool access_is_secret(const struct access *access)
{
    return access->token_file != NULL || access->password_file != NULL;
}

/* The one file of the two that is used, and its key. */
static const char *secret_file(const struct access *access, const char **key)
{
    *key = access->token_file != NULL ? "notify.token_file" : "notify.password_file";
    return access->token_file != NULL ? access->token_file : access->password_file;
}

int access_check(const struct access *access, struct error *error)
{
    const char *key, *path = secret_file(access, &key);
    char *secret = NULL;

    if (path != NULL) {
        int code = secret_read_line(key, path, &secret, error);
        secret_forget(&secret);
        if (code < 0) {
            return code;
        }
        secret_warn(key, path);
    }
    if (access->ca_file != NULL && faccessat(AT_FDCWD, access->ca_file, R_OK, AT_EACCESS) < 0) {
        return error_set(error, -EINVAL, "notify.ca_file: %s: %s", access->ca_file,
                         strerror(errno));
    }
    return 0;
}

int access_apply(const struct access *access, CURL *curl, struct error *error)
{
    const char *key, *path = secret_file(access, &key);
    char *secret = NULL;
    CURLcode code = CURLE_OK;

    if (path != NULL) {
        int failure = secret_read_line(key, path, &secret, error);
        if (failure < 0) {
            return failure;
        }
        bool is_token = access->token_file != NULL;
        code = curl_easy_setopt(curl, CURLOPT_HTTPAUTH,
                                (long)(is_token ? CURLAUTH_BEARER : CURLAUTH_BASIC));
        code = code != CURLE_OK ? code
               : is_token       ? curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, secret)
                                : curl_easy_setopt(curl, CURLOPT_PASSWORD, secret);
        secret_forget(&secret);
    }
    if (code == CURLE_OK && access->username != NULL) {
        code = curl_easy_setopt(curl, CURLOPT_USERNAME, access->username);
    }
    if (code == CURLE_OK && access->ca_file != NULL) {
        code = curl_easy_setopt(curl, CURLOPT_CAINFO, access->ca_file);
    }
    return code == CURLE_OK ? 0 : error_set(error, -ENOMEM, "%s", curl_easy_strerror(code));
}
