#include "service/commands/order_values.h"

#include "base/utf8.h"

#include "importers/phone.h"
#include "reports/words.h"

#include "service/intake/mask.h"
#include "service/commands/output.h"
#include "service/storage/units.h"

#include <string.h>

json_t *order_moment_to_json(struct moment moment, const struct zone *zone)
{
    struct buf text;
    buf_init(&text, OUTPUT_MAX_BYTES);
    output_moment(&text, moment, zone);
    json_t *value = text.rc == OK ? output_string(buf_bytes(&text)) : NULL;
    buf_deinit(&text);
    return value;
}

json_t *order_text_to_json(struct bytes text)
{
    struct buf masked;
    buf_init(&masked, OUTPUT_MAX_BYTES);
    mask_numbers(text, &masked);
    json_t *value = masked.rc == OK ? output_string(buf_bytes(&masked)) : NULL;
    buf_deinit(&masked);
    return value;
}

/* 张** */
static json_t *name_to_json(struct bytes name)
{
    struct bytes rest = name;
    struct buf masked;
    if (name.len == 0 || !utf8_is_valid(name))
        return json_string(name.len == 0 ? "" : "**");
    (void)utf8_take(&rest);
    buf_init(&masked, OUTPUT_MAX_BYTES);
    buf_append(&masked, (struct bytes){name.ptr, name.len - rest.len});
    buf_append_z(&masked, "**");
    json_t *value = masked.rc == OK ? output_string(buf_bytes(&masked)) : NULL;
    buf_deinit(&masked);
    return value;
}

static json_t *phone_to_json(struct bytes cell)
{
    char digits[PHONE_MAX_BYTES];
    return order_text_to_json(phone_read(cell, digits));
}

/* Takes `value` over; an empty text is left out. */
static int put(json_t *object, const char *key, json_t *value, struct err *err)
{
    if (json_is_string(value) && json_string_length(value) == 0) {
        json_decref(value);
        return OK;
    }
    return json_object_set_new(object, key, value) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not show an order");
}

static int put_term(const struct order_values *values, json_t *object, const char *key,
                    int64_t term_id, struct err *err)
{
    struct bytes text;
    if (term_id == 0)
        return OK;
    int rc = term_get(values->store, term_id, &text, err);
    return rc == OK ? put(object, key, output_string(text), err) : rc;
}

/* ---- orders ---- */

int order_to_json(const struct order_values *values, const struct order_row *row,
                  const struct texts *texts, json_t **out, struct err *err)
{
    const struct {
        const char *key;
        int64_t term_id;
    } terms[] = {
        {"category", row->category_id}, {"region", row->region_id}, {"channel", row->channel_id}};
    json_t *object = json_object();
    if (object == NULL)
        return err_set(err, ERR_NOMEM, "could not show an order");
    int rc = put(object, "order_no", output_string(row->order_no), err);
    if (rc == OK)
        rc = put(object, "title", order_text_to_json(texts->title), err);
    if (rc == OK)
        rc = put(object, "content", order_text_to_json(texts->content), err);
    if (rc == OK)
        rc = put(object, "citizen_name", name_to_json(texts->citizen_name), err);
    if (rc == OK &&
        json_object_set_new(object, "citizen_phone", phone_to_json(texts->citizen_phone)) != 0)
        rc = err_set(err, ERR_NOMEM, "could not show an order");
    for (size_t i = 0; i < sizeof terms / sizeof *terms && rc == OK; i++)
        rc = put_term(values, object, terms[i].key, terms[i].term_id, err);
    if (rc == OK)
        rc = put(object, "repeat_of", output_string(row->repeat_of), err);
    if (rc != OK)
        json_decref(object);
    else
        *out = object;
    return rc;
}

/* ---- handlings ---- */

static int put_unit(const struct order_values *values, json_t *object, int64_t unit_name_id,
                    struct err *err)
{
    struct unit_name_row name;
    struct unit_row unit;
    if (unit_name_id == 0)
        return OK;
    int rc = unit_name_get(values->store, unit_name_id, &name, err);
    if (rc != OK)
        return rc;
    int64_t unit_id = name.unit_id;
    rc = put(object, "unit", output_string(name.name), err);
    if (rc != OK || unit_id == 0)
        return rc;
    rc = unit_get(values->store, unit_id, &unit, err);
    if (rc == OK)
        rc = put(object, "counts_for", output_string(unit.code), err);
    return rc;
}

static int put_words(json_t *object, const struct handling_row *row, struct err *err)
{
    static const char *const roles[] = {"", "lead", "support"};
    static const char *const parts[] = {"lead", "support", "unclear"};
    static const char *const kinds[] = {"",       "consult",    "help",  "complaint",
                                        "report", "suggestion", "praise"};
    static const char *const statuses[] = {"",     "open",   "closed", "returned",
                                           "void", "direct", "merged"};
    static const char *const flags[] = {"", "on_time", "overdue"};
    const struct {
        const char *key, *word;
    } words[] = {
        {"role", roles[row->role]},
        {"part", parts[row->fact.part]},
        {"kind", kinds[row->fact.kind]},
        {"status", statuses[row->fact.status]},
        {"overdue_flag", flags[row->fact.flag]},
    };
    int rc = OK;
    for (size_t i = 0; i < sizeof words / sizeof *words && rc == OK; i++)
        rc = put(object, words[i].key, json_string(words[i].word), err);
    return rc;
}

static int put_moments(const struct order_values *values, json_t *object,
                       const struct handling_row *row, struct err *err)
{
    const struct fact *fact = &row->fact;
    const struct {
        const char *key;
        struct moment moment;
    } moments[] = {
        {"received_at", fact->received},
        {"dispatched_at", fact->dispatched},
        {"accepted_at", fact->accepted},
        {"due_at", fact->due},
        {"extension_asked_at", fact->extension_asked},
        {"extended_due_at", fact->extended_due},
        {"submitted_at", fact->submitted},
        {"closed_at", fact->closed},
        {"first_closed_at", row->first_closed},
    };
    int rc = OK;
    for (size_t i = 0; i < sizeof moments / sizeof *moments && rc == OK; i++)
        rc =
            put(object, moments[i].key, order_moment_to_json(moments[i].moment, values->zone), err);
    return rc;
}

static int put_numbers(json_t *object, const struct handling_row *row, struct err *err)
{
    static const struct {
        uint32_t mark;
        const char *key;
    } marks[] = {
        {FACT_URGENT, "urgent"},
        {FACT_RETURNED, "returned"},
        {FACT_CONFIDENTIAL, "confidential"},
        {FACT_OPT_OUT, "opt_out"},
        {FACT_CLOSED_BEFORE_RECEIVED, "closed_before_received"},
        {FACT_DUE_BEFORE_RECEIVED, "due_before_received"},
    };
    int rc = OK;
    if (row->fact.extension_count >= 0)
        rc = put(object, "extension_count", json_integer(row->fact.extension_count), err);
    if (rc == OK && row->redo_count >= 0)
        rc = put(object, "redo_count", json_integer(row->redo_count), err);
    for (size_t i = 0; i < sizeof marks / sizeof *marks && rc == OK; i++) {
        if ((row->fact.marks & marks[i].mark) != 0)
            rc = put(object, marks[i].key, json_true(), err);
    }
    return rc;
}

int handling_to_json(const struct order_values *values, const struct handling_row *row,
                     json_t **out, struct err *err)
{
    const struct {
        const char *key;
        int64_t term_id;
    } terms[] = {
        {"urgency", row->urgency_id},
        {"status_word", row->status_id},
        {"hotline_resolved", row->hotline_resolved_id},
        {"hotline_satisfaction", row->hotline_satisfaction_id},
        {"unit_resolved", row->unit_resolved_id},
    };
    json_t *object = json_object();
    if (object == NULL)
        return err_set(err, ERR_NOMEM, "could not show a handling");
    int rc = put_unit(values, object, row->unit_name_id, err);
    if (rc == OK)
        rc = put_words(object, row, err);
    if (rc == OK)
        rc = put_moments(values, object, row, err);
    if (rc == OK)
        rc = put_numbers(object, row, err);
    for (size_t i = 0; i < sizeof terms / sizeof *terms && rc == OK; i++)
        rc = put_term(values, object, terms[i].key, terms[i].term_id, err);
    if (rc != OK)
        json_decref(object);
    else
        *out = object;
    return rc;
}

/* ---- words ---- */

static const char *label(const char *key)
{
    static const struct {
        const char *key, *words;
    } labels[] = {
        {"order_no", "工单编号"},
        {"title", "标题"},
        {"content", "内容"},
        {"citizen_name", "诉求人"},
        {"citizen_phone", "联系电话"},
        {"category", "事项分类"},
        {"region", "所属区域"},
        {"channel", "诉求来源"},
        {"repeat_of", "原工单编号"},
        {"handlings", "承办"},
        {"unit", "承办单位"},
        {"counts_for", "计入单位"},
        {"role", "主协办"},
        {"part", "承办关系"},
        {"kind", "工单类型"},
        {"status", "状态"},
        {"status_word", "状态（原文）"},
        {"overdue_flag", "自带逾期标志"},
        {"received_at", "受理时间"},
        {"dispatched_at", "派单时间"},
        {"accepted_at", "签收时间"},
        {"due_at", "办理期限"},
        {"extension_asked_at", "延期申请时间"},
        {"extended_due_at", "延期后期限"},
        {"submitted_at", "提交办结时间"},
        {"closed_at", "办结时间"},
        {"first_closed_at", "首次办结时间"},
        {"extension_count", "延期次数"},
        {"redo_count", "重办次数"},
        {"urgency", "紧急程度"},
        {"urgent", "紧急"},
        {"returned", "已退单"},
        {"confidential", "保密"},
        {"opt_out", "拒绝回访"},
        {"closed_before_received", "办结早于受理"},
        {"due_before_received", "期限早于受理"},
        {"hotline_resolved", "热线回访：是否解决"},
        {"hotline_satisfaction", "热线回访：满意度"},
        {"unit_resolved", "单位自评：是否解决"},
        {"reply", "答复"},
        {"import", "导入批次"},
        {"line", "行"},
        {"flags", "提示"},
        {"history", "更改经过"},
        {"field", "项目"},
        {"from", "原为"},
        {"to", "改为"},
        {"rounds", "计算"},
        {"round", "评价期"},
        {"judgement", "结果"},
        {"why", "说明"},
        {"deadline", "有效期限"},
        {"deadline_source", "期限来源"},
        {"extension", "延期"},
        {"end", "办结（按规则）"},
        {"through", "经由"},
        {"frame", "样本框"},
        {"draw", "第几次抽样"},
        {"drawn", "抽中"},
        {"position", "摇号位次"},
        {"released", "列入访问"},
        {"outcome", "访问结果"},
        {"attempts", "拨打次数"},
        {"in_resolution_base", "计入诉求解决率分母"},
        {"counts_as_resolved", "计为解决"},
        {"resolution_points", "解决得分"},
        {"in_satisfaction_base", "计入处理满意率分母"},
        {"counts_as_satisfied", "计为满意"},
        {"satisfaction_points", "满意得分"},
    };
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (strcmp(labels[i].key, key) == 0)
            return labels[i].words;
    }
    return key;
}

static const char *frame_word(const char *word)
{
    for (int reason = 0; reason < FRAME_REASONS; reason++) {
        if (strcmp(frame_reason_word(reason), word) == 0)
            return frame_reason_name(reason);
    }
    return NULL;
}

/* Words of a machine, in the fields where they stand and in the history of these. */
static const char *value_word(const char *key, const char *word)
{
    static const char *const keys[] = {"role",         "part", "kind", "status",
                                       "overdue_flag", "from", "to",   "drawn"};
    static const struct {
        const char *word, *words;
    } values[] = {
        {"lead", "主办"},        {"support", "协办"},    {"unclear", "不明"},
        {"consult", "咨询"},     {"help", "求助"},       {"complaint", "投诉"},
        {"report", "举报"},      {"suggestion", "建议"}, {"praise", "表扬"},
        {"open", "办理中"},      {"closed", "已办结"},   {"returned", "已退单"},
        {"void", "作废"},        {"direct", "直接答复"}, {"merged", "并单"},
        {"on_time", "按时"},     {"overdue", "逾期"},    {"sample", "样本"},
        {"reserve", "备用样本"}, {"no", "未抽中"},
    };
    if (strcmp(key, "frame") == 0)
        return frame_word(word);
    bool has_words = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        has_words |= strcmp(keys[i], key) == 0;
    for (size_t i = 0; i < sizeof values / sizeof *values && has_words; i++) {
        if (strcmp(values[i].word, word) == 0)
            return values[i].words;
    }
    return NULL;
}

static void append_scalar(const char *key, const json_t *value, struct buf *out)
{
    const char *text = json_is_string(value) ? json_string_value(value) : NULL;
    const char *word = text == NULL                ? NULL
                       : strcmp(key, "field") == 0 ? label(text)
                                                   : value_word(key, text);
    if (word != NULL)
        buf_append_z(out, word);
    else if (json_is_string(value))
        buf_append(out, (struct bytes){json_string_value(value), json_string_length(value)});
    else if (json_is_integer(value))
        buf_printf(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        buf_printf(out, "%g", json_real_value(value));
    else
        buf_append_z(out, json_is_true(value) ? "是" : json_is_false(value) ? "否" : "");
}

static void append_import(const json_t *import, struct buf *out)
{
    buf_printf(out, "%lld（%s，%s）\n",
               (long long)json_integer_value(json_object_get(import, "id")),
               json_string_value(json_object_get(import, "file")),
               json_string_value(json_object_get(import, "loaded_at")));
}

void order_json_to_words(const json_t *value, int depth, struct buf *out)
{
    const char *key;
    json_t *field;
    /* json_object_foreach wants a changeable object for no reason; it changes nothing. */
    json_object_foreach((json_t *)(uintptr_t)value, key, field)
    {
        for (int i = 0; i < depth; i++)
            buf_append_z(out, "  ");
        buf_printf(out, "%s：", label(key));
        if (json_is_object(field)) {
            append_import(field, out);
            continue;
        }
        if (!json_is_array(field)) {
            append_scalar(key, field, out);
            buf_append_byte(out, '\n');
            continue;
        }
        buf_append_z(out, json_array_size(field) > 0 ? "\n" : "无\n");
        for (size_t i = 0; i < json_array_size(field); i++) {
            if (i > 0)
                buf_append_byte(out, '\n');
            order_json_to_words(json_array_get(field, i), depth + 1, out);
        }
    }
}
