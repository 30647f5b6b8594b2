/* The shell: who is signed in, which page, the menu, and the watch over an idle session.
 *
 *   LOADING -> SIGNED_OUT -> (must_change -> must_enrol ->) FULL
 *
 * The address stays while one signs in again, so that work goes on where it was. */

import { html, render, useEffect, useLayoutEffect, useRef, useState } from "./standalone.module.js";
import { MOVES, closeEvents, lastHeard, openEvents, read, useCsrf, whenSignedOut, write } from "./api.js";
import { duration } from "./figures.js";
import { Alert, Announcer, Page, SYSTEM, announce } from "./parts.js";
import { FirstPassword, FirstTotp, SignIn } from "./sign_in.js";
import { Account } from "./account.js";
import { Users } from "./users.js";
import { Teams } from "./teams.js";
import { Sessions } from "./sessions.js";
import { Tokens } from "./tokens.js";
import { Audit } from "./audit.js";
import { Round, Rounds } from "./rounds.js";
import { Import, Quality } from "./quality.js";
import { Tasks } from "./tasks.js";
import { Supervision } from "./supervision.js";
import { Attendance } from "./attendance.js";
import { CallRecords } from "./call_records.js";
import { Rechecks } from "./rechecks.js";
import { CallerDesk } from "./desk.js";

/* word in the address, label in the menu (none: not in it), roles (none: all), page, page of one item. */
const PAGES = [
    { word: "rounds", label: "评价期", roles: ["office", "auditor", "supervisor"], page: Rounds, item: Round },
    { word: "supervision", label: "督导", roles: ["office", "supervisor", "auditor"], page: Supervision, item: Supervision },
    { word: "quality", label: "数据质量", roles: ["office", "auditor"], page: Quality, item: Import },
    { word: "desk", label: "电话测评", roles: ["caller", "checker", "supervisor"], page: CallerDesk, item: CallerDesk },
    { word: "rechecks", label: "复核", roles: ["checker", "supervisor", "office"], page: Rechecks, item: Rechecks },
    { word: "attendance", label: "考勤", roles: ["supervisor", "office"], page: Attendance },
    { word: "calls", label: "话单", roles: ["supervisor", "office"], page: CallRecords },
    { word: "users", label: "账号", roles: ["administrator", "security", "auditor"], page: Users },
    { word: "teams", label: "班组与时限", roles: ["administrator", "security", "auditor"], page: Teams },
    { word: "sessions", label: "登录会话", roles: ["administrator", "security"], page: Sessions },
    { word: "tokens", label: "接口令牌", roles: ["security"], page: Tokens },
    { word: "audit", label: "审计日志", roles: ["auditor"], page: Audit },
    { word: "tasks", label: "任务", roles: ["office", "auditor", "administrator"], page: Tasks },
    { word: "account", page: Account },
];

const WARN_S = 60;

function mayOpen(page, account) {
    if (!page.roles) return true;
    if (account.unit && page.word !== "rounds") return false; /* all else is of the whole city */
    const isOurs = page.word === "rounds" || page.word === "calls";
    return page.roles.includes(account.role) && !(account.is_contractor && isOurs);
}

function placeOf(hash) {
    const [word = "", ...rest] = hash.replace(/^#\/?/, "").split("/");
    const path = rest.filter(Boolean).map((part) => {
        try {
            return decodeURIComponent(part);
        } catch (malformed) {
            return part;
        }
    });
    return { word, path };
}

function usePlace() {
    const [hash, setHash] = useState(window.location.hash);
    useEffect(() => {
        const onChange = () => setHash(window.location.hash);
        window.addEventListener("hashchange", onChange);
        return () => window.removeEventListener("hashchange", onChange);
    }, []);
    return placeOf(hash);
}

/* Counts from the last key or click in any window of this browser. Who works without asking the service of anything
 * keeps the session alive all the same; who does nothing is warned a minute before, and out when it is over. */
function IdleWatch({ account, onIdle }) {
    const movedAt = useRef(Date.now());
    const [left, setLeft] = useState(null);
    const shown = useRef(null);
    const stay = () => {
        shown.current = null;
        movedAt.current = Date.now();
        setLeft(null);
        read("/api/v1/account").catch(() => {});
    };
    useEffect(() => {
        const channel = "BroadcastChannel" in window ? new BroadcastChannel("pingyi-moves") : null;
        let toldAt = 0;
        const onMove = () => {
            if (shown.current !== null) {
                /* Beside an open dialog the button cannot be reached, and in a call nobody reaches for it: there any key
                 * or click will do. */
                if (document.querySelector("dialog[open], .desk")) stay();
                return;
            }
            movedAt.current = Date.now();
            if (channel && movedAt.current - toldAt > 5000) {
                toldAt = movedAt.current;
                channel.postMessage("moved");
            }
        };
        if (channel)
            channel.onmessage = () => {
                movedAt.current = Date.now();
            };
        for (const move of MOVES) window.addEventListener(move, onMove, { passive: true });
        const limit = account.idle_s;
        const warning = Math.min(WARN_S, limit / 2);
        const timer = setInterval(() => {
            const still = Math.floor((Date.now() - movedAt.current) / 1000);
            const rest = limit - still;
            if (rest <= 0) {
                clearInterval(timer);
                onIdle();
                return;
            }
            if (rest > warning && Date.now() - lastHeard() > (limit * 1000) / 3 && still < limit / 3)
                read("/api/v1/account").catch(() => {});
            if (rest <= warning && shown.current === null) announce(`长时间未操作，${duration(rest)}后将自动退出`);
            shown.current = rest <= warning ? rest : null;
            setLeft(shown.current);
        }, 1000);
        return () => {
            clearInterval(timer);
            for (const move of MOVES) window.removeEventListener(move, onMove);
            if (channel) channel.close();
        };
    }, [account.idle_s]);
    if (left === null) return null;
    return html`<div class="idle" role="alertdialog" aria-label="即将自动退出">
        <span>长时间未操作，<strong role="timer">${duration(left)}</strong> 后将自动退出。</span>
        <button type="button" class="main" onClick=${stay}>继续使用</button>
    </div>`;
}

function Header({ account, place, pages, onSignOut }) {
    return html`<header class="top no-print">
        <div class="bar">
            <p class="brand"><span>${(account && account.organ) || ""}</span>${SYSTEM}</p>
            ${account && account.stage === "full" &&
            html`<nav aria-label="主菜单">
                <ul>
                    ${pages
                        .filter((page) => page.label)
                        .map(
                            (page) => html`<li>
                                <a href=${`#/${page.word}`}
                                    aria-current=${page.word === place.word ? "page" : null}>${page.label}</a>
                            </li>`,
                        )}
                </ul>
            </nav>`}
            ${account &&
            html`<div class="who">
                ${account.stage === "full"
                    ? html`<a href="#/account" aria-current=${place.word === "account" ? "page" : null}
                        title=${account.role_zh}>
                          ${account.display_name || account.name}${account.display_name !== account.role_zh &&
                          html`<small>${account.role_zh}</small>`}
                      </a>`
                    : html`<span>${account.display_name || account.name}</span>`}
                <button type="button" class="quiet" onClick=${onSignOut}>退出</button>
            </div>`}
        </div>
        ${account && account.demonstration && html`<p class="demonstration">${account.demonstration}</p>`}
    </header>`;
}

function Nowhere() {
    return html`<${Page} title="没有这个页面">
        <p>地址有误，或者您没有查看的权限。请从上方菜单进入。</p>
    <//>`;
}

function Content({ account, place, pages, refresh }) {
    const page = pages.find((each) => each.word === place.word);
    if (!page) return html`<${Nowhere} key=${place.word} />`;
    const view = place.path.length > 0 && page.item ? page.item : page.page;
    const key = `${page.word}/${place.path[0] || ""}`;
    return html`<${view} key=${key} account=${account} path=${place.path} refresh=${refresh} />`;
}

function App() {
    const [account, setAccount] = useState(undefined); /* undefined: not known yet; null: nobody */
    const [notice, setNotice] = useState("");
    const [fault, setFault] = useState(null);
    const place = usePlace();
    const current = useRef(null);
    current.current = account;
    const isLeaving = useRef(false);
    const visit = useRef(0); /* what was asked in an earlier one is no news of this */

    const load = async () => {
        const asked = visit.current;
        try {
            const value = await read("/api/v1/account");
            if (asked !== visit.current) return;
            useCsrf(value.csrf);
            setFault(null);
            setAccount(value);
        } catch (problem) {
            if (problem.status !== 401) setFault(problem);
        }
    };
    const leave = (why) => {
        visit.current++;
        current.current = null; /* at once: requests that are under way say nothing more of it */
        closeEvents();
        useCsrf("");
        setNotice(why);
        setAccount(null);
    };
    const signOut = async (why, place) => {
        isLeaving.current = true;
        visit.current++;
        try {
            await write("DELETE", "/api/v1/sessions/current");
        } catch (problem) {
            /* Ended already, or out of reach: it runs out by itself. */
        }
        isLeaving.current = false;
        leave(why);
        if (place !== undefined) window.location.hash = place;
    };
    useEffect(() => {
        whenSignedOut((problem) => {
            if (isLeaving.current || current.current === null) return; /* who has left is told why */
            if (problem.code === "csrf") {
                load();
                return;
            }
            leave(current.current ? "登录已失效，请重新登录；登录后回到原来的页面。" : "");
        });
        load();
    }, []);
    const isFull = Boolean(account && account.stage === "full");
    useEffect(() => {
        if (isFull) openEvents();
        else closeEvents();
        return closeEvents;
    }, [isFull]);

    const pages = isFull ? PAGES.filter((page) => mayOpen(page, account)) : [];
    useLayoutEffect(() => {
        if (isFull && place.word === "") window.location.replace(`#/${pages[0].word}`);
    }, [isFull, place.word]);

    const onSignedIn = (answer) => {
        useCsrf(answer.csrf);
        setNotice("");
        load();
    };
    const main = () => {
        if (fault) return html`<${Page} title="打不开"><${Alert} problem=${fault} /><button type="button"
            class="main" onClick=${load}>重试</button><//>`;
        if (account === undefined) return html`<p class="loading" role="status">正在打开……</p>`;
        if (account === null) return html`<${SignIn} notice=${notice} onSignedIn=${onSignedIn} />`;
        if (account.stage === "must_change") return html`<${FirstPassword} account=${account} onDone=${load} />`;
        if (account.stage === "must_enrol") return html`<${FirstTotp} account=${account} onDone=${load} />`;
        return html`<${Content} account=${account} place=${place} pages=${pages} refresh=${load} />`;
    };
    const skip = (event) => {
        event.preventDefault();
        document.getElementById("content").focus();
    };
    return html`
        <a class="skip" href="#content" onClick=${skip}>跳到正文</a>
        <${Header} account=${account} place=${place} pages=${pages} onSignOut=${() => signOut("已退出。", "#/")} />
        <main id="content" tabindex="-1">${main()}</main>
        <${Announcer} />
        ${isFull && account.idle_s > 0 && html`<${IdleWatch} account=${account}
            onIdle=${() => signOut("因长时间未操作，已自动退出；登录后回到原来的页面。")} />`}
    `;
}

const root = document.getElementById("app");
root.textContent = "";
render(html`<${App} />`, root);
