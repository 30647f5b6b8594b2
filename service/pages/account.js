/* One's own account: password, TOTP, recovery codes, sessions. */

import { html, useRef, useState } from "./standalone.module.js";
import { time } from "./figures.js";
import {
    Act, Alert, Confirm, Dialog, Facts, Field, FormProblem, Loaded, Page, Tag, announce, useList,
    useWrite, valuesOf,
} from "./parts.js";
import { PasswordForm, RecoveryCodes, TotpSetup } from "./sign_in.js";
import { SessionTable } from "./sessions.js";

function RenewCodes({ onDone }) {
    const action = useWrite();
    const [codes, setCodes] = useState(null);
    const form = useRef(null);
    const submit = async (event) => {
        event.preventDefault();
        const body = { totp: valuesOf(form.current).totp };
        const answer = await action.run("POST", "/api/v1/account/recovery-codes", body);
        if (answer) setCodes(answer.recovery_codes);
    };
    if (codes) return html`<${RecoveryCodes} codes=${codes} onDone=${onDone} />`;
    return html`<form ref=${form} onSubmit=${submit}>
        <p>重新生成后，原有恢复码全部作废。</p>
        <${FormProblem} problem=${action.problem} />
        <${Field} label="动态口令" name="totp" required inputmode="numeric" autocomplete="one-time-code"
            pattern="[0-9]{6}"
            maxlength="6" title="6位数字" problem=${action.problem} />
        <div class="actions">
            <${Act} type="submit" kind="main" write=${action}>重新生成<//>
            <button type="button" class="plain" onClick=${onDone}>取消</button>
        </div>
    </form>`;
}

function OwnSessions() {
    const list = useList("/api/v1/account/sessions");
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
    return html`<${Loaded} source=${list}>
        ${(items) => html`<${SessionTable} caption="我的登录会话" items=${items} onEnd=${setChosen} />`}
    <//>
    ${chosen &&
    html`<${Confirm} title="终止会话" word="终止" isDangerous action=${action} onConfirm=${end}
        onClose=${() => setChosen(null)}
        question=${`来自 ${chosen.address || "未知地址"}、${time(chosen.created_at)} 登录的会话将立即退出。如非本人登录，请随后修改密码。`} />`}`;
}

export function Account({ account, refresh }) {
    const [open, setOpen] = useState("");
    const [notice, setNotice] = useState("");
    const close = () => {
        setOpen("");
        refresh();
    };
    const left = account.recovery_codes_left; /* null: no TOTP is bound */
    const isBound = left !== null && left !== undefined;
    return html`<${Page} title="我的账号">
        <${Alert} kind="good">${notice}<//>
        <div class="columns">
            <section class="card">
                <h2>基本情况</h2>
                <${Facts} pairs=${[
                    ["账号", account.name],
                    ["姓名", account.display_name],
                    ["角色", account.role_zh],
                    ["班组", account.team],
                    ["单位", account.unit],
                ]} />
                <h2>动态口令</h2>
                ${isBound
                    ? html`<p>已绑定。剩余恢复码 <strong>${left}</strong> 个${left <= 2 ? html`　<${Tag}
                        kind="warn">请重新生成<//>` : ""}</p>`
                    : html`<p>未绑定。</p>`}
                ${isBound && html`<p class="hint">更换手机的，请联系安全管理员解除后重新绑定。</p>`}
                <div class="actions">
                    ${!isBound && html`<button type="button" class="plain"
                        onClick=${() => setOpen("totp")}>绑定</button>`}
                    ${isBound && html`<button type="button" class="plain"
                        onClick=${() => setOpen("codes")}>重新生成恢复码</button>`}
                </div>
            </section>
            <section class="card">
                <h2>修改密码</h2>
                <${PasswordForm} onDone=${() => setNotice("密码已修改，其他会话已退出。")} />
            </section>
        </div>
        <${OwnSessions} />
        ${open === "totp" &&
        html`<${Dialog} title="绑定动态口令" isWide onClose=${close}>
            <${TotpSetup} onDone=${close} onCancel=${close} />
        <//>`}
        ${open === "codes" &&
        html`<${Dialog} title="重新生成恢复码" onClose=${close}><${RenewCodes} onDone=${close} /><//>`}
    <//>`;
}
