/**
 * Two virtual boards: the one that has an account lets the other one in, because its provisioning
 * server has asked for it. Real sockets, the demo's XMPP server, the air in a folder.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Authority } from "../../../../authority/authority.js";
import type { NewBoard } from "../../../../authority/invitation.js";
import { createDesktop } from "../../../../boards/desktop.js";
import { type Server, startServer } from "../../../../demo/server.js";
import { INVITATION_MS } from "../../../../firmware/config.js";
import { generatorOf } from "../../../../flash/generator.js";
import type { Label } from "../../../../flash/label.js";
import { Air } from "../../../../hal/host/air.js";
import { Board } from "../../../../hal/host/board.js";
import { NewDevice, VACANT } from "../../../../hal/host/newcomer.js";
import { createLabel, identityOf } from "../../../../hal/host/sticker.js";
import { HostWireless } from "../../../../hal/host/wireless.js";

const DOMAIN = "home.example";
const OLD = `old@${DOMAIN}`;
const PATIENCE_MS = 60000;
const BOOT_MS = 300;

let folder = "";
let server: Server;
let authority: Authority;
let news: string[] = [];
const boards: Board[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "inviter-"));
  server = await startServer({ domain: DOMAIN, accounts: { p: "p", q: "q", old: "o", new: "n" } });
  authority = await serve("p");
  news = [];
  authority.events.on("invitation", (_device, { state }) => news.push(state));
  const old = create("old", createLabel("old"), { ...VACANT, jid: OLD, password: "o",
    host: "127.0.0.1", port: server.port, secure: false, provisioning: `p@${DOMAIN}` });
  old.start();
  await until(() => state(old).trust.length > 0 && authority.devices.at(OLD).length > 0);
});
afterEach(async () => {
  for (const board of boards.splice(0)) await board.stop();
  await authority.stop();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function serve(name: string): Promise<Authority> {
  const one = new Authority({ link: { jid: `${name}@${DOMAIN}`, password: name, host: "127.0.0.1",
    port: server.port } });
  await one.start();
  return one;
}

function create(_name: string, label: Label, settings: typeof VACANT): Board {
  const air = new Air(folder);
  const wireless = new HostWireless({ air, homes: null, scanMs: 20, joinMs: 20 });
  const arrival = { wireless, air, listener: null, identity: () => identityOf(label) };
  const board = new Board({ nodes: createDesktop(),
    createFirmware: (hal, pins) => new NewDevice(hal, pins, settings, arrival) });
  boards.push(board);
  return board;
}

const state = (board: Board) => board.state() as
  { online: boolean; jid: string | null; trust: string[]; friends: string[] };
const until = (isSo: () => boolean) => expect.poll(isSo, { timeout: PATIENCE_MS }).toBe(true);

/** A board out of its box that has been pressed. */
async function press(label: Label): Promise<Board> {
  const board = create("new", label, VACANT);
  board.start();
  await new Promise((resolve) => setTimeout(resolve, BOOT_MS));
  await board.button.press(200);
  return board;
}

function order(label: Label, changes: Partial<NewBoard> = {}, code = label.code): NewBoard {
  return { deviceId: label.deviceId,
    generator: Buffer.from(generatorOf(code, label.deviceId), "latin1"), jid: `new@${DOMAIN}`,
    password: "n", host: "127.0.0.1", port: server.port, secure: false, seconds: 60, ...changes };
}

test("a board lets another one in when its provisioning server asks for it", async () => {
  const label = createLabel("new");
  const network = await authority.invite(OLD, order(label));
  expect(network).toMatch(/^XPR1-[0-9A-F]{4}-[0-9A-F]{4}$/);
  await until(() => news.includes("open"));
  await until(() => new Air(folder).cells().some(({ ssid }) => ssid === network));
  const board = await press(label);
  await until(() => state(board).online);
  expect(state(board).jid).toMatch(/^new@home\.example\//);
  // Whoever sent the invitation is whom it trusts.
  await until(() => state(board).trust[0] === `p@${DOMAIN}`);
  await until(() => news.includes("proved"));
  await authority.dismiss(OLD);
  await until(() => new Air(folder).cells().length === 0);
  expect(news).toEqual(["open", "given", "proved", "ended"]);
  await expect(authority.dismiss(OLD)).rejects.toThrow(/item-not-found/);
});

test("another code gives nothing; one at a time is invited", async () => {
  const label = createLabel("new");
  await authority.invite(OLD, order(label, {}, createLabel("x").code));
  await expect(authority.invite(OLD, order(label))).rejects.toThrow(/resource-constraint/);
  await until(() => new Air(folder).cells().length === 1);
  const board = await press(label);
  await until(() => news.includes("refused"));
  expect(state(board).online).toBe(false);
  await authority.dismiss(OLD);
  // And now the right one.
  await authority.invite(OLD, order(label));
  await until(() => new Air(folder).cells().length === 1);
  await board.button.press(200);
  await until(() => state(board).online);
});

test("a board that is not the invited one is not let in", async () => {
  const label = createLabel("new");
  await authority.invite(OLD, order(label));
  await until(() => new Air(folder).cells().length === 1);
  const stranger = await press(createLabel("stranger"));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(state(stranger).online).toBe(false);
  expect(news).toEqual(["open"]);
});

test("nobody but a trusted provisioning server can ask for it", async () => {
  const other = await serve("q");
  try {
    // It knows where the board is: a resource is no secret.
    other.devices.add(OLD);
    other.devices.seen(authority.devices.at(OLD)[0]!);
    await expect(other.invite(OLD, order(createLabel("new")))).rejects.toThrow(/forbidden/);
    await expect(other.dismiss(OLD)).rejects.toThrow(/forbidden/);
  } finally {
    await other.stop();
  }
  expect(new Air(folder).cells()).toEqual([]);
});

test.each<[string, Partial<NewBoard>]>([
  ["no device id", { deviceId: "" }],
  ["a device id that is too long", { deviceId: "A".repeat(65) }],
  ["a generator that is too short", { generator: new Uint8Array(31) }],
  ["no time", { seconds: 0 }],
  ["more time than there is", { seconds: INVITATION_MS / 1000 + 1 }],
  ["no account", { jid: DOMAIN }],
  ["no password", { password: "" }],
  ["no port", { port: 0 }],
  ["a passphrase that is too short", { network: { ssid: "home", passphrase: "1234567" } }],
])("an invitation with %s is none", async (_what, changes) => {
  await expect(authority.invite(OLD, order(createLabel("new"), changes))).rejects
    .toThrow(/bad-request/);
});

test("the longest invitation is one, and ends by itself when it is short", async () => {
  const label = createLabel("new");
  await authority.invite(OLD, order(label, { seconds: INVITATION_MS / 1000 }));
  await authority.dismiss(OLD);
  await authority.invite(OLD, order(label, { seconds: 1 }));
  await until(() => news.at(-1) === "ended" && news.filter((one) => one === "ended").length === 2);
  expect(new Air(folder).cells()).toEqual([]);
});
