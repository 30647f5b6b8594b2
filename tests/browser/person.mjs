/* Somebody with an account: password, TOTP app, recovery codes; and how they sign in. */

import crypto from "node:crypto";

import { expect } from "./report.mjs";
import { heading, look } from "./driver.mjs";

const STEP_S = 30;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function bytesOf(secret) {
    let bits = "";
    for (const letter of secret.replace(/[\s=]/g, "").toUpperCase())
        bits += ALPHABET.indexOf(letter).toString(2).padStart(5, "0");
    const bytes = bits.match(/.{8}/g) || [];
    return Buffer.from(bytes.map((byte) => parseInt(byte, 2)));
}

/* RFC 6238: SHA-1, 6 digits. */
export function codeAt(secret, step) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = crypto.createHmac("sha1", bytesOf(secret)).update(counter).digest();
    const at = mac[mac.length - 1] & 15;
    return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

export class Person {
    constructor(name, oneTime) {
        this.name = name;
        this.password = oneTime;
        this.secret = "";
        this.lastStep = 0;
        this.codes = [];
        this.aheadMs = 0; /* of the service's clock, before this one */
    }

    /* A code that was not used yet: the service takes one step before and after now, each once. Waits for the clock
     * only when all three are spent. */
    async code() {
        for (;;) {
            const now = Math.floor((Date.now() + this.aheadMs) / 1000 / STEP_S);
            const step = Math.max(now - 1, this.lastStep + 1);
            if (step <= now + 1) {
                this.lastStep = step;
                return codeAt(this.secret, step);
            }
            await new Promise((resolve) => setTimeout(resolve, 500));
        }
    }

    newPassword() {
        return `风调雨顺-${this.name}-2024`.replace(
            this.name,
            crypto.createHash("sha256").update(this.name).digest("hex").slice(0, 8),
        );
    }
}

/* Press Enter in the form of signing in; where it is told to wait, wait as long and press again. Gives the last
 * status. */
export async function submit(page) {
    for (;;) {
        await page.waitForFunction(() => !document.querySelector("button[type=submit][aria-disabled]"));
        const [answer] = await Promise.all([
            page.waitForResponse((response) => response.url().endsWith("/api/v1/sessions")),
            page.keyboard.press("Enter"),
        ]);
        const wait = Number(answer.headers()["retry-after"] || 0);
        if (wait === 0) return answer.status();
        await page.locator("[role=timer]").waitFor();
        if (wait > 20) return answer.status();
    }
}

export async function enterPassword(page, person) {
    await heading(page, "登录");
    await page.fill("input[name=name]", person.name);
    await page.fill("input[name=password]", person.password);
    await page.press("input[name=password]", "Enter");
}

/* The first time: a password of one's own, which is all of it for callers. `world` given: pictures are taken. */
export async function firstPassword(page, person, world) {
    await enterPassword(page, person);
    await heading(page, "设置新密码");
    if (world) await look(world, page, "first-password");
    const next = person.newPassword();
    await page.fill("input[name=current]", person.password);
    await page.fill("input[name=new]", next);
    await page.fill("input[name=again]", next);
    await page.press("input[name=again]", "Enter");
    person.password = next;
}

/* The first time, and the TOTP app after it. */
export async function firstSignIn(page, person, world) {
    await firstPassword(page, person, world);
    await heading(page, "绑定动态口令");
    await bindTotp(page, person, world);
}

export async function bindTotp(page, person, world) {
    person.secret = (await page.locator(".secret code").textContent()).trim();
    await page.waitForFunction(() => {
        const image = document.querySelector(".totp img");
        return image && image.complete && image.naturalWidth > 0;
    });
    if (world) await look(world, page, "totp-enrolment");
    await page.fill("input[name=code]", await person.code());
    await page.press("input[name=code]", "Enter");
    await page.locator(".code-list li").first().waitFor();
    person.codes = await page.locator(".code-list code").allTextContents();
    expect(person.codes.length === 10, `${person.codes.length} recovery codes`);
    if (world) await look(world, page, "recovery-codes");
    expect(await page.locator("text=继续").isDisabled(), "goes on before the codes are saved");
    await page.check("text=已保存");
    await page.click("text=继续");
    await page.locator("header nav a").first().waitFor();
}

export async function signIn(page, person) {
    await enterPassword(page, person);
    await page.locator("input[name=totp]").waitFor();
    await page.fill("input[name=totp]", await person.code());
    await page.press("input[name=totp]", "Enter");
    await page.locator("header nav a").first().waitFor();
}

export async function signOut(page) {
    await page.click("header button");
    await heading(page, "登录");
}
