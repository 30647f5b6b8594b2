/* Teams with their limits, and how long a session of each role may last. */

import { html, useRef, useState } from "./standalone.module.js";
import { duration } from "./figures.js";
import {
    Act, Dialog, Field, FormProblem, Loaded, Page, Table, announce, useRead, useWrite, valuesOf,
} from "./parts.js";
import { ROLES, TEAM_KINDS, say } from "./words.js";

function TeamForm({ team, onDone, onClose }) {
    const action = useWrite();
    const form = useRef(null);
    const submit = async (event) => {
        event.preventDefault();
        const values = valuesOf(form.current);
        const name = team.name || values.name;
        const body = { kind: values.kind, max_accounts: Number(values.max_accounts) || 0 };
        if (values.until) body.until = values.until;
        if ((await action.run("PUT", `/api/v1/teams/${encodeURIComponent(name)}`, body)) !== undefined) onDone();
    };
    return html`<${Dialog} title=${team.name ? `变更班组：${team.name}` : "新建班组"} onClose=${onClose}>
        <form ref=${form} onSubmit=${submit}>
            <${FormProblem} problem=${action.problem} />
            ${!team.name && html`<${Field} label="名称" name="name" required maxlength="64"
                problem=${action.problem} />`}
            <${Field} label="性质" name="kind" value=${team.kind || "own"} problem=${action.problem}
                options=${Object.keys(TEAM_KINDS).filter((code) => !team.kind || code === team.kind)
                    .map((code) => [code, TEAM_KINDS[code]])}
                hint=${team.kind ? "性质不能变更。" : "保存后不能变更。外包机构的人员看不到分单位的结果。"} />
            <${Field} label="截止日期" name="until" type="date" value=${team.until || ""} problem=${action.problem}
                hint="该日之后本班组的账号不能登录；留空为长期。" />
            <${Field} label="账号数上限" name="max_accounts" type="number" min="0" max="10000"
                value=${String(team.max_accounts || 0)}
                hint="0 为不限。" problem=${action.problem} />
            <div class="actions">
                <${Act} type="submit" kind="main" write=${action}>保存<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

function LimitsForm({ row, onDone, onClose }) {
    const action = useWrite();
    const form = useRef(null);
    const submit = async (event) => {
        event.preventDefault();
        const values = valuesOf(form.current);
        const body = {
            idle_s: Math.round(Number(values.idle) * 60),
            absolute_s: Math.round(Number(values.absolute) * 3600),
        };
        if ((await action.run("PUT", `/api/v1/roles/${row.role}`, body)) !== undefined) onDone();
    };
    return html`<${Dialog} title=${`会话时限：${ROLES[row.role] || row.role}`} onClose=${onClose}>
        <form ref=${form} onSubmit=${submit}>
            <${FormProblem} problem=${action.problem} />
            <${Field} label="无操作退出（分钟）" name="idle" type="number" min="1" max="1440" required
                value=${String(row.idle_s / 60)} />
            <${Field} label="最长登录（小时）" name="absolute" type="number" min="1" max="168" required
                value=${String(Math.max(1, Math.round(row.absolute_s / 3600)))} />
            <div class="actions">
                <${Act} type="submit" kind="main" write=${action}>保存<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

export function Teams({ account }) {
    const teams = useRead("/api/v1/teams");
    const roles = useRead("/api/v1/roles");
    const [team, setTeam] = useState(null);
    const [limits, setLimits] = useState(null);
    const mayEditTeams = account.role === "administrator" || account.role === "security";
    const mayEditLimits = account.role === "security";

    const teamColumns = [
        { label: "班组", isHead: true, cell: (row) => row.name },
        { label: "性质", cell: (row) => say(TEAM_KINDS, row.kind) },
        { label: "截止日期", cell: (row) => row.until || "长期" },
        { label: "账号数上限", isNumber: true, cell: (row) => row.max_accounts || "不限" },
    ];
    if (mayEditTeams)
        teamColumns.push({
            label: "操作",
            kind: "acts",
            cell: (row) => html`<button type="button" class="plain small" onClick=${() => setTeam(row)}>
                变更<span class="unseen">：${row.name}</span>
            </button>`,
        });
    const roleColumns = [
        { label: "角色", isHead: true, cell: (row) => ROLES[row.role] || row.role },
        { label: "无操作退出", isNumber: true, cell: (row) => duration(row.idle_s) },
        { label: "最长登录", isNumber: true, cell: (row) => duration(row.absolute_s) },
    ];
    if (mayEditLimits)
        roleColumns.push({
            label: "操作",
            kind: "acts",
            cell: (row) => html`<button type="button" class="plain small" onClick=${() => setLimits(row)}>
                变更<span class="unseen">：${ROLES[row.role] || row.role}</span>
            </button>`,
        });
    const add = mayEditTeams && html`<button type="button" class="main" onClick=${() => setTeam({})}>新建班组</button>`;
    return html`<${Page} title="班组与时限" actions=${add}>
        <div class="columns">
            <${Loaded} source=${teams}>
                ${(value) => html`<${Table} caption="班组" columns=${teamColumns} rows=${value.items}
                    keyOf=${(row) => row.name}
                    empty="还没有班组。不设班组的账号属于本机关。" />`}
            <//>
            <${Loaded} source=${roles}>
                ${(value) => html`<${Table} caption="各角色的会话时限" columns=${roleColumns} rows=${value.items}
                    keyOf=${(row) => row.role} />`}
            <//>
        </div>
        ${team &&
        html`<${TeamForm} team=${team} onClose=${() => setTeam(null)}
            onDone=${() => {
                setTeam(null);
                announce("班组已保存");
                teams.reload();
            }} />`}
        ${limits &&
        html`<${LimitsForm} row=${limits} onClose=${() => setLimits(null)}
            onDone=${() => {
                setLimits(null);
                announce("会话时限已变更");
                roles.reload();
            }} />`}
    <//>`;
}
