/* The keys of the desk, and the table that tells them. Letters mean dispositions in a call, other things before it. */

import { html, useLayoutEffect, useRef } from "./standalone.module.js";
import { Dialog } from "./parts.js";
import { lettersOf } from "./desk_finish.js";

const KEYS = [
    ["Enter", "当前的主要操作：签到、下一件、已答后的下一题、记录结果"],
    ["D", "拨打；通话中用话机拨出号码"],
    ["1 至 9", "选择当前一题的答案；选号码、语言"],
    ["← 退格", "回到上一题，可以改答"],
    ["→", "下一题；不是必答的题可以跳过"],
    ["Esc", "取消所选的结果，回到提问"],
    ["R", "退回没有拨打的样本"],
    ["U", "补充号码"],
    ["E", "签退"],
    ["L", "练习，退出练习"],
    ["?", "显示这张表"],
];

export function KeyTable({ model, areOn, onSwitch, onClose }) {
    return html`<${Dialog} title="快捷键" onClose=${onClose} isWide=${true}>
        <div class="key-table">
            <dl>${KEYS.map(([key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}</dl>
            <dl>${lettersOf(model.desk.dispositions).map(({ offer, letter }) => html`<div>
                <dt><kbd>${letter.toUpperCase()}</kbd></dt>
                <dd>${offer.name}<small>${offer.then}</small></dd>
            </div>`)}</dl>
        </div>
        <label class="check"><input type="checkbox" checked=${areOn}
            onChange=${(event) => onSwitch(event.currentTarget.checked)} />
            使用单键快捷键（与读屏软件冲突时可以关闭）</label>
        <div class="actions"><button type="button" class="main" autofocus
            onClick=${onClose}>关闭</button></div>
    <//>`;
}

function isTyping(target) {
    return target instanceof Element && Boolean(target.closest("textarea, select, input:not([type=checkbox])"));
}

function callKey(model, key, link, onAdd) {
    if (model.chosen && model.onPanelKey && model.onPanelKey(key)) return true;
    if (key === "Backspace" || key === "ArrowLeft") model.go(-1);
    else if (key === "ArrowRight" && !model.chosen && model.mayPass) model.go(1);
    else if (key === "Escape" && model.chosen) model.unchoose();
    else if (key === "Enter" && !model.chosen && model.step && model.answers[model.step.key]) model.forward();
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

/* open(name): the dialog of that name, or practice. */
export function useKeys(model, areOn, link, open) {
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
    useLayoutEffect(() => {
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
