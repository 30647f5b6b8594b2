/* A caller's work as one machine, without a page around it; the page shows it and says what was pressed.
 *
 *   LOADING --> OFF <-- shift --> IDLE -- next --> READY -- dial --> CALL -- finish --> DONE -- next --> READY
 *                                 |  ^             |   ^             |
 *                           none due |     give back   |   and another number is next
 *                                 v  |             v   +-------------+
 *                               WAITING           IDLE
 *
 * After a reload GET desk says where it goes on. Whatever is pressed while something is under way is not heard, but
 * answers are always taken. `backend` is desk_service.js or practice.js. */

import { Problem, newKey } from "./api.js";
import { announce } from "./parts.js";
import { Saver, isPassing, patiently, pauseAfter } from "./desk_saver.js";
import { answersOf, endOf, firstOpen, keyOf, missingStep, proposalOf, stepsOf } from "./desk_steps.js";

const RENEW_MS = 30000;
const WORDS_MS = 1500; /* words are saved while they are typed, this long after the last key */
const WAIT_S = 60; /* when the service does not say when to ask again */
const TAKEN_WORDS = "刚才的样本已超过办理时限被收回，已保存的回答仍在；请取下一件。";

function sleep(seconds) {
    return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/* The case is somebody else's, or its dial is over: nothing more can be said of it here. */
function isLoss(problem) {
    return problem.status === 404 || problem.code === "dial_ended";
}

export class DeskModel {
    constructor(backend) {
        this.backend = backend;
        this.onChange = () => {};
        this.phase = "loading";
        this.desk = null;
        this.work = null; /* the case */
        this.keys = {};
        this.acts = 0; /* how many were begun: what was read before one says nothing of what it did */
        this.clear();
        this.saver = new Saver((id, body, key, signal) => backend.answer(id, body, key, signal), {
            onSaved: () => this.leaseRenewed(),
            onRefused: (entry, problem) => this.answerRefused(entry, problem),
            onChange: () => this.changed(),
        });
    }

    clear() {
        clearTimeout(this.wordsTimer);
        Object.assign(this, {
            unsavedWords: null, /* the step whose words are being typed */
            number: "", numberNo: 0, answers: {}, steps: [], at: 0, shownAt: Date.now(), chosen: null, problem: null,
            busy: "", isAway: false, leaseEnd: 0, leaseTotal: 0, renewedAt: 0, receipt: null, askAt: 0,
            draft: { note: "", recording: "", language: "", days: null, time: null, isOwn: false },
        });
    }

    changed() {
        this.onChange();
    }

    /* ---- one thing at a time ---- */

    /* Runs `body(key)`; its key stays the same until the service has said yes or no. */
    async act(name, body) {
        if (this.busy) return undefined;
        this.busy = name;
        this.acts += 1;
        this.problem = null;
        this.changed();
        this.keys[name] = this.keys[name] || newKey();
        try {
            const value = await body(this.keys[name]);
            delete this.keys[name];
            return value === undefined ? null : value;
        } catch (problem) {
            if (!isPassing(problem)) delete this.keys[name];
            this.problem = problem;
            announce(problem.message);
            return undefined;
        } finally {
            this.busy = "";
            this.changed();
        }
    }

    forgetProblem() {
        this.problem = null;
        this.changed();
    }

    /* ---- where it stands ---- */

    /* The page is there (again): after a sign-in in between, what was not saved goes on from here. */
    async open() {
        this.saver.resume();
        this.problem = null;
        const { acts } = this;
        let value;
        try {
            value = await this.backend.desk();
        } catch (problem) {
            this.problem = problem;
            this.changed();
            return;
        }
        if (this.acts !== acts || this.busy) return; /* what was pressed meanwhile knows better */
        this.desk = value;
        const held = value.case;
        if (!held) {
            const isTaken = Boolean(this.work);
            if (isTaken) this.saver.drop();
            if (this.phase !== "done" || !value.shift) this.stand();
            if (isTaken) this.problem = new Problem(0, "not_held", TAKEN_WORDS);
        } else if (!this.isSameCall(held)) await this.take(held);
        this.changed();
    }

    isSameCall(held) {
        const isCall = this.phase === "call" && Boolean(held.dial);
        return isCall && this.work.id === held.id && this.work.dial.id === held.dial.id;
    }

    /* What is under way to the service goes on. */
    close() {
        clearTimeout(this.waitTimer);
        this.onChange = () => {};
    }

    stand() {
        this.clear();
        this.work = null;
        this.phase = this.desk.shift ? "idle" : "off";
    }

    /* Whether something was said to this page that the service does not have yet. */
    get isUnsaved() {
        return this.keeping !== "saved" || Boolean(this.draft.note) || this.busy.startsWith("finish");
    }

    /* "saved", "saving" or "unsaved": all answers, also the words that are being typed. */
    get keeping() {
        return this.saver.state === "saved" && this.unsavedWords ? "saving" : this.saver.state;
    }

    isKept(step) {
        const isTyped = this.unsavedWords && this.unsavedWords.key === step.key;
        return !isTyped && !this.saver.holds(step.order, step.item.name);
    }

    /* Own figures and the hours, anew. */
    async refresh() {
        const { acts } = this;
        this.changed();
        try {
            const value = await this.backend.desk();
            this.desk = this.acts === acts ? value : Object.assign({}, this.desk, { today: value.today });
        } catch (problem) {
            /* Own figures of a moment ago will do. */
        }
        this.changed();
    }

    /* The shift may have begun or ended elsewhere: what was refused is told where it now stands. */
    async lookAgain() {
        const { problem } = this;
        if (!problem || isPassing(problem)) return;
        await this.refresh();
        this.stand();
        this.problem = problem;
        this.changed();
    }

    /* A case is held from here on. */
    async take(work) {
        this.clear();
        this.saver.drop();
        this.work = work;
        this.answers = answersOf(work);
        this.steps = stepsOf(work, this.answers);
        this.numberNo = work.dial ? work.dial.number_no : work.number_no;
        this.leaseTotal = work.lease_seconds * 1000;
        this.leaseRenewed();
        this.phase = work.dial ? "call" : "ready";
        if (work.dial) {
            this.goTo(firstOpen(this.steps, this.answers));
            await this.reveal();
        }
        if (work.turn === "held") this.renew();
        this.changed();
    }

    lost(problem) {
        this.saver.drop();
        this.stand();
        this.problem = problem;
        announce(problem.message);
        this.refresh();
    }

    /* ---- shift ---- */

    async begin() {
        const shift = await this.act("begin", (key) => this.backend.begin(key));
        if (!shift) {
            await this.lookAgain();
            return;
        }
        this.desk.shift = shift;
        this.stand();
        announce("已签到");
        this.changed();
    }

    async end() {
        const shift = await this.act("end", (key) => this.backend.end(key));
        if (!shift) return undefined;
        clearTimeout(this.waitTimer);
        this.desk.shift = null;
        this.stand();
        this.ended = shift;
        announce(`已签退，本班 ${shift.minutes} 分钟`);
        this.changed();
        return shift;
    }

    /* ---- the next case ---- */

    async next() {
        clearTimeout(this.waitTimer);
        const work = await this.act("next", (key) => this.backend.next(key));
        if (work === undefined) {
            await this.lookAgain();
            return;
        }
        if (work && work.id) {
            await this.take(work);
            return;
        }
        const seconds = (work && work.retryAfter) || WAIT_S;
        this.work = null;
        this.phase = "waiting";
        this.askAt = Date.now() + seconds * 1000;
        this.waitTimer = setTimeout(() => this.phase === "waiting" && this.next(), seconds * 1000);
        this.refresh(); /* the hours and the campaigns say why */
    }

    rest() {
        clearTimeout(this.waitTimer);
        this.stand();
        this.changed();
    }

    async giveBack() {
        if (this.phase !== "ready") return;
        const done = await this.act("giveBack", (key) => this.backend.giveBack(this.work.id, key));
        if (done === undefined) return;
        this.stand();
        announce("已退回");
        this.changed();
    }

    async addNumber(number) {
        const added = await this.act("addNumber", (key) => this.backend.addNumber(this.work.id, number, key));
        if (!added) return undefined;
        this.work.numbers.push({ no: added.no, masked: added.masked, is_dead: false, tries_today: 0, tries: 0 });
        if (this.phase === "ready" && !this.numberNo) this.numberNo = added.no;
        announce("已补充号码");
        this.changed();
        return added;
    }

    chooseNumber(no) {
        const number = this.work.numbers.find((each) => each.no === no);
        if (!number || number.is_dead || this.phase !== "ready") return;
        this.numberNo = no;
        this.changed();
    }

    /* ---- the call ---- */

    async dial() {
        if (this.phase !== "ready" || !this.numberNo) return;
        const name = `dial ${this.work.id} ${this.numberNo}`;
        const told = await this.act(name, (key) => this.backend.dial(this.work.id, this.numberNo, key));
        if (!told) {
            const { problem } = this;
            if (problem && isLoss(problem)) this.lost(problem);
            else if (problem && !isPassing(problem)) await this.joinCall();
            return;
        }
        this.work.dial = told.dial;
        this.phase = "call";
        this.leaseRenewed();
        this.goTo(firstOpen(this.steps, this.answers));
        await this.reveal();
    }

    /* It may have been dialled in another window of the same caller. */
    async joinCall() {
        const { id } = this.work;
        const work = await this.backend.read(id).catch(() => null);
        if (work && work.dial && this.work && this.work.id === id) await this.take(work);
    }

    /* The number, and the whole name: both are told only while a dial goes on. */
    async reveal() {
        const { id } = this.work;
        try {
            const [told, work] = await Promise.all([this.backend.number(id), this.backend.read(id)]);
            if (!this.work || this.work.id !== id || this.phase !== "call") return;
            this.number = told.number;
            this.work.citizen = work.citizen;
        } catch (problem) {
            this.problem = problem;
        }
        this.changed();
    }

    /* The call can go on while the service is asked for other things than its end. */
    get canAnswer() {
        return !this.busy.startsWith("finish");
    }

    goTo(at) {
        this.at = Math.max(0, Math.min(at, this.steps.length));
        this.shownAt = Date.now();
        if (this.at === this.steps.length && !this.chosen) this.chosen = proposalOf(this.steps, this.answers);
    }

    get step() {
        return this.steps[this.at] || null;
    }

    /* Whether the step at hand may be left as it is. */
    get mayPass() {
        return Boolean(this.step) && (Boolean(this.answers[this.step.key]) || !this.step.item.is_required);
    }

    /* The answer to the step at hand; words come in by themselves, while they are typed. */
    answer(value) {
        const step = this.step;
        const old = this.answers[step.key];
        this.problem = null;
        const words = step.item.takes_words && value !== "no" && old ? old.words : "";
        if (!old || old.value !== value || old.words !== words) this.put(step, value, words);
        this.steps = stepsOf(this.work, this.answers);
        const end = endOf(this.steps, this.answers);
        if (end) this.chosen = end;
        else if (this.chosen) this.chosen = null;
        if (step.item.takes_words && value !== "no") this.changed();
        else this.forward();
    }

    typeWords(words) {
        const step = this.step;
        const old = this.answers[step.key];
        this.answers[step.key] = { value: old.value, words };
        clearTimeout(this.wordsTimer);
        this.wordsTimer = setTimeout(() => this.saveWords(step), WORDS_MS);
        this.unsavedWords = step;
        this.changed();
    }

    saveWords(step = this.unsavedWords) {
        clearTimeout(this.wordsTimer);
        if (!step || this.unsavedWords !== step || !this.work) return;
        this.unsavedWords = null;
        const { value, words } = this.answers[step.key];
        this.put(step, value, words);
    }

    put(step, value, words) {
        this.answers[step.key] = { value, words };
        const body = {
            dial: this.work.dial.id,
            order: step.order,
            item: step.item.name,
            value,
            spent_ms: Math.max(0, Date.now() - this.shownAt),
        };
        if (step.item.takes_words) body.words = words;
        this.saver.put(this.work.id, body);
    }

    /* On to the first step behind this one that is open; past one that is passed over, to the very next. */
    forward() {
        this.saveWords();
        const next = this.answers[this.step.key] ? firstOpen(this.steps, this.answers, this.at + 1) : this.at + 1;
        this.goTo(next);
        this.changed();
    }

    go(by) {
        if (this.phase !== "call" || !this.canAnswer) return;
        this.saveWords();
        this.chosen = null;
        this.goTo(this.at + by);
        this.changed();
    }

    look(at) {
        this.go(at - this.at);
    }

    choose(code) {
        if (this.phase !== "call" || !this.canAnswer) return;
        this.problem = null;
        const missing = code === "1.1" && missingStep(this.steps, this.answers);
        if (missing) {
            this.look(this.steps.indexOf(missing));
            this.problem = new Problem(0, "missing", "这一题必须回答；对方不再回答的，请选“部分完成”。");
            announce(this.problem.message);
        } else this.chosen = code;
        this.changed();
    }

    unchoose() {
        if (!this.canAnswer) return;
        this.chosen = null;
        if (this.at === this.steps.length) this.goTo(this.steps.length - 1);
        this.changed();
    }

    /* What is written down beside the disposition outlives a change of it, and a sign-in. */
    write(details) {
        Object.assign(this.draft, details);
        this.changed();
    }

    /* details: note, recording, appointment, language. Answers go first; nothing of it is given up until the service
     * has said something. */
    async finish(details) {
        this.saveWords();
        const { id, dial } = this.work;
        const body = Object.assign({ dial: dial.id, disposition: this.chosen }, details);
        const name = `finish ${JSON.stringify(body)}`;
        const told = await this.act(name, (key) => this.persist(id, body, key));
        this.isAway = false;
        if (!told) {
            if (this.problem && isLoss(this.problem)) this.lost(this.problem);
            return;
        }
        await this.finished(told);
    }

    async persist(id, body, key) {
        for (let failures = 1; ; failures++) {
            await this.saver.drained();
            if (!this.work) throw this.problem; /* an answer brought the news that it is lost */
            try {
                return await patiently((signal) => this.backend.finish(id, body, key, signal));
            } catch (problem) {
                if (!isPassing(problem)) throw problem;
                this.isAway = true;
                this.changed();
                await sleep(pauseAfter(failures, problem));
            }
        }
    }

    async finished(told) {
        this.receipt = Object.assign({ case: this.work.id }, told.receipt, { next: told.next, next_at: told.next_at });
        if (told.next === "number") {
            const again = await this.act("read", () => this.backend.read(this.work.id));
            if (again) {
                const receipt = this.receipt;
                await this.take(again);
                this.receipt = receipt;
                announce("请拨下一个号码");
                this.refresh();
                this.changed();
                return;
            }
        }
        this.phase = "done";
        this.number = "";
        this.work = null;
        this.refresh();
    }

    /* ---- the lease ---- */

    leaseRenewed() {
        if (!this.work) return;
        this.renewedAt = Date.now();
        this.leaseEnd = Date.now() + this.leaseTotal;
    }

    /* Any key or click while a case is held. */
    touch() {
        if (this.phase !== "ready" && this.phase !== "call") return;
        if (Date.now() - this.renewedAt > RENEW_MS) this.renew();
    }

    async renew() {
        const { id } = this.work;
        if (this.isRenewing) return;
        this.isRenewing = true;
        try {
            await this.backend.renew(id);
            if (this.work && this.work.id === id) this.leaseRenewed();
        } catch (problem) {
            if (isLoss(problem) && this.work && this.work.id === id) this.lost(problem);
        } finally {
            this.isRenewing = false;
            this.changed();
        }
    }

    answerRefused(entry, problem) {
        if (!this.work || entry.caseId !== this.work.id) return;
        if (isLoss(problem)) {
            this.lost(problem);
            return;
        }
        const key = keyOf(entry.body.order, entry.body.item);
        if (this.unsavedWords && this.unsavedWords.key === key) this.unsavedWords = null;
        delete this.answers[key];
        this.steps = stepsOf(this.work, this.answers);
        this.goTo(Math.min(this.at, firstOpen(this.steps, this.answers)));
        this.problem = new Problem(problem.status, problem.code, `有一题未能保存，请重新选择：${problem.message}`);
        announce(this.problem.message);
        this.changed();
    }
}
