#ifndef PINGYI_TESTS_SERVICE_STORAGE_FIXTURE_H
#define PINGYI_TESTS_SERVICE_STORAGE_FIXTURE_H

#include "service/storage/imports.h"
#include "service/storage/orders.h"
#include "tests/support/temp_dir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* What tests of storage share: a store in a directory of its own, and rows to fill it with. */

struct fixture {
    char directory[TEMP_DIR_BYTES];
    char path[TEMP_DIR_BYTES + 32];
    struct store *store;
};

static inline void fixture_check(int rc, const struct err *err, const char *what)
{
    if (rc != OK)
        fail_msg("%s: %s", what, err->message);
}

/* Only for calls that take `&err` last. */
#define MUST(call) fixture_check((call), &err, #call)

static inline void fixture_init(struct fixture *fixture)
{
    struct err err = {.code = OK};
    temp_dir_make(fixture->directory);
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/pingyi.db", fixture->directory);
    struct store_options options = {.path = fixture->path, .mode = STORE_CREATE};
    MUST(store_open(&options, &fixture->store, &err));
}

static inline void fixture_deinit(struct fixture *fixture)
{
    store_close(fixture->store);
    temp_dir_remove(fixture->directory);
}

static inline void fixture_reopen(struct fixture *fixture, enum store_mode mode)
{
    struct err err = {.code = OK};
    struct store_options options = {.path = fixture->path, .mode = mode};
    store_close(fixture->store);
    fixture->store = NULL;
    MUST(store_open(&options, &fixture->store, &err));
}

static inline struct order_row sample_order(int64_t id, int64_t import_id, const char *order_no)
{
    return (struct order_row){
        .id = id,
        .order_no = bytes_from_z(order_no),
        .import_id = import_id,
        .phone_key = 1000 + id,
        .sealed = BYTES_LIT("sealed"),
    };
}

static inline struct handling_row sample_handling(int64_t order_id, int place, int64_t import_id)
{
    return (struct handling_row){
        .id = order_id * HANDLINGS_AN_ORDER + place,
        .unit_name_id = 7,
        .fact = {.received = {1714521600 + order_id, MOMENT_INSTANT},
                 .due = {1715126400, MOMENT_DAY},
                 .extension_count = EXTENSION_COUNT_NONE},
        .redo_count = -1,
        .import_id = import_id,
    };
}

static inline struct import_row sample_import(unsigned char digest)
{
    struct import_row row = {
        .file_name = BYTES_LIT("五月.csv"),
        .profile = BYTES_LIT("auto"),
        .encoding = BYTES_LIT("utf-8"),
        .delimiter = BYTES_LIT(","),
        .header_line = 1,
        .extracted_utc = 1717200000,
        .started_utc = 1717200001,
    };
    memset(row.sha256, digest, sizeof row.sha256);
    return row;
}

#endif
