/* A sample of dirt: the first orders of the demonstration city (演示数据), damaged in every way that desks damage dumps.
 *
 *   generate_dirt DIRECTORY < city_2024_05.csv    one file a damage, and everything.csv
 *
 * The files are made from tables: `plans` says how a file is written, `edits` which cells are other than in the clean
 * file, `lines` what stands between its rows, `copies` which rows come twice. What must come of each file stands in
 * dirt/expected.csv, written by hand. One file without the project's headers, so that `cc generate_dirt.c` is all it
 * takes. */
#include <iconv.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS = 20, MAX_ROWS = ORDERS + 8, MAX_TEXT = 1 << 20, MAX_PATH_BYTES = 4096 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum column {
    ORDER_NO,
    TITLE,
    CONTENT,
    KIND,
    CATEGORY,
    REGION,
    CHANNEL,
    URGENCY,
    NAME,
    PHONE,
    RECEIVED,
    DISPATCHED,
    ACCEPTED,
    UNIT,
    ROLE,
    DUE,
    EXTENSION_ASKED,
    EXTENDED_DUE,
    EXTENSION_COUNT,
    SUBMITTED,
    CLOSED,
    STATUS,
    RETURNED,
    REPEAT_OF,
    CONFIDENTIAL,
    OPT_OUT,
    REPLY,
    COLUMNS
};

/* What a cell of an edit may begin with, and what may stand in it. */
#define RAW     "\1" /* written as it stands, unquoted */
#define NOTHING "\2" /* no cell at all, nor its delimiter */
#define CUT     "\3" /* the byte before it goes, after conversion */
#define NUL     "\4" /* a NUL byte */

enum date_form {
    AS_THEY_ARE,
    SLASHES,
    MINUTES,
    ISO_OFFSET,
    UTC,
    COMPACT,
    CHINESE,
    HALVES,
    AM_PM,
    SERIAL,
    WIDE_DIGITS,
    FRACTION,
    EACH_ROW_ANOTHER
};

struct plan {
    const char *file;
    const char *delimiter; /* NULL: a comma */
    const char *row_end;   /* NULL: LF; "mixed": LF, CRLF, CR in turn */
    const char *encoding;  /* NULL: UTF-8 */
    const char *mark;      /* at the start of the file, UTF-8 */
    enum date_form dates;
    bool single_quotes, backslash, quotes_all, tail_everywhere, cell_crlf, words_for_nothing;
    bool floats, dressed, apostrophes; /* order numbers, and telephone numbers of the last two */
    int last_row_ends;                 /* how often the last row ends, less one */
};

#define MARK "\xEF\xBB\xBF"

static const struct plan plans[] = {
    {.file = "clean"},
    /* Encodings. */
    {.file = "utf8_bom", .mark = MARK},
    {.file = "bom_glued", .mark = MARK, .quotes_all = true},
    {.file = "bom_twice", .mark = MARK MARK},
    {.file = "utf8_cut"},
    {.file = "gb18030", .encoding = "GB18030"},
    {.file = "gb18030_cut", .encoding = "GB18030"},
    {.file = "utf16le", .mark = MARK, .encoding = "UTF-16LE"},
    {.file = "utf16be", .mark = MARK, .encoding = "UTF-16BE"},
    {.file = "utf16le_no_bom", .encoding = "UTF-16LE"},
    /* What stands around and between the rows. */
    {.file = "title_rows"},
    {.file = "title_bare"},
    {.file = "total_row"},
    {.file = "note_rows"},
    {.file = "blank_rows"},
    {.file = "two_headers"},
    {.file = "header_again"},
    {.file = "header_dirt"},
    {.file = "no_header"},
    {.file = "second_table"},
    {.file = "no_final_newline", .last_row_ends = -1},
    {.file = "final_newlines", .last_row_ends = 2},
    /* Dialects. */
    {.file = "semicolon", .delimiter = ";"},
    {.file = "tab", .delimiter = "\t"},
    {.file = "pipe", .delimiter = "|"},
    {.file = "comma_space", .delimiter = ", "},
    {.file = "single_quote", .single_quotes = true},
    {.file = "backslash", .backslash = true},
    {.file = "crlf_in_cells", .row_end = "\r\n", .cell_crlf = true},
    {.file = "cr_only", .row_end = "\r"},
    {.file = "mixed_ends", .row_end = "mixed"},
    {.file = "trailing_delimiters", .tail_everywhere = true},
    /* Damaged records. */
    {.file = "stray_quote"},
    {.file = "stray_quote_comma"},
    {.file = "quote_in_cell"},
    {.file = "unclosed_quote"},
    {.file = "unclosed_quote_last"},
    {.file = "lone_cr"},
    {.file = "nul"},
    {.file = "nul_at_end"},
    {.file = "missing_delimiter"},
    {.file = "extra_delimiter"},
    {.file = "short_row"},
    {.file = "cut_row"},
    {.file = "long_cell"},
    /* Values. */
    {.file = "dates_slashes", .dates = SLASHES},
    {.file = "dates_minutes", .dates = MINUTES},
    {.file = "dates_offset", .dates = ISO_OFFSET},
    {.file = "dates_utc", .dates = UTC},
    {.file = "dates_compact", .dates = COMPACT},
    {.file = "dates_chinese", .dates = CHINESE},
    {.file = "dates_halves", .dates = HALVES},
    {.file = "dates_am_pm", .dates = AM_PM},
    {.file = "dates_serial", .dates = SERIAL},
    {.file = "dates_wide", .dates = WIDE_DIGITS},
    {.file = "dates_fraction", .dates = FRACTION},
    {.file = "dates_mixed", .dates = EACH_ROW_ANOTHER},
    {.file = "dates_unreadable"},
    {.file = "nothing_words", .words_for_nothing = true},
    {.file = "phones"},
    {.file = "masked"},
    {.file = "ids_scientific"},
    {.file = "ids_float", .floats = true},
    {.file = "dressed", .dressed = true},
    {.file = "apostrophes", .apostrophes = true},
    {.file = "formulas"},
    {.file = "unit_spellings"},
    {.file = "joint_units"},
    {.file = "contradictions"},
    {.file = "due_empty"},
    {.file = "missing_required"},
    {.file = "unknown_status"},
    {.file = "duplicates"},
    {.file = "everything",
     .encoding = "GB18030",
     .row_end = "\r\n",
     .dates = EACH_ROW_ANOTHER,
     .cell_crlf = true},
};

#define BLANK_CELLS ",,,,,,,,,,,,,,,,,,,,,,,,,,"
#define HEADER_ROW  0
#define END_ROW     MAX_ROWS

static const struct line {
    const char *file;
    int before; /* this row; END_ROW: below the last */
    const char *text;
} lines[] = {
    {"title_rows", HEADER_ROW, "岚江市12345政务服务便民热线工单明细表" BLANK_CELLS},
    {"title_rows", HEADER_ROW, "导出时间：2024-06-03 08:00" BLANK_CELLS},
    {"title_bare", HEADER_ROW, "岚江市12345政务服务便民热线工单明细表"},
    {"title_bare", HEADER_ROW, ""},
    {"total_row", END_ROW,
     "合计,,20"
     ",,,,,,,,,,,,,,,,,,,,,,,,"},
    {"note_rows", END_ROW, "总计：20件" BLANK_CELLS},
    {"note_rows", END_ROW, "制表人：某某" BLANK_CELLS},
    {"note_rows", END_ROW, "导出时间：2024-06-03 08:00"},
    {"blank_rows", 4, ""},
    {"blank_rows", 9, BLANK_CELLS},
    {"blank_rows", 9, ""},
    {"blank_rows", 17, "  "},
    {"two_headers", HEADER_ROW, "诉求信息,,,,,,,,,,,办理信息,,,,,,,,,,,,,,,"},
    {"second_table", END_ROW, ""},
    {"second_table", END_ROW, "办理单位,受理件数,办结件数"},
    {"second_table", END_ROW, "青岚县,1,1"},
    {"second_table", END_ROW, "银榕县,2,1"},
    {"second_table", END_ROW, "雁滩县,2,2"},
    {"everything", HEADER_ROW, "岚江市12345政务服务便民热线工单明细表" BLANK_CELLS},
    {"everything", HEADER_ROW, "导出时间：2024-06-03 08:00"},
    {"everything", HEADER_ROW, ""},
    {"everything", 6, ""},
    {"everything", 9, BLANK_CELLS},
    {"everything", END_ROW,
     "合计,,20"
     ",,,,,,,,,,,,,,,,,,,,,,,,"},
    {"everything", END_ROW, "制表人：某某"},
    {"everything", END_ROW, ""},
    {"everything", END_ROW, "办理单位,受理件数,办结件数"},
    {"everything", END_ROW, "青岚县,1,1"},
    {"everything", END_ROW, "银榕县,2,1"},
};

/* Rows that come again below the others, as row ORDERS + 1 and so on. */
static const struct copy {
    const char *file;
    int order;
} copies[] = {
    {"duplicates", 3},   {"duplicates", 4},  {"duplicates", 5}, {"header_again", HEADER_ROW},
    {"header_again", 1}, {"everything", 18},
};

static const struct edit {
    const char *file;
    int row; /* an order's number, or HEADER_ROW */
    enum column column;
    const char *text;
} edits[] = {
    {"utf8_cut", 9, TITLE, "麦溪县入学" CUT},
    {"gb18030_cut", 9, TITLE, "麦溪县入学" CUT},
    {"header_dirt", HEADER_ROW, ORDER_NO, " 工单 编号 "},
    {"header_dirt", HEADER_ROW, UNIT, "【承办单位】"},
    {"header_dirt", HEADER_ROW, PHONE, "联系电话："},
    {"header_dirt", HEADER_ROW, RECEIVED, "　受理时间"},
    {"header_dirt", HEADER_ROW, CLOSED, "办结_时间"},
    {"header_dirt", HEADER_ROW, CONTENT, "市民\n诉求"},
    {"header_again", 22, ORDER_NO, "LJ202405000021"},
    {"stray_quote", 5, CONTENT,
     RAW "\"市民反映：\"麦溪县\"演示一村,身份证到期。\n诉求：请尽快。\""},
    {"stray_quote_comma", 5, CONTENT,
     RAW "\"市民反映：\"演示一村\",身份证到期。\n诉求：请尽快。\""},
    {"quote_in_cell", 6, TITLE, RAW "兰汀县\"子女\"入学"},
    {"unclosed_quote", 6, TITLE, RAW "\"兰汀县子女入学"},
    {"unclosed_quote_last", 20, REPLY, RAW "\"已核实办理。"},
    {"lone_cr", 6, TITLE, RAW "兰汀县\r子女入学"},
    {"nul", 6, TITLE, "兰汀县" NUL "子女入学"},
    {"nul_at_end", 6, TITLE, "兰汀县夜间施工噪声" NUL NUL},
    {"missing_delimiter", 4, RECEIVED, "2024-05-01 08:14:412024-05-01 10:13:00"},
    {"missing_delimiter", 4, DISPATCHED, NOTHING},
    {"extra_delimiter", 4, TITLE, RAW "雁滩县,小区停水"},
    {"short_row", 4, OPT_OUT, NOTHING},
    {"short_row", 4, REPLY, NOTHING},
    {"dates_unreadable", 2, DUE, "尽快"},
    {"dates_unreadable", 3, ACCEPTED, "2024-05-32 08:00"},
    {"dates_unreadable", 4, RECEIVED, "五月初"},
    {"phones", 1, PHONE, "1.5400008850E+10"},
    {"phones", 2, PHONE, "'15400005761"},
    {"phones", 3, PHONE, "=\"15400003359\""},
    {"phones", 4, PHONE, "１５４００００４３８９"},
    {"phones", 5, PHONE, "15400001912转801"},
    {"phones", 6, PHONE, "15400006452、15400006453"},
    {"phones", 7, PHONE, "0771-5551234 15400006408"},
    {"phones", 8, PHONE, "154****0821"},
    {"phones", 9, PHONE, "***"},
    {"phones", 10, PHONE, "1.54E+10"},
    {"phones", 11, PHONE, "154 0000 1626"},
    {"phones", 12, PHONE, "+86-154-0000-1802"},
    {"phones", 13, PHONE, "15400007484.0"},
    {"phones", 14, PHONE, "电话15400004619（白天）"},
    {"masked", 2, NAME, "***"},
    {"masked", 2, PHONE, "***"},
    {"masked", 3, PHONE, "154****3359"},
    {"ids_scientific", 4, ORDER_NO, "2.02405E+11"},
    {"ids_scientific", 9, ORDER_NO, "1.23E+17"},
    {"formulas", 2, TITLE, "=1+1"},
    {"formulas", 3, NAME, "@SUM(A1)"},
    {"formulas", 4, REPLY, "-已核实"},
    {"formulas", 4, PHONE, "+8615400004389"},
    {"unit_spellings", 1, UNIT, "岚江市 教育局"},
    {"unit_spellings", 2, UNIT, "　青岚县　"},
    {"unit_spellings", 3, UNIT, "银\xC2\xA0榕县"},
    {"unit_spellings", 8, UNIT, "岚江市供水（集团） 有限公司"},
    {"unit_spellings", 20, UNIT, "岚江市环境保护局"},
    {"joint_units", 3, UNIT, "银榕县、青岚县"},
    {"joint_units", 3, ROLE, ""},
    {"contradictions", 3, CLOSED, "2024-04-30 09:00:00"},
    {"contradictions", 3, SUBMITTED, ""},
    {"contradictions", 4, DUE, "2024-04-30 09:00:00"},
    {"due_empty", 2, DUE, ""},
    {"missing_required", 2, ORDER_NO, ""},
    {"missing_required", 3, RECEIVED, "-"},
    {"missing_required", 4, UNIT, "无"},
    {"unknown_status", 2, STATUS, "演示状态"},
    {"duplicates", 22, REPLY, "已再次核实。"},
    {"duplicates", 23, UNIT, "青岚县"},
    {"duplicates", 23, ROLE, "协办"},
    {"everything", 1, PHONE, "1.5400008850E+10"},
    {"everything", 2, PHONE, "'15400005761"},
    {"everything", 3, UNIT, " 银 榕县"},
    {"everything", 4, NAME, "***"},
    {"everything", 4, PHONE, "***"},
    {"everything", 5, CONTENT,
     RAW "\"市民反映：\"麦溪县\"演示一村,身份证到期。\r\n诉求：请尽快。\""},
    {"everything", 6, TITLE, RAW "\"兰汀县子女入学"},
    {"everything", 7, ORDER_NO, "2.02405E+11"},
    {"everything", 8, DUE, ""},
    {"everything", 9, CLOSED, "2024-04-30 09:00:00"},
    {"everything", 9, SUBMITTED, ""},
    {"everything", 11, TITLE, RAW "青岚县,办理证件"},
    {"everything", 12, OPT_OUT, NOTHING},
    {"everything", 12, REPLY, NOTHING},
    {"everything", 13, RECEIVED, "五月初"},
    {"everything", 14, UNIT, "岚江市农业农村局、岚江市总工会"},
    {"everything", 14, ROLE, ""},
    {"everything", 16, DUE, "尽快"},
    {"everything", 17, STATUS, "演示状态"},
    {"everything", 19, TITLE, "石笠县入学" CUT},
    {"everything", 20, ORDER_NO, "=\"LJ202405000020\""},
};

/* ---- text ---- */

struct text {
    char *ptr;
    size_t len;
};

struct sheet {
    const char *cells[MAX_ROWS][COLUMNS];
    int rows; /* with the header */
};

/* All texts of a run: what the small files need is never given back. */
static char store[4 * MAX_TEXT];
static size_t stored;

static void die(const char *what)
{
    fprintf(stderr, "generate_dirt: %s\n", what);
    exit(1);
}

__attribute__((format(printf, 1, 2))) static const char *format(const char *template, ...)
{
    va_list arguments;
    va_start(arguments, template);
    char *text = store + stored;
    int len = vsnprintf(text, sizeof store - stored, template, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof store - stored)
        die("too much text");
    stored += (size_t)len + 1;
    return text;
}

static void put(struct text *out, const char *text, size_t len)
{
    if (len > MAX_TEXT - out->len)
        die("a file is too long");
    memcpy(out->ptr + out->len, text, len);
    out->len += len;
}

static void put_z(struct text *out, const char *text)
{
    put(out, text, strlen(text));
}

static struct text convert(const char *to, const char *from, struct text in, char *room)
{
    iconv_t converter = iconv_open(to, from);
    if (converter == (iconv_t)-1)
        die("this libc lacks an encoding");
    char *out = room;
    size_t left = MAX_TEXT;
    if (iconv(converter, &in.ptr, &in.len, &out, &left) == (size_t)-1)
        die("a text cannot be converted");
    (void)iconv_close(converter);
    return (struct text){room, MAX_TEXT - left};
}

/* ---- the clean sheet ---- */

/* One cell of well-formed CSV; true if it was the last of its record. */
static bool take_cell(const char **at, const char **out_cell)
{
    char *cell = store + stored;
    size_t len = 0;
    bool quoted = **at == '"';
    *at += quoted;
    while (**at != '\0' && (quoted || (**at != ',' && **at != '\r'))) {
        if (quoted && **at == '"' && *(*at + 1) != '"')
            break;
        *at += quoted && **at == '"';
        if (stored + len + 1 >= sizeof store)
            die("too much text");
        cell[len++] = *(*at)++;
    }
    *at += quoted;
    cell[len] = '\0';
    stored += len + 1;
    *out_cell = cell;
    bool last = **at != ',';
    *at += last ? 2 : 1; /* CRLF */
    return last;
}

static void take_sheet(const char *text, struct sheet *sheet)
{
    for (sheet->rows = 0; sheet->rows <= ORDERS; sheet->rows++) {
        for (int column = 0; column < COLUMNS; column++) {
            bool last = take_cell(&text, &sheet->cells[sheet->rows][column]);
            if (last != (column == COLUMNS - 1))
                die("the dump has other columns than before");
        }
    }
    /* What the orders at hand lack: texts with quotes, and a name with brackets. */
    for (int row = 3; row <= ORDERS; row += 5) {
        const char *content = sheet->cells[row][CONTENT];
        const char *at = strstr(content, "尽快");
        if (at == NULL)
            die("the dump has other texts than before");
        sheet->cells[row][CONTENT] =
            format("%.*s\"尽快\"%s", (int)(at - content), content, at + strlen("尽快"));
    }
    sheet->cells[8][UNIT] = "岚江市供水(集团)有限公司";
}

/* ---- dates ---- */

static const char *serial(int month, int day, int seconds)
{
    /* 45413 is 2024-05-01; the months that occur are April to June. */
    int whole = 45413 + (month == 4 ? -30 : month == 6 ? 31 : 0) + day - 1;
    int64_t fraction = ((int64_t)seconds * 10000000000 + 43200) / 86400;
    return format("%d.%010lld", whole, (long long)fraction);
}

static const char *wide_digits(const char *date)
{
    char wide[128];
    size_t len = 0;
    for (; *date != '\0' && len + 4 < sizeof wide; date++) {
        if (*date < '0' || *date > '9') {
            wide[len++] = *date;
            continue;
        }
        memcpy(wide + len, "\xEF\xBC", 2);
        wide[len + 2] = (char)('\x90' + (*date - '0'));
        len += 3;
    }
    return format("%.*s", (int)len, wide);
}

static const char *utc(int year, int month, int day, int hour, int minute, int second)
{
    hour -= 8;
    day -= hour < 0;
    hour += hour < 0 ? 24 : 0;
    if (day == 0)
        die("the dump has other dates than before");
    return format("%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, hour, minute, second);
}

static const char *date_in(enum date_form form, const char *date)
{
    int y = 0;
    int m = 0;
    int d = 0;
    int h = 0;
    int min = 0;
    int s = 0;
    if (form == AS_THEY_ARE || sscanf(date, "%d-%d-%d %d:%d:%d", &y, &m, &d, &h, &min, &s) != 6)
        return date;
    int half = h % 12 == 0 ? 12 : h % 12;
    switch (form) {
    case SLASHES:
        return format("%d/%d/%d %d:%02d:%02d", y, m, d, h, min, s);
    case MINUTES:
        return format("%d-%02d-%02d %02d:%02d", y, m, d, h, min);
    case ISO_OFFSET:
        return format("%d-%02d-%02dT%02d:%02d:%02d+08:00", y, m, d, h, min, s);
    case UTC:
        return utc(y, m, d, h, min, s);
    case COMPACT:
        return format("%04d%02d%02d%02d%02d%02d", y, m, d, h, min, s);
    case CHINESE:
        return format("%d年%d月%d日 %d时%02d分%02d秒", y, m, d, h, min, s);
    case HALVES:
        return format("%d年%d月%d日 %s%d:%02d:%02d", y, m, d, h < 12 ? "上午" : "下午", half, min,
                      s);
    case AM_PM:
        return format("%d-%02d-%02d %02d:%02d:%02d %s", y, m, d, half, min, s,
                      h < 12 ? "AM" : "PM");
    case SERIAL:
        return serial(m, d, h * 3600 + min * 60 + s);
    case WIDE_DIGITS:
        return wide_digits(date);
    case FRACTION:
        return format("%s.457", date);
    case AS_THEY_ARE:
    case EACH_ROW_ANOTHER:
        break;
    }
    return date;
}

static void write_dates(struct sheet *sheet, enum date_form form)
{
    static const enum column dates[] = {RECEIVED,        DISPATCHED,   ACCEPTED,  DUE,
                                        EXTENSION_ASKED, EXTENDED_DUE, SUBMITTED, CLOSED};
    static const enum date_form forms[] = {AS_THEY_ARE, SLASHES, ISO_OFFSET, UTC,
                                           COMPACT,     CHINESE, HALVES,     SERIAL};
    for (int row = 1; row < sheet->rows; row++) {
        enum date_form of_row = form == EACH_ROW_ANOTHER ? forms[(size_t)row % COUNT(forms)] : form;
        for (size_t i = 0; i < COUNT(dates); i++)
            sheet->cells[row][dates[i]] = date_in(of_row, sheet->cells[row][dates[i]]);
    }
}

/* ---- the cells of a plan ---- */

/* 3,000 characters with a line end after every fiftieth, and all that needs quotes. */
static const char *long_text(void)
{
    static const char *const characters[] = {"诉", "求", "，", ",", "\"", "请", "尽", "快", "。"};
    char text[3000 * 3 + 1];
    size_t len = 0;
    for (size_t i = 0; i < 3000; i++) {
        const char *next =
            i % 50 == 49 ? (i == 2999 ? "。" : "\n") : characters[i % COUNT(characters)];
        memcpy(text + len, next, strlen(next));
        len += strlen(next);
    }
    return format("%.*s", (int)len, text);
}

static void dress(const struct plan *plan, struct sheet *sheet)
{
    static const char *const words[] = {"-", "/", "无", "NULL", "N/A", "0000-00-00"};
    for (int row = 1; row < sheet->rows; row++) {
        const char **cells = sheet->cells[row];
        for (int column = 0; column < COLUMNS && plan->words_for_nothing; column++)
            if (cells[column][0] == '\0')
                cells[column] = words[(size_t)(row + column) % COUNT(words)];
        if (plan->floats)
            cells[ORDER_NO] = format("%s.0", cells[ORDER_NO] + strlen("LJ"));
        if (plan->dressed) {
            cells[ORDER_NO] = format(RAW "=\"%s\"", cells[ORDER_NO]);
            cells[PHONE] = format(RAW "=\"%s\"", cells[PHONE]);
        }
        if (plan->apostrophes) {
            cells[ORDER_NO] = format("'%s", cells[ORDER_NO]);
            cells[PHONE] = format("'%s", cells[PHONE]);
        }
    }
}

static void edit(const struct plan *plan, struct sheet *sheet)
{
    for (size_t i = 0; i < COUNT(copies); i++)
        if (strcmp(copies[i].file, plan->file) == 0)
            memcpy(sheet->cells[sheet->rows++], sheet->cells[copies[i].order],
                   sizeof sheet->cells[0]);
    for (size_t i = 0; i < COUNT(edits); i++)
        if (strcmp(edits[i].file, plan->file) == 0)
            sheet->cells[edits[i].row][edits[i].column] = edits[i].text;
    if (strcmp(plan->file, "long_cell") == 0)
        sheet->cells[12][CONTENT] = long_text();
    for (int column = RECEIVED; column < COLUMNS && strcmp(plan->file, "cut_row") == 0; column++)
        sheet->cells[4][column] = NOTHING;
    for (int row = 1; row < sheet->rows && plan->cell_crlf; row++) {
        const char *content = sheet->cells[row][CONTENT];
        const char *end = strchr(content, '\n');
        if (content[0] != RAW[0] && end != NULL)
            sheet->cells[row][CONTENT] =
                format("%.*s\r\n%s", (int)(end - content), content, end + 1);
    }
    write_dates(sheet, plan->dates);
    dress(plan, sheet);
}

/* ---- writing ---- */

static void put_cell(struct text *out, const struct plan *plan, const char *delimiter,
                     const char *cell)
{
    char quote = plan->single_quotes ? '\'' : '"';
    const char specials[] = {quote, '\r', '\n', delimiter[0], '\0'};
    if (cell[0] == RAW[0]) {
        put_z(out, cell + 1);
        return;
    }
    bool quoted = plan->quotes_all || strpbrk(cell, specials) != NULL;
    if (!quoted) {
        put_z(out, cell);
        return;
    }
    put(out, &quote, 1);
    for (; *cell != '\0'; cell++) {
        if (*cell == quote)
            put(out, plan->backslash ? "\\" : &quote, 1);
        put(out, cell, 1);
    }
    put(out, &quote, 1);
}

static const char *row_end(const struct plan *plan, int row)
{
    static const char *const mixed[] = {"\n", "\r\n", "\r"};
    if (plan->row_end == NULL)
        return "\n";
    return strcmp(plan->row_end, "mixed") == 0 ? mixed[row % 3] : plan->row_end;
}

static void put_lines(struct text *out, const struct plan *plan, int before)
{
    for (size_t i = 0; i < COUNT(lines); i++) {
        if (lines[i].before != before || strcmp(lines[i].file, plan->file) != 0)
            continue;
        put_z(out, lines[i].text);
        put_z(out, row_end(plan, 0));
    }
}

static void put_sheet(struct text *out, const struct plan *plan, const struct sheet *sheet)
{
    const char *delimiter = plan->delimiter != NULL ? plan->delimiter : ",";
    put_z(out, plan->mark != NULL ? plan->mark : "");
    for (int row = strcmp(plan->file, "no_header") == 0 ? 1 : 0; row < sheet->rows; row++) {
        put_lines(out, plan, row);
        for (int column = 0; column < COLUMNS; column++) {
            const char *cell = sheet->cells[row][column];
            if (cell[0] == NOTHING[0])
                continue;
            put_z(out, column > 0 ? delimiter : "");
            put_cell(out, plan, delimiter, cell);
        }
        put_z(out, plan->tail_everywhere && row > 0 ? ",," : "");
        int ends = 1 + (row == sheet->rows - 1 ? plan->last_row_ends : 0);
        for (int i = 0; i < ends; i++)
            put_z(out, row_end(plan, row));
    }
    put_lines(out, plan, END_ROW);
}

/* What could not be written in text. */
static size_t damage(char *ptr, size_t len)
{
    size_t kept = 0;
    for (size_t i = 0; i < len; i++) {
        if (ptr[i] == CUT[0])
            kept--;
        else
            ptr[kept++] = ptr[i] == NUL[0] ? '\0' : ptr[i];
    }
    return kept;
}

static void write_file(const char *directory, const struct plan *plan, const struct sheet *clean)
{
    static char text[MAX_TEXT];
    static char converted[MAX_TEXT];
    char path[MAX_PATH_BYTES];
    struct sheet sheet = *clean;
    struct text out = {text, 0};
    edit(plan, &sheet);
    put_sheet(&out, plan, &sheet);
    if (plan->encoding != NULL)
        out = convert(plan->encoding, "UTF-8", out, converted);
    bool wide = plan->encoding != NULL && strncmp(plan->encoding, "UTF-16", 6) == 0;
    if (!wide)
        out.len = damage(out.ptr, out.len);
    int len = snprintf(path, sizeof path, "%s/%s.csv", directory, plan->file);
    FILE *file = len > 0 && (size_t)len < sizeof path ? fopen(path, "wb") : NULL;
    if (file == NULL || fwrite(out.ptr, 1, out.len, file) != out.len || fclose(file) != 0)
        die("a file cannot be written");
}

int main(int argc, char **argv)
{
    static char dump[MAX_TEXT];
    static char text[MAX_TEXT + 1];
    static struct sheet clean;
    if (argc != 2) {
        fputs("usage: generate_dirt DIRECTORY < city_2024_05.csv\n", stderr);
        return 2;
    }
    /* The first part holds all that is needed; it may end inside a character. */
    size_t len = fread(dump, 1, MAX_TEXT / 8, stdin);
    while (len > 0 && dump[len - 1] != '\n')
        len--;
    size_t text_len = convert("UTF-8", "GB18030", (struct text){dump, len}, text).len;
    text[text_len] = '\0';
    take_sheet(text, &clean);
    for (size_t i = 0; i < COUNT(plans); i++)
        write_file(argv[1], &plans[i], &clean);
    return 0;
}
