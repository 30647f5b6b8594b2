#include "service/commands/import_report.h"

#include "base/alloc.h"
#include "base/civil.h"

#include "service/auth/digest.h"
#include "service/commands/form_words.h"
#include "service/commands/output.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { REPORT_MAX_BYTES = 64 * 1024 * 1024 };

bool import_is_misnamed(struct bytes file_name)
{
    static const char *const suffixes[] = {".xls", ".xlsx", ".xlsm", ".et"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t len = strlen(suffixes[i]);
        if (file_name.len > len &&
            strncasecmp(file_name.ptr + file_name.len - len, suffixes[i], len) == 0)
            return true;
    }
    return false;
}

void import_report_init(struct import_report *report, bool json)
{
    *report = (struct import_report){.array = json ? json_array() : NULL};
    buf_init(&report->text, REPORT_MAX_BYTES);
}

void import_report_deinit(struct import_report *report)
{
    json_decref(report->array);
    buf_deinit(&report->text);
}

static bool needs_a_look(const struct intake_result *result)
{
    return result->counts.rejected > 0 || result->unmatched_count > 0 ||
           result->counts.contradictions > 0;
}

/* ---- words ---- */

static void add_counts(struct buf *text, const struct import_counts *counts)
{
    buf_printf(text, "  共 %lld 行：新增 %lld，更新 %lld，未变 %lld，问题数据 %lld。\n",
               (long long)counts->rows, (long long)counts->accepted, (long long)counts->updated,
               (long long)counts->unchanged, (long long)counts->rejected);
    if (counts->rejected * 2 > counts->rows)
        buf_append_z(text, "  半数以上的行不能导入：请用 inspect 查看原因和适用的导入模板。\n");
    if (counts->contradictions > 0)
        buf_printf(text, "  时间矛盾 %lld 行（办结或期限早于受理）。\n",
                   (long long)counts->contradictions);
    if (counts->bad_dates > 0)
        buf_printf(text, "  无法识别的时间 %lld 行。\n", (long long)counts->bad_dates);
    if (counts->flag_disagreements > 0)
        buf_printf(text, "  自带逾期标志与时间不符 %lld 行。\n",
                   (long long)counts->flag_disagreements);
}

/* Nothing if there are none; a header of several lines is named in one. */
static void add_names(struct buf *text, const char *what, const struct bytes *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i == 0)
            buf_printf(text, "  %s：", what);
        else
            buf_append_z(text, "、");
        output_in_one_line(text, names[i]);
    }
    if (count > 0)
        buf_append_z(text, "。\n");
}

static void add_words(struct buf *text, const char *path, const struct intake_result *result,
                      bool dry_run)
{
    buf_printf(text, "%s：", path);
    if (result->status == INTAKE_REFUSED) {
        buf_printf(text, "未导入。%s（%s）\n", import_refusal_sentence(result->refusal),
                   result->reason);
        return;
    }
    if (result->status == INTAKE_ALREADY_LOADED) {
        buf_printf(text, "该文件已导入（批次 %lld），没有任何变化。\n",
                   (long long)result->import_id);
        return;
    }
    if (dry_run)
        buf_append_z(text, "试导入，未保存。\n");
    else
        buf_printf(text, "已导入（批次 %lld）。\n", (long long)result->import_id);
    if (result->sheet.len > 0) {
        buf_printf(text, "  工作表“" BYTES_FMT "”", BYTES_ARG(result->sheet));
    } else {
        buf_printf(text, "  编码 %s，分隔符：", result->encoding);
        form_words_delimiter(text, result->delimiter);
    }
    buf_printf(text, "，表头在第 %lld 行。\n", (long long)result->header_line);
    add_names(text, "未读的工作表（可用 --sheet 另行导入）", result->other_sheets,
              result->other_sheet_count);
    if (result->sheet.len == 0 && import_is_misnamed(bytes_from_z(path)))
        buf_append_z(text, "  文件名像是 Excel 文件，内容是文本，已按 CSV 读取。\n");
    if (result->repeated_headers > 0)
        buf_printf(text, "  表头重复出现 %lld 次，其下的行接着读入。\n",
                   (long long)result->repeated_headers);
    add_counts(text, &result->counts);
    if (result->registered_units > 0)
        buf_printf(text, "  登记承办单位 %lld 个（类别：未分类）。\n",
                   (long long)result->registered_units);
    add_names(text, "未使用的列", result->ignored_columns, result->ignored_column_count);
    for (size_t i = 0; i < result->unmatched_count; i++)
        buf_printf(text, "  未对应的单位名称：" BYTES_FMT "（%lld 行）\n",
                   BYTES_ARG(result->unmatched[i].name), (long long)result->unmatched[i].count);
    if (result->unmatched_count > 0 && !dry_run)
        buf_append_z(text, "  请用 units suggest 查看相近的单位，用 units alias 指定。\n");
}

/* ---- JSON ---- */

static json_t *unmatched_to_json(const struct intake_result *result)
{
    json_t *object = json_object();
    for (size_t i = 0; i < result->unmatched_count && object != NULL; i++) {
        struct bytes name = result->unmatched[i].name;
        char *key = mem_copy(name.ptr, name.len);
        int failed = key == NULL || json_object_set_new(
                                        object, key, json_integer(result->unmatched[i].count)) != 0;
        mem_free(key);
        if (failed) {
            json_decref(object);
            object = NULL;
        }
    }
    return object;
}

static json_t *names_to_json(const struct bytes *names, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count && array != NULL; i++) {
        if (json_array_append_new(array, output_string(names[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *late_to_json(const struct late *late)
{
    json_t *array = json_array();
    for (size_t i = 0; i < late->round_count && array != NULL; i++) {
        const struct late_round *round = &late->rounds[i];
        json_t *object = json_pack("{s:o, s:I, s:o}", "round", output_string(round->name), "orders",
                                   (json_int_t)round->orders, "order_nos",
                                   names_to_json(round->order_nos, round->order_no_count));
        if (object == NULL || json_array_append_new(array, object) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *result_to_json(const char *path, const struct intake_result *result,
                              const struct late *late)
{
    json_t *object =
        json_pack("{s:o, s:s, s:s, s:s, s:I}", "file", output_string(bytes_from_z(path)), "sha256",
                  result->sha256, "encoding", result->encoding, "delimiter", result->delimiter,
                  "header_line", (json_int_t)result->header_line);
    json_t *unmatched = unmatched_to_json(result);
    if (object == NULL || import_counts_to_json(object, &result->counts) != 0 ||
        json_object_set(object, "unmatched_units", unmatched) != 0 ||
        json_object_set_new(object, "status", json_string(intake_status_word(result->status))) !=
            0 ||
        (result->sheet.len > 0 &&
         (json_object_set_new(object, "sheet", output_string(result->sheet)) != 0 ||
          json_object_set_new(object, "other_sheets",
                              names_to_json(result->other_sheets, result->other_sheet_count)) !=
              0)) ||
        (result->status == INTAKE_LOADED &&
         json_object_set_new(object, "frozen_rounds", late_to_json(late)) != 0) ||
        (result->status == INTAKE_REFUSED &&
         json_object_set_new(object, "reason", output_string(bytes_from_z(result->reason))) != 0)) {
        json_decref(object);
        object = NULL;
    }
    json_decref(unmatched);
    return object;
}

/* ---- both ---- */

int import_report_add(struct import_report *report, const char *path,
                      const struct intake_result *result, const struct late *late, bool dry_run,
                      struct err *err)
{
    report->files++;
    report->refused += result->status == INTAKE_REFUSED;
    report->partly += result->status == INTAKE_LOADED && needs_a_look(result);
    if (report->array == NULL) {
        add_words(&report->text, path, result, dry_run);
        return buf_status(&report->text, err);
    }
    json_t *object = result_to_json(path, result, late);
    if (object == NULL || json_array_append_new(report->array, object) != 0)
        return err_set(err, ERR_NOMEM, "could not report on \"%s\"", path);
    return OK;
}

int import_report_add_failed(struct import_report *report, const char *path,
                             const struct err *failure, struct err *err)
{
    struct intake_result result = {.status = INTAKE_REFUSED};
    struct late late = {0};
    (void)snprintf(result.reason, sizeof result.reason, "%s", failure->message);
    if (report->array != NULL)
        return import_report_add(report, path, &result, &late, false, err);
    report->files++; /* in words it has been said already */
    report->refused++;
    return OK;
}

int import_report_finish(struct import_report *report, const struct command_context *context,
                         int *out_status, struct err *err)
{
    if (report->array != NULL) {
        char *text = json_dumps(report->array, JSON_INDENT(2));
        if (text == NULL)
            return err_set(err, ERR_NOMEM, "could not print the report");
        buf_append_z(&report->text, text);
        buf_append_byte(&report->text, '\n');
        mem_free(text);
    }
    int rc = buf_status(&report->text, err);
    if (rc == OK)
        rc = command_write(context, buf_bytes(&report->text), err);
    if (report->files > 0 && report->refused == report->files)
        *out_status = EXIT_FAILED;
    else
        *out_status = report->refused + report->partly > 0 ? EXIT_PARTLY : EXIT_DONE;
    return rc;
}
