/*
 * A list of pids and globs. Called by prober.c. Owns the texts. `*` goes by the program's file,
 * which is cheap, so that not every program that starts is searched for symbols.
 */
#include "probes/wanted.h"

#include "probes/image.h"
#include "probes/names.h"

#include <stdlib.h>
#include <string.h>

static bool is_number(const char *item)
{
    return *item != '\0' && strspn(item, "0123456789") == strlen(item);
}

bool wanted_add(struct wanted *wanted, const char *item)
{
    char *copy = wanted->count < WANTED_MAX ? strdup(item) : NULL;

    if (copy != NULL) {
        wanted->items[wanted->count++] = copy;
    }
    return copy != NULL;
}

void wanted_clear(struct wanted *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        free(wanted->items[i]);
    }
    wanted->count = 0;
}

static bool is_it(const char *item, uint64_t pid)
{
    if (strcmp(item, "*") == 0) {
        return image_is_likely(pid);
    }
    return is_number(item) ? strtoull(item, NULL, 10) == pid : names_match(pid, item);
}

bool wanted_has(const struct wanted *wanted, uint64_t pid)
{
    for (size_t i = 0; i < wanted->count; i++) {
        if (is_it(wanted->items[i], pid)) {
            return true;
        }
    }
    return false;
}

bool wanted_is_open(const struct wanted *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        if (!is_number(wanted->items[i])) {
            return true;
        }
    }
    return false;
}
