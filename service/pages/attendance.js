/* Attendance: who was there when, how much was dialled, and how many minutes count for the fees. */

import { html, useRef, useState } from "./standalone.module.js";
import { serviceNow } from "./api.js";
import { clock, count } from "./figures.js";
import {
    Act, Alert, Dialog, Field, FormProblem, Loaded, Page, Table, Tag, announce, useRead, useWrite, valuesOf,
} from "./parts.js";

const SHIFTS = "/api/v1/followup/shifts";

function today() {
    const now = new Date(serviceNow() + 8 * 3600 * 1000); /* the office's day, whatever the machine's zone */
    return now.toISOString().slice(0, 10);
}

function monthOf(day) {
    return `${day.slice(0, 8)}01`;
}

function hours(minutes) {
    return `${(minutes / 60).toFixed(2)}小时`;
}

/* ---- one shift ---- */
function Marks({ row }) {
    const marks = [];
    if (!row.ended) marks.push(["good", "在岗"]);
    if (row.late_minutes > 0) marks.push(["warn", `迟到${row.late_minutes}分`]);
    if (row.is_forgotten) marks.push(["bad", "未签退"]);
    return marks.map(([kind, word]) => html`<${Tag} kind=${kind} key=${word}>${word}<//> `);
}

function workOf(row) {
    return `在岗 ${count(row.minutes_worked)} 分钟，拨打 ${count(row.dials)} 次，完成 ${count(row.completes)} 件。`;
}

function ConfirmForm({ row, onDone, onClose }) {
    const action = useWrite();
    const form = useRef(null);
    const submit = async (event) => {
        event.preventDefault();
        const values = valuesOf(form.current);
        const body = { minutes: Number(values.minutes), note: values.note };
        if ((await action.run("POST", `${SHIFTS}/${row.id}/confirm`, body)) !== undefined) onDone();
    };
    return html`<${Dialog} title=${`确认考勤：${row.display_name}`} onClose=${onClose}>
        <form ref=${form} onSubmit=${submit}>
            <${FormProblem} problem=${action.problem} />
            <p>${row.day}　${clock(row.since)} 至 ${clock(row.ended)}，${workOf(row)}</p>
            ${row.is_forgotten && html`<${Alert} kind="note">本班没有签退，签退时间取最后一次拨打结束的时间，请核实后确认。<//>`}
            <${Field} label="确认分钟" name="minutes" type="number" min="0" max="1440" required
                value=${String(row.minutes === null ? row.minutes_worked : row.minutes)} problem=${action.problem} />
            <${Field} label="备注" name="note" maxlength="200" value=${row.note} problem=${action.problem} />
            <div class="actions">
                <${Act} type="submit" kind="main" write=${action}>确认<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

/* ---- all that has nothing odd about it, at once ---- */
function isPlain(row, account) {
    return row.ended && row.minutes === null && row.late_minutes === 0 && !row.is_forgotten && row.name !== account.name;
}

function ConfirmAll({ rows, onDone }) {
    const action = useWrite();
    const [done, setDone] = useState(null);
    const confirm = async () => {
        let at = 0;
        for (; at < rows.length; at++) {
            setDone(at);
            const body = { minutes: rows[at].minutes_worked, note: "" };
            if ((await action.run("POST", `${SHIFTS}/${rows[at].id}/confirm`, body)) === undefined) break;
        }
        setDone(null);
        announce(at === rows.length ? "已确认" : `已确认 ${at} 班，其余没有确认`);
        onDone();
    };
    if (rows.length === 0) return null;
    return html`<${Alert} problem=${action.problem} />
        <${Act} kind="plain" write=${action} onClick=${confirm}
            busy=${done === null ? "正在提交……" : `正在确认 ${done + 1}/${rows.length}`}>
            按在岗时间确认无异常的 ${rows.length} 班
        <//>`;
}

/* ---- the days ---- */
function Days({ from, to, onDays }) {
    const form = useRef(null);
    const [wrong, setWrong] = useState("");
    const submit = (event) => {
        event.preventDefault();
        const values = valuesOf(form.current);
        const days = (Date.parse(values.to) - Date.parse(values.from)) / 86400000;
        if (!(days >= 0 && days < 92)) {
            setWrong("截止日期不得早于起始日期，一次最多92天。");
            return;
        }
        setWrong("");
        onDays(values.from, values.to);
    };
    return html`<form class="toolbar days-form" ref=${form} onSubmit=${submit} aria-label="选择日期">
        <${Field} label="自" name="from" type="date" required value=${from} />
        <${Field} label="至" name="to" type="date" required value=${to} />
        <button type="submit" class="plain">查看</button>
        <button type="button" class="plain" onClick=${() => onDays(today(), today())}>今天</button>
        <button type="button" class="plain" onClick=${() => onDays(monthOf(today()), today())}>本月</button>
        ${wrong && html`<${Alert}>${wrong}<//>`}
    </form>`;
}

function columnsOf(onConfirm, account) {
    return [
        { label: "日期", isHead: true, kind: "time", cell: (row) => row.day },
        { label: "姓名", kind: "word", cell: (row) => html`${row.display_name}<small>　${row.name}</small>` },
        { label: "班组", kind: "word", cell: (row) => row.team || "本机关" },
        { label: "签到", kind: "time", cell: (row) => clock(row.since) },
        { label: "签退", kind: "time", cell: (row) => clock(row.ended) || "—" },
        { label: "在岗分钟", isNumber: true, cell: (row) => count(row.minutes_worked) },
        { label: "拨打", isNumber: true, cell: (row) => count(row.dials) },
        { label: "完成", isNumber: true, cell: (row) => count(row.completes) },
        { label: "标记", kind: "word", cell: (row) => html`<${Marks} row=${row} />` },
        { label: "确认分钟", isNumber: true, cell: (row) => (row.minutes === null ? "—" : count(row.minutes)) },
        { label: "确认人", kind: "word", cell: (row) => row.confirmed_by || "—" },
        { label: "备注", kind: "long", cell: (row) => row.note },
        {
            label: "操作",
            kind: "acts",
            cell: (row) => row.ended && row.name !== account.name && html`<button type="button" class="plain small"
                onClick=${() => onConfirm(row)}>${row.minutes === null ? "确认" : "更正"}<span
                class="unseen">：${`${row.display_name} ${row.day} ${clock(row.since)}`}</span></button>`,
        },
    ];
}

function sumOf(rows) {
    const sum = (of) => rows.reduce((total, row) => total + of(row), 0);
    const confirmed = rows.filter((row) => row.minutes !== null);
    const paid = confirmed.length > 0 ? `（${hours(sum((row) => row.minutes || 0))}）` : "";
    const work = `拨打 ${count(sum((row) => row.dials))} 次，完成 ${count(sum((row) => row.completes))} 件。`;
    return `${count(rows.length)} 班，已确认 ${count(confirmed.length)} 班${paid}；${work}`;
}

export function Attendance({ account }) {
    const [days, setDays] = useState({ from: today(), to: today() });
    const query = `from=${days.from}&to=${days.to}`;
    const source = useRead(`${SHIFTS}?${query}`);
    const [row, setRow] = useState(null);
    const fees = !account.is_contractor && html`<a role="button" class="plain" download
        href=${`${SHIFTS}/export?${query}`}>导出劳务费列表（CSV）</a>`;
    return html`<${Page} title="考勤" actions=${fees}>
        <${Days} key=${query} from=${days.from} to=${days.to} onDays=${(from, to) => setDays({ from, to })} />
        <${Loaded} source=${source}>
            ${(value) => html`<p class="lead" role="status">${sumOf(value.items)}</p>
                <div class="toolbar"><${ConfirmAll} rows=${value.items.filter((each) => isPlain(each, account))}
                    onDone=${source.reload} /></div>
                <${Table} caption=${days.from === days.to ? `${days.from} 考勤` : `${days.from} 至 ${days.to} 考勤`}
                    columns=${columnsOf(setRow, account)} rows=${value.items} keyOf=${(each) => each.id}
                    kindOf=${(each) => (each.minutes === null ? null : "faint")} empty="这些天没有人签到。" />
                <p class="hint">导出的列表只含已确认的班次。完成数不含复核作废的样本。迟到指进入拨打时段5分钟后才签到。</p>`}
        <//>
        ${row &&
        html`<${ConfirmForm} row=${row} onClose=${() => setRow(null)}
            onDone=${() => {
                setRow(null);
                announce("考勤已确认");
                source.reload();
            }} />`}
    <//>`;
}
