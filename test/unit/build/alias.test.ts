import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { aliasThis } from "../../../build/alias.js";

test("a letter stands for `this` from the fourth on, as its declaration must pay", () => {
  expect(aliasThis("function f(){this.x();this.x();this.x()}"))
    .toBe("function f(){this.x();this.x();this.x()}");
  expect(aliasThis("function f(){this.x();this.x();this.x();this.x()}"))
    .toBe("function f(){let a=this;a.x();a.x();a.x();a.x()}");
});

test("a `let` that comes first takes it in, and then it pays from the third on", () => {
  expect(aliasThis("function f(){let n=this.x();this.x(n)}"))
    .toBe("function f(){let n=this.x();this.x(n)}");
  expect(aliasThis("function f(){let n=this.x();this.x(n);this.x()}"))
    .toBe("function f(){let a=this,n=a.x();a.x(n);a.x()}");
  expect(aliasThis("function f(){let{n}=this;this.x(n);this.x()}"))
    .toBe("function f(){let a=this,{n}=a;a.x(n);a.x()}");
});

test.each([
  ["a `let` that comes later", "this.x();let n=this.y();this.z(n);this.z()",
    "let a=this;a.x();let n=a.y();a.z(n);a.z()"],
  ["a `var`", "var n=this.y();this.z(n);this.z();this.z()",
    "let a=this;var n=a.y();a.z(n);a.z();a.z()"],
  ["a `const`", "const n=this.y();this.z(n);this.z();this.z()",
    "let a=this;const n=a.y();a.z(n);a.z();a.z()"],
])("%s is not joined", (_, body, changed) => {
  expect(aliasThis(`function f(){${body}}`)).toBe(`function f(){${changed}}`);
});

test("arrows mean the function's own `this`", () => {
  expect(aliasThis("function f(){g(()=>this.x,()=>()=>this.y);this.z(this)}"))
    .toBe("function f(){let a=this;g(()=>a.x,()=>()=>a.y);a.z(a)}");
});

test("functions inside have a `this` of their own, which counts for them alone", () => {
  const inner = "function(){this.p=1;this.q=2}";
  expect(aliasThis(`function f(){this.a1=1;this.a2=2;this.a3=${inner}}`))
    .toBe(`function f(){this.a1=1;this.a2=2;this.a3=${inner}}`);
  const many = "function g(){this.p();this.q();this.r();this.s()}";
  const letter = "function g(){let a=this;a.p();a.q();a.r();a.s()}";
  expect(aliasThis(`function f(){${many}return g}`)).toBe(`function f(){${letter}return g}`);
  expect(aliasThis(`function f(){this.p();this.q();this.r();this.s();${many}}`))
    .toBe(`function f(){let a=this;a.p();a.q();a.r();a.s();${letter}}`);
});

test("methods, constructors and accessors are functions", () => {
  expect(aliasThis("class C{constructor(){this.p=this.q=this.r=this.s=0}m(){this.p(this.q)}}"))
    .toBe("class C{constructor(){let a=this;a.p=a.q=a.r=a.s=0}m(){this.p(this.q)}}");
  expect(aliasThis("x={get y(){return this.p+this.q+this.r+this.s}}"))
    .toBe("x={get y(){let a=this;return a.p+a.q+a.r+a.s}}");
});

test("outside of functions nothing changes", () => {
  const code = "this.a=1;this.b=2;this.c=3;this.d=4;g(()=>this.a+this.b+this.c+this.d);";
  expect(aliasThis(code)).toBe(code);
});

const USES = "this.P();this.P();this.P();this.P()";
const changed = (letter: string): string => `${letter}.P();`.repeat(4).slice(0, -1);

test.each([
  ["a parameter", "a", "", "b"], ["several parameters", "b,a,c", "", "d"],
  ["an outer variable that is used", "", ";a(b)", "c"],
  ["a local", "", ";var a=1", "b"], ["a name inside an arrow", "", ";g(a=>b)", "c"],
  ["a name inside a function", "", ";g(function(){return a})", "b"],
  ["another letter", "n", "", "a"],
])("%s is not hidden", (_, params, rest, letter) => {
  expect(aliasThis(`function f(${params}){${USES}${rest}}`))
    .toBe(`function f(${params}){let ${letter}=this;${changed(letter)}${rest}}`);
});

test("when all letters are taken nothing changes", () => {
  const letters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_"];
  const code = `function f(${letters.join()}){${USES}}`;
  expect(aliasThis(code)).toBe(code);
  const last = `function f(${letters.slice(0, -1).join()}){${USES}}`;
  expect(aliasThis(last)).toContain(`{let _=this;${changed("_")}}`);
});

test("a parameter's default comes before the local: its `this` stays", () => {
  expect(aliasThis(`function f(n=this.n){${USES}}`))
    .toBe(`function f(n=this.n){let a=this;${changed("a")}}`);
});

test("the result does what the original did", () => {
  const code = `class C {
    constructor(n = 1) { this.n = n; this.log = []; this.m = n * 2; this.log.push(this.n); }
    twice(a = this.n) {
      let sum = this.n + this.m;
      [1, 2].forEach((b) => { this.n += b; this.log.push(this.n, a, sum); });
      const inner = { n: 5, own: function () { return this.n + this.n + this.n + this.n; } };
      return [this.n, this.m, inner.own(), this.log.join("-")].join();
    }
  }
  new C(3).twice() + new C().twice(9);`;
  const changed = aliasThis(code);
  expect(changed.match(/=this,|let \w=this;/g)).toHaveLength(3);
  expect(runInNewContext(changed)).toBe(runInNewContext(code));
});
