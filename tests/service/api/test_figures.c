#include "service/api/figures.h"

#include "base/civil.h"

#include "service/storage/rounds.h"

#include "tests/service/api/running.h"

/* What is counted anew, and what is not: over the network, with a clock that stands still. Which changes make the next
 * look a new one, tests/e2e/figures.sh asks. */

enum { LINE_BYTES = 128, ROUNDS = 3 };

static const enum visitor office = (enum visitor)(VISITOR_ROLES + ROLE_OFFICE);

/* 2026-01 to 2026-03 have their as-of; 2026-06 follows the clock, as no dump covers it. */
static void put_round(struct store *store, const char *name, const char *from, const char *to,
                      int64_t as_of_utc)
{
    struct err err;
    struct round_row round = {
        .name = bytes_from_z(name),
        .kind = BYTES_LIT("other"),
        .rules = BYTES_LIT("[basis]\ndocument = 测试1号\n"),
        .state = BYTES_LIT("draft"),
        .as_of_utc = as_of_utc,
    };
    assert_true(day_parse(bytes_from_z(from), &round.from_day));
    assert_true(day_parse(bytes_from_z(to), &round.to_day));
    MUST(round_put_new(store, &round, &err));
}

static void prepare(struct store *store)
{
    struct err err;
    MUST(store_begin(store, &err));
    put_round(store, "2026-01", "2026-01-01", "2026-01-31", VISITOR_NOW_UTC);
    put_round(store, "2026-02", "2026-01-01", "2026-02-28", VISITOR_NOW_UTC);
    put_round(store, "2026-03", "2026-01-01", "2026-03-31", VISITOR_NOW_UTC);
    put_round(store, "2026-06", "2026-01-01", "2026-06-30", 0);
    MUST(store_commit(store, &err));
}

static int set_up(void **state)
{
    static struct running running;
    running_init(&running, prepare);
    *state = &running;
    return 0;
}

static int tear_down(void **state)
{
    running_deinit(*state);
    return 0;
}

/* How much was counted or rendered for a look; the answer is left in `running`. */
static int64_t look(struct running *running, const char *path)
{
    char line[LINE_BYTES];
    int64_t before = figures_counted(running->service.figures);
    (void)snprintf(line, sizeof line, "GET /api/v1/%s", path);
    if (ask_as(running, office, line, NULL, NULL) != 200)
        fail_msg("%s: " BYTES_FMT, line, BYTES_ARG(running->body));
    return figures_counted(running->service.figures) - before;
}

static struct bytes keep(const struct running *running, struct buf *out)
{
    buf_clear(out);
    buf_append(out, running->body);
    return buf_bytes(out);
}

static void second_look__gives_the_same_bytes_and_counts_nothing(void **state)
{
    struct running *running = *state;
    static const char *const paths[] = {"rounds/2026-01/score", "rounds/2026-01/bulletin",
                                        "rounds/2026-01/charts", "quality"};
    struct buf first;
    buf_init(&first, ANSWER_MAX_BYTES);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        /* The round itself is counted for the first of them alone. */
        assert_int_equal(look(running, paths[i]), i == 0 ? 2 : 1);
        struct bytes answer = keep(running, &first);
        assert_true(answer.len > 0);
        assert_int_equal(look(running, paths[i]), 0);
        assert_true(bytes_equal(running->body, answer));
    }
    buf_deinit(&first);
}

static void bulletin__prints_the_minute_it_is_looked_at(void **state)
{
    struct running *running = *state;
    assert_int_equal(look(running, "rounds/2026-01/bulletin"), 2);
    assert_int_equal(look(running, "rounds/2026-01/bulletin"), 0);
    test_now += 60;
    /* Rendered, not counted. */
    assert_int_equal(look(running, "rounds/2026-01/bulletin"), 1);
    assert_int_equal(look(running, "rounds/2026-01/score"), 1);
    test_now += 60;
    assert_int_equal(look(running, "rounds/2026-01/score"), 0);
}

static void round__that_follows_the_clock_is_counted_up_to_each_second(void **state)
{
    struct running *running = *state;
    struct buf first;
    buf_init(&first, ANSWER_MAX_BYTES);
    assert_int_equal(look(running, "rounds/2026-06/score"), 1);
    struct bytes answer = keep(running, &first);
    assert_int_equal(look(running, "rounds/2026-06/score"), 0);
    assert_true(bytes_equal(running->body, answer));
    test_now++;
    assert_int_equal(look(running, "rounds/2026-06/score"), 1);
    test_now += 60; /* as-of is printed to the minute */
    assert_int_equal(look(running, "rounds/2026-06/score"), 1);
    assert_false(bytes_equal(running->body, answer));
    assert_int_equal(look(running, "rounds/2026-06/bulletin"), 0);
    buf_deinit(&first);
}

static void rounds__are_kept_side_by_side(void **state)
{
    struct running *running = *state;
    char path[LINE_BYTES];
    for (int again = 0; again < 2; again++) {
        for (int i = 1; i <= ROUNDS; i++) {
            (void)snprintf(path, sizeof path, "rounds/2026-0%d/score", i);
            assert_int_equal(look(running, path), again == 0 ? 2 : 0);
            (void)snprintf(path, sizeof path, "\"id\": \"2026-0%d\"", i);
            assert_true(says(running, path));
        }
    }
}

static void change__makes_the_next_look_new_and_other_writes_do_not(void **state)
{
    struct running *running = *state;
    struct err err;
    struct datadir other;
    assert_int_equal(look(running, "rounds/2026-01/score"), 2);
    MUST(datadir_open(running->data, STORE_READWRITE, &other, &err));
    MUST(store_begin(other.store, &err));
    MUST(session_put_seen(other.store, 1, VISITOR_NOW_UTC, &err));
    MUST(store_commit(other.store, &err));
    assert_int_equal(look(running, "rounds/2026-01/score"), 0);
    MUST(store_begin(other.store, &err));
    put_round(other.store, "2026-07", "2026-07-01", "2026-07-31", VISITOR_NOW_UTC);
    assert_int_equal(look(running, "rounds/2026-01/score"), 0);
    MUST(store_commit(other.store, &err));
    datadir_close(&other);
    assert_int_equal(look(running, "rounds/2026-01/score"), 2);
    assert_int_equal(look(running, "rounds/2026-01/score"), 0);
}

static void refusals__are_not_kept(void **state)
{
    struct running *running = *state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask_as(running, office, "GET /api/v1/rounds/none/score", NULL, NULL), 404);
        assert_int_equal(
            ask_as(running, office, "GET /api/v1/rounds/2026-01/charts/none", NULL, NULL), 404);
    }
    assert_int_equal(figures_counted(running->service.figures), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(second_look__gives_the_same_bytes_and_counts_nothing),
        TEST(bulletin__prints_the_minute_it_is_looked_at),
        TEST(round__that_follows_the_clock_is_counted_up_to_each_second),
        TEST(rounds__are_kept_side_by_side),
        TEST(change__makes_the_next_look_new_and_other_writes_do_not),
        TEST(refusals__are_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
