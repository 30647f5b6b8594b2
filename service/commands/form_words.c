#include "service/commands/form_words.h"

void form_words_delimiter(struct buf *out, const char *delimiter)
{
    for (const char *at = delimiter; *at != '\0'; at++) {
        if (at > delimiter)
            buf_append_z(out, "加");
        switch (*at) {
        case ',':
            buf_append_z(out, "逗号");
            break;
        case ';':
            buf_append_z(out, "分号");
            break;
        case '\t':
            buf_append_z(out, "制表符");
            break;
        case '|':
            buf_append_z(out, "竖线");
            break;
        case ' ':
            buf_append_z(out, "空格");
            break;
        default:
            buf_append_byte(out, *at);
        }
    }
}

const char *form_words_quote(char quote)
{
    return quote == '"' ? "双引号" : quote == '\'' ? "单引号" : "无";
}

void form_words_evidence(struct buf *out, const struct evidence *why)
{
    long long count = (long long)why->count;
    long long of = (long long)why->of;
    switch (why->kind) {
    case EVIDENCE_NONE:
        return;
    case EVIDENCE_GIVEN:
        buf_append_z(out, "（已指定）");
        return;
    case EVIDENCE_BOM:
        buf_append_z(out, "（依据：文件开头有字节顺序标记）");
        return;
    case EVIDENCE_ASCII:
        buf_append_z(out, "（依据：只有 ASCII 字符）");
        return;
    case EVIDENCE_VALID:
        buf_printf(out, "（依据：%lld 个多字节字符全部有效）", of);
        return;
    case EVIDENCE_DAMAGED:
        buf_printf(out, "（依据：%lld 个多字节字符中只有 %lld 个无效）", of, count);
        return;
    case EVIDENCE_NULS:
        buf_append_z(out, "（依据：每隔一个字节为零）");
        return;
    case EVIDENCE_LAST_RESORT:
        buf_append_z(out, "（既非 UTF-8 也非 GB18030，暂按 latin1 显示）");
        return;
    case EVIDENCE_WIDTH:
        buf_printf(out, "（依据：%lld 条记录中 %lld 条有 %lld 列）", of, count,
                   (long long)why->cells);
        return;
    case EVIDENCE_ONE_COLUMN:
        buf_append_z(out, "（只有一列）");
        return;
    case EVIDENCE_SEEN:
        buf_printf(out, "（依据：出现 %lld 次）", count);
        return;
    case EVIDENCE_WORDS:
        buf_printf(out, "（依据：有 %lld 个已知的列名）", count);
        return;
    case EVIDENCE_TYPES:
        buf_printf(out, "（依据：下方 %lld 列是数字、日期或编号）", count);
        return;
    case EVIDENCE_NAMES:
        buf_append_z(out, "（依据：各单元格都有内容且互不相同）");
        return;
    case EVIDENCE_NARROW:
        buf_append_z(out, "（依据：有内容的单元格少于数据表）");
        return;
    }
}
