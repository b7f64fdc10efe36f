/*
 * Regions of bits behind a hash table (map.h). Part of unity.c; used by the snapshot. Filled by
 * map_add(), then numbered once; after that only MAP_REACHED changes.
 */
#include "runtime/engine/map.h"

static size_t map_bucket(const struct map *map, uintptr_t start)
{
    uint64_t hash = (start / MAP_REGION) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(hash >> 32) & (map->buckets - 1);
}

static struct map_region *map_find(struct map *map, uintptr_t address)
{
    uintptr_t start = address & ~(MAP_REGION - 1);
    if (map->last && map->last->start == start) {
        return (struct map_region *)(uintptr_t)map->last;
    }
    if (!map->buckets) {
        return NULL;
    }
    for (size_t i = map_bucket(map, start);; i = (i + 1) & (map->buckets - 1)) {
        struct map_region *region = map->table[i];
        if (!region || region->start == start) {
            map->last = region;
            return region;
        }
    }
}

static void *map_take(struct map *map, size_t bytes)
{
    if (bytes > map->bytes_max || map->bytes > map->bytes_max - bytes) {
        return NULL;
    }
    void *memory = calloc(1, bytes);
    map->bytes += memory ? bytes : 0;
    return memory;
}

static void map_insert(struct map *map, struct map_region *region)
{
    size_t i = map_bucket(map, region->start);
    while (map->table[i]) {
        i = (i + 1) & (map->buckets - 1);
    }
    map->table[i] = region;
}

static bool map_grow(struct map *map)
{
    size_t room = map->room ? map->room * 2 : 64;
    struct map_region **table = map_take(map, 2 * room * sizeof(struct map_region *));
    struct map_region **regions = map_take(map, room * sizeof(struct map_region *));
    if (!table || !regions) {
        free(table);
        free(regions);
        return false;
    }
    if (map->count) {
        memcpy(regions, map->regions, map->count * sizeof(struct map_region *));
    }
    map->bytes -= 3 * map->room * sizeof(struct map_region *);
    free(map->regions);
    free(map->table);
    map->regions = regions;
    map->table = table;
    map->room = room;
    map->buckets = 2 * room;
    for (size_t i = 0; i < map->count; i++) {
        map_insert(map, map->regions[i]);
    }
    return true;
}

static struct map_region *map_need(struct map *map, uintptr_t address)
{
    struct map_region *region = map_find(map, address);
    if (region) {
        return region;
    }
    if (map->count == map->room && !map_grow(map)) {
        return NULL;
    }
    region = map_take(map, sizeof(*region));
    if (region) {
        region->start = address & ~(MAP_REGION - 1);
        map->regions[map->count++] = region;
        map_insert(map, region);
        map->last = region;
    }
    return region;
}

/* False when there is no memory. */
static bool map_add(struct map *map, const void *address, bool is_string)
{
    struct map_region *region = map_need(map, (uintptr_t)address);
    if (!region) {
        return false;
    }
    unsigned grain = (unsigned)(((uintptr_t)address & (MAP_REGION - 1)) / MAP_GRAIN);
    region->bits[MAP_ALL][grain / 64] |= UINT64_C(1) << (grain % 64);
    if (is_string) {
        region->bits[MAP_STRINGS][grain / 64] |= UINT64_C(1) << (grain % 64);
    }
    return true;
}

static int map_compare(const void *left, const void *right)
{
    const struct map_region *a = *(struct map_region *const *)left;
    const struct map_region *b = *(struct map_region *const *)right;
    return a->start < b->start ? -1 : a->start > b->start;
}

/* Everything was added: from here on members have numbers. */
static void map_number(struct map *map)
{
    if (map->count) {
        qsort(map->regions, map->count, sizeof(struct map_region *), map_compare);
    }
    for (size_t i = 0; i < map->count; i++) {
        struct map_region *region = map->regions[i];
        for (int set = MAP_ALL; set <= MAP_STRINGS; set++) {
            uint32_t rank = 0;
            region->base[set] = map->total[set];
            for (size_t word = 0; word < MAP_WORDS; word++) {
                region->rank[set][word] = (uint16_t)rank;
                rank += (uint32_t)__builtin_popcountll(region->bits[set][word]);
            }
            map->total[set] += rank;
        }
    }
}

/* The place of a member in the set; UINT32_MAX for what was not added. */
static uint32_t map_place(struct map *map, const void *address, enum map_set set)
{
    const struct map_region *region = map_find(map, (uintptr_t)address);
    unsigned grain = (unsigned)(((uintptr_t)address & (MAP_REGION - 1)) / MAP_GRAIN);
    if (!region || !(region->bits[set][grain / 64] >> (grain % 64) & 1)) {
        return UINT32_MAX;
    }
    uint64_t before = region->bits[set][grain / 64] & ((UINT64_C(1) << (grain % 64)) - 1);
    return region->base[set] + region->rank[set][grain / 64] +
           (uint32_t)__builtin_popcountll(before);
}

static void map_reach(struct map *map, const void *address)
{
    struct map_region *region = map_find(map, (uintptr_t)address);
    unsigned grain = (unsigned)(((uintptr_t)address & (MAP_REGION - 1)) / MAP_GRAIN);
    if (region) {
        region->bits[MAP_REACHED][grain / 64] |= UINT64_C(1) << (grain % 64);
    }
}

/* Where a walk over the members stands. */
struct map_cursor {
    size_t region;
    unsigned word;
    uint64_t left; /* of the word, once it was begun */
    bool is_begun;
};

/* The next member of MAP_ALL by address, NULL at the end. With `is_lost` only those never reached.
 */
static void *map_next(const struct map *map, struct map_cursor *cursor, bool is_lost)
{
    while (cursor->region < map->count) {
        const struct map_region *region = map->regions[cursor->region];
        if (!cursor->is_begun) {
            cursor->is_begun = true;
            cursor->left = region->bits[MAP_ALL][cursor->word];
            if (is_lost) {
                cursor->left &= ~region->bits[MAP_REACHED][cursor->word];
            }
        }
        if (cursor->left) {
            unsigned bit = (unsigned)__builtin_ctzll(cursor->left);
            cursor->left &= cursor->left - 1;
            return (void *)(region->start + (cursor->word * 64 + bit) * MAP_GRAIN);
        }
        cursor->is_begun = false;
        if (++cursor->word == MAP_WORDS) {
            cursor->word = 0;
            cursor->region++;
        }
    }
    return NULL;
}

static void map_fini(struct map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        free(map->regions[i]);
    }
    free(map->regions);
    free(map->table);
}
