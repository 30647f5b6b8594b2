#include "service/storage/draws.h"

#include "service/storage/database.h"

/* ---- draws ---- */

int draw_put_new(struct store *store, const struct draw_row *row, struct err *err)
{
    enum { ROUND = 1, NO, FRAME, KIND, SEED, SALT_KEY, WANTED, PUBLIC, DRAWN, WHO, ABANDONED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "draw_put_new", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ROUND, row->round_id);
    (void)sqlite3_bind_int64(statement, NO, row->no);
    (void)sqlite3_bind_int64(statement, FRAME, row->frame_no);
    database_bind_text(statement, KIND, row->kind);
    database_bind_text(statement, SEED, row->seed);
    database_bind_blob(statement, SALT_KEY, row->sealed_salt_key);
    (void)sqlite3_bind_int64(statement, WANTED, row->wanted);
    database_bind_blob(statement, PUBLIC, row->public_sha256);
    (void)sqlite3_bind_int64(statement, DRAWN, row->drawn_utc);
    database_bind_text(statement, WHO, row->who);
    database_bind_id(statement, ABANDONED, row->abandoned_utc);
    return database_run(store, statement, err);
}

/* Columns of draw_get_current, draw_get and draws_each. */
static void read_draw(sqlite3_stmt *statement, struct draw_row *out)
{
    enum {
        ROUND,
        NO,
        FRAME,
        KIND,
        SEED,
        SALT_KEY,
        WANTED,
        PUBLIC,
        DRAWN,
        WHO,
        ABANDONED,
        SEED_OPENED
    };
    *out = (struct draw_row){
        .round_id = sqlite3_column_int64(statement, ROUND),
        .no = sqlite3_column_int64(statement, NO),
        .frame_no = sqlite3_column_int64(statement, FRAME),
        .kind = database_column_text(statement, KIND),
        .seed = database_column_text(statement, SEED),
        .sealed_salt_key = database_column_blob(statement, SALT_KEY),
        .wanted = sqlite3_column_int64(statement, WANTED),
        .public_sha256 = database_column_blob(statement, PUBLIC),
        .drawn_utc = sqlite3_column_int64(statement, DRAWN),
        .who = database_column_text(statement, WHO),
        .abandoned_utc = sqlite3_column_int64(statement, ABANDONED),
        .seed_opened_utc = sqlite3_column_int64(statement, SEED_OPENED),
    };
}

int draw_get_current(struct store *store, int64_t round_id, struct draw_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "draw_get_current", &round_id, 1, &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "the round has no draw in force");
    read_draw(statement, out);
    return OK;
}

static int not_found(int64_t round_id, int64_t no, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "round %jd has no draw %jd", (intmax_t)round_id,
                   (intmax_t)no);
}

int draw_get(struct store *store, int64_t round_id, int64_t no, struct draw_row *out,
             struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "draw_get", (int64_t[]){round_id, no}, 2, &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return not_found(round_id, no, err);
    read_draw(statement, out);
    return OK;
}

int draws_each(struct store *store, int64_t round_id, draw_cb on_draw, void *context,
               struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "draws_each", &round_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct draw_row draw;
        read_draw(statement, &draw);
        rc = on_draw(context, &draw, err);
    }
    return rc;
}

int draw_put_abandoned(struct store *store, int64_t round_id, int64_t no, int64_t at_utc,
                       struct err *err)
{
    int rc =
        database_run_with(store, "draw_put_abandoned", (int64_t[]){at_utc, round_id, no}, 3, err);
    if (rc == OK && sqlite3_changes(database_handle(store)) == 0)
        rc = not_found(round_id, no, err);
    return rc;
}

int draw_put_seed_opened(struct store *store, int64_t round_id, int64_t no, int64_t at_utc,
                         struct err *err)
{
    int rc =
        database_run_with(store, "draw_put_seed_opened", (int64_t[]){at_utc, round_id, no}, 3, err);
    if (rc == OK && sqlite3_changes(database_handle(store)) == 0)
        rc = not_found(round_id, no, err);
    return rc;
}

/* ---- units ---- */

int draw_unit_put(struct store *store, int64_t round_id, int64_t draw_no,
                  const struct draw_unit_row *row, struct err *err)
{
    enum { ROUND = 1, DRAW, UNIT, CODE, FRAME, SAMPLE, RESERVE, RELEASED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "draw_unit_put", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ROUND, round_id);
    (void)sqlite3_bind_int64(statement, DRAW, draw_no);
    (void)sqlite3_bind_int64(statement, UNIT, row->unit);
    database_bind_text(statement, CODE, row->code);
    (void)sqlite3_bind_int64(statement, FRAME, row->frame);
    (void)sqlite3_bind_int64(statement, SAMPLE, row->sample);
    (void)sqlite3_bind_int64(statement, RESERVE, row->reserve);
    (void)sqlite3_bind_int64(statement, RELEASED, row->released);
    return database_run(store, statement, err);
}

int draw_units_each(struct store *store, int64_t round_id, int64_t draw_no, draw_unit_cb on_unit,
                    void *context, struct err *err)
{
    enum { UNIT, CODE, FRAME, SAMPLE, RESERVE, RELEASED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "draw_units_each", (int64_t[]){round_id, draw_no}, 2,
                                &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct draw_unit_row unit = {
            .unit = sqlite3_column_int64(statement, UNIT),
            .code = database_column_text(statement, CODE),
            .frame = sqlite3_column_int64(statement, FRAME),
            .sample = sqlite3_column_int64(statement, SAMPLE),
            .reserve = sqlite3_column_int64(statement, RESERVE),
            .released = sqlite3_column_int64(statement, RELEASED),
        };
        rc = on_unit(context, &unit, err);
    }
    return rc;
}

int draw_unit_put_released(struct store *store, int64_t round_id, int64_t draw_no, int64_t unit,
                           int64_t released, struct err *err)
{
    int rc = database_run_with(store, "draw_unit_put_released",
                               (int64_t[]){released, round_id, draw_no, unit}, 4, err);
    if (rc == OK && sqlite3_changes(database_handle(store)) == 0)
        rc = err_set(err, ERR_NOT_FOUND, "draw %jd of round %jd has no unit %jd", (intmax_t)draw_no,
                     (intmax_t)round_id, (intmax_t)unit);
    return rc;
}

/* ---- drawn orders ---- */

int drawn_put_new(struct store *store, int64_t round_id, int64_t draw_no, struct drawn_row *row,
                  struct err *err)
{
    enum { ROUND = 1, DRAW, UNIT, POSITION, ORDER_NO, HANDLING, TICKET, CASE };
    sqlite3_stmt *statement = NULL;
    bool is_new = false;
    int rc = database_take(store, "drawn_put_new", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ROUND, round_id);
    (void)sqlite3_bind_int64(statement, DRAW, draw_no);
    (void)sqlite3_bind_int64(statement, UNIT, row->unit);
    (void)sqlite3_bind_int64(statement, POSITION, row->position);
    database_bind_text(statement, ORDER_NO, row->order_no);
    (void)sqlite3_bind_int64(statement, HANDLING, row->handling_id);
    if (row->ticket.len != 0)
        database_bind_blob(statement, TICKET, row->ticket);
    (void)sqlite3_bind_int64(statement, CASE, row->case_no);
    rc = database_step(store, statement, &is_new, err);
    if (rc != OK)
        return rc;
    int64_t id = sqlite3_column_int64(statement, 0);
    rc = database_run(store, statement, err);
    if (rc == OK)
        row->id = id;
    return rc;
}

/* Columns of drawn_each and drawn_get. */
static void read_drawn(sqlite3_stmt *statement, struct drawn_row *out)
{
    enum { ID, UNIT, POSITION, ORDER_NO, HANDLING, TICKET, CASE, IS_RELEASED };
    *out = (struct drawn_row){
        .id = sqlite3_column_int64(statement, ID),
        .unit = sqlite3_column_int64(statement, UNIT),
        .position = sqlite3_column_int64(statement, POSITION),
        .order_no = database_column_text(statement, ORDER_NO),
        .handling_id = sqlite3_column_int64(statement, HANDLING),
        .ticket = database_column_blob(statement, TICKET),
        .case_no = sqlite3_column_int64(statement, CASE),
        .is_released = sqlite3_column_int(statement, IS_RELEASED) != 0,
    };
}

int drawn_each(struct store *store, int64_t round_id, int64_t draw_no, drawn_cb on_drawn,
               void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc =
        database_take_with(store, "drawn_each", (int64_t[]){round_id, draw_no}, 2, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct drawn_row drawn;
        read_drawn(statement, &drawn);
        rc = on_drawn(context, &drawn, err);
    }
    return rc;
}

int drawn_get(struct store *store, int64_t round_id, int64_t draw_no, struct bytes order_no,
              struct drawn_row *out, struct err *err)
{
    enum { ROUND_AND_DRAW = 2, ORDER_NO };
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "drawn_get", (int64_t[]){round_id, draw_no}, ROUND_AND_DRAW,
                                &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, ORDER_NO, order_no);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "order \"" BYTES_FMT "\" is not in draw %jd",
                       BYTES_ARG(order_no), (intmax_t)draw_no);
    read_drawn(statement, out);
    return OK;
}
