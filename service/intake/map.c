#include "service/intake/map.h"

#include "base/alloc.h"

#include <string.h>

enum { FIRST_CAPACITY = 256 };

void map_init(struct map *map, size_t max_count)
{
    *map = (struct map){.max_count = max_count};
    arena_init(&map->keys, MAP_KEYS_MAX_BYTES);
}

void map_deinit(struct map *map)
{
    mem_free(map->entries);
    arena_deinit(&map->keys);
    *map = (struct map){0};
}

void map_clear(struct map *map)
{
    if (map->capacity > 0)
        memset(map->entries, 0, map->capacity * sizeof *map->entries);
    map->count = 0;
    arena_reset(&map->keys);
}

/* The entry of the key, or the free one where it belongs. At most half of the entries are taken, so one is free. */
static struct map_entry *probe(struct map_entry *entries, size_t capacity, struct bytes key,
                               uint64_t hash)
{
    for (size_t at = hash & (capacity - 1);; at = (at + 1) & (capacity - 1)) {
        struct map_entry *entry = &entries[at];
        if (entry->key.ptr == NULL || (entry->hash == hash && bytes_equal(entry->key, key)))
            return entry;
    }
}

struct map_entry *map_get(const struct map *map, struct bytes key)
{
    if (map->capacity == 0)
        return NULL;
    struct map_entry *entry = probe(map->entries, map->capacity, key, bytes_hash(key));
    return entry->key.ptr != NULL ? entry : NULL;
}

static int grow(struct map *map, struct err *err)
{
    size_t capacity = map->capacity > 0 ? size_multiply(map->capacity, 2) : FIRST_CAPACITY;
    struct map_entry *entries = mem_calloc(capacity, sizeof *entries);
    if (entries == NULL)
        return err_set(err, ERR_NOMEM, "could not grow a table to %zu entries", capacity);
    for (size_t i = 0; i < map->capacity; i++) {
        struct map_entry *entry = &map->entries[i];
        if (entry->key.ptr != NULL)
            *probe(entries, capacity, entry->key, entry->hash) = *entry;
    }
    mem_free(map->entries);
    map->entries = entries;
    map->capacity = capacity;
    return OK;
}

int map_put(struct map *map, struct bytes key, int64_t value, struct map_entry **out_entry,
            struct err *err)
{
    if (map->count >= map->max_count || map->keys.used_bytes + key.len + 64 > map->keys.max_bytes)
        return err_set(err, ERR_LIMIT, "more than %zu different words", map->count);
    if (map->count * 2 >= map->capacity) {
        int rc = grow(map, err);
        if (rc != OK)
            return rc;
    }
    struct bytes copy = arena_copy(&map->keys, key);
    if (copy.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not keep a word of %zu bytes", key.len);
    uint64_t hash = bytes_hash(key);
    struct map_entry *entry = probe(map->entries, map->capacity, key, hash);
    *entry = (struct map_entry){.key = copy, .hash = hash, .value = value};
    map->count++;
    *out_entry = entry;
    return OK;
}
