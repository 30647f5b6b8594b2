#include "tests/service/followup/casework_fixture.h"

struct texts_of {
    struct sealer door;
    struct buf plain;
};

static int on_sealed(void *context, const struct attempt_row *row, struct err *err)
{
    struct texts_of *texts = context;
    buf_clear(&texts->plain);
    return texts->door.open(texts->door.context, row->drawn_id * ATTEMPTS_AN_ORDER + row->no,
                            row->sealed, &texts->plain, err);
}

static int on_file(void *context, const struct outcome_file_row *row, struct err *err)
{
    struct outcome_file_row *file = context;
    (void)err;
    *file = *row;
    return OK;
}

static int on_recheck(void *context, const struct recheck_row *row, struct err *err)
{
    int *counts = context;
    (void)err;
    counts[bytes_equal(row->reason, BYTES_LIT("first")) ? 0 : 1]++;
    return OK;
}

static void casework_finish__refuses_what_cannot_be(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct finished finished;
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    const struct {
        const char *code, *language, *time;
        int rc;
    } ends[] = {
        {"4.10", "", NULL, ERR_FORMAT},
        {"", "", NULL, ERR_FORMAT},
        {"3.11", "", NULL, ERR_FORMAT},
        {"1.1", "", NULL, ERR_REFUSED},
        {"1.2", "", NULL, ERR_REFUSED},
        {"2.21", "za", NULL, ERR_FORMAT},
        {"2.21", "", "2024-07-02T10:00:00+08:00", ERR_FORMAT},
        {"2.20", "", "2024-07-01T09:00:00+08:00", ERR_REFUSED},
        {"2.20", "", "2024-07-02T13:00:00+08:00", ERR_REFUSED},
        {"2.20", "", "2024-07-17T10:00:00+08:00", ERR_REFUSED}, /* the window has 15 days */
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct dial_end dial_end = {.code = bytes_from_z(ends[i].code),
                                    .language = bytes_from_z(ends[i].language),
                                    .appointment_utc = ends[i].time != NULL ? at(ends[i].time) : 0};
        assert_int_equal(try_finish(&phoning, 0, dial_id, &dial_end, &finished, &err), ends[i].rc);
    }
    struct dial_end good = {.code = BYTES_LIT("2.20"),
                            .appointment_utc = at("2024-07-02T10:00:00+08:00")};
    assert_int_equal(try_finish(&phoning, 1, dial_id, &good, &finished, &err), ERR_WRONG_STATE);
    DO(try_finish(&phoning, 0, dial_id, &good, &finished, &err));
    assert_int_equal(try_finish(&phoning, 0, dial_id, &good, &finished, &err), ERR_WRONG_STATE);
    assert_int_equal(case_now(&phoning, leased.row.id).state, CASE_APPOINTMENT);
    phoning_deinit(&phoning);
}

static void casework_finish__bears_a_clock_that_goes_back(void **state)
{
    char code[CASE_CODE_BYTES];
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 1, PHONING_RULES);
    int64_t case_id = next_case(&phoning, 0).row.id;
    int64_t dial_id = dial(&phoning, 0, case_id, 1);
    int64_t started_utc = phoning.now_utc;
    phoning.now_utc -= 600;
    assert_int_equal(finish(&phoning, 0, dial_id, "2.211").step, NEXT_WAITING);
    assert_int_equal(dial_now(&phoning, dial_id, code).ended_utc, started_utc);
    assert_true(case_now(&phoning, case_id).from_utc > started_utc);
    phoning_deinit(&phoning);
}

static void casework_finish__takes_no_time_of_today_when_the_day_is_used_up(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct finished finished;
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), "2.211");
    phoning.now_utc = at("2024-07-01T10:30:00+08:00");
    leased = next_case(&phoning, 0);
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    struct dial_end away = {.code = BYTES_LIT("2.20"),
                            .appointment_utc = at("2024-07-01T16:00:00+08:00")};
    assert_int_equal(try_finish(&phoning, 0, dial_id, &away, &finished, &err), ERR_REFUSED);
    away.appointment_utc = at("2024-07-02T16:00:00+08:00");
    DO(try_finish(&phoning, 0, dial_id, &away, &finished, &err));
    phoning_deinit(&phoning);
}

static void casework_finish__writes_attempts_as_a_file_of_outcomes_does(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct vault_sealer *sealer = NULL;
    struct texts_of texts;
    struct round_row round;
    struct outcome_file_row file;
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t drawn_id = orders_of(&phoning, &leased.row).drawn_ids[0];
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    answer_all(&phoning, 0, dial_id, &leased.row, "no", "2");
    assert_int_equal(try_answer(&phoning, 0, dial_id, drawn_id, "why", "unsolved", ""), ERR_FORMAT);
    assert_int_equal(try_answer(&phoning, 0, dial_id, drawn_id, "other", "yes", "门前,积水"), OK);
    (void)finish(&phoning, 0, dial_id, "1.1");
    buf_init(&texts.plain, 4096);
    DO(vault_sealer_new(phoning.fixture.datadir.vault, "outcome", &sealer, &err));
    texts.door = vault_sealer_door(sealer);
    begin(&phoning);
    DO(attempts_each_of(phoning.store, drawn_id, on_sealed, &texts, &err));
    assert_true(bytes_equal(buf_bytes(&texts.plain), BYTES_LIT(",\"门前,积水\"")));
    DO(round_get(phoning.store, BYTES_LIT("2024-06"), &round, &err));
    assert_true(bytes_equal(round.state, BYTES_LIT("calling")));
    DO(outcome_files_each(phoning.store, round.id, on_file, &file, &err));
    assert_int_equal(file.accepted, 1);
    assert_int_equal(file.rows, 1);
    store_rollback(phoning.store);
    buf_deinit(&texts.plain);
    vault_sealer_free(sealer);
    phoning_deinit(&phoning);
}

static void casework_finish__chooses_the_first_completes_and_a_share_to_be_checked(void **state)
{
    static const char rules[] = PHONING_RULES "[followup]\nrecheck = 0.5\n";
    enum { COMPLETES = 45 };
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    int counts[2] = {0, 0};
    phoning_simple(&phoning, COMPLETES, rules);
    for (int i = 0; i < COMPLETES; i++) {
        struct leased_case leased = next_case(&phoning, 0);
        complete_case(&phoning, 0, &leased);
    }
    begin(&phoning);
    DO(rechecks_each(phoning.store, phoning.campaign_id, BYTES_NONE, -1, 0, 1000, on_recheck,
                     counts, &err));
    store_rollback(phoning.store);
    assert_int_equal(counts[0], 5);
    assert_in_range(counts[1], 10, 30);
    assert_int_equal(units_now(&phoning).complete, COMPLETES);
    phoning_deinit(&phoning);
}

static void casework_finish__reads_several_orders_of_one_person_in_one_call(void **state)
{
    static const char orders[] =
        LINE("A1", "甲局", "投诉", "13900000001") LINE("A2", "甲局", "投诉", "13900000001");
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct finished finished;
    char attempts[256];
    phoning_init(&phoning, orders, 2, PHONING_RULES);
    assert_int_equal(try_open(&phoning), OK);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    struct orders_of both = orders_of(&phoning, &leased.row);
    (void)try_answer(&phoning, 0, dial_id, 0, "consent", "yes", "");
    (void)try_answer(&phoning, 0, dial_id, 0, "is_you", "yes", "");
    (void)try_answer(&phoning, 0, dial_id, both.drawn_ids[0], "resolved", "yes", "");
    (void)try_answer(&phoning, 0, dial_id, both.drawn_ids[0], "satisfaction", "4", "");
    struct dial_end whole = {.code = BYTES_LIT("1.1")};
    assert_int_equal(try_finish(&phoning, 0, dial_id, &whole, &finished, &err), ERR_REFUSED);
    assert_non_null(strstr(err.message, "is not answered"));
    finished = finish(&phoning, 0, dial_id, "1.2");
    assert_string_equal(finished.code, "1.2");
    attempts_of(&phoning, both.drawn_ids[0], attempts, sizeof attempts);
    assert_string_equal(attempts, "1.1/3/4");
    attempts_of(&phoning, both.drawn_ids[1], attempts, sizeof attempts);
    assert_string_equal(attempts, "2.12/0/0");
    phoning_deinit(&phoning);
}

static void casework_finish__puts_who_wants_no_call_on_the_list(void **state)
{
    static const char rules[] = PHONING_RULES "[frame]\none_per_person = no\n";
    static const char orders[] = LINE("A1", "甲局", "投诉", "13900000001")
        LINE("A2", "甲局", "投诉", "13900000001") LINE("A3", "甲局", "投诉", "13900000003");
    (void)state;
    struct phoning phoning;
    int64_t cases = 0;
    phoning_init(&phoning, orders, 3, rules);
    assert_int_equal(try_open(&phoning), OK);
    int64_t last = 0;
    for (int i = 0; i < 2; i++) {
        struct leased_case leased = next_case(&phoning, 0);
        last = leased.row.id;
        if (case_now(&phoning, last).case_no == 3) /* the other person */
            (void)finish(&phoning, 0, dial(&phoning, 0, last, 1), "2.112");
        else {
            assert_int_equal(finish(&phoning, 0, dial(&phoning, 0, last, 1), "2.113").step,
                             NEXT_FINAL);
            break;
        }
    }
    assert_int_equal(ban(&phoning, "13900000001", &cases), ERR_EXISTS);
    assert_true(units_now(&phoning).final >= 2);
    assert_int_equal(case_of_no(&phoning, 1).state, CASE_FINAL);
    assert_int_equal(case_of_no(&phoning, 2).state, CASE_FINAL);
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(casework_finish__refuses_what_cannot_be),
        cmocka_unit_test(casework_finish__bears_a_clock_that_goes_back),
        cmocka_unit_test(casework_finish__takes_no_time_of_today_when_the_day_is_used_up),
        cmocka_unit_test(casework_finish__writes_attempts_as_a_file_of_outcomes_does),
        cmocka_unit_test(casework_finish__chooses_the_first_completes_and_a_share_to_be_checked),
        cmocka_unit_test(casework_finish__reads_several_orders_of_one_person_in_one_call),
        cmocka_unit_test(casework_finish__puts_who_wants_no_call_on_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
