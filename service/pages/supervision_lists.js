/* What callers can speak, and who must not be called. */

import { html, useRef, useState } from "./standalone.module.js";
import { time } from "./figures.js";
import {
    Act, Alert, Dialog, Field, FormProblem, Loaded, More, Table, Tag, announce, useList, useRead, useWrite, valuesOf,
} from "./parts.js";
import { LANGUAGES, ROLES, say } from "./words.js";

/* ---- languages ---- */
/* Shown as ticked at once, and as it was when it could not be kept. */
function Languages({ row, action }) {
    const [spoken, setSpoken] = useState(row.languages);
    const put = async (language, isOn) => {
        const languages = spoken.filter((each) => each !== language).concat(isOn ? [language] : []);
        const path = `/api/v1/followup/callers/${encodeURIComponent(row.name)}`;
        setSpoken(languages);
        if (await action.run("PUT", path, { languages })) announce(`${row.display_name || row.name}：已登记`);
        else setSpoken(spoken);
    };
    return html`<span class="speaks">${Object.keys(LANGUAGES).map((language) => html`<label class="check" key=${language}>
        <input type="checkbox" checked=${spoken.includes(language)}
            aria-label=${`${row.display_name || row.name}会${LANGUAGES[language]}`}
            onChange=${(event) => put(language, event.currentTarget.checked)} />${LANGUAGES[language]}</label>`)}</span>`;
}

export function Callers() {
    const source = useRead("/api/v1/followup/callers");
    const action = useWrite();
    const columns = [
        { label: "姓名", isHead: true, cell: (row) => html`${row.display_name || row.name}　<small>${row.name}</small>` },
        { label: "角色", cell: (row) => say(ROLES, row.role) },
        { label: "班组", cell: (row) => row.team || "本机关" },
        { label: "普通话以外的语言", cell: (row) => html`<${Languages} row=${row}
            action=${action} />` },
    ];
    return html`<div><${Alert} problem=${action.problem} />
        <p class="hint">因语言不通未访成的样本，转给会该语言的话务员。</p>
        <${Loaded} source=${source}>
            ${(value) => html`<${Table} caption=${`话务员（${value.items.length}人）`} columns=${columns}
                rows=${value.items} keyOf=${(row) => row.name} empty="还没有话务员账号。" />`}
        <//></div>`;
}

/* ---- the do-not-call list ---- */
function AddBan({ onDone }) {
    const action = useWrite();
    const form = useRef(null);
    const submit = async (event) => {
        event.preventDefault();
        const { number, why } = valuesOf(form.current);
        const answer = await action.run("POST", "/api/v1/followup/do-not-call", { number, why });
        if (!answer) return;
        form.current.reset();
        announce(`已列入免打扰名单，结案${answer.cases}件`);
        onDone();
    };
    return html`<form ref=${form} class="card" onSubmit=${submit}>
        <h2>列入名单</h2>
        <${FormProblem} problem=${action.problem} />
        <div class="pair">
            <${Field} label="号码" name="number" inputmode="tel" required problem=${action.problem}
                hint="手机号，或带区号的固定电话" />
            <${Field} label="理由" name="why" required maxlength="200" problem=${action.problem}
                hint="如：本人来电要求不再回访" />
        </div>
        <${Act} type="submit" kind="main" write=${action}>列入<//>
    </form>`;
}

function EndBan({ row, onClose, onDone }) {
    const action = useWrite();
    const submit = async (event) => {
        event.preventDefault();
        const { why } = valuesOf(event.currentTarget);
        if (!(await action.run("DELETE", `/api/v1/followup/do-not-call/${row.id}`, { why }))) return;
        announce("已移出免打扰名单");
        onDone();
        onClose();
    };
    return html`<${Dialog} title=${`移出免打扰名单　${row.masked}`} onClose=${onClose}>
        <form onSubmit=${submit}>
            <${FormProblem} problem=${action.problem} />
            <${Field} label="理由" name="why" required maxlength="200" problem=${action.problem}
                hint="如：本人要求恢复回访" />
            <div class="actions">
                <${Act} type="submit" kind="main" write=${action}>移出<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

export function Bans({ account }) {
    const list = useList("/api/v1/followup/do-not-call");
    const [ending, setEnding] = useState(null);
    const columns = [
        { label: "号码", isHead: true, cell: (row) => row.masked },
        { label: "列入", kind: "time", cell: (row) => time(row.since) },
        { label: "经办", cell: (row) => row.who },
        { label: "理由", kind: "long", cell: (row) => row.why },
        { label: "状态", cell: (row) => (row.ended_at
            ? html`<${Tag}>${time(row.ended_at).slice(0, 10)} 移出<//> <small>${row.ended_by}：${row.ended_why}</small>`
            : html`<${Tag} kind="good">有效<//>`) },
    ];
    if (account.role === "office")
        columns.push({ label: "办理", kind: "acts", cell: (row) => !row.ended_at && html`<button type="button"
            class="plain small" onClick=${() => setEnding(row)}>移出<span class="unseen">：${row.masked}</span></button>` });
    return html`<div><p class="hint">名单上的号码立即停止拨打，对所有评价期有效。</p>
        <${AddBan} onDone=${list.reload} />
        <${Loaded} source=${list}>
            ${(rows) => html`<${Table} caption=${`免打扰名单（已显示${rows.length}条）`} columns=${columns} rows=${rows}
                keyOf=${(row) => row.id} kindOf=${(row) => (row.ended_at ? "faint" : null)} empty="名单是空的。" />`}
        <//>
        <${More} list=${list} />
        ${ending && html`<${EndBan} row=${ending} onClose=${() => setEnding(null)} onDone=${list.reload} />`}</div>`;
}
