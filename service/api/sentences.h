#ifndef PINGYI_SERVICE_API_SENTENCES_H
#define PINGYI_SERVICE_API_SENTENCES_H

#include "base/err.h"

/* The one table of sentences: a code's kind of failure as office staff read it, with what to do. Static, without a full
 * stop. Thread: any. */
const char *sentence_zh(enum err_code code);

#endif
