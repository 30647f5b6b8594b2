#include "service/commands/inspect_show.h"

#include "service/commands/form_words.h"
#include "service/commands/import_report.h"
#include "service/intake/mask.h"
#include "service/commands/output.h"

/* ---- words ---- */

static void show_book(const struct document *document, struct buf *out)
{
    struct bytes sheet = document_sheet_name(document);
    size_t count = book_sheet_count(document->book);
    buf_printf(out, "格式：Excel 工作簿，工作表“" BYTES_FMT "”", BYTES_ARG(sheet));
    for (size_t i = 0; i < count && count > 1; i++) {
        buf_append_z(out, i == 0 ? "（共有：" : "、");
        buf_append(out, book_sheet_name(document->book, i));
    }
    buf_append_z(out, count > 1 ? "；可用 --sheet 指定）\n" : "\n");
}

static void show_dialect(const struct document *document, const struct survey *survey,
                         struct buf *out)
{
    const struct sniff *sniff = survey->sniff;
    if (document->book != NULL) {
        show_book(document, out);
        return;
    }
    buf_printf(out, "编码：%s", encoding_word(document->encoding));
    form_words_evidence(out, &document->encoding_why);
    buf_append_z(out, "\n分隔符：");
    form_words_delimiter(out, sniff->dialect.delimiter);
    form_words_evidence(out, &sniff->delimiter_why);
    buf_printf(out, "\n引号：%s", form_words_quote(sniff->dialect.quote));
    form_words_evidence(out, &sniff->quote_why);
    if (sniff->dialect.escape != 0)
        buf_append_z(out, "；转义：反斜杠");
    else if (sniff->dialect.quote != 0)
        buf_append_z(out, "；转义：引号写两次");
    form_words_evidence(out, &sniff->escape_why);
    buf_printf(out, "\n行尾：CRLF %lld，LF %lld，CR %lld\n", (long long)sniff->crlf_ends,
               (long long)sniff->lf_ends, (long long)sniff->cr_ends);
    if (!dump_ends_line(survey->dump))
        buf_append_z(out, "文件末尾：最后一行没有行尾\n");
    else if (survey->final_blank_rows > 0)
        buf_printf(out, "文件末尾：多出空行 %lld 行\n", (long long)survey->final_blank_rows);
}

static void show_outline(const struct survey *survey, struct buf *out)
{
    const struct outline *outline = &survey->sniff->outline;
    if (survey->preamble_rows > 0) {
        buf_printf(out, "表前的行：%lld 行", (long long)survey->preamble_rows);
        form_words_evidence(out, &outline->preamble_why);
        buf_append_byte(out, '\n');
    }
    if (outline->header_rows == 0)
        buf_append_z(out, "表头：无");
    else if (outline->header_rows == 1)
        buf_printf(out, "表头：第 %lld 行", (long long)outline->header_line);
    else
        buf_printf(out, "表头：第 %lld 行起共 %d 行", (long long)outline->header_line,
                   outline->header_rows);
    form_words_evidence(out, &outline->header_why);
    buf_append_byte(out, '\n');
}

static void show_columns(const struct sniff *sniff, struct buf *out)
{
    buf_append_z(out, "列：\n");
    for (size_t i = 0; i < sniff->outline.header_count; i++) {
        int field = sniff->columns.field_of[i];
        buf_append_z(out, "  ");
        output_in_one_line(out, sniff->outline.header[i]);
        buf_printf(out, " → %s\n", field >= 0 ? field_word((enum field)field) : "（未使用）");
    }
}

static void show_tables(const struct survey *survey, struct buf *out)
{
    for (int i = 0; i < survey->table_count && i < SURVEY_MAX_TABLES; i++) {
        const struct survey_table *table = &survey->tables[i];
        buf_printf(out, "下方另有一张表：第 %lld 行起，%zu 列，%lld 行", (long long)table->line,
                   table->columns, (long long)table->rows);
        buf_append_z(out, table->same_columns ? "（表头相同，导入时接着读）\n" : "（不计入）\n");
    }
    if (survey->table_count > SURVEY_MAX_TABLES)
        buf_printf(out, "再往下还有 %d 张表\n", survey->table_count - SURVEY_MAX_TABLES);
}

static int show_problems(const struct survey *survey, struct buf *out, struct err *err)
{
    struct buf masked;
    buf_init(&masked, OUTPUT_MAX_BYTES);
    if (survey->problem_count > SURVEY_MAX_PROBLEMS)
        buf_printf(out, "问题（前 %d 处）：\n", SURVEY_MAX_PROBLEMS);
    else if (survey->problem_count > 0)
        buf_append_z(out, "问题：\n");
    for (int64_t i = 0; i < survey->problem_count && i < SURVEY_MAX_PROBLEMS; i++) {
        const struct survey_problem *problem = &survey->problems[i];
        struct bytes sentence = import_problem_sentence(bytes_from_z(problem->reason));
        buf_clear(&masked);
        mask_numbers(bytes_from_z(problem->value), &masked);
        buf_printf(out, "  第 %lld 行：" BYTES_FMT, (long long)problem->line, BYTES_ARG(sentence));
        if (masked.len > 0) {
            buf_append_z(out, "（");
            output_in_one_line(out, bytes_from_z(problem->column));
            buf_append_z(out, "：");
            output_in_one_line(out, buf_bytes(&masked));
            buf_append_z(out, "）");
        }
        buf_append_byte(out, '\n');
    }
    int rc = buf_status(&masked, err);
    buf_deinit(&masked);
    return rc;
}

/* Why it is no dump of orders. */
static void show_lack(const struct sniff *sniff, struct buf *out)
{
    static const struct {
        enum field field;
        const char *name;
    } required[] = {
        {FIELD_ORDER_NO, "工单编号"}, {FIELD_RECEIVED_AT, "受理时间"}, {FIELD_UNIT, "承办单位"}};
    const char *separator = "缺少";
    if (sniff->outline.header_rows == 0) {
        buf_append_z(out, "没有表头，不能作为工单导入：请补上表头；若有而未识别，用 --header-rows "
                          "和 --skip-rows 指定。\n");
        return;
    }
    if ((sniff->columns.fields & COLUMNS_REQUIRED) == COLUMNS_REQUIRED) {
        buf_append_z(out, "列名“");
        output_in_one_line(out, sniff->outline.header[sniff->columns.doubled]);
        buf_append_z(out, "”出现两次，不能作为工单导入：请改掉其中一个列名，"
                          "或在导入模板中改用别的列。\n");
        return;
    }
    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        if ((sniff->columns.fields & UINT64_C(1) << required[i].field) != 0)
            continue;
        buf_printf(out, "%s%s", separator, required[i].name);
        separator = "、";
    }
    buf_append_z(out, "列，不能作为工单导入；可用 --profile-out 写出导入模板，改好后用 --profile "
                      "指定。\n");
}

/* What to do about what was found. */
static void show_advice(const struct profile *profile, const struct survey *survey, struct buf *out)
{
    if (survey->is_dump) {
        struct bytes zone = profile_timezone(profile);
        buf_printf(out, "没有时差的时间按 " BYTES_FMT " 读取。\n", BYTES_ARG(zone));
    }
    if (survey->suggested.len > 0)
        buf_printf(out, "表头与内置模板 " BYTES_FMT " 相符，请用 --profile " BYTES_FMT "。\n",
                   BYTES_ARG(survey->suggested), BYTES_ARG(survey->suggested));
    else if (!survey->is_dump)
        show_lack(survey->sniff, out);
    else if (survey->bad_time_rows > survey->rows / 2)
        buf_append_z(out, "受理时间多数无法识别：请用 --profile-out 写出导入模板，"
                          "在 date_formats 中写明日期的写法。\n");
}

int inspect_show_words(const char *path, const struct document *document,
                       const struct profile *profile, const struct survey *survey, struct buf *out,
                       struct err *err)
{
    const struct sniff *sniff = survey->sniff;
    buf_printf(out, "文件：%s\n", path);
    show_dialect(document, survey, out);
    show_outline(survey, out);
    if (sniff->outline.header_rows > 0)
        show_columns(sniff, out);
    show_tables(survey, out);
    int rc = show_problems(survey, out, err);
    buf_printf(out, "共 %lld 行", (long long)survey->rows);
    if (survey->is_dump)
        buf_printf(out, "，其中 %lld 行不能导入", (long long)survey->rejected);
    buf_printf(out, "；问题 %lld 处；合计行 %lld", (long long)survey->problem_count,
               (long long)survey->total_rows);
    if (survey->total_rows > 0)
        buf_printf(out, "（第 %lld 行起）", (long long)survey->first_total_line);
    buf_printf(out, "，空行 %lld，引号按原文读入的 %lld 行。\n", (long long)survey->blank_rows,
               (long long)survey->mended_rows);
    show_advice(profile, survey, out);
    return rc;
}

/* ---- JSON ---- */

static json_t *evidence_to_json(const struct evidence *why)
{
    return json_pack("{s:s, s:I, s:I, s:I}", "reason", evidence_word(why->kind), "count",
                     (json_int_t)why->count, "of", (json_int_t)why->of, "cells",
                     (json_int_t)why->cells);
}

static json_t *columns_to_json(const struct sniff *sniff)
{
    json_t *array = json_array();
    for (size_t i = 0; i < sniff->outline.header_count && array != NULL; i++) {
        int field = sniff->columns.field_of[i];
        json_t *object = json_pack("{s:o, s:s?}", "header", output_string(sniff->outline.header[i]),
                                   "field", field >= 0 ? field_word((enum field)field) : NULL);
        if (json_array_append_new(array, object) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *tables_to_json(const struct survey *survey)
{
    json_t *array = json_array();
    for (int i = 0; i < survey->table_count && i < SURVEY_MAX_TABLES && array != NULL; i++) {
        const struct survey_table *table = &survey->tables[i];
        json_t *object = json_pack("{s:I, s:I, s:I, s:b}", "line", (json_int_t)table->line,
                                   "columns", (json_int_t)table->columns, "rows",
                                   (json_int_t)table->rows, "same_columns", table->same_columns);
        if (json_array_append_new(array, object) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *problem_to_json(const struct survey_problem *problem)
{
    struct buf masked;
    buf_init(&masked, OUTPUT_MAX_BYTES);
    mask_numbers(bytes_from_z(problem->value), &masked);
    json_t *object = json_pack("{s:I, s:s, s:s, s:o}", "line", (json_int_t)problem->line, "reason",
                               problem->reason, "column", problem->column, "value",
                               masked.rc == OK ? output_string(buf_bytes(&masked)) : NULL);
    buf_deinit(&masked);
    return object;
}

static json_t *problems_to_json(const struct survey *survey)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < survey->problem_count && i < SURVEY_MAX_PROBLEMS && array != NULL;
         i++) {
        if (json_array_append_new(array, problem_to_json(&survey->problems[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *form_to_json(const struct document *document, const struct survey *survey)
{
    const struct sniff *sniff = survey->sniff;
    const struct outline *outline = &sniff->outline;
    struct bytes sheet = document_sheet_name(document);
    json_t *evidence = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o}", "encoding", evidence_to_json(&document->encoding_why),
        "delimiter", evidence_to_json(&sniff->delimiter_why), "quote",
        evidence_to_json(&sniff->quote_why), "escape", evidence_to_json(&sniff->escape_why),
        "preamble", evidence_to_json(&outline->preamble_why), "header",
        evidence_to_json(&outline->header_why));
    return json_pack("{s:s, s:{s:I, s:I, s:I}, s:I, s:i, s:I, s:o, s:o}", "escape",
                     sniff->dialect.escape != 0 ? "backslash" : "doubled", "record_ends", "crlf",
                     (json_int_t)sniff->crlf_ends, "lf", (json_int_t)sniff->lf_ends, "cr",
                     (json_int_t)sniff->cr_ends, "preamble_rows", (json_int_t)survey->preamble_rows,
                     "header_rows", outline->header_rows, "width", (json_int_t)outline->width,
                     "sheet", document->book != NULL ? output_string(sheet) : json_null(),
                     "evidence", evidence);
}

int inspect_show_json(const char *path, const struct document *document,
                      const struct survey *survey, struct buf *out, struct err *err)
{
    const struct sniff *sniff = survey->sniff;
    const char quote[] = {sniff->dialect.quote, '\0'};
    json_t *suggested = survey->suggested.len > 0 ? output_string(survey->suggested) : json_null();
    json_t *root = json_pack(
        "{s:o, s:o, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:I, s:I, s:I}",
        "suggested_profile", suggested, "file", output_string(bytes_from_z(path)), "encoding",
        encoding_word(document->encoding), "delimiter", sniff->dialect.delimiter, "quote", quote,
        "header_line", (json_int_t)sniff->outline.header_line, "rows", (json_int_t)survey->rows,
        "rejected", (json_int_t)survey->rejected, "total_rows", (json_int_t)survey->total_rows,
        "blank_rows", (json_int_t)survey->blank_rows, "final_blank_rows",
        (json_int_t)survey->final_blank_rows, "final_line_end", dump_ends_line(survey->dump),
        "mended_rows", (json_int_t)survey->mended_rows, "short_rows",
        (json_int_t)survey->short_rows, "long_rows", (json_int_t)survey->long_rows);
    if (root == NULL || json_object_update_new(root, form_to_json(document, survey)) != 0 ||
        json_object_set_new(root, "columns", columns_to_json(sniff)) != 0 ||
        json_object_set_new(root, "tables", tables_to_json(survey)) != 0 ||
        json_object_set_new(root, "problems", problems_to_json(survey)) != 0) {
        json_decref(root);
        root = NULL;
    }
    return json_print(out, root, err);
}
