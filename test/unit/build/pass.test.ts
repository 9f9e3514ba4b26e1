import { crc32 } from "node:zlib";
import { runInNewContext } from "node:vm";
import { minify } from "terser";
import { expect, test } from "vitest";
import { split } from "../../../build/pass/cold.js";
import { link, loader } from "../../../build/pass/link.js";
import { mark, unmark } from "../../../build/pass/mark.js";
import { numbered } from "../../../build/pass/number.js";
import { order } from "../../../build/pass/order.js";
import { divide, join } from "../../../build/pass/part.js";
import { farewell, retired } from "../../../build/pass/retire.js";
import { aside, partWords, placeInTable, WORDS } from "../../../build/pass/word.js";

/** Runs the two files as a chip does; what the last statement gives. */
function run(
  code: string, profile: Record<string, number>, ours: string[], names: string[] = [],
): unknown {
  const numbers = numbered(new Set(names), { code, profile });
  const { app, cold } = link(split(code, profile, { ours: new Set(ours), numbers }));
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
  expect(split(code, { g: 1 }, { ours: new Set(["m", "s"]) })).toEqual({
    app: "let g=()=>/*@g*/$(1000000000)(1);class C{}"
      + "$(1000000002,$(1000000001,new C())($(1000000000)(2)))();"
      + "let c=new C;$(1000000002)(3);",
    pieces: ["a=>/*@f*/a", "x=>/*@C.m*/_", "x=>/*@C.s*/x"], table: [],
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
  expect(split(code, {}, { ours: new Set(["m"]) }).pieces).toEqual([]);
});

test("places are found though their numbers move what is behind them", () => {
  const pieces = Array.from({ length: 60 }, (_, i) =>
    `(()=>${i < 59 ? `$(${1000000000 + (i * 7 + 1) % 60})` : "9"}/${"x".repeat(i * 3)}/)`);
  const { app, cold } = link(
    { app: pieces.map((_, i) => `$(${1000000000 + i})`).join(), pieces, table: [] });
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
  const { app, cold } = link({ app: "go()", pieces: ["()=>1"], table: [] });
  expect(app.startsWith(loader(WORDS))).toBe(true);
  const start = (stored: string | undefined): unknown => runInNewContext(app, { go: () => 7,
    E: { CRC32: (text = "") => crc32(text) }, require: () => ({ read: () => stored }) });
  expect(start(cold)).toBe(7);
  expect(() => start(cold.replace("1", "2"))).toThrow("cold");
  expect(() => start(undefined)).toThrow("cold");
});

const CROWD = `
class A{constructor(){/*@A.constructor*/this.n=1}m(k){/*@A.m*/return this.n+k}
all(){/*@A.all*/return[1,2].map(k=>this.m(k)+this.n)}}
class B{m(k,l){/*@B.m*/return{k,l}}t(){/*@B.t*/return 5}}
class C{m(){/*@C.m*/return 7}}
let list=[new A(),new B(),new C()],one=k=>/*@one*/list[k];
[list[0].m(2),one(1).m(3,4).l,one(2).m(),list[0].all().join("+"),one(1).t()].join()`;

test.each([
  ["all are rare", {}],
  ["one of them is hot", { "C.m": 1 }],
])("of methods of one name the rare ones are numbers, and do what they did: %s", (_, profile) => {
  expect(run(CROWD, profile, [], ["m", "all", "t"])).toBe(runInNewContext(CROWD));
  expect(run(CROWD, profile, ["all", "t"], ["m", "all", "t"])).toBe(runInNewContext(CROWD));
});

test("a number leads to the method by the table", () => {
  const profile = { "C.m": 1, one: 1 };
  const numbers = numbered(new Set(["m"]), { code: CROWD, profile });
  const parts = split(CROWD, profile, { ours: new Set(), numbers });
  expect(parts.app).toContain(`m=${placeInTable(0)};\nall(){`);
  expect(parts.app).toContain(`class B{m=${placeInTable(1)};t(){`);
  expect(parts.app).toContain("class C{m(){");
  expect(parts.app).toContain('$m(one(1),"m")(3,4)');
  const { cold } = link(parts);
  const at = placeInTable(1);
  const [offset, length] = [cold.slice(at, at + 5), cold.slice(at + 5, at + 9)].map(Number);
  expect(cold.slice(offset, offset! + length!).trim()).toBe("(k,l)=>/*@B.m*/({k,l})");
});

test.each([
  ["a name that others may have", "new A().m()", []],
  ["a value", "new A().m.length", ["m"]],
  ["a key", "({m:1});new A().m()", ["m"]],
  ["what is called all the time", "let f=()=>{/*@f*/new A().m()};f()", ["m"]],
])("%s is no number", (_, use, names) => {
  const code = `class A{m(){/*@A.m*/return 1}}${use}`;
  expect([...numbered(new Set(names), { code, profile: { f: 9 } })]).toEqual([]);
});

test("what another script says of a name counts, too", () => {
  const code = "class A{m(){/*@A.m*/return 1}}new A().m()";
  const own = { code, profile: {} };
  const other = (use: string) => ({ code: `let g=a=>{/*@g*/${use}}`, profile: { g: 9 } });
  const names = new Set(["m"]);
  expect([...numbered(names, own, [other("a.n()")])]).toEqual(["m"]);
  expect([...numbered(names, own, [other("a.m()")])]).toEqual([]);
  expect([...numbered(names, own, [other("a.m")])]).toEqual([]);
});

test("a part's names are nobody else's, and its calls of another's numbers ask the other", () => {
  const words = partWords("x", 1);
  const code = aside("let a=1,f=b=>/*@f*/b+a;class C{m(o){/*@C.m*/return{a:f(o.n(a))}}}go(C)", words);
  expect(code).toBe("let _b0=1,_b1=b=>/*@f*/b+_b0;"
    + "class _b2{m(o){/*@C.m*/return{a:_b1(o.n(_b0))}}}go(_b2)");
  const { app, pieces } = split(code, { "C.m": 1 }, { ours: new Set(), words,
    elsewhere: new Set(["n"]) });
  expect(app).toContain('_b$(1000000000)($m(o,"n")(_b0))');
  expect(pieces).toEqual(["b=>/*@f*/b+_b0"]);
});

test("a script without cold functions needs no second file", () => {
  expect(link({ app: "go()", pieces: [], table: [] })).toEqual({ app: "go()", cold: "" });
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
