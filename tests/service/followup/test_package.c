#include "service/followup/package.h"

#include "tests/service/followup/casework_fixture.h"

#define ROUND "2024-06"
#define TODAY INT64_C(19905) /* 2024-07-01, the fixture's */

static const struct bytes passphrase = {"correct horse battery", 21};

static int64_t put_team(struct phoning *phoning, const char *name, const char *kind)
{
    struct err err = {0};
    struct team_row team = {.name = bytes_from_z(name), .kind = bytes_from_z(kind)};
    begin(phoning);
    DO(team_store(phoning->store, &team, &err));
    DO(team_get(phoning->store, team.name, &team, &err));
    (void)end(phoning, OK);
    return team.id;
}

struct making {
    struct phoning *phoning;
    struct package_wish wish;
    struct package_made made;
    struct buf csv;
};

static int step_make(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                     void *context, struct err *err)
{
    struct making *making = context;
    const struct actor actor = {{"office", 6}, making->phoning->now_utc};
    (void)arena;
    return package_make(&fixture->datadir, round, &making->wish, &actor, &making->made,
                        &making->csv, err);
}

/* A NUL stands at the end of the table. */
static int try_make(struct phoning *phoning, const char *team, int64_t count, int64_t until_day,
                    struct making *out)
{
    struct err err = {0};
    *out = (struct making){phoning, {bytes_from_z(team), count, until_day}, {.cases = 0}, {0}};
    buf_init(&out->csv, (size_t)1024 * 1024);
    int rc = with_round(&phoning->fixture, ROUND, step_make, out, &err);
    buf_append_byte(&out->csv, '\0');
    return rc;
}

static void check_has(const struct making *making, const char *text)
{
    if (strstr(making->csv.ptr, text) == NULL)
        fail_msg("no \"%s\" in %s", text, making->csv.ptr);
}

static void check_lacks(const struct making *making, const char *text)
{
    if (strstr(making->csv.ptr, text) != NULL)
        fail_msg("\"%s\" in %s", text, making->csv.ptr);
}

/* Two persons, one with two orders and two numbers. */
static void begin_two(struct phoning *phoning)
{
    phoning_init(phoning,
                 LINE("GD240001", "甲局", "投诉", "13900000001、13900000002")
                     LINE("GD240002", "乙局", "咨询", "13900000001")
                         LINE("GD240003", "甲局", "投诉", "13900000003"),
                 3, PHONING_RULES);
    assert_int_equal(try_open(phoning), OK);
}

static void package_make__tells_what_a_caller_needs(void **state)
{
    (void)state;
    struct phoning phoning;
    struct making making;
    char name[64];
    begin_two(&phoning);
    int64_t team_id = put_team(&phoning, "外包", "contractor");
    assert_int_equal(try_make(&phoning, "外包", 9, TODAY, &making), OK);
    assert_true(making.made.cases == 2 && making.made.orders == 3);
    assert_int_equal(making.made.head.until_day, TODAY);
    assert_int_equal(strlen(making.made.head.mark), PACKAGE_MARK_BYTES - 1);
    check_has(&making, "\xEF\xBB\xBF样本编号,");
    check_has(&making, "13900000003");
    check_has(&making, ",咨询,2024-06-01,乙局,");
    check_lacks(&making, "GD24");
    for (int64_t case_no = 1; case_no <= 2; case_no++) {
        struct followup_case row = case_of_no(&phoning, case_no);
        (void)snprintf(name, sizeof name, "C%jd-1-%.6s,", (intmax_t)row.id, making.made.head.mark);
        check_has(&making, name);
        assert_true(row.state == CASE_FINAL && row.team_id == team_id && row.code[0] == '\0');
        assert_string_equal(row.why, "handed_over");
    }
    assert_int_equal(units_now(&phoning).final, 0); /* nothing has come back */
    (void)nothing_due(&phoning, 0);
    buf_deinit(&making.csv);
    phoning_deinit(&phoning);
}

#define TEN "请尽快修好路灯，谢谢"
#define CUT_AT_8                                                                                   \
    TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN    \
        TEN TEN TEN TEN TEN TEN "路灯"
#define WITH_TEXT(no, phone, text)                                                                 \
    no ",2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,投诉," phone \
       "," text "\n"

/* The texts are cut within a telephone number, and within the number of the person's other order. */
static void package_make__shows_no_number_in_a_text(void **state)
{
    (void)state;
    struct phoning phoning;
    struct making making;
    phoning_init(&phoning,
                 WITH_TEXT("GD240001", "13900000001", CUT_AT_8 "13912345678") WITH_TEXT(
                     "GD240002", "13900000001", "又见GD240001和GD240002。" CUT_AT_8 "GD240001"),
                 2, PHONING_RULES);
    assert_int_equal(try_open(&phoning), OK);
    (void)put_team(&phoning, "外包", "contractor");
    assert_int_equal(try_make(&phoning, "外包", 9, TODAY, &making), OK);
    assert_int_equal(making.made.orders, 2);
    check_has(&making, "路灯139****5,");
    check_has(&making, "又见和。");
    check_lacks(&making, "1391");
    check_lacks(&making, "GD24");
    buf_deinit(&making.csv);
    phoning_deinit(&phoning);
}

static void package_make__leaves_out_numbers_that_are_not_to_be_called(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct making making;
    begin_two(&phoning);
    (void)put_team(&phoning, "外包", "contractor");
    int64_t case_id = case_of_no(&phoning, 1).id;
    begin(&phoning);
    DO(case_number_put_dead(phoning.store, case_id, 2, true, &err));
    (void)end(&phoning, OK);
    assert_int_equal(try_make(&phoning, "外包", 9, TODAY, &making), OK);
    check_has(&making, ",13900000001,");
    check_lacks(&making, "13900000002");
    buf_deinit(&making.csv);
    phoning_deinit(&phoning);
}

static void package_make__takes_as_many_as_are_wanted_of_whom_it_may(void **state)
{
    (void)state;
    struct phoning phoning;
    struct making making;
    struct err err = {0};
    phoning_simple(&phoning, 10, PHONING_RULES);
    int64_t other = put_team(&phoning, "外包二", "contractor");
    (void)put_team(&phoning, "外包", "contractor");
    (void)put_team(&phoning, "本办", "own");
    const struct actor actor = supervisor(&phoning);
    int64_t assigned = 0;
    begin(&phoning);
    DO(casework_assign(phoning.work, phoning.store, phoning.campaign_id, other, 4, &actor,
                       &assigned, &err));
    (void)end(&phoning, OK);
    static const struct {
        const char *team;
        int64_t until_day;
        int rc;
    } refused[] = {{"本办", TODAY, ERR_REFUSED},
                   {"外包", TODAY - 1, ERR_REFUSED},
                   {"没有", TODAY, ERR_NOT_FOUND}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(try_make(&phoning, refused[i].team, 3, refused[i].until_day, &making),
                         refused[i].rc);
        buf_deinit(&making.csv);
    }
    assert_int_equal(try_make(&phoning, "外包", 4, TODAY, &making), OK);
    assert_int_equal(making.made.cases, 4);
    buf_deinit(&making.csv);
    assert_int_equal(try_make(&phoning, "外包", 4, TODAY, &making), OK);
    assert_int_equal(making.made.cases, 2);
    buf_deinit(&making.csv);
    assert_int_equal(try_make(&phoning, "外包", 4, TODAY, &making), ERR_REFUSED);
    buf_deinit(&making.csv);
    assert_int_equal(units_now(&phoning).queued, 4);
    phoning_deinit(&phoning);
}

struct taking_back {
    struct phoning *phoning;
    const char *mark;
    int64_t cases;
};

static int step_take_back(struct fixture *fixture, const struct round_row *round,
                          struct arena *arena, void *context, struct err *err)
{
    struct taking_back *taking = context;
    const struct actor actor = {{"office", 6}, taking->phoning->now_utc};
    (void)arena;
    return package_take_back(&fixture->datadir, round, bytes_from_z(taking->mark), &actor,
                             &taking->cases, err);
}

static int try_take_back(struct phoning *phoning, const char *mark, int64_t *out_cases)
{
    struct err err = {0};
    struct taking_back taking = {phoning, mark, -1};
    int rc = with_round(&phoning->fixture, ROUND, step_take_back, &taking, &err);
    *out_cases = taking.cases;
    return rc;
}

static void package_take_back__gives_back_what_is_still_out(void **state)
{
    (void)state;
    struct phoning phoning;
    struct making making;
    struct err err = {0};
    int64_t cases = 0;
    begin_two(&phoning);
    (void)put_team(&phoning, "外包", "contractor");
    assert_int_equal(try_make(&phoning, "外包", 9, TODAY, &making), OK);
    struct followup_case row = case_of_no(&phoning, 2);
    struct attempt_row attempt = {.drawn_id = orders_of(&phoning, &row).drawn_ids[0],
                                  .no = 1,
                                  .called = {phoning.now_utc, MOMENT_INSTANT},
                                  .code = BYTES_LIT("2.112"),
                                  .file_id = 1};
    begin(&phoning);
    DO(attempt_put_new(phoning.store, &attempt, &err));
    DO(casework_take_outcomes(phoning.work, phoning.store, row.id, phoning.now_utc, &err));
    (void)end(&phoning, OK);
    assert_int_equal(try_take_back(&phoning, "0123456789abcdef", &cases), ERR_NOT_FOUND);
    assert_int_equal(try_take_back(&phoning, making.made.head.mark, &cases), OK);
    assert_int_equal(cases, 1);
    assert_int_equal(case_of_no(&phoning, 1).state, CASE_QUEUED);
    assert_string_equal(case_of_no(&phoning, 2).code, "2.112");
    assert_int_equal(try_take_back(&phoning, making.made.head.mark, &cases), OK);
    assert_int_equal(cases, 0);
    buf_deinit(&making.csv);
    phoning_deinit(&phoning);
}

/* ---- the file ---- */

static int open_package(struct bytes file, int64_t today)
{
    struct err err = {0};
    struct package_head head;
    struct buf csv;
    buf_init(&csv, 4096);
    int rc = package_open(file, passphrase, today, &head, &csv, &err);
    if (rc == OK) {
        assert_string_equal(head.mark, "0123456789abcdef");
        assert_int_equal(head.until_day, TODAY);
        assert_true(bytes_equal(buf_bytes(&csv), BYTES_LIT("a,b\r\n")));
    }
    buf_deinit(&csv);
    return rc;
}

static void package_open__is_for_its_days_alone(void **state)
{
    static const struct package_head head = {"0123456789abcdef", TODAY};
    (void)state;
    struct err err = {0};
    struct buf file;
    buf_init(&file, 4096);
    DO(package_seal(&head, BYTES_LIT("a,b\r\n"), passphrase, &file, &err));
    assert_true(bytes_starts_with(
        buf_bytes(&file),
        BYTES_LIT("pingyi-package 1\nmark 0123456789abcdef\nuntil 2024-07-01\n")));
    assert_int_equal(open_package(buf_bytes(&file), TODAY), OK);
    assert_int_equal(open_package(buf_bytes(&file), TODAY + 1), ERR_REFUSED);
    static const size_t digits[] = {22, 46}; /* of the mark, of the year */
    for (size_t i = 0; i < sizeof digits / sizeof *digits; i++) {
        char *digit = &file.ptr[digits[i]];
        char was = *digit;
        *digit = was == '9' ? '8' : '9';
        assert_int_equal(open_package(buf_bytes(&file), TODAY), ERR_REFUSED);
        *digit = was;
    }
    file.ptr[0] = 'P';
    assert_int_equal(open_package(buf_bytes(&file), TODAY), ERR_FORMAT);
    buf_deinit(&file);
}

static void package_open__knows_what_is_none(void **state)
{
    static const char *const none[] = {
        "",
        "pingyi-package 1",
        "pingyi-package 1\n",
        "pingyi-package 2\nmark 0\nuntil 2024-07-01\n00\n00\n",
        "pingyi-package 1\nmark 0123456789abcdef0\nuntil 2024-07-01\n00\n00\n",
        "pingyi-package 1\nmark 0\nuntil tomorrow\n00\n00\n",
        "pingyi-package 1\nmark 0\nuntil 2024-07-01\nno digits\n00\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(open_package(bytes_from_z(none[i]), TODAY), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(package_make__tells_what_a_caller_needs),
        cmocka_unit_test(package_make__shows_no_number_in_a_text),
        cmocka_unit_test(package_make__leaves_out_numbers_that_are_not_to_be_called),
        cmocka_unit_test(package_make__takes_as_many_as_are_wanted_of_whom_it_may),
        cmocka_unit_test(package_take_back__gives_back_what_is_still_out),
        cmocka_unit_test(package_open__is_for_its_days_alone),
        cmocka_unit_test(package_open__knows_what_is_none),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
