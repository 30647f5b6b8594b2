#include "importers/cell_type.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void cell_type_of__knows_numbers_dates_codes_and_links(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        enum cell_type type;
    } cases[] = {
        {"", CELL_EMPTY},
        {" \xE3\x80\x80 ", CELL_EMPTY},
        {"-", CELL_EMPTY},
        {"N/A", CELL_EMPTY},
        {"无", CELL_EMPTY},
        {"12", CELL_NUMBER},
        {" 12 ", CELL_NUMBER},
        {"-0.5", CELL_NUMBER},
        {".5", CELL_NUMBER},
        {"5.", CELL_NUMBER},
        {"1,234.56", CELL_NUMBER},
        {"1.234.567,8", CELL_NUMBER},
        {"12,5", CELL_NUMBER},
        {"1.2e-10", CELL_NUMBER},
        {"1.38E+10", CELL_NUMBER},
        {"$74.69", CELL_NUMBER},
        {"-$5", CELL_NUMBER},
        {"£1,000", CELL_NUMBER},
        {"12.50元", CELL_NUMBER},
        {"4130件", CELL_NUMBER},
        {"12 %", CELL_NUMBER},
        {"(5.00)", CELL_NUMBER},
        {"1,23,4", CELL_TEXT},
        {"12;5", CELL_TEXT},
        {"(5", CELL_TEXT},
        {"1e", CELL_CODE},
        {"2024-05-01", CELL_DATE},
        {"2024-05-01 08:00:12", CELL_DATE},
        {"2024-05-01T08:00:12+08:00", CELL_DATE},
        {"2024/3/5 9:07", CELL_DATE},
        {"2024年3月5日", CELL_DATE},
        {"2024年3月5日 上午9时7分", CELL_DATE},
        {"2024年3月", CELL_DATE},
        {"20240305", CELL_DATE},
        {"20240305181658", CELL_DATE},
        {"28/01/2018", CELL_DATE},
        {"13.04.12", CELL_DATE},
        {"07/01/2011 12:38:45 AM", CELL_DATE},
        {"14-Jan", CELL_DATE},
        {"14-Jan-2014", CELL_DATE},
        {"5 January 2016", CELL_DATE},
        {"January 5, 2016", CELL_DATE},
        {"Apr-16", CELL_DATE},
        {"00:15", CELL_DATE},
        {"9:07:03.5", CELL_DATE},
        {"99/99/2018", CELL_CODE},
        {"20249305", CELL_NUMBER},
        {"Mayor", CELL_TEXT},
        {"date", CELL_TEXT},
        {"MG-8769", CELL_CODE},
        {"热线-260402-062267", CELL_CODE},
        {"13812345678", CELL_CODE},
        {"007", CELL_CODE},
        {"0", CELL_NUMBER},
        {"x0001", CELL_CODE},
        {"第3组", CELL_TEXT},
        {"幸福路12号漏水", CELL_TEXT},
        {"https://www.example.com/a?b=c", CELL_LINK},
        {"www.example.com", CELL_LINK},
        {"a.b@example.com", CELL_LINK},
        {"@home", CELL_TEXT},
        {"a@b", CELL_TEXT},
        {"://", CELL_TEXT},
        {"路灯坏了", CELL_TEXT},
        {"Men's Boots", CELL_TEXT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("    %s\n", cases[i].cell);
        assert_int_equal(cell_type_of(bytes_from_z(cases[i].cell)), cases[i].type);
    }
}

static void cell_is_name__refuses_values_and_sentences(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        bool is_name;
    } cases[] = {
        {"工单编号", true},
        {"Total Cost (£)", true},
        {"col1", true},
        {"", false},
        {"12", false},
        {"2024-05-01", false},
        {"a@example.com", false},
        {"制表人：张三", false},
        {"Source:", false},
        {"Date: today", false},
        {"以下为五月全部工单。", false},
        {"a very long line of words that nobody would call a column", false},
        {"本表统计口径为二〇二四年五月一日至三十一日期间全市受理的全部热线工单含直接答复件与转办件",
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(cell_is_name(bytes_from_z(cases[i].cell)), cases[i].is_name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cell_type_of__knows_numbers_dates_codes_and_links),
        cmocka_unit_test(cell_is_name__refuses_values_and_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
