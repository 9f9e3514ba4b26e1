import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { replaceSection } from "../../../build/measure.js";
import { boot, pausable } from "../../../build/measure/bundle.js";
import { Counting, DEEPEST, COUNTS, PEAK, RESET, calls, chain }
  from "../../../build/measure/instrument.js";
import { lines, markdown } from "../../../build/measure/table.js";

/** What the prelude needs of the interpreter; memory grows and shrinks with `held`. */
const ENGINE = `
var held = 0;
var process = { memory: function () { return { usage: 100 + held }; } };
var E = { toString: function (buffer) {
  return String.fromCharCode.apply(null, new Uint8Array(buffer)); } };
`;

function run(...codes: string[]) {
  const counting = new Counting();
  const texts = codes.map((code) => counting.instrument(code));
  const context = { btoa };
  runInNewContext(ENGINE + counting.prelude(), context);
  const results: unknown[] = texts.map((text) => runInNewContext(text, context));
  const ask = (expression: string): any => runInNewContext(expression, context);
  return { result: results[results.length - 1], ask, names: counting.names };
}

test("a counting copy does what the original does, whatever its functions look like", () => {
  const code = `
let sum = (a, b) => (a, a + b), none = function () {}, made = n => () => n;
class Box { constructor(n) { this.n = n; } get(k) { return this.n * k; } nothing() {} }
let box = new Box(4);
none(); box.nothing();
let list = [1, 2].map((n) => ({ n }));
[sum(1, 2), made(7)(), box.get(3), list[1].n, (() => sum(sum(1, 1), 1))()].join()`;
  const { result } = run(code);
  expect(result).toBe(runInNewContext(code));
});

test("calls are counted by the names that people know, in every text", () => {
  const { ask, names } = run("let late=()=>/*@told*/[1].map(()=>2)",
    "class a{b(){/*@Size.small*/return 1}c(){/*@Size.large*/return this.b()+this.b()}}"
    + "let f=()=>/*@show*/new a().c();f();late()");
  expect(calls(ask(COUNTS), names)).toEqual(new Map([["told", 1], ["told(30)", 1],
    ["Size.small", 2], ["Size.large", 1], ["show", 1]]));
});

test("the deepest chain is told, though an exception ended it", () => {
  const { ask, names } = run(
    "let f=n=>{/*@f*/if(n>2)throw 1;g(n+1)},g=n=>/*@g*/f(n),"
    + "go=()=>{/*@go*/try{f(1)}catch(e){}};go();go()");
  expect(chain(ask(DEEPEST), names)).toEqual(["go", "f", "g", "f", "g", "f"]);
});

test("the peak is seen inside of a call, and forgotten when asked", () => {
  const { ask } = run("let f=()=>{held=50;g();held=0},g=()=>{};f()");
  expect(ask(PEAK)).toBe(150);
  ask(RESET);
  expect([ask(PEAK), ask(DEEPEST)]).toEqual([0, ""]);
});

test("exactly one timer is the heartbeat", () => {
  const app = (code: string): string => pausable({ app: code, cold: "" })["app"]!;
  expect(app("a=setTimeout(b.c,40);")).toBe("a=setTimeout(b.c,(mBeats++,mPause));");
  expect(() => app("setTimeout(b,400)")).toThrow("heartbeat");
  expect(() => app("setTimeout(b,40);setTimeout(c,40)")).toThrow("heartbeat");
});

test("the application is evaluated late, from Storage, by what runs at the start", () => {
  expect(boot({ app: "x", cold: "z" }, "y;")).toEqual({ app: "x", cold: "z",
    ".boot0": 'y;MEMORY=()=>process.memory().usage;setTimeout(require("Storage").read("app"),100)' });
});

const MEASURED = {
  date: "2026-11-21", commit: "abc1234", builds: ["Espruino 2v29"], bytes: 46980,
  figures: [
    { key: "rest", what: "JsVars at rest", value: 3200 },
    { key: "readout", what: "a | b", value: 7.5 },
    { key: "tick", what: "a tick", value: 12 },
  ],
};
const LIMITS = { rest: 3000, readout: 8 };

test("a figure above its budget is told so; one without a budget is only told", () => {
  expect(lines(MEASURED, LIMITS)).toEqual([
    "  measured 2026-11-21 at abc1234 on Espruino 2v29; bundle of 46980 bytes",
    "  rest          3200  of 3000  ABOVE THE BUDGET  JsVars at rest",
    "  readout       7.50  of 8        a | b",
    "  tick            12              a tick",
  ]);
});

test("only its own section of the benchmarks is replaced", () => {
  const section = `## The firmware on the interpreter\n\n${markdown(MEASURED, LIMITS)}`;
  expect(section).toContain("| a \\| b | 7.50 | 8 |");
  const once = replaceSection("## A town\n\nText.\n", section);
  expect(once).toBe(`## A town\n\nText.\n\n${section}`);
  expect(replaceSection(once, section)).toBe(once);
  const between = replaceSection(`${section}\n## Bench\n\nMore.\n`, section.replace("7.50", "7.40"));
  expect(between).toBe(`${section.replace("7.50", "7.40")}\n## Bench\n\nMore.\n`);
});
