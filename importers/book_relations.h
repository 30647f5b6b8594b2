#ifndef PINGYI_IMPORTERS_BOOK_RELATIONS_H
#define PINGYI_IMPORTERS_BOOK_RELATIONS_H

#include "importers/book_zip.h"

/* The relations of a part: what it refers to by ids, from a .rels part. Thread: one owner. */

enum { BOOK_MAX_RELATIONS = 10000 };

struct book_relation {
    struct bytes id;
    struct bytes kind;   /* the last word of its type: worksheet, styles, sharedStrings, ... */
    struct bytes target; /* as written */
};

/* Relations to parts of the zip; borrowed until the function returns, which says OK or a code that ends the
 * reading. */
typedef int (*book_relation_cb)(void *context, const struct book_relation *relation,
                                struct book_fail fail);

/* REFUSAL_BOMB beyond BOOK_MAX_RELATIONS; as book_xml_read. */
int book_relations_read(struct book_zip *zip, struct bytes part, book_relation_cb on_relation,
                        void *context, struct book_fail fail);

/* The name of the part that `target` means when `part` refers to it, NUL-terminated behind its end: "xl/workbook.xml"
 * and "worksheets/sheet1.xml" give "xl/worksheets/sheet1.xml". */
void book_relation_part(struct bytes part, struct bytes target, struct buf *out);

/* The name of the part that has the relations of `part`: "xl/_rels/workbook.xml.rels". */
void book_relations_name(struct bytes part, struct buf *out);

#endif
