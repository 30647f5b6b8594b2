/* desk.mjs BASE ACCOUNTS: the caller's desk of the service at BASE (https://127.0.0.1:PORT), in practice and with the
 * cases of an open campaign. ACCOUNTS is a JSON file {name: one-time password}. Prints a line a test; pictures go to
 * build/screenshots. */

import fs from "node:fs";

import { Person } from "./person.mjs";
import { play } from "./play.mjs";
import { phoning, pickingTimes, practising, runningOut } from "./steps/desk.mjs";

const [base, accountsFile] = process.argv.slice(2);
const oneTime = JSON.parse(fs.readFileSync(accountsFile, "utf8"));
const caller = new Person("zhang.call", oneTime["zhang.call"]);

/* Some steps take the network away. */
const CUT = /ERR_INTERNET_DISCONNECTED|ERR_FAILED/;

await play(base, 10, async (world) => {
    const page = await practising(world, caller);
    await pickingTimes(page);
    await phoning(world, page, caller);
    await runningOut(world, page);
}, CUT);
