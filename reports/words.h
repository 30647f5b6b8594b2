#ifndef PINGYI_REPORTS_WORDS_H
#define PINGYI_REPORTS_WORDS_H

#include "base/buf.h"

#include "scoring/frame.h"
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

/* Why an order is not in the frame: 保密工单; 在样本框内 for FRAME_IN. */
const char *frame_reason_name(enum frame_reason reason);
/* 成功访问, 部分完成, 拒访 and the like. */
const char *outcome_group_name(enum outcome_group group);
/* Words of the schema: seed, exact, adopted; draft to scored; the keys of [exclude]. One that is none comes back as it
 * is. */
struct bytes draw_kind_name(struct bytes kind);
struct bytes round_state_name(struct bytes state);
struct bytes request_reason_name(struct bytes reason);
/* What the rules rank by: 综合得分, 按时办结率, 诉求解决率, 处理满意率. */
const char *rank_by_name(const struct rules *rules);

/* Fewer are not ranked: the rules' minima, at least 1, for nothing is no rate. */
int64_t min_orders_shown(const struct rules *rules);
int64_t min_answers_shown(const struct rules *rules);

/* Whether the row's rank rests on a sample. */
bool rank_is_sampled(const struct ranking_row *row, const struct rules *rules);

/* The note that a table prints beside a unit, nothing for NOTE_NONE. Too few orders are said by number:
 * 应办结不足20件，不排名; too few answers in words alone, for there are two items. */
void ranking_note_text(struct buf *out, const struct ranking_row *row, const struct rules *rules);

/* A rate as people read it, never without its base: `12件中12件` when the base has under 100 cases, one decimal of a
 * percentage under 1,000, two from there on; `—` when the base is 0. A part short of the whole never rounds up to
 * 100%, nor a part above none down to 0%. */
void rate_text(struct buf *out, int64_t part, int64_t base);

#endif
