#include "service/rounds/sampled.h"

#include "service/storage/frames.h"
#include "service/storage/rounds.h"

#include "tests/service/datadir_fixture.h"
#include "tests/support/fault.h"

/* ---- the final outcome of one case ---- */

struct dial {
    const char *code;
    int resolved, satisfaction;
    bool still_open;
};

static struct final_outcome final_of(const struct dial *dials, int count)
{
    struct final_outcome outcome = {.group = OUTCOME_UNKNOWN_UNWORKED};
    for (int i = 0; i < count; i++) {
        struct attempt_row row = {.no = i + 1,
                                  .code = bytes_from_z(dials[i].code),
                                  .resolved = dials[i].resolved,
                                  .still_open = dials[i].still_open,
                                  .satisfaction = dials[i].satisfaction};
        final_outcome_add(&outcome, &row);
    }
    return outcome;
}

static void final_outcome__takes_what_says_most(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct dial dials[3];
        int count;
        enum outcome_group group;
        int attempt;
        struct dial answer; /* without a code */
    } cases[] = {
        {"no attempt", {{0}}, 0, OUTCOME_UNKNOWN_UNWORKED, 0, {0}},
        {"not dialled", {{"3.11", 0, 0, 0}}, 1, OUTCOME_UNKNOWN_UNWORKED, 1, {0}},
        {"an answer, late",
         {{"2.21", 0, 0, 0}, {"2.112", 0, 0, 0}, {"1.1", 3, 5, 0}},
         3,
         OUTCOME_COMPLETE,
         3,
         {NULL, RESOLUTION_YES, 5, false}},
        {"an answer, then a refusal",
         {{"1.1", 1, 2, 1}, {"2.112", 0, 0, 0}},
         2,
         OUTCOME_COMPLETE,
         1,
         {NULL, RESOLUTION_NO, 2, true}},
        {"the first of two answers",
         {{"1.1", 3, 4, 0}, {"1.1", 1, 1, 0}},
         2,
         OUTCOME_COMPLETE,
         1,
         {NULL, RESOLUTION_YES, 4, false}},
        {"complete over partial",
         {{"1.2", 3, 0, 0}, {"1.1", 1, 1, 0}},
         2,
         OUTCOME_COMPLETE,
         2,
         {NULL, RESOLUTION_NO, 1, false}},
        {"refused, then nobody there",
         {{"2.112", 0, 0, 0}, {"2.21", 0, 0, 0}},
         2,
         OUTCOME_REFUSAL,
         1,
         {0}},
        {"the later of two refusals",
         {{"2.112", 0, 0, 0}, {"2.111", 0, 3, 0}},
         2,
         OUTCOME_REFUSAL,
         2,
         {NULL, RESOLUTION_MISSING, 3, false}},
        {"none of the sample has no answers",
         {{"2.21", 0, 0, 0}, {"4.10", 1, 5, 1}},
         2,
         OUTCOME_INELIGIBLE,
         2,
         {0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct final_outcome outcome = final_of(cases[i].dials, cases[i].count);
        struct dial answer = cases[i].answer;
        if (outcome.group != cases[i].group || outcome.attempt != cases[i].attempt ||
            (int)outcome.resolved != answer.resolved ||
            outcome.satisfaction != answer.satisfaction ||
            outcome.still_open != answer.still_open || outcome.attempts != cases[i].count)
            fail_msg("%s: group %d attempt %d resolved %d satisfaction %d", cases[i].name,
                     (int)outcome.group, outcome.attempt, (int)outcome.resolved,
                     outcome.satisfaction);
    }
}

/* ---- a round's sample ---- */

struct sample {
    struct fixture *fixture;
    int64_t round_id, file_id;
    int64_t next_handling_id;
};

#define MUST(call) assert_int_equal((call), OK)

static void put_frame(struct sample *sample, int64_t unit, const char *code, int64_t entries)
{
    struct err err = {0};
    struct frame_unit_row row = {unit, bytes_from_z(code), entries};
    MUST(frame_unit_put(sample->fixture->datadir.store, sample->round_id, &row, &err));
}

static void put_draw(struct sample *sample, int64_t no)
{
    static const char zeros[STORED_DIGEST_BYTES] = {0};
    struct err err = {0};
    struct bytes digest = {zeros, sizeof zeros};
    struct draw_row row = {.round_id = sample->round_id,
                           .no = no,
                           .frame_no = 1,
                           .kind = BYTES_LIT("exact"),
                           .seed = BYTES_LIT("s"),
                           .sealed_salt_key = digest,
                           .public_sha256 = digest,
                           .drawn_utc = 1,
                           .who = BYTES_LIT("t")};
    MUST(draw_put_new(sample->fixture->datadir.store, &row, &err));
}

static void begin(struct sample *sample, struct fixture *fixture)
{
    static const char zeros[STORED_DIGEST_BYTES] = {0};
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    struct bytes digest = {zeros, sizeof zeros};
    struct round_row round = {.name = BYTES_LIT("r"),
                              .kind = BYTES_LIT("monthly"),
                              .state = BYTES_LIT("drawn"),
                              .rules = BYTES_LIT("")};
    *sample = (struct sample){.fixture = fixture, .next_handling_id = HANDLINGS_AN_ORDER};
    MUST(store_begin(store, &err));
    MUST(round_put_new(store, &round, &err));
    sample->round_id = round.id;
    struct frame_row frame = {.round_id = round.id,
                              .no = 1,
                              .listing_sha256 = digest,
                              .rules_sha256 = digest,
                              .secret_sha256 = digest,
                              .sealed_secret = digest,
                              .frozen_utc = 1};
    MUST(frame_put_new(store, &frame, &err));
}

static void begin_file(struct sample *sample, int64_t draw_no)
{
    static const char zeros[STORED_DIGEST_BYTES] = {0};
    struct err err = {0};
    struct outcome_file_row file = {.round_id = sample->round_id,
                                    .draw_no = draw_no,
                                    .file_name = BYTES_LIT("f"),
                                    .sha256 = {zeros, sizeof zeros},
                                    .imported_utc = 1,
                                    .who = BYTES_LIT("t")};
    MUST(outcome_file_put_new(sample->fixture->datadir.store, &file, &err));
    sample->file_id = file.id;
}

static void put_unit(struct sample *sample, int64_t draw_no, struct draw_unit_row row)
{
    struct err err = {0};
    MUST(draw_unit_put(sample->fixture->datadir.store, sample->round_id, draw_no, &row, &err));
}

static int64_t put_drawn(struct sample *sample, int64_t draw_no, int64_t unit, int64_t position)
{
    char order_no[32];
    struct err err = {0};
    struct drawn_row row = {.unit = unit,
                            .position = position,
                            .handling_id = sample->next_handling_id,
                            .case_no = position};
    (void)snprintf(order_no, sizeof order_no, "N%d", (int)sample->next_handling_id);
    row.order_no = bytes_from_z(order_no);
    sample->next_handling_id += HANDLINGS_AN_ORDER;
    MUST(drawn_put_new(sample->fixture->datadir.store, sample->round_id, draw_no, &row, &err));
    return row.id;
}

static void put_attempt(struct sample *sample, int64_t drawn_id, int64_t no, int64_t at,
                        struct dial dial)
{
    struct err err = {0};
    struct attempt_row row = {.drawn_id = drawn_id,
                              .no = no,
                              .called = {at, MOMENT_INSTANT},
                              .code = bytes_from_z(dial.code),
                              .resolved = dial.resolved,
                              .still_open = dial.still_open,
                              .satisfaction = dial.satisfaction,
                              .file_id = sample->file_id};
    MUST(attempt_put_new(sample->fixture->datadir.store, &row, &err));
}

/* Unit A: 4 of 10 sampled, 2 in reserve, 1 of them released; B: in the frame, nothing drawn. */
static void fill(struct sample *sample, struct fixture *fixture)
{
    int64_t drawn[6];
    begin(sample, fixture);
    put_frame(sample, 0, "A", 10);
    put_frame(sample, 1, "B", 7);
    put_draw(sample, 1);
    put_unit(sample, 1, (struct draw_unit_row){0, BYTES_LIT("A"), 10, 4, 2, 5});
    begin_file(sample, 1);
    for (int i = 0; i < 6; i++)
        drawn[i] = put_drawn(sample, 1, 0, i + 1);
    put_attempt(sample, drawn[0], 1, 100, (struct dial){"1.1", RESOLUTION_YES, 5, false});
    /* The second line of the file was the first call. */
    put_attempt(sample, drawn[1], 1, 200, (struct dial){"1.1", RESOLUTION_NO, 1, true});
    put_attempt(sample, drawn[1], 2, 100, (struct dial){"2.21", 0, 0, false});
    for (int i = 0; i < 4; i++)
        put_attempt(sample, drawn[2], i + 1, 100 + i, (struct dial){"2.21", 0, 0, false});
    put_attempt(sample, drawn[2], 5, 200, (struct dial){"1.2", RESOLUTION_PARTLY, 0, false});
    put_attempt(sample, drawn[4], 1, 100, (struct dial){"4.10", 0, 0, false});
    put_attempt(sample, drawn[5], 1, 100, (struct dial){"1.1", RESOLUTION_YES, 5, false});
}

static void sampled_load__counts_released_cases_once(void **state)
{
    struct err err = {0};
    struct sample sample;
    struct sampled sampled;
    struct arena arena;
    fill(&sample, *state);
    arena_init(&arena, 1 << 20);
    MUST(sampled_load(sample.fixture->datadir.store, sample.round_id, &arena, &sampled, &err));
    assert_true(sampled.has_draw);
    assert_int_equal(sampled.draw_no, 1);
    assert_int_equal(sampled.draw_count, 1);
    assert_int_equal(sampled.unit_count, 2);
    const struct sampled_unit *a = sampled_find(&sampled, BYTES_LIT("A"));
    const struct sampled_unit *b = sampled_find(&sampled, BYTES_LIT("B"));
    assert_null(sampled_find(&sampled, BYTES_LIT("C")));
    assert_int_equal(a->sample, 4);
    assert_int_equal(a->reserve, 2);
    assert_int_equal(a->released, 5);
    assert_int_equal(a->counts.frame, 10);
    assert_int_equal(outcome_tally_released(&a->counts.outcomes), 5);
    assert_int_equal(a->counts.outcomes.of_group[OUTCOME_COMPLETE], 2);
    assert_int_equal(a->counts.outcomes.of_group[OUTCOME_PARTIAL], 1);
    assert_int_equal(a->counts.outcomes.of_group[OUTCOME_INELIGIBLE], 1);
    assert_int_equal(a->counts.outcomes.of_group[OUTCOME_UNKNOWN_UNWORKED], 1);
    assert_int_equal(a->counts.answers[0].people[RESOLUTION_YES][5], 1);
    assert_int_equal(a->counts.answers[1].people[RESOLUTION_NO][1], 1);
    assert_int_equal(a->counts.answers[2].people[RESOLUTION_PARTLY][SATISFACTION_MISSING], 1);
    assert_int_equal(a->counts.still_open, 1);
    assert_int_equal(b->counts.frame, 7);
    assert_int_equal(b->released, 0);
    assert_int_equal(outcome_tally_released(&b->counts.outcomes), 0);
    arena_deinit(&arena);
    store_rollback(sample.fixture->datadir.store);
}

static void sampled_load__knows_only_the_draw_in_force(void **state)
{
    struct err err = {0};
    struct sample sample;
    struct sampled sampled;
    struct arena arena;
    fill(&sample, *state);
    struct store *store = sample.fixture->datadir.store;
    arena_init(&arena, 1 << 20);
    MUST(draw_put_abandoned(store, sample.round_id, 1, 5, &err));
    MUST(sampled_load(store, sample.round_id, &arena, &sampled, &err));
    assert_false(sampled.has_draw);
    assert_int_equal(sampled.unit_count, 0);
    put_draw(&sample, 2);
    put_unit(&sample, 2, (struct draw_unit_row){1, BYTES_LIT("B"), 7, 1, 0, 1});
    begin_file(&sample, 2);
    put_attempt(&sample, put_drawn(&sample, 2, 1, 1), 1, 1, (struct dial){"2.112", 0, 0, false});
    MUST(sampled_load(store, sample.round_id, &arena, &sampled, &err));
    assert_int_equal(sampled.draw_no, 2);
    assert_int_equal(sampled.draw_count, 2);
    assert_int_equal(outcome_tally_released(&sampled.units[0].counts.outcomes), 0);
    assert_int_equal(sampled.units[1].counts.outcomes.of_group[OUTCOME_REFUSAL], 1);
    arena_deinit(&arena);
    store_rollback(store);
}

static void sampled_load__refuses_what_no_import_stores(void **state)
{
    static const char *const codes[] = {"", "9", "1.3", "2.1111"};
    struct fixture *fixture = *state;
    struct err err = {0};
    struct sampled sampled;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct sample sample;
        struct arena arena;
        begin(&sample, fixture);
        put_frame(&sample, 0, "A", 10);
        put_draw(&sample, 1);
        put_unit(&sample, 1, (struct draw_unit_row){0, BYTES_LIT("A"), 10, 1, 0, 1});
        begin_file(&sample, 1);
        put_attempt(&sample, put_drawn(&sample, 1, 0, 1), 1, 1, (struct dial){codes[i], 0, 0, 0});
        arena_init(&arena, 1 << 20);
        assert_int_equal(
            sampled_load(fixture->datadir.store, sample.round_id, &arena, &sampled, &err),
            ERR_CORRUPT);
        arena_deinit(&arena);
        store_rollback(fixture->datadir.store);
    }
}

static int load_once(void *context, struct err *err)
{
    struct sample *sample = context;
    struct sampled sampled;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    int rc = sampled_load(sample->fixture->datadir.store, sample->round_id, &arena, &sampled, err);
    arena_deinit(&arena);
    return rc;
}

static void sampled_load__survives_every_failed_allocation(void **state)
{
    struct sample sample;
    fill(&sample, *state);
    fault_loop(load_once, &sample);
    store_rollback(sample.fixture->datadir.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(final_outcome__takes_what_says_most),
        FIXTURE_TEST(sampled_load__counts_released_cases_once),
        FIXTURE_TEST(sampled_load__knows_only_the_draw_in_force),
        FIXTURE_TEST(sampled_load__refuses_what_no_import_stores),
        FIXTURE_TEST(sampled_load__survives_every_failed_allocation),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
