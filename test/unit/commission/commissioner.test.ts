import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import xml, { type Element } from "@xmpp/xml";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Link } from "../../../authority/link.js";
import { Account } from "../../../commission/account.js";
import { Commissioner } from "../../../commission/commissioner.js";
import { Keys } from "../../../commission/key.js";
import { parseOptions } from "../../../commission/option.js";
import type { Asker } from "../../../commission/question.js";
import { type Server, startServer } from "../../../demo/server.js";
import { NS_RENDEZVOUS } from "../../../firmware/rendezvous/dweller.js";
import { Stage } from "../../../firmware/rendezvous/stage.js";
import { Air } from "../../../hal/host/air.js";
import { NewBoard, type NewBoardOptions } from "./newboard.js";

const DOMAIN = "home.example";
const CODE = "1XNDP3WW3";
const OTHER_CODE = "2XNDP3WW2";

let folder = "";
let server: Server;
const boards: NewBoard[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "commission-"));
  server = await startServer({ domain: DOMAIN, registration: true, accounts: { old: "secret", owner: "o" } });
});
afterEach(async () => {
  for (const board of boards.splice(0)) await board.stop();
  await server.close();
  rmSync(folder, { recursive: true });
});

function create(options: Partial<NewBoardOptions> = {}): NewBoard {
  const board = new NewBoard({ air: new Air(folder), code: CODE, ...options });
  boards.push(board);
  return board;
}

const NOBODY: Asker = {
  text: () => { throw new Error("nobody is asked"); },
  secret: () => { throw new Error("nobody is asked"); },
  yes: () => { throw new Error("nobody is asked"); },
  close: () => {},
};

async function start(
  args: string[] = [], keys = new Keys(""), asker = NOBODY, proofMs = 30000,
  sure = ["--yes"],
) {
  const options = parseOptions(["--wifi", "home", "--wifi-password", "a passphrase",
    "--jid", `board@${DOMAIN}`, "--host", "127.0.0.1", "--port", String(server.port),
    "--tls", "off", "--listen", "0", "--air", folder, ...sure, ...args], {})!;
  const lines: string[] = [];
  const account = await Account.collect(options, asker);
  const secret = { code: options.code, wanted: options.wanted };
  const commissioner = new Commissioner(options, secret, keys, account, asker,
    (line) => lines.push(line), proofMs);
  const done = commissioner.run();
  done.catch(() => undefined);
  await said(lines, /^waiting/);
  return { lines, done };
}

const said = (lines: string[], what: RegExp) =>
  expect.poll(() => lines.join("\n")).toMatch(new RegExp(what.source, "m"));

/** Whoever looks on may see it online before it has noticed itself. */
const kept = (board: NewBoard) => expect.poll(() => board.kept).not.toBeNull();

test("a board that is pressed gets a network and a new account, and is online", async () => {
  const board = create();
  const { lines, done } = await start(["--code", CODE, "--provisioning", `p@${DOMAIN}`]);
  board.press();
  const { jid, code, joiner } = await done;
  expect(jid).toMatch(/^board@home\.example\//);
  expect([code, joiner.deviceId, joiner.serial]).toEqual([CODE, "18B4300400001234", "A-1"]);
  await kept(board);
  expect(board.kept).toMatchObject({ ssid: "home", passphrase: "a passphrase",
    jid: `board@${DOMAIN}`, host: "127.0.0.1", port: server.port, secure: false,
    provisioning: `p@${DOMAIN}` });
  expect(board.kept!.password).toHaveLength(32);
  const story = lines.join("\n");
  expect(story).toMatch(/00-1234.*product 8001[^]*encrypted[^]*serial A-1[^]*made the account/);
  expect(story).not.toContain(board.kept!.password);
  expect(story).not.toContain("a passphrase");
  expect(story).not.toContain(CODE);
});

test("an account that there is, is used; nothing is made", async () => {
  const board = create();
  const { lines, done } = await start(["--code", CODE, "--jid", `old@${DOMAIN}`,
    "--password", "secret"]);
  board.press();
  expect((await done).jid).toMatch(/^old@/);
  expect(lines.join("\n")).not.toContain("made the account");
  await kept(board);
  expect(board.kept).toMatchObject({ jid: `old@${DOMAIN}`, password: "secret" });
});

test("a wrong password is noticed before the board gets it", async () => {
  const board = create();
  const { done } = await start(["--code", CODE, "--jid", `old@${DOMAIN}`, "--password", "wrong"]);
  board.press();
  await expect(done).rejects.toThrow(/old@home\.example cannot log in: its password is wrong/);
  expect(board.kept).toBeNull();
});

test("a wrong code gives nothing, is told, and the right board is still welcome", async () => {
  const wrong = create({ code: OTHER_CODE, deviceId: "18B4300400009999" });
  const { lines, done } = await start(["--code", CODE]);
  wrong.press();
  await said(lines, /00-9999 does not know this code/);
  await said(lines, /^of several new boards name yours.*--network/);
  const board = create();
  board.press();
  expect((await done).joiner.deviceId).toBe("18B4300400001234");
  expect(wrong.kept).toBeNull();
});

test("five that do not know the code end it", async () => {
  const wrong = create({ code: OTHER_CODE });
  const { lines, done } = await start(["--code", CODE]);
  for (let i = 1; i <= 3; i++) {
    wrong.press();
    await expect.poll(() => lines.filter((line) => /does not know/.test(line)).length).toBe(i);
  }
  // This one has to pause now; another one need not.
  const other = create({ code: OTHER_CODE, deviceId: "18B4300400009999" });
  for (let i = 4; i <= 5; i++) {
    other.press();
    await expect.poll(() => lines.filter((line) => /does not know/.test(line)).length).toBe(i);
  }
  await expect(done).rejects.toThrow(/too many boards did not know the code/);
});

test("a board that is not the wanted one is turned away before any proof", async () => {
  const board = create();
  const { done } = await start(["--code", CODE, "--device", "18B4300400009999", "--wait", "3"]);
  board.press();
  await expect(done).rejects.toThrow(/no board came in time: press its button/);
  expect(board.stages).not.toContain(Stage.Proving);
});

test("of two new boards the one that is named by its label's network comes, at no other's cost",
  async () => {
    const other = create({ code: OTHER_CODE, deviceId: "18B4300400009999" });
    const board = create();
    const { lines, done } = await start(["--code", CODE, "--network", "3407"]);
    expect(lines[0]).toMatch(/network XPR1-3407-[0-9A-F]{4},/);
    other.press();
    await said(lines, /^it is not the board that is wanted/);
    board.press();
    expect((await done).joiner.deviceId).toBe("18B4300400001234");
    expect(other.stages).not.toContain(Stage.Proving);
  });

test("a board whose button was not pressed is not a pressed one", async () => {
  const board = create();
  const { done } = await start(["--code", CODE, "--pressed"]);
  board.joiner.open(performance.now());
  await expect.poll(() => board.stages).toContain(Stage.Identifying);
  await expect.poll(() => board.stages.at(-1)).toBe(Stage.Scanning);
  expect(board.stages).not.toContain(Stage.Proving);
  board.press();
  await done;
});

test("the end of the waiting is told, and who is here then may finish", async () => {
  const board = create();
  let answer: (isWanted: boolean) => void = () => undefined;
  const asker = { ...NOBODY, yes: () => new Promise<boolean>((resolve) => { answer = resolve; }) };
  const { lines, done } = await start(["--code", CODE, "--wait", "3"], new Keys(""), asker, 30000, []);
  expect(lines[0]).toMatch(/^waiting for a board until \d\d:\d\d:\d\d:/);
  board.press();
  await said(lines, /encrypted channel/);
  await new Promise((resolve) => setTimeout(resolve, 3500));
  answer(true);
  expect((await done).jid).toMatch(/^board@/);
});

test("a board that goes away while a person thinks ends it, and no account is made", async () => {
  const board = create();
  const asker = { ...NOBODY, yes: () => new Promise<boolean>(() => undefined) };
  const { lines, done } = await start(["--code", CODE], new Keys(""), asker, 30000, []);
  board.press();
  await said(lines, /encrypted channel/);
  board.hangUp();
  await expect(done).rejects.toThrow(/the board went away before it had everything/);
  expect(lines.join("\n")).not.toContain("made the account");
});

test("a person may say no", async () => {
  const board = create();
  const asked: string[] = [];
  const asker = { ...NOBODY, yes: async (question: string) => {
    asked.push(question);
    return false;
  } };
  const options = parseOptions(["--wifi", "home", "--jid", `old@${DOMAIN}`, "--password", "secret",
    "--host", "127.0.0.1", "--port", String(server.port), "--tls", "off", "--listen", "0",
    "--air", folder, "--code", CODE], {})!;
  const account = await Account.collect(options, asker);
  const done = new Commissioner(options, { code: CODE, wanted: options.wanted }, new Keys(""),
    account, asker, () => undefined).run();
  await expect.poll(() => new Air(folder).cells().length).toBe(1);
  board.press();
  await expect(done).rejects.toThrow(/turned away, as you wished/);
  expect(asked).toEqual(["Give 00-1234 a network and an account?"]);
  expect(board.kept).toBeNull();
});

test("a key that is kept takes the place of the code the next time, and of no other key", async () => {
  const file = join(folder, "keys.json");
  const first = create();
  const one = await start(["--code", CODE, "--key-file", file], new Keys(file));
  first.press();
  await one.done;
  await kept(first);
  expect(new Keys(file).find("18B4300400001234")).toEqual([first.accessKey]);
  await first.stop();
  const second = create({ accessKey: first.accessKey });
  const again = ["--jid", `old@${DOMAIN}`, "--password", "secret", "--key-file", file];
  const two = await start(again, new Keys(file));
  second.press();
  expect(await two.done).toMatchObject({ code: "" });
  await kept(second);
  expect(new Keys(file).find("18B4300400001234")).toEqual([second.accessKey]);
  expect(second.accessKey).not.toBe(first.accessKey);
  await second.stop();
  const stranger = create({ accessKey: "x".repeat(32) });
  const three = await start(again, new Keys(file));
  stranger.press();
  await said(three.lines, /does not know/);
  expect(stranger.kept).toBeNull();
});

const SILENT = { onOnline: () => undefined, onOffline: () => undefined, onRequest: () => null,
  onPresence: () => undefined, onMessage: () => undefined, onFault: () => undefined };

function committed(to: string, proof: string): Element {
  return xml("message", { to }, xml("committed", { xmlns: NS_RENDEZVOUS }, proof));
}

test("a network that does not let the board in is told, and the key of before is still right", async () => {
  const file = join(folder, "keys.json");
  const key = "k".repeat(32);
  await new Keys(file).settle("18B4300400001234", key);
  const by = ["--jid", `old@${DOMAIN}`, "--password", "secret", "--key-file", file];
  const lost = create({ accessKey: key, homes: new Map() });
  const one = await start(by, new Keys(file));
  lost.press();
  await expect(one.done).rejects.toThrow(/the Wi-Fi network is not there.*--wifi-password/);
  expect(one.lines.join("\n")).not.toMatch(/removed the account|is still on the server/);
  expect(lost.kept).toBeNull();
  expect(new Keys(file).find("18B4300400001234")[1]).toBe(key);
  await lost.stop();
  const again = create({ accessKey: key });
  const two = await start(by, new Keys(file));
  again.press();
  await two.done;
  await kept(again);
  expect(new Keys(file).find("18B4300400001234")).toEqual([again.accessKey]);
}, 90000);

describe("what the board says when it has kept it", () => {
  const ACCOUNT = ["--code", CODE, "--jid", `old@${DOMAIN}`, "--password", "secret"];

  test("is right: that is told, and to the owner, too", async () => {
    const owner = { host: "127.0.0.1", port: server.port, jid: `owner@${DOMAIN}`, password: "o" };
    const heard: string[] = [];
    const link: Link = new Link(owner, { ...SILENT,
      onOnline: () => link.send(xml("presence")),
      onMessage: (stanza) => void heard.push(stanza.getChildText("body") ?? "") });
    await link.start();
    const board = create();
    const { done } = await start([...ACCOUNT, "--owner", `owner@${DOMAIN}`]);
    board.press();
    const { jid } = await done;
    await expect.poll(() => heard).toEqual([`00-1234 is online as ${jid}`]);
    await link.stop();
  });

  test.each<[string, (proof: string) => string]>([
    ["is another proof", (proof) => proof.replace(/./g, "0")],
    ["is wrong in one digit", (proof) => proof.slice(0, -1) + (proof.endsWith("0") ? "1" : "0")],
    ["is cut short", (proof) => proof.slice(0, -1)],
    ["is nothing", () => ""],
  ])("%s: refused, and the key of before stays", async (_what, spoil) => {
    const file = join(folder, "keys.json");
    const key = "k".repeat(32);
    await new Keys(file).settle("18B4300400001234", key);
    const board = create({ accessKey: key, proofs: (proof) => [spoil(proof), proof] });
    const { done } = await start([...ACCOUNT.slice(2), "--key-file", file], new Keys(file));
    board.press();
    await expect(done).rejects.toThrow(
      /^old@home\.example\/\S+ says that it is the board, and its proof is wrong/);
    expect(new Keys(file).find("18B4300400001234")).toContain(key);
  });

  test("is that of an earlier time: refused", async () => {
    const first = create();
    const one = await start(ACCOUNT);
    first.press();
    await one.done;
    await expect.poll(() => first.proofs.length).toBe(1);
    await first.stop();
    const second = create({ proofs: () => first.proofs });
    const two = await start(ACCOUNT);
    second.press();
    await expect(two.done).rejects.toThrow(/its proof is wrong/);
    expect(second.proofs[0]).not.toBe(first.proofs[0]);
  });

  test("and then nothing is waited for any more", async () => {
    const timers: { ms: number | undefined; one: NodeJS.Timeout & { _destroyed?: boolean } }[] = [];
    const real = globalThis.setTimeout;
    const spy = vi.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void, ms?: number) => {
      const one = real(work, ms);
      timers.push({ ms, one });
      return one;
    }) as typeof setTimeout);
    const board = create();
    const { done } = await start(ACCOUNT, new Keys(""), NOBODY, 29876);
    board.press();
    await done;
    await new Promise((resolve) => real(resolve, 500));
    spy.mockRestore();
    for (const { one } of timers.filter(({ ms }) => ms === 29876)) expect(one._destroyed).toBe(true);
  });

  test("is nothing at all: who is online is not believed to be it", async () => {
    const board = create({ proofs: () => [] });
    const { done } = await start(ACCOUNT, new Keys(""), NOBODY, 500);
    board.press();
    await expect(done).rejects.toThrow(
      /somebody is online as old@home\.example\/\S+, and does not prove to be the board/);
    await kept(board);
  });

  test("counts from nobody else, and not before there was an offer", async () => {
    const stranger = new Link({ host: "127.0.0.1", port: server.port, jid: `owner@${DOMAIN}`,
      password: "o" }, SILENT);
    const board = create({ proofs: (proof) => {
      // It knows the board's proof, and whom to tell; the server says who it is.
      stranger.send(committed(board.owner, "wrong"));
      return [proof];
    } });
    await stranger.start();
    const { done } = await start(ACCOUNT);
    board.press();
    expect((await done).jid).toMatch(/^old@/);
    await stranger.stop();
  });
});
