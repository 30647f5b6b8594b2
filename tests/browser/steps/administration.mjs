/* What the three administrators do: accounts and sessions; roles, limits and tokens; the audit log. */

import { dialog, go, heading, look, openWindow, settled, textOf } from "../driver.mjs";
import { Person, firstSignIn } from "../person.mjs";
import { expect, step } from "../report.mjs";

function rowOf(page, name) {
    return page.locator("tbody tr", { has: page.locator("th", { hasText: name }) });
}

async function confirm(page) {
    await dialog(page).locator("button.main").click();
    await dialog(page).waitFor({ state: "hidden" });
}

async function oneTime(page) {
    await dialog(page).locator(".secret code").waitFor();
    const password = (await dialog(page).locator(".secret code").textContent()).trim();
    return password;
}

export async function administrating(world, people) {
    const page = await openWindow(world);
    await page.goto(`${world.base}/`);
    await step("administrator_signs_in", () => firstSignIn(page, people.administrator));
    await step("menu_shows_what_the_role_may", async () => {
        const labels = await page.locator("header nav a").allTextContents();
        expect(
            labels.includes("账号") && !labels.includes("审计日志") && !labels.includes("评价期"),
            labels.join(" "),
        );
    });
    await step("users_are_listed_and_filtered", async () => {
        await go(world, page, "users", "账号");
        await look(world, page, "users");
        await page.selectOption("select[name=role]", "auditor");
        expect((await page.locator("tbody tr").count()) === 1, "the filter does not filter");
        await page.selectOption("select[name=role]", "");
    });
    let given = "";
    await step("an_account_is_added_with_a_one_time_password", async () => {
        await page.click("text=新建账号");
        await look(world, page, "users-add");
        await dialog(page).locator("input[name=name]").fill("qian.caller");
        await dialog(page).locator("input[name=display_name]").fill("钱小话");
        await dialog(page).locator("select[name=role]").selectOption("caller");
        await dialog(page).locator("button.main").click();
        given = await oneTime(page);
        expect(given.length >= 16, given);
        await look(world, page, "users-one-time");
        for (let i = 0; i < 3; i++) {
            await page.keyboard.press("Escape");
            await page.waitForTimeout(100); /* the browser tells of each in turn */
        }
        expect((await oneTime(page)) === given, "Escape hides the password");
        await confirm(page);
        await rowOf(page, "qian.caller").waitFor();
        expect(
            (await rowOf(page, "qian.caller").textContent()).includes("待改密码"),
            "its state is not shown",
        );
    });
    await step("a_name_that_exists_is_refused_in_the_dialog", async () => {
        await page.click("text=新建账号");
        await dialog(page).locator("input[name=name]").fill("qian.caller");
        await dialog(page).locator("input[name=display_name]").fill("又一个");
        await dialog(page).locator("button.main").click();
        await dialog(page).locator("[role=alert]").waitFor();
        const refusal = await dialog(page).locator("[role=alert]").textContent();
        expect(refusal.includes("请换一个账号名") && !/[a-z]/i.test(refusal), refusal);
        await page.keyboard.press("Escape");
        await dialog(page).waitFor({ state: "hidden" });
    });
    await step("an_account_is_disabled_and_enabled", async () => {
        await rowOf(page, "qian.caller").locator("text=停用账号").click();
        await confirm(page);
        await rowOf(page, "qian.caller").locator("text=已停用").waitFor();
        await rowOf(page, "qian.caller").locator("text=启用账号").click();
        await confirm(page);
        await rowOf(page, "qian.caller").locator("text=待改密码").waitFor();
    });
    await step("a_password_is_reset", async () => {
        await rowOf(page, "qian.caller").locator("text=重置密码").click();
        await dialog(page).locator("button.main").click();
        const password = await oneTime(page);
        expect(password !== given, "the same password again");
        await confirm(page);
        await signsInOnce(world, new Person("qian.caller", password));
    });
    await step("teams_are_kept", async () => {
        await go(world, page, "teams", "班组与时限");
        await page.click("text=新建班组");
        await dialog(page).locator("input[name=name]").fill("岚江市诚信市场调查咨询有限责任公司");
        await dialog(page).locator("select[name=kind]").selectOption("contractor");
        await dialog(page).locator("input[name=max_accounts]").fill("20");
        await confirm(page);
        await rowOf(page, "岚江市诚信市场调查").waitFor();
        await look(world, page, "teams");
    });
    await step("a_team_keeps_its_kind", async () => {
        await rowOf(page, "岚江市诚信市场调查").locator("text=变更").click();
        const kinds = await dialog(page).locator("select[name=kind] option").allTextContents();
        expect(kinds.join() === "外包机构", kinds.join());
        await dialog(page).locator("input[name=max_accounts]").fill("30");
        await confirm(page);
        await rowOf(page, "岚江市诚信市场调查").locator("td", { hasText: "30" }).waitFor();
    });
    await step("a_backup_is_made_as_a_task", async () => {
        await go(world, page, "tasks", "任务");
        await page.click("text=立即备份");
        const backup = page.locator("tbody tr", { has: page.locator("td", { hasText: /^备份$/ }) });
        await backup.locator("text=完成").waitFor();
        await look(world, page, "tasks-administrator");
    });
    return page;
}

async function signsInOnce(world, person) {
    const page = await openWindow(world);
    await page.goto(`${world.base}/`);
    await page.fill("input[name=name]", person.name);
    await page.fill("input[name=password]", person.password);
    await page.keyboard.press("Enter");
    await heading(page, "设置新密码");
    await page.context().close();
}

/* The other window loses its session and keeps its place. */
export async function endingSessions(world, page, other, person) {
    await step("a_session_is_ended", async () => {
        await other.goto(`${world.base}/#/account`);
        await heading(other, "我的账号");
        await go(world, page, "sessions", "登录会话");
        await look(world, page, "sessions");
        await rowOf(page, person.name).first().locator("text=终止").click();
        await confirm(page);
        await rowOf(page, person.name).waitFor({ state: "detached" });
    });
    await step("who_lost_the_session_signs_in_at_the_same_place", async () => {
        await other.evaluate(() => {
            window.location.hash = "#/rounds";
        });
        await heading(other, "登录");
        expect((await textOf(other, ".alert.note")).includes("重新登录"), "it is not told why");
        expect(other.url().endsWith("#/rounds"), other.url());
    });
}

export async function securing(world, people) {
    const page = await openWindow(world);
    await page.goto(`${world.base}/`);
    await step("security_signs_in", () => firstSignIn(page, people.security));
    await step("a_role_is_changed", async () => {
        await go(world, page, "users", "账号");
        await rowOf(page, "qian.caller").locator("text=变更角色").click();
        await dialog(page).locator("select[name=role]").selectOption("checker");
        await confirm(page);
        await rowOf(page, "qian.caller").locator("text=复核员").waitFor();
        await look(world, page, "users-security");
    });
    await step("session_limits_are_changed", async () => {
        await go(world, page, "teams", "班组与时限");
        await rowOf(page, "话务员").locator("button").click();
        await dialog(page).locator("input[name=idle]").fill("25");
        await confirm(page);
        await rowOf(page, "话务员").locator("text=25分钟").waitFor();
    });
    await step("a_token_is_made_and_revoked", async () => {
        await go(world, page, "tokens", "接口令牌");
        await page.click("text=新建令牌");
        await dialog(page).locator("input[name=name]").fill("市数据局共享平台");
        await dialog(page).locator("text=读取结果").click();
        await dialog(page).locator("button.main").click();
        await dialog(page).locator(".secret code").waitFor();
        await confirm(page);
        await look(world, page, "tokens");
        await rowOf(page, "市数据局").locator("text=撤销").click();
        await confirm(page);
        await rowOf(page, "市数据局").locator("text=已撤销").waitFor();
    });
    await page.context().close();
}

export async function auditing(world, people) {
    const page = await openWindow(world);
    await page.goto(`${world.base}/`);
    await step("auditor_signs_in", () => firstSignIn(page, people.auditor));
    await step("audit_log_tells_what_was_done", async () => {
        await go(world, page, "audit", "审计日志");
        const text = await page.locator("tbody").textContent();
        for (const word of ["登录", "新建账号", "停用账号", "变更角色"])
            expect(text.includes(word), `no ${word}`);
        expect(text.includes("角色：话务员"), "the details are not in words");
        await look(world, page, "audit");
    });
    await step("audit_log_is_filtered", async () => {
        await page.selectOption("select[name=action]", "account.role");
        await page.click("text=查询");
        await settled(page);
        await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
        expect(
            (await page.locator("tbody").textContent()).includes("qian.caller"),
            "the filter does not filter",
        );
        await page.click("text=清除");
    });
    await step("audit_log_verifies", async () => {
        await page.click("text=核验完整性");
        await page.locator(".verdict .alert.good").waitFor();
        await look(world, page, "audit-verified");
    });
    await step("audit_log_is_exported", async () => {
        const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=导出（CSV）")]);
        const stream = await download.createReadStream();
        let text = "";
        for await (const piece of stream) text += piece;
        expect(/^\uFEFF?id,at,who,role/.test(text), text.slice(0, 80));
        expect(text.includes("account.add"), "no entries");
    });
    await page.context().close();
}
