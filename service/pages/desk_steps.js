/* The interview as steps: which items are to be asked, given the answers so far. Pure. */

export function keyOf(order, item) {
    return `${order}/${item}`;
}

/* The answers of a case as the service told them, by keyOf. */
export function answersOf(work) {
    const answers = {};
    const take = (order, told) => {
        for (const item of Object.keys(told || {}))
            answers[keyOf(order, item)] = { value: told[item].value, words: told[item].words || "" };
    };
    take(0, work.answers);
    for (const each of work.orders) take(each.order, each.answers);
    return answers;
}

function isAsked(item, order, answers) {
    if (!item.if) return true;
    const answer = answers[keyOf(order, item.if.item)];
    return Boolean(answer && item.if.values.includes(answer.value));
}

/* [{ key, order, orderAt, item }], cut after an answer that ends the interview; orderAt -1: of the call as a whole. */
export function stepsOf(work, answers) {
    const parts = [{ order: 0, at: -1, items: work.opening }]
        .concat(work.orders.map((each, at) => ({ order: each.order, at, items: each.items })))
        .concat([{ order: 0, at: -1, items: work.closing }]);
    const steps = [];
    for (const part of parts)
        for (const item of part.items) {
            if (!isAsked(item, part.order, answers)) continue;
            const key = keyOf(part.order, item.name);
            steps.push({ key, order: part.order, orderAt: part.at, item });
            if (item.ends && answers[key] && answers[key].value === item.ends.value) return steps;
        }
    return steps;
}

/* The disposition with which an answer has ended the interview; null: none has. */
export function endOf(steps, answers) {
    const last = steps[steps.length - 1];
    const answer = last && answers[last.key];
    return answer && last.item.ends && last.item.ends.value === answer.value ? last.item.ends.disposition : null;
}

/* Where to go on: the first step without an answer, from `from` on; the count of steps when there is none. */
export function firstOpen(steps, answers, from = 0) {
    for (let at = from; at < steps.length; at++) if (!answers[steps[at].key]) return at;
    return steps.length;
}

/* The first item that a complete needs and that has no answer. */
export function missingStep(steps, answers) {
    return steps.find((step) => step.item.is_required && !answers[step.key]) || null;
}

/* What the answers make of the call, to be proposed; null: nothing yet. */
export function proposalOf(steps, answers) {
    const end = endOf(steps, answers);
    if (end) return end;
    return missingStep(steps, answers) ? null : "1.1";
}

export function choiceText(item, value) {
    const choice = item.choices.find((each) => each.value === value);
    return choice ? choice.text : value;
}
