#ifndef PINGYI_IMPORTERS_BOOK_XML_H
#define PINGYI_IMPORTERS_BOOK_XML_H

#include "importers/book_zip.h"

/* A part of a workbook read as XML, in constant memory: a reader names the places of the tree that it wants to
 * see and never hears of others. Prefixes and namespaces are not looked at: the place alone tells what an
 * element is, in transitional and strict workbooks alike. A document type is refused, and with it every entity
 * but XML's own five. Thread: one owner. */

enum {
    BOOK_XML_MAX_DEPTH = 256,
    BOOK_XML_MAX_TAG_BYTES = 512 * 1024, /* a tag with its attributes, or a comment */
    BOOK_XML_MAX_NAME_BYTES = 256,
    /* The parser's largest request. It holds a tag, and bounds the tables of names, which only grow: at some
     * 60,000 different names of elements, or of attributes, memory is said to fail. */
    BOOK_XML_MAX_BLOCK_BYTES = 1024 * 1024 + 4096,
    BOOK_XML_NO_PLACE = -1,
};

struct book_place {
    int parent;       /* index of a place before it; BOOK_XML_NO_PLACE for the root */
    const char *name; /* of the element, without prefix */
};

/* Functions return OK, or a negative code that ends the reading; on_text and on_close may be
 * NULL. Text may come in several pieces. */
struct book_xml_reader {
    const struct book_place *places;
    int place_count;
    int (*on_open)(void *context, int place, const char **attributes, struct book_fail fail);
    int (*on_text)(void *context, int place, struct bytes text, struct book_fail fail);
    int (*on_close)(void *context, int place, struct book_fail fail);
    void *context;
};

/* REFUSAL_BROKEN: no well-formed XML; REFUSAL_BOMB: a tag or a name that never ends; ERR_NOMEM; as
 * book_zip_begin and _read. */
int book_xml_read(struct book_zip *zip, struct bytes part, const struct book_xml_reader *reader,
                  struct book_fail fail);

/* The value of the attribute with this name, whatever its prefix; ptr NULL without it. Borrowed until on_open
 * returns. */
struct bytes book_attribute(const char **attributes, const char *name);

#endif
