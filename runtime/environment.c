/*
 * Environment variables as isolates see them (environment.h). Used by process.env's natives and by
 * whoever starts a worker. Owns its texts. Invariant: no two texts have the same name. The lock is
 * innermost: nothing is called under it but the allocator.
 */
#include "runtime/environment.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct environment {
    _Atomic uint32_t refs;
    _Atomic uint64_t version;
    pthread_mutex_t *lock; /* owned; apart, so that readers may hold a const environment */
    char **texts;          /* owned, each and all */
    size_t count, room;
};

static size_t name_length(const char *text)
{
    return strcspn(text, "=");
}

/* Where the variable stands; `count` for nowhere. Locked. */
static size_t find(const struct environment *environment, const char *name, size_t length)
{
    size_t at = 0;

    while (at < environment->count && (name_length(environment->texts[at]) != length ||
                                       strncmp(environment->texts[at], name, length) != 0)) {
        at++;
    }
    return at;
}

/* Puts the text in the place of the variable's former one; takes it. Locked. */
static int put(struct environment *environment, char *text)
{
    size_t at = find(environment, text, name_length(text));

    if (at == environment->count && at == environment->room) {
        size_t room = environment->room * 2 + 16;
        char **texts = realloc(environment->texts, room * sizeof *texts);
        if (texts == NULL) {
            free(text);
            return -ENOMEM;
        }
        environment->texts = texts;
        environment->room = room;
    }
    if (at < environment->count) {
        free(environment->texts[at]);
    } else {
        environment->count++;
    }
    environment->texts[at] = text;
    atomic_fetch_add(&environment->version, 1);
    return 0;
}

struct environment *environment_new(const char *const *texts)
{
    struct environment *environment = calloc(1, sizeof *environment);

    if (environment == NULL || (environment->lock = malloc(sizeof *environment->lock)) == NULL) {
        free(environment);
        return NULL;
    }
    atomic_store(&environment->refs, 1);
    pthread_mutex_init(environment->lock, NULL);
    for (; texts != NULL && *texts != NULL; texts++) {
        char *text = strchr(*texts, '=') != NULL ? strdup(*texts) : NULL;
        if (text != NULL && put(environment, text) < 0) {
            environment_unref(&environment);
            return NULL;
        }
    }
    return environment;
}

struct environment *environment_ref(struct environment *environment)
{
    atomic_fetch_add(&environment->refs, 1);
    return environment;
}

void environment_unref(struct environment **place)
{
    struct environment *environment = *place;

    *place = NULL;
    if (environment == NULL || atomic_fetch_sub(&environment->refs, 1) != 1) {
        return;
    }
    for (size_t i = 0; i < environment->count; i++) {
        free(environment->texts[i]);
    }
    free(environment->texts);
    pthread_mutex_destroy(environment->lock);
    free(environment->lock);
    free(environment);
}

uint64_t environment_version(const struct environment *environment)
{
    return atomic_load(&environment->version);
}

int environment_set(struct environment *environment, const char *name, const char *value)
{
    size_t length = strlen(name), size = strlen(value) + 1;
    char *text = malloc(length + 1 + size);

    if (text == NULL) {
        return -ENOMEM;
    }
    memcpy(text, name, length);
    text[length] = '=';
    memcpy(text + length + 1, value, size);
    pthread_mutex_lock(environment->lock);
    int code = put(environment, text);
    pthread_mutex_unlock(environment->lock);
    return code;
}

bool environment_has(const struct environment *environment, const char *name)
{
    pthread_mutex_lock(environment->lock);
    bool has = find(environment, name, strlen(name)) < environment->count;
    pthread_mutex_unlock(environment->lock);
    return has;
}

void environment_remove(struct environment *environment, const char *name)
{
    pthread_mutex_lock(environment->lock);
    size_t at = find(environment, name, strlen(name));
    if (at < environment->count) {
        free(environment->texts[at]);
        environment->count--;
        memmove(&environment->texts[at], &environment->texts[at + 1],
                (environment->count - at) * sizeof *environment->texts);
        atomic_fetch_add(&environment->version, 1);
    }
    pthread_mutex_unlock(environment->lock);
}

size_t environment_copy(const struct environment *environment, char *buffer, size_t size,
                        uint64_t *version)
{
    size_t used = 0;

    pthread_mutex_lock(environment->lock);
    *version = environment_version(environment);
    for (size_t i = 0; i < environment->count; i++) {
        size_t length = strlen(environment->texts[i]) + 1;
        if (used + length <= size) {
            memcpy(buffer + used, environment->texts[i], length);
        }
        used += length;
    }
    pthread_mutex_unlock(environment->lock);
    return used;
}
