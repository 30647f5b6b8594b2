#ifndef PINGYI_SERVICE_API_DESK_H
#define PINGYI_SERVICE_API_DESK_H

#include "service/api/call.h"
#include "service/api/case_json.h"
#include "service/storage/shifts.h"

/* What the files of the caller's desk share. `run`s of reads use a reader of the pool, those of writes the service's
 * casework. */

/* Who asks, without team and languages: for whatever is done with a case that is held. */
struct caller desk_caller(const struct call *call);
/* … and the team whose cases they are given: a contractor's people are given what their team was given, all others what
 * no team was. */
int desk_load_caller(const struct call *call, struct store *store, struct caller *out,
                     struct err *err);
struct case_asker desk_asker(const struct call *call);

/* The case, which whoever asks must hold; everybody else is told 404 in `call`, as of one that does not exist. */
int desk_get_held(struct call *call, struct store *store, int64_t case_id,
                  struct followup_case *out, struct err *err);
/* Parsing (loop): a member that somebody said or noted, of several lines, at most 2000 characters; empty when it is
 * missing. False: a problem was answered. */
bool desk_take_words(struct call *call, json_t *object, const char *name, struct bytes *out);
/* Refuse in its own words, as call_refuse, but without an entry in the audit log: nobody overstepped their rights. */
int desk_refuse(struct call *call, int status, const char *code, const char *detail_zh,
                struct err *err);
/* The same with a text of the arena. */
int desk_refuse_with(struct call *call, int status, const char *code, struct bytes detail,
                     struct err *err);
/* What the engine said, `rc`: its refusals are told as desk_refuse does. */
int desk_said(struct call *call, int rc, struct err *err);

/* Make of the case the call's answer. */
int desk_show_case(struct call *call, struct store *store, const struct followup_case *row,
                   const char *turn, struct err *err);

/* Make of a number the call's answer: `open` is casework_number or rechecking_number. 409 to who is not dialling it. */
int desk_show_number(struct call *call, struct store *store,
                     int (*open)(struct casework *work, struct store *store,
                                 const struct caller *caller, int64_t id, struct buf *out,
                                 struct err *err),
                     int64_t id, struct err *err);

/* Of a look whose ERR_NOT_FOUND is no error: OK then, else `look` is passed on. */
int desk_looked(int rc, const struct err *look, struct err *err);
/* A write whose body is {}. */
void desk_write_empty(struct http_exchange *exchange,
                      int (*run)(struct call *, struct store *, struct err *));
json_t *desk_shift_to_json(const struct shift_row *shift); /* id 0: null */
/* {"lease_until"} */
int desk_answer_lease(struct call *call, int64_t until_utc, struct err *err);

/* When is called, in all campaigns that go on; one whose calendar has ended calls no more. */
enum { DESK_CAMPAIGNS_MAX = 64 };
struct desk_hours {
    bool is_open;
    int64_t until_utc; /* open: until then at least one campaign calls */
    int64_t opens_utc; /* not open: when the first does; 0: none will */
    int64_t ids[DESK_CAMPAIGNS_MAX];
    char rounds[DESK_CAMPAIGNS_MAX][FOLLOWUP_NEWS_NAME_BYTES];
    size_t count;
};

int desk_load_hours(struct casework *work, struct store *store, int64_t now_utc,
                    struct desk_hours *out, struct err *err);

#endif
