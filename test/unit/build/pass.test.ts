import { crc32 } from "node:zlib";
import { runInNewContext } from "node:vm";
import { minify } from "terser";
import { expect, test } from "vitest";
import { split } from "../../../build/pass/cold.js";
import { LOADER, link } from "../../../build/pass/link.js";
import { mark, unmark } from "../../../build/pass/mark.js";
import { order } from "../../../build/pass/order.js";
import { divide, join } from "../../../build/pass/part.js";
import { farewell, retired } from "../../../build/pass/retire.js";

/** Runs the two files as a chip does; what the last statement gives. */
function run(code: string, profile: Record<string, number>, ours: string[]): unknown {
  const { app, cold } = link(split(code, profile, new Set(ours)));
  const context = { E: { CRC32: (text: string) => crc32(text) }, require: () => ({
    read: () => cold }) };
  return runInNewContext(app, context);
}

const STORY = `
let sum=(a,b)=>/*@sum*/a+b,two=()=>{/*@two*/return sum(1,1)},by=/,/g;
function own(){/*@own*/return this===undefined||typeof this}
class Box{constructor(n){/*@Box.constructor*/this.n=n}
add(k){/*@Box.add*/return this.next(this.plus(k))}plus(k){/*@Box.plus*/return sum(this.n,k)}
next(n){/*@Box.next*/return new Box(n)}get(){/*@Box.get*/return[this.n].map(n=>n+this.n)[0]}}
let box=new Box(two());
[box.add(3).add(4).get(),"1,2".split(by).length,(box||0).add(1).n,typeof own()].join()`;

test.each([
  ["everything", {}, ["add", "plus", "next", "get"]],
  ["half of it", { sum: 3, "Box.add": 2 }, ["add", "plus", "next", "get"]],
  ["functions alone", {}, []],
  ["nothing", { sum: 1, two: 1, own: 1 }, []],
])("what is cold does what it did: %s", (_, profile, ours) => {
  expect(run(STORY, profile, ours)).toBe(runInNewContext(STORY));
});

test("a cold function leaves the script, and its calls say where it went", () => {
  const code = "let f=a=>/*@f*/a,g=()=>/*@g*/f(1);class C{m(x){/*@C.m*/return this}"
    + "s(x){/*@C.s*/return x}}new C().m(f(2)).s();let c=new C;c.s(3)";
  expect(split(code, { g: 1 }, new Set(["m", "s"]))).toEqual({
    app: "let g=()=>/*@g*/$(1000000000)(1);class C{}"
      + "$(1000000002).call($(1000000001).call(new C(),$(1000000000)(2)));"
      + "let c=new C;$(1000000002)(3);",
    pieces: ["(a=>/*@f*/a)", "(function(x){/*@C.m*/return this})",
      "(function(x){/*@C.s*/return x})"],
  });
});

test.each([
  ["a function that is a value", "let f=()=>/*@f*/1;[f].length"],
  ["a method that two classes have", "class A{m(){/*@A.m*/}}class B{m(){/*@B.m*/}}new A().m()"],
  ["a method that is a value", "class A{m(){/*@A.m*/}}new A().m.name"],
  ["a method that a literal has, too", "class A{m(){/*@A.m*/}}({m:1});new A().m()"],
  ["a method with a name that others may have",
    "class A{read(){/*@A.read*/}}new A().read()"],
  ["a getter", "class A{get m(){/*@A.m*/return 1}}new A().m"],
])("%s stays", (_, code) => {
  expect(split(code, {}, new Set(["m"])).pieces).toEqual([]);
});

test("places are found though their numbers move what is behind them", () => {
  const pieces = Array.from({ length: 60 }, (_, i) =>
    `(()=>${i < 59 ? `$(${1000000000 + (i * 7 + 1) % 60})` : "9"}/${"x".repeat(i * 3)}/)`);
  const { app, cold } = link({ app: pieces.map((_, i) => `$(${1000000000 + i})`).join(), pieces });
  const places = [...app.slice(app.indexOf("cold\");") + 7).matchAll(/\$\((\d+),(\d+)\)/g)];
  expect(places).toHaveLength(60);
  places.forEach(([, offset, length], i) => {
    const text = cold.slice(Number(offset), Number(offset) + Number(length));
    expect(text).toMatch(/^\(\(\)=>.*\/x*\/\) *$/);
    expect(text).toContain(`/${"x".repeat(i * 3)}/`);
    expect(cold[Number(offset) + Number(length)]).toBe(";");
  });
  expect(cold).not.toContain("1000000");
});

test("an application that finds another build's second file does not start", () => {
  const { app, cold } = link({ app: "go()", pieces: ["(()=>1)"] });
  expect(app.startsWith(LOADER)).toBe(true);
  const start = (stored: string | undefined): unknown => runInNewContext(app, { go: () => 7,
    E: { CRC32: (text = "") => crc32(text) }, require: () => ({ read: () => stored }) });
  expect(start(cold)).toBe(7);
  expect(() => start(cold.replace("1", "2"))).toThrow("cold");
  expect(() => start(undefined)).toThrow("cold");
});

test("a script without cold functions needs no second file", () => {
  expect(link({ app: "go()", pieces: [] })).toEqual({ app: "go()", cold: "" });
});

test("what only the start uses is thrown away, what anything later may use is not", () => {
  const code = "class Once{constructor(){new Part;make()}}class Part{m(){return new Again}}"
    + "class Again{}let make=()=>deep(),deep=()=>1,used=()=>2,late=()=>used(),list=[1];"
    + "let one=new Once(list),two=()=>one;setTimeout(()=>late());go(two);";
  expect(retired(code)).toEqual({
    classes: ["Once", "Part"], others: ["make", "deep", "list", "two"] });
});

test("in an engine with classes on the global object they go, elsewhere nothing happens", () => {
  const code = "class A{m(){return 1}}let a=new A,b=a;go(b);";
  const kept = new Set(["A", "a", "b"]);
  const global: Record<string, any> = { go: (box: any) => { global["box"] = box; } };
  runInNewContext(code + farewell(code, kept), { global, ...global });
  class A {
    m(): number { return 1; }
  }
  const chip: Record<string, any> = { A, a: 1, b: 1, m: new A() };
  runInNewContext(farewell(code, kept), { global: chip });
  expect(Object.keys(chip)).toEqual(["m"]);
  expect([chip["m"].m(), Object.hasOwn(A.prototype, "constructor")]).toEqual([1, false]);
});

test("hot names and methods come first, what is evaluated keeps its order", () => {
  const code = "let cold=()=>/*@cold*/1,n=f(),hot=()=>/*@hot*/2;class C{a(){/*@C.a*/cold()}"
    + "b(){/*@C.b*/hot()}}let m=f(n);m.x()";
  expect(order(code, { "C.b": 5, "C.a": 1 })).toBe("let hot=()=>/*@hot*/2,cold=()=>/*@cold*/1;"
    + "class C{b(){/*@C.b*/hot()}a(){/*@C.a*/cold()}}let n=f(),m=f(n);m.x();");
});

test("parts put together again are the script", () => {
  const code = "class A{}function f(){}let a=1,b=f();a+b;var c=2;if(a){f()}else f();";
  const script = divide(code);
  expect(script.parts.map((part) => part.kind)).toEqual(["class", "function", "value", "value",
    "statement", "value", "statement"]);
  expect(join(script, script.parts, [])).toBe(
    "class A{}function f(){}let a=1,b=f();a+b;let c=2;if(a){f()}else f();");
});

test("minified functions are told by their names in the source", async () => {
  const source = "let longName=function(first){return first+first},other$1=(second)=>(second,[second]);"
    + "class Box{constructor(){this.a=1}method(third){return third=>third}}"
    + "go(longName(1),other$1(2),new Box,longName,other$1,Box,Box);";
  const { code, map } = await minify({ x: source }, { toplevel: true, sourceMap: true });
  const marked = mark(code!, map as string, source);
  expect(unmark(marked)).toBe(code);
  expect([...marked.matchAll(/(?:\{|=>)\/\*@([\w.$]+)\*\//g)].map((found) => found[1]))
    .toEqual(["longName", "other", "Box.constructor", "Box.method"]);
});
