/* How a call ended: the dispositions with their keys at the right, and what is asked before one is recorded. */

import { html, useLayoutEffect, useRef, useState } from "./standalone.module.js";
import { serviceNow } from "./api.js";
import { Alert, Field } from "./parts.js";
import { Picker, daysOf, timeOf } from "./desk_appointment.js";
import { LANGUAGES, say } from "./words.js";

/* By the sound of the word, where that is free; D, E, L, R, U and the digits mean other things. */
const LETTERS = {
    "1.1": "c", "1.2": "p", "2.21": "w", "2.212": "g", "2.211": "z", "2.221": "y", "2.213": "t", "2.214": "k",
    "2.215": "h", "2.20": "b", "2.112": "j", "2.111": "a", "2.113": "m", "2.12": "x", "3.20": "q", "2.34": "n",
    "2.33": "f", "2.32": "s", "2.31": "v", "2.36": "o",
};
const LONG_NAME = 10;
const SPARE = "i";
const GROUPS = [
    ["完成", (code) => code.startsWith("1.")],
    ["没有接通", (code) => ["2.21", "2.211", "2.212", "2.221"].includes(code)],
    ["号码无效", (code) => ["2.213", "2.214", "2.215"].includes(code)],
    ["接通未完成", () => true],
];

/* [{ offer, letter }]: each code has a letter of its own. */
export function lettersOf(dispositions) {
    let spare = 0;
    return dispositions.map((offer) => ({ offer, letter: LETTERS[offer.code] || SPARE[spare++] || "" }));
}

export function groupsOf(dispositions) {
    const left = lettersOf(dispositions);
    return GROUPS.map(([name, takes]) => {
        const rows = [];
        for (let at = 0; at < left.length; ) {
            if (takes(left[at].offer.code)) rows.push(left.splice(at, 1)[0]);
            else at += 1;
        }
        return { name, rows };
    }).filter((group) => group.rows.length > 0);
}

/* Nobody looks for an appointment under "not at home". */
function labelOf(offer) {
    return offer.asks === "time" ? `${offer.name}/约时间` : offer.name;
}

export function Dispositions({ model }) {
    const isOpen = model.phase === "call";
    return html`<div class="dispositions" role="group" aria-label="拨打结果">
        ${groupsOf(model.desk.dispositions).map((group) => html`<div class="group" key=${group.name}>
            <h3>${group.name}</h3>
            <ul>
                ${group.rows.map(({ offer, letter }) => html`<li key=${offer.code}
                    class=${labelOf(offer).length > LONG_NAME ? "long" : null}>
                    <button type="button" title=${`${offer.code} ${offer.then}`} aria-disabled=${isOpen ? null : "true"}
                        aria-pressed=${model.chosen === offer.code ? "true" : "false"}
                        aria-keyshortcuts=${letter.toUpperCase()}
                        onClick=${() => model.choose(offer.code)}>
                        <kbd>${letter.toUpperCase()}</kbd>${labelOf(offer)}
                    </button>
                </li>`)}
            </ul>
        </div>`)}
    </div>`;
}

/* Before a disposition is recorded: what follows it, the time or language that it asks for, and a note. */
export function FinishPanel({ model }) {
    const offer = model.desk.dispositions.find((each) => each.code === model.chosen);
    const { draft } = model;
    const { language } = draft;
    const [fault, setFault] = useState("");
    const head = useRef(null);
    if (!draft.days) draft.days = daysOf(model.work.windows, serviceNow());
    useLayoutEffect(() => {
        setFault("");
        if (offer.asks !== "time" && head.current) head.current.focus({ preventScroll: true });
    }, [model.chosen]);

    const submit = () => {
        if (model.busy) return;
        if (offer.asks === "language" && !language) {
            setFault("请先选择对方所说的语言。");
            return;
        }
        const details = {};
        if (draft.note.trim()) details.note = draft.note.trim();
        if (draft.recording.trim()) details.recording = draft.recording.trim();
        if (offer.asks === "time" && draft.time)
            details.appointment = { at: timeOf(draft.days, draft.time), is_own: draft.isOwn };
        if (offer.asks === "language") details.language = language;
        model.finish(details);
    };
    const isStuck = model.isAway || (Boolean(model.busy) && model.saver.state === "unsaved");
    const languages = Object.keys(LANGUAGES);
    const speak = (code) => {
        setFault("");
        model.write({ language: code });
    };
    /* The page's keys come here while this is open, from the moment it can be seen. */
    useLayoutEffect(() => {
        model.onPanelKey = (key) => {
            if (key === "Enter") submit();
            else if (offer.asks === "language" && languages[Number(key) - 1]) speak(languages[Number(key) - 1]);
            else return false;
            return true;
        };
        return () => {
            model.onPanelKey = null;
        };
    });
    const onFieldKey = (event) => {
        if (event.isComposing || event.keyCode === 229) return;
        if (event.key === "Enter") submit();
        else if (event.key === "Escape") event.currentTarget.blur();
        else return;
        event.preventDefault();
        event.stopPropagation();
    };
    return html`<div class="finish" role="group" aria-label="记录结果">
        <h2 tabindex="-1" ref=${head}>${offer.name}<small>${offer.code}　${offer.then}</small></h2>
        ${offer.code.startsWith("1.") && html`<p class="hint">请致谢，说再见，等对方先挂断。</p>`}
        ${offer.asks === "time" &&
        html`<${Picker} days=${draft.days} value=${draft.time} onPick=${(time) => model.write({ time })}
            isOwn=${draft.isOwn} onOwn=${(isOwn) => model.write({ isOwn })}
            onDone=${submit} onCancel=${() => model.unchoose()} />`}
        ${offer.asks === "language" &&
        html`<div class="choices row" role="group" aria-label="语言">
            ${languages.map((code, at) => html`<button type="button" key=${code} onClick=${() => speak(code)}
                aria-pressed=${language === code ? "true" : "false"}><kbd>${at + 1}</kbd>${say(LANGUAGES, code)}</button>`)}
        </div>`}
        ${fault && html`<p class="fault" role="alert">${fault}</p>`}
        <${Alert} problem=${model.problem} />
        ${isStuck &&
        html`<p class="alert bad" role="alert">没有连上服务器，正在重试；请不要关闭本页，结果尚未保存。</p>`}
        <div class="details">
            <${Field} label="备注" name="note" maxlength="500" value=${draft.note}
                onValue=${(note) => model.write({ note })} onKeyDown=${onFieldKey} />
            <${Field} label="录音编号" name="recording" maxlength="100" value=${draft.recording}
                onValue=${(recording) => model.write({ recording })} onKeyDown=${onFieldKey} />
        </div>
        <div class="actions">
            <button type="button" class="main" aria-disabled=${model.busy ? "true" : null} onClick=${submit}>
                <kbd>Enter</kbd>${model.busy.startsWith("finish") ? "正在记录……" : "记录结果"}</button>
            <button type="button" onClick=${() => model.unchoose()}><kbd>Esc</kbd>返回</button>
        </div>
    </div>`;
}
