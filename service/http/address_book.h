#ifndef PINGYI_SERVICE_HTTP_ADDRESS_BOOK_H
#define PINGYI_SERVICE_HTTP_ADDRESS_BOOK_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* How much each address asks for. Of IPv6 the first 64 bits count as one: they are one household's or one office's.
 * Thread: loop. */

enum { ADDRESS_BUCKETS = 4096, ADDRESS_ENTRIES_MAX = 65536 };

struct address_entry {
    struct address_entry *next;
    unsigned char key[16];
    int connections;
    int requests; /* in the minute that began at: */
    uint64_t minute_ms;
};

struct address_book {
    struct address_entry *buckets[ADDRESS_BUCKETS];
    uint64_t seed; /* so that nobody can choose addresses that share a bucket */
    int count;
};

void address_book_init(struct address_book *book);
void address_book_deinit(struct address_book *book);

/* The entry of a numeric address, one connection more. NULL when there are too many, or no memory: then it goes
 * uncounted, for a full book must not lock out the city. */
struct address_entry *address_book_enter(struct address_book *book, const char *address);
/* One connection less; `entry` may be NULL. It stays until its minute is over. */
void address_entry_leave(struct address_entry *entry);

/* Count a request. 0, or after how many seconds to come back when there were more than `max` in this minute. */
int address_entry_count(struct address_entry *entry, int max, uint64_t now_ms);

/* Forget those who have left. */
void address_book_sweep(struct address_book *book, uint64_t now_ms);

#endif
