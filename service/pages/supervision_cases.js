/* Cases for their supervisors: the list, and one of them whole, with what may be done beside the phone. */

import { html, useState } from "./standalone.module.js";
import { Correct } from "./correction.js";
import { NOTHING, duration, moment, time } from "./figures.js";
import {
    Act, Dialog, Facts, Field, FormProblem, Loaded, More, Page, Table, Tag, announce, useList, useRead,
    useWrite, valuesOf,
} from "./parts.js";
import { followupPath } from "./phoned_rounds.js";
import { ATTEMPT_SOURCES, CASE_STATES, CASE_WHYS, ITEMS, LANGUAGES, ORDER_KINDS, RESOLUTIONS, say } from "./words.js";

export function addressOf(round, ...rest) {
    return ["#/supervision", ...[round, ...rest].map(encodeURIComponent)].join("/");
}

const STATE_KINDS = { queued: "plain", leased: "note", appointment: "good", waiting: "warn", final: "plain" };

function StateTag({ row }) {
    return html`<${Tag} kind=${STATE_KINDS[row.state]}>${say(CASE_STATES, row.state)}<//>`;
}

function resultOf(row) {
    if (row.state !== "final") return row.is_parked ? "无可拨号码" : NOTHING;
    return html`${row.name || NOTHING}　<small>${row.code || ""}</small>`;
}

function timeOf(row) {
    if (row.state === "final") return moment(row.final_at);
    if (row.appointment_at) return `约${moment(row.appointment_at)}`;
    if (row.state === "waiting" && row.from) return `${moment(row.from)}起`;
    if (row.state === "leased" && row.until) return `至${moment(row.until)}`;
    return NOTHING;
}

/* ---- the list ---- */
function columnsOf(round, account) {
    const columns = [
        { label: "样本", isHead: true, isNumber: true, cell: (row) => html`<a
            href=${addressOf(round, "case", row.id)}>${row.id}</a>` },
        { label: "状态", cell: (row) => html`<${StateTag} row=${row} />` },
        { label: "结果", cell: resultOf },
        { label: "时间", kind: "time", cell: timeOf },
        { label: "话务员", cell: (row) => row.holder || NOTHING },
        { label: "语言", cell: (row) => (row.language ? say(LANGUAGES, row.language) : NOTHING) },
    ];
    if (account.is_contractor) return columns;
    columns.splice(1, 0, { label: "单位", kind: "long", cell: (row) => row.unit });
    columns.push({ label: "班组", cell: (row) => row.team || "本机关" });
    return columns;
}

/* What a link asked for: a state, "without-number", or "unit" and its code. */
function filterOf(given) {
    const filter = { state: "", unit: "", code: "", without: false };
    if (given[0] === "unit") filter.unit = given[1] || "";
    else if (given[0] === "without-number") filter.without = true;
    else if (given[0]) filter.state = given[0];
    return filter;
}

function pathOf(round, filter) {
    const query = [];
    if (filter.state) query.push(`state=${filter.state}`);
    if (filter.unit) query.push(`unit=${encodeURIComponent(filter.unit)}`);
    if (filter.code) query.push(`code=${filter.code}`);
    if (filter.without) query.push("without_number=1");
    return followupPath(round, `cases${query.length > 0 ? `?${query.join("&")}` : ""}`);
}

export function CaseList({ round, account, overview, given }) {
    const [filter, setFilter] = useState(() => filterOf(given));
    const [wanted, setWanted] = useState("");
    const list = useList(pathOf(round, filter));
    const put = (name) => (value) => setFilter(Object.assign({}, filter, { [name]: value }));
    const states = [["", "全部"], ...Object.keys(CASE_STATES).map((state) => [state, CASE_STATES[state]])];
    const units = (overview.units || []).map((row) => [row.code, row.name || row.code]);
    const codes = overview.dispositions.filter((row) => row.code).map((row) => [row.code, `${row.name}（${row.cases}）`]);
    const open = (event) => {
        event.preventDefault();
        if (/^[0-9]+$/.test(wanted)) window.location.hash = addressOf(round, "case", wanted);
    };
    return html`<div><form class="filters" onSubmit=${open}>
            <${Field} label="状态" name="state" value=${filter.state} options=${states} onValue=${put("state")} />
            ${units.length > 0 && html`<${Field} label="单位" name="unit" value=${filter.unit}
                options=${[["", "全部"], ...units]} onValue=${put("unit")} />`}
            <${Field} label="最终结果" name="code" value=${filter.code} options=${[["", "全部"], ...codes]}
                onValue=${put("code")} />
            <label class="check"><input type="checkbox" checked=${filter.without}
                onChange=${(event) => put("without")(event.currentTarget.checked)} />无可拨号码</label>
            <${Field} label="样本编号" name="case" inputmode="numeric" value=${wanted} onValue=${setWanted} />
            <button type="submit" class="plain">打开</button>
            <button type="button" class="plain" onClick=${list.reload}>刷新</button>
        </form>
        <${Loaded} source=${list}>
            ${(rows) => html`<${Table} caption=${`样本（已显示${rows.length}件）`} columns=${columnsOf(round, account)}
                rows=${rows} keyOf=${(row) => row.id} empty="没有符合条件的样本。" />`}
        <//>
        <${More} list=${list} /></div>`;
}

/* ---- what is done with one ---- */
const SETTLE_CODES = [
    ["4.10", "不属本次样本"],
    ["2.215", "号码错误（已无可拨号码）"],
    ["2.33", "语言不通（无人会说）"],
    ["2.31", "去世"],
    ["2.32", "身体原因"],
    ["2.36", "其他"],
];

function Deed({ title, hint, path, word, isDangerous, bodyOf, onClose, onDone, children }) {
    const action = useWrite();
    const submit = async (event) => {
        event.preventDefault();
        if (!(await action.run("POST", path, bodyOf(valuesOf(event.currentTarget))))) return;
        announce(`${title}：已办理`);
        onDone();
        onClose();
    };
    return html`<${Dialog} title=${title} onClose=${onClose}>
        <p class="hint">${hint}</p>
        <form onSubmit=${submit}>
            <${FormProblem} problem=${action.problem} />
            ${children(action.problem)}
            <div class="actions">
                <${Act} type="submit" kind=${isDangerous ? "main danger" : "main"} write=${action}>${word}<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

function deedsOf(row, account) {
    const deeds = [];
    const isRefusal = row.state === "final" && ["2.111", "2.112", "2.12"].includes(row.code);
    if (isRefusal && !row.freed_at) deeds.push("free");
    if (row.state === "queued" || row.state === "waiting" || row.state === "appointment") {
        deeds.push("book");
        if (!account.is_contractor) deeds.push("settle");
    }
    return deeds;
}

function Deeds({ row, account, reload }) {
    const [asked, setAsked] = useState("");
    const path = (what) => `/api/v1/followup/cases/${row.id}/${what}`;
    const close = () => setAsked("");
    const why = (problem) => html`<${Field} label="理由" name="why" required maxlength="200" problem=${problem} />`;
    const words = { free: "释放拒访", book: "预约", settle: "人工结案" };
    return html`${deedsOf(row, account).map((deed) => html`<button type="button" key=${deed}
            class=${deed === "settle" ? "plain danger" : "plain"} onClick=${() => setAsked(deed)}>${words[deed]}</button>`)}
        ${asked === "free" && html`<${Deed} title="释放拒访样本" word="释放" path=${path("free")}
            hint="每件只能释放一次，换日再访；仅限误登记、非本人拒绝等情形。" bodyOf=${({ why: text }) => ({ why: text })}
            onClose=${close} onDone=${reload}>${why}<//>`}
        ${asked === "book" && html`<${Deed} title="预约访问" word="预约" path=${path("appointment")}
            hint="诉求人另行约定的时间，须在拨打时段内。" bodyOf=${({ at }) => ({ at: `${at}:00+08:00` })}
            onClose=${close} onDone=${reload}>${(problem) => html`<${Field} label="时间" name="at" type="datetime-local"
                required problem=${problem} />`}<//>`}
        ${asked === "settle" && html`<${Deed} title="人工结案" word="结案" path=${path("settle")} isDangerous
            hint="不再拨打。已有应答或拒访的，仍以其为最终结果。"
            bodyOf=${({ disposition, why: text }) => ({ disposition, why: text })} onClose=${close} onDone=${reload}>
            ${(problem) => html`<${Field} label="结果" name="disposition" options=${SETTLE_CODES} problem=${problem} />
                ${why(problem)}`}<//>`}`;
}

/* ---- one case whole ---- */
const numberColumns = [
    { label: "号码", isHead: true, cell: (row) => row.masked },
    { label: "本样本已拨", isNumber: true, cell: (row) => `${row.tries}次` },
    { label: "今日已拨", isNumber: true, cell: (row) => (row.tries_today === undefined ? "—" : `${row.tries_today}次`) },
    { label: "状态", cell: (row) => (row.is_dead ? html`<${Tag}>停用<//>` : html`<${Tag} kind="good">可拨<//>`) },
];

function lengthOf(dial) {
    if (!dial.ended_at) return "正在拨打";
    return duration(Math.round((Date.parse(dial.ended_at) - Date.parse(dial.started_at)) / 1000));
}

const attemptColumns = [
    { label: "时间", kind: "time", cell: (row) => moment(row.at) },
    { label: "结果", isHead: true, cell: (row) => html`${row.name}　<small>${row.code}</small>` },
    { label: "解决", cell: (row) => (row.resolved ? say(RESOLUTIONS, row.resolved) : NOTHING) },
    { label: "满意度", isNumber: true, cell: (row) => row.satisfaction || NOTHING },
    { label: "来源", cell: (row) => say(ATTEMPT_SOURCES, row.source) },
    { label: "", kind: "long", cell: (row) => html`${row.is_former && html`<${Tag} kind="warn">更正前<//> `}${row.why || ""}` },
];

function Answers({ answers, dial, orders }) {
    const own = answers.filter((answer) => answer.dial === dial.id);
    if (own.length === 0) return null;
    const placeOf = (order) => orders.findIndex((each) => each.order === order) + 1;
    const label = (answer) => {
        const place = orders.length > 1 && answer.order ? `工单${placeOf(answer.order)} ` : "";
        return `${place}${say(ITEMS, answer.item)}`;
    };
    return html`<dl class="answers">${own.map((answer, at) => html`<div key=${at}>
        <dt>${label(answer)}</dt>
        <dd>${answer.text || answer.value}${answer.words && html`：<q>${answer.words}</q>`}${answer.spent_ms !== null &&
        html`<small>　${(answer.spent_ms / 1000).toFixed(1)}秒</small>`}</dd></div>`)}</dl>`;
}

/* Of a case that is final; what a checker's dial brought is settled, not corrected. */
function mayCorrect(history, dial, account) {
    const isOurs = !account.is_contractor && account.role !== "auditor";
    return isOurs && history.state === "final" && Boolean(dial.code) && !dial.is_recheck;
}

function DialEntry({ dial, history, account, reload }) {
    const kind = dial.code && dial.code.startsWith("1") ? "good" : "plain";
    return html`<li>
        <p class="meta">${time(dial.started_at)}　${dial.caller}　号码${dial.number_no}　${lengthOf(dial)}${dial.recording &&
        `　录音 ${dial.recording}`}</p>
        <p class="text">${dial.is_recheck && html`<${Tag} kind="note">复核<//> `}${dial.ended_at &&
        html`<${Tag} kind=${kind}>${dial.name} ${dial.code || ""}<//>`}${dial.note && html`　${dial.note}`}
        ${mayCorrect(history, dial, account) && html`　<${Correct} caseId=${history.id} dial=${dial}
            orders=${history.orders} onDone=${reload} />`}</p>
        <${Answers} answers=${history.answers} dial=${dial} orders=${history.orders} />
    </li>`;
}

function OrderCard({ order, place, isSingle }) {
    return html`<section class="card">
        <h2>${isSingle ? "工单" : `工单${place}`}${order.order_no && html`　<code>${order.order_no}</code>`}${"　"}<${Tag}>
            ${say(ORDER_KINDS, order.kind)}<//></h2>
        <${Facts} pairs=${[
            ["单位", order.unit],
            ["标题", order.title],
            ["内容", order.content],
            ["受理", order.received_at ? time(order.received_at) : ""],
            ["办结", order.closed_at ? time(order.closed_at) : "未办结"],
        ]} />
        <${Table} caption="计入结果的记录" columns=${attemptColumns} rows=${order.attempts}
            kindOf=${(row) => (row.is_former ? "faint" : null)} empty="还没有记录。" />
    </section>`;
}

function factsOf(row) {
    return [
        ["诉求人", row.citizen],
        ["结果", row.state === "final" ? `${row.name || NOTHING}（${row.code || "—"}）` : ""],
        ["结案", row.final_at ? `${time(row.final_at)}${row.why ? `　${say(CASE_WHYS, row.why)}` : ""}` : ""],
        ["预约", row.appointment_at ? time(row.appointment_at) : ""],
        ["下次拨打", row.from ? `${time(row.from)} 起` : ""],
        ["语言", row.language ? say(LANGUAGES, row.language) : ""],
        ["释放拒访", row.freed_at ? time(row.freed_at) : ""],
    ];
}

export function History({ id, round, account }) {
    const source = useRead(`/api/v1/followup/cases/${encodeURIComponent(id)}/history`);
    const row = source.value;
    const acts = row && html`<${StateTag} row=${row} /><${Deeds} row=${row} account=${account}
        reload=${source.reload} /><button type="button" class="plain" onClick=${source.reload}>刷新</button>`;
    return html`<${Page} title=${`访问样本 ${id}`} actions=${acts}>
        <p><a href=${addressOf(round, "cases")}>返回样本列表</a></p>
        <${Loaded} source=${source}>
            ${(history) => html`<div class="columns">
                <div>
                    <section class="card"><h2>基本情况</h2><${Facts} pairs=${factsOf(history)} /></section>
                    <${Table} caption="号码（已遮盖）" columns=${numberColumns} rows=${history.numbers}
                        keyOf=${(each) => each.no} empty="没有可拨的号码。" />
                    ${history.orders.map((order, at) => html`<${OrderCard} key=${order.order} order=${order}
                        place=${at + 1} isSingle=${history.orders.length === 1} />`)}
                </div>
                <section>
                    <h2>拨打经过（${history.dials.length}次）</h2>
                    ${history.dials.length === 0 && html`<p class="empty">还没有拨打。</p>`}
                    <ol class="remarks">${history.dials.slice().reverse().map((dial) => html`<${DialEntry} key=${dial.id}
                        dial=${dial} history=${history} account=${account} reload=${source.reload} />`)}</ol>
                    <p class="hint">查看样本记入审计日志。</p>
                </section>
            </div>`}
        <//>
    <//>`;
}
