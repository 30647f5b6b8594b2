#include "service/commands/inspect_csv.h"

#include "base/utf8.h"

#include "reports/csv.h"

#include <string.h>

enum { FLUSH_BYTES = 256 * 1024, ROOM_BYTES = 64 * 1024 * 1024, NAMED_MAX = 10 };

struct writing {
    const struct command_context *context;
    struct dump *dump;
    struct buf out, repaired;
    int64_t preamble_rows, blank_rows, mended_rows, later_rows, cut_rows;
    int tables; /* the last one that was named */
};

static int flush(struct writing *writing, struct err *err)
{
    int rc = buf_status(&writing->out, err);
    if (rc == OK)
        rc = buf_status(&writing->repaired, err);
    if (rc == OK)
        rc = command_write(writing->context, buf_bytes(&writing->out), err);
    buf_clear(&writing->out);
    return rc;
}

/* What could not be decoded, or was cut at a limit, is written as U+FFFD. */
static void write_cell(struct writing *writing, struct bytes cell, bool is_cut)
{
    if (cell.len == 0 || (!is_cut && memchr(cell.ptr, DECODER_DAMAGE, cell.len) == NULL)) {
        csv_cell(&writing->out, cell);
        return;
    }
    buf_clear(&writing->repaired);
    utf8_append_repaired(&writing->repaired, cell);
    csv_cell(&writing->out, buf_bytes(&writing->repaired));
}

static int write_cells(struct writing *writing, const struct bytes *cells, size_t count,
                       bool are_cut, struct err *err)
{
    struct buf *out = &writing->out;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        write_cell(writing, cells[i], are_cut);
    }
    if (count == 1 && cells[0].len == 0) /* else it would be a blank line */
        buf_append_z(out, "\"\"");
    buf_append_byte(out, '\n');
    return out->len >= FLUSH_BYTES ? flush(writing, err) : OK;
}

static int on_sniff(void *context, const struct sniff *sniff, struct err *err)
{
    struct writing *writing = context;
    const struct outline *outline = &sniff->outline;
    return outline->header_rows > 0
               ? write_cells(writing, outline->header, outline->header_count, false, err)
               : OK;
}

static void name_table(struct writing *writing, const struct table_row *row,
                       struct row_context where)
{
    if (where.table > writing->tables && where.table <= NAMED_MAX)
        command_say(writing->context, "第 %lld 行起是另一张表（%zu 列），未写出。",
                    (long long)row->line, row->cell_count);
    writing->tables = where.table;
    writing->later_rows++;
}

static void name_cut(struct writing *writing, const struct table_row *row)
{
    if (writing->cut_rows++ < NAMED_MAX)
        command_say(writing->context, "第 %lld 行过长，只写出前一部分。", (long long)row->line);
}

static int on_row(void *context, const struct table_row *row, struct row_context where,
                  struct err *err)
{
    struct writing *writing = context;
    writing->preamble_rows += where.place == PLACE_PREAMBLE;
    writing->blank_rows += where.place == PLACE_BLANK;
    if (where.table > 1 && where.place != PLACE_BLANK)
        name_table(writing, row, where);
    if (where.table > 1 || (where.place != PLACE_BODY && where.place != PLACE_HEADER))
        return OK;
    if (row->fault != TABLE_FAULT_NONE)
        name_cut(writing, row);
    if (where.place == PLACE_HEADER)
        return OK;
    writing->mended_rows += row->mends != 0;
    return write_cells(writing, row->cells, row->cell_count, row->fault != TABLE_FAULT_NONE, err);
}

static int on_bytes(void *context, struct bytes bytes, struct err *err)
{
    struct writing *writing = context;
    return dump_feed(writing->dump, bytes, err);
}

static void name_rest(const struct writing *writing)
{
    const struct command_context *context = writing->context;
    if (writing->preamble_rows > 0)
        command_say(context, "略去表前的 %lld 行。", (long long)writing->preamble_rows);
    if (writing->mended_rows > 0)
        command_say(context, "引号不配对、按原文读入的 %lld 行。", (long long)writing->mended_rows);
    if (writing->cut_rows > NAMED_MAX)
        command_say(context, "过长的共 %lld 行。", (long long)writing->cut_rows);
    if (writing->later_rows > 0)
        command_say(context, "另外 %d 张表共 %lld 行（含表头）未写出。", writing->tables - 1,
                    (long long)writing->later_rows);
}

int inspect_csv(const struct command_context *context, struct document *document,
                const struct document_wish *wish, enum refusal *out_refusal, struct err *err)
{
    struct writing writing = {.context = context, .tables = 1};
    const struct dump_options options = document_options(document, wish);
    buf_init(&writing.out, ROOM_BYTES);
    buf_init(&writing.repaired, ROOM_BYTES);
    int rc = dump_new(&options, (struct dump_sink){on_sniff, on_row, &writing}, &writing.dump, err);
    if (rc == OK)
        rc = document_read(document, on_bytes, &writing, out_refusal, err);
    if (rc == OK)
        rc = dump_finish(writing.dump, err);
    if (rc == OK)
        rc = flush(&writing, err);
    if (rc == ERR_REFUSED && *out_refusal == REFUSAL_NONE)
        *out_refusal = dump_refusal(writing.dump);
    if (rc == OK)
        name_rest(&writing);
    dump_free(writing.dump);
    buf_deinit(&writing.out);
    buf_deinit(&writing.repaired);
    return rc;
}
