#include "service/followup/package_return.h"

#include "tests/service/followup/casework_fixture.h"
#include "tests/service/followup/sample_fixture.h"

/* What a file of outcomes that names orders by their own numbers does with cases that the service phones. */

#define HEADER "order_no,called_at,caller,disposition,resolved,satisfaction,reason,comment\n"

static void load(struct phoning *phoning, const char *rows, int accepted)
{
    struct err err = {0};
    struct outcomes_result result = {.named_count = 0};
    struct buf text;
    buf_init(&text, 4096);
    buf_append_z(&text, HEADER);
    buf_append_z(&text, rows);
    buf_append_byte(&text, '\0');
    DO(try_outcomes_of(&phoning->fixture, "2024-06", text.ptr, NULL, true, &result, &err));
    assert_int_equal(result.counts.accepted, accepted);
    buf_deinit(&text);
}

/* The case of order A`n`, whose number ends in n. */
static struct followup_case case_of_order(struct phoning *phoning, int n)
{
    struct err err = {0};
    struct campaign_row campaign;
    struct drawn_row drawn;
    struct followup_case row;
    char order_no[16];
    (void)snprintf(order_no, sizeof order_no, "A%d", n);
    begin(phoning);
    DO(campaign_get(phoning->store, phoning->campaign_id, &campaign, &err));
    DO(drawn_get(phoning->store, campaign.round_id, campaign.draw_no, bytes_from_z(order_no),
                 &drawn, &err));
    DO(case_get_by_no(phoning->store, phoning->campaign_id, drawn.case_no, &row, &err));
    store_rollback(phoning->store);
    return row;
}

static void check_imported(struct phoning *phoning, int n, const char *code)
{
    struct followup_case row = case_of_order(phoning, n);
    assert_int_equal(row.state, CASE_FINAL);
    assert_string_equal(row.code, code);
    assert_string_equal(row.why, "imported");
}

static void outcomes_import__ends_cases_by_what_ends_them(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 6, PHONING_RULES);
    load(&phoning,
         "A1,2024-06-20 10:00,王,1.1,yes,5,,\n"
         "A2,2024-06-20 10:00,王,本人拒访,,,,\n"
         "A3,2024-06-20 10:00,王,4.10,,,,\n"
         "A4,2024-06-20 10:00,王,无人接听,,,,\n"
         "A4,2024-06-21 10:00,王,中途挂断,,,,\n"
         "A5,2024-06-20 10:00,王,2.30,,,,\n",
         6);
    check_imported(&phoning, 1, "1.1");
    check_imported(&phoning, 2, "2.112");
    check_imported(&phoning, 3, "4.10");
    check_imported(&phoning, 5, "2.30");
    assert_int_equal(case_of_order(&phoning, 4).state, CASE_QUEUED);
    assert_int_equal(case_of_order(&phoning, 6).state, CASE_QUEUED);
    struct campaign_unit_row units = units_now(&phoning);
    assert_true(units.queued == 2 && units.final == 4 && units.complete == 1);
    phoning_deinit(&phoning);
}

static void outcomes_import__ends_a_held_case_when_it_is_let_go(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case held;
    int64_t dial_id = 0;
    phoning_simple(&phoning, 2, PHONING_RULES);
    (void)next_case(&phoning, 0);
    (void)next_case(&phoning, 1);
    int n = case_of_order(&phoning, 1).account_id == phoning.callers[0].account_id ? 1 : 2;
    held = case_of_order(&phoning, n);
    struct followup_case dialled = case_of_order(&phoning, 3 - n);
    dial_id = dial(&phoning, 1, dialled.id, 1);
    load(&phoning, "A1,2024-06-20 10:00,王,1.1,yes,5,,\nA2,2024-06-20 10:00,王,1.1,yes,5,,\n", 2);
    assert_int_equal(case_of_order(&phoning, n).state, CASE_LEASED);
    assert_int_equal(try_dial(&phoning, 0, held.id, 1, &dial_id), ERR_REFUSED);
    assert_int_equal(give_back(&phoning, 0, held.id), OK);
    check_imported(&phoning, n, "1.1");
    assert_int_equal(finish(&phoning, 1, dial_id, "2.21").step, NEXT_FINAL);
    check_imported(&phoning, 3 - n, "1.1");
    assert_int_equal(units_now(&phoning).complete, 2);
    phoning_deinit(&phoning);
}

static void outcomes_import__moves_the_disposition_of_a_final_case(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), "2.112");
    assert_string_equal(case_now(&phoning, leased.row.id).code, "2.112");
    load(&phoning, "A1,2024-06-20 10:00,王,1.1,yes,5,,\n", 1);
    assert_string_equal(case_now(&phoning, leased.row.id).code, "1.1");
    assert_int_equal(units_now(&phoning).complete, 1);
    phoning_deinit(&phoning);
}

static void outcomes_import__leaves_a_released_refusal_of_ours_to_be_called(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), "2.112");
    phoning.now_utc += 60;
    assert_int_equal(release_refusal(&phoning, leased.row.id, "误登记"), OK);
    load(&phoning, "A1,2024-06-20 10:00,王,2.21,,,,\n", 1);
    assert_int_equal(case_now(&phoning, leased.row.id).state, CASE_WAITING);
    phoning_deinit(&phoning);
}

static void outcomes_import__keeps_who_wants_no_calls_from_all_rounds(void **state)
{
    (void)state;
    struct phoning phoning;
    int64_t cases = 0;
    phoning_simple(&phoning, 2, PHONING_RULES);
    load(&phoning,
         "A1,2024-06-20 10:00,王,坚决拒访,,,,\n"
         "A2,2024-06-20 10:00,王,2.21,,,,\n",
         2);
    check_imported(&phoning, 1, "2.113");
    assert_int_equal(ban(&phoning, "13900000001", &cases), ERR_EXISTS);
    assert_int_equal(ban(&phoning, "13900000002", &cases), OK);
    phoning_deinit(&phoning);
}

/* One person's other orders are not left without an outcome. */
static void outcomes_import__ends_a_person_with_several_orders(void **state)
{
    (void)state;
    struct phoning phoning;
    char attempts[64];
    phoning_init(&phoning,
                 LINE("A1", "甲局", "投诉", "13900000001")
                     LINE("A2", "甲局", "投诉", "13900000001"),
                 2, PHONING_RULES);
    assert_int_equal(try_open(&phoning), OK);
    load(&phoning, "A1,2024-06-20 10:00,王,1.1,yes,5,,\n", 1);
    struct followup_case row = case_of_order(&phoning, 2);
    assert_true(row.state == CASE_FINAL && row.id == case_of_order(&phoning, 1).id);
    assert_string_equal(row.code, "1.2");
    struct orders_of orders = orders_of(&phoning, &row);
    for (int i = 0; i < orders.count; i++) {
        attempts_of(&phoning, orders.drawn_ids[i], attempts, sizeof attempts);
        assert_true(strcmp(attempts, "1.1/3/5") == 0 || strcmp(attempts, "2.36/0/0") == 0);
    }
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes_import__ends_cases_by_what_ends_them),
        cmocka_unit_test(outcomes_import__ends_a_held_case_when_it_is_let_go),
        cmocka_unit_test(outcomes_import__moves_the_disposition_of_a_final_case),
        cmocka_unit_test(outcomes_import__leaves_a_released_refusal_of_ours_to_be_called),
        cmocka_unit_test(outcomes_import__keeps_who_wants_no_calls_from_all_rounds),
        cmocka_unit_test(outcomes_import__ends_a_person_with_several_orders),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
