/* Which round is looked at, of those that are phoned or were: a contractor's supervisor has those that go on. */

import { html, useState } from "./standalone.module.js";
import { Field, Loaded, useRead } from "./parts.js";

export function followupPath(round, ...rest) {
    return ["/api/v1/rounds", encodeURIComponent(round), "followup", ...rest].join("/");
}

const CALLED = ["drawn", "calling", "closed", "scored"];

function roundsOf(value, account) {
    if (account.is_contractor) return value.campaigns.map((row) => row.round);
    const rows = value.items.filter((row) => !row.accumulated && CALLED.includes(row.state));
    const going = rows.filter((row) => row.state === "calling");
    return going.concat(rows.filter((row) => row.state !== "calling").reverse()).map((row) => row.id);
}

/* `children` is given the round, or there is none. */
export function PhonedRound({ account, given, children }) {
    const source = useRead(account.is_contractor ? "/api/v1/followup/desk" : "/api/v1/rounds");
    const [chosen, setChosen] = useState(given || "");
    return html`<${Loaded} source=${source}>
        ${(value) => {
            const rounds = roundsOf(value, account);
            const round = rounds.includes(chosen) ? chosen : rounds[0];
            if (!round) return html`<p class="empty">没有进行电话测评的评价期。</p>`;
            return html`${rounds.length > 1 &&
                html`<div class="toolbar"><${Field} label="评价期" name="round" value=${round} onValue=${setChosen}
                    options=${rounds.map((each) => [each, each])} /></div>`}
                ${children(round)}`;
        }}
    <//>`;
}
