/* supervision.mjs BASE ACCOUNTS: the supervisors' pages of the service at BASE (https://127.0.0.1:PORT), which has a
 * drawn round and one that is half phoned. ACCOUNTS is a JSON file {name: one-time password}. Prints a line a test;
 * pictures go to build/screenshots. */

import fs from "node:fs";

import { Person } from "./person.mjs";
import { play } from "./play.mjs";
import { beginning, listing, releasing, supervisingCases, watching, watchingATeam } from "./steps/supervision.mjs";

const [base, accountsFile] = process.argv.slice(2);
const oneTime = JSON.parse(fs.readFileSync(accountsFile, "utf8"));
const person = (name) => new Person(name, oneTime[name]);

await play(base, 10, async (world) => {
    const office = await beginning(world, person("li.office"));
    await releasing(world, office);
    const supervisor = await watching(world, person("qin.super"), person("zhang.call"));
    await supervisingCases(world, supervisor);
    await listing(world, office);
    await watchingATeam(world, person("wai.super"));
});
