#ifndef PINGYI_TESTS_SERVICE_FOLLOWUP_SAMPLE_FIXTURE_H
#define PINGYI_TESTS_SERVICE_FOLLOWUP_SAMPLE_FIXTURE_H

#include "service/followup/outcomes.h"
#include "service/storage/draws.h"

#include "tests/service/rounds/round_fixture.h"

/* A drawn round without orders behind it: what loading outcomes looks at, and no more. Orders were received on 10 May
 * 2024 at 9:00; the last of each unit is reserve that was not released. */

enum { SAMPLE_ORDERS = 4 }; /* a unit */

static inline void put_sample_unit(struct store *store, int64_t round_id, int64_t unit,
                                   const char *code, int64_t orders)
{
    static const char prefix[] = "GD24-";
    struct err err = {0};
    struct frame_unit_row frame = {unit, bytes_from_z(code), 2 * orders};
    struct draw_unit_row of_draw = {unit, bytes_from_z(code), 2 * orders, orders - 1,
                                    1,    orders - 1};
    assert_int_equal(frame_unit_put(store, round_id, &frame, &err), OK);
    assert_int_equal(draw_unit_put(store, round_id, 1, &of_draw, &err), OK);
    for (int64_t i = 0; i < orders; i++) {
        char order_no[64];
        int64_t handling = (unit * orders + i + 1) * 64;
        (void)snprintf(order_no, sizeof order_no, "%s%s-%lld", prefix, code, (long long)i + 1);
        struct drawn_row drawn = {.unit = unit,
                                  .position = i + 1,
                                  .order_no = bytes_from_z(order_no),
                                  .handling_id = handling,
                                  .case_no = handling};
        struct fact_row fact = {.handling_id = handling, .unit_name_id = 1};
        assert_true(
            time_parse(BYTES_LIT("2024-05-10T09:00:00+08:00"), &fact.fact.received.seconds));
        fact.fact.received.kind = MOMENT_INSTANT;
        assert_int_equal(drawn_put_new(store, round_id, 1, &drawn, &err), OK);
        assert_int_equal(round_fact_put(store, round_id, &fact, 0, &err), OK);
    }
}

/* Round 2024-05, drawn, with units A and B of `orders` orders each. Its id. */
static inline int64_t make_sample(struct fixture *fixture, int64_t orders)
{
    static const char zeros[STORED_DIGEST_BYTES] = {0};
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    int64_t round_id = make_round(fixture, "2024-05", "2024-05-01", "2024-05-31", "");
    struct bytes digest = {zeros, sizeof zeros};
    struct frame_row frame = {.round_id = round_id,
                              .no = 1,
                              .entries = 4 * orders,
                              .listing_sha256 = digest,
                              .rules_sha256 = digest,
                              .secret_sha256 = digest,
                              .sealed_secret = digest,
                              .frozen_utc = 1};
    struct draw_row draw = {.round_id = round_id,
                            .no = 1,
                            .frame_no = 1,
                            .kind = BYTES_LIT("exact"),
                            .seed = BYTES_LIT("x"),
                            .sealed_salt_key = digest,
                            .wanted = 2 * (orders - 1),
                            .public_sha256 = digest,
                            .drawn_utc = 1,
                            .who = BYTES_LIT("tester")};
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(frame_put_new(store, &frame, &err), OK);
    if (draw_put_new(store, &draw, &err) != OK)
        fail_msg("%s", err.message);
    put_sample_unit(store, round_id, 0, "A", orders);
    put_sample_unit(store, round_id, 1, "B", orders);
    assert_int_equal(round_put_state(store, round_id, BYTES_LIT("drawn"), 0, &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
    return round_id;
}

/* Load `text` as a file of outcomes of a round; what outcomes_import says. */
static inline int try_outcomes_of(struct fixture *fixture, const char *round, const char *text,
                                  struct rejects_files *rejects, bool one_thread,
                                  struct outcomes_result *out, struct err *err)
{
    struct profile *profile = NULL;
    struct document document = DOCUMENT_NONE;
    int rc = profile_builtin(BYTES_LIT("outcomes"), &profile, err);
    struct outcomes_wish wish = {.document = {.profile = profile, .form = FORM_OPEN},
                                 .rejects = rejects};
    test_file_write(fixture->file, bytes_from_z(text));
    if (rc == OK)
        rc = document_open(fixture->file, fixture->data, true, one_thread, &document, err);
    if (rc == OK)
        rc = outcomes_import(&fixture->datadir, bytes_from_z(round), &document, &wish,
                             document.source.name, &tester, out, err);
    document_close(&document);
    profile_free(profile);
    return rc;
}

static inline int try_outcomes(struct fixture *fixture, const char *text,
                               struct rejects_files *rejects, bool one_thread,
                               struct outcomes_result *out, struct err *err)
{
    return try_outcomes_of(fixture, "2024-05", text, rejects, one_thread, out, err);
}

static inline struct outcomes_result load_outcomes(struct fixture *fixture, const char *text)
{
    struct err err = {0};
    struct outcomes_result result;
    if (try_outcomes(fixture, text, NULL, true, &result, &err) != OK)
        fail_msg("%s", err.message);
    return result;
}

#endif
