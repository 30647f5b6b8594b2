/* Answers on their way to the service, in the order in which they were given. Nobody waits for them: each is sent under
 * a key of its own, again and again under the same key until the service has said something of it. */

import { Problem, newKey } from "./api.js";

const PATIENCE_MS = 20000; /* for one answer of the service */
const LATE_MS = 4000; /* after which it is no longer "being saved" */
const PAUSE_MAX_S = 5;

/* A request that may hang is given up, and repeated. */
export function patiently(ask) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), PATIENCE_MS);
    return ask(controller.signal).finally(() => clearTimeout(timer));
}

/* Whether the service may have answered so only for now; a page that is told of a new sign-in takes up its token. */
export function isPassing(problem) {
    if (!(problem instanceof Problem) || problem.status === 0 || problem.code === "csrf") return true;
    return problem.status === 429 || problem.status >= 500;
}

export function pauseAfter(failures, problem) {
    return Math.max(problem.retryAfter || 0, Math.min(2 ** (failures - 1), PAUSE_MAX_S));
}

export class Saver {
    /* send(caseId, body, key, signal) -> Promise; onSaved(answer), onRefused(entry, problem), onChange(). */
    constructor(send, { onSaved, onRefused, onChange }) {
        Object.assign(this, { send, onSaved, onRefused, onChange });
        this.entries = [];
        this.failures = 0;
        this.isRunning = false;
        this.isHalted = false;
        this.timer = 0;
        this.waiting = [];
    }

    put(caseId, body) {
        const isOfThat = (entry) => entry.body.order === body.order && entry.body.item === body.item;
        this.entries = this.entries.filter((entry) => entry.isTried || entry.caseId !== caseId || !isOfThat(entry));
        this.entries.push({ caseId, body, key: newKey(), at: Date.now(), isTried: false });
        this.run();
        this.onChange();
    }

    /* "saved", "saving" or "unsaved". */
    get state() {
        if (this.entries.length === 0) return "saved";
        return this.failures > 0 || Date.now() - this.entries[0].at > LATE_MS ? "unsaved" : "saving";
    }

    holds(order, item) {
        return this.entries.some((entry) => entry.body.order === order && entry.body.item === item);
    }

    /* Resolves when nothing is left to be sent. */
    drained() {
        if (this.entries.length === 0) return Promise.resolve();
        return new Promise((resolve) => this.waiting.push(resolve));
    }

    /* After a sign-in. */
    resume() {
        this.isHalted = false;
        this.run();
    }

    drop() {
        this.entries = [];
        this.failures = 0;
        this.release();
    }

    release() {
        for (const resolve of this.waiting.splice(0)) resolve();
        this.onChange();
    }

    async run() {
        if (this.isRunning || this.isHalted) return;
        clearTimeout(this.timer);
        this.isRunning = true;
        while (this.entries.length > 0 && !this.isHalted) {
            const entry = this.entries[0];
            entry.isTried = true;
            try {
                const answer = await patiently((signal) => this.send(entry.caseId, entry.body, entry.key, signal));
                this.failures = 0;
                this.entries = this.entries.filter((each) => each !== entry);
                this.onSaved(answer);
            } catch (problem) {
                if (problem.status === 401) {
                    this.isHalted = true; /* goes on after the next sign-in */
                } else if (isPassing(problem)) {
                    this.failures += 1;
                    this.timer = setTimeout(() => this.run(), pauseAfter(this.failures, problem) * 1000);
                    break;
                } else {
                    this.entries = this.entries.filter((each) => each !== entry);
                    this.onRefused(entry, problem);
                }
            }
            this.onChange();
        }
        this.isRunning = false;
        if (this.entries.length === 0) this.release();
        else this.onChange();
    }
}
