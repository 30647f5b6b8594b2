#ifndef PINGYI_REPORTS_WORDS_H
#define PINGYI_REPORTS_WORDS_H

#include "base/buf.h"

#include "scoring/ranking.h"

/* What the office calls the things of scoring, in Chinese. Texts are static and NUL-terminated. Thread: any. */

/* Two to ten characters for a table, e.g. 逾期未办结; 未知 for a number that is none. */
const char *judgement_name(enum judgement judgement);
/* One whole sentence that says how such a handling counts and why. */
const char *judgement_sentence(enum judgement judgement);

const char *deadline_source_name(enum deadline_source source);
const char *extension_verdict_name(enum extension_verdict verdict);
/* The notes that a table prints beside a unit; empty for NOTE_NONE. */
const char *ranking_note_name(enum ranking_note note);

/* A rate as people read it, never without its base: `12件中12件` when the base has under 100 cases, one decimal of a
 * percentage under 1,000, two from there on; `—` when the base is 0. A part short of the whole never rounds up to
 * 100%, nor a part above none down to 0%. */
void rate_text(struct buf *out, int64_t part, int64_t base);

#endif
