#ifndef PINGYI_TESTS_SERVICE_STORAGE_CAMPAIGNING_H
#define PINGYI_TESTS_SERVICE_STORAGE_CAMPAIGNING_H

#include "service/storage/accounts.h"
#include "service/storage/campaigns.h"
#include "service/storage/cases.h"
#include "service/storage/dials.h"
#include "service/storage/outcomes.h"

#include "tests/service/storage/drawing.h"

/* What tests of the phoning share: two rounds with a draw and a campaign each, accounts, cases and numbers. */

static inline void put_contractor(struct store *store, const char *name)
{
    struct err err = {.code = OK};
    struct team_row row = {.name = bytes_from_z(name), .kind = BYTES_LIT("contractor")};
    MUST(team_store(store, &row, &err));
}

static inline int64_t put_account(struct store *store, const char *name, const char *role,
                                  int64_t team_id)
{
    struct err err = {.code = OK};
    struct account_row row = {
        .name = bytes_from_z(name),
        .display_name = bytes_from_z(name),
        .role = bytes_from_z(role),
        .team_id = team_id,
        .password = BYTES_LIT("x"),
        .created_by = BYTES_LIT("office"),
    };
    MUST(account_put_new(store, &row, &err));
    return row.id;
}

/* A round with a draw (put_draw) and its campaign, whose id it gives. */
static inline int64_t put_campaign(struct store *store, const char *name)
{
    struct err err = {.code = OK};
    int64_t round_id = put_round(store, name);
    struct outcome_file_row file = {
        .round_id = round_id, .draw_no = 1, .sha256 = BYTES_LIT("-"), .kind = BYTES_LIT("service")};
    put_frame(store, round_id, 1);
    put_draw(store, round_id, 1);
    MUST(outcome_file_put_new(store, &file, &err));
    struct campaign_row row = {.round_id = round_id,
                               .draw_no = 1,
                               .file_id = file.id,
                               .opened_utc = 1717400000,
                               .opened_by = BYTES_LIT("评议办")};
    MUST(campaign_put_new(store, &row, &err));
    return row.id;
}

static inline struct followup_case sample_case(int64_t campaign_id, int64_t case_no)
{
    return (struct followup_case){
        .campaign_id = campaign_id,
        .case_no = case_no,
        .unit = 0,
        .shuffle = -100 * case_no,
        .state = CASE_QUEUED,
    };
}

static inline int64_t put_case(struct store *store, const struct followup_case *sample)
{
    struct err err = {.code = OK};
    struct followup_case row = *sample;
    MUST(case_put_new(store, &row, &err));
    return row.id;
}

/* A fresh case of the unit 0. */
static inline int64_t put_fresh(struct store *store, int64_t campaign_id, int64_t case_no)
{
    struct followup_case row = sample_case(campaign_id, case_no);
    return put_case(store, &row);
}

static inline void put_number(struct store *store, int64_t case_id, int64_t no, int64_t phone_key)
{
    struct err err = {.code = OK};
    struct case_number row = {
        .case_id = case_id, .no = no, .phone_key = phone_key, .sealed = BYTES_LIT("sealed number")};
    MUST(case_number_put_new(store, &row, &err));
}

static inline struct dial_row sample_dial(int64_t case_id, int64_t no, int64_t phone_key,
                                          int64_t account_id)
{
    return (struct dial_row){.case_id = case_id,
                             .number_no = no,
                             .phone_key = phone_key,
                             .account_id = account_id,
                             .day = 200,
                             .started_utc = 1000};
}

/* One that took `seconds` and ended with `code`. */
static inline int64_t put_dial(struct store *store, const struct dial_row *sample, int64_t seconds,
                               const char *code)
{
    struct err err = {.code = OK};
    struct dial_row row = *sample;
    MUST(dial_put_new(store, &row, &err));
    row.ended_utc = row.started_utc + seconds;
    row.code = bytes_from_z(code);
    MUST(dial_put_end(store, &row, &err));
    return row.id;
}

#endif
