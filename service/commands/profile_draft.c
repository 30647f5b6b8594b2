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

static void append_count(struct buf *out, const char *key, int count)
{
    if (count == DIALECT_OPEN)
        buf_printf(out, "%s = auto\n", key);
    else
        buf_printf(out, "%s = %d\n", key, count);
}

static const char *delimiter_key(char c)
{
    return c == ','    ? "comma"
           : c == ';'  ? "semicolon"
           : c == '\t' ? "tab"
           : c == '|'  ? "pipe"
                       : "space";
}

/* The words of a profile; a character that has none stands for itself. */
static void append_delimiter(struct buf *out, const char *delimiter)
{
    bool has_words = strspn(delimiter, ",;\t| ") == strlen(delimiter);
    buf_append_z(out, "delimiter    = ");
    if (delimiter[0] == '\0')
        buf_append_z(out, "auto");
    for (const char *at = delimiter; *at != '\0'; at++) {
        if (has_words)
            buf_printf(out, "%s%s", at > delimiter ? " " : "", delimiter_key(*at));
        else
            buf_append_byte(out, *at);
    }
    buf_append_byte(out, '\n');
}

/* What is said about the form stays said, the rest is to be found again. */
static void append_form(const struct document *document, const struct form *form,
                        const struct sniff *sniff, struct buf *out)
{
    buf_printf(
        out,
        "; 编码：auto | utf-8 | gb18030 | utf-16 | latin1；本文件识别为 %s\nencoding     = %s\n",
        encoding_word(document->encoding),
        form->encoding == DIALECT_OPEN ? "auto" : encoding_word((enum encoding)form->encoding));
    buf_append_z(out, "; 分隔符：auto | comma | semicolon | tab | pipe | space；本文件识别为");
    form_words_delimiter(out, sniff->dialect.delimiter);
    buf_append_byte(out, '\n');
    append_delimiter(out, form->delimiter);
    buf_printf(out, "; 引号：auto | double | single | none；本文件识别为%s\nquote        = %s\n",
               form_words_quote(sniff->dialect.quote),
               form->quote == DIALECT_OPEN ? "auto"
               : form->quote == '"'        ? "double"
               : form->quote == '\''       ? "single"
                                           : "none");
    buf_printf(out,
               "; 转义：auto | doubled（引号写两次）| backslash（反斜杠）\nescape       = %s\n",
               form->escape == DIALECT_OPEN ? "auto"
               : form->escape == 0          ? "doubled"
                                            : "backslash");
    buf_printf(out, "; 表前略去的行数、表头行数：auto 或数字；本文件识别为 %lld、%d\n",
               (long long)sniff->outline.preamble_rows, sniff->outline.header_rows);
    append_count(out, "skip_rows   ", form->skip_rows);
    append_count(out, "header_rows ", form->header_rows);
}

/* ---- What the profile in use says besides ---- */

/* Whether the draft writes this key of [source] itself. */
static bool is_written(struct bytes line)
{
    static const char *const keys[] = {"name",  "title",  "timezone",  "encoding",   "delimiter",
                                       "quote", "escape", "skip_rows", "header_rows"};
    struct bytes key = bytes_trim(bytes_cut(&line, '='));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (bytes_equal(key, bytes_from_z(keys[i])))
            return true;
    }
    return false;
}

/* The lines of its [source] that the draft does not write itself, or its [values.…], as they are. */
static void append_lines(struct bytes text, bool values, struct buf *out)
{
    struct bytes section = values ? BYTES_LIT("[values.") : BYTES_LIT("[source]");
    bool inside = false;
    bool kept = false;
    while (text.ptr != NULL) {
        struct bytes line = bytes_cut(&text, '\n');
        struct bytes trimmed = bytes_trim(line);
        if (trimmed.len == 0 || trimmed.ptr[0] == ';' || trimmed.ptr[0] == '#')
            continue;
        if (line.ptr[0] == '[')
            inside = bytes_starts_with(line, section);
        if (line.ptr[0] == '[')
            kept = values;
        else if (line.ptr[0] != ' ' && line.ptr[0] != '\t')
            kept = values || !is_written(line);
        if (!inside || !kept)
            continue;
        buf_append(out, line);
        buf_append_byte(out, '\n');
    }
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
    for (int field = 0; field < ORDER_FIELD_COUNT; field++) {
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
    for (int field = 0; field < ORDER_FIELD_COUNT; field++) {
        if ((sniff->columns.fields & UINT64_C(1) << field) == 0)
            buf_printf(out, ";   %s\n", field_word((enum field)field));
    }
}

void profile_draft_append(const struct document *document, const struct document_wish *wish,
                          const struct survey *survey, struct buf *out)
{
    const struct dump_options options = document_options(document, wish);
    struct bytes name = document->source.name;
    struct bytes text = profile_text(wish->profile);
    buf_append_z(out,
                 "; 导入模板，由 pingyi inspect 草拟；核对、修改后使用：pingyi import --profile "
                 "本文件 …\n[source]\nname         = ");
    append_name(out, name);
    buf_append_z(out, "\ntitle        = ");
    append_header(out, name);
    buf_append_byte(out, '\n');
    append_form(document, &options.form, survey->sniff, out);
    struct bytes zone = profile_timezone(wish->profile);
    buf_printf(out, "; 没有时差的时间属于哪个时区\ntimezone     = " BYTES_FMT "\n",
               BYTES_ARG(zone));
    buf_append_z(out, "; 日期的写法；常见写法不用写，日在月前的必须写明：\n"
                      "; date_formats = %d/%m/%Y %H:%M | %d/%m/%Y\n");
    append_lines(text, false, out);
    if (survey->sniff->outline.header_rows > 0)
        append_columns(survey->sniff, out);
    buf_append_z(out, "\n; 各状态的写法，例如：\n; [values.status]\n; open   = 办理中 | 待签收\n"
                      "; closed = 已办结 | 已归档\n");
    append_lines(text, true, out);
}
