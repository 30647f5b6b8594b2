#include "service/commands/output.h"

#include "scoring/rules.h"

#include "service/host/files.h"
#include "service/storage/rounds.h"

#include <getopt.h>
#include <string.h>

/* The rules of a round are stored in full, as they were when it was made. */
static int append_of_round(const struct command_context *context, const char *name, struct buf *out,
                           struct err *err)
{
    struct datadir datadir = {0};
    struct round_row round;
    int rc = command_open(context, STORE_READONLY, &datadir, err);
    if (rc == OK)
        rc = round_get(datadir.store, bytes_from_z(name), &round, err);
    if (rc == OK)
        buf_append(out, round.rules);
    datadir_close(&datadir);
    return rc;
}

static int append_of_file(const char *path, struct buf *out, struct err *err)
{
    struct rules rules;
    struct buf text;
    buf_init(&text, RULES_TEXT_MAX_BYTES);
    int rc = files_read(path, &text, err);
    if (rc == OK)
        rc = rules_parse(buf_bytes(&text), &rules, err);
    if (rc == OK)
        rules_format(&rules, out);
    else
        rc = err_wrap(err, "rules \"%s\"", path);
    buf_deinit(&text);
    return rc;
}

static int parse_show(struct command_context *context, int argc, char **argv,
                      const char **out_round)
{
    static const struct option options[] = {{"round", required_argument, NULL, 'r'},
                                            {NULL, 0, NULL, 0}};
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c != 'r')
            return command_misused(context, &command_rules, "无法识别的选项 %s", argv[optind - 1]);
        *out_round = optarg;
    }
    if (optind < argc)
        return command_misused(context, &command_rules, "多余的参数 %s", argv[optind]);
    return EXIT_DONE;
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct buf out;
    const char *round = NULL;
    const char *file = NULL;
    bool has_verb = argc > 1 && argv[1][0] != '-';
    if (has_verb && strcmp(argv[1], "check") == 0) {
        if (argc != 3)
            return command_misused(context, &command_rules, "check 后面要有一个文件");
        file = argv[2];
    } else if (has_verb && strcmp(argv[1], "show") != 0) {
        return command_misused(context, &command_rules, "无法识别的用法 %s", argv[1]);
    } else {
        int status = parse_show(context, argc - has_verb, argv + has_verb, &round);
        if (status != EXIT_DONE)
            return status;
    }
    int rc = OK;
    buf_init(&out, RULES_TEXT_MAX_BYTES);
    if (file != NULL) {
        rc = append_of_file(file, &out, &err);
    } else if (round != NULL) {
        rc = append_of_round(context, round, &out, &err);
    } else {
        struct rules rules;
        rules_default(&rules);
        rules_format(&rules, &out);
    }
    if (rc == OK)
        rc = output_finish(context, &out, &err);
    buf_deinit(&out);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

const struct command command_rules = {
    .name = "rules",
    .usage = "[show [--round ID]]\n"
             "check FILE",
    .summary = "显示或检查评价规则",
    .details = "show 显示缺省规则，或某评价期的规则。\n"
               "check 检查规则文件，显示补全缺省值后的全文；不合理的规则指名拒绝。",
    .run = run,
};
