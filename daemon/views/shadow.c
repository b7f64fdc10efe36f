/*
 * A list with a hash of its keys. Called by frame.c and stream.c. Owns its shadows. Invariant: a
 * place, once given, means the same object until the list is cleared; the table is at most half
 * full.
 */
#include "daemon/views/shadow.h"

#include <stdlib.h>
#include <string.h>

#define GONE UINT32_MAX /* in the table: skip, but go on looking */

void shadows_init(struct shadows *shadows)
{
    memset(shadows, 0, sizeof *shadows);
}

void shadows_clear(struct shadows *shadows)
{
    for (size_t i = 0; i < shadows->count; i++) {
        free(shadows->list[i]);
    }
    shadows->count = shadows->gone_count = 0;
    if (shadows->table_size > 0) {
        memset(shadows->table, 0, shadows->table_size * sizeof *shadows->table);
    }
}

void shadows_fini(struct shadows *shadows)
{
    shadows_clear(shadows);
    free(shadows->list);
    free(shadows->table);
    shadows_init(shadows);
}

static size_t slot_of(const struct shadows *shadows, const char *key)
{
    return (size_t)fields_hash(key, strlen(key)) & (shadows->table_size - 1);
}

struct shadow *shadows_find(const struct shadows *shadows, const char *key, size_t *place)
{
    if (shadows->table_size == 0) {
        return NULL;
    }
    size_t slot = slot_of(shadows, key);
    while (shadows->table[slot] != 0) {
        uint32_t entry = shadows->table[slot];
        if (entry != GONE && strcmp(shadows->list[entry - 1]->key, key) == 0) {
            *place = entry - 1;
            return shadows->list[entry - 1];
        }
        slot = (slot + 1) & (shadows->table_size - 1);
    }
    return NULL;
}

static void insert(struct shadows *shadows, size_t place)
{
    size_t slot = slot_of(shadows, shadows->list[place]->key);
    while (shadows->table[slot] != 0 && shadows->table[slot] != GONE) {
        slot = (slot + 1) & (shadows->table_size - 1);
    }
    shadows->table[slot] = (uint32_t)place + 1;
}

/* The table is at most half full, gone places included, so looking always ends. */
static bool reserve(struct shadows *shadows)
{
    if (shadows->count < shadows->room) {
        return true;
    }
    size_t room = shadows->room == 0 ? 16 : shadows->room * 2;
    struct shadow **list = realloc(shadows->list, room * sizeof(struct shadow *));
    if (list == NULL) {
        return false;
    }
    shadows->list = list;
    uint32_t *table = calloc(room * 2, sizeof *table);
    if (table == NULL) {
        return false;
    }
    free(shadows->table);
    shadows->table = table;
    shadows->table_size = room * 2;
    shadows->room = room;
    for (size_t i = 0; i < shadows->count; i++) {
        if (!shadows->list[i]->is_gone) {
            insert(shadows, i);
        }
    }
    return true;
}

struct shadow *shadows_add(struct shadows *shadows, const char *key)
{
    size_t length = strlen(key);
    struct shadow *made = calloc(1, sizeof *made + length + 1);
    if (made == NULL || !reserve(shadows)) {
        free(made);
        return NULL;
    }
    memcpy(made->key, key, length);
    shadows->list[shadows->count++] = made;
    insert(shadows, shadows->count - 1);
    return made;
}

void shadows_mark_gone(struct shadows *shadows, size_t place)
{
    struct shadow *shadow = shadows->list[place];
    size_t slot = slot_of(shadows, shadow->key);
    while (shadows->table[slot] != place + 1) {
        slot = (slot + 1) & (shadows->table_size - 1);
    }
    shadows->table[slot] = GONE;
    shadow->is_gone = true;
    shadow->object = NULL;
    shadows->gone_count++;
}
