/*
 * Lowered code on disk, in a directory of the user's own: one file per key, written under another
 * name and renamed, checked whole when it is read. Whatever is wrong with directory, file or disk
 * only means that there is nothing cached.
 */
#ifndef RUNTIME_LOWER_CACHE_H
#define RUNTIME_LOWER_CACHE_H

#include <nettle/sha2.h>
#include "runtime/lower.h"

#include <stdint.h>

struct lower_cache;

/* The user's directory: $XDG_CACHE_HOME/isoscope, else ~/.cache/isoscope; false when neither is
 * named or the name is longer than `size` bytes. */
bool lower_cache_place(char *path, size_t size);

/* Opens, makes when needed. NULL when it can't be had or is not the user's alone. Files beyond
 * `max_bytes` in sum are removed, the least recently used first. */
struct lower_cache *lower_cache_open(const char *path, uint64_t max_bytes);
void lower_cache_close(struct lower_cache **cache);

/* The name of what would come of a request: source, goal, file, lowerer and engine. Any thread. */
void lower_cache_key(const struct lower_request *request, unsigned char key[SHA256_DIGEST_SIZE]);

/* A result with one reference, or NULL. Any thread. */
struct lower_result *lower_cache_get(struct lower_cache *cache,
                                     const unsigned char key[SHA256_DIGEST_SIZE]);
/* Any thread. */
void lower_cache_put(struct lower_cache *cache, const unsigned char key[SHA256_DIGEST_SIZE],
                     const struct lower_result *result);

#endif
