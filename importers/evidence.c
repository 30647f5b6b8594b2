#include "importers/evidence.h"

#include <stddef.h>

const char *evidence_word(enum evidence_kind kind)
{
    static const char *const words[] = {
#define X(name, word) word,
        EVIDENCE_KINDS(X)
#undef X
    };
    return (size_t)kind < sizeof words / sizeof *words ? words[kind] : "";
}
