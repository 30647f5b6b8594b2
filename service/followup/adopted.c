#include "service/followup/adopted.h"

#include "base/alloc.h"

#include <stdlib.h>

static int compare_numbers(const void *a, const void *b)
{
    const struct bytes *const *one = a;
    const struct bytes *const *other = b;
    int order = bytes_compare(**one, **other);
    if (order != 0)
        return order;
    return *one < *other ? -1 : *one > *other;
}

/* `sorted` has room for `count`. The one that stands first in the list as a repetition is named. */
static int refuse_doubles(const struct bytes *order_nos, size_t count, const struct bytes **sorted,
                          struct err *err)
{
    const struct bytes *doubled = NULL;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &order_nos[i];
    qsort(sorted, count, sizeof *sorted, compare_numbers);
    for (size_t i = 1; i < count; i++) {
        bool is_double = bytes_equal(*sorted[i], *sorted[i - 1]);
        if (is_double && (doubled == NULL || sorted[i] < doubled))
            doubled = sorted[i];
    }
    if (doubled == NULL)
        return OK;
    return err_set(err, ERR_REFUSED, "order \"" BYTES_FMT "\" stands twice", BYTES_ARG(*doubled));
}

static int find_order(struct drawing *drawing, struct bytes order_no, struct drawn_entry *out,
                      struct err *err)
{
    struct frame_entry found;
    int rc = frame_entry_get(drawing->datadir->store, drawing->round.id, order_no, &found, err);
    if (rc == ERR_NOT_FOUND)
        return err_set(err, ERR_REFUSED, "order \"" BYTES_FMT "\" is not in the frame",
                       BYTES_ARG(order_no));
    if (rc != OK)
        return rc;
    if (found.unit < 0 || (size_t)found.unit >= drawing->unit_count)
        return err_set(err, ERR_CORRUPT, "order \"" BYTES_FMT "\" belongs to no unit of the frame",
                       BYTES_ARG(order_no));
    struct drawing_unit *unit = &drawing->units[found.unit];
    *out = (struct drawn_entry){.unit = found.unit,
                                .position = ++unit->sample,
                                .order_no = order_no,
                                .handling_id = found.handling_id};
    unit->released = unit->sample;
    return OK;
}

static int compare_places(const void *a, const void *b)
{
    const struct drawn_entry *one = a;
    const struct drawn_entry *other = b;
    if (one->unit != other->unit)
        return one->unit < other->unit ? -1 : 1;
    return one->position < other->position ? -1 : 1;
}

/* `sorted` has room for `count`. */
static int take(struct drawing *drawing, const struct bytes *order_nos, size_t count,
                const struct bytes **sorted, struct err *err)
{
    int rc = refuse_doubles(order_nos, count, sorted, err);
    for (size_t i = 0; i < count && rc == OK; i++)
        rc = find_order(drawing, order_nos[i], &drawing->entries[i], err);
    if (rc != OK)
        return rc;
    drawing->entry_count = count;
    qsort(drawing->entries, count, sizeof *drawing->entries, compare_places);
    return OK;
}

int adopted_take(struct drawing *drawing, const struct bytes *order_nos, size_t count,
                 struct err *err)
{
    const struct bytes **sorted = mem_calloc(count, sizeof(struct bytes *));
    drawing->entries = arena_alloc(&drawing->arena, size_multiply(count, sizeof *drawing->entries));
    int rc = sorted != NULL && drawing->entries != NULL
                 ? take(drawing, order_nos, count, sorted, err)
                 : err_set(err, ERR_NOMEM, "could not take %zu orders", count);
    mem_free(sorted);
    return rc;
}
