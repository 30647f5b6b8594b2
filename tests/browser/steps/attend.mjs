/* A caller's completes, re-checked by somebody who is not told what was answered; settled; the shift confirmed and
 * exported; a telephone company's list held against the dials. */

import fs from "node:fs";

import { dialog, go, isGuarded, look, openWindow, settled, textOf } from "../driver.mjs";
import { firstPassword, firstSignIn } from "../person.mjs";
import { expect, step } from "../report.mjs";

const COMPLETES = 2;
const ROUND = "2024-06";

/* What the caller's desk would send: its pages are driven by desk.mjs. */
async function call(page, method, path, body) {
    return page.evaluate(
        async ([how, where, what]) => {
            const account = await (await fetch("/api/v1/account")).json();
            const answer = await fetch(where, {
                method: how,
                headers: {
                    "Content-Type": "application/json",
                    "X-CSRF-Token": account.csrf,
                    "Idempotency-Key": `${how}${where}${JSON.stringify(what)}${Math.random()}`.replace(/\W/g, "").slice(-60),
                },
                body: what === undefined ? undefined : JSON.stringify(what),
            });
            const text = await answer.text();
            return { status: answer.status, value: text ? JSON.parse(text) : null };
        },
        [method, path, body],
    );
}

async function must(page, method, path, body) {
    const answer = await call(page, method, path, body);
    expect(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.value)}`);
    return answer.value;
}

async function complete(page) {
    const work = await must(page, "POST", "/api/v1/followup/next", {});
    const ofCase = `/api/v1/followup/cases/${work.id}`;
    const { dial } = await must(page, "POST", `${ofCase}/dials`, { number_no: 1 });
    const { number } = await must(page, "GET", `${ofCase}/number`);
    const put = (order, item, value) =>
        must(page, "PUT", `${ofCase}/answers`, { dial: dial.id, order, item, value, spent_ms: 800 });
    await put(0, "consent", "yes");
    await put(0, "is_you", "yes");
    for (const { order } of work.orders) {
        await put(order, "contacted", "yes");
        await put(order, "resolved", "yes");
        await put(order, "satisfaction", "5");
    }
    const end = { dial: dial.id, disposition: "1.1", recording: `REC-${work.id}` };
    await must(page, "POST", `${ofCase}/attempts`, end);
    return number;
}

/* Gives the numbers that were called. */
export async function completing(world, caller) {
    const page = await openWindow(world);
    const numbers = [];
    await step("a_caller_completes_cases", async () => {
        await page.goto(`${world.base}/`);
        await firstPassword(page, caller);
        await page.locator("h2", { hasText: "尚未签到" }).waitFor();
        await must(page, "POST", "/api/v1/followup/shifts", {});
        for (let i = 0; i < COMPLETES; i++) numbers.push(await complete(page));
        await must(page, "POST", "/api/v1/followup/shifts/current/end", {});
        const menu = await page.locator("header nav").textContent();
        expect(!menu.includes("复核") && !menu.includes("考勤"), `a caller's menu: ${menu}`);
    });
    await page.context().close();
    return numbers;
}

async function choose(page, item, text) {
    await page.locator("fieldset", { hasText: item }).first().getByLabel(text, { exact: true }).check();
}

export async function checking(world, checker, numbers) {
    const page = await openWindow(world);
    await step("a_checker_calls_again_without_knowing_the_answers", async () => {
        await page.goto(`${world.base}/`);
        await firstSignIn(page, checker);
        await go(world, page, "rechecks", "复核一件");
        await look(world, page, "recheck-none");
        await page.click("text=领取一件复核");
        await page.locator(".recheck").waitFor();
        expect((await page.locator("input:checked").count()) === 0, "an answer is chosen before anybody was asked");
        expect((await textOf(page, ".recheck")).includes("138****"), "no masked number");
        await look(world, page, "recheck-held");
        await page.locator(".numbers button").first().click();
        await page.locator(".tel").waitFor();
        const shown = (await page.locator(".tel").getAttribute("href")).replace("tel:", "");
        expect(numbers.includes(shown), `${shown} is none of the numbers called`);
        await choose(page, "接受过这次电话访问", "接受过");
        await choose(page, "现在是", "未解决");
        await choose(page, "总的来说", "非常不满意");
        await look(world, page, "recheck-call");
        await page.click("text=提交复核结果");
        await page.locator("[role=status]", { hasText: "已复核" }).first().waitFor();
        expect((await page.locator(".tel").count()) === 0, "the number is still shown");
    });
    await step("a_reload_in_mid_call_gives_the_same_recheck", async () => {
        await page.click("text=领取一件复核");
        await page.locator(".numbers button").first().click();
        await page.locator(".tel").waitFor();
        const shown = await page.locator(".tel").textContent();
        const kept = page.waitForResponse((answer) => answer.url().endsWith("/answers") && answer.ok());
        await choose(page, "接受过这次电话访问", "接受过");
        await kept;
        await page.reload();
        await page.click("text=领取一件复核");
        await page.locator(".tel").waitFor();
        expect((await page.locator(".tel").textContent()) === shown, "another number after a reload");
        expect((await page.locator("input:checked").count()) === 1, "an answer is lost with the page");
        await choose(page, "总的来说", "满意");
        expect(!(await isGuarded(page)), "what the service has is asked about");
        await page.fill("#recheck-note", "声音很轻");
        await go(world, page, "account", "账号");
        expect(await isGuarded(page), "an unsaved note is left unasked");
        await go(world, page, "rechecks", "复核一件");
        await page.click("text=领取一件复核");
        await page.locator(".tel").waitFor();
        expect((await page.locator("input:checked").count()) === 2, "the answers are gone");
        await page.click("text=提交复核结果");
        await page.locator("[role=status]", { hasText: "已复核" }).first().waitFor();
        await page.click("text=领取一件复核");
        await page.locator("text=现在没有要复核的样本").waitFor();
    });
    await page.context().close();
}

export async function settling(world, supervisor) {
    const page = await openWindow(world);
    await step("a_supervisor_settles_what_differs", async () => {
        await page.goto(`${world.base}/`);
        await firstSignIn(page, supervisor);
        await go(world, page, "rechecks", "复核");
        await page.locator("td", { hasText: "2题不一致" }).waitFor();
        await look(world, page, "rechecks");
        await page.locator("tr", { hasText: "2题不一致" }).locator("button").click();
        await dialog(page).locator("text=非常不满意").waitFor();
        await look(world, page, "recheck-settle");
        await dialog(page).locator("select").selectOption("replaced");
        await dialog(page).locator("input[name=why]").fill("听录音，确为不满意");
        await dialog(page).locator("button.main").click();
        await page.locator("td", { hasText: "以复核为准" }).waitFor();
        await settled(page);
        await look(world, page, "rechecks-settled");
    });
    await step("a_correction_keeps_what_stood_there", async () => {
        await go(world, page, `supervision/${ROUND}/case/${await textOf(page, "tbody td >> nth=0")}`, "访问样本");
        await page.locator("ol.remarks button", { hasText: "更正" }).last().click();
        await dialog(page).locator("select[name=satisfaction]").selectOption("2");
        await dialog(page).locator("input[name=why]").fill("录音中为不满意");
        await look(world, page, "correction");
        await dialog(page).locator("button.main").click();
        await page.locator("td", { hasText: "录音中为不满意" }).waitFor();
        await look(world, page, "corrected");
    });
    return page;
}

export async function attending(world, page) {
    await step("a_shift_is_confirmed_and_exported", async () => {
        await go(world, page, "attendance", "考勤");
        await page.locator("td.word", { hasText: "张话务" }).waitFor();
        await look(world, page, "attendance");
        await page.locator("tr", { hasText: "张话务" }).locator("button").click();
        await dialog(page).locator("input[name=minutes]").fill("95");
        await dialog(page).locator("input[name=note]").fill("=1+1");
        await look(world, page, "attendance-confirm");
        await dialog(page).locator("button.main").click();
        await page.locator("tr.faint", { hasText: "95" }).waitFor();
        const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=导出劳务费列表")]);
        const sheet = fs.readFileSync(await download.path(), "utf8");
        expect(sheet.startsWith("\uFEFF姓名,账号"), sheet.slice(0, 40));
        expect(sheet.includes(`,95,${COMPLETES},${COMPLETES},wu.super,"'=1+1"`), sheet);
        expect(sheet.includes("合计"), sheet);
    });
    await step("days_are_asked_for_within_bounds", async () => {
        await page.fill("input[name=from]", "2020-01-01");
        await page.click("text=查看");
        await page.locator("text=一次最多92天").waitFor();
        await page.click("text=本月");
        await page.locator("td.word", { hasText: "张话务" }).waitFor();
    });
}

export async function matching(world, page, office, file, numbers) {
    const now = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 19).replace("T", " ");
    const list = `主叫号码,被叫号码,开始时间,通话时长\n07782280001,${numbers[0]},${now},35\n07782280001,13700000000,${now},0\n07782280001,138,${now},3\n`;
    fs.writeFileSync(file, list);
    await step("a_list_of_calls_is_held_against_the_dials", async () => {
        await go(world, page, "calls", "话单与验收");
        await look(world, page, "calls-none");
        await page.setInputFiles("input[type=file]", file);
        await page.click("text=上传并核对");
        await page.locator(".alert.good").waitFor();
        const told = await textOf(page, ".alert.good");
        expect(told.includes("共3行：与拨打相符1，不符1，问题数据1"), told);
        await page.locator("td", { hasText: "137****0000" }).waitFor();
        await look(world, page, "calls");
        await page.setInputFiles("input[type=file]", file);
        await page.click("text=上传并核对");
        await page.locator(".alert.good", { hasText: "没有任何变化" }).waitFor();
    });
    await step("the_office_has_the_acceptance_sheet_and_the_packages", async () => {
        const window = await openWindow(world);
        await window.goto(`${world.base}/`);
        await firstSignIn(window, office);
        await go(world, window, "calls", "话单与验收");
        await window.locator("td", { hasText: "5" }).first().waitFor();
        expect((await window.content()).includes("惠民调查"), "no contractor's team");
        await look(world, window, "acceptance");
        const row = window.locator("tr", { hasText: "慧访公司" }).last();
        await row.locator("button", { hasText: "收回" }).click();
        await dialog(window).locator("text=还有3件样本没有交回结果").waitFor();
        await look(world, window, "package-take-back");
        await dialog(window).locator("button.main").click();
        await window.locator("[role=status]", { hasText: "已收回样本3件" }).first().waitFor();
        await row.locator("button", { hasText: "收回" }).waitFor({ state: "detached" });
        await settled(window);
        await window.context().close();
    });
}
