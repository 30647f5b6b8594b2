#include "service/followup/call_list.h"

#include "service/followup/acceptance.h"
#include "service/intake/mask.h"
#include "service/storage/sealed.h"

#include "tests/service/followup/casework_fixture.h"
#include "tests/support/fault.h"
#include "tests/support/file.h"

/* Three cases, dialled by caller 0 on 1 July 2024, at 9:30, 9:40 and 9:50. Numbers are those that were shown. */

#define HEADER "主叫号码,被叫号码,开始时间,通话时长\n"
#define ON_DAY ",2024-07-01 "

enum { CASES = 3, NUMBER_BYTES = 16 };

struct dialled {
    struct phoning phoning;
    char numbers[CASES][NUMBER_BYTES];
    struct buf text;
};

static void begin_dialled(struct dialled *dialled)
{
    struct phoning *phoning = &dialled->phoning;
    struct err err = {0};
    phoning_simple(phoning, CASES, PHONING_RULES);
    buf_init(&dialled->text, 65536);
    for (int i = 0; i < CASES; i++) {
        struct leased_case leased = next_case(phoning, 0);
        int64_t dial_id = dial(phoning, 0, leased.row.id, 1);
        buf_clear(&dialled->text);
        begin(phoning);
        DO(casework_number(phoning->work, phoning->store, caller_at(phoning, 0), dial_id,
                           &dialled->text, &err));
        store_rollback(phoning->store);
        (void)snprintf(dialled->numbers[i], NUMBER_BYTES, BYTES_FMT,
                       BYTES_ARG(buf_bytes(&dialled->text)));
        (void)finish(phoning, 0, dial_id, "2.21");
        phoning->now_utc += 600;
    }
}

static void end_dialled(struct dialled *dialled)
{
    buf_deinit(&dialled->text);
    phoning_deinit(&dialled->phoning);
}

static int try_load(struct dialled *dialled, struct call_list_result *out, struct err *err)
{
    struct phoning *phoning = &dialled->phoning;
    const struct actor actor = supervisor(phoning);
    test_file_write(phoning->fixture.file, buf_bytes(&dialled->text));
    begin(phoning);
    return end(phoning,
               call_list_load(&phoning->fixture.datadir, phoning->store, phoning->fixture.file,
                              BYTES_LIT("话单.csv"), &actor, out, err));
}

static void begin_list(struct dialled *dialled)
{
    buf_clear(&dialled->text);
    buf_append_z(&dialled->text, HEADER);
}

/* A call of the number that was dialled `i`-th; -1: of one that nobody dialled. */
static void add_call(struct dialled *dialled, int i, const char *time)
{
    buf_printf(&dialled->text, "07782280001,%s" ON_DAY "%s,35\n",
               i >= 0 ? dialled->numbers[i] : "13700000000", time);
}

static struct call_list_result load_list(struct dialled *dialled)
{
    struct err err = {0};
    struct call_list_result result;
    DO(try_load(dialled, &result, &err));
    return result;
}

static int on_dial(void *context, const struct unmatched_dial *dial, struct err *err)
{
    struct buf *text = context;
    char time[TIME_TEXT_BYTES];
    (void)err;
    time_format(dial->started_utc, 8 * 3600, time);
    buf_printf(text, "%.5s ", time + sizeof "2024-07-01T" - 1);
    return OK;
}

static int on_record(void *context, const struct call_record_row *row, struct err *out_err)
{
    struct dialled *dialled = context;
    struct vault_sealer *sealer = NULL;
    struct buf number;
    struct err err = {0};
    (void)out_err;
    buf_init(&number, NUMBER_BYTES);
    DO(vault_sealer_new(dialled->phoning.fixture.datadir.vault, sealed_purpose(SEALED_CALL_RECORDS),
                        &sealer, &err));
    struct sealer door = vault_sealer_door(sealer);
    DO(door.open(door.context, row->id, row->sealed, &number, &err));
    buf_printf(&dialled->text, "%d ", (int)row->line);
    mask_numbers(buf_bytes(&number), &dialled->text);
    vault_sealer_free(sealer);
    buf_deinit(&number);
    return OK;
}

/* What does not match: dials by their time, records by line and number. */
static void check_unmatched(struct dialled *dialled, const char *dials, const char *records)
{
    struct phoning *phoning = &dialled->phoning;
    struct err err = {0};
    buf_clear(&dialled->text);
    begin(phoning);
    DO(call_list_dials_each(phoning->store, phoning->campaign_id, on_dial, &dialled->text, &err));
    buf_append_byte(&dialled->text, '\0');
    assert_string_equal(dialled->text.ptr, dials);
    buf_clear(&dialled->text);
    DO(call_records_each_unmatched(phoning->store, 0, 100, on_record, dialled, &err));
    buf_append_byte(&dialled->text, '\0');
    assert_string_equal(dialled->text.ptr, records);
    store_rollback(phoning->store);
}

/* Its last four digits. */
static const char *tail_of(const struct dialled *dialled, int i)
{
    return dialled->numbers[i] + strlen(dialled->numbers[i]) - 4;
}

static void call_list_load__matches_by_number_and_nearest_start(void **state)
{
    (void)state;
    struct dialled dialled;
    begin_dialled(&dialled);
    check_unmatched(&dialled, "", "");
    begin_list(&dialled);
    add_call(&dialled, 0, "09:30:03");
    add_call(&dialled, 1, "09:42:01"); /* too late */
    add_call(&dialled, 2, "09:52:00");
    add_call(&dialled, -1, "09:30:00");
    buf_append_z(&dialled.text, "07782280001,138,2024-07-01 09:31:00,35\n");
    struct call_list_result result = load_list(&dialled);
    assert_int_equal(result.counts.rows, 5);
    assert_int_equal(result.counts.matched, 2);
    assert_int_equal(result.counts.unmatched, 2);
    assert_int_equal(result.counts.rejected, 1);
    assert_true(result.named_count == 1 && result.named[0].line == 6);
    assert_int_equal(result.named[0].reason, REJECT_BAD_NUMBER);
    char records[64];
    (void)snprintf(records, sizeof records, "3 139****%s5 137****0000", tail_of(&dialled, 1));
    check_unmatched(&dialled, "09:40 ", records);
    end_dialled(&dialled);
}

static void call_list_load__gives_a_dial_to_the_nearest_call(void **state)
{
    (void)state;
    struct dialled dialled;
    begin_dialled(&dialled);
    begin_list(&dialled);
    add_call(&dialled, 0, "09:31:00"); /* stands first, but is further away */
    add_call(&dialled, 0, "09:30:02");
    struct call_list_result result = load_list(&dialled);
    assert_int_equal(result.counts.matched, 1);
    char records[64];
    (void)snprintf(records, sizeof records, "2 139****%s", tail_of(&dialled, 0));
    check_unmatched(&dialled, "09:40 09:50 ", records);
    end_dialled(&dialled);
}

static void call_list_load__takes_the_same_bytes_once(void **state)
{
    (void)state;
    struct dialled dialled;
    begin_dialled(&dialled);
    begin_list(&dialled);
    add_call(&dialled, 0, "09:30:03");
    struct call_list_result first = load_list(&dialled);
    struct call_list_result again = load_list(&dialled);
    assert_true(!first.is_already_loaded && again.is_already_loaded);
    assert_true(again.counts.id == first.counts.id && again.counts.matched == 1 &&
                again.counts.rows == 1);
    check_unmatched(&dialled, "09:40 09:50 ", "");
    end_dialled(&dialled);
}

/* The morning's list, and the day's with the morning once more; a call that no dial matches is shown once. */
static void call_list_load__takes_a_call_once_from_lists_that_overlap(void **state)
{
    (void)state;
    struct dialled dialled;
    begin_dialled(&dialled);
    begin_list(&dialled);
    add_call(&dialled, 0, "09:30:03");
    add_call(&dialled, 0, "09:30:03");
    add_call(&dialled, -1, "09:35:00");
    struct call_list_result morning = load_list(&dialled);
    assert_true(morning.counts.matched == 2 && morning.counts.unmatched == 1);
    begin_list(&dialled);
    add_call(&dialled, 0, "09:30:03");
    add_call(&dialled, -1, "09:35:00");
    add_call(&dialled, -1, "09:35:00");
    add_call(&dialled, 1, "09:40:01");
    struct call_list_result day = load_list(&dialled);
    assert_true(day.counts.matched == 2 && day.counts.unmatched == 2);
    check_unmatched(&dialled, "09:50 ", "4 137****0000");
    end_dialled(&dialled);
}

static void call_list_load__does_not_miss_what_was_dialled_after_it(void **state)
{
    (void)state;
    struct dialled dialled;
    struct phoning *phoning = &dialled.phoning;
    begin_dialled(&dialled);
    int64_t later_utc = phoning->now_utc;
    phoning->now_utc = at("2024-07-01T09:45:00+08:00");
    begin_list(&dialled);
    add_call(&dialled, 0, "09:30:03");
    (void)load_list(&dialled);
    check_unmatched(&dialled, "09:40 ", "");
    phoning->now_utc = later_utc;
    begin_list(&dialled);
    add_call(&dialled, 1, "09:40:03");
    (void)load_list(&dialled);
    check_unmatched(&dialled, "09:50 ", "");
    end_dialled(&dialled);
}

static void call_list_load__says_nothing_of_days_without_a_list(void **state)
{
    (void)state;
    struct dialled dialled;
    begin_dialled(&dialled);
    begin_list(&dialled);
    buf_append_z(&dialled.text, "07782280001,13700000000,2024-07-02 00:00:00,35\n");
    assert_int_equal(load_list(&dialled).counts.unmatched, 1);
    check_unmatched(&dialled, "", "2 137****0000");
    begin_list(&dialled);
    buf_append_z(&dialled.text, "07782280001,13700000000,2024-07-01 23:59:59,35\n");
    (void)load_list(&dialled);
    check_unmatched(&dialled, "09:30 09:40 09:50 ", "2 137****00002 137****0000");
    end_dialled(&dialled);
}

static void call_list_load__refuses_what_is_no_list(void **state)
{
    (void)state;
    struct dialled dialled;
    struct call_list_result result;
    struct err err = {0};
    begin_dialled(&dialled);
    buf_clear(&dialled.text);
    buf_append_z(&dialled.text, "工单编号,承办单位\nGD1,甲局\nGD2,乙局\n");
    assert_int_equal(try_load(&dialled, &result, &err), ERR_REFUSED);
    assert_int_not_equal(result.refusal, REFUSAL_NONE);
    buf_clear(&dialled.text);
    assert_int_equal(try_load(&dialled, &result, &err), ERR_REFUSED);
    begin_list(&dialled);
    add_call(&dialled, 0, "09:30:03");
    assert_int_equal(load_list(&dialled).counts.matched, 1);
    end_dialled(&dialled);
}

/* ---- acceptance ---- */

static void acceptance_load__counts_a_team(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct acceptance of;
    int64_t cases = 0;
    const struct actor actor = {BYTES_LIT("office"), 0};
    const struct team_row team = {.name = BYTES_LIT("外包"), .kind = BYTES_LIT("contractor")};
    struct team_row stored;
    phoning_simple(&phoning, CASES, PHONING_RULES);
    begin(&phoning);
    DO(team_store(phoning.store, &team, &err));
    DO(team_get(phoning.store, team.name, &stored, &err));
    int64_t team_id = stored.id;
    DO(casework_assign(phoning.work, phoning.store, phoning.campaign_id, team_id, 2, &actor, &cases,
                       &err));
    (void)end(&phoning, OK);
    phoning.callers[0].team_id = team_id;
    struct leased_case leased = next_case(&phoning, 0);
    complete_case(&phoning, 0, &leased); /* in no time at all */
    leased = next_case(&phoning, 0);
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    answer_all(&phoning, 0, dial_id, &leased.row, "yes", "5");
    phoning.now_utc += 300;
    (void)finish(&phoning, 0, dial_id, "1.1");
    begin(&phoning);
    DO(acceptance_load(phoning.store, phoning.campaign_id, team_id, &of, &err));
    store_rollback(phoning.store);
    assert_true(of.cases == 2 && of.final == 2 && of.completes == 2);
    assert_true(of.rechecks == 2 && of.checked == 0 && of.compared == 0 && of.voided == 0);
    assert_true(of.dials == 2 && of.short_dials == 1);
    assert_true(of.listed_dials == 0 && of.unmatched_dials == 0);
    phoning_deinit(&phoning);
}

/* Of the dials of its people alone, on the days of a list. */
static void acceptance_load__holds_dials_against_lists(void **state)
{
    (void)state;
    struct dialled dialled;
    struct phoning *phoning = &dialled.phoning;
    struct err err = {0};
    struct acceptance of;
    begin_dialled(&dialled);
    const struct team_row team = {.name = BYTES_LIT("外包"), .kind = BYTES_LIT("contractor")};
    struct team_row stored;
    struct account_row account;
    begin_list(&dialled);
    add_call(&dialled, 2, "09:50:02");
    (void)load_list(&dialled);
    begin(phoning);
    DO(team_store(phoning->store, &team, &err));
    DO(team_get(phoning->store, team.name, &stored, &err));
    int64_t team_id = stored.id;
    DO(account_get(phoning->store, phoning->callers[0].name, &account, &err));
    account.team_id = team_id;
    DO(account_put(phoning->store, &account, &err));
    DO(acceptance_load(phoning->store, phoning->campaign_id, team_id, &of, &err));
    store_rollback(phoning->store);
    assert_true(of.listed_dials == CASES && of.unmatched_dials == CASES - 1);
    end_dialled(&dialled);
}

/* ---- faults ---- */

static int load_one(void *context, struct err *err)
{
    struct dialled *dialled = context;
    struct phoning *phoning = &dialled->phoning;
    const struct actor actor = supervisor(phoning);
    struct call_list_result result;
    struct acceptance of;
    int rc = store_begin(phoning->store, err);
    if (rc == OK)
        rc = call_list_load(&phoning->fixture.datadir, phoning->store, phoning->fixture.file,
                            BYTES_LIT("话单.csv"), &actor, &result, err);
    if (rc == OK)
        rc = acceptance_load(phoning->store, phoning->campaign_id, 0, &of, err);
    if (rc == OK)
        assert_true(result.counts.matched == 1 && of.cases == CASES);
    store_rollback(phoning->store);
    return rc;
}

static void call_list__survives_every_failed_allocation(void **state)
{
    (void)state;
    struct dialled dialled;
    begin_dialled(&dialled);
    begin_list(&dialled);
    add_call(&dialled, 0, "09:30:03");
    buf_append_z(&dialled.text, "07782280001,138,2024-07-01 09:31:00,35\n");
    test_file_write(dialled.phoning.fixture.file, buf_bytes(&dialled.text));
    fault_loop(load_one, &dialled);
    end_dialled(&dialled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(call_list_load__matches_by_number_and_nearest_start),
        cmocka_unit_test(call_list_load__gives_a_dial_to_the_nearest_call),
        cmocka_unit_test(call_list_load__takes_the_same_bytes_once),
        cmocka_unit_test(call_list_load__takes_a_call_once_from_lists_that_overlap),
        cmocka_unit_test(call_list_load__does_not_miss_what_was_dialled_after_it),
        cmocka_unit_test(call_list_load__says_nothing_of_days_without_a_list),
        cmocka_unit_test(call_list_load__refuses_what_is_no_list),
        cmocka_unit_test(acceptance_load__counts_a_team),
        cmocka_unit_test(acceptance_load__holds_dials_against_lists),
        cmocka_unit_test(call_list__survives_every_failed_allocation),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
