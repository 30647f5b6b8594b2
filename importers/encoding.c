#include "importers/encoding.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

/* A text is called damaged rather than of another encoding while fewer than one sequence in this many is invalid. */
enum { DAMAGE_LIMIT = 1000 };
/* GB18030 is no longer looked for once so many sequences in a row were valid UTF-8: in Chinese GB18030 hardly ten
 * are. */
enum { UTF8_SURE = 4096 };
/* And UTF-8 no longer, once so many sequences were invalid and they are more than a quarter. */
enum { UTF8_HOPELESS = 4096 };

const char *encoding_word(enum encoding encoding)
{
    switch (encoding) {
    case ENCODING_UTF8:
        return "utf-8";
    case ENCODING_GB18030:
        return "gb18030";
    case ENCODING_UTF16LE:
    case ENCODING_UTF16BE:
        return "utf-16";
    case ENCODING_LATIN1:
        return "latin1";
    }
    return "";
}

static struct bytes skip(struct bytes text, size_t len)
{
    return (struct bytes){text.ptr + len, text.len - len};
}

/* Length of the invalid sequence at the start of `text`: as many bytes as begin some valid one (Unicode's maximal
 * subpart), which does not depend on where pieces are cut. */
static size_t utf8_bad_len(struct bytes text)
{
    size_t len = text.len < 3 ? text.len : 3;
    while (len > 1 && !utf8_is_cut((struct bytes){text.ptr, len}))
        len--;
    return len;
}

/* Sequences of more than one byte in valid UTF-8: the bytes whose two top bits are set. */
static int64_t count_sequences(struct bytes valid)
{
    int64_t count = 0;
    size_t at = 0;
    for (; at + 8 <= valid.len; at += 8) {
        uint64_t word = 0;
        memcpy(&word, valid.ptr + at, sizeof word);
        uint64_t leads = (word >> 7) & (word >> 6) & 0x0101010101010101u;
        count += (int64_t)((leads * 0x0101010101010101u) >> 56);
    }
    for (; at < valid.len; at++)
        count += ((unsigned char)valid.ptr[at] & 0xC0) == 0xC0;
    return count;
}

/* Count what is complete in `text`; returns the length of a cut sequence at its end. */
static size_t scan_utf8(struct encoding_scan *scan, struct bytes text)
{
    while (text.len > 0) {
        size_t valid = utf8_valid_prefix(text);
        scan->utf8_sequences += count_sequences((struct bytes){text.ptr, valid});
        text = skip(text, valid);
        if (text.len == 0 || utf8_is_cut(text))
            break;
        if (scan->utf8_invalid == 0)
            scan->utf8_valid_run = scan->utf8_sequences;
        scan->utf8_sequences++;
        scan->utf8_invalid++;
        text = skip(text, utf8_bad_len(text));
    }
    return text.len;
}

/* Length of the GB18030 sequence at the start of `text`: 0 when its end is cut off, negative: that many bytes are
 * invalid. */
static int gb_len(struct bytes text)
{
    const unsigned char *at = (const unsigned char *)text.ptr;
    if (at[0] < 0x80)
        return 1;
    if (at[0] == 0x80 || at[0] == 0xFF)
        return -1;
    if (text.len < 2)
        return 0;
    if (at[1] >= 0x40 && at[1] != 0x7F && at[1] != 0xFF)
        return 2;
    if (at[1] < 0x30 || at[1] > 0x39)
        return -1;
    if (text.len >= 3 && (at[2] < 0x81 || at[2] == 0xFF))
        return -1;
    if (text.len < 4)
        return 0;
    return at[3] >= 0x30 && at[3] <= 0x39 ? 4 : -1;
}

/* Length of the run of ASCII and two-byte sequences at the start of `text`, which nearly all of a text is; their number
 * is added to `*count`. */
static size_t gb_plain_len(struct bytes text, int64_t *count)
{
    const unsigned char *ptr = (const unsigned char *)text.ptr;
    size_t at = 0;
    while (at + 2 <= text.len) {
        if (ptr[at] < 0x80) {
            at++;
        } else if (ptr[at] > 0x80 && ptr[at] < 0xFF && ptr[at + 1] >= 0x40 && ptr[at + 1] != 0x7F &&
                   ptr[at + 1] != 0xFF) {
            at += 2;
            (*count)++;
        } else {
            break;
        }
    }
    return at;
}

static size_t scan_gb(struct encoding_scan *scan, struct bytes text)
{
    while (text.len > 0) {
        text = skip(text, gb_plain_len(text, &scan->gb_sequences));
        if (text.len == 0)
            break;
        int len = gb_len(text);
        if (len == 0)
            break;
        scan->gb_sequences += len != 1;
        scan->gb_invalid += len < 0;
        text = skip(text, (size_t)(len < 0 ? -len : len));
    }
    return text.len;
}

/* Feed `bytes` to one of the two counters, with what was left of the last piece in front. */
static void scan_with(struct encoding_scan *scan, struct bytes bytes,
                      size_t (*count)(struct encoding_scan *, struct bytes),
                      unsigned char pending[4], int *pending_len)
{
    /* The pending bytes are completed one by one, until none is left of them. */
    while (*pending_len > 0 && bytes.len > 0) {
        pending[(*pending_len)++] = (unsigned char)bytes.ptr[0];
        bytes = skip(bytes, 1);
        struct bytes joined = {(const char *)pending, (size_t)*pending_len};
        size_t left = count(scan, joined);
        memmove(pending, pending + joined.len - left, left);
        *pending_len = (int)left;
    }
    if (bytes.len == 0)
        return;
    size_t left = count(scan, bytes);
    memcpy(pending, bytes.ptr + bytes.len - left, left);
    *pending_len = (int)left;
}

void encoding_scan_init(struct encoding_scan *scan)
{
    *scan = (struct encoding_scan){0};
}

static void count_nuls(struct encoding_scan *scan, struct bytes bytes)
{
    int64_t place = scan->fed_bytes;
    while (bytes.len > 0) {
        const char *found = memchr(bytes.ptr, '\0', bytes.len);
        if (found == NULL)
            break;
        place += found - bytes.ptr;
        scan->nul_bytes[place % 2]++;
        bytes = skip(bytes, (size_t)(found - bytes.ptr) + 1);
        place++;
    }
}

void encoding_scan_feed(struct encoding_scan *scan, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len && scan->fed_bytes + (int64_t)i < (int64_t)sizeof scan->head;
         i++)
        scan->head[scan->fed_bytes + (int64_t)i] = (unsigned char)bytes.ptr[i];
    count_nuls(scan, bytes);
    scan->fed_bytes += (int64_t)bytes.len;
    bool sure = scan->utf8_invalid > 0 ? scan->utf8_valid_run >= UTF8_SURE
                                       : scan->utf8_sequences >= UTF8_SURE;
    bool hopeless =
        scan->utf8_invalid > UTF8_HOPELESS && scan->utf8_invalid > scan->utf8_sequences / 4;
    if (!hopeless)
        scan_with(scan, bytes, scan_utf8, scan->utf8_pending, &scan->utf8_pending_len);
    if (!sure)
        scan_with(scan, bytes, scan_gb, scan->gb_pending, &scan->gb_pending_len);
}

static bool begins_with(const struct encoding_scan *scan, const char *mark, size_t len)
{
    return scan->fed_bytes >= (int64_t)len && memcmp(scan->head, mark, len) == 0;
}

static bool few_invalid(int64_t invalid, int64_t sequences, int pending_len)
{
    if (pending_len > 0) {
        invalid++;
        sequences++;
    }
    return invalid == 0 || invalid * DAMAGE_LIMIT < sequences;
}

bool encoding_scan_verdict(const struct encoding_scan *scan, enum encoding *out_encoding)
{
    bool utf8 = few_invalid(scan->utf8_invalid, scan->utf8_sequences, scan->utf8_pending_len);
    bool gb = (scan->utf8_invalid > 0 ? scan->utf8_valid_run : scan->utf8_sequences) < UTF8_SURE &&
              few_invalid(scan->gb_invalid, scan->gb_sequences, scan->gb_pending_len);
    enum encoding encoding = utf8 ? ENCODING_UTF8 : ENCODING_GB18030;
    bool found = utf8 || gb;
    if (begins_with(scan, "\xEF\xBB\xBF", 3)) {
        encoding = ENCODING_UTF8;
        found = utf8;
    } else if (begins_with(scan, "\xFF\xFE", 2) || begins_with(scan, "\xFE\xFF", 2)) {
        encoding = scan->head[0] == 0xFF ? ENCODING_UTF16LE : ENCODING_UTF16BE;
        found = true;
    } else if (begins_with(scan, "\x84\x31\x95\x33", 4)) {
        encoding = ENCODING_GB18030;
        found = gb;
    }
    if (found)
        *out_encoding = encoding;
    return found;
}

/* UTF-16 has NUL in half of each ASCII character, always the same half; the other half is NUL in a few signs, as in 一.
 * Where all is valid UTF-8 there is hardly more than ASCII: fewer NULs are damage then, as is one alone. */
static bool is_bare_utf16(const struct encoding_scan *scan, enum encoding *out_encoding)
{
    bool big = scan->nul_bytes[0] > scan->nul_bytes[1];
    int64_t most = scan->nul_bytes[big ? 0 : 1];
    int64_t rest = scan->nul_bytes[big ? 1 : 0];
    *out_encoding = big ? ENCODING_UTF16BE : ENCODING_UTF16LE;
    int64_t share = scan->utf8_invalid == 0 ? 4 : 32;
    return most > 1 && most > scan->fed_bytes / share && rest * 4 <= most &&
           scan->fed_bytes % 2 == 0;
}

static bool has_bom(const struct encoding_scan *scan)
{
    return begins_with(scan, "\xEF\xBB\xBF", 3) || begins_with(scan, "\xFF\xFE", 2) ||
           begins_with(scan, "\xFE\xFF", 2) || begins_with(scan, "\x84\x31\x95\x33", 4);
}

static struct evidence why_found(const struct encoding_scan *scan, enum encoding encoding)
{
    bool gb = encoding == ENCODING_GB18030;
    int64_t of = gb ? scan->gb_sequences : scan->utf8_sequences;
    int64_t invalid = gb ? scan->gb_invalid : scan->utf8_invalid;
    if (has_bom(scan))
        return (struct evidence){.kind = EVIDENCE_BOM};
    if (invalid > 0)
        return (struct evidence){.kind = EVIDENCE_DAMAGED, .count = invalid, .of = of};
    return (struct evidence){
        .kind = of == 0 ? EVIDENCE_ASCII : EVIDENCE_VALID, .count = of, .of = of};
}

bool encoding_choose(const struct encoding_scan *scan, int given, bool last_resort,
                     enum encoding *out_encoding, struct evidence *out_why)
{
    enum encoding found = ENCODING_LATIN1;
    *out_why = (struct evidence){.kind = EVIDENCE_GIVEN};
    if (given >= 0) {
        bool big = given == ENCODING_UTF16LE && begins_with(scan, "\xFE\xFF", 2);
        *out_encoding = big ? ENCODING_UTF16BE : (enum encoding)given;
        return true;
    }
    if (!has_bom(scan) && is_bare_utf16(scan, &found))
        *out_why = (struct evidence){.kind = EVIDENCE_NULS,
                                     .count = scan->nul_bytes[0] + scan->nul_bytes[1]};
    else if (encoding_scan_verdict(scan, &found))
        *out_why = why_found(scan, found);
    else if (last_resort)
        *out_why = (struct evidence){.kind = EVIDENCE_LAST_RESORT};
    else
        return false;
    if (out_why->kind == EVIDENCE_LAST_RESORT)
        found = ENCODING_LATIN1;
    *out_encoding = found;
    return true;
}

struct decoder {
    enum encoding encoding;
    iconv_t iconv; /* not for UTF-8 */
    bool has_iconv;
    bool begun; /* the first character is out: a BOM can no longer come */
    char pending[4];
    size_t pending_len;
};

int decoder_new(enum encoding encoding, struct decoder **out_decoder, struct err *err)
{
    static const char *const names[] = {
        [ENCODING_UTF8] = "UTF-8",       [ENCODING_GB18030] = "GB18030",
        [ENCODING_UTF16LE] = "UTF-16LE", [ENCODING_UTF16BE] = "UTF-16BE",
        [ENCODING_LATIN1] = "CP1252",
    };
    struct decoder *decoder = mem_calloc(1, sizeof *decoder);
    if (decoder == NULL)
        return err_set(err, ERR_NOMEM, "could not make a decoder");
    decoder->encoding = encoding;
    if (encoding != ENCODING_UTF8) {
        decoder->iconv = iconv_open("UTF-8", names[encoding]);
        decoder->has_iconv = decoder->iconv != (iconv_t)-1;
        if (!decoder->has_iconv) {
            mem_free(decoder);
            return err_set(err, errno == ENOMEM ? ERR_NOMEM : ERR_ENCODING,
                           "cannot convert from %s", names[encoding]);
        }
    }
    *out_decoder = decoder;
    return OK;
}

void decoder_free(struct decoder *decoder)
{
    if (decoder == NULL)
        return;
    if (decoder->has_iconv)
        (void)iconv_close(decoder->iconv);
    mem_free(decoder);
}

/* Decode what is complete in `text`; returns the length of a cut sequence at its end. */
static size_t decode_utf8(struct bytes text, struct buf *out)
{
    while (text.len > 0) {
        size_t valid = utf8_valid_prefix(text);
        buf_append(out, (struct bytes){text.ptr, valid});
        text = skip(text, valid);
        if (text.len == 0 || utf8_is_cut(text))
            break;
        buf_append_byte(out, DECODER_DAMAGE);
        text = skip(text, utf8_bad_len(text));
    }
    return text.len;
}

/* Length of the sequence that iconv does not like: never beyond a byte that may be a delimiter or a line end. */
static size_t iconv_bad_len(enum encoding encoding, struct bytes text)
{
    int len = 1;
    if (encoding == ENCODING_GB18030)
        len = gb_len(text);
    else if (encoding == ENCODING_UTF16LE || encoding == ENCODING_UTF16BE)
        len = 2;
    return len > 0 && (size_t)len <= text.len ? (size_t)len : 1;
}

static size_t decode_iconv(struct decoder *decoder, struct bytes text, struct buf *out)
{
    enum { GROWTH = 3 }; /* bytes of UTF-8 for one byte of any of these encodings, at most */
    while (text.len > 0) {
        size_t room_len = size_multiply(text.len, GROWTH);
        char *room = buf_reserve(out, room_len);
        if (room == NULL)
            return 0;
        char *in = (char *)(uintptr_t)text.ptr; /* iconv only reads it */
        size_t in_left = text.len;
        char *to = room;
        size_t rc = iconv(decoder->iconv, &in, &in_left, &to, &room_len);
        out->len += (size_t)(to - room);
        text = (struct bytes){in, in_left};
        if (rc != (size_t)-1 || errno == EINVAL)
            break;
        if (errno == EILSEQ) {
            buf_append_byte(out, DECODER_DAMAGE);
            text = skip(text, iconv_bad_len(decoder->encoding, text));
        }
    }
    return text.len;
}

static size_t decode(struct decoder *decoder, struct bytes text, struct buf *out)
{
    return decoder->has_iconv ? decode_iconv(decoder, text, out) : decode_utf8(text, out);
}

/* A BOM is U+FEFF in every encoding, once decoded. Files put together by hand begin with several. */
static void drop_boms(struct decoder *decoder, struct buf *out, size_t from)
{
    struct bytes bom = BYTES_LIT("\xEF\xBB\xBF");
    while (!decoder->begun && out->len > from) {
        struct bytes first = {out->ptr + from, out->len - from};
        decoder->begun = !bytes_starts_with(first, bom);
        if (decoder->begun)
            return;
        memmove(out->ptr + from, out->ptr + from + bom.len, first.len - bom.len);
        out->len -= bom.len;
    }
}

int decoder_feed(struct decoder *decoder, struct bytes bytes, struct buf *out, struct err *err)
{
    size_t from = out->len;
    /* The pending bytes are completed one by one, until none is left of them. */
    while (decoder->pending_len > 0 && bytes.len > 0) {
        decoder->pending[decoder->pending_len++] = bytes.ptr[0];
        bytes = skip(bytes, 1);
        struct bytes joined = {decoder->pending, decoder->pending_len};
        size_t left = decode(decoder, joined, out);
        memmove(decoder->pending, decoder->pending + joined.len - left, left);
        decoder->pending_len = left;
    }
    if (bytes.len > 0) {
        size_t left = decode(decoder, bytes, out);
        if (left > 0)
            memcpy(decoder->pending, bytes.ptr + bytes.len - left, left);
        decoder->pending_len = left;
    }
    drop_boms(decoder, out, from);
    return buf_status(out, err);
}

int decoder_finish(struct decoder *decoder, struct buf *out, struct err *err)
{
    if (decoder->pending_len > 0)
        buf_append_byte(out, DECODER_DAMAGE);
    decoder->pending_len = 0;
    return buf_status(out, err);
}
