#include "service/commands/outcomes_show.h"

#include "base/civil.h"

#include "service/auth/digest.h"
#include "service/commands/grid.h"
#include "service/commands/output.h"
#include "service/followup/outcomes.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* ---- files ---- */

struct file_list {
    struct grid grid;
    enum command_format format;
};

static struct bytes kind_word(struct bytes kind, enum command_format format)
{
    if (format != FORMAT_TABLE)
        return kind;
    if (bytes_equal(kind, BYTES_LIT("file")))
        return BYTES_LIT("文件");
    return bytes_equal(kind, BYTES_LIT("service")) ? BYTES_LIT("本系统") : BYTES_LIT("更正");
}

static int on_file(void *context, const struct outcome_file_row *row, struct err *err)
{
    struct file_list *list = context;
    struct grid *grid = &list->grid;
    char sha256[SHA256_HEX_BYTES];
    char at[TIME_TEXT_BYTES];
    (void)err;
    sha256_hex((const unsigned char *)row->sha256.ptr, sha256);
    time_format(row->imported_utc, OFFICE_OFFSET_S, at);
    grid_count(grid, row->id);
    grid_count(grid, row->draw_no);
    grid_text(grid, row->file_name);
    grid_text(grid, bytes_from_z(at));
    grid_text(grid, row->who);
    grid_count(grid, row->rows);
    grid_count(grid, row->accepted);
    grid_count(grid, row->updated);
    grid_count(grid, row->unchanged);
    grid_count(grid, row->rejected);
    grid_text(grid, bytes_from_z(sha256));
    grid_text(grid, kind_word(row->kind, list->format));
    grid_text(grid, row->why);
    return OK;
}

int outcomes_show_files(const struct datadir *datadir, const struct round_row *round,
                        enum command_format format, struct arena *arena, struct buf *out,
                        struct err *err)
{
    static const struct grid_column columns[] = {
        {"id", "编号"},        {"draw", "抽样"},
        {"file", "文件"},      {"loaded_at", "载入时间"},
        {"by", "经办"},        {"rows", "行数"},
        {"accepted", "新增"},  {"updated", "更正"},
        {"unchanged", "未变"}, {"rejected", "问题数据"},
        {"sha256", "SHA-256"}, {"kind", "来源"},
        {"why", "理由"},
    };
    struct file_list list = {.format = format};
    grid_init(&list.grid, columns, COUNT_OF(columns), arena);
    int rc = outcome_files_each(datadir->store, round->id, on_file, &list, err);
    return rc == OK ? grid_render(&list.grid, format, out, err) : rc;
}

/* ---- callers ---- */

static struct bytes flag_word(enum funnel_flag flag, enum command_format format)
{
    static const char *const words[] = {"few", "ok", "alert", "alarm"};
    static const char *const sentences[] = {"样本偏少", "", "关注", "警示"};
    return bytes_from_z(format == FORMAT_TABLE ? sentences[flag] : words[flag]);
}

static void add_item(struct grid *grid, const struct funnel_caller *item,
                     const struct funnel_point *point, enum command_format format)
{
    grid_count(grid, item->valid);
    grid_count(grid, item->favourable);
    grid_number(grid, item->expected);
    grid_number(grid, point->z);
    grid_number(grid, point->z_adjusted);
    grid_text(grid, flag_word(point->flag, format));
}

static void add_callers(struct grid *grid, const struct outcome_callers *callers,
                        enum command_format format)
{
    for (size_t i = 0; i < callers->caller_count; i++) {
        const struct outcome_caller *caller = &callers->callers[i];
        bool is_named = caller->name.len > 0 || format != FORMAT_TABLE;
        grid_text(grid, is_named ? caller->name : BYTES_LIT("（未注明）"));
        grid_count(grid, caller->attempts);
        grid_count(grid, caller->final_cases);
        grid_count(grid, caller->completes);
        grid_count(grid, caller->refusals);
        add_item(grid, &caller->resolution, &caller->resolution_point, format);
        add_item(grid, &caller->satisfaction, &caller->satisfaction_point, format);
    }
}

static void say_dispersion(const char *item, const struct funnel *funnel, struct buf *out)
{
    if (funnel->is_overdispersed)
        buf_printf(out,
                   "%s：话务员之间的差异大于抽样误差（离散度 %.2f），z 值已按此调整后再判定。\n",
                   item, funnel->dispersion);
    else
        buf_printf(out, "%s：话务员之间的差异未超出抽样误差。\n", item);
}

int outcomes_show_callers(const struct datadir *datadir, const struct round_row *round,
                          enum command_format format, struct arena *arena, struct buf *out,
                          struct err *err)
{
    static const struct grid_column columns[] = {
        {"caller", "话务员"},          {"attempts", "拨打"},
        {"final_cases", "定案"},       {"complete", "成功"},
        {"refusal", "拒访"},           {"resolution_base", "解决:有效"},
        {"resolved", "已解决"},        {"resolved_expected", "应有"},
        {"resolution_z", "z"},         {"resolution_z_adjusted", "调整后"},
        {"resolution_flag", "提示"},   {"satisfaction_base", "满意:有效"},
        {"satisfied", "满意"},         {"satisfied_expected", "应有"},
        {"satisfaction_z", "z"},       {"satisfaction_z_adjusted", "调整后"},
        {"satisfaction_flag", "提示"},
    };
    struct grid grid;
    struct outcome_callers callers;
    struct rules *rules = arena_alloc(arena, sizeof *rules);
    if (rules == NULL)
        return err_set(err, ERR_NOMEM, "could not read the rules of a round");
    int rc = rules_parse(round->rules, rules, err);
    if (rc == OK)
        rc = outcomes_callers_load(datadir, round, rules, arena, &callers, err);
    if (rc != OK)
        return rc;
    grid_init(&grid, columns, COUNT_OF(columns), arena);
    add_callers(&grid, &callers, format);
    if (format == FORMAT_TABLE)
        buf_printf(out, "%s 评价期 " BYTES_FMT " 话务员情况（仅供评价办内部使用）\n",
                   datadir->organ, BYTES_ARG(round->name));
    rc = grid_render(&grid, format, out, err);
    if (rc == OK && format == FORMAT_TABLE) {
        say_dispersion("诉求解决", &callers.resolution, out);
        say_dispersion("处理满意", &callers.satisfaction, out);
        buf_append_z(out, "提示只是抽听录音的理由，不是过错的证明。\n");
    }
    return rc;
}

/* ---- rates ---- */

static void add_rates(struct grid *grid, const struct outcome_tally *tally,
                      const struct outcome_mass *mass)
{
    double e = outcome_eligible_share(mass);
    struct outcome_rates rates = outcome_rates_of(mass, e);
    const double values[] = {rates.rr1,   rates.rr2,   rates.rr3,   rates.rr4,
                             rates.rr5,   rates.rr6,   rates.coop1, rates.coop2,
                             rates.coop3, rates.coop4, rates.ref1,  rates.ref2,
                             rates.ref3,  rates.con1,  rates.con2,  rates.con3};
    grid_count(grid, outcome_tally_released(tally));
    for (int group = 0; group < OUTCOME_GROUPS; group++)
        grid_count(grid, tally->of_group[group]);
    grid_number(grid, e);
    for (size_t i = 0; i < COUNT_OF(values); i++)
        grid_rate(grid, values[i]);
}

static void add_unit(struct grid *grid, const struct sampled_unit *unit, struct bytes name)
{
    struct outcome_mass mass = {{0}};
    outcome_mass_add(&mass, &unit->counts.outcomes, 1);
    grid_text(grid, unit->code);
    grid_text(grid, name);
    grid_text(grid, BYTES_LIT(""));
    add_rates(grid, &unit->counts.outcomes, &mass);
}

static void add_all(struct grid *grid, const struct sampled *sampled, bool is_weighted,
                    enum command_format format)
{
    struct outcome_mass mass = {{0}};
    struct outcome_tally tally = {{0}};
    for (size_t i = 0; i < sampled->unit_count; i++) {
        const struct unit_sample *counts = &sampled->units[i].counts;
        int64_t released = outcome_tally_released(&counts->outcomes);
        double weight = is_weighted ? (double)counts->frame / (double)released : 1;
        if (released == 0)
            continue;
        outcome_tally_add(&tally, &counts->outcomes);
        outcome_mass_add(&mass, &counts->outcomes, weight);
    }
    bool for_people = format == FORMAT_TABLE;
    grid_text(grid, BYTES_LIT("*"));
    grid_text(grid, for_people ? BYTES_LIT("总计") : BYTES_LIT(""));
    grid_text(grid, !is_weighted ? (for_people ? BYTES_LIT("不加权") : BYTES_LIT("none"))
                    : for_people ? BYTES_LIT("按 N/n 加权")
                                 : BYTES_LIT("frame"));
    add_rates(grid, &tally, &mass);
}

struct naming {
    const struct sampled *sampled;
    struct bytes *names; /* beside sampled->units */
    struct arena *arena;
};

static int on_unit(void *context, const struct round_unit_row *row, struct err *err)
{
    struct naming *naming = context;
    const struct sampled_unit *unit = sampled_find(naming->sampled, row->code);
    if (unit == NULL)
        return OK;
    struct bytes *name = &naming->names[unit - naming->sampled->units];
    *name = arena_copy(naming->arena, row->name);
    return name->ptr != NULL ? OK : err_set(err, ERR_NOMEM, "could not keep a unit's name");
}

int outcomes_show_rates(const struct datadir *datadir, const struct round_row *round,
                        enum command_format format, struct arena *arena, struct buf *out,
                        struct err *err)
{
    static const struct grid_column columns[] = {
        {"unit_code", "单位代码"},
        {"unit_name", "单位"},
        {"weights", "加权"},
        {"released", "样本"},
        {"complete", "成功"},
        {"partial", "部分"},
        {"refusal", "拒访"},
        {"noncontact", "未接触"},
        {"other", "其他"},
        {"unknown_unworked", "未拨打"},
        {"unknown_person", "无法确认"},
        {"ineligible", "不属样本"},
        {"e", "e"},
        {"rr1", "RR1"},
        {"rr2", "RR2"},
        {"rr3", "RR3"},
        {"rr4", "RR4"},
        {"rr5", "RR5"},
        {"rr6", "RR6"},
        {"coop1", "COOP1"},
        {"coop2", "COOP2"},
        {"coop3", "COOP3"},
        {"coop4", "COOP4"},
        {"ref1", "REF1"},
        {"ref2", "REF2"},
        {"ref3", "REF3"},
        {"con1", "CON1"},
        {"con2", "CON2"},
        {"con3", "CON3"},
    };
    struct grid grid;
    struct sampled sampled;
    int rc = sampled_load(datadir->store, round->id, arena, &sampled, err);
    if (rc == OK && !sampled.has_draw)
        rc = err_set(err, ERR_NOT_FOUND, "round \"" BYTES_FMT "\" has no draw in force",
                     BYTES_ARG(round->name));
    if (rc != OK)
        return rc;
    struct naming naming = {&sampled, NULL, arena};
    naming.names = arena_alloc(arena, (sampled.unit_count + 1) * sizeof *naming.names);
    if (naming.names == NULL)
        return err_set(err, ERR_NOMEM, "could not name %zu units", sampled.unit_count);
    rc = round_units_each(datadir->store, round->id, on_unit, &naming, err);
    grid_init(&grid, columns, COUNT_OF(columns), arena);
    for (size_t i = 0; i < sampled.unit_count && rc == OK; i++)
        add_unit(&grid, &sampled.units[i], naming.names[i]);
    add_all(&grid, &sampled, false, format);
    add_all(&grid, &sampled, true, format);
    if (rc == OK)
        rc = grid_render(&grid, format, out, err);
    if (rc == OK && format == FORMAT_TABLE)
        buf_append_z(
            out,
            "e：身份不明的样本中按多大比例视为合格，等于已知样本中合格的比例（AAPOR 比例法）。\n");
    return rc;
}
