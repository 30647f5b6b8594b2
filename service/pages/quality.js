/* Data quality: what was loaded, what could not be taken and why, names without a unit; loading of a dump. */

import { html, useEffect, useRef, useState } from "./standalone.module.js";
import { newKey, upload } from "./api.js";
import { bytes, count, time } from "./figures.js";
import {
    Alert, Confirm, Facts, Loaded, Page, Table, Tag, announce, useEvents, useRead, useWrite,
} from "./parts.js";
import { TASK_STATES, say } from "./words.js";

function addressOf(row) {
    return `#/quality/${row.id}`;
}

const importColumns = [
    { label: "批次", isHead: true, isNumber: true, cell: (row) => html`<a href=${addressOf(row)}>${row.id}</a>` },
    { label: "文件", kind: "long", cell: (row) => html`<a
        href=${addressOf(row)}>${row.file}</a>${row.undone_at && html`　<${Tag}>已撤回<//>`}` },
    { label: "导入时间", kind: "time", cell: (row) => time(row.loaded_at) },
    { label: "行", isNumber: true, cell: (row) => count(row.rows) },
    { label: "新增", isNumber: true, cell: (row) => count(row.accepted) },
    { label: "更新", isNumber: true, cell: (row) => count(row.updated) },
    { label: "未变", isNumber: true, cell: (row) => count(row.unchanged) },
    { label: "问题数据", isNumber: true, cell: (row) => count(row.rejected) },
    { label: "时间矛盾", isNumber: true, cell: (row) => count(row.contradictions) },
    { label: "日期无法识别", isNumber: true, cell: (row) => count(row.bad_dates) },
    { label: "标识不符", isNumber: true, cell: (row) => count(row.flag_disagreements) },
];

function pairsOf(object) {
    return Object.keys(object || {}).map((name) => ({ name, count: object[name] }));
}

const nameColumns = [
    { label: "工单中的单位名称", isHead: true, kind: "long", cell: (row) => row.name },
    { label: "行数", isNumber: true, cell: (row) => count(row.count) },
];
const rejectColumns = [
    { label: "问题", isHead: true, cell: (row) => row.sentence },
    { label: "代码", cell: (row) => html`<code>${row.reason || row.flag}</code>` },
    { label: "行数", isNumber: true, cell: (row) => count(row.count) },
];

/* Over all imports the sentence says enough; the code is for who looks into the file of one. */
const reasonColumns = rejectColumns.filter((column) => column.label !== "代码");

const ASK_MS = 5000;

/* READY -> SENDING -> LOADING (a task) -> DONE | FAILED; canceled: READY. */
function Upload({ onDone }) {
    const [state, setState] = useState({ at: "ready" });
    const [file, setFile] = useState(null);
    const running = useRef(null);
    const input = useRef(null);
    const task = useRead(state.taskId ? `/api/v1/tasks/${state.taskId}` : null);
    useEvents(["task", "import"], task.reload);
    useEffect(() => {
        /* Events tell of it at once; where something between us holds them back, it is asked for. */
        if (state.at !== "loading") return undefined;
        const timer = setInterval(task.reload, ASK_MS);
        return () => clearInterval(timer);
    }, [state.at]);
    useEffect(() => () => running.current && running.current.cancel(), []);
    useEffect(() => {
        const now = task.value;
        if (!now || state.at !== "loading" || now.state === "queued" || now.state === "running") return;
        setState({ at: now.state === "done" ? "done" : "failed", text: now.message || say(TASK_STATES, now.state) });
        announce(now.state === "done" ? "导入完成" : "导入没有完成");
        onDone();
    }, [task.value]);

    const submit = async (event) => {
        event.preventDefault();
        if (!file || state.at === "sending") return;
        setState({ at: "sending", sent: 0, total: file.size });
        announce("开始上传");
        const path = `/api/v1/imports?name=${encodeURIComponent(file.name)}`;
        running.current = upload(path, file, newKey(), (sent, total) =>
            setState((old) => (old.at === "sending" ? { at: "sending", sent, total } : old)),
        );
        try {
            const answer = await running.current.done;
            running.current = null;
            setState({ at: "loading", taskId: answer.task });
            input.current.value = "";
            setFile(null);
            announce("上传完成，正在导入");
        } catch (problem) {
            running.current = null;
            const isCanceled = problem.code === "canceled";
            setState({ at: isCanceled ? "ready" : "failed", text: problem.message, isCanceled });
        }
    };
    const isSending = state.at === "sending";
    const now = state.at === "loading" ? task.value : null;
    return html`<form class="card" onSubmit=${submit} aria-labelledby="upload-title">
        <h2 id="upload-title">导入工单</h2>
        ${state.isCanceled && html`<${Alert} kind="note">${state.text}<//>`}
        ${state.at === "failed" && html`<${Alert}>${state.text}<//>`}
        ${state.at === "done" && html`<${Alert} kind="good">${state.text}<//>`}
        <div class="field wide">
            <label for="upload-file">文件</label>
            <input id="upload-file" ref=${input} type="file" accept=".csv,.txt,.xlsx,.zip,.gz" disabled=${isSending}
                aria-describedby="upload-hint" onChange=${(event) => setFile(event.currentTarget.files[0] || null)} />
            <small id="upload-hint">12345系统导出的工单（CSV 或 XLSX）。重复导入同一文件不会改变数据。</small>
        </div>
        ${isSending &&
        html`<div class="uploading">
            <progress max=${state.total || 1} value=${state.sent} aria-label="上传进度"></progress>
            <span>${bytes(state.sent)} / ${bytes(state.total)}</span>
        </div>`}
        ${state.at === "loading" &&
        html`<div class="uploading">
            ${now && now.total > 0
                ? html`<progress max="1" value=${Math.min(1, now.done / now.total)} aria-label="导入进度"></progress>`
                : html`<progress aria-label="导入进度"></progress>`}
            <span>${now ? say(TASK_STATES, now.state) : "等待"}，可离开本页，进度见<a href="#/tasks">任务</a>。</span>
        </div>`}
        <div class="actions">
            <button type="submit" class="main" disabled=${!file || isSending}>上传并导入</button>
            ${isSending && html`<button type="button" class="plain danger"
                onClick=${() => running.current && running.current.cancel()}>取消上传</button>`}
        </div>
    </form>`;
}

function Unmatched({ rows }) {
    return html`<${Table} caption="未对应的单位名称" columns=${nameColumns} rows=${rows} keyOf=${(row) => row.name}
            empty="全部单位名称均已对应。" />
        ${rows.length > 0 && html`<p class="hint">这些工单未计入任何单位。请在服务器上对应：pingyi units suggest。</p>`}`;
}

export function Quality({ account }) {
    const quality = useRead("/api/v1/quality");
    useEvents(["import"], quality.reload);
    return html`<${Page} title="数据质量">
        <div class="columns">
            <div>
                ${account.role === "office" && html`<${Upload} onDone=${quality.reload} />`}
                ${quality.value && html`<${Unmatched} rows=${quality.value.unmatched_units} />`}
            </div>
            <${Loaded} source=${quality}>
                ${(value) => html`<div>
                    <${Table} caption="问题数据（按原因）" columns=${reasonColumns} rows=${value.rejects}
                        keyOf=${(row) => row.reason}
                        empty="没有问题数据。" />
                    ${value.flags.length > 0 &&
                    html`<${Table} caption="提示（已导入）" columns=${reasonColumns} rows=${value.flags}
                        keyOf=${(row) => row.reason} />`}
                    ${value.unclear_leads > 0 && html`<${Alert}
                        kind="note">主办单位不明（无主办或有两个主办）的工单 ${count(value.unclear_leads)} 件，未计入任何单位。<//>`}
                    ${value.late_orders.map((each) => html`<${Alert}
                        kind="note">最近一批改动了已冻结的评价期 ${each.round} 的 ${count(each.orders)} 件工单，该期结果不变。<//>`)}
                </div>`}
            <//>
        </div>
        ${quality.value &&
        html`<${Table} caption="导入批次（新的在前）" columns=${importColumns}
            rows=${quality.value.imports.slice().reverse()} keyOf=${(row) => row.id}
                kindOf=${(row) => (row.undone_at ? "faint" : null)} empty="还没有导入过工单。" />`}
    <//>`;
}

function countsOf(row) {
    const changes = `新增${count(row.accepted)}，更新${count(row.updated)}，未变${count(row.unchanged)}`;
    return `共${count(row.rows)}行：${changes}，问题数据${count(row.rejected)}`;
}

function exampleLines(group) {
    const examples = group.examples || [];
    if (examples.length === 0) return "—";
    const placeOf = ({ line, column, order_no: number }) =>
        [`第${count(line)}行`, column, number && `工单 ${number}`].filter(Boolean).join("，");
    return html`<ul class="lines">${examples.map((example) => html`<li>${placeOf(example)}</li>`)}</ul>`;
}

/* Taking an import back runs as a task. */
function Undo({ id }) {
    const action = useWrite();
    const [isAsking, setAsking] = useState(false);
    const undo = async () => {
        const answer = await action.run("DELETE", `/api/v1/imports/${encodeURIComponent(id)}`);
        if (answer) {
            announce("已提交撤回");
            window.location.hash = "#/tasks";
        }
        return answer;
    };
    return html`<button type="button" class="plain danger" onClick=${() => setAsking(true)}>撤回本批</button>
        ${isAsking &&
        html`<${Confirm} title="撤回导入" word="撤回" isDangerous action=${action} onConfirm=${undo}
            onClose=${() => setAsking(false)}
            question=${`批次 ${id} 带来的工单和变更将全部撤回；已冻结的评价期用到的不能撤回。同一文件以后可以再次导入。`} />`}`;
}

export function Import({ account, path }) {
    const id = path[0];
    const source = useRead(`/api/v1/imports/${encodeURIComponent(id)}`);
    const columns = rejectColumns.concat([{ label: "举例", kind: "long", cell: exampleLines }]);
    const rejects = html`<a role="button" class="plain"
        href=${`/api/v1/imports/${encodeURIComponent(id)}/rejects`} download>下载问题数据（CSV）</a>`;
    const row = source.value;
    const mayAct = account.role === "office" && row && !row.undone_at;
    const actions = mayAct && html`${row.rejected > 0 && rejects}<${Undo} id=${id} />`;
    return html`<${Page} title=${`导入批次 ${id}`} actions=${actions}>
        <p><a href="#/quality">返回数据质量</a></p>
        <${Loaded} source=${source}>
            ${(row) => html`<section class="card">
                    <${Facts} pairs=${[
                        ["文件", row.file],
                        ["导入时间", time(row.loaded_at)],
                        ["撤回时间", row.undone_at ? time(row.undone_at) : ""],
                        ["编码", row.encoding && row.encoding.toUpperCase()],
                        ["摘要（SHA-256）", html`<code class="digest">${row.sha256}</code>`],
                        ["行数", countsOf(row)],
                    ]} />
                </section>
                <${Table} caption="问题数据（未导入）" columns=${columns} rows=${row.rejects}
                    keyOf=${(each) => each.reason} empty="没有问题数据。" />
                <${Table} caption="提示（已导入）" columns=${columns} rows=${row.flags} keyOf=${(each) => each.flag}
                    empty="没有提示。" />
                <${Unmatched} rows=${pairsOf(row.unmatched_units)} />`}
        <//>
    <//>`;
}
