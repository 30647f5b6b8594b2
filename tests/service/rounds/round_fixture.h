#ifndef PINGYI_TESTS_SERVICE_ROUNDS_ROUND_FIXTURE_H
#define PINGYI_TESTS_SERVICE_ROUNDS_ROUND_FIXTURE_H

#include "service/rounds/lifecycle.h"

#include "tests/service/datadir_fixture.h"

/* Rounds of a test's own, and their steps as commands take them: each in a transaction. */

static const struct actor tester = {{"tester", 6}, 1719792000};

static inline void load_dump(struct fixture *fixture, const char *text, int day)
{
    struct intake_result result = fixture_load(fixture, text, day);
    assert_int_equal(result.status, INTAKE_LOADED);
    intake_result_deinit(&result);
}

static inline int64_t make_round(struct fixture *fixture, const char *name, const char *from,
                                 const char *to, const char *rules)
{
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    struct round_row row = {.name = bytes_from_z(name),
                            .kind = BYTES_LIT("monthly"),
                            .state = BYTES_LIT("draft"),
                            .rules = bytes_from_z(rules),
                            .is_accumulated = from == NULL};
    if (from != NULL) {
        assert_true(day_parse(bytes_from_z(from), &row.from_day));
        assert_true(day_parse(bytes_from_z(to), &row.to_day));
    }
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(round_put_new(store, &row, &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
    return row.id;
}

/* Do `take_step` with the round in a transaction that is committed when it went well. */
typedef int (*round_step_fn)(struct fixture *fixture, const struct round_row *round,
                             struct arena *arena, void *context, struct err *err);
static inline int with_round(struct fixture *fixture, const char *name, round_step_fn take_step,
                             void *context, struct err *err)
{
    struct store *store = fixture->datadir.store;
    struct round_row round;
    struct arena arena;
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = round_get_kept(store, bytes_from_z(name), &arena, &round, err);
    if (rc == OK)
        rc = take_step(fixture, &round, &arena, context, err);
    if (rc == OK)
        rc = store_commit(store, err);
    store_rollback(store);
    arena_deinit(&arena);
    return rc;
}

static inline int step_freeze(struct fixture *fixture, const struct round_row *round,
                              struct arena *arena, void *context, struct err *err)
{
    return round_freeze(&fixture->datadir, round, &tester, arena, context, err);
}

static inline int step_close(struct fixture *fixture, const struct round_row *round,
                             struct arena *arena, void *context, struct err *err)
{
    (void)arena;
    (void)context;
    return round_close(&fixture->datadir, round, &tester, err);
}

/* `context`: the static word of the new state, a struct bytes. */
static inline int step_reopen(struct fixture *fixture, const struct round_row *round,
                              struct arena *arena, void *context, struct err *err)
{
    (void)arena;
    return round_reopen(&fixture->datadir, round, &tester, BYTES_LIT("有误"), context, err);
}

static inline void take(struct fixture *fixture, const char *name, round_step_fn step,
                        void *context)
{
    struct err err = {0};
    if (with_round(fixture, name, step, context, &err) != OK)
        fail_msg("%s", err.message);
}

#endif
