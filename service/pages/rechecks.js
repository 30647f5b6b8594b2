/* Re-checks: the checker's desk, and for supervisors both versions beside each other and what is to become of them. */

import { html, useRef, useState } from "./standalone.module.js";
import { count, rate, time } from "./figures.js";
import {
    Act, Alert, Dialog, Field, FormProblem, Loaded, Page, Parts, Table, Tag, announce, useEvents, useRead, useWrite,
    valuesOf,
} from "./parts.js";
import { PhonedRound, followupPath } from "./phoned_rounds.js";
import { RecheckWork } from "./recheck_work.js";
import {
    ITEMS, RECHECK_METHODS, RECHECK_REASONS, RECHECK_STATES, RECHECK_VALUES, RECHECK_VERDICTS, say,
} from "./words.js";

/* ---- settling ---- */
const HINTS = {
    kept: "原来的回答不变。",
    replaced: "以复核的回答更正，另存新版本，原记录保留。",
    void: "本件访问作废，结果更正为“其他”（2.36），不再访问此人。",
};

function Settle({ row, onDone, onClose }) {
    const action = useWrite();
    const form = useRef(null);
    const [verdict, setVerdict] = useState("kept");
    const submit = async (event) => {
        event.preventDefault();
        const body = { verdict, why: valuesOf(form.current).why };
        if ((await action.run("POST", `/api/v1/followup/rechecks/${row.id}/settle`, body)) !== undefined) onDone();
    };
    return html`<${Dialog} title=${`裁定复核 ${row.id}`} onClose=${onClose} isWide>
        <${Versions} row=${row} />
        <form ref=${form} onSubmit=${submit}>
            <${FormProblem} problem=${action.problem} />
            <${Field} label="裁定" name="verdict" value=${verdict} onValue=${setVerdict} hint=${HINTS[verdict]}
                options=${Object.keys(RECHECK_VERDICTS).map((code) => [code, RECHECK_VERDICTS[code]])} />
            <${Field} label="理由" name="why" required maxlength="200" wide problem=${action.problem} />
            <div class="actions">
                <${Act} type="submit" kind="main" write=${action}>裁定<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

/* ---- both versions ---- */
const versionColumns = [
    { label: "问题", isHead: true, kind: "word", cell: (row) => row.label },
    { label: "访问时", kind: "word", cell: (row) => say(RECHECK_VALUES[row.item] || {}, row.given) },
    { label: "复核时", kind: "word", cell: (row) => say(RECHECK_VALUES[row.item] || {}, row.found) },
    {
        label: "",
        kind: "word",
        cell: (row) => {
            if (!row.is_compared) return html`<span class="hint">不比较</span>`;
            return row.agrees ? html`<${Tag} kind="good">一致<//>` : html`<${Tag} kind="bad">不一致<//>`;
        },
    },
];

function Versions({ row }) {
    const orders = Array.from(new Set(row.versions.map((each) => each.order).filter(Boolean)));
    const labelOf = (each) => {
        const word = say(ITEMS, each.item);
        return orders.length > 1 && each.order ? `诉求${orders.indexOf(each.order) + 1}·${word}` : word;
    };
    const rows = row.versions.map((each) => Object.assign({ label: labelOf(each) }, each));
    return html`<${Table} caption=${`复核 ${row.id} 的两个版本`} columns=${versionColumns} rows=${rows}
            keyOf=${(each) => `${each.order}/${each.item}`} empty="没有回答。" />
        ${row.note && html`<p>复核备注：${row.note}</p>`}`;
}

/* ---- the list ---- */
function isOpen(row) {
    return row.state === "done" && row.differing > 0;
}

function Comparison({ row }) {
    if (row.state !== "done" && row.state !== "settled") return html`<span class="hint">${say(RECHECK_STATES, row.state)}</span>`;
    if (row.differing > 0) return html`<${Tag} kind="bad">${row.differing}题不一致<//>`;
    return row.compared > 0 ? html`<${Tag} kind="good">一致<//>` : html`<${Tag}>没有可比的回答<//>`;
}

function columnsOf(account, onSettle) {
    return [
        { label: "复核", isHead: true, isNumber: true, cell: (row) => row.id },
        { label: "样本", isNumber: true, cell: (row) => row.case },
        { label: "话务员", kind: "word", cell: (row) => row.caller },
        { label: "抽中理由", kind: "word", cell: (row) => say(RECHECK_REASONS, row.reason) },
        { label: "复核员", kind: "word", cell: (row) => row.checker || "—" },
        { label: "方式", kind: "word", cell: (row) => say(RECHECK_METHODS, row.method) },
        { label: "时间", kind: "time", cell: (row) => (row.done_at ? time(row.done_at).slice(0, 16) : "—") },
        { label: "比较", kind: "word", cell: (row) => html`<${Comparison} row=${row} />` },
        {
            label: "裁定",
            kind: "long",
            cell: (row) => row.verdict
                ? html`${say(RECHECK_VERDICTS, row.verdict)}<small>　${row.settled_by}：${row.settled_why}</small>`
                : "—",
        },
        {
            label: "操作",
            kind: "acts",
            cell: (row) => row.versions.length > 0 && html`<button type="button" class="plain small"
                onClick=${() => onSettle(row)}>
                ${isOpen(row) && !account.is_contractor ? "裁定" : "查看"}<span class="unseen">：复核 ${row.id}</span></button>`,
        },
    ];
}

const agreementColumns = [
    { label: "话务员", isHead: true, kind: "word", cell: (row) => row.caller },
    { label: "抽中", isNumber: true, cell: (row) => count(row.chosen) },
    { label: "已复核", isNumber: true, cell: (row) => count(row.checked) },
    {
        label: "一致率",
        isNumber: true,
        cell: (row) => {
            const shown = rate(null, row.agreeing, row.compared, "题");
            return html`${shown.main}${shown.base && html`<small>　${shown.base}</small>`}`;
        },
    },
];

function Shown({ row, account, onDone, onClose }) {
    if (row.state === "done" && !account.is_contractor)
        return html`<${Settle} row=${row} onDone=${onDone} onClose=${onClose} />`;
    return html`<${Dialog} title=${`复核 ${row.id}`} onClose=${onClose} isWide>
        <${Versions} row=${row} />
        <div class="actions"><button type="button" class="main" onClick=${onClose}>关闭</button></div>
    <//>`;
}

function List({ round, account }) {
    const [state, setState] = useState("");
    const [after, setAfter] = useState([]);
    const query = [state && `state=${state}`, after.length && `after=${after[after.length - 1]}`].filter(Boolean).join("&");
    const path = followupPath(round, "rechecks");
    const source = useRead(query ? `${path}?${query}` : path);
    const [row, setRow] = useState(null);
    useEvents(["followup"], source.reload);
    const filter = (code) => {
        setAfter([]);
        setState(code);
    };
    const options = [["", "全部"]].concat(Object.keys(RECHECK_STATES).map((code) => [code, RECHECK_STATES[code]]));
    return html`<div class="toolbar"><${Field} label="状态" name="state" value=${state} onValue=${filter}
            options=${options} /></div>
        <${Loaded} source=${source}>
            ${(value) => html`<${Table} caption="复核" columns=${columnsOf(account, setRow)} rows=${value.items}
                    keyOf=${(each) => each.id} empty="没有复核。" />
                <p class="more">
                    ${after.length > 0 && html`<button type="button" class="plain"
                        onClick=${() => setAfter(after.slice(0, -1))}>上一页</button>`}
                    ${value.after && html`　<button type="button" class="plain"
                        onClick=${() => setAfter(after.concat(value.after))}>下一页</button>`}
                </p>
                <${Table} caption="各话务员的一致率" columns=${agreementColumns} rows=${value.agreement}
                    keyOf=${(each) => each.caller} empty="还没有复核。" />
                <p class="hint">满意度相差不超过一档、且同算满意或同算不满意的，视为一致；其他各题须相同。说不清只与说不清一致。</p>`}
        <//>
        ${row &&
        html`<${Shown} row=${row} account=${account} onClose=${() => setRow(null)}
            onDone=${() => {
                setRow(null);
                announce("已裁定");
                source.reload();
            }} />`}`;
}

/* ---- the page ---- */
export function Rechecks({ account, path }) {
    const mayCheck = account.role === "checker" || account.role === "supervisor";
    const mayWatch = account.role === "office" || account.role === "supervisor";
    const part = path[0] === "work" || !mayWatch ? "work" : "list";
    return html`<${Page} title=${part === "work" ? "复核一件" : "复核"}>
        ${mayCheck && mayWatch && html`<${Parts} label="复核的各部分" current=${part}
            parts=${[["复核结果", "#/rechecks", "list"], ["复核一件", "#/rechecks/work", "work"]]} />`}
        ${part === "work"
            ? html`<${RecheckWork} account=${account} />`
            : html`<${PhonedRound} account=${account}>
                ${(round) => html`<${List} key=${round} round=${round} account=${account} />`}
            <//>`}
    <//>`;
}
