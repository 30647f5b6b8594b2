#include "service/followup/attendance.h"

#include "tests/service/followup/casework_fixture.h"
#include "tests/support/fault.h"

/* Callers of a campaign and their shifts on 1 July 2024; calling hours are 9:00-12:00, 15:00-18:00, 19:00-20:30. */

#define DAY_OF_TEST "2024-07-01T"

static int64_t day_of_test(void)
{
    int64_t day = 0;
    assert_true(day_parse(BYTES_LIT("2024-07-01"), &day));
    return day;
}

static int64_t put_shift(struct phoning *phoning, int i, const char *from, const char *to)
{
    struct err err = {0};
    struct shift_row row = {.account_id = phoning->callers[i].account_id,
                            .day = day_of_test(),
                            .started_utc = at(from)};
    begin(phoning);
    DO(shift_put_new(phoning->store, &row, &err));
    if (to != NULL)
        DO(shift_put_end(phoning->store, row.id, at(to), BYTES_LIT("signed_out"), &err));
    (void)end(phoning, OK);
    return row.id;
}

static int confirm(struct phoning *phoning, int64_t id, int64_t minutes, const char *note,
                   int64_t team_id, int64_t account_id)
{
    struct err err = {0};
    const struct actor actor = supervisor(phoning);
    const struct attendance_verdict verdict = {minutes, bytes_from_z(note), team_id, account_id};
    begin(phoning);
    return end(phoning, attendance_confirm(phoning->store, id, &verdict, &actor, &err));
}

static struct attendance_wish wish_of(const struct phoning *phoning)
{
    return (struct attendance_wish){.from_day = day_of_test(),
                                    .to_day = day_of_test(),
                                    .team_id = -1,
                                    .now_utc = phoning->now_utc};
}

static int on_attended(void *context, const struct attended *attended, struct err *err)
{
    struct buf *text = context;
    (void)err;
    buf_printf(text, "%s%d late %d%s;", attended->shift->is_confirmed ? "+" : "",
               (int)attended->minutes_worked, (int)attended->late_minutes,
               attended->is_forgotten ? " forgotten" : "");
    return OK;
}

static void check_list(struct phoning *phoning, const struct attendance_wish *wish,
                       const char *expected)
{
    struct err err = {0};
    struct buf text;
    buf_init(&text, 4096);
    begin(phoning);
    DO(attendance_each(phoning->store, wish, on_attended, &text, &err));
    store_rollback(phoning->store);
    buf_append_byte(&text, '\0');
    assert_string_equal(text.ptr, expected);
    buf_deinit(&text);
}

static void attendance_each__tells_who_was_late(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    phoning_simple(&phoning, 1, PHONING_RULES);
    (void)put_shift(&phoning, 0, DAY_OF_TEST "08:55:00+08:00", DAY_OF_TEST "12:00:30+08:00");
    (void)put_shift(&phoning, 1, DAY_OF_TEST "09:04:59+08:00", DAY_OF_TEST "12:00:00+08:00");
    (void)put_shift(&phoning, 2, DAY_OF_TEST "09:05:00+08:00", DAY_OF_TEST "09:05:00+08:00");
    (void)put_shift(&phoning, 3, DAY_OF_TEST "15:40:00+08:00", DAY_OF_TEST "15:45:00+08:00");
    (void)put_shift(&phoning, 3, DAY_OF_TEST "15:50:00+08:00", NULL);
    phoning.now_utc = at(DAY_OF_TEST "16:00:00+08:00");
    struct attendance_wish wish = wish_of(&phoning);
    check_list(&phoning, &wish, "185 late 0;175 late 0;0 late 0;5 late 0;10 late 0;");
    begin(&phoning);
    DO(casework_hours(phoning.work, phoning.store, phoning.campaign_id, &wish.hours, &err));
    store_rollback(phoning.store);
    check_list(&phoning, &wish, "185 late 0;175 late 0;0 late 5;5 late 40;10 late 0;");
    wish.team_id = 7;
    check_list(&phoning, &wish, "");
    wish.to_day = wish.from_day + ATTENDANCE_DAYS_MAX;
    begin(&phoning);
    assert_int_equal(attendance_each(phoning.store, &wish, on_attended, NULL, &err), ERR_FORMAT);
    wish.to_day = wish.from_day - 1;
    assert_int_equal(attendance_each(phoning.store, &wish, on_attended, NULL, &err), ERR_FORMAT);
    store_rollback(phoning.store);
    phoning_deinit(&phoning);
}

static void attendance_confirm__is_anothers_word(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 1, PHONING_RULES);
    int64_t open = put_shift(&phoning, 0, DAY_OF_TEST "09:00:00+08:00", NULL);
    int64_t ended =
        put_shift(&phoning, 1, DAY_OF_TEST "09:00:00+08:00", DAY_OF_TEST "12:00:00+08:00");
    assert_int_equal(confirm(&phoning, open, 60, "", -1, 99), ERR_WRONG_STATE);
    assert_int_equal(confirm(&phoning, 99, 60, "", -1, 99), ERR_NOT_FOUND);
    assert_int_equal(confirm(&phoning, ended, 60, "", 7, 99), ERR_NOT_FOUND);
    assert_int_equal(confirm(&phoning, ended, 60, "", -1, phoning.callers[1].account_id),
                     ERR_REFUSED);
    assert_int_equal(confirm(&phoning, ended, ATTENDANCE_MINUTES_MAX + 1, "", -1, 99), ERR_FORMAT);
    assert_int_equal(confirm(&phoning, ended, -1, "", -1, 99), ERR_FORMAT);
    assert_int_equal(confirm(&phoning, ended, 170, "", -1, 99), OK);
    assert_int_equal(confirm(&phoning, ended, 175, "补记", 0, 99), OK);
    const struct attendance_wish wish = wish_of(&phoning);
    check_list(&phoning, &wish, "30 late 0;+180 late 0;");
    phoning_deinit(&phoning);
}

static int64_t end_forgotten(struct phoning *phoning, int64_t limit)
{
    struct err err = {0};
    int64_t done = 0;
    begin(phoning);
    DO(attendance_end_forgotten(phoning->store, phoning->now_utc, limit, &done, &err));
    (void)end(phoning, OK);
    return done;
}

static void attendance_end_forgotten__ends_with_the_last_dial(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 1, PHONING_RULES);
    (void)put_shift(&phoning, 0, DAY_OF_TEST "09:00:00+08:00", NULL);
    (void)put_shift(&phoning, 1, DAY_OF_TEST "09:00:00+08:00", NULL);
    (void)put_shift(&phoning, 2, DAY_OF_TEST "09:00:01+08:00", NULL);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    phoning.now_utc += 120;
    (void)finish(&phoning, 0, dial_id, "2.21");
    phoning.now_utc = at(DAY_OF_TEST "22:59:59+08:00");
    assert_int_equal(end_forgotten(&phoning, 10), 0);
    phoning.now_utc += 1;
    assert_int_equal(end_forgotten(&phoning, 1), 1);
    assert_int_equal(end_forgotten(&phoning, 10), 1);
    const struct attendance_wish wish = wish_of(&phoning);
    check_list(&phoning, &wish, "32 late 0 forgotten;0 late 0 forgotten;839 late 0;");
    phoning_deinit(&phoning);
}

/* Two confirmed shifts of caller 0, one of caller 1 whose note a spreadsheet would run, one that nobody confirmed. */
static void put_month(struct phoning *phoning)
{
    struct leased_case leased = next_case(phoning, 0);
    complete_case(phoning, 0, &leased);
    int64_t first =
        put_shift(phoning, 0, DAY_OF_TEST "09:00:00+08:00", DAY_OF_TEST "12:00:00+08:00");
    int64_t second =
        put_shift(phoning, 0, DAY_OF_TEST "15:00:00+08:00", DAY_OF_TEST "18:00:00+08:00");
    int64_t third =
        put_shift(phoning, 1, DAY_OF_TEST "09:00:00+08:00", DAY_OF_TEST "12:00:00+08:00");
    (void)put_shift(phoning, 2, DAY_OF_TEST "09:00:00+08:00", DAY_OF_TEST "12:00:00+08:00");
    assert_int_equal(confirm(phoning, first, 175, "", -1, 99), OK);
    assert_int_equal(confirm(phoning, second, 180, "", -1, 99), OK);
    assert_int_equal(confirm(phoning, third, 90, "=1+1", -1, 99), OK);
}

static void attendance_render__lists_what_is_paid(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct buf sheet;
    phoning_simple(&phoning, 1, PHONING_RULES);
    put_month(&phoning);
    const struct attendance_wish wish = wish_of(&phoning);
    buf_init(&sheet, 65536);
    begin(&phoning);
    DO(attendance_render(phoning.store, &wish, &sheet, &err));
    store_rollback(phoning.store);
    buf_append_byte(&sheet, '\0');
    assert_string_equal(
        sheet.ptr,
        "\xEF\xBB\xBF姓名,账号,班组,日期,上班,下班,确认分钟,拨打数,完成数,确认人,备注\r\n"
        "caller1,caller1,,2024-07-01,09:00,12:00,175,1,1,supervisor,\r\n"
        "caller1,caller1,,2024-07-01,15:00,18:00,180,0,0,supervisor,\r\n"
        "caller2,caller2,,2024-07-01,09:00,12:00,90,0,0,supervisor,\"'=1+1\"\r\n"
        "caller1,caller1,,合计,,,355,1,1,,2 班，5.92 小时\r\n"
        "caller2,caller2,,合计,,,90,0,0,,1 班，1.50 小时\r\n");
    buf_deinit(&sheet);
    phoning_deinit(&phoning);
}

static int render(void *context, struct err *err)
{
    struct phoning *phoning = context;
    const struct attendance_wish wish = wish_of(phoning);
    struct buf sheet;
    int64_t done = 0;
    buf_init(&sheet, 65536);
    int rc = store_begin(phoning->store, err);
    if (rc == OK)
        rc = attendance_render(phoning->store, &wish, &sheet, err);
    if (rc == OK)
        rc = attendance_end_forgotten(phoning->store, phoning->now_utc, 10, &done, err);
    store_rollback(phoning->store);
    buf_deinit(&sheet);
    return rc;
}

static void attendance__survives_every_failed_allocation(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 1, PHONING_RULES);
    put_month(&phoning);
    (void)put_shift(&phoning, 3, DAY_OF_TEST "09:00:00+08:00", NULL);
    phoning.now_utc += 86400;
    fault_loop(render, &phoning);
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attendance_each__tells_who_was_late),
        cmocka_unit_test(attendance_confirm__is_anothers_word),
        cmocka_unit_test(attendance_end_forgotten__ends_with_the_last_dial),
        cmocka_unit_test(attendance_render__lists_what_is_paid),
        cmocka_unit_test(attendance__survives_every_failed_allocation),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
