#ifndef PINGYI_SERVICE_AUTH_SESSION_BOOK_H
#define PINGYI_SERVICE_AUTH_SESSION_BOOK_H

#include "service/auth/role.h"
#include "service/storage/store.h"

/* Who is signed in, in memory: asked at every request. It is read from the store at the start, after each write that
 * touches accounts, sessions or tokens, and when another process has written. Thread: one owner (the loop); a new book
 * is loaded by a reader and then takes the place of the old one, from which it takes over when each session was last
 * seen. */
enum { SESSION_BOOK_MAX = 20000 }; /* sessions, of more the newest; and tokens */
struct session_book;

struct identity {
    int64_t account_id; /* 0: a token */
    int64_t session_id; /* 0: a token */
    int64_t token_id;   /* 0: a session */
    enum role role;     /* of a session */
    uint32_t access;    /* bits of role.h that it has: its role's, or its token's scopes */
    bool is_partial;    /* must first change its password or enrol its TOTP */
    const char *stage;  /* of a session: "full", "must_change", "must_enrol"; static */
    bool is_contractor; /* never sees results per unit */
    struct bytes name, display_name; /* the book's */
    struct bytes unit_code;          /* empty: all units */
    struct bytes csrf;
    int64_t idle_s;   /* its limits */
    int64_t ends_utc; /* absolute */
};

/* Loaded within a read snapshot. Sessions that have ended, and those of disabled accounts, are not in it; those that
 * have run out meanwhile are, until sweep has told of them: what the store knows of when they were seen is late. */
int session_book_load(struct store *store, int64_t now_utc, struct session_book **out,
                      struct err *err);
void session_book_free(struct session_book *book);
void session_book_take_over(struct session_book *book, const struct session_book *older);

enum session_state {
    SESSION_NONE,
    SESSION_IDLE,  /* has just expired */
    SESSION_ENDED, /* absolute limit, or the team's term */
    SESSION_VALID,
};
/* By the cookie's value, and by a bearer token's. Valid: *out, borrowed until the book is freed; with `is_attended` it
 * is seen now. IDLE and ENDED are told until sweep has told of the session. */
enum session_state session_book_find(struct session_book *book, struct bytes secret,
                                     bool is_attended, int64_t now_utc, struct identity *out);
enum session_state session_book_find_token(struct session_book *book, struct bytes secret,
                                           int64_t now_utc, struct identity *out);
/* Those that have run out since the last call, for the writer to end (idle, absolute); and those seen since, to store.
 * */
typedef void (*session_book_cb)(void *context, int64_t session_id, int64_t seen_utc,
                                const char *ended_why /* NULL: not ended */);
void session_book_sweep(struct session_book *book, int64_t now_utc, session_book_cb on_session,
                        void *context);
/* Whether a session is in force, without its being seen by that: for streams that outlast their request. Looks at every
 * session. */
bool session_book_has(const struct session_book *book, int64_t session_id, int64_t now_utc);
int64_t session_book_count(const struct session_book *book); /* in force */
int64_t session_book_size(const struct session_book *book);  /* with those that have run out */

#endif
