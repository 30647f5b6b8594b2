#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The only mutable globals of the project: the countdown of the fault loop. 0 means no fault is armed, which costs one
 * relaxed load a request. */
static atomic_int_fast64_t fault_countdown;
static atomic_bool fault_lasting;
static atomic_bool fault_met;

static bool refused(void)
{
    if (atomic_load_explicit(&fault_countdown, memory_order_relaxed) == 0)
        return false;
    int_fast64_t before = atomic_fetch_sub(&fault_countdown, 1);
    if (before > 1)
        return false;
    if (atomic_load(&fault_lasting))
        atomic_store(&fault_countdown, 1);
    else
        atomic_store(&fault_countdown, 0);
    atomic_store(&fault_met, true);
    return true;
}

void *mem_alloc(size_t bytes)
{
    if (refused())
        return NULL;
    return malloc(bytes != 0 ? bytes : 1);
}

void *mem_calloc(size_t count, size_t bytes)
{
    if (refused())
        return NULL;
    return count != 0 && bytes != 0 ? calloc(count, bytes) : calloc(1, 1);
}

void *mem_realloc(void *ptr, size_t bytes)
{
    if (refused())
        return NULL;
    return realloc(ptr, bytes != 0 ? bytes : 1);
}

void mem_free(void *ptr)
{
    free(ptr);
}

char *mem_copy(const char *ptr, size_t len)
{
    char *copy = mem_alloc(size_add(len, 1));
    if (copy == NULL)
        return NULL;
    if (len > 0)
        memcpy(copy, ptr, len);
    copy[len] = '\0';
    return copy;
}

size_t size_add(size_t a, size_t b)
{
    size_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? SIZE_MAX : sum;
}

size_t size_multiply(size_t a, size_t b)
{
    size_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? SIZE_MAX : product;
}

void mem_fault_set(int64_t nth, bool lasting)
{
    atomic_store(&fault_met, false);
    atomic_store(&fault_lasting, lasting);
    atomic_store(&fault_countdown, nth);
}

bool mem_fault_met(void)
{
    return atomic_load(&fault_met);
}
