#include "service/auth/session_book.h"

#include "base/alloc.h"
#include "base/arena.h"

#include "service/auth/digest.h"
#include "service/auth/office.h"

#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

/* Open addressing by the first bytes of SHA-256 of the secret, which nobody can choose without finding them: whoever
 * measures how long looking takes learns a digest at most. Sessions and tokens lie in one table each, made once and
 * never more than half full; nothing is ever taken out, for a book lives until the next write that touches accounts. */

enum { TEXTS_MAX_BYTES = 64 << 20 };

struct entry {
    unsigned char digest[SHA256_BYTES];
    struct identity identity; /* texts in the arena; both ids 0: the slot is free */
    int64_t seen_utc;         /* of a session */
    int64_t stored_utc;       /* what was last told to be stored of it */
    const char *ended_why;    /* NULL: in force */
    bool is_told;             /* that it has ended */
};

struct table {
    struct entry *slots;
    size_t mask; /* slots - 1 */
    int64_t count;
};

struct session_book {
    struct table sessions, tokens;
    struct arena texts;
};

/* ---- the table ---- */

static int table_init(struct table *table, int64_t entries, struct err *err)
{
    size_t slots = 16;
    while (slots < 2 * (size_t)entries)
        slots *= 2;
    table->slots = mem_calloc(slots, sizeof *table->slots);
    if (table->slots == NULL)
        return err_set(err, ERR_NOMEM, "could not make a table of %zu sessions", slots);
    table->mask = slots - 1;
    return OK;
}

static bool is_free(const struct entry *entry)
{
    return entry->identity.session_id == 0 && entry->identity.token_id == 0;
}

/* The entry with the digest, or the free slot where it belongs. */
static struct entry *table_find(const struct table *table, const unsigned char digest[SHA256_BYTES])
{
    uint64_t hash = 0;
    memcpy(&hash, digest, sizeof hash);
    size_t at = (size_t)hash & table->mask;
    while (!is_free(&table->slots[at]) &&
           CRYPTO_memcmp(table->slots[at].digest, digest, SHA256_BYTES) != 0)
        at = (at + 1) & table->mask;
    return &table->slots[at];
}

/* ---- loading ---- */

/* What an account's sessions share. */
struct person {
    struct identity identity;
    int64_t absolute_s;
    int64_t term_end_utc; /* of the team; INT64_MAX: none */
    bool must_stop;       /* disabled */
};

struct loading {
    struct store *store;
    struct session_book *book;
    struct person *persons; /* by account id, once sorted */
    size_t person_count, person_capacity;
    struct {
        int64_t idle_s, absolute_s;
    } limits[ROLE_COUNT];
    int64_t counted;
    int64_t now_utc;
};

static int keep_text(struct loading *loading, struct bytes text, struct bytes *out, struct err *err)
{
    if (text.len == 0) {
        *out = BYTES_NONE;
        return OK;
    }
    *out = arena_copy(&loading->book->texts, text);
    return out->ptr != NULL ? OK : err_set(err, ERR_NOMEM, "could not keep the texts of sessions");
}

static int person_room(struct loading *loading, struct err *err)
{
    if (loading->person_count < loading->person_capacity)
        return OK;
    size_t capacity = loading->person_capacity > 0 ? 2 * loading->person_capacity : 64;
    struct person *grown =
        mem_realloc(loading->persons, size_multiply(capacity, sizeof *loading->persons));
    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "could not list %zu accounts", capacity);
    loading->persons = grown;
    loading->person_capacity = capacity;
    return OK;
}

static int on_account(void *context, const struct account_row *row, struct err *err)
{
    struct loading *loading = context;
    enum role role = ROLE_COUNT;
    int rc = account_role(row, &role, err);
    if (rc == OK)
        rc = person_room(loading, err);
    if (rc != OK)
        return rc;
    struct person *person = &loading->persons[loading->person_count];
    *person = (struct person){
        .identity = {.account_id = row->id,
                     .role = role,
                     .access = ACCESS_OF(role),
                     .is_contractor = bytes_equal(row->team_kind, BYTES_LIT("contractor")),
                     .idle_s = loading->limits[role].idle_s},
        .absolute_s = loading->limits[role].absolute_s,
        .term_end_utc = row->team_has_until ? office_day_end(row->team_until_day) : INT64_MAX,
        .must_stop = row->is_disabled,
    };
    rc = keep_text(loading, row->name, &person->identity.name, err);
    if (rc == OK)
        rc = keep_text(loading, row->display_name, &person->identity.display_name, err);
    if (rc == OK)
        rc = keep_text(loading, row->unit_code, &person->identity.unit_code, err);
    if (rc == OK)
        loading->person_count++;
    return rc;
}

static int by_account(const void *a, const void *b)
{
    int64_t one = ((const struct person *)a)->identity.account_id;
    int64_t other = ((const struct person *)b)->identity.account_id;
    return (one > other) - (one < other);
}

static int load_persons(struct loading *loading, struct err *err)
{
    int rc = OK;
    for (int i = 0; i < ROLE_COUNT && rc == OK; i++)
        rc = role_limits_load(loading->store, (enum role)i, &loading->limits[i].idle_s,
                              &loading->limits[i].absolute_s, err);
    if (rc == OK)
        rc = accounts_each(loading->store, BYTES_NONE, 0, on_account, loading, err);
    if (rc == OK && loading->person_count > 0)
        qsort(loading->persons, loading->person_count, sizeof *loading->persons, by_account);
    return rc;
}

static int put(struct table *table, struct bytes digest, const struct entry *entry, struct err *err)
{
    if (digest.len != SHA256_BYTES)
        return err_set(err, ERR_CORRUPT, "a secret has a digest of %zu bytes", digest.len);
    struct entry *slot = table_find(table, (const unsigned char *)digest.ptr);
    *slot = *entry;
    memcpy(slot->digest, digest.ptr, SHA256_BYTES);
    table->count++;
    return OK;
}

static const char *static_stage(struct bytes stage)
{
    static const char *const stages[] = {"full", "must_change", "must_enrol"};
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        if (bytes_equal(stage, bytes_from_z(stages[i])))
            return stages[i];
    }
    return "must_change"; /* unknown: the least */
}

static int on_session(void *context, const struct session_row *row, struct err *err)
{
    struct loading *loading = context;
    struct person key = {.identity = {.account_id = row->account_id}};
    const struct person *person = NULL;
    if (loading->person_count > 0)
        person = bsearch(&key, loading->persons, loading->person_count, sizeof key, by_account);
    if (person == NULL || person->must_stop || loading->book->sessions.count == SESSION_BOOK_MAX)
        return OK;
    int64_t ends_utc = row->created_utc + person->absolute_s;
    struct entry entry = {.identity = person->identity, .seen_utc = row->seen_utc};
    entry.stored_utc = row->seen_utc;
    entry.identity.session_id = row->id;
    entry.identity.stage = static_stage(row->stage);
    entry.identity.is_partial = strcmp(entry.identity.stage, "full") != 0;
    entry.identity.ends_utc = ends_utc < person->term_end_utc ? ends_utc : person->term_end_utc;
    int rc = keep_text(loading, row->csrf, &entry.identity.csrf, err);
    return rc == OK ? put(&loading->book->sessions, row->secret_sha256, &entry, err) : rc;
}

static int on_token(void *context, const struct token_row *row, struct err *err)
{
    struct loading *loading = context;
    struct bytes rest = row->scopes;
    if (row->revoked_utc != 0 || row->expires_utc <= loading->now_utc ||
        loading->book->tokens.count == SESSION_BOOK_MAX)
        return OK;
    struct entry entry = {
        .identity = {.token_id = row->id,
                     .role = ROLE_COUNT,
                     .stage = "full",
                     .ends_utc = row->expires_utc},
    };
    while (rest.ptr != NULL)
        entry.identity.access |= access_of_scope(bytes_cut(&rest, ' '));
    int rc = keep_text(loading, row->name, &entry.identity.name, err);
    entry.identity.display_name = entry.identity.name;
    return rc == OK ? put(&loading->book->tokens, row->secret_sha256, &entry, err) : rc;
}

static int count_session(void *context, const struct session_row *row, struct err *err)
{
    (void)row;
    (void)err;
    ++*(int64_t *)context;
    return OK;
}

static int count_token(void *context, const struct token_row *row, struct err *err)
{
    (void)row;
    (void)err;
    ++*(int64_t *)context;
    return OK;
}

static int load_tables(struct loading *loading, struct err *err)
{
    int64_t sessions = 0, tokens = 0;
    int rc = sessions_each(loading->store, 0, count_session, &sessions, err);
    if (rc == OK)
        rc = tokens_each(loading->store, count_token, &tokens, err);
    if (rc == OK)
        rc = table_init(&loading->book->sessions,
                        sessions < SESSION_BOOK_MAX ? sessions : SESSION_BOOK_MAX, err);
    if (rc == OK)
        rc = table_init(&loading->book->tokens,
                        tokens < SESSION_BOOK_MAX ? tokens : SESSION_BOOK_MAX, err);
    if (rc == OK)
        rc = sessions_each(loading->store, 0, on_session, loading, err);
    return rc == OK ? tokens_each(loading->store, on_token, loading, err) : rc;
}

int session_book_load(struct store *store, int64_t now_utc, struct session_book **out,
                      struct err *err)
{
    struct session_book *book = mem_calloc(1, sizeof *book);
    if (book == NULL)
        return err_set(err, ERR_NOMEM, "could not make a book of sessions");
    struct loading loading = {.store = store, .book = book, .now_utc = now_utc};
    arena_init(&book->texts, TEXTS_MAX_BYTES);
    int rc = load_persons(&loading, err);
    if (rc == OK)
        rc = load_tables(&loading, err);
    mem_free(loading.persons);
    if (rc != OK) {
        session_book_free(book);
        return rc;
    }
    *out = book;
    return OK;
}

void session_book_free(struct session_book *book)
{
    if (book == NULL)
        return;
    mem_free(book->sessions.slots);
    mem_free(book->tokens.slots);
    arena_deinit(&book->texts);
    mem_free(book);
}

void session_book_take_over(struct session_book *book, const struct session_book *older)
{
    for (size_t i = 0; i <= older->sessions.mask; i++) {
        const struct entry *former = &older->sessions.slots[i];
        struct entry *entry = NULL;
        if (!is_free(former))
            entry = table_find(&book->sessions, former->digest);
        if (entry == NULL || is_free(entry))
            continue;
        if (former->seen_utc > entry->seen_utc)
            entry->seen_utc = former->seen_utc;
        if (former->stored_utc > entry->stored_utc)
            entry->stored_utc = former->stored_utc;
        /* The writer may not have ended it yet when the book was read. */
        entry->ended_why = former->ended_why;
        entry->is_told = former->is_told;
    }
}

/* ---- asking ---- */

static enum session_state expire(struct entry *entry, int64_t now_utc)
{
    if (entry->is_told)
        return SESSION_NONE;
    if (entry->ended_why == NULL && now_utc > entry->identity.ends_utc)
        entry->ended_why = "absolute";
    if (entry->ended_why == NULL && now_utc - entry->seen_utc > entry->identity.idle_s)
        entry->ended_why = "idle";
    if (entry->ended_why == NULL)
        return SESSION_VALID;
    return strcmp(entry->ended_why, "idle") == 0 ? SESSION_IDLE : SESSION_ENDED;
}

/* NULL: there is none. */
static struct entry *find(const struct table *table, struct bytes secret)
{
    unsigned char digest[SHA256_BYTES];
    struct err err = {.code = OK};
    if (secret.len != SHA256_HEX_BYTES - 1 || sha256_of(secret, digest, &err) != OK)
        return NULL;
    struct entry *entry = table_find(table, digest);
    return is_free(entry) ? NULL : entry;
}

enum session_state session_book_find(struct session_book *book, struct bytes secret,
                                     bool is_attended, int64_t now_utc, struct identity *out)
{
    struct entry *entry = find(&book->sessions, secret);
    enum session_state state = entry != NULL ? expire(entry, now_utc) : SESSION_NONE;
    if (state == SESSION_VALID) {
        if (is_attended && now_utc > entry->seen_utc)
            entry->seen_utc = now_utc;
        *out = entry->identity;
    }
    return state;
}

enum session_state session_book_find_token(struct session_book *book, struct bytes secret,
                                           int64_t now_utc, struct identity *out)
{
    const struct entry *entry = find(&book->tokens, secret);
    if (entry == NULL)
        return SESSION_NONE;
    if (now_utc >= entry->identity.ends_utc)
        return SESSION_ENDED;
    *out = entry->identity;
    return SESSION_VALID;
}

void session_book_sweep(struct session_book *book, int64_t now_utc, session_book_cb on_session_seen,
                        void *context)
{
    for (size_t i = 0; i <= book->sessions.mask; i++) {
        struct entry *entry = &book->sessions.slots[i];
        if (is_free(entry) || entry->is_told)
            continue;
        entry->is_told = expire(entry, now_utc) != SESSION_VALID;
        if (entry->is_told || entry->seen_utc > entry->stored_utc)
            on_session_seen(context, entry->identity.session_id, entry->seen_utc, entry->ended_why);
        entry->stored_utc = entry->seen_utc;
    }
}

int64_t session_book_count(const struct session_book *book)
{
    int64_t count = 0;
    for (size_t i = 0; i <= book->sessions.mask; i++) {
        const struct entry *entry = &book->sessions.slots[i];
        count += !is_free(entry) && entry->ended_why == NULL;
    }
    return count;
}

int64_t session_book_size(const struct session_book *book)
{
    return book->sessions.count;
}

bool session_book_has(const struct session_book *book, int64_t session_id, int64_t now_utc)
{
    const struct table *table = &book->sessions;
    for (size_t i = 0; session_id != 0 && i <= table->mask; i++) {
        const struct entry *entry = &table->slots[i];
        if (entry->identity.session_id == session_id)
            return entry->ended_why == NULL && now_utc < entry->identity.ends_utc;
    }
    return false;
}
