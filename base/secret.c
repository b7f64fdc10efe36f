/*
 * Secrets in files (secret.h). Called where a server or a client has to show who it is. Owns nothing:
 * texts are the caller's. Invariant: what was read into memory of our own is overwritten before that is
 * given back.
 */
#include "base/secret.h"

#include "base/bytes.h"
#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void secret_forget(char **text)
{
    if (*text != NULL) {
        explicit_bzero(*text, strlen(*text));
        free(*text);
        *text = NULL;
    }
}

/* Into `content`, which has room for all that is allowed, so no copy is left behind by growing. */
static int read_all(int fd, struct bytes *content)
{
    ssize_t count;

    if (!bytes_reserve(content, SECRET_BYTES_MAX + 1)) {
        return -ENOMEM;
    }
    while ((count = read(fd, content->data + content->size,
                         SECRET_BYTES_MAX + 1 - content->size)) > 0) {
        content->size += (size_t)count;
        if (content->size > SECRET_BYTES_MAX) {
            return -EFBIG;
        }
    }
    bytes_append(content, "", 1);
    return count < 0 ? -errno : 0;
}

int secret_read(const char *name, const char *path, char **text, struct error *error)
{
    struct bytes content;
    size_t size;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *text = NULL;
    if (fd < 0) {
        return error_set(error, -EINVAL, "%s: %s: %s", name, path, strerror(errno));
    }
    bytes_init(&content, 0);
    int code = read_all(fd, &content);
    close(fd);
    if (code < 0) {
        if (content.data != NULL) {
            explicit_bzero(content.data, content.capacity);
        }
        bytes_fini(&content);
        return error_set(error, code == -ENOMEM ? code : -EINVAL, "%s: %s: %s", name, path,
                         strerror(-code));
    }
    *text = (char *)bytes_take(&content, &size);
    return 0;
}

void secret_trim(char *text)
{
    size_t start = strspn(text, " \t\r\n");
    size_t length = strlen(text + start), whole = start + length;

    while (length > 0 && isspace((unsigned char)text[start + length - 1])) {
        length--;
    }
    memmove(text, text + start, length);
    explicit_bzero(text + length, whole - length);
}

int secret_read_line(const char *name, const char *path, char **text, struct error *error)
{
    int code = secret_read(name, path, text, error);

    if (code < 0) {
        return code;
    }
    secret_trim(*text);
    bool is_line = **text != '\0';
    for (const char *at = *text; *at != '\0'; at++) {
        is_line &= (unsigned char)*at >= ' ' && *at != 0x7f;
    }
    if (!is_line) {
        secret_forget(text);
        return error_set(error, -EINVAL, "%s: %s: write one line of text into it", name, path);
    }
    return 0;
}

void secret_warn(const char *name, const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0 && (status.st_mode & S_IROTH) != 0) {
        log_warn("%s: %s can be read by everybody on this machine", name, path);
    }
}
