#include "importers/reader.h"

#include "base/civil.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define HEADER "工单编号,拨打时间,话务员,访问结果,是否解决,满意度,原因,备注\n"

/* What the reader says of a file of outcomes, as text: a line an outcome or reject. */

static void write_moment(struct buf *out, struct moment moment)
{
    char text[TIME_TEXT_BYTES] = "-";
    if (moment.kind == MOMENT_DAY)
        day_format(seconds_to_day(moment.seconds), text);
    else if (moment.kind == MOMENT_INSTANT)
        time_format(moment.seconds, 8 * 3600, text);
    buf_printf(out, " %s", text);
}

static int on_outcome(void *context, const struct outcome_record *outcome, struct err *err)
{
    struct buf *out = context;
    buf_printf(out, "%d " BYTES_FMT, (int)outcome->line, BYTES_ARG(outcome->order_no));
    write_moment(out, outcome->called);
    buf_printf(out,
               " [" BYTES_FMT "] " BYTES_FMT " g%d r%d%s s%d [" BYTES_FMT "][" BYTES_FMT "] %d\n",
               BYTES_ARG(outcome->caller), BYTES_ARG(outcome->code), (int)outcome->group,
               (int)outcome->resolved, outcome->still_open ? "o" : "", outcome->satisfaction,
               BYTES_ARG(outcome->reason), BYTES_ARG(outcome->comment), (int)outcome->cell_count);
    return buf_status(out, err);
}

static int on_reject(void *context, const struct reject *reject, struct err *err)
{
    struct buf *out = context;
    buf_printf(out, "%d %s <" BYTES_FMT "|" BYTES_FMT "> %d\n", (int)reject->line,
               reject_reason_word(reject->reason), BYTES_ARG(reject->column),
               BYTES_ARG(reject->value), (int)reject->cell_count);
    return buf_status(out, err);
}

static int read_cut(struct bytes file, enum encoding encoding, size_t cut, struct buf *out,
                    enum refusal *out_refusal, struct err *err)
{
    struct zone *zone = NULL;
    struct reader *reader = NULL;
    struct profile *profile = NULL;
    struct reader_sink sink = {.on_outcome = on_outcome, .on_reject = on_reject, .context = out};
    int rc = profile_builtin(BYTES_LIT("outcomes"), &profile, err);
    struct dump_options options = {.profile = profile, .form = FORM_OPEN, .encoding = encoding};
    if (rc == OK)
        rc = zone_fixed(8 * 3600, &zone, err);
    if (rc == OK)
        rc = reader_new(&options, zone, sink, &reader, err);
    if (rc == OK)
        rc = reader_feed(reader, (struct bytes){file.ptr, cut}, err);
    if (rc == OK)
        rc = reader_feed(reader, (struct bytes){file.ptr + cut, file.len - cut}, err);
    if (rc == OK)
        rc = reader_finish(reader, err);
    if (reader != NULL)
        *out_refusal = reader_refusal(reader);
    reader_free(reader);
    zone_free(zone);
    profile_free(profile);
    return rc;
}

/* At every cut. */
static void check(const char *text, const char *expected)
{
    struct bytes file = bytes_from_z(text);
    for (size_t cut = 0; cut <= file.len; cut++) {
        struct err err = {0};
        enum refusal refusal = REFUSAL_NONE;
        struct buf out;
        buf_init(&out, 65536);
        if (read_cut(file, ENCODING_UTF8, cut, &out, &refusal, &err) != OK)
            fail_msg("cut at %zu: %s", cut, err.message);
        buf_append_byte(&out, '\0');
        assert_string_equal(out.ptr, expected);
        buf_deinit(&out);
    }
}

static void reader__reads_outcomes(void **state)
{
    (void)state;
    check(HEADER "GD1,2024-06-03 09:05,王,1.1,已解决,非常满意,快,好\n"
                 "GD2,2024/6/3,,成功访问,部分解决,基本满意,,\n"
                 "GD3,,王,1.2,正在解决,说不清,,\n"
                 "GD4,,王,2.211,,,,\n"
                 "GD5,,王,\"接通，无法确认是否本人\",不清楚,拒答,,\n"
                 "GD6,,王,1,YES,3,,\n"
                 "GD7,,王,4.10,,/,,\n",
          "2 GD1 2024-06-03T09:05:00+08:00 [王] 1.1 g0 r3 s5 [快][好] 8\n"
          "3 GD2 2024-06-03 [] 1.1 g0 r2 s3 [][] 8\n"
          "4 GD3 - [王] 1.2 g1 r1o s0 [][] 8\n"
          "5 GD4 - [王] 2.211 g3 r0 s0 [][] 8\n"
          "6 GD5 - [王] 3.20 g6 r0 s0 [][] 8\n"
          "7 GD6 - [王] 1 g0 r3 s3 [][] 8\n"
          "8 GD7 - [王] 4.10 g7 r0 s0 [][] 8\n");
}

static void reader__finds_columns_of_outcomes_by_any_name_and_in_any_order(void **state)
{
    (void)state;
    check("Satisfaction;Disposition;order_no;会议;Resolved\n5;1.1;GD1;x;no\n4;1.1;GD2;x;partly\n",
          "2 GD1 - [] 1.1 g0 r1 s5 [][] 5\n3 GD2 - [] 1.1 g0 r2 s4 [][] 5\n");
    check("样本编号\t访问日期\t访问时刻\t访问员\t拨打结果\nGD1\t2024-06-03\t19:05\t李\t2.21\n"
          "GD2\t2024-06-03\t19:06\t李\t2.21\n",
          "2 GD1 2024-06-03T19:05:00+08:00 [李] 2.21 g3 r0 s0 [][] 5\n"
          "3 GD2 2024-06-03T19:06:00+08:00 [李] 2.21 g3 r0 s0 [][] 5\n");
}

static void reader__rejects_outcomes_that_say_nothing_known(void **state)
{
    (void)state;
    check(HEADER ",2024-06-03,王,2.21,,,,\n"
                 "2.02E+11,2024-06-03,王,2.21,,,,\n"
                 "GD1,下午,王,2.21,,,,\n"
                 "GD1,2024-06-03,王,,,,,\n"
                 "GD1,2024-06-03,王,1.3,,,,\n"
                 "GD1,2024-06-03,王,1.1,解决了,5,,\n"
                 "GD1,2024-06-03,王,1.1,已解决,-1,,\n"
                 "GD1,2024-06-03,王,1.1,已解决,6,,\n"
                 "GD1,2024-06-03,王,4.10,未解决,,,\n"
                 "GD1,2024-06-03,王,4.10,,2,,\n"
                 "GD1,2024-06-03,王\n"
                 "GD1,2024-06-03,王,1.1,,,,,x\n",
          "2 missing_order_no <工单编号|> 8\n"
          "3 scientific_order_no <工单编号|2.02E+11> 8\n"
          "4 bad_time <拨打时间|下午> 8\n"
          "5 missing_disposition <访问结果|> 8\n"
          "6 unknown_disposition <访问结果|1.3> 8\n"
          "7 unknown_resolved <是否解决|解决了> 8\n"
          "8 unknown_satisfaction <满意度|-1> 8\n"
          "9 unknown_satisfaction <满意度|6> 8\n"
          "10 answered_ineligible <访问结果|4.10> 8\n"
          "11 answered_ineligible <访问结果|4.10> 8\n"
          "12 too_few_cells <|> 3\n"
          "13 too_many_cells <|> 9\n");
}

static void reader__takes_rejected_outcomes_that_come_back(void **state)
{
    (void)state;
    check("line,column,reason," HEADER "7,访问结果,unknown_disposition,GD1,,王,2.21,,,\"a,b\",\n"
          "8,访问结果,unknown_disposition,GD2,,王,9,,,,\n",
          "2 GD1 - [王] 2.21 g3 r0 s0 [a,b][] 8\n3 unknown_disposition <访问结果|9> 8\n");
}

static void reader__composes_order_numbers_of_outcomes(void **state)
{
    (void)state;
    check(HEADER "A\xCC\x8A-1,,王,2.21,,,,\nA\xCC\x8A-2,,王,2.21,,,,\n",
          "2 \xC3\x85-1 - [王] 2.21 g3 r0 s0 [][] 8\n3 \xC3\x85-2 - [王] 2.21 g3 r0 s0 [][] 8\n");
}

static void check_refused(const char *text, enum refusal expected, const char *message)
{
    struct bytes file = bytes_from_z(text);
    struct err err = {0};
    enum refusal refusal = REFUSAL_NONE;
    struct buf out;
    buf_init(&out, 65536);
    assert_int_equal(read_cut(file, ENCODING_UTF8, 0, &out, &refusal, &err), ERR_REFUSED);
    assert_int_equal(refusal, expected);
    assert_string_equal(err.message, message);
    buf_deinit(&out);
}

static void reader__refuses_what_is_no_file_of_outcomes(void **state)
{
    (void)state;
    check_refused("工单编号,话务员\nGD1,王\n", REFUSAL_MISSING_COLUMN, "no column for disposition");
    check_refused("工单编号,访问结果,访问结果\nGD1,1.1,1.1\n", REFUSAL_DOUBLED_COLUMN,
                  "two columns are called \"访问结果\"");
    check_refused("甲,乙\n1,2\n", REFUSAL_NO_HEADER,
                  "no row is a header with the columns of profile \"outcomes\"");
}

/* Who reads dumps is not given outcomes, whatever the profile. */
static void reader__needs_a_sink_for_what_the_profile_is_of(void **state)
{
    (void)state;
    struct err err = {0};
    struct profile *profile = NULL;
    struct zone *zone = NULL;
    struct reader *reader = NULL;
    struct reader_sink sink = {.on_reject = on_reject};
    assert_int_equal(profile_builtin(BYTES_LIT("outcomes"), &profile, &err), OK);
    assert_int_equal(zone_fixed(0, &zone, &err), OK);
    struct dump_options options = {
        .profile = profile, .form = FORM_OPEN, .encoding = ENCODING_UTF8};
    assert_int_equal(reader_new(&options, zone, sink, &reader, &err), OK);
    int rc = reader_feed(reader, BYTES_LIT(HEADER "GD1,,,1.1,,,,\n"), &err);
    assert_int_equal(rc == OK ? reader_finish(reader, &err) : rc, ERR_REFUSED);
    reader_free(reader);
    zone_free(zone);
    profile_free(profile);
}

static int read_short_of_memory(void *context, struct err *err)
{
    enum refusal refusal = REFUSAL_NONE;
    struct buf out;
    (void)context;
    buf_init(&out, 65536);
    struct bytes file = BYTES_LIT(HEADER "GD1,2024-06-03,王,1.1,已解决,满意,,\nGD2,,,9,,,,\n");
    int rc = read_cut(file, ENCODING_UTF8, 40, &out, &refusal, err);
    buf_deinit(&out);
    return rc;
}

static void reader__of_outcomes_survives_lack_of_memory(void **state)
{
    (void)state;
    fault_loop(read_short_of_memory, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader__reads_outcomes),
        cmocka_unit_test(reader__finds_columns_of_outcomes_by_any_name_and_in_any_order),
        cmocka_unit_test(reader__rejects_outcomes_that_say_nothing_known),
        cmocka_unit_test(reader__takes_rejected_outcomes_that_come_back),
        cmocka_unit_test(reader__composes_order_numbers_of_outcomes),
        cmocka_unit_test(reader__refuses_what_is_no_file_of_outcomes),
        cmocka_unit_test(reader__needs_a_sink_for_what_the_profile_is_of),
        cmocka_unit_test(reader__of_outcomes_survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
