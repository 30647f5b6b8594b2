#ifndef PINGYI_SERVICE_API_KEPT_TEXTS_H
#define PINGYI_SERVICE_API_KEPT_TEXTS_H

#include "base/buf.h"

/* Texts by their keys: what was rendered and may be asked for again. Bounded in number and bytes; the oldest give way.
 * Thread: one at a time. */
enum {
    KEPT_TEXTS_MAX = 256,
    KEPT_TEXTS_MAX_BYTES = 64 * 1024 * 1024,
    KEPT_TEXT_MAX_BYTES = KEPT_TEXTS_MAX_BYTES / 4
};

struct text_key {
    const char *what; /* static: "bulletin" */
    struct bytes round, part;
    int64_t minute; /* 0: it tells no time */
};

struct kept_texts {
    struct kept_text {
        struct text_key key;
        struct bytes text;
        char *piece; /* the memory of all; NULL: the place is free */
        size_t bytes;
    } places[KEPT_TEXTS_MAX];
    size_t next; /* the oldest, or a free place */
    size_t bytes;
};

/* A zeroed one is empty. */
int kept_texts_new(struct kept_texts **out, struct err *err);
void kept_texts_free(struct kept_texts *texts); /* accepts NULL */
void kept_texts_clear(struct kept_texts *texts);
/* ptr NULL: there is none. Valid until the next put or clear. */
struct bytes kept_texts_find(const struct kept_texts *texts, const struct text_key *key);
/* Under a key that is not there yet. What is too large or finds no memory is not kept. */
void kept_texts_put(struct kept_texts *texts, const struct text_key *key, struct bytes text);

#endif
