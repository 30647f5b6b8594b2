/* The middle of the desk: what is to be done now, by the phase of desk_model.js. */

import { html, useLayoutEffect, useRef } from "./standalone.module.js";
import { clock, moment } from "./figures.js";
import { Alert, useCountdown } from "./parts.js";
import { FinishPanel } from "./desk_finish.js";
import { Answered, NumberShown, ScriptPane, clockWords } from "./desk_script.js";
import { NEXT_STEPS, say } from "./words.js";

/* The heading of what is to be done now takes the focus, so that Enter means its main key. A dial has a key of its own:
 * nobody sees a number by pressing Enter once too often. */
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

function Hours({ hours, campaigns }) {
    if (campaigns.length === 0) return html`<p class="alert note">目前没有进行中的电话测评。</p>`;
    if (hours.is_open)
        return hours.until && html`<p class="hint">本时段到 ${clock(hours.until)} 为止。</p>`;
    const begin = hours.opens_at ? `，${moment(hours.opens_at)} 开始` : "";
    return html`<p class="alert note">现在不是拨打时段${begin}。</p>`;
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
        <${Hours} hours=${model.desk.hours} campaigns=${model.desk.campaigns} />
        <p>到时自动再取，不必反复按键。</p>
        <${Key} k="Enter" model=${model} onClick=${() => model.next()}>立即再取<//>
        <${Key} k="Esc" model=${model} onClick=${() => model.rest()}>停止等待<//>
    <//>`;
}

function Done({ model }) {
    const { receipt } = model;
    const offer = model.desk.dispositions.find((each) => each.code === receipt.disposition);
    const at = receipt.next_at ? `，${receipt.next === "waiting" ? "最早 " : ""}${moment(receipt.next_at)}` : "";
    const words = (offer && offer.asks === "language" ? offer.then : say(NEXT_STEPS, receipt.next)) + at;
    return html`<${Now} title=${`已记录：${offer ? offer.name : receipt.disposition}`} kind="done">
        <p>样本 ${receipt.case}：${words}。<small>回执 ${receipt.attempt}</small></p>
        <${Key} k="Enter" kind="main large" model=${model} onClick=${() => model.next()}>下一件<//>
        <${Key} k="Esc" model=${model} onClick=${() => model.rest()}>暂不领取<//>
    <//>`;
}

function Ready({ model, onAdd }) {
    const number = model.work.numbers.find((each) => each.no === model.numberNo);
    const title = model.receipt ? "换下一个号码拨打" : "看清诉求，再拨打";
    return html`<${Now} title=${title} key=${`${model.work.id} ${model.numberNo}`}>
        ${number
            ? html`<p class="masked">${number.masked}</p>
                <${Key} k="D" kind="main large" model=${model} onClick=${() => model.dial()}>拨打<//>
                <p class="hint">拨打后显示完整号码和姓名，查看会被记录。</p>`
            : html`<p class="alert note">今天没有可以拨打的号码：请退回，或者补充号码。</p>`}
        <p class="others">
            <${Key} k="R" model=${model} onClick=${() => model.giveBack()}>退回不拨<//>
            <${Key} k="U" model=${model} onClick=${onAdd}>补充号码<//>
        </p>
    <//>`;
}

export function Middle({ model, link, onAdd, isAdding }) {
    const views = { off: Off, idle: Idle, waiting: Waiting, done: Done, ready: Ready };
    if (model.phase === "call")
        return html`<${NumberShown} model=${model} link=${link} />
            ${!model.chosen && !isAdding && html`<${Alert} problem=${model.problem} />`}
            ${model.chosen ? html`<${FinishPanel} model=${model} />` : html`<${ScriptPane} model=${model} />`}
            <${Answered} model=${model} />`;
    return html`${!isAdding && html`<${Alert} problem=${model.problem} />`}
        <${views[model.phase]} model=${model} onAdd=${onAdd} />`;
}
