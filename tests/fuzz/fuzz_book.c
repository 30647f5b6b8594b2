#include "importers/book.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* The first byte chooses: the rest is a whole zip, or the XML of one part in a book that is otherwise good. What
 * comes out is valid UTF-8 and the same a second time, or nothing is read and a reason given. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_BYTES = 64 * 1024 * 1024, PARTS = 6 };

static const struct {
    const char *name, *text;
} good[PARTS] = {
    {"xl/worksheets/sheet1.xml",
     "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c s=\"1\"><v>45384.5</v>"
     "</c></row></sheetData></worksheet>"},
    {"xl/sharedStrings.xml", "<sst><si><t>a</t></si><si><r><t>b_x000D_</t></r></si></sst>"},
    {"xl/styles.xml",
     "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy-mm-dd\"/></numFmts>"
     "<cellXfs><xf/><xf numFmtId=\"164\"/><xf numFmtId=\"46\"/></cellXfs></styleSheet>"},
    {"xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" r:id=\"r1\"/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships><Relationship Id=\"r1\" Type=\"/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
     "<Relationship Id=\"r2\" Type=\"/styles\" Target=\"styles.xml\"/>"
     "<Relationship Id=\"r3\" Type=\"/sharedStrings\" Target=\"sharedStrings.xml\"/>"
     "</Relationships>"},
    {"_rels/.rels",
     "<Relationships><Relationship Id=\"r1\" Type=\"/officeDocument\" Target=\"xl/workbook.xml\"/>"
     "</Relationships>"},
};

struct store {
    struct bytes file;
    struct buf scratch;
};

static int read_at(void *context, int64_t offset, char *ptr, size_t len, struct err *err)
{
    const struct store *store = context;
    (void)err;
    if (offset < 0 || (size_t)offset > store->file.len || len > store->file.len - (size_t)offset)
        abort();
    memcpy(ptr, store->file.ptr + offset, len);
    return OK;
}

static int keep(void *context, struct bytes bytes, struct err *err)
{
    struct store *store = context;
    buf_append(&store->scratch, bytes);
    return buf_status(&store->scratch, err);
}

static int recall(void *context, int64_t offset, char *ptr, size_t len, struct err *err)
{
    const struct store *store = context;
    (void)err;
    if (offset < 0 || (size_t)offset + len > store->scratch.len)
        abort();
    memcpy(ptr, store->scratch.ptr + offset, len);
    return OK;
}

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

static void put(struct buf *out, uint64_t value, int count)
{
    for (; count > 0; count--, value >>= 8)
        buf_append_byte(out, (char)(value & 0xFF));
}

/* From the version that is needed to the length of the extra field. */
static void put_header(struct buf *out, const char *name, struct bytes text)
{
    put(out, 20, 2);
    put(out, 0, 2 + 2);
    put(out, 0x21 << 16, 4);
    put(out, crc32_of(text), 4);
    put(out, text.len, 4);
    put(out, text.len, 4);
    put(out, strlen(name), 2);
    put(out, 0, 2);
}

/* A zip of the good parts, one of them replaced. */
static void write_zip(size_t replaced, struct bytes by, struct buf *out)
{
    size_t starts[PARTS];
    for (size_t i = 0; i < PARTS; i++) {
        struct bytes text = i == replaced ? by : bytes_from_z(good[i].text);
        starts[i] = out->len;
        put(out, 0x04034b50, 4);
        put_header(out, good[i].name, text);
        buf_append_z(out, good[i].name);
        buf_append(out, text);
    }
    size_t directory = out->len;
    for (size_t i = 0; i < PARTS; i++) {
        put(out, 0x02014b50, 4);
        put(out, 20, 2);
        put_header(out, good[i].name, i == replaced ? by : bytes_from_z(good[i].text));
        put(out, 0, 8);
        put(out, 0, 2);
        put(out, starts[i], 4);
        buf_append_z(out, good[i].name);
    }
    size_t end = out->len;
    put(out, 0x06054b50, 4);
    put(out, 0, 4);
    put(out, PARTS, 2);
    put(out, PARTS, 2);
    put(out, end - directory, 4);
    put(out, directory, 4);
    put(out, 0, 2);
}

static int on_text(void *context, struct bytes text, struct err *err)
{
    struct buf *out = context;
    if (text.len == 0 || text.len > 65536)
        abort();
    buf_append(out, text);
    return buf_status(out, err);
}

/* Read each sheet twice: the second time is the same. */
static void read_book(struct bytes file)
{
    struct err err = {0};
    struct book *book = NULL;
    enum refusal refusal = REFUSAL_NONE;
    struct buf once, again;
    struct store store = {.file = file};
    struct book_file functions = {(int64_t)file.len, read_at, keep, recall, &store};
    buf_init(&store.scratch, MAX_BYTES);
    buf_init(&once, MAX_BYTES);
    buf_init(&again, MAX_BYTES);
    int rc = book_open(&functions, &book, &refusal, &err);
    for (size_t i = 0; rc == OK && i < book_sheet_count(book) && i < 3; i++) {
        buf_clear(&once);
        buf_clear(&again);
        rc = book_read_sheet(book, i, on_text, &once, &refusal, &err);
        int second = book_read_sheet(book, i, on_text, &again, &refusal, &err);
        if (rc != second || !bytes_equal(buf_bytes(&once), buf_bytes(&again)))
            abort();
        if (rc == OK && !utf8_is_valid(buf_bytes(&once)))
            abort();
    }
    if (rc != OK && rc != ERR_LIMIT && rc != ERR_NOMEM &&
        (rc != ERR_REFUSED || refusal == REFUSAL_NONE))
        abort();
    book_free(book);
    buf_deinit(&store.scratch);
    buf_deinit(&once);
    buf_deinit(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct bytes rest = {(const char *)data + 1, size - 1};
    size_t mode = data[0] % (PARTS + 1);
    if (mode == PARTS) {
        read_book(rest);
        return 0;
    }
    struct buf zip;
    buf_init(&zip, MAX_BYTES);
    write_zip(mode, rest, &zip);
    if (zip.rc != OK)
        abort();
    read_book(buf_bytes(&zip));
    buf_deinit(&zip);
    return 0;
}
