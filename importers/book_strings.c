#include "importers/book_strings.h"

#include "base/alloc.h"

#include "importers/book_text.h"
#include "importers/book_xml.h"

#include <assert.h>
#include <string.h>

/* Strings are kept in blocks: the ends of its strings as uint16_t, then their texts. A string too long for that
 * is alone in its block, without ends. In memory is where each block begins (16 bytes for 16 KiB of text or 4096
 * strings) and a cache: a block has one slot it may be in. Strings that follow each other, as they mostly do,
 * are in one block. */
enum {
    BLOCK_TEXT_BYTES = 16 * 1024,
    BLOCK_STRINGS = 4096,
    SLOT_BYTES = BLOCK_STRINGS * (int)sizeof(uint16_t) + BLOCK_TEXT_BYTES,
    SLOTS = 256,
    MAX_BLOCKS_BYTES = 64 * 1024 * 1024, /* never met: the part's size and the count end first */
};

struct block {
    int64_t offset;
    uint32_t first; /* its first string */
    uint32_t bytes;
};

struct slot {
    size_t block; /* from 1; 0: nothing */
    char *ptr;
};

struct book_strings {
    struct book_file file;
    struct buf blocks; /* struct block, one behind the other */
    uint32_t count;
    int64_t kept_bytes;

    /* While they are read. */
    struct buf text; /* the string at hand */
    struct buf block_text;
    uint16_t ends[BLOCK_STRINGS];
    size_t block_count;

    struct slot slots[SLOTS];
    struct buf lone; /* a block that fits no slot, `lone_block` from 1 */
    size_t lone_block;
    size_t last_block; /* of the last string asked for */
};

enum { TABLE, STRING, TEXT, RUN, RUN_TEXT, PLACES };

static const struct book_place places[PLACES] = {
    [TABLE] = {BOOK_XML_NO_PLACE, "sst"},
    [STRING] = {TABLE, "si"},
    [TEXT] = {STRING, "t"},
    [RUN] = {STRING, "r"},
    [RUN_TEXT] = {RUN, "t"},
};

static int keep(struct book_strings *strings, struct bytes bytes, struct book_fail fail)
{
    strings->kept_bytes += (int64_t)bytes.len;
    return bytes.len > 0 ? strings->file.keep(strings->file.context, bytes, fail.err) : OK;
}

static int end_block(struct book_strings *strings, struct book_fail fail)
{
    size_t count = strings->block_count;
    if (count == 0)
        return OK;
    struct bytes ends = {(const char *)strings->ends, count > 1 ? count * sizeof(uint16_t) : 0};
    struct block block = {
        .offset = strings->kept_bytes,
        .first = strings->count - (uint32_t)count,
        .bytes = (uint32_t)(ends.len + strings->block_text.len),
    };
    buf_append(&strings->blocks, (struct bytes){(const char *)&block, sizeof block});
    int rc = buf_status(&strings->blocks, fail.err);
    if (rc == OK)
        rc = keep(strings, ends, fail);
    if (rc == OK)
        rc = keep(strings, buf_bytes(&strings->block_text), fail);
    strings->block_count = 0;
    buf_clear(&strings->block_text);
    return rc;
}

static int end_string(struct book_strings *strings, struct book_fail fail)
{
    size_t len = book_text_decode(strings->text.ptr, strings->text.len);
    int rc = OK;
    if (strings->count == BOOK_MAX_STRINGS)
        return book_refuse(fail, REFUSAL_BOMB, "the workbook has too many strings");
    if (strings->block_count == BLOCK_STRINGS || strings->block_text.len + len > BLOCK_TEXT_BYTES)
        rc = end_block(strings, fail);
    if (rc != OK)
        return rc;
    buf_append(&strings->block_text, (struct bytes){strings->text.ptr, len});
    strings->ends[strings->block_count++] = (uint16_t)strings->block_text.len;
    strings->count++;
    return buf_status(&strings->block_text, fail.err);
}

static int on_open(void *context, int place, const char **attributes, struct book_fail fail)
{
    struct book_strings *strings = context;
    (void)attributes;
    (void)fail;
    if (place == STRING)
        buf_clear(&strings->text);
    return OK;
}

static int on_text(void *context, int place, struct bytes text, struct book_fail fail)
{
    struct book_strings *strings = context;
    if (place != TEXT && place != RUN_TEXT)
        return OK;
    buf_append(&strings->text, text);
    if (strings->text.rc == ERR_LIMIT)
        return book_refuse(fail, REFUSAL_BOMB, "a string of the workbook is too long");
    return buf_status(&strings->text, fail.err);
}

static int on_close(void *context, int place, struct book_fail fail)
{
    return place == STRING ? end_string(context, fail) : OK;
}

int book_strings_load(struct book_zip *zip, struct bytes part, const struct book_file *file,
                      struct book_strings **out_strings, struct book_fail fail)
{
    struct book_strings *strings = mem_calloc(1, sizeof *strings);
    if (strings == NULL)
        return err_set(fail.err, ERR_NOMEM, "could not read the strings of a workbook");
    strings->file = *file;
    buf_init(&strings->blocks, MAX_BLOCKS_BYTES);
    buf_init(&strings->text, BOOK_MAX_CELL_BYTES);
    buf_init(&strings->block_text, BOOK_MAX_CELL_BYTES);
    buf_init(&strings->lone, BOOK_MAX_CELL_BYTES);
    struct book_xml_reader reader = {places, PLACES, on_open, on_text, on_close, strings};
    int rc = part.len > 0 ? book_xml_read(zip, part, &reader, fail) : OK;
    if (rc == OK)
        rc = end_block(strings, fail);
    buf_deinit(&strings->text);
    buf_deinit(&strings->block_text);
    if (rc != OK) {
        book_strings_free(strings);
        return rc;
    }
    *out_strings = strings;
    return OK;
}

void book_strings_free(struct book_strings *strings)
{
    if (strings == NULL)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        mem_free(strings->slots[i].ptr);
    buf_deinit(&strings->blocks);
    buf_deinit(&strings->text);
    buf_deinit(&strings->block_text);
    buf_deinit(&strings->lone);
    mem_free(strings);
}

static struct block block_at(const struct book_strings *strings, size_t i)
{
    struct block block;
    memcpy(&block, strings->blocks.ptr + i * sizeof block, sizeof block);
    return block;
}

/* The string behind the last of block `i`. */
static uint32_t block_end(const struct book_strings *strings, size_t i)
{
    bool last = (i + 1) * sizeof(struct block) == strings->blocks.len;
    return last ? strings->count : block_at(strings, i + 1).first;
}

/* The block of a string that is there: mostly that of the last one. */
static size_t find_block(const struct book_strings *strings, uint32_t index)
{
    size_t low = strings->last_block;
    if (index >= block_at(strings, low).first && index < block_end(strings, low))
        return low;
    low = 0;
    size_t high = strings->blocks.len / sizeof(struct block);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (block_at(strings, middle).first <= index)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Where block `i` goes in memory, and in *holder which block is there, from 1; NULL when memory fails. */
static char *block_room(struct book_strings *strings, size_t i, size_t bytes, size_t **holder)
{
    struct slot *slot = &strings->slots[i % SLOTS];
    if (bytes > SLOT_BYTES) {
        *holder = &strings->lone_block;
        buf_clear(&strings->lone);
        return buf_reserve(&strings->lone, bytes);
    }
    if (slot->ptr == NULL)
        slot->ptr = mem_alloc(SLOT_BYTES);
    *holder = &slot->block;
    return slot->ptr;
}

static int load_block(struct book_strings *strings, size_t i, const struct block *block,
                      const char **out_ptr, struct book_fail fail)
{
    size_t *holder = NULL;
    char *room = block_room(strings, i, block->bytes, &holder);
    if (room == NULL)
        return err_set(fail.err, ERR_NOMEM, "could not recall the strings of a workbook");
    if (*holder != i + 1) {
        *holder = 0;
        int rc = block->bytes > 0 ? strings->file.recall(strings->file.context, block->offset, room,
                                                         block->bytes, fail.err)
                                  : OK;
        if (rc != OK)
            return rc;
        *holder = i + 1;
    }
    *out_ptr = room;
    return OK;
}

int book_strings_get(struct book_strings *strings, int64_t index, struct bytes *out_text,
                     struct book_fail fail)
{
    if (index < 0 || index >= (int64_t)strings->count)
        return book_refuse(fail, REFUSAL_BROKEN, "a cell names a string that is not there");
    size_t i = find_block(strings, (uint32_t)index);
    struct block block = block_at(strings, i);
    uint32_t count = block_end(strings, i) - block.first, nth = (uint32_t)index - block.first;
    const char *ptr = NULL;
    int rc = load_block(strings, i, &block, &ptr, fail);
    if (rc != OK)
        return rc;
    assert(ptr != NULL && "a block that was loaded is somewhere");
    strings->last_block = i;
    if (count == 1) {
        *out_text = (struct bytes){ptr, block.bytes};
        return OK;
    }
    uint16_t start = 0, end = 0;
    if (nth > 0)
        memcpy(&start, ptr + (nth - 1) * sizeof start, sizeof start);
    memcpy(&end, ptr + nth * sizeof end, sizeof end);
    *out_text = (struct bytes){ptr + count * sizeof end + start, (size_t)(end - start)};
    return OK;
}
