#include "service/followup/outcomes.h"

#include "base/utf8.h"

#include "reports/csv.h"

#include "service/auth/digest.h"
#include "service/followup/known.h"
#include "service/followup/outcome_rejects.h"
#include "service/followup/package_return.h"
#include "service/host/files.h"
#include "service/storage/draws.h"

#include <string.h>

/* Loading is one transaction, from the look at the round to its step: a file is there whole or not at all. What a row
 * needs of the store is found by statements that stay prepared, and rows of one order mostly follow each other, so the
 * order is looked up once for them. */

enum { ROUND_MAX_BYTES = 1024 * 1024, TEXTS_MAX_BYTES = 4 * 1024 * 1024 };

/* The order of the last row. */
struct order_at_hand {
    struct buf order_no; /* empty: none yet */
    int refused;         /* REJECT_*, or -1: it is called */
    int64_t drawn_id;
    int64_t case_id; /* 0: the round is not phoned by the service */
    struct moment received;
};

struct load {
    const struct datadir *datadir;
    struct store *store;
    const struct outcomes_wish *wish;
    const struct actor *actor;
    struct outcomes_result *result;
    struct document *document;
    struct arena arena;
    struct round_row round;
    struct zone *zone;
    struct outcome_file_row file;
    bool is_again; /* the same bytes were loaded before: read for its rejects alone */
    struct reader *reader;
    struct vault_sealer *sealer;
    struct sealer door;
    struct known_attempts known;
    struct outcome_rejects rejects;
    struct package_return back;
    struct order_at_hand order;
    struct buf caller; /* of the last row */
    int64_t caller_id;
    struct buf packed, sealed;
};

/* ---- rejects ---- */

/* The cell of the order's number, for the message. */
static struct bytes order_cell(const struct reader_layout *layout, const struct reject *reject)
{
    for (size_t i = 0; i < layout->header_count && i < reject->cell_count; i++) {
        if (layout->field_of[i] == FIELD_ORDER_NO)
            return reject->cells[i];
    }
    return BYTES_NONE;
}

static void name_reject(struct load *load, const struct reject *reject)
{
    struct outcomes_result *result = load->result;
    if (result->named_count == OUTCOMES_NAMED_REJECTS)
        return;
    struct bytes order_no = order_cell(reader_layout(load->reader), reject);
    char *to = result->named[result->named_count].order_no;
    if (order_no.len >= OUTCOMES_NAMED_BYTES) {
        order_no.len = OUTCOMES_NAMED_BYTES - 1;
        order_no.len = utf8_valid_prefix(order_no);
    }
    if (order_no.len > 0)
        memcpy(to, order_no.ptr, order_no.len);
    to[order_no.len] = '\0';
    result->named[result->named_count].line = reject->line;
    result->named[result->named_count].reason = reject->reason;
    result->named_count++;
}

static int on_reject(void *context, const struct reject *reject, struct err *err)
{
    struct load *load = context;
    const struct reader_layout *layout = reader_layout(load->reader);
    name_reject(load, reject);
    load->file.rejected++;
    return outcome_rejects_take(&load->rejects, layout, reject, err);
}

static int reject_outcome(struct load *load, const struct outcome_record *outcome,
                          enum reject_reason reason, enum field field, struct err *err)
{
    const struct reader_layout *layout = reader_layout(load->reader);
    struct reject reject = {.line = outcome->line,
                            .reason = reason,
                            .cells = outcome->cells,
                            .cell_count = outcome->cell_count};
    for (size_t i = 0; i < layout->header_count; i++) {
        if (layout->field_of[i] == (int)field && reject.column.len == 0)
            reject.column = layout->header[i];
    }
    return on_reject(load, &reject, err);
}

/* ---- the order ---- */

static int look_up(struct load *load, struct bytes order_no, struct err *err)
{
    struct order_at_hand *order = &load->order;
    struct drawn_row drawn = {0};
    struct fact_row fact;
    int judgement = 0;
    int rc = drawn_get(load->store, load->round.id, load->file.draw_no, order_no, &drawn, err);
    order->refused = rc == ERR_NOT_FOUND  ? REJECT_NOT_DRAWN
                     : !drawn.is_released ? REJECT_NOT_RELEASED
                                          : -1;
    if (rc != OK || order->refused >= 0)
        return rc == ERR_NOT_FOUND ? OK : rc;
    order->drawn_id = drawn.id;
    rc = round_fact_get(load->store, load->round.id, drawn.handling_id, &fact, &judgement, err);
    order->received = fact.fact.received;
    return rc == OK ? package_return_case(&load->back, drawn.case_no, &order->case_id, err) : rc;
}

/* An order that is not drawn under that number may be one of a package. */
static int look_up_packed(struct load *load, struct bytes text, struct err *err)
{
    static const int refusals[] = {[PACKAGE_NO_NAME] = REJECT_NOT_DRAWN,
                                   [PACKAGE_UNKNOWN] = REJECT_NOT_PACKED,
                                   [PACKAGE_EXPIRED] = REJECT_PACKAGE_EXPIRED};
    enum package_name name = PACKAGE_NO_NAME;
    struct bytes order_no = BYTES_NONE;
    int rc = package_return_find(&load->back, text, &name, &order_no, err);
    if (rc == OK && name != PACKAGE_FOUND)
        load->order.refused = refusals[name];
    if (rc != OK || name != PACKAGE_FOUND)
        return rc;
    return look_up(load, order_no, err);
}

static int find_order(struct load *load, struct bytes order_no, struct err *err)
{
    struct order_at_hand *order = &load->order;
    struct err unused = {0};
    if (bytes_equal(buf_bytes(&order->order_no), order_no))
        return OK;
    buf_clear(&order->order_no);
    buf_append(&order->order_no, order_no);
    order->case_id = 0;
    int rc = buf_status(&order->order_no, err);
    if (rc == OK)
        rc = look_up(load, order_no, &unused);
    if (rc == OK && order->refused == REJECT_NOT_DRAWN)
        rc = look_up_packed(load, order_no, &unused);
    if (rc != OK && unused.code != OK)
        *err = unused;
    return rc;
}

/* What does not hold on both sides to the second is compared by days. */
static bool is_before(const struct load *load, struct moment a, struct moment b)
{
    if (a.kind == MOMENT_INSTANT && b.kind == MOMENT_INSTANT)
        return a.seconds < b.seconds;
    return zone_day(load->zone, a) < zone_day(load->zone, b);
}

/* REJECT_*, or -1. */
static int check_time(const struct load *load, struct moment called)
{
    struct moment now = {load->actor->now_utc, MOMENT_INSTANT};
    if (called.kind == MOMENT_NONE)
        return -1;
    if (is_before(load, called, load->order.received))
        return REJECT_BEFORE_ORDER;
    return is_before(load, now, called) ? REJECT_AFTER_NOW : -1;
}

/* ---- the attempt ---- */

static int find_caller(struct load *load, struct bytes caller, struct err *err)
{
    if (bytes_equal(buf_bytes(&load->caller), caller))
        return OK;
    buf_clear(&load->caller);
    buf_append(&load->caller, caller);
    int rc = buf_status(&load->caller, err);
    return rc == OK ? term_put(load->store, caller, &load->caller_id, err) : rc;
}

static int pack(struct load *load, const struct outcome_record *outcome, struct err *err)
{
    buf_clear(&load->packed);
    if (outcome->reason.len > 0 || outcome->comment.len > 0) {
        csv_cell(&load->packed, outcome->reason);
        buf_append_byte(&load->packed, ',');
        csv_cell(&load->packed, outcome->comment);
    }
    return buf_status(&load->packed, err);
}

static int seal(struct load *load, struct attempt_row *row, struct err *err)
{
    buf_clear(&load->sealed);
    if (load->packed.len == 0)
        return OK;
    int rc = load->door.seal(load->door.context, row->drawn_id * ATTEMPTS_AN_ORDER + row->no,
                             buf_bytes(&load->packed), &load->sealed, err);
    row->sealed = buf_bytes(&load->sealed);
    return rc;
}

static int put_attempt(struct load *load, const struct outcome_record *outcome,
                       struct attempt_row *row, enum known_as as, struct err *err)
{
    if (as == KNOWN_DUPLICATE)
        return reject_outcome(load, outcome, REJECT_DUPLICATE, FIELD_CALLED_AT, err);
    /* Whoever corrected the attempt since did so knowing this row. */
    if (as == KNOWN_UNCHANGED || (as == KNOWN_CORRECTED && load->is_again)) {
        load->file.unchanged++;
        return OK;
    }
    if (row->no >= ATTEMPTS_AN_ORDER)
        return reject_outcome(load, outcome, REJECT_TOO_MANY_ATTEMPTS, FIELD_ORDER_NO, err);
    int rc = seal(load, row, err);
    if (rc == OK && load->order.case_id != 0)
        rc = package_return_note(&load->back, load->order.case_id, row->code, err);
    if (rc != OK)
        return rc;
    if (as == KNOWN_CORRECTED) {
        load->file.updated++;
        return attempt_put_correction(load->store, row, err);
    }
    load->file.accepted++;
    return attempt_put_new(load->store, row, err);
}

static int on_outcome(void *context, const struct outcome_record *outcome, struct err *err)
{
    struct load *load = context;
    enum known_as as = KNOWN_NEW;
    int rc = find_order(load, outcome->order_no, err);
    if (rc == OK && load->order.refused >= 0)
        return reject_outcome(load, outcome, (enum reject_reason)load->order.refused,
                              FIELD_ORDER_NO, err);
    int reason = rc == OK ? check_time(load, outcome->called) : -1;
    if (reason >= 0)
        return reject_outcome(load, outcome, (enum reject_reason)reason, FIELD_CALLED_AT, err);
    if (rc == OK)
        rc = find_caller(load, outcome->caller, err);
    if (rc == OK)
        rc = pack(load, outcome, err);
    struct attempt_row row = {
        .drawn_id = load->order.drawn_id,
        .called = outcome->called,
        .caller_id = load->caller_id,
        .code = outcome->code,
        .resolved = (int)outcome->resolved,
        .still_open = outcome->still_open,
        .satisfaction = outcome->satisfaction,
        .file_id = load->file.id,
    };
    if (rc == OK)
        rc = known_find(&load->known, &row, buf_bytes(&load->packed), &as, err);
    return rc == OK ? put_attempt(load, outcome, &row, as, err) : rc;
}

/* ---- the file ---- */

static int on_bytes(void *context, struct bytes bytes, struct err *err)
{
    return reader_feed(((struct load *)context)->reader, bytes, err);
}

static int read_all(struct load *load, struct err *err)
{
    const struct dump_options options = document_options(load->document, &load->wish->document);
    const struct reader_sink sink = {
        .on_outcome = on_outcome, .on_reject = on_reject, .context = load};
    int rc = reader_new(&options, load->zone, sink, &load->reader, err);
    if (rc == OK)
        rc = document_read(load->document, on_bytes, load, &load->result->refusal, err);
    if (rc == OK)
        rc = reader_finish(load->reader, err);
    if (rc == ERR_REFUSED && load->result->refusal == REFUSAL_NONE)
        load->result->refusal = reader_refusal(load->reader);
    return rc;
}

/* The round has a draw in force, and takes outcomes. */
static int find_round(struct load *load, struct bytes round_name, struct err *err)
{
    struct rules *rules = arena_alloc(&load->arena, sizeof *rules);
    struct draw_row draw;
    struct round_row *round = &load->round;
    if (rules == NULL)
        return err_set(err, ERR_NOMEM, "could not read the rules of a round");
    int rc = round_get_kept(load->store, round_name, &load->arena, round, err);
    if (rc == OK && !bytes_equal(round->state, BYTES_LIT("drawn")) &&
        !bytes_equal(round->state, BYTES_LIT("calling")))
        rc = err_set(err, ERR_WRONG_STATE,
                     "round \"" BYTES_FMT "\" is " BYTES_FMT ": outcomes need drawn or calling",
                     BYTES_ARG(round->name), BYTES_ARG(round->state));
    if (rc == OK)
        rc = rules_parse(round->rules, rules, err);
    if (rc == OK)
        rc = zone_load(bytes_from_z(rules->basis.timezone), &load->zone, err);
    if (rc == OK)
        rc = draw_get_current(load->store, round->id, &draw, err);
    if (rc == OK)
        rc = package_return_init(&load->back, load->datadir, round->id, load->zone,
                                 load->actor->now_utc, err);
    if (rc == OK)
        load->file.draw_no = draw.no;
    return rc;
}

/* The last load of the same bytes, or counts that are all 0. */
static int find_earlier(struct load *load, struct outcome_file_row *out, struct err *err)
{
    struct err unused = {0};
    struct bytes sha256 = {(const char *)load->document->source.sha256, SHA256_BYTES};
    *out = (struct outcome_file_row){0};
    int rc = outcome_file_get_by_hash(load->store, load->round.id, load->file.draw_no, sha256, out,
                                      &unused);
    if (rc != OK && rc != ERR_NOT_FOUND)
        *err = unused;
    out->file_name = out->sha256 = out->who = BYTES_NONE; /* lost at the next call */
    return rc == ERR_NOT_FOUND ? OK : rc;
}

static int begin_file(struct load *load, struct bytes file_name, struct err *err)
{
    struct outcome_file_row *file = &load->file;
    file->round_id = load->round.id;
    file->file_name = file_name;
    file->sha256 = (struct bytes){(const char *)load->document->source.sha256, SHA256_BYTES};
    file->imported_utc = load->actor->now_utc;
    file->who = load->actor->who;
    int rc = outcome_file_put_new(load->store, file, err);
    if (rc == OK)
        rc = outcome_rejects_begin(&load->rejects, file->id, err);
    return rc;
}

/* The first outcome of a round is a step of its own. */
static int note_calling(struct load *load, struct err *err)
{
    const struct round_row *round = &load->round;
    if (load->file.accepted == 0 || !bytes_equal(round->state, BYTES_LIT("drawn")))
        return OK;
    int rc = round_put_state(load->store, round->id, BYTES_LIT("calling"), round->as_of_utc, err);
    return rc == OK ? round_step_put(load->store, round->id, BYTES_LIT("calling"),
                                     load->actor->now_utc, load->actor->who, BYTES_NONE, err)
                    : rc;
}

static int note_file(const struct load *load, struct err *err)
{
    const struct outcome_file_row *file = &load->file;
    const struct audit_number numbers[] = {
        {"file", file->id},           {"rows", file->rows},
        {"accepted", file->accepted}, {"updated", file->updated},
        {"rejected", file->rejected}, {"rejects_files", load->wish->rejects != NULL},
    };
    return audit_note(load->wish->desk, load->store, "outcomes.import", load->round.name, numbers,
                      sizeof numbers / sizeof *numbers, err);
}

static int finish_file(struct load *load, struct err *err)
{
    int rc = outcome_file_put_counts(load->store, &load->file, err);
    if (rc == OK)
        rc = package_return_finish(&load->back, load->actor, err);
    if (rc == OK)
        rc = note_calling(load, err);
    if (rc == OK && load->wish->rejects != NULL)
        rc = outcome_rejects_copy(&load->rejects, load->wish->rejects, err);
    if (rc == OK)
        rc = note_file(load, err);
    return rc == OK ? store_commit(load->store, err) : rc;
}

static int run(struct load *load, struct bytes round_name, struct bytes file_name, struct err *err)
{
    struct outcome_file_row earlier = {0};
    int rc = find_round(load, round_name, err);
    if (rc == OK)
        rc = find_earlier(load, &earlier, err);
    load->is_again = rc == OK && earlier.id != 0;
    bool is_done = load->is_again && earlier.rejected == 0;
    if (rc == OK && !is_done)
        rc = begin_file(load, file_name, err);
    if (rc == OK && !is_done)
        rc = read_all(load, err);
    if (rc != OK)
        return rc;
    if (!is_done)
        load->file.rows = reader_counts(load->reader).rows;
    is_done = is_done || (load->is_again && load->file.accepted == 0);
    load->result->is_already_loaded = is_done;
    load->result->counts = is_done ? earlier : load->file;
    if (!is_done)
        return finish_file(load, err);
    store_rollback(load->store);
    return OK;
}

static int load_init(struct load *load, struct err *err)
{
    arena_init(&load->arena, ROUND_MAX_BYTES);
    buf_init(&load->order.order_no, TEXTS_MAX_BYTES);
    buf_init(&load->caller, TEXTS_MAX_BYTES);
    buf_init(&load->packed, TEXTS_MAX_BYTES);
    buf_init(&load->sealed, TEXTS_MAX_BYTES);
    int rc = vault_sealer_new(load->datadir->vault, OUTCOMES_SEAL, &load->sealer, err);
    if (rc != OK)
        return rc;
    load->door = vault_sealer_door(load->sealer);
    known_init(&load->known, load->store, load->door);
    return outcome_rejects_init(&load->rejects, load->store, load->datadir->vault, err);
}

static void load_deinit(struct load *load)
{
    reader_free(load->reader);
    outcome_rejects_deinit(&load->rejects);
    package_return_deinit(&load->back);
    known_deinit(&load->known);
    vault_sealer_free(load->sealer);
    zone_free(load->zone);
    buf_deinit(&load->order.order_no);
    buf_deinit(&load->caller);
    buf_deinit(&load->packed);
    buf_deinit(&load->sealed);
    arena_deinit(&load->arena);
}

int outcomes_import(const struct datadir *datadir, struct bytes round_name,
                    struct document *document, const struct outcomes_wish *wish,
                    struct bytes file_name, const struct actor *actor, struct outcomes_result *out,
                    struct err *err)
{
    struct outcomes_result result = {.refusal = REFUSAL_NONE};
    struct load load = {.datadir = datadir,
                        .store = datadir->store,
                        .wish = wish,
                        .actor = actor,
                        .result = &result,
                        .document = document};
    sha256_hex(document->source.sha256, result.sha256);
    int rc = load_init(&load, err);
    if (rc == OK)
        rc = document_recognise(document, &wish->document, datadir->path, &result.refusal, err);
    if (rc == OK)
        rc = store_begin(load.store, err);
    if (rc == OK)
        rc = run(&load, round_name, file_name, err);
    if (rc != OK)
        store_rollback(load.store);
    load_deinit(&load);
    result.counts.file_name = result.counts.sha256 = result.counts.who = BYTES_NONE;
    if (rc == OK || rc == ERR_REFUSED)
        *out = result;
    return rc;
}
