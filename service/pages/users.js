/* Accounts: adding, disabling, resetting (administrator), roles and TOTP (security administrator). */

import { html, useRef, useState } from "./standalone.module.js";
import { time } from "./figures.js";
import {
    Act, Confirm, Dialog, Field, FormProblem, Loaded, More, Page, Secret, Table, Tag, announce, useList,
    useRead, useWrite, valuesOf,
} from "./parts.js";
import { ROLES } from "./words.js";

const ROLE_OPTIONS = Object.keys(ROLES).map((code) => [code, ROLES[code]]);

function pathOf(user, verb) {
    return `/api/v1/users/${encodeURIComponent(user.name)}/${verb}`;
}

function stateOf(user) {
    if (user.disabled) return html`<${Tag} kind="plain">已停用<//>`;
    if (user.locked_until) return html`<${Tag} kind="bad">已锁定<//>`;
    if (user.must_change) return html`<${Tag} kind="warn">待改密码<//>`;
    return html`<${Tag} kind="good">正常<//>`;
}

/* The password that was made for somebody: told once. A repeat of the call does not tell it again. */
function OneTime({ user, password, onClose }) {
    return html`<${Dialog} title="一次性密码" isFirm onClose=${onClose}>
        ${password
            ? html`<p>请当面或通过可靠途径交给 <strong>${user}</strong>。<strong>只显示这一次</strong>，首次登录时必须更换。</p>
                  <${Secret} label="一次性密码" value=${password} />`
            : html`<p>操作已完成，但网络中断，密码未能送达。请对 <strong>${user}</strong> 重置密码，取得新的一次性密码。</p>`}
        <div class="actions"><button type="button" class="main" onClick=${onClose}>已交付，关闭</button></div>
    <//>`;
}

function OptionalFields({ teams, role, unit, team, problem }) {
    const teamOptions = [["", "无"]].concat(teams.map((row) => [row.name, row.name]));
    const mayHaveUnit = role === "office" || role === "liaison";
    return html`<${Field} label="班组" name="team" options=${teamOptions} value=${team} problem=${problem}
            hint="外包机构的班组只能有督导员、复核员、话务员。" />
        ${mayHaveUnit &&
        html`<${Field} label="单位代码" name="unit" value=${unit} required=${role === "liaison"} problem=${problem}
            hint=${role === "liaison" ? "只能看到本单位及下级单位的结果。" : "县(市、区)评价工作人员填写；留空为全市。"} />`}`;
}

function AddUser({ teams, onDone, onClose }) {
    const action = useWrite();
    const [role, setRole] = useState("office");
    const form = useRef(null);
    const submit = async (event) => {
        event.preventDefault();
        const values = valuesOf(form.current);
        const body = { name: values.name, display_name: values.display_name, role: values.role };
        if (values.team) body.team = values.team;
        if (values.unit) body.unit = values.unit;
        const answer = await action.run("POST", "/api/v1/users", body);
        if (answer) onDone(body.name, answer.password);
    };
    return html`<${Dialog} title="新建账号" onClose=${onClose}>
        <form ref=${form} onSubmit=${submit}>
            <${FormProblem} problem=${action.problem} />
            <${Field} label="账号" name="name" required minlength="2" maxlength="32"
                pattern="[a-z][a-z0-9._\\-]{1,31}" spellcheck="false"
                title="小写字母开头，可含小写字母、数字和 . _ -" hint="小写字母开头，2至32位，可含数字和 . _ -" problem=${action.problem} />
            <${Field} label="姓名" name="display_name" required maxlength="64" problem=${action.problem} />
            <${Field} label="角色" name="role" options=${ROLE_OPTIONS} value=${role} onValue=${setRole}
                problem=${action.problem} />
            <${OptionalFields} teams=${teams} role=${role} problem=${action.problem} />
            <div class="actions">
                <${Act} type="submit" kind="main" write=${action}>新建<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

function ChangeRole({ user, teams, onDone, onClose }) {
    const action = useWrite();
    const [role, setRole] = useState(user.role);
    const form = useRef(null);
    const submit = async (event) => {
        event.preventDefault();
        const values = valuesOf(form.current);
        const body = { role: values.role };
        if (values.team) body.team = values.team;
        if (values.unit) body.unit = values.unit;
        if ((await action.run("POST", pathOf(user, "role"), body)) !== undefined) onDone();
    };
    return html`<${Dialog} title=${`变更 ${user.name} 的角色`} onClose=${onClose}>
        <form ref=${form} onSubmit=${submit}>
            <p>变更后，${user.display_name || user.name} 的登录会话将全部退出。</p>
            <${FormProblem} problem=${action.problem} />
            <${Field} label="角色" name="role" options=${ROLE_OPTIONS} value=${role} onValue=${setRole}
                problem=${action.problem} />
            <${OptionalFields} teams=${teams} role=${role} team=${user.team || ""} unit=${user.unit || ""}
                problem=${action.problem} />
            <div class="actions">
                <${Act} type="submit" kind="main" write=${action}>变更<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

/* What may be done to an account, by verb of the API: title, question, word. */
const VERBS = {
    disable: ["停用账号", (name) => `${name} 将不能再登录，已登录的会话立即退出。`, "停用", true],
    enable: ["启用账号", (name) => `${name} 将可以重新登录。`, "启用", false],
    unlock: ["解除锁定", (name) => `请先核实是否为 ${name} 本人输错密码。解除后可立即登录。`, "解除锁定", false],
    reset: ["重置密码", (name) => `将为 ${name} 生成新的一次性密码，已登录的会话立即退出。`, "重置", true],
    "totp-reset": ["解除动态口令", (name) => `${name} 下次登录时须重新绑定动态口令，原恢复码作废。请先核实身份。`, "解除", true],
};

function actsFor(user, viewer, choose) {
    const verbs = [];
    if (viewer.role === "administrator") {
        if (user.locked_until) verbs.push("unlock");
        verbs.push("reset", user.disabled ? "enable" : "disable");
    }
    if (viewer.role === "security") verbs.push("role", "totp-reset");
    if (user.name === viewer.name) return html`<${Tag}>本人<//>`;
    return verbs.map((verb) => {
        const word = verb === "role" ? "变更角色" : VERBS[verb][0];
        const kind = VERBS[verb] && VERBS[verb][3] ? "plain small danger" : "plain small";
        return html`<button type="button" class=${kind} onClick=${() => choose({ user, verb })}>
            ${word}<span class="unseen">：${user.name}</span>
        </button>`;
    });
}

function columnsFor(viewer, choose) {
    const columns = [
        { label: "账号", isHead: true, kind: "name", cell: (row) => row.name },
        { label: "姓名", cell: (row) => row.display_name },
        { label: "角色", kind: "word", cell: (row) => ROLES[row.role] || row.role },
        { label: "班组／单位", cell: (row) => [row.team, row.unit].filter(Boolean).join("／") || "—" },
        { label: "状态", cell: stateOf },
        { label: "动态口令", cell: (row) => (row.totp ? "已绑定" : "未绑定") },
        { label: "上次登录", kind: "time", cell: (row) => time(row.signed_in_at) },
    ];
    if (viewer.role !== "auditor")
        columns.push({ label: "操作", kind: "acts", cell: (row) => actsFor(row, viewer, choose) });
    return columns;
}

function matches(user, words, role, state) {
    const text = [user.name, user.display_name, user.team, user.unit].join(" ").toLowerCase();
    if (words && !text.includes(words.trim().toLowerCase())) return false;
    if (role && user.role !== role) return false;
    if (state === "disabled") return Boolean(user.disabled);
    if (state === "locked") return Boolean(user.locked_until);
    return state !== "active" || !user.disabled;
}

export function Users({ account }) {
    const list = useList("/api/v1/users");
    const teams = useRead("/api/v1/teams");
    const [words, setWords] = useState("");
    const [role, setRole] = useState("");
    const [state, setState] = useState("");
    const [chosen, setChosen] = useState(null);
    const [isAdding, setAdding] = useState(false);
    const [given, setGiven] = useState(null);
    const action = useWrite();
    const teamRows = teams.value ? teams.value.items : [];

    const act = async () => {
        const answer = await action.run("POST", pathOf(chosen.user, chosen.verb), {});
        if (answer === undefined) return undefined;
        announce(`${VERBS[chosen.verb][0]}：已完成`);
        if (chosen.verb === "reset") setGiven({ user: chosen.user.name, password: answer.password });
        list.reload();
        return answer;
    };
    const choose = (choice) => {
        action.clear();
        setChosen(choice);
    };
    const shown = (items) => items.filter((user) => matches(user, words, role, state));
    const add = account.role === "administrator" &&
        html`<button type="button" class="main" onClick=${() => setAdding(true)}>新建账号</button>`;
    return html`<${Page} title="账号" actions=${add}>
        <div class="filters" role="search" aria-label="筛选账号">
            <${Field} label="查找" name="words" type="search" placeholder="账号、姓名、班组、单位" value=${words}
                onValue=${setWords} />
            <${Field} label="角色" name="role" options=${[["", "全部"]].concat(ROLE_OPTIONS)} value=${role}
                onValue=${setRole} />
            <${Field} label="状态" name="state" value=${state} onValue=${setState}
                options=${[["", "全部"], ["active", "启用"], ["locked", "已锁定"], ["disabled", "已停用"]]} />
        </div>
        <${Loaded} source=${list}>
            ${(items) => html`<${Table} caption=${`账号（${list.hasMore ? "已读取的" : ""}${shown(items).length}个）`}
                columns=${columnsFor(account, choose)}
                rows=${shown(items)} keyOf=${(row) => row.name} kindOf=${(row) => (row.disabled ? "faint" : null)}
                empty="没有符合条件的账号。" />`}
        <//>
        <${More} list=${list} />
        ${isAdding &&
        html`<${AddUser} teams=${teamRows} onClose=${() => setAdding(false)}
            onDone=${(user, password) => {
                setAdding(false);
                setGiven({ user, password });
                list.reload();
            }} />`}
        ${given && html`<${OneTime} user=${given.user} password=${given.password} onClose=${() => setGiven(null)} />`}
        ${chosen && chosen.verb === "role" &&
        html`<${ChangeRole} user=${chosen.user} teams=${teamRows} onClose=${() => setChosen(null)}
            onDone=${() => {
                setChosen(null);
                announce("角色已变更");
                list.reload();
            }} />`}
        ${chosen && chosen.verb !== "role" &&
        html`<${Confirm} title=${VERBS[chosen.verb][0]} question=${VERBS[chosen.verb][1](chosen.user.name)}
            word=${VERBS[chosen.verb][2]}
            isDangerous=${VERBS[chosen.verb][3]} action=${action} onConfirm=${act} onClose=${() => setChosen(null)} />`}
    <//>`;
}
