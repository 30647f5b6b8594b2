#ifndef PINGYI_BASE_ARENA_H
#define PINGYI_BASE_ARENA_H

#include "base/bytes.h"

/* Memory of one lifetime: given out piece by piece, freed at once. Pieces never move. Thread: one owner at a time. */
struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used_bytes;          /* given out since init or reset */
    size_t max_bytes;
};

/* No allocation yet; `max_bytes` bounds what it gives out between resets. */
void arena_init(struct arena *arena, size_t max_bytes);

/* Free everything; accepts a zeroed arena. */
void arena_deinit(struct arena *arena);

/* Take everything back, keeping the largest block for the next round. */
void arena_reset(struct arena *arena);

/* `bytes` zeroed bytes, aligned for any type; NULL when memory or the maximum fails. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* `rows` of `size` bytes each, with room for one behind the `count` that are there: as they are, or twice as many
 * elsewhere in the arena. `rows` may be NULL while `count` and *capacity are 0. NULL as of arena_alloc. */
void *arena_room_for(struct arena *arena, void *rows, size_t count, size_t *capacity, size_t size);

/* A copy, NUL-terminated behind its end; ptr NULL on failure, also for an empty text never otherwise. */
struct bytes arena_copy(struct arena *arena, struct bytes text);

#endif
