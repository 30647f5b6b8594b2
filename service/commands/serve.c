#include "service/commands/command.h"

#include "base/container.h"

#include "service/api/sentences.h"
#include "service/api/service.h"
#include "service/commands/version.h"

#include <systemd/sd-daemon.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* The service as a command: its options, and what systemd is told. The service itself is service/api/. */

enum { MICROSECONDS_A_MS = 1000, LISTS_MAX = SERVICE_LISTEN_MAX };

static const char default_listen[] = "127.0.0.1:8443";
/* Requests, file bodies and five other parts share libuv's pool; its own default of 4 would let them wait for one
 * another. */
static const char pool_threads[] = "8";

/* systemd's watchdog is fed when a write without content has gone through the writer: then loop and writer both live.
 *
 *   IDLE --timer--> ASKED --done--> IDLE */
struct serving {
    const struct command_context *context;
    struct service service;
    struct service_options options;
    const char *listen[LISTS_MAX + 1], *proxies[LISTS_MAX + 1];
    size_t listen_count, proxy_count;
    const char *access_path; /* NULL: none */
    FILE *access_log;
    uv_loop_t loop;
    uv_timer_t watchdog;
    uint64_t watchdog_ms; /* 0: systemd asks for none */
    struct action question;
    bool is_asked, has_watchdog;
};

/* ---- options ---- */

static int add_to(struct serving *serving, const char **list, size_t *count, const char *value)
{
    if (*count == LISTS_MAX)
        return command_misused(serving->context, &command_serve, "地址太多：%s", value);
    list[(*count)++] = value;
    return EXIT_DONE;
}

enum option_letter {
    LISTEN = 'l',
    CERTIFICATE = 'c',
    KEY = 'k',
    PLAIN = 'p',
    PROXY = 'b',
    HOST = 'h',
    ACCESS_LOG = 'a'
};

static int take_option(struct serving *serving, int letter, const char *value)
{
    struct service_options *options = &serving->options;
    switch (letter) {
    case LISTEN:
        return add_to(serving, serving->listen, &serving->listen_count, value);
    case PROXY:
        return add_to(serving, serving->proxies, &serving->proxy_count, value);
    case CERTIFICATE:
        options->certificate_path = value;
        break;
    case KEY:
        options->key_path = value;
        break;
    case PLAIN:
        options->is_plain = true;
        break;
    case HOST:
        options->host = value;
        break;
    default: /* ACCESS_LOG */
        serving->access_path = value;
    }
    return EXIT_DONE;
}

static int take_options(struct serving *serving, int argc, char **argv)
{
    static const struct option names[] = {
        {"listen", required_argument, NULL, LISTEN},
        {"certificate", required_argument, NULL, CERTIFICATE},
        {"key", required_argument, NULL, KEY},
        {"plain", no_argument, NULL, PLAIN},
        {"behind-proxy", required_argument, NULL, PROXY},
        {"host", required_argument, NULL, HOST},
        {"access-log", required_argument, NULL, ACCESS_LOG},
        {NULL, 0, NULL, 0},
    };
    int rc = EXIT_DONE;
    opterr = 0;
    for (int c = 0; rc == EXIT_DONE && (c = getopt_long(argc, argv, "", names, NULL)) != -1;)
        rc = c == '?' ? command_misused(serving->context, &command_serve,
                                        "无法识别的选项或缺少内容：%s", argv[optind - 1])
                      : take_option(serving, c, optarg);
    if (rc == EXIT_DONE && optind < argc)
        rc = command_misused(serving->context, &command_serve, "多余的参数 %s", argv[optind]);
    if (serving->listen_count == 0)
        serving->listen[0] = default_listen;
    return rc;
}

static bool open_access_log(struct serving *serving)
{
    if (serving->access_path == NULL)
        return true;
    if (strcmp(serving->access_path, "-") == 0) {
        serving->access_log = serving->context->messages;
        return true;
    }
    serving->access_log = fopen(serving->access_path, "ae");
    return serving->access_log != NULL;
}

static void close_access_log(struct serving *serving)
{
    if (serving->access_log != NULL && serving->access_log != serving->context->messages)
        (void)fclose(serving->access_log);
}

/* ---- systemd ---- */

static void tell_reloading(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%jd",
                     (intmax_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

/* A log that was renamed is begun anew under its name. Its descriptor stays, for a line may be on its way to it; where
 * the new file cannot be had, the old one goes on. */
static void reopen_access_log(struct serving *serving)
{
    if (serving->access_log == NULL || serving->access_log == serving->context->messages)
        return;
    FILE *file = fopen(serving->access_path, "ae");
    if (file == NULL || dup3(fileno(file), fileno(serving->access_log), O_CLOEXEC) < 0)
        command_say(serving->context, "错误：未能重新打开访问日志 %s（%s）", serving->access_path,
                    strerror(errno));
    if (file != NULL)
        (void)fclose(file);
}

static int answer_question(struct action *action, struct store *store, struct err *err)
{
    (void)action;
    (void)store;
    (void)err;
    return OK;
}

static void on_answered(struct action *action)
{
    struct serving *serving = CONTAINER_OF(action, struct serving, question);
    serving->is_asked = false;
    (void)sd_notify(0, "WATCHDOG=1");
}

static void on_watchdog(uv_timer_t *timer)
{
    struct err err;
    struct serving *serving = CONTAINER_OF(timer, struct serving, watchdog);
    if (serving->is_asked)
        return;
    serving->question = (struct action){.act = answer_question, .done = on_answered};
    serving->is_asked = writer_submit(serving->service.writer, &serving->question, &err) == OK;
}

static void stop_watchdog(struct serving *serving)
{
    if (serving->has_watchdog)
        uv_close((uv_handle_t *)&serving->watchdog, NULL);
    serving->has_watchdog = false;
}

/* While the service stops, systemd's own limit for that holds. */
static void on_state(void *context, enum service_state state)
{
    struct serving *serving = context;
    switch (state) {
    case SERVICE_READY:
        (void)sd_notify(0, "READY=1");
        break;
    case SERVICE_RELOADING:
        tell_reloading();
        reopen_access_log(serving);
        break;
    case SERVICE_STOPPING:
        (void)sd_notify(0, "STOPPING=1");
        stop_watchdog(serving);
        break;
    }
}

static void start_watchdog(struct serving *serving)
{
    uint64_t limit_us = 0;
    if (sd_watchdog_enabled(0, &limit_us) <= 0)
        return;
    serving->watchdog_ms = limit_us / MICROSECONDS_A_MS / 2;
    serving->has_watchdog = uv_timer_init(&serving->loop, &serving->watchdog) == 0;
    (void)uv_timer_start(&serving->watchdog, on_watchdog, serving->watchdog_ms,
                         serving->watchdog_ms);
}

/* ---- running ---- */

/* Each connection needs a descriptor; what may be had without asking is taken. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int serve(struct serving *serving)
{
    struct err err;
    int rc = service_start(&serving->service, &serving->loop, &serving->options, &err);
    const char *known = rc == ERR_USAGE ? sentence_zh_of(&err) : NULL;
    if (rc == ERR_USAGE)
        return command_misused(serving->context, &command_serve, "%s（%s）",
                               known != NULL ? known : "无法这样启动", err.message);
    if (rc != OK)
        return command_fail(serving->context, &err);
    start_watchdog(serving);
    (void)uv_run(&serving->loop, UV_RUN_DEFAULT);
    service_deinit(&serving->service);
    command_say(serving->context, "服务已停止（stopped）");
    return EXIT_DONE;
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct serving serving = {.context = context, .service = {.loop = NULL}};
    serving.options = (struct service_options){
        .data_path = context->data_path,
        .listen = serving.listen,
        .proxies = serving.proxies,
        .messages = context->messages,
        .program_version = PINGYI_VERSION,
        .on_state = on_state,
        .context = &serving,
    };
    int status = take_options(&serving, argc, argv);
    if (status != EXIT_DONE)
        return status;
    if (!open_access_log(&serving)) {
        command_say(context, "错误：未能打开访问日志 %s（%s）", serving.access_path,
                    strerror(errno));
        return EXIT_FAILED;
    }
    serving.options.access_log = serving.access_log;
    raise_descriptors();
    (void)setenv("UV_THREADPOOL_SIZE", pool_threads, 0);
    if (uv_loop_init(&serving.loop) != 0) {
        command_say(context, "错误：无法启动（could not make an event loop）");
        status = EXIT_FAILED;
    } else {
        status = serve(&serving);
        int left = uv_loop_close(&serving.loop);
        if (left != 0) {
            command_say(context, "错误：停止时仍有未结束的操作（%s）", uv_strerror(left));
            status = EXIT_FAILED;
        }
    }
    close_access_log(&serving);
    return status;
}

const struct command command_serve = {
    .name = "serve",
    .usage = "[--listen ADDR:PORT …] [--certificate FILE --key FILE] [--host NAME]\n"
             " [--plain] [--behind-proxy ADDR …] [--access-log FILE|-]",
    .summary = "启动服务",
    .details =
        "缺省只在本机 127.0.0.1:8443 上以 HTTPS 提供服务；--listen 可重复，端口写 0 表示任选。\n"
        "首次启动时在数据目录 tls/ 中生成自签名证书；正式使用请用 --certificate 和 --key "
        "指定本单位的\n"
        "证书。--plain 为不加密的 HTTP，只能在本机，或与 --behind-proxy（前置代理的地址，可重复）\n"
        "同用。--host 限定访问所用的域名。--access-log 记录访问（不含个人信息），- 为屏幕。\n"
        "SIGHUP：重新读取证书、重新打开访问日志；SIGTERM：办完手头的请求后停止。",
    .run = run,
};
