#ifndef PINGYI_SERVICE_AUTH_PROOF_H
#define PINGYI_SERVICE_AUTH_PROOF_H

#include "service/auth/accounts.h"

/* Whether `code` (6 digits) is of the account's TOTP in force, and was not used before; if so it is used now. Needs an
 * open write transaction. ERR_WRONG_STATE: none is in force. Thread: as struct account_office. */
int account_check_totp(const struct account_office *office, int64_t account_id, struct bytes code,
                       bool *out_holds, struct err *err);

#endif
