#ifndef PINGYI_SERVICE_API_CALL_H
#define PINGYI_SERVICE_API_CALL_H

#include "service/api/service.h"
#include "service/auth/accounts.h"

#include <jansson.h>

/* One request on its way through the service: parse (loop), run (writer or reader), respond (loop). It lives in the
 * exchange's arena, which belongs to whoever runs the call: `run` may take memory from it too. Handlers of api/ are
 * written with it:
 *
 *     void teams_put(struct http_exchange *exchange)
 *     {
 *         struct call *call = call_of(exchange);
 *         struct team_input *input = ...parse, or call_refuse_field(...) and return...
 *         call->input = input;
 *         call_write(call, put_team, NULL);
 *     }
 *
 * A call holds heap (`answer`, `json`) until it is answered: so it is answered by the functions below, or, where a
 * handler uses exchange_* itself (a file, a stream of events), after call_release. Once answered it is gone. */
struct call {
    struct http_exchange *exchange;
    struct service *service;
    int64_t now_utc;
    struct identity who; /* its texts are the arena's. account_id and token_id 0: nobody */
    struct audit_actor actor;
    void *input; /* the handler's */
    void *output;
    json_t *json;      /* what call_json read */
    int status;        /* of the answer when all went well: 200 (as made), 201, 202 or 204 */
    struct buf answer; /* JSON; of a write it is kept with the receipt */
    /* The answer shows a secret once: the receipt keeps that it was given, not what; a repeat is 409. */
    bool has_secrets;
    bool touches_accounts;    /* the book is read again before the answer */
    struct bytes moved_round; /* whose phoning it moved: told of before the answer; empty: none */
    bool
        holds_task_place; /* in the queue of tasks, until it is given back or the call is answered */
    /* Of call_write_shown: what `run` left in the answer and the receipt holds, for `show` and `respond`. */
    struct bytes reference;
    bool is_repeat; /* the write was done by an earlier call with the same key */
    /* Of a body on disk, by call_hash_body; NULL: the body is in memory, and is hashed there. */
    const unsigned char *body_sha256;
    /* Set by a `run` that refuses in its own words (status not 0), with an error, which rolls a write back, or with OK,
     * which commits it all the same (never with a key: a repeat would not hear the refusal). */
    struct http_problem problem;
    int rc; /* of the last step */
    struct err err;
    int (*run)(struct call *call, struct store *store, struct err *err);
    int (*show)(struct call *call, struct store *store, struct err *err); /* NULL: nothing is */
    void (*respond)(struct call *call);
    int run_rc; /* what `run` said; a batch may fail after it */
    struct {    /* while the audit log is told of it */
        struct http_problem problem;
        int rc;
        struct err err;
    } refusal;
    struct book_wait book_wait;
    union {
        struct action action;
        struct work work;
    } job;
};

/* Made by `admit` and kept as the exchange's state. */
struct call *call_of(struct http_exchange *exchange);

/* `run` on a reader's snapshot, in the writer's transaction, or (store NULL) in the hashing lane; then `respond` on the
 * loop when `run` said OK. With NULL the JSON in `answer` is the answer. Refusals and errors are answered here.
 * `respond` may go on with another of these. Full queues are answered 503. */
void call_read(struct call *call, int (*run)(struct call *, struct store *, struct err *),
               void (*respond)(struct call *));
/* As call_read, for what may count a city's orders (figures.h): one at a time and apart from the other reads, so that a
 * hundred who ask for the same have it counted once, and nobody else waits. */
void call_count(struct call *call, int (*run)(struct call *, struct store *, struct err *),
                void (*respond)(struct call *));
void call_hash(struct call *call, int (*run)(struct call *, struct store *, struct err *),
               void (*respond)(struct call *));
/* Needs the header Idempotency-Key (400 without): the same key again gets `status` and `answer` as they were, and
 * neither `run` nor `respond` is called; with another request, or from before the vault's key was replaced, 409. */
void call_write(struct call *call, int (*run)(struct call *, struct store *, struct err *),
                void (*respond)(struct call *));
/* As call_write, where the answer shows what no receipt may hold: a person's case. `run` leaves a reference in the
 * answer, which alone is kept; when it is committed, and for every repeat, `show` makes the answer of it on a reader's
 * snapshot, and `respond` is called for both. So a repeat shows what is so then, or `show` refuses. */
void call_write_shown(struct call *call, int (*run)(struct call *, struct store *, struct err *),
                      int (*show)(struct call *, struct store *, struct err *),
                      void (*respond)(struct call *));
/* Before a call_write of a body on disk, which may be gigabytes. */
void call_hash_body(struct call *call, void (*next)(struct call *));
/* Before a call_write that comes after steps which would judge a repeat by what the first call has changed: a repeat
 * is answered here as by call_write, else `next` goes on. */
void call_look_up(struct call *call, void (*next)(struct call *));
/* For sign-in, sign-out and what is not repeated. */
void call_write_unkeyed(struct call *call, int (*run)(struct call *, struct store *, struct err *),
                        void (*respond)(struct call *));

/* What account actions need, within a write. */
struct account_office call_office(struct call *call, struct store *store);
/* An entry of the audit log, within a write. */
int call_audit(struct call *call, struct store *store, const char *action, struct bytes target,
               struct bytes details, struct err *err);

/* … about what has a number: a case, a shift. */
int call_audit_id(struct call *call, struct store *store, const char *action, int64_t id,
                  struct bytes details, struct err *err);

/* Zeroed memory of the arena for `input`, as large as wanted; NULL: 503 was answered. */
void *call_alloc(struct call *call, size_t bytes);

/* ---- parsing (call_parse.c) ---- */
/* The body as a JSON object with no member but `names` (ended by NULL); NULL: a problem was answered. Owned by the
 * call. */
json_t *call_json(struct call *call, const char *const *names);
/* A member as text, in the arena: control characters refused, at most `max_bytes`. False: a problem was answered. A
 * member that may be missing is empty then. */
bool call_text(struct call *call, json_t *object, const char *name, bool is_required,
               size_t max_bytes, struct bytes *out);
bool call_lines(struct call *call, json_t *object, const char *name, bool is_required,
                size_t max_bytes, struct bytes *out); /* the same; it may hold line feeds */
bool call_integer(struct call *call, json_t *object, const char *name, bool is_required,
                  int64_t min, int64_t max, int64_t *out); /* missing: *out stays */
bool call_boolean(struct call *call, json_t *object, const char *name,
                  bool *out); /* missing: *out stays */
bool call_query_integer(struct call *call, const char *name, int64_t min, int64_t max,
                        int64_t *out); /* missing: *out stays */
/* A {name} of the path as a number from 1; false: 404 was answered. */
bool call_param_id(struct call *call, const char *name, int64_t *out);
/* Overwrite a secret that was read: the arena's text, and the member it was copied from. */
void call_wipe_text(struct bytes text);
void call_wipe_member(json_t *object, const char *name);
/* 400 that says what is wrong with which field, in Chinese. */
void call_refuse_field(struct call *call, const char *field, const char *detail_zh);

/* ---- answering (call_answer.c) ---- */
void call_answer_json(struct call *call, int status, json_t *value); /* steals `value`; NULL: 500 */
/* Replace `answer`; steals `value`; for `run`. */
int call_put_json(struct call *call, json_t *value, struct err *err);
/* `answer` with `status`; an empty one without a body. */
void call_answer(struct call *call);
/* Nobody may do this, or not they: the audit log is told, then `problem` (static texts) is answered. */
void call_refuse_access(struct call *call, const struct http_problem *problem);
/* With static texts, or the arena's. */
void call_answer_problem(struct call *call, const struct http_problem *problem);
/* In its own words, from `run`: `detail_zh` is static. Returns ERR_REFUSED. */
int call_refuse(struct call *call, int status, const char *code, const char *detail_zh,
                struct err *err);
/* Answer with what rc and err say: the one table from codes to status; logs what is ours to mend. */
void call_fail(struct call *call);
/* Give back what the call holds beyond the arena, before exchange_answer… is called by other ways; harmless when
 * repeated. */
void call_release(struct call *call);
void call_give_place_back(struct call *call); /* harmless when it holds none */
/* (json_value.c) */
json_t *json_bytes(struct bytes text); /* a JSON string; NULL bytes: null */
json_t *json_time(int64_t utc);        /* RFC 3339 with offset in Asia/Shanghai; 0: null */

#endif
