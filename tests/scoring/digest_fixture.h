#ifndef PINGYI_TESTS_SCORING_DIGEST_FIXTURE_H
#define PINGYI_TESTS_SCORING_DIGEST_FIXTURE_H

#include "scoring/selection.h"

#include "tests/support/plain_sha256.h"

#include <string.h>

/* A digest door on the tests' own SHA-256, which can fail and can be made so coarse that tickets tie. */
struct digest_fixture {
    struct plain_sha256 stream, prefix;
    int64_t calls;
    int64_t fails_at; /* that call fails with ERR_IO; 0: none */
    bool is_coarse;   /* only two bits of a ticket are left */
};

static inline int digest_fixture_call(struct digest_fixture *fixture, struct err *err)
{
    fixture->calls++;
    if (fixture->calls == fixture->fails_at)
        return err_set(err, ERR_IO, "the door fails");
    return OK;
}

static inline int digest_fixture_begin(void *context, struct err *err)
{
    struct digest_fixture *fixture = context;
    plain_sha256_init(&fixture->stream);
    return digest_fixture_call(fixture, err);
}

static inline int digest_fixture_feed(void *context, struct bytes text, struct err *err)
{
    struct digest_fixture *fixture = context;
    plain_sha256_feed(&fixture->stream, text);
    return digest_fixture_call(fixture, err);
}

static inline int digest_fixture_finish(void *context, unsigned char out[DIGEST_BYTES],
                                        struct err *err)
{
    struct digest_fixture *fixture = context;
    int rc = digest_fixture_call(fixture, err);
    if (rc == OK)
        plain_sha256_finish(&fixture->stream, out);
    return rc;
}

static inline int digest_fixture_set_prefix(void *context, struct bytes prefix, struct err *err)
{
    struct digest_fixture *fixture = context;
    plain_sha256_init(&fixture->prefix);
    plain_sha256_feed(&fixture->prefix, prefix);
    return digest_fixture_call(fixture, err);
}

static inline int digest_fixture_behind(void *context, struct bytes text,
                                        unsigned char out[DIGEST_BYTES], struct err *err)
{
    struct digest_fixture *fixture = context;
    struct plain_sha256 sha256 = fixture->prefix;
    int rc = digest_fixture_call(fixture, err);
    if (rc != OK)
        return rc;
    plain_sha256_feed(&sha256, text);
    plain_sha256_finish(&sha256, out);
    if (fixture->is_coarse) {
        out[0] &= 3;
        memset(out + 1, 0, DIGEST_BYTES - 1);
    }
    return OK;
}

static inline struct digest_door digest_fixture_door(struct digest_fixture *fixture)
{
    return (struct digest_door){
        .begin = digest_fixture_begin,
        .feed = digest_fixture_feed,
        .finish = digest_fixture_finish,
        .set_prefix = digest_fixture_set_prefix,
        .digest_behind = digest_fixture_behind,
        .context = fixture,
    };
}

/* The same, of a fixture that has not been used. */
static inline struct digest_door door_of(struct digest_fixture *fixture)
{
    *fixture = (struct digest_fixture){0};
    return digest_fixture_door(fixture);
}

#endif
