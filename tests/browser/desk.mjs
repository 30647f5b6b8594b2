/* desk.mjs BASE ACCOUNTS: the caller's desk of the service at BASE (https://127.0.0.1:PORT), in practice and with the
 * cases of an open campaign. ACCOUNTS is a JSON file {name: one-time password}. Prints a line a test; pictures go to
 * build/screenshots. */

import fs from "node:fs";

import { startBrowser } from "./driver.mjs";
import { Person } from "./person.mjs";
import { failures, verdict } from "./report.mjs";
import { phoning, pickingTimes, practising, runningOut } from "./steps/desk.mjs";

const [base, accountsFile] = process.argv.slice(2);
const oneTime = JSON.parse(fs.readFileSync(accountsFile, "utf8"));
const caller = new Person("zhang.call", oneTime["zhang.call"]);

/* Some steps take the network away. */
const CUT = /ERR_INTERNET_DISCONNECTED|ERR_FAILED/;

const world = await startBrowser(base);
try {
    const page = await practising(world, caller);
    await pickingTimes(page);
    await phoning(world, page, caller);
    await runningOut(world, page);
    const faults = world.faults.filter((fault) => !CUT.test(fault));
    const isClean = world.axeFaults.length === 0 && world.pages.size > 10;
    verdict("axe_finds_nothing_serious", isClean, world.axeFaults.join("; "));
    verdict("no_error_violation_or_foreign_request", faults.length === 0, faults.join("; "));
} catch (fault) {
    verdict("ran_to_its_end", false, fault.stack);
} finally {
    await world.browser.close();
}
process.exit(failures() === 0 ? 0 : 1);
