/* roles.mjs BASE ACCOUNTS WORK NAME…: each of these people signs in by the API and reads whatever it lets them: every GET
 * of the OpenAPI document, with the ids that there are. All that is said goes to WORK/said/NAME.txt, and whoever is told
 * anything listens for events meanwhile. Prints a line a test; whether too much is said is for the caller to look for. */

import fs from "node:fs";

import { Person } from "./person.mjs";
import { failures, verdict } from "./report.mjs";

const [base, accountsFile, work, ...names] = process.argv.slice(2);
const oneTime = JSON.parse(fs.readFileSync(accountsFile, "utf8"));
const IDS = { round: ["2024-06"], other: ["1", "2", "3", "7", "20"] };
const TIMES = "from=2024-01-01&to=2099-12-31";
/* The certificate is the service's own; its clock is ahead. */
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const aheadMs = Number(fs.readFileSync(`${work}/ahead`, "utf8")) * 1000;
const now = Date.now.bind(Date);
Date.now = () => now() + aheadMs;

class Visitor {
    constructor(name) {
        this.person = new Person(name, oneTime[name]);
        this.cookie = "";
        this.csrf = "";
        this.key = 0;
        this.file = `${work}/said/${name}.txt`;
        fs.writeFileSync(this.file, "");
    }

    async ask(method, path, body) {
        this.key += 1;
        const answer = await fetch(`${base}${path}`, {
            method,
            headers: {
                cookie: this.cookie,
                "x-csrf-token": this.csrf,
                "idempotency-key": `visitor-${this.person.name}-${this.key}-${Date.now()}`,
                "content-type": "application/json",
            },
            body: body && JSON.stringify(body),
        });
        const text = await answer.text();
        for (const cookie of answer.headers.getSetCookie()) [this.cookie] = cookie.split(";");
        const value = text.startsWith("{") ? JSON.parse(text) : {};
        if (value.csrf) this.csrf = value.csrf;
        return { status: answer.status, text, value };
    }

    async signIn() {
        const { person } = this;
        await this.ask("POST", "/api/v1/sessions", { name: person.name, password: person.password });
        const next = person.newPassword();
        await this.ask("POST", "/api/v1/account/password", { current: person.password, new: next });
        const offered = await this.ask("POST", "/api/v1/account/totp", {});
        if (offered.value.secret) {
            person.secret = offered.value.secret;
            await this.ask("POST", "/api/v1/account/totp/confirm", { code: await person.code() });
        }
    }

    listen() {
        this.stop = new AbortController();
        const headers = { cookie: this.cookie };
        this.heard = fetch(`${base}/api/v1/events`, { headers, signal: this.stop.signal })
            .then(async (answer) => {
                for await (const chunk of answer.body) fs.appendFileSync(this.file, chunk);
            })
            .catch(() => {});
    }

    /* Gives how many of the paths were answered. */
    async readAll(paths) {
        let answered = 0;
        for (const path of paths) {
            if (path.endsWith("/events")) continue;
            const isOfRound = path.startsWith("/api/v1/rounds/{id}");
            for (const id of path.includes("{") ? (isOfRound ? IDS.round : IDS.other) : [""]) {
                const { status, text } = await this.ask("GET", `${path.replace(/\{\w+\}/g, id)}?${path.includes("shifts") ? TIMES : ""}`);
                fs.appendFileSync(this.file, `\n== GET ${path} ${id}: ${status}\n${text}`);
                if (status === 200) answered += 1;
            }
        }
        return answered;
    }
}

fs.mkdirSync(`${work}/said`, { recursive: true });
try {
    const { paths } = await (await fetch(`${base}/api/v1/openapi.json`)).json();
    const gets = Object.keys(paths).filter((path) => paths[path].get);
    const visitors = names.map((name) => new Visitor(name));
    for (const visitor of visitors) {
        await visitor.signIn();
        visitor.listen();
    }
    for (const visitor of visitors) {
        const answered = await visitor.readAll(gets);
        verdict(`${visitor.person.name}_reads_what_there_is`, answered >= 3, `${answered} answers`);
    }
    for (const visitor of visitors) {
        visitor.stop.abort();
        await visitor.heard;
    }
} catch (fault) {
    verdict("visitors_ran_to_their_end", false, fault.stack);
}
process.exit(failures() === 0 ? 0 : 1);
