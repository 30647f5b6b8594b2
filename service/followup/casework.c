#include "service/followup/casework_room.h"

#include "base/alloc.h"
#include "base/civil.h"

#include "service/auth/random.h"
#include "service/storage/sealed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- transitions ---- */

#define BIT(act) (1U << (act))

/* Acts that may take a case from one state (the row) to another (the column); empty places are refused.
 *
 *                 QUEUED          LEASED       APPOINTMENT   WAITING          FINAL
 *   QUEUED        assign, place   lease        book          place            settle, ban, place,
 *                                                                             hand over
 *   LEASED        give back,      hold,        give back,    give back,       finish, lapse,
 *                 lapse, end      finish       finish,       finish,          give back, end
 *                                              lapse, end    lapse, end
 *   APPOINTMENT   -               lease        assign, book, place            settle, ban, place
 *                                              place, end
 *   WAITING       place           lease        book          assign, place,   settle, ban, place
 *                                                            end
 *   FINAL         take back       -            -             free, take back  correct, take back
 *
 * What a held case becomes is what the protocol says of its past (situation_place), whoever lets go of it. */
static const uint32_t allowed[CASE_STATE_COUNT][CASE_STATE_COUNT] = {
    [CASE_QUEUED] =
        {
            [CASE_QUEUED] = BIT(ACT_ASSIGN) | BIT(ACT_PLACE),
            [CASE_LEASED] = BIT(ACT_LEASE),
            [CASE_APPOINTMENT] = BIT(ACT_BOOK),
            [CASE_WAITING] = BIT(ACT_PLACE),
            [CASE_FINAL] = BIT(ACT_SETTLE) | BIT(ACT_BAN) | BIT(ACT_PLACE) | BIT(ACT_HAND_OVER),
        },
    [CASE_LEASED] =
        {
            [CASE_QUEUED] = BIT(ACT_GIVE_BACK) | BIT(ACT_LAPSE) | BIT(ACT_END),
            [CASE_LEASED] = BIT(ACT_HOLD) | BIT(ACT_FINISH),
            [CASE_APPOINTMENT] =
                BIT(ACT_GIVE_BACK) | BIT(ACT_FINISH) | BIT(ACT_LAPSE) | BIT(ACT_END),
            [CASE_WAITING] = BIT(ACT_GIVE_BACK) | BIT(ACT_FINISH) | BIT(ACT_LAPSE) | BIT(ACT_END),
            [CASE_FINAL] = BIT(ACT_GIVE_BACK) | BIT(ACT_FINISH) | BIT(ACT_LAPSE) | BIT(ACT_END),
        },
    [CASE_APPOINTMENT] =
        {
            [CASE_LEASED] = BIT(ACT_LEASE),
            [CASE_APPOINTMENT] = BIT(ACT_ASSIGN) | BIT(ACT_BOOK) | BIT(ACT_PLACE) | BIT(ACT_END),
            [CASE_WAITING] = BIT(ACT_PLACE),
            [CASE_FINAL] = BIT(ACT_SETTLE) | BIT(ACT_BAN) | BIT(ACT_PLACE),
        },
    [CASE_WAITING] =
        {
            [CASE_QUEUED] = BIT(ACT_PLACE),
            [CASE_LEASED] = BIT(ACT_LEASE),
            [CASE_APPOINTMENT] = BIT(ACT_BOOK) | BIT(ACT_PLACE),
            [CASE_WAITING] = BIT(ACT_ASSIGN) | BIT(ACT_PLACE) | BIT(ACT_END),
            [CASE_FINAL] = BIT(ACT_SETTLE) | BIT(ACT_BAN) | BIT(ACT_PLACE),
        },
    [CASE_FINAL] =
        {
            [CASE_QUEUED] = BIT(ACT_TAKE_BACK),
            [CASE_WAITING] = BIT(ACT_FREE) | BIT(ACT_TAKE_BACK),
            [CASE_FINAL] = BIT(ACT_CORRECT) | BIT(ACT_TAKE_BACK),
        },
};

static const char *act_words(enum case_act act)
{
    switch (act) {
    case ACT_LEASE:
        return "given out";
    case ACT_HOLD:
        return "held on";
    case ACT_GIVE_BACK:
        return "given back";
    case ACT_FINISH:
        return "dialled";
    case ACT_LAPSE:
        return "swept";
    case ACT_PLACE:
        return "placed anew";
    case ACT_ASSIGN:
        return "assigned";
    case ACT_BOOK:
        return "booked";
    case ACT_FREE:
        return "freed";
    case ACT_SETTLE:
        return "settled";
    case ACT_BAN:
        return "banned";
    case ACT_CORRECT:
        return "corrected";
    case ACT_HAND_OVER:
        return "handed over";
    case ACT_TAKE_BACK:
        return "taken back";
    case ACT_END:
        return "ended";
    }
    return "changed";
}

bool case_is_done(const struct followup_case *row)
{
    return row->state == CASE_FINAL && row->code[0] != '\0';
}

static bool is_answered(const struct followup_case *row)
{
    return row->state == CASE_FINAL &&
           (strcmp(row->code, "1.1") == 0 || strcmp(row->code, "1.2") == 0);
}

int case_change(struct store *store, enum case_act act, const struct followup_case *was,
                const struct followup_case *row, struct err *err)
{
    if ((allowed[was->state][row->state] & BIT(act)) == 0)
        return err_set(err, ERR_WRONG_STATE, "case %jd is %s: it cannot be %s", (intmax_t)was->id,
                       case_state_word(was->state), act_words(act));
    const struct campaign_unit_change change = {
        .queued = (row->state == CASE_QUEUED) - (was->state == CASE_QUEUED),
        .final = case_is_done(row) - case_is_done(was),
        .complete = is_answered(row) - is_answered(was),
    };
    int rc = act == ACT_HOLD ? case_put_held(store, row, err) : case_put(store, row, err);
    if (rc == OK && (change.queued != 0 || change.final != 0 || change.complete != 0))
        rc = campaign_unit_add(store, row->campaign_id, row->unit, &change, err);
    return rc;
}

static void case_become(struct followup_case *row, enum case_state state, int64_t from_utc,
                        int64_t until_utc)
{
    row->state = state;
    row->from_utc = from_utc;
    row->until_utc = until_utc;
    row->account_id = 0;
    row->code[0] = '\0';
    row->why[0] = '\0';
    row->final_utc = 0;
}

void case_become_queued(struct followup_case *row)
{
    case_become(row, CASE_QUEUED, CASE_UTC_NEVER, CASE_UTC_NEVER);
}

void case_become_leased(struct followup_case *row, int64_t account_id, int64_t now_utc,
                        int64_t lease_s)
{
    case_become(row, CASE_LEASED, now_utc, now_utc + lease_s);
    row->account_id = account_id;
}

void case_become_waiting(struct followup_case *row, int64_t from_utc, int64_t until_utc)
{
    case_become(row, CASE_WAITING, from_utc, until_utc);
}

void case_become_appointment(struct followup_case *row, int64_t from_utc, int64_t until_utc)
{
    case_become(row, CASE_APPOINTMENT, from_utc, until_utc);
    row->account_id = row->appointment_account;
}

void case_become_final(struct followup_case *row, const char *code, const char *why,
                       int64_t now_utc)
{
    case_become(row, CASE_FINAL, CASE_UTC_NEVER, CASE_UTC_NEVER);
    (void)snprintf(row->code, sizeof row->code, "%s", code);
    (void)snprintf(row->why, sizeof row->why, "%s", why);
    row->final_utc = now_utc;
    row->appointment_utc = 0;
    row->appointment_account = 0;
}

void case_park(struct followup_case *row)
{
    row->from_utc = CASEWORK_PARKED_UTC;
    row->until_utc = CASEWORK_PARKED_UTC;
}

bool case_is_parked(const struct followup_case *row)
{
    return row->from_utc == CASEWORK_PARKED_UTC;
}

int case_get_held(struct store *store, int64_t case_id, int64_t account_id,
                  struct followup_case *out, struct err *err)
{
    struct followup_case row;
    int rc = case_get(store, case_id, &row, err);
    if (rc != OK)
        return rc;
    if (row.state != CASE_LEASED || row.account_id != account_id)
        return err_set(err, ERR_WRONG_STATE, "case %jd is not held by account %jd",
                       (intmax_t)case_id, (intmax_t)account_id);
    *out = row;
    return OK;
}

/* ---- lists ---- */

int case_list_take(void *context, const struct followup_case *row, struct err *err)
{
    enum { FIRST_CAPACITY = 32 };
    struct case_list *list = context;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity > 0 ? 2 * list->capacity : FIRST_CAPACITY;
        struct followup_case *rows = mem_realloc(list->rows, size_multiply(capacity, sizeof *rows));
        if (rows == NULL)
            return err_set(err, ERR_NOMEM, "could not list %zu cases", capacity);
        list->rows = rows;
        list->capacity = capacity;
    }
    list->rows[list->count++] = *row;
    return OK;
}

void case_list_deinit(struct case_list *list)
{
    mem_free(list->rows);
    *list = (struct case_list){NULL, 0, 0};
}

static int compare_by_unit(const void *a, const void *b)
{
    const struct followup_case *one = a;
    const struct followup_case *other = b;
    if (one->unit != other->unit)
        return one->unit < other->unit ? -1 : 1;
    return one->shuffle < other->shuffle ? -1 : one->shuffle > other->shuffle;
}

int case_list_pick(struct casework *work, struct case_list *list, int64_t count, struct err *err)
{
    int64_t n = (int64_t)list->count;
    uint64_t random = 0;
    if (count >= n)
        return OK;
    struct followup_case *picked = mem_calloc((size_t)count + 1, sizeof *picked);
    if (picked == NULL)
        return err_set(err, ERR_NOMEM, "could not pick %jd cases", (intmax_t)count);
    int rc = casework_random(work, &random, err);
    qsort(list->rows, list->count, sizeof *list->rows, compare_by_unit);
    int64_t start = (int64_t)(random % (uint64_t)n);
    size_t at = 0;
    for (int64_t i = 0; i < n; i++) {
        if ((i + 1) * count / n != i * count / n)
            picked[at++] = list->rows[(start + i) % n];
    }
    mem_free(list->rows);
    *list = (struct case_list){picked, at, (size_t)count + 1};
    return rc;
}

/* ---- campaigns ---- */

enum { ROUND_MAX_BYTES = 1024 * 1024 };

static void campaign_hours_free(struct campaign_hours *hours)
{
    round_basis_deinit(&hours->basis);
    arena_deinit(&hours->arena);
    mem_free(hours);
}

static int fill_hours(struct store *store, const struct campaign_row *row,
                      struct campaign_hours *hours, struct err *err)
{
    struct round_row round;
    arena_init(&hours->arena, ROUND_MAX_BYTES);
    hours->row = *row;
    hours->row.opened_by = arena_copy(&hours->arena, row->opened_by);
    hours->row.round_name = arena_copy(&hours->arena, row->round_name);
    if (hours->row.opened_by.ptr == NULL || hours->row.round_name.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not keep campaign %jd", (intmax_t)row->id);
    int rc = round_get_kept(store, hours->row.round_name, &hours->arena, &round, err);
    if (rc == OK)
        rc = round_basis_load(store, &round, BYTES_NONE, row->opened_utc, &hours->basis, err);
    if (rc != OK)
        return rc;
    hours->hours =
        (struct calling_hours){&hours->basis.rules, hours->basis.zone, hours->basis.calendar};
    return OK;
}

/* NULL: `err` says why. */
static struct campaign_hours *load_hours(struct casework *work, struct store *store,
                                         const struct campaign_row *row, struct err *err)
{
    struct campaign_hours *hours = mem_calloc(1, sizeof *hours);
    if (hours == NULL) {
        (void)err_set(err, ERR_NOMEM, "could not load campaign %jd", (intmax_t)row->id);
        return NULL;
    }
    if (fill_hours(store, row, hours, err) != OK) {
        campaign_hours_free(hours);
        return NULL;
    }
    hours->next = work->campaigns;
    work->campaigns = hours;
    return hours;
}

static bool is_of(const struct campaign_hours *hours, const struct campaign_row *row)
{
    return hours->row.id == row->id && hours->row.round_id == row->round_id &&
           hours->row.draw_no == row->draw_no && hours->row.opened_utc == row->opened_utc;
}

int campaign_load(struct casework *work, struct store *store, int64_t id, struct campaign *out,
                  struct err *err)
{
    struct campaign_row row;
    int rc = campaign_get(store, id, &row, err);
    if (rc != OK)
        return rc;
    struct campaign_hours *hours = work->campaigns;
    while (hours != NULL && !is_of(hours, &row))
        hours = hours->next;
    if (hours == NULL)
        hours = load_hours(work, store, &row, err);
    if (hours == NULL)
        return err->code;
    row.round_name = hours->row.round_name;
    row.opened_by = hours->row.opened_by;
    *out = (struct campaign){row, &hours->hours};
    return OK;
}

int campaign_load_open(struct casework *work, struct store *store, int64_t id, struct campaign *out,
                       struct err *err)
{
    struct campaign campaign = {.hours = NULL};
    int rc = campaign_load(work, store, id, &campaign, err);
    if (rc == OK && (campaign.row.ended_utc != 0 || campaign.row.is_over))
        rc = err_set(err, ERR_WRONG_STATE, "campaign %jd has ended", (intmax_t)id);
    if (rc == OK)
        *out = campaign;
    return rc;
}

int64_t campaign_day(const struct campaign *campaign, int64_t utc)
{
    return zone_day(campaign->hours->zone, (struct moment){utc, MOMENT_INSTANT});
}

int casework_hours(struct casework *work, struct store *store, int64_t campaign_id,
                   const struct calling_hours **out, struct err *err)
{
    struct campaign campaign = {.hours = NULL};
    int rc = campaign_load(work, store, campaign_id, &campaign, err);
    if (rc == OK)
        *out = campaign.hours;
    return rc;
}

enum script_kind casework_script_of(const struct fact *fact)
{
    if (fact->closed.kind == MOMENT_NONE && fact->status != ORDER_STATUS_CLOSED)
        return SCRIPT_OVERDUE;
    return fact->kind == ORDER_KIND_CONSULT ? SCRIPT_CONSULT : SCRIPT_ORDINARY;
}

int casework_script(struct store *store, int64_t round_id, int64_t handling_id,
                    enum script_kind *out, struct err *err)
{
    struct fact_row row;
    int judgement = 0;
    int rc = round_fact_get(store, round_id, handling_id, &row, &judgement, err);
    if (rc == OK)
        *out = casework_script_of(&row.fact);
    return rc;
}

/* ---- the whole ---- */

static int random64_of_system(void *context, uint64_t *out, struct err *err)
{
    uint64_t number = 0;
    (void)context;
    int rc = random_bytes((unsigned char *)&number, sizeof number, err);
    if (rc == OK)
        *out = number;
    return rc;
}

int casework_random(struct casework *work, uint64_t *out, struct err *err)
{
    return work->options.random64(work->options.context, out, err);
}

static int make_sealers(struct casework *work, const struct vault *vault, struct err *err)
{
    const struct {
        enum sealed_table table;
        struct vault_sealer **sealer;
    } wanted[] = {
        {SEALED_ORDERS, &work->orders},     {SEALED_CASE_NUMBERS, &work->numbers},
        {SEALED_ANSWERS, &work->words},     {SEALED_DIALS, &work->notes},
        {SEALED_ATTEMPTS, &work->outcomes}, {SEALED_DO_NOT_CALL, &work->bans},
    };
    int rc = vault_index_new(vault, &work->index, err);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && rc == OK; i++)
        rc = vault_sealer_new(vault, sealed_purpose(wanted[i].table), wanted[i].sealer, err);
    return rc;
}

int casework_new(const struct datadir *datadir, const struct casework_options *options,
                 struct casework **out, struct err *err)
{
    struct casework *work = mem_calloc(1, sizeof *work);
    if (work == NULL)
        return err_set(err, ERR_NOMEM, "could not begin casework");
    work->datadir = datadir;
    if (options != NULL)
        work->options = *options;
    if (work->options.random64 == NULL)
        work->options.random64 = random64_of_system;
    buf_init(&work->plain, CASE_TEXT_MAX_BYTES);
    buf_init(&work->sealed, 2 * CASE_TEXT_MAX_BYTES);
    int rc = make_sealers(work, datadir->vault, err);
    if (rc != OK) {
        casework_free(work);
        return rc;
    }
    *out = work;
    return OK;
}

void casework_free(struct casework *work)
{
    if (work == NULL)
        return;
    while (work->campaigns != NULL) {
        struct campaign_hours *hours = work->campaigns;
        work->campaigns = hours->next;
        campaign_hours_free(hours);
    }
    buf_wipe(&work->plain);
    buf_deinit(&work->sealed);
    vault_sealer_free(work->orders);
    vault_sealer_free(work->numbers);
    vault_sealer_free(work->words);
    vault_sealer_free(work->notes);
    vault_sealer_free(work->outcomes);
    vault_sealer_free(work->bans);
    vault_index_free(work->index);
    mem_free(work);
}
