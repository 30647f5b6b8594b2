/* campaign.mjs BASE ACCOUNTS WORK: three callers at once phone a whole round through the pages of the service at BASE,
 * while people of all roles look on (visitors.mjs).
 *
 * Each person behind a number has a fate, which the callers' keys make come true; what they recorded goes to
 * WORK/journal.csv as outcomes that `outcomes import` reads. On the way a browser is killed in mid-call, the service is
 * killed in mid-call (WORK/server.pid; the script starts it again), and two callers vanish, whose seats others take; then the clock is put
 * forward (WORK/ahead), so that leases end and appointments become due. What pages said while nobody was called goes to
 * WORK/said, what they showed in some of the calls to WORK/shown. */

import fs from "node:fs";

import { openWindow, startOwnBrowser } from "./driver.mjs";
import { Person, firstPassword } from "./person.mjs";
import { expect, failures, verdict } from "./report.mjs";
import { Visitor, pathsOf } from "./visitors.mjs";

const [base, accountsFile, work] = process.argv.slice(2);
for (const place of ["said", "shown"]) fs.mkdirSync(`${work}/${place}`, { recursive: true });
const oneTime = JSON.parse(fs.readFileSync(accountsFile, "utf8"));
const cases = Number(fs.readFileSync(`${work}/cases`, "utf8"));
const QUARTER_MS = 15 * 60000;
const SOON_MS = 6 * 60000; /* the page takes no sooner appointment than five minutes */
const SHANGHAI_MS = 8 * 3600000;
const STUCK_MS = 60000;
const PLAY_MS = 300000;
const RELOAD_MS = 15000;
const SOME = 5; /* calls, before something happens to who made them */
/* Who looks on, and the kinds of events that each is told. */
const HEARD = {
    "feng.office": "followup import round task",
    "zheng.audit": "followup import round task",
    "sun.super": "followup",
    "qian.super": "followup",
    "yu.admin": "task",
    "he.county": "round",
    "tang.call": "",
    "xu.call": "",
    "zhou.check": "",
    "wu.unit": "",
    "wang.sec": "",
};

const RESOLVED = ["已解决", "部分解决", "正在解决", "未解决", ""];
const RATINGS = ["5", "4", "3", "2", "1", ""];
const FINISHED = { 2.214: "k", 2.21: "w", 2.212: "g", 2.211: "z", 2.113: "m", 2.32: "s", 2.111: "a" };
const LATER_ORDER =
    "P90001,2024-07-06 09:00:00,第1局,U1,2024-07-10 18:00:00,2024-07-08 10:00:00,已办结,欧阳查9某,13800109001,灯不亮,密文诉求9灯坏了";
const journal = [];
const numbers = new Set(); /* that were shown */
const met = new Set(); /* who asked for another time */
let aheadMs = 0;
const lastAt = new Map();

/* ---- fates ---- */

function chance(person, salt, limit) {
    let x = (person * 2654435761 + salt * 40503) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 2246822519) >>> 0;
    return (x >>> 8) % limit;
}

/* What becomes of a dial (no time is agreed upon once the clock was put on): a code, and the keys of the answers that lead to it. */
function fateOf(number) {
    const person = Number(number.slice(-5));
    const at = chance(person, 1, 100);
    if (person % 7 === 0 && number.startsWith("138001")) return { person, code: "2.214", keys: [] };
    if (at >= 84 && at < 93 && !met.has(person) && aheadMs === 0) return { person, code: "2.20", keys: ["1"] };
    if (at < 62 || (at >= 84 && at < 93)) return { person, code: "1.1", ...answersOf(person) };
    if (at < 68) return { person, code: "2.112", keys: ["2"] };
    if (at < 71) {
        const { keys, resolved } = answersOf(person);
        return { person, code: "1.2", keys: keys.slice(0, 4), resolved, satisfaction: "" };
    }
    if (at < 78) return { person, code: "2.21", keys: [] };
    if (at < 82) return { person, code: "2.212", keys: [] };
    if (at < 84) return { person, code: "2.211", keys: [] };
    return { person, code: at < 96 ? "2.113" : at < 98 ? "2.32" : "2.111", keys: [] };
}

/* consent, is_you, contacted, resolved, satisfaction, its three parts, why, other, coached. */
function answersOf(person) {
    const resolved = chance(person, 2, 5);
    const rating = chance(person, 3, 6);
    const why = rating === 3 || rating === 4 ? ["1"] : [];
    const other = chance(person, 4, 8) === 0 ? [`2 盲人原话${person}`, "2"] : ["1"];
    const keys = ["1", "1", "1", String(resolved + 1), String(rating + 1), "2", "3", "1", ...why, ...other, "1"];
    return { keys, resolved: RESOLVED[resolved], satisfaction: RATINGS[rating] };
}

function record(fate) {
    /* The rows of an order are told apart by their time. */
    const atMs = Math.max(Date.now() + aheadMs, (lastAt.get(fate.person) || 0) + 1000);
    lastAt.set(fate.person, atMs);
    const at = new Date(atMs + SHANGHAI_MS).toISOString().slice(0, 19).replace("T", " ");
    const hasAnswers = fate.code[0] === "1";
    journal.push([
        `P${String(fate.person).padStart(5, "0")}`, at, "campaign", fate.code,
        hasAnswers ? fate.resolved : "", hasAnswers ? fate.satisfaction : "",
    ]);
}

/* ---- a caller ---- */

async function phaseOf(page) {
    return page.evaluate(() => {
        const text = (selector) => (document.querySelector(selector) || { textContent: "" }).textContent;
        const title = text(".now h2");
        const phases = [
            ["off", /尚未签到|已签退/], ["idle", /可以领取/], ["ready", /看清诉求|换下一个号码/],
            ["waiting", /没有到时间/], ["done", /已记录/],
        ];
        const found = phases.find(([, words]) => words.test(title));
        const number = text(".tel").replace(/ /g, "");
        return { phase: number ? "call" : found ? found[0] : "", title, number, problem: text("[role=alert]") };
    });
}

async function until(page, holds, why) {
    const end = Date.now() + STUCK_MS;
    for (;;) {
        const now = await phaseOf(page);
        if (holds(now)) return now;
        if (Date.now() > end) throw new Error(`${why}: ${JSON.stringify(now)}`);
        await page.waitForTimeout(40);
    }
}

class Caller {
    constructor(name) {
        this.person = new Person(name, oneTime[name]);
        this.signedInOnce = false;
        this.calls = 0;
        this.faults = [];
    }

    /* A browser, a sign-in, the desk. */
    async sit() {
        if (!this.world) this.world = await startOwnBrowser(base);
        this.page = await openWindow(this.world);
        await this.page.addInitScript((ms) => {
            const now = Date.now.bind(Date);
            Date.now = () => now() + ms;
        }, aheadMs);
        await this.openDoor();
        if (!this.signedInOnce) await firstPassword(this.page, this.person);
        else {
            await this.page.fill("input[name=name]", this.person.name);
            await this.page.fill("input[name=password]", this.person.password);
            await this.page.press("input[name=password]", "Enter");
        }
        this.signedInOnce = true;
        await until(this.page, (now) => now.phase !== "", `${this.person.name} sees no desk`);
    }

    /* The browser ends in the middle of whatever it does. */
    kill() {
        if (!this.world) return;
        this.world.kill();
        this.faults.push(...this.world.faults);
        this.world = null;
    }

    /* The service may go away while the page is loaded: then whoever sits there loads it again. */
    async openDoor() {
        const form = this.page.locator("input[name=name]");
        const end = Date.now() + PLAY_MS;
        for (let isThere = false; !isThere && Date.now() < end; ) {
            try {
                await this.page.goto(`${base}/`);
                await form.waitFor({ timeout: RELOAD_MS });
                isThere = true;
            } catch (fault) {
                await this.page.waitForTimeout(200);
            }
        }
    }

    /* What is on the page while nobody is called. */
    async keepPage() {
        const text = await this.page.content();
        if (!/class="tel"/.test(text)) fs.appendFileSync(`${work}/said/${this.person.name}.html`, text);
    }

    /* Press until the desk says something else: while the service is away nothing comes of a key. */
    async press(key, from) {
        await this.page.keyboard.press(key);
        const end = Date.now() + 1500;
        for (;;) {
            const now = await phaseOf(this.page);
            const isOther = now.phase !== from.phase || now.number !== from.number || now.title !== from.title;
            if (now.phase !== "" && isOther) return now;
            if (Date.now() > end) return now;
            await this.page.waitForTimeout(25);
        }
    }

    async answer(keys) {
        for (const key of keys) {
            await this.page.keyboard.press(key[0]);
            if (key.length === 1) continue;
            await this.page.locator("textarea").waitFor();
            await this.page.keyboard.type(key.slice(2));
            await this.page.keyboard.press("Enter");
        }
        await this.page.locator(".keeping.is-saved").waitFor();
    }

    async panel(words) {
        await this.page.locator("h2", { hasText: words }).first().waitFor();
    }

    async appoint() {
        await this.page.keyboard.press("b");
        await this.page.locator("[role=spinbutton]").waitFor();
        await this.page.keyboard.press("ArrowLeft");
        await this.page.keyboard.press("ArrowLeft");
        const at = Math.ceil((Date.now() + aheadMs + SOON_MS) / QUARTER_MS) * QUARTER_MS;
        const text = new Date(at + SHANGHAI_MS).toISOString();
        const day = `${Number(text.slice(5, 7))}月${Number(text.slice(8, 10))}日`;
        const picked = () => this.page.getAttribute("[role=spinbutton]", "aria-valuetext");
        for (let i = 0; i < 2 && !(await picked()).includes(day); i++) await this.page.keyboard.press("ArrowRight");
        await this.page.keyboard.type(text.slice(11, 13) + text.slice(14, 16));
        return at;
    }

    /* Enter, until it is recorded: the page hears nothing while it sends, nor before the panel is there. */
    async finish(now) {
        const end = Date.now() + STUCK_MS;
        await this.page.locator(".finish").waitFor();
        for (let then = now; then.phase === "call"; then = await this.press("Enter", now))
            if (Date.now() > end) throw new Error(`the call of ${now.number} does not end: ${JSON.stringify(then)}`);
    }

    /* From the number that is shown to the record of what became of it. `stopAt`: after so many answers. */
    async call(now, stopAt = 99) {
        const fate = fateOf(now.number);
        numbers.add(now.number);
        const kept = await this.page.locator(".answered li.kept").count();
        await this.answer(fate.keys.slice(kept, stopAt));
        if (fate.keys.length > stopAt) return fate;
        if (this.calls % 10 === 0) fs.appendFileSync(`${work}/shown/${this.person.name}.html`, await this.page.content());
        let appointment = 0;
        if (fate.code === "2.20") appointment = await this.appoint();
        else if (fate.code === "1.2") await this.page.keyboard.press("p");
        else if (FINISHED[fate.code]) await this.page.keyboard.press(FINISHED[fate.code]);
        else await this.panel(fate.code === "1.1" ? "成功访问" : "本人拒访");
        await this.finish(now);
        this.calls += 1;
        if (appointment) latest = Math.max(latest, appointment);
        if (fate.code === "2.20") met.add(fate.person);
        record(fate);
        return fate;
    }
}

/* ---- the play ---- */

const everybody = ["chen.call", "li.call", "zhao.call", "ma.call", "luo.call"].map((name) => new Caller(name));
const [chen, li, zhao, ma, luo] = everybody;
/* At the three desks; the last one is a contractor's. */
const callers = [chen, li, zhao];
let latest = 0;
let killed = false;
const visitors = Object.keys(HEARD).map((name) => new Visitor(base, work, name, oneTime[name]));
let looking;
/* Whoever sits down at the second desk; the first one waits meanwhile, that there be cases left. */
let seated = Promise.resolve();

/* The office computes and loads in the middle of it, and all are told who should be, before the service is killed. */
async function lookOn() {
    await Promise.all(visitors.map((visitor) => visitor.signIn()));
    await Promise.all(visitors.map((visitor) => visitor.listen()));
    await visitors[0].ask("POST", "/api/v1/rounds/2024-06/tasks", { kind: "score" });
    const [head] = fs.readFileSync(`${work}/orders.csv`, "utf8").split("\n");
    const later = `${head}\n${LATER_ORDER}\n`;
    await visitors[0].ask("POST", "/api/v1/imports?name=july.csv&extracted_at=2024-07-31", later);
    const end = Date.now() + STUCK_MS;
    const hears = (visitor) => HEARD[visitor.person.name].split(" ").every((kind) => !kind || visitor.kinds.has(kind));
    while (!visitors.every(hears) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
}

async function leave() {
    const paths = await pathsOf(base);
    for (const visitor of visitors) {
        const { name } = visitor.person;
        const answered = await visitor.readAll(paths);
        verdict(`${name}_reads_what_there_is`, answered >= 2, `${answered} answers`);
        const heard = await visitor.hush();
        verdict(`${name}_hears_what_it_should`, heard === HEARD[name], `heard "${heard}"`);
    }
}

async function killServer(caller, now) {
    killed = true;
    await looking;
    await caller.call(now, 5);
    process.kill(Number(fs.readFileSync(`${work}/server.pid`, "utf8")), "SIGKILL");
    const held = await until(caller.page, (then) => then.phase === "call", "the call is lost with the service");
    expect(held.number === now.number, "another number");
    return held;
}

async function killBrowser(caller, now) {
    caller.isKilled = true;
    await caller.call(now, 4);
    caller.kill();
    seated = caller.sit();
    await seated;
    const held = await until(caller.page, (then) => then.phase === "call", "the call is lost with the browser");
    expect(held.number === now.number, "another number");
    const kept = await caller.page.locator(".answered li.kept").count();
    expect(kept === 4, `${kept} answers are kept`);
    return held;
}

/* Leave a call behind, after so many answers; somebody else sits down there. */
async function vanish(at, now, stopAt) {
    const gone = callers[at];
    const fate = await gone.call(now, stopAt);
    if (stopAt > 5) record(fate);
    gone.kill();
    gone.isGone = true;
    callers[at] = at === 1 ? ma : luo;
    const sitting = callers[at].sit();
    if (at === 1) seated = sitting;
    await sitting;
}

async function workOn(at, isLate) {
    let idle = 0;
    const end = Date.now() + PLAY_MS;
    while (idle < 2) {
        const caller = callers[at];
        let now = await phaseOf(caller.page);
        if (now.phase === "waiting") {
            if (Date.now() > end || (isLate && journal.length >= wanted())) return;
            idle += isLate ? 0 : 1;
            await caller.page.waitForTimeout(300);
        }
        if (now.phase !== "call") {
            if (caller === chen) await seated;
            await caller.keepPage();
            await caller.press(now.phase === "ready" ? "d" : "Enter", now);
            continue;
        }
        const fate = fateOf(now.number);
        const isLong = fate.code === "1.1";
        if (isLong && caller === chen && !killed && chen.calls >= SOME) now = await killServer(caller, now);
        else if (isLong && caller === li && !li.isKilled) now = await killBrowser(caller, now);
        else if (isLong && (caller === li || caller === zhao) && caller.calls >= SOME && fate.person % 7 !== 0) {
            await vanish(at, now, caller === li ? 2 : fate.keys.length - 1);
            continue;
        }
        await caller.call(now);
    }
}

/* What there is to record in all: dead numbers beside what follows them, and the one call that nobody ended. */
function wanted() {
    const dead = journal.filter((row) => row[3] === "2.214").length;
    return cases + dead + met.size - 1;
}

function saved() {
    const head = "order_no,called_at,caller,disposition,resolved,satisfaction";
    fs.writeFileSync(`${work}/journal.csv`, `${[head, ...journal.map((row) => row.join(","))].join("\n")}\n`);
    fs.writeFileSync(`${work}/numbers`, `${[...numbers].join("\n")}\n`);
}

try {
    const begun = Date.now();
    await Promise.all(callers.map((caller) => caller.sit()));
    looking = lookOn();
    await Promise.all([looking, ...callers.map((caller, at) => workOn(at, false))]);
    const fresh = journal.length;
    const calls = [chen.calls, li.calls + ma.calls, zhao.calls + luo.calls];
    verdict("three_callers_work_at_once", Math.min(...calls) > cases / 12, calls.join(" "));
    verdict("a_browser_was_killed_in_mid_call", li.isKilled);
    verdict("the_service_was_killed_in_mid_call", killed);
    verdict("two_callers_vanished", li.isGone && zhao.isGone);
    aheadMs = Math.max(latest - Date.now(), 11 * 60000) + 61000;
    fs.writeFileSync(`${work}/ahead`, `${Math.ceil(aheadMs / 1000)}\n`);
    await Promise.all(visitors.map((visitor) => visitor.signInAgain(aheadMs)));
    await Promise.all(callers.map((caller) => caller.page.context().close()));
    await Promise.all(callers.map((caller) => caller.sit()));
    await Promise.all(callers.map((caller, at) => workOn(at, true)));
    verdict("appointments_were_kept", met.size > 0 && journal.length === wanted(), `${journal.length} of ${wanted()}, ${met.size} met`);
    await leave();
    for (const caller of callers) caller.kill();
    /* While the service is away, whatever is asked fails. */
    const faults = everybody.flatMap((caller) => caller.faults).filter((fault) => !fault.includes("net::ERR_"));
    verdict("pages_had_no_error", faults.length === 0, faults.join("; "));
    console.log(`# ${cases} cases, ${journal.length} dials (${fresh} before the clock was put on), ${((Date.now() - begun) / 1000).toFixed(0)} s`);
} catch (fault) {
    verdict("ran_to_its_end", false, fault.stack);
} finally {
    for (const visitor of visitors) await visitor.hush();
    saved();
    for (const caller of callers) caller.kill();
}
process.exit(failures() === 0 ? 0 : 1);
