/* Long jobs: what runs, what became of it. */

import { html } from "./standalone.module.js";
import { count, time } from "./figures.js";
import {
    Act, Alert, Loaded, More, Page, Table, Tag, announce, useEvents, useList, useWrite,
} from "./parts.js";
import { TASK_KINDS, TASK_STATES, say } from "./words.js";

const KINDS = { done: "good", failed: "bad", running: "note", queued: "plain", canceled: "plain", interrupted: "warn" };

export function isOpenTask(task) {
    return task.state === "queued" || task.state === "running";
}

function Progress({ task }) {
    if (task.state !== "running" || !(task.total > 0))
        return html`<${Tag} kind=${KINDS[task.state]}>${say(TASK_STATES, task.state)}<//>`;
    const share = Math.min(1, task.done / task.total);
    return html`<progress max="1" value=${share} aria-label=${`${say(TASK_KINDS, task.kind)}的进度`}></progress>
        <small>${Math.floor(share * 100)}%</small>`;
}

/* What an import did is told on the page of data quality; its file is for other systems. */
function resultLink(task) {
    if (!task.result) return null;
    if (task.kind === "import") return html`<a href="#/quality">数据质量</a>`;
    return html`<a href=${task.result} download>下载<span class="unseen">任务${task.id}的结果</span></a>`;
}

function resultOf(task) {
    const link = resultLink(task);
    if (!link) return task.message || "—";
    return html`${task.message ? `${task.message}　` : ""}${link}`;
}

export function TaskTable({ caption, items, onCanceled, mayCancel }) {
    const action = useWrite();
    const cancel = async (task) => {
        if ((await action.run("DELETE", `/api/v1/tasks/${task.id}`)) === undefined) return;
        announce("已请求取消");
        onCanceled();
    };
    const columns = [
        { label: "序号", isHead: true, isNumber: true, cell: (row) => row.id },
        { label: "任务", kind: "word", cell: (row) => say(TASK_KINDS, row.kind) },
        { label: "对象", kind: "long", cell: (row) => row.subject },
        { label: "经办", cell: (row) => row.who },
        { label: "提交", kind: "time", cell: (row) => time(row.created_at) },
        { label: "结束", kind: "time", cell: (row) => time(row.ended_at) },
        { label: "状态", kind: "state", cell: (row) => html`<${Progress} task=${row} />` },
        { label: "结果", kind: "long", cell: resultOf },
    ];
    if (mayCancel)
        columns.push({
            label: "操作",
            kind: "acts",
            cell: (row) =>
                isOpenTask(row) &&
                html`<${Act} kind="plain small danger" write=${action} onClick=${() => cancel(row)}>
                    取消<span class="unseen">任务${count(row.id)}</span>
                <//>`,
        });
    return html`<${Alert} problem=${action.problem} />
        <${Table} caption=${caption} columns=${columns} rows=${items} keyOf=${(row) => row.id} 
            empty="还没有任务。导入工单、计算结果、生成通报的进度和结果在此查看。" />`;
}

export function Tasks({ account }) {
    const list = useList("/api/v1/tasks");
    const action = useWrite();
    useEvents(["task"], list.reload);
    const backup = async () => {
        if ((await action.run("POST", "/api/v1/backups", {})) === undefined) return;
        announce("已提交备份");
        list.reload();
    };
    const actions = account.role === "administrator" && html`<${Act} kind="main" write=${action}
        onClick=${backup}>立即备份<//>`;
    return html`<${Page} title="任务" actions=${actions}>
        <${Alert} problem=${action.problem} />
        <${Loaded} source=${list}>
            ${(items) => html`<${TaskTable} caption="任务（新的在前）" items=${items} onCanceled=${list.reload}
                mayCancel=${account.role === "office" || account.role === "administrator"} />`}
        <//>
        <${More} list=${list} />
    <//>`;
}
