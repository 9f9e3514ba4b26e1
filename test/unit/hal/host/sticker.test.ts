import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { generatorOf } from "../../../../flash/generator.js";
import { labelText } from "../../../../flash/label.js";
import { createLabel, identityOf, keepLabel } from "../../../../hal/host/sticker.js";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "label-"));
  path = join(folder, "board.flash.label");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a label stays on its board, and is nobody else's to read", () => {
  const label = keepLabel(path, "desktop");
  expect(keepLabel(path, "desktop")).toEqual(label);
  expect(readFileSync(path, "utf8")).toBe(`${labelText(label)}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(keepLabel("", "desktop").code).not.toBe(label.code);
});

test("what is asked for is on a new label, and must be on an old one", () => {
  const [code, id] = ["1XNDP3WW3", "18B4300400001234"];
  expect(keepLabel(path, "desktop", code, id)).toMatchObject({ code, deviceId: id });
  expect(keepLabel(path, "desktop", code)).toMatchObject({ code, deviceId: id });
  expect(() => keepLabel(path, "desktop", "004HLX")).toThrow(/holds another label/);
  expect(() => keepLabel(path, "desktop", "", "18B4300400001235")).toThrow(/another label/);
});

test("a file with something else is left alone", () => {
  writeFileSync(path, "my shopping list\n");
  expect(() => keepLabel(path, "desktop")).toThrow(/holds no label/);
  expect(readFileSync(path, "utf8")).toBe("my shopping list\n");
  expect(() => keepLabel(folder, "desktop")).toThrow(/EISDIR/);
  expect(existsSync(`${folder}.label`)).toBe(false);
});

test("the board keeps the point that its code and id are mapped to, and not the code", () => {
  const label = createLabel("desktop");
  const identity = identityOf(label);
  expect(identity).toMatchObject({ deviceId: label.deviceId, vendor: label.vendor });
  expect(identity.generator).toBe(generatorOf(label.code, label.deviceId));
  expect(JSON.stringify(identity)).not.toContain(label.code);
});
