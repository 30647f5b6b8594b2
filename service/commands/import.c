#include "base/civil.h"
#include "base/clock.h"

#include "service/commands/command_record.h"
#include "service/commands/form_options.h"
#include "service/commands/import_report.h"
#include "service/commands/output.h"
#include "service/commands/profiles.h"
#include "service/host/files.h"
#include "service/intake/intake.h"

#include <getopt.h>

enum {
    WARN_EXTRACTION_DAYS = 3,
    LATE_ARENA_MAX_BYTES = 256 * 1024 * 1024, /* two registers for each frozen round */
    LATE_TEXT_MAX_BYTES = 64 * 1024,
};

struct import_arguments {
    const char *profile, *extracted_at, *rejects;
    const char *sheet;
    struct form form;
    bool dry_run, add_units, json;
};

/* ---- progress ---- */

struct progress {
    const struct command_context *context;
    int64_t started_ms, shown_ms;
};

static void on_progress(void *context, int64_t done_bytes, int64_t total_bytes, int64_t rows)
{
    struct progress *progress = context;
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms - progress->shown_ms < 200 && done_bytes < total_bytes)
        return;
    progress->shown_ms = now_ms;
    int64_t spent_ms = now_ms - progress->started_ms + 1;
    double share = total_bytes > 0 ? (double)done_bytes / (double)total_bytes : 1.0;
    double left_s = share > 0 ? (double)spent_ms / 1000.0 * (1.0 - share) / share : 0;
    (void)fprintf(progress->context->messages, "\r  %3.0f%%  %lld 行  %lld 行/秒  约剩 %.0f 秒   ",
                  share * 100, (long long)rows, (long long)(rows * 1000 / spent_ms), left_s);
    (void)fflush(progress->context->messages);
}

/* ---- one file ---- */

static void warn_about_extraction(const struct command_context *context,
                                  const struct intake_options *options,
                                  const struct intake_result *result)
{
    int64_t age_s = options->now_utc - result->counts.newest_event_utc;
    if (options->extracted_utc != 0 || result->counts.newest_event_utc == 0 ||
        age_s <= (int64_t)WARN_EXTRACTION_DAYS * SECONDS_A_DAY)
        return;
    command_say(context,
                "注意：未给出 --extracted-at，以导入时间为数据提取时间；但文件中最新的时间已是 "
                "%lld 天前，未办结工单可能被误判逾期。",
                (long long)(age_s / SECONDS_A_DAY));
}

static void say_late(const struct command_context *context, const struct late_round *round)
{
    struct buf names;
    buf_init(&names, LATE_TEXT_MAX_BYTES);
    for (size_t i = 0; i < round->order_no_count; i++) {
        if (i > 0)
            buf_append_z(&names, "、");
        output_in_one_line(&names, round->order_nos[i]);
    }
    if (round->orders > (int64_t)round->order_no_count)
        buf_append_z(&names, " 等");
    command_say(context,
                "评价期 " BYTES_FMT " 已冻结，本批次 %lld 件工单的变化不计入：" BYTES_FMT "。",
                BYTES_ARG(round->name), (long long)round->orders, BYTES_ARG(buf_bytes(&names)));
    buf_deinit(&names);
}

/* The file is loaded whatever comes of this. */
static void find_late(const struct command_context *context, const struct datadir *datadir,
                      int64_t import_id, struct arena *arena, struct late *out)
{
    struct err err = {0};
    int rc = store_begin_read(datadir->store, &err);
    if (rc == OK)
        rc = late_find(datadir, import_id, arena, out, &err);
    store_rollback(datadir->store);
    for (size_t i = 0; i < out->round_count; i++)
        say_late(context, &out->rounds[i]);
    if (rc != OK)
        command_say(context, "注意：未能核对本批次对已冻结评价期的影响（%s）", err.message);
}

/* Which file it was, its digest says; names may be a stranger's. */
static void record_refusal(const struct command_context *context, const struct datadir *datadir,
                           const struct intake_result *result)
{
    struct err why = {.code = OK};
    (void)err_set(&why, ERR_REFUSED, "%s", result->reason);
    command_record_refused(context, datadir, "import.load", bytes_from_z(result->sha256), &why);
}

static int load_file(const struct command_context *context, struct datadir *datadir,
                     const char *path, const struct intake_options *options,
                     struct import_report *report, struct err *err)
{
    struct progress progress = {.context = context, .started_ms = clock_monotonic_ms()};
    struct intake_options of_file = *options;
    struct intake_result result;
    struct arena arena;
    struct late late = {0};
    if (context->shows_progress) {
        of_file.on_progress = on_progress;
        of_file.progress_context = &progress;
    }
    int rc = intake_load(datadir, path, &of_file, &result, err);
    if (context->shows_progress)
        (void)fputs("\r\033[K", context->messages);
    if (rc != OK)
        return rc;
    if (result.status == INTAKE_REFUSED && !options->dry_run)
        record_refusal(context, datadir, &result);
    arena_init(&arena, LATE_ARENA_MAX_BYTES);
    if (result.status == INTAKE_LOADED)
        warn_about_extraction(context, options, &result);
    if (result.status == INTAKE_LOADED && !options->dry_run)
        find_late(context, datadir, result.import_id, &arena, &late);
    rc = import_report_add(report, path, &result, &late, options->dry_run, err);
    intake_result_deinit(&result);
    arena_deinit(&arena);
    return rc;
}

/* ---- the command ---- */

static int parse_arguments(struct command_context *context, int argc, char **argv,
                           struct import_arguments *out)
{
    static const struct option options[] = {
        {"profile", required_argument, NULL, 'p'},
        {"extracted-at", required_argument, NULL, 'e'},
        {"rejects", required_argument, NULL, 'r'},
        {"format", required_argument, NULL, 'f'},
        {"dry-run", no_argument, NULL, 'd'},
        {"add-units", no_argument, NULL, 'a'},
        {"sheet", required_argument, NULL, 's'},
        FORM_OPTIONS,
        {NULL, 0, NULL, 0},
    };
    enum command_format format = FORMAT_TABLE;
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (form_option_is(c)) {
            if (!form_option_take(context, &command_import, c, optarg, &out->form))
                return EXIT_USAGE;
            continue;
        }
        switch (c) {
        case 's':
            out->sheet = optarg;
            break;
        case 'p':
            out->profile = optarg;
            break;
        case 'e':
            out->extracted_at = optarg;
            break;
        case 'r':
            out->rejects = optarg;
            break;
        case 'd':
            out->dry_run = true;
            break;
        case 'a':
            out->add_units = true;
            break;
        case 'f':
            if (!command_parse_format(optarg, &format) || format == FORMAT_CSV)
                return command_misused(context, &command_import, "--format 只能是 table 或 json");
            break;
        default:
            return command_misused(context, &command_import, "无法识别的选项 %s", argv[optind - 1]);
        }
    }
    if (optind == argc)
        return command_misused(context, &command_import, "缺少文件");
    for (int i = optind; i < argc && out->rejects != NULL; i++) {
        if (command_replaces(out->rejects, argv[i]))
            return command_misused(context, &command_import,
                                   "--rejects 会覆盖要导入的文件 %s，请换一个文件名", argv[i]);
    }
    out->json = format == FORMAT_JSON;
    return EXIT_DONE;
}

static int prepare(const struct import_arguments *arguments, struct intake_options *options,
                   struct profile **out_profile, struct err *err)
{
    struct zone *zone = NULL;
    int rc = profile_choose(arguments->profile, out_profile, err);
    if (rc == OK && arguments->extracted_at != NULL) {
        rc = zone_load(profile_timezone(*out_profile), &zone, err);
        if (rc == OK)
            rc = command_parse_time(arguments->extracted_at, zone, &options->extracted_utc, err);
    }
    if (rc == OK && arguments->rejects != NULL)
        rc = rejects_files_new(arguments->rejects, &options->rejects, err);
    zone_free(zone);
    options->profile = *out_profile;
    return rc;
}

static void say_rejects(const struct command_context *context, const struct rejects_files *files)
{
    for (size_t i = 0; i < rejects_files_count(files); i++) {
        int64_t rows = rejects_files_rows(files, i);
        if (rows > 0)
            command_say(context, "问题数据 %lld 行写入 %s%s。", (long long)rows,
                        rejects_files_path(files, i), i > 0 ? "（表头不同，另存一个文件）" : "");
        else
            command_say(context, "没有要写入的问题数据，%s 未改动。", rejects_files_path(files, i));
    }
}

/* When the report cannot be written the files are loaded all the same. */
static int finish(const struct command_context *context, const struct import_arguments *arguments,
                  struct import_report *report)
{
    int status = EXIT_FAILED;
    struct err err = {0};
    if (import_report_finish(report, context, &status, &err) == OK)
        return status;
    if (arguments->dry_run)
        return command_fail(context, &err);
    command_say(context, "错误：导入结果未能输出；文件可能已导入，请用 pingyi imports 查看（%s）",
                err.message);
    return EXIT_FAILED;
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct import_arguments arguments = {.form = FORM_OPEN};
    struct profile *profile = NULL;
    struct datadir datadir = {0};
    struct command_desk desk = {.who = ""};
    struct import_report report;
    int usage = parse_arguments(context, argc, argv, &arguments);
    if (usage != EXIT_DONE)
        return usage;
    struct intake_options options = {.now_utc = context->now_utc,
                                     .dry_run = arguments.dry_run,
                                     .add_units = arguments.add_units,
                                     .form = arguments.form,
                                     .sheet = arguments.sheet,
                                     .desk = &desk.desk};
    import_report_init(&report, arguments.json);
    int rc = prepare(&arguments, &options, &profile, &err);
    if (rc == OK)
        rc = datadir_open(context->data_path, STORE_READWRITE, &datadir, &err);
    if (rc == OK)
        rc = command_desk_init(context, &datadir, &desk, &err);
    /* Each file for itself: after one that fails the next may be loaded. */
    for (int i = optind; i < argc && rc == OK; i++) {
        struct err of_file = {0};
        if (load_file(context, &datadir, argv[i], &options, &report, &of_file) == OK)
            continue;
        (void)command_fail(context, &of_file);
        rc = import_report_add_failed(&report, argv[i], &of_file, &err);
    }
    int status = EXIT_FAILED;
    if (report.files > 0 || rc == OK)
        status = finish(context, &arguments, &report);
    if (rc == OK && options.rejects != NULL)
        say_rejects(context, options.rejects);
    if (rc != OK)
        status = rc == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
    if (rc != OK)
        (void)command_fail(context, &err);
    import_report_deinit(&report);
    rejects_files_free(options.rejects);
    command_desk_deinit(&desk);
    datadir_close(&datadir);
    profile_free(profile);
    return status;
}

const struct command command_import = {
    .name = "import",
    .usage =
        "[--profile NAME|FILE] [--extracted-at TIME] [--dry-run] [--rejects FILE] [--add-units] "
        "[--format table|json] FILE…\n" FORM_USAGE " FILE…",
    .summary = "导入工单数据文件",
    .details =
        "CSV 与 xlsx 均可，FILE 为 - "
        "时读标准输入；每个文件要么全部载入，要么完全不载入；同一文件重复导入不产生任何变化。\n"
        "--extracted-at 为数据提取时间，用于判断未办结工单是否逾期；缺省为导入时间。\n"
        "--rejects 把不能载入的行写入文件（含个人信息，权限 0600），改正后可再次导入；表头不同的"
        "另存为带序号的文件。\n"
        "用 Excel 改正时，请从“数据—从文本/CSV”打开（UTF-8），各列都设为“文本”，以免号码走样、"
        "以 = 开头的内容变成公式。\n"
        "--add-units 登记名册中没有的承办单位；名册为空时自动登记。\n" FORM_DETAILS,
    .run = run,
};
