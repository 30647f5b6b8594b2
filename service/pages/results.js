/* The results of a round as a table a class: every rate with its base, every rank with its range. */

import { html, useState } from "./standalone.module.js";
import { NOTHING, count, isKnown, range, rate, score } from "./figures.js";
import { Alert, Field, Tag } from "./parts.js";
import { BANDS, NOTES, say } from "./words.js";

const ALL = "*"; /* the code of a class's sum, and of the sum over all */
const BAND_KINDS = { above: "good", below: "bad", not_different: "plain" };

function Rate({ value, part, base, low, high, word }) {
    const text = rate(value, part, base, word);
    const margin = range(low, high, base);
    return html`<span class="figure">${text.main}</span>
        ${text.base && html`<small>${text.base}</small>`}
        ${margin && text.main !== NOTHING && html`<small>误差范围 ${margin}</small>`}`;
}

function Rank({ row }) {
    if (!isKnown(row.rank)) return NOTHING;
    const isSure = row.rank_low === row.rank_high;
    return html`<span class="figure">${row.rank}</span>
        ${!isSure && html`<small>第${row.rank_low}至${row.rank_high}名</small>`}`;
}

function Score({ row }) {
    if (!isKnown(row.score)) return NOTHING;
    return html`<span class="figure">${score(row.score)}</span>
        ${row.score_low < row.score_high && html`<small>${score(row.score_low)}～${score(row.score_high)}</small>`}`;
}

function Sample({ row }) {
    if (!isKnown(row.drawn)) return NOTHING;
    const answered = row.complete + row.partial;
    return html`<span class="figure">${count(row.drawn)}</span><small>有效 ${count(answered)}</small>`;
}

const onTime = {
    label: "按时办结率",
    isNumber: true,
    cell: (row) => html`<${Rate} value=${row.on_time_rate} part=${row.on_time} base=${row.on_time_base} />`,
};
const identity = [
    { label: html`名次<br /><small>范围</small>`, kind: "rank", isNumber: true, cell: (row) => html`<${Rank}
        row=${row} />`, ofUnits: true },
    { label: "被评单位", isHead: true, kind: "name", cell: (row) => (row.unit_code === ALL ? "本类合计" : row.unit_name) },
    { label: "工单", isNumber: true, cell: (row) => count(row.orders) },
    { label: "不计入", isNumber: true, cell: (row) => count(row.excluded) },
    onTime,
];
const sampled = [
    { label: "样本", isNumber: true, cell: (row) => html`<${Sample} row=${row} />` },
    {
        label: "诉求解决率",
        isNumber: true,
        cell: (row) => html`<${Rate} value=${row.resolution_rate} part=${row.resolved} base=${row.resolution_base}
            low=${row.resolution_low} high=${row.resolution_high} />`,
    },
    {
        label: "处理满意率",
        isNumber: true,
        cell: (row) => html`<${Rate} value=${row.satisfaction_rate} part=${row.satisfied}
            base=${row.satisfaction_base}
            low=${row.satisfaction_low} high=${row.satisfaction_high} />`,
    },
    { label: html`综合得分<br /><small>误差范围</small>`, isNumber: true, cell: (row) => html`<${Score} row=${row} />` },
];
const judged = [
    {
        label: "分档",
        kind: "word",
        ofUnits: true,
        cell: (row) => (row.band ? html`<${Tag}
            kind=${BAND_KINDS[row.band] || "plain"}>${say(BANDS, row.band)}<//>` : NOTHING),
    },
    { label: "说明", kind: "note", ofUnits: true, cell: (row) => (row.note ? say(NOTES, row.note) : "") },
];

function Cells({ row, columns }) {
    const isSum = row.unit_code === ALL;
    const classOf = (column) => [column.isNumber ? "number" : "", column.kind || ""].join(" ").trim() || null;
    return columns.map((column) => {
        const content = isSum && column.ofUnits ? "" : column.cell(row);
        return column.isHead
            ? html`<th scope="row" class=${classOf(column)}>${content}</th>`
            : html`<td class=${classOf(column)}>${content}</td>`;
    });
}

function ClassTable({ name, units, sum, columns }) {
    const caption = `${name}（${units.length}个单位）`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
        <table class="results">
            <caption>${caption}</caption>
            <thead>
                <tr>
                    ${columns.map(
                        (column) => html`<th scope="col"
                            class=${`${column.isNumber ? "number " : ""}${column.kind || ""}`}>${column.label}</th>`,
                    )}
                </tr>
            </thead>
            <tbody>${units.map((row) => html`<tr key=${row.unit_code}><${Cells} row=${row}
                columns=${columns} /></tr>`)}</tbody>
            ${sum && html`<tfoot><tr class="sum"><${Cells} row=${sum} columns=${columns} /></tr></tfoot>`}
        </table>
    </div>`;
}

/* Classes in the order of the rows. */
function classesOf(rows) {
    const classes = [];
    for (const row of rows) {
        if (row.unit_class === ALL) continue;
        let found = classes.find((each) => each.name === row.unit_class);
        if (!found) {
            found = { name: row.unit_class, units: [], sum: null };
            classes.push(found);
        }
        if (row.unit_code === ALL) found.sum = row;
        else found.units.push(row);
    }
    return classes;
}

function rateText(row) {
    const text = rate(row.on_time_rate, row.on_time, row.on_time_base);
    return text.base ? `${text.main}（${text.base}）` : text.main;
}

/* `result` is what `score --format json` prints. */
export function Results({ result }) {
    const [chosen, setChosen] = useState("");
    const classes = classesOf(result.rows);
    const hasSample = result.rows.some((row) => isKnown(row.drawn));
    const columns = identity.concat(hasSample ? sampled : [], judged);
    const whole = result.rows.find((row) => row.unit_class === ALL);
    if (classes.length === 0) return html`<${Alert} kind="note">本评价期还没有可统计的单位。请先导入工单。<//>`;
    const options = [["", "全部类别"]].concat(classes.map((each) => [each.name, `${each.name}（${each.units.length}）`]));
    return html`
        ${result.trial && html`<${Alert} kind="note">试算：规则没有依据文件，结果仅供内部测算。<//>`}
        <div class="filters">
            <${Field} label="类别" name="class" options=${options} value=${chosen} onValue=${setChosen} />
            <p class="hint">名次下方为考虑抽样误差的名次范围；比率下方为基数，不足100件的只列件数（加权的除外）。</p>
        </div>
        ${classes
            .filter((each) => !chosen || each.name === chosen)
            .map((each) => html`<${ClassTable} key=${each.name} name=${each.name} units=${each.units}
                sum=${each.sum} columns=${columns} />`)}
        ${whole && !chosen &&
        html`<p class="whole">
            全部单位：工单 ${count(whole.orders)} 件，不计入 ${count(whole.excluded)} 件；按时办结率 ${rateText(whole)}。
        </p>`}`;
}
