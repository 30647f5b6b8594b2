#include "service/commands/verify.h"

#include "scoring/selection.h"

#include "service/host/files.h"
#include "service/rounds/evidence.h"

#include <string.h>

enum {
    SUMS_MAX_BYTES = 1024 * 1024,
    OPENED_MAX_BYTES = 16 * 1024 * 1024,
    PUBLISHED_MAX_BYTES =
        2000 * 1024 * 1024, /* ten million commitments of a hundred bytes and more */
    PATH_MAX_BYTES = 4096,
};

/* `name` beside the file `path`, or in `directory` if that is not NULL; NUL-terminated. */
static int find_beside(const char *path, const char *directory, struct bytes name,
                       struct buf *out_path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    buf_init(out_path, PATH_MAX_BYTES);
    if (directory != NULL)
        buf_printf(out_path, "%s/", directory);
    else if (slash != NULL)
        buf_append(out_path, (struct bytes){path, (size_t)(slash - path) + 1});
    buf_append(out_path, name);
    buf_append_byte(out_path, '\0');
    return buf_status(out_path, err);
}

static bool hex_to_bytes(struct bytes hex, unsigned char *out, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    if (hex.len != 2 * count)
        return false;
    for (size_t i = 0; i < hex.len; i++) {
        const char *digit = memchr(digits, hex.ptr[i], sizeof digits - 1);
        if (digit == NULL)
            return false;
        unsigned value = (unsigned)(digit - digits);
        out[i / 2] = (unsigned char)(i % 2 == 0 ? value << 4 : out[i / 2] | value);
    }
    return true;
}

/* ---- SHA256SUMS ---- */

/* A line of sha256sum: the hash, a space, a space or a star, the name; of a file that lies beside it. */
static bool read_sum(struct bytes line, unsigned char out_sha256[SHA256_BYTES],
                     struct bytes *out_name)
{
    const size_t hex = SHA256_HEX_BYTES - 1;
    if (line.len < hex + 3 ||
        !hex_to_bytes((struct bytes){line.ptr, hex}, out_sha256, SHA256_BYTES))
        return false;
    if (line.ptr[hex] != ' ' || (line.ptr[hex + 1] != ' ' && line.ptr[hex + 1] != '*'))
        return false;
    *out_name = (struct bytes){line.ptr + hex + 2, line.len - hex - 2};
    return memchr(out_name->ptr, '/', out_name->len) == NULL &&
           memchr(out_name->ptr, '\0', out_name->len) == NULL;
}

static int check_sum(struct verify *verify, const char *path, struct bytes name,
                     const unsigned char expected[SHA256_BYTES], struct err *err)
{
    unsigned char found[SHA256_BYTES];
    struct buf file;
    struct err reason = {0};
    int rc = find_beside(path, NULL, name, &file, err);
    if (rc == OK) {
        rc = files_sha256(file.ptr, found, &reason);
        if (rc == ERR_NOMEM)
            *err = reason;
        else if (rc != OK)
            verify_found(verify, false, BYTES_FMT "：无法读取（%s）", BYTES_ARG(name),
                         reason.message);
        else
            verify_found(verify, memcmp(found, expected, sizeof found) == 0, BYTES_FMT,
                         BYTES_ARG(name));
        rc = rc == ERR_NOMEM ? rc : OK;
    }
    buf_deinit(&file);
    return rc;
}

static int check_sums(struct verify *verify, const char *path, struct bytes text, struct err *err)
{
    int rc = OK;
    while (text.ptr != NULL && rc == OK) {
        unsigned char expected[SHA256_BYTES];
        struct bytes name;
        struct bytes line = bytes_cut(&text, '\n');
        if (line.len == 0)
            continue;
        rc = read_sum(line, expected, &name)
                 ? check_sum(verify, path, name, expected, err)
                 : err_set(err, ERR_FORMAT, "\"%s\" is no list of sha256sum", path);
    }
    return rc;
}

int verify_sums(struct verify *verify, const char *path, const unsigned char *expected,
                struct err *err)
{
    unsigned char found[SHA256_BYTES];
    char hex[SHA256_HEX_BYTES];
    struct buf text;
    buf_init(&text, SUMS_MAX_BYTES);
    int rc = files_read(path, &text, err);
    if (rc == OK)
        rc = sha256_of(buf_bytes(&text), found, err);
    if (rc == OK) {
        sha256_hex(found, hex);
        if (expected != NULL)
            verify_found(verify, memcmp(found, expected, sizeof found) == 0, "%s 自身的摘要 %s",
                         path, hex);
        else
            buf_printf(&verify->lines, "摘要  %s（请与公布的比对）：%s\n", path, hex);
        rc = check_sums(verify, path, buf_bytes(&text), err);
    }
    buf_deinit(&text);
    return rc;
}

/* ---- opened entries ---- */

struct opened {
    struct bytes unit_code, order_no, salt, ticket, part, commitment, line;
};

/* `说明 key: value`: the value of the key, where the line has one. */
static void read_field(struct bytes line, struct opened *out)
{
    const struct {
        const char *key;
        struct bytes *into;
    } fields[] = {
        {"unit_code", &out->unit_code}, {"order_no", &out->order_no},
        {"salt", &out->salt},           {"ticket", &out->ticket},
        {"part", &out->part},           {"commitment", &out->commitment},
        {"line", &out->line},
    };
    size_t colon = bytes_find(line, BYTES_LIT(":"));
    struct bytes key = {line.ptr, colon};
    for (size_t i = colon; i-- > 0;) {
        if (line.ptr[i] == ' ') {
            key = (struct bytes){line.ptr + i + 1, colon - i - 1};
            break;
        }
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields && colon < line.len; i++) {
        if (bytes_equal(key, bytes_from_z(fields[i].key)))
            *fields[i].into =
                bytes_trim((struct bytes){line.ptr + colon + 1, line.len - colon - 1});
    }
}

static bool read_part(struct bytes word, enum selection_part *out)
{
    for (enum selection_part part = PART_SAMPLE; part <= PART_REST; part++) {
        if (bytes_equal(word, bytes_from_z(selection_part_word(part)))) {
            *out = part;
            return true;
        }
    }
    return false;
}

/* What the opened values commit to; false when they are no such values. */
static int commit(const struct opened *opened, bool *out_valid,
                  unsigned char out_digest[DIGEST_BYTES], struct err *err)
{
    unsigned char salt[SALT_BYTES];
    unsigned char ticket[DIGEST_BYTES];
    enum selection_part part = PART_REST;
    struct evidence_door *evidence = NULL;
    *out_valid = hex_to_bytes(opened->salt, salt, sizeof salt) && read_part(opened->part, &part) &&
                 (opened->ticket.len == 0 || hex_to_bytes(opened->ticket, ticket, sizeof ticket));
    if (!*out_valid)
        return OK;
    int rc = evidence_door_new(&evidence, err);
    if (rc == OK) {
        struct digest_door door = evidence_door(evidence);
        rc = commitment_compute(&door, salt, opened->order_no,
                                opened->ticket.len > 0 ? ticket : NULL, part, out_digest, err);
    }
    evidence_door_free(evidence);
    return rc;
}

/* Whether the published list holds `unit code TAB commitment`, in the line that was named if one was. */
static bool is_published(struct bytes list, const struct opened *opened, int64_t *out_line)
{
    int64_t at = 0;
    while (list.ptr != NULL) {
        struct bytes commitment = bytes_cut(&list, '\n');
        struct bytes unit = bytes_cut(&commitment, '\t');
        at++;
        if (commitment.ptr != NULL && bytes_equal(unit, opened->unit_code) &&
            bytes_equal(commitment, opened->commitment)) {
            *out_line = at;
            return true;
        }
    }
    return false;
}

static int check_opened(struct verify *verify, const struct opened *opened, struct bytes published,
                        struct err *err)
{
    unsigned char digest[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES] = "";
    int64_t line = 0;
    bool is_valid = false;
    int rc = commit(opened, &is_valid, digest, err);
    if (rc != OK)
        return rc;
    if (is_valid)
        digest_hex(digest, hex);
    bool holds = is_valid && bytes_equal(opened->commitment, bytes_from_z(hex));
    verify_found(verify, holds, "工单 " BYTES_FMT "（" BYTES_FMT "）的承诺，归属 " BYTES_FMT,
                 BYTES_ARG(opened->order_no), BYTES_ARG(opened->unit_code),
                 BYTES_ARG(opened->part));
    bool found = is_published(published, opened, &line);
    int64_t said = 0;
    bool is_at = found && (!bytes_to_int64(opened->line, &said) || said == line);
    verify_found(verify, is_at, "工单 " BYTES_FMT " 的承诺在公布的 commitments.txt 中%s",
                 BYTES_ARG(opened->order_no), found ? "" : "查无");
    return OK;
}

static int check_entries(struct verify *verify, const char *path, struct bytes text,
                         struct bytes published, struct err *err)
{
    struct opened opened = {0};
    int64_t count = 0;
    int rc = OK;
    while (text.ptr != NULL && rc == OK) {
        read_field(bytes_cut(&text, '\n'), &opened);
        /* The line number stands last in an entry, and nothing of one entry is left to the next. */
        if (opened.line.ptr == NULL)
            continue;
        rc = check_opened(verify, &opened, published, err);
        opened = (struct opened){0};
        count++;
    }
    if (rc == OK && count == 0)
        rc = err_set(err, ERR_FORMAT, "\"%s\" has no opened entry", path);
    return rc;
}

int verify_opened(struct verify *verify, const char *path, const char *published, struct err *err)
{
    struct buf text;
    struct buf list;
    struct buf list_path;
    buf_init(&text, OPENED_MAX_BYTES);
    buf_init(&list, PUBLISHED_MAX_BYTES);
    int rc = find_beside(path, published, BYTES_LIT("commitments.txt"), &list_path, err);
    if (rc == OK)
        rc = files_read(path, &text, err);
    if (rc == OK)
        rc = files_read(list_path.ptr, &list, err);
    if (rc == OK)
        rc = check_entries(verify, path, buf_bytes(&text), buf_bytes(&list), err);
    buf_deinit(&list_path);
    buf_deinit(&list);
    buf_deinit(&text);
    return rc;
}

int verify_file(struct verify *verify, const char *path, const char *published, struct err *err)
{
    unsigned char digest[SHA256_BYTES];
    struct bytes name;
    struct buf text;
    buf_init(&text, OPENED_MAX_BYTES);
    int rc = files_read(path, &text, err);
    struct bytes rest = buf_bytes(&text);
    bool is_sums = rc == OK && read_sum(bytes_cut(&rest, '\n'), digest, &name);
    buf_deinit(&text);
    if (rc != OK)
        return rc;
    return is_sums ? verify_sums(verify, path, NULL, err)
                   : verify_opened(verify, path, published, err);
}
