/* The caller's desk: what desk_model.js holds, in three panes: the case, what is to be done now, how the call ended. */

import { html, useEffect, useLayoutEffect, useRef, useState } from "./standalone.module.js";
import { clock } from "./figures.js";
import { Alert, Confirm, Dialog, Field, Loaded, Page, announce, guardLeaving, useRead } from "./parts.js";
import { CasePane } from "./desk_case.js";
import { Dispositions } from "./desk_finish.js";
import { KeyTable, useKeys } from "./desk_keys.js";
import { DeskModel } from "./desk_model.js";
import { Middle } from "./desk_now.js";
import { Watermark, clockWords } from "./desk_script.js";
import { deskService } from "./desk_service.js";
import { practiceService } from "./practice.js";

const AMBER_S = 180;
const RED_S = 60;

/* Kept while somebody signs in again or looks at another page, for what was not saved yet. */
let kept = null;
guardLeaving(() => Boolean(kept) && kept.model.isUnsaved);

function modelOf(account) {
    if (!kept || kept.name !== account.name) kept = { name: account.name, model: new DeskModel(deskService) };
    return kept.model;
}

function useTick(isOn) {
    const [, setTick] = useState(0);
    useEffect(() => {
        if (!isOn) return undefined;
        const timer = setInterval(() => setTick((old) => old + 1), 1000);
        return () => clearInterval(timer);
    }, [isOn]);
}

/* ---- the right ---- */

function Lease({ model }) {
    const isHeld = model.phase === "ready" || model.phase === "call";
    useTick(isHeld);
    const left = isHeld ? Math.max(0, Math.ceil((model.leaseEnd - Date.now()) / 1000)) : null;
    const level = left === null ? "" : left <= RED_S ? "red" : left <= AMBER_S ? "amber" : "calm";
    useEffect(() => {
        if (level === "amber" || level === "red") announce(`样本占用还剩 ${left} 秒，按任意键续期`);
    }, [level]);
    if (left === null) return html`<span class="lease">没有占用样本</span>`;
    return html`<span class=${`lease ${level}`}>
        ${left > 0
            ? html`占用剩余 <strong role="timer">${clockWords(left)}</strong>`
            : html`<strong>占用已到期</strong>`}
        ${level !== "calm" && html`<small>按任意键${left > 0 ? "续期" : "核实"}</small>`}
    </span>`;
}

const SAVED_WORDS = { saved: "已保存", saving: "保存中", unsaved: "未保存" };

function Saved({ model }) {
    const state = model.keeping;
    const isLate = state === "unsaved";
    const wasLate = useRef(false);
    useTick(state !== "saved");
    useEffect(() => {
        if (isLate) announce("连不上服务器，回答还没有保存，请继续");
        else if (wasLate.current) announce("已保存");
        wasLate.current = isLate;
    }, [isLate]);
    return html`<span class=${`keeping is-${state}`}>
        ${SAVED_WORDS[state]}${isLate ? ` ${model.saver.entries.length} 题，连不上服务器，正在重试，请继续` : ""}
    </span>`;
}

function Today({ today, shift, isWide }) {
    const pairs = [["拨打", today.dials], ["完成", today.completes], ["部分", today.partials], ["拒访", today.refusals],
        ["通话分钟", Math.round(today.seconds / 60)]];
    return html`<h3>本人今日</h3><dl class=${isWide ? "today wide" : "today"}>
        ${pairs.map(([word, value]) => html`<div><dt>${word}</dt><dd>${value}</dd></div>`)}
        <div><dt>班次</dt><dd>${shift ? `${clock(shift.since)} 起` : "未签到"}</dd></div>
    </dl>`;
}

/* ---- dialogs ---- */

function NumberForm({ model, onClose }) {
    const [number, setNumber] = useState("");
    const submit = async (event) => {
        event.preventDefault();
        if (await model.addNumber(number.replace(/[\s-]/g, ""))) onClose();
    };
    return html`<${Dialog} title="补充号码" onClose=${onClose}>
        <form onSubmit=${submit}>
            <${Alert} problem=${model.problem} />
            <${Field} label="本人的其他号码" name="number" value=${number} onValue=${setNumber} inputmode="tel" required
                hint="手机，或带区号的固定电话。" problem=${model.problem} />
            <div class="actions">
                <button type="submit" class="main">保存</button>
                <button type="button" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

/* ---- the page ---- */

function useModel(model) {
    const [, setTurn] = useState(0);
    useEffect(() => {
        model.onChange = () => setTurn((old) => old + 1);
        model.open();
        const onSeen = () => {
            const isFree = model.phase === "off" || model.phase === "idle" || model.phase === "done";
            if (isFree && document.visibilityState === "visible") model.refresh();
        };
        document.addEventListener("visibilitychange", onSeen);
        return () => {
            document.removeEventListener("visibilitychange", onSeen);
            model.close();
        };
    }, [model]);
}

/* What is above the panes differs: they are told where they begin, and reach down to the window's end. */
function useTop() {
    const box = useRef(null);
    useLayoutEffect(() => {
        if (!box.current) return;
        const top = box.current.getBoundingClientRect().top + window.pageYOffset;
        box.current.style.setProperty("--top", `${Math.ceil(top)}px`);
    });
    return box;
}

function EndShift({ model, onClose }) {
    return html`<${Confirm} title="签退" question="确定现在签退吗？签退后不再领取样本。" word="签退" action=${model}
        onConfirm=${() => model.end()} onClose=${onClose} />`;
}

function Desk({ account, model, isPractice }) {
    const [shown, setShown] = useState("");
    const [areKeysOn, setKeysOn] = useState(true);
    const link = useRef(null);
    const columns = useTop();
    const close = () => {
        model.forgetProblem();
        setShown("");
    };
    const open = (name) => {
        if (name === "practice") {
            window.location.hash = isPractice ? "#/desk" : "#/desk/practice";
            return;
        }
        if (name !== "keys") model.forgetProblem(); /* it was of something else */
        setShown(name);
    };
    useModel(model);
    useKeys(model, areKeysOn, link, open);

    if (model.phase === "loading")
        return html`<${Page} title="电话测评">
            ${model.problem
                ? html`<${Alert} problem=${model.problem} />
                    <button type="button" class="main" onClick=${() => model.open()}>重试</button>`
                : html`<p class="loading" role="status">正在读取……</p>`}
        <//>`;
    const { desk, work, phase } = model;
    const isFree = !work;
    const actions = html`
        <button type="button" aria-keyshortcuts="?" onClick=${() => open("keys")}><kbd>?</kbd>快捷键</button>
        ${isPractice
            ? html`<a href="#/desk" role="button">${isFree && html`<kbd>L</kbd>`}退出练习</a>`
            : isFree && html`<a href="#/desk/practice" role="button"><kbd>L</kbd>练习</a>`}
        ${isFree && desk.shift &&
        html`<button type="button" aria-keyshortcuts="E" onClick=${() => open("end")}><kbd>E</kbd>签退</button>`}`;
    const title = isPractice ? "电话测评练习" : "电话测评";
    return html`<${Page} title=${title} kind=${isPractice ? "desk practice" : "desk"} actions=${actions}>
        ${isPractice &&
        html`<p class="practice-bar"><strong>练习</strong>人物、诉求、号码均为虚构，操作不发出、不留存。</p>`}
        <div class="desk-columns" ref=${columns}>
            ${work
                ? html`<${CasePane} model=${model} />`
                : html`<section class="pane empty-case" aria-label="样本"><p class="hint">还没有样本。</p></section>`}
            <section class="pane middle" aria-label="当前操作"><${Middle} model=${model} link=${link}
                onAdd=${() => open("number")} isAdding=${shown === "number"} /></section>
            <section class="pane right" aria-label="拨打结果与今日情况">
                <div class="pane-head">
                    <${Lease} model=${model} />
                    ${phase === "call" && html`<${Saved} model=${model} />`}
                </div>
                ${work && html`<${Dispositions} model=${model} />`}
                <${Today} today=${desk.today} shift=${desk.shift} isWide=${isFree} />
            </section>
        </div>
        ${phase === "call" && model.number &&
        html`<${Watermark} account=${account} />`}
        ${shown === "keys" &&
        html`<${KeyTable} model=${model} areOn=${areKeysOn} onSwitch=${setKeysOn} onClose=${close} />`}
        ${shown === "number" && work && html`<${NumberForm} model=${model} onClose=${close} />`}
        ${shown === "end" && html`<${EndShift} model=${model} onClose=${close} />`}
    <//>`;
}

function Practice({ account }) {
    const source = useRead("/api/v1/followup/desk");
    const model = useRef(null);
    return html`<${Loaded} source=${source}>
        ${(desk) => {
            if (desk.practice.length === 0) return html`<${Page} title="电话测评练习"><p>没有练习样本。</p><//>`;
            if (!model.current) model.current = new DeskModel(practiceService(desk));
            return html`<${Desk} account=${account} model=${model.current} isPractice=${true} />`;
        }}
    <//>`;
}

export function CallerDesk({ account, path }) {
    if (path[0] === "practice") return html`<${Practice} account=${account} />`;
    return html`<${Desk} account=${account} model=${modelOf(account)} isPractice=${false} />`;
}
