#include "service/storage/orders_row.h"

#include "service/storage/database.h"

enum {
    ORDER_ID,
    ORDER_NO,
    ORDER_IMPORT,
    ORDER_CATEGORY,
    ORDER_REGION,
    ORDER_CHANNEL,
    ORDER_REPEAT_OF,
    ORDER_PHONE_KEY,
    ORDER_SEALED,
};

void order_row_read(sqlite3_stmt *statement, int first, struct order_row *out)
{
    out->id = sqlite3_column_int64(statement, first + ORDER_ID);
    out->order_no = database_column_text(statement, first + ORDER_NO);
    out->import_id = sqlite3_column_int64(statement, first + ORDER_IMPORT);
    out->category_id = sqlite3_column_int64(statement, first + ORDER_CATEGORY);
    out->region_id = sqlite3_column_int64(statement, first + ORDER_REGION);
    out->channel_id = sqlite3_column_int64(statement, first + ORDER_CHANNEL);
    out->repeat_of = database_column_text(statement, first + ORDER_REPEAT_OF);
    out->phone_key = sqlite3_column_int64(statement, first + ORDER_PHONE_KEY);
    out->sealed = database_column_blob(statement, first + ORDER_SEALED);
}

void order_row_bind(sqlite3_stmt *statement, int first, const struct order_row *row)
{
    (void)sqlite3_bind_int64(statement, first + ORDER_ID, row->id);
    database_bind_text(statement, first + ORDER_NO, row->order_no);
    (void)sqlite3_bind_int64(statement, first + ORDER_IMPORT, row->import_id);
    database_bind_id(statement, first + ORDER_CATEGORY, row->category_id);
    database_bind_id(statement, first + ORDER_REGION, row->region_id);
    database_bind_id(statement, first + ORDER_CHANNEL, row->channel_id);
    if (row->repeat_of.len > 0)
        database_bind_text(statement, first + ORDER_REPEAT_OF, row->repeat_of);
    database_bind_id(statement, first + ORDER_PHONE_KEY, row->phone_key);
    database_bind_blob(statement, first + ORDER_SEALED, row->sealed);
}

void order_row_result(sqlite3_context *result, const struct order_row *row, int column)
{
    switch (column) {
    case ORDER_ID:
        sqlite3_result_int64(result, row->id);
        break;
    case ORDER_NO:
        database_result_text(result, row->order_no);
        break;
    case ORDER_IMPORT:
        sqlite3_result_int64(result, row->import_id);
        break;
    case ORDER_CATEGORY:
        database_result_id(result, row->category_id);
        break;
    case ORDER_REGION:
        database_result_id(result, row->region_id);
        break;
    case ORDER_CHANNEL:
        database_result_id(result, row->channel_id);
        break;
    case ORDER_REPEAT_OF:
        if (row->repeat_of.len > 0)
            database_result_text(result, row->repeat_of);
        break;
    case ORDER_PHONE_KEY:
        database_result_id(result, row->phone_key);
        break;
    case ORDER_SEALED:
        database_result_blob(result, row->sealed);
        break;
    default:
        break;
    }
}
