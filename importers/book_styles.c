#include "importers/book_styles.h"

#include "base/alloc.h"

#include "importers/book_xml.h"

struct book_styles {
    unsigned char look_of_id[BOOK_MAX_STYLES]; /* enum book_look of a format's id */
    uint16_t ids[BOOK_MAX_STYLES];             /* the format of a style */
    size_t count;
};

enum { BUILT_IN_IDS = 164 }; /* a workbook's own formats begin here */

enum { SHEET, FORMATS, FORMAT, STYLES, STYLE, PLACES };

static const struct book_place places[PLACES] = {
    [SHEET] = {BOOK_XML_NO_PLACE, "styleSheet"},
    [FORMATS] = {SHEET, "numFmts"},
    [FORMAT] = {FORMATS, "numFmt"},
    [STYLES] = {SHEET, "cellXfs"},
    [STYLE] = {STYLES, "xf"},
};

/* An id that no array of ours holds is one without meaning. */
static int64_t format_id(const char **attributes)
{
    int64_t id = 0;
    bool known = bytes_to_int64(book_attribute(attributes, "numFmtId"), &id) && id >= 0 &&
                 id < BOOK_MAX_STYLES;
    return known ? id : 0;
}

static int on_open(void *context, int place, const char **attributes, struct book_fail fail)
{
    struct book_styles *styles = context;
    if (place == FORMAT) {
        struct bytes code = book_attribute(attributes, "formatCode");
        styles->look_of_id[format_id(attributes)] = (unsigned char)book_look_of_code(code);
    }
    if (place == STYLE) {
        if (styles->count == BOOK_MAX_STYLES)
            return book_refuse(fail, REFUSAL_BOMB, "the workbook has too many styles");
        styles->ids[styles->count++] = (uint16_t)format_id(attributes);
    }
    return OK;
}

int book_styles_load(struct book_zip *zip, struct bytes part, struct book_styles **out_styles,
                     struct book_fail fail)
{
    struct book_styles *styles = mem_calloc(1, sizeof *styles);
    if (styles == NULL)
        return err_set(fail.err, ERR_NOMEM, "could not note the styles of a workbook");
    for (int64_t id = 0; id < BUILT_IN_IDS; id++)
        styles->look_of_id[id] = (unsigned char)book_look_of_id(id);
    struct book_xml_reader reader = {places, PLACES, on_open, NULL, NULL, styles};
    int rc = part.len > 0 ? book_xml_read(zip, part, &reader, fail) : OK;
    if (rc != OK) {
        book_styles_free(styles);
        return rc;
    }
    *out_styles = styles;
    return OK;
}

void book_styles_free(struct book_styles *styles)
{
    mem_free(styles);
}

enum book_look book_styles_look(const struct book_styles *styles, int64_t style)
{
    if (style < 0 || style >= (int64_t)styles->count)
        return LOOK_NUMBER;
    return (enum book_look)styles->look_of_id[styles->ids[style]];
}
