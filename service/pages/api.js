/* What the pages say to the service: one function for reads, one for writes, one stream of events.
 *
 * The CSRF token lives here, in memory alone. Every write carries an Idempotency-Key: a repeat after a lost answer or
 * a 503 carries the same one, so that nothing counts twice. */

const TRIES = 4;
const WAIT_MAX_S = 15;

let csrf = "";
let onSignedOut = () => {};
let seenAt = Date.now();

/* Pages ask by themselves, too. The service is told when nobody has touched this one since it last heard of somebody:
 * such a request keeps no session from being idle. */
export const MOVES = ["keydown", "pointerdown", "wheel", "touchstart"];
const TOUCH_HOLDS_MS = 60000;
let touchedAt = Date.now();
for (const move of MOVES)
    window.addEventListener(move, () => (touchedAt = Date.now()), { capture: true, passive: true });

function isAttended() {
    return touchedAt > seenAt || Date.now() - touchedAt < TOUCH_HOLDS_MS;
}

/* An answer that is no success. `status` 0: there was no answer at all. */
export class Problem extends Error {
    constructor(status, code, text, field, retryAfter) {
        super(text);
        this.status = status;
        this.code = code;
        this.field = field;
        this.retryAfter = retryAfter;
    }
}

export function useCsrf(token) {
    csrf = token || "";
}

/* Nobody is signed in any more; or (code "csrf") somebody has signed in anew in another window. */
export function whenSignedOut(handler) {
    onSignedOut = handler;
}

/* When the service last heard of somebody here, in milliseconds. */
export function lastHeard() {
    return seenAt;
}

/* The service's clock, in milliseconds; that of the machine before this page may be wrong. Its answers name seconds, so
 * small differences are none. */
const CLOCKS_AGREE_MS = 2000;
let aheadMs = 0;

export function serviceNow() {
    return Date.now() + aheadMs;
}

function compareClocks(answer) {
    const ms = Date.parse(answer.headers.get("Date")) - Date.now();
    if (Math.abs(ms - aheadMs) > CLOCKS_AGREE_MS) aheadMs = ms;
}

export function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function wait(seconds) {
    return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

const WORDS_OF_STATUS = {
    0: "没有连上服务器，请检查网络后重试。",
    400: "填写内容有误，请检查后重试。",
    401: "登录已失效，请重新登录。",
    403: "没有权限，请联系系统管理员。",
    404: "没有找到，可能已被删除；请返回列表后刷新。",
    409: "内容已变更，请刷新后重试。",
    413: "内容过大，请减少后重试。",
    429: "操作过于频繁，请稍后重试。",
    503: "服务器繁忙，请稍后重试。",
};

function wordsOf(status) {
    return WORDS_OF_STATUS[status] || "服务器出错，请稍后重试；仍不成功请联系系统管理员。";
}

function isOfSignIn(problem) {
    return problem.status === 401 || problem.code === "csrf";
}

async function problemOf(answer) {
    const retryAfter = Number(answer.headers.get("Retry-After")) || 0;
    let told = {};
    try {
        told = await answer.json();
    } catch (unreadable) {
        told = {};
    }
    const text = told.detail || told.title || wordsOf(answer.status);
    return new Problem(answer.status, told.code || "", text, told.field || "", retryAfter);
}

async function valueOf(answer) {
    const type = answer.headers.get("Content-Type") || "";
    if (answer.status === 204) {
        const retryAfter = Number(answer.headers.get("Retry-After")) || 0;
        return retryAfter > 0 ? { retryAfter } : null;
    }
    return type.includes("json") ? answer.json() : answer.text();
}

/* 503 says that nothing was done, a broken connection leaves it open: with the same key both may be repeated. */
async function send(path, options, tries) {
    for (let left = tries - 1; ; left--) {
        let answer;
        try {
            answer = await fetch(path, options);
        } catch (broken) {
            if (options.signal && options.signal.aborted) throw new Problem(0, "canceled", "已取消。");
            if (left <= 0) throw new Problem(0, "unreachable", wordsOf(0));
            await wait(tries - left);
            continue;
        }
        if (answer.status === 503 && left > 0) {
            await wait(Math.min(Number(answer.headers.get("Retry-After")) || 1, WAIT_MAX_S));
            continue;
        }
        return answer;
    }
}

async function finish(answer, path) {
    compareClocks(answer);
    if (answer.ok) {
        if (isAttended()) seenAt = Date.now();
        return valueOf(answer);
    }
    const problem = await problemOf(answer);
    const isSignIn = path === "/api/v1/sessions";
    if (isOfSignIn(problem) && !isSignIn) onSignedOut(problem);
    throw problem;
}

export async function read(path, options = {}) {
    const headers = { Accept: options.accept || "application/json, application/problem+json" };
    if (!isAttended()) headers["X-Unattended"] = "1";
    const answer = await send(path, { headers, credentials: "same-origin", signal: options.signal }, 2);
    return finish(answer, path);
}

/* options: `tries`, when not the usual ones; `signal`. */
export async function write(method, path, body, key, { tries = TRIES, signal } = {}) {
    const headers = {
        Accept: "application/json, application/problem+json",
        "Idempotency-Key": key || newKey(),
    };
    if (csrf) headers["X-CSRF-Token"] = csrf;
    if (!isAttended()) headers["X-Unattended"] = "1";
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const options = { method, headers, credentials: "same-origin", signal };
    if (body !== undefined) options.body = JSON.stringify(body);
    return finish(await send(path, options, tries), path);
}

/* A file as the raw body. fetch of Chromium 86 tells nothing of its progress, so this is XMLHttpRequest.
 * Gives { done: Promise, cancel() }; onProgress(sent, total) in bytes. */
export function upload(path, file, key, onProgress) {
    const request = new XMLHttpRequest();
    const done = new Promise((resolve, reject) => {
        request.open("POST", path);
        request.setRequestHeader("Accept", "application/json, application/problem+json");
        request.setRequestHeader("Content-Type", "application/octet-stream");
        request.setRequestHeader("Idempotency-Key", key);
        request.setRequestHeader("X-CSRF-Token", csrf);
        request.upload.onprogress = (event) => onProgress(event.loaded, event.total);
        request.onabort = () => reject(new Problem(0, "canceled", "已取消上传，文件未导入。"));
        request.onerror = () => reject(new Problem(0, "unreachable", "上传中断，请检查网络后重新上传。"));
        request.onload = () => {
            let told = {};
            try {
                told = JSON.parse(request.responseText);
            } catch (unreadable) {
                told = {};
            }
            if (request.status >= 200 && request.status < 300) {
                seenAt = Date.now();
                resolve(told);
                return;
            }
            const retryAfter = Number(request.getResponseHeader("Retry-After")) || 0;
            const text = told.detail || told.title || wordsOf(request.status);
            const problem = new Problem(request.status, told.code || "", text, told.field || "", retryAfter);
            if (isOfSignIn(problem)) onSignedOut(problem);
            reject(problem);
        };
        request.send(file);
    });
    return { done, cancel: () => request.abort() };
}

/* ---- events ---- */
const EVENTS = ["task", "round", "import", "followup", "reset"];
const REOPEN_MS = 15000;
const listeners = new Set();
let stream = null;
let reopening = 0;

function hear(name, text) {
    let data = {};
    try {
        data = JSON.parse(text || "{}");
    } catch (unreadable) {
        data = {};
    }
    for (const listener of Array.from(listeners)) listener(name, data);
}

export function openEvents() {
    closeEvents();
    stream = new EventSource("/api/v1/events");
    for (const name of EVENTS) stream.addEventListener(name, (event) => hear(name, event.data));
    stream.onerror = () => {
        /* The browser comes back by itself unless the answer was no stream. */
        if (stream && stream.readyState === EventSource.CLOSED) {
            clearTimeout(reopening);
            reopening = setTimeout(openEvents, REOPEN_MS);
        }
    };
}

export function closeEvents() {
    clearTimeout(reopening);
    if (stream) stream.close();
    stream = null;
}

/* Gives the function that stops listening. */
export function onEvents(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
}
