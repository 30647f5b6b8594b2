#ifndef PINGYI_SCORING_NOTE_H
#define PINGYI_SCORING_NOTE_H

/* What is noted beside a unit's figures. Thread: any. */
enum ranking_note {
    NOTE_NONE = 0,
    NOTE_FEW,          /* 样本偏少，仅供参考 */
    NOTE_TOO_FEW,      /* 样本不足，不排名 */
    NOTE_NO_ORDERS,    /* 本期无工单 */
    NOTE_NONE_DUE,     /* 本期无到期工单 */
    NOTE_LOW_RESPONSE, /* 有效率偏低 */
};

/* The word of the CSV and JSON contracts: "", few, too_few, no_orders, none_due, low_response. */
const char *ranking_note_word(enum ranking_note note);

#endif
