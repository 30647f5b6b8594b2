#include "service/commands/exclusions_list.h"

#include "base/civil.h"

#include "reports/csv.h"
#include "reports/words.h"

#include "service/auth/digest.h"
#include "service/commands/arguments.h"
#include "service/commands/output.h"
#include "service/rounds/evaluation.h"
#include "service/storage/exclusions.h"

#include <inttypes.h>

enum { LIST_ARENA_BYTES = 4 * 1024 * 1024, ROUNDS_MAX = 4096 };

struct listing {
    enum command_format format;
    struct arena arena;
    struct round_row *rounds; /* of which ids and names alone are kept */
    size_t round_count;
    struct buf text;
    json_t *array;
};

static const char *effect_name(struct bytes effect)
{
    return bytes_equal(effect, BYTES_LIT("on_time")) ? "按时办结率"
           : bytes_equal(effect, BYTES_LIT("draw"))  ? "抽样访问"
                                                     : "全部";
}

static const char *state_name(struct bytes state)
{
    return bytes_equal(state, BYTES_LIT("approved"))  ? "已批准"
           : bytes_equal(state, BYTES_LIT("refused")) ? "未批准"
                                                      : "待审批";
}

/* ---- the names of rounds ---- */

static int on_round(void *context, const struct round_row *row, struct err *err)
{
    struct listing *listing = context;
    if (listing->round_count == ROUNDS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d rounds", ROUNDS_MAX);
    struct round_row *kept = &listing->rounds[listing->round_count++];
    kept->id = row->id;
    kept->name = arena_copy(&listing->arena, row->name);
    return kept->name.ptr != NULL ? OK : err_set(err, ERR_NOMEM, "could not list exclusions");
}

static struct bytes round_name(const struct listing *listing, int64_t round_id)
{
    for (size_t i = 0; i < listing->round_count; i++) {
        if (listing->rounds[i].id == round_id)
            return listing->rounds[i].name;
    }
    return BYTES_NONE;
}

/* ---- one request ---- */

static void append_words(struct listing *listing, const struct exclusion_row *row)
{
    struct buf *out = &listing->text;
    struct bytes round = round_name(listing, row->round_id);
    struct bytes reason = request_reason_name(row->reason);
    buf_printf(out, "%" PRId64 "  " BYTES_FMT "  " BYTES_FMT "  " BYTES_FMT "  范围：%s  %s\n",
               row->id, BYTES_ARG(round), BYTES_ARG(row->order_no), BYTES_ARG(reason),
               effect_name(row->effect), state_name(row->state));
    buf_printf(out, "    依据：" BYTES_FMT "；材料：" BYTES_FMT "；申请人：" BYTES_FMT "\n",
               BYTES_ARG(row->basis), BYTES_ARG(row->file_name), BYTES_ARG(row->requested_by));
    if (row->decided_by.len > 0)
        buf_printf(out, "    审批人：" BYTES_FMT "；说明：" BYTES_FMT "\n",
                   BYTES_ARG(row->decided_by), BYTES_ARG(row->decision_why));
}

static void append_cells(struct listing *listing, const struct exclusion_row *row)
{
    struct buf *out = &listing->text;
    char sha256[SHA256_HEX_BYTES];
    char requested_at[TIME_TEXT_BYTES];
    char decided_at[TIME_TEXT_BYTES] = "";
    sha256_hex((const unsigned char *)row->file_sha256.ptr, sha256);
    time_format(row->requested_utc, OFFICE_OFFSET_S, requested_at);
    if (row->decided_by.len > 0)
        time_format(row->decided_utc, OFFICE_OFFSET_S, decided_at);
    const struct bytes cells[] = {
        round_name(listing, row->round_id),
        row->order_no,
        row->reason,
        row->effect,
        row->state,
        row->basis,
        row->file_name,
        bytes_from_z(sha256),
        row->requested_by,
        bytes_from_z(requested_at),
        row->decided_by,
        bytes_from_z(decided_at),
        row->decision_why,
    };
    buf_printf(out, "%" PRId64, row->id);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        buf_append_byte(out, ',');
        csv_cell(out, cells[i]);
    }
    buf_append_byte(out, '\n');
}

static int append_object(struct listing *listing, const struct exclusion_row *row, struct err *err)
{
    char sha256[SHA256_HEX_BYTES];
    sha256_hex((const unsigned char *)row->file_sha256.ptr, sha256);
    json_t *object = json_pack(
        "{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "id",
        (json_int_t)row->id, "round", output_string(round_name(listing, row->round_id)), "order_no",
        output_string(row->order_no), "reason", output_string(row->reason), "effect",
        output_string(row->effect), "state", output_string(row->state), "basis",
        output_string(row->basis), "file", output_string(row->file_name), "file_sha256", sha256,
        "requested_by", output_string(row->requested_by), "requested_at",
        json_time(row->requested_utc), "decided_by", output_string(row->decided_by), "decided_at",
        json_time(row->decided_utc), "why", output_string(row->decision_why));
    return json_array_append_new(listing->array, object) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list exclusions");
}

static int on_exclusion(void *context, const struct exclusion_row *row, struct err *err)
{
    struct listing *listing = context;
    if (listing->format == FORMAT_JSON)
        return append_object(listing, row, err);
    if (listing->format == FORMAT_CSV)
        append_cells(listing, row);
    else
        append_words(listing, row);
    return OK;
}

/* ---- the verb ---- */

/* `round` NULL: those of all rounds. */
static int list(struct listing *listing, struct store *store, const char *round, struct err *err)
{
    struct round_row row = {0};
    listing->rounds = arena_alloc(&listing->arena, ROUNDS_MAX * sizeof *listing->rounds);
    listing->array = json_array();
    int rc = listing->rounds != NULL ? rounds_each(store, on_round, listing, err)
                                     : err_set(err, ERR_NOMEM, "could not list exclusions");
    if (rc == OK && round != NULL)
        rc = round_get_kept(store, bytes_from_z(round), &listing->arena, &row, err);
    if (listing->format == FORMAT_CSV)
        buf_append_z(&listing->text,
                     "id,round,order_no,reason,effect,state,basis,file,file_sha256,requested_by,"
                     "requested_at,decided_by,decided_at,why\n");
    if (rc == OK)
        rc = exclusions_each(store, row.id, on_exclusion, listing, err);
    if (rc == OK && listing->format == FORMAT_JSON)
        rc = json_print(&listing->text, json_incref(listing->array), err);
    return rc;
}

int exclusions_list_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct listing listing = {.format = FORMAT_TABLE};
    const char *round = NULL;
    const char *format = NULL;
    const struct argument_option options[] = {{"round", &round}, {"format", &format}, {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_exclusions, argc, argv, options, &first);
    if (status == EXIT_DONE && first < argc)
        status = command_misused(context, &command_exclusions, "多余的参数 %s", argv[first]);
    if (status == EXIT_DONE)
        status = arguments_check_format(context, &command_exclusions, format, &listing.format);
    if (status != EXIT_DONE)
        return status;
    arena_init(&listing.arena, LIST_ARENA_BYTES);
    buf_init(&listing.text, OUTPUT_MAX_BYTES);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK)
        rc = list(&listing, datadir.store, round, &err);
    if (rc == OK)
        rc = output_finish(context, &listing.text, &err);
    json_decref(listing.array);
    buf_deinit(&listing.text);
    arena_deinit(&listing.arena);
    datadir_close(&datadir);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}
