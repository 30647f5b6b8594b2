#include "service/intake/persons.h"

#include "base/alloc.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 1024 };

void persons_deinit(struct persons *persons)
{
    mem_free(persons->run);
    *persons = (struct persons){0};
}

static int compare(const void *left, const void *right)
{
    const struct person_order *a = left;
    const struct person_order *b = right;
    if (a->phone_key != b->phone_key)
        return a->phone_key < b->phone_key ? -1 : 1;
    return (a->order_id > b->order_id) - (a->order_id < b->order_id);
}

int persons_flush(struct persons *persons, struct store *store, struct err *err)
{
    if (persons->count == 0)
        return OK;
    qsort(persons->run, persons->count, sizeof *persons->run, compare);
    for (size_t i = 0; i < persons->count; i++) {
        int rc = person_order_put(store, persons->run[i].phone_key, persons->run[i].order_id, err);
        if (rc != OK)
            return rc;
    }
    persons->count = 0;
    return OK;
}

int persons_add(struct persons *persons, struct store *store, struct person_order person, struct err *err)
{
    if (persons->count == PERSONS_A_RUN) {
        int rc = persons_flush(persons, store, err);
        if (rc != OK)
            return rc;
    }
    if (persons->count == persons->capacity) {
        size_t capacity = persons->capacity > 0 ? persons->capacity * 2 : FIRST_CAPACITY;
        struct person_order *run = mem_realloc(persons->run, capacity * sizeof *run);
        if (run == NULL)
            return err_set(err, ERR_NOMEM, "could not gather %zu numbers", capacity);
        persons->run = run;
        persons->capacity = capacity;
    }
    persons->run[persons->count++] = person;
    return OK;
}
