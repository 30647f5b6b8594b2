#include "importers/words.h"

#define YES "是|y|yes|true|1|√|✓|✔|有"
#define NO  "否|n|no|false|0|×|无"

/* A mere request to be rid of an order (退单申请中) and a refused one change nothing: open. */
const struct word_meaning word_meanings[] = {
    {FIELD_STATUS, ORDER_STATUS_OPEN, "open",
     "open|办理中|待签收|处理中|待办理|待处理|待派单|已派单|已签收|已转办|待审核|待办结|待回访|"
     "延期中|"
     "延期申请中|退单申请中|退单申请|申请退单|退单驳回|退单被驳回|挂起|assigned|pending|started|"
     "in progress|processing|new"},
    {FIELD_STATUS, ORDER_STATUS_CLOSED, "closed",
     "closed|已办结|办结|已结案|结案|已归档|归档|已完成|已完结|completed|resolved"},
    {FIELD_STATUS, ORDER_STATUS_RETURNED, "returned", "退单|已退单|returned"},
    {FIELD_STATUS, ORDER_STATUS_VOID, "void", "作废|已作废|无效工单|void"},
    {FIELD_STATUS, ORDER_STATUS_DIRECT, "direct", "直接答复|直接办结|direct"},
    {FIELD_STATUS, ORDER_STATUS_MERGED, "merged", "重复件|已合并|merged|duplicate"},
    {FIELD_KIND, ORDER_KIND_CONSULT, "consult", "咨询|咨询类|consultation|inquiry|enquiry"},
    {FIELD_KIND, ORDER_KIND_HELP, "help", "求助|求助类|request for help"},
    {FIELD_KIND, ORDER_KIND_COMPLAINT, "complaint", "投诉|投诉类"},
    {FIELD_KIND, ORDER_KIND_REPORT, "report", "举报|举报类|投诉举报|投诉举报类"},
    {FIELD_KIND, ORDER_KIND_SUGGESTION, "suggestion", "建议|建议类|意见建议|意见建议类"},
    {FIELD_KIND, ORDER_KIND_PRAISE, "praise", "表扬|表扬类|感谢|表扬感谢"},
    {FIELD_KIND, ORDER_KIND_UNKNOWN, "unknown", "其他|其他类|其它|other"},
    {FIELD_ROLE, HANDLING_ROLE_LEAD, "lead", "主办|牵头|主办单位|牵头单位"},
    {FIELD_ROLE, HANDLING_ROLE_SUPPORT, "support", "协办|配合|协办单位|配合单位"},
    {FIELD_OVERDUE_FLAG, OVERDUE_FLAG_ON_TIME, "on_time",
     "按时|按期|正常|未超期|未逾期|未超时|按时办结|on time"},
    {FIELD_OVERDUE_FLAG, OVERDUE_FLAG_OVERDUE, "overdue",
     "超期|已超期|逾期|已逾期|超时|已超时|超时办结|late"},
    {FIELD_RETURNED, WORD_YES, "yes", YES "|退单|已退单"},
    {FIELD_RETURNED, WORD_NO, "no", NO "|未退单|退单申请中|退单驳回"},
    {FIELD_CONFIDENTIAL, WORD_YES, "yes", YES "|保密|要求保密"},
    {FIELD_CONFIDENTIAL, WORD_NO, "no", NO "|不保密|公开"},
    {FIELD_OPT_OUT, WORD_YES, "yes", YES},
    {FIELD_OPT_OUT, WORD_NO, "no", NO},
    {FIELD_URGENCY, WORD_URGENT, "urgent", "紧急|特急|加急|急件|特别紧急|非常紧急|high|emergency"},
    {FIELD_URGENCY, WORD_NORMAL, "normal", "一般|普通|正常|low|medium"},
    {FIELD_COUNT, 0, NULL, NULL},
};

const struct word_meaning *word_meaning_find(enum field field, struct bytes name)
{
    for (const struct word_meaning *meaning = word_meanings; meaning->name != NULL; meaning++) {
        if (meaning->field == field && bytes_equal(bytes_from_z(meaning->name), name))
            return meaning;
    }
    return NULL;
}

bool word_field(enum field field)
{
    for (const struct word_meaning *meaning = word_meanings; meaning->name != NULL; meaning++) {
        if (meaning->field == field)
            return true;
    }
    return false;
}
