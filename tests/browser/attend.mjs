/* attend.mjs BASE ACCOUNTS WORK: attendance, re-checks and lists of calls at BASE (https://127.0.0.1:PORT). ACCOUNTS is a
 * JSON file {name: one-time password}, WORK a directory for files of our own. Prints a line a test; pictures go to
 * build/screenshots. */

import fs from "node:fs";

import { Person } from "./person.mjs";
import { play } from "./play.mjs";
import { attending, checking, completing, matching, settling } from "./steps/attend.mjs";

const [base, accountsFile, work] = process.argv.slice(2);
const oneTime = JSON.parse(fs.readFileSync(accountsFile, "utf8"));
const person = (name) => new Person(name, oneTime[name]);

await play(base, 9, async (world) => {
    const numbers = await completing(world, person("zhang.call"));
    await checking(world, person("qin.check"), numbers);
    const supervisor = await settling(world, person("wu.super"));
    await attending(world, supervisor);
    await matching(world, supervisor, person("li.office"), `${work}/话单.csv`, numbers);
});
