#include "service/commands/draw_arguments.h"

#include "service/commands/arguments.h"

#include <getopt.h>
#include <math.h>

struct texts {
    const char *size, *margin, *rate, *response, *format;
};

/* A decimal, with % as hundredths: 0.05 and 5% are the same. */
static bool parse_share(const char *text, double *out)
{
    struct bytes number = bytes_from_z(text);
    bool is_percent = number.len > 0 && number.ptr[number.len - 1] == '%';
    if (is_percent)
        number.len--;
    if (!bytes_to_double(number, out))
        return false;
    *out /= is_percent ? 100 : 1;
    return *out >= 0 && *out <= 1;
}

static int parse_wish(const struct command_context *context, const struct texts *texts,
                      struct draw_wish *out)
{
    *out = (struct draw_wish){.rate = NAN, .response = NAN};
    if (texts->size != NULL && texts->margin != NULL)
        return command_misused(context, &command_draw, "--size 和 --margin 只能给出一个");
    if (texts->size != NULL) {
        out->by = DRAW_SIZE_TOTAL;
        if (!bytes_to_int64(bytes_from_z(texts->size), &out->total) || out->total < 1)
            return command_misused(context, &command_draw, "--size 须为正整数");
    }
    if (texts->margin != NULL) {
        out->by = DRAW_SIZE_MARGIN;
        if (!parse_share(texts->margin, &out->margin) || out->margin <= 0 || out->margin >= 1)
            return command_misused(context, &command_draw, "--margin 须在 0 和 1 之间，如 0.05");
    }
    if (texts->rate != NULL && !parse_share(texts->rate, &out->rate))
        return command_misused(context, &command_draw, "--expect-rate 须为 0 至 1，如 0.85");
    if (texts->response != NULL &&
        (!parse_share(texts->response, &out->response) || out->response <= 0))
        return command_misused(context, &command_draw, "--expect-response 须大于 0，不超过 1");
    return EXIT_DONE;
}

static int check_together(const struct command_context *context, const struct draw_arguments *given)
{
    int ways =
        (given->seed != NULL) + (given->exact_seed != NULL) + (given->adopt != NULL) + given->plan;
    bool has_size = given->wish.by != DRAW_SIZE_OPEN;
    if (given->round == NULL)
        return command_misused(context, &command_draw, "缺少 --round");
    if (ways > 1)
        return command_misused(context, &command_draw,
                               "--plan、--seed、--exact-seed、--adopt 只能给出一个");
    if ((given->seed != NULL || given->exact_seed != NULL) && !has_size)
        return command_misused(context, &command_draw, "抽样须给出 --size 或 --margin");
    if (has_size && (ways == 0 || given->adopt != NULL))
        return command_misused(context, &command_draw,
                               "--size、--margin 须与 --plan、--seed 或 --exact-seed 同时使用");
    int status = arguments_check_text(context, &command_draw, "seed", given->seed);
    if (status == EXIT_DONE)
        status = arguments_check_text(context, &command_draw, "exact-seed", given->exact_seed);
    return status == EXIT_DONE ? arguments_check_text(context, &command_draw, "by", given->by)
                               : status;
}

int draw_arguments_parse(const struct command_context *context, int argc, char **argv,
                         struct draw_arguments *out)
{
    static const struct option options[] = {
        {"round", required_argument, NULL, 'r'},
        {"size", required_argument, NULL, 'n'},
        {"margin", required_argument, NULL, 'm'},
        {"expect-rate", required_argument, NULL, 'p'},
        {"expect-response", required_argument, NULL, 'q'},
        {"seed", required_argument, NULL, 's'},
        {"exact-seed", required_argument, NULL, 'e'},
        {"adopt", required_argument, NULL, 'a'},
        {"format", required_argument, NULL, 'f'},
        {"by", required_argument, NULL, 'b'},
        {"plan", no_argument, NULL, 'P'},
        {"all", no_argument, NULL, 'A'},
        {NULL, 0, NULL, 0},
    };
    struct texts texts = {NULL, NULL, NULL, NULL, NULL};
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        const char **into = c == 'r'   ? &out->round
                            : c == 'n' ? &texts.size
                            : c == 'm' ? &texts.margin
                            : c == 'p' ? &texts.rate
                            : c == 'q' ? &texts.response
                            : c == 's' ? &out->seed
                            : c == 'e' ? &out->exact_seed
                            : c == 'a' ? &out->adopt
                            : c == 'f' ? &texts.format
                            : c == 'b' ? &out->by
                                       : NULL;
        if (into != NULL)
            *into = optarg;
        else if (c == 'P')
            out->plan = true;
        else if (c == 'A')
            out->all = true;
        else
            return command_misused(context, &command_draw, "无法识别的选项 %s", argv[optind - 1]);
    }
    if (optind < argc)
        return command_misused(context, &command_draw, "多余的参数 %s", argv[optind]);
    int status = arguments_check_format(context, &command_draw, texts.format, &out->format);
    if (status == EXIT_DONE)
        status = parse_wish(context, &texts, &out->wish);
    return status == EXIT_DONE ? check_together(context, out) : status;
}
