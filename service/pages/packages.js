/* Packages of cases that contractors have in files, for the office: what is still out, and taking it back. */

import { html, useState } from "./standalone.module.js";
import { count, time } from "./figures.js";
import { Confirm, Loaded, Table, Tag, announce, useRead, useWrite } from "./parts.js";
import { followupPath } from "./phoned_rounds.js";

function columnsOf(onTakeBack) {
    return [
        { label: "水印", isHead: true, kind: "word", cell: (row) => row.mark },
        { label: "班组", kind: "word", cell: (row) => row.team },
        { label: "样本", isNumber: true, cell: (row) => count(row.cases) },
        { label: "未交回", isNumber: true, cell: (row) => count(row.out) },
        {
            label: "有效至",
            kind: "time",
            cell: (row) => (row.is_over ? html`${row.until} <${Tag} kind="bad">已过期<//>` : row.until),
        },
        { label: "制作", kind: "time", cell: (row) => html`${time(row.made_at)}<small>　${row.made_by}</small>` },
        {
            label: "操作",
            kind: "acts",
            cell: (row) => row.out > 0 && html`<button type="button" class="plain small"
                onClick=${() => onTakeBack(row)}>收回<span class="unseen">：样本包 ${row.mark}</span></button>`,
        },
    ];
}

function TakeBack({ path, row, onClose, onDone }) {
    const action = useWrite();
    const confirm = async () => {
        const answer = await action.run("POST", `${path}/${row.mark}/take-back`, {});
        if (answer) {
            announce(`已收回样本${count(answer.cases)}件`);
            onDone();
        }
        return answer;
    };
    const question = `${row.team}还有${count(row.out)}件样本没有交回结果。收回后由该班组在本系统拨打或另行分配，这份样本包的结果不再接收。`;
    return html`<${Confirm} title="收回样本包" question=${question} word="收回" action=${action} isDangerous
        onConfirm=${confirm} onClose=${onClose} />`;
}

export function Packages({ round }) {
    const path = followupPath(round, "packages");
    const source = useRead(path);
    const [row, setRow] = useState(null);
    return html`<${Loaded} source=${source}>
            ${(value) => html`<${Table} caption="外包样本包" columns=${columnsOf(setRow)} rows=${value.items}
                    keyOf=${(each) => each.mark} empty="没有交出的样本包。" />
                <p class="hint">样本包由管理员用命令 followup package 制作，口令另行告知；交回的结果用 outcomes import 导入。</p>`}
        <//>
        ${row && html`<${TakeBack} path=${path} row=${row} onClose=${() => setRow(null)} onDone=${source.reload} />`}`;
}
