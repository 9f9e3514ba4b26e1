/**
 * slixmpp 1.8.3 (Debian's python3-slixmpp) is the living client of XEP-0323 and XEP-0325, at the
 * level of their version 0.2: its own plugins read and switch the board as they are, and their
 * own callbacks hear a refusal (ERRATA N26, N27).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Authority } from "../../authority/authority.js";
import type { Rule } from "../../authority/rule.js";
import { Board } from "./board.js";
import { Client, missingSlixmpp } from "./client.js";
import { missingProsody, startProsody } from "./prosody.js";
import type { Server } from "./server.js";
import { tellInOrder } from "./stage.js";

const DOMAIN = "home.example";
const COMPONENT = `prov.${DOMAIN}`;
const ON = [["Output", "boolean", "true"]];
const OFF = [["Output", "boolean", "false"]];
const WAIT_MS = 30000;
/** More than the pause that a relay's contacts need. */
const RELAY_MS = 20000;

const missing = missingProsody() || missingSlixmpp();
if (missing) console.log(`skipped: ${missing}`);

let prosody: Server;
let authority: Authority;
let board: Board;
let client: Client;
let device: string;
let full: string;

describe.skipIf(missing && process.env["CI"] !== "true")("slixmpp's plugins", () => {
  tellInOrder();

  beforeAll(async () => {
    if (missing) throw new Error(missing);
    prosody = await startProsody({
      domain: DOMAIN, accounts: { device: "thing", python: "client" },
      components: { [COMPONENT]: "hush" }, hash: "SHA-256",
    });
    device = prosody.jid("device");
    const { host, componentPort: port } = prosody;
    authority = new Authority({
      link: { domain: COMPONENT, secret: "hush", host, port },
    });
    await authority.start();
    [board, client] = await Promise.all([startBoard(), startClient()]);
  });

  afterAll(async () => {
    await client?.stop();
    await board?.cut();
    await authority?.stop();
    await prosody?.stop();
  });

  test("the board logs in with SCRAM-SHA-256 where it is offered", async () => {
    const tags = (await prosody.log()).match(/Received\[c2s_unauthed\]: <auth [^>]*>/g)!;
    // One is slixmpp's; PLAIN is offered, too.
    const mechanisms = tags.map((tag) => /mechanism='([^']*)'/.exec(tag)![1]);
    expect(mechanisms).toEqual(["SCRAM-SHA-256", "SCRAM-SHA-256"]);
  });

  test("without a friendship both are refused", async () => {
    full = (await board.state()).jid!;
    client.tell({ do: "read", to: full, nodes: ["sensor"], fields: ["Temperature"] });
    expect(await client.hear("read")).toMatchObject({ result: "rejected", why: "Access denied." });
    client.tell({ do: "set", to: full, nodes: ["relay1"], fields: ON });
    expect(await client.hear("set")).toMatchObject({ result: "InsufficientPrivileges" });
    client.tell({ do: "befriend", to: device });
    expect(await client.hear("refused")).toMatchObject({ jid: device });
  });

  test("a friend sees what the board can do", async () => {
    await rule({ friend: true });
    client.tell({ do: "befriend", to: device });
    expect(await client.hear("present")).toMatchObject({ jid: full });
    client.tell({ do: "info", to: full });
    const { features } = await client.hear("info");
    expect(features).toEqual(expect.arrayContaining(
      ["urn:xmpp:iot:sensordata", "urn:xmpp:iot:control"]));
    expect(features).not.toContain("urn:xmpp:iot:provisioning");
  });

  test("a friend whom the rule lets do neither is refused by it", async () => {
    client.tell({ do: "read", to: full, fields: ["Temperature"] });
    expect(await client.hear("read")).toMatchObject({ jid: full, result: "rejected" });
    // The board works in the order of arrival: the answer to the second is the end of the first.
    client.tell({ do: "command", to: full, nodes: ["relay1"], fields: ON });
    client.tell({ do: "set", to: full, nodes: ["relay1"], fields: ON });
    expect(await client.hear("set"))
      .toMatchObject({ jid: full, result: "InsufficientPrivileges" });
    expect((await board.state()).relays["relay1"]).toBe(false);
  });

  test("request_data reads Temperature", async () => {
    await rule({ friend: true, read: true, control: { nodes: [{ nodeId: "relay1" }] } });
    await board.sense("Temperature", -3.14);
    client.tell({ do: "read", to: full, nodes: ["sensor"], fields: ["Temperature"] });
    expect(await client.hear("read")).toMatchObject({ result: "accepted" });
    const { fields, ...rest } = await client.hear("read");
    expect(rest).toMatchObject({ jid: full, result: "fields", node: "sensor" });
    expect(fields).toEqual([{
      name: "Temperature", typename: "numeric", value: "-3.1", unit: "°C",
      flags: { momentary: "true", automaticReadout: "true" },
    }]);
    expect(await client.hear("read")).toMatchObject({ result: "done" });
  });

  test("request_data reads everything, once", async () => {
    client.tell({ do: "read", to: full });
    const found: Record<string, string> = {};
    let heard = await client.hear("read");
    expect(heard["result"]).toBe("accepted");
    while ((heard = await client.hear("read"))["result"] === "fields") {
      for (const { name, value } of heard["fields"] as Record<string, string>[]) {
        const key = `${String(heard["node"])} ${name}`;
        expect(found).not.toHaveProperty(key);
        found[key] = value!;
      }
    }
    expect(heard["result"]).toBe("done");
    expect(found).toEqual({
      "sensor Temperature": "-3.1", "sensor Humidity": "40",
      "relay1 Output": "false", "relay2 Output": "false",
    });
  });

  test("set_request switches relay1, and set_command switches it back", async () => {
    client.tell({ do: "set", to: full, nodes: ["relay1"], fields: ON });
    expect(await client.hear("set")).toMatchObject({ jid: full, result: "OK", why: null });
    expect((await board.state()).relays).toEqual({ relay1: true, relay2: false });
    client.tell({ do: "command", to: full, nodes: ["relay1"], fields: OFF });
    await board.until(({ relays }) => relays["relay1"] === false);
  });

  test("set_request hears what was wrong", async () => {
    const nodes = ["relay1", "attic"].map((nodeId) => ({ nodeId }));
    await rule({ friend: true, control: { nodes } });
    const cases: [string, string[][], string][] = [
      ["attic", ON, "NotFound"],
      ["relay1", [["Colour", "string", "red"]], "NotFound"],
      ["relay1", [["Output", "boolean", "maybe"]], "OtherError"],
      ["relay2", ON, "InsufficientPrivileges"],
    ];
    for (const [node, fields, result] of cases) {
      client.tell({ do: "set", to: full, nodes: [node], fields });
      expect(await client.hear("set"), `${node} ${String(fields)}`).toMatchObject({ result });
    }
    expect((await board.state()).relays).toEqual({ relay1: false, relay2: false });
  });

  test("a client that begins anew, with the ids of before, is obeyed as before", async () => {
    await rule({ friend: true, control: true });
    for (const [fields, isOn] of [[ON, true], [OFF, false], [ON, true]] as const) {
      await client.stop();
      client = await startClient();
      client.tell({ do: "set", to: full, nodes: ["relay2"], fields });
      expect(await client.hear("set")).toMatchObject({ result: "OK" });
      await board.until(({ relays }) => relays["relay2"] === isOn, RELAY_MS);
    }
  });

  test("a set_command that waited on the server for the board is not obeyed", async () => {
    await board.stop();
    client.tell({ do: "command", to: device, nodes: ["relay1"], fields: ON });
    await expect.poll(() => prosody.log(), { timeout: WAIT_MS })
      .toContain("Saved to offline storage");
    board = await startBoard();
    full = (await board.state()).jid!;
    client.tell({ do: "set", to: full, nodes: ["relay2"], fields: OFF });
    expect(await client.hear("set")).toMatchObject({ result: "OK" });
    expect(board.output).toMatch(/in message set\+delay /);
    expect((await board.state()).relays).toEqual({ relay1: false, relay2: false });
  });

  test("where nobody can decide, the callbacks hear of it too", async () => {
    await authority.stop();
    client.tell({ do: "read", to: full, fields: ["Humidity"] });
    expect(await client.hear("read"))
      .toMatchObject({ result: "rejected", why: "The provisioning server does not answer." });
    client.tell({ do: "set", to: full, nodes: ["relay1"], fields: OFF });
    expect(await client.hear("set")).toMatchObject({ result: "Locked" });
  });
});

async function startBoard(): Promise<Board> {
  const { host, port, ca } = prosody;
  const started = await Board.start(["--jid", device, "--host", host, "--port", `${port}`,
    "--ca", ca, "--provisioning", COMPONENT], "thing");
  await started.event(({ type }) => type === "trust");
  return started;
}

/** With a resource of its own choice, so that it comes back as the same full JID. */
function startClient(): Promise<Client> {
  return Client.start(prosody, `${prosody.jid("python")}/desk`, "client");
}

/** Resolves when the board has emptied its cache. */
async function rule(value: Omit<Rule, "device" | "peer">): Promise<void> {
  const cleared = new Promise<void>((resolve) => authority.events.on("clear",
    (_jid, outcome) => { if (outcome === "acknowledged") resolve(); }));
  await authority.setRule({ device, peer: prosody.jid("python"), ...value });
  await cleared;
}
