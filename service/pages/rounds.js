/* Rounds: the list, and one round with its steps, results, charts and remarks. */

import { html, useRef, useState } from "./standalone.module.js";
import { count, time } from "./figures.js";
import {
    Act, Alert, Facts, Field, FormProblem, Loaded, More, Page, Parts, Table, Tag, announce, useEvents,
    useList, useRead, useWrite, valuesOf,
} from "./parts.js";
import { Results } from "./results.js";
import { CHARTS, DRAW_KINDS, FRAME_REASONS, ROUND_KINDS, ROUND_STATES, ROUND_STEPS, say } from "./words.js";

const STATE_KINDS = { draft: "plain", frozen: "note", drawn: "note", calling: "warn", closed: "note", scored: "good" };

function addressOf(id, part) {
    return `#/rounds/${encodeURIComponent(id)}${part ? `/${part}` : ""}`;
}

const listColumns = [
    { label: "评价期", isHead: true, cell: (row) => html`<a href=${addressOf(row.id)}>${row.id}</a>` },
    { label: "类型", cell: (row) => `${say(ROUND_KINDS, row.kind)}${row.accumulated ? "（累计）" : ""}` },
    { label: "起", kind: "time", cell: (row) => row.from },
    { label: "止", kind: "time", cell: (row) => row.to },
    { label: "状态", cell: (row) => html`<${Tag} kind=${STATE_KINDS[row.state]}>${say(ROUND_STATES, row.state)}<//>` },
    { label: "查看", kind: "acts", cell: (row) => html`<a href=${addressOf(row.id, "results")}>结果<span
        class="unseen">：${row.id}</span></a>` },
];

/* The newest first; a quarter stands above its months. */
function byEnd(one, other) {
    if (one.to !== other.to) return one.to < other.to ? 1 : -1;
    return one.from < other.from ? -1 : 1;
}

export function Rounds({ account }) {
    const columns = account.role === "supervisor" ? listColumns.slice(0, -1) : listColumns;
    const list = useList("/api/v1/rounds");
    useEvents(["round"], list.reload);
    return html`<${Page} title="评价期">
        <${Loaded} source=${list}>
            ${(items) => html`<${Table} caption=${`评价期（${items.length}个，新的在前）`} columns=${columns}
                rows=${items.slice().sort(byEnd)} keyOf=${(row) => row.id}
                empty="还没有评价期，请先在服务器上建立（pingyi round create）。" />`}
        <//>
        <${More} list=${list} />
    <//>`;
}

function leftOut(frame) {
    return Object.keys(frame.left_out)
        .filter((word) => frame.left_out[word] > 0)
        .map((word) => `${say(FRAME_REASONS, word)} ${count(frame.left_out[word])}件`)
        .join("，");
}

function drawWords(draw) {
    const sizes = `样本${count(draw.sample)}件，备用${count(draw.reserve)}件，已启用${count(draw.released)}件`;
    return `第${draw.no}次，${say(DRAW_KINDS, draw.kind)}：${sizes}`;
}

function factsOf(round) {
    const { frame, draw, score } = round;
    return [
        ["类型", `${say(ROUND_KINDS, round.kind)}${round.accumulated ? "（累计）" : ""}`],
        ["起止", `${round.from} 至 ${round.to}`],
        ["数据截至", round.as_of ? time(round.as_of) : ""],
        ["组成", round.parts.join("、")],
        ["计入", round.part_of.join("、")],
        ["样本框", frame ? `第${frame.no}次冻结，${count(frame.entries)}件` : ""],
        ["不在样本框", frame ? leftOut(frame) : ""],
        ["抽样", draw ? drawWords(draw) : ""],
        ["公布文件摘要", draw ? html`<code class="digest">${draw.public_sha256}</code>` : ""],
        ["结果", score ? `第${score.issue}次留存，${time(score.scored_at)}` : ""],
    ];
}

const stepColumns = [
    { label: "时间", kind: "time", cell: (row) => time(row.at) },
    { label: "步骤", isHead: true, cell: (row) => say(ROUND_STEPS, row.step) },
    { label: "经办", cell: (row) => row.who },
    { label: "理由", kind: "long", cell: (row) => row.why || "—" },
];

/* Computing and printing take a while: they run as tasks. */
function RoundTasks({ round }) {
    const action = useWrite();
    const [given, setGiven] = useState(null);
    const start = async (kind) => {
        setGiven(null);
        const body = kind === "report" ? { kind, format: "html" } : { kind };
        const answer = await action.run("POST", `/api/v1/rounds/${encodeURIComponent(round.id)}/tasks`, body);
        if (!answer) return;
        setGiven(kind);
        announce("已提交任务");
    };
    return html`<section class="card">
        <h2>办理</h2>
        <div class="actions">
            <${Act} kind="plain" write=${action} onClick=${() => start("score")}>重新计算结果<//>
            <${Act} kind="plain" write=${action} onClick=${() => start("report")}>生成通报<//>
        </div>
        <p class="hint">结果在关闭后计算并留存；建立、冻结、抽样、关闭在服务器上办理。</p>
        <${Alert} problem=${action.problem} />
        ${given && html`<${Alert} kind="good">已提交，进度见<a href="#/tasks">任务</a>。<//>`}
    </section>`;
}

function Overview({ round, account }) {
    return html`<div class="columns">
            <section class="card">
                <h2>基本情况</h2>
                <${Facts} pairs=${factsOf(round)} />
            </section>
            ${account.role === "office" && html`<${RoundTasks} round=${round} />`}
        </div>
        <${Table} caption="经过" columns=${stepColumns} rows=${round.steps} empty="还没有步骤。" />`;
}

function ResultsPart({ id }) {
    const source = useRead(`/api/v1/rounds/${encodeURIComponent(id)}/score`);
    useEvents(["round"], source.reload);
    return html`<${Loaded} source=${source}>${(value) => html`<${Results} result=${value} />`}<//>`;
}

/* The service draws them; as images they can run nothing. */
function Charts({ id }) {
    const path = `/api/v1/rounds/${encodeURIComponent(id)}/charts`;
    const list = useList(path);
    const show = (chart) => html`<figure class="chart" key=${chart.name}>
        <figcaption>${say(CHARTS, chart.draws)}</figcaption>
        <img src=${`${path}/${encodeURIComponent(chart.name)}`}
            alt=${`${chart.unit_class}各单位的${say(CHARTS, chart.draws)}；数值见“结果”`} />
    </figure>`;
    const showClass = (name, charts) => html`<section key=${name}>
        <h2>${name}</h2>
        <div class="charts">${charts.filter((chart) => chart.unit_class === name).map(show)}</div>
    </section>`;
    return html`<${Loaded} source=${list}>
        ${(charts) =>
            charts.length === 0
                ? html`<${Alert} kind="note">本评价期还没有可画的图表。<//>`
                : Array.from(new Set(charts.map((chart) => chart.unit_class))).map((name) => showClass(name, charts))}
    <//>`;
}

function Remarks({ id, account }) {
    const path = `/api/v1/rounds/${encodeURIComponent(id)}/remarks`;
    const list = useList(path);
    const action = useWrite();
    const form = useRef(null);
    useEvents(["round"], list.reload);
    const submit = async (event) => {
        event.preventDefault();
        const text = valuesOf(form.current).text;
        if (!text) return;
        if ((await action.run("POST", path, { text })) === undefined) return;
        form.current.reset();
        announce("已记录");
        list.reload();
    };
    const mayAdd = account.role === "office" || account.role === "supervisor";
    return html`${mayAdd &&
        html`<form ref=${form} class="card" onSubmit=${submit}>
            <${FormProblem} problem=${action.problem} />
            <${Field} label="新的记录" name="text" rows="3" required maxlength="2000" wide problem=${action.problem}
                hint="记下后不能修改或删除。不要写诉求人的姓名、电话。" />
            <${Act} type="submit" kind="main" write=${action}>记下<//>
        </form>`}
        <h2>已有记录</h2>
        <${Loaded} source=${list}>
            ${(items) =>
                items.length === 0
                    ? html`<p class="empty">还没有工作记录。</p>`
                    : html`<ol class="remarks">
                          ${items.map(
                              (row) => html`<li key=${row.id}>
                                  <p class="meta">${time(row.at)}　${row.who}</p>
                                  <p class="text">${row.text}</p>
                              </li>`,
                          )}
                      </ol>`}
        <//>
        <${More} list=${list} />`;
}

export function Round({ account, path }) {
    const id = path[0];
    const isWhole = account.role !== "supervisor"; /* who keeps remarks on rounds, and sees no results per unit */
    const part = isWhole ? path[1] || "" : "remarks";
    const source = useRead(isWhole ? `/api/v1/rounds/${encodeURIComponent(id)}` : null);
    useEvents(["round"], source.reload);
    const parts = [
        ["概况", addressOf(id), ""],
        ["结果", addressOf(id, "results"), "results"],
        ["图表", addressOf(id, "charts"), "charts"],
        ["工作记录", addressOf(id, "remarks"), "remarks"],
    ];
    const named = parts.find((each) => each[2] === part) || parts[0];
    const bulletin = html`<a role="button" class="plain" target="_blank" rel="noopener"
        href=${`/api/v1/rounds/${encodeURIComponent(id)}/bulletin`}>通报<span class="unseen">（新窗口）</span></a>`;
    const state = source.value && html`<${Tag}
        kind=${STATE_KINDS[source.value.state]}>${say(ROUND_STATES, source.value.state)}<//>`;
    if (source.problem && source.problem.status === 404)
        return html`<${Page} title=${`评价期 ${id}`}>
            <p><a href="#/rounds">返回评价期</a></p>
            <${Alert} problem=${source.problem} />
        <//>`;
    if (!isWhole) return html`<${Page} title=${`评价期 ${id}　工作记录`}><${Remarks} id=${id} account=${account} /><//>`;
    return html`<${Page} title=${`评价期 ${id}${part ? `　${named[0]}` : ""}`} actions=${html`${state}${bulletin}`}>
        <${Parts} label="评价期的各部分" parts=${parts} current=${named[2]} />
        <${Loaded} source=${source}>
            ${(round) => {
                if (part === "results") return html`<${ResultsPart} id=${id} />`;
                if (part === "charts") return html`<${Charts} id=${id} />`;
                if (part === "remarks") return html`<${Remarks} id=${id} account=${account} />`;
                return html`<${Overview} round=${round} account=${account} />`;
            }}
        <//>
    <//>`;
}
