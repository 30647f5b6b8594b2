/* Those who look on while a round is phoned: people of every role, who sign in by the API, hear what events the service
 * tells them all the while, and read in the end whatever it lets them: every GET of the OpenAPI document, with the ids
 * that there are. All that is said to them goes to WORK/said/NAME.txt; whether that is too much is for the script to
 * look for. */

import fs from "node:fs";

import { Person } from "./person.mjs";

const IDS = { round: ["2024-06"], other: ["1", "2", "3", "7", "20"] };
const TIMES = "from=2024-01-01&to=2099-12-31";
const AGAIN_MS = 250;
/* The certificate is the service's own. */
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";

export class Visitor {
    constructor(base, work, name, password) {
        this.base = base;
        this.person = new Person(name, password);
        this.cookie = "";
        this.csrf = "";
        this.key = 0;
        this.file = `${work}/said/${name}.txt`;
        this.kinds = new Set();
        this.lastId = "";
        this.stop = new AbortController();
        fs.writeFileSync(this.file, "");
    }

    /* `body`: an object, or the text of a file. */
    async ask(method, path, body) {
        this.key += 1;
        const isFile = typeof body === "string";
        const answer = await fetch(`${this.base}${path}`, {
            method,
            headers: {
                cookie: this.cookie,
                "x-csrf-token": this.csrf,
                "idempotency-key": `visitor-${this.person.name}-${this.key}-${Date.now()}`,
                "content-type": isFile ? "application/octet-stream" : "application/json",
            },
            body: isFile ? body : body && JSON.stringify(body),
        });
        const text = await answer.text();
        for (const cookie of answer.headers.getSetCookie()) [this.cookie] = cookie.split(";");
        const value = text.startsWith("{") ? JSON.parse(text) : {};
        if (value.csrf) this.csrf = value.csrf;
        fs.appendFileSync(this.file, `\n== ${method} ${path}: ${answer.status}\n${this.isIn ? text : ""}`);
        return { status: answer.status, value };
    }

    async signIn() {
        const { person } = this;
        await this.ask("POST", "/api/v1/sessions", { name: person.name, password: person.password });
        const next = person.newPassword();
        await this.ask("POST", "/api/v1/account/password", { current: person.password, new: next });
        person.password = next;
        const offered = await this.ask("POST", "/api/v1/account/totp", {});
        if (offered.value.secret) {
            person.secret = offered.value.secret;
            await this.ask("POST", "/api/v1/account/totp/confirm", { code: await person.code() });
        }
        this.isIn = true;
    }

    /* The service's clock was put on, which ended the session; the stream comes back under the new one. */
    async signInAgain(aheadMs) {
        const { person } = this;
        person.aheadMs = aheadMs;
        const totp = person.secret ? await person.code() : undefined;
        await this.ask("POST", "/api/v1/sessions", { name: person.name, password: person.password, totp });
    }

    /* Until `hush`, as a browser does: whoever is cut off comes back and says where it was. Resolves when the stream is
     * there for the first time. */
    listen() {
        return new Promise((resolve) => {
            this.heard = this.hear(resolve);
        });
    }

    async hear(onThere) {
        while (!this.stop.signal.aborted) {
            try {
                const headers = { cookie: this.cookie };
                if (this.lastId) headers["last-event-id"] = this.lastId;
                const answer = await fetch(`${this.base}/api/v1/events`, { headers, signal: this.stop.signal });
                fs.appendFileSync(this.file, `\n== GET /api/v1/events: ${answer.status}\n`);
                onThere();
                let rest = "";
                for await (const chunk of answer.body) rest = this.take(rest + Buffer.from(chunk).toString());
            } catch (fault) {
                /* the service is away, or this was the end */
            }
            await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        }
    }

    /* Whole lines; gives what is left. */
    take(text) {
        const end = text.lastIndexOf("\n") + 1;
        fs.appendFileSync(this.file, text.slice(0, end));
        for (const line of text.slice(0, end).split("\n")) {
            const [name, value] = line.split(/: ?/, 2);
            if (name === "event") this.kinds.add(value);
            if (name === "id") this.lastId = value;
        }
        return text.slice(end);
    }

    /* The kinds of events that were heard; that one was cut off is none of them. */
    async hush() {
        this.stop.abort();
        await this.heard;
        this.kinds.delete("reset");
        return [...this.kinds].sort().join(" ");
    }

    /* Gives how many of the paths were answered. */
    async readAll(paths) {
        let answered = 0;
        for (const path of paths) {
            const isOfRound = path.startsWith("/api/v1/rounds/{id}");
            for (const id of path.includes("{") ? (isOfRound ? IDS.round : IDS.other) : [""]) {
                const query = path.includes("shifts") ? `?${TIMES}` : "";
                const { status } = await this.ask("GET", `${path.replace(/\{\w+\}/g, id)}${query}`);
                if (status === 200) answered += 1;
            }
        }
        return answered;
    }
}

/* Every GET there is but the stream and what needs no session. */
export async function pathsOf(base) {
    const { paths } = await (await fetch(`${base}/api/v1/openapi.json`)).json();
    const isPublic = (path) => !path.startsWith("/api/v1/") || /(events|openapi\.json)$/.test(path);
    return Object.keys(paths).filter((path) => paths[path].get && !isPublic(path));
}
