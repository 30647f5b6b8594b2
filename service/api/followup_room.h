#ifndef PINGYI_SERVICE_API_FOLLOWUP_ROOM_H
#define PINGYI_SERVICE_API_FOLLOWUP_ROOM_H

#include "service/api/call.h"
#include "service/followup/casework.h"

/* What the handlers of supervisors share. Each needs an open transaction. Thread: that of the store. */

/* The contractor's team of who asks; 0: of our own people, who see all. */
int followup_team(const struct call *call, struct store *store, int64_t *out_team_id,
                  struct err *err);
/* Teams by number. */
enum { FOLLOWUP_TEAMS_MAX = 256 };
struct followup_teams {
    struct {
        int64_t id;
        struct bytes name;
        bool is_contractor;
    } of[FOLLOWUP_TEAMS_MAX];
    size_t count;
    struct arena *arena;
};
/* All, the call's arena's. */
int followup_teams_load(const struct call *call, struct store *store, struct followup_teams **out,
                        struct err *err);
/* The campaign of a round. ERR_NOT_FOUND. `out` may be NULL; the round's texts are the call's arena's. */
int followup_campaign(struct call *call, struct store *store, struct bytes round_name,
                      struct round_row *out_round, struct campaign_row *out, struct err *err);
/* A case that who asks may see: one of another team is to them as if it did not exist. ERR_NOT_FOUND. */
int followup_case(const struct call *call, struct store *store, int64_t case_id,
                  struct followup_case *out, struct err *err);
/* Parsing (loop): the member "why", 1 to 200 characters, numbers in it masked: it lies open, in the audit log too.
 * False: a problem was answered. */
bool followup_take_why(struct call *call, json_t *object, struct bytes *out);
/* … the member "number", as phone_read gives it, in the call's arena. */
bool followup_take_number(struct call *call, json_t *object, struct bytes *out);
/* In a write: who does it, and when. */
struct actor followup_actor(const struct call *call);
/* In a write, when all is done: the entry of the audit log ("case.free", its number, why), and who watches is told. */
int followup_note_case(struct call *call, struct store *store, const char *action,
                       const struct followup_case *row, struct bytes why, struct err *err);
/* {NAME: value, "why": …} as an entry's details, what is empty left out; memory is the call's arena's. */
int followup_details(struct call *call, const char *name, struct bytes value, struct bytes why,
                     struct bytes *out, struct err *err);

#endif
