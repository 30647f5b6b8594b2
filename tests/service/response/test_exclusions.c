#include "service/response/exclusions.h"

#include "tests/service/datadir_fixture.h"
#include "tests/support/fault.h"

/* What is asked for differs in one thing from a request that is taken. */

#define HEADER "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态\n"
static const char dump[] =
    HEADER "A1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结\n"
           "A1,2024-06-01 08:00:00,乙局,协办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结\n"
           "A2,2024-06-01 08:00:00,乙局,主办,2024-07-05 08:00:00,,办理中\n"
           "A3,2024-06-01 08:00:00,丙局、丁局,,2024-06-05 08:00:00,,办理中\n";

static void setup_round(struct fixture *fixture, struct round_row *round, struct round_basis *basis)
{
    struct err err = {0};
    struct intake_result result = fixture_load(fixture, dump, 0);
    intake_result_deinit(&result);
    *round = (struct round_row){.name = BYTES_LIT("2024-06"),
                                .kind = BYTES_LIT("monthly"),
                                .state = BYTES_LIT("draft"),
                                .rules = BYTES_LIT("[exclude]\npraise = request\n")};
    assert_true(day_parse(BYTES_LIT("2024-06-01"), &round->from_day));
    assert_true(day_parse(BYTES_LIT("2024-06-30"), &round->to_day));
    assert_int_equal(store_begin(fixture->datadir.store, &err), OK);
    assert_int_equal(round_put_new(fixture->datadir.store, round, &err), OK);
    assert_int_equal(store_commit(fixture->datadir.store, &err), OK);
    assert_int_equal(store_begin(fixture->datadir.store, &err), OK);
    assert_int_equal(
        round_basis_load(fixture->datadir.store, round, BYTES_NONE, fixture->now_utc, basis, &err),
        OK);
}

static struct exclusion_wish wish_of(const char *order_no, const char *reason)
{
    return (struct exclusion_wish){
        .order_no = bytes_from_z(order_no),
        .reason = bytes_from_z(reason),
        .effect = BYTES_LIT("all"),
        .basis = BYTES_LIT("第八条"),
        .file_name = BYTES_LIT("证明.pdf"),
        .file_sha256 = {7},
    };
}

static const struct actor *asker(void)
{
    static const struct actor actor = {{"甲", 3}, 1719800000};
    return &actor;
}

static const struct actor *approver(void)
{
    static const struct actor actor = {{"乙", 3}, 1719800060};
    return &actor;
}

static void exclusion_request__takes_what_rules_and_round_allow(void **state)
{
    static const struct {
        const char *name, *order_no, *reason;
        int rc;
    } cases[] = {
        {"a lead of the period", "A1", "legal", OK},
        {"the same once more", "A1", "beyond_duty", ERR_EXISTS},
        {"a reason made one by the rules", "A1", "praise", ERR_EXISTS},
        {"a reason by rule", "A1", "void", ERR_REFUSED},
        {"a reason for the draw", "A1", "opt_out", ERR_REFUSED},
        {"no reason of the rules", "A1", "weather", ERR_REFUSED},
        {"due in another period", "A2", "legal", ERR_REFUSED},
        {"without a clear lead", "A3", "legal", ERR_REFUSED},
        {"no order", "A9", "legal", ERR_NOT_FOUND},
    };
    struct fixture *fixture = *state;
    struct round_row round;
    struct round_basis basis;
    setup_round(fixture, &round, &basis);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct exclusion_wish wish = wish_of(cases[i].order_no, cases[i].reason);
        int64_t id = -1;
        int rc = exclusion_request(&fixture->datadir, &round, &basis, &wish, asker(), &id, &err);
        if (rc != cases[i].rc || (rc == OK) != (id > 0))
            fail_msg("%s: %d (%s)", cases[i].name, rc, err.message);
    }
    round_basis_deinit(&basis);
}

static void exclusion_request__is_of_the_lead(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->datadir.store;
    struct err err = {0};
    struct round_row round;
    struct round_basis basis;
    struct exclusion_row row;
    struct exclusion_wish wish = wish_of("A1", "legal");
    struct verdict verdict;
    enum frame_reason reason;
    struct handling_row handlings[HANDLINGS_AN_ORDER];
    int count = 0;
    int64_t id = 0;
    setup_round(fixture, &round, &basis);
    assert_int_equal(
        exclusion_request(&fixture->datadir, &round, &basis, &wish, asker(), &id, &err), OK);
    assert_int_equal(exclusion_get(store, id, &row, &err), OK);
    int64_t handling_id = row.handling_id;
    assert_int_equal(row.file_sha256.ptr[0], 7);
    assert_true(bytes_equal(row.state, BYTES_LIT("requested")));
    assert_int_equal(
        handlings_get(store, handling_id / HANDLINGS_AN_ORDER, handlings, &count, &err), OK);
    assert_int_equal(count, 2);
    for (int i = 0; i < count; i++)
        assert_int_equal(handlings[i].id == handling_id,
                         handlings[i].fact.part == HANDLING_PART_LEAD);
    /* It changes nothing before it is approved. */
    struct fact_row fact = {.handling_id = handling_id,
                            .unit_name_id = 1,
                            .fact = handlings[handling_id % HANDLINGS_AN_ORDER].fact};
    assert_int_equal(
        evaluation_explain(&fixture->datadir, &round, &basis, &fact, &verdict, &reason, &err), OK);
    assert_int_not_equal(verdict.judgement, JUDGED_REQUEST);
    assert_int_equal(
        exclusion_decide(&fixture->datadir, id, true, BYTES_LIT("属实"), approver(), &err), OK);
    assert_int_equal(
        evaluation_explain(&fixture->datadir, &round, &basis, &fact, &verdict, &reason, &err), OK);
    assert_int_equal(verdict.judgement, JUDGED_REQUEST);
    assert_int_equal(reason, FRAME_REQUEST);
    round_basis_deinit(&basis);
}

static void exclusion_decide__needs_a_second_person_and_a_draft(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->datadir.store;
    struct err err = {0};
    struct round_row round;
    struct round_basis basis;
    struct exclusion_wish wish = wish_of("A1", "legal");
    int64_t id = 0;
    setup_round(fixture, &round, &basis);
    assert_int_equal(
        exclusion_request(&fixture->datadir, &round, &basis, &wish, asker(), &id, &err), OK);
    assert_int_equal(exclusion_decide(&fixture->datadir, id, true, BYTES_LIT("x"), asker(), &err),
                     ERR_PERMISSION);
    assert_int_equal(
        exclusion_decide(&fixture->datadir, id + 1, true, BYTES_LIT("x"), approver(), &err),
        ERR_NOT_FOUND);
    assert_int_equal(round_put_state(store, round.id, BYTES_LIT("frozen"), 0, &err), OK);
    assert_int_equal(
        exclusion_decide(&fixture->datadir, id, true, BYTES_LIT("x"), approver(), &err),
        ERR_WRONG_STATE);
    round.state = BYTES_LIT("frozen");
    assert_int_equal(
        exclusion_request(&fixture->datadir, &round, &basis, &wish, asker(), &id, &err),
        ERR_WRONG_STATE);
    assert_int_equal(round_put_state(store, round.id, BYTES_LIT("draft"), 0, &err), OK);
    assert_int_equal(
        exclusion_decide(&fixture->datadir, id, false, BYTES_LIT("不属实"), approver(), &err), OK);
    assert_int_equal(
        exclusion_decide(&fixture->datadir, id, true, BYTES_LIT("x"), approver(), &err),
        ERR_WRONG_STATE);
    /* Refused, it may be asked for again. */
    round.state = BYTES_LIT("draft");
    assert_int_equal(
        exclusion_request(&fixture->datadir, &round, &basis, &wish, asker(), &id, &err), OK);
    round_basis_deinit(&basis);
}

struct attempt {
    struct fixture *fixture;
    struct round_row round;
    struct round_basis basis;
};

static int request_and_roll_back(void *context, struct err *err)
{
    struct attempt *attempt = context;
    struct store *store = attempt->fixture->datadir.store;
    struct exclusion_wish wish = wish_of("A1", "legal");
    int64_t id = 0;
    store_rollback(store);
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = exclusion_request(&attempt->fixture->datadir, &attempt->round, &attempt->basis, &wish,
                               asker(), &id, err);
    if (rc == OK)
        rc =
            exclusion_decide(&attempt->fixture->datadir, id, true, BYTES_LIT("x"), approver(), err);
    store_rollback(store);
    return rc;
}

static void exclusions__survive_failing_memory(void **state)
{
    struct attempt attempt = {.fixture = *state};
    setup_round(attempt.fixture, &attempt.round, &attempt.basis);
    fault_loop(request_and_roll_back, &attempt);
    round_basis_deinit(&attempt.basis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(exclusion_request__takes_what_rules_and_round_allow),
        FIXTURE_TEST(exclusion_request__is_of_the_lead),
        FIXTURE_TEST(exclusion_decide__needs_a_second_person_and_a_draft),
        FIXTURE_TEST(exclusions__survive_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
