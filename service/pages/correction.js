/* A correction of what one dial brought for one order: a new version with its reason; what stood there is kept. */

import { html, useRef, useState } from "./standalone.module.js";
import { Act, Dialog, Field, FormProblem, announce, useWrite, valuesOf } from "./parts.js";
import { RECHECK_VALUES } from "./words.js";

const SAME = ["", "不变"];
const CODES = [
    SAME, ["1.1", "成功访问"], ["1.2", "部分完成"], ["2.111", "他人拒访"], ["2.112", "本人拒访"], ["2.12", "中途挂断"],
    ["2.20", "接通本人不在"], ["2.21", "无人接听"], ["2.214", "空号"], ["2.215", "号码错误"], ["2.36", "其他"],
    ["3.20", "接通，无法确认是否本人"], ["4.10", "不属本次样本"],
];

function optionsOf(item, order) {
    const values = RECHECK_VALUES[item];
    return [SAME].concat(order.map((value) => [value, values[value]]));
}

const RESOLVED = optionsOf("resolved", ["yes", "partly", "open", "no", "unsure"]);
const SATISFACTION = optionsOf("satisfaction", ["5", "4", "3", "2", "1", "unsure"]);

function Form({ caseId, dial, orders, onDone, onClose }) {
    const action = useWrite();
    const form = useRef(null);
    const [code, setCode] = useState("");
    const isAnswer = (code || dial.code).startsWith("1.");
    const submit = async (event) => {
        event.preventDefault();
        const values = valuesOf(form.current);
        const body = { attempt: dial.id, order: Number(values.order || orders[0].order), why: values.why };
        if (code) body.disposition = code;
        if (isAnswer && values.resolved) body.resolved = values.resolved;
        if (isAnswer && values.satisfaction) body.satisfaction = values.satisfaction;
        const answer = await action.run("POST", `/api/v1/followup/cases/${encodeURIComponent(caseId)}/correct`, body);
        if (answer === undefined) return;
        announce("已更正，原记录保留");
        onDone();
    };
    return html`<${Dialog} title="更正访问结果" onClose=${onClose}>
        <form ref=${form} onSubmit=${submit}>
            <${FormProblem} problem=${action.problem} />
            <p class="hint">另存新版本并附理由，原记录保留。只有成功访问、部分完成才有回答可以更正。</p>
            ${orders.length > 1 &&
            html`<${Field} label="工单" name="order"
                options=${orders.map((each, at) => [String(each.order), `工单${at + 1}：${each.title || "（无标题）"}`])} />`}
            <${Field} label="结果" name="disposition" value=${code} onValue=${setCode} options=${CODES}
                problem=${action.problem} />
            ${isAnswer &&
            html`<${Field} label="是否解决" name="resolved" options=${RESOLVED} problem=${action.problem} />
                <${Field} label="满意度" name="satisfaction" options=${SATISFACTION} problem=${action.problem} />`}
            <${Field} label="理由" name="why" required maxlength="200" problem=${action.problem} />
            <div class="actions">
                <${Act} type="submit" kind="main" write=${action}>更正<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

/* The button beside a dial, and its dialog. */
export function Correct({ caseId, dial, orders, onDone }) {
    const [isOpen, setOpen] = useState(false);
    const done = () => {
        setOpen(false);
        onDone();
    };
    return html`<button type="button" class="plain small" onClick=${() => setOpen(true)}>更正</button>
        ${isOpen && html`<${Form} caseId=${caseId} dial=${dial} orders=${orders} onDone=${done}
            onClose=${() => setOpen(false)} />`}`;
}
