#include "importers/book_zip.h"

#include "base/alloc.h"
#include "base/arena.h"

#include <minizip/unzip.h>

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* minizip reads the directory byte by byte and packed data in pieces of 16 KiB, so what it asks for is served
 * from a window on the file. It walks the whole directory for each name it looks up: we walk once and remember
 * places.
 *
 * Versions of minizip that are still about do not read a part's sizes and place from the zip64 field where long
 * is 64 bits wide. We do, and when such a part is read they see them in the header itself, where they fit: no
 * part is that large. */
enum {
    WINDOW_BYTES = 64 * 1024,
    NAME_BYTES = 256, /* longer names are no parts of a workbook */
    NAMES_BYTES = 32 * 1024 * 1024,
    EXTRA_BYTES = 1024,
    ENCRYPTED = 1, /* bit of a part's flags */
    ZIP64_FIELD = 1,
    SIZES_AT = 20, /* in a header of the directory: packed, unpacked, 4 bytes each */
    PLACE_AT = 42, /* where the part is */
    HEADER_BYTES = 46,
};

/* What a header of the directory says instead of UINT32_MAX. */
struct mend {
    int64_t header_at; /* 0: nothing to mend, for a part is before its header */
    uint64_t packed, unpacked, place;
};

struct part {
    struct bytes name;
    unz64_file_pos place;
    int64_t size_bytes; /* unpacked, as the directory says; -1 beyond int64_t */
    bool encrypted;
    struct mend mend;
};

struct book_zip {
    struct book_file file;
    unzFile unz;
    int64_t at;        /* where minizip reads next */
    int64_t header_at; /* where it went last: while it looks at a header, its place */
    struct mend mend;
    char *window;
    int64_t window_at;
    size_t window_len;
    int rc; /* the first failure of file.read_at, told in `err` */
    struct err err;

    struct arena names;
    struct part *parts;
    size_t part_count;

    const struct part *part; /* the one that is read, NULL for none */
    int64_t unpacked_bytes, packed_bytes;
};

int book_refuse(struct book_fail fail, enum refusal refusal, const char *why)
{
    *fail.refusal = refusal;
    return err_set(fail.err, ERR_REFUSED, "%s", why);
}

/* minizip has failed: because the file could not be read, or because of what is in it. */
static int fail_as(const struct book_zip *zip, const char *why, struct book_fail fail)
{
    if (zip->rc == OK)
        return book_refuse(fail, REFUSAL_BROKEN, why);
    *fail.err = zip->err;
    return zip->rc;
}

static voidpf on_open(voidpf context, const void *name, int mode)
{
    (void)name;
    (void)mode;
    return context;
}

static bool move_window(struct book_zip *zip)
{
    int64_t left = zip->file.size_bytes - zip->at;
    size_t len = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;
    zip->window_len = 0;
    zip->rc = zip->file.read_at(zip->file.context, zip->at, zip->window, len, &zip->err);
    if (zip->rc != OK)
        return false;
    zip->window_at = zip->at;
    zip->window_len = len;
    return true;
}

static void put_32(char *ptr, int64_t at, size_t len, int64_t field_at, uint64_t value)
{
    for (int64_t i = 0; i < 4; i++) {
        if (field_at + i >= at && field_at + i < at + (int64_t)len)
            ptr[field_at + i - at] = (char)(value >> 8 * i & 0xFF);
    }
}

/* Put the mended fields into what was read at `at`. */
static void put_mend(const struct mend *mend, char *ptr, int64_t at, size_t len)
{
    if (mend->header_at == 0 || at >= mend->header_at + HEADER_BYTES)
        return;
    put_32(ptr, at, len, mend->header_at + SIZES_AT, mend->packed);
    put_32(ptr, at, len, mend->header_at + SIZES_AT + 4, mend->unpacked);
    put_32(ptr, at, len, mend->header_at + PLACE_AT, mend->place);
}

static uLong on_read(voidpf context, voidpf stream, void *ptr, uLong len)
{
    struct book_zip *zip = context;
    uLong done = 0;
    (void)stream;
    while (done < len && zip->at < zip->file.size_bytes && zip->rc == OK) {
        bool inside =
            zip->at >= zip->window_at && zip->at < zip->window_at + (int64_t)zip->window_len;
        if (!inside && !move_window(zip))
            break;
        size_t skip = (size_t)(zip->at - zip->window_at);
        size_t piece = zip->window_len - skip;
        if (piece > len - done)
            piece = len - done;
        memcpy((char *)ptr + done, zip->window + skip, piece);
        put_mend(&zip->mend, (char *)ptr + done, zip->at, piece);
        done += piece;
        zip->at += (int64_t)piece;
    }
    zip->packed_bytes += (int64_t)done;
    return done;
}

static ZPOS64_T on_tell(voidpf context, voidpf stream)
{
    struct book_zip *zip = context;
    (void)stream;
    return (ZPOS64_T)zip->at;
}

/* From where it is, minizip also goes backwards, by an offset that has wrapped around. */
static long on_seek(voidpf context, voidpf stream, ZPOS64_T offset, int origin)
{
    struct book_zip *zip = context;
    uint64_t base = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                    : origin == ZLIB_FILEFUNC_SEEK_CUR ? (uint64_t)zip->at
                                                       : (uint64_t)zip->file.size_bytes;
    uint64_t at = base + offset;
    (void)stream;
    if (at > (uint64_t)zip->file.size_bytes)
        return -1;
    zip->at = (int64_t)at;
    if (origin == ZLIB_FILEFUNC_SEEK_SET)
        zip->header_at = zip->at;
    return 0;
}

static int on_close(voidpf context, voidpf stream)
{
    (void)context;
    (void)stream;
    return 0;
}

static int on_error(voidpf context, voidpf stream)
{
    const struct book_zip *zip = context;
    (void)stream;
    return zip->rc == OK ? 0 : -1;
}

static uint64_t number_at(const unsigned char *ptr, int len)
{
    uint64_t value = 0;
    for (int i = len - 1; i >= 0; i--)
        value = value << 8 | ptr[i];
    return value;
}

/* The zip64 field of a part, if its sizes were not taken from there: unpacked, packed, place, 8 bytes each. */
static void read_zip64(struct part *part, const unz_file_info64 *info, const unsigned char *extra,
                       int64_t header_at)
{
    size_t left = info->size_file_extra < EXTRA_BYTES ? info->size_file_extra : EXTRA_BYTES;
    if (info->uncompressed_size != UINT32_MAX || info->compressed_size != UINT32_MAX)
        return;
    while (left >= 4) {
        uint64_t id = number_at(extra, 2), len = number_at(extra + 2, 2);
        if (len > left - 4)
            return;
        if (id == ZIP64_FIELD && len >= 24) {
            part->mend = (struct mend){.header_at = header_at,
                                       .unpacked = number_at(extra + 4, 8),
                                       .packed = number_at(extra + 12, 8),
                                       .place = number_at(extra + 20, 8)};
            return;
        }
        extra += 4 + len;
        left -= 4 + len;
    }
}

/* Note the part at minizip's place in the directory, if a workbook could mean it. */
static int note_part(struct book_zip *zip, struct book_fail fail)
{
    char name[NAME_BYTES];
    unsigned char extra[EXTRA_BYTES];
    unz_file_info64 info;
    struct part part = {.size_bytes = -1};
    if (unzGetCurrentFileInfo64(zip->unz, &info, name, sizeof name, extra, sizeof extra, NULL, 0) !=
            UNZ_OK ||
        unzGetFilePos64(zip->unz, &part.place) != UNZ_OK)
        return fail_as(zip, "the zip's directory is damaged", fail);
    if (info.size_filename >= sizeof name || zip->part_count == BOOK_MAX_PARTS)
        return OK;
    struct bytes plain = {name, strnlen(name, info.size_filename)};
    for (size_t i = 0; i < plain.len; i++)
        name[i] = name[i] == '\\' ? '/' : name[i];
    while (bytes_starts_with(plain, BYTES_LIT("/")))
        plain = (struct bytes){plain.ptr + 1, plain.len - 1};
    part.name = arena_copy(&zip->names, plain);
    if (part.name.ptr == NULL)
        return err_set(fail.err, ERR_NOMEM, "could not note a part of a workbook");
    read_zip64(&part, &info, extra, zip->header_at);
    uint64_t size = part.mend.header_at > 0 ? part.mend.unpacked : info.uncompressed_size;
    if (size <= INT64_MAX)
        part.size_bytes = (int64_t)size;
    part.encrypted = (info.flag & ENCRYPTED) != 0;
    zip->parts[zip->part_count++] = part;
    return OK;
}

static int note_parts(struct book_zip *zip, struct book_fail fail)
{
    unz_global_info64 info;
    if (unzGetGlobalInfo64(zip->unz, &info) != UNZ_OK)
        return fail_as(zip, "the zip has no directory", fail);
    if (info.number_entry > BOOK_MAX_PARTS)
        return book_refuse(fail, REFUSAL_BOMB, "the zip has too many parts");
    zip->parts = mem_calloc((size_t)info.number_entry + 1, sizeof *zip->parts);
    if (zip->parts == NULL)
        return err_set(fail.err, ERR_NOMEM, "could not note the parts of a workbook");
    int rc = OK;
    int step = info.number_entry > 0 ? unzGoToFirstFile(zip->unz) : UNZ_END_OF_LIST_OF_FILE;
    for (uint64_t i = 0; step == UNZ_OK && rc == OK && i < info.number_entry; i++) {
        rc = note_part(zip, fail);
        if (rc == OK)
            step = unzGoToNextFile(zip->unz);
    }
    if (rc == OK && step != UNZ_OK && step != UNZ_END_OF_LIST_OF_FILE)
        rc = fail_as(zip, "the zip's directory is damaged", fail);
    return rc;
}

int book_zip_open(const struct book_file *file, struct book_zip **out_zip, struct book_fail fail)
{
    struct book_zip *zip = mem_calloc(1, sizeof *zip);
    if (zip == NULL)
        return err_set(fail.err, ERR_NOMEM, "could not open a workbook");
    zip->file = *file;
    arena_init(&zip->names, NAMES_BYTES);
    zlib_filefunc64_def functions = {
        .zopen64_file = on_open,
        .zread_file = on_read,
        .ztell64_file = on_tell,
        .zseek64_file = on_seek,
        .zclose_file = on_close,
        .zerror_file = on_error,
        .opaque = zip,
    };
    int rc = OK;
    zip->window = mem_alloc(WINDOW_BYTES);
    if (zip->window == NULL)
        rc = err_set(fail.err, ERR_NOMEM, "could not open a workbook");
    if (rc == OK) {
        zip->unz = unzOpen2_64("", &functions);
        rc = zip->unz != NULL ? note_parts(zip, fail)
                              : fail_as(zip, "the zip has no directory: its end is missing", fail);
    }
    if (rc != OK) {
        book_zip_free(zip);
        return rc;
    }
    *out_zip = zip;
    return OK;
}

void book_zip_free(struct book_zip *zip)
{
    if (zip == NULL)
        return;
    book_zip_leave(zip);
    if (zip->unz != NULL)
        (void)unzClose(zip->unz);
    mem_free(zip->window);
    mem_free(zip->parts);
    arena_deinit(&zip->names);
    mem_free(zip);
}

static const struct part *find_part(const struct book_zip *zip, struct bytes name)
{
    for (size_t i = 0; i < zip->part_count; i++) {
        const struct part *part = &zip->parts[i];
        if (part->name.len == name.len && name.len > 0 &&
            strncasecmp(part->name.ptr, name.ptr, name.len) == 0)
            return part;
    }
    return NULL;
}

bool book_zip_has(const struct book_zip *zip, struct bytes name)
{
    return find_part(zip, name) != NULL;
}

int book_zip_begin(struct book_zip *zip, struct bytes name, struct book_fail fail)
{
    book_zip_leave(zip);
    const struct part *part = find_part(zip, name);
    if (part == NULL)
        return book_refuse(fail, REFUSAL_BROKEN, "a part of the workbook is missing");
    if (part->encrypted)
        return book_refuse(fail, REFUSAL_LOCKED, "a part of the workbook is encrypted");
    if (part->size_bytes < 0 || part->size_bytes > BOOK_MAX_PART_BYTES)
        return book_refuse(fail, REFUSAL_BOMB, "a part of the workbook is too large");
    if (part->mend.header_at > 0 &&
        (part->mend.packed > UINT32_MAX || part->mend.place > UINT32_MAX))
        return book_refuse(fail, REFUSAL_BROKEN, "a part of the workbook is nowhere in it");
    zip->mend = part->mend;
    zip->unpacked_bytes = zip->packed_bytes = 0;
    if (unzGoToFilePos64(zip->unz, &part->place) != UNZ_OK ||
        unzOpenCurrentFile(zip->unz) != UNZ_OK)
        return fail_as(zip, "a part of the workbook cannot be unpacked", fail);
    zip->part = part;
    return OK;
}

/* The part was read to its end: minizip now compares the CRC. */
static int end_part(struct book_zip *zip, struct book_fail fail)
{
    bool whole = zip->unpacked_bytes == zip->part->size_bytes;
    zip->part = NULL;
    if (unzCloseCurrentFile(zip->unz) != UNZ_OK || !whole)
        return fail_as(zip, "a part of the workbook is damaged: its check sum differs", fail);
    return OK;
}

int book_zip_read(struct book_zip *zip, char *ptr, size_t len, size_t *out_got,
                  struct book_fail fail)
{
    int got = unzReadCurrentFile(zip->unz, ptr, (unsigned)len);
    if (got < 0 || zip->rc != OK)
        return fail_as(zip, "a part of the workbook cannot be unpacked", fail);
    zip->unpacked_bytes += got;
    if (zip->unpacked_bytes > BOOK_RATIO_FREE_BYTES &&
        zip->unpacked_bytes / BOOK_MAX_RATIO > zip->packed_bytes)
        return book_refuse(fail, REFUSAL_BOMB, "a part of the workbook unpacks to too much");
    int rc = got == 0 ? end_part(zip, fail) : OK;
    if (rc == OK)
        *out_got = (size_t)got;
    return rc;
}

void book_zip_leave(struct book_zip *zip)
{
    if (zip->part != NULL)
        (void)unzCloseCurrentFile(zip->unz);
    zip->part = NULL;
}
