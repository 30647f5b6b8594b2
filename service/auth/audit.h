#ifndef PINGYI_SERVICE_AUTH_AUDIT_H
#define PINGYI_SERVICE_AUTH_AUDIT_H

#include "service/auth/vault.h"
#include "service/storage/audit_log.h"

/* The audit log (DESIGN.md 8): appended to within the transaction of what it tells of, chained by HMAC under a key of
 * the vault, so that nothing can be altered, taken out or put in without verify seeing it. What it cannot see is that
 * the newest rows are gone: for that the head is printed in every bulletin. Thread: one owner of each audit_chain.
 *
 * The mac of a row is HMAC-SHA-256, under the vault's key for "audit", of the 32 bytes of the mac before it and then
 * id, at_ms, who, role, address, action, target, outcome and details, each as a netstring: its length in bytes, a
 * colon, the bytes, a comma; numbers in decimal. The first row stands behind 32 zero bytes. */

/* Whose act it was. */
struct audit_actor {
    struct bytes who;     /* account name, "cli:root", "token:name", "-" */
    struct bytes role;    /* role_word, "cli", "token", "-" */
    struct bytes address; /* numeric, or empty */
    int64_t at_ms;
};

#define AUDIT_OUTCOMES(X)                                                                          \
    X(AUDIT_DONE, "done") X(AUDIT_REFUSED, "refused") X(AUDIT_FAILED, "failed")
enum audit_outcome { AUDIT_DONE, AUDIT_REFUSED, AUDIT_FAILED };

/* Words of actions, with what pages say of them. */
#define AUDIT_ACTIONS(X)                                                                           \
    X("service.start", "服务启动")                                                                 \
    X("service.stop", "服务停止")                                                                  \
    X("session.open", "登录")                                                                      \
    X("session.close", "退出")                                                                     \
    X("session.revoke", "终止会话")                                                                \
    X("account.lock", "账号锁定")                                                                  \
    X("account.unlock", "解除锁定")                                                                \
    X("account.add", "新建账号")                                                                   \
    X("account.disable", "停用账号")                                                               \
    X("account.enable", "启用账号")                                                                \
    X("account.reset", "重置密码")                                                                 \
    X("account.role", "变更角色")                                                                  \
    X("account.password", "修改密码")                                                              \
    X("account.totp", "绑定动态口令")                                                              \
    X("account.totp_reset", "解除动态口令")                                                        \
    X("account.recovery", "重新生成恢复码")                                                        \
    X("team.add", "新建班组")                                                                      \
    X("team.change", "变更班组")                                                                   \
    X("role.limits", "变更会话时限")                                                               \
    X("token.add", "新建接口令牌")                                                                 \
    X("token.revoke", "撤销接口令牌")                                                              \
    X("import.load", "导入工单")                                                                   \
    X("import.undo", "撤回导入")                                                                   \
    X("units.change", "变更单位库")                                                                \
    X("calendar.import", "导入日历")                                                               \
    X("round.step", "评价期办理")                                                                  \
    X("round.remark", "工作记录")                                                                  \
    X("draw.make", "抽样")                                                                         \
    X("draw.open", "开封抽样记录")                                                                 \
    X("outcomes.import", "导入访问结果")                                                           \
    X("outcomes.export", "导出访问结果")                                                           \
    X("campaign.open", "开始电话测评")                                                             \
    X("campaign.pause", "暂停电话测评")                                                            \
    X("campaign.resume", "继续电话测评")                                                           \
    X("campaign.release", "启用备用样本")                                                          \
    X("campaign.assign", "分配样本到班组")                                                         \
    X("case.free", "释放拒访样本")                                                                 \
    X("case.settle", "人工结案")                                                                   \
    X("case.book", "预约访问")                                                                     \
    X("case.correct", "更正访问结果")                                                              \
    X("case.show", "查看访问样本")                                                                 \
    X("number.show", "查看号码")                                                                   \
    X("number.add", "补充号码")                                                                    \
    X("number.ban", "列入免打扰名单")                                                              \
    X("number.unban", "移出免打扰名单")                                                            \
    X("shift.confirm", "确认考勤")                                                                 \
    X("shift.export", "导出考勤")                                                                  \
    X("caller.languages", "变更话务员语言")                                                        \
    X("recheck.settle", "复核裁定")                                                                \
    X("calls.import", "导入话单")                                                                  \
    X("package.make", "制作外包样本包")                                                            \
    X("package.take_back", "收回外包样本")                                                         \
    X("exclusion.request", "申请剔除")                                                             \
    X("exclusion.decide", "审定剔除")                                                              \
    X("score.keep", "留存结果")                                                                    \
    X("report.make", "生成通报")                                                                   \
    X("callers.show", "查看话务员情况")                                                            \
    X("order.show", "查看工单")                                                                    \
    X("rejects.export", "导出问题数据")                                                            \
    X("audit.export", "导出审计日志")                                                              \
    X("audit.cut", "归档审计日志")                                                                 \
    X("backup.make", "备份")                                                                       \
    X("backup.restore", "恢复")                                                                    \
    X("vault.export", "导出密钥")                                                                  \
    X("vault.import", "导入密钥")                                                                  \
    X("vault.rotate", "更换密钥")                                                                  \
    X("task.cancel", "取消任务")                                                                   \
    X("access.refuse", "拒绝办理")

/* NULL: no such word. */
const char *audit_action_zh(struct bytes action);

struct audit_chain;
int audit_chain_new(const struct vault *vault, struct audit_chain **out, struct err *err);
void audit_chain_free(struct audit_chain *chain); /* accepts NULL */

struct audit_entry {
    struct audit_actor actor;
    const char *action; /* one of AUDIT_ACTIONS (assert) */
    struct bytes target;
    enum audit_outcome outcome;
    struct bytes details; /* JSON object, or empty */
};
enum { AUDIT_TEXT_MAX_BYTES = 1024 };
/* Append within the open write transaction; the head is read there. Of texts that are too long the beginning is kept,
 * of such details nothing but `{"cut":true}`. Control characters, and those that turn the direction of a line, become
 * U+FFFD. */
int audit_append(struct audit_chain *chain, struct store *store, const struct audit_entry *entry,
                 struct err *err);

/* Who writes entries where a room commits by itself: as its last words in the transaction. */
struct audit_desk {
    struct audit_chain *chain;
    struct audit_actor actor;
};
/* A deed that is done. `desk` NULL: nothing is written. `count` pairs of a member's name and its number make the
 * details. */
struct audit_number {
    const char *name;
    int64_t value;
};
int audit_note(const struct audit_desk *desk, struct store *store, const char *action,
               struct bytes target, const struct audit_number *numbers, size_t count,
               struct err *err);

/* The mac that a row has behind `before`; row->mac is not looked at. */
int audit_mac_of(struct audit_chain *chain, const unsigned char before[AUDIT_MAC_BYTES],
                 const struct audit_row *row, unsigned char out[AUDIT_MAC_BYTES], struct err *err);

/* Recompute the whole chain from the anchor. ERR_CORRUPT names the first id that does not hold, or that is missing. An
 * anchor holds only if an entry `audit.cut` of this log tells of it. */
struct audit_head {
    int64_t first_id, last_id; /* first_id 0: empty */
    char mac_hex[65];          /* of the last, or of the anchor */
};
int audit_verify(struct audit_chain *chain, struct store *store, struct audit_head *out,
                 struct err *err);
/* The head alone, for bulletins and `backup`; first_id is 1 behind the anchor's. */
int audit_head_load(struct store *store, struct audit_head *out, struct err *err);
/* Bulletins print the id and so many digits of the mac. */
enum { AUDIT_HEAD_HEX_DIGITS = 16 };
/* Whether the log still holds what was printed: entry `id` with a mac that begins with `mac_hex`, 16 to 64 digits.
 * ERR_CORRUPT when it does not; ERR_FORMAT; ERR_NOT_FOUND when the entry was archived. */
int audit_check_head(struct store *store, int64_t id, struct bytes mac_hex, struct err *err);

/* CSV: id, at (RFC 3339 in UTC with milliseconds), who, role, address, action, target, outcome, details, mac, before
 * (both hex; `before` is the mac of the entry before, so that each row verifies by itself with the key, and gaps show).
 * Written through `write` in pieces. `filter` as storage's. A text that a spreadsheet would take for a formula, or that
 * begins with an apostrophe, has an apostrophe in front. */
#define AUDIT_EXPORT_HEADER "id,at,who,role,address,action,target,outcome,details,mac,before"
enum { AUDIT_EXPORT_COLUMNS = 11 };
typedef int (*audit_write_cb)(void *context, struct bytes text, struct err *err);
int audit_export(struct store *store, const struct audit_filter *filter, audit_write_cb write,
                 void *context, struct err *err);
/* A line of it, read back. The row's texts are parts of the cells, its mac is `out_mac`. ERR_FORMAT. */
int audit_row_read(const struct bytes cells[AUDIT_EXPORT_COLUMNS], struct audit_row *out,
                   unsigned char out_mac[AUDIT_MAC_BYTES],
                   unsigned char out_before[AUDIT_MAC_BYTES], struct err *err);

/* Take rows older than `until_ms` out, which an export must have on disk already; what is taken out is verified before,
 * the anchor and an entry `audit.cut` stay. actor->at_ms is now. ERR_REFUSED when `until_ms` is younger than
 * AUDIT_KEPT_DAYS. */
enum { AUDIT_KEPT_DAYS = 184 };
int audit_check_age(int64_t until_ms, int64_t now_ms, struct err *err);
int audit_cut(struct audit_chain *chain, struct store *store, int64_t until_ms,
              const struct audit_actor *actor, int64_t *out_cut, struct err *err);

#endif
