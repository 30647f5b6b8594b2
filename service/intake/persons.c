#include "service/intake/persons.h"

#include "base/alloc.h"

enum { FIRST_CAPACITY = 1024 };

void persons_deinit(struct persons *persons)
{
    mem_free(persons->run);
    *persons = (struct persons){0};
}

/* A byte of the number; the sign flipped, so that negative ones come first. */
static unsigned byte_of(int64_t phone_key, int shift)
{
    return (unsigned)(((uint64_t)phone_key ^ UINT64_C(1) << 63) >> shift & 0xFF);
}

/* Sort by the number, byte by byte from the lowest: eight passes, whatever the numbers are, and orders of one
 * number stay in the order in which they came. `other` has room for as many; an even number of passes ends where it
 * began. */
static void sort_run(struct person_order *run, struct person_order *other, size_t count)
{
    for (int shift = 0; shift < 64; shift += 8) {
        size_t starts[257] = {0};
        for (size_t i = 0; i < count; i++)
            starts[byte_of(run[i].phone_key, shift) + 1]++;
        for (int i = 0; i < 256; i++)
            starts[i + 1] += starts[i];
        for (size_t i = 0; i < count; i++)
            other[starts[byte_of(run[i].phone_key, shift)]++] = run[i];
        struct person_order *sorted = other;
        other = run;
        run = sorted;
    }
}

int persons_sort(struct persons *persons, struct err *err)
{
    if (persons->count == 0)
        return OK;
    struct person_order *other = mem_alloc(persons->count * sizeof *other);
    if (other == NULL)
        return err_set(err, ERR_NOMEM, "could not sort %zu numbers", persons->count);
    sort_run(persons->run, other, persons->count);
    mem_free(other);
    return OK;
}

int persons_store(struct persons *persons, struct store *store, int64_t limit, struct err *err)
{
    size_t left = persons->count - persons->stored;
    size_t count = left < (size_t)limit ? left : (size_t)limit;
    int rc = person_orders_put(store, persons->run + persons->stored, count, err);
    if (rc != OK)
        return rc;
    persons->stored += count;
    if (persons->stored == persons->count)
        persons->stored = persons->count = 0;
    return OK;
}

int persons_flush(struct persons *persons, struct store *store, struct err *err)
{
    int rc = persons_sort(persons, err);
    return rc == OK ? persons_store(persons, store, PERSONS_A_RUN, err) : rc;
}

int persons_add(struct persons *persons, struct store *store, struct person_order person,
                struct err *err)
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
