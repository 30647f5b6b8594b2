#include "service/storage/campaigns.h"

#include "service/storage/database.h"

/* ---- campaigns ---- */

int campaign_put_new(struct store *store, struct campaign_row *row, struct err *err)
{
    enum { INTEGERS = 5, ENDED, OPENED_BY };
    const int64_t integers[INTEGERS] = {row->round_id, row->draw_no, row->file_id, row->is_paused,
                                        row->opened_utc};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "campaign_put_new", integers, INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_id(statement, ENDED, row->ended_utc);
    database_bind_text(statement, OPENED_BY, row->opened_by);
    return database_put_new(store, statement, &row->id, err);
}

/* Columns of campaign_get, campaign_get_current and campaigns_each_open. */
static void read_campaign(sqlite3_stmt *statement, struct campaign_row *out)
{
    enum { ID, ROUND, DRAW, ROUND_NAME, FROM_FILE, IS_PAUSED, OPENED, OPENED_BY, ENDED, OVER };
    *out = (struct campaign_row){
        .id = sqlite3_column_int64(statement, ID),
        .round_id = sqlite3_column_int64(statement, ROUND),
        .draw_no = sqlite3_column_int64(statement, DRAW),
        .round_name = database_column_text(statement, ROUND_NAME),
        .file_id = sqlite3_column_int64(statement, FROM_FILE),
        .is_paused = sqlite3_column_int(statement, IS_PAUSED) != 0,
        .opened_utc = sqlite3_column_int64(statement, OPENED),
        .opened_by = database_column_text(statement, OPENED_BY),
        .ended_utc = sqlite3_column_int64(statement, ENDED),
        .is_over = sqlite3_column_int(statement, OVER) != 0,
    };
}

static int get_campaign(struct store *store, const char *name, const char *what, int64_t id,
                        struct campaign_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, &id, 1, &statement, err);
    if (rc == OK)
        rc = database_find(store, statement, what, id, err);
    if (rc == OK)
        read_campaign(statement, out);
    return rc;
}

int campaign_get(struct store *store, int64_t id, struct campaign_row *out, struct err *err)
{
    return get_campaign(store, "campaign_get", "campaign", id, out, err);
}

int campaign_get_current(struct store *store, int64_t round_id, struct campaign_row *out,
                         struct err *err)
{
    return get_campaign(store, "campaign_get_current", "campaign of round", round_id, out, err);
}

static int change_campaign(struct store *store, const char *name, int64_t id, int64_t value,
                           struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, &id, 1, &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, 2, value);
    return database_change(store, statement, "campaign", id, err);
}

int campaign_put_paused(struct store *store, int64_t id, bool is_paused, struct err *err)
{
    return change_campaign(store, "campaign_put_paused", id, is_paused, err);
}

int campaign_put_ended(struct store *store, int64_t id, int64_t at_utc, struct err *err)
{
    return change_campaign(store, "campaign_put_ended", id, at_utc, err);
}

int campaigns_each_open(struct store *store, campaign_cb on_campaign, void *context,
                        struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "campaigns_each_open", &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct campaign_row row;
        read_campaign(statement, &row);
        rc = on_campaign(context, &row, err);
    }
    return rc;
}

/* ---- units ---- */

int campaign_unit_put(struct store *store, int64_t campaign_id, const struct campaign_unit_row *row,
                      struct err *err)
{
    const int64_t integers[] = {campaign_id, row->unit,  row->target,  row->released,
                                row->queued, row->final, row->complete};
    return database_run_with(store, "campaign_unit_put", integers,
                             (int)(sizeof integers / sizeof *integers), err);
}

int campaign_units_each(struct store *store, int64_t campaign_id, campaign_unit_cb on_unit,
                        void *context, struct err *err)
{
    enum { UNIT, CODE, TARGET, RELEASED, QUEUED, FINAL, COMPLETE };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "campaign_units_each", &campaign_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct campaign_unit_row row = {
            .unit = sqlite3_column_int64(statement, UNIT),
            .code = database_column_text(statement, CODE),
            .target = sqlite3_column_int64(statement, TARGET),
            .released = sqlite3_column_int64(statement, RELEASED),
            .queued = sqlite3_column_int64(statement, QUEUED),
            .final = sqlite3_column_int64(statement, FINAL),
            .complete = sqlite3_column_int64(statement, COMPLETE),
        };
        rc = on_unit(context, &row, err);
    }
    return rc;
}

int campaign_unit_find_fresh(struct store *store, int64_t campaign_id,
                             const struct fresh_unit *after, struct fresh_unit *out,
                             struct err *err)
{
    enum { CAMPAIGN = 1, AFTER_SHARE, AFTER_IN_WORK, AFTER_UNIT };
    enum { UNIT, SHARE, IN_WORK };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "campaign_unit_find_fresh", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, CAMPAIGN, campaign_id);
    (void)sqlite3_bind_double(statement, AFTER_SHARE, after->share);
    (void)sqlite3_bind_int64(statement, AFTER_IN_WORK, after->in_work);
    (void)sqlite3_bind_int64(statement, AFTER_UNIT, after->unit);
    rc = database_find(store, statement, "fresh unit of campaign", campaign_id, err);
    if (rc == OK)
        *out = (struct fresh_unit){
            .unit = sqlite3_column_int64(statement, UNIT),
            .share = sqlite3_column_double(statement, SHARE),
            .in_work = sqlite3_column_int64(statement, IN_WORK),
        };
    (void)sqlite3_reset(statement);
    return rc;
}

int campaign_unit_add(struct store *store, int64_t campaign_id, int64_t unit,
                      const struct campaign_unit_change *change, struct err *err)
{
    const int64_t integers[] = {campaign_id,    unit,          change->released,
                                change->queued, change->final, change->complete};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "campaign_unit_add", integers,
                                (int)(sizeof integers / sizeof *integers), &statement, err);
    return rc == OK ? database_change(store, statement, "unit", unit, err) : rc;
}
