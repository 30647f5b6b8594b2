#ifndef PINGYI_BASE_CONTAINER_H
#define PINGYI_BASE_CONTAINER_H

#include <stddef.h>

/* The struct that `member`, which `ptr` points to, is embedded in. */
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
