#include "service/intake/intake.h"

#include "base/alloc.h"

#include "importers/form.h"

#include "service/auth/digest.h"
#include "service/host/files.h"
#include "service/intake/apply.h"
#include "service/intake/reading.h"
#include "service/intake/rejects.h"
#include "service/intake/slices.h"

#include <stdio.h>
#include <string.h>

/* An import, from the file to the last transaction:
 *
 *     scan (SHA-256, encoding) -> known already? -> [reading thread] -> batches -> slices (slices.h)
 *     -> index of persons -> one last transaction: transfers, new units, state loaded
 *
 * Rows written in slices are invisible until that transaction; whatever stops the import before it, the next opening
 * of the store clears them. */

enum {
    RESULT_MAX_BYTES = 64 * 1024 * 1024,
};

struct load {
    struct datadir *datadir;
    const struct intake_options *options;
    struct intake_result *result;
    struct document document;
    struct document_wish wish;
    struct zone *zone;
    unsigned char profile_sha256[SHA256_BYTES];
    struct batch_queue queue;
    struct reading reading;
    struct apply apply;
    struct vault_sealer *order_sealer;
    struct rejects rejects;
    struct vault_index *index;
    struct import_row import;
    struct slices slices;
    bool is_loading; /* the import row is stored */
};

const char *intake_status_word(enum intake_status status)
{
    static const char *const words[] = {"loaded", "already_loaded", "refused"};
    return words[status];
}

static int64_t extraction_time(const struct intake_options *options)
{
    return options->extracted_utc != 0 ? options->extracted_utc : options->now_utc;
}

/* ---- slices ---- */

static int on_batch(void *context, struct batch *batch, struct err *err)
{
    struct load *load = context;
    if (batch->count > 0) /* the header was found before the first record */
        load->apply.columns = reader_layout(load->reading.reader)->columns;
    int rc = slices_open(&load->slices, err);
    if (rc == OK)
        rc = apply_batch(&load->apply, batch->items, batch->count, err);
    for (size_t i = 0; i < batch->count && rc == OK; i++) {
        if (batch->items[i].kind == ITEM_REJECT)
            rc = rejects_take(&load->rejects, reader_layout(load->reading.reader),
                              batch->items[i].reject, err);
    }
    if (rc != OK)
        return rc;
    const struct intake_options *options = load->options;
    if (options->on_progress != NULL) {
        const struct import_counts *counts = &load->apply.counts;
        options->on_progress(
            options->progress_context, batch->done_bytes, load->document.source.size_bytes,
            counts->accepted + counts->updated + counts->unchanged + load->rejects.count);
    }
    return slices_count(&load->slices, (int64_t)batch->count, err);
}

static void *run_reading(void *context)
{
    struct err unused = {0};
    (void)reading_run(context, &unused);
    return NULL;
}

/* Take batches until the last one; its result is the reader's. */
static int write_batches(struct load *load, struct err *err)
{
    for (;;) {
        int rc = OK;
        /* Who waits for the reader must not keep a service waiting. */
        if (load->slices.is_served && batch_queue_is_empty(&load->queue))
            rc = slices_end(&load->slices, err);
        if (rc != OK)
            return rc;
        struct batch *batch = batch_queue_take_full(&load->queue);
        rc = batch->rc;
        if (rc != OK)
            *err = batch->err;
        else
            rc = on_batch(load, batch, err);
        bool is_last = batch->is_last;
        batch_queue_put_free(&load->queue, batch);
        if (rc != OK || is_last)
            return rc;
    }
}

static int read_and_write(struct load *load, struct err *err)
{
    pthread_t thread;
    if (load->options->one_thread) {
        load->reading.on_batch = on_batch;
        load->reading.context = load;
        return reading_run(&load->reading, err);
    }
    if (pthread_create(&thread, NULL, run_reading, &load->reading) != 0)
        return err_set(err, ERR_NOMEM, "could not start the reading thread");
    int rc = write_batches(load, err);
    if (rc != OK)
        batch_queue_cancel(&load->queue);
    (void)pthread_join(thread, NULL);
    return rc;
}

/* ---- beginning, and what the last transaction does besides ---- */

static int begin_loading(struct load *load, struct err *err)
{
    struct store *store = load->datadir->store;
    load->import = (struct import_row){
        .file_name = load->document.source.name,
        .profile = profile_name(load->options->profile),
        .encoding = bytes_from_z(encoding_word(load->document.encoding)),
        .delimiter = BYTES_LIT(","),
        .extracted_utc = extraction_time(load->options),
        .started_utc = load->options->now_utc,
    };
    memcpy(load->import.sha256, load->document.source.sha256, SHA256_BYTES);
    memcpy(load->import.profile_sha256, load->profile_sha256, SHA256_BYTES);
    int rc = slices_open(&load->slices, err);
    if (rc == OK)
        rc = import_put_loading(store, &load->import, err);
    if (rc == OK)
        rc = rejects_begin(&load->rejects, load->import.id, err);
    if (rc != OK)
        return rc;
    load->is_loading = true;
    load->apply.import_id = load->import.id;
    load->apply.first_order_id = load->import.first_order_id;
    load->apply.end_order_id = load->import.first_order_id;
    load->apply.extracted_utc = load->import.extracted_utc;
    load->reading.next_order_id = load->import.first_order_id;
    return slices_end(&load->slices, err);
}

/* Names that no unit has become units, in the order in which the file names them. */
static int register_units(struct load *load, struct err *err)
{
    struct words *words = &load->apply.words;
    for (size_t i = 0; i < words->unit_count; i++) {
        struct unit_word *word = &words->unit_words[i];
        struct unit_name_row name;
        int rc = unit_name_get(load->datadir->store, word->name_id, &name, err);
        if (rc != OK)
            return rc;
        word->unit_id = name.unit_id; /* an earlier spelling may have registered it just now */
        if (word->unit_id != 0)
            continue;
        struct unit_row unit = {
            .code = word->code.len > 0 ? word->code : word->name,
            .name = word->name,
            .class_name = BYTES_LIT("未分类"),
            .valid_from = UNIT_DAY_ALWAYS,
            .valid_to = UNIT_DAY_ALWAYS,
        };
        buf_clear(&words->folded);
        buf_append(&words->folded, name.folded);
        rc = buf_status(&words->folded, err);
        if (rc == OK)
            rc = unit_put(load->datadir->store, &unit, buf_bytes(&words->folded), err);
        if (rc == OK)
            rc = unit_name_get(load->datadir->store, word->name_id, &name, err);
        if (rc != OK)
            return rc;
        word->unit_id = name.unit_id;
        load->result->registered_units++;
    }
    return OK;
}

/* What can be stored before the last transaction makes all of it visible. */
static int index_persons(struct load *load, struct err *err)
{
    struct persons *persons = &load->apply.persons;
    int rc = persons_sort(persons, err);
    while (rc == OK && persons->count > 0) {
        rc = slices_open(&load->slices, err);
        if (rc == OK)
            rc = persons_store(persons, load->datadir->store, slices_rows(&load->slices), err);
        if (rc == OK)
            rc = slices_end(&load->slices, err);
    }
    return rc;
}

/* Leave nothing of an import that failed. What cannot be cleared now is cleared when the store is opened next. */
static void give_up(struct load *load)
{
    struct err unused = {0};
    struct store *store = load->datadir->store;
    bool done = !load->is_loading || load->options->dry_run;
    store_rollback(store);
    load->slices.should_stop = NULL;
    while (!done) {
        if (slices_open(&load->slices, &unused) != OK)
            return;
        int rc = import_clear(store, load->import.id, slices_rows(&load->slices), &done, &unused);
        if (rc == OK)
            rc = slices_end(&load->slices, &unused);
        if (rc != OK) {
            store_rollback(store);
            return;
        }
    }
}

/* ---- the result ---- */

static int refuse(struct load *load, enum refusal refusal, const char *reason)
{
    struct intake_result *result = load->result;
    result->status = INTAKE_REFUSED;
    result->refusal = refusal;
    struct err text = {0};
    (void)err_set(&text, ERR_REFUSED, "%s", reason);
    memcpy(result->reason, text.message, sizeof result->reason);
    return OK;
}

static int keep_ignored_columns(struct load *load, struct err *err)
{
    struct intake_result *result = load->result;
    const struct reader_layout *layout = reader_layout(load->reading.reader);
    const char *delimiter = layout->sniff->dialect.delimiter;
    memcpy(result->delimiter, delimiter, sizeof result->delimiter);
    result->header_line = layout->header_line;
    result->ignored_columns =
        arena_alloc(&result->arena, size_multiply(layout->header_count + 1, sizeof(struct bytes)));
    if (result->ignored_columns == NULL)
        return err_set(err, ERR_NOMEM, "could not keep the names of %zu columns",
                       layout->header_count);
    for (size_t i = 0; i < layout->header_count; i++) {
        if (layout->field_of[i] >= 0)
            continue;
        struct bytes name = arena_copy(&result->arena, layout->header[i]);
        if (name.ptr == NULL)
            return err_set(err, ERR_NOMEM, "could not keep the names of columns");
        result->ignored_columns[result->ignored_column_count++] = name;
    }
    return OK;
}

/* Spellings that compare equal are one name in the store, so one line here, under the first of them. */
static int keep_unmatched(struct load *load, struct err *err)
{
    struct intake_result *result = load->result;
    const struct words *words = &load->apply.words;
    int64_t *ids = arena_alloc(&result->arena, size_multiply(words->unit_count + 1, sizeof *ids));
    result->unmatched = arena_alloc(
        &result->arena, size_multiply(words->unit_count + 1, sizeof *result->unmatched));
    if (ids == NULL || result->unmatched == NULL)
        return err_set(err, ERR_NOMEM, "could not keep %zu names", words->unit_count);
    for (size_t i = 0; i < words->unit_count; i++) {
        const struct unit_word *word = &words->unit_words[i];
        size_t at = 0;
        if (word->unit_id != 0)
            continue;
        while (at < result->unmatched_count && ids[at] != word->name_id)
            at++;
        if (at == result->unmatched_count) {
            ids[at] = word->name_id;
            result->unmatched[at].name = arena_copy(&result->arena, word->name);
            if (result->unmatched[at].name.ptr == NULL)
                return err_set(err, ERR_NOMEM, "could not keep a name");
            result->unmatched_count++;
        }
        result->unmatched[at].count += word->records;
    }
    int rc = OK;
    for (size_t i = 0; i < result->unmatched_count && rc == OK; i++)
        rc = import_unmatched_put(load->datadir->store, load->import.id, result->unmatched[i].name,
                                  result->unmatched[i].count, err);
    return rc;
}

static int keep_result(struct load *load, struct err *err)
{
    struct intake_result *result = load->result;
    result->status = INTAKE_LOADED;
    result->import_id = load->options->dry_run ? 0 : load->import.id;
    result->counts = load->import.counts;
    result->repeated_headers = reader_counts(load->reading.reader).repeated_headers;
    int rc = keep_ignored_columns(load, err);
    if (rc == OK)
        rc = keep_unmatched(load, err);
    return rc;
}

/* ---- the end ---- */

static int note_id(const struct audit_desk *desk, struct store *store, const char *action,
                   int64_t import_id, const struct audit_number *numbers, size_t count,
                   struct err *err)
{
    char id[24];
    (void)snprintf(id, sizeof id, "%lld", (long long)import_id);
    return audit_note(desk, store, action, bytes_from_z(id), numbers, count, err);
}

static int note_load(const struct load *load, struct err *err)
{
    const struct import_counts *counts = &load->import.counts;
    const struct audit_number numbers[] = {
        {"rows", counts->rows},
        {"accepted", counts->accepted},
        {"updated", counts->updated},
        {"rejected", counts->rejected},
        {"units", load->result->registered_units},
        {"rejects_files", load->options->rejects != NULL},
    };
    return note_id(load->options->desk, load->datadir->store, "import.load", load->import.id,
                   numbers, sizeof numbers / sizeof *numbers, err);
}

static int finish_loading(struct load *load, struct err *err)
{
    struct store *store = load->datadir->store;
    const struct reader_layout *layout = reader_layout(load->reading.reader);
    struct reader_counts read = reader_counts(load->reading.reader);
    int64_t units = 0;
    int rc = rejects_end(&load->rejects, err);
    if (rc == OK)
        rc = index_persons(load, err);
    if (rc == OK)
        rc = slices_open_last(&load->slices, err);
    if (rc == OK)
        rc = apply_finish(&load->apply, err);
    if (rc == OK)
        rc = units_count(store, &units, err);
    if (rc == OK && (load->options->add_units || units == 0))
        rc = register_units(load, err);
    struct import_row *import = &load->import;
    import->delimiter = bytes_from_z(layout->sniff->dialect.delimiter);
    import->header_line = layout->header_line;
    import->loaded_utc = load->options->now_utc;
    import->end_order_id = load->apply.end_order_id;
    import->counts = load->apply.counts;
    import->counts.rows = read.rows;
    import->counts.rejected = load->rejects.count;
    import->counts.newest_event_utc = read.newest_event_utc;
    if (rc == OK)
        rc = import_put_loaded(store, import, err);
    if (rc == OK) /* before the commit: after it nothing may fail */
        rc = keep_result(load, err);
    if (rc == OK)
        rc = note_load(load, err);
    if (rc == OK && load->options->dry_run)
        store_rollback(store);
    else if (rc == OK)
        rc = store_commit(store, err);
    return rc;
}

/* ---- the whole ---- */

static int find_loaded(struct load *load, bool *out_found, struct err *err)
{
    struct import_row earlier;
    struct store *store = load->datadir->store;
    *out_found = false;
    int rc = store_begin_read(store, err);
    if (rc != OK)
        return rc;
    rc = import_find(store, load->document.source.sha256, load->profile_sha256, &earlier, err);
    if (rc == OK) {
        *out_found = true;
        load->result->status = INTAKE_ALREADY_LOADED;
        load->result->import_id = earlier.id;
        if (earlier.delimiter.len < sizeof load->result->delimiter)
            memcpy(load->result->delimiter, earlier.delimiter.ptr, earlier.delimiter.len);
        load->result->header_line = earlier.header_line;
        if (earlier.encoding.len < sizeof load->result->encoding)
            memcpy(load->result->encoding, earlier.encoding.ptr, earlier.encoding.len);
        load->result->counts = (struct import_counts){
            .rows = earlier.counts.rows,
            .unchanged = earlier.counts.rows - earlier.counts.rejected,
            .rejected = earlier.counts.rejected,
        };
    }
    store_rollback(store);
    return rc == ERR_NOT_FOUND ? OK : rc;
}

/* What makes the same bytes another import: the profile, and what was said on top of it. */
static int hash_reading(struct load *load, struct err *err)
{
    const struct intake_options *options = load->options;
    struct buf text;
    buf_init(&text, PROFILE_TEXT_MAX_BYTES + RESULT_MAX_BYTES);
    buf_append(&text, profile_text(options->profile));
    form_append(&options->form, &text);
    if (options->sheet != NULL)
        buf_printf(&text, "sheet=%s\n", options->sheet);
    int rc = buf_status(&text, err);
    if (rc == OK)
        rc = sha256_of(buf_bytes(&text), load->profile_sha256, err);
    buf_deinit(&text);
    return rc;
}

static int prepare(struct load *load, const char *path, struct err *err)
{
    int rc = document_open(path, load->datadir->path, true, load->options->one_thread,
                           &load->document, err);
    if (rc == OK)
        rc = hash_reading(load, err);
    if (rc == OK)
        rc = zone_load(profile_timezone(load->options->profile), &load->zone, err);
    if (rc != OK)
        return rc;
    load->result->size_bytes = load->document.source.size_bytes;
    sha256_hex(load->document.source.sha256, load->result->sha256);
    return OK;
}

/* Which sheet of a workbook is read, and which are not. */
static int keep_sheets(struct load *load, struct err *err)
{
    struct intake_result *result = load->result;
    const struct document *document = &load->document;
    if (document->book == NULL)
        return OK;
    size_t count = book_sheet_count(document->book);
    result->other_sheets =
        arena_alloc(&result->arena, size_multiply(count + 1, sizeof *result->other_sheets));
    for (size_t i = 0; i < count && result->other_sheets != NULL; i++) {
        struct bytes name = arena_copy(&result->arena, book_sheet_name(document->book, i));
        if (name.ptr == NULL)
            return err_set(err, ERR_NOMEM, "could not keep a sheet's name");
        if (i == document->sheet)
            result->sheet = name;
        else
            result->other_sheets[result->other_sheet_count++] = name;
    }
    return result->other_sheets != NULL ? OK
                                        : err_set(err, ERR_NOMEM, "could not keep a sheet's name");
}

/* Find out what the file is; what can be no table at all is refused here, and `*out_known` is false. */
static int recognise(struct load *load, bool *out_known, struct err *err)
{
    struct intake_result *result = load->result;
    enum refusal refusal = REFUSAL_NONE;
    load->wish = (struct document_wish){.profile = load->options->profile,
                                        .form = load->options->form,
                                        .sheet = load->options->sheet};
    int rc = document_recognise(&load->document, &load->wish, load->datadir->path, &refusal, err);
    *out_known = rc == OK;
    if (rc == ERR_REFUSED)
        return refuse(load, refusal, err->message);
    if (rc != OK)
        return rc;
    (void)strncpy(result->encoding, encoding_word(load->document.encoding),
                  sizeof result->encoding - 1);
    return keep_sheets(load, err);
}

static int start(struct load *load, struct err *err)
{
    struct vault *vault = load->datadir->vault;
    load->reading = (struct reading){
        .document = &load->document,
        .wish = &load->wish,
        .zone = load->zone,
        .extracted_utc = extraction_time(load->options),
        .queue = &load->queue,
    };
    int rc = batch_queue_init(&load->queue, err);
    if (rc == OK)
        rc = reading_init(&load->reading, vault, err);
    if (rc == OK)
        rc = vault_sealer_new(vault, "order", &load->order_sealer, err);
    if (rc == OK)
        rc = rejects_init(&load->rejects, load->datadir->store, vault, load->options->rejects, err);
    if (rc == OK)
        rc = vault_index_new(vault, &load->index, err);
    if (rc != OK)
        return rc;
    return apply_init(&load->apply, load->datadir->store, vault_sealer_door(load->order_sealer),
                      load->index, load->zone, err);
}

/* Reading begins before anything is stored, so that the columns are known: the first batch comes after the header. */
static int run(struct load *load, struct err *err)
{
    int rc = store_lock_import(load->datadir->store, err);
    if (rc != OK)
        return rc;
    rc = begin_loading(load, err);
    if (rc == OK)
        rc = read_and_write(load, err);
    if (rc == OK)
        rc = finish_loading(load, err);
    if (rc != OK)
        give_up(load);
    store_unlock_import(load->datadir->store);
    if (rc == ERR_REFUSED)
        return refuse(load, reading_refusal(&load->reading), err->message);
    return rc;
}

static void load_deinit(struct load *load)
{
    struct err unused = {0};
    (void)store_relax_sync(load->datadir->store, false, &unused);
    apply_deinit(&load->apply);
    reading_deinit(&load->reading);
    vault_sealer_free(load->order_sealer);
    rejects_deinit(&load->rejects);
    vault_index_free(load->index);
    batch_queue_deinit(&load->queue);
    zone_free(load->zone);
    document_close(&load->document);
}

int intake_load(struct datadir *datadir, const char *path, const struct intake_options *options,
                struct intake_result *out_result, struct err *err)
{
    struct intake_result result = {0};
    struct load load = {
        .datadir = datadir, .options = options, .result = &result, .document = DOCUMENT_NONE};
    load.slices = (struct slices){.datadir = datadir,
                                  .is_dry = options->dry_run,
                                  .should_stop = options->should_stop,
                                  .stop_context = options->progress_context};
    bool known = false;
    bool found = false;
    arena_init(&result.arena, RESULT_MAX_BYTES);
    int rc = prepare(&load, path, err);
    if (rc == OK)
        rc = find_loaded(&load, &found, err);
    if (rc == OK && !found)
        rc = recognise(&load, &known, err);
    if (rc == OK && known)
        rc = start(&load, err);
    if (rc == OK && known)
        rc = run(&load, err);
    load_deinit(&load);
    if (rc != OK) {
        arena_deinit(&result.arena);
        return err_wrap(err, "could not import \"%s\"", path);
    }
    *out_result = result;
    return OK;
}

void intake_result_deinit(struct intake_result *result)
{
    arena_deinit(&result->arena);
}

int intake_undo(struct datadir *datadir, int64_t import_id, int64_t now_utc,
                const struct audit_desk *desk, struct err *err)
{
    struct store *store = datadir->store;
    struct import_row import;
    int64_t later = 0;
    struct bytes round = BYTES_NONE;
    int rc = store_lock_import(store, err); /* no import may begin on what goes away */
    if (rc != OK)
        return rc;
    rc = store_begin(store, err);
    if (rc == OK)
        rc = import_get(store, import_id, &import, err);
    if (rc == OK && !bytes_equal(import.state, BYTES_LIT("loaded")))
        rc = err_set(err, ERR_WRONG_STATE, "import %lld is " BYTES_FMT, (long long)import_id,
                     BYTES_ARG(import.state));
    if (rc == OK)
        rc = import_blocked_by(store, import_id, &later, &round, err);
    if (rc == OK && round.len > 0)
        rc =
            err_set(err, ERR_REFUSED, "frozen round \"" BYTES_FMT "\" counts orders of import %lld",
                    BYTES_ARG(round), (long long)import_id);
    if (rc == OK && later != 0)
        rc = err_set(err, ERR_REFUSED, "import %lld names orders of import %lld; undo it first",
                     (long long)later, (long long)import_id);
    if (rc == OK)
        rc = import_undo(store, import_id, now_utc, err);
    if (rc == OK)
        rc = note_id(desk, store, "import.undo", import_id, NULL, 0, err);
    if (rc == OK)
        rc = store_commit(store, err);
    if (rc != OK)
        store_rollback(store);
    store_unlock_import(store);
    return rc;
}
