/** The provisioning server's side of tokens, and a board that gets one and proves it. */
import { X509Certificate, constants, createPrivateKey, privateDecrypt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import xml, { type Element } from "@xmpp/xml";
import { generate } from "selfsigned";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Authority } from "../../../authority/authority.js";
import { Store } from "../../../authority/store.js";
import { CERTIFICATE_CHARACTERS_MAX, CHALLENGES_MAX, CHALLENGES_PER_DEVICE_MAX, CHALLENGE_MS,
  TOKENS_MAX, Tokens } from "../../../authority/token.js";
import { createDesktop } from "../../../boards/desktop.js";
import { startServer } from "../../../demo/server.js";
import { Device } from "../../../firmware/device.js";
import { Board } from "../../../hal/host/board.js";
import { HostIdentity } from "../../../hal/host/identity.js";
import { Puppet } from "../demo/puppet.js";

const NS = "urn:xmpp:iot:provisioning";
const DEVICE = "board@example.org/x";

let pems: { cert: string; private: string };
let weak: { cert: string };
beforeAll(async () => {
  const name = [{ name: "commonName", value: "board" }];
  [pems, weak] = await Promise.all([generate(name, { keySize: 1024 }),
    generate(name, { keyType: "ec" })]);
});

let nowMs: number;
let store: Store;
let tokens: Tokens;
beforeEach(() => {
  nowMs = 0;
  store = new Store();
  tokens = new Tokens(store, () => nowMs);
});

const der = (pem: string): string => new X509Certificate(pem).raw.toString("base64");
const ask = (certificate = der(pems.cert), from = DEVICE): Element =>
  tokens.challenge(from, xml("getToken", { xmlns: NS }, certificate));
function solve(block: string): string {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return privateDecrypt({ key: createPrivateKey(pems.private), padding, oaepHash: "sha1" },
    Buffer.from(block, "base64")).toString("base64");
}
const answer = (seqnr: string, solved: string, from = DEVICE): Element =>
  tokens.issue(from, xml("getTokenChallengeResponse", { xmlns: NS, seqnr }, solved));
/** The condition of an error, or the name of what came. */
const said = (element: Element): string => element.is("error")
  ? element.getChildElements()[0]!.getName() : element.getName();
const solved = (challenge: Element): [string, string] =>
  [challenge.attrs["seqnr"]!, solve(challenge.getText())];

describe("giving one out", () => {
  test("to who solves the challenge of its certificate, once", () => {
    const [seqnr, gem] = solved(ask());
    const token = answer(seqnr, gem);
    expect(token.attrs["token"]).toMatch(/^\S{32}$/);
    expect(tokens.of("board@example.org")).toBe(token.attrs["token"]);
    expect(said(answer(seqnr, gem))).toBe("item-not-found");
  });

  test("a new one takes the place of the old one", () => {
    const first = answer(...solved(ask())).attrs["token"]!;
    const second = answer(...solved(ask())).attrs["token"]!;
    expect(tokens.of("board@example.org")).toBe(second);
    expect(tokens.test(first)).toBeNull();
    expect(store.tokens.size).toBe(1);
  });

  test("a wrong solution is a bad request, and ends the challenge", () => {
    const [seqnr, gem] = solved(ask());
    expect(said(answer(seqnr, "AAAA"))).toBe("bad-request");
    expect(said(answer(seqnr, gem))).toBe("item-not-found");
  });

  test("nobody solves it for another one, nor one that was never asked", () => {
    const [seqnr, gem] = solved(ask());
    expect(said(answer(seqnr, gem, "evil@example.org/x"))).toBe("item-not-found");
    expect(said(answer("99", gem))).toBe("item-not-found");
    expect(said(answer(seqnr, gem))).toBe("getTokenResponse");
  });

  test("a challenge is kept for a minute, and no longer", () => {
    const [seqnr, gem] = solved(ask());
    const [other, pearl] = solved(ask());
    nowMs = CHALLENGE_MS;
    expect(said(answer(seqnr, gem))).toBe("getTokenResponse");
    nowMs++;
    expect(said(answer(other, pearl))).toBe("item-not-found");
  });

  test("so many are kept; one more, and the oldest goes", () => {
    const first = solved(ask());
    const second = solved(ask(der(pems.cert), "second@example.org/x"));
    for (let i = 2; i <= CHALLENGES_MAX; i++) ask(der(pems.cert), `d${i}@example.org/x`);
    expect([said(answer(...first)), said(answer(...second, "second@example.org/x"))])
      .toEqual(["item-not-found", "getTokenResponse"]);
  });

  test("so many are kept of one device, whatever its resources; nobody else's go", () => {
    const other = solved(ask(der(pems.cert), "other@example.org/x"));
    const mine = Array.from({ length: CHALLENGES_PER_DEVICE_MAX + 1 }, (_, n) =>
      solved(ask(der(pems.cert), `board@example.org/${n}`)));
    for (let i = 0; i < CHALLENGES_MAX; i++) ask(der(pems.cert), "loud@example.org/x");
    expect(mine.map((one) => said(answer(...one)))).toEqual(["item-not-found",
      ...Array.from({ length: CHALLENGES_PER_DEVICE_MAX }, () => "getTokenResponse")]);
    expect(said(answer(...other, "other@example.org/x"))).toBe("getTokenResponse");
  });

  test("so many tokens there are; one more device has to wait, one that has one does not", () => {
    const certificate = der(pems.cert);
    for (let n = 1; n < TOKENS_MAX; n++) store.tokens.set(`t${n}`, { jid: `d${n}@x`, certificate });
    expect(said(answer(...solved(ask())))).toBe("getTokenResponse");
    const late = solved(ask(certificate, "late@example.org/x"));
    expect(said(answer(...late, "late@example.org/x"))).toBe("resource-constraint");
    expect(said(answer(...solved(ask())))).toBe("getTokenResponse");
    expect(store.tokens.size).toBe(TOKENS_MAX);
  });

  test("what is no certificate of RSA is a bad request", () => {
    for (const wrong of ["", "AAAA", "?", der(weak.cert), pems.cert]) {
      expect(said(ask(wrong)), wrong).toBe("bad-request");
    }
    expect(said(ask("A".repeat(CERTIFICATE_CHARACTERS_MAX + 4)))).toBe("bad-request");
  });
});

describe("a board with a certificate, on a real stream", () => {
  let folder: string;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), "token-")); });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
    await rm(folder, { recursive: true, force: true });
  });

  test("gets its token, proves it, and passes a caller's challenge on", async () => {
    const component = "prov.example.org";
    const server = await startServer({ domain: "example.org",
      accounts: { board: "b", ann: "a" }, components: { [component]: "s" } });
    closing.push(() => server.close());
    const file = join(folder, "rules.json");
    const authority = new Authority({ file,
      link: { domain: component, secret: "s", host: "127.0.0.1", port: server.componentPort } });
    await authority.start();
    closing.push(() => authority.stop());
    const board = new Board({ nodes: createDesktop(),
      identity: new HostIdentity(pems.cert, pems.private),
      createFirmware: (hal, nodes) => new Device(hal, nodes, { jid: "board@example.org",
        password: "b", host: "127.0.0.1", port: server.port, secure: false,
        provisioning: component, windowMs: 0 }) });
    board.start();
    const state = (): { jid: string; friends: string[] } =>
      board.state() as { jid: string; friends: string[] };
    closing.push(() => board.stop());
    await expect.poll(() => authority.tokenOf("board@example.org"), { timeout: 30000 })
      .toMatch(/^\S{32}$/);
    const token = authority.tokenOf("board@example.org");
    const jid = state().jid;
    expect(await authority.prove(jid, token)).toBe(true);
    // Ann has a token of her own, which the board sends with its question, and may be asked for.
    await authority.setRule({ device: "board@example.org", peer: "ann@example.org",
      friend: true, read: true });
    const ann = new Puppet(server, "ann", "a");
    const gems: string[] = [];
    ann.onRequest = (iq) => {
      const challenge = iq.getChild("tokenChallenge", NS);
      if (!challenge) return null;
      gems.push(iq.attrs["from"]!);
      return xml("tokenChallengeResponse", { xmlns: NS }, solve(challenge.getText()));
    };
    await ann.start();
    closing.push(() => ann.stop());
    const challenge = await ann.ask(component, xml("getToken", { xmlns: NS }, der(pems.cert)));
    const reply = await ann.ask(component, xml("getTokenChallengeResponse",
      { xmlns: NS, seqnr: challenge!.attrs["seqnr"]! }, solve(challenge!.getText())));
    const hers = reply!.attrs["token"]!;
    expect(await authority.prove(jid, hers)).toBe(false);
    ann.presence("board@example.org", "subscribe");
    await expect.poll(() => state().friends, { timeout: 30000 })
      .toContain("ann@example.org");
    await ann.ask(jid, xml("req", { xmlns: "urn:xmpp:iot:sensordata", seqnr: "1",
      momentary: "true", userToken: hers }));
    expect(await authority.prove(jid, hers)).toBe(true);
    expect(gems).toEqual([jid]);
    await authority.stop();
    const again = new Store(file);
    await again.load();
    expect(new Tokens(again).of("board@example.org")).toBe(token);
  }, 90000);
});
