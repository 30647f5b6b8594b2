#include "service/commands/rotation.h"

#include "service/storage/call_records.h"
#include "service/storage/rechecks.h"
#include "service/storage/sealed.h"

#include "tests/service/storage/campaigning.h"

/* A data directory with two cases of one person, a dial, and everything else of the phoning that lies sealed. Rows are
 * put with plain bytes where they shall be sealed; seal_all then seals what the list of tables finds. */

#define NUMBER "13800138000"
#define OTHER  "07781234567"

struct city {
    char directory[TEMP_DIR_BYTES];
    char data[TEMP_DIR_BYTES + 16];
    char key[TEMP_DIR_BYTES + 32];
    struct datadir datadir;
};

static int city_set_up(void **state)
{
    static struct city city;
    struct err err = {.code = OK};
    city = (struct city){.datadir = {.path = NULL}};
    temp_dir_make(city.directory);
    (void)snprintf(city.data, sizeof city.data, "%s/data", city.directory);
    (void)snprintf(city.key, sizeof city.key, "%s/vault.key", city.data);
    MUST(datadir_create(city.data, &err));
    MUST(datadir_open(city.data, STORE_READWRITE, &city.datadir, &err));
    *state = &city;
    return 0;
}

static int city_tear_down(void **state)
{
    struct city *city = *state;
    datadir_close(&city->datadir);
    temp_dir_remove(city->directory);
    return 0;
}

static int64_t key_of(const struct city *city, struct bytes number)
{
    struct err err = {.code = OK};
    struct vault_index *index = NULL;
    int64_t key = 0;
    MUST(vault_index_new(city->datadir.vault, &index, &err));
    MUST(vault_index_of(index, number, &key, &err));
    vault_index_free(index);
    return key;
}

static void put_sealed_number(const struct city *city, int64_t case_id, int64_t no,
                              const char *number)
{
    struct err err = {.code = OK};
    struct case_number row = {.case_id = case_id,
                              .no = no,
                              .phone_key = key_of(city, bytes_from_z(number)),
                              .sealed = bytes_from_z(number)};
    MUST(case_number_put_new(city->datadir.store, &row, &err));
}

static void put_calls(const struct city *city, int64_t case_id, int64_t account_id)
{
    struct store *store = city->datadir.store;
    struct err err = {.code = OK};
    struct dial_row dial = sample_dial(case_id, 1, key_of(city, BYTES_LIT(NUMBER)), account_id);
    MUST(dial_put_new(store, &dial, &err));
    dial.ended_utc = 1060;
    dial.code = BYTES_LIT("1.1");
    dial.sealed = BYTES_LIT("备注");
    MUST(dial_put_end(store, &dial, &err));
    struct dial_row second = sample_dial(case_id, 2, key_of(city, BYTES_LIT(OTHER)), account_id);
    MUST(dial_put_new(store, &second, &err));
    struct answer_row answer = {.id = 1,
                                .case_id = case_id,
                                .dial_id = dial.id,
                                .item = BYTES_LIT("other"),
                                .sealed = BYTES_LIT("路灯不亮")};
    MUST(answer_put(store, &answer, &err));
    struct recheck_row recheck = {.campaign_id = 1,
                                  .case_id = case_id,
                                  .dial_id = dial.id,
                                  .caller_id = account_id,
                                  .reason = BYTES_LIT("first"),
                                  .state = BYTES_LIT("queued")};
    MUST(recheck_put_new(store, &recheck, &err));
    recheck.state = BYTES_LIT("done");
    recheck.sealed = BYTES_LIT("一致");
    MUST(recheck_put(store, &recheck, &err));
}

static void put_lists(const struct city *city)
{
    struct store *store = city->datadir.store;
    struct err err = {.code = OK};
    struct do_not_call_row banned = {
        .id = 1, .phone_key = key_of(city, BYTES_LIT(OTHER)), .sealed = BYTES_LIT(OTHER)};
    MUST(do_not_call_put(store, &banned, &err));
    struct call_record_file_row file = {.sha256 = BYTES_LIT("s")};
    MUST(call_record_file_put_new(store, &file, &err));
    struct call_record_row record = {.id = 1,
                                     .file_id = file.id,
                                     .phone_key = key_of(city, BYTES_LIT(NUMBER)),
                                     .sealed = BYTES_LIT(NUMBER)};
    MUST(call_record_put_new(store, &record, &err));
}

/* ---- all tables ---- */

enum { ROWS_MAX = 16 };
struct sealed_rows {
    struct sealed_row rows[ROWS_MAX];
    unsigned char bytes[ROWS_MAX][128];
    size_t count;
};

static int on_row(void *context, const struct sealed_row *row, struct err *err)
{
    struct sealed_rows *rows = context;
    (void)err;
    assert_in_range(rows->count, 0, ROWS_MAX - 1);
    assert_in_range(row->sealed.len, 1, sizeof rows->bytes[0]);
    memcpy(rows->bytes[rows->count], row->sealed.ptr, row->sealed.len);
    rows->rows[rows->count] = *row;
    rows->rows[rows->count].sealed =
        (struct bytes){(const char *)rows->bytes[rows->count], row->sealed.len};
    rows->count++;
    return OK;
}

static void collect(const struct city *city, enum sealed_table table, struct sealed_rows *out)
{
    struct err err = {.code = OK};
    const int64_t after[SEALED_KEYS] = {0};
    out->count = 0;
    MUST(sealed_each(city->datadir.store, table, after, ROWS_MAX, on_row, out, &err));
}

static void seal_all(const struct city *city)
{
    struct err err = {.code = OK};
    for (int table = 0; table < SEALED_TABLE_COUNT; table++) {
        struct sealed_rows rows;
        struct vault_sealer *sealer = NULL;
        collect(city, (enum sealed_table)table, &rows);
        MUST(vault_sealer_new(city->datadir.vault, sealed_purpose((enum sealed_table)table),
                              &sealer, &err));
        struct sealer door = vault_sealer_door(sealer);
        for (size_t i = 0; i < rows.count; i++) {
            struct buf sealed;
            buf_init(&sealed, 1024);
            MUST(door.seal(door.context, rows.rows[i].row_id, rows.rows[i].sealed, &sealed, &err));
            rows.rows[i].sealed = buf_bytes(&sealed);
            MUST(sealed_put(city->datadir.store, (enum sealed_table)table, &rows.rows[i], &err));
            buf_deinit(&sealed);
        }
        vault_sealer_free(sealer);
    }
}

/* What the tables say now, opened, each row with the purpose that it has. */
static void open_all(const struct city *city, struct listing *out)
{
    struct err err = {.code = OK};
    for (int table = 0; table < SEALED_TABLE_COUNT; table++) {
        struct sealed_rows rows;
        struct vault_sealer *sealer = NULL;
        const char *purpose = sealed_purpose((enum sealed_table)table);
        collect(city, (enum sealed_table)table, &rows);
        MUST(vault_sealer_new(city->datadir.vault, purpose, &sealer, &err));
        struct sealer door = vault_sealer_door(sealer);
        for (size_t i = 0; i < rows.count; i++) {
            struct buf plain;
            buf_init(&plain, 1024);
            assert_true(vault_record_is_current(city->datadir.vault, rows.rows[i].sealed));
            MUST(door.open(door.context, rows.rows[i].row_id, rows.rows[i].sealed, &plain, &err));
            listing_add(out, "%s " BYTES_FMT "\n", purpose, BYTES_ARG(buf_bytes(&plain)));
            if (rows.rows[i].phone_key != 0)
                assert_int_equal(rows.rows[i].phone_key, key_of(city, buf_bytes(&plain)));
            buf_deinit(&plain);
        }
        vault_sealer_free(sealer);
    }
}

/* ---- the test ---- */

static void fill(struct city *city)
{
    struct err err = {.code = OK};
    struct store *store = city->datadir.store;
    MUST(store_begin(store, &err));
    int64_t account = put_account(store, "zhang", "caller", 0);
    int64_t campaign = put_campaign(store, "2024-05");
    int64_t first = put_fresh(store, campaign, 1), second = put_fresh(store, campaign, 2);
    put_sealed_number(city, first, 1, NUMBER);
    put_sealed_number(city, first, 2, OTHER);
    put_sealed_number(city, second, 1, NUMBER);
    put_calls(city, first, account);
    put_lists(city);
    seal_all(city);
    MUST(store_commit(store, &err));
}

static void rotate(struct city *city, struct rotation_counts *out)
{
    struct err err = {.code = OK};
    datadir_close(&city->datadir);
    MUST(vault_rotate_begin(city->key, &err));
    MUST(datadir_open_rotating(city->data, &city->datadir, &err));
    MUST(rotation_run(&city->datadir, out, &err));
    datadir_close(&city->datadir);
    MUST(vault_rotate_end(city->key, &err));
    MUST(datadir_open(city->data, STORE_READWRITE, &city->datadir, &err));
}

static void rotation_run__turns_all_of_the_phoning(void **state)
{
    struct city *city = *state;
    struct err err = {.code = OK};
    struct listing before = {.len = 0}, after = {.len = 0};
    struct rotation_counts counts = {0};
    struct dial_row dial;
    int64_t old_key = key_of(city, BYTES_LIT(NUMBER)), times = 0;
    bool is_banned = false;
    fill(city);
    open_all(city, &before);
    rotate(city, &counts);
    open_all(city, &after);
    assert_string_equal(after.text, before.text);
    assert_string_equal(after.text,
                        "draw secret sealed secret\ndraw salts sealed key\n"
                        "case number " NUMBER "\ncase number " OTHER "\ncase number " NUMBER
                        "\ndial 备注\nanswer 路灯不亮\n"
                        "do not call " OTHER "\nrecheck 一致\ncall record " NUMBER "\n");
    assert_true(counts.seen == 10 && counts.sealed == 10);
    struct store *store = city->datadir.store;
    MUST(store_begin_read(store, &err));
    int64_t key = key_of(city, BYTES_LIT(NUMBER));
    assert_int_not_equal(key, old_key);
    MUST(dials_count_of_number(store, key, 200, &times, &err));
    assert_int_equal(times, 1);
    MUST(dial_get_open(store, 1, &dial, &err));
    assert_int_equal(dial.phone_key, key_of(city, BYTES_LIT(OTHER)));
    MUST(do_not_call_has(store, dial.phone_key, &is_banned, &err));
    assert_true(is_banned);
    store_rollback(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rotation_run__turns_all_of_the_phoning, city_set_up,
                                        city_tear_down),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
