import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { prepare } from "../../../build/prepare.js";

test("a number is written where it is used, and nowhere else", () => {
  expect(prepare("const MAX = 4096; f(MAX, a.MAX, { MAX: 1, n: MAX }, b[MAX]);"))
    .toBe("let MAX = 4096; f(4096, a.MAX, { MAX: 1, n: 4096 }, b[4096]);");
});

test("another variable of that name stays", () => {
  expect(prepare("const N = 1; function f(N) { return N; } { const N = []; g(N); } g(N);"))
    .toBe("let N = 1; function f(N) { return N; } { let N = []; g(N); } g(1);");
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
