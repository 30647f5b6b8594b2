#include "service/rounds/lifecycle.h"

#include "service/auth/digest.h"
#include "service/storage/draws.h"
#include "service/storage/outcomes.h"

#include "tests/service/rounds/round_fixture.h"
#include "tests/support/fault.h"

#include <sys/stat.h>
#include <unistd.h>

#define HEADER "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态\n"
#define RULES  "[basis]\ndocument = 测试1号\n"

static const char dump[] =
    HEADER "A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-06 08:00:00,已办结\n"
           "A1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结\n"
           "A3,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-05 08:00:00,已办结\n"
           "A3,2024-06-01 08:00:00,甲局,协办,2024-06-05 08:00:00,2024-06-09 08:00:00,已办结\n"
           "A4,2024-06-01 08:00:00,乙局,主办,2024-07-05 08:00:00,,办理中\n";
static const char listing[] = "乙局\tA3\n甲局\tA1\n甲局\tA2";

static void setup_round(struct fixture *fixture)
{
    load_dump(fixture, dump, 0);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
}

static void read_evidence(struct fixture *fixture, const char *name, struct buf *out)
{
    char path[TEMP_DIR_BYTES + 64];
    struct stat info;
    (void)snprintf(path, sizeof path, "%s/evidence/2024-06/%s", fixture->data, name);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    test_file_read(path, out);
}

static int step_put_state(struct fixture *fixture, const struct round_row *round,
                          struct arena *arena, void *context, struct err *err)
{
    (void)arena;
    return round_put_state(fixture->datadir.store, round->id, bytes_from_z(context),
                           round->as_of_utc, err);
}

static int on_step(void *context, struct bytes step, int64_t at_utc, struct bytes who,
                   struct bytes why, struct err *err)
{
    (void)err;
    assert_int_equal(at_utc, tester.now_utc);
    assert_true(bytes_equal(who, tester.who));
    buf_printf(context, BYTES_FMT "(" BYTES_FMT ") ", BYTES_ARG(step), BYTES_ARG(why));
    return OK;
}

/* "state as-of: step(why) ..." */
static int step_describe(struct fixture *fixture, const struct round_row *round,
                         struct arena *arena, void *context, struct err *err)
{
    (void)arena;
    struct buf *text = context;
    buf_clear(text);
    buf_printf(text, BYTES_FMT " %s: ", BYTES_ARG(round->state),
               round->as_of_utc == 0                  ? "by dumps"
               : round->as_of_utc == fixture->now_utc ? "fixed"
                                                      : "given");
    int rc = round_steps_each(fixture->datadir.store, round->id, on_step, text, err);
    buf_append_byte(text, '\0');
    return rc;
}

static void expect_round(struct fixture *fixture, const char *name, const char *expected)
{
    struct buf text;
    buf_init(&text, 4096);
    take(fixture, name, step_describe, &text);
    assert_string_equal(text.ptr, expected);
    buf_deinit(&text);
}

/* ---- freezing ---- */

static int step_check_frame(struct fixture *fixture, const struct round_row *round,
                            struct arena *arena, void *context, struct err *err)
{
    unsigned char digest[SHA256_BYTES];
    struct frame_row frame;
    struct vault_sealer *sealer = NULL;
    struct buf secret;
    (void)context;
    assert_int_equal(round_freeze(&fixture->datadir, round, &tester, arena, &frame, err), OK);
    assert_int_equal(frame.no, 1);
    assert_int_equal(frame.entries, 3);
    assert_int_equal(sha256_of(BYTES_LIT(listing), digest, err), OK);
    assert_memory_equal(frame.listing_sha256.ptr, digest, sizeof digest);
    assert_int_equal(sha256_of(round->rules, digest, err), OK);
    assert_memory_equal(frame.rules_sha256.ptr, digest, sizeof digest);
    buf_init(&secret, 256);
    assert_int_equal(vault_sealer_new(fixture->datadir.vault, FRAME_SECRET_PURPOSE, &sealer, err),
                     OK);
    struct sealer door = vault_sealer_door(sealer);
    assert_int_equal(
        door.open(door.context, frame_seal_row(round->id, 1), frame.sealed_secret, &secret, err),
        OK);
    assert_int_equal(secret.len, 32);
    assert_int_equal(sha256_of(buf_bytes(&secret), digest, err), OK);
    assert_memory_equal(frame.secret_sha256.ptr, digest, sizeof digest);
    vault_sealer_free(sealer);
    buf_deinit(&secret);
    return OK;
}

static void round_freeze__commits_to_frame_rules_and_secret(void **state)
{
    struct fixture *fixture = *state;
    struct buf text;
    setup_round(fixture);
    take(fixture, "2024-06", step_check_frame, NULL);
    buf_init(&text, 4096);
    read_evidence(fixture, "frame-1/frame.txt", &text);
    assert_true(bytes_equal(buf_bytes(&text), BYTES_LIT(listing)));
    buf_deinit(&text);
    expect_round(fixture, "2024-06", "frozen fixed: freeze() ");
}

static int step_frame(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                      void *context, struct err *err)
{
    (void)arena;
    struct buf *text = context;
    struct round_basis basis = {0};
    struct frame_row frame;
    int rc = round_basis_load(fixture->datadir.store, round, BYTES_NONE, 0, &basis, err);
    if (rc == OK)
        rc = frame_get_last(fixture->datadir.store, round->id, &frame, err);
    if (rc == OK)
        frame_public_render(round, &frame, basis.zone, text);
    round_basis_deinit(&basis);
    return rc;
}

static void round_freeze__publishes_what_can_be_made_again(void **state)
{
    struct fixture *fixture = *state;
    struct buf published;
    struct buf again;
    static const char head[] = "评价期 round: 2024-06\n"
                               "起止 period: 2024-06-01/2024-06-30\n"
                               "第几次冻结 freezing: 1\n"
                               "冻结时间 frozen_at: 2024-07-01T08:00:00+08:00\n"
                               "数据截至 as_of: 2024-07-01T08:00:00+08:00\n"
                               "样本框工单数 entries: 3\n"
                               "样本框清单 listing_sha256: ";
    setup_round(fixture);
    take(fixture, "2024-06", step_freeze, NULL);
    buf_init(&published, 4096);
    buf_init(&again, 4096);
    read_evidence(fixture, "frame-1/public.txt", &published);
    assert_true(bytes_starts_with(buf_bytes(&published), BYTES_LIT(head)));
    take(fixture, "2024-06", step_frame, &again);
    assert_true(bytes_equal(buf_bytes(&published), buf_bytes(&again)));
    /* Neither the secret nor an order is told. */
    assert_int_equal(bytes_find(buf_bytes(&published), BYTES_LIT("A1")), published.len);
    buf_deinit(&published);
    buf_deinit(&again);
}

static void round_freeze__takes_a_draft_alone(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    setup_round(fixture);
    make_round(fixture, "sum", NULL, NULL, RULES);
    take(fixture, "2024-06", step_freeze, NULL);
    assert_int_equal(with_round(fixture, "2024-06", step_freeze, NULL, &err), ERR_WRONG_STATE);
    assert_int_equal(with_round(fixture, "sum", step_freeze, NULL, &err), ERR_WRONG_STATE);
}

static void round_freeze__refuses_an_order_that_would_stand_twice(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    struct order_row order;
    struct handling_row rows[HANDLINGS_AN_ORDER];
    int count = 0;
    setup_round(fixture);
    /* No import leads here: of two leads both are unclear. */
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(order_get(store, BYTES_LIT("A3"), &order, &err), OK);
    assert_int_equal(handlings_get(store, order.id, rows, &count, &err), OK);
    assert_int_equal(count, 2);
    rows[1].fact.part = HANDLING_PART_LEAD;
    assert_int_equal(handling_put(store, &rows[1], &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
    assert_int_equal(with_round(fixture, "2024-06", step_freeze, NULL, &err), ERR_REFUSED);
    assert_non_null(strstr(err.message, "\"A3\""));
    expect_round(fixture, "2024-06", "draft by dumps: ");
}

static void round_freeze__changes_nothing_when_the_disk_is_full(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"frame.txt", "public.txt"};
    setup_round(fixture);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[TEMP_DIR_BYTES + 64];
        struct err err = {0};
        (void)snprintf(path, sizeof path, "%s/evidence/2024-06", fixture->data);
        (void)mkdir(path, 0700);
        (void)snprintf(path, sizeof path, "%s/evidence/2024-06/frame-1", fixture->data);
        (void)mkdir(path, 0700);
        (void)snprintf(path, sizeof path, "%s/evidence/2024-06/frame-1/%s.partial", fixture->data,
                       names[i]);
        assert_int_equal(symlink("/dev/full", path), 0);
        assert_int_equal(with_round(fixture, "2024-06", step_freeze, NULL, &err), ERR_FULL);
        expect_round(fixture, "2024-06", "draft by dumps: ");
    }
    take(fixture, "2024-06", step_freeze, NULL);
}

static int freeze_and_take_back(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->datadir.store;
    struct round_row round;
    struct arena arena;
    arena_init(&arena, (size_t)1024 * 1024);
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = round_get_kept(store, BYTES_LIT("2024-06"), &arena, &round, err);
    if (rc == OK)
        rc = round_freeze(&fixture->datadir, &round, &tester, &arena, NULL, err);
    store_rollback(store);
    arena_deinit(&arena);
    return rc;
}

static void round_freeze__survives_every_failed_allocation(void **state)
{
    setup_round(*state);
    fault_loop(freeze_and_take_back, *state);
    expect_round(*state, "2024-06", "draft by dumps: ");
}

/* ---- closing ---- */

static void round_close__freezes_a_draft_first(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    setup_round(fixture);
    take(fixture, "2024-06", step_close, NULL);
    expect_round(fixture, "2024-06", "closed fixed: freeze() close() ");
    assert_int_equal(with_round(fixture, "2024-06", step_close, NULL, &err), ERR_WRONG_STATE);
}

static void round_close__of_a_sum_needs_closed_parts(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    setup_round(fixture);
    int64_t other_id = make_round(fixture, "2024-05", "2024-05-01", "2024-05-31", RULES);
    int64_t sum_id = make_round(fixture, "sum", NULL, NULL, RULES);
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(round_part_put(store, sum_id, 1, &err), OK);
    assert_int_equal(round_part_put(store, sum_id, other_id, &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
    take(fixture, "2024-05", step_close, NULL);
    assert_int_equal(with_round(fixture, "sum", step_close, NULL, &err), ERR_WRONG_STATE);
    assert_non_null(strstr(err.message, "\"2024-06\""));
    take(fixture, "2024-06", step_close, NULL);
    take(fixture, "sum", step_close, NULL);
    expect_round(fixture, "sum", "closed by dumps: close() ");
    struct bytes word;
    take(fixture, "sum", step_reopen, &word);
    assert_true(bytes_equal(word, BYTES_LIT("draft")));
}

/* ---- reopening ---- */

static int step_draw(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                     void *context, struct err *err)
{
    (void)arena;
    (void)context;
    struct store *store = fixture->datadir.store;
    static const char digest[32];
    struct draw_row draw = {.round_id = round->id,
                            .no = 1,
                            .frame_no = 1,
                            .kind = BYTES_LIT("seed"),
                            .seed = BYTES_LIT("7"),
                            .sealed_salt_key = BYTES_LIT("k"),
                            .wanted = 1,
                            .public_sha256 = {digest, sizeof digest},
                            .drawn_utc = fixture->now_utc,
                            .who = tester.who};
    struct drawn_row drawn = {.unit = 0,
                              .position = 1,
                              .order_no = BYTES_LIT("A3"),
                              .handling_id = HANDLINGS_AN_ORDER,
                              .ticket = {digest, sizeof digest},
                              .case_no = 1};
    struct draw_unit_row unit = {.code = BYTES_LIT("乙局"), .frame = 1, .sample = 1, .released = 1};
    assert_int_equal(draw_put_new(store, &draw, err), OK);
    assert_int_equal(draw_unit_put(store, round->id, 1, &unit, err), OK);
    assert_int_equal(drawn_put_new(store, round->id, 1, &drawn, err), OK);
    return round_put_state(store, round->id, BYTES_LIT("drawn"), round->as_of_utc, err);
}

static int step_call(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                     void *context, struct err *err)
{
    (void)arena;
    (void)context;
    struct store *store = fixture->datadir.store;
    static const char digest[32];
    struct drawn_row drawn;
    struct outcome_file_row file = {.round_id = round->id,
                                    .draw_no = 1,
                                    .file_name = BYTES_LIT("o.csv"),
                                    .sha256 = {digest, sizeof digest},
                                    .imported_utc = fixture->now_utc,
                                    .who = tester.who};
    assert_int_equal(drawn_get(store, round->id, 1, BYTES_LIT("A3"), &drawn, err), OK);
    struct attempt_row attempt = {.drawn_id = drawn.id, .no = 1, .code = BYTES_LIT("2.21")};
    assert_int_equal(outcome_file_put_new(store, &file, err), OK);
    attempt.file_id = file.id;
    assert_int_equal(attempt_put_new(store, &attempt, err), OK);
    return round_put_state(store, round->id, BYTES_LIT("calling"), round->as_of_utc, err);
}

static void expect_reopened(struct fixture *fixture, const char *state)
{
    struct bytes word;
    take(fixture, "2024-06", step_reopen, &word);
    assert_true(bytes_equal(word, bytes_from_z(state)));
}

static void round_reopen__goes_back_to_what_was_before_closing(void **state)
{
    struct fixture *fixture = *state;
    setup_round(fixture);
    take(fixture, "2024-06", step_close, NULL);
    expect_reopened(fixture, "frozen");
    take(fixture, "2024-06", step_draw, NULL);
    take(fixture, "2024-06", step_close, NULL);
    expect_reopened(fixture, "drawn");
    take(fixture, "2024-06", step_call, NULL);
    take(fixture, "2024-06", step_close, NULL);
    expect_reopened(fixture, "calling");
    take(fixture, "2024-06", step_put_state, "scored");
    expect_reopened(fixture, "calling");
    expect_round(fixture, "2024-06",
                 "calling fixed: freeze() close() reopen(有误) close() reopen(有误) close() "
                 "reopen(有误) reopen(有误) ");
}

static int step_expect_no_draw(struct fixture *fixture, const struct round_row *round,
                               struct arena *arena, void *context, struct err *err)
{
    struct err none = {0};
    struct draw_row draw;
    (void)arena;
    (void)context;
    struct store *store = fixture->datadir.store;
    assert_int_equal(draw_get_current(store, round->id, &draw, &none), ERR_NOT_FOUND);
    assert_int_equal(draw_get(store, round->id, 1, &draw, err), OK);
    assert_int_equal(draw.abandoned_utc, tester.now_utc);
    return OK;
}

static void round_reopen__abandons_the_draw_then_the_frame(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct frame_row frame;
    struct buf text;
    setup_round(fixture);
    take(fixture, "2024-06", step_freeze, NULL);
    take(fixture, "2024-06", step_draw, NULL);
    take(fixture, "2024-06", step_call, NULL);
    expect_reopened(fixture, "frozen");
    take(fixture, "2024-06", step_expect_no_draw, NULL);
    expect_reopened(fixture, "draft");
    expect_round(fixture, "2024-06",
                 "draft by dumps: freeze() draw abandoned(有误) reopen(有误) reopen(有误) ");
    struct bytes word;
    assert_int_equal(with_round(fixture, "2024-06", step_reopen, &word, &err), ERR_WRONG_STATE);
    /* What comes now is of the next frame; the first one's evidence stays. */
    load_dump(fixture,
              HEADER "A4,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-05 "
                     "08:00:00,已办结\n",
              1);
    take(fixture, "2024-06", step_freeze, &frame);
    assert_int_equal(frame.no, 2);
    assert_int_equal(frame.entries, 4);
    buf_init(&text, 4096);
    read_evidence(fixture, "frame-1/frame.txt", &text);
    assert_true(bytes_equal(buf_bytes(&text), BYTES_LIT(listing)));
    buf_clear(&text);
    read_evidence(fixture, "frame-2/frame.txt", &text);
    assert_true(bytes_starts_with(buf_bytes(&text), BYTES_LIT("乙局\tA3\n乙局\tA4\n")));
    buf_deinit(&text);
}

static int step_give_as_of(struct fixture *fixture, const struct round_row *round,
                           struct arena *arena, void *context, struct err *err)
{
    (void)arena;
    (void)context;
    return round_put_state(fixture->datadir.store, round->id, BYTES_LIT("draft"),
                           fixture->now_utc + 1, err);
}

static void round_reopen__keeps_an_as_of_that_was_given(void **state)
{
    struct fixture *fixture = *state;
    setup_round(fixture);
    take(fixture, "2024-06", step_give_as_of, NULL);
    take(fixture, "2024-06", step_freeze, NULL);
    expect_reopened(fixture, "draft");
    expect_round(fixture, "2024-06", "draft given: freeze(" FREEZE_AS_OF_GIVEN ") reopen(有误) ");
}

/* ---- the calendar ---- */

static void put_typhoon(struct fixture *fixture, const char *csv)
{
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(calendar_layer_put(store, BYTES_LIT("typhoon"), bytes_from_z(csv), 1, &err),
                     OK);
    assert_int_equal(store_commit(store, &err), OK);
}

/* `context`: whether 3 June 2024 is worked. */
static int step_expect_worked(struct fixture *fixture, const struct round_row *round,
                              struct arena *arena, void *context, struct err *err)
{
    struct round_basis basis;
    int64_t day = 0;
    bool is_worked = false;
    const bool *expected = context;
    (void)arena;
    assert_true(day_parse(BYTES_LIT("2024-06-03"), &day));
    int rc =
        round_basis_load(fixture->datadir.store, round, BYTES_NONE, fixture->now_utc, &basis, err);
    if (rc != OK)
        return rc;
    assert_int_equal(calendar_is_workday(basis.calendar, day, &is_worked, err), OK);
    assert_int_equal(is_worked, *expected);
    round_basis_deinit(&basis);
    return OK;
}

static void round_freeze__keeps_the_calendar(void **state)
{
    struct fixture *fixture = *state;
    bool worked = true;
    bool off = false;
    load_dump(fixture, dump, 0);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30",
                     RULES "[calendar]\nlayers = national,typhoon\n");
    put_typhoon(fixture, "date,type,name\n2024-06-03,holiday,台风\n");
    take(fixture, "2024-06", step_expect_worked, &off);
    take(fixture, "2024-06", step_freeze, NULL);
    put_typhoon(fixture, "date,type,name\n2024-06-04,holiday,台风\n");
    take(fixture, "2024-06", step_expect_worked, &off);
    expect_reopened(fixture, "draft");
    take(fixture, "2024-06", step_expect_worked, &worked);
}

/* ---- what was published ---- */

struct keeping {
    const char *csv;
    int64_t issue;
    bool is_new;
};

static int step_keep(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                     void *context, struct err *err)
{
    (void)arena;
    struct keeping *keeping = context;
    return round_score_keep(&fixture->datadir, round, &tester, BYTES_LIT("1.0"),
                            bytes_from_z(keeping->csv), &keeping->issue, &keeping->is_new, err);
}

static void expect_kept(struct fixture *fixture, const char *name, const char *csv, int64_t issue,
                        bool is_new)
{
    struct keeping keeping = {.csv = csv};
    take(fixture, name, step_keep, &keeping);
    assert_int_equal(keeping.issue, issue);
    assert_int_equal(keeping.is_new, is_new);
}

static void round_score_keep__keeps_an_issue_once(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct keeping keeping = {.csv = "other"};
    setup_round(fixture);
    assert_int_equal(with_round(fixture, "2024-06", step_keep, &keeping, &err), ERR_WRONG_STATE);
    take(fixture, "2024-06", step_close, NULL);
    expect_kept(fixture, "2024-06", "one", 1, true);
    expect_kept(fixture, "2024-06", "one", 1, false);
    assert_int_equal(with_round(fixture, "2024-06", step_keep, &keeping, &err), ERR_CORRUPT);
    expect_reopened(fixture, "frozen");
    take(fixture, "2024-06", step_close, NULL);
    expect_kept(fixture, "2024-06", "two", 2, true);
    expect_reopened(fixture, "frozen");
    take(fixture, "2024-06", step_close, NULL);
    expect_kept(fixture, "2024-06", "two", 2, false);
    expect_round(
        fixture, "2024-06",
        "scored fixed: freeze() close() score(第 1 次) reopen(有误) close() score(第 2 次) "
        "reopen(有误) close() score(第 2 次) ");
}

static void round_score_keep__issues_a_sum_again(void **state)
{
    struct fixture *fixture = *state;
    make_round(fixture, "sum", NULL, NULL, RULES);
    take(fixture, "sum", step_close, NULL);
    expect_kept(fixture, "sum", "one", 1, true);
    expect_kept(fixture, "sum", "two", 2, true);
    expect_kept(fixture, "sum", "two", 2, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(round_freeze__commits_to_frame_rules_and_secret),
        FIXTURE_TEST(round_freeze__publishes_what_can_be_made_again),
        FIXTURE_TEST(round_freeze__takes_a_draft_alone),
        FIXTURE_TEST(round_freeze__refuses_an_order_that_would_stand_twice),
        FIXTURE_TEST(round_freeze__changes_nothing_when_the_disk_is_full),
        FIXTURE_TEST(round_freeze__survives_every_failed_allocation),
        FIXTURE_TEST(round_close__freezes_a_draft_first),
        FIXTURE_TEST(round_close__of_a_sum_needs_closed_parts),
        FIXTURE_TEST(round_reopen__goes_back_to_what_was_before_closing),
        FIXTURE_TEST(round_reopen__abandons_the_draw_then_the_frame),
        FIXTURE_TEST(round_reopen__keeps_an_as_of_that_was_given),
        FIXTURE_TEST(round_freeze__keeps_the_calendar),
        FIXTURE_TEST(round_score_keep__keeps_an_issue_once),
        FIXTURE_TEST(round_score_keep__issues_a_sum_again),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
