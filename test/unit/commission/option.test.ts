import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseOptions } from "../../../commission/option.js";
import { ANY } from "../../../firmware/rendezvous/description.js";
import { PASSPHRASE_BYTES_MAX, SSID_BYTES_MAX } from "../../../firmware/rendezvous/message.js";
import { labelText } from "../../../flash/label.js";
import { Misuse } from "../../../hal/host/argument.js";

const parse = (args: string[], environment = {}) => parseOptions(args, environment)!;

function fault(...args: string[]): string {
  try {
    parse(args);
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(Misuse);
    expect((error as Error).message).not.toContain("\n");
    return (error as Error).message;
  }
}

const LABEL = {
  name: "", vendor: 0xfff1, product: 0x8001, serial: "A-1", deviceId: "18B4300400001234",
  code: "1XNDP3WW3",
};

test("what is not said is open, or the usual", () => {
  expect(parse([])).toEqual({
    code: "",
    wanted: { vendor: ANY, product: ANY, deviceId: "", network: ANY, isPressed: false },
    keyFile: "", ssid: null, passphrase: "", jid: "", password: "", host: "", port: 5223,
    secure: true, ca: undefined, provisioning: "", owner: "",
    listen: { host: "127.0.0.1", port: 11096 }, air: "", label: "", waitMs: 300000,
    isSure: false, isChecked: true,
  });
});

test("a code is normalised, a label says which board it is for", () => {
  expect(parse(["--code", "1xn-dp3-ww3"]).code).toBe("1XNDP3WW3");
  const { code, wanted } = parse(["--code", labelText(LABEL), "--pressed"]);
  expect([code, wanted]).toEqual(["1XNDP3WW3",
    { vendor: 0xfff1, product: 0x8001, deviceId: "18B4300400001234", network: 0x3407,
      isPressed: true }]);
  expect(parse(["--device", "18b4300400001234", "--vendor", "fff1", "--product", "1"]).wanted)
    .toEqual({ vendor: 0xfff1, product: 1, deviceId: "18B4300400001234", network: ANY,
      isPressed: false });
  for (const text of ["3407", "3407", "XPR1-3407"]) {
    expect(parse(["--network", text]).wanted.network).toBe(0x3407);
  }
});

test("the code may come from a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "code-"));
  const file = join(folder, "code");
  writeFileSync(file, `${labelText(LABEL)}\n`);
  expect(parse(["--code-file", file]).code).toBe("1XNDP3WW3");
  writeFileSync(file, "1XN DP3 WW3\r\n");
  expect(parse(["--code-file", file]).code).toBe("1XNDP3WW3");
  rmSync(folder, { recursive: true });
  expect(fault("--code-file", file)).toMatch(/--code-file .* cannot be read/);
});

test("secrets may come from the environment, and an option wins", () => {
  const environment = { THING_PASSWORD: "one", WIFI_PASSWORD: "a long one" };
  expect(parse([], environment)).toMatchObject({ password: "one", passphrase: "a long one" });
  const args = ["--password", "two", "--wifi-password", "another one"];
  expect(parse(args, environment)).toMatchObject({ password: "two", passphrase: "another one" });
});

test("names are octets on the air", () => {
  expect(parse(["--wifi", "Café"]).ssid).toBe("Caf\xc3\xa9");
  expect(parse(["--wifi", "x".repeat(SSID_BYTES_MAX)]).ssid).toHaveLength(SSID_BYTES_MAX);
  expect(parse(["--wifi-password", "x".repeat(PASSPHRASE_BYTES_MAX)]).passphrase)
    .toHaveLength(PASSPHRASE_BYTES_MAX);
});

test.each<[string, string[], RegExp]>([
  ["a wrong check character", ["--code", "1XNDP3WW4"], /no pairing code/],
  ["a code of another length", ["--code", "004HLX"], /no pairing code/],
  ["a label of another board", ["--code", labelText(LABEL), "--device", "18B4300400001235"],
    /of another board/],
  ["a label of another network", ["--code", labelText(LABEL), "--network", "0ABC"],
    /of another board/],
  ["a network of another device", ["--device", "18B4300400001234", "--network", "0ABC"],
    /that of another board/],
  ["a network that is none", ["--network", "XPR1"], /--network needs the 4/],
  ["any network", ["--network", "FFFF"], /--network needs the 4/],
  ["a label of another kind", ["--code", labelText(LABEL), "--product", "2"], /of another board/],
  ["a short device id", ["--device", "1234"], /--device needs 16/],
  ["a product too large", ["--product", "12345"], /--product needs up to 4/],
  ["a network without a name", ["--wifi", ""], /--wifi needs/],
  ["a network's name too long", ["--wifi", "é".repeat(SSID_BYTES_MAX / 2 + 1)], /--wifi needs/],
  ["a passphrase too short", ["--wifi-password", "1234567"], /8 to 63/],
  ["a passphrase too long", ["--wifi-password", "x".repeat(PASSPHRASE_BYTES_MAX + 1)], /8 to 63/],
  ["no account", ["--jid", "home.example"], /--jid needs an account/],
  ["a port too large", ["--port", "65536"], /--port/],
  ["a wish to wait too long", ["--wait", "301"], /--wait/],
  ["a wish not to wait", ["--wait", "0"], /--wait/],
  ["an address that is none", ["--listen", "host:"], /--listen/],
  ["an unknown option", ["--nope=secret"], /unknown option '--nope'$/],
])("%s is refused in one line", (_what, args, line) => {
  expect(fault(...args)).toMatch(line);
});
