/* The telephone company's list of calls against our dials, and what a contractor's team has done. */

import { html, useRef, useState } from "./standalone.module.js";
import { newKey, upload } from "./api.js";
import { bytes, count, duration, percent, time } from "./figures.js";
import { Alert, Loaded, Page, Table, announce, useRead } from "./parts.js";
import { Packages } from "./packages.js";
import { PhonedRound, followupPath } from "./phoned_rounds.js";

/* ---- loading ---- */
const rejectColumns = [
    { label: "行", isHead: true, isNumber: true, cell: (row) => count(row.line) },
    { label: "问题", cell: (row) => row.sentence },
];

function wordsOf(answer) {
    const counts = `共${count(answer.rows)}行：与拨打相符${count(answer.matched)}，不符${count(answer.unmatched)}，`;
    const rest = `${counts}问题数据${count(answer.rejected)}。`;
    return answer.is_already_loaded ? `该文件已导入过，没有任何变化。${rest}` : `已导入。${rest}`;
}

/* READY -> SENDING -> DONE | FAILED. */
function Upload({ round, onDone }) {
    const [state, setState] = useState({ at: "ready" });
    const [file, setFile] = useState(null);
    const input = useRef(null);
    const submit = async (event) => {
        event.preventDefault();
        if (!file || state.at === "sending") return;
        setState({ at: "sending", sent: 0, total: file.size });
        const path = followupPath(round, `call-records?name=${encodeURIComponent(file.name)}`);
        const running = upload(path, file, newKey(), (sent, total) =>
            setState((old) => (old.at === "sending" ? { at: "sending", sent, total } : old)),
        );
        try {
            const answer = await running.done;
            setState({ at: "done", answer });
            announce(wordsOf(answer));
            input.current.value = "";
            setFile(null);
            onDone();
        } catch (problem) {
            setState({ at: "failed", problem });
        }
    };
    const isSending = state.at === "sending";
    return html`<form class="card" onSubmit=${submit} aria-labelledby="calls-title">
        <h2 id="calls-title">导入话单</h2>
        ${state.at === "failed" && html`<${Alert} problem=${state.problem} />`}
        ${state.at === "done" && html`<${Alert} kind="good">${wordsOf(state.answer)}<//>`}
        ${state.at === "done" && state.answer.rejects.length > 0 &&
        html`<${Table} caption="没有导入的行（至多列50行）" columns=${rejectColumns} rows=${state.answer.rejects}
            keyOf=${(row) => row.line} />`}
        <div class="field wide">
            <label for="calls-file">文件</label>
            <input id="calls-file" ref=${input} type="file" accept=".csv,.txt,.xlsx" disabled=${isSending}
                aria-describedby="calls-hint" onChange=${(event) => setFile(event.currentTarget.files[0] || null)} />
            <small id="calls-hint">运营商或交换机的通话清单（CSV 或 XLSX，至多8 MB），须有被叫号码和开始时间。重复导入同一文件不会改变数据。</small>
        </div>
        ${isSending &&
        html`<div class="uploading">
            <progress max=${state.total || 1} value=${state.sent} aria-label="上传进度"></progress>
            <span>${bytes(state.sent)} / ${bytes(state.total)}</span>
        </div>`}
        <div class="actions">
            <button type="submit" class="main" disabled=${!file || isSending}>上传并核对</button>
        </div>
    </form>`;
}

/* ---- what does not match ---- */
const dialColumns = [
    { label: "拨打时间", isHead: true, kind: "time", cell: (row) => time(row.at) },
    { label: "话务员", kind: "word", cell: (row) => row.caller },
    { label: "样本", isNumber: true, cell: (row) => row.case },
    { label: "记录的结果", kind: "word", cell: (row) => (row.is_recheck ? `复核：${row.name}` : row.name) },
    { label: "时长", isNumber: true, cell: (row) => duration(row.seconds) },
];
const recordColumns = [
    { label: "开始时间", isHead: true, kind: "time", cell: (row) => time(row.at) },
    { label: "被叫号码", kind: "word", cell: (row) => row.masked },
    { label: "线路", kind: "word", cell: (row) => row.line_name || "—" },
    { label: "通话时长", isNumber: true, cell: (row) => (row.seconds > 0 ? duration(row.seconds) : "未接通") },
    { label: "行", isNumber: true, cell: (row) => count(row.line) },
];

function Unmatched({ source }) {
    return html`<${Loaded} source=${source}>
        ${(value) => html`<div class="columns">
            <div>
                <${Table} caption=${`有拨打、没有话单（${count(value.dials_total)}）`} columns=${dialColumns}
                    rows=${value.dials} keyOf=${(row) => row.id} empty="没有不符的拨打，或者还没有导入话单。" />
                <p class="hint">只算已导入话单的日子。没有话单的拨打可能没有真正拨出，请核实。</p>
            </div>
            <div>
                <${Table} caption=${`有话单、没有拨打（${count(value.records_total)}）`} columns=${recordColumns}
                    rows=${value.records} keyOf=${(row) => row.id} empty="没有不符的话单，或者还没有导入话单。" />
                <p class="hint">号码相同、开始时间相差不超过120秒的，算同一次。话单不分评价期，此表各评价期相同。</p>
            </div>
        </div>`}
    <//>`;
}

/* ---- acceptance ---- */
function share(value, part, base, word) {
    return base > 0 ? html`${percent(value, base)}<small>　${count(base)}${word}中${count(part)}${word}</small>` : "—";
}

const acceptanceColumns = [
    { label: "班组", isHead: true, kind: "word", cell: (row) => row.team },
    { label: "样本", isNumber: true, cell: (row) => count(row.cases) },
    { label: "已结案", isNumber: true, cell: (row) => count(row.final) },
    { label: "成功访问", isNumber: true, cell: (row) => count(row.completes) },
    {
        label: "复核比例",
        isNumber: true,
        cell: (row) => share(row.checked_share, row.checked, row.completes + row.voided, "件"),
    },
    { label: "一致率", isNumber: true, cell: (row) => share(row.agreement, row.agreeing, row.compared, "题") },
    { label: "作废", isNumber: true, cell: (row) => count(row.voided) },
    { label: "拨打", isNumber: true, cell: (row) => count(row.dials) },
    {
        label: "无话单",
        isNumber: true,
        cell: (row) => share(row.unmatched_share, row.unmatched_dials, row.listed_dials, "次"),
    },
    { label: "过短", isNumber: true, cell: (row) => count(row.short_dials) },
];

function Acceptance({ round }) {
    const source = useRead(followupPath(round, "acceptance"));
    return html`<${Loaded} source=${source}>
        ${(value) => html`<${Table} caption="受托班组验收单" columns=${acceptanceColumns} rows=${value.items}
                keyOf=${(row) => row.team} empty="没有交给受托班组的样本。" />
            ${value.items.length > 0 && html`<p class="hint">过短：通话短于读完必答问题所需的时间。作废的访问不计入成功访问。</p>`}`}
    <//>`;
}

function Calls({ round, account }) {
    const source = useRead(followupPath(round, "unmatched"));
    return html`<div>
        <${Upload} round=${round} onDone=${source.reload} />
        <div><${Unmatched} source=${source} /></div>
        ${account.role === "office" && !account.unit && html`<div><${Acceptance} round=${round} /></div>
            <div><${Packages} round=${round} /></div>`}
    </div>`;
}

export function CallRecords({ account }) {
    return html`<${Page} title="话单与验收">
        <${PhonedRound} account=${account}>
            ${(round) => html`<${Calls} key=${round} round=${round} account=${account} />`}
        <//>
    <//>`;
}
