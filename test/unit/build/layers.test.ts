import { describe, expect, test } from "vitest";
import { check } from "../../../build/layers.js";

const HAL = "export interface Clock { nowMs(): number }\nexport const enum Hash { Sha1 = 20 }\n"
  + "export const real = 1;\n";

/** The rules that a small tree breaks, as `file: rule`. */
function broken(files: Record<string, string>): string[] {
  return check({ "hal/hal.ts": HAL, ...files }).map(({ file, rule }) => `${file}: ${rule}`);
}

function firmware(text: string): string[] {
  return broken({ "firmware/store/page.ts": text }).map((each) => each.split(": ")[1]);
}

const GATE = "export class Gate {}\n";

describe("direction", () => {
  test("a folder may use those to its left, config and the HAL's types", () => {
    expect(broken({
      "firmware/config.ts": "export const LIMIT_MAX = 1;\n",
      "firmware/xml/print.ts": "export const print = 1;\n",
      "firmware/access/gate.ts": 'import { print } from "../xml/print.js";\n'
        + 'import { LIMIT_MAX } from "../config.js";\nimport { Hash } from "../../hal/hal.js";\n'
        + 'import type { Clock } from "../../hal/hal.js";\n'
        + "export function gate(clock: Clock): number {\n"
        + "  return clock.nowMs() + print + LIMIT_MAX + Hash.Sha1;\n}\n",
    })).toEqual([]);
  });

  test("a folder may not use one to its right, not even for a type", () => {
    expect(broken({
      "firmware/access/gate.ts": GATE,
      "firmware/xml/print.ts": 'import type { Gate } from "../access/gate.js";\n'
        + "export const gate: Gate | null = null;\n",
    })).toEqual(["firmware/xml/print.ts: import to the right"]);
  });

  test("only the composition sees everything, and nobody imports the composition", () => {
    expect(broken({
      "firmware/device.ts": 'import { Gate } from "./access/gate.js";\n'
        + "export const g = new Gate();\n",
      "firmware/access/gate.ts": GATE,
      "firmware/thing/relay.ts": 'import { g } from "../device.js";\nexport const h = g;\n',
    })).toEqual(["firmware/thing/relay.ts: import to the right"]);
  });

  test("a folder that is not in the order has no place", () => {
    expect(broken({
      "firmware/xml/print.ts": "export const print = 1;\n",
      "firmware/extra/thing.ts": 'import { print } from "../xml/print.js";\n'
        + "export const p = print;\n",
    })).toEqual(["firmware/extra/thing.ts: folder without a place"]);
  });

  test("a cycle inside a folder is found", () => {
    expect(broken({
      "firmware/xml/one.ts": 'import type { Two } from "./two.js";\n'
        + "export interface One { two: Two }\n",
      "firmware/xml/two.ts": 'import type { One } from "./one.js";\n'
        + "export interface Two { one: One }\n",
    })).toEqual(["firmware/xml/one.ts: cycle"]);
  });

  test("firmware takes no value from the HAL and nothing from outside", () => {
    expect(firmware('import { real } from "../../hal/hal.js";\nexport const r = real;\n'))
      .toEqual(["import of a value from the HAL"]);
    expect(firmware('import { readFileSync } from "node:fs";\nexport const r = readFileSync;\n'))
      .toEqual(["import from outside"]);
    expect(firmware('import { boot } from "../../boards/linux.js";\nexport const r = boot;\n'))
      .toEqual(["import from outside"]);
  });

  test("an import names the file that will exist", () => {
    expect(broken({
      "firmware/xml/one.ts": "export const one = 1;\n",
      "firmware/xml/two.ts": 'import { one } from "./one";\nexport const two = one;\n',
    })).toContain("firmware/xml/two.ts: import ending");
  });

  test("parts are joined in device.ts and on boards alone", () => {
    const use = 'import { Gate } from "../access/gate.js";\nexport const gate = new Gate();\n';
    expect(broken({ "firmware/access/gate.ts": GATE, "firmware/thing/relay.ts": use }))
      .toEqual(["firmware/thing/relay.ts: construction outside device.ts"]);
  });
});

describe("firmware", () => {
  test.each([
    ["export const a = Math.random();", "banned"],
    ["export const a = Date.now();", "banned"],
    ["export const a = new Date();", "banned"],
    ["export function f(): void { setTimeout(f, 1); }", "banned"],
    ["export function f(): void { setInterval(f, 1); }", "banned"],
    ['export const a = require("net");', "banned"],
    ["let count = 0;\nexport function f(): number { return count++; }", "state in a module"],
    ["export var count = 0;", "state in a module"],
    ['export const a = "<iq type=";', "markup in a string"],
    ['export const a = "x</iq>";', "markup in a string"],
    ["export const a = `<iq>${1}`;", "markup in a string"],
    ["export class A {}\nexport class B extends A {}", "extends"],
    ["export default class A {}", "default export"],
    ["export enum State { On }", "enum that is not const"],
    ["// FIX" + "ME later\nexport const a = 1;", "unfinished"],
    [`export const a = "${"x".repeat(100)}";`, "line too long"],
    [`export function f(): void {\n${"  f();\n".repeat(60)}}`, "function too long"],
    ["export const a = 1;\n".repeat(251), "file too long"],
    [`export class A {\n${field(9)}}`, "too many fields"],
    [`export class A {\n${method(11)}}`, "too many methods"],
    [`export class A {\n${field(8)}  constructor(private last: number) {}\n}`, "too many fields"],
  ])("%s", (text, rule) => {
    expect(firmware(`${text}\n`)).toContain(rule);
  });

  test("at the limit is not beyond it", () => {
    expect(firmware(`export class A {\n${field(8)}${method(10)}}\n`)).toEqual([]);
    expect(firmware(`export function f(): void {\n${"  f();\n".repeat(58)}}\n`)).toEqual([]);
    expect(firmware("export const a = 1;\n".repeat(250))).toEqual([]);
    expect(firmware('export const a = new Date(0), b = "a < b", c = "&lt;";\n')).toEqual([]);
  });

  test("xml may name the marks it looks for, the printer alone writes tags", () => {
    const find = 'export const a = "</", b = "<!";\n';
    expect(broken({ "firmware/xml/tokenizer.ts": find })).toEqual([]);
    expect(broken({ "firmware/xml/print.ts": 'export const a = "<iq";\n' })).toEqual([]);
    expect(broken({ "firmware/xml/escape.ts": 'export const a = "<iq";\n' }))
      .toEqual(["firmware/xml/escape.ts: markup in a string"]);
  });
});

describe("Espruino finds more than one octet where it is not", () => {
  const RULE = "search for more than one octet";
  const text = (call: string): string => `export const a = (b: string): unknown => ${call};\n`;

  test.each([
    'b.indexOf("]]")', "b.indexOf(']]', 3)", 'b.lastIndexOf("ab")', 'b.includes("ab")',
    'b.replace("ab", "")', 'b.indexOf("\\x01" + b)', 'b.replace(b + "\\x01", "")',
    "b.includes(`${b}\\x01`)", "b.indexOf(`ab`)", 'b.trim().indexOf("\\x01\\x02")',
    'b?.indexOf("ab")', 'b.indexOf("\u00b0C")', 'Upper.indexOf("ab")',
  ])("%s", (call) => {
    expect(firmware(text(call))).toEqual([RULE]);
  });

  test.each([
    'b.indexOf(">")', 'b.indexOf("\\x01", 2)', "b.indexOf('\\n')", 'b.replace(/ab/g, "")',
    "b.indexOf(b.charAt(2))", 'KNOWN_NAMES.indexOf("ab")', "KNOWN.includes(b + b)",
    'b.replace("&", "and")', 'b.split("ab")', 'indexOf("ab")', "b.indexOf()",
  ])("%s is right", (call) => {
    expect(firmware(text(call))).toEqual([]);
  });

  test("the packed lists know how, nobody else in the firmware may", () => {
    const call = text('b.indexOf("ab")');
    expect(broken({ "firmware/xml/list.ts": call })).toEqual([]);
    expect(broken({ "firmware/thing/list.ts": call })).toEqual([`firmware/thing/list.ts: ${RULE}`]);
    expect(broken({ "hal/host/list.ts": call, "build/list.ts": call })).toEqual([]);
  });
});

describe("everywhere", () => {
  test.each(["firmware/xml/utils.ts", "hal/host/Index.ts", "demo/access-gate.ts",
    "authority/rule.service.ts", "test/unit/helpers.ts"])("%s is no name", (path) => {
    expect(broken({ [path]: "export const a = 1;\n" })).toEqual([`${path}: file name`]);
  });

  test("boards may have two words, tests say that they are", () => {
    const text = "export const a = 1;\n";
    expect(broken({ "boards/esp32-relay.ts": text, "test/unit/access/gate.test.ts": text }))
      .toEqual([]);
  });
});

describe("exceptions", () => {
  const files = { "firmware/xml/one.ts": "export default class A {}\n" };

  test("one with a reason is honoured", () => {
    expect(check(files, { "firmware/xml/one.ts": { "default export": "because" } })).toEqual([]);
  });

  test("one without a reason is not, and one that nothing needs is a complaint", () => {
    expect(check(files, { "firmware/xml/one.ts": { "default export": "" } })).toHaveLength(2);
    expect(check({}, { "firmware/xml/one.ts": { extends: "because" } })[0].rule)
      .toBe("exception without need");
  });
});

function field(count: number): string {
  return Array.from({ length: count }, (_, index) => `  f${index} = 0;\n`).join("");
}

function method(count: number): string {
  return Array.from({ length: count }, (_, index) => `  m${index}(): void {}\n`).join("");
}
