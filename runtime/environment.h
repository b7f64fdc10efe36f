/*
 * The environment variables that process.env shows: a process-wide, counted list of "NAME=value".
 * The main isolate has one; a worker has a copy of its own, or with SHARE_ENV its parent's.
 * All functions may be called by any thread.
 */
#ifndef RUNTIME_ENVIRONMENT_H
#define RUNTIME_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct environment;

/* A copy of `texts`, which ends with NULL, with one reference; NULL when there is no memory. */
struct environment *environment_new(const char *const *texts);
struct environment *environment_ref(struct environment *environment);
/* Drops the caller's reference and nulls its pointer; NULL is fine. */
void environment_unref(struct environment **environment);

/* Changes with every change of the list, never back. */
uint64_t environment_version(const struct environment *environment);
bool environment_has(const struct environment *environment, const char *name);
/* 0 or -ENOMEM. */
int environment_set(struct environment *environment, const char *name, const char *value);
void environment_remove(struct environment *environment, const char *name);

/* Copies all texts, each ended by a zero byte, to `buffer` if they fit into `size` bytes. What they
 * need, in bytes; *version becomes the list's at that moment. */
size_t environment_copy(const struct environment *environment, char *buffer, size_t size,
                        uint64_t *version);

#endif
