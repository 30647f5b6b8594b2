#ifndef PINGYI_TESTS_SERVICE_API_NEWCOMER_H
#define PINGYI_TESTS_SERVICE_API_NEWCOMER_H

#include "tests/service/api/running.h"

#include <jansson.h>

/* What tests of accounts share: an account whose first password is known, and who signs in with it. */

static const char first_password[] = "kV8#mango-Tide", second_password[] = "wZ3!quiet-River";

static inline void put_newcomer(struct store *store)
{
    struct err err;
    char hash[PASSWORD_HASH_BYTES];
    MUST(password_library_init(&err));
    MUST(password_hash(bytes_from_z(first_password), hash, &err));
    struct account_row account = {
        .name = BYTES_LIT("newcomer"),
        .display_name = BYTES_LIT("新人"),
        .role = BYTES_LIT("office"),
        .password = bytes_from_z(hash),
        .must_change = true,
        .created_utc = VISITOR_NOW_UTC - VISITOR_SINCE_S,
        .created_by = BYTES_LIT("test"),
    };
    MUST(store_begin(store, &err));
    MUST(account_put_new(store, &account, &err));
    MUST(store_commit(store, &err));
}

static inline int set_up(void **state)
{
    static struct running running;
    running_init(&running, put_newcomer);
    *state = &running;
    return 0;
}

static inline int tear_down(void **state)
{
    running_deinit(*state);
    return 0;
}

/* ---- asking ---- */

/* By who is signed in, with a new key. */
static inline int ask(struct running *running, const char *line, const char *body)
{
    char headers[512];
    (void)snprintf(headers, sizeof headers,
                   "Cookie: __Host-pingyi=%s\r\nX-CSRF-Token: %s\r\nIdempotency-Key: k%d\r\n",
                   running->cookie, running->csrf, running->key++);
    return send_request(running, line, headers, body);
}

/* A text member of the answer's object. */
static inline void take_text(const struct running *running, const char *name, char *out,
                             size_t size)
{
    json_t *object = json_loadb(running->body.ptr, running->body.len, 0, NULL);
    const char *text = json_string_value(json_object_get(object, name));
    assert_non_null(text);
    (void)snprintf(out, size, "%s", text);
    json_decref(object);
}

static inline int sign_in(struct running *running, const char *body, const char *headers)
{
    static const char mark[] = "Set-Cookie: __Host-pingyi=";
    int status = send_request(running, "POST /api/v1/sessions", headers, body);
    struct bytes answer = buf_bytes(&running->answer);
    size_t at = bytes_find(answer, bytes_from_z(mark));
    if (status != 201)
        return status;
    assert_true(at < answer.len);
    struct bytes rest = {answer.ptr + at + strlen(mark), answer.len - at - strlen(mark)};
    struct bytes secret = bytes_cut(&rest, ';');
    (void)snprintf(running->cookie, sizeof running->cookie, BYTES_FMT, BYTES_ARG(secret));
    take_text(running, "csrf", running->csrf, sizeof running->csrf);
    return status;
}

static const char newcomer_body[] = "{\"name\":\"newcomer\",\"password\":\"kV8#mango-Tide\"}";

#define SERVICE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
