#include "service/intake/document.h"

#include "base/alloc.h"

#include "importers/form.h"

int document_open(const char *path, const char *spool_dir, bool hashes, bool one_thread,
                  struct document *out, struct err *err)
{
    struct document document = DOCUMENT_NONE;
    int rc = source_open(path, spool_dir, &document.source, err);
    if (rc == OK)
        rc = source_scan(&document.source, hashes, one_thread, err);
    if (rc != OK) {
        document_close(&document);
        return rc;
    }
    *out = document;
    return OK;
}

void document_close(struct document *document)
{
    book_free(document->book);
    book_source_deinit(&document->book_source);
    source_close(&document->source);
    document->book = NULL;
}

/* ---- Workbooks ---- */

/* Parts are read one after the other, so that the bytes asked for tell how far it has come. */
static int on_read_at(void *context, int64_t offset, char *ptr, size_t len, struct err *err)
{
    struct document *document = context;
    const struct book_file *file = &document->book_source.file;
    document->done_bytes += (int64_t)len;
    if (document->done_bytes > document->source.size_bytes)
        document->done_bytes = document->source.size_bytes;
    return file->read_at(file->context, offset, ptr, len, err);
}

static int on_keep(void *context, struct bytes bytes, struct err *err)
{
    const struct book_file *file = &((struct document *)context)->book_source.file;
    return file->keep(file->context, bytes, err);
}

static int on_recall(void *context, int64_t offset, char *ptr, size_t len, struct err *err)
{
    const struct book_file *file = &((struct document *)context)->book_source.file;
    return file->recall(file->context, offset, ptr, len, err);
}

struct probe {
    struct dump *dump;
    uint64_t required;
    bool fits;
};

static int on_probe_sniff(void *context, const struct sniff *sniff, struct err *err)
{
    struct probe *probe = context;
    probe->fits = (sniff->columns.fields & probe->required) == probe->required;
    return err_set(err, ERR_CANCELED, "seen enough");
}

static int on_probe_row(void *context, const struct table_row *row, struct row_context where,
                        struct err *err)
{
    (void)context;
    (void)row;
    (void)where;
    (void)err;
    return OK;
}

static int on_probe_text(void *context, struct bytes text, struct err *err)
{
    struct probe *probe = context;
    return dump_feed(probe->dump, text, err);
}

/* Whether the beginning of a sheet has a header that fits the profile. */
static int probe_sheet(struct document *document, const struct document_wish *wish, size_t sheet,
                       bool *out_fits, enum refusal *out_refusal, struct err *err)
{
    struct probe probe = {.required = wish->profile != NULL ? profile_required(wish->profile)
                                                            : COLUMNS_REQUIRED};
    struct dump_options options = document_options(document, wish);
    int rc = dump_new(&options, (struct dump_sink){on_probe_sniff, on_probe_row, &probe},
                      &probe.dump, err);
    if (rc == OK)
        rc = book_read_sheet(document->book, sheet, on_probe_text, &probe, out_refusal, err);
    if (rc == OK)
        rc = dump_finish(probe.dump, err);
    bool is_empty = rc == ERR_REFUSED && dump_refusal(probe.dump) != REFUSAL_NONE;
    dump_free(probe.dump);
    *out_fits = probe.fits;
    return rc == ERR_CANCELED || is_empty ? OK : rc;
}

static int find_named_sheet(struct document *document, const char *wanted,
                            enum refusal *out_refusal, struct err *err)
{
    size_t count = book_sheet_count(document->book);
    int64_t number = 0;
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(book_sheet_name(document->book, i), bytes_from_z(wanted))) {
            document->sheet = i;
            return OK;
        }
    }
    if (bytes_to_int64(bytes_from_z(wanted), &number) && number >= 1 && (size_t)number <= count) {
        document->sheet = (size_t)number - 1;
        return OK;
    }
    *out_refusal = REFUSAL_NO_SHEET;
    return err_set(err, ERR_REFUSED, "no sheet \"%s\" among %zu", wanted, count);
}

static int find_sheet(struct document *document, const struct document_wish *wish,
                      enum refusal *out_refusal, struct err *err)
{
    if (wish->sheet != NULL)
        return find_named_sheet(document, wish->sheet, out_refusal, err);
    size_t count = book_sheet_count(document->book);
    for (size_t i = 0; i < count && count > 1; i++) {
        bool fits = false;
        int rc = probe_sheet(document, wish, i, &fits, out_refusal, err);
        if (rc != OK)
            return rc;
        if (fits) {
            document->sheet = i;
            return OK;
        }
    }
    return OK;
}

static int open_book(struct document *document, const struct document_wish *wish,
                     const char *spool_dir, enum refusal *out_refusal, struct err *err)
{
    const struct book_file file = {
        .size_bytes = document->source.size_bytes,
        .read_at = on_read_at,
        .keep = on_keep,
        .recall = on_recall,
        .context = document,
    };
    book_source_init(&document->book_source, document->source.fd, document->source.size_bytes,
                     spool_dir);
    int rc = book_open(&file, &document->book, out_refusal, err);
    if (rc == OK)
        rc = find_sheet(document, wish, out_refusal, err);
    document->encoding = ENCODING_UTF8;
    return rc;
}

/* ---- Recognising ---- */

static struct form form_of(const struct document_wish *wish)
{
    struct form form = wish->profile != NULL ? *profile_form(wish->profile) : FORM_OPEN;
    form_override(&form, &wish->form);
    return form;
}

static int choose_encoding(struct document *document, const struct document_wish *wish,
                           struct bytes head, enum refusal *out_refusal, struct err *err)
{
    int given = dump_is_rejects(head) ? DIALECT_OPEN : form_of(wish).encoding;
    if (encoding_choose(&document->source.scan, given, wish->last_resort, &document->encoding,
                        &document->encoding_why))
        return OK;
    *out_refusal = REFUSAL_UNDECODABLE;
    return err_set(err, ERR_REFUSED, "neither UTF-8 nor GB18030");
}

int document_recognise(struct document *document, const struct document_wish *wish,
                       const char *spool_dir, enum refusal *out_refusal, struct err *err)
{
    size_t len = 0;
    char *block = mem_alloc(SOURCE_BLOCK_BYTES);
    if (block == NULL)
        return err_set(err, ERR_NOMEM, "could not read a file");
    int rc = source_read(&document->source, 0, block, &len, err);
    struct bytes head = {block, len};
    if (rc == OK) {
        switch (refusal_of_head(head, out_refusal)) {
        case HEAD_TEXT:
            rc = choose_encoding(document, wish, head, out_refusal, err);
            break;
        case HEAD_ZIP:
            rc = open_book(document, wish, spool_dir, out_refusal, err);
            break;
        case HEAD_REFUSED:
            rc = err_set(err, ERR_REFUSED, "file is %s", refusal_word(*out_refusal));
            break;
        }
    }
    mem_free(block);
    return rc;
}

struct dump_options document_options(const struct document *document,
                                     const struct document_wish *wish)
{
    return (struct dump_options){
        .profile = wish->profile,
        .form = form_of(wish),
        .encoding = document->encoding,
        .is_sheet = document->book != NULL,
    };
}

struct bytes document_sheet_name(const struct document *document)
{
    return document->book != NULL ? book_sheet_name(document->book, document->sheet) : BYTES_NONE;
}

/* ---- Reading ---- */

static int read_text(struct document *document, document_cb on_bytes, void *context,
                     struct err *err)
{
    char *block = mem_alloc(SOURCE_BLOCK_BYTES);
    if (block == NULL)
        return err_set(err, ERR_NOMEM, "could not read a file");
    int rc = OK;
    size_t len = 1;
    while (rc == OK && len > 0) {
        rc = source_read(&document->source, document->done_bytes, block, &len, err);
        document->done_bytes += rc == OK ? (int64_t)len : 0;
        if (rc == OK && len > 0)
            rc = on_bytes(context, (struct bytes){block, len}, err);
    }
    mem_free(block);
    return rc;
}

int document_read(struct document *document, document_cb on_bytes, void *context,
                  enum refusal *out_refusal, struct err *err)
{
    document->done_bytes = 0;
    if (document->book == NULL)
        return read_text(document, on_bytes, context, err);
    return book_read_sheet(document->book, document->sheet, on_bytes, context, out_refusal, err);
}
