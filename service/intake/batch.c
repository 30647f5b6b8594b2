#include "service/intake/batch.h"

#include "base/alloc.h"

#include <string.h>

int batch_queue_init(struct batch_queue *queue, struct err *err)
{
    memset(queue, 0, sizeof *queue);
    (void)pthread_mutex_init(&queue->lock, NULL);
    (void)pthread_cond_init(&queue->changed, NULL);
    for (size_t i = 0; i < BATCHES; i++) {
        struct batch *batch = &queue->batches[i];
        arena_init(&batch->arena, BATCH_MAX_BYTES);
        batch->items = mem_calloc(BATCH_ITEMS, sizeof *batch->items);
        if (batch->items == NULL) {
            batch_queue_deinit(queue);
            return err_set(err, ERR_NOMEM, "could not make batches of %d records", BATCH_ITEMS);
        }
        queue->free_ring[queue->free_count++] = batch;
    }
    return OK;
}

void batch_queue_deinit(struct batch_queue *queue)
{
    for (size_t i = 0; i < BATCHES; i++) {
        mem_free(queue->batches[i].items);
        arena_deinit(&queue->batches[i].arena);
    }
    (void)pthread_cond_destroy(&queue->changed);
    (void)pthread_mutex_destroy(&queue->lock);
    memset(queue, 0, sizeof *queue);
}

static struct batch *shift(struct batch **ring, size_t *count)
{
    struct batch *first = ring[0];
    memmove(ring, ring + 1, (*count - 1) * sizeof *ring);
    (*count)--;
    return first;
}

struct batch *batch_queue_take_free(struct batch_queue *queue)
{
    struct batch *batch = NULL;
    (void)pthread_mutex_lock(&queue->lock);
    while (queue->free_count == 0 && !queue->canceled)
        (void)pthread_cond_wait(&queue->changed, &queue->lock);
    if (!queue->canceled)
        batch = shift(queue->free_ring, &queue->free_count);
    (void)pthread_mutex_unlock(&queue->lock);
    if (batch == NULL)
        return NULL;
    arena_reset(&batch->arena);
    batch->count = 0;
    batch->is_last = false;
    batch->rc = OK;
    return batch;
}

void batch_queue_put_full(struct batch_queue *queue, struct batch *batch)
{
    (void)pthread_mutex_lock(&queue->lock);
    queue->full_ring[queue->full_count++] = batch;
    (void)pthread_cond_broadcast(&queue->changed);
    (void)pthread_mutex_unlock(&queue->lock);
}

struct batch *batch_queue_take_full(struct batch_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    while (queue->full_count == 0)
        (void)pthread_cond_wait(&queue->changed, &queue->lock);
    struct batch *batch = shift(queue->full_ring, &queue->full_count);
    (void)pthread_mutex_unlock(&queue->lock);
    return batch;
}

bool batch_queue_is_empty(struct batch_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    bool is_empty = queue->full_count == 0;
    (void)pthread_mutex_unlock(&queue->lock);
    return is_empty;
}

void batch_queue_put_free(struct batch_queue *queue, struct batch *batch)
{
    (void)pthread_mutex_lock(&queue->lock);
    queue->free_ring[queue->free_count++] = batch;
    (void)pthread_cond_broadcast(&queue->changed);
    (void)pthread_mutex_unlock(&queue->lock);
}

void batch_queue_cancel(struct batch_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    queue->canceled = true;
    (void)pthread_cond_broadcast(&queue->changed);
    (void)pthread_mutex_unlock(&queue->lock);
}

struct batch_item *batch_next_item(struct batch *batch)
{
    if (batch->count == BATCH_ITEMS || batch->arena.used_bytes > BATCH_BYTES)
        return NULL;
    struct batch_item *item = &batch->items[batch->count++];
    memset(item, 0, sizeof *item);
    return item;
}
