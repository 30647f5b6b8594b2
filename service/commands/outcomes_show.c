#include "service/commands/outcomes_show.h"

#include "base/civil.h"

#include "reports/csv.h"

#include "service/auth/digest.h"
#include "service/commands/output.h"
#include "service/followup/outcomes.h"

/* ---- files ---- */

struct listing {
    enum command_format format;
    json_t *array;
    struct buf *out;
};

static json_t *file_to_json(const struct outcome_file_row *row, const char *sha256)
{
    return json_pack("{s:I, s:I, s:o, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I}", "id",
                     (json_int_t)row->id, "draw", (json_int_t)row->draw_no, "file",
                     output_string(row->file_name), "sha256", sha256, "loaded_at",
                     output_time(row->imported_utc), "by", output_string(row->who), "rows",
                     (json_int_t)row->rows, "accepted", (json_int_t)row->accepted, "updated",
                     (json_int_t)row->updated, "unchanged", (json_int_t)row->unchanged, "rejected",
                     (json_int_t)row->rejected);
}

static void file_to_csv(const struct outcome_file_row *row, const char *sha256, const char *at,
                        struct buf *out)
{
    buf_printf(out, "%lld,%lld,", (long long)row->id, (long long)row->draw_no);
    csv_cell(out, row->file_name);
    buf_printf(out, ",%s,%s,", sha256, at);
    csv_cell(out, row->who);
    buf_printf(out, ",%lld,%lld,%lld,%lld,%lld\n", (long long)row->rows, (long long)row->accepted,
               (long long)row->updated, (long long)row->unchanged, (long long)row->rejected);
}

static void file_to_words(const struct outcome_file_row *row, const char *at, struct buf *out)
{
    buf_printf(out, "结果文件 %lld  " BYTES_FMT "  第 %lld 次抽样  载入于 %s  经办 " BYTES_FMT "\n",
               (long long)row->id, BYTES_ARG(row->file_name), (long long)row->draw_no, at,
               BYTES_ARG(row->who));
    buf_printf(out, "  共 %lld 行：新增 %lld，更正 %lld，未变 %lld，问题数据 %lld。\n",
               (long long)row->rows, (long long)row->accepted, (long long)row->updated,
               (long long)row->unchanged, (long long)row->rejected);
}

static int on_file(void *context, const struct outcome_file_row *row, struct err *err)
{
    struct listing *listing = context;
    char sha256[SHA256_HEX_BYTES];
    char at[TIME_TEXT_BYTES];
    sha256_hex((const unsigned char *)row->sha256.ptr, sha256);
    time_format(row->imported_utc, OFFICE_OFFSET_S, at);
    if (listing->format == FORMAT_CSV)
        file_to_csv(row, sha256, at, listing->out);
    else if (listing->format == FORMAT_TABLE)
        file_to_words(row, at, listing->out);
    else if (json_array_append_new(listing->array, file_to_json(row, sha256)) != 0)
        return err_set(err, ERR_NOMEM, "could not list a file");
    return OK;
}

int outcomes_show_files(const struct datadir *datadir, const struct round_row *round,
                        enum command_format format, struct arena *arena, struct buf *out,
                        struct err *err)
{
    struct listing listing = {.format = format, .out = out};
    (void)arena;
    if (format == FORMAT_JSON)
        listing.array = json_array();
    if (format == FORMAT_CSV)
        buf_append_z(out, "id,draw,file,sha256,loaded_at,by,rows,accepted,updated,unchanged,"
                          "rejected\n");
    int rc = outcome_files_each(datadir->store, round->id, on_file, &listing, err);
    if (rc == OK && format == FORMAT_JSON)
        return output_json(out, listing.array, err);
    json_decref(listing.array);
    return rc;
}
