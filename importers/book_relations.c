#include "importers/book_relations.h"

#include "importers/book_xml.h"

struct relations {
    book_relation_cb on_relation;
    void *context;
    int count;
};

enum { RELATIONS, RELATION, PLACES };

static const struct book_place places[PLACES] = {
    [RELATIONS] = {BOOK_XML_NO_PLACE, "Relationships"},
    [RELATION] = {RELATIONS, "Relationship"},
};

/* Length of the text up to and with its last slash. */
static size_t folder_len(struct bytes text)
{
    size_t len = text.len;
    while (len > 0 && text.ptr[len - 1] != '/')
        len--;
    return len;
}

static struct bytes last_word(struct bytes text)
{
    if (text.len == 0)
        return text;
    size_t folder = folder_len(text);
    return (struct bytes){text.ptr + folder, text.len - folder};
}

static int on_open(void *context, int place, const char **attributes, struct book_fail fail)
{
    struct relations *relations = context;
    if (place != RELATION)
        return OK;
    if (++relations->count > BOOK_MAX_RELATIONS)
        return book_refuse(fail, REFUSAL_BOMB, "the workbook has too many relations");
    if (bytes_equal(book_attribute(attributes, "TargetMode"), BYTES_LIT("External")))
        return OK;
    struct book_relation relation = {
        .id = book_attribute(attributes, "Id"),
        .kind = last_word(book_attribute(attributes, "Type")),
        .target = book_attribute(attributes, "Target"),
    };
    return relations->on_relation(relations->context, &relation, fail);
}

int book_relations_read(struct book_zip *zip, struct bytes part, book_relation_cb on_relation,
                        void *context, struct book_fail fail)
{
    struct relations relations = {on_relation, context, 0};
    struct book_xml_reader reader = {places, PLACES, on_open, NULL, NULL, &relations};
    return book_xml_read(zip, part, &reader, fail);
}

/* Take the last folder off what `out` has from `start` on. */
static void leave_folder(struct buf *out, size_t start)
{
    if (out->len > start)
        out->len = start + folder_len((struct bytes){out->ptr + start, out->len - start - 1});
}

void book_relation_part(struct bytes part, struct bytes target, struct buf *out)
{
    size_t start = out->len;
    if (!bytes_starts_with(target, BYTES_LIT("/")))
        buf_append(out, (struct bytes){part.ptr, folder_len(part)});
    while (target.ptr != NULL && out->rc == OK) {
        struct bytes step = bytes_cut(&target, '/');
        if (bytes_equal(step, BYTES_LIT("..")))
            leave_folder(out, start);
        else if (step.len > 0 && !bytes_equal(step, BYTES_LIT(".")))
            buf_append(out, step);
        else
            continue;
        if (target.ptr != NULL && out->len > start && out->ptr[out->len - 1] != '/')
            buf_append_byte(out, '/');
    }
}

void book_relations_name(struct bytes part, struct buf *out)
{
    size_t folder = folder_len(part);
    buf_append(out, (struct bytes){part.ptr, folder});
    buf_append_z(out, "_rels/");
    buf_append(out, (struct bytes){part.ptr + folder, part.len - folder});
    buf_append_z(out, ".rels");
}
