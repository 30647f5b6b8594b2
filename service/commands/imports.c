#include "service/commands/output.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/utf8.h"

#include "importers/record.h"
#include "importers/table.h"

#include "service/auth/digest.h"
#include "service/commands/import_report.h"
#include "service/intake/intake.h"

#include <getopt.h>
#include <string.h>

enum { EXAMPLES_SHOWN = 20 };

/* ---- list ---- */

/* The list is made while a statement runs; what needs another one comes after it. */
struct import_list {
    struct buf *text;
    json_t *array; /* NULL: words */
};

static void append_time(struct buf *out, int64_t utc)
{
    char text[TIME_TEXT_BYTES];
    time_format(utc, OFFICE_OFFSET_S, text);
    buf_append_z(out, text);
}

static void add_words(struct buf *out, const struct import_row *row)
{
    const struct import_counts *counts = &row->counts;
    buf_printf(out, "批次 %lld  " BYTES_FMT "  导入于 ", (long long)row->id,
               BYTES_ARG(row->file_name));
    append_time(out, row->loaded_utc);
    if (row->undone_utc != 0) {
        buf_append_z(out, "  已撤销于 ");
        append_time(out, row->undone_utc);
    }
    buf_printf(out,
               "\n  共 %lld 行：新增 %lld，更新 %lld，未变 %lld，问题数据 %lld；时间矛盾 "
               "%lld，无法识别的时间 %lld，",
               (long long)counts->rows, (long long)counts->accepted, (long long)counts->updated,
               (long long)counts->unchanged, (long long)counts->rejected,
               (long long)counts->contradictions, (long long)counts->bad_dates);
    buf_printf(out, "逾期标志不符 %lld。\n", (long long)counts->flag_disagreements);
}

static json_t *import_to_json(const struct import_row *row)
{
    char sha256[SHA256_HEX_BYTES];
    sha256_hex(row->sha256, sha256);
    json_t *object = json_pack(
        "{s:I, s:o, s:s, s:o, s:o, s:I, s:s, s:o, s:o, s:o}", "id", (json_int_t)row->id, "file",
        output_string(row->file_name), "sha256", sha256, "encoding", output_string(row->encoding),
        "delimiter", output_string(row->delimiter), "header_line", (json_int_t)row->header_line,
        "status", "loaded", "unmatched_units", json_object(), "loaded_at",
        output_time(row->loaded_utc), "undone_at", output_time(row->undone_utc));
    if (object != NULL && import_counts_to_json(object, &row->counts) != 0) {
        json_decref(object);
        object = NULL;
    }
    return object;
}

static int on_import(void *context, const struct import_row *row, struct err *err)
{
    struct import_list *list = context;
    if (row->loaded_utc == 0) /* still loading */
        return OK;
    if (list->array == NULL)
        add_words(list->text, row);
    else if (json_array_append_new(list->array, import_to_json(row)) != 0)
        return err_set(err, ERR_NOMEM, "could not list import %lld", (long long)row->id);
    return OK;
}

static int on_unmatched(void *context, struct bytes name, int64_t records, struct err *err)
{
    json_t *object = context;
    char *key = mem_copy(name.ptr, name.len);
    int failed = key == NULL || json_object_set_new(object, key, json_integer(records)) != 0;
    mem_free(key);
    return failed ? err_set(err, ERR_NOMEM, "could not list a name") : OK;
}

static int add_unmatched(struct store *store, json_t *array, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < json_array_size(array) && rc == OK; i++) {
        json_t *object = json_array_get(array, i);
        rc = import_unmatched_each(store, json_integer_value(json_object_get(object, "id")),
                                   on_unmatched, json_object_get(object, "unmatched_units"), err);
    }
    return rc;
}

static int list_imports(struct store *store, bool json, struct buf *out, struct err *err)
{
    struct import_list list = {out, json ? json_array() : NULL};
    if (json && list.array == NULL)
        return err_set(err, ERR_NOMEM, "could not list imports");
    int rc = imports_each(store, on_import, &list, err);
    if (rc == OK && json)
        rc = add_unmatched(store, list.array, err);
    if (rc == OK && json)
        return output_json(out, list.array, err);
    json_decref(list.array);
    return rc;
}

/* ---- show ---- */

struct examples {
    struct buf *out;
    struct sealer sealer;
    struct buf opened;
    int64_t count;
};

/* Nobody knows which cell of a row that was not taken is a name: a cell with words shows its first character alone,
 * any other its digits masked. `import --rejects` gives them whole. */
static void append_masked(struct bytes cell, struct buf *out)
{
    struct bytes rest = cell;
    bool has_digit = false;
    bool has_word = false;
    for (size_t i = 0; i < cell.len; i++) {
        unsigned char c = (unsigned char)cell.ptr[i];
        has_digit |= c >= '0' && c <= '9';
        has_word |= c >= 0x80;
    }
    if (cell.len == 0 || (has_digit && !has_word) || !utf8_is_valid(cell)) {
        command_mask(cell, out);
        return;
    }
    (void)utf8_take(&rest);
    buf_append(out, (struct bytes){cell.ptr, cell.len - rest.len});
    buf_append_z(out, rest.len > 0 ? "**" : "");
}

static int on_row(void *context, const struct table_row *row, struct err *err)
{
    struct buf *out = context;
    (void)err;
    for (size_t i = 0; i < row->cell_count; i++) {
        buf_append_z(out, i > 0 ? "," : "");
        append_masked(row->cells[i], out);
    }
    return OK;
}

static int append_cells(struct bytes record, struct buf *out, struct err *err)
{
    struct table *table = NULL;
    int rc = table_new(&DIALECT_CSV, 0, on_row, out, &table, err);
    if (rc == OK)
        rc = table_feed(table, record, err);
    if (rc == OK)
        rc = table_finish(table, err);
    table_free(table);
    return rc;
}

static int on_reject(void *context, int64_t reject_id, int64_t line, struct bytes reason,
                     struct bytes header, struct bytes sealed, struct err *err)
{
    struct examples *examples = context;
    if (examples->count++ >= EXAMPLES_SHOWN)
        return OK;
    buf_clear(&examples->opened);
    int rc =
        examples->sealer.open(examples->sealer.context, reject_id, sealed, &examples->opened, err);
    if (rc != OK)
        return err_wrap(err, "reject %lld", (long long)reject_id);
    struct bytes sentence = import_problem_sentence(reason);
    buf_printf(examples->out, "  第 %lld 行，" BYTES_FMT " " BYTES_FMT "：", (long long)line,
               BYTES_ARG(sentence), BYTES_ARG(header));
    rc = append_cells(buf_bytes(&examples->opened), examples->out, err);
    buf_append_byte(examples->out, '\n');
    return rc;
}

static int show_rejects(const struct datadir *datadir, int64_t id, struct buf *out, struct err *err)
{
    struct examples examples = {.out = out};
    struct vault_sealer *sealer = NULL;
    buf_init(&examples.opened, OUTPUT_MAX_BYTES);
    int rc = vault_sealer_new(datadir->vault, "reject", &sealer, err);
    if (rc == OK) {
        examples.sealer = vault_sealer_door(sealer);
        rc = rejects_each(datadir->store, id, on_reject, &examples, err);
    }
    if (rc == OK && examples.count > EXAMPLES_SHOWN)
        buf_printf(out, "  …… 另有 %lld 行\n", (long long)(examples.count - EXAMPLES_SHOWN));
    vault_sealer_free(sealer);
    buf_deinit(&examples.opened);
    return rc;
}

static const struct {
    uint32_t flag;
    const char *name;
} flag_names[] = {
    {RECORD_BAD_DATE, "无法识别的时间"},          {RECORD_PADDED, "缺少末尾的空单元格"},
    {RECORD_UNKNOWN_STATUS, "未知的工单状态"},    {RECORD_CLOSED_BEFORE_RECEIVED, "办结早于受理"},
    {RECORD_DUE_BEFORE_RECEIVED, "期限早于受理"}, {RECORD_FLAG_DISAGREES, "自带逾期标志与时间不符"},
    {RECORD_DUPLICATE, "同一文件中重复"},         {RECORD_TWO_LEADS, "两个主办单位"},
};

enum { FLAG_KINDS = sizeof flag_names / sizeof *flag_names };

struct flag_counts {
    int64_t of[FLAG_KINDS], first_line[FLAG_KINDS];
};

static int on_flags(void *context, int64_t line, int64_t handling_id, uint32_t flags,
                    struct err *err)
{
    struct flag_counts *counts = context;
    (void)handling_id;
    (void)err;
    for (size_t i = 0; i < FLAG_KINDS; i++) {
        if ((flags & flag_names[i].flag) != 0 && counts->of[i]++ == 0)
            counts->first_line[i] = line;
    }
    return OK;
}

static int show_import(const struct datadir *datadir, int64_t id, struct buf *out, struct err *err)
{
    struct import_row row;
    struct flag_counts counts = {0};
    int rc = import_get(datadir->store, id, &row, err);
    if (rc == OK) {
        add_words(out, &row);
        rc = record_flags_each(datadir->store, id, 0, on_flags, &counts, err);
    }
    for (size_t i = 0; i < FLAG_KINDS && rc == OK; i++) {
        if (counts.of[i] > 0)
            buf_printf(out, "  %s：%lld 件，首见第 %lld 行\n", flag_names[i].name,
                       (long long)counts.of[i], (long long)counts.first_line[i]);
    }
    return rc == OK ? show_rejects(datadir, id, out, err) : rc;
}

/* ---- the command ---- */

static int parse_list(struct command_context *context, int argc, char **argv, bool *out_json)
{
    static const struct option options[] = {{"format", required_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    enum command_format format = FORMAT_TABLE;
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c != 'f')
            return command_misused(context, &command_imports, "无法识别的选项 %s",
                                   argv[optind - 1]);
        if (!command_parse_format(optarg, &format) || format == FORMAT_CSV)
            return command_misused(context, &command_imports, "--format 只能是 table 或 json");
    }
    if (optind < argc)
        return command_misused(context, &command_imports, "多余的参数 %s", argv[optind]);
    *out_json = format == FORMAT_JSON;
    return EXIT_DONE;
}

/* `id` 0: the list. */
static int run_reading(struct command_context *context, int64_t id, bool json)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct buf out;
    buf_init(&out, OUTPUT_MAX_BYTES);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK && id != 0)
        rc = show_import(&datadir, id, &out, &err);
    else if (rc == OK)
        rc = list_imports(datadir.store, json, &out, &err);
    if (rc == OK)
        rc = output_finish(context, &out, &err);
    buf_deinit(&out);
    datadir_close(&datadir);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

static int run_undo(struct command_context *context, int64_t id)
{
    struct err err = {0};
    struct datadir datadir = {0};
    int rc = datadir_open(context->data_path, STORE_READWRITE, &datadir, &err);
    if (rc == OK)
        rc = intake_undo(&datadir, id, context->now_utc, &err);
    datadir_close(&datadir);
    if (rc != OK)
        return command_fail(context, &err);
    command_say(context, "已撤销批次 %lld；同一文件可以再次导入。", (long long)id);
    return EXIT_DONE;
}

static int run(struct command_context *context, int argc, char **argv)
{
    int64_t id = 0;
    bool json = false;
    if (argc == 1 || argv[1][0] == '-') {
        int status = parse_list(context, argc, argv, &json);
        return status == EXIT_DONE ? run_reading(context, 0, json) : status;
    }
    bool undoes = strcmp(argv[1], "undo") == 0;
    if (!undoes && strcmp(argv[1], "show") != 0)
        return command_misused(context, &command_imports, "无法识别的用法 %s", argv[1]);
    if (argc != 3 || !bytes_to_int64(bytes_from_z(argv[2]), &id) || id < 1)
        return command_misused(context, &command_imports, "%s 后面要有一个批次号", argv[1]);
    return undoes ? run_undo(context, id) : run_reading(context, id, false);
}

const struct command command_imports = {
    .name = "imports",
    .usage = "[--format table|json]\n"
             "show ID\n"
             "undo ID",
    .summary = "列出导入批次，查看或撤销一次导入",
    .details =
        "show 显示一个批次的问题数据（数字已遮盖）和各类提示的数量。\n"
        "undo "
        "撤销一次导入：其新增的工单删除，其更改恢复；后来的导入或已关闭的评价期用到时不能撤销。",
    .run = run,
};
