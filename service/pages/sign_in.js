/* From nobody to a full session: name and password, then a code where one is asked for, then, the first time,
 * a password of one's own and the binding of a TOTP app. */

import { html, useEffect, useRef, useState } from "./standalone.module.js";
import { duration } from "./figures.js";
import {
    Act, Alert, Facts, Field, FormProblem, Page, Secret, announce, useCountdown, useWrite, valuesOf,
} from "./parts.js";

function CodeField({ isRecovery, problem }) {
    const box = useRef(null);
    useEffect(() => {
        const input = box.current && box.current.querySelector("input");
        if (input) input.focus();
    }, [isRecovery]);
    return html`<div ref=${box}>
        ${isRecovery
            ? html`<${Field} key="recovery" label="恢复码" name="recovery" required autocapitalize="none"
                spellcheck="false"
                  hint="绑定时保存的恢复码，每个只能用一次。" problem=${problem} />`
            : html`<${Field} key="totp" label="动态口令" name="totp" required inputmode="numeric"
                autocomplete="one-time-code"
                  pattern="[0-9]{6}" maxlength="6" title="6位数字" hint="手机验证器上显示的6位数字。" problem=${problem} />`}
    </div>`;
}

/* `notice` says why one has to sign in again. */
export function SignIn({ notice, onSignedIn }) {
    const action = useWrite();
    const [first, setFirst] = useState(null); /* name and password while a code is asked for; gone afterwards */
    const [isRecovery, setRecovery] = useState(false);
    const [blockedUntil, setBlockedUntil] = useState(0);
    const left = useCountdown(blockedUntil);
    const form = useRef(null);

    const submit = async (event) => {
        event.preventDefault();
        if (left > 0 || action.isBusy) return;
        const values = valuesOf(form.current);
        const body = first ? Object.assign({}, first, values) : { name: values.name, password: values.password };
        const answer = await action.run("POST", "/api/v1/sessions", body);
        if (answer) {
            setFirst(null);
            onSignedIn(answer);
        }
    };
    useEffect(() => {
        const problem = action.problem;
        if (!problem) return;
        if (problem.code === "totp_required") {
            setFirst(valuesOf(form.current));
            action.clear();
            announce("密码正确，请输入动态口令");
            return;
        }
        if (problem.retryAfter > 0) setBlockedUntil(Date.now() + problem.retryAfter * 1000);
        const secrets = "input[name=totp], input[name=recovery], input[name=password]";
        const field = form.current && form.current.querySelector(secrets);
        if (field) {
            if (problem.status === 401) field.value = ""; /* else it was not looked at, and may be right */
            field.focus();
        }
    }, [action.problem]);

    useEffect(() => {
        if (!first) form.current.elements.name.focus();
    }, [first]);

    const again = () => {
        setFirst(null);
        setRecovery(false);
        action.clear();
    };
    return html`<${Page} title="登录" kind="gate">
        <form ref=${form} class="card" onSubmit=${submit}>
            ${notice && html`<${Alert} kind="note">${notice}<//>`}
            <${FormProblem} problem=${action.problem} />
            ${left > 0 && html`<p class="countdown" role="timer">请在 <strong>${duration(left)}</strong> 后重试</p>`}
            ${!first &&
            html`<${Field} label="账号" name="name" required autocomplete="username" autocapitalize="none"
                    spellcheck="false" maxlength="32" />
                <${Field} label="密码" name="password" type="password" required autocomplete="current-password" />`}
            ${first && html`<p>账号：<strong>${first.name}</strong></p>
                <${CodeField} isRecovery=${isRecovery} problem=${action.problem} />`}
            <${Act} type="submit" kind="main full" write=${action} busy="正在登录……"
                aria-disabled=${left > 0 ? "true" : null}>登录<//>
            ${first &&
            html`<p class="links">
                <button type="button" class="link" onClick=${() => setRecovery(!isRecovery)}>
                    ${isRecovery ? "使用动态口令" : "手机不在身边，使用恢复码"}
                </button>
                <button type="button" class="link" onClick=${again}>换一个账号</button>
            </p>`}
            ${!first && html`<p class="hint">忘记密码或账号被锁定，请联系系统管理员。</p>`}
        </form>
    <//>`;
}

/* Used for the first password and for later ones. onDone after the change. */
export function PasswordForm({ onDone, word = "修改密码" }) {
    const action = useWrite();
    const [mismatch, setMismatch] = useState(null);
    const form = useRef(null);
    const submit = async (event) => {
        event.preventDefault();
        const values = valuesOf(form.current);
        if (values.new !== values.again) {
            setMismatch({ field: "again", message: "两次输入的新密码不一致，请重新输入。" });
            form.current.elements.again.focus();
            return;
        }
        setMismatch(null);
        const body = { current: values.current, new: values.new };
        const answer = await action.run("POST", "/api/v1/account/password", body);
        if (answer === undefined) return;
        form.current.reset();
        announce("密码已修改");
        onDone(answer);
    };
    return html`<form ref=${form} onSubmit=${submit}>
        <${FormProblem} problem=${action.problem || mismatch} />
        <${Field} label="当前密码" name="current" type="password" required autocomplete="current-password"
            problem=${action.problem} />
        <${Field} label="新密码" name="new" type="password" required minlength="10" autocomplete="new-password"
            hint="至少10个字符；不能是常见密码，不能含账号名。" problem=${action.problem} />
        <${Field} label="再次输入新密码" name="again" type="password" required autocomplete="new-password"
            problem=${mismatch} />
        <${Act} type="submit" kind="main" write=${action}>${word}<//>
    </form>`;
}

export function FirstPassword({ account, onDone }) {
    return html`<${Page} title="设置新密码" kind="gate">
        <div class="card">
            <p>${account.display_name || account.name}，您使用的是管理员发放的一次性密码，请先换成自己的密码。</p>
            <${PasswordForm} word="保存新密码" onDone=${onDone} />
        </div>
    <//>`;
}

/* Shown once: to be printed or copied before one goes on. */
export function RecoveryCodes({ codes, onDone }) {
    const [isSaved, setSaved] = useState(false);
    const heading = useRef(null);
    useEffect(() => {
        if (heading.current) heading.current.focus();
    }, []);
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(codes.join("\n"));
            announce("已复制");
        } catch (refused) {
            announce("浏览器不允许复制，请打印或抄录");
        }
    };
    return html`<section class="codes">
        <h2 ref=${heading} tabindex="-1">恢复码</h2>
        <p>手机丢失或更换时，可用恢复码代替动态口令登录。每个只能用一次，<strong>只在此处显示这一次</strong>，请打印或抄录后妥善保管。</p>
        <ol class="code-list">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ol>
        <div class="actions no-print">
            <button type="button" class="plain" onClick=${() => window.print()}>打印</button>
            <button type="button" class="plain" onClick=${copy}>复制</button>
        </div>
        <div class="saved no-print">
            <label class="check">
                <input type="checkbox" checked=${isSaved}
                    onChange=${(event) => setSaved(event.currentTarget.checked)} />
                我已保存恢复码
            </label>
            <button type="button" class="main" disabled=${!isSaved} onClick=${onDone}>继续</button>
        </div>
    </section>`;
}

/* The QR code comes as SVG and is shown as an image: so nothing in it can run. */
export function TotpSetup({ onDone, onCancel }) {
    const begin = useWrite();
    const confirm = useWrite();
    const [offer, setOffer] = useState(null);
    const [codes, setCodes] = useState(null);
    const form = useRef(null);
    const start = async () => {
        const answer = await begin.run("POST", "/api/v1/account/totp", {});
        if (answer) setOffer(answer);
    };
    useEffect(() => {
        start();
    }, []);
    const submit = async (event) => {
        event.preventDefault();
        const answer = await confirm.run("POST", "/api/v1/account/totp/confirm", { code: valuesOf(form.current).code });
        if (answer) {
            setCodes(answer.recovery_codes);
            announce("动态口令已绑定");
        } else if (form.current) {
            form.current.elements.code.select();
        }
    };
    if (codes) return html`<${RecoveryCodes} codes=${codes} onDone=${onDone} />`;
    if (!offer)
        return html`<${Alert} problem=${begin.problem} />
            <${Act} kind="main" write=${begin} busy="正在生成密钥……" onClick=${start}>重试<//>`;
    return html`<div class="totp">
        <img src=${`data:image/svg+xml;charset=utf-8,${encodeURIComponent(offer.qr_svg)}`}
            alt="绑定动态口令的二维码；不便扫码时请使用右侧的密钥"
            width="190" height="190" />
        <div>
            <ol class="steps">
                <li>在手机上打开验证器应用（支持 TOTP 的均可），扫描二维码；</li>
                <li>不便扫码的，在应用中选择“手动输入”，填写密钥；</li>
                <li>输入应用显示的6位数字。</li>
            </ol>
            <${Secret} label="密钥" value=${offer.secret} />
            <form ref=${form} onSubmit=${submit}>
                <${FormProblem} problem=${confirm.problem} />
                <${Field} label="动态口令" name="code" required inputmode="numeric" autocomplete="one-time-code"
                    pattern="[0-9]{6}"
                    maxlength="6" title="6位数字" problem=${confirm.problem} />
                <div class="actions">
                    <${Act} type="submit" kind="main" write=${confirm}>确认绑定<//>
                    ${onCancel && html`<button type="button" class="plain" onClick=${onCancel}>取消</button>`}
                </div>
            </form>
        </div>
    </div>`;
}

export function FirstTotp({ account, onDone }) {
    return html`<${Page} title="绑定动态口令" kind="gate wide">
        <div class="card">
            <${Facts} pairs=${[["账号", `${account.name}（${account.role_zh}）`]]} />
            <p>按规定，本角色登录时除密码外还须输入动态口令。</p>
            <${TotpSetup} onDone=${onDone} />
        </div>
    <//>`;
}
