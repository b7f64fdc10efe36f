/*
 * A file that an emitter sends in pieces, because it cannot pass descriptors. Called by lines.c. Owns
 * nothing: the pieces go into the action that waits for them. Invariant: an action whose file found no
 * room has failed, and what comes for it later is refused; the emitter hears of it and stops. A piece
 * without bytes says that the file is still to come.
 */
#include "daemon/ingest/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* 0 to 63, or -1. */
static int digit_of(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

/* Decodes base64 into `bytes`, which has room for 3 of 4 characters. The count, or -1. */
static ssize_t decode(const char *text, size_t length, unsigned char *bytes)
{
    size_t count = 0;

    if (length % 4 != 0) {
        return -1;
    }
    for (size_t i = 0; i < length; i += 4) {
        bool is_last = i + 4 == length;
        size_t padding = !is_last || text[i + 3] != '=' ? 0 : text[i + 2] == '=' ? 2 : 1;
        uint32_t word = 0;
        for (size_t k = 0; k < 4; k++) {
            int digit = k >= 4 - padding ? 0 : digit_of(text[i + k]);
            if (digit < 0) {
                return -1;
            }
            word = word << 6 | (uint32_t)digit;
        }
        for (size_t k = 0; k < 3 - padding; k++) {
            bytes[count++] = (unsigned char)(word >> (16 - 8 * k));
        }
    }
    return (ssize_t)count;
}

int chunk_take(struct ingest *ingest, struct source *source, const json_t *line,
               struct error *error)
{
    struct daemon *daemon = ingest->daemon;
    const char *id = json_string_value(json_object_get(line, "id"));
    const json_t *data = json_object_get(line, "data");
    size_t length = json_string_length(data);
    static unsigned char bytes[DOOR_LINE_MAX];
    struct action *action =
        id == NULL ? NULL
                   : actions_find_sent(daemon->actions, source->process->pid, strtoull(id, NULL, 10));

    if (action == NULL) {
        return error_set(error, -ENOENT, "chunk: action %.20s does not wait for a file",
                         id != NULL ? id : "without an id");
    }
    ssize_t count = json_is_string(data) ? decode(json_string_value(data), length, bytes) : -1;
    if (count < 0) {
        return error_set(error, -EINVAL, "chunk: data has to be base64");
    }
    int code = actions_add_chunk(daemon->actions, action, daemon->model.t, bytes, (size_t)count);
    if (code < 0) {
        actions_finish(action, daemon->model.t, "the collector has no room for the file");
        return error_set(error, code, "chunk: %s", strerror(-code));
    }
    return 0;
}
