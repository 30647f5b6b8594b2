#include "importers/profile.h"

#include "importers/columns.h"
#include "importers/encoding.h"
#include "importers/names.h"
#include "importers/words.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define COLUMNS "[columns]\norder_no = no\nreceived_at = at\nunit = unit\n"

static void profile_parse__reads_the_source(void **state)
{
    (void)state;
    struct err err = {0};
    struct profile *profile = NULL;
    struct bytes text = BYTES_LIT("[source]\nname = desk ; of the city\ntitle = 工单\n"
                                  "encoding = gb18030\ndelimiter = tab\ntimezone = Asia/Urumqi\n"
                                  "date_formats = %d/%m/%Y | %F\n" COLUMNS);
    assert_int_equal(profile_parse(text, &profile, &err), OK);
    assert_true(bytes_equal(profile_name(profile), BYTES_LIT("desk")));
    assert_true(bytes_equal(profile_title(profile), BYTES_LIT("工单")));
    assert_true(bytes_equal(profile_timezone(profile), BYTES_LIT("Asia/Urumqi")));
    assert_true(bytes_equal(profile_text(profile), text));
    assert_int_equal(profile_form(profile)->encoding, ENCODING_GB18030);
    assert_int_equal(profile_form(profile)->delimiter[0], '\t');
    profile_free(profile);
    assert_int_equal(profile_parse(BYTES_LIT(COLUMNS), &profile, &err), OK);
    assert_true(bytes_equal(profile_timezone(profile), BYTES_LIT("Asia/Shanghai")));
    assert_int_equal(profile_form(profile)->encoding, -1);
    assert_int_equal(profile_form(profile)->delimiter[0], 0);
    profile_free(profile);
}

#define TEN     "abcdefghi "
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void profile_parse__refuses_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "no column for the required field order_no"},
        {"[columns]\norder_no = no\nunit = u\n", "no column for the required field received_at"},
        {COLUMNS "colour = red\n", "line 5: unknown field \"colour\" in [columns]"},
        {COLUMNS "caller = 话务员\n", "field caller is none of orders"},
        {"[source]\nrecords = outcomes\n" COLUMNS, "field received_at is none of outcomes"},
        {"[source]\nrecords = outcomes\n[columns]\norder_no = no\n",
         "no column for the required field disposition"},
        {"[source]\nrecords = visits\n" COLUMNS,
         "line 2: \"visits\" is none of orders, outcomes, calls"},
        {COLUMNS "title =\n", "line 5: field title has no header"},
        {COLUMNS "title = NO.\n", "line 5: header \"no\" stands for both order_no and title"},
        {COLUMNS "title = a > no\n", "line 5: header \"no\" stands for both order_no and title"},
        {COLUMNS "title = a > b > A\n", "line 5: header \"a\" stands twice in field title"},
        {COLUMNS "title = a > b + c\n", "line 5: \"a > b + c\" joins by both > and +"},
        {COLUMNS "title = ()\n", "line 5: \"()\" is no header of field title"},
        {COLUMNS "title = a > \n", "line 5: \"\" is no header of field title"},
        {COLUMNS "title = a\n  kind = b\n", "line 6: key \"kind\" is indented"},
        {"[source]\nencoding = big5\n" COLUMNS, "line 2: unknown encoding \"big5\""},
        {"[source]\ndelimiter = ;\n" COLUMNS,
         "line 2: unknown delimiter \"\" (a semicolon begins a comment: write semicolon)"},
        {"[source]\ndelimiter = colon\n" COLUMNS, "line 2: unknown delimiter \"colon\""},
        {"[source]\ntimezone = ../etc\n" COLUMNS, "line 2: \"../etc\" is no name of a time zone"},
        {"[source]\ndate_formats = %Y-%m\n" COLUMNS,
         "line 2: date format \"%Y-%m\" lacks the year, the month or the day"},
        {"[source]\nsize = 3\n" COLUMNS, "line 2: unknown key \"size\" in [source]"},
        {"[sauce]\nname = x\n" COLUMNS, "line 2: unknown section [sauce]"},
        {COLUMNS "[values.status]\nshut = x\n", "line 6: unknown word \"shut\" in [values.status]"},
        {COLUMNS "[values.title]\nopen = x\n", "line 6: field \"title\" has no value words"},
        {COLUMNS "[values.colour]\nred = x\n", "line 6: field \"colour\" has no value words"},
        {COLUMNS "[values.status]\nopen = x\nclosed = X\n",
         "line 7: \"X\" has two meanings in [values.status]"},
        {COLUMNS "nonsense\n", "line 5 is neither a section nor a key with a value"},
        {COLUMNS "title = " HUNDRED HUNDRED "\n",
         "line 5 is longer than 199 bytes; continue it indented"},
        {"\xFF" COLUMNS, "profile is no UTF-8 text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct profile *profile = NULL;
        print_message("    %s\n", cases[i].message);
        assert_int_equal(profile_parse(bytes_from_z(cases[i].text), &profile, &err), ERR_PROFILE);
        assert_string_equal(err.message, cases[i].message);
    }
}

static void profile_parse__takes_comments_and_continued_lines(void **state)
{
    (void)state;
    struct err err = {0};
    struct profile *profile = NULL;
    struct bytes text = BYTES_LIT("\xEF\xBB\xBF; a comment\r\n" COLUMNS
                                  "title = a ; the old name\r\n   | b ; the new one\r\n\r\n"
                                  "# another comment\r\n   | c | d\r\n[values.status]\r\n"
                                  "closed = x\r\n  | open\r\n");
    assert_int_equal(profile_parse(text, &profile, &err), OK);
    profile_free(profile);
}

static void profile_builtin__gives_every_profile(void **state)
{
    (void)state;
    static const char *const names[] = {"auto",    "boston311", "nyc311", "kansascity311",
                                        "open311", "outcomes",  "calls"};
    struct err err = {0};
    struct profile *profile = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct bytes name = bytes_from_z(names[i]);
        int rc = profile_builtin(name, &profile, &err);
        print_message("    %s %s\n", names[i], err.message);
        assert_int_equal(rc, OK);
        assert_true(bytes_equal(profile_name(profile), name));
        profile_free(profile);
    }
    assert_int_equal(profile_builtin(BYTES_LIT("paris"), &profile, &err), ERR_NOT_FOUND);
    assert_int_equal(profile_builtin(BYTES_LIT(""), &profile, &err), ERR_NOT_FOUND);
}

/* What `auto` makes of a header, as words of fields; - for none. */
static void check_header(const struct profile *profile, const char *header, const char *expected)
{
    struct err err = {0};
    struct buf scratch;
    struct buf out;
    struct columns columns;
    struct bytes cells[64];
    struct bytes rest = bytes_from_z(header);
    size_t count = 0;
    print_message("    %s\n", header);
    while (rest.ptr != NULL)
        cells[count++] = bytes_cut(&rest, ',');
    buf_init(&scratch, 4096);
    buf_init(&out, 4096);
    assert_int_equal(columns_match(profile, cells, count, &scratch, &columns, &err), OK);
    for (size_t i = 0; i < count; i++) {
        int field = columns.field_of[i];
        buf_append_z(&out, i > 0 ? "," : "");
        buf_append_z(&out, field < 0 ? "-" : field_word((enum field)field));
    }
    buf_append_byte(&out, '\0');
    assert_int_equal(out.rc, OK);
    assert_string_equal(out.ptr, expected);
    buf_deinit(&out);
    buf_deinit(&scratch);
}

static void profile_builtin__auto_knows_the_columns_of_desks(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"工单编号,受理时间,承办单位,\xE5\x8D", "-,-,-,-"},
        {"工单编号,工单标题,工单内容,推送时间,承办单位,问题分类,GID,是否群诉",
         "order_no,title,content,dispatched_at,unit,category,-,-"},
        {"工单编号,诉求人姓名,诉求人手机号,诉求标题,市民诉求,接诉分类一级,接诉分类二级,"
         "接诉分类三级,接诉分类四级,工单类型,诉求类型,所属区域,受理时间,工单状态,来源渠道,"
         "提交办结时间,回复时间,回复诉求人,回访结果,处理部门,催单次数,补单次数,重复次数",
         "order_no,citizen_name,citizen_phone,title,content,category,category,category,category,"
         "kind,-,region,received_at,status,channel,submitted_at,-,-,-,unit,-,-,-"},
        {"工单编号,受理时间,处理期限,市民称呼,联系电话,来电电话,诉求标题,涉事主体,事发地点,"
         "诉求来源,紧急程度,工单类型,受理部门,事项分类,业务点选,表单内容,市民诉求",
         "order_no,received_at,due_at,citizen_name,citizen_phone,-,title,-,-,channel,urgency,kind,"
         "unit,category,-,-,content"},
        {"编号,诉求类型,诉求内容,回单内容,责任单位", "order_no,kind,content,reply,unit"},
        {"工单号,类型,工单内容,工单回复内容,单位,不计入考核说明",
         "order_no,kind,content,reply,unit,-"},
        {"STATUS,INFOSOURCEID,DISCOVERTIME,ISFIRSTCONTACT,ALLMANYINAME_BF,CASEVALUATIONNAME,"
         "STREETCODE,三级部门",
         "status,channel,received_at,-,hotline_satisfaction,hotline_resolved,region,unit"},
        {"留言编号,留言用户,留言主题,留言时间,留言详情,一级标签,反对数,点赞数",
         "order_no,citizen_name,title,received_at,content,category,-,-"},
        {"序号,工 单 编 号：,受理时间（年月日）,来电日期,来电时刻,【承办单位】",
         "-,order_no,-,received_at,received_at,unit"},
        {"case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,case_title,subject,reason,"
         "type,queue,department,neighborhood,ward,source",
         "order_no,received_at,due_at,closed_at,-,status,title,category,category,category,-,unit,"
         "region,-,channel"},
        {"Unique Key,Created Date,Closed Date,Agency,Agency Name,Complaint Type,Descriptor,Status,"
         "Due Date,Resolution Description,Borough,Open Data Channel Type",
         "order_no,received_at,closed_at,unit,-,category,category,status,due_at,reply,region,"
         "channel"},
        {"CASE ID,SOURCE,DEPARTMENT,WORK GROUP,REQUEST TYPE,CATEGORY,TYPE,DETAIL,CREATION DATE,"
         "CREATION TIME,STATUS,EXCEEDED EST TIMEFRAME,CLOSED DATE,DAYS TO CLOSE",
         "order_no,channel,unit,-,-,category,category,category,received_at,received_at,status,"
         "overdue_flag,closed_at,-"},
        {"SR_NUMBER,SR_TYPE,OWNER_DEPARTMENT,STATUS,CREATED_DATE,CLOSED_DATE,WARD",
         "order_no,category,unit,status,received_at,closed_at,region"},
        {"service_request_id,requested_datetime,expected_datetime,agency_responsible,status",
         "order_no,received_at,due_at,unit,status"},
    };
    struct err err = {0};
    struct profile *profile = NULL;
    assert_int_equal(profile_builtin(BYTES_LIT("auto"), &profile, &err), OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_header(profile, cases[i][0], cases[i][1]);
    profile_free(profile);
}

/* The meaning of a word in a profile, -1 for none. */
static int meaning_of(const struct profile *profile, enum field field, const char *word)
{
    struct buf fold;
    int value = -1;
    buf_init(&fold, 256);
    word_fold(bytes_from_z(word), &fold);
    assert_int_equal(fold.rc, OK);
    for (const struct profile_value *at = profile->values[field]; at != NULL && value < 0;
         at = at->next) {
        if (bytes_equal(at->word, buf_bytes(&fold)))
            value = at->value;
    }
    buf_deinit(&fold);
    return value;
}

static void profile_builtin__auto_knows_the_words_of_desks(void **state)
{
    (void)state;
    static const struct {
        enum field field;
        const char *word;
        int value;
    } cases[] = {
        {FIELD_STATUS, "办理中", ORDER_STATUS_OPEN},
        {FIELD_STATUS, "待签收", ORDER_STATUS_OPEN},
        {FIELD_STATUS, "退单申请中", ORDER_STATUS_OPEN},
        {FIELD_STATUS, "退单驳回", ORDER_STATUS_OPEN},
        {FIELD_STATUS, "退回重办", ORDER_STATUS_OPEN},
        {FIELD_STATUS, "On Hold", ORDER_STATUS_OPEN},
        {FIELD_STATUS, "办结（待审核）", ORDER_STATUS_OPEN},
        {FIELD_STATUS, "已办结", ORDER_STATUS_CLOSED},
        {FIELD_STATUS, "已归档", ORDER_STATUS_CLOSED},
        {FIELD_STATUS, "超期办结", ORDER_STATUS_CLOSED},
        {FIELD_STATUS, "Completed", ORDER_STATUS_CLOSED},
        {FIELD_STATUS, "退单", ORDER_STATUS_RETURNED},
        {FIELD_STATUS, "无效工单", ORDER_STATUS_VOID},
        {FIELD_STATUS, "Cancelled", ORDER_STATUS_VOID},
        {FIELD_STATUS, "直接办结", ORDER_STATUS_DIRECT},
        {FIELD_STATUS, "重复件", ORDER_STATUS_MERGED},
        {FIELD_STATUS, "退回", -1},
        {FIELD_STATUS, "已处理", -1},
        {FIELD_STATUS, "已回复", -1},
        {FIELD_STATUS, "9", -1},
        {FIELD_KIND, "咨询件", ORDER_KIND_CONSULT},
        {FIELD_KIND, "投诉、举报", ORDER_KIND_REPORT},
        {FIELD_KIND, "意见建议", ORDER_KIND_SUGGESTION},
        {FIELD_KIND, "表扬感谢类", ORDER_KIND_PRAISE},
        {FIELD_KIND, "投诉/求助", -1},
        {FIELD_ROLE, "牵头", HANDLING_ROLE_LEAD},
        {FIELD_ROLE, "会办单位", HANDLING_ROLE_SUPPORT},
        {FIELD_ROLE, "是", -1},
        {FIELD_OVERDUE_FLAG, "否", OVERDUE_FLAG_ON_TIME},
        {FIELD_OVERDUE_FLAG, "逾期未办结", OVERDUE_FLAG_OVERDUE},
        {FIELD_RETURNED, "退单申请中", WORD_NO},
        {FIELD_CONFIDENTIAL, "要求保密", WORD_YES},
        {FIELD_OPT_OUT, "拒绝回访", WORD_YES},
        {FIELD_OPT_OUT, "同意回访", WORD_NO},
        {FIELD_URGENCY, "特急", WORD_URGENT},
        {FIELD_URGENCY, "平件", WORD_NORMAL},
    };
    struct err err = {0};
    struct profile *profile = NULL;
    assert_int_equal(profile_builtin(BYTES_LIT("auto"), &profile, &err), OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("    %s %s\n", field_word(cases[i].field), cases[i].word);
        assert_int_equal(meaning_of(profile, cases[i].field, cases[i].word), cases[i].value);
    }
    profile_free(profile);
}

/* A profile may give a word another meaning, our own table not. */
static void word_meanings__give_no_word_two_meanings(void **state)
{
    (void)state;
    struct err err = {0};
    struct profile *profile = NULL;
    assert_int_equal(profile_parse(BYTES_LIT(COLUMNS), &profile, &err), OK);
    for (const struct word_meaning *meaning = word_meanings; meaning->name != NULL; meaning++) {
        struct bytes rest = bytes_from_z(meaning->synonyms);
        while (rest.ptr != NULL) {
            char word[64] = "";
            struct bytes written = bytes_cut(&rest, '|');
            assert_in_range(written.len, 1, sizeof word - 1);
            memcpy(word, written.ptr, written.len);
            print_message("    %s\n", word);
            assert_int_equal(meaning_of(profile, meaning->field, word), meaning->value);
        }
    }
    profile_free(profile);
}

static int fault_body(void *context, struct err *err)
{
    (void)context;
    struct profile *profile = NULL;
    int rc = profile_builtin(BYTES_LIT("boston311"), &profile, err);
    profile_free(rc == OK ? profile : NULL);
    return rc;
}

static void profile_parse__survives_failing_memory(void **state)
{
    (void)state;
    fault_loop(fault_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profile_parse__reads_the_source),
        cmocka_unit_test(profile_parse__refuses_by_name),
        cmocka_unit_test(profile_parse__takes_comments_and_continued_lines),
        cmocka_unit_test(profile_builtin__gives_every_profile),
        cmocka_unit_test(profile_builtin__auto_knows_the_columns_of_desks),
        cmocka_unit_test(profile_builtin__auto_knows_the_words_of_desks),
        cmocka_unit_test(word_meanings__give_no_word_two_meanings),
        cmocka_unit_test(profile_parse__survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
