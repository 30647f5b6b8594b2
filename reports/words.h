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
/* What the denominator is called under these rules: 应办结, 已办结 or 计入统计. */
const char *on_time_base_name(const struct rules *rules);
/* A unit's band: 高于类别平均 and the like; the name of a threshold as it is; empty when not ranked. */
const char *band_name(const struct ranking_row *row, const struct rules *rules);

/* The note that a table prints beside a unit, nothing for NOTE_NONE; too few are said by number: 应办结不足20件，不排名. */
void ranking_note_text(struct buf *out, enum ranking_note note, const struct rules *rules);

/* A rate as people read it, never without its base: `12件中12件` when the base has under 100 cases, one decimal of a
 * percentage under 1,000, two from there on; `—` when the base is 0. A part short of the whole never rounds up to
 * 100%, nor a part above none down to 0%. */
void rate_text(struct buf *out, int64_t part, int64_t base);

#endif
