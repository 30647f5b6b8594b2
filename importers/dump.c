#include "importers/dump.h"

#include "base/alloc.h"

#include <string.h>

/* HOLDING --sample full, or file ended: dialect and outline found--> READING
 *    '--no text table--> failed (refusal says why); any other failure is final too
 *
 * Bytes are decoded piece by piece. While HOLDING the text is kept in `text`; while READING it is one piece long. */
enum { PIECE_BYTES = 64 * 1024, HEAD_BYTES = 4096, OUTLINE_MAX_BYTES = 16 * 1024 * 1024 };

struct dump {
    struct dump_options options;
    struct dump_sink sink;
    struct decoder *decoder;
    struct table *table; /* NULL while HOLDING */
    struct framer *framer;
    struct buf text;
    char head[HEAD_BYTES]; /* first bytes of the file, undecoded */
    size_t head_len;
    struct arena arena; /* what the sniff found */
    struct sniff sniff;
    enum refusal refusal;
    bool has_nul, is_in_line;
    struct bytes filled[TABLE_MAX_CELLS]; /* a short row of a sheet, filled up */
};

int dump_new(const struct dump_options *options, struct dump_sink sink, struct dump **out_dump,
             struct err *err)
{
    struct dump *dump = mem_calloc(1, sizeof *dump);
    if (dump == NULL)
        return err_set(err, ERR_NOMEM, "could not make a reader of tables");
    dump->options = *options;
    dump->sink = sink;
    arena_init(&dump->arena, OUTLINE_MAX_BYTES);
    /* A sample, a piece, and what a piece grows by while it is decoded. */
    buf_init(&dump->text, SNIFF_SAMPLE_BYTES + 8 * PIECE_BYTES);
    int rc =
        decoder_new(options->is_sheet ? ENCODING_UTF8 : options->encoding, &dump->decoder, err);
    if (rc != OK) {
        dump_free(dump);
        return rc;
    }
    *out_dump = dump;
    return OK;
}

void dump_free(struct dump *dump)
{
    if (dump == NULL)
        return;
    table_free(dump->table);
    framer_free(dump->framer);
    decoder_free(dump->decoder);
    buf_deinit(&dump->text);
    arena_deinit(&dump->arena);
    mem_free(dump);
}

/* ---- Rows ---- */

static int on_placed_row(void *context, const struct table_row *row, struct row_context where,
                         struct err *err)
{
    struct dump *dump = context;
    return dump->sink.on_row(dump->sink.context, row, where, err);
}

/* A sheet has no short rows, only empty cells at their ends. */
static int take_sheet_row(struct dump *dump, const struct table_row *row, struct err *err)
{
    const struct outline *outline = &dump->sniff.outline;
    size_t width = outline->width > outline->header_count ? outline->width : outline->header_count;
    if (row->cell_count == 0 || row->cell_count >= width)
        return framer_take(dump->framer, row, err);
    /* In the row's text, as whoever copies a row expects. */
    const struct bytes end = {row->text.ptr + row->text.len - 1, 0};
    for (size_t i = 0; i < width; i++)
        dump->filled[i] = i < row->cell_count ? row->cells[i] : end;
    struct table_row filled = *row;
    filled.cells = dump->filled;
    filled.cell_count = width;
    return framer_take(dump->framer, &filled, err);
}

static int on_row(void *context, const struct table_row *row, struct err *err)
{
    struct dump *dump = context;
    return dump->options.is_sheet ? take_sheet_row(dump, row, err)
                                  : framer_take(dump->framer, row, err);
}

/* ---- Bytes ---- */

bool dump_is_rejects(struct bytes head)
{
    struct bytes bom = BYTES_LIT("\xEF\xBB\xBF");
    if (bytes_starts_with(head, bom))
        head = (struct bytes){head.ptr + bom.len, head.len - bom.len};
    return bytes_starts_with(head, BYTES_LIT("line,column,reason,"));
}

/* How a sheet of a workbook is written is known; what is said about a file's dialect is not about it. */
static struct form form_of(const struct dump *dump)
{
    const struct dump_options *options = &dump->options;
    bool is_rejects = dump_is_rejects((struct bytes){dump->head, dump->head_len});
    struct form form = is_rejects ? FORM_OPEN : options->form;
    if (options->is_sheet) {
        memcpy(form.delimiter, DIALECT_CSV.delimiter, sizeof form.delimiter);
        form.quote = DIALECT_CSV.quote;
        form.escape = DIALECT_CSV.escape;
    }
    return form;
}

static int refuse_head(struct dump *dump, struct err *err)
{
    struct bytes head = {dump->head, dump->head_len};
    if (dump->options.is_sheet)
        return OK;
    if (refusal_of_head(head, &dump->refusal) == HEAD_ZIP)
        dump->refusal = REFUSAL_ARCHIVE;
    return dump->refusal == REFUSAL_NONE
               ? OK
               : err_set(err, ERR_REFUSED, "file is %s", refusal_word(dump->refusal));
}

/* The sample is there: HOLDING ends. */
static int begin_reading(struct dump *dump, bool whole, struct err *err)
{
    const struct form form = form_of(dump);
    struct bytes sample = buf_bytes(&dump->text);
    if (sample.len > SNIFF_SAMPLE_BYTES) /* always the same, however the file is cut */
        sample.len = SNIFF_SAMPLE_BYTES;
    int rc = refuse_head(dump, err);
    if (rc == OK)
        rc = sniff_sample(dump->options.profile, &form, dump->options.is_sheet, sample, whole,
                          &dump->arena, &dump->sniff, &dump->refusal, err);
    if (rc == OK && dump->refusal != REFUSAL_NONE)
        rc = err_set(err, ERR_REFUSED, "file is %s", refusal_word(dump->refusal));
    if (rc == OK && dump->sink.on_sniff != NULL)
        rc = dump->sink.on_sniff(dump->sink.context, &dump->sniff, err);
    if (rc == OK)
        rc = framer_new(&dump->sniff.outline, on_placed_row, dump, &dump->framer, err);
    /* A sheet has nothing to mend, and lines in its cells that look like records are none. */
    size_t expected_cells = dump->options.is_sheet ? 0 : dump->sniff.outline.width;
    if (rc == OK)
        rc = table_new(&dump->sniff.dialect, expected_cells, on_row, dump, &dump->table, err);
    return rc;
}

/* Text has been decoded: hand it on, unless it is held back. */
static int pass_on(struct dump *dump, bool whole, struct err *err)
{
    if (dump->table == NULL) {
        if (dump->text.len < SNIFF_SAMPLE_BYTES && !whole)
            return OK;
        int rc = begin_reading(dump, whole, err);
        if (rc != OK)
            return rc;
    }
    struct bytes text = buf_bytes(&dump->text);
    dump->has_nul = dump->has_nul || (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL);
    if (text.len > 0)
        dump->is_in_line = text.ptr[text.len - 1] != '\n' && text.ptr[text.len - 1] != '\r';
    int rc = table_feed(dump->table, text, err);
    buf_clear(&dump->text);
    return rc;
}

int dump_feed(struct dump *dump, struct bytes bytes, struct err *err)
{
    while (bytes.len > 0) {
        struct bytes piece = {bytes.ptr, bytes.len < PIECE_BYTES ? bytes.len : PIECE_BYTES};
        size_t head_room = sizeof dump->head - dump->head_len;
        size_t head_len = piece.len < head_room ? piece.len : head_room;
        memcpy(dump->head + dump->head_len, piece.ptr, head_len);
        dump->head_len += head_len;
        int rc = decoder_feed(dump->decoder, piece, &dump->text, err);
        if (rc == OK)
            rc = pass_on(dump, false, err);
        if (rc != OK)
            return rc;
        bytes = (struct bytes){bytes.ptr + piece.len, bytes.len - piece.len};
    }
    return OK;
}

int dump_finish(struct dump *dump, struct err *err)
{
    int rc = decoder_finish(dump->decoder, &dump->text, err);
    if (rc == OK)
        rc = pass_on(dump, true, err);
    if (rc == OK)
        rc = table_finish(dump->table, err);
    return rc == OK ? framer_finish(dump->framer, err) : rc;
}

enum refusal dump_refusal(const struct dump *dump)
{
    return dump->refusal;
}

const struct sniff *dump_sniff(const struct dump *dump)
{
    return &dump->sniff;
}

bool dump_ends_line(const struct dump *dump)
{
    return !dump->is_in_line;
}

bool dump_has_nul(const struct dump *dump)
{
    return dump->has_nul;
}
