/* A play from its beginning to its end: what people do in one browser, then what every play has to show. */

import { startBrowser } from "./driver.mjs";
import { failures, verdict } from "./report.mjs";

/* `act(world)` shows more than `leastPages` pages; faults that match `forgiven` belong to it. Ends the process. */
export async function play(base, leastPages, act, forgiven = null) {
    const world = await startBrowser(base);
    try {
        await act(world);
        const faults = world.faults.filter((fault) => forgiven === null || !forgiven.test(fault));
        const isClean = world.axeFaults.length === 0 && world.pages.size > leastPages;
        verdict("axe_finds_nothing_serious", isClean, world.axeFaults.join("; "));
        verdict("no_error_violation_or_foreign_request", faults.length === 0, faults.join("; "));
    } catch (fault) {
        verdict("ran_to_its_end", false, fault.stack);
    } finally {
        await world.browser.close();
    }
    process.exit(failures() === 0 ? 0 : 1);
}
