/* What the office does: rounds and their results, remarks, data quality, an upload. */

import fs from "node:fs";

import { dialog, go, heading, look, settled } from "../driver.mjs";
import { signIn } from "../person.mjs";
import { expect, step } from "../report.mjs";

export async function readingResults(world, page) {
    await step("rounds_are_listed", async () => {
        await go(world, page, "rounds", "评价期");
        await look(world, page, "rounds");
        await page.click("text=2024-06");
        await heading(page, "评价期 2024-06");
        expect((await page.title()).startsWith("评价期 2024-06"), await page.title());
        await look(world, page, "round");
    });
    await step("results_name_the_base_of_every_rate", async () => {
        await go(world, page, "rounds/2024-06/results", "结果");
        const text = await page.locator("table").first().textContent();
        expect(/20件中1\d件/.test(text), text);
        expect(
            !/\d%/.test(text.replace(/误差范围[^%]*%～\d+%/g, "")),
            `a percentage under 100 cases: ${text}`,
        );
        await look(world, page, "results");
    });
    await step("charts_are_drawn", async () => {
        await go(world, page, "rounds/2024-06/charts", "图表");
        await page.waitForFunction(() => {
            const images = Array.from(document.querySelectorAll(".chart img"));
            return images.length > 0 && images.every((image) => image.complete && image.naturalWidth > 0);
        });
        await look(world, page, "charts");
    });
    await step("bulletin_is_linked", async () => {
        const answer = await page.request.get(`${world.base}/api/v1/rounds/2024-06/bulletin`);
        expect(answer.ok() && (await answer.text()).includes("<html"), `${answer.status()}`);
    });
    await step("a_remark_is_added_once", async () => {
        await go(world, page, "rounds/2024-06/remarks", "工作记录");
        await page.fill("textarea", "抽样在纪检监察组见证下进行。");
        await page.click("form button[type=submit]");
        await page.locator(".remarks li").first().waitFor();
        expect((await page.locator(".remarks li").count()) === 1, "more than one");
        await look(world, page, "remarks");
    });
    await step("a_write_without_answer_is_repeated_with_its_key", async () => {
        const keys = [];
        await page.route("**/remarks", async (route) => {
            if (route.request().method() !== "POST") return route.continue();
            keys.push(route.request().headers()["idempotency-key"]);
            if (keys.length > 1) return route.continue();
            await route.fetch();
            return route.abort("connectionreset");
        });
        await page.fill("textarea", "第二条：只应记下一次。");
        await page.click("form button[type=submit]");
        await page.locator(".remarks li", { hasText: "第二条" }).waitFor();
        await page.unroute("**/remarks");
        expect(keys.length === 2 && keys[0] === keys[1], keys.join(" "));
        expect((await page.locator(".remarks li", { hasText: "第二条" }).count()) === 1, "written twice");
        world.faults = world.faults.filter((fault) => !fault.includes("ERR_CONNECTION_RESET"));
    });
}

export async function loadingData(world, page, dump) {
    await step("quality_shows_the_loads", async () => {
        await go(world, page, "quality", "数据质量");
        expect(
            (await page.locator("table", { hasText: "导入批次" }).textContent()).includes("orders.csv"),
            "the load is not there",
        );
        await look(world, page, "quality");
    });
    await step("a_dump_is_uploaded_and_loaded", async () => {
        await page.setInputFiles("input[type=file]", dump);
        await page.click("text=上传并导入");
        await page.locator(".alert.good").waitFor();
        await page.locator("td", { hasText: "更正.csv" }).first().waitFor();
        await page
            .locator("table", { hasText: "按原因" })
            .locator("th", { hasText: "缺少受理时间" })
            .waitFor();
        const unmatched = await page.locator("tr", { hasText: "市无名单位" }).first().textContent();
        expect(/市无名单位1$/.test(unmatched.replace(/\s/g, "")), unmatched);
        await look(world, page, "quality-loaded");
    });
    await step("rejects_are_named", async () => {
        await page.locator("td a", { hasText: "更正.csv" }).first().click();
        await heading(page, "导入批次");
        await settled(page);
        expect((await page.locator("main").textContent()).includes("缺少受理时间"), "no reason");
        await look(world, page, "import");
    });
    await step("tasks_are_listed", async () => {
        await go(world, page, "tasks", "任务");
        expect((await page.locator("tbody").textContent()).includes("导入工单"), "no task");
        await look(world, page, "tasks");
    });
    await step("results_are_computed_as_a_task", async () => {
        await go(world, page, "rounds/2024-06", "评价期 2024-06");
        await page.click("text=重新计算结果");
        await page.locator(".alert.good").waitFor();
        await page.locator(".alert.good a").click();
        await heading(page, "任务");
        await page.locator("tbody tr", { hasText: "计算结果" }).locator("text=完成").first().waitFor();
        await look(world, page, "tasks-done");
    });
}

export async function nowhere(world, page) {
    await step("a_round_that_is_not_there_says_so", async () => {
        await go(world, page, "rounds/1999-01", "评价期 1999-01");
        await page.locator("[role=alert]", { hasText: "没有这个评价期" }).waitFor();
        expect((await page.locator("nav.parts").count()) === 0, "parts of nothing");
        await page.click("text=返回评价期");
        await heading(page, "评价期");
    });
    await step("an_unknown_address_says_so", async () => {
        await go(world, page, "nothing", "没有这个页面");
        await look(world, page, "nowhere");
    });
    await step("own_account_is_shown", async () => {
        await go(world, page, "account", "我的账号");
        await look(world, page, "account");
    });
}

/* Also what becomes of a session that nobody uses; the browser's clock is put forward for it. */
export async function returning(world, page, person) {
    await step("after_signing_in_again_the_place_is_kept", async () => {
        await page.clock.install();
        await page.reload();
        await signIn(page, person);
        await heading(page, "评价期");
        expect(page.url().endsWith("#/rounds"), page.url());
    });
    await step("an_idle_session_is_warned_and_goes_on", async () => {
        await page.clock.fastForward(9 * 60 * 1000 + 10 * 1000);
        await page.locator("[role=alertdialog]").waitFor();
        await look(world, page, "idle");
        await page.click("text=继续使用");
        await page.locator("[role=alertdialog]").waitFor({ state: "detached" });
    });
    await step("beside_a_dialog_any_key_goes_on", async () => {
        await go(world, page, "account", "我的账号");
        await page.click("text=重新生成恢复码");
        await dialog(page).locator("input[name=totp]").waitFor();
        await page.clock.fastForward(9 * 60 * 1000 + 10 * 1000);
        await page.locator("[role=alertdialog]").waitFor();
        await page.keyboard.type("1");
        await page.locator("[role=alertdialog]").waitFor({ state: "detached" });
        expect((await dialog(page).count()) === 1, "signed out instead");
        await page.keyboard.press("Escape");
    });
    await step("an_idle_session_ends", async () => {
        await page.clock.fastForward(10 * 60 * 1000 + 10 * 1000);
        await heading(page, "登录");
        expect(
            (await page.locator(".alert.note").textContent()).includes("长时间未操作"),
            `it is not told why: ${await page.locator("main").textContent()}`,
        );
        const answer = await page.request.get(`${world.base}/api/v1/account`);
        expect(answer.status() === 401, `the session lives: ${answer.status()}`);
    });
}

/* A dump of three rows: one that can be taken, one without a time, one of a unit that nobody knows. */
export function writeDump(path) {
    fs.writeFileSync(
        path,
        "工单编号,受理时间,承办单位,承办单位编码,处理期限,办结时间,工单状态\n" +
            "T01,2024-06-06 09:00:00,第1局,U1,2024-06-10 18:00:00,2024-06-08 10:00:00,已办结\n" +
            "T02,,第2局,U2,2024-06-10 18:00:00,2024-06-08 10:00:00,已办结\n" +
            "T03,2024-06-06 09:00:00,市无名单位,,2024-06-10 18:00:00,2024-06-08 10:00:00,已办结\n",
    );
}
