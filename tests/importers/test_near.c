#include "importers/near.h"

#include "importers/names.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

/* The folded form of a text, in `out`. */
static void fold(const char *text, struct buf *out, struct near_name *name)
{
    buf_init(out, 4096);
    name_fold(bytes_from_z(text), out);
    assert_int_equal(out->rc, OK);
    near_name_init(name, buf_bytes(out));
}

static struct near compare(const char *name, const char *unit, char part[64])
{
    struct buf folded_name;
    struct buf folded_unit;
    struct near_name a;
    struct near_name b;
    fold(name, &folded_name, &a);
    fold(unit, &folded_unit, &b);
    struct near near = near_compare(&a, &b);
    assert_in_range(near.part.len, 0, 63);
    if (near.part.len > 0)
        memcpy(part, near.part.ptr, near.part.len);
    part[near.part.len] = '\0';
    near.part = BYTES_NONE;
    buf_deinit(&folded_name);
    buf_deinit(&folded_unit);
    return near;
}

static void near_compare__knows_the_ways_of_desks(void **state)
{
    (void)state;
    static const struct {
        const char *name, *unit;
        enum near_why why;
        const char *part;
    } cases[] = {
        {"教育局", "市教育局", NEAR_LACKS, "市"},
        {"市教育局", "教育局", NEAR_EXCEEDS, "市"},
        {"市教育局", "南宁市教育局", NEAR_LACKS, "南宁"},
        {"教育局", "南宁市教育局", NEAR_LACKS, "南宁市"},
        {"南宁市教育局", "教育局", NEAR_EXCEEDS, "南宁市"},
        {"教育局", "青秀区教育局", NEAR_LACKS, "青秀区"},
        {"青秀区城管局", "南宁市青秀区城市管理局", NEAR_SHORT, ""},
        {"教育局", "东城区教育局", NEAR_LACKS, "东城区"},
        {"市 教育局", "市教育局", NEAR_SAME, ""},
        {"市城管局", "南宁市城市管理局", NEAR_SHORT, ""},
        {"住建局", "住房和城乡建设局", NEAR_SHORT, ""},
        {"住房和城乡建设局", "住建局", NEAR_SHORT, ""},
        {"环卫处", "环境卫生管理处", NEAR_SHORT, ""},
        {"市人社局", "市人力资源和社会保障局", NEAR_SHORT, ""},
        {"发改委", "市发展和改革委员会", NEAR_SHORT, ""},
        {"卫健委", "卫生健康委员会", NEAR_SHORT, ""},
        {"市管委会", "市管理委员会", NEAR_SHORT, ""},
        {"疾控中心", "市疾病预防控制中心", NEAR_SHORT, ""},
        {"市场监管局", "市场监督管理局", NEAR_SHORT, ""},
        {"南宁市市场监管局", "市市场监督管理局", NEAR_SHORT, ""},
        {"青秀区政府", "青秀区人民政府", NEAR_SHORT, ""},
        {"政府办", "人民政府办公室", NEAR_SHORT, ""},
        {"新竹街道办", "新竹街道办事处", NEAR_SHORT, ""},
        {"交通局", "交通运输局", NEAR_SHORT, ""},
        {"自然资局", "自然资源局", NEAR_LACKS, "源"},
        {"场监督管理局", "市场监督管理局", NEAR_LACKS, "市"},
        {"自然资源局、", "自然资源局", NEAR_EXCEEDS, "、"},
        {"民政", "市民政局", NEAR_LACKS, "局"},
        {"新竹街道", "新竹街道办事处", NEAR_LACKS, "办事处"},
        {"崧泽村委会", "崧泽村", NEAR_EXCEEDS, "委会"},
        {"交警支队", "市公安局交警支队", NEAR_LACKS, "公安局"},
        {"市公安局交警支队", "交警支队", NEAR_EXCEEDS, "公安局"},
        {"市公安局（交警支队）", "市公安局", NEAR_EXCEEDS, "(交警支队)"},
        {"住建局", "住房和城乡建设局【质监站】", NEAR_SHORT, ""},
        {"住建局（质监）", "住房和城乡建设局", NEAR_SHORT, ""},
        {"住房和城乡建没局", "住房和城乡建设局", NEAR_MISTYPED, "设"},
        {"自然资原局", "市自然资源局", NEAR_MISTYPED, "源"},
        {"住房城和乡建设局", "住房和城乡建设局", NEAR_TRANSPOSED, "和城"},
        {"市政工程处", "南宁市市政工程处", NEAR_LACKS, "南宁市"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char part[64];
        print_message("    %s %s\n", cases[i].name, cases[i].unit);
        struct near near = compare(cases[i].name, cases[i].unit, part);
        assert_int_equal(near.why, cases[i].why);
        assert_string_equal(part, cases[i].part);
        assert_in_range(near.score, 1, 100);
    }
}

static void near_compare__keeps_different_units_apart(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "教育局"},
        {"教育局", ""},
        {"教育局", "体育局"},
        {"南宁市教育局", "南宁市体育局"},
        {"水利局", "水务局"},
        {"民政局", "财政局"},
        {"第一人民医院", "第二人民医院"},
        {"第一中学", "第十一中学"},
        {"南宁中学", "南宁第三中学"},
        {"12中学", "13中学"},
        {"县医院", "县中医院"},
        {"城东派出所", "城西派出所"},
        {"城东派出所", "城派出所"},
        {"公安局", "公安分局"},
        {"交警支队", "交警大队"},
        {"消防支队", "消防总队"},
        {"环卫处", "环卫站"},
        {"青秀街道办", "青山街道办"},
        {"市教育局", "区教育局"},
        {"青秀区教育局", "西乡塘区教育局"},
        {"东城区教育局", "西城区教育局"},
        {"南宁市教育局", "柳州市教育局"},
        {"市教育局", "南宁市青秀区教育局"},
        {"城市管理局", "管理局"},
        {"管理局", "城市管理局"},
        {"建设局", "住房和城乡建设局"},
        {"城管", "城市管理局"},
        {"公安局（一大队）", "公安局（二大队）"},
        {"公安局（一大队）", "公安局（交警）"},
        {"社区服务中心", "服务中心"},
        {"自来水公司", "燃气公司"},
        {"局", "教育局"},
        {"局", "局局"},
        {"朝阳路小学", "新朝阳路小学"},
        {"体育局", "教体育局"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char part[64];
        print_message("    %s %s\n", cases[i][0], cases[i][1]);
        struct near near = compare(cases[i][0], cases[i][1], part);
        assert_int_equal(near.score, 0);
        assert_int_equal(near.why, NEAR_NONE);
    }
}

static void near_compare__prefers_what_differs_less(void **state)
{
    (void)state;
    static const struct {
        const char *name, *nearer, *farther;
    } cases[] = {
        {"教育局", "市教育局", "青秀区教育局"},
        {"市城管局", "南宁市城管局", "南宁市城市管理局"},
        {"城管局", "城市管理局", "城市管理综合行政执法局"},
        {"民政局", "市民政局", "民政局（婚姻登记处）"},
        {"自然资源局", "市自然资源局", "自然资源和规划局"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char part[64];
        print_message("    %s\n", cases[i].name);
        int nearer = compare(cases[i].name, cases[i].nearer, part).score;
        int farther = compare(cases[i].name, cases[i].farther, part).score;
        assert_true(farther > 0);
        assert_true(nearer > farther);
    }
}

/* However long: no more than NEAR_MAX_CHARACTERS are looked at. */
static void near_compare__takes_names_up_to_its_limit(void **state)
{
    (void)state;
    char text[3 * (NEAR_MAX_CHARACTERS + 1) + 1];
    char part[64];
    for (size_t i = 0; i <= NEAR_MAX_CHARACTERS; i++)
        memcpy(text + 3 * i, "局", 4);
    assert_int_equal(compare(text, text, part).why, NEAR_NONE);
    text[3 * NEAR_MAX_CHARACTERS] = '\0';
    assert_int_equal(compare(text, text, part).why, NEAR_SAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_compare__knows_the_ways_of_desks),
        cmocka_unit_test(near_compare__keeps_different_units_apart),
        cmocka_unit_test(near_compare__prefers_what_differs_less),
        cmocka_unit_test(near_compare__takes_names_up_to_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
