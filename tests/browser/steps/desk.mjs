/* The caller's desk by keyboard alone: practice that sends nothing, calls that are answered or not, an appointment, a
 * reload in mid-call, a network that goes away, no case for now. Keys are counted. */

import { go, isGuarded, look, openWindow } from "../driver.mjs";
import { enterPassword, firstPassword } from "../person.mjs";
import { expect, step } from "../report.mjs";

const NO_ANSWER_KEYS = 8;
const COMPLETE_KEYS = 20;
const TEN_ANSWERS = ["1", "1", "1", "1", "1", "1", "1", "1", "1", "1"];

/* Presses keys and counts them. */
class Keyboard {
    constructor(page) {
        this.page = page;
        this.count = 0;
    }

    async press(...keys) {
        for (const key of keys) {
            this.count += 1;
            await this.page.keyboard.press(key);
        }
    }
}

async function says(page, words) {
    await page.locator("h2", { hasText: words }).first().waitFor();
}

async function saved(page) {
    await page.locator(".keeping.is-saved").waitFor();
}

async function shown(page) {
    await page.locator(".tel").waitFor();
}

/* Everything that the page shows lies within the window: nobody scrolls in the normal flow. */
async function fits(page, name) {
    const faults = await page.evaluate(() => {
        const found = [];
        const root = document.documentElement;
        if (root.scrollHeight > window.innerHeight) found.push(`page ${root.scrollHeight}`);
        for (const box of document.querySelectorAll(".dispositions, .ask-box, .finish"))
            if (box.scrollHeight > box.clientHeight + 1) found.push(`${box.className} ${box.scrollHeight}`);
        return found;
    });
    expect(faults.length === 0, `${name} scrolls: ${faults.join(", ")}`);
}

async function see(world, page, name) {
    await fits(page, name);
    await look(world, page, name);
}

/* From a masked case: nobody answers, and the next case. */
async function noAnswer(page, keys) {
    await keys.press("d");
    await shown(page);
    await keys.press("w");
    await says(page, "无人接听");
    await keys.press("Enter");
    await says(page, "已记录：无人接听");
    await keys.press("Enter");
    await says(page, "看清诉求");
}

/* From a masked case of one order: a complete without comments, and the next case. */
async function complete(page, keys) {
    await keys.press("d");
    await shown(page);
    await keys.press(...TEN_ANSWERS.slice(0, 4), ...TEN_ANSWERS.slice(4));
    await says(page, "成功访问");
    await keys.press("Enter");
    await says(page, "已记录：成功访问");
    await keys.press("Enter");
    await says(page, "看清诉求");
}

async function counted(page, flow, most, name) {
    const keys = new Keyboard(page);
    await flow(page, keys);
    expect(keys.count <= most, `${name} takes ${keys.count} keys, more than ${most}`);
    console.log(`# ${name}: ${keys.count} keys`);
}

export async function practising(world, caller) {
    const page = await openWindow(world);
    const sent = [];
    await step("a_caller_signs_in_to_the_desk", async () => {
        await page.goto(`${world.base}/`);
        await firstPassword(page, caller);
        await says(page, "尚未签到");
        await see(world, page, "desk-off");
    });
    const onRequest = (request) => {
        if (request.method() !== "GET") sent.push(`${request.method()} ${request.url()}`);
    };
    page.on("request", onRequest);
    await step("practice_takes_few_keys", async () => {
        await page.keyboard.press("l");
        await page.locator(".practice-bar").waitFor();
        await says(page, "尚未签到");
        await page.keyboard.press("Enter");
        await says(page, "可以领取");
        await see(world, page, "practice-idle");
        await page.keyboard.press("Enter");
        await says(page, "看清诉求");
        await see(world, page, "practice-ready");
        await counted(page, complete, COMPLETE_KEYS - 1, "a complete in practice");
        await counted(page, noAnswer, NO_ANSWER_KEYS, "a no-answer in practice");
    });
    await step("practice_sends_nothing", async () => {
        await page.keyboard.press("d");
        await shown(page);
        await see(world, page, "practice-call");
        page.off("request", onRequest);
        expect(sent.length === 0, sent.join(" "));
        expect((await page.locator("h1").textContent()).includes("练习"), "the heading says nothing of practice");
    });
    return page;
}

/* The picker's own reckoning, with hours that the test chooses. */
export async function pickingTimes(page) {
    await step("the_picker_knows_only_legal_times", async () => {
        const faults = await page.evaluate(async () => {
            const picker = await import("/desk_appointment.js");
            const found = [];
            const same = (name, value, expected) => {
                if (JSON.stringify(value) !== JSON.stringify(expected))
                    found.push(`${name}: ${JSON.stringify(value)} for ${JSON.stringify(expected)}`);
            };
            const at = (date, clock) => `${date}T${clock}:00+08:00`;
            const day = (date, spans) =>
                spans.map(([from, until]) => ({ from: at(date, from), until: at(date, until) }));
            const week = [["09:00", "12:00"], ["15:00", "18:00"], ["19:00", "20:30"]];
            const windows = day("2024-07-05", week).concat(day("2024-07-06", [["10:00", "12:00"]]));
            const days = picker.daysOf(windows, Date.parse("2024-07-05T15:32:10+08:00"));
            same("days", days.map((each) => each.date), ["2024-07-05", "2024-07-06"]);
            same("windows of today", days[0].windows, [{ from: 945, until: 1080 }, { from: 1140, until: 1230 }]);
            same("in it", picker.isLegal(days, { day: 0, minute: 1140 }), true);
            same("at its end", picker.isLegal(days, { day: 0, minute: 1230 }), false);
            same("between", picker.isLegal(days, { day: 0, minute: 1100 }), false);
            same("passed", picker.isLegal(days, { day: 0, minute: 930 }), false);
            same("later over a gap", picker.stepTime(days, { day: 0, minute: 1065 }, 1), { day: 0, minute: 1140 });
            same("sooner at the first", picker.stepTime(days, { day: 0, minute: 945 }, -1), { day: 0, minute: 945 });
            same("nearest of tomorrow", picker.stepDay(days, { day: 0, minute: 1140 }, 1), { day: 1, minute: 705 });
            same("no day before today", picker.stepDay(days, { day: 0, minute: 1140 }, -1), { day: 0, minute: 1140 });
            same("text", picker.timeOf(days, { day: 1, minute: 705 }), "2024-07-06T11:45:00+08:00");
            same("nothing left", picker.daysOf(windows, Date.parse("2024-07-06T11:56:00+08:00")), []);
            return found;
        });
        expect(faults.length === 0, faults.join("; "));
    });
}

/* What the desk is told the next time, other than it is. */
async function changedDesk(page, change) {
    const answer = async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: Object.assign(await response.json(), change) });
    };
    await page.route("**/api/v1/followup/desk", answer, { times: 1 });
}

async function heldCase(page) {
    return page.evaluate(async () => {
        const answer = await fetch("/api/v1/followup/desk");
        return (await answer.json()).case;
    });
}

export async function phoning(world, page, caller) {
    await step("a_shift_begins_and_a_case_is_masked", async () => {
        await go(world, page, "desk", "电话测评");
        await says(page, "尚未签到");
        await page.keyboard.press("Enter");
        await says(page, "可以领取");
        await page.keyboard.press("Enter");
        await says(page, "看清诉求");
        await see(world, page, "desk-ready");
        expect(!/1380\d{7}/.test(await page.content()), "a whole number before it is dialled");
        expect((await page.locator(".watermark").count()) === 0, "a watermark without a number");
    });
    await step("dialling_shows_the_number_under_a_watermark", async () => {
        await page.keyboard.press("d");
        await shown(page);
        const number = await page.locator(".tel").textContent();
        expect(/^138 \d{4} \d{4}$/.test(number), `the number reads ${number}`);
        const address = await page.getAttribute(".tel", "href");
        expect(address === `tel:${number.replace(/ /g, "")}`, address);
        expect((await page.getAttribute(".watermark span", "data-words")).includes("张话务"), "whose watermark?");
        await see(world, page, "desk-call");
        await page.keyboard.press("w");
        await says(page, "无人接听");
        await see(world, page, "desk-no-answer");
        await page.keyboard.press("Enter");
        await says(page, "已记录：无人接听");
        expect(!/1380\d{7}/.test(await page.content()), "the number stays after the call");
        await see(world, page, "desk-recorded");
        await page.keyboard.press("Enter");
        await says(page, "看清诉求");
    });
    await step("calls_take_few_keys", async () => {
        await counted(page, complete, COMPLETE_KEYS - 1, "a complete");
        await counted(page, noAnswer, NO_ANSWER_KEYS, "a no-answer");
    });
    await step("an_answer_can_be_changed", async () => {
        await page.keyboard.press("d");
        await shown(page);
        await page.keyboard.press("c");
        await page.locator("[role=alert]", { hasText: "必须回答" }).waitFor();
        for (const key of ["1", "1", "1", "1", "1"]) await page.keyboard.press(key);
        await says(page, "分开来看");
        await page.keyboard.press("Backspace");
        await says(page, "总的来说");
        await see(world, page, "desk-question");
        await page.keyboard.press("5");
        await says(page, "分开来看");
        await saved(page);
        const held = await heldCase(page);
        expect(held.orders[0].answers.satisfaction.value === "1", JSON.stringify(held.orders[0].answers));
    });
    await step("a_reload_goes_on_at_the_first_open_item", async () => {
        const before = await page.locator(".tel").textContent();
        await page.reload();
        await shown(page);
        await says(page, "分开来看");
        expect((await page.locator(".tel").textContent()) === before, "another number");
        expect((await page.locator(".answered li.kept").count()) === 5, "not five answers are shown");
    });
    await step("without_the_network_it_goes_on_asking", async () => {
        const context = page.context();
        await context.setOffline(true);
        await page.keyboard.press("6");
        await page.keyboard.press("6");
        await page.keyboard.press("6");
        await says(page, "不满意的主要原因");
        await page.locator(".keeping.is-unsaved").waitFor();
        await see(world, page, "desk-unsaved");
        await page.keyboard.press("2");
        await says(page, "还有什么要说");
        await page.keyboard.press("2");
        await page.locator("textarea").waitFor();
        await page.keyboard.type("三个月没有人来");
        await see(world, page, "desk-words");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Enter");
        await says(page, "可以不署名转给");
        expect(await isGuarded(page), "unsaved answers are left unasked");
        await context.setOffline(false);
        await saved(page);
        expect(!(await isGuarded(page)), "asked though all is saved");
        const { answers } = (await heldCase(page)).orders[0];
        expect(answers.attitude.value === "unsure" && answers.why.value === "unresolved", JSON.stringify(answers));
        expect(answers.other.words === "三个月没有人来", JSON.stringify(answers.other));
        await page.keyboard.press("2");
        await page.keyboard.press("1");
        await says(page, "成功访问");
        await see(world, page, "desk-complete");
    });
    await step("a_result_on_its_way_stays_as_it_is", async () => {
        await page.context().setOffline(true);
        await page.keyboard.press("Enter");
        await page.locator("[role=alert]", { hasText: "尚未保存" }).waitFor();
        await page.click("text=返回");
        await page.locator(".answered button").first().click();
        await says(page, "成功访问");
        await page.goto(`${world.base}/#/account`);
        await page.locator("h1", { hasText: "账号" }).waitFor();
        expect(await isGuarded(page), "an unsaved result is left unasked");
        await go(world, page, "desk", "电话测评");
        await page.context().setOffline(false);
        await says(page, "已记录：成功访问");
    });
    await step("an_appointment_by_keys", async () => {
        await page.keyboard.press("Enter");
        await says(page, "看清诉求");
        await page.keyboard.press("d");
        await shown(page);
        await page.keyboard.press("b");
        await page.locator("[role=spinbutton]").waitFor();
        await page.keyboard.type("2460");
        await page.locator(".fault").waitFor();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.type("1930");
        await page.keyboard.press("Space");
        const time = await page.getAttribute("[role=spinbutton]", "aria-valuetext");
        expect(/月\d+日 星期. 19:30$/.test(time), time);
        await see(world, page, "desk-appointment");
        const [request] = await Promise.all([
            page.waitForRequest((each) => each.url().endsWith("/attempts")),
            page.keyboard.press("Enter"),
        ]);
        const { appointment, disposition } = request.postDataJSON();
        const isTold = /T19:30:00\+08:00$/.test(appointment.at) && appointment.is_own;
        expect(disposition === "2.20" && isTold, request.postData());
        await says(page, "已记录：接通本人不在");
        expect((await page.locator(".now").textContent()).includes("19:30"), "the time is not confirmed");
    });
    await step("an_answer_may_end_the_call", async () => {
        await page.keyboard.press("Enter");
        await says(page, "看清诉求");
        await page.keyboard.press("d");
        await shown(page);
        await page.keyboard.press("2");
        await says(page, "本人拒访");
        await page.keyboard.press("Escape");
        await says(page, "您好");
        await page.keyboard.press("f");
        await says(page, "语言不通");
        await page.keyboard.press("Enter");
        await page.locator(".fault").waitFor();
        await page.keyboard.press("1");
        await see(world, page, "desk-language");
        await page.fill("input[name=note]", "说壮语");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Escape");
        await says(page, "您好");
        await page.keyboard.press("f");
        expect((await page.inputValue("input[name=note]")) === "说壮语", "the note is gone");
        await page.keyboard.press("j");
        await says(page, "本人拒访");
        await page.keyboard.press("Enter");
        await says(page, "已记录：本人拒访");
    });
    await step("after_a_sign_in_in_mid_call_nothing_is_missing", async () => {
        await page.keyboard.press("Enter");
        await says(page, "看清诉求");
        await page.keyboard.press("d");
        await shown(page);
        await page.keyboard.press("1");
        await saved(page);
        await page.context().clearCookies();
        await page.keyboard.press("1");
        await enterPassword(page, caller);
        await shown(page);
        await saved(page);
        await says(page, "有没有与您联系过");
        const held = await heldCase(page);
        expect(held.answers.is_you && held.answers.is_you.value === "yes", JSON.stringify(held.answers));
    });
    await step("a_sign_in_in_another_window_is_taken_up", async () => {
        await page.context().clearCookies();
        const second = await page.context().newPage();
        await second.goto(`${world.base}/#/account`);
        await enterPassword(second, caller);
        await second.locator("h1", { hasText: "账号" }).waitFor();
        await second.close();
        await page.keyboard.press("1");
        await says(page, "现在是");
        await saved(page);
        const held = await heldCase(page);
        expect(held.orders[0].answers.contacted.value === "yes", JSON.stringify(held.orders[0].answers));
    });
    await step("a_case_that_was_taken_back_is_told", async () => {
        const detail = "这个样本不在您手中";
        const json = { code: "not_held", detail };
        let onRecorded = null;
        const recorded = new Promise((resolve) => {
            onRecorded = resolve;
        });
        await page.route(
            "**/answers",
            async (route) => {
                await recorded;
                await route.fulfill({ status: 404, contentType: "application/problem+json", json });
            },
            { times: 1 },
        );
        await page.keyboard.press("2");
        await page.keyboard.press("o");
        await says(page, "其他");
        await page.keyboard.press("Enter");
        await page.locator("button", { hasText: "正在记录" }).waitFor();
        onRecorded();
        await says(page, "可以领取");
        await page.locator("[role=alert]", { hasText: detail }).waitFor();
        expect(!/1380\d{7}/.test(await page.content()), "the number stays");
        await page.keyboard.press("Enter");
        await shown(page);
        await page.keyboard.press("o");
        await says(page, "其他");
        await page.keyboard.press("Enter");
        await says(page, "已记录：其他");
    });
    await step("a_second_window_joins_the_call", async () => {
        await page.keyboard.press("Enter");
        await says(page, "看清诉求");
        const second = await page.context().newPage();
        await second.goto(`${world.base}/#/desk`);
        await says(second, "看清诉求");
        await page.keyboard.press("d");
        await shown(page);
        await second.keyboard.press("d");
        await shown(second);
        await second.close();
    });
    await step("a_case_that_was_taken_back_meanwhile_is_told", async () => {
        await page.goto(`${world.base}/#/account`);
        await page.locator("h1", { hasText: "账号" }).waitFor();
        await changedDesk(page, { case: null });
        await page.goto(`${world.base}/#/desk`);
        await page.locator("[role=alert]", { hasText: "被收回" }).waitFor();
        await says(page, "可以领取");
        await page.keyboard.press("Enter");
        await shown(page);
        await page.keyboard.press("o");
        await page.keyboard.press("Enter");
        await says(page, "已记录：其他");
    });
    await step("no_case_for_now_is_asked_for_again", async () => {
        let asked = 0;
        let onSecond = null;
        const second = new Promise((resolve) => {
            onSecond = resolve;
        });
        await page.route(
            "**/api/v1/followup/next",
            (route) => {
                asked += 1;
                if (asked === 2) onSecond();
                return route.fulfill({ status: 204, headers: { "Retry-After": asked === 1 ? "1" : "3600" } });
            },
            { times: 2 },
        );
        await changedDesk(page, { campaigns: [] });
        await page.keyboard.press("Enter");
        await says(page, "现在没有到时间的样本");
        await page.locator(".alert.note", { hasText: "没有进行中的电话测评" }).waitFor();
        await second;
        await page.waitForFunction(() => /^(60:00|59:\d\d)$/.test(document.querySelector(".big-time").textContent));
        await see(world, page, "desk-waiting");
        await page.keyboard.press("Enter");
        await says(page, "看清诉求");
    });
    await step("a_wrong_clock_of_the_machine_does_not_matter", async () => {
        const seconds = await page.evaluate(async () => {
            const { read, serviceNow } = await import("/api.js");
            const right = Date.now;
            Date.now = () => right() - 7 * 60000;
            await read("/api/v1/account");
            const late = Math.abs(serviceNow() - right()) / 1000;
            Date.now = right;
            await read("/api/v1/account");
            return Math.max(late, Math.abs(serviceNow() - right()) / 1000);
        });
        expect(seconds < 60, `the service's clock is ${seconds} s off`);
    });
    await step("all_keys_are_told", async () => {
        await page.keyboard.press("?");
        await page.locator("dialog[open]").waitFor();
        await look(world, page, "desk-keys");
        await page.keyboard.press("Escape");
        await page.waitForFunction(() => !document.querySelector("dialog[open]"));
    });
    await step("an_undialled_case_goes_back_and_the_shift_ends", async () => {
        await page.keyboard.press("r");
        await says(page, "可以领取");
        await page.keyboard.press("e");
        await page.locator("dialog[open]").waitFor();
        await page.keyboard.press("Enter");
        await says(page, "已签退");
        await see(world, page, "desk-ended");
    });
}

/* Last, for the page's clock is no longer the world's. */
export async function runningOut(world, page) {
    await step("the_lease_and_the_session_are_counted_down_and_a_key_keeps_both", async () => {
        await page.clock.install();
        await page.goto(`${world.base}/#/desk/practice`);
        await page.reload();
        await says(page, "尚未签到");
        await page.keyboard.press("Enter");
        await says(page, "可以领取");
        await page.keyboard.press("Enter");
        await says(page, "看清诉求");
        await page.locator(".lease.calm").waitFor();
        await page.clock.fastForward(450000);
        await page.locator(".lease.amber").waitFor();
        await page.clock.fastForward(100000);
        await page.locator(".lease.red").waitFor();
        await see(world, page, "practice-lease");
        await page.locator(".idle").waitFor();
        await page.keyboard.press("Shift");
        await page.locator(".lease.calm").waitFor();
        await page.waitForFunction(() => !document.querySelector(".idle"));
    });
}
