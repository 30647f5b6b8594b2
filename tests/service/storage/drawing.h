#ifndef PINGYI_TESTS_SERVICE_STORAGE_DRAWING_H
#define PINGYI_TESTS_SERVICE_STORAGE_DRAWING_H

#include "service/storage/draws.h"
#include "service/storage/frames.h"
#include "service/storage/rounds.h"

#include "tests/service/storage/faulty_vfs.h"
#include "tests/service/storage/fixture.h"

/* What tests of frames, draws, outcomes and exclusions share: rounds to hang them on, and a disk that fails. */

static inline struct store *begin(struct fixture *fixture)
{
    struct err err = {.code = OK};
    MUST(store_begin(fixture->store, &err));
    return fixture->store;
}

static inline int64_t put_round(struct store *store, const char *name)
{
    struct err err = {.code = OK};
    struct round_row row = {
        .name = bytes_from_z(name),
        .kind = BYTES_LIT("monthly"),
        .rules = BYTES_LIT("[on_time]\n"),
        .state = BYTES_LIT("frozen"),
        .from_day = 100,
        .to_day = 130,
    };
    MUST(round_put_new(store, &row, &err));
    return row.id;
}

static inline void put_frame(struct store *store, int64_t round_id, int64_t no)
{
    struct err err = {.code = OK};
    struct frame_row row = {
        .round_id = round_id,
        .no = no,
        .entries = 4,
        .listing_sha256 = BYTES_LIT("l2345678901234567890123456789012"),
        .rules_sha256 = BYTES_LIT("r2345678901234567890123456789012"),
        .secret_sha256 = BYTES_LIT("s2345678901234567890123456789012"),
        .sealed_secret = BYTES_LIT("sealed secret"),
        .frozen_utc = 1717200000,
    };
    MUST(frame_put_new(store, &row, &err));
}

static inline struct draw_row sample_draw(int64_t round_id, int64_t no)
{
    return (struct draw_row){
        .round_id = round_id,
        .no = no,
        .frame_no = 1,
        .kind = BYTES_LIT("seed"),
        .seed = BYTES_LIT("双色球2024062"),
        .sealed_salt_key = BYTES_LIT("sealed key"),
        .wanted = 4,
        .public_sha256 = BYTES_LIT("p2345678901234567890123456789012"),
        .drawn_utc = 1717300000,
        .who = BYTES_LIT("评议办"),
    };
}

/* Two units, A with sample 2 and reserve 1, B with 1 and 0; orders A1 A2 A3 B1, each its own case. */
static inline void put_draw(struct store *store, int64_t round_id, int64_t no)
{
    static const struct {
        int64_t unit, position;
        const char *order_no;
    } drawn[] = {{0, 1, "A1"}, {0, 2, "A2"}, {0, 3, "A3"}, {1, 1, "B1"}};
    struct err err = {.code = OK};
    struct draw_row draw = sample_draw(round_id, no);
    struct draw_unit_row first = {0, BYTES_LIT("A"), 9, 2, 1, 2};
    struct draw_unit_row second = {1, BYTES_LIT("B"), 1, 1, 0, 1};
    MUST(draw_put_new(store, &draw, &err));
    MUST(draw_unit_put(store, round_id, no, &second, &err));
    MUST(draw_unit_put(store, round_id, no, &first, &err));
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        struct drawn_row row = {
            .unit = drawn[i].unit,
            .position = drawn[i].position,
            .order_no = bytes_from_z(drawn[i].order_no),
            .handling_id = 64 * ((int64_t)i + 1),
            .ticket = BYTES_LIT("t2345678901234567890123456789012"),
            .case_no = (int64_t)i + 1,
        };
        MUST(drawn_put_new(store, round_id, no, &row, &err));
    }
}

/* What a walk over rows met, as text. */
struct listing {
    char text[512];
    size_t len;
    int stop_after; /* rows; 0: never */
};

__attribute__((format(printf, 2, 3))) static inline void listing_add(struct listing *listing,
                                                                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(listing->text + listing->len, sizeof listing->text - listing->len, format,
                        arguments);
    va_end(arguments);
    assert_in_range(len, 0, sizeof listing->text - listing->len - 1);
    listing->len += (size_t)len;
}

/* Run `body`, which opens and rolls back its own transaction, on a disk whose n-th request fails, for every n: it must
 * say so, or have done without, and the store must be sound and of use afterwards. */
static inline void disk_loop(struct fixture *fixture, int (*body)(void *context, struct err *err))
{
    struct faulty_vfs faulty;
    assert_int_equal(faulty_vfs_init(&faulty, "faulty"), SQLITE_OK);
    struct store_options options = {
        .path = fixture->path, .mode = STORE_READWRITE, .vfs = "faulty"};
    for (int variant = 0; variant < 4; variant++) {
        int code = (variant & 2) != 0 ? SQLITE_FULL : SQLITE_IOERR;
        bool met = true;
        for (int64_t nth = 1; met; nth++) {
            struct err err = {.code = OK};
            store_close(fixture->store);
            fixture->store = NULL;
            MUST(store_open(&options, &fixture->store, &err));
            faulty_vfs_set(&faulty, nth, (variant & 1) != 0, code);
            int rc = body(fixture, &err);
            met = faulty.met;
            faulty_vfs_set(&faulty, 0, false, 0);
            if (rc != OK && (!met || (rc != ERR_IO && rc != ERR_FULL && rc != ERR_CORRUPT)))
                fail_msg("request %d of variant %d: %d %s", (int)nth, variant, rc, err.message);
            MUST(store_check(fixture->store, &err));
            MUST(body(fixture, &err));
        }
    }
    store_close(fixture->store);
    fixture->store = NULL;
    faulty_vfs_deinit(&faulty);
}

static inline int set_up(void **state)
{
    static struct fixture fixture;
    fixture_init(&fixture);
    *state = &fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    fixture_deinit(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
