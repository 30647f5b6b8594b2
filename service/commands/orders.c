#include "service/commands/arguments.h"
#include "service/commands/command_record.h"
#include "service/commands/order_view.h"
#include "service/commands/output.h"

#include "base/alloc.h"

#include "reports/csv.h"

#include "service/rounds/scan.h"

#include <getopt.h>
#include <string.h>

enum { LIST_ARENA_BYTES = 512 * 1024 * 1024, ORDER_NO_ARENA_BYTES = 1024 * 1024 };

struct orders_arguments {
    const char *round;
    enum command_format format;
    bool unmatched, unclear;
};

/* ---- list: handlings of a round that are in no row ---- */

struct left_out {
    int64_t handling_id, unit_name_id;
    bool is_unclear;
};

struct order_list {
    const struct orders_arguments *arguments;
    struct scan *scan;
    struct left_out *items;
    size_t count, capacity;
};

static int keep(struct order_list *list, struct left_out item, struct err *err)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity * 2 + 256;
        struct left_out *grown = mem_realloc(list->items, size_multiply(capacity, sizeof *grown));
        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "could not list %zu handlings", capacity);
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
    return OK;
}

/* As score counts them: an unclear handling is of the round if it would be as the lead. */
static int on_fact(void *context, const struct fact_row *row, struct err *err)
{
    struct order_list *list = context;
    const struct scan *scan = list->scan;
    struct fact_row as_lead = *row;
    struct judged judged;
    bool in_earlier_round = false;
    bool is_unclear = row->fact.part == HANDLING_PART_UNCLEAR;
    bool is_unmatched = row->unit_name_id != 0 && row->fact.part == HANDLING_PART_LEAD &&
                        scan->registered->ranked_of_name[row->unit_name_id] == UNIT_NONE;
    if (!(list->arguments->unclear && is_unclear) && !(list->arguments->unmatched && is_unmatched))
        return OK;
    as_lead.fact.part = HANDLING_PART_LEAD;
    int rc = OK;
    if (!scan->is_frozen && !is_unclear && scan->basis->rules.on_time.judged_once)
        rc = judged_get(scan->store, scan->round->kind, scan->round->id, row->handling_id,
                        JUDGED_ON_TIME, JUDGED_ON_TIME_NO_DEADLINE, &in_earlier_round, err);
    if (rc == OK)
        rc = scan_judge(list->scan, &as_lead, in_earlier_round, &judged, err);
    if (rc != OK || !judgement_in_orders(judged.verdict.judgement))
        return rc;
    return keep(list, (struct left_out){row->handling_id, row->unit_name_id, is_unclear}, err);
}

static int render_list(const struct order_list *list, struct buf *out, struct err *err)
{
    const struct unit_register *registered = list->scan->registered;
    int rc = OK;
    buf_append_z(out, "order_no,unit_name,reason\n");
    for (size_t i = 0; i < list->count && rc == OK; i++) {
        const struct left_out *item = &list->items[i];
        struct order_row order;
        rc =
            order_get_by_id(list->scan->store, item->handling_id / HANDLINGS_AN_ORDER, &order, err);
        if (rc != OK)
            break;
        csv_cell(out, order.order_no);
        buf_append_byte(out, ',');
        csv_cell(out, item->unit_name_id != 0 ? registered->names[item->unit_name_id] : BYTES_NONE);
        buf_append_z(out, item->is_unclear ? ",主办单位不明\n" : ",单位名称未对应\n");
    }
    return rc;
}

static int scan_list(struct order_list *list, struct err *err)
{
    struct scan *scan = list->scan;
    int rc = facts_end_id(scan->store, &scan->end_id, err);
    if (rc == OK)
        rc = scan_init(scan, err);
    if (rc == OK)
        rc = scan->is_frozen
                 ? round_facts_each(scan->store, scan->round->id, 0, INT64_MAX, on_fact, list, err)
                 : facts_each(scan->store, 0, scan->end_id, on_fact, list, err);
    return rc;
}

static int list_orders(const struct command_context *context, const struct datadir *datadir,
                       const struct orders_arguments *arguments, struct buf *out, struct err *err)
{
    struct arena arena;
    struct round_row round;
    struct round_basis basis = {0};
    struct unit_register registered;
    struct scan scan = {
        .store = datadir->store, .round = &round, .basis = &basis, .registered = &registered};
    struct order_list list = {.arguments = arguments, .scan = &scan};
    arena_init(&arena, LIST_ARENA_BYTES);
    int rc = round_get_kept(datadir->store, bytes_from_z(arguments->round), &arena, &round, err);
    if (rc == OK)
        rc = round_basis_load(datadir->store, &round, BYTES_NONE, context->now_utc, &basis, err);
    if (rc == OK)
        rc = register_load_round(datadir->store, &round, &arena, &registered, err);
    if (rc == OK)
        rc = scan_list(&list, err);
    if (rc == OK)
        rc = render_list(&list, out, err);
    mem_free(list.items);
    scan_deinit(&scan);
    round_basis_deinit(&basis);
    arena_deinit(&arena);
    return rc;
}

/* ---- the command ---- */

static int parse_arguments(struct command_context *context, int argc, char **argv,
                           struct orders_arguments *out)
{
    static const struct option options[] = {
        {"round", required_argument, NULL, 'r'}, {"format", required_argument, NULL, 'f'},
        {"no-lead", no_argument, NULL, 'c'},     {"unclear", no_argument, NULL, 'c'},
        {"unmatched", no_argument, NULL, 'm'},   {NULL, 0, NULL, 0},
    };
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'r')
            out->round = optarg;
        else if (c == 'c')
            out->unclear = true;
        else if (c == 'm')
            out->unmatched = true;
        else if (c != 'f')
            return command_misused(context, &command_orders, "无法识别的选项 %s", argv[optind - 1]);
        else if (!command_parse_format(optarg, &out->format))
            return command_misused(context, &command_orders, "--format 只能是 table、csv 或 json");
    }
    if (!out->unclear && !out->unmatched)
        out->unclear = out->unmatched = true;
    return EXIT_DONE;
}

static int show_order(const struct command_context *context, const struct datadir *datadir,
                      const char *text, enum command_format format, struct buf *out,
                      struct err *err)
{
    struct arena arena;
    struct bytes order_no;
    arena_init(&arena, ORDER_NO_ARENA_BYTES);
    int rc = arguments_order_no(text, &arena, &order_no, err);
    if (rc == OK)
        rc =
            order_view_render(datadir, order_no, context->now_utc, format == FORMAT_JSON, out, err);
    if (rc == OK)
        rc = command_record_look(context, datadir, "order.show", order_no, json_null(), err);
    arena_deinit(&arena);
    return rc;
}

/* `order_no` NULL: the list. */
static int run_reading(struct command_context *context, const char *order_no,
                       const struct orders_arguments *arguments)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct buf out;
    buf_init(&out, OUTPUT_MAX_BYTES);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK && order_no != NULL)
        rc = show_order(context, &datadir, order_no, arguments->format, &out, &err);
    else if (rc == OK)
        rc = list_orders(context, &datadir, arguments, &out, &err);
    if (rc == OK)
        rc = output_finish(context, &out, &err);
    buf_deinit(&out);
    datadir_close(&datadir);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct orders_arguments arguments = {.format = FORMAT_TABLE};
    const char *verb = argc > 1 ? argv[1] : "";
    bool shows = strcmp(verb, "show") == 0;
    if (!shows && strcmp(verb, "list") != 0)
        return command_misused_verb(context, &command_orders);
    int status = parse_arguments(context, argc - 1, argv + 1, &arguments);
    if (status != EXIT_DONE)
        return status;
    char **rest = argv + 1 + optind;
    int rest_count = argc - 1 - optind;
    if (rest_count != (shows ? 1 : 0))
        return command_misused(context, &command_orders,
                               shows ? "show 后面要有一个工单编号" : "多余的参数");
    if (shows && arguments.format == FORMAT_CSV)
        return command_misused(context, &command_orders, "--format 只能是 table 或 json");
    if (!shows && arguments.format == FORMAT_JSON)
        return command_misused(context, &command_orders, "--format 只能是 table 或 csv");
    if (!shows && arguments.round == NULL)
        return command_misused(context, &command_orders, "缺少 --round");
    return run_reading(context, shows ? rest[0] : NULL, &arguments);
}

const struct command command_orders = {
    .name = "orders",
    .usage = "show NO [--format table|json]\n"
             "list --round ID [--no-lead|--unclear|--unmatched] [--format table|csv]",
    .summary = "查看一件工单，或列出未计入任何单位的工单",
    .details =
        "show "
        "显示工单的各项内容（个人信息已遮盖）、承办、来源、更改经过，以及在各评价期如何计算、为什么"
        "。\n"
        "list "
        "列出某评价期中主办单位不明（--no-lead、--unclear）或单位名称未对应（--unmatched）的工单。",
    .run = run,
};
