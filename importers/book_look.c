#include "importers/book_number.h"

#include <strings.h>

/* What the letters of a format say. */
struct letters {
    bool day;   /* y or d */
    bool month; /* m: minutes beside h or s, else months */
    bool time;  /* h or s */
    bool elapsed;
};

static bool begins_with(struct bytes code, const char *word)
{
    struct bytes text = bytes_from_z(word);
    return code.len >= text.len && strncasecmp(code.ptr, text.ptr, text.len) == 0;
}

/* What is in brackets: a color, a condition, a locale, or elapsed hours, minutes or seconds: h, m and s alone. */
static bool is_elapsed(struct bytes bracket)
{
    size_t same = 0;
    if (bracket.len == 0)
        return false;
    char letter = (char)(bracket.ptr[0] | 0x20);
    while (same < bracket.len && (bracket.ptr[same] | 0x20) == letter)
        same++;
    return same == bracket.len && (letter == 'h' || letter == 'm' || letter == 's');
}

/* Length of what `code` begins with and what it says goes into *letters; words that hold letters are told apart. */
static size_t take(struct bytes code, struct letters *letters)
{
    static const char *const words[] = {"general", "G/通用格式", "am/pm", "a/p"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (begins_with(code, words[i]))
            return bytes_from_z(words[i]).len;
    }
    struct bytes rest = {code.ptr + 1, code.len - 1};
    switch (code.ptr[0]) {
    case '"':
        return 1 + bytes_find(rest, BYTES_LIT("\"")) + 1;
    case '[':
        rest.len = bytes_find(rest, BYTES_LIT("]"));
        letters->elapsed = letters->elapsed || is_elapsed(rest);
        return 1 + rest.len + 1;
    case '\\': /* the next is text */
    case '_':  /* as wide as the next */
    case '*':  /* filled with the next */
        return 2;
    case 'y':
    case 'Y':
    case 'd':
    case 'D':
        letters->day = true;
        return 1;
    case 'm':
    case 'M':
        letters->month = true;
        return 1;
    case 'h':
    case 'H':
    case 's':
    case 'S':
        letters->time = true;
        return 1;
    default:
        return 1;
    }
}

enum book_look book_look_of_code(struct bytes code)
{
    struct letters letters = {0};
    while (code.len > 0 && code.ptr[0] != ';') {
        size_t taken = take(code, &letters);
        taken = taken < code.len ? taken : code.len;
        code = (struct bytes){code.ptr + taken, code.len - taken};
    }
    if (letters.elapsed)
        return LOOK_ELAPSED;
    if (letters.time)
        return letters.day ? LOOK_DATE_TIME : LOOK_TIME;
    return letters.day || letters.month ? LOOK_DATE : LOOK_NUMBER;
}

enum book_look book_look_of_id(int64_t id)
{
    static const struct {
        int first, last;
        enum book_look look;
    } spans[] = {
        {14, 17, LOOK_DATE}, {18, 21, LOOK_TIME}, {22, 22, LOOK_DATE_TIME}, {27, 31, LOOK_DATE},
        {32, 35, LOOK_TIME}, {36, 36, LOOK_DATE}, {45, 45, LOOK_TIME},      {46, 46, LOOK_ELAPSED},
        {47, 47, LOOK_TIME}, {50, 54, LOOK_DATE}, {55, 56, LOOK_TIME},      {57, 58, LOOK_DATE},
    };
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        if (id >= spans[i].first && id <= spans[i].last)
            return spans[i].look;
    }
    return LOOK_NUMBER;
}
