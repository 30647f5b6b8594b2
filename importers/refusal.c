#include "importers/refusal.h"

const char *refusal_word(enum refusal refusal)
{
    static const char *const words[] = {
#define X(name, word) word,
        REFUSALS(X)
#undef X
    };
    return (size_t)refusal < sizeof words / sizeof *words ? words[refusal] : "";
}

/* BZh alone may begin a name. A level and the first block's mark follow. */
static bool is_bzip2(struct bytes head)
{
    enum { MARK_AT = 4 };
    return bytes_starts_with(head, BYTES_LIT("BZh")) && head.len > MARK_AT &&
           bytes_starts_with((struct bytes){head.ptr + MARK_AT, head.len - MARK_AT},
                             BYTES_LIT("1AY&SY"));
}

enum head_kind refusal_of_head(struct bytes head, enum refusal *out_refusal)
{
    static const struct {
        struct bytes mark;
        enum refusal refusal;
    } marks[] = {
        {{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8}, REFUSAL_SPREADSHEET}, /* xls */
        {{"\x1F\x8B", 2}, REFUSAL_ARCHIVE},                             /* gzip */
        {{"7z\xBC\xAF\x27\x1C", 6}, REFUSAL_ARCHIVE},
        {{"Rar!\x1A\x07", 6}, REFUSAL_ARCHIVE},
        {{"\xFD"
          "7zXZ",
          5},
         REFUSAL_ARCHIVE},
        {{"\x28\xB5\x2F\xFD", 4}, REFUSAL_ARCHIVE}, /* zstd */
        {{"%PDF-", 5}, REFUSAL_BINARY},
        {{"\x7F"
          "ELF",
          4},
         REFUSAL_BINARY},
        {{"\x89PNG", 4}, REFUSAL_BINARY},
        {{"\xFF\xD8\xFF", 3}, REFUSAL_BINARY}, /* JPEG */
        {{"SQLite format 3", 16}, REFUSAL_BINARY},
    };
    *out_refusal = REFUSAL_NONE;
    if (bytes_starts_with(head, BYTES_LIT("PK\x03\x04")))
        return HEAD_ZIP;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (bytes_starts_with(head, marks[i].mark)) {
            *out_refusal = marks[i].refusal;
            return HEAD_REFUSED;
        }
    }
    if (is_bzip2(head))
        *out_refusal = REFUSAL_ARCHIVE;
    return *out_refusal == REFUSAL_NONE ? HEAD_TEXT : HEAD_REFUSED;
}
