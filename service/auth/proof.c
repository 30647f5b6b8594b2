#include "service/auth/proof.h"

#include "service/auth/office.h"

#include <openssl/crypto.h>

static int check(const struct account_office *office, struct account_row *row, struct bytes code,
                 bool *out_holds, struct err *err)
{
    unsigned char secret[TOTP_SECRET_BYTES];
    if (!row->totp_is_confirmed)
        return err_set(err, ERR_WRONG_STATE, "account %jd has no TOTP secret in force",
                       (intmax_t)row->id);
    int rc = office_open_totp(office, row, secret, err);
    bool holds =
        rc == OK && totp_holds(secret, code, office->now_utc, row->totp_step, &row->totp_step);
    OPENSSL_cleanse(secret, sizeof secret);
    if (rc == OK && holds)
        rc = account_put(office->store, row, err);
    if (rc == OK)
        *out_holds = holds;
    return rc;
}

int account_check_totp(const struct account_office *office, int64_t account_id, struct bytes code,
                       bool *out_holds, struct err *err)
{
    struct held_account account = {.row = {.id = 0}};
    int rc = held_account_load_by_id(&account, office->store, account_id, err);
    if (rc == OK)
        rc = check(office, &account.row, code, out_holds, err);
    held_account_deinit(&account);
    return rc;
}
