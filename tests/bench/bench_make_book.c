#include "base/buf.h"

#include <minizip/zip.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* bench_make_book FILE ROWS: a workbook of work orders, 15 columns, as Excel writes it: every text a shared
 * string, dates by style. tests/bench/book.sh calls it; without arguments it has nothing to do. */

enum { WORDS = 12, TEXTS_A_ROW = 4, PIECE_BYTES = 1 << 20, DATE_STYLE = 1 };

static const char *const words[WORDS] = {
    "工单编号",         "受理时间",     "市容环卫", "住房保障", "交通运输", "市城市管理局",
    "市住房城乡建设局", "市交通运输局", "已办结",   "办理中",   "满意",     "投诉举报",
};

struct part {
    zipFile zip;
    struct buf text;
};

static void part_flush(struct part *part)
{
    struct bytes text = buf_bytes(&part->text);
    if (part->text.rc != OK ||
        zipWriteInFileInZip(part->zip, text.ptr, (unsigned)text.len) != ZIP_OK) {
        (void)fprintf(stderr, "could not write the workbook\n");
        exit(1);
    }
    buf_clear(&part->text);
}

static void part_begin(struct part *part, const char *name)
{
    if (zipOpenNewFileInZip(part->zip, name, NULL, NULL, 0, NULL, 0, NULL, Z_DEFLATED, 6) !=
        ZIP_OK) {
        (void)fprintf(stderr, "could not begin %s\n", name);
        exit(1);
    }
}

static void part_end(struct part *part)
{
    part_flush(part);
    (void)zipCloseFileInZip(part->zip);
}

static void put_part(struct part *part, const char *name, const char *text)
{
    part_begin(part, name);
    buf_append_z(&part->text, text);
    part_end(part);
}

static void put_strings(struct part *part, int64_t rows)
{
    part_begin(part, "xl/sharedStrings.xml");
    buf_append_z(&part->text,
                 "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>");
    for (int i = 0; i < WORDS; i++)
        buf_printf(&part->text, "<si><t>%s</t></si>", words[i]);
    for (int64_t row = 0; row < rows; row++) {
        buf_printf(&part->text, "<si><t>20240402%08" PRId64 "</t></si>", row);
        buf_printf(&part->text, "<si><t>关于%" PRId64 "号楼下水道堵塞的诉求</t></si>", row);
        buf_printf(&part->text,
                   "<si><t>市民来电反映，%" PRId64
                   "号楼前的下水道堵塞，污水外溢，已经多日无人处理，希望"
                   "有关部门尽快派人疏通，并给予回复。</t></si>",
                   row);
        buf_printf(&part->text, "<si><t>解放路%" PRId64 "号 &amp; 周边</t></si>", row);
        if (part->text.len > PIECE_BYTES / 2)
            part_flush(part);
    }
    buf_append_z(&part->text, "</sst>");
    part_end(part);
}

static void put_row(struct part *part, int64_t row)
{
    static const char columns[] = "ABCDEFGHIJKLMNO";
    buf_printf(&part->text, "<row r='%" PRId64 "' spans='1:15'>", row + 1);
    for (int i = 0; i < 15; i++) {
        char column = columns[i];
        int64_t word = (row + i * 7) % WORDS;
        if (i < TEXTS_A_ROW)
            buf_printf(&part->text, "<c r='%c%" PRId64 "' t='s'><v>%" PRId64 "</v></c>", column,
                       row + 1, WORDS + row * TEXTS_A_ROW + i);
        else if (i < 8)
            buf_printf(&part->text,
                       "<c r='%c%" PRId64 "' s='%d'><v>%" PRId64 ".%09" PRId64 "</v></c>", column,
                       row + 1, DATE_STYLE, 45000 + row % 365, (row * 7919 + i) % 1000000000);
        else if (i < 11)
            buf_printf(&part->text, "<c r='%c%" PRId64 "'><v>%" PRId64 "</v></c>", column, row + 1,
                       row % 97);
        else
            buf_printf(&part->text, "<c r='%c%" PRId64 "' t='s'><v>%" PRId64 "</v></c>", column,
                       row + 1, word);
    }
    buf_append_z(&part->text, "</row>");
}

static void put_sheet(struct part *part, int64_t rows)
{
    part_begin(part, "xl/worksheets/sheet1.xml");
    buf_append_z(&part->text,
                 "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/"
                 "main'><sheetData>");
    for (int64_t row = 0; row < rows; row++) {
        put_row(part, row);
        if (part->text.len > PIECE_BYTES / 2)
            part_flush(part);
    }
    buf_append_z(&part->text, "</sheetData></worksheet>");
    part_end(part);
}

#define MAIN    "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE  "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define TYPES   "application/vnd.openxmlformats-officedocument.spreadsheetml."

static const char *const small_parts[][2] = {
    {"[Content_Types].xml",
     "<Types xmlns='" PACKAGE "content-types'>"
     "<Default Extension='rels' "
     "ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
     "<Override PartName='/xl/workbook.xml' ContentType='" TYPES "sheet.main+xml'/>"
     "<Override PartName='/xl/styles.xml' ContentType='" TYPES "styles+xml'/>"
     "<Override PartName='/xl/sharedStrings.xml' ContentType='" TYPES "sharedStrings+xml'/>"
     "<Override PartName='/xl/worksheets/sheet1.xml' ContentType='" TYPES "worksheet+xml'/>"
     "</Types>"},
    {"_rels/.rels",
     "<Relationships xmlns='" PACKAGE "relationships'>"
     "<Relationship Id='rId1' Type='" OFFICE "/officeDocument' Target='xl/workbook.xml'/>"
     "</Relationships>"},
    {"xl/workbook.xml", "<workbook xmlns='" MAIN "' xmlns:r='" OFFICE "'><sheets>"
                        "<sheet name='工单' sheetId='1' r:id='rId1'/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships xmlns='" PACKAGE "relationships'>"
     "<Relationship Id='rId1' Type='" OFFICE "/worksheet' Target='worksheets/sheet1.xml'/>"
     "<Relationship Id='rId2' Type='" OFFICE "/styles' Target='styles.xml'/>"
     "<Relationship Id='rId3' Type='" OFFICE "/sharedStrings' Target='sharedStrings.xml'/>"
     "</Relationships>"},
    {"xl/styles.xml",
     "<styleSheet xmlns='" MAIN "'><numFmts>"
     "<numFmt numFmtId='164' formatCode='yyyy\\-mm\\-dd\\ hh:mm:ss'/></numFmts><cellXfs>"
     "<xf numFmtId='0'/><xf numFmtId='164' applyNumberFormat='1'/></cellXfs></styleSheet>"},
};

int main(int argc, char **argv)
{
    struct part part = {0};
    int64_t rows = 0;
    if (argc < 3 || !bytes_to_int64(bytes_from_z(argv[2]), &rows))
        return 0;
    part.zip = zipOpen64(argv[1], APPEND_STATUS_CREATE);
    if (part.zip == NULL) {
        perror(argv[1]);
        return 1;
    }
    buf_init(&part.text, PIECE_BYTES);
    for (size_t i = 0; i < sizeof small_parts / sizeof *small_parts; i++)
        put_part(&part, small_parts[i][0], small_parts[i][1]);
    put_strings(&part, rows);
    put_sheet(&part, rows);
    buf_deinit(&part.text);
    return zipClose(part.zip, NULL) == ZIP_OK ? 0 : 1;
}
