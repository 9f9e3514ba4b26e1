import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Air } from "../../../../hal/host/air.js";
import { HostWireless } from "../../../../hal/host/wireless.js";

let folder = "";
let air: Air;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "air-"));
  air = new Air(join(folder, "air"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const JOINABLE = { ssid: "XPR1-1234-ab", passphrase: "", rssi: -40, port: 4711 };

function radio(homes: Map<string, string> | null = null): HostWireless {
  return new HostWireless({ air, homes, scanMs: 20, joinMs: 20 });
}

/** Whoever began before this and is not in after it will not be. */
async function othersJoin(): Promise<void> {
  const other = radio();
  other.join("home", "");
  await expect.poll(() => other.isJoined()).toBe(true);
}

async function scanned(wireless: HostWireless) {
  wireless.scan();
  expect(wireless.cells()).toBeNull();
  await expect.poll(() => wireless.cells()).not.toBeNull();
  return wireless.cells()!;
}

test("a network is seen from when it is made until it is taken away", async () => {
  const wireless = radio();
  expect(await scanned(wireless)).toEqual([]);
  const end = air.publish(JOINABLE);
  const end2 = air.publish({ ssid: "caf\xc3\xa9", passphrase: "12345678", rssi: -70, port: 0 });
  const cells = await scanned(wireless);
  expect(cells.sort((a, b) => b.rssi - a.rssi)).toEqual([
    { ssid: "XPR1-1234-ab", isOpen: true, rssi: -40 },
    { ssid: "caf\xc3\xa9", isOpen: false, rssi: -70 },
  ]);
  end();
  end2();
  expect(await scanned(wireless)).toEqual([]);
});

test("a joined network leads to whoever made it, and ends with it", async () => {
  const end = air.publish(JOINABLE);
  const wireless = radio();
  wireless.join("XPR1-1234-ab", "");
  expect(wireless.isJoined()).toBe(false);
  await expect.poll(() => wireless.isJoined()).toBe(true);
  expect(wireless.host()).toEqual({ host: "127.0.0.1", port: 4711, secure: false,
    name: "127.0.0.1" });
  end();
  expect(wireless.isJoined()).toBe(false);
  wireless.join("XPR1-1234-ab", "");
  await othersJoin();
  expect(wireless.isJoined()).toBe(false);
});

test("who leaves is nowhere", async () => {
  const wireless = radio();
  wireless.join("home", "");
  await expect.poll(() => wireless.isJoined()).toBe(true);
  wireless.leave();
  expect(wireless.isJoined()).toBe(false);
});

test.each<[string, string, string, boolean]>([
  ["its passphrase", "home", "a passphrase", true],
  ["another passphrase", "home", "another one", false],
  ["no passphrase", "home", "", false],
  ["the name of none", "hoome", "a passphrase", false],
])("with %s a home network is joined or not", async (_what, ssid, passphrase, isIn) => {
  const wireless = radio(new Map([["home", "a passphrase"]]));
  wireless.join(ssid, passphrase);
  await othersJoin();
  expect(wireless.isJoined()).toBe(isIn);
});

test("what a killed process left is swept away, and what is no network is passed over", () => {
  const path = join(folder, "air");
  air.publish(JOINABLE);
  const script = "const { Air } = await import('./hal/host/air.ts');"
    + "new Air(process.argv[1]).publish({ ssid: 'XPR1-dead', passphrase: '', rssi: 0, port: 1 });";
  execFileSync(process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", script, path], { stdio: "pipe" });
  writeFileSync(join(path, `cell-${randomUUID()}.json`), "{");
  writeFileSync(join(path, "keys.json"), "{}");
  expect(readdirSync(path)).toHaveLength(4);
  expect(air.cells().map(({ ssid }) => ssid)).toEqual(["XPR1-1234-ab"]);
  expect(readdirSync(path)).toHaveLength(3);
});

test("the folder is nobody else's, and is not needed to look", () => {
  expect(air.cells()).toEqual([]);
  expect(existsSync(join(folder, "air"))).toBe(false);
  air.publish(JOINABLE);
  expect(statSync(join(folder, "air")).mode & 0o777).toBe(0o700);
});
