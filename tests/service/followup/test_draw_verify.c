#include "tests/service/followup/draw_fixture.h"

#include <sqlite3.h>

enum { TEXT_MAX_BYTES = 1024 * 1024 };

/* ---- what verify finds ---- */

/* Change the database behind the store's back, as someone with a tool would. */
static void tamper(struct fixture *fixture, const char *sql)
{
    sqlite3 *database = NULL;
    char path[TEMP_DIR_BYTES + 32];
    (void)snprintf(path, sizeof path, "%s/pingyi.db", fixture->data);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_changes(database) > 0, 1);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

static void expect_corrupt(struct fixture *fixture, const char *named)
{
    struct err err = {.code = OK};
    int rc = with_round(fixture, "2024-06", step_verify, NULL, &err);
    if (rc != ERR_CORRUPT || strstr(err.message, named) == NULL)
        fail_msg("%d \"%s\" does not name \"%s\"", rc, err.message, named);
}

static void expect_found(struct fixture *fixture, const char *sql, const char *named)
{
    make_drawn(fixture, 20);
    take(fixture, "2024-06", step_verify, NULL);
    tamper(fixture, sql);
    expect_corrupt(fixture, named);
}

static void draw_verify__finds_a_changed_ticket(void **state)
{
    expect_found(*state,
                 "UPDATE drawn_orders SET ticket = zeroblob(32) WHERE unit = 0 AND position = 3",
                 "the ticket");
}

static void draw_verify__finds_a_changed_order(void **state)
{
    expect_found(*state, "UPDATE drawn_orders SET order_no = 'B0' WHERE unit = 0 AND position = 3",
                 "the order");
}

static void draw_verify__finds_a_changed_position(void **state)
{
    expect_found(*state, "UPDATE drawn_orders SET position = 99 WHERE unit = 0 AND position = 16",
                 "the position");
}

static void draw_verify__finds_a_changed_part(void **state)
{
    expect_found(*state, "UPDATE draw_units SET sample = sample + 1, reserve = reserve - 1",
                 "commitments.txt");
}

static void draw_verify__finds_a_sample_that_was_cut(void **state)
{
    expect_found(*state, "UPDATE draw_units SET released = released - 1 WHERE unit = 0",
                 "the released sample");
}

static void draw_verify__finds_a_changed_frame(void **state)
{
    expect_found(*state, "UPDATE frame_entries SET order_no = 'B0' WHERE order_no = 'B1'",
                 "the frame");
}

static void draw_verify__finds_changed_rules(void **state)
{
    expect_found(*state, "UPDATE rounds SET rules = rules || '[frame]'", "the rules");
}

static void draw_verify__finds_a_changed_commitment(void **state)
{
    expect_found(*state, "UPDATE frames SET secret_sha256 = zeroblob(32)", "the secret half");
}

static void draw_verify__finds_a_changed_record(void **state)
{
    expect_found(*state, "UPDATE draws SET public_sha256 = zeroblob(32)", "recorded");
}

static void expect_changed_file(struct fixture *fixture, const char *name)
{
    char path[TEMP_DIR_BYTES + 128];
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    make_drawn(fixture, 20);
    (void)snprintf(path, sizeof path, "%s/evidence/2024-06/%s", fixture->data, name);
    test_file_read(path, &text);
    text.ptr[text.len - 2] = text.ptr[text.len - 2] == '0' ? '1' : '0';
    test_file_write(path, buf_bytes(&text));
    buf_deinit(&text);
    expect_corrupt(fixture, name);
}

static void draw_verify__finds_a_changed_file_of_commitments(void **state)
{
    expect_changed_file(*state, "draw-1/commitments.txt");
}

static void draw_verify__finds_a_changed_listing(void **state)
{
    expect_changed_file(*state, "frame-1/frame.txt");
}

static void draw_verify__finds_a_missing_file(void **state)
{
    struct fixture *fixture = *state;
    char path[TEMP_DIR_BYTES + 128];
    make_drawn(fixture, 20);
    (void)snprintf(path, sizeof path, "%s/evidence/2024-06/draw-1/counts.csv", fixture->data);
    assert_int_equal(remove(path), 0);
    expect_corrupt(fixture, "counts.csv");
}

/* ---- adopted ---- */

struct adoption {
    struct bytes order_nos[4];
    size_t count;
    struct drawn drawn;
};

static int step_adopt(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                      void *context, struct err *err)
{
    struct adoption *adoption = context;
    (void)arena;
    return draw_adopt(&fixture->datadir, round, adoption->order_nos, adoption->count, &tester,
                      &adoption->drawn, err);
}

static void draw_adopt__takes_the_orders_in_their_order(void **state)
{
    struct fixture *fixture = *state;
    struct buf text;
    struct adoption adoption = {
        {BYTES_LIT("A9"), BYTES_LIT("B2"), BYTES_LIT("A8"), BYTES_LIT("B1")}, 4, {.no = 0}};
    buf_init(&text, TEXT_MAX_BYTES);
    load_orders(fixture, 60);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES);
    take(fixture, "2024-06", step_adopt, &adoption);
    take(fixture, "2024-06", step_csv, &text);
    buf_append_byte(&text, '\0');
    assert_string_equal(text.ptr, "unit_code,position,order_no,ticket,part\n"
                                  "乙局,1,B2,,sample\n乙局,2,B1,,sample\n"
                                  "甲局,1,A9,,sample\n甲局,2,A8,,sample\n");
    assert_int_equal(adoption.drawn.cases, 3); /* A8 and A9 are one person's */
    take(fixture, "2024-06", step_csv_of_all, &text);
    assert_int_equal(count_lines(&text, ",,rest"), 86);
    assert_int_equal(count_lines(&text, "甲局,60,"), 1);
    take(fixture, "2024-06", step_verify, NULL);
    buf_deinit(&text);
}

static void draw_adopt__names_strangers_and_doubles_and_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct adoption stranger = {{BYTES_LIT("A9"), BYTES_LIT("Z1")}, 2, {.no = 0}};
    struct adoption twice = {{BYTES_LIT("A9"), BYTES_LIT("B1"), BYTES_LIT("A9")}, 3, {.no = 0}};
    load_orders(fixture, 60);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES);
    assert_int_equal(with_round(fixture, "2024-06", step_adopt, &stranger, &err), ERR_REFUSED);
    assert_non_null(strstr(err.message, "\"Z1\" is not in the frame"));
    assert_int_equal(with_round(fixture, "2024-06", step_adopt, &twice, &err), ERR_REFUSED);
    assert_non_null(strstr(err.message, "\"A9\" stands twice"));
    assert_int_equal(with_round(fixture, "2024-06", step_verify, NULL, &err), ERR_WRONG_STATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(draw_verify__finds_a_changed_ticket),
        FIXTURE_TEST(draw_verify__finds_a_changed_order),
        FIXTURE_TEST(draw_verify__finds_a_changed_position),
        FIXTURE_TEST(draw_verify__finds_a_changed_part),
        FIXTURE_TEST(draw_verify__finds_a_sample_that_was_cut),
        FIXTURE_TEST(draw_verify__finds_a_changed_frame),
        FIXTURE_TEST(draw_verify__finds_changed_rules),
        FIXTURE_TEST(draw_verify__finds_a_changed_commitment),
        FIXTURE_TEST(draw_verify__finds_a_changed_record),
        FIXTURE_TEST(draw_verify__finds_a_changed_file_of_commitments),
        FIXTURE_TEST(draw_verify__finds_a_changed_listing),
        FIXTURE_TEST(draw_verify__finds_a_missing_file),
        FIXTURE_TEST(draw_adopt__takes_the_orders_in_their_order),
        FIXTURE_TEST(draw_adopt__names_strangers_and_doubles_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
