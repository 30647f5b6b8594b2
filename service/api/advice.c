#include "service/api/parts.h"

#include "base/civil.h"

#include "service/auth/accounts.h"

#include <sys/stat.h>
#include <sys/vfs.h>

/* What is unsafe about the configuration, told at the start: a line each, with what to do. */

enum { CERTIFICATE_ENDS_SOON_DAYS = 30 };

void advice_say_certificate(struct service *service)
{
    int days = tls_days_left(service->tls, service_now_utc(service));
    if (days < 0)
        service_say(service, "注意：证书已过期，请更换后发送 SIGHUP（certificate has expired）");
    else if (days < CERTIFICATE_ENDS_SOON_DAYS)
        service_say(
            service,
            "注意：证书还有 %d 天到期，请及时更换后发送 SIGHUP（certificate ends in %d days）",
            days, days);
}

static void say_transport(struct service *service)
{
    const struct service_options *options = service->options;
    if (options->is_plain)
        service_say(service, "注意：未加密的 HTTP，只应在本机或由前置代理加密后使用（plain HTTP）");
    else if (options->certificate_path == NULL)
        service_say(service, "注意：使用自带的自签名证书，浏览器会告警；正式使用请用 --certificate "
                             "和 --key 指定本单位的证书（self-signed certificate）");
    if (service->tls != NULL)
        advice_say_certificate(service);
    for (size_t i = 0; options->listen[i] != NULL; i++) {
        struct listen_address address;
        struct err err;
        if (options->host == NULL &&
            listen_address_parse(options->listen[i], &address, &err) == OK && address.is_any)
            service_say(service,
                        "注意：在所有网络地址上监听，且未用 --host 限定域名（listens on all "
                        "addresses for any host）");
    }
}

static int on_account(void *context, const struct account_row *row, struct err *err)
{
    bool *has_one = context;
    (void)err;
    if (bytes_equal(row->role, bytes_from_z(role_word(ROLE_ADMINISTRATOR))) && !row->is_disabled &&
        row->totp_is_confirmed)
        *has_one = true;
    return OK;
}

static void say_administrator(struct service *service, struct store *store)
{
    struct err err;
    bool has_one = false;
    if (accounts_each(store, BYTES_NONE, 0, on_account, &has_one, &err) == OK && !has_one)
        service_say(service,
                    "注意：系统管理员都还没有绑定动态口令，请登录后绑定；没有账号的先用 pingyi "
                    "user add 建立（no administrator with TOTP）");
}

/* SQLite's locks and its shared memory do not hold on file systems of other machines. */
static void say_file_system(struct service *service)
{
    static const unsigned long remote[] = {0x6969,     0xFF534D42, 0xFE534D42, 0x517B,
                                           0x01021997, 0x65735546, 0x00C36400};
    struct statfs info;
    if (statfs(service->datadir.path, &info) != 0)
        return;
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++) {
        if ((unsigned long)info.f_type == remote[i])
            service_say(service,
                        "注意：数据目录似在网络文件系统上，断电或断网时可能损坏，请改用本地"
                        "磁盘（data directory on a network file system）");
    }
}

/* The program cannot have been installed after now. */
static void say_clock(struct service *service)
{
    struct stat program;
    if (stat("/proc/self/exe", &program) == 0 &&
        (int64_t)program.st_mtim.tv_sec > service_now_utc(service) + SECONDS_A_DAY)
        service_say(service, "注意：系统时间早于程序的安装时间，请校准时钟（the clock is wrong）");
}

void advice_say(struct service *service, struct store *store)
{
    say_transport(service);
    say_administrator(service, store);
    say_file_system(service);
    say_clock(service);
}
