/* The phoning of a round as its supervisors see it: progress, units, cases, callers, the do-not-call list. Live: read
 * again when the service says that the phoning has moved, and now and then where events are held back. */

import { html, useEffect, useState } from "./standalone.module.js";
import { NOTHING, clock, count, duration, isKnown, percent, rate, time } from "./figures.js";
import {
    Act, Alert, Confirm, Dialog, Field, FormProblem, Loaded, Page, Parts, Table, Tag, announce, useEvents, useRead,
    useWrite, valuesOf,
} from "./parts.js";
import { Bans, Callers } from "./supervision_lists.js";
import { followupPath } from "./phoned_rounds.js";
import { CaseList, History, addressOf } from "./supervision_cases.js";
import { ALERTS, CALLER_STATES, LANGUAGES, say } from "./words.js";

const ASK_MS = 15000;

/* ---- figures ---- */
/* A rate with its counts; below a hundred the counts alone. */
function Rate({ value, part, base, word = "件" }) {
    const shown = rate(value, part, base, word);
    return html`<span class="figure">${shown.main}</span>${shown.base && html`<small>${shown.base}</small>`}`;
}

function Tile({ word, value, hint, href }) {
    const inner = html`<span class="tile-word">${word}</span><strong>${value}</strong><small>${hint || ""}</small>`;
    return href ? html`<a class="tile" href=${href}>${inner}</a>` : html`<div class="tile">${inner}</div>`;
}

function dayWords(day) {
    return `${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`;
}

function forecastOf(forecast) {
    if (forecast.left === 0) return ["全部结案", ""];
    if (!isKnown(forecast.per_day)) return [NOTHING, "拨打满一小时且有结案后推算"];
    const hint = `每日${forecast.per_day.toFixed(1)}件（近${forecast.hours.toFixed(1)}小时结案${count(forecast.finished)}件）`;
    return [forecast.last_day ? dayWords(forecast.last_day) : NOTHING, hint];
}

function finalHint(totals) {
    const away = totals.handed_over > 0 ? `，${count(totals.handed_over)}件在外包机构` : "";
    return `${count(totals.released)}件中${away}`;
}

function Tiles({ value, round }) {
    const { totals, forecast } = value;
    const [lastDay, pace] = forecastOf(forecast);
    const cases = (state) => addressOf(round, "cases", state);
    const target = isKnown(totals.target) ? `样本量${count(totals.target)}件` : "本班组";
    return html`<div class="tiles">
        <${Tile} word="已启用" value=${count(totals.released)} hint=${target} href=${addressOf(round, "cases")} />
        <${Tile} word="未访问" value=${count(totals.queued)} hint="还没有拨打" href=${cases("queued")} />
        <${Tile} word="办理中" value=${count(totals.leased)} hint="话务员手中" href=${cases("leased")} />
        <${Tile} word="已预约" value=${count(totals.appointment)} hint="按约定时间" href=${cases("appointment")} />
        <${Tile} word="待再拨" value=${count(totals.waiting)} hint="换时段再拨" href=${cases("waiting")} />
        <${Tile} word="已结案" value=${count(totals.final)} hint=${finalHint(totals)}
            href=${cases("final")} />
        <${Tile} word="预计完成" value=${lastDay} hint=${pace} />
    </div>`;
}

/* ---- what to look at ---- */
function Alerts({ value, round }) {
    const rows = value.alerts;
    return html`<section class="card">
        <h2>提醒（${rows.length}）</h2>
        ${rows.length === 0 && html`<p class="empty">没有提醒。</p>`}
        <ul class="alerts">
            ${rows.map((row) => html`<li key=${`${row.kind}/${row.caller || row.unit}/${row.detail}`}>
                <${Tag} kind=${row.is_alarm ? "bad" : "warn"}>${say(ALERTS, row.kind)}<//>
                <span>${(row.caller || row.unit) &&
                html`<strong>${row.caller || row.unit}</strong>　`}${row.detail}${row.cases.length > 0 &&
                html`，样本${row.cases.map((id) => html` <a href=${addressOf(round, "case", id)}>${id}</a>`)}`}</span>
            </li>`)}
        </ul>
        ${rows.length > 0 && html`<p class="hint">提醒是抽听录音、加以核实的理由，不是过错的证明。</p>`}
    </section>`;
}

function openEndsOf(ends) {
    return [
        ["未拨打", ends.unworked, ends.without_number > 0 ? `其中无可拨号码${count(ends.without_number)}件` : ""],
        ["未做完", ends.unfinished, ""],
        ["预约未回", ends.appointments, ""],
        ["办理中", ends.leased, ""],
        ["复核未裁定", ends.rechecks, ""],
    ].filter(([, cases]) => cases > 0);
}

function OpenEnds({ ends, round }) {
    const whole = isKnown(ends.unworked);
    if (!whole && ends.languages.length === 0) return null;
    return html`<section class="card">
        <h2>${whole ? "关闭前须办完" : "语言"}</h2>
        <ul class="ends">
            ${whole && openEndsOf(ends).map(([word, cases, more]) => html`<li key=${word}>
                <span>${word}</span><strong>${count(cases)}件</strong><small>${more}</small></li>`)}
            ${ends.languages.map((row) => html`<li key=${row.language}>
                <span>${say(LANGUAGES, row.language)}样本</span><strong>${count(row.cases)}件</strong>
                <small>会说的话务员${count(row.speakers)}人</small></li>`)}
        </ul>
        ${whole && openEndsOf(ends).length === 0 && html`<p class="empty">没有未了事项，可以关闭评价期。</p>`}
        ${whole && ends.without_number > 0 && html`<p class="hint">
            <a href=${addressOf(round, "cases", "without-number")}>查看无可拨号码的样本</a></p>`}
    </section>`;
}

/* ---- results of the phoning ---- */
function dispositionColumns(final) {
    return [
        { label: "结果", isHead: true, cell: (row) => html`${row.name}　<small>${row.code}</small>` },
        { label: "", kind: "meter", cell: (row) => html`<meter min="0" max=${Math.max(1, final)} value=${row.cases}
            aria-label=${row.name}></meter>` },
        { label: "件", isNumber: true, cell: (row) => count(row.cases) },
        { label: `占已结案${count(final)}件`, isNumber: true, cell: (row) => percent(row.cases / final, final) },
    ];
}

const RATES = [
    ["应答率 RR1", "rr1", (t) => t.complete, (t) => t.orders - t.ineligible],
    ["合作率 COOP1", "coop1", (t) => t.complete, (t) => t.complete + t.partial + t.refusal + t.other],
    ["拒访率 REF1", "ref1", (t) => t.refusal, (t) => t.orders - t.ineligible],
    ["接触率 CON1", "con1", (t) => t.complete + t.partial + t.refusal + t.other, (t) => t.orders - t.ineligible],
];

function Rates({ totals }) {
    const columns = [
        { label: "AAPOR", isHead: true, cell: (row) => row[0] },
        { label: "按工单计", isNumber: true, cell: ([, name, part, base]) => html`<${Rate} value=${totals[name]}
            part=${part(totals)} base=${base(totals)} />` },
    ];
    return html`<${Table} caption="访问质量" columns=${columns} rows=${RATES} keyOf=${(row) => row[1]} />`;
}

function Waves({ totals }) {
    const rows = totals.attempts.map((orders, at) => ({ word: at < 5 ? `${at}次` : "5次以上", orders }));
    const columns = [
        { label: "拨打次数", isHead: true, cell: (row) => row.word },
        { label: "", kind: "meter", cell: (row) => html`<meter min="0" max=${Math.max(1, totals.orders)}
            value=${row.orders} aria-label=${row.word}></meter>` },
        { label: "工单", isNumber: true, cell: (row) => count(row.orders) },
    ];
    return html`<${Table} caption=${`已拨打次数（工单${count(totals.orders)}件）`} columns=${columns} rows=${rows}
        keyOf=${(row) => row.word} />`;
}

/* ---- callers of today ---- */
const STATE_KINDS = { dialling: "good", holding: "note", idle: "warn", off: "plain" };

function paceOf(row) {
    if (!isKnown(row.completes_per_hour)) return NOTHING;
    return html`${row.completes_per_hour.toFixed(1)}<small>在岗${duration(row.minutes_today * 60)}</small>`;
}

const callerColumns = [
    { label: "话务员", isHead: true, cell: (row) => html`${row.display_name || row.name}　<small>${row.name}</small>` },
    { label: "班组", cell: (row) => row.team || "本机关" },
    { label: "状态", cell: (row) => html`<${Tag} kind=${STATE_KINDS[row.state]}>${say(CALLER_STATES, row.state)}<//>` },
    { label: "拨打", isNumber: true, cell: (row) => count(row.dials_today) },
    { label: "成功", isNumber: true, cell: (row) => count(row.completes_today) },
    { label: "部分", isNumber: true, cell: (row) => count(row.partials_today) },
    { label: "拒访", isNumber: true, cell: (row) => count(row.refusals_today) },
    { label: "中断", isNumber: true, cell: (row) => count(row.interrupted_today) },
    { label: "每小时成功", isNumber: true, kind: "figure", cell: paceOf },
    { label: "最近拨打", kind: "time", cell: (row) => clock(row.last_at) || NOTHING },
];

function Progress({ value, round }) {
    const { totals } = value;
    return html`<div><${Tiles} value=${value} round=${round} />
        <div class="columns looks">
            <${Alerts} value=${value} round=${round} />
            <${OpenEnds} ends=${value.open_ends} round=${round} />
        </div>
        <${Table} caption=${`今日话务员（在岗${value.callers.filter((row) => row.on_shift).length}人）`}
            columns=${callerColumns} rows=${value.callers} keyOf=${(row) => row.name}
            empty="今天还没有人签到或拨打。" />
        <div class="columns thirds">
            <${Table} caption="结果构成（已结案样本）" columns=${dispositionColumns(totals.final)}
                rows=${value.dispositions} keyOf=${(row) => row.code} empty="还没有结案的样本。" />
            <${Rates} totals=${totals} />
            <${Waves} totals=${totals} />
        </div></div>`;
}

/* ---- units, and their reserves ---- */
function Release({ round, unit, onClose, onDone }) {
    const action = useWrite();
    const [orders, setOrders] = useState(unit.proposal > 0 ? String(unit.proposal) : "");
    const [why, setWhy] = useState(unit.proposal > 0 ? "应答数预计不足样本量" : "");
    const submit = async (event) => {
        event.preventDefault();
        const body = { unit: unit.code, count: Number(orders), why };
        const answer = await action.run("POST", followupPath(round, "release"), body);
        if (!answer) return;
        announce(`已启用备用工单${answer.orders}件，新增样本${answer.cases}件`);
        onDone();
        onClose();
    };
    const answered = `已结案${count(unit.final)}件中有应答${count(unit.complete)}件`;
    return html`<${Dialog} title=${`启用备用样本　${unit.name || unit.code}`} onClose=${onClose}>
        <p>样本量${count(unit.target)}件，已启用${count(unit.released)}件，${answered}。备用工单余${count(unit.reserve_left)}件。</p>
        <p class="hint">建议数只按启用数、结案数和应答率推算，使预计应答达到样本量；与回答的内容无关。按抽样次序启用，启用后每件都须按规程访问到底。</p>
        <form onSubmit=${submit}>
            <${FormProblem} problem=${action.problem} />
            <${Field} label="启用件数（工单）" name="count" type="number" min="1" max=${unit.reserve_left} required
                value=${orders} onValue=${setOrders} problem=${action.problem} />
            <${Field} label="理由（记入评价期经过）" name="why" required maxlength="200" problem=${action.problem}
                value=${why} onValue=${setWhy} />
            <div class="actions">
                <${Act} type="submit" kind="main" write=${action}>启用<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

function unitColumns(mayRelease, onRelease, round) {
    const columns = [
        { label: "单位", isHead: true, cell: (row) => html`<a
            href=${addressOf(round, "cases", "unit", row.code)}>${row.name || row.code}</a>` },
        { label: "样本量", isNumber: true, cell: (row) => count(row.target) },
        { label: "已启用", isNumber: true, cell: (row) => count(row.released) },
        { label: "未访问", isNumber: true, cell: (row) => count(row.queued) },
        { label: "进度", kind: "meter", cell: (row) => html`<meter min="0" max=${Math.max(1, row.released)}
            value=${row.final} aria-label=${`${row.name || row.code}已结案`}></meter>` },
        { label: "已结案", isNumber: true, cell: (row) => count(row.final) },
        { label: "有应答", isNumber: true, cell: (row) => count(row.complete) },
        { label: "拒访", isNumber: true, cell: (row) => count(row.refusal) },
        { label: "应答率 RR1", isNumber: true, cell: (row) => html`<${Rate} value=${row.rr1}
            part=${row.complete_orders} base=${row.orders - row.ineligible_orders} />` },
        { label: "备用余量", isNumber: true, cell: (row) => (row.reserve > 0
            ? `${count(row.reserve)}件中${count(row.reserve_left)}件`
            : "无备用") },
        { label: "建议启用", isNumber: true, cell: (row) => (row.proposal > 0 ? count(row.proposal) : NOTHING) },
    ];
    if (mayRelease)
        columns.push({ label: "办理", kind: "acts", cell: (row) => row.reserve_left > 0 && html`<button type="button"
            class="plain small" onClick=${() => onRelease(row)}>启用备用<span class="unseen">：${row.name || row.code}</span>
            </button>` });
    return columns;
}

function Units({ value, round, account, reload }) {
    const [releasing, setReleasing] = useState(null);
    const hasReserve = value.units.some((row) => row.reserve_left > 0);
    const mayRelease = account.role === "office" && !value.campaign.ended_at && hasReserve;
    const columns = unitColumns(mayRelease, setReleasing, round);
    return html`<div><p class="hint">样本按人计，应答率和备用按工单计。建议启用数不看回答内容。</p>
        <${Table} caption=${`各单位进度（${value.units.length}个）`} columns=${columns} rows=${value.units}
            keyOf=${(row) => row.code} />
        ${releasing && html`<${Release} round=${round} unit=${releasing} onClose=${() => setReleasing(null)}
            onDone=${reload} />`}</div>`;
}

/* ---- the campaign as a whole ---- */
function Assign({ round, onClose, onDone }) {
    const action = useWrite();
    const callers = useRead("/api/v1/followup/callers");
    const [chosen, setChosen] = useState(null);
    const [given, setGiven] = useState(null);
    const teams = Array.from(new Set((callers.value ? callers.value.items : []).map((row) => row.team).filter(Boolean)));
    const team = chosen === null ? teams[0] || "" : chosen;
    const submit = async (event) => {
        event.preventDefault();
        const values = valuesOf(event.currentTarget);
        const answer = await action.run("POST", followupPath(round, "assign"),
            { team, count: Number(values.count) });
        if (!answer) return;
        setGiven(`${team ? "已分配" : "已收回"}${answer.cases}件。`);
        onDone();
    };
    if (given)
        return html`<${Dialog} title="分配给外包班组" onClose=${onClose}>
            <${Alert} kind="good">${given}<//>
            <div class="actions"><button type="button" class="main" onClick=${onClose}>关闭</button></div>
        <//>`;
    return html`<${Dialog} title="分配给外包班组" onClose=${onClose}>
        <p class="hint">在还没有拨打的样本中，按各单位数量随机分配；分给的班组只看到自己的样本。收回的包括已拨打、尚未结案的，由本机关接着访问。</p>
        <form onSubmit=${submit}>
            <${FormProblem} problem=${action.problem || callers.problem} />
            <${Field} label="班组" name="team" value=${team} onValue=${setChosen} problem=${action.problem}
                options=${[...teams.map((name) => [name, name]), ["", "收回，由本机关访问"]]} />
            <${Field} label="件数" name="count" type="number" min="1" required problem=${action.problem} />
            <div class="actions">
                <${Act} type="submit" kind="main" write=${action} disabled=${!callers.value}>${team ? "分配" : "收回"}<//>
                <button type="button" class="plain" onClick=${onClose}>取消</button>
            </div>
        </form>
    <//>`;
}

function CampaignActs({ value, round, account, reload }) {
    const action = useWrite();
    const [asked, setAsked] = useState("");
    const { campaign } = value;
    if (account.is_contractor || account.role === "auditor" || campaign.ended_at) return null;
    const toggle = async () => {
        const answer = await action.run("POST", followupPath(round, campaign.is_paused ? "resume" : "pause"), {});
        if (answer) reload();
        return answer;
    };
    return html`${!asked && html`<${Alert} problem=${action.problem} />`}
        ${account.role === "office" && html`<button type="button" class="plain"
            onClick=${() => setAsked("assign")}>分配给外包班组</button>`}
        ${campaign.is_paused
            ? html`<${Act} kind="main" write=${action} onClick=${toggle}>继续电话测评<//>`
            : html`<button type="button" class="plain danger" onClick=${() => setAsked("pause")}>暂停</button>`}
        ${asked === "pause" && html`<${Confirm} title="暂停电话测评" word="暂停" isDangerous action=${action}
            question="暂停后不再发出样本；话务员手中的继续办完，预约到时不再提醒。" onConfirm=${toggle}
            onClose=${() => setAsked("")} />`}
        ${asked === "assign" && html`<${Assign} round=${round} onClose=${() => setAsked("")} onDone=${reload} />`}`;
}

function Begin({ round, state, account, reload }) {
    const action = useWrite();
    const begin = async () => {
        if (await action.run("POST", followupPath(round), {})) {
            announce("电话测评已开始");
            reload();
        }
    };
    const mayBegin = account.role === "office" && (state === "drawn" || state === "calling");
    return html`<section class="card">
        <h2>还没有开始</h2>
        <p>${state === "drawn" || state === "calling"
            ? "本期已抽样。开始后，话务员即可领取样本。"
            : "本期还没有抽样，不能开始电话测评。"}</p>
        <${Alert} problem=${action.problem} />
        ${mayBegin && html`<div class="actions"><${Act} kind="main" write=${action}
            onClick=${begin}>开始电话测评<//></div>`}
    </section>`;
}

function State({ campaign }) {
    if (campaign.ended_at) return html`<${Tag}>已结束<//>`;
    return campaign.is_paused ? html`<${Tag} kind="warn">已暂停<//>` : html`<${Tag} kind="good">进行中<//>`;
}

/* ---- the page ---- */
function useLive(path) {
    const source = useRead(path);
    useEvents(["followup"], source.reload);
    useEffect(() => {
        const timer = setInterval(source.reload, ASK_MS);
        return () => clearInterval(timer);
    }, [path]);
    return source;
}

function partsOf(round, account, value) {
    const isPhoned = Boolean(value && value.campaign);
    const parts = [["进展", addressOf(round), ""]];
    if (isPhoned && value.units) parts.push(["单位与备用", addressOf(round, "units"), "units"]);
    if (isPhoned && account.role !== "auditor") parts.push(["样本", addressOf(round, "cases"), "cases"]);
    if (account.role === "auditor") return parts;
    parts.push(["话务员语言", addressOf(round, "callers"), "callers"]);
    if (!account.is_contractor) parts.push(["免打扰名单", addressOf(round, "bans"), "bans"]);
    return parts;
}

function Content({ part, path, value, round, account, reload }) {
    if (part === "callers") return html`<${Callers} />`;
    if (part === "bans") return html`<${Bans} account=${account} />`;
    if (!value.campaign) return html`<${Begin} round=${round} state=${value.state} account=${account} reload=${reload} />`;
    if (part === "units" && value.units)
        return html`<${Units} value=${value} round=${round} account=${account} reload=${reload} />`;
    if (part === "cases") return html`<${CaseList} key=${path.slice(2).join("/")} round=${round} account=${account}
        overview=${value} given=${path.slice(2)} />`;
    return html`<${Progress} value=${value} round=${round} />`;
}

function Watched({ round, account, path }) {
    const part = path[1] || "";
    const source = useLive(part === "case" ? null : followupPath(round));
    const { value } = source;
    if (part === "case")
        return html`<${History} key=${path[2]} id=${path[2]} round=${round} account=${account} />`;
    const parts = partsOf(round, account, value);
    const named = parts.find((each) => each[2] === part) || parts[0];
    const isPhoned = Boolean(value && value.campaign);
    const stamp = isPhoned && html`<small class="stamp">第${value.campaign.day}天，统计于${time(value.counted_at).slice(11)}</small>
        <${State} campaign=${value.campaign} />`;
    const acts = isPhoned && part === "" && html`<${CampaignActs} value=${value} round=${round} account=${account}
        reload=${source.reload} />`;
    return html`<${Page} title=${`督导　${round}${part ? `　${named[0]}` : ""}`} actions=${html`${stamp}${acts}`}>
        <${Parts} label="督导的各部分" parts=${parts} current=${named[2]} />
        <${Loaded} source=${source}>
            ${(loaded) => html`<${Content} part=${part} path=${path} value=${loaded} round=${round} account=${account}
                reload=${source.reload} />`}
        <//>
    <//>`;
}

/* The rounds that are phoned, or can be: of a contractor's supervisor those that go on. */
function Choose({ account }) {
    const source = useRead(account.is_contractor ? "/api/v1/followup/desk" : "/api/v1/rounds");
    const rowsOf = (value) => account.is_contractor
        ? value.campaigns.map((row) => ({ id: row.round }))
        : value.items.filter((row) => !row.accumulated && row.state !== "draft" && row.state !== "frozen");
    const columns = [{ label: "评价期", isHead: true, cell: (row) => html`<a href=${addressOf(row.id)}>${row.id}</a>` }];
    if (!account.is_contractor) columns.push({ label: "起止", cell: (row) => `${row.from} 至 ${row.to}` });
    useEffect(() => {
        if (!source.value) return;
        const rows = rowsOf(source.value);
        const going = rows.filter((row) => !row.state || row.state === "calling");
        if (going.length === 1) window.location.replace(addressOf(going[0].id));
    }, [source.value]);
    return html`<${Page} title="电话测评督导">
        <${Loaded} source=${source}>
            ${(value) => html`<${Table} caption="选择评价期" columns=${columns} rows=${rowsOf(value)}
                keyOf=${(row) => row.id} empty="没有已抽样的评价期。" />`}
        <//>
    <//>`;
}

export function Supervision({ account, path }) {
    return path[0]
        ? html`<${Watched} key=${path[0]} round=${path[0]} account=${account} path=${path} />`
        : html`<${Choose} account=${account} />`;
}
