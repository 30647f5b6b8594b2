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
    *out = (struct drawn_entry){.unit = found.unit,
                                .position = ++drawing->units[found.unit].sample,
                                .order_no = order_no,
                                .handling_id = found.handling_id};
    return OK;
}

/* By unit and position. */
static void put_in_order(struct drawing *drawing, const struct drawn_entry *found)
{
    size_t base = 0;
    for (size_t i = 0; i < drawing->unit_count; i++) {
        struct drawing_unit *unit = &drawing->units[i];
        for (size_t k = 0; k < drawing->entry_count; k++) {
            if (found[k].unit == (int64_t)i)
                drawing->entries[base + (size_t)found[k].position - 1] = found[k];
        }
        base += (size_t)unit->sample;
        unit->released = unit->sample;
    }
}

int adopted_take(struct drawing *drawing, const struct bytes *order_nos, size_t count,
                 struct err *err)
{
    int rc = OK;
    const struct bytes **sorted = mem_calloc(count, sizeof(struct bytes *));
    struct drawn_entry *found = mem_calloc(count, sizeof *found);
    drawing->entries =
        arena_alloc(&drawing->arena, size_multiply(count, sizeof *drawing->entries));
    if (sorted == NULL || found == NULL || drawing->entries == NULL)
        rc = err_set(err, ERR_NOMEM, "could not take %zu orders", count);
    if (rc == OK)
        rc = refuse_doubles(order_nos, count, sorted, err);
    for (size_t i = 0; i < count && rc == OK; i++)
        rc = find_order(drawing, order_nos[i], &found[i], err);
    if (rc == OK) {
        drawing->entry_count = count;
        put_in_order(drawing, found);
    }
    mem_free(found);
    mem_free(sorted);
    return rc;
}
