#ifndef PINGYI_SERVICE_API_CALL_H
#define PINGYI_SERVICE_API_CALL_H

#include "service/api/service.h"
#include "service/auth/accounts.h"

#include <jansson.h>

/* One request on its way through the service: parse (loop), run (writer or reader), respond (loop). It lives in the exchange's
 * arena. Handlers of api/ are written with it:
 *
 *     void users_add(struct http_exchange *exchange)
 *     {
 *         struct call *call = call_of(exchange);
 *         struct user_input *input = ...parse, or call_refuse_field(...) and return...
 *         call_write(call, add_user, NULL);
 *     }
 */
struct call {
    struct http_exchange *exchange;
    struct service *service;
    struct identity
        who; /* as the book had it; its texts are the arena's. account_id and token_id 0: nobody */
    struct audit_actor actor;
    void *input; /* the handler's */
    void *output;
    int status;        /* of the answer when all went well: 200, 201, 202 or 204 */
    struct buf answer; /* JSON; of a write it is kept with the receipt */
    bool
        has_secrets; /* the answer shows a secret once: the receipt keeps that it was given, not what */
    bool touches_accounts;       /* the book is read again before the answer */
    struct http_problem problem; /* set by `run` that refuses in its own words (status not 0) */
    int rc;
    struct err err;
    int (*run)(struct call *call, struct store *store, struct err *err);
    void (*respond)(struct call *call);
    union {
        struct action action;
        struct work work;
    } job;
};

/* Made by `admit` and kept as the exchange's state. */
struct call *call_of(struct http_exchange *exchange);

/* `run` on a reader's snapshot, in the writer's transaction, or (store NULL) in the hashing lane; then `respond` on the loop,
 * or, with NULL, the JSON in `answer`, or the problem that call_fail makes of rc. Errors of full queues are answered 503. */
void call_read(struct call *call, int (*run)(struct call *, struct store *, struct err *),
               void (*respond)(struct call *));
/* Needs the header Idempotency-Key (400 without), except for `call_write_unkeyed`: sign-in and sign-out. */
void call_write(struct call *call, int (*run)(struct call *, struct store *, struct err *),
                void (*respond)(struct call *));
void call_write_unkeyed(struct call *call, int (*run)(struct call *, struct store *, struct err *),
                        void (*respond)(struct call *));
void call_hash(struct call *call, int (*run)(struct call *, struct store *, struct err *),
               void (*respond)(struct call *));

/* What account actions need, within a write. */
struct account_office call_office(struct call *call, struct store *store);
/* An entry of the audit log, within a write. */
int call_audit(struct call *call, struct store *store, const char *action, struct bytes target,
               struct bytes details, struct err *err);

/* ---- parsing ---- */
/* The body as a JSON object with no member but `names` (ended by NULL); NULL: a problem was answered. Owned by the call. */
json_t *call_json(struct call *call, const char *const *names);
/* A member as text, in the arena: control characters refused, at most `max_bytes`. False: a problem was answered. A member
 * that may be missing is empty then. */
bool call_text(struct call *call, json_t *object, const char *name, bool is_required,
               size_t max_bytes, struct bytes *out);
bool call_integer(struct call *call, json_t *object, const char *name, bool is_required,
                  int64_t min, int64_t max, int64_t *out); /* missing: *out stays */
bool call_query_integer(struct call *call, const char *name, int64_t min, int64_t max,
                        int64_t *out);
/* 400 that says what is wrong with which field, in Chinese. */
void call_refuse_field(struct call *call, const char *field, const char *detail_zh);

/* ---- answering ---- */
void call_answer_json(struct call *call, int status, json_t *value); /* steals `value`; NULL: 500 */
int call_put_json(struct call *call, json_t *value,
                  struct err *err); /* into `answer`; steals; for `run` */
/* The one table from codes to status; logs what is ours to mend. */
void call_fail(struct call *call);
json_t *json_bytes(struct bytes text); /* a JSON string; NULL bytes: null */
json_t *json_time(int64_t utc);        /* RFC 3339 with offset in Asia/Shanghai; 0: null */

#endif
