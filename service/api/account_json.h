#ifndef PINGYI_SERVICE_API_ACCOUNT_JSON_H
#define PINGYI_SERVICE_API_ACCOUNT_JSON_H

#include "service/storage/accounts.h"

#include <jansson.h>

/* Accounts and sessions as the API shows them: never a hash, a secret or a digest. NULL: no memory. Thread: any. */
json_t *account_to_json(const struct account_row *row, int64_t now_utc);
json_t *session_to_json(const struct session_row *row, int64_t current_session);

/* {"items": […], "after": …}: steals both; `after` NULL is the end of the list. */
json_t *list_to_json(json_t *items, json_t *after);

#endif
