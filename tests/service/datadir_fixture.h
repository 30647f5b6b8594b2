#ifndef PINGYI_TESTS_SERVICE_DATADIR_FIXTURE_H
#define PINGYI_TESTS_SERVICE_DATADIR_FIXTURE_H

#include "base/civil.h"

#include "service/intake/intake.h"

#include "tests/support/file.h"
#include "tests/support/temp_dir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A data directory of a test's own, and dumps of a few lines to load into it. In a header because only tests of the
 * service know data directories. */
struct fixture {
    char dir[TEMP_DIR_BYTES];
    char data[TEMP_DIR_BYTES + 16];
    char file[TEMP_DIR_BYTES + 16];
    struct datadir datadir;
    struct profile *profile; /* auto */
    int64_t now_utc;         /* 2024-07-01T08:00:00+08:00 */
};

static inline void fixture_init(struct fixture *fixture)
{
    struct err err;
    memset(fixture, 0, sizeof *fixture);
    temp_dir_make(fixture->dir);
    (void)snprintf(fixture->data, sizeof fixture->data, "%s/data", fixture->dir);
    (void)snprintf(fixture->file, sizeof fixture->file, "%s/dump.csv", fixture->dir);
    assert_true(time_parse(BYTES_LIT("2024-07-01T08:00:00+08:00"), &fixture->now_utc));
    assert_int_equal(datadir_create(fixture->data, &err), OK);
    assert_int_equal(datadir_open(fixture->data, STORE_READWRITE, &fixture->datadir, &err), OK);
    assert_int_equal(profile_builtin(BYTES_LIT("auto"), &fixture->profile, &err), OK);
}

static inline void fixture_deinit(struct fixture *fixture)
{
    datadir_close(&fixture->datadir);
    profile_free(fixture->profile);
    temp_dir_remove(fixture->dir);
}

static inline int fixture_setup(void **state)
{
    static struct fixture fixture;
    fixture_init(&fixture);
    *state = &fixture;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    fixture_deinit(*state);
    return 0;
}

#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

/* Load `text` as a dump taken `day` days after the fixture's now; what intake_load says. */
static inline int fixture_try_load(struct fixture *fixture, const char *text, int day,
                                   bool one_thread, struct intake_result *out_result,
                                   struct err *err)
{
    struct intake_options options = {
        .profile = fixture->profile,
        .form = FORM_OPEN,
        .now_utc = fixture->now_utc,
        .extracted_utc = fixture->now_utc + (int64_t)day * SECONDS_A_DAY,
        .one_thread = one_thread,
    };
    test_file_write(fixture->file, bytes_from_z(text));
    return intake_load(&fixture->datadir, fixture->file, &options, out_result, err);
}

/* The same, which must go well. One thread or two by the day's parity: both ways must give the same. */
static inline struct intake_result fixture_load(struct fixture *fixture, const char *text, int day)
{
    struct err err = {0};
    struct intake_result result;
    if (fixture_try_load(fixture, text, day, day % 2 == 0, &result, &err) != OK)
        fail_msg("%s", err.message);
    return result;
}

#endif
