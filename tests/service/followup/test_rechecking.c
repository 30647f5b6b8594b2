#include "service/followup/rechecking.h"

#include "tests/service/followup/casework_fixture.h"
#include "tests/support/fault.h"

/* Caller 0 has completed; caller 1 checks. The clock stands at Monday, 9:30. */

enum { CALLER, CHECKER, OTHER };

static int try_recheck(struct phoning *phoning, int i, int64_t *out_id)
{
    struct err err = {0};
    begin(phoning);
    return end(phoning,
               rechecking_next(phoning->work, phoning->store, caller_at(phoning, i), out_id, &err));
}

static int64_t take_recheck(struct phoning *phoning, int i)
{
    int64_t id = 0;
    assert_int_equal(try_recheck(phoning, i, &id), OK);
    return id;
}

static int try_recheck_dial(struct phoning *phoning, int i, int64_t id, int64_t number_no)
{
    struct err err = {0};
    struct dial_row dial;
    begin(phoning);
    int rc = rechecking_dial(phoning->work, phoning->store, caller_at(phoning, i), id, number_no,
                             &dial, &err);
    if (rc == OK)
        assert_int_equal(dial.recheck_id, id);
    return end(phoning, rc);
}

static int put_result(struct phoning *phoning, int i, int64_t id,
                      const struct recheck_result *result, char state[16])
{
    struct err err = {0};
    struct bytes word = BYTES_NONE;
    begin(phoning);
    int rc = rechecking_finish(phoning->work, phoning->store, caller_at(phoning, i), id, result,
                               &word, &err);
    if (rc == OK)
        (void)snprintf(state, 16, BYTES_FMT, BYTES_ARG(word));
    return end(phoning, rc);
}

/* By telephone; values NULL: not asked. */
static int finish_phone(struct phoning *phoning, int64_t id, int64_t drawn_id,
                        const char *interviewed, const char *resolved, const char *satisfaction,
                        char state[16])
{
    struct recheck_answer answers[3];
    size_t count = 0;
    const struct {
        int64_t drawn_id;
        const char *item, *value;
    } all[] = {{0, RECHECK_INTERVIEWED, interviewed},
               {drawn_id, "resolved", resolved},
               {drawn_id, "satisfaction", satisfaction}};
    for (size_t i = 0; i < 3; i++) {
        if (all[i].value != NULL)
            answers[count++] = (struct recheck_answer){all[i].drawn_id, bytes_from_z(all[i].item),
                                                       bytes_from_z(all[i].value)};
    }
    const struct recheck_result result = {.method = BYTES_LIT("phone"),
                                          .reached = true,
                                          .answers = answers,
                                          .answer_count = count,
                                          .note = BYTES_LIT("说得很清楚")};
    return put_result(phoning, CHECKER, id, &result, state);
}

static int finish_unreached(struct phoning *phoning, int64_t id, char state[16])
{
    const struct recheck_result result = {.method = BYTES_LIT("phone")};
    return put_result(phoning, CHECKER, id, &result, state);
}

static struct recheck_row recheck_now(struct phoning *phoning, int64_t id)
{
    struct err err = {0};
    struct recheck_row row;
    begin(phoning);
    DO(recheck_get(phoning->store, id, &row, &err));
    assert_true(row.sealed.len == 0 || bytes_find(row.sealed, BYTES_LIT("清楚")) == row.sealed.len);
    store_rollback(phoning->store);
    return row;
}

static int settle_recheck(struct phoning *phoning, int64_t id, const char *word, const char *why,
                          int64_t account_id)
{
    struct err err = {0};
    const struct actor actor = supervisor(phoning);
    const struct recheck_verdict verdict = {bytes_from_z(word), bytes_from_z(why), account_id};
    begin(phoning);
    return end(phoning,
               rechecking_settle(phoning->work, phoning->store, id, &verdict, &actor, &err));
}

/* A campaign in which caller 0 has completed `cases` cases: yes, 5. */
static void begin_checked(struct phoning *phoning, int cases, struct followup_case *out_first)
{
    phoning_simple(phoning, cases, PHONING_RULES);
    for (int i = 0; i < cases; i++) {
        struct leased_case leased = next_case(phoning, CALLER);
        complete_case(phoning, CALLER, &leased);
        if (i == 0)
            *out_first = case_now(phoning, leased.row.id);
    }
}

static void rechecking_next__gives_no_one_their_own(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case first;
    int64_t id = 0, other = 0;
    begin_checked(&phoning, 2, &first);
    assert_int_equal(try_recheck(&phoning, CALLER, &id), ERR_NOT_FOUND);
    phoning.callers[3].team_id = 7; /* a contractor's, who would grade themselves */
    assert_int_equal(try_recheck(&phoning, 3, &id), ERR_NOT_FOUND);
    phoning.callers[3].team_id = 0;
    id = take_recheck(&phoning, CHECKER);
    assert_int_equal(take_recheck(&phoning, CHECKER), id);
    other = take_recheck(&phoning, OTHER);
    assert_true(other != id);
    assert_int_equal(try_recheck(&phoning, 3, &id), ERR_NOT_FOUND);
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, other, 1), ERR_WRONG_STATE);
    assert_int_equal(recheck_now(&phoning, other).account_id, phoning.callers[OTHER].account_id);
    phoning_deinit(&phoning);
}

static int try_recheck_answer(struct phoning *phoning, int i, int64_t id, const char *item,
                              const char *value)
{
    struct err err = {0};
    int64_t until_utc = 0;
    const struct recheck_answer answer = {0, bytes_from_z(item), bytes_from_z(value)};
    begin(phoning);
    int rc = rechecking_answer(phoning->work, phoning->store, caller_at(phoning, i), id, &answer,
                               &until_utc, &err);
    if (rc == OK)
        assert_int_equal(until_utc, phoning->now_utc + RECHECK_LEASE_S);
    return end(phoning, rc);
}

static int on_kept(void *context, const struct recheck_answer_row *row, struct err *err)
{
    (void)err;
    (void)row;
    ++*(int *)context;
    return OK;
}

static int kept_answers(struct phoning *phoning, int64_t id)
{
    struct err err = {0};
    int count = 0;
    begin(phoning);
    DO(recheck_answers_each(phoning->store, id, on_kept, &count, &err));
    store_rollback(phoning->store);
    return count;
}

/* They are the holder's, and nobody's who comes after. */
static void rechecking_answer__is_kept_while_it_is_held(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case first;
    char word[16];
    int swept = 0;
    struct err err = {0};
    begin_checked(&phoning, 1, &first);
    int64_t id = take_recheck(&phoning, CHECKER);
    assert_int_equal(try_recheck_answer(&phoning, OTHER, id, RECHECK_INTERVIEWED, "yes"),
                     ERR_WRONG_STATE);
    assert_int_equal(try_recheck_answer(&phoning, CHECKER, id, "satisfaction", "5"), ERR_FORMAT);
    assert_int_equal(try_recheck_answer(&phoning, CHECKER, id, RECHECK_INTERVIEWED, "5"),
                     ERR_FORMAT);
    phoning.now_utc += 60;
    assert_int_equal(try_recheck_answer(&phoning, CHECKER, id, RECHECK_INTERVIEWED, "yes"), OK);
    assert_int_equal(recheck_now(&phoning, id).until_utc, phoning.now_utc + RECHECK_LEASE_S);
    assert_int_equal(kept_answers(&phoning, id), 1);
    const struct recheck_result unheard = {.method = BYTES_LIT("recording")};
    assert_int_equal(put_result(&phoning, CHECKER, id, &unheard, word), OK);
    assert_int_equal(kept_answers(&phoning, id), 0);
    phoning.now_utc = at("2024-07-01T15:00:00+08:00");
    id = take_recheck(&phoning, CHECKER);
    assert_int_equal(try_recheck_answer(&phoning, CHECKER, id, RECHECK_INTERVIEWED, "no"), OK);
    begin(&phoning);
    DO(rechecking_sweep(phoning.store, phoning.now_utc + RECHECK_LEASE_S, 10, &swept, &err));
    assert_int_equal(end(&phoning, OK), OK);
    assert_int_equal(swept, 1);
    assert_int_equal(kept_answers(&phoning, id), 0);
    phoning_deinit(&phoning);
}

static void rechecking_dial__keeps_the_rules_of_the_engine(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case first;
    char word[16];
    begin_checked(&phoning, 1, &first);
    int64_t id = take_recheck(&phoning, CHECKER);
    phoning.now_utc = at("2024-07-01T13:00:00+08:00");
    id = take_recheck(&phoning, CHECKER);
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 1), ERR_REFUSED); /* 12 to 15 */
    phoning.now_utc = at("2024-07-01T15:00:00+08:00");
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 2), ERR_NOT_FOUND);
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 1), OK);
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 1), ERR_WRONG_STATE);
    assert_int_equal(finish_unreached(&phoning, id, word), OK);
    assert_string_equal(word, "queued");
    assert_int_equal(try_recheck(&phoning, CHECKER, &id), ERR_NOT_FOUND);
    phoning.now_utc += 3 * 3600;
    id = take_recheck(&phoning, CHECKER);
    phoning.now_utc = at("2024-07-01T19:00:00+08:00");
    /* The complete and the first try were its two dials of the day. */
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 1), ERR_REFUSED);
    assert_int_equal(finish_unreached(&phoning, id, word), OK);
    assert_string_equal(word, "queued");
    assert_int_equal(recheck_now(&phoning, id).tries, 1);
    /* The case itself knows nothing of all that. */
    assert_string_equal(case_now(&phoning, first.id).code, "1.1");
    phoning_deinit(&phoning);
}

static void rechecking_finish__gives_up_after_three_tries(void **state)
{
    static const char *const days[] = {"2024-07-01T15:00:00+08:00", "2024-07-02T09:30:00+08:00",
                                       "2024-07-02T15:30:00+08:00"};
    (void)state;
    struct phoning phoning;
    struct followup_case first;
    char word[16];
    int64_t id = 0;
    begin_checked(&phoning, 1, &first);
    for (int i = 0; i < RECHECK_TRIES; i++) {
        phoning.now_utc = at(days[i]);
        id = take_recheck(&phoning, CHECKER);
        assert_int_equal(finish_unreached(&phoning, id, word), ERR_REFUSED);
        assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 1), OK);
        assert_int_equal(finish_unreached(&phoning, id, word), OK);
        assert_string_equal(word, i + 1 < RECHECK_TRIES ? "queued" : "unreached");
    }
    phoning.now_utc += 86400;
    assert_int_equal(try_recheck(&phoning, CHECKER, &id), ERR_NOT_FOUND);
    assert_int_equal(settle_recheck(&phoning, id, "kept", "无法复核", 99), ERR_WRONG_STATE);
    phoning_deinit(&phoning);
}

static void rechecking_finish__gives_up_whom_nobody_may_call(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case first;
    char word[16];
    int64_t cases = 0;
    begin_checked(&phoning, 1, &first);
    assert_int_equal(ban(&phoning, "13900000001", &cases), OK);
    int64_t id = take_recheck(&phoning, CHECKER);
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 1), ERR_REFUSED);
    assert_int_equal(finish_unreached(&phoning, id, word), OK);
    assert_string_equal(word, "unreached");
    phoning_deinit(&phoning);
}

static void rechecking_finish__takes_what_the_script_takes(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case first;
    char word[16];
    begin_checked(&phoning, 1, &first);
    int64_t drawn_id = orders_of(&phoning, &first).drawn_ids[0];
    int64_t id = take_recheck(&phoning, CHECKER);
    assert_int_equal(finish_phone(&phoning, id, drawn_id, "yes", "yes", "5", word), ERR_REFUSED);
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 1), OK);
    assert_int_equal(finish_phone(&phoning, id, drawn_id, NULL, NULL, NULL, word), ERR_FORMAT);
    assert_int_equal(finish_phone(&phoning, id, drawn_id, "maybe", NULL, NULL, word), ERR_FORMAT);
    assert_int_equal(finish_phone(&phoning, id, drawn_id, "yes", "5", NULL, word), ERR_FORMAT);
    assert_int_equal(finish_phone(&phoning, id, drawn_id + 1, "yes", "yes", NULL, word),
                     ERR_FORMAT);
    const struct recheck_result heard = {.method = BYTES_LIT("recording"), .reached = true};
    assert_int_equal(put_result(&phoning, CHECKER, id, &heard, word), ERR_WRONG_STATE);
    const struct recheck_result guessed = {.method = BYTES_LIT("guess"), .reached = true};
    assert_int_equal(put_result(&phoning, CHECKER, id, &guessed, word), ERR_FORMAT);
    assert_int_equal(finish_phone(&phoning, id, drawn_id, "yes", "yes", "5", word), OK);
    assert_string_equal(word, "done");
    assert_int_equal(finish_phone(&phoning, id, drawn_id, "yes", "yes", "5", word),
                     ERR_WRONG_STATE);
    struct recheck_row row = recheck_now(&phoning, id);
    assert_true(row.compared == 3 && row.differing == 0 && row.sealed.len > 0);
    phoning_deinit(&phoning);
}

static void rechecking_finish__hears_a_recording_at_any_hour(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case first;
    char word[16];
    begin_checked(&phoning, 1, &first);
    phoning.now_utc = at("2024-07-01T22:00:00+08:00");
    int64_t id = take_recheck(&phoning, CHECKER);
    const struct recheck_answer answer = {orders_of(&phoning, &first).drawn_ids[0],
                                          BYTES_LIT("satisfaction"), BYTES_LIT("2")};
    const struct recheck_result silent = {.method = BYTES_LIT("recording")};
    assert_int_equal(put_result(&phoning, CHECKER, id, &silent, word), OK);
    assert_string_equal(word, "queued");
    phoning.now_utc += 3 * 3600;
    id = take_recheck(&phoning, CHECKER);
    const struct recheck_result heard = {
        .method = BYTES_LIT("recording"), .reached = true, .answers = &answer, .answer_count = 1};
    assert_int_equal(put_result(&phoning, CHECKER, id, &heard, word), OK);
    struct recheck_row row = recheck_now(&phoning, id);
    assert_true(row.compared == 1 && row.differing == 1);
    phoning_deinit(&phoning);
}

/* One re-check of a complete with yes and `given`, in which `found` was heard. */
static void compare(const char *given, const char *interviewed, const char *resolved,
                    const char *found, int64_t compared, int64_t differing)
{
    struct phoning phoning;
    char word[16];
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, CALLER);
    int64_t dial_id = dial(&phoning, CALLER, leased.row.id, 1);
    answer_all(&phoning, CALLER, dial_id, &leased.row, "yes", given);
    (void)finish(&phoning, CALLER, dial_id, "1.1");
    int64_t id = take_recheck(&phoning, CHECKER);
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 1), OK);
    assert_int_equal(finish_phone(&phoning, id, orders_of(&phoning, &leased.row).drawn_ids[0],
                                  interviewed, resolved, found, word),
                     OK);
    struct recheck_row row = recheck_now(&phoning, id);
    print_message("    %s / %s\n", given, found != NULL ? found : "-");
    assert_int_equal(row.compared, compared);
    assert_int_equal(row.differing, differing);
    phoning_deinit(&phoning);
}

static void rechecking_finish__lets_ratings_waver_on_their_side(void **state)
{
    (void)state;
    compare("5", NULL, "yes", "5", 2, 0);
    compare("5", NULL, "partly", "4", 2, 1);
    compare("5", NULL, NULL, "3", 1, 1); /* two steps */
    compare("3", NULL, NULL, "2", 1, 1); /* one, across the line */
    compare("2", NULL, NULL, "1", 1, 0);
    compare("5", NULL, NULL, "unsure", 1, 1);
    compare("unsure", NULL, NULL, "unsure", 1, 0);
    compare("5", "no", NULL, NULL, 1, 1);
    compare("5", "unsure", NULL, NULL, 0, 0);
}

/* Held and done with: yes, 5 was given; no, 1 found. */
static int64_t begin_differing(struct phoning *phoning, struct followup_case *out_case,
                               int64_t *out_drawn_id)
{
    char word[16];
    begin_checked(phoning, 1, out_case);
    *out_drawn_id = orders_of(phoning, out_case).drawn_ids[0];
    int64_t id = take_recheck(phoning, CHECKER);
    assert_int_equal(settle_recheck(phoning, id, "kept", "无", 99), ERR_WRONG_STATE);
    assert_int_equal(try_recheck_dial(phoning, CHECKER, id, 1), OK);
    assert_int_equal(finish_phone(phoning, id, *out_drawn_id, "yes", "open", "1", word), OK);
    return id;
}

static int on_source(void *context, const struct outcome_file_row *row, struct err *err)
{
    struct buf *text = context;
    (void)err;
    buf_printf(text, BYTES_FMT ":" BYTES_FMT " ", BYTES_ARG(row->kind), BYTES_ARG(row->why));
    return OK;
}

static void rechecking_settle__replaces_with_what_was_found(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case row;
    struct err err = {0};
    struct buf sources;
    int64_t drawn_id = 0;
    char attempts[256];
    int64_t id = begin_differing(&phoning, &row, &drawn_id);
    assert_int_equal(settle_recheck(&phoning, id, "replaced", "", 99), ERR_FORMAT);
    assert_int_equal(settle_recheck(&phoning, id, "perhaps", "听录音", 99), ERR_FORMAT);
    for (int i = CALLER; i <= CHECKER; i++)
        assert_int_equal(
            settle_recheck(&phoning, id, "replaced", "听录音", phoning.callers[i].account_id),
            ERR_REFUSED);
    assert_int_equal(settle_recheck(&phoning, id, "replaced", "听录音", 99), OK);
    attempts_of(&phoning, drawn_id, attempts, sizeof attempts);
    assert_string_equal(attempts, "1.1/1/1");
    buf_init(&sources, 4096);
    begin(&phoning);
    DO(attempt_versions_each(phoning.store, drawn_id, on_attempt_of, &sources, &err));
    DO(outcome_files_each(phoning.store, 1, on_source, &sources, &err));
    store_rollback(phoning.store);
    buf_append_byte(&sources, '\0');
    assert_string_equal(sources.ptr, "1.1/3/5 service: correction:听录音 ");
    buf_deinit(&sources);
    struct recheck_row recheck = recheck_now(&phoning, id);
    assert_true(recheck.differing == 2 && recheck.compared == 3 && recheck.settled_utc != 0);
    assert_string_equal(case_now(&phoning, row.id).code, "1.1");
    assert_int_equal(settle_recheck(&phoning, id, "kept", "再看", 99), ERR_WRONG_STATE);
    phoning_deinit(&phoning);
}

static void rechecking_settle__voids_without_calling_it_a_refusal(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case row;
    int64_t drawn_id = 0;
    char attempts[256];
    int64_t id = begin_differing(&phoning, &row, &drawn_id);
    assert_int_equal(units_now(&phoning).complete, 1);
    assert_int_equal(settle_recheck(&phoning, id, "void", "未作访问", 99), OK);
    attempts_of(&phoning, drawn_id, attempts, sizeof attempts);
    assert_string_equal(attempts, "2.36/0/0");
    assert_string_equal(case_now(&phoning, row.id).code, "2.36");
    assert_int_equal(units_now(&phoning).complete, 0);
    assert_int_equal(units_now(&phoning).final, 1);
    phoning_deinit(&phoning);
}

static void rechecking_settle__keeps_what_stood_there(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case row;
    int64_t drawn_id = 0;
    char attempts[256];
    int64_t id = begin_differing(&phoning, &row, &drawn_id);
    assert_int_equal(settle_recheck(&phoning, id, "kept", "本人记错", 99), OK);
    attempts_of(&phoning, drawn_id, attempts, sizeof attempts);
    assert_string_equal(attempts, "1.1/3/5");
    assert_int_equal(recheck_now(&phoning, id).differing, 2);
    assert_int_equal(recheck_now(&phoning, id).settled_utc, phoning.now_utc);
    phoning_deinit(&phoning);
}

static void rechecking_settle__replaces_nothing_by_the_same(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case first;
    char word[16];
    begin_checked(&phoning, 1, &first);
    int64_t id = take_recheck(&phoning, CHECKER);
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 1), OK);
    assert_int_equal(finish_phone(&phoning, id, orders_of(&phoning, &first).drawn_ids[0], "no",
                                  "yes", "5", word),
                     OK);
    assert_int_equal(settle_recheck(&phoning, id, "replaced", "无", 99), ERR_REFUSED);
    phoning_deinit(&phoning);
}

static int sweep_rechecks(struct phoning *phoning)
{
    struct err err = {0};
    int done = 0;
    begin(phoning);
    DO(rechecking_sweep(phoning->store, phoning->now_utc, 10, &done, &err));
    (void)end(phoning, OK);
    return done;
}

static void rechecking_sweep__takes_back_what_was_left(void **state)
{
    (void)state;
    struct phoning phoning;
    struct followup_case first;
    struct err err = {0};
    struct dial_row open;
    begin_checked(&phoning, 1, &first);
    int64_t id = take_recheck(&phoning, CHECKER);
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 1), OK);
    phoning.now_utc += RECHECK_LEASE_S - 1;
    assert_int_equal(sweep_rechecks(&phoning), 0);
    phoning.now_utc += 1;
    assert_int_equal(sweep_rechecks(&phoning), 1);
    begin(&phoning);
    assert_int_equal(dial_get_open(phoning.store, first.id, &open, &err), ERR_NOT_FOUND);
    store_rollback(phoning.store);
    assert_int_equal(try_recheck_dial(&phoning, CHECKER, id, 1), ERR_WRONG_STATE);
    assert_int_equal(take_recheck(&phoning, OTHER), id);
    phoning_deinit(&phoning);
}

/* ---- faults ---- */

struct recheck_fault {
    struct phoning phoning;
    int64_t drawn_id;
};

/* From the lease to a complete made void, and nothing of it stays. */
static int check_and_void(void *context, struct err *err)
{
    struct recheck_fault *fault = context;
    struct phoning *phoning = &fault->phoning;
    const struct caller *checker = caller_at(phoning, CHECKER);
    const struct recheck_answer answer = {fault->drawn_id, BYTES_LIT("satisfaction"),
                                          BYTES_LIT("1")};
    const struct recheck_result result = {.method = BYTES_LIT("phone"),
                                          .reached = true,
                                          .answers = &answer,
                                          .answer_count = 1,
                                          .note = BYTES_LIT("说得很清楚")};
    const struct recheck_verdict verdict = {BYTES_LIT("void"), BYTES_LIT("未作访问"), 99};
    const struct actor actor = supervisor(phoning);
    struct dial_row dial;
    struct bytes word;
    int64_t id = 0;
    int rc = store_begin(phoning->store, err);
    if (rc == OK)
        rc = rechecking_next(phoning->work, phoning->store, checker, &id, err);
    if (rc == OK)
        rc = rechecking_dial(phoning->work, phoning->store, checker, id, 1, &dial, err);
    if (rc == OK)
        rc = rechecking_finish(phoning->work, phoning->store, checker, id, &result, &word, err);
    if (rc == OK)
        rc = rechecking_settle(phoning->work, phoning->store, id, &verdict, &actor, err);
    store_rollback(phoning->store);
    return rc;
}

static void rechecking__survives_every_failed_allocation(void **state)
{
    (void)state;
    struct recheck_fault fault;
    struct followup_case first;
    begin_checked(&fault.phoning, 1, &first);
    fault.drawn_id = orders_of(&fault.phoning, &first).drawn_ids[0];
    fault_loop(check_and_void, &fault);
    assert_string_equal(case_now(&fault.phoning, first.id).code, "1.1");
    phoning_deinit(&fault.phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rechecking_next__gives_no_one_their_own),
        cmocka_unit_test(rechecking_answer__is_kept_while_it_is_held),
        cmocka_unit_test(rechecking_dial__keeps_the_rules_of_the_engine),
        cmocka_unit_test(rechecking_finish__gives_up_after_three_tries),
        cmocka_unit_test(rechecking_finish__gives_up_whom_nobody_may_call),
        cmocka_unit_test(rechecking_finish__takes_what_the_script_takes),
        cmocka_unit_test(rechecking_finish__hears_a_recording_at_any_hour),
        cmocka_unit_test(rechecking_finish__lets_ratings_waver_on_their_side),
        cmocka_unit_test(rechecking_settle__replaces_with_what_was_found),
        cmocka_unit_test(rechecking_settle__voids_without_calling_it_a_refusal),
        cmocka_unit_test(rechecking_settle__keeps_what_stood_there),
        cmocka_unit_test(rechecking_settle__replaces_nothing_by_the_same),
        cmocka_unit_test(rechecking_sweep__takes_back_what_was_left),
        cmocka_unit_test(rechecking__survives_every_failed_allocation),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
