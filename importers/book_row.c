#include "importers/book_row.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 64 * 1024 };

struct cell {
    int column;
    uint32_t start, len; /* its text */
};

void book_row_init(struct book_row *row, book_text_cb on_text, void *context)
{
    *row = (struct book_row){.on_text = on_text, .context = context, .sorted = true};
    buf_init(&row->texts, BOOK_MAX_ROW_BYTES);
    buf_init(&row->cells, 2 * BOOK_MAX_COLUMNS * sizeof(struct cell));
}

void book_row_deinit(struct book_row *row)
{
    buf_deinit(&row->texts);
    buf_deinit(&row->cells);
    mem_free(row->out);
    row->out = NULL;
}

static struct cell *cells_of(const struct book_row *row, size_t *out_count)
{
    *out_count = row->cells.len / sizeof(struct cell);
    return (struct cell *)(void *)row->cells.ptr;
}

int book_row_add(struct book_row *row, int column, struct bytes text, struct book_fail fail)
{
    size_t count = 0;
    const struct cell *cells = cells_of(row, &count);
    struct cell cell = {column, (uint32_t)row->texts.len, (uint32_t)text.len};
    if (text.len == 0)
        return OK;
    if (count > 0 && cells[count - 1].column >= column)
        row->sorted = false;
    buf_append(&row->texts, text);
    buf_append(&row->cells, (struct bytes){(const char *)&cell, sizeof cell});
    if (row->texts.rc == ERR_LIMIT || row->cells.rc == ERR_LIMIT)
        return book_refuse(fail, REFUSAL_BOMB, "a row of the workbook is too long");
    int rc = buf_status(&row->texts, fail.err);
    return rc == OK ? buf_status(&row->cells, fail.err) : rc;
}

static int flush(struct book_row *row, struct book_fail fail)
{
    struct bytes piece = {row->out, row->out_len};
    row->out_len = 0;
    return piece.len > 0 ? row->on_text(row->context, piece, fail.err) : OK;
}

static int put(struct book_row *row, struct bytes text, struct book_fail fail)
{
    int rc = OK;
    while (rc == OK && text.len > 0) {
        size_t room = PIECE_BYTES - row->out_len;
        size_t len = text.len < room ? text.len : room;
        memcpy(row->out + row->out_len, text.ptr, len);
        row->out_len += len;
        row->written_bytes += (int64_t)len;
        text = (struct bytes){text.ptr + len, text.len - len};
        if (row->out_len == PIECE_BYTES)
            rc = flush(row, fail);
    }
    if (rc == OK && row->written_bytes > BOOK_MAX_TEXT_BYTES)
        rc = book_refuse(fail, REFUSAL_BOMB, "a sheet of the workbook has too much text");
    return rc;
}

static int put_times(struct book_row *row, char c, int64_t times, struct book_fail fail)
{
    int rc = OK;
    for (; rc == OK && times > 0; times--)
        rc = put(row, (struct bytes){&c, 1}, fail);
    return rc;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Spaces at the ends need none by RFC 4180, but readers may take them off. */
static bool needs_quotes(struct bytes text)
{
    if (is_blank(text.ptr[0]) || is_blank(text.ptr[text.len - 1]))
        return true;
    for (size_t i = 0; i < text.len; i++) {
        /* All four are at or below the comma, and Chinese text is above it. */
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ',' && (c == ',' || c == '"' || c == '\n' || c == '\r'))
            return true;
    }
    return false;
}

static int put_cell(struct book_row *row, struct bytes text, struct book_fail fail)
{
    if (!needs_quotes(text))
        return put(row, text, fail);
    int rc = put(row, BYTES_LIT("\""), fail);
    while (rc == OK && text.ptr != NULL) {
        struct bytes part = bytes_cut(&text, '"');
        rc = put(row, part, fail);
        if (rc == OK && text.ptr != NULL)
            rc = put(row, BYTES_LIT("\"\""), fail);
    }
    return rc == OK ? put(row, BYTES_LIT("\""), fail) : rc;
}

static int compare_columns(const void *a, const void *b)
{
    const struct cell *left = a, *right = b;
    return (left->column > right->column) - (left->column < right->column);
}

static int put_cells(struct book_row *row, struct book_fail fail)
{
    size_t count = 0;
    struct cell *cells = cells_of(row, &count);
    int column = 0;
    int rc = OK;
    assert(row->texts.ptr != NULL && "cells have texts");
    if (!row->sorted)
        qsort(cells, count, sizeof *cells, compare_columns);
    for (size_t i = 0; rc == OK && i < count; i++) {
        if (i > 0 && cells[i].column == cells[i - 1].column)
            return book_refuse(fail, REFUSAL_BROKEN, "a row has two cells in one column");
        rc = put_times(row, ',', cells[i].column - column, fail);
        column = cells[i].column;
        if (rc == OK)
            rc = put_cell(row, (struct bytes){row->texts.ptr + cells[i].start, cells[i].len}, fail);
    }
    return rc == OK ? put(row, BYTES_LIT("\n"), fail) : rc;
}

int book_row_end(struct book_row *row, int64_t number, struct book_fail fail)
{
    int rc = OK;
    if (row->cells.len == 0)
        return OK;
    if (row->out == NULL)
        row->out = mem_alloc(PIECE_BYTES);
    if (row->out == NULL)
        return err_set(fail.err, ERR_NOMEM, "could not write a row of a workbook");
    rc = put_times(row, '\n', number - 1 - row->written_rows, fail);
    if (rc == OK)
        rc = put_cells(row, fail);
    row->written_rows = number;
    row->sorted = true;
    buf_clear(&row->texts);
    buf_clear(&row->cells);
    return rc;
}

int book_row_finish(struct book_row *row, struct book_fail fail)
{
    return flush(row, fail);
}
