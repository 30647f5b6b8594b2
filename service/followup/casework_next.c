#include "service/followup/casework_room.h"

/* What a caller is given. First what they hold, then turn by turn (appointments, retries, fresh cases) through the
 * campaigns. A case that must not be called now is passed over, or placed anew, and the next one is looked at: so
 * many times at most, for a request must end; what is placed anew does not come up again. */

enum {
    SWEEPS = 4,          /* before anything else */
    LOOKS_MAX = 48,      /* at cases */
    CAMPAIGNS_MAX = 64,  /* going on at once */
    OWN_FOR_S = 900,     /* somebody's own appointment is left to them so long */
    ASK_AGAIN_S = 120,   /* when nothing is due: others give back, times pass */
    NOTHING_OPEN_S = 600 /* when no campaign goes on */
};

struct request {
    struct casework *work;
    struct store *store;
    const struct caller *caller;
    struct campaign campaigns[CAMPAIGNS_MAX]; /* whose hours are open */
    int64_t ids[CAMPAIGNS_MAX];
    size_t id_count, count;
    int64_t retry_utc; /* 0: not known */
    int looks_left;
    bool is_found;
    struct leased_case found;
};

static void ask_again(struct request *request, int64_t at_utc)
{
    if (request->retry_utc == 0 || at_utc < request->retry_utc)
        request->retry_utc = at_utc;
}

/* ---- campaigns ---- */

static int on_campaign(void *context, const struct campaign_row *row, struct err *err)
{
    struct request *request = context;
    if (row->is_paused || row->is_over)
        return OK;
    if (request->id_count == CAMPAIGNS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d campaigns go on at once", (int)CAMPAIGNS_MAX);
    request->ids[request->id_count++] = row->id;
    return OK;
}

/* Whether it calls now; one whose calendar has ended does not, and keeps no other from going on. */
static bool is_calling(struct request *request, const struct campaign *campaign)
{
    struct calling_window window;
    struct err unused = {.code = OK};
    bool is_open = false;
    int rc = hours_window(campaign->hours, request->caller->now_utc, &is_open, &window, &unused);
    if (rc == OK && !is_open)
        ask_again(request, window.from_utc);
    return rc == OK && is_open;
}

static int load_campaigns(struct request *request, struct err *err)
{
    int64_t now_utc = request->caller->now_utc;
    int rc = campaigns_each_open(request->store, on_campaign, request, err);
    for (size_t i = 0; i < request->id_count && rc == OK; i++) {
        struct campaign *campaign = &request->campaigns[request->count];
        rc = campaign_load(request->work, request->store, request->ids[i], campaign, err);
        if (rc == OK && is_calling(request, campaign))
            request->count++;
    }
    if (request->count > 0)
        ask_again(request, now_utc + ASK_AGAIN_S);
    return rc;
}

static struct case_wish wish_of(const struct request *request, const struct campaign *campaign,
                                struct bytes language)
{
    return (struct case_wish){
        .campaign_id = campaign->row.id,
        .team_id = request->caller->team_id,
        .language = language,
        .account_id = request->caller->account_id,
        .now_utc = request->caller->now_utc,
        .left_utc = request->caller->now_utc - OWN_FOR_S,
    };
}

/* The languages of a caller: those few speak first, then Mandarin. */
static struct bytes language_at(const struct caller *caller, size_t at)
{
    return at < caller->language_count ? caller->languages[at] : BYTES_LIT("");
}

/* ---- one case ---- */

/* What the protocol would dial first, if today's limits allow; the campaign is as it was loaded. */
static int propose_number(struct casework *work, struct store *store,
                          const struct campaign *campaign, const struct followup_case *row,
                          int64_t now_utc, int64_t *out_no, struct err *err)
{
    struct situation situation;
    struct next next;
    int rc = situation_load(work, store, campaign, row, now_utc, &situation, err);
    if (rc == OK)
        rc = protocol_next(campaign->hours, &situation.past, &next, err);
    if (rc == OK)
        *out_no = situation_number(&situation, next.number_no);
    return rc;
}

int casework_propose(struct casework *work, struct store *store, const struct followup_case *row,
                     int64_t now_utc, int64_t *out_number_no, struct err *err)
{
    struct campaign campaign;
    int rc = campaign_load(work, store, row->campaign_id, &campaign, err);
    return rc == OK ? propose_number(work, store, &campaign, row, now_utc, out_number_no, err) : rc;
}

static int lease(struct request *request, const struct campaign *campaign, enum turn turn,
                 const struct followup_case *was, int64_t number_no, struct err *err)
{
    const struct caller *caller = request->caller;
    struct followup_case row = *was;
    case_become_leased(&row, caller->account_id, caller->now_utc,
                       campaign->hours->rules->followup.lease_s);
    int rc = case_change(request->store, ACT_LEASE, was, &row, err);
    if (rc != OK)
        return rc;
    request->found = (struct leased_case){row, turn, number_no};
    request->is_found = true;
    return OK;
}

/* Give it out, or leave it: then is_found stays false. */
static int consider(struct request *request, const struct campaign *campaign, enum turn turn,
                    const struct followup_case *row, struct err *err)
{
    int64_t number_no = 0;
    bool is_busy = false;
    request->looks_left--;
    int rc = case_number_is_busy(request->store, row->id, &is_busy, err);
    if (rc != OK || is_busy)
        return rc;
    rc = propose_number(request->work, request->store, campaign, row, request->caller->now_utc,
                        &number_no, err);
    if (rc == OK && number_no != 0)
        return lease(request, campaign, turn, row, number_no, err);
    struct followup_case placed = *row;
    return rc == OK ? case_place(request->work, request->store, campaign, ACT_PLACE, row, &placed,
                                 request->caller->now_utc, err)
                    : rc;
}

static bool goes_on(const struct request *request, int rc)
{
    return rc == OK && !request->is_found && request->looks_left > 0;
}

/* ERR_NOT_FOUND of a look is no error. */
static int looked(int rc, const struct err *look, bool *out_is_there, struct err *err)
{
    *out_is_there = rc == OK;
    if (rc != OK && rc != ERR_NOT_FOUND)
        *err = *look;
    return rc == ERR_NOT_FOUND ? OK : rc;
}

/* ---- turns ---- */

static int try_own_appointment(struct request *request, const struct campaign *campaign,
                               struct err *err)
{
    const struct case_wish wish = wish_of(request, campaign, BYTES_LIT(""));
    struct followup_case row;
    struct err look = {0};
    bool is_there = false;
    int rc = looked(case_find_own_appointment(request->store, &wish, &row, &look), &look, &is_there,
                    err);
    return rc == OK && is_there ? consider(request, campaign, TURN_APPOINTMENT, &row, err) : rc;
}

static int try_due(struct request *request, const struct campaign *campaign, enum case_state state,
                   struct bytes language, struct err *err)
{
    const struct case_wish wish = wish_of(request, campaign, language);
    enum turn turn = state == CASE_APPOINTMENT ? TURN_APPOINTMENT : TURN_RETRY;
    struct followup_case row = {.from_utc = 0, .id = 0};
    bool is_there = true;
    int rc = OK;
    while (is_there && goes_on(request, rc)) {
        struct err look = {0};
        rc = looked(case_find_due(request->store, &wish, state, row.from_utc, row.id, &row, &look),
                    &look, &is_there, err);
        if (rc == OK && is_there)
            rc = consider(request, campaign, turn, &row, err);
    }
    return rc;
}

static int try_queued(struct request *request, const struct campaign *campaign, int64_t unit,
                      struct bytes language, struct err *err)
{
    const struct case_wish wish = wish_of(request, campaign, language);
    struct followup_case row = {.shuffle = INT64_MIN};
    bool is_there = true;
    int rc = OK;
    while (is_there && goes_on(request, rc)) {
        struct err look = {0};
        rc = looked(case_find_queued(request->store, &wish, unit, row.shuffle, &row, &look), &look,
                    &is_there, err);
        if (rc == OK && is_there)
            rc = consider(request, campaign, TURN_FRESH, &row, err);
    }
    return rc;
}

static int try_unit(struct request *request, const struct campaign *campaign, int64_t unit,
                    struct err *err)
{
    int rc = OK;
    for (size_t at = 0; at <= request->caller->language_count && goes_on(request, rc); at++)
        rc = try_queued(request, campaign, unit, language_at(request->caller, at), err);
    return rc;
}

/* A unit of which a case was placed anew meanwhile may come again, farther on. */
static int try_fresh(struct request *request, const struct campaign *campaign, struct err *err)
{
    struct fresh_unit unit = {.share = -1.0};
    bool is_there = true;
    int rc = OK;
    while (is_there && goes_on(request, rc)) {
        struct err look = {0};
        rc = looked(campaign_unit_find_fresh(request->store, campaign->row.id, &unit, &unit, &look),
                    &look, &is_there, err);
        if (rc == OK && is_there)
            rc = try_unit(request, campaign, unit.unit, err);
    }
    return rc;
}

static int try_turn(struct request *request, const struct campaign *campaign, enum turn turn,
                    struct err *err)
{
    int rc = OK;
    if (turn == TURN_FRESH)
        return try_fresh(request, campaign, err);
    if (turn == TURN_APPOINTMENT)
        rc = try_own_appointment(request, campaign, err);
    enum case_state state = turn == TURN_APPOINTMENT ? CASE_APPOINTMENT : CASE_WAITING;
    for (size_t at = 0; at <= request->caller->language_count && goes_on(request, rc); at++)
        rc = try_due(request, campaign, state, language_at(request->caller, at), err);
    return rc;
}

/* When what waits becomes due. */
static int look_ahead(struct request *request, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < request->count && rc == OK; i++) {
        for (size_t at = 0; at <= request->caller->language_count && rc == OK; at++) {
            const struct case_wish wish =
                wish_of(request, &request->campaigns[i], language_at(request->caller, at));
            int64_t due_utc = 0;
            rc = cases_next_due(request->store, &wish, &due_utc, err);
            if (rc == OK && due_utc != 0)
                ask_again(request, due_utc);
        }
    }
    if (request->retry_utc == 0)
        request->retry_utc = request->caller->now_utc + NOTHING_OPEN_S;
    return rc;
}

static int find(struct request *request, struct err *err)
{
    static const enum turn turns[] = {TURN_APPOINTMENT, TURN_RETRY, TURN_FRESH};
    int rc = load_campaigns(request, err);
    for (size_t t = 0; t < sizeof turns / sizeof *turns; t++) {
        for (size_t i = 0; i < request->count && goes_on(request, rc); i++)
            rc = try_turn(request, &request->campaigns[i], turns[t], err);
    }
    if (rc == OK && !request->is_found)
        rc = look_ahead(request, err);
    return rc;
}

/* ---- what is held ---- */

static int find_held(struct request *request, struct err *err)
{
    struct followup_case row;
    struct err look = {0};
    bool is_there = false;
    int64_t number_no = 0;
    int rc = looked(case_find_leased(request->store, request->caller->account_id, &row, &look),
                    &look, &is_there, err);
    if (rc != OK || !is_there)
        return rc;
    if (row.until_utc <= request->caller->now_utc)
        return case_sweep(request->work, request->store, &row, request->caller->now_utc, err);
    rc = casework_propose(request->work, request->store, &row, request->caller->now_utc, &number_no,
                          err);
    if (rc != OK)
        return rc;
    request->found = (struct leased_case){row, TURN_HELD, number_no};
    request->is_found = true;
    return OK;
}

int casework_next(struct casework *work, struct store *store, const struct caller *caller,
                  struct leased_case *out, int64_t *out_retry_utc, struct err *err)
{
    struct request request = {
        .work = work, .store = store, .caller = caller, .looks_left = LOOKS_MAX};
    int swept = 0;
    int rc = casework_sweep(work, store, caller->now_utc, SWEEPS, &swept, err);
    if (rc == OK)
        rc = find_held(&request, err);
    if (rc == OK && !request.is_found)
        rc = find(&request, err);
    if (rc != OK)
        return rc;
    if (!request.is_found) {
        *out_retry_utc = request.retry_utc;
        return err_set(err, ERR_NOT_FOUND, "no case is due");
    }
    *out = request.found;
    return OK;
}
