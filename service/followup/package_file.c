#include "service/followup/package.h"

#include "base/civil.h"

#include "service/auth/passphrase_box.h"

#include <string.h>

enum { HEAD_MAX_BYTES = 128, PLAIN_MAX_BYTES = HEAD_MAX_BYTES + PACKAGE_CSV_MAX_BYTES };

#define FIRST_LINE "pingyi-package 1"

static void append_head(struct buf *out, const struct package_head *head)
{
    char day[DAY_TEXT_BYTES];
    day_format(head->until_day, day);
    buf_printf(out, FIRST_LINE "\nmark %s\nuntil %s\n", head->mark, day);
}

/* The rest of a line that begins with `word`. */
static bool take_line(struct bytes *rest, struct bytes word, struct bytes *out)
{
    if (rest->ptr == NULL)
        return false;
    struct bytes line = bytes_cut(rest, '\n');
    if (!bytes_starts_with(line, word))
        return false;
    *out = (struct bytes){line.ptr + word.len, line.len - word.len};
    return true;
}

static bool read_head(struct bytes *rest, struct package_head *out)
{
    struct bytes none, mark, until;
    if (!take_line(rest, BYTES_LIT(FIRST_LINE), &none) || none.len > 0 ||
        !take_line(rest, BYTES_LIT("mark "), &mark) || mark.len >= PACKAGE_MARK_BYTES ||
        !take_line(rest, BYTES_LIT("until "), &until) || !day_parse(until, &out->until_day) ||
        rest->ptr == NULL)
        return false;
    memcpy(out->mark, mark.ptr, mark.len);
    out->mark[mark.len] = '\0';
    return true;
}

int package_seal(const struct package_head *head, struct bytes csv, struct bytes passphrase,
                 struct buf *out, struct err *err)
{
    struct buf plain, box;
    buf_init(&plain, PLAIN_MAX_BYTES);
    buf_init(&box, PACKAGE_FILE_MAX_BYTES);
    (void)buf_reserve(&plain, HEAD_MAX_BYTES + csv.len);
    append_head(&plain, head);
    buf_append(&plain, csv);
    int rc = buf_status(&plain, err);
    if (rc == OK)
        rc = passphrase_box_seal(buf_bytes(&plain), passphrase, PASSPHRASE_MODERATE, &box, err);
    if (rc == OK) {
        append_head(out, head);
        buf_append(out, buf_bytes(&box));
        rc = buf_status(out, err);
    }
    buf_wipe(&plain);
    buf_deinit(&box);
    return rc;
}

static int read_plain(struct bytes plain, const struct package_head *head, int64_t today,
                      struct buf *out_csv, struct err *err)
{
    struct package_head within;
    if (!read_head(&plain, &within) || strcmp(within.mark, head->mark) != 0 ||
        within.until_day != head->until_day)
        return err_set(err, ERR_REFUSED, "the head of the package was altered");
    if (today > within.until_day)
        return err_set(err, ERR_REFUSED, "the package has expired");
    buf_append(out_csv, plain);
    return buf_status(out_csv, err);
}

int package_open(struct bytes file, struct bytes passphrase, int64_t today,
                 struct package_head *out_head, struct buf *out_csv, struct err *err)
{
    struct package_head head;
    struct buf plain;
    if (!read_head(&file, &head))
        return err_set(err, ERR_FORMAT, "the file is no package of cases");
    buf_init(&plain, PLAIN_MAX_BYTES);
    (void)buf_reserve(&plain, file.len / 2 + 1);
    int rc = passphrase_box_open(file, passphrase, PASSPHRASE_MODERATE, &plain, err);
    if (rc == OK)
        rc = read_plain(buf_bytes(&plain), &head, today, out_csv, err);
    if (rc == OK)
        *out_head = head;
    buf_wipe(&plain);
    return rc;
}
