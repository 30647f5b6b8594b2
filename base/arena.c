#include "base/arena.h"

#include "base/alloc.h"

#include <stdalign.h>
#include <string.h>

struct arena_block {
    struct arena_block *older;
    size_t capacity;
    size_t used;
    alignas(max_align_t) char memory[];
};

enum { FIRST_BLOCK_BYTES = 8192 };

void arena_init(struct arena *arena, size_t max_bytes)
{
    *arena = (struct arena){.max_bytes = max_bytes};
}

static void free_blocks(struct arena_block *block)
{
    while (block != NULL) {
        struct arena_block *older = block->older;
        mem_free(block);
        block = older;
    }
}

void arena_deinit(struct arena *arena)
{
    free_blocks(arena->blocks);
    *arena = (struct arena){.max_bytes = arena->max_bytes};
}

void arena_reset(struct arena *arena)
{
    arena->used_bytes = 0;
    if (arena->blocks == NULL)
        return;
    /* Each block is at least as large as the one before it, so the newest is the largest. */
    free_blocks(arena->blocks->older);
    arena->blocks->older = NULL;
    arena->blocks->used = 0;
}

static struct arena_block *new_block(struct arena *arena, size_t at_least)
{
    size_t capacity =
        arena->blocks != NULL ? size_multiply(arena->blocks->capacity, 2) : FIRST_BLOCK_BYTES;
    if (capacity < at_least)
        capacity = at_least;
    struct arena_block *block = mem_alloc(size_add(sizeof *block, capacity));
    if (block == NULL)
        return NULL;
    *block = (struct arena_block){.older = arena->blocks, .capacity = capacity};
    arena->blocks = block;
    return block;
}

/* `bytes` aligned bytes, as they are. */
static void *take(struct arena *arena, size_t bytes)
{
    size_t rounded = size_add(bytes, alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (rounded < bytes || size_add(arena->used_bytes, rounded) > arena->max_bytes)
        return NULL;
    struct arena_block *block = arena->blocks;
    if (block == NULL || block->capacity - block->used < rounded)
        block = new_block(arena, rounded);
    if (block == NULL)
        return NULL;
    void *piece = block->memory + block->used;
    block->used += rounded;
    arena->used_bytes += rounded;
    return piece;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    void *piece = take(arena, bytes);
    return piece != NULL ? memset(piece, 0, bytes) : NULL;
}

void *arena_room_for(struct arena *arena, void *rows, size_t count, size_t *capacity, size_t size)
{
    enum { FIRST_CAPACITY = 8 };
    if (count < *capacity)
        return rows;
    size_t wanted = *capacity > 0 ? 2 * *capacity : FIRST_CAPACITY;
    void *larger = arena_alloc(arena, size_multiply(wanted, size));
    if (larger == NULL)
        return NULL;
    if (count > 0)
        memcpy(larger, rows, count * size);
    *capacity = wanted;
    return larger;
}

struct bytes arena_copy(struct arena *arena, struct bytes text)
{
    char *copy = take(arena, size_add(text.len, 1));
    if (copy == NULL)
        return BYTES_NONE;
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return (struct bytes){copy, text.len};
}
