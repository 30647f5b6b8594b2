#ifndef PINGYI_IMPORTERS_ENCODING_H
#define PINGYI_IMPORTERS_ENCODING_H

#include "base/buf.h"

#include "importers/evidence.h"

/* Which encoding a file has, found over the whole of it in a first pass; and conversion to UTF-8. Thread: one owner. */

enum encoding {
    ENCODING_UTF8,
    ENCODING_GB18030,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_LATIN1 /* as the web has it: windows-1252 */
};

/* utf-8, gb18030, utf-16, utf-16, latin1. */
const char *encoding_word(enum encoding encoding);

/* First pass. Counts multibyte sequences and the invalid ones among them, by UTF-8 and (until the text is surely
 * UTF-8) by GB18030's byte structure. A value: init, feed in pieces cut anywhere, ask at the end. */
struct encoding_scan {
    int64_t fed_bytes;
    int64_t utf8_sequences, utf8_invalid;
    int64_t utf8_valid_run; /* sequences before the first invalid one */
    int64_t gb_sequences, gb_invalid;
    int64_t nul_bytes[2];  /* at even and at odd places */
    unsigned char head[8]; /* first bytes, for BOMs and magic numbers */
    unsigned char utf8_pending[4], gb_pending[4];
    int utf8_pending_len, gb_pending_len;
};
void encoding_scan_init(struct encoding_scan *scan);
void encoding_scan_feed(struct encoding_scan *scan, struct bytes bytes);

/* The verdict, DESIGN.md 7.1: BOM, else strict UTF-8, else UTF-8 with damaged rows if fewer than 1 in 1,000 multibyte
 * sequences are invalid, else GB18030 under the same limit; false: neither. */
bool encoding_scan_verdict(const struct encoding_scan *scan, enum encoding *out_encoding);

/* The encoding to read with, and why: what `given` says (enum encoding, or -1 for what the verdict is); UTF-16
 * without a mark is known by its NULs; `last_resort`: what is neither is latin1, for whoever only looks. False:
 * none. */
bool encoding_choose(const struct encoding_scan *scan, int given, bool last_resort,
                     enum encoding *out_encoding, struct evidence *out_why);

/* Conversion in pieces cut anywhere. Undecodable bytes become DECODER_DAMAGE, one a bad sequence: a byte that UTF-8
 * never holds, so that a damaged text can be told from one that really has U+FFFD. BOMs at the start are dropped. */
struct decoder;
enum { DECODER_DAMAGE = (char)0xFF };
int decoder_new(enum encoding encoding, struct decoder **out_decoder, struct err *err);
void decoder_free(struct decoder *decoder);
int decoder_feed(struct decoder *decoder, struct bytes bytes, struct buf *out, struct err *err);
int decoder_finish(struct decoder *decoder, struct buf *out, struct err *err);

#endif
