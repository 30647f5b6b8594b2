#ifndef PINGYI_SERVICE_INTAKE_MAP_H
#define PINGYI_SERVICE_INTAKE_MAP_H

#include "base/arena.h"
#include "base/err.h"

/* A bounded table from texts to ids, for words that repeat from row to row. Keys are copied. Thread: one owner. */
struct map {
    struct map_entry *entries;
    size_t capacity; /* a power of two, 0 at first */
    size_t count;
    size_t max_count;
    struct arena keys;
};

struct map_entry {
    struct bytes key;
    uint64_t hash;
    int64_t value; /* the caller's */
    int64_t count; /* the caller's; 0 at first */
};

enum { MAP_KEYS_MAX_BYTES = 32 * 1024 * 1024 };

void map_init(struct map *map, size_t max_count);
void map_deinit(struct map *map); /* accepts a zeroed one */
void map_clear(struct map *map);

/* The entry of `key`, or NULL. Valid until the next map_put or map_clear. */
struct map_entry *map_get(const struct map *map, struct bytes key);

/* A new entry; `key` must not be in the map. ERR_LIMIT when max_count or the keys' memory is reached. */
int map_put(struct map *map, struct bytes key, int64_t value, struct map_entry **out_entry,
            struct err *err);

#endif
