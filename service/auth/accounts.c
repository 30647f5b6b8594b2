#include "service/auth/accounts.h"

#include "service/auth/office.h"
#include "service/storage/units.h"

#include <stdio.h>

enum { NAME_MIN = 2, NAME_MAX = 32, DISPLAY_NAME_MAX = 64, DETAILS_BYTES = 160 };

/* ---- what may be wished ---- */

bool account_name_is_good(struct bytes name)
{
    if (name.len < NAME_MIN || name.len > NAME_MAX || name.ptr[0] < 'a' || name.ptr[0] > 'z')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.ptr[i];
        if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '.' ||
              byte == '_' || byte == '-'))
            return false;
    }
    return true;
}

/* Whether one more fits in. */
static int check_room(const struct account_office *office, const struct team_row *team,
                      struct err *err)
{
    int64_t count = 0, most = team->max_accounts;
    if (most == 0)
        return OK;
    int rc = accounts_count_of_team(office->store, team->id, &count, err);
    if (rc == OK && count >= most)
        rc = err_set(err, ERR_REFUSED, "team %jd is full: it may have %jd accounts",
                     (intmax_t)team->id, (intmax_t)most);
    return rc;
}

/* `former` is the account as it was, NULL: a new one. */
static int check_team(const struct account_office *office, const struct account_wish *wish,
                      const struct account_row *former, int64_t *out_id, struct err *err)
{
    struct team_row team = {.id = 0};
    int rc = OK;
    if (wish->team.len > 0)
        rc = team_get(office->store, wish->team, &team, err);
    if (rc != OK || wish->team.len == 0) {
        if (rc == OK)
            *out_id = 0;
        return rc;
    }
    if (bytes_equal(team.kind, BYTES_LIT("contractor")) &&
        !role_may_be_in_contractor_team(wish->role))
        return err_set(err, ERR_REFUSED, "a contractor's team has no \"%s\"",
                       role_word(wish->role));
    bool is_counted = former != NULL && (former->is_disabled || former->team_id == team.id);
    if (!is_counted)
        rc = check_room(office, &team, err);
    if (rc == OK)
        *out_id = team.id;
    return rc;
}

static int check_unit(const struct account_office *office, const struct account_wish *wish,
                      struct err *err)
{
    struct unit_row unit = {.id = 0};
    if (wish->unit_code.len == 0)
        return wish->role != ROLE_LIAISON
                   ? OK
                   : err_set(err, ERR_FORMAT, "unit_code: a liaison needs a unit");
    if (wish->role != ROLE_LIAISON && wish->role != ROLE_OFFICE)
        return err_set(err, ERR_FORMAT, "unit_code: \"%s\" sees no single unit",
                       role_word(wish->role));
    return unit_get_by_code(office->store, wish->unit_code, &unit, err);
}

/* Fill what the wish decides. */
static int fill(const struct account_office *office, const struct account_wish *wish,
                const struct account_row *former, struct account_row *row, struct err *err)
{
    int64_t team_id = 0;
    int rc = check_team(office, wish, former, &team_id, err);
    if (rc == OK)
        rc = check_unit(office, wish, err);
    if (rc != OK)
        return rc;
    row->role = bytes_from_z(role_word(wish->role));
    row->team_id = team_id;
    row->unit_code = wish->unit_code;
    return OK;
}

static int audit_role(const struct account_office *office, const char *action, struct bytes name,
                      const struct account_row *row, struct err *err)
{
    char details[DETAILS_BYTES];
    (void)snprintf(details, sizeof details, "{\"role\":\"" BYTES_FMT "\",\"team\":%jd}",
                   BYTES_ARG(row->role), (intmax_t)row->team_id);
    return office_audit(office, action, name, AUDIT_DONE, details, err);
}

static int check_may_add(const struct account_office *office, enum role role, struct err *err)
{
    bool is_there = false;
    if (!bytes_equal(office->actor.role, bytes_from_z(role_word(ROLE_ADMINISTRATOR))) ||
        !role_watches_others(role))
        return OK;
    int rc = accounts_have_role(office->store, bytes_from_z(role_word(role)), &is_there, err);
    if (rc == OK && is_there)
        rc = err_set(err, ERR_PERMISSION, "an administrator adds no other \"%s\"", role_word(role));
    return rc;
}

int account_add(const struct account_office *office, const struct account_wish *wish,
                const char *password_hash, int64_t *out_id, struct err *err)
{
    if (!account_name_is_good(wish->name))
        return err_set(err, ERR_FORMAT, "name: \"" BYTES_FMT "\" is no name of an account",
                       BYTES_ARG(wish->name));
    if (!office_text_is_good(wish->display_name, DISPLAY_NAME_MAX))
        return err_set(err, ERR_FORMAT, "display_name: needs 1 to %d characters", DISPLAY_NAME_MAX);
    struct account_row row = {
        .name = wish->name,
        .display_name = wish->display_name,
        .password = bytes_from_z(password_hash),
        .password_utc = office->now_utc,
        .must_change = true,
        .created_utc = office->now_utc,
        .created_by = office->actor.who,
    };
    int rc = check_may_add(office, wish->role, err);
    if (rc == OK)
        rc = fill(office, wish, NULL, &row, err);
    if (rc == OK)
        rc = account_put_new(office->store, &row, err);
    if (rc == OK)
        rc = audit_role(office, "account.add", row.name, &row, err);
    if (rc == OK)
        *out_id = row.id;
    return rc;
}

/* ---- what others do to an account ---- */

/* Somebody must remain who can let people in. */
static int check_administrators(const struct account_office *office, const struct account_row *row,
                                struct err *err)
{
    struct bytes administrator = bytes_from_z(role_word(ROLE_ADMINISTRATOR));
    int64_t count = 0;
    if (row->is_disabled || !bytes_equal(row->role, administrator))
        return OK;
    int rc = accounts_count_of_role(office->store, administrator, &count, err);
    if (rc == OK && count <= 1)
        rc = err_set(err, ERR_REFUSED, "\"" BYTES_FMT "\" is the last enabled administrator",
                     BYTES_ARG(row->name));
    return rc;
}

static int disable(const struct account_office *office, struct account_row *row, struct err *err)
{
    int rc = check_administrators(office, row, err);
    if (rc != OK)
        return rc;
    row->is_disabled = true;
    row->disabled_utc = office->now_utc;
    rc = account_put(office->store, row, err);
    return rc == OK ? office_end_sessions(office, row->id, 0, "disabled", err) : rc;
}

static int enable(const struct account_office *office, struct account_row *row, struct err *err)
{
    struct team_row team = {.id = 0};
    int rc = OK;
    if (row->team_id != 0)
        rc = team_get(office->store, row->team_name, &team, err);
    if (rc == OK)
        rc = check_room(office, &team, err);
    row->is_disabled = false;
    row->disabled_utc = 0;
    return rc == OK ? account_put(office->store, row, err) : rc;
}

int account_set_enabled(const struct account_office *office, struct bytes name, bool is_enabled,
                        struct err *err)
{
    struct held_account account = {.row = {.id = 0}};
    int rc = held_account_load(&account, office->store, name, err);
    if (rc == OK && account.row.is_disabled == is_enabled) {
        rc = is_enabled ? enable(office, &account.row, err) : disable(office, &account.row, err);
        if (rc == OK)
            rc = office_audit(office, is_enabled ? "account.enable" : "account.disable", name,
                              AUDIT_DONE, NULL, err);
    }
    held_account_deinit(&account);
    return rc;
}

int account_set_role(const struct account_office *office, const struct account_wish *wish,
                     struct err *err)
{
    struct held_account account = {.row = {.id = 0}};
    struct account_row *row = &account.row;
    if (wish->display_name.len > 0 && !office_text_is_good(wish->display_name, DISPLAY_NAME_MAX))
        return err_set(err, ERR_FORMAT, "display_name: needs 1 to %d characters", DISPLAY_NAME_MAX);
    if (bytes_equal(wish->name, office->actor.who))
        return err_set(err, ERR_REFUSED, "\"" BYTES_FMT "\" cannot change their own role",
                       BYTES_ARG(wish->name));
    int rc = held_account_load(&account, office->store, wish->name, err);
    if (rc == OK && wish->role != ROLE_ADMINISTRATOR)
        rc = check_administrators(office, row, err);
    if (rc == OK)
        rc = fill(office, wish, row, row, err);
    if (rc == OK && wish->display_name.len > 0)
        row->display_name = wish->display_name;
    if (rc == OK)
        rc = account_put(office->store, row, err);
    if (rc == OK)
        rc = office_end_sessions(office, row->id, 0, "role", err);
    if (rc == OK)
        rc = audit_role(office, "account.role", wish->name, row, err);
    held_account_deinit(&account);
    return rc;
}

static void forget_failures(struct account_row *row)
{
    row->failures = 0;
    row->failed_utc = 0;
    row->locked_until_utc = 0;
}

static void set_password(const struct account_office *office, struct account_row *row,
                         const char *password_hash, bool must_change)
{
    row->password = bytes_from_z(password_hash);
    row->password_utc = office->now_utc;
    row->must_change = must_change;
}

/* Store what was changed, end the sessions if `why` is given, and enter it. */
static int put_changed(const struct account_office *office, const struct account_row *row,
                       const char *why, const char *action, struct err *err)
{
    int rc = account_put(office->store, row, err);
    if (rc == OK && why != NULL)
        rc = office_end_sessions(office, row->id, 0, why, err);
    return rc == OK ? office_audit(office, action, row->name, AUDIT_DONE, NULL, err) : rc;
}

int account_reset(const struct account_office *office, struct bytes name, const char *password_hash,
                  struct err *err)
{
    struct held_account account = {.row = {.id = 0}};
    int rc = held_account_load(&account, office->store, name, err);
    if (rc == OK) {
        set_password(office, &account.row, password_hash, true);
        forget_failures(&account.row);
        rc = put_changed(office, &account.row, "password", "account.reset", err);
    }
    held_account_deinit(&account);
    return rc;
}

int account_reset_totp(const struct account_office *office, struct bytes name, struct err *err)
{
    struct held_account account = {.row = {.id = 0}};
    int rc = held_account_load(&account, office->store, name, err);
    if (rc == OK) {
        account.row.totp = BYTES_NONE;
        account.row.totp_is_confirmed = false;
        account.row.totp_step = 0;
        rc = recovery_codes_put(office->store, account.row.id, NULL, 0, err);
    }
    if (rc == OK)
        rc = put_changed(office, &account.row, "totp", "account.totp_reset", err);
    held_account_deinit(&account);
    return rc;
}

int account_unlock(const struct account_office *office, struct bytes name, struct err *err)
{
    struct held_account account = {.row = {.id = 0}};
    int rc = held_account_load(&account, office->store, name, err);
    if (rc == OK) {
        forget_failures(&account.row);
        rc = put_changed(office, &account.row, NULL, "account.unlock", err);
    }
    held_account_deinit(&account);
    return rc;
}

/* ---- one's own ---- */

int account_change_password(const struct account_office *office, int64_t account_id,
                            const char *password_hash, int64_t keep_session, struct err *err)
{
    struct held_account account = {.row = {.id = 0}};
    int rc = held_account_load_by_id(&account, office->store, account_id, err);
    if (rc == OK) {
        set_password(office, &account.row, password_hash, false);
        rc = office_keep_session(office, &account.row, keep_session, "password", err);
    }
    if (rc == OK)
        rc = put_changed(office, &account.row, NULL, "account.password", err);
    held_account_deinit(&account);
    return rc;
}
