#include "service/commands/profile_draft.h"

#include "base/utf8.h"

#include "service/commands/form_words.h"

#include <string.h>

/* The parser of profiles refuses lines beyond 200 bytes. */
enum { HEADER_MAX_BYTES = 150 };

/* A header as a value: what has a meaning in a profile becomes a space, which does not matter in a header. */
static void append_header(struct buf *out, struct bytes header)
{
    if (header.len > HEADER_MAX_BYTES)
        header.len = HEADER_MAX_BYTES;
    header.len = utf8_valid_prefix(header);
    for (size_t i = 0; i < header.len; i++) {
        unsigned char c = (unsigned char)header.ptr[i];
        bool has_meaning = c < ' ' || strchr("|>+;#=[]:", c) != NULL;
        buf_append_byte(out, has_meaning ? ' ' : (char)c);
    }
}

/* A profile's name: letters and digits of the file's name before its suffix. */
static void append_name(struct buf *out, struct bytes name)
{
    size_t from = out->len;
    for (size_t i = 0; i < name.len && name.ptr[i] != '.' && i < 40; i++) {
        char c = name.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '_' || c == '-';
        if (plain)
            buf_append_byte(out, c);
    }
    if (out->len == from)
        buf_append_z(out, "mycity");
}

static void append_form(const struct document *document, const struct survey *survey,
                        struct buf *out)
{
    const struct sniff *sniff = survey->sniff;
    buf_printf(out, "; 编码：auto | utf-8 | gb18030 | utf-16 | latin1；本文件识别为 %s\n",
               encoding_word(document->encoding));
    buf_append_z(out, "encoding     = auto\n; 分隔符：auto | comma | semicolon | tab | pipe | "
                      "space；本文件识别为");
    form_words_delimiter(out, sniff->dialect.delimiter);
    buf_append_z(out, "\ndelimiter    = auto\n; 引号：auto | double | single | none；本文件识别为");
    buf_append_z(out, form_words_quote(sniff->dialect.quote));
    buf_printf(out,
               "\nquote        = auto\n; 表前略去的行数、表头行数：auto 或数字；"
               "本文件识别为 %lld、%d\nskip_rows    = auto\nheader_rows  = auto\n",
               (long long)sniff->outline.preamble_rows, sniff->outline.header_rows);
}

/* The headers that make up a field, joined as the profile joins them. */
static void append_field(const struct sniff *sniff, enum field field, struct buf *out)
{
    const struct column *column = &sniff->columns.of[field];
    buf_printf(out, "%s = ", field_word(field));
    for (size_t i = 0; i < column->part_count; i++) {
        if (i > 0)
            buf_append_z(out, column->join == PROFILE_JOIN_LEVELS ? " >\n    " : " +\n    ");
        append_header(out, sniff->outline.header[column->parts[i]]);
    }
    buf_append_byte(out, '\n');
}

static void append_columns(const struct sniff *sniff, struct buf *out)
{
    buf_append_z(out, "\n; 字段 = 列名；几个列名任选其一用 |，几列合并用 >（分级）或 "
                      "+（日期与时间）。\n[columns]\n");
    for (int field = 0; field < FIELD_COUNT; field++) {
        uint64_t bit = UINT64_C(1) << field;
        if ((sniff->columns.fields & bit) != 0)
            append_field(sniff, (enum field)field, out);
        else if ((COLUMNS_REQUIRED & bit) != 0)
            buf_printf(out, "; 必需，未找到，请填写列名并去掉行首的分号：\n; %s = \n",
                       field_word((enum field)field));
    }
    buf_append_z(out, "\n; 未使用的列：\n");
    for (size_t i = 0; i < sniff->outline.header_count; i++) {
        if (sniff->columns.field_of[i] >= 0)
            continue;
        buf_append_z(out, ";   ");
        append_header(out, sniff->outline.header[i]);
        buf_append_byte(out, '\n');
    }
    buf_append_z(out, "; 可填写的其他字段：\n");
    for (int field = 0; field < FIELD_COUNT; field++) {
        if ((sniff->columns.fields & UINT64_C(1) << field) == 0)
            buf_printf(out, ";   %s\n", field_word((enum field)field));
    }
}

void profile_draft_append(struct bytes name, const struct document *document,
                          const struct profile *profile, const struct survey *survey,
                          struct buf *out)
{
    buf_append_z(out,
                 "; 导入模板，由 pingyi inspect 草拟；核对、修改后使用：pingyi import --profile "
                 "本文件 …\n[source]\nname         = ");
    append_name(out, name);
    buf_append_z(out, "\ntitle        = ");
    append_header(out, name);
    buf_append_byte(out, '\n');
    append_form(document, survey, out);
    struct bytes zone = profile_timezone(profile);
    buf_printf(out, "; 没有时差的时间属于哪个时区\ntimezone     = " BYTES_FMT "\n",
               BYTES_ARG(zone));
    buf_append_z(out, "; 日期的写法；常见写法不用写，日在月前的必须写明：\n"
                      "; date_formats = %d/%m/%Y %H:%M | %d/%m/%Y\n");
    if (survey->sniff->outline.header_rows > 0)
        append_columns(survey->sniff, out);
    buf_append_z(out, "\n; 各状态的写法，例如：\n; [values.status]\n; open   = 办理中 | 待签收\n"
                      "; closed = 已办结 | 已归档\n");
}
