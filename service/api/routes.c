#include "service/api/routes.h"

#include "service/api/handlers.h"
#include "service/auth/role.h"

#define ADMINISTRATOR ACCESS_OF(ROLE_ADMINISTRATOR)
#define SECURITY      ACCESS_OF(ROLE_SECURITY)
#define AUDITOR       ACCESS_OF(ROLE_AUDITOR)
#define OFFICE        ACCESS_OF(ROLE_OFFICE)
/* Results per unit: of contractors' people none has these roles, and none gets them. */
#define RESULTS (OFFICE | AUDITOR | ACCESS_OWN_PEOPLE)
/* … of all units at once: not a county office's. */
#define WHOLE (RESULTS | ACCESS_ALL_UNITS)
#define DESK  (OFFICE | ACCESS_ALL_UNITS)
#define TASKS (OFFICE | AUDITOR | ADMINISTRATOR | ACCESS_ALL_UNITS)
/* Who phones citizens: a supervisor does when hands are wanted. */
#define CALLERS (ACCESS_OF(ROLE_CALLER) | ACCESS_OF(ROLE_CHECKER) | ACCESS_OF(ROLE_SUPERVISOR))
/* Who watches over the phoning; a contractor's see their own team's. A county's office has no part in it. */
#define SUPERVISORS     (OFFICE | ACCESS_OF(ROLE_SUPERVISOR) | ACCESS_ALL_UNITS)
#define OWN_SUPERVISORS (SUPERVISORS | ACCESS_OWN_PEOPLE)
#define CHECKERS        (ACCESS_OF(ROLE_CHECKER) | ACCESS_OF(ROLE_SUPERVISOR))
#define ANYONE          ACCESS_ANYONE
#define ANY_STAGE       (ACCESS_ANYONE | ACCESS_PARTIAL)

#define IMPORT_MAX_BYTES (INT64_C(4) << 30)
#define CALLS_MAX_BYTES  (INT64_C(8) << 20)

/* One row a route: a family a block, in the order of its paths. */
const struct http_route api_routes[] = {
    /* system.c */
    {METHOD_GET, "/healthz", ACCESS_PUBLIC, HTTP_BODY_NONE, 0, system_health, "getHealth"},
    {METHOD_GET, "/metrics", ADMINISTRATOR | ACCESS_METRICS_TOKEN | ACCESS_LOOPBACK, HTTP_BODY_NONE,
     0, system_metrics, "getMetrics"},

    /* sessions.c */
    {METHOD_POST, "/api/v1/sessions", ACCESS_PUBLIC, HTTP_BODY_MEMORY, 4096, sessions_open,
     "openSession"},
    {METHOD_GET, "/api/v1/sessions", ADMINISTRATOR | SECURITY, HTTP_BODY_NONE, 0, sessions_list,
     "listSessions"},
    {METHOD_DELETE, "/api/v1/sessions/current", ANY_STAGE, HTTP_BODY_NONE, 0,
     sessions_close_current, "closeSession"},
    {METHOD_DELETE, "/api/v1/sessions/{id}", ANYONE, HTTP_BODY_NONE, 0, sessions_close,
     "revokeSession"},

    /* account.c */
    {METHOD_GET, "/api/v1/account", ANY_STAGE, HTTP_BODY_NONE, 0, account_show, "getAccount"},
    {METHOD_GET, "/api/v1/account/sessions", ANYONE, HTTP_BODY_NONE, 0, sessions_list_own,
     "listOwnSessions"},
    {METHOD_POST, "/api/v1/account/password", ANY_STAGE, HTTP_BODY_MEMORY, 4096,
     account_put_password, "changePassword"},
    {METHOD_POST, "/api/v1/account/totp", ANY_STAGE, HTTP_BODY_MEMORY, 4096, account_start_totp,
     "beginTotp"},
    {METHOD_POST, "/api/v1/account/totp/confirm", ANY_STAGE, HTTP_BODY_MEMORY, 4096,
     account_finish_totp, "confirmTotp"},
    {METHOD_POST, "/api/v1/account/recovery-codes", ANYONE, HTTP_BODY_MEMORY, 4096,
     account_put_recovery_codes, "renewRecoveryCodes"},

    /* users.c */
    {METHOD_GET, "/api/v1/users", ADMINISTRATOR | SECURITY | AUDITOR, HTTP_BODY_NONE, 0, users_list,
     "listUsers"},
    {METHOD_POST, "/api/v1/users", ADMINISTRATOR, HTTP_BODY_MEMORY, 4096, users_add, "addUser"},
    {METHOD_GET, "/api/v1/users/{name}", ADMINISTRATOR | SECURITY | AUDITOR, HTTP_BODY_NONE, 0,
     users_show, "getUser"},
    {METHOD_POST, "/api/v1/users/{name}/disable", ADMINISTRATOR, HTTP_BODY_MEMORY, 4096,
     users_disable, "disableUser"},
    {METHOD_POST, "/api/v1/users/{name}/enable", ADMINISTRATOR, HTTP_BODY_MEMORY, 4096,
     users_enable, "enableUser"},
    {METHOD_POST, "/api/v1/users/{name}/unlock", ADMINISTRATOR, HTTP_BODY_MEMORY, 4096,
     users_unlock, "unlockUser"},
    {METHOD_POST, "/api/v1/users/{name}/reset", ADMINISTRATOR, HTTP_BODY_MEMORY, 4096, users_reset,
     "resetUser"},
    {METHOD_POST, "/api/v1/users/{name}/role", SECURITY, HTTP_BODY_MEMORY, 4096, users_put_role,
     "setUserRole"},
    {METHOD_POST, "/api/v1/users/{name}/totp-reset", SECURITY, HTTP_BODY_MEMORY, 4096,
     users_reset_totp, "resetUserTotp"},

    /* teams.c */
    {METHOD_GET, "/api/v1/teams", ADMINISTRATOR | SECURITY | AUDITOR, HTTP_BODY_NONE, 0, teams_list,
     "listTeams"},
    {METHOD_PUT, "/api/v1/teams/{name}", ADMINISTRATOR | SECURITY, HTTP_BODY_MEMORY, 4096,
     teams_put, "putTeam"},
    {METHOD_GET, "/api/v1/roles", ADMINISTRATOR | SECURITY | AUDITOR, HTTP_BODY_NONE, 0, roles_list,
     "listRoles"},
    {METHOD_PUT, "/api/v1/roles/{role}", SECURITY, HTTP_BODY_MEMORY, 4096, roles_put_limits,
     "putRoleLimits"},

    /* tokens.c */
    {METHOD_GET, "/api/v1/tokens", SECURITY, HTTP_BODY_NONE, 0, tokens_list, "listTokens"},
    {METHOD_POST, "/api/v1/tokens", SECURITY, HTTP_BODY_MEMORY, 4096, tokens_add, "addToken"},
    {METHOD_DELETE, "/api/v1/tokens/{id}", SECURITY, HTTP_BODY_NONE, 0, tokens_revoke,
     "revokeToken"},

    /* audit.c */
    {METHOD_GET, "/api/v1/audit", AUDITOR, HTTP_BODY_NONE, 0, audit_list, "listAudit"},
    {METHOD_GET, "/api/v1/audit/export", AUDITOR, HTTP_BODY_NONE, 0, audit_download, "exportAudit"},
    {METHOD_POST, "/api/v1/audit/verify", AUDITOR, HTTP_BODY_MEMORY, 4096, audit_check,
     "verifyAudit"},

    /* openapi.c */
    {METHOD_GET, "/api/v1/openapi.json", ACCESS_PUBLIC, HTTP_BODY_NONE, 0, openapi_show,
     "getOpenApi"},

    /* rounds.c, round_orders.c, remarks.c, task_round.c */
    {METHOD_GET, "/api/v1/rounds", RESULTS | ACCESS_OF(ROLE_SUPERVISOR) | ACCESS_READ_TOKEN,
     HTTP_BODY_NONE, 0, rounds_list, "listRounds"},
    {METHOD_GET, "/api/v1/rounds/{id}", RESULTS | ACCESS_READ_TOKEN, HTTP_BODY_NONE, 0, rounds_show,
     "getRound"},
    {METHOD_GET, "/api/v1/rounds/{id}/score", RESULTS | ACCESS_READ_TOKEN, HTTP_BODY_NONE, 0,
     rounds_score, "getScore"},
    {METHOD_GET, "/api/v1/rounds/{id}/bulletin", WHOLE | ACCESS_READ_TOKEN, HTTP_BODY_NONE, 0,
     rounds_bulletin, "getBulletin"},
    {METHOD_GET, "/api/v1/rounds/{id}/charts", WHOLE | ACCESS_READ_TOKEN, HTTP_BODY_NONE, 0,
     rounds_list_charts, "listCharts"},
    {METHOD_GET, "/api/v1/rounds/{id}/charts/{chart}", WHOLE | ACCESS_READ_TOKEN, HTTP_BODY_NONE, 0,
     rounds_chart, "getChart"},
    {METHOD_GET, "/api/v1/rounds/{id}/units/{code}/orders", RESULTS, HTTP_BODY_NONE, 0,
     round_orders_list, "listUnitOrders"},
    {METHOD_GET, "/api/v1/rounds/{id}/remarks", RESULTS | ACCESS_OF(ROLE_SUPERVISOR),
     HTTP_BODY_NONE, 0, remarks_list, "listRemarks"},
    {METHOD_POST, "/api/v1/rounds/{id}/remarks",
     OFFICE | ACCESS_OF(ROLE_SUPERVISOR) | ACCESS_OWN_PEOPLE, HTTP_BODY_MEMORY, 16 * 1024,
     remarks_add, "addRemark"},
    {METHOD_POST, "/api/v1/rounds/{id}/tasks", DESK, HTTP_BODY_MEMORY, 4096, rounds_start_task,
     "startRoundTask"},

    /* imports.c, import_rejects.c, task_import.c, quality.c */
    {METHOD_GET, "/api/v1/imports", WHOLE, HTTP_BODY_NONE, 0, imports_list, "listImports"},
    {METHOD_POST, "/api/v1/imports", DESK | ACCESS_IMPORT_TOKEN, HTTP_BODY_FILE, IMPORT_MAX_BYTES,
     imports_load, "loadImport"},
    {METHOD_GET, "/api/v1/imports/{id}", WHOLE, HTTP_BODY_NONE, 0, imports_show, "getImport"},
    {METHOD_DELETE, "/api/v1/imports/{id}", DESK, HTTP_BODY_NONE, 0, imports_undo, "undoImport"},
    {METHOD_GET, "/api/v1/imports/{id}/rejects", DESK, HTTP_BODY_NONE, 0, imports_rejects,
     "exportRejects"},
    {METHOD_GET, "/api/v1/quality", WHOLE, HTTP_BODY_NONE, 0, quality_show, "getQuality"},

    /* tasks.c */
    {METHOD_GET, "/api/v1/tasks", TASKS, HTTP_BODY_NONE, 0, tasks_list, "listTasks"},
    {METHOD_GET, "/api/v1/tasks/{id}", TASKS | ACCESS_IMPORT_TOKEN, HTTP_BODY_NONE, 0, tasks_show,
     "getTask"},
    {METHOD_DELETE, "/api/v1/tasks/{id}", DESK | ADMINISTRATOR, HTTP_BODY_NONE, 0, tasks_stop_one,
     "cancelTask"},
    {METHOD_GET, "/api/v1/tasks/{id}/result", WHOLE | ACCESS_IMPORT_TOKEN, HTTP_BODY_NONE, 0,
     tasks_result, "getTaskResult"},

    /* task_backup.c */
    {METHOD_POST, "/api/v1/backups", ADMINISTRATOR, HTTP_BODY_MEMORY, 4096, backups_make,
     "makeBackup"},

    /* desk.c, desk_shift.c, desk_next.c, desk_case.c, desk_attempt.c */
    {METHOD_GET, "/api/v1/followup/desk", CALLERS, HTTP_BODY_NONE, 0, desk_show, "getDesk"},
    {METHOD_POST, "/api/v1/followup/shifts", CALLERS, HTTP_BODY_MEMORY, 1024, desk_begin_shift,
     "beginShift"},
    {METHOD_POST, "/api/v1/followup/shifts/current/end", CALLERS, HTTP_BODY_MEMORY, 1024,
     desk_end_shift, "endShift"},
    {METHOD_POST, "/api/v1/followup/next", CALLERS, HTTP_BODY_MEMORY, 1024, desk_next,
     "takeNextCase"},
    {METHOD_GET, "/api/v1/followup/cases/{id}", CALLERS, HTTP_BODY_NONE, 0, desk_case_show,
     "getCase"},
    {METHOD_POST, "/api/v1/followup/cases/{id}/renew", CALLERS, HTTP_BODY_MEMORY, 1024,
     desk_case_renew, "renewCase"},
    {METHOD_POST, "/api/v1/followup/cases/{id}/return", CALLERS, HTTP_BODY_MEMORY, 1024,
     desk_case_return, "returnCase"},
    {METHOD_POST, "/api/v1/followup/cases/{id}/dials", CALLERS, HTTP_BODY_MEMORY, 1024,
     desk_case_dial, "beginDial"},
    {METHOD_GET, "/api/v1/followup/cases/{id}/number", CALLERS, HTTP_BODY_NONE, 0, desk_case_number,
     "getNumber"},
    {METHOD_PUT, "/api/v1/followup/cases/{id}/answers", CALLERS, HTTP_BODY_MEMORY, 16 * 1024,
     desk_case_answer, "putAnswer"},
    {METHOD_POST, "/api/v1/followup/cases/{id}/numbers", CALLERS | DESK, HTTP_BODY_MEMORY, 1024,
     desk_case_add_number, "addNumber"},
    {METHOD_POST, "/api/v1/followup/cases/{id}/attempts", CALLERS, HTTP_BODY_MEMORY, 16 * 1024,
     desk_case_finish, "finishDial"},

    /* followup.c, followup_cases.c, followup_history.c, followup_lists.c */
    {METHOD_GET, "/api/v1/rounds/{id}/followup", SUPERVISORS | AUDITOR, HTTP_BODY_NONE, 0,
     followup_show, "getFollowup"},
    {METHOD_POST, "/api/v1/rounds/{id}/followup", DESK, HTTP_BODY_MEMORY, 1024, followup_open,
     "beginFollowup"},
    {METHOD_POST, "/api/v1/rounds/{id}/followup/pause", OWN_SUPERVISORS, HTTP_BODY_MEMORY, 1024,
     followup_pause, "pauseFollowup"},
    {METHOD_POST, "/api/v1/rounds/{id}/followup/resume", OWN_SUPERVISORS, HTTP_BODY_MEMORY, 1024,
     followup_resume, "resumeFollowup"},
    {METHOD_POST, "/api/v1/rounds/{id}/followup/release", DESK, HTTP_BODY_MEMORY, 4096,
     followup_release, "releaseReserve"},
    {METHOD_POST, "/api/v1/rounds/{id}/followup/assign", DESK, HTTP_BODY_MEMORY, 4096,
     followup_assign, "assignCases"},
    {METHOD_GET, "/api/v1/rounds/{id}/followup/cases", SUPERVISORS, HTTP_BODY_NONE, 0,
     followup_cases_list, "listCases"},
    {METHOD_GET, "/api/v1/followup/cases/{id}/history", SUPERVISORS, HTTP_BODY_NONE, 0,
     followup_case_history, "getCaseHistory"},
    {METHOD_POST, "/api/v1/followup/cases/{id}/free", SUPERVISORS, HTTP_BODY_MEMORY, 4096,
     followup_case_free, "freeRefusal"},
    {METHOD_POST, "/api/v1/followup/cases/{id}/settle", OWN_SUPERVISORS, HTTP_BODY_MEMORY, 4096,
     followup_case_settle, "settleCase"},
    {METHOD_POST, "/api/v1/followup/cases/{id}/appointment", SUPERVISORS, HTTP_BODY_MEMORY, 4096,
     followup_case_book, "bookCase"},
    {METHOD_GET, "/api/v1/followup/do-not-call", OWN_SUPERVISORS, HTTP_BODY_NONE, 0,
     followup_bans_list, "listDoNotCall"},
    {METHOD_POST, "/api/v1/followup/do-not-call", OWN_SUPERVISORS, HTTP_BODY_MEMORY, 4096,
     followup_bans_add, "addDoNotCall"},
    {METHOD_DELETE, "/api/v1/followup/do-not-call/{id}", DESK, HTTP_BODY_MEMORY, 4096,
     followup_bans_end, "endDoNotCall"},
    {METHOD_GET, "/api/v1/followup/callers", SUPERVISORS, HTTP_BODY_NONE, 0, followup_callers_list,
     "listCallers"},
    {METHOD_PUT, "/api/v1/followup/callers/{name}", SUPERVISORS, HTTP_BODY_MEMORY, 4096,
     followup_callers_put, "putCallerLanguages"},

    /* shifts.c */
    {METHOD_GET, "/api/v1/followup/shifts", SUPERVISORS, HTTP_BODY_NONE, 0, shifts_list,
     "listShifts"},
    {METHOD_GET, "/api/v1/followup/shifts/export", OWN_SUPERVISORS, HTTP_BODY_NONE, 0,
     shifts_export, "exportShifts"},
    {METHOD_POST, "/api/v1/followup/shifts/{id}/confirm", SUPERVISORS, HTTP_BODY_MEMORY, 4096,
     shifts_confirm, "confirmShift"},

    /* rechecks.c, recheck_list.c */
    {METHOD_POST, "/api/v1/followup/rechecks/next", CHECKERS, HTTP_BODY_MEMORY, 1024, rechecks_next,
     "takeNextRecheck"},
    {METHOD_GET, "/api/v1/followup/rechecks/{id}", CHECKERS, HTTP_BODY_NONE, 0, rechecks_show,
     "getRecheck"},
    {METHOD_POST, "/api/v1/followup/rechecks/{id}/dials", CHECKERS, HTTP_BODY_MEMORY, 1024,
     rechecks_dial, "beginRecheckDial"},
    {METHOD_GET, "/api/v1/followup/rechecks/{id}/number", CHECKERS, HTTP_BODY_NONE, 0,
     rechecks_number, "getRecheckNumber"},
    {METHOD_PUT, "/api/v1/followup/rechecks/{id}/answers", CHECKERS, HTTP_BODY_MEMORY, 1024,
     rechecks_answer, "putRecheckAnswer"},
    {METHOD_POST, "/api/v1/followup/rechecks/{id}/result", CHECKERS, HTTP_BODY_MEMORY, 128 * 1024,
     rechecks_finish, "finishRecheck"},
    {METHOD_POST, "/api/v1/followup/rechecks/{id}/settle", OWN_SUPERVISORS, HTTP_BODY_MEMORY, 4096,
     rechecks_settle, "settleRecheck"},
    {METHOD_GET, "/api/v1/rounds/{id}/followup/rechecks", SUPERVISORS, HTTP_BODY_NONE, 0,
     rechecks_list, "listRechecks"},

    /* corrections.c */
    {METHOD_POST, "/api/v1/followup/cases/{id}/correct", OWN_SUPERVISORS, HTTP_BODY_MEMORY, 4096,
     corrections_put, "correctAttempt"},

    /* call_records.c */
    {METHOD_POST, "/api/v1/rounds/{id}/followup/call-records", OWN_SUPERVISORS, HTTP_BODY_FILE,
     CALLS_MAX_BYTES, call_records_load, "loadCallRecords"},
    {METHOD_GET, "/api/v1/rounds/{id}/followup/unmatched", OWN_SUPERVISORS, HTTP_BODY_NONE, 0,
     call_records_unmatched, "listUnmatched"},
    {METHOD_GET, "/api/v1/rounds/{id}/followup/acceptance", DESK, HTTP_BODY_NONE, 0,
     acceptance_show, "getAcceptance"},

    /* packages.c */
    {METHOD_GET, "/api/v1/rounds/{id}/followup/packages", DESK, HTTP_BODY_NONE, 0, packages_list,
     "listPackages"},
    {METHOD_POST, "/api/v1/rounds/{id}/followup/packages/{mark}/take-back", DESK, HTTP_BODY_MEMORY,
     1024, packages_take_back, "takeBackPackage"},

    /* feed.c */
    {METHOD_GET, "/api/v1/events", ANYONE | ACCESS_UNATTENDED, HTTP_BODY_NONE, 0, feed_subscribe,
     "subscribeEvents"},
};
const size_t api_route_count = sizeof api_routes / sizeof *api_routes;
