#ifndef PINGYI_BASE_ERR_H
#define PINGYI_BASE_ERR_H

/* Errors as values. Thread: any.
 *
 * A function that can fail returns OK or a negative code, and describes the failure in its last parameter, which is
 * never NULL. `*err` and all outputs are untouched on success. Messages are for the log and for developers: lower
 * case, no period, naming the kind and the value of the thing. What office staff read is worded at the edge, from the
 * code and the values. */

#define ERR_CODES(X)                                                                               \
    X(ERR_NOMEM, -1, "out of memory")                                                              \
    X(ERR_IO, -2, "input or output failed")                                                        \
    X(ERR_FULL, -3, "disk is full")                                                                \
    X(ERR_FORMAT, -4, "malformed input")                                                           \
    X(ERR_ENCODING, -5, "undecodable text")                                                        \
    X(ERR_LIMIT, -6, "a limit was exceeded")                                                       \
    X(ERR_RULES, -7, "rules make no sense")                                                        \
    X(ERR_PROFILE, -8, "profile makes no sense")                                                   \
    X(ERR_NO_CALENDAR, -9, "the calendar does not reach that year")                                \
    X(ERR_USAGE, -10, "wrong usage")                                                               \
    X(ERR_NOT_FOUND, -11, "not found")                                                             \
    X(ERR_EXISTS, -12, "exists already")                                                           \
    X(ERR_WRONG_STATE, -13, "not in the state this needs")                                         \
    X(ERR_BUSY, -14, "busy")                                                                       \
    X(ERR_CORRUPT, -15, "stored data is damaged")                                                  \
    X(ERR_PERMISSION, -16, "permission is missing or too wide")                                    \
    X(ERR_VERSION, -17, "made by a newer version")                                                 \
    X(ERR_CANCELED, -18, "canceled")                                                               \
    X(ERR_REFUSED, -19, "refused")                                                                 \
    X(ERR_CONFLICT, -20, "the key was used for something else")

enum err_code {
    OK = 0,
#define X(name, number, text) name = (number),
    ERR_CODES(X)
#undef X
};

struct err {
    enum err_code code;
    char message[512]; /* NUL-terminated UTF-8, cut at a character when too long */
};

/* Describe a failure; returns `code`, so that `return err_set(err, ERR_X, "...")` reads well. */
__attribute__((format(printf, 3, 4))) int err_set(struct err *err, enum err_code code,
                                                  const char *format, ...);

/* Put context before the message that is there: "outer: inner". Returns the code that is there. */
__attribute__((format(printf, 2, 3))) int err_wrap(struct err *err, const char *format, ...);

/* The English name of a code's kind of failure, static. "no error" for OK. */
const char *err_text(int code);

#endif
