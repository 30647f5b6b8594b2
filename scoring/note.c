#include "scoring/note.h"

const char *ranking_note_word(enum ranking_note note)
{
    static const char *const words[] = {
        [NOTE_NONE] = "",
        [NOTE_FEW] = "few",
        [NOTE_TOO_FEW] = "too_few",
        [NOTE_NO_ORDERS] = "no_orders",
        [NOTE_NONE_DUE] = "none_due",
        [NOTE_LOW_RESPONSE] = "low_response",
    };
    return words[note];
}
