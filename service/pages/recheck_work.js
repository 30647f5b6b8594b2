/* The checker's desk: a complete is called again, or its recording heard. What was answered before is not shown.
 *
 *   NONE --take--> HELD --dial--> CALLING --result--> NONE
 *                   |  result of a recording            ^
 *                   +-----------------------------------+ */

import { html, useEffect, useLayoutEffect, useRef, useState } from "./standalone.module.js";
import { read, write } from "./api.js";
import { Act, Alert, Facts, announce, guardLeaving, useWrite } from "./parts.js";
import { Watermark, groupNumber } from "./desk_script.js";
import { keyOf } from "./desk_steps.js";
import { RECHECK_REASONS, RECHECK_STATES, say } from "./words.js";

const RECHECKS = "/api/v1/followup/rechecks";

/* What was entered and not yet submitted outlives a look at another page and a sign-in: { of, answers, note, isBehind };
 * isBehind: an answer could not be kept by the service. */
let kept = null;
guardLeaving(() => Boolean(kept && (kept.note || kept.isBehind)));

function addressOf(work, rest = "") {
    return `${RECHECKS}/${encodeURIComponent(work.id)}${rest}`;
}

/* ---- questions ---- */
function Question({ order, item, value, onValue }) {
    const name = keyOf(order, item.name);
    return html`<fieldset class="recheck-item">
        <legend>${item.text}</legend>
        <div class="recheck-choices">
            ${item.choices.map((choice) => html`<label class="check" key=${choice.value}>
                <input type="radio" name=${name} value=${choice.value} checked=${value === choice.value}
                    onChange=${() => onValue(order, item, choice.value)} />${choice.text}
            </label>`)}
        </div>
    </fieldset>`;
}

function questionsOf(work) {
    const opening = work.opening.map((item) => ({ order: 0, item }));
    return opening.concat(...work.orders.map((order) => order.items.map((item) => ({ order: order.order, item }))));
}

/* ---- the case ---- */
function Order({ order, at, count }) {
    return html`<section class="order">
        <h3>${count > 1 ? `诉求 ${at + 1}/${count}：` : ""}${order.title || "（无标题）"}</h3>
        <${Facts} pairs=${[
            ["承办单位", order.unit],
            ["反映时间", order.received_at ? order.received_at.slice(0, 10) : "不详"],
            ["办结时间", order.closed_at ? order.closed_at.slice(0, 10) : "尚未办结"],
        ]} />
        ${order.content && html`<p class="content">${order.content}</p>`}
    </section>`;
}

/* The number is read once its dial has begun, and again when the page is opened in the middle of a call. */
function useNumber(work) {
    const [shown, setShown] = useState({});
    const dialId = work.dial ? work.dial.id : 0;
    useEffect(() => {
        if (!dialId) return undefined;
        let isWanted = true;
        read(addressOf(work, "/number")).then(
            (answer) => isWanted && setShown({ dialId, number: answer.number }),
            (problem) => isWanted && setShown({ dialId, problem }),
        );
        return () => {
            isWanted = false;
        };
    }, [dialId]);
    return shown.dialId === dialId && dialId ? shown : {};
}

function Numbers({ work, action, onDial }) {
    const shown = useNumber(work);
    if (work.dial)
        return html`<div class="number-shown recheck-number">
            ${shown.number
                ? html`<a class="tel" href=${`tel:${shown.number}`}>${groupNumber(shown.number)}</a>`
                : html`<span role="status">${shown.problem ? shown.problem.message : "正在读取号码……"}</span>`}
            <span class="hint">查看号码已记入审计日志</span>
        </div>`;
    return html`<ul class="numbers">
        ${work.numbers.map((each) => html`<li key=${each.no} class=${each.is_dead ? "dead" : null}>
            <span>${each.masked}</span>
            <small>${each.is_dead ? "已停用" : `今日已拨 ${each.tries_today} 次`}</small>
            ${!each.is_dead && html`　<${Act} kind="plain small" write=${action}
                onClick=${() => onDial(each.no)}>拨打<span class="unseen"> ${each.masked}</span><//>`}
        </li>`)}
    </ul>`;
}

/* ---- the result ---- */
function answersOf(work) {
    return Object.fromEntries(work.answers.map((each) => [keyOf(each.order, each.item), each.value]));
}

/* { answers, note } of who holds that re-check, and put(change). */
function useEntered(account, work) {
    const of = `${account.name}/${work.id}`;
    const [entered, setEntered] = useState(kept && kept.of === of ? kept : { of, answers: answersOf(work), note: "" });
    const put = (change) => {
        kept = Object.assign({}, entered, change);
        setEntered(kept);
    };
    return [entered, put];
}

/* Each answer is kept by the service as it is ticked, so that none is lost with the page; the result says them all once
 * more, so that one that could not be kept is not lost either. */
function Result({ work, account, action, onDone, onLost }) {
    const [{ answers, note }, put] = useEntered(account, work);
    const questions = questionsOf(work);
    const valueOf = ({ order, item }) => answers[keyOf(order, item.name)];
    const choose = (order, item, value) => {
        put({ answers: Object.assign({}, answers, { [keyOf(order, item.name)]: value }) });
        write("PUT", addressOf(work, "/answers"), { order, item: item.name, value }).catch(() => {
            if (kept) kept.isBehind = true;
        });
    };
    const chosen = questions.filter(valueOf);
    const method = work.dial ? "phone" : "recording";
    const leave = (then) => {
        kept = null;
        then();
    };
    const send = async (body) => {
        const answer = await action.run("POST", addressOf(work, "/result"), Object.assign({ note }, body));
        if (answer) leave(() => onDone(answer));
    };
    const submit = (event) => {
        event.preventDefault();
        const list = chosen.map((each) => ({ order: each.order, item: each.item.name, value: valueOf(each) }));
        send({ method, reached: true, answers: list });
    };
    const several = work.orders.length > 1;
    const isLost = action.problem && action.problem.code === "not_held";
    return html`<form class="card recheck-form" onSubmit=${submit} aria-label="复核结果">
        <h2 tabindex="-1">${work.dial ? "电话复核" : "听录音复核"}</h2>
        ${!work.dial && html`<p class="hint">先拨打则为电话复核；不拨打而直接记录的，为听录音复核。</p>`}
        ${work.opening.map((item) => html`<${Question} key=${item.name} order=${0} item=${item}
            value=${valueOf({ order: 0, item })} onValue=${choose} />`)}
        ${work.orders.map((order, at) => html`<div key=${order.order}>
            ${several && html`<h3>诉求 ${at + 1}/${work.orders.length}：${order.title}</h3>`}
            ${order.items.map((item) => html`<${Question} key=${item.name} order=${order.order} item=${item}
                value=${valueOf({ order: order.order, item })} onValue=${choose} />`)}
        </div>`)}
        <div class="field wide">
            <label for="recheck-note">备注（可不填；不要记姓名、号码、住址）</label>
            <textarea id="recheck-note" rows="2" maxlength="2000" value=${note}
                onInput=${(event) => put({ note: event.currentTarget.value })}></textarea>
        </div>
        <${Alert} problem=${action.problem} />
        ${isLost && html`<button type="button" class="main" onClick=${() => leave(onLost)}>返回，重新领取</button>`}
        <div class="actions">
            <${Act} type="submit" kind="main" write=${action} disabled=${chosen.length === 0}>提交复核结果<//>
            ${work.dial
                ? html`<${Act} kind="plain" write=${action}
                    onClick=${() => send({ method: "phone", reached: false })}>没有联系上<//>`
                : html`<${Act} kind="plain" write=${action}
                        onClick=${() => send({ method: "recording", reached: false })}>录音不可听<//>
                    <${Act} kind="plain" write=${action}
                        onClick=${() => send({ method: "phone", reached: false })}>现在无号码可拨<//>`}
        </div>
        <p class="hint">已选 ${chosen.length} 题，共 ${questions.length} 题；对方没有回答的，不选。</p>
    </form>`;
}

/* ---- the whole ---- */
function Held({ work, account, onWork, onDone, onLost }) {
    const dialling = useWrite();
    const finishing = useWrite();
    const box = useRef(null);
    useLayoutEffect(() => {
        box.current.querySelector(work.dial ? ".recheck-form h2" : "h2").focus({ preventScroll: true });
    }, [Boolean(work.dial)]);
    const dial = async (numberNo) => {
        const answer = await dialling.run("POST", addressOf(work, "/dials"), { number_no: numberNo });
        if (answer) onWork(Object.assign({}, work, { dial: answer.dial }));
    };
    return html`<div class="columns recheck" ref=${box}>
        <section class="card" aria-label="样本">
            <h2 tabindex="-1">${work.citizen || "（无姓名）"}　<small>样本 ${work.case}，复核 ${work.id}</small></h2>
            <${Facts} pairs=${[
                ["评价期", work.round],
                ["抽中理由", say(RECHECK_REASONS, work.reason)],
                ["已试", work.tries > 0 ? `${work.tries} 次没有联系上` : ""],
                ["录音编号", work.recording],
            ]} />
            <${Numbers} work=${work} action=${dialling} onDial=${dial} />
            <${Alert} problem=${dialling.problem} />
            ${work.orders.map((order, at) => html`<${Order} key=${order.order} order=${order} at=${at}
                count=${work.orders.length} />`)}
        </section>
        <${Result} work=${work} account=${account} action=${finishing} onDone=${onDone} onLost=${onLost} />
        ${work.dial && html`<${Watermark} account=${account} />`}
    </div>`;
}

export function RecheckWork({ account }) {
    const action = useWrite();
    const [work, setWork] = useState(null);
    const [last, setLast] = useState("");
    const first = useRef(null);
    const take = async () => {
        const answer = await action.run("POST", `${RECHECKS}/next`, {});
        if (!answer) return;
        if (answer.id) setWork(answer);
        setLast(answer.id ? "" : "现在没有要复核的样本。");
    };
    const done = (answer) => {
        const words = `复核 ${answer.id}：${say(RECHECK_STATES, answer.state)}`;
        setWork(null);
        setLast(words);
        announce(words);
        requestAnimationFrame(() => first.current && first.current.focus());
    };
    if (work)
        return html`<${Held} key=${work.id} work=${work} account=${account} onWork=${setWork} onDone=${done}
            onLost=${() => setWork(null)} />`;
    return html`<section class="card">
        <div ref=${first} tabindex="-1" role="status"><p>${last || "复核由不知道原回答的人进行：重新打一次电话，或者听录音。"}</p></div>
        <${Alert} problem=${action.problem} />
        <div class="actions"><${Act} kind="main" write=${action} onClick=${take}>领取一件复核<//></div>
        <p class="hint">领取后30分钟内没有结果的，收回另派。拨打时段、每日次数和免打扰名单与访问相同。</p>
    </section>`;
}
