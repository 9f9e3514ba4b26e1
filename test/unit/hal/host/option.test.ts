import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDesktop } from "../../../../boards/desktop.js";
import { Device } from "../../../../firmware/device.js";
import { createFlash } from "../../../../hal/host/flash.js";
import type { HostFlash } from "../../../../hal/host/flash.js";
import { Misuse } from "../../../../hal/host/argument.js";
import { parseOptions } from "../../../../hal/host/option.js";
import { settle } from "../../../../hal/host/setting.js";
import { createMockHal } from "../../../../hal/mock/hal.js";
import { createCertificate } from "./certificate.js";

let folder = "";
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "option-")); });
afterAll(() => rmSync(folder, { recursive: true }));

const parse = (line: string, environment = {}) =>
  parseOptions(line.split(" ").filter((word) => word !== ""), environment)!;

/** As `npm run device` would: options, then what the flash holds. */
const settled = (line: string, flash = createFlash(), environment = {}) =>
  settle(parse(line, environment), flash);

function withAccount(jid: string, password: string, host: string, port: number): HostFlash {
  const flash = createFlash();
  const hal = { ...createMockHal().hal, flash };
  const settings = { jid, password, host, port, secure: false, provisioning: "", windowMs: 0 };
  new Device(hal, createDesktop(), settings).load();
  return flash;
}

test("the defaults are those of VIRTUAL-BOARD", () => {
  expect(parse("")).toMatchObject({ board: "desktop", windowMs: 30000, control: null, flash: "" });
  expect(settled("--jid a@b.c --password x")).toEqual({
    jid: "a@b.c", password: "x", host: "", port: 5223, secure: true, provisioning: "",
    windowMs: 30000,
  });
});

test("every option arrives", () => {
  const line = "--board desktop --jid A@B.c --password x --host 127.0.0.1 --port 5555 --tls off"
    + " --provisioning prov.b.c --window 120 --flash f --control 0";
  expect(parse(line)).toEqual({
    board: "desktop", jid: "a@b.c", password: "x", host: "127.0.0.1", port: 5555, secure: false,
    ca: undefined, provisioning: "prov.b.c", windowMs: 120000, identity: undefined, flash: "f",
    control: { host: "127.0.0.1", port: 0 }, code: "", deviceId: "", air: "",
    networks: null,
  });
  expect(parse("--wifi home:12345678 caf\u00e9 --air a").networks)
    .toEqual(new Map([["home", "12345678"], ["caf\xc3\xa9", ""]]));
  expect(parse("--code 1xn-dp3-ww3 --device-id 18B4300400001234 --air a")).toMatchObject({
    code: "1XNDP3WW3", deviceId: "18B4300400001234", air: "a",
  });
  expect(parse("--provisioning p@b.c --tls direct --window 1")).toMatchObject({
    provisioning: "p@b.c", secure: true, windowMs: 1000,
  });
});

test("a certificate and its key make a board that can prove who it is", async () => {
  const [one, other] = await Promise.all([1, 2].map(() =>
    generate([{ name: "commonName", value: "board" }], { keySize: 1024 })));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const certificate = file("c.pem", one!.cert);
  const key = file("k.pem", one!.private);
  expect(parse(`--certificate ${certificate} --key ${key}`).identity?.certificate().length)
    .toBeGreaterThan(100);
  for (const wrong of [`--certificate ${certificate}`, `--key ${key}`,
    `--certificate ${certificate} --key ${file("o.pem", other!.private)}`,
    `--certificate ${key} --key ${key}`, `--certificate ${certificate} --key ${folder}/none`]) {
    expect(() => parse(wrong), wrong).toThrow(Misuse);
    expect(() => parse(wrong), wrong).toThrow(/^[^\n]+$/);
  }
});

test("texts become wire bytes", () => {
  const jid = "m\u00fcller@b\u00fccher.example";
  const options = parseOptions(["--jid", jid, "--password", "\u20ac"], {})!;
  expect(options.jid).toBe("m\xc3\xbcller@b\xc3\xbccher.example");
  expect(options.password).toBe("\xe2\x82\xac");
});

test("the password may come from the environment; the option wins", () => {
  expect(parse("", { THING_PASSWORD: "env" }).password).toBe("env");
  expect(parse("--password opt", { THING_PASSWORD: "env" }).password).toBe("opt");
});

test.each([
  ["8080", "127.0.0.1", 8080], ["localhost:1", "localhost", 1], ["0.0.0.0:0", "0.0.0.0", 0],
  ["[::1]:9", "::1", 9], ["127.0.0.2:65535", "127.0.0.2", 65535],
])("--control %s", (text, host, port) => {
  expect(parse(`--control ${text}`).control).toEqual({ host, port });
});

test("--ca takes all certificates of a file", async () => {
  const file = join(folder, "ca.pem");
  const pairs = [await createCertificate({ name: "a" }), await createCertificate({ name: "b" })];
  writeFileSync(file, `a comment\n${pairs.map((pair) => pair.cert).join("\n")}\n`);
  expect(parse(`--ca ${file}`).ca).toHaveLength(2);
  const broken = join(folder, "broken.pem");
  writeFileSync(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  expect(() => parse(`--ca ${broken}`)).toThrow(Misuse);
});

test.each([
  "--port 0", "--port 65536", "--port 1e3", "--port -1", "--port 22x", "--jid b.c", "--jid @b.c",
  "--jid a@", "--jid a@b@c", "--jid a@b.c/r", "--jid a@b.c/", "--tls on", "--tls",
  "--window 0", "--window 121", "--window 1.5", "--window x", "--window -3", "--control x",
  "--control 65536", "--control :80", "--control ::1:80", "--control [::1]", "--control a/b:80",
  "--ca nowhere.pem", "--provisioning a@b/c", "--provisioning @", "--host a/b", "--host a:b:c.d",
  "--nope", "extra", "--jid", "--password", `--password ${"x".repeat(257)}`, "--password a\x01b",
])("%s is a misuse, told in one line", (line) => {
  let told = "";
  try {
    settled(`--jid a@b.c --password x ${line}`);
  } catch (error) {
    expect(error).toBeInstanceOf(Misuse);
    told = (error as Error).message;
  }
  expect(told).toMatch(/^[^\n]+$/);
});

test("an empty value is a misuse, not a default", () => {
  const options = ["--jid", "--password", "--host", "--port", "--flash", "--control", "--ca"];
  for (const option of options) {
    expect(() => parseOptions([option, ""], {})).toThrow(Misuse);
  }
});

test("a password behind a mistyped name is not repeated", () => {
  expect(() => parse("--pasword=hunter2")).toThrow(/^unknown option '--pasword'$/);
});

test("plain TCP is for loopback alone, whatever names the host", () => {
  const account = "--jid a@b.c --password x --tls off";
  for (const host of ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]", "LOCALHOST"]) {
    expect(settled(`${account} --host ${host}`).secure).toBe(false);
  }
  expect(settled("--jid a@localhost --password x --tls off").secure).toBe(false);
  for (const host of ["example.org", "192.168.0.1", "127.0.0.1.example.org", "0.0.0.0", "::"]) {
    expect(() => settled(`${account} --host ${host}`)).toThrow(/--tls off is refused/);
  }
  expect(() => settled(account)).toThrow(/--tls off is refused/);
});

test("without an account it waits to be commissioned; what is said of one must name it", () => {
  expect(settled("--provisioning p@b.c")).toMatchObject({ jid: "", password: "",
    provisioning: "p@b.c" });
  expect(() => settled("--host a.b")).toThrow(/^--jid is missing/);
  expect(() => settled("--jid a@b.c")).toThrow(/^--password .* is missing/);
  expect(() => settled("--password x")).toThrow(/^--jid is missing/);
});

test("the account in the flash goes on where it was, unless told otherwise", () => {
  const flash = withAccount("a@b.c", "kept", "127.0.0.1", 5999);
  const kept = { jid: "a@b.c", password: "kept", host: "127.0.0.1", port: 5999, secure: false };
  // It stays the flash's own.
  expect(settled("", flash)).toMatchObject({ jid: "", password: "" });
  expect(settled("--port 5999", flash)).toMatchObject({ jid: "", password: "" });
  expect(settled("--port 6000", flash)).toMatchObject({ ...kept, port: 6000 });
  expect(settled("--password new", flash)).toMatchObject({ ...kept, password: "new" });
  expect(() => settled("--host example.org", flash)).toThrow(/--tls off is refused/);
  expect(settled("--host example.org --tls direct", flash)).toMatchObject({ secure: true });
  const named = { jid: "a@b.c", password: "kept", host: "", port: 5223, secure: true };
  expect(settled("--jid a@b.c", flash)).toMatchObject(named);
  expect(() => settled("--jid other@b.c", flash)).toThrow(/--password .* is missing/);
});

test("looking for the account does not write", () => {
  const flash = withAccount("a@b.c", "kept", "127.0.0.1", 5999);
  const before = [flash.bytesWritten, flash.erases];
  settled("", flash);
  expect([flash.bytesWritten, flash.erases]).toEqual(before);
});

test("a flash that holds something else is not used", () => {
  const flash = createFlash();
  for (let page = 0; page < flash.pages; page++) flash.write(page, 0, "\x7fELF".repeat(64));
  expect(() => settled("--jid a@b.c --password x", flash)).toThrow(Misuse);
});
