#ifndef PINGYI_SERVICE_API_SENTENCES_H
#define PINGYI_SERVICE_API_SENTENCES_H

#include "base/err.h"

/* The one table of sentences: a code's kind of failure as office staff read it, with what to do. Static, without a full
 * stop. Thread: any. */
const char *sentence_zh(enum err_code code);

/* Closer than that: the sentence of this very failure, found by the fixed words of its message; NULL where there is
 * none. It says what is wrong and what to do, so that on pages the English message need not stand beside it. */
const char *sentence_zh_of(const struct err *err);

#endif
