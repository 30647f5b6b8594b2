#ifndef PINGYI_BASE_ALLOC_H
#define PINGYI_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The one door to the heap, so that tests can fail the n-th request. Thread: any.
 *
 * Like malloc, calloc, realloc and free, but a request of 0 bytes gives a pointer that must be freed too. Memory made
 * here can be freed with free() by a library and the other way round. */

void *mem_alloc(size_t bytes);
void *mem_calloc(size_t count, size_t bytes);
void *mem_realloc(void *ptr, size_t bytes);
void mem_free(void *ptr);

/* A NUL-terminated copy of `len` bytes, or NULL when memory fails. The caller frees it with mem_free. */
char *mem_copy(const char *ptr, size_t len);

/* Size arithmetic: SIZE_MAX on overflow, which no allocation can meet. */
size_t size_add(size_t a, size_t b);
size_t size_multiply(size_t a, size_t b);

/* For tests alone: let request number `nth` from now fail (1 is the next), and all after it if `lasting`. 0 ends the
 * fault. `mem_fault_met` says whether any request was refused since. */
void mem_fault_set(int64_t nth, bool lasting);
bool mem_fault_met(void);

#endif
