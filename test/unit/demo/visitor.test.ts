import xml, { type Element } from "@xmpp/xml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { errorElement } from "../../../authority/stanza.js";
import { type Server, startServer } from "../../../demo/server.js";
import { Visitor } from "../../../demo/visitor.js";
import { parseSetFailure } from "../../../demo/visitor/control.js";
import { parseRejection } from "../../../demo/visitor/sensor.js";
import { Puppet, pause } from "./puppet.js";

const BOARD = "board@example.org";
const SENSOR = "urn:xmpp:iot:sensordata";
const CONTROL = "urn:xmpp:iot:control";

let server: Server;
let visitor: Visitor;
let board: Puppet;

beforeEach(async () => {
  server = await startServer({ domain: "example.org",
    accounts: { board: "b", ann: "a", mallory: "m" } });
  board = new Puppet(server, "board", "b");
  visitor = new Visitor({ jid: "ann@example.org", password: "a", host: "127.0.0.1",
    port: server.port });
  await Promise.all([board.start(), visitor.start()]);
});
afterEach(async () => {
  await Promise.all([board.stop(), visitor.stop()]);
  await server.close();
});

async function befriend(): Promise<void> {
  const result = visitor.befriend(BOARD);
  await board.waitFor('type="subscribe"');
  board.presence("ann@example.org", "subscribed");
  expect(await result).toBe("accepted");
  await visitor.whenPresent(BOARD);
}

const temperature = (value: string): Element =>
  xml("node", { nodeId: "sensor" }, xml("timestamp", { value: "2026-01-01T00:00:00Z" },
    xml("numeric", { name: "Temperature", momentary: "true", value, unit: "\u00b0C" })));

const tell = (link: Puppet, name: string, seqnr: string, attrs = {}, ...children: Element[]) =>
  link.link.send(xml("message", { to: visitor.jid },
    xml(name, { xmlns: SENSOR, seqnr, ...attrs }, ...children)));

describe("a friendship", () => {
  test("that is accepted shows where the device is, and when it leaves", async () => {
    expect(visitor.fullJid(BOARD)).toBe("");
    await befriend();
    expect(visitor.fullJid(BOARD)).toBe(board.link.jid);
    expect(await visitor.befriend(BOARD)).toBe("accepted");
    const gone = new Promise((resolve) => visitor.events.on("presence", (...all) => resolve(all)));
    await board.stop();
    expect(await gone).toEqual([BOARD, ""]);
    expect(await visitor.whenPresent(BOARD, 10)).toBe("");
    expect(await visitor.read(BOARD)).toEqual({ outcome: "absent" });
  });

  test("is with the board, whoever else logs in to its account, and leaves", async () => {
    await befriend();
    const first = board.link.jid;
    board.link.send(xml("presence", {}, xml("c", { xmlns: "http://jabber.org/protocol/caps",
      hash: "sha-1", node: "urn:x-thingward:device", ver: "x" })));
    const other = new Puppet(server, "board", "b");
    const heard: string[] = [];
    visitor.events.on("presence", (_device, jid) => heard.push(jid));
    await other.start();
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    expect(visitor.fullJid(BOARD)).toBe(first);
    await board.stop();
    await expect.poll(() => visitor.fullJid(BOARD)).toBe(other.link.jid);
    await other.stop();
    await expect.poll(() => visitor.fullJid(BOARD)).toBe("");
  });

  test("may be refused, or never answered, or for nobody", async () => {
    const result = visitor.befriend(BOARD);
    await board.waitFor('type="subscribe"');
    board.presence("ann@example.org", "unsubscribed");
    expect(await result).toBe("refused");
    expect(await visitor.befriend(BOARD, 20)).toBe("unanswered");
    expect(await visitor.befriend("x@nowhere.org")).toBe("unreachable");
  });

  test("may be ended by the device, and asked for again", async () => {
    await befriend();
    const ended = new Promise((resolve) => visitor.events.on("friendship",
      (...all) => resolve(all)));
    board.presence("ann@example.org", "unsubscribed");
    expect(await ended).toEqual([BOARD, "ended"]);
    expect(visitor.fullJid(BOARD)).toBe("");
    await befriend();
  });

  test("is returned to a device that was asked, and to nobody else", async () => {
    await befriend();
    board.presence("ann@example.org", "subscribe");
    await board.waitFor('type="subscribed"');
    const mallory = new Puppet(server, "mallory", "m");
    await mallory.start();
    mallory.presence("ann@example.org", "subscribe");
    await pause(50);
    expect(mallory.seen.map(String).join()).not.toContain("subscribed");
    await mallory.stop();
  });
});

describe("a read-out", () => {
  beforeEach(befriend);

  test("collects fields from several messages until done", async () => {
    board.onRequest = (iq) => {
      const { seqnr } = iq.getChild("req", SENSOR)!.attrs;
      setTimeout(() => {
        tell(board, "fields", seqnr!, {}, temperature("21.50"));
        tell(board, "failure", seqnr!, {},
          xml("error", { nodeId: "relay1", timestamp: "2026-01-01T00:00:00Z" }, "broken"));
        tell(board, "fields", seqnr!, { done: "true" }, temperature("22.0"));
      }, 5);
      return xml("accepted", { xmlns: SENSOR, seqnr });
    };
    const result = await visitor.read(BOARD, { nodes: ["sensor"], fields: ["Temperature"] });
    expect(result).toEqual({
      outcome: "read",
      fields: [{ node: "sensor", timestamp: "2026-01-01T00:00:00Z", name: "Temperature",
        kind: "numeric", value: "21.50", unit: "\u00b0C", types: ["momentary"] },
      expect.objectContaining({ value: "22.0" })],
      failures: [{ node: "relay1", text: "broken" }],
    });
    const request = (await board.waitFor("<req")).getChild("req", SENSOR)!;
    expect(request.attrs).toMatchObject({ momentary: "true", seqnr: "1" });
    expect(request.getChildElements().map(String))
      .toEqual(['<node nodeId="sensor"/>', '<field name="Temperature"/>']);
  });

  test("each has a number of its own; a separate <done/> ends it too", async () => {
    board.onRequest = (iq) => {
      const { seqnr } = iq.getChild("req", SENSOR)!.attrs;
      tell(board, "fields", seqnr!, {}, temperature(seqnr!));
      tell(board, "done", seqnr!);
      return xml("accepted", { xmlns: SENSOR, seqnr });
    };
    const results = await Promise.all([visitor.read(BOARD), visitor.read(BOARD)]);
    expect(results.map((one) => one.outcome === "read" && one.fields.map((field) => field.value)))
      .toEqual([["1"], ["2"]]);
  });

  test("another's messages with the right number are not believed", async () => {
    const mallory = new Puppet(server, "mallory", "m");
    await mallory.start();
    board.onRequest = (iq) => {
      const { seqnr } = iq.getChild("req", SENSOR)!.attrs;
      tell(mallory, "fields", seqnr!, { done: "true" }, temperature("99"));
      setTimeout(() => tell(board, "fields", seqnr!, { done: "true" }, temperature("1")), 50);
      return xml("accepted", { xmlns: SENSOR, seqnr });
    };
    const result = await visitor.read(BOARD);
    expect(result.outcome === "read" && result.fields[0]!.value).toBe("1");
    await mallory.stop();
  });

  test("that is refused says why, in either dialect", async () => {
    board.onRequest = () => errorElement("forbidden", "Access denied.");
    expect(await visitor.read(BOARD)).toEqual(
      { outcome: "refused", condition: "forbidden", text: "Access denied." });
    const old = xml("iq", { type: "error" },
      xml("rejected", { xmlns: SENSOR, seqnr: "1" }, xml("error", {}, "Access denied.")));
    expect(parseRejection(old)).toEqual(
      { condition: "undefined-condition", text: "Access denied." });
    const code = xml("iq", { type: "error" },
      xml("setResponse", { xmlns: CONTROL, responseCode: "InsufficientPrivileges" }));
    expect(parseSetFailure(code).text).toBe("InsufficientPrivileges");
  });

  test("that is accepted and then forgotten ends with what there was", async () => {
    board.onRequest = (iq) => {
      const { seqnr } = iq.getChild("req", SENSOR)!.attrs;
      tell(board, "fields", seqnr!, {}, temperature("21.5"));
      return xml("accepted", { xmlns: SENSOR, seqnr });
    };
    expect(await visitor.read(BOARD, {}, 2000)).toMatchObject(
      { outcome: "unanswered", fields: [{ value: "21.5" }] });
  });
});

describe("switching", () => {
  beforeEach(befriend);

  test("is a set of one boolean, and tells what was really done", async () => {
    board.onRequest = () => xml("setResponse", { xmlns: CONTROL });
    expect(await visitor.switch(BOARD, "relay1", "Output", true)).toEqual(
      { outcome: "set", nodes: [], parameters: [] });
    const set = (await board.waitFor("<set")).getChild("set", CONTROL)!;
    expect(set.getChildElements().map(String)).toEqual(
      ['<node nodeId="relay1"/>', '<boolean name="Output" value="true"/>']);
    board.onRequest = () => xml("setResponse", { xmlns: CONTROL, responseCode: "OK" },
      xml("node", { nodeId: "relay1" }), xml("parameter", { name: "Output" }));
    expect(await visitor.switch(BOARD, "relay1", "Output", false)).toEqual(
      { outcome: "set", nodes: ["relay1"], parameters: ["Output"] });
  });

  test("that is refused, or not answered, says so", async () => {
    board.onRequest = () => errorElement("forbidden");
    expect(await visitor.switch(BOARD, "relay1", "Output", true)).toEqual(
      { outcome: "refused", condition: "forbidden", text: "" });
    board.onRequest = () => "done";
    expect(await visitor.switch(BOARD, "relay1", "Output", true)).toMatchObject(
      { outcome: "refused" });
    const request = { parameters: [{ name: "Output", kind: "boolean", value: "true" }] };
    server.cut("board@example.org");
    expect((await visitor.set(board.link.jid, request, 20000)).outcome).toBe("refused");
  });
});
