#include "service/intake/intake.h"

#include "service/intake/texts.h"
#include "service/storage/orders.h"
#include "service/storage/units.h"

#include "tests/importers/book_fixture.h"
#include "tests/service/datadir_fixture.h"

#include <glob.h>

/* The same dumps loaded by a reader and a writer in two threads, and in turn in one, leave the same behind. Two data
 * directories with the same key are compared row by row, as text; what is sealed is opened, for its nonce is chance. */

enum { MAX_BYTES = 64 << 20 };

struct pair {
    struct fixture sides[2]; /* two threads, one thread */
    int loads;
};

/* ---- What a store holds, as text ---- */

struct teller {
    struct store *store;
    struct sealer orders, rejects;
    struct buf *out;
};

static void tell_sealed(const struct teller *teller, const struct sealer *sealer, int64_t id,
                        struct bytes sealed)
{
    struct err err = {0};
    struct buf copy;
    buf_init(&copy, MAX_BYTES);
    buf_append(&copy, sealed);
    assert_int_equal(sealer->open(sealer->context, id, buf_bytes(&copy), teller->out, &err), OK);
    buf_append_byte(teller->out, '\n');
    buf_deinit(&copy);
}

static void tell_term(const struct teller *teller, const char *name, int64_t id)
{
    struct err err = {0};
    struct bytes text = BYTES_NONE;
    if (id == 0)
        return;
    assert_int_equal(term_get(teller->store, id, &text, &err), OK);
    buf_printf(teller->out, " %s %d=" BYTES_FMT, name, (int)id, BYTES_ARG(text));
}

static void tell_handling(const struct teller *teller, const struct handling_row *row)
{
    const struct fact *fact = &row->fact;
    const struct moment moments[] = {
        fact->received,  fact->dispatched,      fact->accepted,
        fact->due,       fact->extension_asked, fact->extended_due,
        fact->submitted, fact->closed,          row->first_closed,
    };
    buf_printf(teller->out, "  handling %lld of %lld by %lld:", (long long)row->id,
               (long long)row->import_id, (long long)row->unit_name_id);
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        buf_printf(teller->out, " %d:%lld", (int)moments[i].kind,
                   moments[i].kind == MOMENT_NONE ? 0 : (long long)moments[i].seconds);
    buf_printf(teller->out, " %d %u %d %d %d %d %d %d", (int)fact->extension_count, fact->marks,
               (int)fact->kind, (int)fact->status, (int)fact->part, (int)fact->flag,
               (int)row->redo_count, (int)row->role);
    tell_term(teller, "urgency", row->urgency_id);
    tell_term(teller, "status", row->status_id);
    tell_term(teller, "hotline resolved", row->hotline_resolved_id);
    tell_term(teller, "hotline satisfaction", row->hotline_satisfaction_id);
    tell_term(teller, "unit resolved", row->unit_resolved_id);
    buf_append_byte(teller->out, '\n');
}

static void tell_order(const struct teller *teller, const struct order_row *row)
{
    buf_printf(teller->out,
               "order %lld " BYTES_FMT " of %lld, repeat of '" BYTES_FMT "', key %lld ",
               (long long)row->id, BYTES_ARG(row->order_no), (long long)row->import_id,
               BYTES_ARG(row->repeat_of), (long long)row->phone_key);
    struct order_row copy = *row;
    tell_sealed(teller, &teller->orders, row->id, row->sealed);
    tell_term(teller, "category", copy.category_id);
    tell_term(teller, "region", copy.region_id);
    tell_term(teller, "channel", copy.channel_id);
    buf_append_byte(teller->out, '\n');
}

static int on_order_version(void *context, int64_t changed_by, const struct order_row *row,
                            struct err *err)
{
    const struct teller *teller = context;
    buf_printf(teller->out, "  before %lld changed it: category %lld, region %lld, ",
               (long long)changed_by, (long long)row->category_id, (long long)row->region_id);
    tell_sealed(teller, &teller->orders, row->id, row->sealed);
    return buf_status(teller->out, err);
}

static int on_handling_version(void *context, int64_t changed_by, const struct handling_row *row,
                               struct err *err)
{
    const struct teller *teller = context;
    buf_printf(teller->out, "  before %lld changed it:", (long long)changed_by);
    tell_handling(teller, row);
    return buf_status(teller->out, err);
}

static void tell_orders(struct teller *teller)
{
    struct err err = {0};
    struct order_row order;
    struct handling_row rows[HANDLINGS_AN_ORDER];
    int64_t end_id = 0;
    assert_int_equal(facts_end_id(teller->store, &end_id, &err), OK);
    for (int64_t id = 1; id * HANDLINGS_AN_ORDER < end_id; id++) {
        int count = 0;
        if (order_get_by_id(teller->store, id, &order, &err) != OK)
            continue;
        tell_order(teller, &order);
        assert_int_equal(order_versions_each(teller->store, id, on_order_version, teller, &err),
                         OK);
        assert_int_equal(handlings_get(teller->store, id, rows, &count, &err), OK);
        for (int i = 0; i < count; i++) {
            tell_handling(teller, &rows[i]);
            assert_int_equal(handling_versions_each(teller->store, rows[i].id, on_handling_version,
                                                    teller, &err),
                             OK);
        }
    }
}

static int on_reject(void *context, int64_t reject_id, int64_t line, struct bytes reason,
                     struct bytes header, struct bytes sealed, struct err *err)
{
    const struct teller *teller = context;
    buf_printf(teller->out, "reject %lld line %lld " BYTES_FMT " (" BYTES_FMT ") ",
               (long long)reject_id, (long long)line, BYTES_ARG(reason), BYTES_ARG(header));
    tell_sealed(teller, &teller->rejects, reject_id, sealed);
    return buf_status(teller->out, err);
}

static int on_flags(void *context, int64_t line, int64_t handling_id, uint32_t flags,
                    struct err *err)
{
    const struct teller *teller = context;
    buf_printf(teller->out, "flags line %lld handling %lld %u\n", (long long)line,
               (long long)handling_id, flags);
    return buf_status(teller->out, err);
}

static int on_unmatched(void *context, struct bytes name, int64_t records, struct err *err)
{
    const struct teller *teller = context;
    buf_printf(teller->out, "unmatched " BYTES_FMT " %lld\n", BYTES_ARG(name), (long long)records);
    return buf_status(teller->out, err);
}

static int on_import(void *context, const struct import_row *row, struct err *err)
{
    const struct teller *teller = context;
    const struct import_counts *n = &row->counts;
    buf_printf(teller->out,
               "import %lld " BYTES_FMT " " BYTES_FMT " " BYTES_FMT " '" BYTES_FMT
               "' header %lld orders %lld-%lld",
               (long long)row->id, BYTES_ARG(row->state), BYTES_ARG(row->profile),
               BYTES_ARG(row->encoding), BYTES_ARG(row->delimiter), (long long)row->header_line,
               (long long)row->first_order_id, (long long)row->end_order_id);
    buf_printf(teller->out, " rows %lld %lld %lld %lld %lld, %lld %lld %lld, %lld-%lld\n",
               (long long)n->rows, (long long)n->accepted, (long long)n->updated,
               (long long)n->unchanged, (long long)n->rejected, (long long)n->contradictions,
               (long long)n->bad_dates, (long long)n->flag_disagreements,
               (long long)n->oldest_received_utc, (long long)n->newest_event_utc);
    return buf_status(teller->out, err);
}

static int on_unit_name(void *context, const struct unit_name_row *row, struct err *err)
{
    const struct teller *teller = context;
    buf_printf(teller->out, "name %lld " BYTES_FMT " " BYTES_FMT " " BYTES_FMT " is %lld%s\n",
               (long long)row->id, BYTES_ARG(row->name), BYTES_ARG(row->folded),
               BYTES_ARG(row->code), (long long)row->unit_id, row->is_alias ? " alias" : "");
    return buf_status(teller->out, err);
}

static int on_unit(void *context, const struct unit_row *row, struct err *err)
{
    const struct teller *teller = context;
    buf_printf(teller->out, "unit %lld " BYTES_FMT " " BYTES_FMT " " BYTES_FMT "\n",
               (long long)row->id, BYTES_ARG(row->code), BYTES_ARG(row->name),
               BYTES_ARG(row->class_name));
    return buf_status(teller->out, err);
}

/* All of the store that the import `import_id` may have touched. */
static void tell_store(struct fixture *side, int64_t import_id, struct buf *out)
{
    struct err err = {0};
    struct vault_sealer *orders = NULL, *rejects = NULL;
    struct store *store = side->datadir.store;
    assert_int_equal(vault_sealer_new(side->datadir.vault, "order", &orders, &err), OK);
    assert_int_equal(vault_sealer_new(side->datadir.vault, "reject", &rejects, &err), OK);
    struct teller teller = {store, vault_sealer_door(orders), vault_sealer_door(rejects), out};
    assert_int_equal(store_begin_read(store, &err), OK);
    assert_int_equal(imports_each(store, on_import, &teller, &err), OK);
    assert_int_equal(import_unmatched_each(store, import_id, on_unmatched, &teller, &err), OK);
    assert_int_equal(rejects_each(store, import_id, on_reject, &teller, &err), OK);
    assert_int_equal(record_flags_each(store, import_id, 0, on_flags, &teller, &err), OK);
    assert_int_equal(unit_names_each(store, on_unit_name, &teller, &err), OK);
    assert_int_equal(units_each(store, on_unit, &teller, &err), OK);
    tell_orders(&teller);
    store_rollback(store);
    vault_sealer_free(orders);
    vault_sealer_free(rejects);
    assert_int_equal(out->rc, OK);
}

/* ---- Two data directories ---- */

/* The second one has the first one's key: numbers are blind in the same way. */
static void share_key(struct fixture *from, struct fixture *to)
{
    struct err err = {0};
    struct buf key;
    char path[TEMP_DIR_BYTES + 32];
    buf_init(&key, 4096);
    (void)snprintf(path, sizeof path, "%s/vault.key", from->data);
    test_file_read(path, &key);
    datadir_close(&to->datadir);
    (void)snprintf(path, sizeof path, "%s/vault.key", to->data);
    test_file_write(path, buf_bytes(&key));
    assert_int_equal(datadir_open(to->data, STORE_READWRITE, &to->datadir, &err), OK);
    buf_deinit(&key);
}

static int pair_setup(void **state)
{
    static struct pair pair;
    pair.loads = 0;
    fixture_init(&pair.sides[0]);
    fixture_init(&pair.sides[1]);
    share_key(&pair.sides[0], &pair.sides[1]);
    *state = &pair;
    return 0;
}

static int pair_teardown(void **state)
{
    struct pair *pair = *state;
    fixture_deinit(&pair->sides[0]);
    fixture_deinit(&pair->sides[1]);
    return 0;
}

static void tell_result(const struct intake_result *result, struct buf *out)
{
    buf_printf(out, "%s %s '%s' %s %s line %lld, repeated %lld, registered %lld\n",
               intake_status_word(result->status), result->sha256, result->reason, result->encoding,
               result->delimiter, (long long)result->header_line,
               (long long)result->repeated_headers, (long long)result->registered_units);
    for (size_t i = 0; i < result->unmatched_count; i++)
        buf_printf(out, "unmatched " BYTES_FMT " %lld\n", BYTES_ARG(result->unmatched[i].name),
                   (long long)result->unmatched[i].count);
    for (size_t i = 0; i < result->ignored_column_count; i++)
        buf_printf(out, "ignored " BYTES_FMT "\n", BYTES_ARG(result->ignored_columns[i]));
}

static struct import_counts load_side(struct pair *pair, int at, struct bytes dump, struct buf *out)
{
    struct err err = {0};
    struct intake_result result;
    struct fixture *side = &pair->sides[at];
    struct intake_options options = {
        .profile = side->profile,
        .form = FORM_OPEN,
        .now_utc = side->now_utc,
        .extracted_utc = side->now_utc + pair->loads * SECONDS_A_DAY,
        .one_thread = at == 1,
    };
    test_file_write(side->file, dump);
    if (intake_load(&side->datadir, side->file, &options, &result, &err) != OK)
        fail_msg("%s", err.message);
    tell_result(&result, out);
    tell_store(side, result.import_id, out);
    struct import_counts counts = result.counts;
    intake_result_deinit(&result);
    return counts;
}

/* Load the dump on both sides, which must say and hold the same then. */
static struct import_counts load(struct pair *pair, const char *name, struct bytes dump)
{
    struct buf two, one;
    buf_init(&two, MAX_BYTES);
    buf_init(&one, MAX_BYTES);
    struct import_counts counts = load_side(pair, 0, dump, &two);
    (void)load_side(pair, 1, dump, &one);
    pair->loads++;
    size_t at = 0;
    while (at < two.len && at < one.len && two.ptr[at] == one.ptr[at])
        at++;
    if (at < two.len || at < one.len)
        fail_msg("%s: two threads hold\n%.200s\none holds\n%.200s", name, two.ptr + at,
                 one.ptr + at);
    buf_deinit(&two);
    buf_deinit(&one);
    return counts;
}

static struct import_counts load_file(struct pair *pair, const char *path)
{
    struct buf dump;
    buf_init(&dump, MAX_BYTES);
    test_file_read(path, &dump);
    struct import_counts counts = load(pair, path, buf_bytes(&dump));
    buf_deinit(&dump);
    return counts;
}

/* ---- Tests ---- */

static void intake__of_damaged_dumps_is_the_same_in_one_thread(void **state)
{
    struct pair *pair = *state;
    glob_t found;
    int64_t accepted = 0, updated = 0, rejected = 0;
    assert_int_equal(glob("tests/data/dirt/*.csv", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct import_counts counts = load_file(pair, found.gl_pathv[i]);
        accepted += counts.accepted;
        updated += counts.updated;
        rejected += counts.rejected;
    }
    globfree(&found);
    print_message("    %d files: %d accepted, %d updated, %d rejected\n", pair->loads,
                  (int)accepted, (int)updated, (int)rejected);
    assert_true(accepted > 0 && updated > 0 && rejected > 0);
}

static void intake__of_gb18030_is_the_same_in_one_thread(void **state)
{
    struct import_counts may = load_file(*state, "tests/data/city_2024_05.csv");
    struct import_counts june = load_file(*state, "tests/data/city_2024_06.csv");
    assert_true(may.accepted > 1000 && june.accepted > 1000);
}

enum { ROWS = 5000 };

/* Rows of which some are doubled, without a date, of another unit, or with a stray quote. */
static void append_row(struct buf *out, int row)
{
    int number = row % 50 == 49 ? row - 30 : row;
    buf_printf(out, "G%05d,2024-06-%02d 08:%02d:00,", number, 1 + row % 28, row % 60);
    buf_append_z(out, row % 7 == 0 ? "住建局," : row % 5 == 0 ? "城管局,\"" : "水务局,");
    buf_printf(out, "139%08d,", row % 400);
    buf_append_z(out, row % 11 == 0 ? "没有 日期" : "2024-06-29 10:00:00");
    buf_printf(out, ",第%d件已办结\n", row);
}

static void intake__of_many_rows_is_the_same_in_one_thread(void **state)
{
    struct buf dump;
    buf_init(&dump, MAX_BYTES);
    buf_append_z(&dump, "工单编号,受理时间,承办单位,联系电话,办结时间,回复内容\n");
    for (int row = 0; row < ROWS; row++)
        append_row(&dump, row);
    struct import_counts counts = load(*state, "first", buf_bytes(&dump));
    assert_int_equal(counts.rows, ROWS);
    assert_true(counts.accepted > ROWS * 9 / 10);
    buf_append_z(&dump, "G00001,2024-06-02 08:01:00,交通局,,,\n\n");
    counts = load(*state, "again", buf_bytes(&dump));
    assert_int_equal(counts.rows, ROWS + 1);
    assert_true(counts.unchanged + counts.updated > ROWS * 9 / 10);
    buf_deinit(&dump);
}

static void append_sheet_row(struct buf *out, const char *const *cells, size_t count, int row)
{
    buf_printf(out, "<row r=\"%d\">", row);
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "<c r=\"%c%d\" t=\"inlineStr\"><is><t>%s</t></is></c>", (int)('A' + i), row,
                   cells[i]);
    buf_append_z(out, "</row>");
}

static void intake__of_a_workbook_is_the_same_in_one_thread(void **state)
{
    static const char *const header[] = {"工单编号", "受理时间", "承办单位", "市民诉求"};
    struct buf sheet, zip;
    buf_init(&sheet, MAX_BYTES);
    buf_init(&zip, MAX_BYTES);
    append_sheet_row(&sheet, header, 4, 1);
    for (int row = 2; row < 1500; row++) {
        char number[16];
        (void)snprintf(number, sizeof number, "B%d", row);
        const char *cells[] = {row % 100 == 0 ? "" : number, "2024-06-01 08:00:00", "水务局",
                               "停水，\n三天了"};
        append_sheet_row(&sheet, cells, 4, row);
    }
    buf_append_byte(&sheet, '\0');
    const struct fixture_book book = {.sheet = sheet.ptr};
    fixture_write(&book, &zip);
    struct import_counts counts = load(*state, "workbook", buf_bytes(&zip));
    assert_int_equal(counts.rows, 1498);
    assert_int_equal(counts.rejected, 14);
    buf_deinit(&sheet);
    buf_deinit(&zip);
}

#define PAIR_TEST(name) cmocka_unit_test_setup_teardown(name, pair_setup, pair_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAIR_TEST(intake__of_damaged_dumps_is_the_same_in_one_thread),
        PAIR_TEST(intake__of_gb18030_is_the_same_in_one_thread),
        PAIR_TEST(intake__of_many_rows_is_the_same_in_one_thread),
        PAIR_TEST(intake__of_a_workbook_is_the_same_in_one_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
