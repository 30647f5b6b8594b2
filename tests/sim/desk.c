#include "tests/sim/simulation.h"

/* Callers at work, each a state of their own with the time at which they do the next thing:
 *
 *     ASKS --next--> HOLDS --dial--> RINGS --taken--> TALKS --answers--> ENDS --finish--> ASKS
 *                      |               `----not------------------------^        `--number--> HOLDS
 *                      `--give back--> ASKS
 *
 * From any of them a caller may vanish for a while, in the middle of a call too; then they ask, and are given what
 * they still hold, or something else when the lease has run out. */

enum { LEASE_S = 600, PERMILLE = 1000 };

uint64_t simulation_dice(struct simulation *simulation, uint64_t limit)
{
    struct err err = {0};
    uint64_t random = 0;
    assert_int_equal(phoning_random(&simulation->phoning, &random, &err), OK);
    return random % limit;
}

static void hold_until(struct simulation *simulation, const struct desk *desk, int64_t until_utc)
{
    simulation->grants[desk->grant].until_utc = until_utc;
}

static void give_up(struct simulation *simulation, struct desk *desk)
{
    struct grant *grant = &simulation->grants[desk->grant];
    grant->until_utc = simulation->phoning.now_utc;
    grant->is_given_up = true;
    desk->state = DESK_ASKS;
}

/* ---- next ---- */

static void begin_grant(struct simulation *simulation, int i, const struct leased_case *given)
{
    struct desk *desk = &simulation->desks[i];
    assert_true(simulation->grant_count < GRANTS_MAX);
    desk->grant = simulation->grant_count++;
    simulation->grants[desk->grant] = (struct grant){.case_id = given->row.id,
                                                     .from_utc = simulation->phoning.now_utc,
                                                     .until_utc = given->row.until_utc,
                                                     .caller = i};
}

/* What the caller left behind goes on: its dial too, which is ended as what was answered or as nobody there. */
static int64_t open_dial_of(struct simulation *simulation, int64_t case_id)
{
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    struct dial_row dial;
    begin(phoning);
    int rc = dial_get_open(phoning->store, case_id, &dial, &err);
    int64_t id = rc == OK ? dial.id : 0;
    store_rollback(phoning->store);
    return id;
}

static void ask(struct simulation *simulation, int i)
{
    struct phoning *phoning = &simulation->phoning;
    struct desk *desk = &simulation->desks[i];
    struct witness *witness = NULL;
    struct leased_case given;
    struct err err = {0};
    int64_t retry_utc = 0;
    desk->caller.now_utc = phoning->now_utc;
    if (simulation->nexts++ % simulation->scale->witness_every == 0)
        witness = witness_look(simulation, i);
    begin(phoning);
    int rc = casework_next(phoning->work, phoning->store, &desk->caller, &given, &retry_utc, &err);
    if (rc != OK && rc != ERR_NOT_FOUND)
        fail_msg("%s", err.message);
    (void)end(phoning, OK);
    witness_judge(witness, simulation, i, rc, &given);
    if (rc == ERR_NOT_FOUND) {
        assert_true(retry_utc > phoning->now_utc);
        desk->wake_utc = retry_utc + (int64_t)simulation_dice(simulation, 600);
        return;
    }
    desk->row = given.row;
    desk->number_no = given.number_no;
    desk->dial_id = given.turn == TURN_HELD ? open_dial_of(simulation, given.row.id) : 0;
    begin_grant(simulation, i, &given);
    desk->state = desk->dial_id != 0 ? DESK_ENDS : DESK_HOLDS;
    desk->step_count = desk->step = 0;
    desk->end = (struct dial_end){.code = BYTES_LIT("2.21")};
    desk->wake_utc = phoning->now_utc + 4 + (int64_t)simulation_dice(simulation, 12);
}

/* ---- the case ---- */

static void give_case_back(struct simulation *simulation, struct desk *desk)
{
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    begin(phoning);
    int rc = end(phoning, casework_give_back(phoning->work, phoning->store, &desk->caller,
                                             desk->row.id, &err));
    if (rc != OK && rc != ERR_WRONG_STATE)
        fail_msg("%s", err.message);
    give_up(simulation, desk);
    desk->wake_utc = phoning->now_utc + 5;
}

static void renew_case(struct simulation *simulation, struct desk *desk)
{
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    int64_t until_utc = 0;
    begin(phoning);
    int rc = end(phoning, casework_renew(phoning->work, phoning->store, &desk->caller, desk->row.id,
                                         &until_utc, &err));
    if (rc == OK)
        hold_until(simulation, desk, until_utc);
    desk->wake_utc = phoning->now_utc + 120;
}

static void plan_answer(struct desk *desk, int64_t drawn_id, const char *item, const char *value)
{
    assert_true(desk->step_count < TALK_STEPS);
    desk->steps[desk->step_count++] = (struct talk_step){drawn_id, item, value, ""};
}

static void plan_order(struct simulation *simulation, struct desk *desk, int64_t drawn_id)
{
    static const char *const resolved[] = {"yes", "yes", "yes", "partly", "no", "unsure"};
    static const char *const ratings[] = {"5", "5", "4", "4", "3", "2", "1", "unsure"};
    const char *rating = ratings[simulation_dice(simulation, 8)];
    plan_answer(desk, drawn_id, "contacted", "yes");
    plan_answer(desk, drawn_id, "resolved", resolved[simulation_dice(simulation, 6)]);
    plan_answer(desk, drawn_id, "satisfaction", rating);
    plan_answer(desk, drawn_id, "attitude", ratings[simulation_dice(simulation, 8)]);
    if (rating[0] == '1' || rating[0] == '2')
        plan_answer(desk, drawn_id, "why", "slow");
    if (simulation_dice(simulation, 10) == 0) {
        plan_answer(desk, drawn_id, "other", "yes");
        desk->steps[desk->step_count - 1].words = "路灯修好了";
    }
    if (simulation_dice(simulation, 40) == 0)
        plan_answer(desk, drawn_id, "satisfaction", ratings[simulation_dice(simulation, 8)]);
}

static void plan_talk(struct simulation *simulation, struct desk *desk, bool breaks_off)
{
    struct orders_of orders = orders_of(&simulation->phoning, &desk->row);
    desk->step_count = desk->step = 0;
    plan_answer(desk, 0, "consent", "yes");
    plan_answer(desk, 0, "is_you", "yes");
    for (int i = 0; i < orders.count; i++)
        plan_order(simulation, desk, orders.drawn_ids[i]);
    plan_answer(desk, 0, "coached", "no");
    if (breaks_off)
        desk->step_count = 2 + (int)simulation_dice(simulation, (uint64_t)desk->step_count - 2);
}

/* A time of a later day that is open by the calendar; 0: there is none so soon. */
static int64_t agree(struct simulation *simulation, int64_t in_days)
{
    static const int hours[] = {10, 11, 15, 16, 17, 19};
    int64_t now_utc = simulation->phoning.now_utc;
    for (int64_t day = own_day(now_utc) + in_days; day < own_day(now_utc) + in_days + 5; day++) {
        int64_t at_utc =
            day * SECONDS_A_DAY - 8 * 3600 + hours[simulation_dice(simulation, 6)] * 3600 + 1800;
        if (own_is_open(at_utc) && at_utc > now_utc + 1200)
            return at_utc;
    }
    return 0;
}

static void ring(struct simulation *simulation, struct desk *desk)
{
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    struct buf number;
    struct meeting meeting;
    buf_init(&number, 64);
    begin(phoning);
    int rc =
        casework_number(phoning->work, phoning->store, &desk->caller, desk->dial_id, &number, &err);
    (void)end(phoning, rc);
    if (rc != OK)
        fail_msg("%s", err.message);
    people_meet(simulation, buf_bytes(&number), phoning->now_utc, desk->caller.language_count > 0,
                desk->dial_id, &meeting);
    buf_deinit(&number);
    desk->end = (struct dial_end){.code = bytes_from_z(meeting.code),
                                  .note = BYTES_LIT("备注"),
                                  .language = bytes_from_z(meeting.language)};
    if (meeting.appointment_in_days >= 0) {
        desk->end.appointment_utc = agree(simulation, meeting.appointment_in_days);
        desk->end.appointment_is_own =
            desk->end.appointment_utc != 0 && simulation_dice(simulation, 2) == 0;
    }
    desk->state = meeting.is_interview ? DESK_TALKS : DESK_ENDS;
    if (meeting.is_interview)
        plan_talk(simulation, desk, meeting.breaks_off);
    desk->wake_utc = phoning->now_utc + meeting.ring_s;
}

static void dial_number(struct simulation *simulation, int i)
{
    struct desk *desk = &simulation->desks[i];
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    struct dial_row dial;
    begin(phoning);
    int rc = end(phoning, casework_dial(phoning->work, phoning->store, &desk->caller, desk->row.id,
                                        desk->number_no, &dial, &err));
    if (rc == ERR_REFUSED || rc == ERR_WRONG_STATE || rc == ERR_NOT_FOUND) {
        give_case_back(simulation, desk); /* the hours ended, the lease too, the list took it */
        return;
    }
    if (rc != OK)
        fail_msg("%s", err.message);
    assert_true(simulation->dial_count < DIALS_MAX);
    simulation->dials[simulation->dial_count++] =
        (struct said_dial){dial.id, dial.case_id, dial.started_utc, i, ""};
    desk->dial_id = dial.id;
    desk->dials++;
    hold_until(simulation, desk, phoning->now_utc + LEASE_S);
    desk->state = DESK_RINGS;
    desk->wake_utc = phoning->now_utc + 3;
}

static int resolution_of(const char *value)
{
    if (strcmp(value, "yes") == 0)
        return RESOLUTION_YES;
    if (strcmp(value, "partly") == 0)
        return RESOLUTION_PARTLY;
    return strcmp(value, "no") == 0 ? RESOLUTION_NO : RESOLUTION_MISSING;
}

/* Write down what was answered, whatever becomes of the caller. */
static void note_answer(struct simulation *simulation, const struct desk *desk,
                        const struct talk_step *step)
{
    struct said_answer *answer = NULL;
    bool is_resolved = strcmp(step->item, "resolved") == 0;
    if (!is_resolved && strcmp(step->item, "satisfaction") != 0)
        return;
    for (size_t i = simulation->answer_count; i > 0 && answer == NULL; i--) {
        struct said_answer *old = &simulation->answers[i - 1];
        if (old->dial_id == desk->dial_id && old->drawn_id == step->drawn_id)
            answer = old;
        else if (old->dial_id != desk->dial_id && simulation->answer_count - i > TALK_STEPS)
            break;
    }
    if (answer == NULL) {
        assert_true(simulation->answer_count < ANSWERS_MAX);
        answer = &simulation->answers[simulation->answer_count++];
        *answer = (struct said_answer){desk->dial_id, step->drawn_id, RESOLUTION_MISSING, 0};
    }
    if (is_resolved)
        answer->resolved = resolution_of(step->value);
    else
        answer->satisfaction = step->value[0] == 'u' ? 0 : step->value[0] - '0';
}

static void say(struct simulation *simulation, struct desk *desk)
{
    struct phoning *phoning = &simulation->phoning;
    const struct talk_step *step = &desk->steps[desk->step++];
    struct err err = {0};
    int64_t until_utc = 0;
    begin(phoning);
    int rc = end(phoning, casework_answer(phoning->work, phoning->store, &desk->caller,
                                          desk->dial_id, step->drawn_id, bytes_from_z(step->item),
                                          bytes_from_z(step->value), bytes_from_z(step->words),
                                          4000, &until_utc, &err));
    if (rc != OK && rc != ERR_WRONG_STATE)
        fail_msg("%s: %s", step->item, err.message);
    if (rc == OK) {
        hold_until(simulation, desk, until_utc);
        note_answer(simulation, desk, step);
    }
    if (desk->step == desk->step_count || rc != OK)
        desk->state = DESK_ENDS;
    desk->wake_utc = phoning->now_utc + 6 + (int64_t)simulation_dice(simulation, 25);
}

/* ---- the end of a dial ---- */

static struct said_dial *said_of(struct simulation *simulation, int64_t dial_id)
{
    size_t i = simulation->dial_count;
    while (i > 0 && simulation->dials[i - 1].id != dial_id)
        i--;
    assert_true(i > 0);
    return &simulation->dials[i - 1];
}

/* How the caller would name it: by what the person has answered. */
static struct bytes code_of_talk(const struct desk *desk)
{
    int asked = 0;
    for (int i = 0; i < desk->step; i++) {
        asked += strcmp(desk->steps[i].item, "resolved") == 0 ||
                 strcmp(desk->steps[i].item, "satisfaction") == 0;
    }
    if (asked == 0)
        return BYTES_LIT("2.12");
    bool is_whole = desk->step == desk->step_count &&
                    strcmp(desk->steps[desk->step_count - 1].item, "coached") == 0;
    return is_whole ? BYTES_LIT("1.1") : BYTES_LIT("1.2");
}

void simulation_agreed(struct simulation *simulation, int64_t case_id, int64_t for_utc)
{
    assert_true(simulation->agreement_count < AGREEMENTS_MAX);
    simulation->agreements[simulation->agreement_count++] =
        (struct agreement){case_id, simulation->phoning.now_utc, for_utc};
}

static void ended(struct simulation *simulation, struct desk *desk, const struct finished *finished)
{
    struct said_dial *said = said_of(simulation, desk->dial_id);
    memcpy(said->code, finished->code, sizeof said->code);
    if (desk->end.appointment_utc != 0 && finished->step == NEXT_APPOINTMENT)
        simulation_agreed(simulation, desk->row.id, desk->end.appointment_utc);
    desk->completes += strcmp(finished->code, "1.1") == 0;
    desk->dial_id = 0;
    desk->number_no = finished->number_no;
    desk->wake_utc = simulation->phoning.now_utc + 3 + (int64_t)simulation_dice(simulation, 10);
    if (finished->step != NEXT_NUMBER) {
        give_up(simulation, desk);
        return;
    }
    hold_until(simulation, desk, simulation->phoning.now_utc + LEASE_S);
    desk->state = DESK_HOLDS;
}

static void finish_dial(struct simulation *simulation, struct desk *desk)
{
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    struct finished finished;
    if (desk->step_count > 0)
        desk->end = (struct dial_end){.code = code_of_talk(desk)};
    begin(phoning);
    int rc = end(phoning, casework_finish(phoning->work, phoning->store, &desk->caller,
                                          desk->dial_id, &desk->end, &finished, &err));
    if (rc == OK) {
        ended(simulation, desk, &finished);
    } else if (rc == ERR_WRONG_STATE) {
        give_up(simulation, desk); /* the lease had run out, and somebody swept */
        desk->wake_utc = phoning->now_utc + 10;
    } else if (rc == ERR_REFUSED && desk->end.appointment_utc != 0) {
        desk->end.appointment_utc = 0; /* of today, where no dial is left */
        desk->end.appointment_is_own = false;
        desk->wake_utc = phoning->now_utc + 5;
    } else if (rc == ERR_REFUSED && desk->step_count == 0) {
        desk->end =
            (struct dial_end){.code = BYTES_LIT("1.2")}; /* come back to half an interview */
        desk->wake_utc = phoning->now_utc + 5;
    } else {
        fail_msg("%s", err.message);
    }
}

/* ---- the day ---- */

static bool is_away(struct simulation *simulation, int i)
{
    struct desk *desk = &simulation->desks[i];
    int64_t now_utc = simulation->phoning.now_utc;
    int64_t day = own_day(now_utc);
    uint64_t here = people_chance(simulation, -1 - i, day, PERMILLE);
    if (desk->state == DESK_ASKS && own_part(now_utc) == 3 ? here >= 500 : here >= 930) {
        desk->wake_utc = (day + 1) * SECONDS_A_DAY;
        desk->wake_utc += 3600 + (int64_t)simulation_dice(simulation, 900) - 300; /* about nine */
        return true;
    }
    if (simulation_dice(simulation, PERMILLE) < 2) {
        desk->wake_utc = now_utc + 240 + (int64_t)simulation_dice(simulation, 2400);
        desk->state = DESK_ASKS;
        simulation->vanished++;
        return true;
    }
    return false;
}

void desk_work(struct simulation *simulation, int i)
{
    struct desk *desk = &simulation->desks[i];
    desk->caller.now_utc = simulation->phoning.now_utc;
    if (is_away(simulation, i))
        return;
    switch (desk->state) {
    case DESK_ASKS:
        ask(simulation, i);
        break;
    case DESK_HOLDS:
        if (desk->number_no == 0 || simulation_dice(simulation, PERMILLE) < 5)
            give_case_back(simulation, desk);
        else if (simulation_dice(simulation, PERMILLE) < 5)
            renew_case(simulation, desk);
        else
            dial_number(simulation, i);
        break;
    case DESK_RINGS:
        ring(simulation, desk);
        break;
    case DESK_TALKS:
        say(simulation, desk);
        break;
    case DESK_ENDS:
        finish_dial(simulation, desk);
        break;
    }
}
