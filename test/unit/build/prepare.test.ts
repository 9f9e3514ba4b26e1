import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { prepare } from "../../../build/prepare.js";

test("a number is written where it is used, and nowhere else", () => {
  expect(prepare("const MAX = 4096; f(MAX, a.MAX, { MAX: 1, n: MAX }, b[MAX]);"))
    .toBe("let MAX = 4096; f(4096, a.MAX, { MAX: 1, n: 4096 }, b[4096]);");
});

test("another variable of that name stays", () => {
  expect(prepare("const N = 1; function f(N) { return N; } { const N = []; g(N); } g(N);"))
    .toBe("let N = 1; let f=(N) =>{ return N; }; { let N = []; g(N); } g(1);");
});

test("a shorthand property keeps its name", () => {
  expect(prepare("const size = 3; f({ size });")).toBe("let size = 3; f({ size:3 });");
});

test("what is not a plain number is left to terser", () => {
  const code = 'const A = -1, B = "1", C = [1]; f(A - A, B, C);';
  expect(prepare(code)).toBe(code.replace("const", "let"));
});

test("the result does what the original did", () => {
  const code = "const A = 2, B = 0.5; let s = ''; for (const x of [A, B]) { const y = x * A; "
    + "s += y + ';'; } s";
  expect(runInNewContext(prepare(code))).toBe(runInNewContext(code));
});

test("functions of the outermost scope become arrows, those inside stay", () => {
  expect(prepare("function f(a) { function g() { return a; } return g; }"))
    .toBe("let f=(a) =>{ function g() { return a; } return g; };");
  expect(prepare("(() => { function f() {} f(); })();")).toBe("(() => { let f=() =>{}; f(); })();");
  expect(prepare("(function () { function f(a, b) {} })();"))
    .toBe("(function () { let f=(a, b) =>{}; })();");
});

test.each([
  "function f() { this.n = 1; }", "function f(a = this) { return a; }",
  "function f() { return () => this; }", "function f() { return arguments.length; }",
  "function f() { return () => arguments[0]; }", "function f(a = arguments.length) { return a; }",
  "function* f() { yield 1; }", "async function f() { return 1; }",
])("%s stays a function", (code) => expect(prepare(code)).toBe(code));

test("an expression, a method, and an arrow stay what they are", () => {
  const code = "let f = function () {}; let o = { m() {} }; let g = () => {};";
  expect(prepare(code)).toBe(code);
});

test.each([
  ["s.substring(0, 4);", "s.slice(0, 4);"], ["s.substring(4);", "s.slice(4);"],
  ["s.substring(2, 2);", "s.slice(2, 2);"], ["f(s).substring(1).length;", "f(s).slice(1).length;"],
])("%s becomes %s", (code, shorter) => expect(prepare(code)).toBe(shorter));

test.each([
  "s.substring(a, b);", "s.substring(0, n);", "s.substring(-1);", "s.substring(0, -2);",
  "s.substring(4, 2);", "s.substring(n);", "s.substring('1');", "s.substring(0, s.length - 1);",
  "s.substring(...a);", "s.substring;", "substring(0, 4);", "s[substring](0, 4);",
])("%s stays: it may mean something else", (code) => expect(prepare(code)).toBe(code));

test("arrows and slices do what functions and substrings did", () => {
  const code = "function cut(s) { return [s.substring(1, 3), s.substring(3, 1), s.substring(-2),"
    + " s.substring(2)].join(); } function F() { this.n = arguments.length; }"
    + " cut('abcd') + new F(1, 2).n";
  expect(prepare(code)).toContain("s.slice(1, 3)");
  expect(runInNewContext(prepare(code))).toBe(runInNewContext(code));
});
