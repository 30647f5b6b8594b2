/* Figures as the papers print them: a rate never without its base, nothing that is undefined as 0. The same rules as
 * rate_text and percent_text of reports/. */

export const NOTHING = "—";

export function isKnown(value) {
    return value !== null && value !== undefined && !(typeof value === "number" && Number.isNaN(value));
}

/* 12,345 */
export function count(value) {
    if (!isKnown(value)) return NOTHING;
    return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function decimals(base) {
    if (base < 100) return 0;
    return base < 1000 ? 1 : 2;
}

/* Short of the whole it never rounds up to 100%, nor above none down to 0%. */
export function percent(rate, base) {
    if (!isKnown(rate) || !(base > 0)) return NOTHING;
    const places = decimals(base);
    const scale = Math.pow(10, places + 2);
    let shown = Math.floor(rate * scale + 0.5 + 1e-9);
    if (shown >= scale && rate < 1) shown = scale - 1;
    if (shown === 0 && rate > 0) shown = 1;
    return (shown / Math.pow(10, places)).toFixed(places) + "%";
}

/* 12件中12件 below 100; from there on { main: "92.0%", base: "176件中162件" }. A rate that is no quotient of its counts,
 * because units were weighed, names its base alone. */
export function rate(value, part, base, word = "件") {
    if (!isKnown(base)) return { main: NOTHING, base: "" };
    if (!(base > 0)) return { main: NOTHING, base: "" };
    const isQuotient = !isKnown(value) || Math.abs(value - part / base) < 1e-9;
    if (!isQuotient) return { main: percent(value, base), base: `${count(base)}${word}，加权` };
    const counts = `${count(base)}${word}中${count(part)}${word}`;
    if (base < 100) return { main: counts, base: "" };
    return { main: percent(part / base, base), base: counts };
}

export function range(low, high, base) {
    if (!isKnown(low) || !isKnown(high)) return "";
    if (!(low < high)) return "全数";
    return `${percent(low, base)}～${percent(high, base)}`;
}

/* Points of a full 100. */
export function score(value, full = 100) {
    return isKnown(value) ? (value * full).toFixed(2) : NOTHING;
}

export function bytes(value) {
    if (!isKnown(value)) return NOTHING;
    if (value < 1024) return `${value} B`;
    if (value < 1024 * 1024) return `${(value / 1024).toFixed(1)} KB`;
    return `${(value / 1024 / 1024).toFixed(1)} MB`;
}

/* 2024-07-03 09:00:00 of an RFC 3339 time, in the offset that it names. */
export function time(text) {
    if (!text) return NOTHING;
    return String(text).slice(0, 19).replace("T", " ");
}

/* 15:30 */
export function clock(text) {
    return text ? time(text).slice(11, 16) : "";
}

/* 11-24 15:30 */
export function moment(text) {
    return text ? time(text).slice(5, 16) : NOTHING;
}

export function duration(seconds) {
    if (!isKnown(seconds)) return NOTHING;
    if (seconds % 3600 === 0 && seconds >= 3600) return `${seconds / 3600}小时`;
    if (seconds >= 60) return `${Math.floor(seconds / 60)}分${seconds % 60 ? `${seconds % 60}秒` : "钟"}`;
    return `${seconds}秒`;
}
