#include "service/api/import_view.h"

#include "base/alloc.h"
#include "base/civil.h"

#include "service/api/json_value.h"
#include "service/auth/digest.h"
#include "service/host/files.h"

const char *import_refusal_sentence(enum refusal refusal)
{
    switch (refusal) {
    case REFUSAL_EMPTY:
        return "文件是空的";
    case REFUSAL_NO_HEADER:
        return "找不到表头：请检查文件，或用 inspect --profile-out 写出导入模板，填好各列后用 "
               "--profile 指定";
    case REFUSAL_MISSING_COLUMN:
        return "缺少必需的列（工单编号、受理时间、承办单位）：请用 inspect --profile-out "
               "写出导入模板，填好后用 --profile 指定";
    case REFUSAL_DOUBLED_COLUMN:
        return "同名的列出现两次：请改掉其中一个列名，或在导入模板中改用别的列";
    case REFUSAL_HTML:
        return "这是网页，不是数据表：请在 Excel 或 WPS 中打开并另存为 .xlsx，或在原系统中导出 CSV";
    case REFUSAL_SPREADSHEET:
        return "这是旧版 Excel 或其他表格文件：请在 Excel 或 WPS 中打开，“文件—另存为”选“Excel "
               "工作簿（*.xlsx）”或"
               "“CSV UTF-8”，再导入";
    case REFUSAL_LOCKED:
        return "工作簿有密码：请在 Excel 或 WPS 中取消密码，另存后再导入";
    case REFUSAL_BROKEN:
        return "工作簿已损坏：请在 Excel 或 WPS 中打开并另存为新文件，再导入";
    case REFUSAL_BOMB:
        return "工作簿解压后过大，疑为恶意文件，未读取";
    case REFUSAL_NO_SHEET:
        return "没有这个工作表：请检查 --sheet";
    case REFUSAL_ARCHIVE:
        return "这是压缩包：请先解压";
    case REFUSAL_BINARY:
        return "这是二进制文件，不是数据表";
    case REFUSAL_UNDECODABLE:
        return "文字编码无法识别：请另存为 UTF-8";
    case REFUSAL_NONE:
        break;
    }
    return "无法导入";
}

struct bytes import_problem_sentence(struct bytes word)
{
    static const struct {
        const char *word, *sentence;
    } sentences[] = {
        {"missing_order_no", "缺少工单编号"},
        {"bad_order_no", "工单编号中有制表符、换行等控制字符，或者过长"},
        {"scientific_order_no", "工单编号成了科学计数法，请按文本格式重新导出"},
        {"missing_received_at", "缺少受理时间"},
        {"missing_unit", "缺少承办单位"},
        {"bad_time", "受理时间无法识别"},
        {"too_few_cells", "单元格少于表头"},
        {"too_many_cells", "单元格多于表头"},
        {"undecodable", "含有无法识别的文字"},
        {"too_long", "内容过长"},
        {"too_wide", "单元格超过 1024 个，其余未读入"},
        {"too_many_units", "承办单位过多"},
        {"missing_disposition", "缺少访问结果"},
        {"unknown_disposition", "访问结果既不是 AAPOR 代码，也不是规定的名称"},
        {"unknown_resolved", "“是否解决”的说法无法识别"},
        {"unknown_satisfaction", "满意度的说法无法识别"},
        {"answered_ineligible", "不属本次样本的工单不应有回答"},
        {"not_drawn", "该工单未被抽中"},
        {"not_released", "该工单是尚未启用的备用样本"},
        {"not_packed", "该样本不在本期的外包样本包中"},
        {"package_expired", "该样本所在的外包样本包已过期"},
        {"before_order", "拨打时间早于工单受理"},
        {"after_now", "拨打时间晚于现在"},
        {"too_many_attempts", "该工单的拨打记录过多"},
        {"bad_number", "被叫号码无法识别"},
        {"bad_duration", "通话时长无法识别"},
        {"other_table", "另一张表的行：请拆成单独的文件再导入"},
        {"bad_quotes", "引号不配对"}, /* of earlier versions: such rows are mended now */
        {"bad_date", "时间无法识别，按空值处理"},
        {"padded", "缺少末尾的空单元格，已补齐"},
        {"unknown_status", "未知的工单状态，按办理中处理"},
        {"closed_before_received", "办结早于受理"},
        {"due_before_received", "期限早于受理"},
        {"flag_disagrees", "自带逾期标志与时间不符"},
        {"duplicate", "同一文件中重复"},
        {"two_leads", "两个主办单位"},
        {"mended", "引号不配对，按原文读入"},
    };
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        if (bytes_equal(word, bytes_from_z(sentences[i].word)))
            return bytes_from_z(sentences[i].sentence);
    }
    return word;
}

const char *import_flag_word(int bit)
{
    static const char *const words[IMPORT_FLAGS] = {
        "bad_date",
        "padded",
        "unknown_status",
        "closed_before_received",
        "due_before_received",
        "flag_disagrees",
        "duplicate",
        "two_leads",
        "mended",
    };
    return words[bit];
}

int import_counts_to_json(json_t *object, const struct import_counts *counts)
{
    const struct {
        const char *key;
        int64_t value;
    } fields[] = {
        {"rows", counts->rows},           {"accepted", counts->accepted},
        {"updated", counts->updated},     {"unchanged", counts->unchanged},
        {"rejected", counts->rejected},   {"contradictions", counts->contradictions},
        {"bad_dates", counts->bad_dates}, {"flag_disagreements", counts->flag_disagreements},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (json_object_set_new(object, fields[i].key, json_integer(fields[i].value)) != 0)
            return -1;
    }
    return 0;
}

static void append_time(struct buf *out, int64_t utc)
{
    char text[TIME_TEXT_BYTES];
    time_format(utc, OFFICE_OFFSET_S, text);
    buf_append_z(out, text);
}

void import_row_title(struct buf *out, const struct import_row *row)
{
    buf_printf(out, "批次 %lld  " BYTES_FMT "  导入于 ", (long long)row->id,
               BYTES_ARG(row->file_name));
    append_time(out, row->loaded_utc);
    if (row->undone_utc != 0) {
        buf_append_z(out, "  已撤销于 ");
        append_time(out, row->undone_utc);
    }
    buf_append_byte(out, '\n');
}

void import_counts_words(struct buf *out, const struct import_counts *counts)
{
    buf_printf(out,
               "  共 %lld 行：新增 %lld，更新 %lld，未变 %lld，问题数据 %lld；时间矛盾 "
               "%lld，无法识别的时间 %lld，",
               (long long)counts->rows, (long long)counts->accepted, (long long)counts->updated,
               (long long)counts->unchanged, (long long)counts->rejected,
               (long long)counts->contradictions, (long long)counts->bad_dates);
    buf_printf(out, "逾期标志不符 %lld。\n", (long long)counts->flag_disagreements);
}

json_t *import_row_to_json(const struct import_row *row)
{
    char sha256[SHA256_HEX_BYTES];
    sha256_hex(row->sha256, sha256);
    json_t *object = json_pack(
        "{s:I, s:o, s:s, s:o, s:o, s:I, s:s, s:o, s:o, s:o}", "id", (json_int_t)row->id, "file",
        json_bytes(row->file_name), "sha256", sha256, "encoding", json_bytes(row->encoding),
        "delimiter", json_bytes(row->delimiter), "header_line", (json_int_t)row->header_line,
        "status", "loaded", "unmatched_units", json_object(), "loaded_at",
        json_time(row->loaded_utc), "undone_at", json_time(row->undone_utc));
    if (object != NULL && import_counts_to_json(object, &row->counts) != 0) {
        json_decref(object);
        object = NULL;
    }
    return object;
}

static int on_unmatched(void *context, struct bytes name, int64_t records, struct err *err)
{
    json_t *object = context;
    char *key = mem_copy(name.ptr, name.len);
    int failed = key == NULL || json_object_set_new(object, key, json_integer(records)) != 0;
    mem_free(key);
    return failed ? err_set(err, ERR_NOMEM, "could not list a name") : OK;
}

int import_row_add_unmatched(struct store *store, json_t *object, struct err *err)
{
    return import_unmatched_each(store, json_integer_value(json_object_get(object, "id")),
                                 on_unmatched, json_object_get(object, "unmatched_units"), err);
}

static int on_import(void *context, const struct import_row *row, struct err *err)
{
    if (row->loaded_utc == 0) /* still loading */
        return OK;
    if (json_array_append_new(context, import_row_to_json(row)) != 0)
        return err_set(err, ERR_NOMEM, "could not list import %lld", (long long)row->id);
    return OK;
}

/* The list is made while a statement runs; what needs another one comes after it. */
int import_rows_to_json(struct store *store, json_t *imports, struct err *err)
{
    int rc = imports_each(store, on_import, imports, err);
    for (size_t i = 0; i < json_array_size(imports) && rc == OK; i++)
        rc = import_row_add_unmatched(store, json_array_get(imports, i), err);
    return rc;
}
