#include "service/auth/audit.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "service/auth/digest.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    TEXTS_MAX_BYTES = 7 * AUDIT_TEXT_MAX_BYTES,
    LINE_MAX_BYTES = 1 << 20, /* a row that was tampered with may be long */
    NUMBER_DIGITS = 20,
    CUT_DETAILS_BYTES = 128,
};

struct audit_chain {
    struct hmac *hmac;
    struct buf texts; /* of the row that is appended; never moves */
    struct buf line;  /* what a mac is of */
};

static const char *const outcome_words[] = {
#define X(name, word) word,
    AUDIT_OUTCOMES(X)
#undef X
};

const char *audit_action_zh(struct bytes action)
{
    static const struct {
        const char *word, *zh;
    } actions[] = {
#define X(word, zh) {word, zh},
        AUDIT_ACTIONS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (bytes_equal(action, bytes_from_z(actions[i].word)))
            return actions[i].zh;
    }
    return NULL;
}

int audit_chain_new(const struct vault *vault, struct audit_chain **out, struct err *err)
{
    struct audit_chain *chain = mem_calloc(1, sizeof *chain);
    if (chain == NULL)
        return err_set(err, ERR_NOMEM, "could not make an audit chain");
    buf_init(&chain->texts, TEXTS_MAX_BYTES);
    buf_init(&chain->line, LINE_MAX_BYTES);
    int rc = vault_hmac_new(vault, "audit", &chain->hmac, err);
    if (rc == OK && buf_reserve(&chain->texts, TEXTS_MAX_BYTES) == NULL)
        rc = buf_status(&chain->texts, err);
    if (rc != OK) {
        audit_chain_free(chain);
        return rc;
    }
    *out = chain;
    return OK;
}

void audit_chain_free(struct audit_chain *chain)
{
    if (chain == NULL)
        return;
    hmac_free(chain->hmac);
    buf_deinit(&chain->texts);
    buf_deinit(&chain->line);
    mem_free(chain);
}

/* ---- texts ---- */

static bool is_plain(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < 0x20 || byte >= 0x7f)
            return false;
    }
    return true;
}

/* Control characters and those that turn the direction of a line, by which one entry could look like another. */
static bool is_unfit(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

/* `text` as it is kept: borrowed when nothing has to be done to it, else in chain->texts. */
static struct bytes tidy(struct audit_chain *chain, struct bytes text)
{
    if (text.len <= AUDIT_TEXT_MAX_BYTES && is_plain(text))
        return text;
    /* Nothing gets shorter, so that of four bytes more than the limit the last character, which may be cut, is not
     * taken. */
    if (text.len > AUDIT_TEXT_MAX_BYTES + 4)
        text.len = AUDIT_TEXT_MAX_BYTES + 4;
    buf_clear(&chain->line);
    utf8_append_repaired(&chain->line, text);
    struct bytes rest = buf_bytes(&chain->line);
    size_t start = chain->texts.len;
    size_t end = start;
    while (rest.len > 0) {
        uint32_t character = utf8_take(&rest);
        utf8_append(&chain->texts, is_unfit(character) ? 0xFFFD : character);
        if (chain->texts.len - start > AUDIT_TEXT_MAX_BYTES)
            break;
        end = chain->texts.len;
    }
    chain->texts.len = end;
    return (struct bytes){chain->texts.ptr + start, end - start};
}

static struct bytes tidy_details(struct audit_chain *chain, struct bytes details)
{
    struct bytes tidied = tidy(chain, details);
    /* Half an object is none. */
    bool is_whole =
        tidied.len == 0 || (details.len <= tidied.len && tidied.ptr[tidied.len - 1] == '}');
    return is_whole ? tidied : BYTES_LIT("{\"cut\":true}");
}

/* ---- macs ---- */

static void append_netstring(struct buf *out, struct bytes text)
{
    buf_append_integer(out, (int64_t)text.len);
    buf_append_byte(out, ':');
    buf_append(out, text);
    buf_append_byte(out, ',');
}

static void append_net_number(struct buf *out, int64_t value)
{
    char digits[NUMBER_DIGITS];
    struct buf text = {.ptr = digits, .capacity = sizeof digits, .max_bytes = sizeof digits};
    buf_append_integer(&text, value);
    append_netstring(out, buf_bytes(&text));
}

int audit_mac_of(struct audit_chain *chain, const unsigned char before[AUDIT_MAC_BYTES],
                 const struct audit_row *row, unsigned char out[AUDIT_MAC_BYTES], struct err *err)
{
    struct buf *line = &chain->line;
    buf_clear(line);
    buf_append(line, (struct bytes){(const char *)before, AUDIT_MAC_BYTES});
    append_net_number(line, row->id);
    append_net_number(line, row->at_ms);
    append_netstring(line, row->who);
    append_netstring(line, row->role);
    append_netstring(line, row->address);
    append_netstring(line, row->action);
    append_netstring(line, row->target);
    append_netstring(line, row->outcome);
    append_netstring(line, row->details);
    int rc = buf_status(line, err);
    return rc == OK ? hmac_of(chain->hmac, buf_bytes(line), out, err) : rc;
}

int audit_append(struct audit_chain *chain, struct store *store, const struct audit_entry *entry,
                 struct err *err)
{
    struct bytes action = bytes_from_z(entry->action);
    unsigned char before[AUDIT_MAC_BYTES];
    unsigned char mac[AUDIT_MAC_BYTES];
    int64_t last_id = 0;
    assert(audit_action_zh(action) != NULL);
    int rc = audit_last(store, &last_id, before, err);
    if (rc != OK)
        return rc;
    buf_clear(&chain->texts);
    struct audit_row row = {
        .id = last_id + 1,
        .at_ms = entry->actor.at_ms,
        .who = tidy(chain, entry->actor.who),
        .role = tidy(chain, entry->actor.role),
        .address = tidy(chain, entry->actor.address),
        .action = action,
        .target = tidy(chain, entry->target),
        .outcome = bytes_from_z(outcome_words[entry->outcome]),
        .details = tidy_details(chain, entry->details),
        .mac = {(const char *)mac, sizeof mac},
    };
    rc = audit_mac_of(chain, before, &row, mac, err);
    return rc == OK ? audit_put_new(store, &row, err) : rc;
}

int audit_note(const struct audit_desk *desk, struct store *store, const char *action,
               struct bytes target, const struct audit_number *numbers, size_t count,
               struct err *err)
{
    struct buf details;
    if (desk == NULL)
        return OK;
    buf_init(&details, AUDIT_TEXT_MAX_BYTES);
    for (size_t i = 0; i < count; i++)
        buf_printf(&details, "%s\"%s\":%" PRId64, i == 0 ? "{" : ",", numbers[i].name,
                   numbers[i].value);
    buf_append_z(&details, count > 0 ? "}" : "");
    const struct audit_entry entry = {
        .actor = desk->actor,
        .action = action,
        .target = target,
        .outcome = AUDIT_DONE,
        .details = buf_bytes(&details),
    };
    int rc = buf_status(&details, err);
    if (rc == OK)
        rc = audit_append(desk->chain, store, &entry, err);
    buf_deinit(&details);
    return rc;
}

/* ---- verifying ---- */

/* Told by the entry `audit.cut`, and nowhere else. */
static struct bytes cut_details(int64_t id, const unsigned char mac[AUDIT_MAC_BYTES],
                                char out[CUT_DETAILS_BYTES])
{
    char hex[SHA256_HEX_BYTES];
    sha256_hex(mac, hex);
    int len = snprintf(out, CUT_DETAILS_BYTES, "{\"last_id\":%" PRId64 ",\"mac\":\"%s\"}", id, hex);
    return (struct bytes){out, (size_t)len};
}

struct verifying {
    struct audit_chain *chain;
    int64_t anchor_id, last_id;
    unsigned char mac[AUDIT_MAC_BYTES]; /* of last_id */
    char cut_details[CUT_DETAILS_BYTES];
    bool anchor_is_told;
    bool stops_at_gap, has_stopped;
};

static int verifying_init(struct verifying *verifying, struct audit_chain *chain,
                          struct store *store, struct err *err)
{
    *verifying = (struct verifying){.chain = chain};
    int rc = audit_anchor_get(store, &verifying->anchor_id, verifying->mac, err);
    if (rc != OK)
        return rc;
    verifying->last_id = verifying->anchor_id;
    verifying->anchor_is_told = verifying->anchor_id == 0;
    (void)cut_details(verifying->anchor_id, verifying->mac, verifying->cut_details);
    return OK;
}

static int verify_row(void *context, const struct audit_row *row, struct err *err)
{
    struct verifying *verifying = context;
    unsigned char mac[AUDIT_MAC_BYTES];
    struct err ignored = {.code = OK};
    if (verifying->has_stopped)
        return OK;
    if (row->id != verifying->last_id + 1) {
        verifying->has_stopped = verifying->stops_at_gap;
        return verifying->stops_at_gap
                   ? OK
                   : err_set(err, ERR_CORRUPT, "entry %" PRId64 " of the audit log is missing",
                             verifying->last_id + 1);
    }
    int rc = audit_mac_of(verifying->chain, verifying->mac, row, mac, &ignored);
    if (rc != OK && rc != ERR_LIMIT) {
        *err = ignored;
        return rc;
    }
    if (rc != OK || !bytes_equal(row->mac, (struct bytes){(const char *)mac, sizeof mac}))
        return err_set(err, ERR_CORRUPT, "entry %" PRId64 " of the audit log does not hold",
                       row->id);
    memcpy(verifying->mac, mac, sizeof mac);
    verifying->last_id = row->id;
    if (bytes_equal(row->action, BYTES_LIT("audit.cut")) &&
        bytes_equal(row->details, bytes_from_z(verifying->cut_details)))
        verifying->anchor_is_told = true;
    return OK;
}

static void fill_head(int64_t anchor_id, int64_t last_id, const unsigned char mac[AUDIT_MAC_BYTES],
                      struct audit_head *out)
{
    out->first_id = last_id > anchor_id ? anchor_id + 1 : 0;
    out->last_id = last_id;
    sha256_hex(mac, out->mac_hex);
}

int audit_verify(struct audit_chain *chain, struct store *store, struct audit_head *out,
                 struct err *err)
{
    struct verifying verifying;
    /* From the first id there is, not from the anchor's: a row put in front of it must be seen. */
    struct audit_filter all = {.after_id = INT64_MIN, .from_ms = INT64_MIN};
    int rc = verifying_init(&verifying, chain, store, err);
    if (rc == OK)
        rc = audit_each(store, &all, verify_row, &verifying, err);
    if (rc == OK && !verifying.anchor_is_told)
        rc =
            err_set(err, ERR_CORRUPT, "no entry of the audit log tells that it was cut at %" PRId64,
                    verifying.anchor_id);
    if (rc == OK)
        fill_head(verifying.anchor_id, verifying.last_id, verifying.mac, out);
    return rc;
}

int audit_head_load(struct store *store, struct audit_head *out, struct err *err)
{
    unsigned char mac[AUDIT_MAC_BYTES];
    int64_t anchor_id = 0;
    int64_t last_id = 0;
    int rc = audit_anchor_get(store, &anchor_id, mac, err);
    if (rc == OK)
        rc = audit_last(store, &last_id, mac, err);
    if (rc == OK)
        fill_head(anchor_id, last_id, mac, out);
    return rc;
}

int audit_check_head(struct store *store, int64_t id, struct bytes mac_hex, struct err *err)
{
    unsigned char mac[AUDIT_MAC_BYTES] = {0};
    char hex[SHA256_HEX_BYTES];
    int64_t anchor_id = 0;
    if (id < 0 || mac_hex.len < AUDIT_HEAD_HEX_DIGITS || mac_hex.len >= sizeof hex)
        return err_set(err, ERR_FORMAT, "\"" BYTES_FMT "\" is not the head of an audit log",
                       BYTES_ARG(mac_hex));
    int rc = audit_anchor_get(store, &anchor_id, mac, err);
    if (rc == OK && id < anchor_id)
        return err_set(err, ERR_NOT_FOUND, "entry %" PRId64 " of the audit log was archived", id);
    if (rc == OK && id > 0)
        rc = audit_get_mac(store, id, mac, err);
    if (rc == ERR_NOT_FOUND)
        return err_set(err, ERR_CORRUPT, "entry %" PRId64 " of the audit log is missing", id);
    if (rc != OK)
        return rc;
    sha256_hex(mac, hex);
    if (!bytes_starts_with(bytes_from_z(hex), mac_hex))
        return err_set(err, ERR_CORRUPT, "entry %" PRId64 " of the audit log is another one", id);
    return OK;
}

/* ---- cutting ---- */

/* Of what is cut nothing stays to be verified later: it is done here. */
static int find_cut(struct audit_chain *chain, struct store *store, int64_t until_ms,
                    struct verifying *out, struct err *err)
{
    int rc = verifying_init(out, chain, store, err);
    struct audit_filter older = {.after_id = out->anchor_id, .to_ms = until_ms};
    out->stops_at_gap = true;
    return rc == OK ? audit_each(store, &older, verify_row, out, err) : rc;
}

int audit_check_age(int64_t until_ms, int64_t now_ms, struct err *err)
{
    const int64_t kept_ms = (int64_t)AUDIT_KEPT_DAYS * 86400 * 1000;
    if (until_ms <= 0 || until_ms > now_ms - kept_ms)
        return err_set(err, ERR_REFUSED, "entries of the audit log stay for %d days",
                       AUDIT_KEPT_DAYS);
    return OK;
}

int audit_cut(struct audit_chain *chain, struct store *store, int64_t until_ms,
              const struct audit_actor *actor, int64_t *out_cut, struct err *err)
{
    struct verifying verifying;
    char target[NUMBER_DIGITS + 2];
    char details[CUT_DETAILS_BYTES];
    int rc = audit_check_age(until_ms, actor->at_ms, err);
    if (rc == OK)
        rc = find_cut(chain, store, until_ms, &verifying, err);
    int64_t count = rc == OK ? verifying.last_id - verifying.anchor_id : 0;
    if (rc == OK && count > 0) {
        (void)snprintf(target, sizeof target, "%" PRId64, verifying.last_id);
        struct audit_entry entry = {
            .actor = *actor,
            .action = "audit.cut",
            .target = bytes_from_z(target),
            .outcome = AUDIT_DONE,
            .details = cut_details(verifying.last_id, verifying.mac, details),
        };
        rc = audit_append(chain, store, &entry, err);
        if (rc == OK)
            rc = audit_anchor_store(store, verifying.last_id,
                                    (struct bytes){(const char *)verifying.mac, AUDIT_MAC_BYTES},
                                    actor->at_ms / 1000, err);
        if (rc == OK)
            rc = audit_delete(store, verifying.last_id, err);
    }
    if (rc == OK)
        *out_cut = count;
    return rc;
}
