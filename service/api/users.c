#include "service/api/handlers.h"

#include "service/api/account_json.h"
#include "service/api/call.h"

#include <string.h>

/* Accounts as the administrators see them. A new one, and one that is reset, gets a one-time password: made and hashed
 * in the hashing lane, stored by the writer, shown once. */

enum {
    NAME_MAX_BYTES = 64,
    DISPLAY_NAME_MAX_BYTES = 256,
    TEAM_MAX_BYTES = 256,
    UNIT_MAX_BYTES = 128,
    ROLE_MAX_BYTES = 32,
    USERS_A_PAGE = 200
};

struct user_input {
    struct account_wish wish;
    char password[ONE_TIME_PASSWORD_BYTES];
    char hash[PASSWORD_HASH_BYTES];
};

/* ---- reading ---- */

struct listing {
    json_t *items;
    int64_t now_utc;
    struct arena *arena;
    struct bytes last;
};

static int on_account(void *context, const struct account_row *row, struct err *err)
{
    struct listing *listing = context;
    listing->last = arena_copy(listing->arena, row->name);
    if (json_array_append_new(listing->items, account_to_json(row, listing->now_utc)) != 0 ||
        listing->last.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not list the accounts");
    return OK;
}

static int list(struct call *call, struct store *store, struct err *err)
{
    struct listing listing = {
        .items = json_array(),
        .now_utc = call->now_utc,
        .arena = exchange_arena(call->exchange),
    };
    struct bytes after = exchange_query(call->exchange, "after");
    int rc = accounts_each(store, after, USERS_A_PAGE, on_account, &listing, err);
    if (rc != OK) {
        json_decref(listing.items);
        return rc;
    }
    bool is_full = json_array_size(listing.items) == USERS_A_PAGE;
    return call_put_json(
        call, list_to_json(listing.items, is_full ? json_bytes(listing.last) : NULL), err);
}

void users_list(struct http_exchange *exchange)
{
    call_read(call_of(exchange), list, NULL);
}

static int show(struct call *call, struct store *store, struct err *err)
{
    struct account_row row;
    int rc = account_get(store, exchange_param(call->exchange, "name"), &row, err);
    return rc == OK ? call_put_json(call, account_to_json(&row, call->now_utc), err) : rc;
}

void users_show(struct http_exchange *exchange)
{
    call_read(call_of(exchange), show, NULL);
}

/* ---- what is wished ---- */

static bool take_role(struct call *call, json_t *object, enum role *out)
{
    struct bytes word;
    if (!call_text(call, object, "role", true, ROLE_MAX_BYTES, &word))
        return false;
    if (!role_from_word(word, out)) {
        call_refuse_field(call, "role", "没有这个角色。");
        return false;
    }
    return true;
}

/* The rules of account_add and account_set_role that need no look into the store, told by the field they concern. */
static bool check_place(struct call *call, const struct account_wish *wish)
{
    bool may_have_unit = wish->role == ROLE_OFFICE || wish->role == ROLE_LIAISON;
    if (wish->role == ROLE_LIAISON && wish->unit_code.len == 0)
        call_refuse_field(call, "unit", "联络员须指定单位。");
    else if (wish->unit_code.len > 0 && !may_have_unit)
        call_refuse_field(call, "unit", "只有评价工作人员和联络员可以限定单位。");
    else
        return true;
    return false;
}

static bool take_place(struct call *call, json_t *object, struct account_wish *wish)
{
    return take_role(call, object, &wish->role) &&
           call_text(call, object, "team", false, TEAM_MAX_BYTES, &wish->team) &&
           call_text(call, object, "unit", false, UNIT_MAX_BYTES, &wish->unit_code) &&
           check_place(call, wish);
}

/* ---- one-time passwords ---- */

static int make_password(struct call *call, struct store *store, struct err *err)
{
    struct user_input *input = call->input;
    (void)store;
    int rc = password_make_one_time(input->password, err);
    return rc == OK ? password_hash(bytes_from_z(input->password), input->hash, err) : rc;
}

static int put_password(struct call *call, json_t *account, struct err *err)
{
    const struct user_input *input = call->input;
    return call_put_json(
        call, json_pack("{s:o, s:s}", "account", account, "password", input->password), err);
}

static int show_with_password(struct call *call, struct store *store, struct bytes name,
                              struct err *err)
{
    struct account_row row;
    int rc = account_get(store, name, &row, err);
    return rc == OK ? put_password(call, account_to_json(&row, call->now_utc), err) : rc;
}

static void answer_with_password(struct call *call)
{
    struct user_input *input = call->input;
    explicit_bzero(input->password, sizeof input->password);
    call_answer(call);
}

/* ---- adding ---- */

static int add(struct call *call, struct store *store, struct err *err)
{
    struct user_input *input = call->input;
    struct account_office office = call_office(call, store);
    int64_t id;
    int rc = account_add(&office, &input->wish, input->hash, &id, err);
    if (rc == ERR_PERMISSION)
        rc = call_refuse(
            call, 403, "role_is_given",
            "该角色已有账号，系统管理员不能再新建：请以其他角色新建，再由安全管理员变更角色。",
            err);
    return rc == OK ? show_with_password(call, store, input->wish.name, err) : rc;
}

static void on_password_to_add(struct call *call)
{
    call->status = 201;
    call->has_secrets = true;
    call_write(call, add, answer_with_password);
}

void users_add(struct http_exchange *exchange)
{
    static const char *const names[] = {"name", "display_name", "role", "team", "unit", NULL};
    struct call *call = call_of(exchange);
    struct user_input *input = call_alloc(call, sizeof *input);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object == NULL ||
        !call_text(call, object, "name", true, NAME_MAX_BYTES, &input->wish.name) ||
        !call_text(call, object, "display_name", true, DISPLAY_NAME_MAX_BYTES,
                   &input->wish.display_name) ||
        !take_place(call, object, &input->wish))
        return;
    if (!account_name_is_good(input->wish.name)) {
        call_refuse_field(call, "name", "账号须为2至32位小写字母、数字或 . _ -，以字母开头。");
        return;
    }
    call->input = input;
    call_hash(call, make_password, on_password_to_add);
}

/* ---- resetting ---- */

static int reset(struct call *call, struct store *store, struct err *err)
{
    struct user_input *input = call->input;
    struct account_office office = call_office(call, store);
    struct bytes name = exchange_param(call->exchange, "name");
    int rc = account_reset(&office, name, input->hash, err);
    return rc == OK ? show_with_password(call, store, name, err) : rc;
}

static void on_password_to_reset(struct call *call)
{
    call->has_secrets = true;
    call->touches_accounts = true;
    call_write(call, reset, answer_with_password);
}

void users_reset(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    call->input = call_alloc(call, sizeof(struct user_input));
    if (call->input != NULL)
        call_hash(call, make_password, on_password_to_reset);
}

/* ---- other changes: the account as it is then is the answer ---- */

static int finish_change(struct call *call, struct store *store, int rc, struct err *err)
{
    return rc == OK ? show(call, store, err) : rc;
}

static int enable(struct call *call, struct store *store, struct err *err)
{
    struct account_office office = call_office(call, store);
    struct bytes name = exchange_param(call->exchange, "name");
    return finish_change(call, store, account_set_enabled(&office, name, true, err), err);
}

static int disable(struct call *call, struct store *store, struct err *err)
{
    struct account_office office = call_office(call, store);
    struct bytes name = exchange_param(call->exchange, "name");
    if (bytes_equal(name, call->who.name))
        return call_refuse(call, 409, "own_account", "不能停用自己的账号。", err);
    return finish_change(call, store, account_set_enabled(&office, name, false, err), err);
}

static int unlock(struct call *call, struct store *store, struct err *err)
{
    struct account_office office = call_office(call, store);
    struct bytes name = exchange_param(call->exchange, "name");
    return finish_change(call, store, account_unlock(&office, name, err), err);
}

static int reset_totp(struct call *call, struct store *store, struct err *err)
{
    struct account_office office = call_office(call, store);
    struct bytes name = exchange_param(call->exchange, "name");
    return finish_change(call, store, account_reset_totp(&office, name, err), err);
}

static int put_role(struct call *call, struct store *store, struct err *err)
{
    struct user_input *input = call->input;
    struct account_office office = call_office(call, store);
    return finish_change(call, store, account_set_role(&office, &input->wish, err), err);
}

static void change(struct http_exchange *exchange,
                   int (*run)(struct call *, struct store *, struct err *))
{
    struct call *call = call_of(exchange);
    call->touches_accounts = true;
    call_write(call, run, NULL);
}

void users_disable(struct http_exchange *exchange)
{
    change(exchange, disable);
}

void users_enable(struct http_exchange *exchange)
{
    change(exchange, enable);
}

void users_unlock(struct http_exchange *exchange)
{
    change(exchange, unlock);
}

void users_reset_totp(struct http_exchange *exchange)
{
    change(exchange, reset_totp);
}

void users_put_role(struct http_exchange *exchange)
{
    static const char *const names[] = {"role", "team", "unit", NULL};
    struct call *call = call_of(exchange);
    struct user_input *input = call_alloc(call, sizeof *input);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object == NULL || !take_place(call, object, &input->wish))
        return;
    input->wish.name = exchange_param(exchange, "name");
    call->input = input;
    change(exchange, put_role);
}
