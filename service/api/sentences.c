#include "service/api/sentences.h"

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
