/* Practice: the desk's service in memory, with the invented cases that GET desk brings. It has the functions of
 * desk_service.js, says nothing to anybody, and forgets everything when the page is left. */

import { Problem, serviceNow } from "./api.js";

const DAYS = 15;
const HOURS = [[9 * 60, 12 * 60], [15 * 60, 18 * 60], [19 * 60, 20 * 60 + 30]];
const LEASE_S = 600;
const NEXT_NUMBER = ["2.213", "2.214", "2.215"];
const FINAL = ["1.1", "1.2", "2.113", "2.31", "2.32", "2.36"];
const RETRY_MS = 3 * 3600000;
const DAY_MS = 86400000;
const CHINA_MS = 8 * 3600000;

function refuse(text) {
    throw new Problem(409, "refused", text);
}

function at(ms) {
    return `${new Date(ms + CHINA_MS).toISOString().slice(0, 19)}+08:00`;
}

/* No number is anybody's that begins with three noughts. */
function nobodys(masked) {
    return masked.replace(/^\d{3}|\D/g, (part) => "0".repeat(part.length));
}

function windowsFrom(now) {
    const midnight = Math.floor((now + CHINA_MS) / DAY_MS) * DAY_MS - CHINA_MS;
    const windows = [];
    for (let day = 0; day < DAYS; day++)
        for (const [from, until] of HOURS) {
            const start = midnight + day * DAY_MS;
            windows.push({ from: at(start + from * 60000), until: at(start + until * 60000) });
        }
    return windows;
}

/* What the words of a disposition's rule come to here. */
function nextOf(code, appointment, hasMore) {
    if (FINAL.includes(code)) return "final";
    if (NEXT_NUMBER.includes(code)) return hasMore ? "number" : "final";
    return appointment ? "appointment" : "waiting";
}

function firstNumber(work) {
    const alive = work.numbers.filter((each) => !each.is_dead);
    return alive.length > 0 ? alive[0].no : 0;
}

/* `desk` is what GET desk said; nothing in it is changed. */
export function practiceService(desk) {
    const cases = desk.practice;
    const today = { dials: 0, completes: 0, partials: 0, refusals: 0, seconds: 0 };
    let shift = null;
    let held = null;
    let turn = 0;
    let dials = 0;
    let startedAt = 0;

    const copy = (value) => JSON.parse(JSON.stringify(value));
    const mine = (id) => (held && held.id === id ? held : refuse("这件练习样本已经结束"));
    const renewed = () => ({ lease_until: at(serviceNow() + LEASE_S * 1000) });

    const service = {
        desk: async () =>
            copy(Object.assign({}, desk, {
                shift, today, case: held, hours: { is_open: true, until: null, opens_at: null },
                campaigns: [{ id: 0, round: "练习" }], practice: [],
            })),
        begin: async () => {
            shift = { id: 0, since: at(serviceNow()) };
            return shift;
        },
        end: async () => {
            if (held && held.dial) refuse("通话还没有记录结果，不能签退");
            const since = shift.since;
            shift = null;
            held = null;
            const minutes = Math.round((serviceNow() - Date.parse(since)) / 60000);
            return { id: 0, since, ended: at(serviceNow()), minutes };
        },
        next: async () => {
            if (!held) {
                held = copy(cases[turn % cases.length]);
                turn += 1;
                Object.assign(held, renewed(), { lease_seconds: LEASE_S, answers: {} });
                held.windows = windowsFrom(serviceNow());
                held.number_no = firstNumber(held);
                held.id = `练习${turn}`;
                held.dial = null;
                for (const order of held.orders) order.answers = {};
            }
            return copy(held);
        },
        read: async (id) => copy(Object.assign(mine(id), { number_no: firstNumber(held) })),
        renew: async (id) => mine(id) && renewed(),
        giveBack: async (id) => {
            mine(id);
            held = null;
            return null;
        },
        dial: async (id, numberNo) => {
            dials += 1;
            startedAt = serviceNow();
            today.dials += 1;
            mine(id).dial = { id: dials, number_no: numberNo, started_at: at(startedAt) };
            return Object.assign({ dial: copy(held.dial) }, renewed());
        },
        number: async (id) => {
            const { masked } = mine(id).numbers.find((each) => each.no === held.dial.number_no);
            return { number: nobodys(masked) };
        },
        answer: async (id, body) => {
            const work = mine(id);
            const order = work.orders.find((each) => each.order === body.order);
            (order || work).answers[body.item] = { value: body.value, words: body.words || "" };
            return renewed();
        },
        addNumber: async (id, number) => {
            if (!/^1\d{10}$|^0\d{9,11}$/.test(number))
                throw new Problem(400, "format", "请填写11位手机号，或带区号的固定电话号码。", "number");
            const work = mine(id);
            const no = work.numbers.length + 1;
            const masked = `${number.slice(0, 3)}****${number.slice(-4)}`;
            work.numbers.push({ no, masked, is_dead: false, tries_today: 0, tries: 0 });
            return { no, masked };
        },
        finish: async (id, body) => {
            const work = mine(id);
            const number = work.numbers.find((each) => each.no === work.dial.number_no);
            const offer = desk.dispositions.find((each) => each.code === body.disposition);
            number.tries += 1;
            number.tries_today += 1;
            number.is_dead = number.is_dead || NEXT_NUMBER.includes(body.disposition);
            today.seconds += Math.round((serviceNow() - startedAt) / 1000);
            if (body.disposition === "1.1") today.completes += 1;
            if (body.disposition === "1.2") today.partials += 1;
            if (/^2\.1/.test(body.disposition)) today.refusals += 1;
            work.history.push({ at: at(serviceNow()), disposition: offer.code, name: offer.name, by: "您拨打" });
            const next = nextOf(offer.code, body.appointment, work.numbers.some((each) => !each.is_dead));
            const receipt = { attempt: work.dial.id, case: id, at: at(serviceNow()), disposition: offer.code };
            work.dial = null;
            if (next !== "number") held = null;
            const later = next === "waiting" ? at(serviceNow() + RETRY_MS) : null;
            return { receipt, next, next_at: next === "appointment" ? body.appointment.at : later };
        },
    };
    return service;
}
