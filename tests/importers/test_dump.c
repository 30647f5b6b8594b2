#include "importers/dump.h"

#include "tests/support/damage.h"
#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

/* What comes out is written as lines: place, line, mends, cells. */

enum { MAX_BYTES = 8 << 20 };

static int write_row(void *context, const struct table_row *row, struct row_context where,
                     struct err *err)
{
    struct buf *out = context;
    buf_printf(out, "%c%d %d %u", ".ph-"[where.place], where.table, (int)row->line, row->mends);
    for (size_t i = 0; i < row->cell_count; i++) {
        buf_append_byte(out, '|');
        buf_append(out, row->cells[i]);
    }
    buf_append_byte(out, '\n');
    return buf_status(out, err);
}

static int read_text(const struct dump_options *options, struct bytes text, size_t piece,
                     struct buf *out, enum refusal *out_refusal, struct err *err)
{
    struct dump *dump = NULL;
    struct dump_sink sink = {.on_row = write_row, .context = out};
    int rc = dump_new(options, sink, &dump, err);
    for (size_t at = 0; at < text.len && rc == OK; at += piece) {
        size_t len = text.len - at < piece ? text.len - at : piece;
        rc = dump_feed(dump, (struct bytes){text.ptr + at, len}, err);
    }
    if (rc == OK)
        rc = dump_finish(dump, err);
    *out_refusal = dump != NULL ? dump_refusal(dump) : REFUSAL_NONE;
    dump_free(dump);
    return rc;
}

static void check_text(const char *name, const struct dump_options *options, const char *text,
                       const char *expected)
{
    size_t len = strlen(text);
    for (size_t piece = len > 0 ? len : 1; piece > 0; piece--) {
        struct err err = {0};
        struct buf out;
        enum refusal refusal = REFUSAL_NONE;
        buf_init(&out, MAX_BYTES);
        int rc = read_text(options, (struct bytes){text, len}, piece, &out, &refusal, &err);
        buf_append_byte(&out, '\0');
        if (rc != OK || strcmp(out.ptr, expected) != 0)
            fail_msg("%s, in pieces of %zu: %d %s\n%s", name, piece, rc, err.message, out.ptr);
        buf_deinit(&out);
    }
}

static void dump_feed__places_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *expected;
    } cases[] = {
        {"all there is",
         "title,,\n\nid,day,n\n1,2024-05-01,5\n,,\n2,2024-05-02,6\n\nid,day\n3,2024-05-03\n",
         "p1 1 0|title||\n.1 2 0\nh1 3 0|id|day|n\n-1 4 0|1|2024-05-01|5\n.1 5 0|||\n"
         "-1 6 0|2|2024-05-02|6\n.1 7 0\nh2 8 0|id|day\n-2 9 0|3|2024-05-03\n"},
        {"a mend", "id,day,n\n1,\"2024-05-01,5\n2,2024-05-02,6\n3,2024-05-03,7\n",
         "h1 1 0|id|day|n\n-1 2 1|1|\"2024-05-01|5\n-1 3 0|2|2024-05-02|6\n-1 4 "
         "0|3|2024-05-03|7\n"},
        {"short and long", "id,day,n\n1,2024-05-01\n2,2024-05-02,6,x\n3,2024-05-03,7\n",
         "h1 1 0|id|day|n\n-1 2 0|1|2024-05-01\n-1 3 0|2|2024-05-02|6|x\n-1 4 0|3|2024-05-03|7\n"},
    };
    const struct dump_options options = {.form = FORM_OPEN, .encoding = ENCODING_UTF8};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_text(cases[i].name, &options, cases[i].text, cases[i].expected);
}

static void dump_feed__fills_up_the_rows_of_a_sheet(void **state)
{
    (void)state;
    struct dump_options options = {.form = FORM_OPEN, .is_sheet = true};
    options.form.delimiter[0] = ';'; /* of files; a sheet has its own */
    check_text("sheet", &options,
               "id,day,n,note\n1,2024-05-01\n\n2,2024-05-02,6,\"a;\nb\"\n3,2024-05-03,7\n",
               "h1 1 0|id|day|n|note\n-1 2 0|1|2024-05-01||\n.1 3 0\n-1 4 0|2|2024-05-02|6|a;\nb\n"
               "-1 5 0|3|2024-05-03|7|\n");
}

static void dump_feed__takes_rejects_as_we_write_them(void **state)
{
    (void)state;
    struct dump_options options = {.form = FORM_OPEN, .encoding = ENCODING_UTF8};
    options.form.delimiter[0] = ';';
    check_text("rejects", &options, "line,column,reason,a,b\n4,a,x,1;2,3\n5,b,y,3;4,5\n",
               "h1 1 0|line|column|reason|a|b\n-1 2 0|4|a|x|1;2|3\n-1 3 0|5|b|y|3;4|5\n");
}

static void dump_feed__refuses_what_is_no_table(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum refusal expected;
    } cases[] = {
        {" \n\n", REFUSAL_EMPTY},
        {"<!DOCTYPE html><table><tr><td>1</td></tr></table>", REFUSAL_HTML},
        {"\x01\x02\x03\x04\x05\x06\x07\x08", REFUSAL_BINARY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct buf out;
        enum refusal refusal = REFUSAL_NONE;
        const struct dump_options options = {.form = FORM_OPEN, .encoding = ENCODING_UTF8};
        buf_init(&out, MAX_BYTES);
        struct bytes text = bytes_from_z(cases[i].text);
        assert_int_equal(read_text(&options, text, 1, &out, &refusal, &err), ERR_REFUSED);
        assert_int_equal(refusal, cases[i].expected);
        assert_int_equal(out.len, 0);
        buf_deinit(&out);
    }
}

static int stop_at_row(void *context, const struct table_row *row, struct row_context where,
                       struct err *err)
{
    int *left = context;
    (void)row;
    (void)where;
    return --*left == 0 ? err_set(err, ERR_FULL, "the disk is full") : OK;
}

static void dump_feed__hands_back_what_the_sink_says(void **state)
{
    (void)state;
    const struct dump_options options = {.form = FORM_OPEN, .encoding = ENCODING_UTF8};
    for (int row = 1; row <= 3; row++) {
        struct err err = {0};
        struct dump *dump = NULL;
        int left = row;
        struct dump_sink sink = {.on_row = stop_at_row, .context = &left};
        assert_int_equal(dump_new(&options, sink, &dump, &err), OK);
        assert_int_equal(dump_feed(dump, BYTES_LIT("id,day\n1,2024-05-01\n2,2024-05-02\n"), &err),
                         OK);
        assert_int_equal(dump_finish(dump, &err), ERR_FULL);
        assert_string_equal(err.message, "the disk is full");
        dump_free(dump);
    }
}

/* ---- Behind the sample ---- */

/* Records of a base table, without its header. */
static void append_records(struct buf *out, const struct base *base, const struct place *place)
{
    struct buf text;
    struct grid rows;
    buf_init(&text, GRID_MAX_BYTES);
    grid_init(&rows);
    damage_write(base, &base->shape, place, &text, &rows);
    struct bytes rest = buf_bytes(&text);
    struct bytes header = bytes_cut(&rest, '\n');
    if (out->len == 0) {
        buf_append(out, header);
        buf_append_byte(out, '\n');
    }
    buf_append(out, rest);
    grid_deinit(&rows);
    buf_deinit(&text);
}

/* A table that is longer than the sample, and behind it each damage at several places; another table below. */
static void make_long(const struct base *base, struct buf *out)
{
    const struct place none = {.damage = DAMAGE_NONE};
    while (out->len <= SNIFF_SAMPLE_BYTES)
        append_records(out, base, &none);
    for (int damage = 0; damage < DAMAGE_COUNT; damage++) {
        for (size_t row = 1; row < base->rows; row += 3) {
            struct place place = {(enum damage)damage, row,
                                  (size_t)damage * row % damage_places(base, (enum damage)damage)};
            if (damage_can(base, &base->shape, &place))
                append_records(out, base, &place);
        }
    }
    const char *delimiter = base->shape.delimiter;
    buf_printf(out, "\none%stwo\n", delimiter);
    for (int row = 1; row <= 3; row++)
        buf_printf(out, "%d%s2024-05-0%d\n", row, delimiter, row);
    assert_int_equal(out->rc, OK);
}

static void dump_feed__does_not_depend_on_where_a_long_file_is_cut(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 2, 3, 61, 4096, 65536, 65537};
    for (size_t i = 0; i < base_count; i++) {
        struct err err = {0};
        struct buf text, whole, got;
        enum refusal refusal = REFUSAL_NONE;
        const struct dump_options options = {.form = FORM_OPEN, .encoding = ENCODING_UTF8};
        buf_init(&text, MAX_BYTES);
        buf_init(&whole, MAX_BYTES);
        buf_init(&got, MAX_BYTES);
        make_long(&bases[i], &text);
        struct bytes bytes = buf_bytes(&text);
        assert_int_equal(read_text(&options, bytes, bytes.len, &whole, &refusal, &err), OK);
        assert_true(bytes_find(buf_bytes(&whole), BYTES_LIT("\n-2 ")) < whole.len);
        for (size_t piece = 0; piece < sizeof pieces / sizeof *pieces; piece++) {
            buf_clear(&got);
            assert_int_equal(read_text(&options, bytes, pieces[piece], &got, &refusal, &err), OK);
            if (!bytes_equal(buf_bytes(&whole), buf_bytes(&got)))
                fail_msg("%s is other in pieces of %zu", bases[i].name, pieces[piece]);
        }
        buf_deinit(&text);
        buf_deinit(&whole);
        buf_deinit(&got);
    }
}

/* ---- Faults ---- */

static int read_for_faults(void *context, struct err *err)
{
    struct buf out;
    enum refusal refusal = REFUSAL_NONE;
    const struct dump_options options = {.form = FORM_OPEN, .encoding = ENCODING_GB18030};
    buf_init(&out, MAX_BYTES);
    int rc = read_text(&options, bytes_from_z(context), 7, &out, &refusal, err);
    assert_int_equal(refusal, REFUSAL_NONE);
    buf_deinit(&out);
    return rc;
}

static void dump__survives_lack_of_memory(void **state)
{
    (void)state;
    char text[] =
        "title\n\nid,day,n\n1,\"2024-05-01,5\n2,2024-05-02,6\n3,2024-05-03,7\nid,day\n4,x\n";
    fault_loop(read_for_faults, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dump_feed__places_rows),
        cmocka_unit_test(dump_feed__fills_up_the_rows_of_a_sheet),
        cmocka_unit_test(dump_feed__takes_rejects_as_we_write_them),
        cmocka_unit_test(dump_feed__refuses_what_is_no_table),
        cmocka_unit_test(dump_feed__hands_back_what_the_sink_says),
        cmocka_unit_test(dump_feed__does_not_depend_on_where_a_long_file_is_cut),
        cmocka_unit_test(dump__survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
