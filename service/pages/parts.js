/* What the pages are put together from. */

import { html, useEffect, useLayoutEffect, useRef, useState } from "./standalone.module.js";
import { newKey, onEvents, read, write } from "./api.js";

export const SYSTEM = "12345热线工单评议";

/* ---- what is said to screen readers ---- */
let announcer = null;

export function Announcer() {
    const [text, setText] = useState("");
    useEffect(() => {
        announcer = setText;
        return () => {
            announcer = null;
        };
    }, []);
    return html`<div class="unseen" role="status" aria-live="polite">${text}</div>`;
}

/* An equal text twice would not be read twice. */
export function announce(text) {
    if (!announcer) return;
    announcer("");
    setTimeout(() => announcer && announcer(text), 50);
}

/* ---- a page ---- */
/* The heading takes the focus whenever the page changes, so that keyboard and screen reader begin at its top. */
export function Page({ title, lead, actions, kind, children }) {
    const heading = useRef(null);
    useLayoutEffect(() => {
        document.title = `${title} - ${SYSTEM}`;
        if (heading.current) heading.current.focus({ preventScroll: true });
        window.scrollTo(0, 0);
    }, [title]);
    return html`<div class=${kind || null}>
        <div class="page-head">
            <h1 ref=${heading} tabindex="-1">${title}</h1>
            ${actions && html`<div class="actions">${actions}</div>`}
        </div>
        ${lead && html`<p class="lead">${lead}</p>`}
        ${children}
    </div>`;
}

export function Alert({ problem, kind = "bad", children }) {
    const text = problem ? problem.message : children;
    return text ? html`<div class=${`alert ${kind}`}
        role=${kind === "bad" ? "alert" : "status"}>${text}</div>` : null;
}

export function Tag({ kind = "plain", children }) {
    return html`<span class=${`tag ${kind}`}>${children}</span>`;
}

/* ---- reading ---- */
/* { value, problem, reload() }: `value` is undefined until it is there, and stays while it is read anew. */
export function useRead(path) {
    const [state, setState] = useState({});
    const [turn, setTurn] = useState(0);
    useEffect(() => {
        if (!path) return undefined;
        let isWanted = true;
        const controller = new AbortController();
        setState((old) => (old.path === path ? old : {}));
        read(path, { signal: controller.signal }).then(
            (value) => isWanted && setState({ path, value }),
            (problem) => isWanted && setState((old) => ({ path, value: old.value, problem })),
        );
        return () => {
            isWanted = false;
            controller.abort();
        };
    }, [path, turn]);
    const isCurrent = state.path === path;
    return {
        value: isCurrent ? state.value : undefined,
        problem: isCurrent ? state.problem : undefined,
        reload: () => setTurn((old) => old + 1),
    };
}

/* What was read, or that it is being read, or why it could not be: what is not there is not there the next time. */
export function Loaded({ source, children }) {
    if (source.value === undefined && source.problem)
        return html`<${Alert} problem=${source.problem} />
            ${source.problem.status !== 404 &&
            html`<button type="button" class="plain" onClick=${source.reload}>重试</button>`}`;
    if (source.value === undefined) return html`<p class="loading" role="status">正在读取……</p>`;
    return html`<${Alert} problem=${source.problem} />${children(source.value)}`;
}

/* A list that goes on by cursor: { items, problem, hasMore, isLoading, more(), reload() }; items undefined at first. */
export function useList(path) {
    const [state, setState] = useState({});
    const [turn, setTurn] = useState(0);
    const latest = useRef(null);
    latest.current = path;

    const fetchPage = (after, items) => {
        const joint = path.includes("?") ? "&" : "?";
        const address = after ? `${path}${joint}after=${encodeURIComponent(after)}` : path;
        setState((old) => Object.assign({}, old.path === path ? old : {}, { path, isLoading: true }));
        read(address).then(
            (value) => {
                if (latest.current !== path) return;
                setState({ path, items: items.concat(value.items), after: value.after });
            },
            (problem) => {
                if (latest.current !== path) return;
                setState((old) => Object.assign({}, old, { isLoading: false, problem }));
            },
        );
    };
    useEffect(() => {
        if (path) fetchPage(null, []);
    }, [path, turn]);

    const own = state.path === path ? state : {};
    return {
        items: own.items,
        value: own.items,
        problem: own.problem,
        hasMore: Boolean(own.after),
        isLoading: Boolean(own.isLoading),
        more: () => fetchPage(own.after, own.items || []),
        reload: () => setTurn((old) => old + 1),
    };
}

export function More({ list }) {
    if (!list.hasMore) return null;
    return html`<p class="more">
        <button type="button" class="plain" aria-disabled=${list.isLoading} onClick=${list.more}>
            ${list.isLoading ? "正在读取……" : "显示更多"}
        </button>
    </p>`;
}

/* Read again when the service says that something of `names` has changed, at most once a second. */
export function useEvents(names, handler) {
    const latest = useRef(handler);
    latest.current = handler;
    useEffect(() => {
        let timer = 0;
        const stop = onEvents((name) => {
            if ((!names.includes(name) && name !== "reset") || timer) return;
            timer = setTimeout(() => {
                timer = 0;
                latest.current();
            }, 1000);
        });
        return () => {
            clearTimeout(timer);
            stop();
        };
    }, []);
}

/* ---- writing ---- */
/* Asks before the window is closed or loaded anew while `isUnsaved()`. */
export function guardLeaving(isUnsaved) {
    window.addEventListener("beforeunload", (event) => {
        if (!isUnsaved()) return;
        event.preventDefault();
        event.returnValue = "";
    });
}

/* { run(method, path, body) -> Promise of the answer, isBusy, problem, clear() }. `run` never rejects: it gives
 * undefined and sets `problem`. Who presses again after an answer was lost sends the same key, as long as the content
 * is the same. */
export function useWrite() {
    const [state, setState] = useState({});
    const open = useRef(null);
    const isMounted = useRef(true);
    useEffect(() => () => {
        isMounted.current = false;
    }, []);

    const run = async (method, path, body) => {
        const content = JSON.stringify([method, path, body]);
        if (!open.current || open.current.content !== content) open.current = { content, key: newKey() };
        setState({ isBusy: true });
        try {
            const value = await write(method, path, body, open.current.key);
            open.current = null;
            if (isMounted.current) setState({});
            return value === null ? {} : value;
        } catch (problem) {
            if (problem.status !== 0 && problem.status !== 503) open.current = null;
            if (isMounted.current) setState({ problem });
            return undefined;
        }
    };
    return { run, isBusy: Boolean(state.isBusy), problem: state.problem, clear: () => setState({}) };
}

/* A button that may be pressed once at a time; it keeps the focus while it is busy. */
export function Act({ write: action, onClick, type = "button", kind = "", busy = "正在提交……", children, ...rest }) {
    const isBusy = action && action.isBusy;
    const press = (event) => {
        if (isBusy) event.preventDefault();
        else if (onClick) onClick(event);
    };
    return html`<button type=${type} class=${kind} aria-disabled=${isBusy ? "true" : null}
        onClick=${press} ...${rest}>
        ${isBusy ? busy : children}
    </button>`;
}

/* ---- forms ---- */
let fieldNumber = 0;

function useId(prefix) {
    const id = useRef("");
    if (!id.current) id.current = `${prefix}-${++fieldNumber}`;
    return id.current;
}

/* A label, its control, a hint and what is wrong with it. `problem` counts when it names this field. */
export function Field({ label, name, hint, problem, options, rows, wide, value, onValue, ...rest }) {
    const id = useId(name);
    const isWrong = Boolean(problem && problem.field && problem.field === name);
    const described = [hint ? `${id}-hint` : "", isWrong ? `${id}-wrong` : ""].filter(Boolean).join(" ") || null;
    const shared = Object.assign({}, rest, {
        id,
        name,
        value,
        onInput: onValue ? (event) => onValue(event.currentTarget.value) : undefined,
        "aria-describedby": described,
        "aria-invalid": isWrong ? "true" : null,
    });
    let control;
    if (options)
        control = html`<select ...${shared}>
            ${options.map(([code, text]) => html`<option value=${code} selected=${code === value}>${text}</option>`)}
        </select>`;
    else if (rows) control = html`<textarea rows=${rows} ...${shared}></textarea>`;
    else control = html`<input type="text" autocomplete="off" ...${shared} />`;
    return html`<div class=${`field${wide ? " wide" : ""}`}>
        <label for=${id}>${label}</label>
        ${control}
        ${hint && html`<small id=${`${id}-hint`}>${hint}</small>`}
        ${isWrong && html`<small id=${`${id}-wrong`} class="wrong">${problem.message}</small>`}
    </div>`;
}

/* The values of a form's named controls, trimmed but for passwords. */
export function valuesOf(form) {
    const values = {};
    for (const control of Array.from(form.elements)) {
        if (!control.name) continue;
        if (control.type === "checkbox") values[control.name] = control.checked;
        else if (control.type === "password") values[control.name] = control.value;
        else values[control.name] = control.value.trim();
    }
    return values;
}

/* What is wrong with a form as a whole; a problem of one field stands beside that field too. */
export function FormProblem({ problem }) {
    return problem ? html`<${Alert} problem=${problem} />` : null;
}

/* ---- dialogs ---- */
/* Modal; Escape closes it unless it is firm; the focus goes back to where it was. */
export function Dialog({ title, onClose, isWide, isFirm, children }) {
    const box = useRef(null);
    const isWanted = useRef(true);
    const id = useId("dialog");
    useLayoutEffect(() => {
        const before = document.activeElement;
        const dialog = box.current;
        dialog.showModal();
        const first = (selector) => dialog.querySelector(selector);
        (first("[autofocus]") || first("input, select, textarea, button.main") || first("h2")).focus();
        return () => {
            isWanted.current = false;
            dialog.close();
            if (before && before.isConnected) before.focus();
        };
    }, []);
    const onCancel = (event) => {
        event.preventDefault();
        if (!isFirm) onClose();
    };
    /* A browser may heed a second Escape whatever we say to it. */
    const onClosed = () => {
        if (!isWanted.current) return;
        if (isFirm) box.current.showModal();
        else onClose();
    };
    return html`<dialog ref=${box} class=${isWide ? "box wide" : "box"} aria-labelledby=${id}
        onCancel=${onCancel} onClose=${onClosed}>
        <h2 id=${id} tabindex="-1">${title}</h2>
        ${children}
    </dialog>`;
}

/* Asks before something that cannot be taken back; onConfirm does it and gives whether it was done. */
export function Confirm({ title, question, word, action, isDangerous, onConfirm, onClose }) {
    const confirm = async () => {
        if ((await onConfirm()) !== undefined) onClose();
    };
    return html`<${Dialog} title=${title} onClose=${onClose}>
        <p>${question}</p>
        <${Alert} problem=${action.problem} />
        <div class="actions">
            <${Act} write=${action} kind=${isDangerous ? "main danger" : "main"} onClick=${confirm}>${word}<//>
            <button type="button" class="plain" onClick=${onClose}>取消</button>
        </div>
    <//>`;
}

/* A secret that is shown this once. */
export function Secret({ label, value }) {
    const [isCopied, setCopied] = useState(false);
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(value);
            setCopied(true);
            announce("已复制");
        } catch (refused) {
            announce("浏览器不允许复制，请手工抄录");
        }
    };
    return html`<div class="secret">
        <span class="secret-label">${label}</span>
        <code>${value}</code>
        <button type="button" class="plain small" onClick=${copy}>${isCopied ? "已复制" : "复制"}</button>
    </div>`;
}

/* ---- tables ---- */
/* columns: { label, cell(row), isHead, isNumber, kind }. */
export function Table({ caption, columns, rows, keyOf, kindOf, empty = "没有内容。", foot }) {
    const classOf = (column) => [column.isNumber ? "number" : "", column.kind || ""].join(" ").trim() || null;
    const cell = (column, row) =>
        column.isHead
            ? html`<th scope="row" class=${classOf(column)}>${column.cell(row)}</th>`
            : html`<td class=${classOf(column)}>${column.cell(row)}</td>`;
    const line = (row, index, kind) => html`<tr key=${keyOf ? keyOf(row) : index} class=${kind}>
        ${columns.map((column) => cell(column, row))}
    </tr>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
        <table>
            <caption>${caption}</caption>
            ${rows.length > 0 &&
            html`<thead>
                <tr>${columns.map((column) => html`<th scope="col"
                    class=${classOf(column)}>${column.label}</th>`)}</tr>
            </thead>`}
            <tbody>
                ${rows.map((row, index) => line(row, index, kindOf ? kindOf(row) : null))}
                ${rows.length === 0 && html`<tr><td class="empty" colspan=${columns.length}>${empty}</td></tr>`}
            </tbody>
            ${foot && html`<tfoot>${foot.map((row, index) => line(row, index, "sum"))}</tfoot>`}
        </table>
    </div>`;
}

/* Pairs of word and value; those without a value are left out. */
export function Facts({ pairs }) {
    return html`<dl class="facts">
        ${pairs
            .filter(([, value]) => value !== null && value !== undefined && value !== "")
            .map(([word, value]) => html`<div><dt>${word}</dt><dd>${value}</dd></div>`)}
    </dl>`;
}

/* Links between the parts of one subject. */
export function Parts({ label, parts, current }) {
    return html`<nav class="parts" aria-label=${label}>
        <ul>
            ${parts.map(
                ([word, address, key]) => html`<li>
                    <a href=${address} aria-current=${key === current ? "page" : null}>${word}</a>
                </li>`,
            )}
        </ul>
    </nav>`;
}

/* Seconds left until `at` (milliseconds), counted down; 0 when over. */
export function useCountdown(at) {
    const left = () => Math.max(0, Math.ceil((at - Date.now()) / 1000));
    const [, setTick] = useState(0);
    useEffect(() => {
        if (!at || left() === 0) return undefined;
        const timer = setInterval(() => {
            setTick((old) => old + 1);
            if (left() === 0) clearInterval(timer);
        }, 500);
        return () => clearInterval(timer);
    }, [at]);
    return at ? left() : 0;
}
