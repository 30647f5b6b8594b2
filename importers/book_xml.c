#include "importers/book_xml.h"

#include "base/alloc.h"

#include <expat.h>

#include <string.h>

enum { PIECE_BYTES = 64 * 1024 };

struct state {
    const struct book_xml_reader *reader;
    XML_Parser parser;
    int place;   /* where we are */
    int skipped; /* so many elements deep in what the reader does not want */
    int depth;
    int rc;
    struct book_fail fail;
};

/* The parser may not grow with a token or with the number of different names. */
static void *block_alloc(size_t bytes)
{
    return bytes > BOOK_XML_MAX_BLOCK_BYTES ? NULL : mem_alloc(bytes);
}

static void *block_realloc(void *ptr, size_t bytes)
{
    return bytes > BOOK_XML_MAX_BLOCK_BYTES ? NULL : mem_realloc(ptr, bytes);
}

static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

struct bytes book_attribute(const char **attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2) {
        if (strcmp(local_name(attributes[0]), name) == 0)
            return bytes_from_z(attributes[1]);
    }
    return BYTES_NONE;
}

static void settle(struct state *state, int rc)
{
    if (rc == OK)
        return;
    state->rc = rc;
    (void)XML_StopParser(state->parser, XML_FALSE);
}

static int find_place(const struct state *state, const char *name)
{
    const struct book_xml_reader *reader = state->reader;
    for (int i = 0; i < reader->place_count; i++) {
        if (reader->places[i].parent == state->place && strcmp(reader->places[i].name, name) == 0)
            return i;
    }
    return BOOK_XML_NO_PLACE;
}

/* The parser remembers every name. */
static bool names_are_short(const char *name, const char **attributes)
{
    bool all = strlen(name) <= BOOK_XML_MAX_NAME_BYTES;
    for (; all && attributes[0] != NULL; attributes += 2)
        all = strlen(attributes[0]) <= BOOK_XML_MAX_NAME_BYTES;
    return all;
}

/* A parser that was stopped may still tell what it has read already. */
static void on_start(void *context, const char *name, const char **attributes)
{
    struct state *state = context;
    if (state->rc != OK)
        return;
    if (++state->depth > BOOK_XML_MAX_DEPTH) {
        settle(state, book_refuse(state->fail, REFUSAL_BROKEN, "the XML is nested too deeply"));
        return;
    }
    if (!names_are_short(name, attributes)) {
        settle(state,
               book_refuse(state->fail, REFUSAL_BOMB, "the XML has a name of absurd length"));
        return;
    }
    int place = state->skipped == 0 ? find_place(state, local_name(name)) : BOOK_XML_NO_PLACE;
    if (place == BOOK_XML_NO_PLACE) {
        state->skipped++;
        return;
    }
    state->place = place;
    settle(state, state->reader->on_open(state->reader->context, place, attributes, state->fail));
}

static void on_end(void *context, const char *name)
{
    struct state *state = context;
    (void)name;
    if (state->rc != OK)
        return;
    state->depth--;
    if (state->skipped > 0) {
        state->skipped--;
        return;
    }
    int place = state->place;
    state->place = state->reader->places[place].parent;
    if (state->reader->on_close != NULL)
        settle(state, state->reader->on_close(state->reader->context, place, state->fail));
}

static void on_text(void *context, const char *ptr, int len)
{
    struct state *state = context;
    if (state->rc != OK || state->skipped > 0 || state->reader->on_text == NULL)
        return;
    struct bytes text = {ptr, (size_t)len};
    settle(state, state->reader->on_text(state->reader->context, state->place, text, state->fail));
}

static void on_doctype(void *context, const char *name, const char *system_id,
                       const char *public_id, int has_subset)
{
    struct state *state = context;
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_subset;
    if (state->rc == OK)
        settle(state, book_refuse(state->fail, REFUSAL_BROKEN, "the XML has a document type"));
}

static int parse_error(const struct state *state)
{
    if (state->rc != OK)
        return state->rc;
    enum XML_Error error = XML_GetErrorCode(state->parser);
    if (error == XML_ERROR_NO_MEMORY)
        return err_set(state->fail.err, ERR_NOMEM, "could not read a workbook's XML");
    return book_refuse(state->fail, REFUSAL_BROKEN, XML_ErrorString(error));
}

/* Unpack a piece into the parser's own buffer and parse it; *out_len 0 at the end. */
static int read_piece(struct state *state, struct book_zip *zip, int64_t *fed, size_t *out_len)
{
    char *piece = XML_GetBuffer(state->parser, PIECE_BYTES);
    if (piece == NULL)
        return parse_error(state);
    size_t len = 0;
    int rc = book_zip_read(zip, piece, PIECE_BYTES, &len, state->fail);
    if (rc != OK)
        return rc;
    if (XML_ParseBuffer(state->parser, (int)len, len == 0) != XML_STATUS_OK)
        return parse_error(state);
    *fed += (int64_t)len;
    *out_len = len;
    /* What follows the last event is a token that is not yet whole. */
    XML_Index event_at = XML_GetCurrentByteIndex(state->parser);
    if (event_at >= 0 && *fed - event_at > BOOK_XML_MAX_TAG_BYTES)
        return book_refuse(state->fail, REFUSAL_BOMB, "the XML has a tag of absurd length");
    return OK;
}

int book_xml_read(struct book_zip *zip, struct bytes part, const struct book_xml_reader *reader,
                  struct book_fail fail)
{
    static const XML_Memory_Handling_Suite memory = {block_alloc, block_realloc, mem_free};
    struct state state = {.reader = reader, .place = BOOK_XML_NO_PLACE, .fail = fail};
    int rc = book_zip_begin(zip, part, fail);
    if (rc != OK)
        return rc;
    state.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (state.parser == NULL)
        rc = err_set(fail.err, ERR_NOMEM, "could not start the XML parser");
    if (rc == OK) {
        XML_SetUserData(state.parser, &state);
        XML_SetElementHandler(state.parser, on_start, on_end);
        XML_SetCharacterDataHandler(state.parser, on_text);
        XML_SetStartDoctypeDeclHandler(state.parser, on_doctype);
    }
    int64_t fed = 0;
    size_t len = 1;
    while (rc == OK && len > 0)
        rc = read_piece(&state, zip, &fed, &len);
    if (state.parser != NULL)
        XML_ParserFree(state.parser);
    book_zip_leave(zip);
    return rc;
}
