#ifndef PINGYI_SERVICE_AUTH_OFFICE_H
#define PINGYI_SERVICE_AUTH_OFFICE_H

#include "base/arena.h"

#include "service/auth/accounts.h"
#include "service/auth/digest.h"

/* Inside service/auth/ only: what the files behind accounts.h share. */

/* An account with texts of its own, which outlive other statements. Zeroed at first; deinit accepts that. */
struct held_account {
    struct account_row row;
    struct arena arena;
};
int held_account_load(struct held_account *account, struct store *store, struct bytes name,
                      struct err *err); /* ERR_NOT_FOUND */
int held_account_load_by_id(struct held_account *account, struct store *store, int64_t id,
                            struct err *err); /* ERR_NOT_FOUND */
void held_account_deinit(struct held_account *account);

/* The role of a stored row; ERR_CORRUPT. */
int account_role(const struct account_row *row, enum role *out, struct err *err);
/* What is left to do before the account may do anything else: static. */
const char *account_stage(const struct account_row *row, enum role role);

/* End those of one account, but `keep` (0: none). */
int office_end_sessions(const struct account_office *office, int64_t account_id, int64_t keep,
                        const char *why, struct err *err);
/* End the other sessions of the account, and put this one into the stage that is left. ERR_NOT_FOUND when it is no open
 * session of the account. */
int office_keep_session(const struct account_office *office, const struct account_row *row,
                        int64_t session_id, const char *why, struct err *err);

/* A new secret of 32 random bytes in hex, and the digest it is known by. */
int office_make_secret(char out_secret[SHA256_HEX_BYTES], unsigned char out_digest[SHA256_BYTES],
                       struct err *err);

/* second_factor.c: ERR_CORRUPT when it cannot be opened. */
int office_open_totp(const struct account_office *office, const struct account_row *row,
                     unsigned char out[TOTP_SECRET_BYTES], struct err *err);

/* Texts that people read: valid, without control characters, 1 to `max_characters`. */
bool office_text_is_good(struct bytes text, int64_t max_characters);

/* The last second of a civil day as the office counts days: its zone has no summer time. */
int64_t office_day_end(int64_t day);

/* An entry by the office's actor; `details` is NUL-terminated JSON, or NULL. */
int office_audit(const struct account_office *office, const char *action, struct bytes target,
                 enum audit_outcome outcome, const char *details, struct err *err);

#endif
