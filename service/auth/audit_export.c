#include "service/auth/audit.h"

#include "base/civil.h"
#include "service/auth/digest.h"

#include <inttypes.h>
#include <string.h>

enum { PIECE_BYTES = 64 * 1024, EXPORT_MAX_BYTES = 4 * 1024 * 1024, AT_BYTES = 24 };

/* ---- writing ---- */

/* What a spreadsheet would compute gets an apostrophe in front, and so does what begins with one: reading takes one
 * off. */
static bool needs_apostrophe(struct bytes text)
{
    return text.len > 0 && strchr("=+-@'\t\r", text.ptr[0]) != NULL && text.ptr[0] != '\0';
}

static void append_cell(struct buf *out, struct bytes text)
{
    buf_append_z(out, needs_apostrophe(text) ? ",\"'" : ",\"");
    while (text.ptr != NULL) {
        buf_append(out, bytes_cut(&text, '"'));
        if (text.ptr != NULL)
            buf_append_z(out, "\"\"");
    }
    buf_append_byte(out, '"');
}

/* A time that was tampered with may be none: then the bare number. */
static void append_at(struct buf *out, int64_t at_ms)
{
    char text[TIME_TEXT_BYTES];
    const int64_t last_ms = INT64_C(253402300799999); /* of the year 9999 */
    if (at_ms < 0 || at_ms > last_ms) {
        buf_printf(out, ",%" PRId64, at_ms);
        return;
    }
    time_format(at_ms / 1000, 0, text);
    buf_printf(out, ",%.19s.%03" PRId64 "Z", text, at_ms % 1000);
}

static void append_hex(struct buf *out, const unsigned char mac[AUDIT_MAC_BYTES])
{
    char hex[SHA256_HEX_BYTES];
    sha256_hex(mac, hex);
    buf_printf(out, ",%s", hex);
}

struct exporting {
    struct store *store;
    audit_write_cb write;
    void *context;
    struct buf text;
};

static int flush(struct exporting *exporting, struct err *err)
{
    int rc = buf_status(&exporting->text, err);
    if (rc == OK)
        rc = exporting->write(exporting->context, buf_bytes(&exporting->text), err);
    buf_clear(&exporting->text);
    return rc;
}

static int export_row(void *context, const struct audit_row *row, struct err *err)
{
    struct exporting *exporting = context;
    struct buf *out = &exporting->text;
    unsigned char mac[AUDIT_MAC_BYTES] = {0};
    unsigned char before[AUDIT_MAC_BYTES] = {0};
    struct err missing = {.code = OK};
    /* A log that was tampered with is exported all the same: what is missing there is zero here. */
    int rc = row->id > 1 ? audit_get_mac(exporting->store, row->id - 1, before, &missing) : OK;
    if (rc != OK && rc != ERR_NOT_FOUND && rc != ERR_CORRUPT) {
        *err = missing;
        return rc;
    }
    if (row->mac.len == sizeof mac)
        memcpy(mac, row->mac.ptr, sizeof mac);
    buf_printf(out, "%" PRId64, row->id);
    append_at(out, row->at_ms);
    append_cell(out, row->who);
    append_cell(out, row->role);
    append_cell(out, row->address);
    append_cell(out, row->action);
    append_cell(out, row->target);
    append_cell(out, row->outcome);
    append_cell(out, row->details);
    append_hex(out, mac);
    append_hex(out, before);
    buf_append_byte(out, '\n');
    return out->len >= PIECE_BYTES || out->rc != OK ? flush(exporting, err) : OK;
}

int audit_export(struct store *store, const struct audit_filter *filter, audit_write_cb write,
                 void *context, struct err *err)
{
    struct exporting exporting = {.store = store, .write = write, .context = context};
    buf_init(&exporting.text, EXPORT_MAX_BYTES);
    buf_append_z(&exporting.text, AUDIT_EXPORT_HEADER "\n");
    int rc = audit_each(store, filter, export_row, &exporting, err);
    if (rc == OK)
        rc = flush(&exporting, err);
    buf_deinit(&exporting.text);
    return rc;
}

/* ---- reading ---- */

static struct bytes read_text(struct bytes cell)
{
    if (cell.len > 0 && cell.ptr[0] == '\'')
        return (struct bytes){cell.ptr + 1, cell.len - 1};
    return cell;
}

static bool read_at(struct bytes cell, int64_t *out_ms)
{
    int64_t utc = 0;
    int64_t fraction_ms = 0;
    if (bytes_to_int64(cell, out_ms))
        return true;
    if (cell.len != AT_BYTES || !time_parse(cell, &utc) ||
        !bytes_to_int64((struct bytes){cell.ptr + AT_BYTES - 4, 3}, &fraction_ms))
        return false;
    *out_ms = utc * 1000 + fraction_ms;
    return true;
}

static int digit_of(char byte)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = byte != '\0' ? strchr(digits, byte) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

static bool read_hex(struct bytes cell, unsigned char out[AUDIT_MAC_BYTES])
{
    if (cell.len != (size_t)2 * AUDIT_MAC_BYTES)
        return false;
    for (size_t i = 0; i < AUDIT_MAC_BYTES; i++) {
        int high = digit_of(cell.ptr[2 * i]);
        int low = digit_of(cell.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

int audit_row_read(const struct bytes cells[AUDIT_EXPORT_COLUMNS], struct audit_row *out,
                   unsigned char out_mac[AUDIT_MAC_BYTES],
                   unsigned char out_before[AUDIT_MAC_BYTES], struct err *err)
{
    enum { ID, AT, WHO, ROLE, ADDRESS, ACTION, TARGET, OUTCOME, DETAILS, MAC, BEFORE };
    unsigned char mac[AUDIT_MAC_BYTES];
    unsigned char before[AUDIT_MAC_BYTES];
    struct audit_row row = {
        .who = read_text(cells[WHO]),
        .role = read_text(cells[ROLE]),
        .address = read_text(cells[ADDRESS]),
        .action = read_text(cells[ACTION]),
        .target = read_text(cells[TARGET]),
        .outcome = read_text(cells[OUTCOME]),
        .details = read_text(cells[DETAILS]),
        .mac = {(const char *)out_mac, AUDIT_MAC_BYTES},
    };
    if (!bytes_to_int64(cells[ID], &row.id) || !read_at(cells[AT], &row.at_ms) ||
        !read_hex(cells[MAC], mac) || !read_hex(cells[BEFORE], before))
        return err_set(err, ERR_FORMAT, "\"" BYTES_FMT "\" begins no line of an audit export",
                       BYTES_ARG(cells[ID]));
    memcpy(out_mac, mac, sizeof mac);
    memcpy(out_before, before, sizeof before);
    *out = row;
    return OK;
}
