/**
 * What a chip loads from its Storage when it needs it, and lets go of: the real device, the real
 * rendezvous and the real inviter, with a Wi-Fi and a Storage that are not there.
 */
import Module from "node:module";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { INVITATION_MS, RESET_HOLD_MS } from "../../../../firmware/config.js";
import { premisesOf } from "../../../../firmware/stream/premises.js";
import { Kind } from "../../../../firmware/store/record.js";
import { createField } from "../../../../firmware/rendezvous/field.js";
import { Inviter } from "../../../../firmware/rendezvous/inviter.js";
import { Newcomer } from "../../../../firmware/rendezvous/newcomer.js";
import { Suite } from "../../../../firmware/rendezvous/description.js";
import { FrameType } from "../../../../firmware/rendezvous/framing.js";
import type { Acceptor } from "../../../../hal/hal.js";
import { HostCipher } from "../../../../hal/host/cipher.js";
import { HostCrypto } from "../../../../hal/host/crypto.js";
import { MockAir } from "../../../../hal/mock/wireless.js";
import { Authority } from "../../../sim/authority.js";
import { childOf, print } from "../../../sim/markup.js";
import type { Node } from "../../../sim/markup.js";
import { DEVICE_ID, IDENTITY } from "../../../sim/rendezvous.js";
import { AUTHORITY_ACCOUNT, World } from "../../../sim/world.js";
import { Chip } from "./chip.js";

const NS = "urn:thingward:rendezvous";
const KEY = Buffer.from("k".repeat(32)).toString("base64");
const ORDER = `device='${DEVICE_ID}' generator='${
  Buffer.from(IDENTITY.generator, "latin1").toString("base64")}' seconds='60' jid='new@ex.org'
  password='n' host='' port='5223' tls='true' ssid='' passphrase=''`;
const cipher = new HostCipher();
const field = createField(cipher.convolve);

let chip: Chip;
let world: World;
let authority: Authority;
let threshold: any;
let station: any;
/** What is loaded now. */
let loaded: string[];
let files: string[];
/** What is loaded makes nothing. */
let isBroken: boolean;
let ports: string[];
let given: any;
/** What the provisioning server was told of its invitation. */
let news: string[];

async function hal(file: string): Promise<any> {
  return import(join(import.meta.dirname, "../../../../hal/espruino", `${file}.ts`));
}

/** A part as Storage has it: its last line lists what it declares. */
function code(name: string): string {
  return `${name}\n//part_${name},other\n`;
}

/** What a timer evaluates; what is declared is there until it is deleted. */
function evaluate(text: string): void {
  const name = text.split("\n")[0]!;
  loaded.push(name);
  const { hal: board, device } = (globalThis as any).THRESHOLD;
  if (isBroken) return;
  if (name === "rendezvous") threshold.newcomer = createNewcomer(board, device);
  else threshold.inviter = createInviter(board, device);
}

function createNewcomer(board: any, device: any): Newcomer {
  const air = new MockAir(world.board.clock, world.board.network);
  return new Newcomer(board, cipher, air, device, IDENTITY, null);
}

let accessPoint: any;
let acceptor: Acceptor;

function createInviter(board: any, device: any): Inviter {
  const { clock, random } = world.board;
  const server = {
    listen: (_port: number, whom: Acceptor) => {
      acceptor = whom;
      ports.push("open");
      return { close: () => ports.push("closed") };
    },
  };
  return new Inviter(board, { clock, crypto: new HostCrypto(), cipher, random },
    { server, accessPoint, field }, { trust: device.trust, roster: device.roster,
      premises: { ssid: "home", passphrase: "passphrase", provisioning: "", key: "" },
      send: (xml) => device.send(xml) });
}

/** A device that is online and trusts its provisioning server, on a chip that is on its Wi-Fi. */
beforeEach(async () => {
  chip = new Chip();
  loaded = [];
  ports = [];
  news = [];
  files = ["rendezvous", "invitation"];
  for (const [name, value] of Object.entries(chip.globals())) vi.stubGlobal(name, value);
  isBroken = false;
  vi.stubGlobal("global", new Proxy({}, {
    deleteProperty: (_, key) => {
      loaded = loaded.filter((one) => key !== `part_${one}`);
      return true;
    },
  }));
  vi.stubGlobal("THRESHOLD", null);
  vi.stubGlobal("setTimeout", (run: any, _ms: number, value: unknown) =>
    typeof run === "string" ? evaluate(run) : run(value));
  Object.assign((globalThis as any).E, { CRC32: (text: string) => crc32(text) });
  vi.stubGlobal("RENDEZVOUS_SUM", crc32(code("rendezvous")));
  vi.stubGlobal("INVITATION_SUM", crc32(code("invitation")));
  vi.spyOn(Module as any, "_load").mockImplementation((name: any) => name !== "Storage"
    ? chip.module(name)
    : { read: (file: string) => files.includes(file) ? code(file) : undefined });
  world = new World();
  authority = world.trusting(AUTHORITY_ACCOUNT);
  await settle("home");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** The chip's own parts around the device as it is now. */
async function settle(ssid: string): Promise<void> {
  const { Threshold } = await hal("threshold");
  const { Station } = await hal("wifi");
  const { ChipAccessPoint } = await hal("accesspoint");
  given = { jid: world.account, ssid, passphrase: ssid && "passphrase", identity: {},
    networks: null, guestPort: 0 };
  station = new Station(given.ssid, given.passphrase);
  accessPoint = new ChipAccessPoint(station, { isDeaf: false });
  threshold = new Threshold(world.board.hal, world.device, given, station);
  chip.status = "connected";
  chip.ip = "192.0.2.7";
  world.others.push({
    tick: (nowMs) => {
      if (!world.isOn) return;
      station.tick(nowMs);
      if (world.board.network.isUp() !== station.isUp) world.board.network.setUp(station.isUp);
      threshold.tick(nowMs);
    },
  });
  world.pass(3000);
}

/** What it answers to an iq of its provisioning server, or of somebody else. */
function asks(name: string, attributes = "", from = authority.actor): string {
  const id = `x${Math.random()}`;
  heard();
  from.take();
  from.send(`<iq type='set' id='${id}' to='${world.jid}'>
    <${name} xmlns='${NS}' ${attributes}/></iq>`);
  world.pass(400);
  const stanzas = from.take();
  note(stanzas);
  const answer = stanzas.find((stanza) => stanza.attributes["id"] === id);
  return answer ? print(answer) : "";
}

function note(stanzas: Node[]): void {
  for (const stanza of stanzas) {
    const said = childOf(stanza, "invitation", NS);
    if (said) news.push(said.attributes["state"]!);
  }
}

function heard(): string[] {
  note(authority.actor.take());
  return news;
}

test("nothing is loaded until its provisioning server asks, and nothing stays", () => {
  expect(loaded).toEqual([]);
  expect(asks("dismiss")).toContain("item-not-found");
  expect(asks("invite", ORDER)).toContain("network=");
  expect(loaded).toEqual(["invitation"]);
  world.pass(30000);
  expect(heard()).toEqual(["open"]);
  expect([ports, chip.hasAccessPoint]).toEqual([["open"], true]);
  expect(chip.opened).toEqual([expect.stringMatching(/^XPR1-[0-9A-F]{4}-[0-9A-F]{4} open 6$/)]);
  expect(asks("invite", ORDER)).toContain("resource-constraint");
  world.pass(40000);
  expect(heard()).toEqual(["open", "ended"]);
  expect([ports, chip.hasAccessPoint, loaded]).toEqual([["open", "closed"], false, []]);
  // And again, with the first one's routes gone.
  expect(asks("dismiss")).toContain("item-not-found");
  expect(asks("invite", ORDER)).toContain("network=");
  expect(asks("dismiss")).toContain("dismissed");
  world.pass(1000);
  expect(loaded).toEqual([]);
});

test("nobody else can make it load anything, and an order that is none does not stay", () => {
  const stranger = world.friend().actor;
  expect(asks("invite", ORDER, stranger)).toContain("forbidden");
  expect(asks("dismiss", "", stranger)).toContain("forbidden");
  expect(loaded).toEqual([]);
  expect(asks("invite", ORDER.replace("seconds='60'", "seconds='0'"))).toContain("bad-request");
  expect(loaded).toEqual([]);
});

test("without the memory for it, or without the file, it says so and loads nothing", () => {
  chip.freeJsVars = 2499;
  expect(asks("invite", ORDER)).toContain("resource-constraint");
  chip.freeJsVars = 2500;
  files = ["rendezvous"];
  expect(asks("invite", ORDER)).toContain("service-unavailable");
  expect(loaded).toEqual([]);
  files = ["invitation"];
  expect(asks("invite", ORDER)).toContain("network=");
});

/** Somebody connects: the type of the first frame that he is told. */
function greeting(): number {
  let said = "";
  const socket = { writable: () => 4096, write: (bytes: string) => void (said += bytes), close() {} };
  const listener = acceptor.accept(socket);
  world.pass(40);
  listener.onClosed("it has seen enough");
  world.pass(40);
  return said.charCodeAt(2);
}

test("while the next share is in the making, whoever comes is told to come later", () => {
  asks("invite", ORDER);
  world.pass(30000);
  expect(greeting()).toBe(FrameType.IdentifyRequest);
  const joiner = { ...IDENTITY, software: "", serial: "", flags: 0, suites: Suite.Code };
  const proof = threshold.inviter.admit(joiner, Suite.Code);
  expect(proof.share).not.toBe("");
  // A share is used once.
  expect(threshold.inviter.admit(joiner, Suite.Code)).toBeNull();
  world.pass(40);
  expect(greeting()).toBe(FrameType.Status);
  world.pass(5000);
  expect(greeting()).toBe(FrameType.IdentifyRequest);
  expect(threshold.inviter.admit(joiner, Suite.Code).share).not.toBe(proof.share);
});

test("a file of another build is not evaluated, and one that makes nothing is let go of", () => {
  vi.stubGlobal("INVITATION_SUM", crc32("of another build"));
  expect(asks("invite", ORDER)).toContain("service-unavailable");
  expect(loaded).toEqual([]);
  vi.stubGlobal("INVITATION_SUM", crc32(code("invitation")));
  isBroken = true;
  expect(asks("invite", ORDER)).toContain("service-unavailable");
  expect(loaded).toEqual([]);
  isBroken = false;
  expect(asks("invite", ORDER)).toContain("network=");
});

test("a board that loses its own network lets nobody in any more", () => {
  asks("invite", ORDER);
  world.pass(30000);
  expect(chip.hasAccessPoint).toBe(true);
  chip.status = "BEACON_TIMEOUT";
  world.pass(3000);
  expect([chip.hasAccessPoint, ports, loaded]).toEqual([false, ["open", "closed"], []]);
  chip.status = "connected";
  world.pass(INVITATION_MS);
  expect([chip.hasAccessPoint, ports.length]).toEqual([false, 2]);
});

test("after a restart nobody is invited any more", async () => {
  asks("invite", ORDER);
  world.pass(30000);
  world.cutPower();
  // The chip's Wi-Fi begins anew; the interpreter may open a network of its own.
  chip.opened = [];
  world.others.length = loaded.length = ports.length = 0;
  world.start();
  await settle("home");
  world.pass(INVITATION_MS);
  expect([chip.opened, chip.hasAccessPoint, ports, loaded]).toEqual([[], false, [], []]);
  expect(asks("dismiss")).toContain("item-not-found");
});

test("a factory reset ends the invitation", () => {
  asks("invite", ORDER);
  world.pass(30000);
  world.owner.press(RESET_HOLD_MS + 500);
  expect([chip.hasAccessPoint, ports, loaded]).toEqual([false, ["open", "closed"], []]);
  const flash = world.board.flash.image().toString("latin1");
  expect(flash).not.toContain("new@ex.org");
});

/** A board that was handed over: the account, its Wi-Fi and its key came by a rendezvous. */
async function handedOver(): Promise<void> {
  const { journal } = world.device;
  const record = ["OldHome", "oldpassphrase", "", KEY, world.account].join("\x00");
  journal.append(Kind.Premises, record);
  world.device.account.save();
  world = new World({ isKept: true, flash: world.board.flash });
  world.start();
  await settle("");
  given.jid = "";
}

test("a factory reset takes its key, pairs and Wi-Fi, and whoever had the key", async () => {
  await handedOver();
  expect(premisesOf(world.device.journal, world.account).key).toBe(KEY);
  expect(station.ssid).toBe("");
  station.move("OldHome", "oldpassphrase");
  // Its network has been gone for long: the rendezvous waits for the owner with the key.
  chip.status = "BEACON_TIMEOUT";
  world.pass(620000, 1000);
  expect(loaded).toEqual(["rendezvous"]);
  const old = threshold.newcomer;
  expect(old.suites()).toBeGreaterThan(1);
  world.device.journal.append(Kind.Pool, "pair".repeat(17));
  world.owner.press(RESET_HOLD_MS + 500);
  const { journal } = world.device;
  expect([Kind.Premises, Kind.Pool, Kind.Attempts].map((kind) => journal.value(kind)))
    .toEqual(["", "", ""]);
  const flash = world.board.flash.image().toString("latin1");
  for (const secret of [KEY, "OldHome", "oldpassphrase", "pairpair"]) {
    expect(flash).not.toContain(secret);
  }
  // The goodbyes have their time, then it leaves the Wi-Fi of its former owner.
  world.pass(5000);
  expect([station.ssid, station.password]).toEqual(["", ""]);
  // Now it is a new board, by its code alone.
  expect(threshold.newcomer).not.toBe(old);
  expect(threshold.newcomer.suites()).toBe(1);
});

test("one that is home again lets go of the rendezvous", async () => {
  await handedOver();
  station.move("OldHome", "oldpassphrase");
  chip.status = "BEACON_TIMEOUT";
  world.pass(620000, 1000);
  expect(loaded).toEqual(["rendezvous"]);
  chip.status = "connected";
  chip.ip = "192.0.2.7";
  chip.joins.push("OldHome oldpassphrase");
  world.pass(5000);
  expect([station.isUp, loaded]).toEqual([true, []]);
});
