/* supervision.mjs BASE ACCOUNTS: the supervisors' pages of the service at BASE (https://127.0.0.1:PORT), which has a
 * drawn round and one that is half phoned. ACCOUNTS is a JSON file {name: one-time password}. Prints a line a test;
 * pictures go to build/screenshots. */

import fs from "node:fs";

import { startBrowser } from "./driver.mjs";
import { Person } from "./person.mjs";
import { failures, verdict } from "./report.mjs";
import { beginning, listing, releasing, supervisingCases, watching, watchingATeam } from "./steps/supervision.mjs";

const [base, accountsFile] = process.argv.slice(2);
const oneTime = JSON.parse(fs.readFileSync(accountsFile, "utf8"));
const person = (name) => new Person(name, oneTime[name]);

const world = await startBrowser(base);
try {
    const office = await beginning(world, person("li.office"));
    await releasing(world, office);
    const supervisor = await watching(world, person("qin.super"), person("zhang.call"));
    await supervisingCases(world, supervisor);
    await listing(world, office);
    await watchingATeam(world, person("wai.super"));
    verdict("axe_finds_nothing_serious", world.axeFaults.length === 0 && world.pages.size > 10, world.axeFaults.join("; "));
    verdict("no_error_violation_or_foreign_request", world.faults.length === 0, world.faults.join("; "));
} catch (fault) {
    verdict("ran_to_its_end", false, fault.stack);
} finally {
    await world.browser.close();
}
process.exit(failures() === 0 ? 0 : 1);
