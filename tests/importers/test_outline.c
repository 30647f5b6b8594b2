#include "importers/outline.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

/* ---- Rows written as a;b/c;d ---- */

enum { MAX_ROWS = 16, MAX_CELLS = 8 };

struct text_rows {
    char text[512];
    struct bytes cells[MAX_ROWS][MAX_CELLS];
    struct table_row rows[MAX_ROWS];
    size_t count;
};

static void split_rows(const char *written, struct text_rows *out)
{
    memset(out, 0, sizeof *out);
    size_t len = strlen(written);
    assert_true(len < sizeof out->text);
    memcpy(out->text, written, len);
    struct bytes lines = {out->text, len};
    while (lines.ptr != NULL && len > 0) {
        struct table_row *row = &out->rows[out->count];
        struct bytes line = bytes_cut(&lines, '/');
        row->text = (struct bytes){line.ptr, line.len + 1};
        row->line = (int64_t)out->count + 1;
        row->cells = out->cells[out->count];
        out->text[(size_t)(line.ptr - out->text) + line.len] = '\0';
        while (line.ptr != NULL && (line.len > 0 || row->cell_count > 0)) {
            struct bytes cell = bytes_cut(&line, ';');
            out->cells[out->count][row->cell_count++] = cell;
            out->text[(size_t)(cell.ptr - out->text) + cell.len] = '\0';
        }
        out->count++;
    }
}

static void describe(const struct outline *outline, struct buf *out)
{
    buf_printf(out, "%d+%d@%d ", (int)outline->preamble_rows, outline->header_rows,
               (int)outline->header_line);
    for (size_t i = 0; i < outline->header_count; i++)
        buf_printf(out, "[" BYTES_FMT "]", BYTES_ARG(outline->header[i]));
    buf_append_byte(out, ' ');
    for (size_t i = 0; i < outline->width; i++)
        buf_append_byte(out, "etndc"[outline->types[i]]);
    buf_printf(out, " %s %s", evidence_word(outline->preamble_why.kind),
               evidence_word(outline->header_why.kind));
}

static int find(const char *written, const struct profile *profile, struct buf *out,
                struct err *err)
{
    static const struct form open = {.encoding = DIALECT_OPEN,
                                     .quote = DIALECT_OPEN,
                                     .escape = DIALECT_OPEN,
                                     .skip_rows = DIALECT_OPEN,
                                     .header_rows = DIALECT_OPEN};
    struct text_rows rows;
    struct arena arena;
    struct outline outline;
    split_rows(written, &rows);
    arena_init(&arena, 1 << 20);
    int rc = outline_find(rows.rows, rows.count, &open, profile, &arena, &outline, err);
    if (rc == OK)
        describe(&outline, out);
    arena_deinit(&arena);
    return rc;
}

static void outline_find__finds_preamble_header_and_types(void **state)
{
    (void)state;
    static const struct {
        const char *name, *rows, *expected;
    } cases[] = {
        {"nothing", "", "0+0@0   default default"},
        {"blank rows alone", ";;/;;/", "3+0@0   default default"},
        {"types", "id;day;n;unit/A-1;2024-05-01;5;x/A-2;2024-05-02;6;y",
         "0+1@1 [id][day][n][unit] cdnt default types"},
        {"empty column", "id;n;note/1;5;/2;6;", "0+1@1 [id][n][note] nne default types"},
        {"one record", "DATE;TIME;Qty/28-01-2018;00:00;2",
         "0+1@1 [DATE][TIME][Qty] ddn default types"},
        {"a lone header", "id;day;unit", "0+1@1 [id][day][unit] eee default names"},
        {"a lone record", "17;2024-05-01;x", "0+0@0  ndt default default"},
        {"a lone header below a title", "五月;;/id;day;unit",
         "1+1@2 [id][day][unit] eee narrow names"},
        {"title, filled up", "title;;/;;/id;day;n/1;2024-05-01;5/2;2024-05-02;6",
         "2+1@3 [id][day][n] ndn narrow types"},
        {"title of a cell, blank lines", "title///id;day/1;2024-05-01/2;2024-05-02",
         "3+1@4 [id][day] nd narrow types"},
        {"settings above", "#FILE;x/#DATE;2024-05-01/a;b;c;d;e/1;2;3;4;5/1;2;3;4;5/2;2;3;4;5",
         "2+1@3 [a][b][c][d][e] nnnnn narrow types"},
        {"a line of many cells above", "New data;by me;on 11 May/cm-1;A/400;0.5/399;0.6/398;0.7",
         "1+1@2 [cm-1][A] nn narrow types"},
        {"form fields above", "unit: x;;;;;day: 2024-05-01/a;b;c;d;e;f/1;2;3;4;5;6/1;2;3;4;5;7",
         "1+1@2 [a][b][c][d][e][f] nnnnnn narrow types"},
        {"groups", "control;;fire;/X;Y;X;Y/1;2;3;4/5;6;7;8",
         "0+2@1 [control X][Y][fire X][Y] nnnn default types"},
        {"parts below", "Day;Trip;;Cost/;Air;Rail;/4 May;5;6;7/5 May;7;8;9",
         "0+2@1 [Day][Trip Air][Rail][Cost] dnnn default types"},
        {"units below", "T;p/(K);(Pa)/5;6/7;8/9;9", "0+2@1 [T (K)][p (Pa)] nn default types"},
        {"three times", "a;b/a;b/a;b/1;2/3;4", "0+3@1 [a a a][b b b] nn default types"},
        {"texts, header twice", "a;b/a;b/x;y/z;w", "0+2@1 [a a][b b] tt default names"},
        {"the same row and no other", "a;b/a;b", "0+0@0  tt default default"},
        {"the same row all over", "a;b/a;b/a;b/a;b/a;b/a;b/a;b/c;d", "0+0@0  tt default default"},
        {"no header", "1;2024-05-01;x/2;2024-05-02;y", "0+0@0  ndt default types"},
        {"title without header", "title;;/1;2024-05-01;x/2;2024-05-02;y",
         "1+0@0  ndt narrow types"},
        {"texts without header", "x;red/y;blue/z;red", "0+0@0  tt default types"},
        {"the same word twice", "x;x/a;b/c;d", "0+0@0  tt default default"},
        {"the same word above numbers", "x;x/1;2/3;4", "0+1@1 [x][x] nn default types"},
        {"years", "区县;2022;2023/甲;5;9/乙;7;4", "0+1@1 [区县][2022][2023] tnn default types"},
        {"the largest numbers", "区县;9223372036854775807;-9223372036854775808/甲;5;9/乙;7;4",
         "0+0@0  tnn default types"},
        {"the header again below", "a;b;c/x;y;1/z;w;2/a;b;c/v;u;3/v;u;3",
         "0+1@1 [a][b][c] ttn default types"},
        {"shorter header", "a;b/1;2;/3;4;/5;6;", "0+1@1 [a][b] nne default types"},
        {"larger table below a small one", "a;b/1;2/3;4//x;y;z/q;1;2/r;3;4/s;5;6",
         "0+1@1 [a][b] tn default types"},
        {"larger table below", "a;b;c/1;2;3/1;2;3/1;2;3/d;e/1;2/1;2/1;2/1;2/1;2",
         "0+1@1 [a][b][c] nnn default types"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct buf out;
        buf_init(&out, 1 << 12);
        print_message("    %s\n", cases[i].name);
        assert_int_equal(find(cases[i].rows, NULL, &out, &err), OK);
        buf_append_byte(&out, '\0');
        assert_string_equal(out.ptr, cases[i].expected);
        buf_deinit(&out);
    }
}

static void outline_find__knows_the_profiles_words(void **state)
{
    (void)state;
    static const struct {
        const char *name, *rows, *expected;
    } cases[] = {
        {"words above words", "工单编号;受理时间;承办单位/甲;乙;丙/甲;丁;戊",
         "0+1@1 [工单编号][受理时间][承办单位] ttt default words"},
        {"below rows of another look", "x：;5;z/u：;6;w/工单编号;受理时间;承办单位/7;8;9",
         "2+1@3 [工单编号][受理时间][承办单位] nnn narrow words"},
        {"of a later table", "1;2;3/4;5;6/工单编号;受理时间;承办单位/7;8;9",
         "0+0@0  nnn default types"},
        {"groups above", "工单;;办理/工单编号;受理时间;承办单位/A1;2024-05-01;x/A2;2024-05-02;y",
         "0+2@1 [工单 工单编号][受理时间][办理 承办单位] cdt default words"},
        {"twice", "工单编号;受理时间/工单编号;受理时间/A1;2024-05-01/A2;2024-05-02",
         "0+2@1 [工单编号 工单编号][受理时间 受理时间] cd default words"},
        {"one word is not enough", "甲;工单编号;乙/丙;1;丁/戊;2;己",
         "0+1@1 [甲][工单编号][乙] tnt default types"},
    };
    struct err err = {0};
    struct profile *profile = NULL;
    assert_int_equal(profile_builtin(BYTES_LIT("auto"), &profile, &err), OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        buf_init(&out, 1 << 12);
        print_message("    %s\n", cases[i].name);
        assert_int_equal(find(cases[i].rows, profile, &out, &err), OK);
        buf_append_byte(&out, '\0');
        assert_string_equal(out.ptr, cases[i].expected);
        buf_deinit(&out);
    }
    profile_free(profile);
}

static void outline_is_total__reads_the_first_filled_cell(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        bool is_total;
    } cases[] = {
        {"合计;5", true},      {";;合 计：;5", true},  {"总计：4,130件", true},
        {"共计4130条;", true}, {"TOTAL;12", true},     {"Grand Total", true},
        {"总合计", true},      {"合计（件）;5", true}, {"合计工单;5", false},
        {"A1;合计", false},    {"totally;5", false},   {"", false},
        {";;", false},         {"合计\xFF;5", false},  {"total 5 of 6 things", false},
        {"１２３;5", false},   {"ｔｏｔａｌ;5", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_rows rows;
        print_message("    %s\n", cases[i].row);
        split_rows(cases[i].row, &rows);
        assert_int_equal(outline_is_total(&rows.rows[0]), cases[i].is_total);
    }
}

static int find_body(void *context, struct err *err)
{
    struct buf out;
    buf_init(&out, 1 << 12);
    int rc = find("t;/工单编号;受理时间/A1;2024-05-01/A2;2024-05-02", context, &out, err);
    if (rc == OK)
        rc = buf_status(&out, err);
    buf_deinit(&out);
    return rc;
}

static void outline_find__survives_memory_failure(void **state)
{
    (void)state;
    struct err err = {0};
    struct profile *profile = NULL;
    assert_int_equal(profile_builtin(BYTES_LIT("auto"), &profile, &err), OK);
    fault_loop(find_body, profile);
    profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outline_find__finds_preamble_header_and_types),
        cmocka_unit_test(outline_find__knows_the_profiles_words),
        cmocka_unit_test(outline_is_total__reads_the_first_filled_cell),
        cmocka_unit_test(outline_find__survives_memory_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
