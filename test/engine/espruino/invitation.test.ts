/**
 * A board on the real interpreter lets others in, with the files that are shipped: its provisioning
 * server asks for it, the part is loaded from Storage, a port is listened on, the code is proved,
 * an account is handed over, and nothing of it stays. Who comes is a virtual board, or another
 * interpreter. What stands in is the Wi-Fi: the air is a folder, or a line of `thing.json`.
 */
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Authority } from "../../../authority/authority.js";
import type { NewBoard } from "../../../authority/invitation.js";
import { createDesktop } from "../../../boards/desktop.js";
import { build } from "../../../build/bundle.js";
import { Board, type Run } from "../../../build/measure/board.js";
import { ROOM, boot } from "../../../build/measure/bundle.js";
import { type Server, startServer } from "../../../demo/server.js";
import { Stage } from "../../../firmware/rendezvous/stage.js";
import { generatorOf } from "../../../flash/generator.js";
import type { Label } from "../../../flash/label.js";
import { Air } from "../../../hal/host/air.js";
import { Board as VirtualBoard } from "../../../hal/host/board.js";
import { NewDevice, VACANT } from "../../../hal/host/newcomer.js";
import { createLabel, identityOf } from "../../../hal/host/sticker.js";
import { HostWireless } from "../../../hal/host/wireless.js";
import { ESPRUINO } from "./interpreter.js";

const DOMAIN = "localhost";
const OLD = `old@${DOMAIN}`;
const NEW = `new@${DOMAIN}`;
const LIMIT_MS = 180000;
const HOME = { ssid: "Home", passphrase: "long enough" };
/** The build with 27 octets a JsVar has few at first, and more when it has used those. */
const PRELUDE = `if(process.memory().total<5000)${ROOM}`;
/** JsVars that a list or a timer more or less takes. */
const LEEWAY = 40;

if (!ESPRUINO) console.log("skipped: ESPRUINO is not set (a board that lets another one in)");

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.on("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether somebody listens there. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => (socket.destroy(), resolve(true)));
    socket.on("error", () => resolve(false));
  });
}

const until = (isSo: () => boolean) => expect.poll(isSo, { timeout: LIMIT_MS }).toBe(true);

describe.skipIf(!ESPRUINO)("a board on Espruino that has an account", () => {
  let files: Record<string, string>;
  let server: Server;
  let authority: Authority;
  let board: Board;
  let run: Run;
  let port = 0;
  let news: string[] = [];
  let vanish: (() => void)[] = [];
  const others: { stop(): Promise<unknown> }[] = [];

  beforeAll(async () => {
    const { built, parts } = await build();
    files = boot(built.find((each) => each.board === "linux")!, PRELUDE, parts);
  }, LIMIT_MS);

  beforeEach(async () => {
    news = [];
    const accounts = { old: "o", new: "n", p: "p" };
    server = await startServer({ domain: DOMAIN, accounts });
    const link = { jid: `p@${DOMAIN}`, password: "p", host: "127.0.0.1", port: server.port };
    authority = new Authority({ link });
    authority.events.on("invitation", (_device, { state }) => void news.push(state));
    await authority.start();
    board = new Board(ESPRUINO);
    await board.store(files);
    port = await freePort();
    board.settle({ jid: OLD, password: "o", host: "127.0.0.1", port: server.port, secure: false,
      provisioning: `p@${DOMAIN}`, guestPort: port });
    run = board.powerOn();
    await run.until(new RegExp(`trust p@${DOMAIN}`));
    await until(() => authority.devices.at(OLD).length > 0);
  }, LIMIT_MS);

  afterEach(async () => {
    expect(run.text).not.toMatch(/Uncaught|fault:/);
    for (const gone of vanish.splice(0)) gone();
    for (const other of others.splice(0)) await other.stop();
    await run.kill();
    await authority.stop();
    await server.close();
    board.remove();
  }, LIMIT_MS);

  function order(label: Label, changes: Partial<NewBoard> = {}, code = label.code): NewBoard {
    return { deviceId: label.deviceId,
      generator: Buffer.from(generatorOf(code, label.deviceId), "latin1"), jid: NEW,
      password: "n", host: "127.0.0.1", port: server.port, secure: false, seconds: 120,
      ...changes };
  }

  /** Asks for it, and waits for the network. */
  async function invite(ordered: NewBoard): Promise<string> {
    const ssid = (await authority.invite(OLD, ordered))!;
    await run.until(new RegExp(`access point open ${ssid}`));
    await until(() => news.includes("open"));
    return ssid;
  }

  /** A virtual board out of its box, in an air where that network is. */
  async function press(label: Label, ssid: string): Promise<VirtualBoard> {
    const air = new Air(board.folder);
    vanish.push(air.publish({ ssid, passphrase: "", rssi: -40, port }));
    const wireless = new HostWireless({ air, homes: null, scanMs: 20, joinMs: 20 });
    let isAwake = false;
    const listener = { onStage: () => { isAwake = true; } };
    const arrival = { wireless, air, listener, identity: () => identityOf(label) };
    const joiner = new VirtualBoard({ nodes: createDesktop(),
      createFirmware: (hal, nodes) => new NewDevice(hal, nodes, VACANT, arrival) });
    others.push(joiner);
    joiner.start();
    // A button that is down since the start is not pressed.
    await until(() => isAwake);
    await joiner.button.press(200);
    return joiner;
  }

  /** "" while it has none. */
  const jid = (joiner: VirtualBoard) => (joiner.state() as { jid: string | null }).jid ?? "";

  test("lets a virtual board in, and gives its memory back", async () => {
    const before = await run.number("MEMORY()");
    const label = createLabel("new");
    const ssid = await invite(order(label));
    expect(ssid).toMatch(/^XPR1-[0-9A-F]{4}-[0-9A-F]{4}$/);
    const joiner = await press(label, ssid);
    await until(() => jid(joiner).startsWith(`${NEW}/`));
    await until(() => (joiner.state() as { trust: string[] }).trust[0] === `p@${DOMAIN}`);
    // Only the board that had the code can say so.
    await until(() => news.includes("proved"));
    expect(await run.number("MEMORY()")).toBeGreaterThan(before + 500);
    await authority.dismiss(OLD);
    await run.until(/access point closed/);
    await until(() => news.includes("ended"));
    expect(await answers(port)).toBe(false);
    await expect.poll(() => run.number("MEMORY()"), { timeout: LIMIT_MS, interval: 500 })
      .toBeLessThan(before + LEEWAY);
    expect(news).toEqual(["open", "given", "proved", "ended"]);
    await expect(authority.dismiss(OLD)).rejects.toThrow(/item-not-found/);
  }, LIMIT_MS);

  test("lets nobody in who does not know the code, nor another board", async () => {
    const label = createLabel("new");
    const ssid = await invite(order(label, {}, createLabel("x").code));
    const joiner = await press(label, ssid);
    await until(() => news.includes("refused"));
    expect(jid(joiner)).toBe("");
    const stranger = await press(createLabel("stranger"), ssid);
    // It is served, and turned away without a word about codes: no guess is counted.
    await authority.dismiss(OLD);
    await run.until(/access point closed/);
    expect([jid(joiner), jid(stranger)]).toEqual(["", ""]);
    expect(news).toEqual(["open", "refused", "ended"]);
  }, LIMIT_MS);

  test("lets another Espruino in, from its press to its first start of its own", async () => {
    const label = createLabel("new");
    const ssid = await invite(order(label, { network: HOME }));
    const newcomer = new Board(ESPRUINO);
    await newcomer.store(files);
    const identity = identityOf(label);
    newcomer.settle({
      identity: { ...identity, generator: Buffer.from(identity.generator, "latin1")
        .toString("base64") },
      networks: [{ ssid, passphrase: "", port }, { ...HOME, port: 0 }],
    });
    let other = newcomer.powerOn();
    others.push({ stop: () => other.kill().then(() => newcomer.remove()) });
    await other.until(/joiner 1 /);
    other.type("board.press(200)");
    for (const stage of [Stage.Proving, Stage.Secured, Stage.Homing, Stage.Done]) {
      await other.until(new RegExp(`joiner ${stage} `), 0, LIMIT_MS);
    }
    await other.until(new RegExp(`online ${NEW}/`));
    await until(() => news.includes("proved"));
    await other.kill();
    const from = other.text.length;
    expect(from).toBeGreaterThan(0);
    other = newcomer.powerOn();
    await other.until(new RegExp(`trust p@${DOMAIN}`));
    expect(other.text).not.toMatch(/joiner|Uncaught|fault:/);
  }, LIMIT_MS);

  test("after a restart in the middle lets nobody in", async () => {
    await invite(order(createLabel("new")));
    expect(await answers(port)).toBe(true);
    await run.kill();
    expect(await answers(port)).toBe(false);
    run = board.powerOn();
    await run.until(new RegExp(`online ${OLD}/`));
    await until(() => authority.devices.at(OLD).length > 0);
    await expect(authority.dismiss(OLD)).rejects.toThrow(/item-not-found/);
    expect(run.text).not.toContain("access point");
    expect(await answers(port)).toBe(false);
  }, LIMIT_MS);

  test("ends by itself, with somebody in the middle, and without its server", async () => {
    await invite(order(createLabel("new"), { seconds: 20 }));
    const guest = connect(port, "127.0.0.1");
    let isClosed = false;
    guest.on("close", () => (isClosed = true)).on("error", () => undefined).resume();
    // Every few seconds another one, so that somebody is always there.
    const crowd = setInterval(() => void answers(port), 1000);
    await authority.stop();
    await run.until(/access point closed/);
    clearInterval(crowd);
    await until(() => isClosed);
    await expect.poll(() => answers(port)).toBe(false);
    await authority.start();
  }, LIMIT_MS);
});
