#!/bin/sh
# `inspect`: what it writes for programs, what it says to people, what it refuses; and that options, pipes, a second
# reading of its own output and the profile that it drafts all come to the same.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh

# writes NAME INPUT EXPECTED [OPTION...]: both in printf's notation; the CSV that comes out.
writes() {
    name=$1
    printf "$2" >"$work/in"
    printf "$3" >"$work/expected"
    shift 3
    "$pingyi" inspect "$work/in" --format csv "$@" >"$work/out" 2>"$work/messages"
    status=$?
    cmp -s "$work/expected" "$work/out" && [ $status = 0 ]
    verdict "$name" $? "exit $status; $(diff "$work/expected" "$work/out" | head -4 | tr '\n' '~')"
    [ $# = 0 ] || return
    "$pingyi" inspect "$work/out" --format csv >"$work/again" 2>/dev/null
    cmp -s "$work/out" "$work/again"
    verdict "${name}_again_changes_nothing" $?
}
# refuses NAME INPUT WORD
refuses() {
    printf "$2" >"$work/in"
    "$pingyi" inspect "$work/in" --format csv >"$work/out" 2>"$work/messages"
    [ $? = 1 ] && [ ! -s "$work/out" ] && grep -q "$3" "$work/messages"
    verdict "refuses_$1" $? "$(head -2 "$work/messages")"
}

people='name,age,city\nAnn,31,Rome\nBob,40,Oslo\nCid,25,Lima\n'
writes plain "$people" "$people"
writes empty '' ''
writes white_space_alone '\n \n' ''
writes header_alone 'id,name,since\n' 'id,name,since\n'
writes no_header '1,2020-01-05,3.5\n2,2020-01-06,4.5\n3,2020-01-07,5.5\n' \
    '1,2020-01-05,3.5\n2,2020-01-06,4.5\n3,2020-01-07,5.5\n'
writes semicolon 'name;age;city\nAnn;31,5;Rome\nBob;40,1;Oslo\nCid;25,0;Lima\n' \
    'name,age,city\nAnn,"31,5",Rome\nBob,"40,1",Oslo\nCid,"25,0",Lima\n'
writes tab 'name\tage\tcity\nAnn\t31\tRome, old\nBob\t40\tOslo\n' 'name,age,city\nAnn,31,"Rome, old"\nBob,40,Oslo\n'
writes pipe 'name|age|city\nAnn|31|Rome\nBob|40|Oslo\n' 'name,age,city\nAnn,31,Rome\nBob,40,Oslo\n'
writes two_characters 'name, age, city\nAnn, 31, "Rome, old"\nBob, 40, Oslo\n' \
    'name,age,city\nAnn,31,"Rome, old"\nBob,40,Oslo\n'
writes single_quote "name,age,city\nAnn,31,'Rome, old'\nBob,40,'Oslo, new'\nCid,25,Lima\n" \
    'name,age,city\nAnn,31,"Rome, old"\nBob,40,"Oslo, new"\nCid,25,Lima\n'
writes backslash 'name,age,city\nAnn,31,"the \\"old\\" one, there"\nBob,40,"x"\nCid,25,Lima\n' \
    'name,age,city\nAnn,31,"the ""old"" one, there"\nBob,40,x\nCid,25,Lima\n'
writes cr_alone 'name,age,city\rAnn,31,Rome\rBob,40,Oslo\r' 'name,age,city\nAnn,31,Rome\nBob,40,Oslo\n'
writes crlf 'name,age,city\r\nAnn,31,"Rome\r\nnew"\r\nBob,40,Oslo\r\n' 'name,age,city\nAnn,31,"Rome\r\nnew"\nBob,40,Oslo\n'
writes no_final_line_end 'name,age,city\nAnn,31,Rome\nBob,40,Oslo' 'name,age,city\nAnn,31,Rome\nBob,40,Oslo\n'
writes blank_lines '\nname,age,city\n\nAnn,31,Rome\n\n\nBob,40,Oslo\n\n' 'name,age,city\nAnn,31,Rome\nBob,40,Oslo\n'
writes preamble 'Report of May,,\n,,\nname,age,city\nAnn,31,Rome\nBob,40,Oslo\n' 'name,age,city\nAnn,31,Rome\nBob,40,Oslo\n'
says preamble_is_named '表前的'
writes total_row_stays 'name,age,city\nAnn,31,Rome\nBob,40,Oslo\n合计,71,\n' 'name,age,city\nAnn,31,Rome\nBob,40,Oslo\n合计,71,\n'
writes spaces_stay 'name,age,city\nAnn, 31,Rome \nBob,40,Oslo\nCid,25,Lima\n' \
    'name,age,city\nAnn," 31","Rome "\nBob,40,Oslo\nCid,25,Lima\n'
writes stray_quote 'name,age,city\nAnn,"31,Rome\nBob,40,"Oslo, new"\nCid,25,Lima\n' \
    'name,age,city\nAnn,"""31",Rome\nBob,40,"Oslo, new"\nCid,25,Lima\n'
writes inner_quote 'name,age,city\nAnn,31,"the "old" one, there"\nBob,40,Oslo\nCid,25,Lima\n' \
    'name,age,city\nAnn,31,"the ""old"" one, there"\nBob,40,Oslo\nCid,25,Lima\n'
writes short_and_long_stay 'name,age,city\nAnn,31\nBob,40,Oslo,x\nCid,25,Lima\nDan,1,Bonn\n' \
    'name,age,city\nAnn,31\nBob,40,Oslo,x\nCid,25,Lima\nDan,1,Bonn\n'
writes second_table 'name,age,city\nAnn,31,Rome\nBob,40,Oslo\nname,age\nCid,25\nDan,44\n' 'name,age,city\nAnn,31,Rome\nBob,40,Oslo\n'
says second_table_is_named '第 4 行起是另一张表'
writes byte_order_mark '\357\273\277name,age,city\nAnn,31,Rome\nBob,40,Oslo\n' 'name,age,city\nAnn,31,Rome\nBob,40,Oslo\n'
writes one_column 'name\nAnn Lee\nBob Ray\n' 'name\nAnn Lee\nBob Ray\n'
writes given_delimiter 'a b;c d\n1 2;3 4\n5 6;7 8\n' 'a,b;c,d\n1,2;3,4\n5,6;7,8\n' --delimiter space
writes given_rows 'x,y\n1,2\n3,4\n5,6\n' '3 5,4 6\n' --skip-rows 2 --header-rows 2
writes given_no_quote 'a,b\n"x,y"\n1,2\n3,4\n' 'a,b\n"""x","y"""\n1,2\n3,4\n' --quote none --header-rows 1

printf 'a\377b,c\nd,e\n' >"$work/in"
"$pingyi" inspect "$work/in" --format csv >"$work/out" 2>"$work/messages"
iconv -f UTF-8 -t UTF-8 "$work/out" >/dev/null
verdict undecodable_comes_out_as_valid_utf8 $?

printf 'order_no,received_at,unit,no\377te\n1,2024-05-01,Parks,x\n2,2024-05-02,Roads,y\n' >"$work/in"
"$pingyi" inspect "$work/in" --header-rows 1 --format json >"$work/out" 2>"$work/messages" &&
    [ "$(jq -r '[.columns[] | .field] | join(" ")' "$work/out")" = 'order_no received_at unit ' ]
verdict undecodable_header_cell_hides_no_other $?

refuses web_page '<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>\n' 网页
refuses old_excel '\320\317\021\340\241\261\032\341\000\000\000' Excel
refuses archive '\037\213\010\000\000\000\000\000' 压缩包
refuses zip 'PK\003\004\024\000\000\000\000\000' 已损坏
refuses binary '\177ELF\002\001\001\000\000\000\000\000' 二进制

"$pingyi" inspect tests/data/city_2024_05.csv --format csv >"$work/file" 2>/dev/null
"$pingyi" inspect - --format csv <tests/data/city_2024_05.csv >"$work/pipe" 2>/dev/null
cmp -s "$work/file" "$work/pipe" && [ -s "$work/file" ]
verdict pipe_as_file $?
for encoding in UTF-8 UTF-16 UTF-16LE UTF-16BE; do
    iconv -f GB18030 -t $encoding tests/data/city_2024_05.csv >"$work/in"
    "$pingyi" inspect "$work/in" --format csv >"$work/out" 2>/dev/null
    cmp -s "$work/file" "$work/out"
    verdict "${encoding}_as_GB18030" $?
done

"$pingyi" inspect tests/data/city_2024_05.csv --format json >"$work/out" 2>/dev/null &&
    [ "$(jq -r '[.encoding, .delimiter, .quote, .header_rows] | join(" ")' "$work/out")" = 'gb18030 , " 1' ] &&
    [ "$(jq -r '.evidence.delimiter.reason' "$work/out")" = width ]
verdict json_says_why $?

"$pingyi" inspect tests/data/city_2024_05.csv --profile-out "$work/draft.ini" >/dev/null 2>&1 &&
    "$pingyi" init 2>/dev/null &&
    "$pingyi" import --profile "$work/draft.ini" --dry-run --format json tests/data/city_2024_05.csv >"$work/drafted" 2>/dev/null
"$pingyi" import --dry-run --format json tests/data/city_2024_05.csv >"$work/auto" 2>/dev/null
cmp -s "$work/drafted" "$work/auto" && [ -s "$work/auto" ]
verdict drafted_profile_reads_alike $?

# draft_reads_alike NAME FILE OPTION...: the draft alone reads as the options did.
draft_reads_alike() {
    name=$1 file=$2
    shift 2
    "$pingyi" inspect "$file" "$@" --profile-out "$work/draft.ini" >/dev/null 2>&1 &&
        "$pingyi" import --dry-run --format json "$@" "$file" >"$work/auto" 2>/dev/null
    "$pingyi" import --dry-run --format json --profile "$work/draft.ini" "$file" >"$work/drafted" 2>/dev/null
    [ "$(jq -r '.[0].accepted' "$work/auto")" -gt 0 ] && cmp -s "$work/auto" "$work/drafted"
    verdict "drafted_profile_keeps_$name" $? "$(head -c 300 "$work/drafted" | tr '\n' '~')"
}
draft_reads_alike date_formats tests/data/nyc311_sample.csv --profile nyc311
draft_reads_alike words tests/data/kansascity311_sample.csv --profile kansascity311
printf 'x%%s\nx\norder_no!received_at!unit\n1!2024-05-01!A;B\n2!2024-05-02!"A\n' >"$work/in"
draft_reads_alike form "$work/in" --delimiter '!' --quote none --skip-rows 2 --header-rows 1 --encoding gb18030
cp "$work/in" "$work/same"
"$pingyi" inspect "$work/in" --profile-out "$work/../$(basename "$work")/in" >"$work/out" 2>"$work/messages"
[ $? = 2 ] && cmp -s "$work/in" "$work/same"
verdict draft_never_replaces_the_dump $?
mkfifo "$work/fifo"
ln -s "$work/linked.ini" "$work/link.ini"
: >"$work/linked.ini"
"$pingyi" inspect "$work/in" --profile-out "$work/fifo" >"$work/out" 2>"$work/messages"
[ $? = 1 ] && [ -p "$work/fifo" ]
verdict draft_never_replaces_a_pipe $?
"$pingyi" inspect "$work/in" --profile-out "$work/link.ini" >"$work/out" 2>"$work/messages"
[ -L "$work/link.ini" ] && [ -s "$work/linked.ini" ]
verdict draft_follows_a_link $?
"$pingyi" inspect "$work/in" --profile-out "$work/none.ini" --format csv >"$work/out" 2>"$work/messages"
[ $? = 2 ] && [ ! -s "$work/out" ] && [ ! -e "$work/none.ini" ]
verdict draft_beside_csv_is_usage $?

# What stands in a cell may be anybody's number, however it is written.
{
    echo 工单编号,受理时间,承办单位
    i=0
    for number in 13812345678 138-1234-5678 '138 1234 5678' 8613812345678 '+86 138 1234 5678' １３８１２３４５６７８ \
        13812345678/13912345678 '2024-05-01 13812345678' 0771-2345678 '2024-13-01 25:00'; do
        i=$((i + 1))
        echo "GD$i,$number,甲局"
    done
} >"$work/in"
"$pingyi" inspect "$work/in" --format json >"$work/out" 2>"$work/messages"
jq -r '.problems[].value' "$work/out" >"$work/values"
printf '%s\n' '138****5678' '138-****-5678' '138 **** 5678' '861******5678' '+86 1** **** 5678' '１３８****５６７８' \
    '138****5678/139****5678' '2024-05-01 138****5678' '0771-23***78' '2024-13-01 25:00' >"$work/expected"
cmp -s "$work/values" "$work/expected"
verdict numbers_are_masked $? "$(diff "$work/values" "$work/expected" | head -4 | tr '\n' '~')"

# What keeps a file from being a dump is named, and what is left out.
# words NAME INPUT TEXT: what is said about the input, in printf's notation.
words() {
    printf "$2" >"$work/in"
    "$pingyi" inspect "$work/in" >"$work/out" 2>"$work/messages"
    says "$1" "$3"
}
words missing_columns_are_named '工单编号,来源,受理时间\n1,x,2024-05-01\n2,y,2024-05-02\n' '缺少承办单位列'
words doubled_column_is_named '工单编号,受理时间,承办单位,受理时间\n1,2024-05-01,甲局,2024-05-02\n' '列名“受理时间”出现两次'
words lack_of_a_header_is_named '1,2020-01-05,3.5\n2,2020-01-06,4.5\n3,2020-01-07,5.5\n' '没有表头'
words header_of_two_lines_is_shown_in_one '工单编号,受理时间,承办单位,"备注\n二"\n1,2024-05-01,甲局,x\n' '  备注 二 → （未使用）'
words value_follows_its_column '工单编号,受理时间,承办单位\n1,五月,甲局\n' '第 2 行：受理时间无法识别（受理时间：五月）'
seq -s , 1 1500 | sed 's/[0-9]*/n&/g' >"$work/in"
seq -s , 1 1500 >>"$work/in"
"$pingyi" inspect "$work/in" >"$work/out" 2>"$work/messages"
says header_that_is_cut_is_named '第 1 行：单元格超过 1024 个'
"$pingyi" inspect "$work/in" --format csv >"$work/out" 2>"$work/messages"
says header_that_is_cut_is_named_beside_csv '第 1 行过长'
printf '<html><table></table></html>' >"$work/page.xls"
"$pingyi" inspect "$work/page.xls" >"$work/out" 2>"$work/messages"
says web_page_is_named 网页
! grep -q 'CSV 读取' "$work/messages"
verdict web_page_is_called_nothing_else $?

printf 'a,b\n1,2\n3,4' >"$work/in"
"$pingyi" inspect "$work/in" >"$work/out" 2>"$work/messages"
says no_final_line_end_is_said '最后一行没有行尾'
printf 'a,b\n1,2\n合计,3\n\n' >"$work/in"
"$pingyi" inspect "$work/in" >"$work/out" 2>"$work/messages"
says total_row_is_said '合计行 1（第 3 行起）'
says doubled_final_line_end_is_said '多出空行 1 行'
for name in boston311_2011_07:boston311 nyc311_sample:nyc311 kansascity311_sample:kansascity311; do
    "$pingyi" inspect "tests/data/${name%%:*}.csv" >"$work/out" 2>"$work/messages"
    says "${name#*:}_is_suggested" "请用 --profile ${name#*:}"
done

cp tests/data/city_2024_05.csv "$work/dump.xls"
"$pingyi" inspect "$work/dump.xls" >"$work/out" 2>"$work/messages"
says text_named_xls_is_said '内容其实是文本'
"$pingyi" inspect --delimiter abc "$work/in" >"$work/out" 2>"$work/messages"
verdict bad_option_is_usage $(($? != 2))
says bad_option_is_named '--delimiter 的值“abc”不对'
exit $failed
