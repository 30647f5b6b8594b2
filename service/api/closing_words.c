#include "service/api/closing_words.h"

#include <inttypes.h>

void closing_words(const struct closing_ends *ends, struct buf *out)
{
    const struct casework_open_ends *counts = &ends->counts;
    const struct {
        const char *label, *unit;
        int64_t count;
    } kinds[] = {
        {"未拨打", "个样本", counts->unworked},
        {"（其中无可拨号码）", "个", counts->without_number},
        {"未做完", "个样本", counts->unfinished},
        {"预约未回", "个", counts->appointments},
        {"话务员正在办理", "个", counts->leased},
        {"复核未裁定", "件", counts->rechecks},
    };
    const char *between = "";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].count == 0)
            continue;
        buf_printf(out, "%s%s %" PRId64 " %s", between, kinds[i].label, kinds[i].count,
                   kinds[i].unit);
        between = "，";
    }
    if (ends->case_count > 0)
        buf_append_z(out, "；样本编号");
    for (size_t i = 0; i < ends->case_count; i++)
        buf_printf(out, "%s%" PRId64, i > 0 ? "、" : " ", ends->cases[i]);
    if (ends->case_count == CLOSING_NAMED_CASES)
        buf_append_z(out, " 等");
}
