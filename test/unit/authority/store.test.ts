import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEVICES_MAX, Devices } from "../../../authority/device.js";
import { matchingRules } from "../../../authority/decision.js";
import { RULES_MAX, Store } from "../../../authority/store.js";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "authority-"));
  file = join(folder, "rules.json");
});
afterEach(() => rm(folder, { recursive: true }));

test("what is saved is there again, for its owner's eyes", async () => {
  const store = new Store(file);
  await store.load();
  store.put({ device: "board@a.org", peer: "*", read: { fields: ["T"] } });
  store.devices.set("board@a.org",
    { jid: "board@a.org", hasAsked: true, isSubscribed: false, isStale: true,
      lastJids: ["board@a.org/x"] });
  await store.save();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const again = new Store(file);
  await again.load();
  expect(again.rules()).toEqual(store.rules());
  expect([...again.devices]).toEqual([...store.devices]);
});

test("addresses of somebody else are not the device's; an old file has none", async () => {
  const devices = [{ jid: "a@a.org", lastJids: ["a@a.org/x", "b@a.org/x", 7] }, { jid: "b@a.org" }];
  await writeFile(file, JSON.stringify({ format: 1, rules: [], devices }));
  const store = new Store(file);
  await store.load();
  expect([...store.devices.values()].map((one) => one.lastJids)).toEqual([["a@a.org/x"], []]);
});

test("there is one rule for a pair; the same again is no change", () => {
  const store = new Store();
  expect(store.put({ device: "*", peer: "*", friend: true })).toBe(true);
  expect(store.put({ device: "*", peer: "*", friend: true })).toBe(false);
  expect(store.put({ device: "*", peer: "*", friend: false })).toBe(true);
  expect(store.rules()).toEqual([{ device: "*", peer: "*", friend: false }]);
  expect([store.remove("*", "*"), store.remove("*", "*")]).toEqual([true, false]);
});

test("saves that overlap leave the last state in the file", async () => {
  const store = new Store(file);
  await Promise.all(Array.from({ length: 20 }, (_, n) => {
    store.put({ device: "*", peer: "*", secondaryTrust: n % 2 === 1, friend: true });
    return store.save();
  }));
  expect(JSON.parse(await readFile(file, "utf8")).rules[0].secondaryTrust).toBe(true);
});

test.each([
  "{", "[]", '{"format":2,"rules":[],"devices":[]}', '{"format":1,"rules":{},"devices":[]}',
  '{"format":1,"rules":[{"device":"x"}],"devices":[]}',
  '{"format":1,"rules":[],"devices":[{"jid":"A@B/c"}]}', '{"format":1,"rules":[],"devices":[null]}',
])("a file with %s is not believed", async (text) => {
  await writeFile(file, text);
  await expect(new Store(file).load()).rejects.toThrow(/rules\.json: /);
});

test("what it knows about a pair is what all rules say of it", () => {
  const store = new Store();
  const parties = ["*", "a@x", "b@x"];
  for (const device of parties) for (const peer of parties) store.put({ device, peer, friend: true });
  for (const device of parties) {
    for (const peer of parties) {
      expect(matchingRules(store.about(device, peer), device, peer))
        .toEqual(matchingRules(store.rules(), device, peer));
    }
  }
  expect(store.about("a@x", "b@x")).toHaveLength(4);
  expect(store.about("c@x", "c@x")).toEqual([{ device: "*", peer: "*", friend: true }]);
});

test("so many rules there may be, and no more; those that are there can change", () => {
  const store = new Store();
  for (let n = 0; n < RULES_MAX; n++) store.put({ device: "*", peer: `p${n}@x`, friend: true });
  expect(() => store.put({ device: "*", peer: "more@x", friend: true })).toThrow("too many rules");
  expect(store.put({ device: "*", peer: "p0@x", friend: false })).toBe(true);
  store.remove("*", "p0@x");
  expect(store.put({ device: "*", peer: "more@x", friend: true })).toBe(true);
});

test("so many devices are known, and no more", () => {
  const devices = new Devices(new Store());
  for (let n = 0; n < DEVICES_MAX; n++) devices.add(`d${n}@x`);
  expect(devices.add("more@x")).toBe(false);
  expect(devices.find("more@x")).toBeNull();
  expect(devices.find(`d${DEVICES_MAX - 1}@x`)).not.toBeNull();
});
