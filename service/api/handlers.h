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

/* rounds.c */
void rounds_list(struct http_exchange *exchange);
void rounds_show(struct http_exchange *exchange);
void rounds_score(struct http_exchange *exchange);
void rounds_bulletin(struct http_exchange *exchange);
void rounds_list_charts(struct http_exchange *exchange);
void rounds_chart(struct http_exchange *exchange);

/* round_orders.c */
void round_orders_list(struct http_exchange *exchange);

/* remarks.c */
void remarks_list(struct http_exchange *exchange);
void remarks_add(struct http_exchange *exchange);

/* imports.c */
void imports_list(struct http_exchange *exchange);
void imports_show(struct http_exchange *exchange);

/* quality.c */
void quality_show(struct http_exchange *exchange);

/* task_import.c */
void imports_load(struct http_exchange *exchange);
void imports_undo(struct http_exchange *exchange);

/* import_rejects.c */
void imports_rejects(struct http_exchange *exchange);

/* tasks.c */
void tasks_list(struct http_exchange *exchange);
void tasks_show(struct http_exchange *exchange);
void tasks_stop_one(struct http_exchange *exchange);
void tasks_result(struct http_exchange *exchange);

/* task_round.c */
void rounds_start_task(struct http_exchange *exchange);

/* task_backup.c */
void backups_make(struct http_exchange *exchange);

/* shifts.c */
void shifts_list(struct http_exchange *exchange);
void shifts_confirm(struct http_exchange *exchange);
void shifts_export(struct http_exchange *exchange);

/* rechecks.c, recheck_list.c */
void rechecks_next(struct http_exchange *exchange);
void rechecks_show(struct http_exchange *exchange);
void rechecks_dial(struct http_exchange *exchange);
void rechecks_number(struct http_exchange *exchange);
void rechecks_answer(struct http_exchange *exchange);
void rechecks_finish(struct http_exchange *exchange);
void rechecks_list(struct http_exchange *exchange);
void rechecks_settle(struct http_exchange *exchange);

/* corrections.c */
void corrections_put(struct http_exchange *exchange);

/* call_records.c */
void call_records_load(struct http_exchange *exchange);
void call_records_unmatched(struct http_exchange *exchange);
void acceptance_show(struct http_exchange *exchange);

/* packages.c */
void packages_list(struct http_exchange *exchange);
void packages_take_back(struct http_exchange *exchange);

/* desk.c, desk_shift.c, desk_next.c, desk_case.c, desk_attempt.c: what callers do */
void desk_show(struct http_exchange *exchange);
void desk_begin_shift(struct http_exchange *exchange);
void desk_end_shift(struct http_exchange *exchange);
void desk_next(struct http_exchange *exchange);
void desk_case_show(struct http_exchange *exchange);
void desk_case_renew(struct http_exchange *exchange);
void desk_case_return(struct http_exchange *exchange);
void desk_case_dial(struct http_exchange *exchange);
void desk_case_number(struct http_exchange *exchange);
void desk_case_answer(struct http_exchange *exchange);
void desk_case_add_number(struct http_exchange *exchange);
void desk_case_finish(struct http_exchange *exchange);

/* followup.c, followup_cases.c, followup_history.c, followup_lists.c: what supervisors do */
void followup_show(struct http_exchange *exchange);
void followup_open(struct http_exchange *exchange);
void followup_pause(struct http_exchange *exchange);
void followup_resume(struct http_exchange *exchange);
void followup_release(struct http_exchange *exchange);
void followup_assign(struct http_exchange *exchange);
void followup_cases_list(struct http_exchange *exchange);
void followup_case_history(struct http_exchange *exchange);
void followup_case_free(struct http_exchange *exchange);
void followup_case_settle(struct http_exchange *exchange);
void followup_case_book(struct http_exchange *exchange);
void followup_bans_list(struct http_exchange *exchange);
void followup_bans_add(struct http_exchange *exchange);
void followup_bans_end(struct http_exchange *exchange);
void followup_callers_list(struct http_exchange *exchange);
void followup_callers_put(struct http_exchange *exchange);

/* feed.c */
void feed_subscribe(struct http_exchange *exchange);

/* openapi.c */
void openapi_show(struct http_exchange *exchange);

#endif
