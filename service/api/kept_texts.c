#include "service/api/kept_texts.h"

#include "base/alloc.h"

#include <string.h>

static void drop(struct kept_texts *texts, struct kept_text *place)
{
    texts->bytes -= place->bytes;
    mem_free(place->piece);
    *place = (struct kept_text){.piece = NULL};
}

void kept_texts_clear(struct kept_texts *texts)
{
    for (size_t i = 0; i < KEPT_TEXTS_MAX; i++)
        drop(texts, &texts->places[i]);
    texts->next = 0;
}

int kept_texts_new(struct kept_texts **out, struct err *err)
{
    struct kept_texts *texts = mem_calloc(1, sizeof *texts);
    if (texts == NULL)
        return err_set(err, ERR_NOMEM, "no memory for texts to be kept");
    *out = texts;
    return OK;
}

void kept_texts_free(struct kept_texts *texts)
{
    if (texts != NULL)
        kept_texts_clear(texts);
    mem_free(texts);
}

static bool keys_equal(const struct text_key *a, const struct text_key *b)
{
    return strcmp(a->what, b->what) == 0 && bytes_equal(a->round, b->round) &&
           bytes_equal(a->part, b->part) && a->minute == b->minute;
}

struct bytes kept_texts_find(const struct kept_texts *texts, const struct text_key *key)
{
    for (size_t i = 0; i < KEPT_TEXTS_MAX; i++) {
        const struct kept_text *place = &texts->places[i];
        if (place->piece != NULL && keys_equal(&place->key, key))
            return place->text;
    }
    return BYTES_NONE;
}

/* Copy `from` to `*at`, which goes on behind it. */
static struct bytes append(char **at, struct bytes from)
{
    struct bytes copy = {*at, from.len};
    if (from.len > 0)
        memcpy(*at, from.ptr, from.len);
    *at += from.len;
    return copy;
}

void kept_texts_put(struct kept_texts *texts, const struct text_key *key, struct bytes text)
{
    struct kept_text *place = &texts->places[texts->next];
    size_t bytes = size_add(size_add(key->round.len, key->part.len), text.len);
    char *piece = bytes > 0 && bytes <= KEPT_TEXT_MAX_BYTES ? mem_alloc(bytes) : NULL;
    char *at = piece;
    if (piece == NULL)
        return;
    drop(texts, place);
    texts->next = (texts->next + 1) % KEPT_TEXTS_MAX;
    for (size_t i = texts->next; texts->bytes + bytes > KEPT_TEXTS_MAX_BYTES;
         i = (i + 1) % KEPT_TEXTS_MAX)
        drop(texts, &texts->places[i]);
    place->key = (struct text_key){.what = key->what, .minute = key->minute};
    place->key.round = append(&at, key->round);
    place->key.part = append(&at, key->part);
    place->text = append(&at, text);
    place->piece = piece;
    place->bytes = bytes;
    texts->bytes += bytes;
}
