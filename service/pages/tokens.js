/* Tokens of other systems. */

import { html, useRef, useState } from "./standalone.module.js";
import { time } from "./figures.js";
import {
    Act, Confirm, Dialog, Field, FormProblem, Loaded, Page, Secret, Table, Tag, announce, useList,
    useWrite, valuesOf,
} from "./parts.js";
import { SCOPES } from "./words.js";

function scopesOf(row) {
    const words = Array.isArray(row.scopes) ? row.scopes : String(row.scopes).split(" ");
    return words.map((word) => SCOPES[word] || word).join("、");
}

function AddToken({ onDone, onClose }) {
    const action = useWrite();
    const [mismatch, setMismatch] = useState(null);
    const form = useRef(null);
    const submit = async (event) => {
        event.preventDefault();
        const values = valuesOf(form.current);
        const scopes = Object.keys(SCOPES).filter((scope) => values[scope]);
        if (scopes.length === 0) {
            setMismatch({ message: "请至少选择一项权限。" });
            return;
        }
        setMismatch(null);
        const body = { name: values.name, scopes, days: Number(values.days) };
        const answer = await action.run("POST", "/api/v1/tokens", body);
        if (answer) onDone(answer.token || "");
    };
    return html`<${Dialog} title="新建接口令牌" onClose=${onClose}>
        <form ref=${form} onSubmit=${submit}>
            <${FormProblem} problem=${action.problem || mismatch} />
            <${Field} label="名称" name="name" required maxlength="64" hint="用途或对接系统的名称。" problem=${action.problem} />
            <fieldset>
                <legend>权限</legend>
                ${Object.keys(SCOPES).map(
                    (scope) => html`<label class="check"><input type="checkbox"
                        name=${scope} /> ${SCOPES[scope]}</label>`,
                )}
            </fieldset>
            <${Field} label="有效期（天）" name="days" type="number" min="1" max="366" required value="180"
                problem=${action.problem} />
            <div class="actions">
                <${Act} type="submit" kind="main" write=${action}>新建<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

export function Tokens() {
    const list = useList("/api/v1/tokens");
    const [isAdding, setAdding] = useState(false);
    const [given, setGiven] = useState(null);
    const [chosen, setChosen] = useState(null);
    const action = useWrite();
    const revoke = async () => {
        const done = await action.run("DELETE", `/api/v1/tokens/${chosen.id}`);
        if (done !== undefined) {
            announce("令牌已撤销");
            list.reload();
        }
        return done;
    };
    const columns = [
        { label: "名称", isHead: true, cell: (row) => row.name },
        { label: "权限", cell: scopesOf },
        { label: "建立", kind: "time", cell: (row) => time(row.created_at) },
        { label: "建立人", cell: (row) => row.created_by },
        { label: "到期", kind: "time", cell: (row) => time(row.expires_at) },
        {
            label: "操作",
            kind: "acts",
            cell: (row) =>
                row.revoked_at
                    ? html`<${Tag}>已撤销<//>`
                    : html`<button type="button" class="plain small danger" onClick=${() => setChosen(row)}>
                          撤销<span class="unseen">：${row.name}</span>
                      </button>`,
        },
    ];
    const add = html`<button type="button" class="main" onClick=${() => setAdding(true)}>新建令牌</button>`;
    return html`<${Page} title="接口令牌" lead="供其他系统调用接口使用。令牌等同于密码，请按最小权限发放。" actions=${add}>
        <${Loaded} source=${list}>
            ${(items) => html`<${Table} caption="接口令牌" columns=${columns} rows=${items} keyOf=${(row) => row.id}
                kindOf=${(row) => (row.revoked_at ? "faint" : null)} empty="还没有接口令牌。" />`}
        <//>
        ${isAdding &&
        html`<${AddToken} onClose=${() => setAdding(false)}
            onDone=${(token) => {
                setAdding(false);
                setGiven({ token });
                list.reload();
            }} />`}
        ${given &&
        html`<${Dialog} title="接口令牌" isFirm onClose=${() => setGiven(null)}>
            ${given.token
                ? html`<p><strong>只显示这一次</strong>，请立即存入对接系统的配置。</p><${Secret} label="令牌" value=${given.token} />`
                : html`<p>令牌已建立，但网络中断未能送达。请撤销后重新建立。</p>`}
            <div class="actions"><button type="button" class="main"
                onClick=${() => setGiven(null)}>已保存，关闭</button></div>
        <//>`}
        ${chosen &&
        html`<${Confirm} title="撤销令牌" word="撤销" isDangerous action=${action} onConfirm=${revoke}
            onClose=${() => setChosen(null)}
            question=${`使用“${chosen.name}”的系统将立即不能调用接口，且不能恢复。`} />`}
    <//>`;
}
