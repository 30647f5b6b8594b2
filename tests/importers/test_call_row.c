#include "importers/call_row.h"

#include "base/civil.h"

#include "importers/profile.h"
#include "importers/reader.h"

#include "tests/support/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Calls and rejects as text, one a line. */

static int on_call(void *context, const struct call_record *call, struct err *err)
{
    struct buf *out = context;
    char began[TIME_TEXT_BYTES];
    time_format(call->began_utc, 8 * 3600, began);
    buf_printf(out, "%d " BYTES_FMT " %s %d [" BYTES_FMT "]\n", (int)call->line,
               BYTES_ARG(call->number), began, (int)call->seconds, BYTES_ARG(call->calling_line));
    return buf_status(out, err);
}

static int on_reject(void *context, const struct reject *reject, struct err *err)
{
    struct buf *out = context;
    buf_printf(out, "%d %s <" BYTES_FMT ">\n", (int)reject->line,
               reject_reason_word(reject->reason), BYTES_ARG(reject->column));
    return buf_status(out, err);
}

struct reading {
    struct bytes file;
    size_t cut;
    struct buf *out;
    enum refusal refusal;
};

static int read_cut(void *context, struct err *err)
{
    struct reading *reading = context;
    struct zone *zone = NULL;
    struct reader *reader = NULL;
    struct profile *profile = NULL;
    struct reader_sink sink = {.on_call = on_call, .on_reject = on_reject, .context = reading->out};
    int rc = profile_builtin(BYTES_LIT("calls"), &profile, err);
    struct dump_options options = {
        .profile = profile, .form = FORM_OPEN, .encoding = ENCODING_UTF8};
    size_t cut = reading->cut;
    buf_clear(reading->out);
    if (rc == OK)
        rc = zone_fixed(8 * 3600, &zone, err);
    if (rc == OK)
        rc = reader_new(&options, zone, sink, &reader, err);
    if (rc == OK)
        rc = reader_feed(reader, (struct bytes){reading->file.ptr, cut}, err);
    if (rc == OK)
        rc = reader_feed(reader, (struct bytes){reading->file.ptr + cut, reading->file.len - cut},
                         err);
    if (rc == OK)
        rc = reader_finish(reader, err);
    if (reader != NULL)
        reading->refusal = reader_refusal(reader);
    reader_free(reader);
    zone_free(zone);
    profile_free(profile);
    return rc;
}

/* At every cut. */
static void check(const char *text, const char *expected)
{
    struct buf out;
    struct reading reading = {.file = bytes_from_z(text), .out = &out};
    buf_init(&out, 65536);
    for (reading.cut = 0; reading.cut <= reading.file.len; reading.cut++) {
        struct err err = {0};
        if (read_cut(&reading, &err) != OK)
            fail_msg("cut at %zu: %s", reading.cut, err.message);
        buf_append_byte(&out, '\0');
        assert_string_equal(out.ptr, expected);
    }
    buf_deinit(&out);
}

#define HEADER "主叫号码,被叫号码,开始时间,通话时长\n"
#define AT     "2024-07-01 09:30:05"
#define READ   "2024-07-01T09:30:05+08:00"

static void reader__reads_calls_and_rejects_what_is_none(void **state)
{
    (void)state;
    check(HEADER "07782280001,13800138000," AT ",75\n"
                 "07782280001,+86 138-0013-8001," AT ",0:01:15\n"
                 "07782280002,013800138002," AT ",\n"
                 "07782280002,07782345678," AT ",1分15秒\n"
                 "07782280002,138****8000," AT ",5\n"
                 "07782280002,13800138004,2024-07-01,5\n"
                 "07782280002,13800138005,,5\n"
                 "07782280002,13800138006," AT ",很久\n"
                 "合计,,,230\n",
          "2 13800138000 " READ " 75 [07782280001]\n"
          "3 13800138001 " READ " 75 [07782280001]\n"
          "4 13800138002 " READ " 0 [07782280002]\n"
          "5 07782345678 " READ " 75 [07782280002]\n"
          "6 bad_number <被叫号码>\n"
          "7 bad_time <开始时间>\n"
          "8 bad_time <开始时间>\n"
          "9 bad_duration <通话时长>\n");
}

static void reader__finds_columns_of_calls_by_any_name(void **state)
{
    (void)state;
    check("calldate,src,dst,billsec\n" AT ",801,913800138000,12\n" AT ",802,13800138001,0\n",
          "2 13800138000 " READ " 12 [801]\n3 13800138001 " READ " 0 [802]\n");
    check("序号\t对方号码\t通话开始时间\t通话时长(秒)\t线路\n1\t13800138000\t" AT "\t9\t外线1\n"
          "2\t13800138001\t" AT "\t10\t外线1\n",
          "2 13800138000 " READ " 9 [外线1]\n3 13800138001 " READ " 10 [外线1]\n");
}

static void reader__refuses_what_is_no_list_of_calls(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf out;
    buf_init(&out, 65536);
    struct reading reading = {
        .file = BYTES_LIT("被叫号码,通话时长\n13800138000,7\n13800138001,7\n"), .out = &out};
    assert_int_equal(read_cut(&reading, &err), ERR_REFUSED);
    assert_int_equal(reading.refusal, REFUSAL_MISSING_COLUMN);
    buf_deinit(&out);
}

static void call_duration_read__knows_seconds_clocks_and_words(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds; /* -1: none */
    } cases[] = {{"0", 0},         {"75", 75},        {"75秒", 75},     {"1:15", 75},
                 {"00:01:15", 75}, {"1:02:03", 3723}, {"1分15秒", 75},  {"1小时2分3秒", 3723},
                 {"2分钟", 120},   {"1时", 3600},     {"86400", 86400}, {"86401", -1},
                 {"-5", -1},       {"1:60", -1},      {"1:2:3:4", -1},  {"15秒1分", -1},
                 {"1分1分", -1},   {"7.5", -1},       {"", -1},         {"秒", -1},
                 {"1234567", -1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds = -1;
        bool is_read = call_duration_read(bytes_from_z(cases[i].text), &seconds);
        print_message("    %s\n", cases[i].text);
        assert_int_equal(is_read, cases[i].seconds >= 0);
        assert_int_equal(seconds, cases[i].seconds);
    }
}

static void reader__of_calls_survives_lack_of_memory(void **state)
{
    (void)state;
    struct buf out;
    struct reading reading = {.file = BYTES_LIT(HEADER "1,13800138000," AT ",75\n"
                                                       "1,138," AT ",75\n"),
                              .cut = 20,
                              .out = &out};
    buf_init(&out, 65536);
    fault_loop(read_cut, &reading);
    buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader__reads_calls_and_rejects_what_is_none),
        cmocka_unit_test(reader__finds_columns_of_calls_by_any_name),
        cmocka_unit_test(reader__refuses_what_is_no_list_of_calls),
        cmocka_unit_test(call_duration_read__knows_seconds_clocks_and_words),
        cmocka_unit_test(reader__of_calls_survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
