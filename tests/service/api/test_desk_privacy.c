#include "tests/service/api/phoned_city.h"
#include "tests/support/file.h"

#include <ftw.h>

/* What a person told the city, and who they are, is shown to who calls them, and lies open nowhere: not in the store
 * and its receipts, not in logs, events and the audit log. Everything that a call leaves behind is searched. */

enum { FILE_MAX_BYTES = 64 * 1024 * 1024 };

static const char *const personal[] = {
    PERSON_NAME, PERSON_NUMBER, SECOND_NUMBER,      CALLED_NUMBER, PERSON_WORDS,
    CALLER_NOTE, ORDER_TITLE,   "水渠塌方已有半月", "13977840001",
};

/* What is shown masked lies nowhere so. */
static const char masked_number[] = "139****0001";

static void check_open(struct bytes text, const char *where)
{
    for (size_t i = 0; i < sizeof personal / sizeof *personal; i++) {
        if (answer_has(text, personal[i]))
            fail_msg("\"%s\" lies open in %s", personal[i], where);
    }
}

static void check_access_log(FILE *file)
{
    char piece[4096];
    struct buf text;
    buf_init(&text, FILE_MAX_BYTES);
    rewind(file);
    for (size_t got = 1; got > 0;) {
        got = fread(piece, 1, sizeof piece, file);
        buf_append(&text, (struct bytes){piece, got});
    }
    assert_true(answer_has(buf_bytes(&text), "route=/api/v1/followup/cases/{id}/number"));
    check_open(buf_bytes(&text), "the access log");
    buf_deinit(&text);
}

static int check_file(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    struct buf text;
    (void)info;
    (void)where;
    if (kind != FTW_F)
        return 0;
    buf_init(&text, FILE_MAX_BYTES);
    test_file_read(path, &text);
    check_open(buf_bytes(&text), path);
    if (answer_has(buf_bytes(&text), masked_number))
        fail_msg("a masked number lies in %s", path);
    buf_deinit(&text);
    return 0;
}

/* What may lie open is found where it lies: the search sees what it looks at. */
static void check_database(const struct running *running)
{
    char path[TEMP_DIR_BYTES + 32];
    struct buf text;
    buf_init(&text, FILE_MAX_BYTES);
    (void)snprintf(path, sizeof path, "%s/pingyi.db", running->data);
    test_file_read(path, &text);
    assert_true(answer_has(buf_bytes(&text), "第1局"));
    buf_deinit(&text);
}

/* A whole call of the first person, with everything that can be said in one, and each write twice. */
static void call_first_person(struct running *running)
{
    char line[PATH_BYTES], body[BODY_BYTES];
    sign_on(running, caller);
    int64_t case_id = take_first_person(running, caller);
    int64_t order = number_at(running, "orders.0.order");
    int64_t dial_id = begin_dial(running, caller, case_id);
    assert_int_equal(ask_of(running, caller, "GET /api/v1/followup/cases/#/number", case_id), 200);
    assert_true(says(running, PERSON_NUMBER));
    answer_all(running, caller, case_id, dial_id);
    assert_int_equal(
        try_answer(running, caller, case_id, dial_id, order, "other", "yes", PERSON_WORDS), 200);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask_as(running, caller, "POST /api/v1/followup/next", "next", "{}"), 200);
        assert_true(says(running, PERSON_NAME));
    }
    (void)snprintf(line, sizeof line, "POST /api/v1/followup/cases/%jd/numbers", (intmax_t)case_id);
    for (int i = 0; i < 2; i++)
        assert_int_equal(ask_as(running, caller, line, "number", "{\"number\":\"13977840001\"}"),
                         201);
    put_id("POST /api/v1/followup/cases/#/attempts", case_id, line);
    (void)snprintf(body, sizeof body,
                   "{\"dial\":%jd,\"disposition\":\"1.1\",\"note\":\"" CALLER_NOTE "\"}",
                   (intmax_t)dial_id);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask_as(running, caller, line, "end", body), 201);
        check_open(buf_bytes(&running->answer), "a receipt");
    }
}

static void call__leaves_nothing_personal_behind(void **state)
{
    struct running *running = *state;
    struct buf events;
    int fd = listen_as(running, office);
    buf_init(&events, ANSWER_MAX_BYTES);
    call_first_person(running);
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit"), 200);
    assert_true(says(running, "number.show"));
    check_open(buf_bytes(&running->answer), "the audit log");
    service_stop(&running->service);
    (void)uv_run(&running->served.loop, UV_RUN_DEFAULT);
    (void)client_read(&running->served, fd, BYTES_NONE, &events);
    assert_true(answer_has(buf_bytes(&events), "event: followup\n"));
    check_open(buf_bytes(&events), "the events");
    (void)close(fd);
    check_access_log(running->access_log);
    check_database(running);
    assert_int_equal(nftw(running->data, check_file, 8, FTW_PHYS), 0);
    buf_deinit(&events);
}

/* Who must not see them: their answers are searched, refusals too. */
static void case__is_shown_to_no_other_role(void **state)
{
    struct running *running = *state;
    static const char *const lines[] = {
        "GET /api/v1/followup/desk",
        "GET /api/v1/followup/cases/#",
        "GET /api/v1/followup/cases/#/number",
    };
    sign_on(running, caller);
    int64_t case_id = take_first_person(running, caller);
    (void)begin_dial(running, caller, case_id);
    for (int visitor = 0; visitor < VISITORS; visitor++) {
        for (size_t i = 0; i < sizeof lines / sizeof *lines && visitor != (int)caller; i++) {
            (void)ask_of(running, (enum visitor)visitor, lines[i], case_id);
            check_open(buf_bytes(&running->answer), lines[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PHONED_CITY(call__leaves_nothing_personal_behind),
        PHONED_CITY(case__is_shown_to_no_other_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
