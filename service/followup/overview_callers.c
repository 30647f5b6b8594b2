#include "service/followup/overview_room.h"

#include "base/alloc.h"
#include "base/civil.h"

#include "service/host/files.h"
#include "service/storage/accounts.h"
#include "service/storage/shifts.h"

#include <stdlib.h>

/* Who may call, who is on duty, and what they did today. */

const char *overview_caller_word(enum overview_caller_state state)
{
    switch (state) {
    case CALLER_OFF:
        break;
    case CALLER_IDLE:
        return "idle";
    case CALLER_HOLDING:
        return "holding";
    case CALLER_DIALLING:
        return "dialling";
    }
    return "off";
}

/* ---- accounts ---- */

static bool may_call(struct bytes role)
{
    return bytes_equal(role, BYTES_LIT("caller")) || bytes_equal(role, BYTES_LIT("checker")) ||
           bytes_equal(role, BYTES_LIT("supervisor"));
}

static bool is_ours(const struct overview_work *work, const struct account_row *row)
{
    return may_call(row->role) && (work->wish.team_id == 0 || row->team_id == work->wish.team_id);
}

static int on_any_account(void *context, const struct account_row *row, struct err *err)
{
    struct overview_work *work = context;
    (void)err;
    work->account_count += is_ours(work, row) ? 1 : 0;
    return OK;
}

static int on_account(void *context, const struct account_row *row, struct err *err)
{
    struct overview_work *work = context;
    if (!is_ours(work, row))
        return OK;
    struct overview_account *account = &work->accounts[work->account_count++];
    *account = (struct overview_account){
        .id = row->id,
        .team_id = row->team_id,
        .is_disabled = row->is_disabled,
        .name = arena_copy(work->arena, row->name),
        .display_name = arena_copy(work->arena, row->display_name),
        .team = arena_copy(work->arena, row->team_name),
    };
    return account->name.ptr != NULL && account->display_name.ptr != NULL &&
                   account->team.ptr != NULL
               ? OK
               : err_set(err, ERR_NOMEM, "could not list the callers");
}

static int compare_accounts(const void *a, const void *b)
{
    const struct overview_account *one = a;
    const struct overview_account *other = b;
    return one->id < other->id ? -1 : one->id > other->id;
}

int overview_load_accounts(struct overview_work *work, struct err *err)
{
    int rc = accounts_each(work->store, BYTES_NONE, 0, on_any_account, work, err);
    if (rc != OK)
        return rc;
    work->accounts = arena_alloc(work->arena, (work->account_count + 1) * sizeof *work->accounts);
    work->account_count = 0;
    if (work->accounts == NULL)
        return err_set(err, ERR_NOMEM, "could not list the callers");
    rc = accounts_each(work->store, BYTES_NONE, 0, on_account, work, err);
    if (rc == OK && work->account_count > 0)
        qsort(work->accounts, work->account_count, sizeof *work->accounts, compare_accounts);
    return rc;
}

const struct overview_account *overview_account(const struct overview_work *work, int64_t id)
{
    const struct overview_account wanted = {.id = id};
    return work->account_count > 0 ? bsearch(&wanted, work->accounts, work->account_count,
                                             sizeof wanted, compare_accounts)
                                   : NULL;
}

const struct overview_account *overview_account_named(const struct overview_work *work,
                                                      struct bytes name)
{
    for (size_t i = 0; i < work->account_count; i++) {
        if (bytes_equal(work->accounts[i].name, name))
            return &work->accounts[i];
    }
    return NULL;
}

/* ---- today ---- */

/* The caller of an account of ours; NULL: it is none. */
static struct overview_caller *caller_of(struct overview_work *work, int64_t account_id)
{
    struct overview *out = work->out;
    for (size_t i = 0; i < out->caller_count; i++) {
        if (out->callers[i].account_id == account_id)
            return &out->callers[i];
    }
    const struct overview_account *account = overview_account(work, account_id);
    if (account == NULL)
        return NULL;
    struct overview_caller *caller = &out->callers[out->caller_count++];
    *caller = (struct overview_caller){.account_id = account_id,
                                       .name = account->name,
                                       .display_name = account->display_name,
                                       .team = account->team};
    return caller;
}

static int on_work(void *context, const struct dial_work *done, struct err *err)
{
    struct overview_caller *caller = caller_of(context, done->account_id);
    (void)err;
    if (caller == NULL)
        return OK;
    caller->dials = done->dials;
    caller->completes = done->completes;
    caller->partials = done->partials;
    caller->refusals = done->refusals;
    caller->interrupted = done->interrupted;
    caller->seconds = done->seconds;
    caller->last_utc = done->last_utc;
    return OK;
}

static int on_shift(void *context, const struct shift_row *shift, struct err *err)
{
    struct overview_work *work = context;
    struct overview_caller *caller = caller_of(work, shift->account_id);
    (void)err;
    if (caller == NULL)
        return OK;
    int64_t until_utc = shift->ended_utc != 0 ? shift->ended_utc : work->wish.now_utc;
    caller->shift_s += until_utc > shift->started_utc ? until_utc - shift->started_utc : 0;
    if (shift->ended_utc == 0)
        caller->state = CALLER_IDLE;
    return OK;
}

/* What is held may be of another campaign: it says that the caller is busy, not with what. */
static int look_at_caller(const struct overview_work *work, struct overview_caller *caller,
                          struct err *err)
{
    struct followup_case held;
    struct dial_row dial;
    struct err other = {0};
    int rc = case_find_leased(work->store, caller->account_id, &held, &other);
    if (rc == OK) {
        caller->state = CALLER_HOLDING;
        rc = dial_get_open(work->store, held.id, &dial, &other);
        if (rc == OK && dial.account_id == caller->account_id)
            caller->state = CALLER_DIALLING;
    }
    if (rc == OK || rc == ERR_NOT_FOUND)
        return OK;
    *err = other;
    return rc;
}

static int compare_callers(const void *a, const void *b)
{
    return bytes_compare(((const struct overview_caller *)a)->name,
                         ((const struct overview_caller *)b)->name);
}

int overview_load_callers(struct overview_work *work, struct err *err)
{
    struct overview *out = work->out;
    int64_t shift_day = seconds_to_day(work->wish.now_utc + OFFICE_OFFSET_S);
    int64_t team_id = work->wish.team_id == 0 ? -1 : work->wish.team_id;
    out->callers = arena_alloc(work->arena, (work->account_count + 1) * sizeof *out->callers);
    if (out->callers == NULL)
        return err_set(err, ERR_NOMEM, "could not list the callers");
    int rc = dial_work_each(work->store, out->campaign.id, 0, work->today, work->today, on_work,
                            work, err);
    if (rc == OK)
        rc = shifts_each(work->store, shift_day, shift_day, team_id, on_shift, work, err);
    for (size_t i = 0; i < out->caller_count && rc == OK; i++)
        rc = look_at_caller(work, &out->callers[i], err);
    if (rc == OK && out->caller_count > 0)
        qsort(out->callers, out->caller_count, sizeof *out->callers, compare_callers);
    return rc;
}

/* ---- languages ---- */

static int on_language(void *context, int64_t account_id, struct bytes language, struct err *err)
{
    struct overview_work *work = context;
    const struct overview_account *account = overview_account(work, account_id);
    (void)err;
    for (size_t i = 0; i < work->out->language_count; i++) {
        struct overview_language *of_cases = &work->out->languages[i];
        if (bytes_equal(bytes_from_z(of_cases->language), language) && account != NULL &&
            !account->is_disabled)
            of_cases->speakers++;
    }
    return OK;
}

int overview_count_speakers(struct overview_work *work, struct err *err)
{
    return caller_languages_each(work->store, 0, on_language, work, err);
}
