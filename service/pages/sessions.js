/* Who is signed in. */

import { html, useState } from "./standalone.module.js";
import { time } from "./figures.js";
import { Confirm, Loaded, Page, Table, Tag, announce, useList, useWrite } from "./parts.js";

/* "Chrome 126 · Windows" of a User-Agent; the whole where it is none of the usual ones. */
export function browserOf(agent) {
    if (!agent) return "—";
    const edge = /Edg\/(\d+)/.exec(agent);
    const chrome = /Chrome\/(\d+)/.exec(agent);
    const firefox = /Firefox\/(\d+)/.exec(agent);
    const safari = /Version\/(\d+).*Safari/.exec(agent);
    let name = agent.slice(0, 40);
    if (edge) name = `Edge ${edge[1]}`;
    else if (chrome) name = `Chrome ${chrome[1]}`;
    else if (firefox) name = `Firefox ${firefox[1]}`;
    else if (safari) name = `Safari ${safari[1]}`;
    const system = /Windows|Mac OS X|Android|iPhone|Linux/.exec(agent);
    return system ? `${name} · ${system[0]}` : name;
}

export function SessionTable({ caption, items, onEnd, hasNames }) {
    const columns = [
        { label: "地址", isHead: !hasNames, cell: (row) => row.address || "—" },
        { label: "浏览器", cell: (row) => html`<span title=${row.agent}>${browserOf(row.agent)}</span>` },
        { label: "登录时间", kind: "time", cell: (row) => time(row.created_at) },
        { label: "最近使用", kind: "time", cell: (row) => time(row.seen_at) },
        {
            label: "操作",
            kind: "acts",
            cell: (row) =>
                row.is_current
                    ? html`<${Tag} kind="good">本会话<//>`
                    : html`<button type="button" class="plain small danger" onClick=${() => onEnd(row)}>
                          终止<span class="unseen">${row.account || ""} ${row.address} 的会话</span>
                      </button>`,
        },
    ];
    if (hasNames) columns.unshift({ label: "账号", isHead: true, cell: (row) => row.account });
    return html`<${Table} caption=${caption} columns=${columns} rows=${items} keyOf=${(row) => row.id}
        empty="没有登录中的会话。" />`;
}

export function Sessions() {
    const list = useList("/api/v1/sessions");
    const [chosen, setChosen] = useState(null);
    const action = useWrite();
    const end = async () => {
        const done = await action.run("DELETE", `/api/v1/sessions/${chosen.id}`);
        if (done !== undefined) {
            announce("会话已终止");
            list.reload();
        }
        return done;
    };
    return html`<${Page} title="登录会话" actions=${html`<button type="button" class="plain"
        onClick=${list.reload}>刷新</button>`}>
        <${Loaded} source=${list}>
            ${(items) => html`<${SessionTable} caption=${`登录中的会话（${items.length}个）`} items=${items} hasNames
                onEnd=${setChosen} />`}
        <//>
        ${chosen &&
        html`<${Confirm} title="终止会话" word="终止" isDangerous action=${action} onConfirm=${end}
            onClose=${() => setChosen(null)}
            question=${`${chosen.account} 的会话将立即退出，未保存的内容会丢失。`} />`}
    <//>`;
}
