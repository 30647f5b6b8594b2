/* What supervisors do all day: begin, watch, release, look into cases, keep the lists; and what a contractor's see. */

import { dialog, go, heading, look, openWindow, settled, textOf } from "../driver.mjs";
import { firstPassword, firstSignIn } from "../person.mjs";
import { expect, step } from "../report.mjs";

const PHONED = "2024-06";
const DRAWN = "2024-05";

async function enter(world, person) {
    const page = await openWindow(world);
    await page.goto(`${world.base}/`);
    await firstSignIn(page, person);
    return page;
}

function tile(page, word) {
    return page.locator(".tile", { hasText: word }).locator("strong");
}

async function countOf(page, word) {
    return Number(await tile(page, word).textContent());
}

/* Until the figure of a tile is another one than `was`; the page is left alone meanwhile. */
async function waitForTile(page, word, was) {
    await page.waitForFunction(
        ([name, old]) => {
            const found = Array.from(document.querySelectorAll(".tile")).find((each) => each.textContent.includes(name));
            return found && found.querySelector("strong").textContent !== old;
        },
        [word, String(was)],
    );
}

async function submitDialog(page) {
    await dialog(page).locator("button[type=submit]").click();
    await dialog(page).waitFor({ state: "detached" });
}

export async function beginning(world, person) {
    const page = await enter(world, person);
    await step("a_drawn_round_is_begun_on_the_page", async () => {
        await go(world, page, `supervision/${DRAWN}`, "督导");
        await page.locator("h2", { hasText: "还没有开始" }).waitFor();
        await look(world, page, "supervision-before");
        await page.click("text=开始电话测评");
        await page.locator(".tiles").waitFor();
        expect((await countOf(page, "未访问")) === 24, `fresh: ${await countOf(page, "未访问")}`);
        await look(world, page, "supervision-begun");
    });
    await step("cases_are_given_to_a_contractor", async () => {
        await page.click("text=分配给外包班组");
        await dialog(page).locator("option", { hasText: "外包一组" }).waitFor({ state: "attached" });
        await dialog(page).locator("select[name=team]").selectOption("外包一组");
        await dialog(page).locator("input[name=count]").fill("3");
        await look(world, page, "supervision-assign");
        await dialog(page).locator("button[type=submit]").click();
        await dialog(page).locator(".alert.good", { hasText: "已分配3件" }).waitFor();
        await dialog(page).locator("text=关闭").click();
    });
    return page;
}

export async function releasing(world, page) {
    await step("the_one_round_that_is_phoned_opens_by_itself", async () => {
        await go(world, page, "rounds", "评价期");
        await go(world, page, "supervision", PHONED);
        await page.locator(".tiles").waitFor();
        expect((await countOf(page, "已结案")) > 0, "nothing is final");
        await look(world, page, "supervision-progress");
    });
    await step("every_rate_has_its_base", async () => {
        const rates = await page.locator("table", { hasText: "访问质量" }).locator("td").allTextContents();
        expect(rates.length === 4 && rates.every((text) => /[0-9]+件中[0-9]+件/.test(text) || text === "—"), rates.join("|"));
        const callers = await page.locator("table", { hasText: "今日话务员" }).locator("td.figure").allTextContents();
        expect(callers.every((text) => text === "—" || text.includes("在岗")), callers.join("|"));
    });
    await step("reserves_are_released_with_a_reason", async () => {
        await page.click("nav.parts >> text=单位与备用");
        await page.locator("caption", { hasText: "各单位进度" }).waitFor();
        await look(world, page, "supervision-units");
        await page.locator("text=启用备用").first().click();
        await look(world, page, "supervision-release");
        await dialog(page).locator("input[name=count]").fill("2");
        await dialog(page).locator("input[name=why]").fill("应答数预计不足样本量");
        await submitDialog(page);
        await page.locator("td", { hasText: "8件中6件" }).waitFor();
    });
}

export async function watching(world, supervisor, caller) {
    const page = await enter(world, supervisor);
    await step("a_case_that_is_taken_shows_at_once", async () => {
        await go(world, page, `supervision/${PHONED}`, "督导");
        await page.locator(".tiles").waitFor();
        const held = await countOf(page, "办理中");
        const desk = await openWindow(world);
        await desk.goto(`${world.base}/`);
        await firstPassword(desk, caller);
        await desk.locator("header nav a").first().waitFor();
        await desk.evaluate(async () => {
            const { csrf } = await (await fetch("/api/v1/account")).json();
            for (const path of ["shifts", "next"]) {
                await fetch(`/api/v1/followup/${path}`, {
                    method: "POST",
                    body: "{}",
                    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, "Idempotency-Key": path },
                });
            }
        });
        await waitForTile(page, "办理中", held);
        await page.locator("tr", { hasText: "张话务" }).locator("text=手中有样本").waitFor();
        await desk.context().close();
        await look(world, page, "supervision-live");
    });
    await step("pausing_asks_first_and_is_taken_back", async () => {
        await page.click("text=暂停");
        await look(world, page, "supervision-pause");
        await dialog(page).locator("button", { hasText: "暂停" }).click();
        await page.locator(".tag", { hasText: "已暂停" }).waitFor();
        await page.click("text=继续电话测评");
        await page.locator(".tag", { hasText: "进行中" }).waitFor();
    });
    await step("a_supervisor_releases_no_reserve", async () => {
        await page.click("nav.parts >> text=单位与备用");
        await page.locator("caption", { hasText: "各单位进度" }).waitFor();
        expect((await page.locator("text=启用备用").count()) === 0, "the button is there");
    });
    return page;
}

export async function supervisingCases(world, page) {
    await step("cases_are_filtered", async () => {
        await page.click("nav.parts >> text=样本");
        await page.locator("caption", { hasText: "样本（" }).waitFor();
        await look(world, page, "supervision-cases");
        await page.selectOption("select[name=state]", "final");
        await settled(page);
        const states = await page.locator("tbody .tag").allTextContents();
        expect(states.length > 0 && states.every((text) => text === "已结案"), states.join("|"));
    });
    await step("a_case_is_shown_whole_but_its_numbers", async () => {
        await page.locator("tr", { hasText: "成功访问" }).first().locator("a").click();
        await page.locator("h2", { hasText: "拨打经过" }).waitFor();
        await look(world, page, "supervision-history");
        const text = await page.locator("main").textContent();
        expect(/138\*\*\*\*[0-9]{4}/.test(text) && !/138[0-9]{8}/.test(text), "a number is shown");
    });
    await step("a_time_is_booked", async () => {
        await page.goto(`${world.base}/#/supervision/${PHONED}/cases/queued`);
        await page.locator("caption", { hasText: "样本（" }).waitFor();
        await settled(page);
        await page.locator("tbody a").first().click();
        await heading(page, "访问样本");
        await page.click("button >> text=预约");
        const tomorrow = new Date(Date.now() + 86400000).toISOString().slice(0, 10);
        await dialog(page).locator("input[name=at]").fill(`${tomorrow}T10:00`);
        await look(world, page, "supervision-book");
        await submitDialog(page);
        await page.locator(".tag", { hasText: "已预约" }).waitFor();
    });
    await step("a_case_is_settled_with_a_reason", async () => {
        await page.click("button >> text=人工结案");
        await dialog(page).locator("input[name=why]").fill("重复工单");
        await submitDialog(page);
        await page.locator("dd", { hasText: "4.10" }).waitFor();
    });
}

export async function listing(world, page) {
    await step("nobody_on_the_list_is_called", async () => {
        await go(world, page, `supervision/${PHONED}/bans`, "免打扰名单");
        await page.fill("input[name=number]", "12345");
        await page.fill("input[name=why]", "本人要求");
        await page.click("form button[type=submit]");
        await page.locator("small.wrong").waitFor();
        await page.fill("input[name=number]", "13899990000");
        await page.click("form button[type=submit]");
        await page.locator("th", { hasText: "138****0000" }).waitFor();
        await look(world, page, "supervision-bans");
        await page.click("td.acts >> text=移出");
        await dialog(page).locator("input[name=why]").fill("本人要求恢复");
        await submitDialog(page);
        await page.locator("tr.faint").waitFor();
    });
    await step("what_callers_speak_is_kept", async () => {
        await page.click("nav.parts >> text=话务员语言");
        const box = page.locator("input[aria-label=韦话务会壮语]");
        await box.check();
        await page.reload();
        await box.waitFor();
        await page.waitForFunction(() => document.querySelector("input[aria-label=韦话务会壮语]").checked);
        await look(world, page, "supervision-callers");
    });
}

export async function watchingATeam(world, person) {
    const page = await enter(world, person);
    await step("a_contractors_supervisor_sees_no_unit", async () => {
        await go(world, page, "supervision", "督导");
        await page.click(`tbody a >> text=${DRAWN}`);
        await page.locator(".tiles").waitFor();
        expect((await countOf(page, "已启用")) === 3, `cases: ${await countOf(page, "已启用")}`);
        await look(world, page, "supervision-team");
        expect((await textOf(page, "nav.parts")) === "进展样本话务员语言", await textOf(page, "nav.parts"));
        await page.click("nav.parts >> text=样本");
        await page.locator("caption", { hasText: "样本（" }).waitFor();
        await settled(page);
        expect((await page.locator("tbody tr").count()) === 3, "not three cases");
        expect(!(await page.locator("main").textContent()).includes("第1局"), "a unit is named");
        await look(world, page, "supervision-team-cases");
    });
}
