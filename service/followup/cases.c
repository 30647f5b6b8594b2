#include "service/followup/cases.h"

#include "base/alloc.h"

#include "service/storage/orders.h"

#include <stdlib.h>

struct person {
    int64_t phone_key; /* 0: none */
    size_t entry;
};

static int compare_persons(const void *a, const void *b)
{
    const struct person *one = a;
    const struct person *other = b;
    if (one->phone_key != other->phone_key)
        return one->phone_key < other->phone_key ? -1 : 1;
    return one->entry < other->entry ? -1 : one->entry > other->entry;
}

static int find_persons(const struct drawing *drawing, struct person *persons, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < drawing->entry_count && rc == OK; i++) {
        struct order_row order;
        rc = order_get_by_id(drawing->datadir->store,
                             drawing->entries[i].handling_id / HANDLINGS_AN_ORDER, &order, err);
        if (rc == OK)
            persons[i] = (struct person){order.phone_key, i};
    }
    return rc;
}

/* Each entry gets the index + 1 of its person's first entry, or 0 when it is that one. */
static void find_first(struct drawing *drawing, struct person *persons)
{
    size_t first = 0;
    qsort(persons, drawing->entry_count, sizeof *persons, compare_persons);
    for (size_t i = 0; i < drawing->entry_count; i++) {
        bool goes_on =
            i > 0 && persons[i].phone_key != 0 && persons[i].phone_key == persons[i - 1].phone_key;
        if (!goes_on)
            first = persons[i].entry;
        drawing->entries[persons[i].entry].case_no = goes_on ? (int64_t)first + 1 : 0;
    }
}

int cases_assign(struct drawing *drawing, bool one_per_person, struct err *err)
{
    int rc = OK;
    struct person *persons = mem_calloc(drawing->entry_count, sizeof *persons);
    if (persons == NULL)
        return err_set(err, ERR_NOMEM, "could not look for the persons of %zu orders",
                       drawing->entry_count);
    if (one_per_person)
        rc = find_persons(drawing, persons, err);
    if (rc == OK && one_per_person)
        find_first(drawing, persons);
    int64_t cases = 0;
    for (size_t i = 0; i < drawing->entry_count && rc == OK; i++) {
        struct drawn_entry *entry = &drawing->entries[i];
        entry->case_no =
            entry->case_no != 0 ? drawing->entries[entry->case_no - 1].case_no : ++cases;
    }
    mem_free(persons);
    return rc;
}

int cases_count_drawn(const struct drawing *drawing, bool released, int64_t *out_count,
                      struct err *err)
{
    int64_t count = 0;
    bool *seen = mem_calloc(drawing->entry_count + 1, sizeof *seen);
    if (seen == NULL)
        return err_set(err, ERR_NOMEM, "could not count the cases of %zu orders",
                       drawing->entry_count);
    for (size_t i = 0; i < drawing->entry_count; i++) {
        const struct drawn_entry *entry = &drawing->entries[i];
        const struct drawing_unit *unit = &drawing->units[entry->unit];
        bool counts = entry->position <= (released ? unit->released : unit->sample) &&
                      entry->case_no >= 1 && (size_t)entry->case_no <= drawing->entry_count;
        if (counts && !seen[entry->case_no])
            count++;
        if (counts)
            seen[entry->case_no] = true;
    }
    mem_free(seen);
    *out_count = count;
    return OK;
}
