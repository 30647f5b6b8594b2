#!/bin/sh
# Accounts from the command line: the first administrator, users, teams, limits, sessions, tokens; secrets are shown once.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh

store() {
    sqlite3 "$PINGYI_DATA/pingyi.db" "$@"
}
# The password in what the last check printed on stdout.
password() {
    sed -n 's/.* 一次性密码：//p' "$work/out"
}
# shows_password NAME LINE: stdout is that line alone, and a password of 16 characters behind it.
shows_password() {
    grep -qxE "$2 一次性密码：[a-z0-9]{16}" "$work/out" && [ "$(wc -l <"$work/out")" = 1 ]
    verdict "$1" $? "$(cat "$work/out")"
    password >>"$work/secrets"
}
: >"$work/secrets"

# init
check admin_name_is_checked 2 init --admin Admin
[ ! -e "$PINGYI_DATA" ]
verdict bad_admin_name_makes_nothing $?
check init 0 init --admin boss
shows_password init_shows_a_password "管理员 boss"
says init_says_it_is_shown_once 只显示这一次
check init_twice 1 init
check list 0 user list --format json
holds first_administrator '. == [.[0]] and .[0].name == "boss" and .[0].role == "administrator" and .[0].must_change == "yes" and .[0].state == "enabled"'

# add
printf 'code,name,class,parent,valid_from,valid_to,aliases\nU1,第1局,市直,,,,\n' >"$work/units.csv"
"$pingyi" units import "$work/units.csv" >"$work/out" 2>&1
check add 0 user add ma.li --role office --display 马丽
shows_password add_shows_a_password "账号 ma.li"
check add_twice 1 user add ma.li --role office
says add_twice_says_what_to_do 请换一个账号名
check add_without_role 2 user add li.na
check add_unknown_role 2 user add li.na --role king
says usage_shows_the_form_at_hand "user add NAME"
hides usage_shows_no_other_form "user list"
check add_bad_name 1 user add Li --role office
says bad_name_says_the_rule 以小写字母开头
check add_unknown_team 1 user add li.na --role caller --team 无
says unknown_team_says_so 没有这个班组
check add_liaison_needs_unit 1 user add li.na --role liaison
says liaison_says_so 联络员须指定单位
check add_liaison 0 user add li.na --role liaison --unit U1
shows_password liaison_password "账号 li.na"
[ "$(sort "$work/secrets" | uniq -d)" = "" ]
verdict passwords_differ $?
check list_csv 0 user list --format csv
says list_has_display_name "ma.li,马丽,office"
says list_has_unit "li.na,li.na,liaison,,U1,enabled"

# teams
check team_needs_kind 1 user team 甲公司
check team 0 user team 甲公司 --kind contractor --until 2099-12-31 --max 1
check team_bad_day 2 user team 甲公司 --until soon
check team_member 0 user add c1 --role caller --team 甲公司
shows_password member_password "账号 c1"
check team_is_full 1 user add c2 --role caller --team 甲公司
says full_team_says_what_to_do 已达上限
check team_has_no_office 1 user add c3 --role office --team 甲公司
says team_says_whom_it_may_have 外包机构的班组只能有
check team_grows 0 user team 甲公司 --max 2
check teams 0 user teams --format json
holds team_keeps_the_rest '.[0] == {"name": "甲公司", "kind": "contractor", "until": "2099-12-31", "max": 2}'
check team_until_none 0 user team 甲公司 --until none
check teams_without_end 0 user teams --format csv
says team_has_no_end "甲公司,contractor,,2"

# roles, disabling, resetting
check last_administrator_stays 1 user disable boss
says last_administrator_says_what_to_do 请先另建一个
check last_administrator_keeps_role 1 user role boss --role office
check second_administrator 0 user add boss2 --role administrator
shows_password second_password "账号 boss2"
check disable 0 user disable boss
check list_disabled 0 user list --format csv
says boss_is_disabled "boss,系统管理员,administrator,,,disabled"
check enable 0 user enable boss
check role 0 user role ma.li --role security
check list_role 0 user list --format csv
says role_changed "ma.li,马丽,security"
before=$(store "SELECT password FROM accounts WHERE name = 'ma.li'")
check reset 0 user reset ma.li
shows_password reset_shows_a_password "账号 ma.li"
[ "$before" != "$(store "SELECT password FROM accounts WHERE name = 'ma.li'")" ]
verdict reset_changes_the_hash $?
check reset_totp 0 user reset ma.li --totp
check reset_unknown 1 user reset nobody
says unknown_account_says_so 没有这个账号
store "UPDATE accounts SET failures = 5, locked_until_utc = 4000000000 WHERE name = 'ma.li'"
check list_locked 0 user list --format csv
says locked_is_listed "ma.li,马丽,security,,,locked"
check unlock 0 user unlock ma.li
check list_unlocked 0 user list --format csv
says unlocked_is_listed "ma.li,马丽,security,,,enabled"
check unknown_verb 2 user frobnicate
says unknown_verb_is_named "没有 user frobnicate"
says unknown_verb_shows_all_forms "user limits"
check verb_is_missing 2 user
says missing_verb_says_so 须写明做什么
check name_is_needed 2 user disable

# limits
check limits_bad 2 user limits caller --idle 0 --absolute 8
check limits 0 user limits caller --idle 20 --absolute 8
check limits_list 0 user limits --format csv
says limits_are_listed "caller,1200,28800"
says limits_default "office,600,43200"

# sessions, as the service would open them
for id in 1 2 3; do
    store "INSERT INTO sessions (id, account_id, secret_sha256, csrf, stage, created_utc, seen_utc, address, agent)
        VALUES ($id, (SELECT id FROM accounts WHERE name = '$([ $id = 3 ] && echo boss2 || echo boss)'),
        randomblob(32), 'x', 'full', 1717200000, 1717200000 + $id, '10.0.0.$id', 'Firefox')"
done
check sessions 0 user sessions --format json
holds all_sessions '[.[].id] == [3, 2, 1]'
check sessions_of_one 0 user sessions boss2 --format csv
says session_of_boss2 "3,boss2,"
hides session_of_others "boss,"
check revoke 0 user sessions --revoke 1
check revoke_unknown 1 user sessions --revoke 99
says unknown_session_says_so 没有这个会话
check revoke_all_of_one 0 user sessions boss --revoke-all
check sessions_left 0 user sessions --format json
holds one_session_left '[.[].id] == [3]'
check revoke_all 0 user sessions --revoke-all
check sessions_gone 0 user sessions --format json
holds no_session_left '. == []'
check disabling_ends_sessions 0 user disable boss

# tokens
check token_bad_scope 1 token add 平台 --scope read,write --days 30
says bad_scope_says_the_words "read、import、metrics"
check token_needs_days 2 token add 平台 --scope read
check token 0 token add 平台 --scope read,metrics --days 30
grep -qxE '令牌 平台（序号 1）：[0-9a-f]{64}' "$work/out" && [ "$(wc -l <"$work/out")" = 1 ]
verdict token_is_shown $? "$(cat "$work/out")"
sed -n 's/.*）：//p' "$work/out" >>"$work/secrets"
check token_list 0 token list --format csv
says token_is_listed "1,平台,read metrics,valid,"
check token_revoke 0 token revoke 1
check token_revoke_unknown 1 token revoke 9
says unknown_token_says_so 没有这个令牌
check token_list_revoked 0 token list --format csv
says token_is_revoked "1,平台,read metrics,revoked,"

# Nothing that was shown once is kept anywhere as it was shown.
[ "$(wc -l <"$work/secrets")" -ge 7 ] && ! grep -qaFf "$work/secrets" -r "$PINGYI_DATA"
verdict secrets_are_not_stored $?
# A password nobody could read is no secret of anybody's: the account is there, and says how to go on.
"$pingyi" user reset ma.li >&- 2>"$work/messages"
status=$?
[ $status = 3 ] && grep -qF 'user reset ma.li' "$work/messages"
verdict unseen_password_is_said $? "exits $status: $(cat "$work/messages")"
check audit_holds 0 audit verify
exit $failed
