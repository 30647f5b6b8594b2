/* What the desk says to the service. practice.js has the same functions and says nothing to anybody. */

import { read, write } from "./api.js";

const FOLLOWUP = "/api/v1/followup";
const ONCE = 1;

const ofCase = (id, rest = "") => `${FOLLOWUP}/cases/${encodeURIComponent(id)}${rest}`;

export const deskService = {
    desk: () => read(`${FOLLOWUP}/desk`),
    begin: (key) => write("POST", `${FOLLOWUP}/shifts`, {}, key),
    end: (key) => write("POST", `${FOLLOWUP}/shifts/current/end`, {}, key),
    next: (key) => write("POST", `${FOLLOWUP}/next`, {}, key),
    read: (id) => read(ofCase(id)),
    renew: (id) => write("POST", ofCase(id, "/renew"), {}),
    giveBack: (id, key) => write("POST", ofCase(id, "/return"), {}, key),
    dial: (id, numberNo, key) => write("POST", ofCase(id, "/dials"), { number_no: numberNo }, key),
    number: (id) => read(ofCase(id, "/number")),
    answer: (id, body, key, signal) => write("PUT", ofCase(id, "/answers"), body, key, { tries: ONCE, signal }),
    addNumber: (id, number, key) => write("POST", ofCase(id, "/numbers"), { number }, key),
    finish: (id, body, key, signal) => write("POST", ofCase(id, "/attempts"), body, key, { tries: ONCE, signal }),
};
