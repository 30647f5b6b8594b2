#include "service/api/sentences.h"

#include <string.h>

const char *sentence_zh(enum err_code code)
{
    switch (code) {
    case ERR_NOMEM:
        return "内存不足，未作任何更改";
    case ERR_IO:
        return "读写失败，未作任何更改；请检查磁盘和文件权限";
    case ERR_FULL:
        return "磁盘已满，未作任何更改；请腾出空间后重试";
    case ERR_FORMAT:
        return "格式有误";
    case ERR_ENCODING:
        return "文字编码无法识别";
    case ERR_LIMIT:
        return "超出上限";
    case ERR_RULES:
        return "规则有误";
    case ERR_PROFILE:
        return "导入模板有误";
    case ERR_NO_CALENDAR:
        return "日历未覆盖所需年份；请先导入当年的放假安排（calendar import）";
    case ERR_USAGE:
        return "用法有误";
    case ERR_NOT_FOUND:
        return "未找到";
    case ERR_EXISTS:
        return "已存在";
    case ERR_WRONG_STATE:
        return "当前状态不允许此操作";
    case ERR_BUSY:
        return "另一操作正在进行，请稍后重试";
    case ERR_CORRUPT:
        return "存储的数据已损坏；请用备份恢复";
    case ERR_PERMISSION:
        return "权限不当";
    case ERR_VERSION:
        return "数据由更新的版本建立，请升级程序";
    case ERR_CANCELED:
        return "已取消";
    case ERR_REFUSED:
        return "不予执行";
    case ERR_CONFLICT:
        return "同一请求编号已用于别的内容";
    case OK:
        break;
    }
    return "未知错误";
}

/* ---- failures that people meet often ---- */

struct known_failure {
    enum err_code code;
    const char *words; /* of the message, the same whatever its values */
    const char *sentence;
};

static const struct known_failure known_failures[] = {
    {ERR_EXISTS, "an account is named", "已有同名账号，请换一个账号名"},
    {ERR_NOT_FOUND, "no account is named", "没有这个账号，请核对账号名"},
    {ERR_FORMAT, "is no name of an account",
     "账号须为2至32位小写字母、数字或 . _ -，以小写字母开头"},
    {ERR_NOT_FOUND, "no unit has the code", "单位名册中没有这个代码，请核对"},
    {ERR_FORMAT, "a liaison needs a unit", "联络员须指定单位"},
    {ERR_FORMAT, "sees no single unit", "只有评价工作人员和联络员可以限定单位"},
    {ERR_REFUSED, "is the last enabled administrator",
     "这是最后一个启用的系统管理员，请先另建一个再办理"},
    {ERR_REFUSED, "cannot change their own role", "不能变更自己的角色，请由另一名安全管理员办理"},
    {ERR_NOT_FOUND, "no team is named", "没有这个班组，请核对名称，或先建立班组"},
    {ERR_REFUSED, "is full: it may have", "班组的账号数已达上限，请先停用不用的账号，或调高上限"},
    {ERR_REFUSED, "a contractor's team has no", "外包机构的班组只能有督导员、复核员、话务员"},
    {ERR_REFUSED, "stays \"", "班组的性质不能变更，请另建一个班组"},
    {ERR_NOT_FOUND, "no session has the id", "没有这个会话，可能已经结束"},
    {ERR_NOT_FOUND, "no token has the id", "没有这个令牌，请核对序号"},
    {ERR_EXISTS, "token ", "已有同名令牌，请换一个名称"},
    {ERR_FORMAT, "are no scopes", "令牌的范围只能是 read、import、metrics"},
    {ERR_NOT_FOUND, "no round is named", "没有这个评价期，请核对编号"},
    {ERR_NOT_FOUND, "there is no import", "没有这个导入批次，请核对序号"},
    {ERR_NOT_FOUND, "no task has the id", "没有这个任务，请核对序号"},
    {ERR_PERMISSION, "and may not decide it", "不能审批自己的申请，请由他人审批"},
    /* the phoning */
    {ERR_REFUSED, "the appointment lies outside", "预约时间不在拨打时段内，请另选时间"},
    {ERR_REFUSED, "an appointment must lie ahead", "预约时间须在现在之后，请另选时间"},
    {ERR_REFUSED, "outside the calling hours", "现在不在拨打时段"},
    {ERR_REFUSED, "numbers have had their dials", "今天的拨打次数已满，请约在今天以后"},
    {ERR_REFUSED, "has had its dials", "这个号码今天的拨打次数已满，请换号码或改日再拨"},
    {ERR_REFUSED, "is called for another case", "这个号码正由他人拨打，请稍后再拨"},
    {ERR_REFUSED, "is dead", "这个号码已停用或有误，请换号码"},
    {ERR_REFUSED, "is on the do-not-call list", "已列入免打扰名单，不得拨打"},
    {ERR_REFUSED, "is paused", "电话测评已暂停，请听督导员通知"},
    {ERR_REFUSED, "waits for another part", "这个样本须换时段再拨，请退回"},
    {ERR_REFUSED, "were imported", "这个样本已有导入的访问结果，不再拨打，请退回"},
    {ERR_REFUSED, "is not answered", "还有必答的问题没有回答，不能记为成功访问"},
    {ERR_REFUSED, "contradicts the answers",
     "结果与回答不符：答过是否解决或满意度的，记成功访问或部分完成；都没有答的，另选结果"},
    {ERR_WRONG_STATE, "is being dialled", "正在拨打，请先记录本次结果"},
    {ERR_WRONG_STATE, "or has ended", "这次拨打已经结束"},
    {ERR_WRONG_STATE, "has ended", "本期电话测评已结束"},
    {ERR_EXISTS, "has that number", "已有这个号码"},
    {ERR_FORMAT, "is offered", "没有这个结果代码，请核对"},
    {ERR_FORMAT, "is not asked of order", "没有这个问题，请刷新页面后重试"},
    {ERR_FORMAT, "does not take", "没有这个选项，请刷新页面后重试"},
    {ERR_REFUSED, "beyond the window", "预约时间超出规程规定的访问期限"},
    {ERR_FORMAT, "takes no appointment", "这个结果不能预约时间"},
    /* supervision */
    {ERR_WRONG_STATE, "is no refusal, or was freed", "不是拒访样本，或者已经释放过一次"},
    {ERR_REFUSED, "cannot be called again", "规程规定的拨打期限已过，不能再访"},
    {ERR_REFUSED, "cannot be called then", "那时不能拨打这个样本，请换一个时间"},
    {ERR_WRONG_STATE, "it cannot be booked", "样本在话务员手中或已结案，不能预约"},
    {ERR_WRONG_STATE, "it cannot be settled", "样本在话务员手中或已结案，不能人工结案"},
    {ERR_FORMAT, "is no answer and has none", "只有成功访问、部分完成才有回答可以更正"},
    {ERR_FORMAT, "a case cannot be settled as", "不能用这个结果代码人工结案"},
    {ERR_WRONG_STATE, "is phoned already", "本期电话测评已经开始"},
    {ERR_WRONG_STATE, "phoning needs drawn or calling",
     "本期还没有抽样，或已关闭，不能开始电话测评"},
    {ERR_NOT_FOUND, "is in the draw", "本期抽样没有这个单位，请核对"},
    {ERR_REFUSED, "left in reserve", "备用样本不够，请减少件数"},
    /* attendance and re-checks */
    {ERR_REFUSED, "confirms a shift of their own", "不能确认自己的考勤，请由他人确认"},
    {ERR_WRONG_STATE, "has not ended", "还没有签退，不能确认"},
    {ERR_REFUSED, "settles a re-check of their own", "不能裁定自己访问或复核的样本，请由他人裁定"},
    {ERR_REFUSED, "found nothing else", "复核没有发现不同的回答，请选“维持原记录”或“作废”"},
    {ERR_WRONG_STATE, ", not done", "这件复核尚未完成，或已经裁定"},
    {ERR_REFUSED, "is not being dialled", "电话复核须先拨打，再记录结果"},
    {ERR_REFUSED, "may be called", "还有号码可以拨打，请先拨打"},
    {ERR_WRONG_STATE, "only final ones are corrected", "样本尚未结案，不能更正"},
    {ERR_NOT_FOUND, "has no attempt on order", "这次拨打没有该工单的记录，请核对"},
    /* closing, and packages */
    {ERR_NOT_FOUND, "\" is not phoned", "本期尚未开始电话测评"},
    {ERR_REFUSED, "cases unworked", "电话测评尚未做完"},
    {ERR_REFUSED, "is not a contractor's", "这不是外包班组，样本只能交给外包班组"},
    {ERR_REFUSED, "last day of the package", "有效期已过，请改 --until"},
    {ERR_REFUSED, "no fresh cases", "没有可以外包的未拨打样本"},
    {ERR_REFUSED, "package has expired", "样本包已过有效期，请与评价办联系"},
    {ERR_REFUSED, "head of the package", "样本包被改动过，不能打开"},
    {ERR_NOT_FOUND, "no package ", "本期没有这个样本包，请核对水印"},
    {ERR_FORMAT, "no package of cases", "不是样本包，请核对文件名"},
    /* the data directory and its key */
    {ERR_NOT_FOUND, "no data directory",
     "没有这个数据目录；请先执行 pingyi init，或用 --data 指明"},
    {ERR_EXISTS, "is a data directory already", "这里已是数据目录"},
    {ERR_BUSY, "a service is at work", "服务正在使用这个数据目录，请先停止服务"},
    {ERR_PERMISSION, "is open to other",
     "其他用户也能读取，不安全；请改为仅本用户可读写（文件 chmod 600，目录 chmod 700）"},
    {ERR_NOT_FOUND, "vault key", "缺少密钥 vault.key；请从保管处取回，或用 vault import 导入"},
    {ERR_PERMISSION, "vault key", "当前用户无权读取密钥，请以服务所用的用户执行"},
    {ERR_CORRUPT, "does not hold a vault key",
     "密钥文件已损坏；请移走它，再用 vault import 导入另存的密钥"},
    {ERR_WRONG_STATE, "is being replaced", "密钥更换尚未完成；请执行 pingyi vault rotate 直至完成"},
    {ERR_REFUSED, "the passphrase is not of", "口令至少12个字符（UTF-8）"},
    {ERR_FORMAT, "no passphrase was given",
     "未给出口令；请在终端输入，或用 --passphrase-file 指明所在文件"},
    {ERR_REFUSED, "the passphrase does not open", "口令有误，或文件被改动过，打不开"},
    {ERR_FORMAT, "is no exported vault key", "不是导出的密钥文件，请核对文件名"},
    {ERR_CORRUPT, "backup \"", "备份文件不完整，或不是备份；请换一份备份"},
    /* the start of the service */
    {ERR_USAGE, "is no ADDR:PORT", "监听地址须写作 地址:端口，如 127.0.0.1:8443"},
    {ERR_USAGE, "is no numeric address", "监听地址须为数字地址，如 127.0.0.1 或 [::1]，不能是域名"},
    {ERR_USAGE, "only on loopback or behind",
     "不加密的 HTTP 只能在本机地址上使用，或用 --behind-proxy 指明负责加密的前置代理"},
    {ERR_USAGE, "certificate and key belong together", "--certificate 和 --key 须同时给出"},
    {ERR_USAGE, "plain HTTP uses no certificate", "--plain 不加密，不能同时指定证书"},
    {ERR_USAGE, "is no address of a proxy",
     "--behind-proxy 须为一个数字地址，如 10.0.0.2，不能是网段或域名"},
    {ERR_USAGE, "is no host name",
     "--host 须为域名本身，如 pingyi.example.gov.cn，不带 https:// 和端口"},
    {ERR_EXISTS, "could not listen", "端口已被占用；请换一个端口，或停止占用它的程序"},
    {ERR_PERMISSION, "could not listen",
     "无权使用这个端口；1024以下的端口须由 systemd 单元授权，或换用较大的端口"},
    {ERR_IO, "could not listen: address not available", "本机没有这个地址，请核对 --listen"},
    {ERR_FORMAT, "key values mismatch", "证书与私钥不是一对，请核对 --certificate 和 --key"},
    {ERR_FORMAT, "could not read the certificate", "不是 PEM 格式的证书，请核对 --certificate"},
    {ERR_FORMAT, "could not read the key", "不是未加密的 PEM 格式私钥，请核对 --key"},
    /* any file */
    {ERR_NOT_FOUND, ": No such file or directory", "没有这个文件，请核对路径"},
    {ERR_IO, ": No such file or directory", "所在目录不存在，请核对路径，或先建立目录"},
    {ERR_IO, ": Permission denied", "没有读写权限；请核对路径，或以服务所用的用户执行"},
    {ERR_EXISTS, ": File exists", "文件已存在，请换一个文件名"},
    {ERR_EXISTS, "exists already", "文件已存在；确要更换的，请先移走"},
};

const char *sentence_zh_of(const struct err *err)
{
    for (size_t i = 0; i < sizeof known_failures / sizeof *known_failures; i++) {
        const struct known_failure *known = &known_failures[i];
        if (known->code == err->code && strstr(err->message, known->words) != NULL)
            return known->sentence;
    }
    return NULL;
}
