#include "importers/words.h"

#include "scoring/composite.h"

#define YES    "是|y|yes|true|t|1|√|✓|✔|有"
#define UNSAID "说不清|拒答|不清楚"
#define NO     "否|n|no|false|f|0|×|无|不是"

/* A mere request to be rid of an order (退单申请中) and a refused one change nothing: open. Missing on purpose, as desks
 * mean different things by them: 退回 (to the office, or to the unit to do it again), 已处理 and 已回复 (before the
 * hotline has agreed, or after), 撤单. */
const struct word_meaning word_meanings[] = {
    {FIELD_STATUS, ORDER_STATUS_OPEN, "open",
     "open|办理中|待签收|处理中|待办理|待处理|待派单|已派单|已签收|已转办|待审核|待办结|待回访|"
     "延期中|延期申请中|退单申请中|退单申请|申请退单|退单驳回|退单被驳回|挂起|assigned|pending|"
     "started|in progress|processing|new|"
     "在办|在办件|正在办理|正在处理|办理|未办结|未结案|未完成|未处理|未签收|待接单|已接单|待接收|"
     "已接收|待受理|已受理|受理中|待分派|待分办|待派发|已派发|待派遣|已派遣|派单中|转办中|待转办|"
     "待响应|待处置|处置中|待反馈|待回复|待核实|核实中|待结案|待归档|审核中|办结待审核|"
     "办结审核中|办结申请中|申请办结|待办结审核|回访中|重办|重办中|退回重办|待重办|督办中|催办中|"
     "已延期|延期待审核|申请延期|延期办理|延期办理中|退单审核中|退单待审核|退回申请中|申请退回|"
     "已挂起|挂起中|暂停|suspended|on hold|reopened|acknowledged|received|submitted|unresolved"},
    {FIELD_STATUS, ORDER_STATUS_CLOSED, "closed",
     "closed|已办结|办结|已结案|结案|已归档|归档|已完成|已完结|completed|resolved|"
     "办结件|完结|已关闭|关闭|已结束|结束|办理完成|办理完毕|已办理完毕|处理完成|处理完毕|"
     "处置完毕|正常办结|按时办结|按期办结|超期办结|逾期办结|自动办结|自动结案|正常结案|"
     "结案归档|办结归档|complete|finished|done|archived"},
    {FIELD_STATUS, ORDER_STATUS_RETURNED, "returned",
     "退单|已退单|returned|退单成功|同意退单|退单通过"},
    {FIELD_STATUS, ORDER_STATUS_VOID, "void",
     "作废|已作废|无效工单|void|作废件|无效|无效件|废单|已废弃|已取消|已撤销|voided|cancelled|"
     "canceled"},
    {FIELD_STATUS, ORDER_STATUS_DIRECT, "direct",
     "直接答复|直接办结|direct|直接答复件|已直接答复|直接解答|在线答复|在线解答|在线办结|"
     "热线直接答复|话务员直接答复|话务直接答复"},
    {FIELD_STATUS, ORDER_STATUS_MERGED, "merged",
     "重复件|已合并|merged|duplicate|重复工单|重复件已合并|已并单|并单|已并案|合并"},
    {FIELD_KIND, ORDER_KIND_CONSULT, "consult",
     "咨询|咨询类|consultation|inquiry|enquiry|咨询件|政策咨询|业务咨询|信息咨询|咨询服务|"
     "question"},
    {FIELD_KIND, ORDER_KIND_HELP, "help", "求助|求助类|request for help|求助件|公共服务求助"},
    {FIELD_KIND, ORDER_KIND_COMPLAINT, "complaint", "投诉|投诉类|投诉件"},
    {FIELD_KIND, ORDER_KIND_REPORT, "report", "举报|举报类|投诉举报|投诉举报类|举报件|检举|检举类"},
    {FIELD_KIND, ORDER_KIND_SUGGESTION, "suggestion",
     "建议|建议类|意见建议|意见建议类|建议件|建言|建言献策|建议意见|意见和建议"},
    {FIELD_KIND, ORDER_KIND_PRAISE, "praise",
     "表扬|表扬类|感谢|表扬感谢|感谢表扬|表扬件|感谢类|表扬感谢类|compliment|commendation"},
    {FIELD_KIND, ORDER_KIND_UNKNOWN, "unknown", "其他|其他类|其它|other|其它类|其他诉求"},
    {FIELD_ROLE, HANDLING_ROLE_LEAD, "lead",
     "主办|牵头|主办单位|牵头单位|主责|主责单位|主办部门|牵头部门|主责部门|主办方|牵头主办|"
     "primary"},
    {FIELD_ROLE, HANDLING_ROLE_SUPPORT, "support",
     "协办|配合|协办单位|配合单位|协办部门|配合部门|协办方|会办|会办单位|会办部门|协同|协同单位|"
     "secondary"},
    {FIELD_OVERDUE_FLAG, OVERDUE_FLAG_ON_TIME, "on_time",
     "按时|按期|正常|未超期|未逾期|未超时|按时办结|on time|按期办结|期限内办结|期限内|准时|未过期|"
     "不超期|正常办结"},
    {FIELD_OVERDUE_FLAG, OVERDUE_FLAG_OVERDUE, "overdue",
     "超期|已超期|逾期|已逾期|超时|已超时|超时办结|late|超期办结|逾期办结|超期未办结|逾期未办结|"
     "超时未办结|已过期|过期|past due"},
    {FIELD_RETURNED, WORD_YES, "yes", YES "|退单|已退单|退单成功|同意退单"},
    {FIELD_RETURNED, WORD_NO, "no",
     NO
     "|未退单|退单申请中|退单驳回|申请退单|退单申请|退单被驳回|退单审核中|退单待审核|不同意退单"},
    {FIELD_CONFIDENTIAL, WORD_YES, "yes", YES "|保密|要求保密|需保密|需要保密|已保密|保密件"},
    {FIELD_CONFIDENTIAL, WORD_NO, "no", NO "|不保密|公开|无需保密|不需保密|不需要保密|非保密"},
    {FIELD_OPT_OUT, WORD_YES, "yes",
     YES "|拒绝|拒绝回访|不回访|不接受回访|不愿回访|无需回访|不需回访|不需要回访|不同意回访"},
    {FIELD_OPT_OUT, WORD_NO, "no", NO "|接受|接受回访|同意回访|愿意回访|可回访|需要回访|需回访"},
    {FIELD_URGENCY, WORD_URGENT, "urgent",
     "是|yes|紧急|特急|加急|急件|特别紧急|非常紧急|high|emergency|急|紧急件|特急件|加急件|十万火急|"
     "critical"},
    {FIELD_URGENCY, WORD_NORMAL, "normal",
     "否|no|一般|普通|正常|low|medium|普通件|一般件|平件|常规|不紧急|非紧急|不急|standard|routine"},
    {FIELD_RESOLVED, RESOLUTION_YES, "yes", "已解决"},
    {FIELD_RESOLVED, RESOLUTION_PARTLY, "partly", "部分解决"},
    {FIELD_RESOLVED, RESOLUTION_NO, "no", "未解决"},
    {FIELD_RESOLVED, WORD_STILL_OPEN, "still_open", "正在解决"},
    {FIELD_RESOLVED, RESOLUTION_MISSING, "missing", UNSAID},
    {FIELD_SATISFACTION, 5, "very_satisfied", "非常满意"},
    {FIELD_SATISFACTION, 4, "satisfied", "满意"},
    {FIELD_SATISFACTION, 3, "fairly_satisfied", "基本满意"},
    {FIELD_SATISFACTION, 2, "dissatisfied", "不满意"},
    {FIELD_SATISFACTION, 1, "very_dissatisfied", "非常不满意"},
    {FIELD_SATISFACTION, SATISFACTION_MISSING, "missing", UNSAID},
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
