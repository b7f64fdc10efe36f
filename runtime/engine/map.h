/*
 * Numbers for what lies in a heap: from the address of a string, object or buffer to its place
 * among all of them, in the order of addresses. Two bits for each 16 bytes of heap and a third for
 * "was reached" make it about 3 % of the heap's size, in process memory, never in the heap itself.
 * Knows addresses only. Included by unity.c only.
 */
#ifndef RUNTIME_ENGINE_MAP_H
#define RUNTIME_ENGINE_MAP_H

#define MAP_REGION ((uintptr_t)64 << 10) /* bytes */
#define MAP_GRAIN  ((uintptr_t)16)       /* what blocks are aligned to */
#define MAP_WORDS  (MAP_REGION / MAP_GRAIN / 64)

enum map_set { MAP_ALL, MAP_STRINGS, MAP_REACHED, MAP_SETS };

struct map_region {
    uintptr_t start;
    uint64_t bits[MAP_SETS][MAP_WORDS];
    uint32_t base[2];            /* members of MAP_ALL and of MAP_STRINGS in the regions before */
    uint16_t rank[2][MAP_WORDS]; /* the same within the region, before each word */
};

struct map {
    struct map_region **regions; /* owned; by address once map_number() has run */
    struct map_region **table;   /* open addressing by start */
    size_t count, room, buckets;
    size_t bytes, bytes_max; /* taken, and what may be */
    uint32_t total[2];
    const struct map_region *last; /* found last */
};

#endif
