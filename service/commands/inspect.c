#include "service/commands/import_report.h"
#include "service/commands/output.h"
#include "service/commands/profiles.h"

#include "base/alloc.h"

#include "importers/reader.h"

#include "service/host/files.h"
#include "service/intake/source.h"

#include <getopt.h>

enum { PROBLEMS_SHOWN = 10 };

static const char spool_dir[] = "/tmp"; /* there is no data directory to put a pipe's copy into */

struct inspection {
    struct buf *text;
    json_t *columns, *problems; /* NULL: words */
    const char *encoding;
    int64_t problem_count;
    enum refusal refusal; /* why the file is no dump */
    char delimiter;
    int64_t header_line;
};

/* ---- what the reader finds ---- */

static int add_column(struct inspection *inspection, struct bytes header, int field,
                      struct err *err)
{
    const char *word = field >= 0 ? field_word((enum field)field) : NULL;
    if (inspection->columns == NULL) {
        buf_printf(inspection->text, "  " BYTES_FMT " → %s\n", BYTES_ARG(header),
                   word != NULL ? word : "（未使用）");
        return OK;
    }
    json_t *object = json_pack("{s:o, s:s?}", "header", output_string(header), "field", word);
    return json_array_append_new(inspection->columns, object) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list a column");
}

static int on_layout(void *context, const struct reader_layout *layout, struct err *err)
{
    struct inspection *inspection = context;
    inspection->delimiter = layout->delimiter;
    inspection->header_line = layout->header_line;
    if (inspection->columns == NULL)
        buf_printf(inspection->text, "编码 %s，分隔符“%s”，表头在第 %lld 行。\n列：\n",
                   inspection->encoding,
                   layout->delimiter == '\t' ? "制表符" : (char[]){layout->delimiter, '\0'},
                   (long long)layout->header_line);
    int rc = OK;
    for (size_t i = 0; i < layout->header_count && rc == OK; i++)
        rc = add_column(inspection, layout->header[i], layout->field_of[i], err);
    return rc;
}

static int add_problem(struct inspection *inspection, int64_t line, const char *reason,
                       struct bytes column, struct bytes value, struct err *err)
{
    struct buf masked;
    int rc = OK;
    if (inspection->problem_count++ >= PROBLEMS_SHOWN)
        return OK;
    buf_init(&masked, OUTPUT_MAX_BYTES);
    command_mask(value, &masked);
    struct bytes shown = buf_bytes(&masked);
    if (inspection->problems == NULL) {
        if (inspection->problem_count == 1)
            buf_append_z(inspection->text, "问题：\n");
        struct bytes sentence = import_problem_sentence(bytes_from_z(reason));
        buf_printf(inspection->text, "  第 %lld 行：" BYTES_FMT " " BYTES_FMT " " BYTES_FMT "\n",
                   (long long)line, BYTES_ARG(sentence), BYTES_ARG(column), BYTES_ARG(shown));
    } else {
        json_t *object =
            json_pack("{s:I, s:s, s:o, s:o}", "line", (json_int_t)line, "reason", reason, "column",
                      output_string(column), "value", output_string(shown));
        if (json_array_append_new(inspection->problems, object) != 0)
            rc = err_set(err, ERR_NOMEM, "could not list a problem");
    }
    if (rc == OK)
        rc = buf_status(&masked, err);
    buf_deinit(&masked);
    return rc;
}

static int on_record(void *context, const struct record *record, struct err *err)
{
    static const struct {
        uint32_t flag;
        const char *word;
    } words[] = {
        {RECORD_BAD_DATE, "bad_date"},
        {RECORD_UNKNOWN_STATUS, "unknown_status"},
    };
    int rc = OK;
    for (size_t i = 0; i < sizeof words / sizeof *words && rc == OK; i++) {
        if ((record->flags & words[i].flag) != 0)
            rc = add_problem(context, record->line, words[i].word, BYTES_NONE, BYTES_NONE, err);
    }
    return rc;
}

static int on_reject(void *context, const struct reject *reject, struct err *err)
{
    return add_problem(context, reject->line, reject_reason_word(reject->reason), reject->column,
                       reject->value, err);
}

/* ---- the file ---- */

static int feed(const struct source *source, struct reader *reader, struct err *err)
{
    char *block = mem_alloc(SOURCE_BLOCK_BYTES);
    if (block == NULL)
        return err_set(err, ERR_NOMEM, "could not read a file");
    int rc = OK;
    size_t len = 0;
    for (int64_t at = 0; at < source->size_bytes && rc == OK; at += (int64_t)len) {
        rc = source_read(source, at, block, &len, err);
        if (rc == OK)
            rc = reader_feed(reader, (struct bytes){block, len}, err);
    }
    mem_free(block);
    return rc == OK ? reader_finish(reader, err) : rc;
}

static int find_encoding(const struct source *source, const struct profile *profile,
                         enum encoding *out, enum refusal *out_refusal, struct err *err)
{
    int given = profile_form(profile)->encoding;
    enum refusal refusal = REFUSAL_NONE;
    struct bytes head = {(const char *)source->scan.head, sizeof source->scan.head};
    if (refusal_of_head(head, &refusal) == HEAD_ZIP)
        refusal = REFUSAL_SPREADSHEET;
    if (given >= 0)
        *out = (enum encoding)given;
    else if (!encoding_scan_verdict(&source->scan, out)) {
        *out_refusal = refusal != REFUSAL_NONE ? refusal : REFUSAL_UNDECODABLE;
        return err_set(err, ERR_REFUSED, "%s", refusal_word(*out_refusal));
    }
    return OK;
}

static int inspect(const char *path, const struct profile *profile, struct inspection *inspection,
                   struct reader_counts *out_counts, struct err *err)
{
    struct source source = {.fd = -1};
    struct zone *zone = NULL;
    struct reader *reader = NULL;
    enum encoding encoding = ENCODING_UTF8;
    struct reader_sink sink = {on_layout, on_record, on_reject, inspection};
    int rc = source_open(path, spool_dir, &source, err);
    if (rc == OK)
        rc = source_scan(&source, false, err);
    if (rc == OK)
        rc = find_encoding(&source, profile, &encoding, &inspection->refusal, err);
    if (rc == OK)
        rc = zone_load(profile_timezone(profile), &zone, err);
    if (rc == OK) {
        inspection->encoding = encoding_word(encoding);
        rc = reader_new(profile, encoding, zone, sink, &reader, err);
    }
    if (rc == OK) {
        rc = feed(&source, reader, err);
        if (rc == ERR_REFUSED)
            inspection->refusal = reader_refusal(reader);
    }
    if (rc == OK)
        *out_counts = reader_counts(reader);
    if (rc != OK)
        rc = err_wrap(err, "\"%s\"", path);
    reader_free(reader);
    zone_free(zone);
    source_close(&source);
    return rc;
}

/* ---- the command ---- */

static int finish(struct inspection *inspection, const char *path,
                  const struct reader_counts *counts, struct err *err)
{
    char delimiter[] = {inspection->delimiter, '\0'};
    if (inspection->columns == NULL) {
        buf_printf(inspection->text, "共 %lld 行，其中 %lld 行不能导入；问题 %lld 处。\n",
                   (long long)counts->rows, (long long)counts->rejected,
                   (long long)inspection->problem_count);
        return OK;
    }
    json_t *root =
        json_pack("{s:o, s:s, s:s, s:s, s:I, s:I, s:I, s:O, s:O}", "file",
                  output_string(bytes_from_z(path)), "encoding", inspection->encoding, "delimiter",
                  delimiter, "quote", "\"", "header_line", (json_int_t)inspection->header_line,
                  "rows", (json_int_t)counts->rows, "rejected", (json_int_t)counts->rejected,
                  "columns", inspection->columns, "problems", inspection->problems);
    return output_json(inspection->text, root, err);
}

static int parse_arguments(struct command_context *context, int argc, char **argv,
                           const char **out_profile, bool *out_json)
{
    static const struct option options[] = {
        {"profile", required_argument, NULL, 'p'},
        {"format", required_argument, NULL, 'f'},
        {NULL, 0, NULL, 0},
    };
    enum command_format format = FORMAT_TABLE;
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'p')
            *out_profile = optarg;
        else if (c != 'f')
            return command_misused(context, &command_inspect, "无法识别的选项 %s",
                                   argv[optind - 1]);
        else if (!command_parse_format(optarg, &format) || format == FORMAT_CSV)
            return command_misused(context, &command_inspect, "--format 只能是 table 或 json");
    }
    if (optind + 1 != argc)
        return command_misused(context, &command_inspect, "须给出一个文件");
    *out_json = format == FORMAT_JSON;
    return EXIT_DONE;
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct profile *profile = NULL;
    struct reader_counts counts = {0};
    struct buf text;
    const char *profile_argument = NULL;
    bool json = false;
    int status = parse_arguments(context, argc, argv, &profile_argument, &json);
    if (status != EXIT_DONE)
        return status;
    buf_init(&text, OUTPUT_MAX_BYTES);
    struct inspection inspection = {.text = &text,
                                    .columns = json ? json_array() : NULL,
                                    .problems = json ? json_array() : NULL};
    int rc = profile_choose(profile_argument, &profile, &err);
    if (rc == OK && json && (inspection.columns == NULL || inspection.problems == NULL))
        rc = err_set(&err, ERR_NOMEM, "could not inspect \"%s\"", argv[optind]);
    if (rc == OK)
        rc = inspect(argv[optind], profile, &inspection, &counts, &err);
    if (rc == OK)
        rc = finish(&inspection, argv[optind], &counts, &err);
    if (rc == OK)
        rc = output_finish(context, &text, &err);
    json_decref(inspection.columns);
    json_decref(inspection.problems);
    profile_free(profile);
    buf_deinit(&text);
    if (rc == OK ||
        inspection.refusal == REFUSAL_EMPTY) /* of an empty file there is nothing to say */
        return EXIT_DONE;
    if (inspection.refusal == REFUSAL_NONE)
        return command_fail(context, &err);
    command_say(context, "错误：%s（%s）", import_refusal_sentence(inspection.refusal),
                err.message);
    return EXIT_FAILED;
}

const struct command command_inspect = {
    .name = "inspect",
    .usage = "FILE [--profile NAME|FILE] [--format table|json]",
    .summary = "查看导入程序如何理解一个文件",
    .details = "显示编码、分隔符、表头所在行、各列对应的字段和最先发现的问题；不需要数据目录，不保"
               "存任何内容。",
    .run = run,
};
