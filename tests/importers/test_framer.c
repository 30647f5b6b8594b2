#include "base/alloc.h"

#include "importers/sniff.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

/* Rows as text: a letter for the place, the table's number for a header, = when it is the first one's. */
static int write_place(void *context, const struct table_row *row, struct row_context where,
                       struct err *err)
{
    struct buf *out = context;
    (void)row;
    buf_append_byte(out, ".ph-"[where.place]);
    if (where.place == PLACE_HEADER && where.table > 1)
        buf_printf(out, "%d%s", where.table, where.same_columns ? "=" : "");
    return buf_status(out, err);
}

static int take_row(void *context, const struct table_row *row, struct err *err)
{
    return framer_take(context, row, err);
}

static int frame(struct bytes text, placed_row_cb on_row, void *context, struct err *err)
{
    struct arena arena;
    struct form form = {DIALECT_OPEN, ",", '"', 0, DIALECT_OPEN, DIALECT_OPEN};
    struct sniff *found = NULL;
    enum refusal refusal = REFUSAL_NONE;
    struct framer *framer = NULL;
    struct table *table = NULL;
    arena_init(&arena, 64 << 20);
    found = arena_alloc(&arena, sizeof *found);
    int rc = found == NULL
                 ? err_set(err, ERR_NOMEM, "no room")
                 : sniff_sample(NULL, &form, false, text, true, &arena, found, &refusal, err);
    if (rc == OK)
        rc = framer_new(&found->outline, on_row, context, &framer, err);
    if (rc == OK)
        rc = table_new(&found->dialect, found->outline.width, take_row, framer, &table, err);
    if (rc == OK)
        rc = table_feed(table, text, err);
    if (rc == OK)
        rc = table_finish(table, err);
    if (rc == OK)
        rc = framer_finish(framer, err);
    table_free(table);
    framer_free(framer);
    arena_deinit(&arena);
    return rc;
}

static void framer_take__places_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *expected;
    } cases[] = {
        {"one table", "id,day\n1,2024-05-01\n2,2024-05-02\n", "h--"},
        {"blank rows", "id,day\n\n1,2024-05-01\n,\n2,2024-05-02\n\n\n", "h.-.-.."},
        {"preamble", "title,\n,\nid,day\n1,2024-05-01\n2,2024-05-02\n", "p.h--"},
        {"no header", "1,2024-05-01\n2,2024-05-02\n", "--"},
        {"the same header again", "id,day,n\n1,2024-05-01,5\nid,day,n\n2,2024-05-02,6\n", "h-h2=-"},
        {"again behind blank rows", "id,day,n\n1,2024-05-01,5\n,,\n\nid,day,n\n2,2024-05-02,6\n",
         "h-..h2=-"},
        {"with a column less",
         "id,day,n,x\n1,2024-05-01,5,1\n2,2024-05-02,6,2\nid,day,n\n2,2024-05-02,6\n", "h--h2-"},
        {"with a column more",
         "id,day,n\n1,2024-05-01,5\n2,2024-05-02,6\nid,day,n,x\n2,2024-05-02,6,1\n", "h--h2-"},
        {"with most of its words",
         "id,day,n,x\n1,2024-05-01,5,1\n2,2024-05-02,6,1\nid,day,n,y\n2,2024-05-02,6,1\n",
         "h--h2-"},
        {"three tables", "id,n\n1,5\nid,n\n2,6\nid,n,x\n3,7,1\n", "h-h2=-h3-"},
        {"two header rows again", "id,n\nid,n\n1,5\n2,6\n3,7\nid,n\nid,n\n4,8\n", "hh---h2=h2=-"},
        {"groups again", "g,,k,\na,b,c,d\n1,2,3,4\n5,6,7,8\n9,1,1,1\ng,,k,\na,b,c,d\n1,2,3,4\n",
         "hh---h2=h2=-"},
        {"another header behind blank rows",
         "id,day,n\n1,2024-05-01,5\n2,2024-05-02,6\n\n区县,件数\n甲,5\n乙,6\n", "h--.h2--"},
        {"another header, filled up",
         "id,day,n\n1,2024-05-01,5\n2,2024-05-02,6\n,,\n区县,件数,\n甲,5,\n乙,6,\n", "h--.h2--"},
        {"with a title",
         "id,day,n\n1,2024-05-01,5\n2,2024-05-02,6\n\n表二,,\n区县,件数,\n甲,5,\n乙,6,\n",
         "h--.-h2--"},
        {"another header right below",
         "id,day,n\n1,2024-05-01,5\n2,2024-05-02,6\n3,2024-05-03,7\n区县,件数\n甲,5\n乙,6\n丙,7\n",
         "h---h2---"},
        {"its header again", "a,b,c\n1,2,3\n4,5,6\n7,8,9\n\nx,y\nq,5\nr,6\nx,y\ns,7\n",
         "h---.h2--h3-"},
        {"a delimiter too few", "id,name,day\n1,a,2024-05-01\n2b,2024-05-02\n3,c,2024-05-03\n",
         "h---"},
        {"a delimiter too many", "id,name,day\n1,a,2024-05-01\n2,,b,2024-05-02\n3,c,2024-05-03\n",
         "h---"},
        {"a record of words, cut short",
         "name,town,day\na,b,2024-05-01\nc,d\ne,f,2024-05-02\ng,h,2024-05-02\nx,y,2024-05-02\n",
         "h-----"},
        {"total", "区县,件数,率\n甲,5,3\n乙,6,4\n合计,11,7\n", "h---"},
        {"total behind blank rows", "区县,件数,率\n甲,5,3\n乙,6,4\n\n合计,11,7\n", "h--.-"},
        {"notes", "区县,件数,率\n甲,5,3\n乙,6,4\n\n注：只计已办结,,\n制表人：张,审核人：李,\n",
         "h--.--"},
        {"signatures", "区县,件数,率\n甲,5,3\n乙,6,4\n\n制表,审核,批准\n", "h--.-"},
        {"a gap in the records", "name,n\na,1\nb,2\n\nc,3\nd,4\n", "h--.--"},
        {"a gap in texts", "name,town\na,b\nc,d\n\ne,f\ng,h\n", "h--.--"},
        {"one column", "n\n1\n2\n\nn\n3\n", "h--.h2=-"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct buf out;
        buf_init(&out, 1 << 12);
        print_message("    %s\n", cases[i].name);
        assert_int_equal(frame(bytes_from_z(cases[i].text), write_place, &out, &err), OK);
        buf_append_byte(&out, '\0');
        assert_string_equal(out.ptr, cases[i].expected);
        buf_deinit(&out);
    }
}

/* ---- A second table of every shape ---- */

enum { RECORDS = 12, COLUMNS = 6 };

static void write_record(struct buf *out, int at, int columns, int damage)
{
    for (int c = 0; c < columns; c++) {
        if (c > 0 && !(damage < 0 && c == -damage))
            buf_append_byte(out, ',');
        if (damage > 0 && c == damage)
            buf_append_byte(out, ',');
        switch (c % 3) {
        case 0:
            buf_printf(out, "GD-%04d", at * 7 + c);
            break;
        case 1:
            buf_printf(out, "2024-05-%02d 08:%02d", at + 1, at * 3);
            break;
        default:
            buf_printf(out, "%s", at % 2 == 0 ? "甲局" : "乙局");
        }
    }
    buf_append_byte(out, '\n');
}

static void write_names(struct buf *out, int columns)
{
    static const char *const names[] = {"编号",     "时间",     "单位",  "回访号",
                                        "回访时间", "回访单位", "备注号"};
    for (int c = 0; c < columns; c++)
        buf_printf(out, "%s%s", c > 0 ? "," : "", names[c]);
    buf_append_byte(out, '\n');
}

static void check_frame(struct buf *text, const char *expected)
{
    struct err err = {0};
    struct buf out;
    buf_init(&out, 1 << 12);
    assert_int_equal(buf_status(text, &err), OK);
    assert_int_equal(frame(buf_bytes(text), write_place, &out, &err), OK);
    buf_append_byte(&out, '\0');
    assert_string_equal(out.ptr, expected);
    buf_deinit(&out);
    buf_clear(text);
}

static void framer_take__finds_a_table_of_any_width_behind_any_record(void **state)
{
    (void)state;
    struct buf text, expected;
    buf_init(&text, 1 << 16);
    buf_init(&expected, 1 << 10);
    for (int columns = 2; columns <= COLUMNS + 1; columns++) {
        for (int before = 4; before <= RECORDS; before++) {
            buf_clear(&expected);
            buf_append_byte(&expected, 'h');
            write_names(&text, COLUMNS);
            for (int i = 0; i < before; i++)
                write_record(&text, i, COLUMNS, 0);
            write_names(&text, columns);
            for (int i = 0; i < 3; i++)
                write_record(&text, i, columns, 0);
            for (int i = 0; i < before; i++)
                buf_append_byte(&expected, '-');
            buf_append_z(&expected, columns == COLUMNS ? "h2=---" : "h2---");
            buf_append_byte(&expected, '\0');
            check_frame(&text, expected.ptr);
        }
    }
    buf_deinit(&expected);
    buf_deinit(&text);
}

static void framer_take__takes_no_damaged_record_for_a_table(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 16);
    for (int damaged = 0; damaged < RECORDS; damaged++) {
        for (int damage = -(COLUMNS - 1); damage < COLUMNS; damage++) {
            write_names(&text, COLUMNS);
            for (int i = 0; i < RECORDS; i++)
                write_record(&text, i, COLUMNS, i == damaged ? damage : 0);
            check_frame(&text, "h------------");
        }
    }
    buf_deinit(&text);
}

/* ---- Order, bounds, failures ---- */

struct lines {
    int64_t last, count;
};

static int count_line(void *context, const struct table_row *row, struct row_context where,
                      struct err *err)
{
    struct lines *lines = context;
    (void)where;
    (void)err;
    assert_true(row->line > lines->last);
    lines->last = row->line;
    lines->count++;
    return OK;
}

static void framer_take__decides_at_once_when_a_row_is_too_big_to_hold(void **state)
{
    (void)state;
    enum { CELL_BYTES = 3 * 1024 * 1024 };
    struct err err = {0};
    struct lines lines = {0};
    struct framer *framer = NULL;
    enum column_type types[] = {COLUMN_NUMBER, COLUMN_NUMBER};
    struct outline outline = {.width = 2, .types = types};
    char *big = mem_calloc(1, CELL_BYTES + 1);
    assert_non_null(big);
    memset(big, 'x', CELL_BYTES);
    assert_int_equal(framer_new(&outline, count_line, &lines, &framer, &err), OK);
    for (int i = 0; i < 20; i++) {
        const char names[] = "a\0b\0c";
        struct bytes small[] = {{names, 1}, {names + 2, 1}, {names + 4, 1}};
        struct bytes large[] = {{big, CELL_BYTES}};
        bool is_small = i % 4 == 0;
        struct table_row row = {
            .line = i + 1,
            .cells = is_small ? small : large,
            .cell_count = is_small ? 3 : 1,
            .text = is_small ? (struct bytes){names, sizeof names}
                             : (struct bytes){big, CELL_BYTES + 1},
        };
        assert_int_equal(framer_take(framer, &row, &err), OK);
    }
    assert_int_equal(framer_finish(framer, &err), OK);
    assert_int_equal(lines.count, 20);
    framer_free(framer);
    mem_free(big);
}

static int stop_at_third(void *context, const struct table_row *row, struct row_context where,
                         struct err *err)
{
    (void)row;
    (void)where;
    int *left = context;
    return --*left == 0 ? err_set(err, ERR_CANCELED, "enough") : OK;
}

static void framer_take__passes_the_sinks_code_on(void **state)
{
    (void)state;
    struct err err = {0};
    int left = 3;
    assert_int_equal(frame(BYTES_LIT("a,b\n1,2\n3,4\n5,6\n"), stop_at_third, &left, &err),
                     ERR_CANCELED);
}

static int frame_body(void *context, struct err *err)
{
    (void)context;
    struct lines lines = {0};
    int rc = frame(BYTES_LIT("t\nid,n\n1,5\n2,6\n\nx,y,z\n1,2,3\n4,5,6\nid,n\n3,7\n"), count_line,
                   &lines, err);
    if (rc == OK)
        assert_int_equal(lines.count, 10);
    return rc;
}

static void framer_take__survives_memory_failure(void **state)
{
    (void)state;
    fault_loop(frame_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(framer_take__places_rows),
        cmocka_unit_test(framer_take__finds_a_table_of_any_width_behind_any_record),
        cmocka_unit_test(framer_take__takes_no_damaged_record_for_a_table),
        cmocka_unit_test(framer_take__decides_at_once_when_a_row_is_too_big_to_hold),
        cmocka_unit_test(framer_take__passes_the_sinks_code_on),
        cmocka_unit_test(framer_take__survives_memory_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
