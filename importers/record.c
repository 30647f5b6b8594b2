#include "importers/record.h"

static const char *const field_words[FIELD_COUNT] = {
#define X(name, word) word,
    FIELDS(X)
#undef X
};

const char *field_word(enum field field)
{
    return field < FIELD_COUNT ? field_words[field] : "";
}

enum field field_from_word(struct bytes word)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        if (bytes_equal(bytes_from_z(field_words[i]), word))
            return (enum field)i;
    }
    return FIELD_COUNT;
}
