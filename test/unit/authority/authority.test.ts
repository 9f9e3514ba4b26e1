import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import xml, { type Element } from "@xmpp/xml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Authority, type AuthorityEvents } from "../../../authority/authority.js";
import { RequestFailure } from "../../../authority/link.js";
import type { Question } from "../../../authority/decision.js";
import { type Server, startServer } from "../../../demo/server.js";
import { Puppet } from "../demo/puppet.js";

const NS = "urn:xmpp:iot:provisioning";
const DISCO = "http://jabber.org/protocol/disco#info";
const BOARD = "board@example.org";
const ANN = "ann@example.org";
const COMPONENT = "prov.example.org";
const RETRY_MS = 30;
const PING = xml("ping", { xmlns: "urn:xmpp:ping" });

let server: Server;
let authority: Authority;
let board: Puppet;
let folder: string;

const asAccount = (): Authority => new Authority({ clearRetryMs: RETRY_MS,
  link: { jid: "prov@example.org", password: "p", host: "127.0.0.1", port: server.port } });
const asComponent = (file = ""): Authority => new Authority({ file, clearRetryMs: RETRY_MS,
  link: { domain: COMPONENT, secret: "s", host: "127.0.0.1", port: server.componentPort } });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "authority-"));
  server = await startServer({ domain: "example.org", accounts: { board: "b", prov: "p", ann: "a" },
    components: { [COMPONENT]: "s" } });
  board = new Puppet(server, "board", "b");
  board.onRequest = (iq) => acknowledge(iq);
  await board.start();
});
afterEach(async () => {
  await Promise.all([board.stop(), authority.stop()]);
  await server.close();
  await rm(folder, { recursive: true });
});

const acknowledge = (iq: Element): Element | null =>
  iq.getChild("clearCache", NS) ? xml("clearCacheResponse", { xmlns: NS }) : null;
const isFriend = (jid = ANN): Element => xml("isFriend", { xmlns: NS, jid });
const canRead = (...children: Element[]): Element =>
  xml("canRead", { xmlns: NS, jid: ANN, momentary: "true" }, ...children);

function next<Name extends keyof AuthorityEvents>(name: Name): Promise<AuthorityEvents[Name]> {
  return new Promise((resolve) => {
    authority.events.once(name, ((...values: AuthorityEvents[Name]) => resolve(values)) as never);
  });
}

async function cleared(outcome: string): Promise<void> {
  for (;;) {
    const [, what] = await next("clear");
    if (what === outcome) return;
  }
}

async function failure(answer: Promise<unknown>): Promise<string> {
  const error: unknown = await answer.then(() => null, (reason: unknown) => reason);
  return error instanceof RequestFailure ? error.failure.condition : "none";
}

describe("as a component", () => {
  beforeEach(async () => {
    authority = asComponent();
    await authority.start();
  });

  test("says what it is", async () => {
    const info = await board.ask(COMPONENT, xml("query", { xmlns: DISCO }));
    expect(info!.getChild("identity")!.attrs).toMatchObject({ category: "component" });
    expect(info!.getChildren("feature").map((one) => one.attrs["var"])).toContain(NS);
    expect(await board.ask(COMPONENT, PING)).toBeUndefined();
    expect(await failure(board.ask(COMPONENT, xml("query", { xmlns: DISCO, node: "x" }))))
      .toBe("item-not-found");
  });

  test("denies what no rule decides, and asks a person; the answer is a rule", async () => {
    const asked = next("question");
    const first = await board.ask(COMPONENT, isFriend());
    expect(first!.attrs).toEqual({ xmlns: NS, jid: ANN, result: "false" });
    const [{ id, question }] = await asked;
    expect(question).toEqual({ kind: "friend", device: BOARD, peer: ANN } satisfies Question);
    await authority.answer(id, true);
    expect(authority.questions()).toEqual([]);
    expect((await board.ask(COMPONENT, isFriend(`${ANN}/x`)))!.attrs)
      .toMatchObject({ jid: `${ANN}/x`, result: "true" });
    await expect(authority.answer(id, true)).rejects.toThrow("no such question");
  });

  test("a read is answered with what is left of it", async () => {
    await authority.setRule({ device: BOARD, peer: "*",
      read: { nodes: [{ nodeId: "sensor" }], fields: ["Temperature"] } });
    const all = await board.ask(COMPONENT, canRead());
    expect(all!.attrs).toEqual({ xmlns: NS, jid: ANN, momentary: "true", result: "true" });
    expect(all!.getChildElements().map((one) => one.toString()))
      .toEqual(['<node nodeId="sensor"/>', '<field name="Temperature"/>']);
    const none = await board.ask(COMPONENT, canRead(xml("node", { nodeId: "relay1" })));
    expect(none!.attrs["result"]).toBe("false");
    expect(none!.getChildElements()).toEqual([]);
  });

  test("a yes to a question may be narrower than the question", async () => {
    await board.ask(COMPONENT, xml("canControl", { xmlns: NS, jid: ANN },
      xml("node", { nodeId: "relay1" }), xml("node", { nodeId: "relay2" }),
      xml("parameter", { name: "Output" })));
    const [pending] = authority.questions();
    expect(pending!.question).toMatchObject({ kind: "control", parameters: ["Output"] });
    await authority.answer(pending!.id, true, { nodes: [{ nodeId: "relay1" }] });
    expect(authority.rules()).toEqual([{ device: BOARD, peer: ANN,
      control: { nodes: [{ nodeId: "relay1" }] } }]);
  });

  test.each([
    [xml("isFriend", { xmlns: NS }), "bad-request"],
    [xml("canRead", { xmlns: NS, jid: ANN, momentary: "maybe" }), "bad-request"],
    [xml("hasPrivilege", { xmlns: NS }), "feature-not-implemented"],
    [xml("unknown", { xmlns: "urn:unknown" }), "service-unavailable"],
  ])("%s is refused as %s", async (request, condition) => {
    expect(await failure(board.ask(COMPONENT, request))).toBe(condition);
    expect(authority.questions()).toEqual([]);
  });

  test("is always its own friend", async () => {
    expect((await board.ask(COMPONENT, isFriend(COMPONENT)))!.attrs["result"]).toBe("true");
  });
});

describe("clearCache", () => {
  beforeEach(async () => {
    authority = asComponent();
    await authority.start();
    await board.ask(COMPONENT, isFriend());
  });

  const rule = (friend: boolean) => authority.setRule({ device: BOARD, peer: ANN, friend });

  test("goes to the full JID that asked, once for a change, never for none", async () => {
    const done = cleared("acknowledged");
    await rule(true);
    const iq = await board.waitFor("clearCache");
    expect(iq.attrs).toMatchObject({ type: "set", from: COMPONENT, to: board.link.jid });
    await done;
    await rule(true);
    await authority.setRule({ device: "other@example.org", peer: ANN, friend: false });
    // Whatever had been sent before its pong is here by then.
    await board.ask(COMPONENT, PING);
    expect(board.seen.filter((one) => one.name === "iq")).toEqual([]);
    expect(authority.devices.find(BOARD)!.isStale).toBe(false);
  });

  test("is repeated until it is acknowledged, and errors are no acknowledgement", async () => {
    let times = 0;
    board.onRequest = (iq) => {
      times++;
      if (times === 1) return "done";
      return times === 2 ? xml("other", { xmlns: NS }) : acknowledge(iq);
    };
    const done = cleared("acknowledged");
    await authority.setRule({ device: "*", peer: "*", read: true });
    await done;
    expect(times).toBe(3);
  });

  test("a rule that changes while the device clears means once more", async () => {
    const done = cleared("acknowledged");
    board.onRequest = (iq) => {
      if (authority.rules()[0]!.friend) void rule(false);
      return acknowledge(iq);
    };
    await rule(true);
    await board.waitFor("clearCache");
    await board.waitFor("clearCache");
    await done;
    await expect.poll(() => authority.devices.find(BOARD)!.isStale).toBe(false);
  });

  test("waits for a device that is away, until it asks again: the answer comes first", async () => {
    await board.stop();
    const waiting = cleared("waiting");
    await rule(true);
    await waiting;
    board = new Puppet(server, "board", "b");
    let answered = false;
    let order = "";
    board.onRequest = (iq) => { order = answered ? "answer first" : "clear first";
      return acknowledge(iq); };
    await board.start();
    const done = cleared("acknowledged");
    await board.ask(COMPONENT, isFriend()).then((answer) => {
      answered = true;
      expect(answer!.attrs["result"]).toBe("true");
    });
    await done;
    expect(order).toBe("answer first");
  });

  test("or until it sends presence, as a device does to a component", async () => {
    await board.stop();
    await rule(true);
    board = new Puppet(server, "board", "b");
    board.onRequest = (iq) => acknowledge(iq);
    await board.start();
    const done = cleared("acknowledged");
    board.presence(COMPONENT);
    await done;
  });

  test("finds a device that was there all the time, though nobody says so again", async () => {
    await authority.stop();
    const file = join(folder, "rules.json");
    authority = asComponent(file);
    await authority.start();
    await board.ask(COMPONENT, isFriend());
    await authority.stop();
    authority = asComponent(file);
    await authority.start();
    expect(authority.devices.find(BOARD)!.fullJids).toEqual([]);
    let done = cleared("acknowledged");
    await rule(true);
    await done;
    expect(authority.devices.find(BOARD)!.fullJids).toEqual([board.link.jid]);
    const again = next("online");
    server.cut(COMPONENT);
    await again;
    done = cleared("acknowledged");
    await rule(false);
    await done;
    expect(authority.devices.find(BOARD)!.isStale).toBe(false);
  });

  test("of a rule that changed without a connection goes out with the next", async () => {
    const offline = next("offline");
    server.cut(COMPONENT);
    await offline;
    const done = cleared("acknowledged");
    await rule(true);
    await done;
  });

  test("is still due after a restart of the authority", async () => {
    await authority.stop();
    const file = join(folder, "rules.json");
    authority = asComponent(file);
    await authority.start();
    await board.ask(COMPONENT, isFriend());
    await board.stop();
    const waiting = cleared("waiting");
    await rule(true);
    await waiting;
    await authority.stop();
    authority = asComponent(file);
    await authority.start();
    expect(authority.rules()).toEqual([{ device: BOARD, peer: ANN, friend: true }]);
    board = new Puppet(server, "board", "b");
    board.onRequest = (iq) => acknowledge(iq);
    await board.start();
    const done = cleared("acknowledged");
    board.presence(COMPONENT);
    await done;
  });

  test("is due although the rule could not be written: a right that was taken away is gone", async () => {
    await authority.stop();
    authority = asComponent(join(folder, "not", "there", "rules.json"));
    const faults: Error[] = [];
    authority.events.on("fault", (error) => faults.push(error));
    await authority.start();
    await board.ask(COMPONENT, isFriend());
    const done = cleared("acknowledged");
    await expect(rule(false)).rejects.toThrow("ENOENT");
    await done;
    expect((await board.ask(COMPONENT, isFriend()))!.attrs["result"]).toBe("false");
    expect(authority.rules()).toEqual([{ device: BOARD, peer: ANN, friend: false }]);
    // What it learns of devices cannot be written either: somebody is told.
    expect(faults.map(({ message }) => message)).toContainEqual(expect.stringContaining("ENOENT"));
    await expect(authority.stop()).rejects.toThrow("ENOENT");
    authority = asComponent();
  });

  test("a spoofed acknowledgement counts for nothing", async () => {
    const mallory = new Puppet(server, "ann", "a");
    await mallory.start();
    board.onRequest = (iq) => {
      mallory.link.send(xml("iq", { type: "result", id: iq.attrs["id"], to: COMPONENT },
        xml("clearCacheResponse", { xmlns: NS })));
      return "done";
    };
    await rule(true);
    await board.waitFor("clearCache");
    await mallory.ask(COMPONENT, PING);
    expect(authority.devices.find(BOARD)!.isStale).toBe(true);
    board.onRequest = (iq) => acknowledge(iq);
    // It may have given up in between; a sign of life makes it try again.
    await expect.poll(() => {
      board.presence(COMPONENT);
      return authority.devices.find(BOARD)!.isStale;
    }).toBe(false);
    await mallory.stop();
  });
});

describe("friendships", () => {
  test("unfriend and friend go to a device that has asked before, with a rule", async () => {
    authority = asComponent();
    await authority.start();
    await expect(authority.unfriend(BOARD, ANN)).rejects.toThrow("never asked");
    await board.ask(COMPONENT, isFriend());
    await authority.recommend(BOARD, ANN);
    expect((await board.waitFor("<friend ")).attrs).toMatchObject(
      { from: COMPONENT, to: board.link.jid });
    expect((await board.ask(COMPONENT, isFriend()))!.attrs["result"]).toBe("true");
    await authority.unfriend(BOARD, ANN);
    expect((await board.waitFor("<unfriend ")).getChild("unfriend", NS)!.attrs["jid"]).toBe(ANN);
    expect((await board.ask(COMPONENT, isFriend()))!.attrs["result"]).toBe("false");
  });

  test("as an account: it asks, is accepted, accepts in return, and sees the device", async () => {
    authority = asAccount();
    const own = await authority.start();
    const outcome = authority.befriend(BOARD);
    const request = await board.waitFor('type="subscribe"');
    expect(request.attrs["from"]).toBe("prov@example.org");
    board.presence("prov@example.org", "subscribed");
    expect(await outcome).toBe("accepted");
    board.presence("prov@example.org", "subscribe");
    await board.waitFor('type="subscribed"');
    const presence = await board.waitFor("<presence", `from="${own}"`);
    expect(presence.getChild("c", "http://jabber.org/protocol/caps")).toBeDefined();
    expect(authority.devices.find(BOARD)).toMatchObject(
      { isSubscribed: true, fullJids: [board.link.jid] });
    const info = await board.ask(own, xml("query", { xmlns: DISCO }));
    expect(info!.getChildren("feature").map((one) => one.attrs["var"])).toContain(NS);
    expect(await authority.befriend(BOARD)).toBe("accepted");
  });

  test("as an account it tells a device on its return, by its presence alone", async () => {
    authority = asAccount();
    await authority.start();
    const outcome = authority.befriend(BOARD);
    await board.waitFor('type="subscribe"');
    board.presence("prov@example.org", "subscribed");
    await outcome;
    await board.stop();
    await expect.poll(() => authority.devices.find(BOARD)!.fullJids).toEqual([]);
    await authority.setRule({ device: BOARD, peer: ANN, friend: true });
    expect(authority.devices.find(BOARD)).toMatchObject({ isStale: true, fullJids: [] });
    board = new Puppet(server, "board", "b");
    board.onRequest = (iq) => acknowledge(iq);
    const done = cleared("acknowledged");
    await board.start();
    await done;
  });

  test("as an account it asks a device back that asked first, but only once", async () => {
    authority = asAccount();
    await authority.start();
    board.presence("prov@example.org", "subscribe");
    await board.waitFor('type="subscribed"');
    await board.waitFor('type="subscribe"', "prov@");
    board.presence("prov@example.org", "subscribed");
    await expect.poll(() => authority.devices.find(BOARD)!.isSubscribed).toBe(true);
  });

  test("a device that refuses, or a domain that is not there, is told", async () => {
    authority = asAccount();
    await authority.start();
    const outcome = authority.befriend(BOARD);
    await board.waitFor('type="subscribe"');
    board.presence("prov@example.org", "unsubscribed");
    expect(await outcome).toBe("refused");
    expect(await authority.befriend("board@nowhere.org")).toBe("unreachable");
    expect(() => authority.befriend(`${BOARD}/x`)).toThrow("not a bare JID");
  });

  test("what the roster says after a restart is believed", async () => {
    authority = asAccount();
    await authority.start();
    const outcome = authority.befriend(BOARD);
    await board.waitFor('type="subscribe"');
    board.presence("prov@example.org", "subscribed");
    await outcome;
    await authority.stop();
    authority = asAccount();
    const seen = next("device");
    await authority.start();
    expect((await seen)[0]).toMatchObject({ jid: BOARD, isSubscribed: true });
  });

  test("after a cut it comes back by itself, and knows again who is there", async () => {
    authority = asAccount();
    const first = await authority.start();
    const outcome = authority.befriend(BOARD);
    await board.waitFor('type="subscribe"');
    board.presence("prov@example.org", "subscribed");
    await outcome;
    const offline = next("offline");
    server.cut("prov@example.org");
    await offline;
    expect(authority.devices.find(BOARD)!.fullJids).toEqual([]);
    const [again] = await next("online");
    expect(again).not.toBe(first);
    await expect.poll(() => authority.devices.find(BOARD)!.fullJids).toEqual([board.link.jid]);
  });
});
