#include "service/auth/office.h"

#include "base/civil.h"
#include "base/utf8.h"

#include "service/auth/random.h"

#include <openssl/crypto.h>

enum { HELD_MAX_BYTES = 64 * 1024 };

/* ---- accounts held ---- */

static int keep(struct arena *arena, struct bytes *text, struct err *err)
{
    if (text->len == 0)
        return OK;
    struct bytes copy = arena_copy(arena, *text);
    if (copy.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not keep an account");
    *text = copy;
    return OK;
}

static int hold(struct held_account *account, const struct account_row *row, struct err *err)
{
    struct held_account held = {.row = *row};
    struct bytes *texts[] = {
        &held.row.name,      &held.row.display_name, &held.row.role,
        &held.row.team_name, &held.row.team_kind,    &held.row.unit_code,
        &held.row.password,  &held.row.totp,         &held.row.created_by,
    };
    int rc = OK;
    arena_init(&held.arena, HELD_MAX_BYTES);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && rc == OK; i++)
        rc = keep(&held.arena, texts[i], err);
    if (rc != OK) {
        arena_deinit(&held.arena);
        return rc;
    }
    *account = held;
    return OK;
}

int held_account_load(struct held_account *account, struct store *store, struct bytes name,
                      struct err *err)
{
    struct account_row row = {.id = 0};
    int rc = account_get(store, name, &row, err);
    return rc == OK ? hold(account, &row, err) : rc;
}

int held_account_load_by_id(struct held_account *account, struct store *store, int64_t id,
                            struct err *err)
{
    struct account_row row = {.id = 0};
    int rc = account_get_by_id(store, id, &row, err);
    return rc == OK ? hold(account, &row, err) : rc;
}

void held_account_deinit(struct held_account *account)
{
    arena_deinit(&account->arena);
    *account = (struct held_account){.row = {.id = 0}};
}

int account_role(const struct account_row *row, enum role *out, struct err *err)
{
    if (!role_from_word(row->role, out))
        return err_set(err, ERR_CORRUPT, "account \"" BYTES_FMT "\" has the role \"" BYTES_FMT "\"",
                       BYTES_ARG(row->name), BYTES_ARG(row->role));
    return OK;
}

const char *account_stage(const struct account_row *row, enum role role)
{
    if (row->must_change)
        return "must_change";
    return role_needs_totp(role) && !row->totp_is_confirmed ? "must_enrol" : "full";
}

/* ---- sessions ---- */

int office_end_sessions(const struct account_office *office, int64_t account_id, int64_t keep,
                        const char *why, struct err *err)
{
    return sessions_put_ended(office->store, account_id, keep, office->now_utc, bytes_from_z(why),
                              err);
}

int office_keep_session(const struct account_office *office, const struct account_row *row,
                        int64_t session_id, const char *why, struct err *err)
{
    struct session_row session = {.id = 0};
    enum role role = ROLE_COUNT;
    int rc = account_role(row, &role, err);
    if (rc == OK)
        rc = session_get(office->store, session_id, &session, err);
    if (rc == OK && (session.account_id != row->id || session.ended_utc != 0))
        rc = err_set(err, ERR_NOT_FOUND, "account %jd has no open session %jd", (intmax_t)row->id,
                     (intmax_t)session_id);
    if (rc == OK)
        rc = office_end_sessions(office, row->id, session_id, why, err);
    if (rc == OK)
        rc = session_put_stage(office->store, session_id, bytes_from_z(account_stage(row, role)),
                               err);
    return rc;
}

int office_make_secret(char out_secret[SHA256_HEX_BYTES], unsigned char out_digest[SHA256_BYTES],
                       struct err *err)
{
    unsigned char random[SHA256_BYTES];
    int rc = random_bytes(random, sizeof random, err);
    if (rc == OK) {
        sha256_hex(random, out_secret);
        rc = sha256_of(bytes_from_z(out_secret), out_digest, err);
    }
    OPENSSL_cleanse(random, sizeof random);
    return rc;
}

/* ---- values ---- */

bool office_text_is_good(struct bytes text, int64_t max_characters)
{
    int64_t count = 0;
    if (!utf8_is_valid(text))
        return false;
    while (text.len > 0) {
        uint32_t character = utf8_take(&text);
        if (character < 0x20 || (character >= 0x7F && character < 0xA0))
            return false;
        count++;
    }
    return count > 0 && count <= max_characters;
}

int64_t office_day_end(int64_t day)
{
    enum { OFFSET_S = 8 * 3600 };
    return (day + 1) * SECONDS_A_DAY - OFFSET_S - 1;
}

/* ---- the audit log ---- */

int office_audit(const struct account_office *office, const char *action, struct bytes target,
                 enum audit_outcome outcome, const char *details, struct err *err)
{
    struct audit_entry entry = {
        .actor = office->actor,
        .action = action,
        .target = target,
        .outcome = outcome,
        .details = bytes_from_z(details),
    };
    return audit_append(office->chain, office->store, &entry, err);
}
