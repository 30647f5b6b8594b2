/* The modules and the sheet as Chromium 86 must read them. */

import fs from "node:fs";

import { acorn } from "../driver.mjs";
import { expect, step } from "../report.mjs";

const PAGES = "service/pages";
/* What is embedded beside them. Not Pico: of its sheet rules may be missing in an old browser. */
const FOREIGN = "build/npm/node_modules/htm/preact/standalone.module.js";
const TOO_NEW = [
    /\.at\(/,
    /\bstructuredClone\b/,
    /\.replaceChildren\(/,
    /\.findLast\(/,
    /Object\.hasOwn\b/,
    /\bcrypto\.randomUUID\b/,
    /\.showPopover\(/,
    /Promise\.any\b/,
    /AbortSignal\.(timeout|any)/,
    /Array\.fromAsync/,
    /\.toSorted\(/,
    /\.requestSubmit\(/,
];
const TOO_NEW_CSS = [
    /:has\(/,
    /:is\(/,
    /:where\(/,
    /\binset\s*:/,
    /@layer\b/,
    /@container\b/,
    /\baspect-ratio\b/,
    /\baccent-color\b/,
    /\d[dsl]vh\b/,
    /color-mix\(/,
    /&\s*[.:>{]/,
];

function filesOf(ending) {
    return fs
        .readdirSync(PAGES)
        .filter((name) => name.endsWith(ending))
        .map((name) => [name, fs.readFileSync(`${PAGES}/${name}`, "utf8")]);
}

export async function sources() {
    await step("modules_are_of_es2020", async () => {
        const modules = filesOf(".js");
        expect(modules.length > 10, "no modules found");
        modules.push([FOREIGN, fs.readFileSync(FOREIGN, "utf8")]);
        for (const [name, text] of modules) {
            try {
                acorn.parse(text, { ecmaVersion: 2020, sourceType: "module" });
            } catch (fault) {
                throw new Error(`${name}: ${fault.message}`);
            }
            for (const pattern of TOO_NEW) expect(!pattern.test(text), `${name}: ${pattern}`);
        }
    });
    await step("sheet_is_of_chromium_86", async () => {
        for (const [name, text] of filesOf(".css"))
            for (const pattern of TOO_NEW_CSS)
                expect(!pattern.test(text.replace(/\/\*[^]*?\*\//g, "")), `${name}: ${pattern}`);
    });
    await step("shell_has_no_inline_code", async () => {
        const [[, text]] = filesOf(".html");
        expect(
            !/<script(?![^>]*\bsrc=)/.test(text) && !/<style|\sstyle=|\son[a-z]+=/.test(text),
            "inline script or style",
        );
        for (const [name, module] of filesOf(".js")) {
            expect(
                !/style=\$|style="|dangerouslySetInnerHTML|innerHTML/.test(module),
                `${name}: inline style or markup`,
            );
            expect(
                !/localStorage|sessionStorage|document\.cookie/.test(module),
                `${name}: keeps something in the browser`,
            );
        }
    });
}
