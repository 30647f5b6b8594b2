/* The caller's desk: what desk_model.js holds, in three panes, and the keys. Left the case, in the middle what is to be
 * done now, at the right how the call ended. */

import { html, useEffect, useLayoutEffect, useRef, useState } from "./standalone.module.js";
import { Alert, Confirm, Dialog, Field, Loaded, Page, announce, useCountdown, useRead } from "./parts.js";
import { time } from "./figures.js";
import { CasePane } from "./desk_case.js";
import { DeskModel } from "./desk_model.js";
import { Dispositions, FinishPanel, lettersOf } from "./desk_finish.js";
import { Answered, NumberShown, ScriptPane, Watermark, clockWords } from "./desk_script.js";
import { deskService } from "./desk_service.js";
import { practiceService } from "./practice.js";
import { NEXT_STEPS, say } from "./words.js";

const AMBER_S = 180;
const RED_S = 60;

/* Kept while somebody signs in again on this page, for what was not saved yet. */
let kept = null;

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

/* The heading of what is to be done now takes the focus, so that Enter means its main key. */
function Now({ title, children, kind }) {
    const head = useRef(null);
    useLayoutEffect(() => head.current.focus({ preventScroll: true }), [title]);
    return html`<div class=${`now ${kind || ""}`}>
        <h2 tabindex="-1" ref=${head}>${title}</h2>
        ${children}
    </div>`;
}

function Key({ k, kind, model, onClick, children }) {
    const isBusy = Boolean(model.busy);
    return html`<button type="button" class=${kind || null} aria-disabled=${isBusy ? "true" : null}
        aria-keyshortcuts=${k} onClick=${() => !isBusy && onClick()}><kbd>${k}</kbd>${children}</button>`;
}

/* ---- the middle ---- */

function clockOf(text) {
    return text ? `${time(text).slice(5, 10)} ${time(text).slice(11, 16)}` : "";
}

function Hours({ hours, campaigns }) {
    if (campaigns.length === 0) return html`<p class="alert note">目前没有进行中的电话测评。</p>`;
    if (hours.is_open) return hours.until && html`<p class="hint">本时段到 ${time(hours.until).slice(11, 16)} 为止。</p>`;
    return html`<p class="alert note">现在不是拨打时段${hours.opens_at ? `，${clockOf(hours.opens_at)} 开始` : ""}。</p>`;
}

function Off({ model }) {
    const title = model.ended ? `已签退，本班 ${model.ended.minutes} 分钟` : "尚未签到";
    return html`<${Now} title=${title}>
        <${Hours} hours=${model.desk.hours} campaigns=${model.desk.campaigns} />
        <${Key} k="Enter" kind="main large" model=${model} onClick=${() => model.begin()}>签到<//>
        <p class="hint">签到后开始计考勤，才能领取样本。</p>
    <//>`;
}

function Idle({ model }) {
    return html`<${Now} title="可以领取下一件">
        <${Hours} hours=${model.desk.hours} campaigns=${model.desk.campaigns} />
        <${Key} k="Enter" kind="main large" model=${model} onClick=${() => model.next()}>下一件<//>
    <//>`;
}

function Waiting({ model }) {
    const left = useCountdown(model.askAt);
    return html`<${Now} title="现在没有到时间的样本">
        <p class="big-time" role="timer">${clockWords(left)}</p>
        <p>到时自动再要一次，不用一直按。</p>
        <${Key} k="Enter" model=${model} onClick=${() => model.next()}>现在就要<//>
        <${Key} k="Esc" model=${model} onClick=${() => model.rest()}>不等了<//>
    <//>`;
}

function Done({ model }) {
    const { receipt } = model;
    const offer = model.desk.dispositions.find((each) => each.code === receipt.disposition);
    const words = say(NEXT_STEPS, receipt.next) + (receipt.next_at ? `，${clockOf(receipt.next_at)}` : "");
    return html`<${Now} title=${`已记录：${offer ? offer.name : receipt.disposition}`} kind="done">
        <p>样本 ${receipt.case}：${words}。<small>回执 ${receipt.attempt}</small></p>
        <${Key} k="Enter" kind="main large" model=${model} onClick=${() => model.next()}>下一件<//>
        <${Key} k="Esc" model=${model} onClick=${() => model.rest()}>歇一下<//>
    <//>`;
}

function Ready({ model, onAdd }) {
    const number = model.work.numbers.find((each) => each.no === model.numberNo);
    const title = model.receipt ? "换下一个号码拨打" : "看清诉求，再拨打";
    return html`<${Now} title=${title} key=${`${model.work.id} ${model.numberNo}`}>
        ${number
            ? html`<p class="masked">${number.masked}</p>
                <${Key} k="D" kind="main large" model=${model} onClick=${() => model.dial()}>拨打<//>
                <p class="hint"><kbd>Enter</kbd> 也可以。拨打后显示完整号码，查看会被记录。</p>`
            : html`<p class="alert note">今天没有可以拨打的号码：请退回，或者补充号码。</p>`}
        <p class="others">
            <${Key} k="R" model=${model} onClick=${() => model.giveBack()}>退回不拨<//>
            <${Key} k="U" model=${model} onClick=${onAdd}>补充号码<//>
        </p>
    <//>`;
}

function Middle({ model, link, onAdd }) {
    const views = { off: Off, idle: Idle, waiting: Waiting, done: Done, ready: Ready };
    if (model.phase === "call")
        return html`<${NumberShown} model=${model} link=${link} />
            ${!model.chosen && html`<${Alert} problem=${model.problem} />`}
            ${model.chosen ? html`<${FinishPanel} model=${model} />` : html`<${ScriptPane} model=${model} />`}
            <${Answered} model=${model} />`;
    return html`<${Alert} problem=${model.problem} /><${views[model.phase]} model=${model} onAdd=${onAdd} />`;
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
        ${left > 0 ? html`占用剩余 <strong role="timer">${clockWords(left)}</strong>` : html`<strong>占用已到期</strong>`}
        ${level !== "calm" && html`<small>按任意键续期</small>`}
    </span>`;
}

const SAVED_WORDS = { saved: "已保存", saving: "保存中", unsaved: "未保存" };

function Saved({ model }) {
    const { state, entries } = model.saver;
    useTick(state !== "saved");
    return html`<span class=${`keeping is-${state}`} role="status">
        ${SAVED_WORDS[state]}${state === "unsaved" ? ` ${entries.length} 题，连不上服务器，正在重试，请继续` : ""}
    </span>`;
}

function Today({ today, shift, isWide }) {
    const pairs = [["拨打", today.dials], ["完成", today.completes], ["部分", today.partials], ["拒访", today.refusals],
        ["通话分钟", Math.round(today.seconds / 60)]];
    return html`<h3>今日本人</h3><dl class=${isWide ? "today wide" : "today"}>
        ${pairs.map(([word, value]) => html`<div><dt>${word}</dt><dd>${value}</dd></div>`)}
        <div><dt>班次</dt><dd>${shift ? `${time(shift.since).slice(11, 16)} 起` : "未签到"}</dd></div>
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

const KEYS = [
    ["Enter", "当前的主要操作：签到、下一件、拨打、记录结果"],
    ["D", "拨打；通话中用话机拨出号码"],
    ["1 至 9", "选择当前一题的答案；选号码、语言"],
    ["← 退格", "回到上一题，可以改答"],
    ["→", "下一题；不是必答的题可以跳过"],
    ["Esc", "取消所选的结果，回到提问"],
    ["R", "退回没有拨打的样本"],
    ["U", "补充号码"],
    ["E", "签退"],
    ["L", "练习"],
    ["?", "显示这张表"],
];

function KeyTable({ model, areOn, onSwitch, onClose }) {
    return html`<${Dialog} title="快捷键" onClose=${onClose} isWide=${true}>
        <div class="key-table">
            <dl>${KEYS.map(([key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}</dl>
            <dl>${lettersOf(model.desk.dispositions).map(({ offer, letter }) => html`<div>
                <dt><kbd>${letter.toUpperCase()}</kbd></dt><dd>${offer.name}<small>${offer.then}</small></dd></div>`)}</dl>
        </div>
        <label class="check"><input type="checkbox" checked=${areOn}
            onChange=${(event) => onSwitch(event.currentTarget.checked)} />使用单键快捷键（与读屏软件冲突时可以关闭）</label>
        <div class="actions"><button type="button" class="main" onClick=${onClose}>关闭</button></div>
    <//>`;
}

/* ---- keys ---- */

function isTyping(target) {
    return target instanceof Element && Boolean(target.closest("textarea, select, input:not([type=checkbox])"));
}

function callKey(model, key, link, onAdd) {
    if (model.chosen && model.onPanelKey && model.onPanelKey(key)) return true;
    if (key === "Backspace" || key === "ArrowLeft") model.go(-1);
    else if (key === "ArrowRight" && !model.chosen && model.step && (model.answers[model.step.key] || !model.step.item.is_required))
        model.go(1);
    else if (key === "Escape" && model.chosen) model.unchoose();
    else if (/^[1-9]$/.test(key) && !model.chosen && model.step && model.step.item.choices[Number(key) - 1])
        model.answer(model.step.item.choices[Number(key) - 1].value);
    else if (key === "d" && link.current) link.current.click();
    else if (key === "u") onAdd();
    else {
        const found = lettersOf(model.desk.dispositions).find((each) => each.letter === key);
        if (!found) return false;
        model.choose(found.offer.code);
    }
    return true;
}

function freeKey(model, key, open) {
    const isFree = ["idle", "done", "waiting"].includes(model.phase);
    if (key === "Enter") {
        if (model.phase === "off") model.begin();
        else if (isFree) model.next();
        else if (model.phase === "ready") model.dial();
    } else if (key === "Escape" && (model.phase === "done" || model.phase === "waiting")) model.rest();
    else if (key === "e" && isFree) open("end");
    else if (key === "l" && (isFree || model.phase === "off")) open("practice");
    else if (model.phase !== "ready") return false;
    else if (key === "d") model.dial();
    else if (key === "r") model.giveBack();
    else if (key === "u") open("number");
    else if (/^[1-9]$/.test(key)) model.chooseNumber(Number(key));
    else return false;
    return true;
}

function useKeys(model, areOn, link, open) {
    const latest = useRef(null);
    latest.current = (event) => {
        if (model.phase === "loading") return;
        model.touch();
        if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
        if (document.querySelector("dialog[open]") || isTyping(event.target)) return;
        const onControl = event.target instanceof Element && event.target.closest("button, a[href], input");
        if (onControl && (event.key === "Enter" || event.key === " ")) return;
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        let isTaken = true;
        if (key === "?" || key === "？") open("keys");
        else if (!areOn && key !== "Enter" && key !== "Escape") isTaken = false;
        else if (event.repeat && key !== "Backspace") isTaken = true;
        else if (model.busy && !(model.phase === "call" && model.canAnswer)) isTaken = false;
        else if (model.phase === "call") isTaken = callKey(model, key, link, () => open("number"));
        else isTaken = freeKey(model, key, open);
        if (isTaken) event.preventDefault();
    };
    useEffect(() => {
        const onKey = (event) => latest.current(event);
        const onMove = () => model.touch();
        window.addEventListener("keydown", onKey);
        window.addEventListener("pointerdown", onMove);
        return () => {
            window.removeEventListener("keydown", onKey);
            window.removeEventListener("pointerdown", onMove);
        };
    }, [model]);
}

/* ---- the page ---- */

function useModel(model) {
    const [, setTurn] = useState(0);
    useEffect(() => {
        model.onChange = () => setTurn((old) => old + 1);
        model.open();
        const onLeave = (event) => {
            if (model.saver.state === "saved" && !model.isAway) return;
            event.preventDefault();
            event.returnValue = "";
        };
        window.addEventListener("beforeunload", onLeave);
        return () => {
            window.removeEventListener("beforeunload", onLeave);
            model.close();
        };
    }, [model]);
}

function EndShift({ model, onClose }) {
    return html`<${Confirm} title="签退" question="确定现在签退吗？签退后不再领取样本。" word="签退" action=${model}
        onConfirm=${() => model.end()} onClose=${onClose} />`;
}

function Desk({ account, model, isPractice }) {
    const [shown, setShown] = useState("");
    const [areKeysOn, setKeysOn] = useState(true);
    const link = useRef(null);
    const close = () => setShown("");
    const open = (name) => {
        if (name !== "practice") setShown(name);
        else if (!isPractice) window.location.hash = "#/desk/practice";
    };
    useModel(model);
    useKeys(model, areKeysOn, link, open);

    if (model.phase === "loading")
        return html`<${Page} title="电话测评">
            ${model.problem
                ? html`<${Alert} problem=${model.problem} /><button type="button" class="main" onClick=${() => model.open()}>重试</button>`
                : html`<p class="loading" role="status">正在读取……</p>`}
        <//>`;
    const { desk, work, phase } = model;
    const isFree = !work;
    const actions = html`
        <button type="button" class="small" aria-keyshortcuts="?" onClick=${() => open("keys")}><kbd>?</kbd>快捷键</button>
        ${isPractice
            ? html`<a href="#/desk" role="button">退出练习</a>`
            : isFree && html`<a href="#/desk/practice" role="button"><kbd>L</kbd>练习</a>`}
        ${isFree && desk.shift && html`<button type="button" class="small" onClick=${() => open("end")}><kbd>E</kbd>签退</button>`}`;
    const title = isPractice ? "电话测评练习" : "电话测评";
    return html`<${Page} title=${title} kind=${isPractice ? "desk practice" : "desk"} actions=${actions}>
        ${isPractice && html`<p class="practice-bar"><strong>练习</strong>人物、诉求和号码都是编的；按什么都不会发出，也不会留下。</p>`}
        <div class="desk-columns">
            ${work
                ? html`<${CasePane} model=${model} />`
                : html`<section class="pane case empty-case" aria-label="样本"><p class="hint">还没有样本。</p></section>`}
            <section class="pane middle" aria-label="当前操作"><${Middle} model=${model} link=${link}
                onAdd=${() => open("number")} /></section>
            <section class="pane right" aria-label="拨打结果与今日情况">
                <div class="pane-head"><${Lease} model=${model} />${phase === "call" && html`<${Saved} model=${model} />`}</div>
                ${work && html`<${Dispositions} model=${model} />`}
                <${Today} today=${desk.today} shift=${desk.shift} isWide=${isFree} />
            </section>
        </div>
        ${phase === "call" && model.number &&
        html`<${Watermark} words=${`${account.display_name || account.name} ${account.name}`} />`}
        ${shown === "keys" && html`<${KeyTable} model=${model} areOn=${areKeysOn} onSwitch=${setKeysOn} onClose=${close} />`}
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
