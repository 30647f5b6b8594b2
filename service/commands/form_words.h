#ifndef PINGYI_SERVICE_COMMANDS_FORM_WORDS_H
#define PINGYI_SERVICE_COMMANDS_FORM_WORDS_H

#include "base/buf.h"

#include "importers/dialect.h"
#include "importers/evidence.h"

/* A file's form in words for office staff. Thread: any. */

/* 逗号, 制表符, 逗号加空格; the characters themselves where there is no word. */
void form_words_delimiter(struct buf *out, const char *delimiter);

/* 双引号, 单引号, 无. */
const char *form_words_quote(char quote);

/* Why, as what stands in brackets behind a finding: 依据：200 条记录中 198 条有 15 列. Nothing for EVIDENCE_NONE. */
void form_words_evidence(struct buf *out, const struct evidence *why);

#endif
