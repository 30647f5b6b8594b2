#include "service/http/address_book.h"

#include "base/alloc.h"

#include <arpa/inet.h>
#include <string.h>
#include <uv.h>

enum { MINUTE_MS = 60000 };

void address_book_init(struct address_book *book)
{
    memset(book, 0, sizeof *book);
    (void)uv_random(NULL, NULL, &book->seed, sizeof book->seed, 0, NULL);
}

void address_book_deinit(struct address_book *book)
{
    for (int i = 0; i < ADDRESS_BUCKETS; i++) {
        while (book->buckets[i] != NULL) {
            struct address_entry *entry = book->buckets[i];
            book->buckets[i] = entry->next;
            mem_free(entry);
        }
    }
    book->count = 0;
}

static void make_key(const char *address, unsigned char key[16])
{
    enum { HOST_BYTES = 8 };
    memset(key, 0, 16);
    if (inet_pton(AF_INET, address, key + 12) == 1)
        return;
    if (inet_pton(AF_INET6, address, key) == 1)
        memset(key + 16 - HOST_BYTES, 0, HOST_BYTES);
}

static struct address_entry **bucket_of(struct address_book *book, const unsigned char key[16])
{
    uint64_t halves[2];
    memcpy(halves, key, sizeof halves);
    uint64_t hash = book->seed;
    for (int i = 0; i < 2; i++) {
        hash = (hash ^ halves[i]) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    return &book->buckets[hash % ADDRESS_BUCKETS];
}

struct address_entry *address_book_enter(struct address_book *book, const char *address)
{
    unsigned char key[16];
    make_key(address, key);
    struct address_entry **bucket = bucket_of(book, key), *entry = *bucket;
    while (entry != NULL && memcmp(entry->key, key, sizeof key) != 0)
        entry = entry->next;
    if (entry == NULL) {
        if (book->count == ADDRESS_ENTRIES_MAX)
            return NULL;
        entry = mem_calloc(1, sizeof *entry);
        if (entry == NULL)
            return NULL;
        memcpy(entry->key, key, sizeof key);
        entry->next = *bucket;
        *bucket = entry;
        book->count++;
    }
    entry->connections++;
    return entry;
}

void address_entry_leave(struct address_entry *entry)
{
    if (entry != NULL)
        entry->connections--;
}

int address_entry_count(struct address_entry *entry, int max, uint64_t now_ms)
{
    if (now_ms - entry->minute_ms >= MINUTE_MS) {
        entry->minute_ms = now_ms;
        entry->requests = 0;
    }
    if (entry->requests < max) {
        entry->requests++;
        return 0;
    }
    return (int)((entry->minute_ms + MINUTE_MS - now_ms + 999) / 1000);
}

void address_book_sweep(struct address_book *book, uint64_t now_ms)
{
    for (int i = 0; i < ADDRESS_BUCKETS && book->count > 0; i++) {
        struct address_entry **link = &book->buckets[i];
        while (*link != NULL) {
            struct address_entry *entry = *link;
            if (entry->connections > 0 || now_ms - entry->minute_ms < MINUTE_MS) {
                link = &entry->next;
                continue;
            }
            *link = entry->next;
            mem_free(entry);
            book->count--;
        }
    }
}
