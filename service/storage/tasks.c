#include "service/storage/tasks.h"

#include "service/storage/database.h"

int task_put_new(struct store *store, struct task_row *row, struct err *err)
{
    enum { KIND = 1, ACCOUNT, WHO, SUBJECT, STATE, MESSAGE, RESULT_TYPE, CREATED, ENDED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "task_put_new", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, KIND, row->kind);
    (void)sqlite3_bind_int64(statement, ACCOUNT, row->account_id);
    database_bind_text(statement, WHO, row->who);
    database_bind_text(statement, SUBJECT, row->subject);
    database_bind_text(statement, STATE, row->state);
    database_bind_text(statement, MESSAGE, row->message);
    database_bind_text(statement, RESULT_TYPE, row->result_type);
    (void)sqlite3_bind_int64(statement, CREATED, row->created_utc);
    database_bind_id(statement, ENDED, row->ended_utc);
    return database_put_new(store, statement, &row->id, err);
}

int task_put_state(struct store *store, int64_t id, struct bytes state, struct bytes message,
                   struct bytes result_type, int64_t ended_utc, struct err *err)
{
    enum { STATE = 1, MESSAGE, RESULT_TYPE, ENDED, ID };
    sqlite3_stmt *statement = NULL;
    bool is_there = false;
    int rc = database_take(store, "task_put_state", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, STATE, state);
    database_bind_text(statement, MESSAGE, message);
    database_bind_text(statement, RESULT_TYPE, result_type);
    database_bind_id(statement, ENDED, ended_utc);
    (void)sqlite3_bind_int64(statement, ID, id);
    rc = database_step(store, statement, &is_there, err);
    if (rc != OK)
        return rc;
    if (!is_there)
        return err_set(err, ERR_NOT_FOUND, "no task has the id %jd", (intmax_t)id);
    return database_run(store, statement, err);
}

int tasks_put_interrupted(struct store *store, int64_t at_utc, struct err *err)
{
    return database_run_with(store, "tasks_put_interrupted", &at_utc, 1, err);
}

/* Columns of task_get and tasks_each. */
static void read_task(sqlite3_stmt *statement, struct task_row *out)
{
    enum { ID, KIND, ACCOUNT, WHO, SUBJECT, STATE, MESSAGE, RESULT_TYPE, CREATED, ENDED };
    *out = (struct task_row){
        .id = sqlite3_column_int64(statement, ID),
        .kind = database_column_text(statement, KIND),
        .account_id = sqlite3_column_int64(statement, ACCOUNT),
        .who = database_column_text(statement, WHO),
        .subject = database_column_text(statement, SUBJECT),
        .state = database_column_text(statement, STATE),
        .message = database_column_text(statement, MESSAGE),
        .result_type = database_column_text(statement, RESULT_TYPE),
        .created_utc = sqlite3_column_int64(statement, CREATED),
        .ended_utc = sqlite3_column_int64(statement, ENDED),
    };
}

int task_get(struct store *store, int64_t id, struct task_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "task_get", &id, 1, &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no task has the id %jd", (intmax_t)id);
    read_task(statement, out);
    return OK;
}

int tasks_each(struct store *store, int64_t before_id, int64_t limit, task_cb on_task,
               void *context, struct err *err)
{
    int64_t end = before_id != 0 ? before_id : INT64_MAX;
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "tasks_each", (int64_t[]){end, limit}, 2, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct task_row task;
        read_task(statement, &task);
        rc = on_task(context, &task, err);
    }
    return rc;
}
