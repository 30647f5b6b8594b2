/* The script in the middle: the number while a call goes on, one question at a time, and what was answered. */

import { html, useEffect, useLayoutEffect, useRef, useState } from "./standalone.module.js";
import { serviceNow } from "./api.js";
import { choiceText } from "./desk_steps.js";
import { ITEMS, say } from "./words.js";

const MARKS = 12;

/* 138 0013 8000 */
export function groupNumber(number) {
    const mobile = /^(1\d{2})(\d{4})(\d{4})$/.exec(number);
    if (mobile) return mobile.slice(1).join(" ");
    return number.replace(/(\d{3,4})(\d{4})$/, " $1 $2").trim();
}

/* Who looks at the number stands all over the page while it is shown. */
export function Watermark({ account }) {
    const words = `${account.display_name || account.name} ${account.name}`;
    return html`<div class="watermark" aria-hidden="true">
        ${Array.from({ length: MARKS }, (_, at) => html`<span key=${at} data-words=${words}></span>`)}
    </div>`;
}

function useSeconds(from) {
    const [, setTick] = useState(0);
    useEffect(() => {
        const timer = setInterval(() => setTick((old) => old + 1), 1000);
        return () => clearInterval(timer);
    }, [from]);
    return Math.max(0, Math.floor((serviceNow() - Date.parse(from)) / 1000));
}

export function clockWords(seconds) {
    const rest = String(seconds % 60).padStart(2, "0");
    return `${Math.floor(seconds / 60)}:${rest}`;
}

export function NumberShown({ model, link }) {
    const seconds = useSeconds(model.work.dial.started_at);
    return html`<div class="number-shown">
        ${model.number
            ? html`<a ref=${link} href=${`tel:${model.number}`} class="tel">${groupNumber(model.number)}</a>`
            : html`<button type="button" onClick=${() => model.reveal()}>重新读取号码</button>`}
        <span class="hint"><kbd>D</kbd>话机拨出</span>
        <span class="call-time">通话 <strong>${clockWords(seconds)}</strong></span>
    </div>`;
}

function Words({ model, step }) {
    const box = useRef(null);
    useLayoutEffect(() => {
        box.current.focus();
        box.current.selectionStart = box.current.value.length;
    }, []);
    const onKeyDown = (event) => {
        if (event.isComposing || event.keyCode === 229) return;
        if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            event.stopPropagation();
            model.forward();
        } else if (event.key === "Escape") {
            event.stopPropagation();
            event.currentTarget.closest(".question").querySelector("h2").focus();
        }
    };
    return html`<div class="field wide words">
        <label for="words">原话（尽量照实记录；不要记姓名、号码、住址）</label>
        <textarea id="words" ref=${box} rows="3" maxlength="2000" value=${model.answers[step.key].words}
            onInput=${(event) => model.typeWords(event.currentTarget.value)} onKeyDown=${onKeyDown}></textarea>
        <small><kbd>Enter</kbd>下一题　<kbd>Shift</kbd>+<kbd>Enter</kbd>换行</small>
    </div>`;
}

/* Scales read down their columns. */
function layoutOf(count) {
    if (count > 6) return "choices taller";
    return count > 4 ? "choices tall" : "choices";
}

function Question({ model, step }) {
    const { item } = step;
    const answer = model.answers[step.key];
    const head = useRef(null);
    useLayoutEffect(() => head.current.focus({ preventScroll: true }), [step.key]);
    const takesWords = item.takes_words && answer && answer.value !== "no";
    const order = step.orderAt >= 0 && model.work.orders.length > 1 ? model.work.orders[step.orderAt] : null;
    return html`<div class="question" key=${step.key}>
        ${order &&
        html`<p class="of-order">诉求 ${step.orderAt + 1}/${model.work.orders.length}　${order.unit}　${order.title}</p>`}
        <h2 class=${item.text.length > 90 ? "ask long" : "ask"} tabindex="-1" ref=${head}>${item.text}</h2>
        <div class=${layoutOf(item.choices.length)} role="group" aria-label="选项">
            ${item.choices.map((choice, at) => html`<button type="button" key=${choice.value}
                aria-pressed=${answer && answer.value === choice.value ? "true" : "false"}
                aria-keyshortcuts=${String(at + 1)}
                onClick=${() => model.answer(choice.value)}><kbd>${at + 1}</kbd>${choice.text}</button>`)}
        </div>
        ${takesWords && html`<${Words} model=${model} step=${step} />`}
        <p class="keys">
            ${model.at > 0 && html`<button type="button" class="link"
                onClick=${() => model.go(-1)}><kbd>←</kbd>上一题</button>`}
            ${model.mayPass && html`<button type="button" class="link"
                onClick=${() => model.go(1)}><kbd>→</kbd>${answer ? "下一题" : "跳过"}</button>`}
        </p>
    </div>`;
}

/* All was asked or passed over, and it is no complete. */
function Unended({ model }) {
    const head = useRef(null);
    useLayoutEffect(() => head.current.focus({ preventScroll: true }), []);
    return html`<div class="question">
        <h2 class="ask" tabindex="-1" ref=${head}>提问结束，请在右侧选择拨打结果。</h2>
        <p class="keys"><button type="button" class="link" onClick=${() => model.go(-1)}><kbd>←</kbd>上一题</button></p>
    </div>`;
}

/* Every item of the call with its answer, so that any can be gone back to. */
export function Answered({ model }) {
    const { steps, answers, at } = model;
    const several = model.work.orders.length > 1;
    const list = useRef(null);
    useEffect(() => {
        const current = list.current.querySelector("[aria-current]");
        if (current) current.scrollIntoView({ block: "nearest" });
    }, [at]);
    return html`<ol class="answered" ref=${list} aria-label="各题回答">
        ${steps.map((step, index) => {
            const answer = answers[step.key];
            const name = say(ITEMS, step.item.name);
            const label = several && step.orderAt >= 0 ? `${step.orderAt + 1}·${name}` : name;
            const words = answer ? choiceText(step.item, answer.value) : "　";
            const kind = [index === at ? "at" : "", answer ? (model.isKept(step) ? "kept" : "open") : ""].join(" ").trim();
            return html`<li key=${step.key} class=${kind || null}>
                <button type="button" disabled=${!answer && index > at} aria-current=${index === at ? "step" : null}
                    onClick=${() => model.look(index)}><small>${label}</small>${words}</button>
            </li>`;
        })}
    </ol>`;
}

export function ScriptPane({ model }) {
    const { step, steps, at } = model;
    return html`<div class="ask-box">
        <p class="progress-line">${step ? `第 ${at + 1} 题，共 ${steps.length} 题` : "提问结束"}</p>
        ${step
            ? html`<${Question} model=${model} step=${step} key=${step.key} />`
            : html`<${Unended} model=${model} />`}
    </div>`;
}
