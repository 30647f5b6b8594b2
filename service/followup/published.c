#include "service/followup/published.h"

#include "base/civil.h"

#include "reports/csv.h"

#include "service/auth/digest.h"
#include "service/host/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    TEXT_MAX_BYTES = 16 * 1024 * 1024,
    PATH_BYTES = 4096,
    BLOCK_BYTES = 64 * 1024,
};

/* Where the published texts go, one file after the other: onto the disk, or beside what lies there. */
struct press {
    int (*begin)(void *context, const char *name, struct err *err);
    int (*write)(void *context, struct bytes text, struct err *err);
    int (*end)(void *context, unsigned char out_sha256[DIGEST_BYTES], struct err *err);
    void *context;
};

/* ---- the texts ---- */

static void append_public(const struct drawing *drawing, struct buf *out)
{
    static const char *const kinds[] = {[DRAW_BY_SEED] = "公开摇号 seed",
                                        [DRAW_BY_EXACT_SEED] = "指定种子 exact",
                                        [DRAW_ADOPTED] = "外部样本 adopted"};
    char at[TIME_TEXT_BYTES];
    time_format(drawing->drawn_utc, OFFICE_OFFSET_S, at);
    buf_printf(out, "评价期 round: " BYTES_FMT "\n", BYTES_ARG(drawing->round.name));
    buf_printf(out, "第几次抽样 draw: %jd\n", (intmax_t)drawing->no);
    buf_printf(out, "抽样时间 drawn_at: %s\n", at);
    buf_printf(out, "方式 kind: %s\n", kinds[drawing->kind]);
    /* An exact seed is the whole: whoever had it could tell the sample. */
    if (drawing->kind == DRAW_BY_SEED)
        buf_printf(out, "种子公开部分 public_seed: " BYTES_FMT "\n", BYTES_ARG(drawing->seed));
    buf_printf(out, "第几次冻结 freezing: %jd\n", (intmax_t)drawing->frame.no);
    buf_printf(out, "样本框工单数 entries: %jd\n", (intmax_t)drawing->frame.entries);
    evidence_append_digest(out, "样本框清单 listing_sha256", drawing->frame.listing_sha256);
    evidence_append_digest(out, "种子保密部分的承诺 secret_sha256", drawing->frame.secret_sha256);
}

static void append_counts(const struct drawing *drawing, struct buf *out)
{
    buf_append_z(out, "unit_code,frame,sample,reserve\n");
    for (size_t i = 0; i < drawing->unit_count; i++) {
        const struct drawing_unit *unit = &drawing->units[i];
        csv_cell(out, unit->code);
        buf_printf(out, ",%jd,%jd,%jd\n", (intmax_t)unit->frame, (intmax_t)unit->sample,
                   (intmax_t)unit->reserve);
    }
}

struct printing {
    const struct drawing *drawing;
    const struct press *press;
    struct buf line;
};

static int print_commitment(void *context, const struct commitment *commitment, struct err *err)
{
    struct printing *printing = context;
    struct buf *line = &printing->line;
    char hex[DIGEST_HEX_BYTES];
    digest_hex(commitment->digest, hex);
    buf_clear(line);
    buf_append(line, printing->drawing->units[commitment->entry->unit].code);
    buf_append_byte(line, '\t');
    buf_append_z(line, hex);
    buf_append_byte(line, '\n');
    int rc = buf_status(line, err);
    return rc == OK ? printing->press->write(printing->press->context, buf_bytes(line), err) : rc;
}

static int print_commitments(const struct drawing *drawing, const struct press *press,
                             struct err *err)
{
    struct printing printing = {.drawing = drawing, .press = press};
    buf_init(&printing.line, TEXT_MAX_BYTES);
    int rc = commitments_each(drawing, print_commitment, &printing, err);
    buf_deinit(&printing.line);
    return rc;
}

static int print_text(const struct press *press, const struct buf *text, struct err *err)
{
    int rc = buf_status(text, err);
    return rc == OK ? press->write(press->context, buf_bytes(text), err) : rc;
}

/* ---- the files ---- */

enum published_file { FILE_COMMITMENTS, FILE_COUNTS, FILE_PUBLIC, FILE_SUMS, FILES };
static const char *const file_names[FILES] = {"commitments.txt", "counts.csv", "public.txt",
                                              "SHA256SUMS"};

static int print_file(const struct drawing *drawing, const struct press *press,
                      enum published_file which, const struct buf *sums,
                      unsigned char out_sha256[DIGEST_BYTES], struct err *err)
{
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    if (which == FILE_PUBLIC)
        append_public(drawing, &text);
    else if (which == FILE_COUNTS)
        append_counts(drawing, &text);
    else if (which == FILE_SUMS)
        buf_append(&text, buf_bytes(sums));
    int rc = press->begin(press->context, file_names[which], err);
    if (rc == OK)
        rc = which == FILE_COMMITMENTS ? print_commitments(drawing, press, err)
                                       : print_text(press, &text, err);
    if (rc == OK)
        rc = press->end(press->context, out_sha256, err);
    buf_deinit(&text);
    return rc;
}

/* The hash of SHA256SUMS is that of all. */
static int print_all(const struct drawing *drawing, const struct press *press,
                     unsigned char out_sha256[DIGEST_BYTES], struct err *err)
{
    unsigned char digest[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];
    struct buf sums;
    int rc = OK;
    buf_init(&sums, TEXT_MAX_BYTES);
    for (enum published_file i = 0; i < FILES && rc == OK; i++) {
        rc = print_file(drawing, press, i, &sums, digest, err);
        if (rc != OK)
            break;
        digest_hex(digest, hex);
        buf_printf(&sums, "%s  %s\n", hex, file_names[i]);
    }
    buf_deinit(&sums);
    if (rc == OK)
        memcpy(out_sha256, digest, sizeof digest);
    return rc;
}

/* ---- written ---- */

struct writing {
    const struct datadir *datadir;
    char directory[EVIDENCE_DIRECTORY_BYTES];
    struct evidence_file file;
};

static int writing_begin(void *context, const char *name, struct err *err)
{
    struct writing *writing = context;
    return evidence_file_open(writing->datadir, writing->directory, name, &writing->file, err);
}

static int writing_write(void *context, struct bytes text, struct err *err)
{
    struct writing *writing = context;
    (void)err; /* a failed write is told by writing_end */
    evidence_file_write(&writing->file, text);
    return OK;
}

static int writing_end(void *context, unsigned char out_sha256[DIGEST_BYTES], struct err *err)
{
    struct writing *writing = context;
    return evidence_file_finish(&writing->file, out_sha256, err);
}

int published_write(const struct drawing *drawing, unsigned char out_sha256[DIGEST_BYTES],
                    struct err *err)
{
    struct writing writing = {.datadir = drawing->datadir};
    const struct press press = {writing_begin, writing_write, writing_end, &writing};
    evidence_directory(writing.directory, sizeof writing.directory, drawing->round.name, "draw",
                       drawing->no);
    int rc = print_all(drawing, &press, out_sha256, err);
    evidence_file_deinit(&writing.file);
    return rc;
}

/* ---- checked ---- */

struct checking {
    struct sha256 *made;
    struct buf path; /* of the directory, then of a file in it */
    size_t directory_len;
};

static int checking_begin(void *context, const char *name, struct err *err)
{
    struct checking *checking = context;
    checking->path.len = checking->directory_len;
    buf_append_z(&checking->path, name);
    buf_append_byte(&checking->path, '\0');
    return buf_status(&checking->path, err);
}

static int checking_write(void *context, struct bytes text, struct err *err)
{
    struct checking *checking = context;
    return sha256_feed(checking->made, text, err);
}

static int checking_end(void *context, unsigned char out_sha256[DIGEST_BYTES], struct err *err)
{
    const struct checking *checking = context;
    const char *path = checking->path.ptr;
    unsigned char found[DIGEST_BYTES];
    int rc = sha256_finish(checking->made, out_sha256, err);
    if (rc == OK)
        rc = published_hash(path, found, err);
    if (rc == OK && memcmp(found, out_sha256, DIGEST_BYTES) != 0)
        rc = err_set(err, ERR_CORRUPT, "\"%s\" is not what was published", path);
    return rc;
}

int published_hash(const char *path, unsigned char out_sha256[DIGEST_BYTES], struct err *err)
{
    char block[BLOCK_BYTES];
    struct sha256 *sha256 = NULL;
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return err_set(err, ERR_CORRUPT, "\"%s\" cannot be read: %s", path, strerror(errno));
    int rc = sha256_new(&sha256, err);
    size_t len = sizeof block;
    while (rc == OK && len == sizeof block) {
        len = fread(block, 1, sizeof block, file);
        rc = sha256_feed(sha256, (struct bytes){block, len}, err);
    }
    if (rc == OK && ferror(file) != 0)
        rc = err_set(err, ERR_IO, "could not read \"%s\"", path);
    if (rc == OK)
        rc = sha256_finish(sha256, out_sha256, err);
    sha256_free(sha256);
    (void)fclose(file);
    return rc;
}

int published_check(const struct drawing *drawing, struct err *err)
{
    struct checking checking = {.made = NULL};
    const struct press press = {checking_begin, checking_write, checking_end, &checking};
    char directory[EVIDENCE_DIRECTORY_BYTES];
    unsigned char digest[DIGEST_BYTES];
    evidence_directory(directory, sizeof directory, drawing->round.name, "draw", drawing->no);
    buf_init(&checking.path, PATH_BYTES);
    buf_printf(&checking.path, "%s/evidence/%s/", drawing->datadir->path, directory);
    checking.directory_len = checking.path.len;
    int rc = sha256_new(&checking.made, err);
    if (rc == OK)
        rc = print_all(drawing, &press, digest, err);
    if (rc == OK && memcmp(digest, drawing->public_sha256, DIGEST_BYTES) != 0)
        rc = err_set(err, ERR_CORRUPT, "what draw %jd published is not what was recorded",
                     (intmax_t)drawing->no);
    sha256_free(checking.made);
    buf_deinit(&checking.path);
    return rc;
}
