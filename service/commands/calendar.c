#include "service/commands/command_record.h"
#include "service/commands/output.h"

#include "base/civil.h"

#include "reports/csv.h"
#include "scoring/calendar.h"

#include "service/host/files.h"
#include "service/storage/rounds.h"

#include <getopt.h>
#include <string.h>

enum { WARN_COVERAGE_DAYS = 90, LAYER_NAME_MAX_BYTES = 31 };

struct calendar_arguments {
    int64_t year; /* 0: all */
    const char *layers;
};

/* ---- show ---- */

/* Built-in layers need no data directory, so it is opened at the first imported one. */
static int add_imported(const struct command_context *context, struct datadir *datadir,
                        struct calendar *calendar, struct bytes name, struct err *err)
{
    struct bytes csv;
    int rc = datadir->store == NULL ? command_open(context, STORE_READONLY, datadir, err) : OK;
    if (rc == OK)
        rc = calendar_layer_get(datadir->store, name, &csv, err);
    if (rc == OK)
        rc = calendar_add_csv(calendar, csv, err);
    return rc == OK ? OK : err_wrap(err, "calendar layer \"" BYTES_FMT "\"", BYTES_ARG(name));
}

static int add_layers(const struct command_context *context, const char *layers,
                      struct calendar *calendar, struct err *err)
{
    struct datadir datadir = {0};
    struct bytes rest = bytes_from_z(layers);
    int rc = OK;
    while (rest.ptr != NULL && rc == OK) {
        struct bytes csv;
        struct bytes name = bytes_trim(bytes_cut(&rest, ','));
        rc = calendar_builtin_text(name, &csv)
                 ? calendar_add_builtin(calendar, name, err)
                 : add_imported(context, &datadir, calendar, name, err);
    }
    datadir_close(&datadir);
    return rc;
}

struct listing {
    struct buf *out;
    int64_t year;
};

static int on_day(void *context, int64_t day, bool is_workday, struct bytes name)
{
    struct listing *listing = context;
    char text[DAY_TEXT_BYTES];
    if (listing->year != 0 && day_to_civil(day).year != listing->year)
        return OK;
    day_format(day, text);
    buf_printf(listing->out, "%s,%s,", text, is_workday ? "workday" : "holiday");
    csv_cell(listing->out, name);
    buf_append_byte(listing->out, '\n');
    return OK;
}

static void say_coverage(const struct command_context *context, const struct calendar *calendar)
{
    int64_t first = 0;
    int64_t last = 0;
    char from[DAY_TEXT_BYTES];
    char to[DAY_TEXT_BYTES];
    if (!calendar_range(calendar, &first, &last)) {
        command_say(context, "注意：这些日历没有完整覆盖任何一年。");
        return;
    }
    day_format(first, from);
    day_format(last, to);
    command_say(context, "日历覆盖 %s 至 %s。", from, to);
    if (last - seconds_to_day(context->now_utc + OFFICE_OFFSET_S) < WARN_COVERAGE_DAYS)
        command_say(
            context,
            "注意：日历将在 %d 天内到期或已到期，请导入新一年的放假安排（calendar import）。",
            WARN_COVERAGE_DAYS);
}

static int parse_show(struct command_context *context, int argc, char **argv,
                      struct calendar_arguments *out)
{
    static const struct option options[] = {
        {"year", required_argument, NULL, 'y'},
        {"layers", required_argument, NULL, 'l'},
        {NULL, 0, NULL, 0},
    };
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'l')
            out->layers = optarg;
        else if (c != 'y')
            return command_misused(context, &command_calendar, "无法识别的选项 %s",
                                   argv[optind - 1]);
        else if (!bytes_to_int64(bytes_from_z(optarg), &out->year) || out->year < 1 ||
                 out->year > 9999)
            return command_misused(context, &command_calendar, "--year 须为年份，如 2024");
    }
    if (optind < argc)
        return command_misused(context, &command_calendar, "多余的参数 %s", argv[optind]);
    return EXIT_DONE;
}

static int run_show(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct calendar *calendar = NULL;
    struct calendar_arguments arguments = {.layers = "national"};
    struct buf out;
    int status = parse_show(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    struct listing listing = {&out, arguments.year};
    buf_init(&out, OUTPUT_MAX_BYTES);
    buf_append_z(&out, "date,type,name\n");
    int rc = calendar_new(&calendar, &err);
    if (rc == OK)
        rc = add_layers(context, arguments.layers, calendar, &err);
    if (rc == OK)
        rc = calendar_each(calendar, on_day, &listing);
    if (rc == OK)
        rc = output_finish(context, &out, &err);
    if (rc == OK)
        say_coverage(context, calendar);
    buf_deinit(&out);
    calendar_free(calendar);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

/* ---- import ---- */

/* Names stand in the comma-separated `layers` of rules. */
static bool is_layer_name(struct bytes name)
{
    if (name.len == 0 || name.len > LAYER_NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c <= ' ' || c == ',' || c == ';' || c == '|' || c == '#' || c == '=' || c == 0x7f)
            return false;
    }
    return true;
}

static int import_layer(const struct command_context *context, struct bytes name, const char *path,
                        struct err *err)
{
    struct datadir datadir = {0};
    struct calendar *calendar = NULL;
    struct buf csv;
    buf_init(&csv, CALENDAR_TEXT_MAX_BYTES);
    int rc = files_read(path, &csv, err);
    if (rc == OK)
        rc = calendar_new(&calendar, err);
    if (rc == OK)
        rc = calendar_add_csv(calendar, buf_bytes(&csv), err);
    if (rc != OK)
        rc = err_wrap(err, "calendar \"%s\"", path);
    if (rc == OK)
        rc = command_open(context, STORE_READWRITE, &datadir, err);
    if (rc == OK)
        rc = calendar_layer_put(datadir.store, name, buf_bytes(&csv), context->now_utc, err);
    if (rc == OK)
        rc = command_record(context, &datadir, "calendar.import", name, json_null(), err);
    if (rc == OK)
        rc = store_commit(datadir.store, err);
    calendar_free(calendar);
    buf_deinit(&csv);
    datadir_close(&datadir);
    return rc;
}

static int run_import(struct command_context *context, const char *name, const char *path)
{
    struct err err = {0};
    struct bytes csv;
    if (!is_layer_name(bytes_from_z(name)))
        return command_misused(context, &command_calendar,
                               "NAME 不能含空格、逗号和 ; | # =，不超过 %d 字节",
                               LAYER_NAME_MAX_BYTES);
    if (calendar_builtin_text(bytes_from_z(name), &csv))
        return command_misused(context, &command_calendar, "%s 是内置日历的名称，请换一个名称",
                               name);
    if (import_layer(context, bytes_from_z(name), path, &err) != OK)
        return command_fail(context, &err);
    command_say(context, "已导入日历 %s；在规则 [calendar] layers 中写上它才起作用。", name);
    return EXIT_DONE;
}

static int run(struct command_context *context, int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "import") == 0) {
        if (argc != 4)
            return command_misused(context, &command_calendar, "import 后面要有名称和文件");
        return run_import(context, argv[2], argv[3]);
    }
    if (argc > 1 && strcmp(argv[1], "show") == 0)
        return run_show(context, argc - 1, argv + 1);
    return command_misused_verb(context, &command_calendar);
}

const struct command command_calendar = {
    .name = "calendar",
    .usage = "show [--year YEAR] [--layers NAME,NAME…]\n"
             "import NAME FILE",
    .summary = "显示或导入节假日安排",
    .details = "show 按日期列出放假和调休上班的日子；--layers 缺省为 national，内置的还有 "
               "guangxi（三月三）。\n"
               "import 导入一层日历（CSV：date,type,name，type 为 holiday 或 "
               "workday），后面的层覆盖前面的层。\n"
               "某年的1月1日和10月1日都列为放假，才算覆盖该年；未覆盖的年份不推算期限。规则中写 "
               "layers = national, guangxi, NAME。",
    .run = run,
};
