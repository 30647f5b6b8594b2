/* The case at the left: who, which order in plain words, when, which unit, and what was tried before. */

import { html } from "./standalone.module.js";
import { moment } from "./figures.js";
import { dayWords } from "./desk_appointment.js";
import { LANGUAGES, ORDER_KINDS, TURNS, say } from "./words.js";

function dayAndClock(text) {
    return text ? `${dayWords(text.slice(0, 10))} ${text.slice(11, 16)}` : "";
}

/* Of another year it names that. */
function dayOf(text, otherwise) {
    if (!text) return otherwise;
    const year = text.slice(0, 4) === String(new Date().getFullYear()) ? "" : `${text.slice(0, 4)}年`;
    return year + dayWords(text.slice(0, 10));
}

function Order({ order, count, at, isCurrent }) {
    return html`<section class=${isCurrent ? "order current" : "order"} aria-current=${isCurrent ? "true" : null}>
        <h3>${count > 1 ? `诉求 ${at + 1}/${count}：` : ""}${order.title || "（无标题）"}</h3>
        <dl>
            <div><dt>承办单位</dt><dd><strong>${order.unit}</strong></dd></div>
            <div><dt>反映时间</dt><dd>${dayOf(order.received_at, "不详")}</dd></div>
            <div><dt>办结时间</dt><dd>${dayOf(order.closed_at, "尚未办结")}</dd></div>
            ${order.kind !== "ordinary" && html`<div><dt>提纲</dt><dd>${say(ORDER_KINDS, order.kind)}</dd></div>`}
        </dl>
        ${order.content && html`<p class="content">${order.content}</p>`}
    </section>`;
}

function Numbers({ model }) {
    const { work, numberNo, phase } = model;
    const isOpen = phase === "ready";
    const words = (each) => {
        if (each.is_dead) return "已停用";
        if (each.tries === 0) return "未拨过";
        return `拨过 ${each.tries} 次${each.tries_today ? `，今日 ${each.tries_today} 次` : ""}`;
    };
    const several = work.numbers.length > 1;
    return html`<ul class="numbers">
        ${work.numbers.map((each) => html`<li key=${each.no} class=${each.is_dead ? "dead" : null}>
            ${several && isOpen && !each.is_dead
                ? html`<button type="button" class="small" aria-pressed=${each.no === numberNo ? "true" : "false"}
                    onClick=${() => model.chooseNumber(each.no)}><kbd>${each.no}</kbd>${each.masked}</button>`
                : html`<span>${each.masked}</span>`}
            <small>${each.no === numberNo && several ? "本次拨打，" : ""}${words(each)}</small>
        </li>`)}
    </ul>`;
}

function History({ rows }) {
    if (rows.length === 0) return html`<p class="hint">首次拨打，没有拨打记录。</p>`;
    return html`<ul class="past">
        ${rows.slice().reverse().map((row) => html`<li>
            <span class="time">${moment(row.at)}</span> ${row.name}<small>${row.by}</small>
        </li>`)}
    </ul>`;
}

export function CasePane({ model }) {
    const { work, step } = model;
    const asked = model.phase === "call" && work.orders.length > 1 && step ? step.orderAt : -1;
    return html`<section class="pane case" aria-label="样本">
        <div class="pane-head">
            <h2>${work.citizen}</h2>
            <span class=${`tag ${work.turn === "appointment" ? "warn" : "note"}`}>${say(TURNS, work.turn)}</span>
            ${work.language && html`<span class="tag warn">需用${say(LANGUAGES, work.language)}</span>`}
            <small class="case-no">样本 ${work.id}</small>
        </div>
        ${work.appointment &&
        html`<p class="alert note">
            预约：${dayAndClock(work.appointment.at)}${work.appointment.is_own ? "（与您约定）" : ""}
        </p>`}
        <${Numbers} model=${model} />
        <div class="orders" tabindex="0" role="region" aria-label="诉求内容">
            ${work.orders.map((order, at) => html`<${Order} key=${order.order} order=${order} at=${at}
                count=${work.orders.length}
                isCurrent=${at === asked} />`)}
        </div>
        <div class="history">
            <h3>拨打记录</h3>
            <${History} rows=${work.history} />
        </div>
    </section>`;
}
