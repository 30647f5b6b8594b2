#include "importers/reader.h"

#include "base/civil.h"

#include "tests/support/fault.h"
#include "tests/support/file.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* What a reader says, as text: a line per record or reject. */
struct log {
    struct buf out;
    bool long_form; /* all fields that matter, not only the outcome */
};

static void write_moment(struct buf *out, const char *name, struct moment moment)
{
    char text[TIME_TEXT_BYTES];
    if (moment.kind == MOMENT_NONE)
        return;
    if (moment.kind == MOMENT_DAY)
        day_format(seconds_to_day(moment.seconds), text);
    else
        time_format(moment.seconds, 8 * 3600, text);
    buf_printf(out, " %s=%s", name, text);
}

static void write_text(struct buf *out, const char *name, struct bytes text)
{
    if (text.len > 0)
        buf_printf(out, " %s=" BYTES_FMT, name, BYTES_ARG(text));
}

static void write_long(struct buf *out, const struct record *record)
{
    const struct fact *fact = &record->fact;
    write_moment(out, "at", fact->received);
    write_moment(out, "due", fact->due);
    write_moment(out, "extended", fact->extended_due);
    write_moment(out, "submitted", fact->submitted);
    write_moment(out, "closed", fact->closed);
    buf_printf(out, " kind=%d status=%d role=%d flag=%d marks=%u ext=%d", (int)fact->kind,
               (int)fact->status, (int)record->role, (int)fact->flag, fact->marks,
               fact->extension_count);
    write_text(out, "category", record->category);
    write_text(out, "content", record->content);
    write_text(out, "phone", record->phone);
    write_text(out, "repeat_of", record->repeat_of);
}

static int on_record(void *context, const struct record *record, struct err *err)
{
    struct log *log = context;
    buf_printf(&log->out, "%d " BYTES_FMT " %d:", (int)record->line, BYTES_ARG(record->order_no),
               record->unit_count);
    for (int i = 0; i < record->unit_count; i++)
        buf_printf(&log->out, "[" BYTES_FMT "]", BYTES_ARG(record->units[i]));
    if (record->flags != 0)
        buf_printf(&log->out, " flags=%u", record->flags);
    if (log->long_form)
        write_long(&log->out, record);
    buf_append_byte(&log->out, '\n');
    return buf_status(&log->out, err);
}

static int on_reject(void *context, const struct reject *reject, struct err *err)
{
    struct log *log = context;
    buf_printf(&log->out, "%d %s <" BYTES_FMT "|" BYTES_FMT ">", (int)reject->line,
               reject_reason_word(reject->reason), BYTES_ARG(reject->column),
               BYTES_ARG(reject->value));
    for (size_t i = 0; i < reject->cell_count; i++)
        buf_printf(&log->out, "[" BYTES_FMT "]", BYTES_ARG(reject->cells[i]));
    buf_append_byte(&log->out, '\n');
    return buf_status(&log->out, err);
}

static int on_layout(void *context, const struct reader_layout *layout, struct err *err)
{
    struct log *log = context;
    if (log->long_form)
        buf_printf(&log->out, "header %d '%s'", (int)layout->header_line,
                   layout->sniff->dialect.delimiter);
    for (size_t i = 0; i < layout->header_count && log->long_form; i++)
        buf_printf(&log->out, " " BYTES_FMT "=%s", BYTES_ARG(layout->header[i]),
                   layout->field_of[i] < 0 ? "-" : field_word((enum field)layout->field_of[i]));
    buf_append_z(&log->out, log->long_form ? "\n" : "");
    return buf_status(&log->out, err);
}

/* The whole of a dump fed in two pieces that meet at `cut`. */
static int read_cut(const struct profile *profile, enum encoding encoding, struct bytes dump,
                    size_t cut, struct log *log, struct reader_counts *out_counts,
                    enum refusal *out_refusal, struct err *err)
{
    struct zone *zone = NULL;
    struct reader *reader = NULL;
    struct reader_sink sink = {
        .on_layout = on_layout, .on_record = on_record, .on_reject = on_reject, .context = log};
    const struct dump_options options = {
        .profile = profile, .form = *profile_form(profile), .encoding = encoding};
    int rc = zone_fixed(8 * 3600, &zone, err);
    if (rc == OK)
        rc = reader_new(&options, zone, sink, &reader, err);
    if (rc == OK)
        rc = reader_feed(reader, (struct bytes){dump.ptr, cut}, err);
    if (rc == OK)
        rc = reader_feed(reader, (struct bytes){dump.ptr + cut, dump.len - cut}, err);
    if (rc == OK)
        rc = reader_finish(reader, err);
    if (reader != NULL) {
        *out_counts = reader_counts(reader);
        *out_refusal = reader_refusal(reader);
    }
    reader_free(reader);
    zone_free(zone);
    return rc;
}

static struct profile *profile_named(const char *name)
{
    struct err err = {0};
    struct profile *profile = NULL;
    assert_int_equal(profile_builtin(bytes_from_z(name), &profile, &err), OK);
    return profile;
}

/* Read by profile `auto`, at every cut. */
static void check_auto(struct bytes dump, bool long_form, const char *expected,
                       struct reader_counts *out_counts)
{
    struct profile *profile = profile_named("auto");
    for (size_t cut = 0; cut <= dump.len; cut++) {
        struct err err = {0};
        struct log log = {.long_form = long_form};
        enum refusal refusal = REFUSAL_NONE;
        buf_init(&log.out, 1 << 20);
        int rc = read_cut(profile, ENCODING_UTF8, dump, cut, &log, out_counts, &refusal, &err);
        assert_string_equal(err.message, "");
        assert_int_equal(rc, OK);
        buf_append_byte(&log.out, '\0');
        assert_string_equal(log.out.ptr, expected);
        buf_deinit(&log.out);
    }
    profile_free(profile);
}

#define HEAD "工单编号,受理时间,承办单位,工单状态,联系电话\n"

static void reader_feed__takes_rows_or_says_why_not(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *rows;
        const char *expected;
    } cases[] = {
        {"plain", "1,2024-05-01 08:00:00,甲局,办理中,\n", "2 1 1:[甲局]\n"},
        {"dressed", "\"=\"\"0001\"\"\",'2024-05-01,　甲局\xC2\xA0,,\n", "2 0001 1:[甲局]\n"},
        {"joint", "1,2024-05-01,甲局、乙局,,\n", "2 1 2:[甲局][乙局]\n"},
        {"direct without a unit", "1,2024-05-01,,直接答复,\n", "2 1 0:\n"},
        {"unknown status", "1,2024-05-01,甲局,奇怪,\n", "2 1 1:[甲局] flags=4\n"},
        {"short, optional cells lack", "1,2024-05-01,甲局\n", "2 1 1:[甲局] flags=2\n"},
        {"short, a required cell lacks", "1,2024-05-01\n", "2 too_few_cells <|>[1][2024-05-01]\n"},
        {"long", "1,2024-05-01,甲局,,,\n2,2024-05-01,甲局,,\n",
         "2 too_many_cells <|>[1][2024-05-01][甲局][][][]\n3 2 1:[甲局]\n"},
        {"all long by one empty cell", "1,2024-05-01,甲局,,,\n2,2024-05-01,甲局,,,\n",
         "2 1 1:[甲局]\n3 2 1:[甲局]\n"},
        {"no order number", "-,2024-05-01,甲局,,\n",
         "2 missing_order_no <工单编号|->[-][2024-05-01][甲局][][]\n"},
        {"scientific", "1.23E+11,2024-05-01,甲局,,\n",
         "2 scientific_order_no <工单编号|1.23E+11>[1.23E+11][2024-05-01][甲局][][]\n"},
        {"a line end in the order number", "\"1\n2\",2024-05-01,甲局,,\n",
         "2 bad_order_no <工单编号|1\n2>[1\n2][2024-05-01][甲局][][]\n"},
        {"no receipt", "1,0000-00-00,甲局,,\n",
         "2 missing_received_at <受理时间|0000-00-00>[1][0000-00-00][甲局][][]\n"},
        {"bad receipt", "1,昨天,甲局,,\n", "2 bad_time <受理时间|昨天>[1][昨天][甲局][][]\n"},
        {"no unit", "1,2024-05-01,无,,\n", "2 missing_unit <承办单位|无>[1][2024-05-01][无][][]\n"},
        {"undecodable", "1,2024-05-01,甲\xFF,,\n2,2024-05-01,乙\xEF\xBF\xBD,,\n",
         "2 undecodable <|>[1][2024-05-01][甲\xEF\xBF\xBD][][]\n3 2 1:[乙\xEF\xBF\xBD]\n"},
        {"stray quote", "1,x\"y,甲局\n2,2024-05-01,甲局,,\n",
         "2 bad_time <受理时间|x\"y>[1][x\"y][甲局]\n3 2 1:[甲局]\n"},
        {"lines of rows with line ends", "\"1\n\",2024-05-01,甲局,,\n\n,,\n2,2024-05-01,,,\n",
         "2 1 1:[甲局]\n6 missing_unit <承办单位|>[2][2024-05-01][][][]\n"},
        {"totals and notes",
         "1,2024-05-01,甲局,,\n合计：1件,,,,\n制表人：张三\n,\"导出时间 2024-06-01\"\nx,y\n",
         "2 1 1:[甲局]\n6 too_few_cells <|>[x][y]\n"},
        {"a note is one only below a total", "制表人：张三\n",
         "2 too_few_cells <|>[制表人：张三]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reader_counts counts;
        char dump[1024];
        print_message("    %s\n", cases[i].name);
        assert_true(snprintf(dump, sizeof dump, "%s%s", HEAD, cases[i].rows) > 0);
        check_auto(bytes_from_z(dump), false, cases[i].expected, &counts);
    }
}

static void reader_feed__counts_rows(void **state)
{
    (void)state;
    struct reader_counts counts;
    check_auto(
        BYTES_LIT(HEAD "1,2024-05-01 08:00:00,甲局,,\n,,\n\n2,昨天,甲局,,\n总计,,2,,\n制表人\n"),
        false, "2 1 1:[甲局]\n5 bad_time <受理时间|昨天>[2][昨天][甲局][][]\n", &counts);
    assert_int_equal(counts.rows, 2);
    assert_int_equal(counts.rejected, 1);
    assert_int_equal(counts.total_rows, 1);
    assert_int_equal(counts.blank_rows, 2);
    assert_int_equal(counts.note_rows, 1);
    assert_int_equal(counts.newest_event_utc, 1714521600); /* 2024-05-01 08:00 at +08:00 */
}

/* All rows of the sample are longer than the header by two empty cells; one behind it is by one cell that is not. */
static void reader_feed__rejects_what_only_looks_like_an_empty_tail(void **state)
{
    (void)state;
    struct err err = {0};
    struct profile *profile = profile_named("auto");
    struct reader_counts counts = {0};
    enum refusal refusal = REFUSAL_NONE;
    struct log log = {.long_form = false};
    struct buf dump;
    buf_init(&log.out, 8 * SNIFF_SAMPLE_BYTES);
    buf_init(&dump, 2 * SNIFF_SAMPLE_BYTES);
    buf_append_z(&dump, HEAD);
    while (dump.len < SNIFF_SAMPLE_BYTES)
        buf_append_z(&dump, "1,2024-05-01,甲局,,,,\n");
    buf_append_z(&dump, "2,2024-05-01,甲局,,,x\n");
    assert_int_equal(read_cut(profile, ENCODING_UTF8, buf_bytes(&dump), SNIFF_SAMPLE_BYTES, &log,
                              &counts, &refusal, &err),
                     OK);
    assert_int_equal(counts.rejected, 1);
    buf_deinit(&dump);
    buf_deinit(&log.out);
    profile_free(profile);
}

static void reader_feed__reads_every_field(void **state)
{
    (void)state;
    struct reader_counts counts;
    check_auto(
        BYTES_LIT(
            "2024年5月工单明细\n\n"
            "序号;编号;登记时间;责任单位;主协办;处理期限;延期后期限;延期次数;提交办结时间;"
            "办结时间;办理状态;工单类型;市民诉求;来电号码;紧急程度;是否退单;原工单号;工单编号\n"
            "1;x;2024/5/1 9:07;甲局;协办;2024-05-08;待定;1次;45420.5;2024年5月6日;已办结;"
            "投诉类;\"路灯;不亮\";138-0013-8000;特急;是;GX0;GX1\n"),
        true,
        "header 3 ';' 序号=- 编号=- 登记时间=received_at 责任单位=unit 主协办=role 处理期限=due_at "
        "延期后期限=extended_due_at 延期次数=extension_count 提交办结时间=submitted_at "
        "办结时间=closed_at 办理状态=status 工单类型=kind 市民诉求=content 来电号码=citizen_phone "
        "紧急程度=urgency 是否退单=returned 原工单号=repeat_of 工单编号=order_no\n"
        "4 GX1 1:[甲局] flags=1 at=2024-05-01T09:07:00+08:00 due=2024-05-08 "
        "submitted=2024-05-08T12:00:00+08:00 closed=2024-05-06 kind=3 status=2 role=2 flag=0 "
        "marks=67 ext=1 content=路灯;不亮 phone=13800138000 repeat_of=GX0\n",
        &counts);
}

static void reader_feed__refuses_what_is_no_dump(void **state)
{
    (void)state;
    static const struct {
        struct bytes dump;
        enum refusal refusal;
        const char *message;
    } cases[] = {
        {{"", 0}, REFUSAL_EMPTY, "file is empty"},
        {{" \n\n", 3}, REFUSAL_EMPTY, "file is empty"},
        {{"a,b,c\n1,2,3\n", 12},
         REFUSAL_NO_HEADER,
         "no row is a header with the columns of profile \"auto\""},
        {{"order_no,received_at,title\n", 27}, REFUSAL_MISSING_COLUMN, "no column for unit"},
        {{"order_no,received_at,unit,Unit\n", 31},
         REFUSAL_DOUBLED_COLUMN,
         "two columns are called \"unit\""},
        {{"\n <!DOCTYPE html><html>", 23}, REFUSAL_HTML, "file is html"},
        {{"PK\x03\x04..a.csv", 11}, REFUSAL_ARCHIVE, "file is archive"},
        {{"BZh91AY&SY\1", 11}, REFUSAL_ARCHIVE, "file is archive"},
        {{"BZhang,b,c\n1,2,3\n", 17},
         REFUSAL_NO_HEADER,
         "no row is a header with the columns of profile \"auto\""},
        {{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8}, REFUSAL_SPREADSHEET, "file is spreadsheet"},
        {{"ab\1\2\3\4\5\6\7\0\0\0\0\0\0\0", 16}, REFUSAL_BINARY, "file is binary"},
    };
    struct profile *profile = profile_named("auto");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct log log = {0};
        struct reader_counts counts;
        enum refusal refusal = REFUSAL_NONE;
        buf_init(&log.out, 1024);
        print_message("    %s\n", cases[i].message);
        assert_int_equal(
            read_cut(profile, ENCODING_UTF8, cases[i].dump, 0, &log, &counts, &refusal, &err),
            ERR_REFUSED);
        assert_int_equal(refusal, cases[i].refusal);
        assert_string_equal(err.message, cases[i].message);
        buf_deinit(&log.out);
    }
    profile_free(profile);
}

static void reader_feed__reads_gb18030_like_utf8(void **state)
{
    (void)state;
    struct bytes dump =
        BYTES_LIT("\xB9\xA4\xB5\xA5\xB1\xE0\xBA\xC5\t\xCA\xDC\xC0\xED\xCA\xB1\xBC\xE4\t"
                  "\xB3\xD0\xB0\xEC\xB5\xA5\xCE\xBB\r\n1\t2024-05-01\t\xBC\xD7\xBE\xD6\r\n");
    struct profile *profile = profile_named("auto");
    for (size_t cut = 0; cut <= dump.len; cut++) {
        struct err err = {0};
        struct log log = {0};
        struct reader_counts counts;
        enum refusal refusal = REFUSAL_NONE;
        buf_init(&log.out, 1024);
        assert_int_equal(
            read_cut(profile, ENCODING_GB18030, dump, cut, &log, &counts, &refusal, &err), OK);
        assert_true(bytes_equal(buf_bytes(&log.out), BYTES_LIT("2 1 1:[甲局]\n")));
        buf_deinit(&log.out);
    }
    profile_free(profile);
}

/* ---- Real dumps ---- */

struct tally {
    int64_t rows, due, on_time, overdue, closed, in_time, bare_closed;
    char first_category[128];
};

static int tally_record(void *context, const struct record *record, struct err *err)
{
    struct tally *tally = context;
    const struct fact *fact = &record->fact;
    (void)err;
    if (tally->rows++ == 0)
        (void)snprintf(tally->first_category, sizeof tally->first_category, BYTES_FMT,
                       BYTES_ARG(record->category));
    tally->due += fact->due.kind != MOMENT_NONE;
    tally->on_time += fact->flag == OVERDUE_FLAG_ON_TIME;
    tally->overdue += fact->flag == OVERDUE_FLAG_OVERDUE;
    tally->closed += fact->status == ORDER_STATUS_CLOSED;
    tally->bare_closed += fact->closed.kind == MOMENT_DAY;
    tally->in_time += fact->due.kind != MOMENT_NONE && fact->closed.kind != MOMENT_NONE &&
                      fact->closed.seconds <= fact->due.seconds;
    return OK;
}

static int fail_on_reject(void *context, const struct reject *reject, struct err *err)
{
    (void)context;
    return err_set(err, ERR_FORMAT, "line %d was rejected", (int)reject->line);
}

static struct tally tally_file(const char *profile_name_z, const char *path)
{
    struct err err = {0};
    struct tally tally = {0};
    struct buf file;
    struct zone *zone = NULL;
    struct reader *reader = NULL;
    struct profile *profile = profile_named(profile_name_z);
    struct reader_sink sink = {
        .on_record = tally_record, .on_reject = fail_on_reject, .context = &tally};
    buf_init(&file, 16 << 20);
    test_file_read(path, &file);
    assert_int_equal(zone_fixed(-5 * 3600, &zone, &err), OK);
    const struct dump_options options = {
        .profile = profile, .form = *profile_form(profile), .encoding = ENCODING_UTF8};
    assert_int_equal(reader_new(&options, zone, sink, &reader, &err), OK);
    int rc = reader_feed(reader, buf_bytes(&file), &err);
    if (rc == OK)
        rc = reader_finish(reader, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(rc, OK);
    assert_int_equal(reader_counts(reader).rows, tally.rows);
    reader_free(reader);
    zone_free(zone);
    profile_free(profile);
    buf_deinit(&file);
    return tally;
}

static void reader_feed__reads_real_dumps(void **state)
{
    (void)state;
    struct tally boston = tally_file("boston311", "tests/data/boston311_2011_07.csv");
    assert_string_equal(boston.first_category,
                        "Public Works Department>Street Lights>Street Light Outages");
    assert_int_equal(boston.rows, 9854);
    assert_int_equal(boston.due, 8157);
    assert_int_equal(boston.in_time, 6293);
    struct tally kansas = tally_file("kansascity311", "tests/data/kansascity311_sample.csv");
    assert_int_equal(kansas.rows, 200);
    assert_int_equal(kansas.on_time, 63);
    assert_int_equal(kansas.closed, 120);
    assert_int_equal(kansas.bare_closed, 99);
    struct tally nyc = tally_file("nyc311", "tests/data/nyc311_sample.csv");
    assert_int_equal(nyc.rows, 200);
    assert_int_equal(nyc.due, 193);
    assert_int_equal(nyc.in_time, 156);
}

/* ---- Sheets ---- */

static void reader_feed__takes_no_line_of_a_sheets_cell_for_a_record(void **state)
{
    (void)state;
    struct err err = {0};
    struct zone *zone = NULL;
    struct reader *reader = NULL;
    struct profile *profile = profile_named("auto");
    struct log log = {0};
    struct reader_sink sink = {.on_record = on_record, .on_reject = on_reject, .context = &log};
    const struct dump_options options = {
        .profile = profile, .form = *profile_form(profile), .is_sheet = true};
    buf_init(&log.out, 1 << 12);
    assert_int_equal(zone_fixed(0, &zone, &err), OK);
    assert_int_equal(reader_new(&options, zone, sink, &reader, &err), OK);
    assert_int_equal(reader_feed(reader,
                                 BYTES_LIT("工单编号,受理时间,承办单位,内容,状态\n"
                                           "1,2024-05-01,甲局,x,办理中\n"
                                           "5,2024-05-01,乙局,y,办理中\n"
                                           "7,2024-05-01,乙局,y,办理中\n"
                                           "2,2024-05-01,\"甲局\n1,2,3,4,5\n6,7,8,9,0\n"
                                           "1,2,3,4,5\n6,7,8,9,0\n1,2,3,4,5\n6,7,8,9,0\"\n"
                                           "3,2024-05-01,甲局\n"),
                                 &err),
                     OK);
    assert_int_equal(reader_finish(reader, &err), OK);
    assert_int_equal(reader_counts(reader).rows, 5);
    assert_int_equal(reader_counts(reader).rejected, 0);
    buf_append_byte(&log.out, '\0');
    assert_non_null(strstr(log.out.ptr, "\n5 2 1:[甲局\n1,2,3,4,5\n6,7,8,9,0\n"));
    assert_non_null(strstr(log.out.ptr, "\n6 3 1:[甲局]"));
    reader_free(reader);
    zone_free(zone);
    profile_free(profile);
    buf_deinit(&log.out);
}

/* ---- Faults ---- */

static int fault_body(void *context, struct err *err)
{
    struct log log = {.long_form = true};
    struct reader_counts counts;
    enum refusal refusal = REFUSAL_NONE;
    buf_init(&log.out, 1 << 16);
    struct bytes dump = BYTES_LIT("case_enquiry_id,open_dt,department,subject,reason,type\n"
                                  "1,2011-07-01 01:32:33,PWDx,a,b,c\n2,x\"y\n3,2011,PWDx,a,b,c\n"
                                  "4,2011-07-01,\xFF,a,b,c\n");
    int rc = read_cut(context, ENCODING_UTF8, dump, 20, &log, &counts, &refusal, err);
    buf_deinit(&log.out);
    return rc;
}

static void reader_feed__survives_failing_memory(void **state)
{
    (void)state;
    struct profile *profile = profile_named("boston311");
    fault_loop(fault_body, profile);
    profile_free(profile);
}

static int refuse_record(void *context, const struct record *record, struct err *err)
{
    (void)context;
    (void)record;
    return err_set(err, ERR_FULL, "disk is full");
}

static void reader_feed__hands_back_what_the_sink_says(void **state)
{
    (void)state;
    struct err err = {0};
    struct zone *zone = NULL;
    struct reader *reader = NULL;
    struct profile *profile = profile_named("auto");
    struct reader_sink sink = {.on_record = refuse_record, .on_reject = fail_on_reject};
    assert_int_equal(zone_fixed(0, &zone, &err), OK);
    const struct dump_options options = {
        .profile = profile, .form = *profile_form(profile), .encoding = ENCODING_UTF8};
    assert_int_equal(reader_new(&options, zone, sink, &reader, &err), OK);
    assert_int_equal(reader_feed(reader, BYTES_LIT(HEAD "1,2024-05-01,甲局,,\n"), &err), OK);
    assert_int_equal(reader_finish(reader, &err), ERR_FULL);
    assert_string_equal(err.message, "disk is full");
    reader_free(reader);
    zone_free(zone);
    profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_feed__takes_rows_or_says_why_not),
        cmocka_unit_test(reader_feed__counts_rows),
        cmocka_unit_test(reader_feed__rejects_what_only_looks_like_an_empty_tail),
        cmocka_unit_test(reader_feed__reads_every_field),
        cmocka_unit_test(reader_feed__refuses_what_is_no_dump),
        cmocka_unit_test(reader_feed__reads_gb18030_like_utf8),
        cmocka_unit_test(reader_feed__reads_real_dumps),
        cmocka_unit_test(reader_feed__takes_no_line_of_a_sheets_cell_for_a_record),
        cmocka_unit_test(reader_feed__survives_failing_memory),
        cmocka_unit_test(reader_feed__hands_back_what_the_sink_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
