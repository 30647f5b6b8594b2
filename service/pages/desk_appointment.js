/* The appointment picker: a day by left and right, a time by up and down or typed as 1930; only times within the hours
 * can be chosen. A time is { day, minute }: the place of the day, and minutes since midnight where the service is. */

import { html, useEffect, useLayoutEffect, useRef, useState } from "./standalone.module.js";
import { announce } from "./parts.js";
import { WEEKDAYS } from "./words.js";

const STEP_MIN = 15;
const SOON_MS = 5 * 60000; /* what begins sooner is no appointment */
const SHOWN_DAYS = 7;

function twoDigits(value) {
    return String(value).padStart(2, "0");
}

export function clockOf(minute) {
    return `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;
}

/* Of an RFC 3339 time, in the offset that it names. */
function localOf(text) {
    return { date: text.slice(0, 10), minute: Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16)) };
}

function offsetOf(text) {
    const found = /(Z|[+-]\d\d:\d\d)$/.exec(text);
    return found ? found[1] : "+08:00";
}

export function timeOf(days, { day, minute }) {
    return `${days[day].date}T${clockOf(minute)}:00${days[day].offset}`;
}

/* 11月24日 星期二 */
export function dayWords(date) {
    const [year, month, day] = date.split("-").map(Number);
    return `${month}月${day}日 ${WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]}`;
}

/* The days that have hours, with their windows in minutes: [{ date, offset, windows: [{ from, until }] }]; what is over
 * is left out. */
export function daysOf(windows, now) {
    const days = [];
    for (const window of windows) {
        if (Date.parse(window.until) - SOON_MS <= now) continue;
        const from = localOf(window.from);
        const until = localOf(window.until);
        const passed = Math.ceil((now + SOON_MS - Date.parse(window.from)) / 60000);
        const first = Math.max(from.minute, from.minute + Math.ceil(passed / STEP_MIN) * STEP_MIN);
        const last = until.date === from.date ? until.minute : 24 * 60;
        if (first >= last) continue;
        let day = days[days.length - 1];
        if (!day || day.date !== from.date) {
            day = { date: from.date, offset: offsetOf(window.from), windows: [] };
            days.push(day);
        }
        day.windows.push({ from: first, until: last });
    }
    return days;
}

export function isLegal(days, { day, minute }) {
    return Boolean(days[day]) && days[day].windows.some((each) => each.from <= minute && minute < each.until);
}

/* The quarters of an hour of a day. */
function quartersOf(day) {
    const quarters = [];
    for (const each of day.windows)
        for (let at = Math.ceil(each.from / STEP_MIN) * STEP_MIN; at < each.until; at += STEP_MIN) quarters.push(at);
    return quarters;
}

/* The next quarter in that direction; at the ends it stays. */
export function stepTime(days, { day, minute }, by) {
    const quarters = quartersOf(days[day]);
    const later = quarters.filter((each) => each > minute);
    const sooner = quarters.filter((each) => each < minute);
    if (by > 0) return { day, minute: later.length > 0 ? later[0] : minute };
    return { day, minute: sooner.length > 0 ? sooner[sooner.length - 1] : minute };
}

/* The same time of another day, or the nearest that it has. */
export function stepDay(days, { day, minute }, by) {
    const next = Math.min(days.length - 1, Math.max(0, day + by));
    if (isLegal(days, { day: next, minute })) return { day: next, minute };
    const quarters = quartersOf(days[next]);
    const distance = (each) => Math.abs(each - minute);
    return { day: next, minute: quarters.reduce((best, each) => (distance(each) < distance(best) ? each : best)) };
}

/* The first time worth proposing: tomorrow's first, or whatever there is. */
function firstTime(days) {
    const day = days.length > 1 ? 1 : 0;
    return { day, minute: quartersOf(days[day])[0] };
}

export function windowWords(day) {
    return day.windows.map((each) => `${clockOf(each.from)}–${clockOf(each.until)}`).join("　");
}

const MOVES = {
    ArrowLeft: [stepDay, -1],
    ArrowRight: [stepDay, 1],
    ArrowUp: [stepTime, -1],
    ArrowDown: [stepTime, 1],
};

/* `days` of daysOf; `value`: null (no appointment) or a time; `typed`: what of a time stands there. onPick(value). */
export function Picker({ days: all, value, isOwn, onPick, onOwn, onDone, onCancel }) {
    const [typed, setTyped] = useState("");
    const [fault, setFault] = useState("");
    const box = useRef(null);
    useLayoutEffect(() => box.current && box.current.focus(), []);
    useEffect(() => {
        if (value) announce(`${dayWords(all[value.day].date)} ${clockOf(value.minute)}`);
    }, [value && value.day, value && value.minute]);

    if (all.length === 0)
        return html`<p class="hint" ref=${box} tabindex="-1">近15天内没有拨打时段，不能预约；可以直接记录。</p>`;
    const pick = (next) => {
        setTyped("");
        setFault("");
        onPick(next);
    };
    const type = (digit) => {
        const text = (typed.length >= 4 ? "" : typed) + digit;
        setFault("");
        if (text.length < 4) {
            setTyped(text);
            return;
        }
        const minute = Number(text.slice(0, 2)) * 60 + Number(text.slice(2));
        const at = { day: (value || firstTime(all)).day, minute };
        if (Number(text.slice(0, 2)) < 24 && Number(text.slice(2)) < 60 && isLegal(all, at)) {
            pick(at);
            return;
        }
        setTyped("");
        const words = `${text.slice(0, 2)}:${text.slice(2)} 不在当天的拨打时段（${windowWords(all[at.day])}）`;
        setFault(words);
        announce(words);
    };
    const onKeyDown = (event) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const from = value || firstTime(all);
        if (MOVES[event.key]) {
            const [move, by] = MOVES[event.key];
            pick(value ? move(all, from, by) : from);
        } else if (/^[0-9]$/.test(event.key)) type(event.key);
        else if (event.key === "Backspace") {
            if (typed) setTyped(typed.slice(0, -1));
            else pick(null);
        } else if (event.key === " ") onOwn(!isOwn);
        else if (event.key === "Enter") {
            if (typed) setFault("时间没有输完：输入四位数字，例如 1930。");
            else onDone();
        } else if (event.key === "Escape") onCancel();
        else return;
        event.preventDefault();
        event.stopPropagation();
    };
    const chosen = value || firstTime(all);
    const begin = Math.max(0, Math.min(chosen.day - 2, all.length - SHOWN_DAYS));
    const halfTyped = typed.padEnd(4, "_").replace(/^(..)/, "$1:");
    const words = value ? `${dayWords(all[value.day].date)} ${clockOf(value.minute)}` : "未约时间";
    return html`<div class="picker">
        <div class="pick-time" role="spinbutton" tabindex="0" ref=${box} aria-label="预约时间"
            aria-valuetext=${words} aria-valuenow=${value ? value.day * 1440 + value.minute : 0} aria-valuemin="0"
            aria-valuemax=${all.length * 1440} aria-describedby="picker-keys" onKeyDown=${onKeyDown}>
            ${typed
                ? html`<span class="big">${dayWords(all[chosen.day].date)} ${halfTyped}</span>`
                : html`<span class=${value ? "big" : "big none"}>${words}</span>`}
        </div>
        <ul class="days" aria-hidden="true">
            ${all.slice(begin, begin + SHOWN_DAYS).map((day, at) => html`<li key=${day.date}
                class=${value && begin + at === value.day ? "chosen" : null}
                onClick=${() => pick(stepDay(all, chosen, begin + at - chosen.day))}>
                ${Number(day.date.slice(5, 7))}/${Number(day.date.slice(8))}
                <small>${dayWords(day.date).slice(-1)}</small>
            </li>`)}
        </ul>
        <p class="hint">当天拨打时段：${windowWords(all[chosen.day])}</p>
        ${fault && html`<p class="fault" role="alert">${fault}</p>`}
        <p class="keys" id="picker-keys"><span><kbd>←</kbd><kbd>→</kbd>日期</span>
            <span><kbd>↑</kbd><kbd>↓</kbd>时间，或输入 <kbd>1930</kbd></span> <span><kbd>退格</kbd>不约时间</span>
            <span><kbd>空格</kbd>到时由谁拨打</span></p>
        <label class="check"><input type="checkbox" checked=${isOwn}
            onChange=${(event) => onOwn(event.currentTarget.checked)} />到时仍由我拨打</label>
    </div>`;
}
