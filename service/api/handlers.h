#ifndef PINGYI_SERVICE_API_HANDLERS_H
#define PINGYI_SERVICE_API_HANDLERS_H

#include "service/http/exchange.h"

/* What the rows of routes.c call, by the file they are in. Each answers the exchange, now or later. Thread: loop. */

/* system.c */
void system_health(struct http_exchange *exchange);
void system_metrics(struct http_exchange *exchange);

/* sessions.c */
void sessions_open(struct http_exchange *exchange);
void sessions_list(struct http_exchange *exchange);
void sessions_list_own(struct http_exchange *exchange);
void sessions_close_current(struct http_exchange *exchange);
void sessions_close(struct http_exchange *exchange);

/* account.c */
void account_show(struct http_exchange *exchange);
void account_put_password(struct http_exchange *exchange);
void account_start_totp(struct http_exchange *exchange);
void account_finish_totp(struct http_exchange *exchange);
void account_put_recovery_codes(struct http_exchange *exchange);

/* users.c */
void users_list(struct http_exchange *exchange);
void users_show(struct http_exchange *exchange);
void users_add(struct http_exchange *exchange);
void users_disable(struct http_exchange *exchange);
void users_enable(struct http_exchange *exchange);
void users_unlock(struct http_exchange *exchange);
void users_reset(struct http_exchange *exchange);
void users_put_role(struct http_exchange *exchange);
void users_reset_totp(struct http_exchange *exchange);

/* teams.c */
void teams_list(struct http_exchange *exchange);
void teams_put(struct http_exchange *exchange);
void roles_list(struct http_exchange *exchange);
void roles_put_limits(struct http_exchange *exchange);

/* tokens.c */
void tokens_list(struct http_exchange *exchange);
void tokens_add(struct http_exchange *exchange);
void tokens_revoke(struct http_exchange *exchange);

/* audit.c */
void audit_list(struct http_exchange *exchange);
void audit_download(struct http_exchange *exchange);
void audit_check(struct http_exchange *exchange);

#endif
