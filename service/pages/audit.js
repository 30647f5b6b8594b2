/* The audit log: read, filtered, exported, verified. */

import { html, useRef, useState } from "./standalone.module.js";
import { NOTHING, count, time } from "./figures.js";
import {
    Act, Alert, Field, Loaded, More, Page, Table, Tag, announce, useList, useWrite, valuesOf,
} from "./parts.js";
import { ACTIONS, ACTOR_ROLES, DETAILS, DETAIL_CODES, OUTCOMES, say } from "./words.js";

const OUTCOME_KINDS = { done: "good", refused: "warn", failed: "bad" };

function detailText(key, value) {
    if (key === "cut") return DETAILS.cut;
    const text = typeof value === "object" ? JSON.stringify(value) : say(DETAIL_CODES[key] || {}, value);
    return `${say(DETAILS, key)}：${text}`;
}

function detailsOf(row) {
    const details = row.details;
    if (!details) return NOTHING;
    if (typeof details === "string") return details;
    return Object.keys(details).map((key) => detailText(key, details[key])).join("，") || NOTHING;
}

const columns = [
    { label: "序号", isNumber: true, isHead: true, cell: (row) => row.id },
    { label: "时间", kind: "time", cell: (row) => time(row.at) },
    { label: "何人", cell: (row) => (row.who === "-" ? NOTHING : row.who) },
    { label: "角色", kind: "word", cell: (row) => say(ACTOR_ROLES, row.role) },
    { label: "地址", cell: (row) => row.address || NOTHING },
    { label: "事项", kind: "word", cell: (row) => say(ACTIONS, row.action) },
    { label: "对象", kind: "long", cell: (row) => row.target || NOTHING },
    { label: "结果", cell: (row) => html`<${Tag}
        kind=${OUTCOME_KINDS[row.outcome]}>${say(OUTCOMES, row.outcome)}<//>` },
    { label: "详情", kind: "long small", cell: detailsOf },
];

function queryOf(values) {
    const parts = Object.keys(values)
        .filter((key) => values[key])
        .map((key) => `${key}=${encodeURIComponent(values[key])}`);
    return parts.length ? `?${parts.join("&")}` : "";
}

function Verify() {
    const action = useWrite();
    const [verdict, setVerdict] = useState(null);
    const verify = async () => {
        setVerdict(null);
        const answer = await action.run("POST", "/api/v1/audit/verify", {});
        if (!answer) return;
        setVerdict(answer);
        announce(answer.holds === false ? "核验未通过" : "核验通过");
    };
    const range = verdict && verdict.last_id ? `第${count(verdict.first_id)}条至第${count(verdict.last_id)}条` : "日志为空";
    return html`<${Act} kind="plain" write=${action} busy="正在核验……" onClick=${verify}>核验完整性<//>
        <div class="verdict">
            <${Alert} problem=${action.problem} />
            ${verdict && verdict.holds !== false && html`<${Alert} kind="good">核验通过：${range}，未发现删改。<//>`}
            ${verdict && verdict.holds === false &&
            html`<${Alert}>核验未通过：日志被改动或有缺失（${verdict.detail}）。请立即报告安全管理员，并保留现场。<//>`}
        </div>`;
}

export function Audit() {
    const [filter, setFilter] = useState({});
    const form = useRef(null);
    const query = queryOf(filter);
    const list = useList(`/api/v1/audit${query}`);
    const submit = (event) => {
        event.preventDefault();
        setFilter(valuesOf(form.current));
    };
    const clear = () => {
        form.current.reset();
        setFilter({});
    };
    const actions = [["", "全部"]].concat(Object.keys(ACTIONS).map((code) => [code, ACTIONS[code]]));
    return html`<${Page} title="审计日志">
        <form ref=${form} class="filters" role="search" aria-label="筛选审计日志" onSubmit=${submit}>
            <${Field} label="何人" name="who" maxlength="64" />
            <${Field} label="事项" name="action" options=${actions} />
            <${Field} label="对象" name="target" maxlength="128" />
            <${Field} label="自" name="from" type="date" />
            <${Field} label="至" name="to" type="date" />
            <div class="actions">
                <button type="submit" class="main">查询</button>
                <button type="button" class="plain" onClick=${clear}>清除</button>
            </div>
        </form>
        <div class="toolbar">
            <a role="button" class="plain" href=${`/api/v1/audit/export${query}`} download="audit.csv">导出（CSV）</a>
            <${Verify} />
        </div>
        <${Loaded} source=${list}>
            ${(items) => html`<${Table} caption="审计日志（新的在前）" columns=${columns} rows=${items} keyOf=${(row) => row.id}
                empty="没有符合条件的记录。" />`}
        <//>
        <${More} list=${list} />
    <//>`;
}
