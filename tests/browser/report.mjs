/* `ok browser__NAME` or `not ok …`, as the other end-to-end scripts print. */

let failed = 0;

export function verdict(name, holds, why = "") {
    if (holds) console.log(`ok browser__${name}`);
    else {
        failed += 1;
        console.log(`not ok browser__${name}: ${String(why).replace(/\s+/g, " ").slice(0, 600)}`);
    }
    return Boolean(holds);
}

/* A step that stops halfway is one failed test; those after it go on. */
export async function step(name, body) {
    try {
        await body();
        verdict(name, true);
    } catch (fault) {
        verdict(name, false, fault.stack || fault);
    }
}

export function expect(holds, why) {
    if (!holds) throw new Error(why);
}

export function failures() {
    return failed;
}
