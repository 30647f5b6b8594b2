#include "service/auth/accounts.h"

#include "service/auth/digest.h"
#include "service/auth/office.h"

#include <openssl/crypto.h>

#include <string.h>

enum { SEALED_MAX_BYTES = 256 };

int office_open_totp(const struct account_office *office, const struct account_row *row,
                     unsigned char out[TOTP_SECRET_BYTES], struct err *err)
{
    const struct sealer *sealer = &office->totp_sealer;
    struct buf secret;
    buf_init(&secret, SEALED_MAX_BYTES);
    (void)buf_reserve(&secret, SEALED_MAX_BYTES);
    int rc = buf_status(&secret, err);
    if (rc == OK)
        rc = sealer->open(sealer->context, row->id, row->totp, &secret, err);
    if (rc == OK && secret.len != TOTP_SECRET_BYTES)
        rc = err_set(err, ERR_CORRUPT, "account %jd has a TOTP secret of %zu bytes",
                     (intmax_t)row->id, secret.len);
    if (rc == OK)
        memcpy(out, secret.ptr, TOTP_SECRET_BYTES);
    buf_wipe(&secret);
    return rc;
}

int account_begin_totp(const struct account_office *office, int64_t account_id,
                       unsigned char out_secret[TOTP_SECRET_BYTES], struct err *err)
{
    const struct sealer *sealer = &office->totp_sealer;
    struct held_account account = {.row = {.id = 0}};
    unsigned char secret[TOTP_SECRET_BYTES];
    struct buf sealed;
    buf_init(&sealed, SEALED_MAX_BYTES);
    int rc = held_account_load_by_id(&account, office->store, account_id, err);
    if (rc == OK && account.row.totp_is_confirmed)
        rc = err_set(err, ERR_WRONG_STATE, "account %jd has a TOTP secret in force",
                     (intmax_t)account_id);
    if (rc == OK)
        rc = totp_secret_make(secret, err);
    if (rc == OK)
        rc = sealer->seal(sealer->context, account_id,
                          (struct bytes){(const char *)secret, sizeof secret}, &sealed, err);
    if (rc == OK)
        rc = buf_status(&sealed, err);
    if (rc == OK) {
        account.row.totp = buf_bytes(&sealed);
        account.row.totp_step = 0;
        rc = account_put(office->store, &account.row, err);
    }
    if (rc == OK)
        memcpy(out_secret, secret, sizeof secret);
    OPENSSL_cleanse(secret, sizeof secret);
    buf_deinit(&sealed);
    held_account_deinit(&account);
    return rc;
}

/* New codes, of which the digests are kept. */
static int put_recovery_codes(const struct account_office *office, int64_t account_id,
                              char out_codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], struct err *err)
{
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES];
    unsigned char digests[RECOVERY_CODES][SHA256_BYTES];
    int rc = recovery_codes_make(codes, err);
    for (size_t i = 0; i < RECOVERY_CODES && rc == OK; i++) {
        if (!recovery_code_digest(bytes_from_z(codes[i]), digests[i]))
            rc = err_set(err, ERR_NOMEM, "could not digest a recovery code");
    }
    if (rc == OK)
        rc = recovery_codes_put(office->store, account_id, (const unsigned char(*)[32])digests,
                                RECOVERY_CODES, err);
    if (rc == OK)
        memcpy(out_codes, codes, sizeof codes);
    OPENSSL_cleanse(codes, sizeof codes);
    return rc;
}

/* Take the code as proof that the app has the secret. */
static int confirm(const struct account_office *office, struct account_row *row, struct bytes code,
                   struct err *err)
{
    unsigned char secret[TOTP_SECRET_BYTES];
    if (row->totp.len == 0 || row->totp_is_confirmed)
        return err_set(err, ERR_WRONG_STATE, "account %jd has no TOTP secret to confirm",
                       (intmax_t)row->id);
    int rc = office_open_totp(office, row, secret, err);
    if (rc == OK && !totp_holds(secret, code, office->now_utc, row->totp_step, &row->totp_step))
        rc = err_set(err, ERR_REFUSED, "not the code of account %jd", (intmax_t)row->id);
    OPENSSL_cleanse(secret, sizeof secret);
    row->totp_is_confirmed = rc == OK;
    return rc;
}

int account_confirm_totp(const struct account_office *office, int64_t account_id,
                         int64_t keep_session, struct bytes code,
                         char out_codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], struct err *err)
{
    struct held_account account = {.row = {.id = 0}};
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES];
    int rc = held_account_load_by_id(&account, office->store, account_id, err);
    if (rc == OK)
        rc = confirm(office, &account.row, code, err);
    if (rc == OK)
        rc = account_put(office->store, &account.row, err);
    if (rc == OK)
        rc = office_keep_session(office, &account.row, keep_session, "totp", err);
    if (rc == OK)
        rc = put_recovery_codes(office, account_id, codes, err);
    if (rc == OK)
        rc = office_audit(office, "account.totp", account.row.name, AUDIT_DONE, NULL, err);
    if (rc == OK)
        memcpy(out_codes, codes, sizeof codes);
    OPENSSL_cleanse(codes, sizeof codes);
    held_account_deinit(&account);
    return rc;
}

int account_renew_recovery(const struct account_office *office, int64_t account_id,
                           char out_codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], struct err *err)
{
    struct held_account account = {.row = {.id = 0}};
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES];
    int rc = held_account_load_by_id(&account, office->store, account_id, err);
    if (rc == OK && !account.row.totp_is_confirmed)
        rc = err_set(err, ERR_WRONG_STATE, "account %jd has no TOTP secret in force",
                     (intmax_t)account_id);
    if (rc == OK)
        rc = put_recovery_codes(office, account_id, codes, err);
    if (rc == OK)
        rc = office_audit(office, "account.recovery", account.row.name, AUDIT_DONE, NULL, err);
    if (rc == OK)
        memcpy(out_codes, codes, sizeof codes);
    OPENSSL_cleanse(codes, sizeof codes);
    held_account_deinit(&account);
    return rc;
}
