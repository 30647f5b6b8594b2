#include "service/auth/audit.h"

#include "tests/service/auth/audit_fixture.h"
#include "tests/support/fault.h"
#include "tests/support/file.h"

#include <sqlite3.h>

enum { ROWS = 5, DAY_MS = 86400 * 1000 };

/* What another program does to the file. */
static void tamper(const struct audit_fixture *fixture, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int verify(const struct audit_fixture *fixture, struct audit_head *out, struct err *err)
{
    struct audit_head head;
    int rc = store_begin_read(fixture->store, err);
    if (rc == OK)
        rc = audit_verify(fixture->chain, fixture->store, out != NULL ? out : &head, err);
    store_rollback(fixture->store);
    return rc;
}

/* It is found, at that id, and what was there before holds. */
static void finds(struct audit_fixture *fixture, const char *sql, int64_t id)
{
    struct err err = {.code = OK};
    char named[64];
    tamper(fixture, "CREATE TABLE kept AS SELECT * FROM audit_log");
    tamper(fixture, sql);
    if (verify(fixture, NULL, &err) != ERR_CORRUPT)
        fail_msg("\"%s\" is not found", sql);
    (void)snprintf(named, sizeof named, "entry %d of", (int)id);
    if (strstr(err.message, named) == NULL)
        fail_msg("\"%s\": %s", sql, err.message);
    tamper(fixture, "DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM kept;"
                    "DROP TABLE kept;");
    MUST(verify(fixture, NULL, &err));
}

static void audit_verify__finds_every_changed_column(void **state)
{
    struct audit_fixture *fixture = *state;
    static const char *const changes[] = {
        "at_ms = at_ms + 1",
        "at_ms = -1",
        "who = 'cli:roo'",
        "role = 'cl'",
        "address = ''",
        "action = 'draw.make'",
        "target = '2024-06'",
        "outcome = 'refused'",
        "details = ''",
        "mac = zeroblob(32)",
        "mac = x'00'",
        "id = id + 100",
        /* What one text loses the next one gets: lengths keep them apart. */
        "who = 'cli:rootc', role = 'li'",
        "details = zeroblob(2000000) || ''",
    };
    audit_fixture_fill(fixture, ROWS);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        for (int id = 1; id <= ROWS; id++) {
            char sql[256];
            bool is_last = id == ROWS && strncmp(changes[i], "id =", 4) == 0;
            (void)snprintf(sql, sizeof sql, "UPDATE audit_log SET %s WHERE id = %d", changes[i],
                           id);
            finds(fixture, sql, is_last ? ROWS : id);
        }
    }
}

static void audit_verify__finds_what_is_taken_out_or_put_in(void **state)
{
    struct audit_fixture *fixture = *state;
    audit_fixture_fill(fixture, ROWS);
    finds(fixture, "DELETE FROM audit_log WHERE id = 1", 1);
    finds(fixture, "DELETE FROM audit_log WHERE id = 3", 3);
    finds(fixture,
          "DELETE FROM audit_log WHERE id = 3; UPDATE audit_log SET id = id - 1 WHERE id > 3", 3);
    finds(fixture,
          "UPDATE audit_log SET id = -2 WHERE id = 2; UPDATE audit_log SET id = 2 WHERE id = 3;"
          "UPDATE audit_log SET id = 3 WHERE id = -2",
          2);
    finds(fixture,
          "INSERT INTO audit_log SELECT 6, at_ms, who, role, address, action, target, outcome, "
          "details, mac FROM audit_log WHERE id = 5",
          6);
    finds(fixture,
          "INSERT INTO audit_log SELECT 0, at_ms, who, role, address, action, target, outcome, "
          "details, mac FROM audit_log WHERE id = 1",
          1);
}

static void audit_check_head__finds_that_the_end_is_gone(void **state)
{
    struct audit_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct audit_head head;
    audit_fixture_fill(fixture, ROWS);
    MUST(verify(fixture, &head, &err));
    struct bytes mac = bytes_from_z(head.mac_hex);
    struct bytes printed = {mac.ptr, AUDIT_HEAD_HEX_DIGITS};
    assert_true(head.first_id == 1 && head.last_id == ROWS);
    MUST(store_begin_read(fixture->store, &err));
    MUST(audit_check_head(fixture->store, ROWS, printed, &err));
    MUST(audit_check_head(fixture->store, ROWS, mac, &err));
    MUST(audit_check_head(fixture->store, 0, BYTES_LIT("0000000000000000"), &err));
    assert_int_equal(audit_check_head(fixture->store, ROWS - 1, printed, &err), ERR_CORRUPT);
    assert_int_equal(audit_check_head(fixture->store, -1, printed, &err), ERR_FORMAT);
    assert_int_equal(audit_check_head(fixture->store, ROWS, (struct bytes){mac.ptr, 15}, &err),
                     ERR_FORMAT);
    store_rollback(fixture->store);
    tamper(fixture, "DELETE FROM audit_log WHERE id = 5");
    MUST(verify(fixture, NULL, &err));
    MUST(store_begin_read(fixture->store, &err));
    assert_int_equal(audit_check_head(fixture->store, ROWS, printed, &err), ERR_CORRUPT);
    store_rollback(fixture->store);
}

static void audit_verify__needs_the_key(void **state)
{
    struct audit_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct vault *other = NULL;
    char path[TEMP_DIR_BYTES + 32];
    audit_fixture_fill(fixture, ROWS);
    (void)snprintf(path, sizeof path, "%s/other.key", fixture->directory);
    MUST(vault_create(path, &err));
    MUST(vault_open(path, &other, &err));
    audit_chain_free(fixture->chain);
    fixture->chain = NULL;
    MUST(audit_chain_new(other, &fixture->chain, &err));
    assert_int_equal(verify(fixture, NULL, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.message, "entry 1 "));
    vault_free(other);
}

static void audit_verify__holds_for_none(void **state)
{
    struct audit_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct audit_head head;
    MUST(verify(fixture, &head, &err));
    assert_true(head.first_id == 0 && head.last_id == 0);
    assert_int_equal(strspn(head.mac_hex, "0"), 64);
    MUST(store_begin_read(fixture->store, &err));
    MUST(audit_head_load(fixture->store, &head, &err));
    assert_true(head.first_id == 0 && head.last_id == 0);
    store_rollback(fixture->store);
}

/* ---- appending ---- */

struct last {
    char who[3 * AUDIT_TEXT_MAX_BYTES], details[3 * AUDIT_TEXT_MAX_BYTES];
};

static int on_last(void *context, const struct audit_row *row, struct err *err)
{
    struct last *last = context;
    (void)err;
    (void)snprintf(last->who, sizeof last->who, BYTES_FMT, BYTES_ARG(row->who));
    (void)snprintf(last->details, sizeof last->details, BYTES_FMT, BYTES_ARG(row->details));
    return OK;
}

static struct last append(struct audit_fixture *fixture, struct bytes who, struct bytes details)
{
    struct err err = {.code = OK};
    struct last last;
    struct audit_filter newest = {.newest_first = true, .limit = 1};
    struct audit_entry entry = audit_fixture_entry(AUDIT_FIXTURE_MS);
    entry.actor.who = who;
    entry.details = details;
    MUST(store_begin(fixture->store, &err));
    MUST(audit_append(fixture->chain, fixture->store, &entry, &err));
    MUST(audit_each(fixture->store, &newest, on_last, &last, &err));
    MUST(store_commit(fixture->store, &err));
    MUST(verify(fixture, NULL, &err));
    return last;
}

static void audit_append__keeps_texts_that_can_be_shown(void **state)
{
    static const struct {
        struct bytes text;
        const char *kept;
    } cases[] = {
        {{"ma.li", 5}, "ma.li"},
        {{"", 0}, ""},
        {{"督导员甲", 12}, "督导员甲"},
        {{"a\nb\x1b[31m", 8},
         "a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD[31m"},
        {{"a\0b", 3},
         "a\xEF\xBF\xBD"
         "b"},
        {{"a\x7f", 2}, "a\xEF\xBF\xBD"},
        {{"\xff\xfe", 2}, "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {{"\xc2\x85x", 3}, "\xEF\xBF\xBDx"},
        {{"x\xe2\x80\xaey", 5}, "x\xEF\xBF\xBDy"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(append(*state, cases[i].text, BYTES_NONE).who, cases[i].kept);
}

static void audit_append__cuts_between_characters(void **state)
{
    char text[4 * AUDIT_TEXT_MAX_BYTES];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'x', sizeof text);
        for (size_t at = shift; at + 3 <= sizeof text; at += 3)
            memcpy(text + at, "评", 3);
        struct last last = append(*state, (struct bytes){text, sizeof text}, BYTES_NONE);
        size_t len = strlen(last.who);
        assert_true(len <= AUDIT_TEXT_MAX_BYTES && len > AUDIT_TEXT_MAX_BYTES - 3);
        assert_memory_equal(last.who, text, len);
    }
    memset(text, '\x01', sizeof text);
    struct last last = append(*state, (struct bytes){text, sizeof text}, BYTES_NONE);
    assert_int_equal(strlen(last.who), AUDIT_TEXT_MAX_BYTES / 3 * 3);
}

static void audit_append__keeps_no_half_of_details(void **state)
{
    char text[2 * AUDIT_TEXT_MAX_BYTES];
    memset(text, 'x', sizeof text);
    memcpy(text, "{\"a\":\"", 6);
    memcpy(text + AUDIT_TEXT_MAX_BYTES - 2, "\"}", 2);
    assert_int_equal(
        strlen(append(*state, BYTES_NONE, (struct bytes){text, AUDIT_TEXT_MAX_BYTES}).details),
        AUDIT_TEXT_MAX_BYTES);
    text[AUDIT_TEXT_MAX_BYTES - 1] = ' ';
    text[AUDIT_TEXT_MAX_BYTES] = '}';
    struct last last = append(*state, BYTES_NONE, (struct bytes){text, AUDIT_TEXT_MAX_BYTES + 1});
    assert_string_equal(last.details, "{\"cut\":true}");
    text[AUDIT_TEXT_MAX_BYTES - 1] = '}';
    last = append(*state, BYTES_NONE, (struct bytes){text, AUDIT_TEXT_MAX_BYTES + 1});
    assert_string_equal(last.details, "{\"cut\":true}");
}

static void audit_note__writes_numbers(void **state)
{
    struct audit_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct last last;
    struct audit_filter newest = {.newest_first = true, .limit = 1};
    struct audit_number numbers[] = {{"rows", 12}, {"bad", -1}};
    struct audit_entry entry = audit_fixture_entry(AUDIT_FIXTURE_MS);
    struct audit_desk desk = {fixture->chain, entry.actor};
    MUST(store_begin(fixture->store, &err));
    MUST(audit_note(&desk, fixture->store, "import.load", BYTES_LIT("1"), numbers, 2, &err));
    MUST(audit_each(fixture->store, &newest, on_last, &last, &err));
    assert_string_equal(last.details, "{\"rows\":12,\"bad\":-1}");
    MUST(audit_note(&desk, fixture->store, "import.load", BYTES_LIT("1"), NULL, 0, &err));
    MUST(audit_each(fixture->store, &newest, on_last, &last, &err));
    assert_string_equal(last.details, "");
    MUST(audit_note(NULL, NULL, "import.load", BYTES_LIT("1"), NULL, 0, &err));
    store_rollback(fixture->store);
}

/* Made by Python's hmac and hashlib: HKDF-SHA-256 of the key 00 01 ... 1f with the info "audit", then HMAC-SHA-256. */
static void audit_mac_of__is_as_the_header_says(void **state)
{
    static const char known[] = "cbb0a36126ef8a4e07925e2cc913688b380942eada1aa1f51a25d97268fe41d5";
    struct audit_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct vault *vault = NULL;
    struct audit_chain *chain = NULL;
    unsigned char before[AUDIT_MAC_BYTES] = {0};
    unsigned char mac[AUDIT_MAC_BYTES];
    char hex[65];
    struct audit_row row = {
        .id = 1,
        .at_ms = AUDIT_FIXTURE_MS,
        .who = BYTES_LIT("cli:root"),
        .role = BYTES_LIT("cli"),
        .action = BYTES_LIT("round.step"),
        .target = BYTES_LIT("五月"),
        .outcome = BYTES_LIT("done"),
    };
    test_file_write(fixture->key, BYTES_LIT("pingyi-vault 1\n000102030405060708090a0b0c0d0e0f"
                                            "101112131415161718191a1b1c1d1e1f\n"));
    MUST(vault_open(fixture->key, &vault, &err));
    MUST(audit_chain_new(vault, &chain, &err));
    MUST(audit_mac_of(chain, before, &row, mac, &err));
    for (size_t i = 0; i < sizeof mac; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", mac[i]);
    assert_string_equal(hex, known);
    audit_chain_free(chain);
    vault_free(vault);
}

static void audit_action_zh__knows_the_words(void **state)
{
    (void)state;
    assert_string_equal(audit_action_zh(BYTES_LIT("draw.make")), "抽样");
    assert_null(audit_action_zh(BYTES_LIT("draw")));
    assert_null(audit_action_zh(BYTES_NONE));
}

/* ---- export ---- */

static int on_piece(void *context, struct bytes text, struct err *err)
{
    buf_append(context, text);
    return buf_status(context, err);
}

static struct bytes export_rows(struct audit_fixture *fixture, const struct audit_filter *filter,
                                struct buf *out)
{
    struct err err = {.code = OK};
    buf_clear(out);
    MUST(store_begin_read(fixture->store, &err));
    MUST(audit_export(fixture->store, filter, on_piece, out, &err));
    store_rollback(fixture->store);
    return buf_bytes(out);
}

/* Cells of a line whose texts are in quotes, unescaped in place. */
static size_t split(char *line, struct bytes cells[AUDIT_EXPORT_COLUMNS + 1])
{
    size_t count = 0;
    char *from = line;
    while (*from != '\n' && count <= AUDIT_EXPORT_COLUMNS) {
        bool quoted = *from == '"';
        char *to = from;
        struct bytes *cell = &cells[count++];
        from += quoted ? 1 : 0;
        cell->ptr = to;
        while (quoted ? *from != '"' || from[1] == '"' : *from != ',' && *from != '\n') {
            from += quoted && *from == '"' ? 1 : 0;
            *to++ = *from++;
        }
        cell->len = (size_t)(to - cell->ptr);
        from += quoted ? 1 : 0;
        from += *from == ',' ? 1 : 0;
    }
    return count;
}

static void audit_export__reads_back_and_verifies(void **state)
{
    static const char *const names[] = {"=1+1", "'", "+86", "-", "@x", "a\"b,c", "", "评议办"};
    enum { NAMES = sizeof names / sizeof *names };
    struct audit_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct audit_filter all = {.limit = 0};
    unsigned char head[AUDIT_MAC_BYTES] = {0};
    struct buf csv;
    buf_init(&csv, 1 << 20);
    for (size_t i = 0; i < NAMES; i++)
        (void)append(fixture, bytes_from_z(names[i]), BYTES_LIT("{\"a\":1}"));
    (void)export_rows(fixture, &all, &csv);
    buf_append_byte(&csv, '\0');
    assert_memory_equal(csv.ptr, AUDIT_EXPORT_HEADER "\n", sizeof AUDIT_EXPORT_HEADER);
    assert_non_null(strstr(csv.ptr, "\n1,2024-07-01T00:00:00.000Z,\"'=1+1\",\"cli\",\"10.0.0.1\","
                                    "\"round.step\",\"2024-05\",\"done\",\"{\"\"a\"\":1}\","));
    char *line = strchr(csv.ptr, '\n') + 1;
    for (size_t i = 0; i < NAMES; i++) {
        struct bytes cells[AUDIT_EXPORT_COLUMNS + 1];
        struct audit_row row;
        unsigned char mac[AUDIT_MAC_BYTES], before[AUDIT_MAC_BYTES], again[AUDIT_MAC_BYTES];
        char *next = strchr(line, '\n') + 1;
        assert_int_equal(split(line, cells), AUDIT_EXPORT_COLUMNS);
        MUST(audit_row_read(cells, &row, mac, before, &err));
        assert_true(row.id == (int64_t)i + 1 && row.at_ms == AUDIT_FIXTURE_MS);
        assert_true(bytes_equal(row.who, bytes_from_z(names[i])));
        assert_memory_equal(before, head, sizeof head);
        MUST(audit_mac_of(fixture->chain, before, &row, again, &err));
        assert_memory_equal(again, mac, sizeof mac);
        memcpy(head, mac, sizeof head);
        line = next;
    }
    assert_int_equal(*line, '\0');
    buf_deinit(&csv);
}

static void audit_row_read__refuses_what_is_no_entry(void **state)
{
    (void)state;
    struct bytes hex =
        BYTES_LIT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    struct bytes good[AUDIT_EXPORT_COLUMNS] = {BYTES_LIT("7"),
                                               BYTES_LIT("2024-07-01T00:00:00.123Z"),
                                               BYTES_NONE,
                                               BYTES_NONE,
                                               BYTES_NONE,
                                               BYTES_NONE,
                                               BYTES_NONE,
                                               BYTES_NONE,
                                               BYTES_NONE,
                                               hex,
                                               hex};
    static const struct {
        size_t column;
        const char *text;
    } bad[] = {
        {0, ""},
        {0, "x"},
        {1, ""},
        {1, "2024-07-01"},
        {1, "2024-07-01T00:00:00.1x3Z"},
        {9, "0"},
        {10, "0"},
        {9, "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
        {10, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeF"},
    };
    struct err err = {.code = OK};
    struct audit_row row;
    unsigned char mac[AUDIT_MAC_BYTES], before[AUDIT_MAC_BYTES];
    MUST(audit_row_read(good, &row, mac, before, &err));
    assert_true(row.id == 7 && row.at_ms == AUDIT_FIXTURE_MS + 123 && mac[31] == 0xef);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct bytes cells[AUDIT_EXPORT_COLUMNS];
        memcpy(cells, good, sizeof cells);
        cells[bad[i].column] = bytes_from_z(bad[i].text);
        if (audit_row_read(cells, &row, mac, before, &err) != ERR_FORMAT)
            fail_msg("takes \"%s\"", bad[i].text);
    }
}

static void audit_export__shows_a_log_that_was_tampered_with(void **state)
{
    struct audit_fixture *fixture = *state;
    struct audit_filter all = {.from_ms = INT64_MIN};
    struct buf csv;
    buf_init(&csv, 1 << 20);
    audit_fixture_fill(fixture, ROWS);
    tamper(fixture, "UPDATE audit_log SET mac = x'00', at_ms = -5 WHERE id = 2;"
                    "DELETE FROM audit_log WHERE id = 4");
    (void)export_rows(fixture, &all, &csv);
    buf_append_byte(&csv, '\0');
    assert_non_null(strstr(csv.ptr, "\n2,-5,"));
    assert_non_null(strstr(csv.ptr, "\n3,2024"));
    assert_non_null(strstr(csv.ptr, "\n5,2024"));
    buf_deinit(&csv);
}

/* ---- cutting ---- */

static int cut(struct audit_fixture *fixture, int64_t until_ms, int64_t now_ms, int64_t *out_cut,
               struct err *err)
{
    struct audit_actor actor = {
        .who = BYTES_LIT("cli:root"), .role = BYTES_LIT("cli"), .at_ms = now_ms};
    int rc = store_begin(fixture->store, err);
    if (rc == OK)
        rc = audit_cut(fixture->chain, fixture->store, until_ms, &actor, out_cut, err);
    if (rc == OK)
        rc = store_commit(fixture->store, err);
    store_rollback(fixture->store);
    return rc;
}

static void audit_cut__leaves_a_chain_that_goes_on(void **state)
{
    struct audit_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct audit_head head;
    int64_t count = -1;
    const int64_t now_ms = AUDIT_FIXTURE_MS + (int64_t)200 * DAY_MS;
    audit_fixture_fill(fixture, ROWS);
    MUST(cut(fixture, AUDIT_FIXTURE_MS, now_ms, &count, &err));
    assert_int_equal(count, 0);
    MUST(cut(fixture, AUDIT_FIXTURE_MS + 2001, now_ms, &count, &err));
    assert_int_equal(count, 3);
    MUST(verify(fixture, &head, &err));
    assert_true(head.first_id == 4 && head.last_id == ROWS + 1);
    MUST(store_begin_read(fixture->store, &err));
    assert_int_equal(audit_check_head(fixture->store, 1, BYTES_LIT("0000000000000000"), &err),
                     ERR_NOT_FOUND);
    store_rollback(fixture->store);
    finds(fixture, "DELETE FROM audit_log WHERE id = 4", 4);
    finds(fixture, "UPDATE audit_log SET who = 'x' WHERE id = 4", 4);
    MUST(cut(fixture, AUDIT_FIXTURE_MS + 3001, now_ms + 1, &count, &err));
    assert_int_equal(count, 1);
    MUST(verify(fixture, &head, &err));
    assert_true(head.first_id == 5 && head.last_id == ROWS + 2);
    MUST(cut(fixture, now_ms + 2, now_ms + (int64_t)200 * DAY_MS, &count, &err));
    assert_int_equal(count, 3);
    MUST(verify(fixture, &head, &err));
    assert_true(head.first_id == head.last_id && head.last_id == ROWS + 3);
}

static void audit_cut__refuses_what_must_stay(void **state)
{
    struct audit_fixture *fixture = *state;
    struct err err = {.code = OK};
    int64_t count = -1;
    const int64_t kept_ms = (int64_t)AUDIT_KEPT_DAYS * DAY_MS;
    audit_fixture_fill(fixture, ROWS);
    const int64_t until_ms = AUDIT_FIXTURE_MS + ROWS * 1000;
    assert_int_equal(cut(fixture, until_ms, until_ms + kept_ms - 1, &count, &err), ERR_REFUSED);
    assert_int_equal(cut(fixture, 0, until_ms + kept_ms, &count, &err), ERR_REFUSED);
    assert_int_equal(count, -1);
    tamper(fixture, "UPDATE audit_log SET details = '' WHERE id = 2");
    assert_int_equal(cut(fixture, until_ms, until_ms + kept_ms, &count, &err), ERR_CORRUPT);
    tamper(fixture, "UPDATE audit_log SET details = '{\"step\":\"freeze\"}' WHERE id = 2");
    MUST(cut(fixture, until_ms, until_ms + kept_ms, &count, &err));
    assert_int_equal(count, ROWS);
}

/* Rows deleted under an anchor that nobody told of: the mac of the last one deleted is known to whoever deletes. */
static void audit_verify__finds_a_cut_that_was_not_recorded(void **state)
{
    struct audit_fixture *fixture = *state;
    struct err err = {.code = OK};
    audit_fixture_fill(fixture, ROWS);
    tamper(fixture, "INSERT INTO audit_anchor SELECT 1, id, mac, 0 FROM audit_log WHERE id = 2;"
                    "DELETE FROM audit_log WHERE id <= 2");
    assert_int_equal(verify(fixture, NULL, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.message, "cut at 2"));
    tamper(fixture, "DELETE FROM audit_anchor");
    assert_int_equal(verify(fixture, NULL, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.message, "entry 1 "));
}

/* ---- faults ---- */

static int append_and_verify(void *context, struct err *err)
{
    struct audit_fixture *fixture = context;
    struct audit_chain *chain = NULL;
    struct audit_head head;
    struct buf csv;
    struct audit_filter all = {.limit = 0};
    struct audit_entry entry = audit_fixture_entry(AUDIT_FIXTURE_MS);
    entry.target = BYTES_LIT("评价期");
    buf_init(&csv, 1 << 20);
    int rc = audit_chain_new(fixture->vault, &chain, err);
    if (rc == OK)
        rc = store_begin(fixture->store, err);
    if (rc == OK)
        rc = audit_append(chain, fixture->store, &entry, err);
    if (rc == OK)
        rc = audit_verify(chain, fixture->store, &head, err);
    if (rc == OK)
        rc = audit_export(fixture->store, &all, on_piece, &csv, err);
    if (rc == OK)
        assert_int_equal(head.last_id, 3);
    store_rollback(fixture->store);
    buf_deinit(&csv);
    audit_chain_free(chain);
    return rc;
}

static void audit__survives_every_failed_allocation(void **state)
{
    audit_fixture_fill(*state, 2);
    fault_loop(append_and_verify, *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(audit_verify__finds_every_changed_column),
        AUDIT_TEST(audit_verify__finds_what_is_taken_out_or_put_in),
        AUDIT_TEST(audit_check_head__finds_that_the_end_is_gone),
        AUDIT_TEST(audit_verify__needs_the_key),
        AUDIT_TEST(audit_verify__holds_for_none),
        AUDIT_TEST(audit_append__keeps_texts_that_can_be_shown),
        AUDIT_TEST(audit_append__cuts_between_characters),
        AUDIT_TEST(audit_append__keeps_no_half_of_details),
        AUDIT_TEST(audit_note__writes_numbers),
        AUDIT_TEST(audit_mac_of__is_as_the_header_says),
        AUDIT_TEST(audit_action_zh__knows_the_words),
        AUDIT_TEST(audit_export__reads_back_and_verifies),
        AUDIT_TEST(audit_row_read__refuses_what_is_no_entry),
        AUDIT_TEST(audit_export__shows_a_log_that_was_tampered_with),
        AUDIT_TEST(audit_cut__leaves_a_chain_that_goes_on),
        AUDIT_TEST(audit_cut__refuses_what_must_stay),
        AUDIT_TEST(audit_verify__finds_a_cut_that_was_not_recorded),
        AUDIT_TEST(audit__survives_every_failed_allocation),
    };
    (void)vault_use_allocator();
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
