#include "tests/support/zip.h"

#include <string.h>

enum { MAX_PARTS = 64, FLAG_ENCRYPTED = 1, FLAG_UTF8 = 1 << 11, NEEDS_20 = 20, NEEDS_45 = 45 };

struct entry {
    size_t at;
    uint32_t crc;
    uint32_t flags;
};

static uint32_t crc32_of(struct bytes bytes)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (unsigned char)bytes.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

/* The lowest `count` bytes of `value`, lowest first. */
static void put(struct buf *out, uint64_t value, int count)
{
    for (int i = 0; i < count; i++) {
        buf_append_byte(out, (char)(value & 0xFF));
        value >>= 8;
    }
}

/* What local and central headers have in common, up to the sizes. */
static void put_common(struct buf *out, const struct entry *entry, size_t len, bool big,
                       size_t name_len)
{
    enum { DATE_1980 = 0x21 };
    put(out, big ? NEEDS_45 : NEEDS_20, 2);
    put(out, entry->flags, 2);
    put(out, 0, 2); /* stored */
    put(out, 0, 2);
    put(out, DATE_1980, 2);
    put(out, entry->crc, 4);
    put(out, big ? UINT32_MAX : len, 4);
    put(out, big ? UINT32_MAX : len, 4);
    put(out, name_len, 2);
}

static void put_local(struct buf *out, const struct test_part *part, const struct entry *entry,
                      bool big)
{
    put(out, 0x04034b50, 4);
    put_common(out, entry, part->bytes.len, big, strlen(part->name));
    put(out, big ? 20 : 0, 2);
    buf_append_z(out, part->name);
    if (big) {
        put(out, 1, 2);
        put(out, 16, 2);
        put(out, part->bytes.len, 8);
        put(out, part->bytes.len, 8);
    }
    buf_append(out, part->bytes);
}

static void put_central(struct buf *out, const struct test_part *part, const struct entry *entry,
                        bool big)
{
    put(out, 0x02014b50, 4);
    put(out, NEEDS_45, 2);
    put_common(out, entry, part->bytes.len, big, strlen(part->name));
    put(out, big ? 28 : 0, 2);
    put(out, 0, 2 + 2 + 2 + 4); /* comment, disk, attributes */
    put(out, big ? UINT32_MAX : entry->at, 4);
    buf_append_z(out, part->name);
    if (big) {
        put(out, 1, 2);
        put(out, 24, 2);
        put(out, part->bytes.len, 8);
        put(out, part->bytes.len, 8);
        put(out, entry->at, 8);
    }
}

static void put_end_64(struct buf *out, size_t count, size_t start, size_t end)
{
    put(out, 0x06064b50, 4);
    put(out, 44, 8);
    put(out, NEEDS_45, 2);
    put(out, NEEDS_45, 2);
    put(out, 0, 4 + 4);
    put(out, count, 8);
    put(out, count, 8);
    put(out, end - start, 8);
    put(out, start, 8);
    put(out, 0x07064b50, 4);
    put(out, 0, 4);
    put(out, end, 8);
    put(out, 1, 4);
}

void test_zip_write(const struct test_part *parts, size_t count, unsigned flags, struct buf *out)
{
    struct entry entries[MAX_PARTS];
    bool big = (flags & TEST_ZIP_64) != 0;
    for (size_t i = 0; i < count && i < MAX_PARTS; i++) {
        bool last = i + 1 == count;
        entries[i] = (struct entry){out->len, crc32_of(parts[i].bytes), FLAG_UTF8};
        if (last && (flags & TEST_ZIP_WRONG_CRC) != 0)
            entries[i].crc ^= 1;
        if (last && (flags & TEST_ZIP_LOCKED) != 0)
            entries[i].flags |= FLAG_ENCRYPTED;
        put_local(out, &parts[i], &entries[i], big);
    }
    size_t start = out->len;
    for (size_t i = 0; i < count && i < MAX_PARTS; i++)
        put_central(out, &parts[i], &entries[i], big);
    size_t end = out->len;
    if (big)
        put_end_64(out, count, start, end);
    put(out, 0x06054b50, 4);
    put(out, 0, 2 + 2);
    put(out, big ? UINT16_MAX : count, 2);
    put(out, big ? UINT16_MAX : count, 2);
    put(out, big ? UINT32_MAX : end - start, 4);
    put(out, big ? UINT32_MAX : start, 4);
    put(out, 0, 2);
}
