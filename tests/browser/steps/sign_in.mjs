/* From the one-time password to a full session, by keyboard alone; TOTP, recovery code, wrong codes; the lock. */

import { go, heading, look, openWindow, settled, textOf } from "../driver.mjs";
import { firstSignIn, signIn, signOut, submit } from "../person.mjs";
import { expect, step } from "../report.mjs";

function focusOf(page) {
    return page.evaluate(() => {
        const element = document.activeElement;
        return element.name || element.id || element.textContent.trim().slice(0, 20) || element.tagName;
    });
}

async function tabTo(page, name, most = 8) {
    for (let i = 0; i < most; i++) {
        await page.keyboard.press("Tab");
        if ((await focusOf(page)) === name) return;
    }
    throw new Error(`Tab does not reach ${name}: at ${await focusOf(page)}`);
}

export async function signingIn(world, person) {
    const page = await openWindow(world);
    await step("first_page_is_sign_in", async () => {
        await page.goto(`${world.base}/`);
        await heading(page, "登录");
        expect((await page.title()).startsWith("登录"), await page.title());
        await page.waitForFunction(() => document.activeElement.name === "name");
        await look(world, page, "sign-in");
    });
    await step("wrong_password_says_what_to_do", async () => {
        await page.fill("input[name=name]", "nobody.here");
        await page.fill("input[name=password]", "not-the-password");
        await page.keyboard.press("Enter");
        await page.locator("[role=alert]").waitFor();
        expect((await textOf(page, "[role=alert]")).includes("有误"), await textOf(page, "[role=alert]"));
        expect((await focusOf(page)) === "password", "focus is not in the password");
        await look(world, page, "sign-in-wrong");
    });
    await step("signs_in_by_keyboard_alone", async () => {
        await page.reload();
        await heading(page, "登录");
        await page.evaluate(() => document.activeElement.blur());
        await tabTo(page, "跳到正文");
        await tabTo(page, "name");
        await page.keyboard.type(person.name);
        await tabTo(page, "password");
        await page.keyboard.type(person.password);
        await page.keyboard.press("Enter");
        await heading(page, "设置新密码");
        expect((await focusOf(page)) === "设置新密码", `focus at ${await focusOf(page)}`);
        await look(world, page, "first-password");
    });
    await step("a_common_password_is_refused_at_its_field", async () => {
        await page.fill("input[name=current]", person.password);
        await page.fill("input[name=new]", "1234567890");
        await page.fill("input[name=again]", "1234567890");
        await page.keyboard.press("Enter");
        await page.locator("small.wrong").waitFor();
        expect(
            (await page.getAttribute("input[name=new]", "aria-invalid")) === "true",
            "the field is not marked",
        );
    });
    await step("first_password_then_totp", async () => {
        await signOut(page);
        await firstSignIn(page, person, world);
    });
    await step("signs_in_with_totp", async () => {
        await signOut(page);
        await signIn(page, person);
    });
    await step("a_wrong_code_is_told", async () => {
        await signOut(page);
        await page.fill("input[name=name]", person.name);
        await page.fill("input[name=password]", person.password);
        await page.keyboard.press("Enter");
        await page.locator("input[name=totp]").waitFor();
        await look(world, page, "sign-in-totp");
        await page.fill("input[name=totp]", "000000");
        await page.keyboard.press("Enter");
        await page.locator("[role=alert]").waitFor();
    });
    await step("signs_in_with_a_recovery_code", async () => {
        await page.click("text=使用恢复码");
        await page.fill("input[name=recovery]", person.codes[0]);
        expect((await submit(page)) === 201, "the code is not taken");
        await page.locator("header nav a").first().waitFor();
        await go(world, page, "account", "我的账号");
        expect(
            (await page.locator("main").textContent()).includes("剩余恢复码 9 个"),
            "the code was not counted",
        );
        await settled(page);
    });
    return page;
}

/* Each failure makes one wait longer; the fifth locks. Runs beside the others, for its waiting. */
export async function locking(world, person) {
    const page = await openWindow(world);
    await step("five_failures_lock_and_count_down", async () => {
        await page.goto(`${world.base}/`);
        await heading(page, "登录");
        await page.fill("input[name=name]", person.name);
        for (let i = 0; i < 5; i++) {
            await page.fill("input[name=password]", `wrong-password-${i}`);
            expect((await submit(page)) === 401, "not told that it is wrong");
            await page.waitForFunction(() => document.querySelector("input[name=password]").value === "");
        }
        await page.fill("input[name=password]", person.password);
        expect((await submit(page)) === 429, "not locked");
        await page.waitForFunction(() => {
            const timer = document.querySelector("[role=timer]");
            return timer && /[45]分/.test(timer.textContent);
        });
        await look(world, page, "sign-in-locked");
    });
    await page.context().close();
}
