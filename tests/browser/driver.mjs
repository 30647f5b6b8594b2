/* Chromium, windows that are watched, and what people do on every page. */

import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";

const packages = createRequire(path.resolve("build/browser-npm/package.json"));
const { chromium } = packages("playwright-core");
const axeSource = fs.readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");
export const acorn = packages("acorn");

const SHOTS = "build/screenshots";
/* No test is one of speed: sanitizers and a busy machine make everything many times slower. */
const LONG_MS = 120000;
const SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
];
/* An answer that refuses is part of the play; the browser logs it all the same. */
const REFUSALS = /^Failed to load resource: the server responded with a status of (400|401|403|404|409|429)/;

export async function startBrowser(base) {
    fs.mkdirSync(SHOTS, { recursive: true });
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: SWITCHES });
    return { browser, base, faults: [], axeFaults: [], pages: new Set() };
}

/* A browser in a process of its own, which can be killed. */
export async function startOwnBrowser(base) {
    const process = await chromium.launchServer({ executablePath: "/usr/bin/chromium", args: SWITCHES });
    const browser = await chromium.connect(process.wsEndpoint());
    const kill = () => process.process().kill("SIGKILL");
    return { browser, kill, base, faults: [], axeFaults: [], pages: new Set() };
}

/* A window of its own, with cookies of its own. */
export async function openWindow(world) {
    const context = await world.browser.newContext({
        viewport: { width: 1366, height: 768 },
        ignoreHTTPSErrors: true,
        locale: "zh-CN",
        acceptDownloads: true,
    });
    await context.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) =>
            console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`),
        );
    });
    const page = await context.newPage();
    page.setDefaultTimeout(LONG_MS);
    const note = (text) => world.faults.push(`${page.url()}: ${text}`);
    page.on("console", (message) => {
        const isRefusal = REFUSALS.test(message.text()) && message.location().url.includes("/api/v1/");
        if (message.type() === "error" && !isRefusal) note(message.text());
    });
    page.on("pageerror", (error) => note(error.message));
    page.on("request", (request) => {
        const address = request.url();
        if (!address.startsWith(world.base) && !address.startsWith("data:")) note(`asks ${address}`);
    });
    return page;
}

/* The page's heading is `title`, and it has the focus or what it gave it to. */
export async function heading(page, title) {
    await page.locator("h1", { hasText: title }).first().waitFor();
}

export async function go(world, page, place, title) {
    await page.goto(`${world.base}/#/${place}`);
    await heading(page, title);
    await settled(page);
}

/* Nothing is being read any more. */
export async function settled(page) {
    await page.waitForFunction(() => !document.querySelector(".loading"));
}

/* A picture, and what axe finds serious; also that nothing is wider than the window. */
export async function look(world, page, name) {
    await settled(page);
    await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true, animations: "disabled" });
    await page.evaluate(axeSource);
    const found = await page.evaluate(async () => {
        const result = await window.axe.run(document, { resultTypes: ["violations"] });
        if (result.passes.length === 0) return ["axe looked at nothing"];
        return result.violations
            .filter((each) => each.impact === "serious" || each.impact === "critical")
            .map(
                (each) =>
                    `${each.id}: ${each.nodes
                        .map((node) => node.html.slice(0, 120))
                        .slice(0, 3)
                        .join(" | ")}`,
            );
    });
    for (const fault of found) world.axeFaults.push(`${name}: ${fault}`);
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    if (isWide) world.axeFaults.push(`${name}: wider than the window`);
    world.pages.add(name);
}

/* Whether somebody who closes the window would be asked first. */
export async function isGuarded(page) {
    return page.evaluate(() => !window.dispatchEvent(new Event("beforeunload", { cancelable: true })));
}

export async function textOf(page, selector) {
    return (await page.locator(selector).first().textContent()).replace(/\s+/g, " ").trim();
}

/* The dialog that is open. */
export function dialog(page) {
    return page.locator("dialog[open]");
}
