import decodeQR from "qr/decode.js";
import { SaxesParser } from "saxes";
import { expect, test } from "vitest";
import {
  deviceIdOf, labelSvg, labelTerminal, labelText, makeDeviceId, networkOf, parseLabel, printId,
  qrSvg, qrTerminal, SERIAL_CHARS_MAX,
} from "../../../flash/label.js";
import type { Label } from "../../../flash/label.js";

const LABEL: Label = {
  name: "desktop", vendor: 0xfff1, product: 0x1, serial: "TW-0001",
  deviceId: "18B4300400001234", code: "1XNDP3WW3",
};
const TEXT = "1V:FFF1$P:0001$S:TW-0001$E:18B4300400001234$H:3407$C:1XNDP3WW3$";

test("the text has Weave's shape, and is read back", () => {
  expect(labelText(LABEL)).toBe(TEXT);
  expect({ name: "desktop", ...parseLabel(` ${TEXT}\n`) }).toEqual(LABEL);
});

test("what a board does not have is left out", () => {
  const plain = { ...LABEL, serial: "" };
  expect(labelText(plain)).toBe("1V:FFF1$P:0001$E:18B4300400001234$H:3407$C:1XNDP3WW3$");
  expect(parseLabel(labelText(plain))).toMatchObject({ serial: "" });
});

test("its network is that of its device id, or it is no label; earlier ones have none", () => {
  expect(networkOf("18B4300400001234")).toBe("3407");
  expect(parseLabel(TEXT.replace("H:3407$", ""))).toEqual(parseLabel(TEXT));
  expect(parseLabel(TEXT.replace("3407", "0ABC"))).toBeNull();
});

test.each<[string, Partial<Label>]>([
  ["a code with a wrong check", { code: "1XNDP3WW4" }],
  ["a code in lower case", { code: "1xndp3ww3" }],
  ["a code of Weave's short kind", { code: "004HLX" }],
  ["a short device id", { deviceId: "18B430040000123" }],
  ["a device id in lower case", { deviceId: "18b4300400001234" }],
  ["a vendor of 17 bits", { vendor: 0x10000 }],
  ["a product that is no number", { product: NaN }],
  ["a serial with a separator", { serial: "A$C:" }],
  ["a serial too long", { serial: "A".repeat(SERIAL_CHARS_MAX + 1) }],
])("%s is no label", (_what, wrong) => {
  expect(() => labelText({ ...LABEL, ...wrong })).toThrow(/^no label: /);
});

test("a serial as long as can be is a label", () => {
  const serial = "9".repeat(SERIAL_CHARS_MAX);
  expect(parseLabel(labelText({ ...LABEL, serial }))?.serial).toBe(serial);
});

test("keys that we do not know are passed over", () => {
  expect(parseLabel(`${TEXT}L:18B430000A$`)?.code).toBe("1XNDP3WW3");
});

test.each([
  "", "1XNDP3WW3", TEXT.slice(0, -1), TEXT.slice(1), `2${TEXT.slice(1)}`, `${TEXT}C:1XNDP3WW3$`,
  TEXT.replace("1XNDP3WW3", "1XNDP3WW2"), TEXT.replace("V:FFF1$", ""), `${TEXT}x`,
])("%j is not read as a label", (text) => {
  expect(parseLabel(text)).toBeNull();
});

test("a device id of its own is local and new each time; one of an address is that address", () => {
  const ids = Array.from({ length: 50 }, () => makeDeviceId());
  for (const id of ids) expect(id).toMatch(/^[0-9A-F][26AE][0-9A-F]{14}$/);
  expect(new Set(ids).size).toBe(50);
  expect(deviceIdOf("24:0a:c4:00:01:10")).toBe("240AC4FFFE000110");
  expect(deviceIdOf("240AC4000110")).toBe("240AC4FFFE000110");
  expect([deviceIdOf("24:0a:c4:00:01"), deviceIdOf("24:0a:c4:00:01:1g")]).toEqual(["", ""]);
  expect(printId("240AC4FFFE000110")).toBe("00-0110");
});

/** Dark and light modules as a camera's picture, four pixels each. */
function scan(isDark: boolean[][]): string {
  const scale = 4;
  const width = isDark[0]!.length * scale;
  const height = isDark.length * scale;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = isDark[Math.floor(y / scale)]![Math.floor(x / scale)] ? 0 : 255;
      data.fill(value, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return decodeQR({ width, height, data });
}

/** Each character is two modules, one above the other; what is drawn is light. */
function modules(terminal: string): boolean[][] {
  const rows: boolean[][] = [];
  for (const line of terminal.split("\n")) {
    rows.push([...line].map((each) => each !== "█" && each !== "▀"));
    rows.push([...line].map((each) => each !== "█" && each !== "▄"));
  }
  return rows;
}

test("the terminal's QR code is read by a scanner", () => {
  const plain = qrTerminal(TEXT, false);
  expect(scan(modules(plain))).toBe(TEXT);
  const colored = qrTerminal(TEXT, true);
  const inner = colored.split("\n").map((line) => /^\x1b\[97;40m(.*)\x1b\[0m$/.exec(line)![1]!);
  expect(inner.join("\n")).toBe(plain);
});

/** A module is one step of the path: "M x y h1v1H x Z", absolute at first, relative after. */
function squares(svg: string): boolean[][] {
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)![1]);
  const rows = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  const [x, y] = [{ at: 0 }, { at: 0 }];
  for (const step of svg.matchAll(/([Mm])(-?\d+)[ ,]?(-?\d+)h1v1[^Z]*Z/g)) {
    const isRelative = step[1] === "m";
    x.at = (isRelative ? x.at : 0) + Number(step[2]);
    y.at = (isRelative ? y.at : 0) + Number(step[3]);
    rows[y.at]![x.at] = true;
  }
  return rows;
}

test("the picture's QR code is read by a scanner", () => {
  expect(scan(squares(qrSvg(TEXT)))).toBe(TEXT);
});

test("the terminal's label shows board and code beside the symbol", () => {
  const text = labelTerminal(LABEL, false);
  expect(text.startsWith(qrTerminal(TEXT, false))).toBe(true);
  expect(text).toMatch(/board +desktop 00-1234\n +network +XPR1-3407\n +pairing code +1XN-DP3-WW3$/);
});

test("the label to print is well-formed, whatever the board is called", () => {
  const svg = labelSvg({ ...LABEL, name: "<me & you>" });
  const texts: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (error) => { throw error; });
  parser.on("text", (text) => texts.push(text));
  parser.write(svg).close();
  expect(texts.filter((text) => text !== ""))
    .toEqual(["<me & you>", "00-1234", "XPR1-3407", "pairing code", "1XN-DP3-WW3"]);
  expect(scan(squares(svg.replace(/^<svg[^>]*>/, "")))).toBe(TEXT);
});
