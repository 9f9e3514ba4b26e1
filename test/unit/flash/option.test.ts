import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PASSWORD_BYTES_MAX } from "../../../firmware/config.js";
import { PASSPHRASE_BYTES_MAX, PASSPHRASE_BYTES_MIN, SSID_BYTES_MAX }
  from "../../../firmware/rendezvous/message.js";
import { CHECKS, parseBaud, parseOptions } from "../../../flash/option.js";
import { Misuse } from "../../../hal/host/argument.js";

const parse = (args: string[], environment = {}) => parseOptions(args, environment)!;

function fault(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(Misuse);
    expect((error as Error).message).toMatch(/^[^\n]+$/);
    return (error as Error).message;
  }
}

test("what is not said is open", () => {
  expect(parse([])).toEqual({
    port: "", baud: 115200, board: "", isForced: false, isDry: false, forget: false,
    isNewLabel: false, label: "", image: "", interpreter: "", jid: "", password: "", host: "",
    serverPort: null, secure: null, provisioning: "", ssid: "", passphrase: "",
  });
});

test("what is said arrives, as text: the settings of a board are JSON", () => {
  const args = ["--port", "/dev/x", "--baud", "9600", "--board", "linux", "--jid",
    "B\u00f6ard@Home.example", "--host", "10.0.0.1", "--server-port", "65535", "--tls", "off",
    "--provisioning", "*", "--wifi", "caf\u00e9", "--forget", "--new-label", "--dry-run", "--yes"];
  expect(parse(args, { THING_PASSWORD: "\u20ac", THING_WIFI_PASSWORD: "12345678" })).toMatchObject({
    port: "/dev/x", baud: 9600, board: "linux", jid: "b\u00f6ard@home.example", host: "10.0.0.1",
    serverPort: 65535, secure: false, provisioning: "*", ssid: "caf\u00e9", password: "\u20ac",
    passphrase: "12345678", forget: true, isNewLabel: true, isDry: true, isForced: true,
  });
});

test("a secret comes from a file's first line, and the file wins", () => {
  const folder = mkdtempSync(join(tmpdir(), "secret-"));
  const file = join(folder, "secret");
  writeFileSync(file, "from the file\r\nnot this\n");
  const args = ["--password-file", file, "--wifi-password-file", file];
  const { password, passphrase } = parse(args, { THING_PASSWORD: "a", THING_WIFI_PASSWORD: "b" });
  expect([password, passphrase]).toEqual(["from the file", "from the file"]);
  rmSync(folder, { recursive: true });
  expect(fault(() => parse(args))).toMatch(/--password-file .* cannot be read/);
});

test.each<[keyof typeof CHECKS, number, number]>([
  ["password", 1, PASSWORD_BYTES_MAX], ["ssid", 1, SSID_BYTES_MAX],
  ["passphrase", PASSPHRASE_BYTES_MIN, PASSPHRASE_BYTES_MAX],
])("%s: from %i to %i octets, whether typed or not", (name, least, most) => {
  expect(CHECKS[name]("x".repeat(least))).toHaveLength(least);
  expect(CHECKS[name]("x".repeat(most))).toHaveLength(most);
  expect(fault(() => CHECKS[name]("x".repeat(most + 1)))).not.toBe("");
  // Counted are octets, not characters.
  expect(fault(() => CHECKS[name]("\u20ac".repeat(Math.ceil((most + 1) / 3))))).not.toBe("");
  expect(fault(() => CHECKS[name](`${"x".repeat(least)}\x01`))).not.toBe("");
});

test("a passphrase of one octet less than the least is refused", () => {
  expect(fault(() => CHECKS.passphrase("x".repeat(PASSPHRASE_BYTES_MIN - 1)))).toMatch(/8 to 63/);
});

test.each(["home.example", "a@b@c", "a@b/c", "@b"])("%s is no account", (jid) => {
  expect(fault(() => parse(["--jid", jid]))).toMatch(/--jid needs/);
  expect(fault(() => CHECKS.jid(jid))).toMatch(/--jid needs/);
});

test.each<[string, number | string]>([["9600", 9600], ["921600", 921600], ["9599", "refused"],
  ["921601", "refused"], ["fast", "refused"]])("--baud %s", (text, wanted) => {
  if (wanted === "refused") expect(fault(() => parseBaud(text))).toMatch(/--baud .* 9600 to 921600/);
  else expect(parseBaud(text)).toBe(wanted);
});

test.each([["--server-port", "0"], ["--server-port", "65536"], ["--tls", "on"],
  ["--provisioning", "a@b/c"], ["--host", "a/b"], ["--nope=secret"], ["extra"],
  ["--password", "never"]])("%s %s is a misuse, and no secret is repeated", (...args) => {
  expect(fault(() => parse(args))).toMatch(/^(?!.*(secret|never)).+/);
});
