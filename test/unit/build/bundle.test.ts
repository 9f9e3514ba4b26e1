import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { build, chunk } from "../../../build/bundle.js";
import type { Built } from "../../../build/bundle.js";
import { objections } from "../../../build/dialect.js";
import { inContext } from "../../../build/engines.js";
import { declared, foreign, shorten, unknown } from "../../../build/names.js";
import { measure } from "../../../build/size.js";

const sample = join(import.meta.dirname, "sample");

describe("a bundle", () => {
  let first: { built: Built[]; names: Map<string, string> };

  beforeAll(async () => {
    first = await build(sample);
  }, 60000);

  test("is a script of ASCII with its version on top", () => {
    expect(first.built.map((each) => each.board)).toEqual(["chip"]);
    const { code, app, cold } = first.built[0];
    for (const script of [code, app]) {
      expect(script).toMatch(/^\/\/thingward 1\.2\.3 chip\n[\x20-\x7e]*\n$/);
    }
    expect(cold).toMatch(/^[\x20-\x7e]*$/);
  });

  test("is the same when it is built again", async () => {
    expect((await build(sample)).built[0].code).toBe(first.built[0].code);
  }, 60000);

  test.each(["one script", "two files"])("says what the source says, octet for octet, where "
    + "Node's globals are missing: %s", (shape) => {
    const { code, app, cold } = first.built[0];
    const { lines, errors } = shape === "one script" ? inContext(code) : inContext(app, cold);
    expect(errors).toEqual([]);
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0].slice(2)).octets).toContain(
      "58,0,1,7,8,9,10,11,12,13,27,32,34,39,92,96,36,123,125,127,128,160,194,233,255");
    const text = JSON.parse(lines[1].slice(2)).octets.split(",")
      .map((code: string) => String.fromCharCode(Number(code))).join("");
    expect(text).toBe("get count:relay=2 level=2");
  });

  test("passes the dialect gate", () => {
    expect(objections(first.built[0].code)).toEqual([]);
  });

  test("has short names where they are ours, and data as it was", () => {
    const { code } = first.built[0];
    expect(code).not.toMatch(/occurrences|countWord|writeOctets|firstPlace/);
    expect(code).toContain("get bytes");
    expect(code).toContain("octets:");
    expect(Math.max(...[...first.names.values()].map((name) => name.length))).toBeLessThan(3);
  });
});

describe("a build fails", () => {
  test("where rollup sees a circular import", async () => {
    const root = mkdtempSync(join(tmpdir(), "circle-"));
    const folder = join(root, "out/boards");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "one.js"), 'import { b } from "./two.js"; export const a = b;');
    const back = 'import { a } from "./one.js"; export const b = () => a;';
    writeFileSync(join(folder, "two.js"), back);
    await expect(chunk("one", root)).rejects.toThrow(/Circular dependency/);
    rmSync(root, { recursive: true });
  });
});

describe("names", () => {
  // Parameters, so that they are not globals.
  const within = (code: string): string => `(function (o, p) { ${code} })`;
  const shortOf = (code: string, own: string[], kept: string[] = []): object =>
    Object.fromEntries(shorten([within(code)], new Set(own), new Set(kept)));

  test("declarations are found in classes, interfaces and literal types", () => {
    const text = "class A { private x = 1; m() {} constructor(readonly y: { z: number }) {} };"
      + "interface B { p?: number; q(w: number): void }";
    expect([...declared(text)].sort()).toEqual(["m", "p", "q", "x", "y", "z"]);
  });

  test("a library's members are foreign, its parameters are not", () => {
    const names = foreign("interface S { write(data: string): void; 'end': number }\n"
      + "declare namespace net { function connect(o: { host: string }): S; const port: number; }");
    expect([...names].sort()).toEqual(["connect", "end", "host", "port", "write"]);
  });

  test("the most frequent name becomes the shortest", () => {
    expect(shortOf("o.rare;o.often;o.often;", ["rare", "often"]))
      .toEqual({ often: "a", rare: "b" });
  });

  test("a name stays that is quoted, a global's, or kept", () => {
    const own = ["quoted", "state", "kept", "free"];
    expect(shortOf("o.quoted;o['quoted'];G.state;o.state;o.kept;o.free", own, ["kept"]))
      .toEqual({ free: "a" });
  });

  test("a short name never meets one that stays", () => {
    expect(shortOf("o.mine;o.a;o['b'];", ["mine"])).toEqual({ mine: "c" });
  });

  test("a name that nobody declares is reported", () => {
    expect(unknown([within("o.mine;p.foreign;o.stray;G.member")], new Set(["mine"]),
      new Set(["foreign"]))).toEqual(["stray"]);
  });
});

describe("figures", () => {
  test("functions from the start, those made anew, methods, classes, names are counted", () => {
    const code = "class A{constructor(){}m(){return function(){}}}"
      + "function f(){return()=>1}var a=1,b=2;new A;f(a,b)";
    const cold = "(()=>0);";
    expect(measure(code, cold)).toEqual({
      app: code.length, cold: cold.length, total: code.length + cold.length, functions: 3, methods: 2, classes: 1, closures: 2, names: 4,
    });
  });
});
