/* run.mjs BASE ACCOUNTS WORK: drive the pages of the service at BASE (https://127.0.0.1:PORT). ACCOUNTS is a JSON file
 * {name: one-time password}, WORK a directory for files of our own. Prints a line a test;
 * pictures go to build/screenshots. */

import fs from "node:fs";

import { Person } from "./person.mjs";
import { play } from "./play.mjs";
import { administrating, auditing, endingSessions, securing } from "./steps/administration.mjs";
import { loadingData, nowhere, readingResults, returning, writeDump } from "./steps/results.mjs";
import { locking, signingIn } from "./steps/sign_in.mjs";
import { sources } from "./steps/sources.mjs";

const [base, accountsFile, work] = process.argv.slice(2);
const oneTime = JSON.parse(fs.readFileSync(accountsFile, "utf8"));
const people = {
    administrator: new Person("admin", oneTime.admin),
    office: new Person("li.office", oneTime["li.office"]),
    auditor: new Person("sun.audit", oneTime["sun.audit"]),
    security: new Person("zhou.sec", oneTime["zhou.sec"]),
    locked: new Person("wu.locked", oneTime["wu.locked"]),
};

await sources();
await play(base, 15, async (world) => {
    const lock = locking(world, people.locked);
    const office = await signingIn(world, people.office);
    await readingResults(world, office);
    const dump = `${work}/更正.csv`;
    writeDump(dump);
    await loadingData(world, office, dump);
    await nowhere(world, office);
    const administrator = await administrating(world, people);
    await securing(world, people);
    await auditing(world, people);
    await endingSessions(world, administrator, office, people.office);
    await returning(world, office, people.office);
    await lock;
});
