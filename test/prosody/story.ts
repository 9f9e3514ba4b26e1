/**
 * The whole story on a real server, everybody through TLS: a board is paired by its button, asks
 * before it answers, forgets when it is told to, and keeps its trust through a power cut.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Authority } from "../../authority/authority.js";
import type { Visitor } from "../../demo/visitor.js";
import type { Board } from "./board.js";
import { pairStory } from "./pair.js";
import type { Server, ServerOptions } from "./server.js";
import { Stage, dictate, fieldsOf, meet, overhear, tellInOrder } from "./stage.js";
import { tokenStory } from "./token.js";

const DOMAIN = "home.example";
const COMPONENT = `prov.${DOMAIN}`;
const PASSWORDS: Record<string, string> = {
  device: "salty & <öffentlich>", second: "next", third: "last", prover: "proves",
  authority: "asks", visitor: "knocks", stranger: "lurks",
};
const FORBIDDEN = { outcome: "refused", condition: "forbidden" };
const DONE = { outcome: "set" };
const SENSOR = { nodes: ["sensor"], fields: ["Temperature"] };
let stage: Stage;
let visitor: Visitor;

/** `missing` says what is not installed; on CI everything is. */
export function tellStory(
  name: string, missing: string, start: (options: ServerOptions) => Promise<Server>,
): void {
  if (missing) console.log(`skipped: ${missing}`);
  describe.skipIf(missing && process.env["CI"] !== "true")(`on ${name}`, () => {
    beforeAll(async () => {
      if (missing) throw new Error(missing);
      stage = await Stage.open({
        domain: DOMAIN, accounts: PASSWORDS, components: { [COMPONENT]: "hush" },
      }, start);
      visitor = await stage.visit("visitor");
    });

    afterAll(() => stage?.close());

    describe("with a CA that the board does not know", strangersStory);
    describe("with an account as the provisioning server", accountStory);
    describe("with a component as the provisioning server", componentStory);
    describe("with two provisioning servers", () =>
      pairStory(() => stage, () => visitor, COMPONENT));
    describe("with tokens", () => tokenStory(() => stage, COMPONENT));
  });
}

function strangersStory(): void {
  test("a server whose CA is not trusted gets no credential", async () => {
    await expect.poll(() => stage.logins()).toBeGreaterThan(0);
    const before = await stage.logins();
    const board = await stage.start("device", "refused.flash", [], stage.server.otherCa);
    const { why } = await board.event(({ type }) => type === "offline");
    expect(why).toMatch(/certificate|issuer/i);
    // The second attempt is as careful as the first.
    await expect.poll(() => board.output.match(/ connect /g)?.length, { timeout: 30000 }).toBe(2);
    await board.cut();
    expect(board.events.filter(({ type }) => type === "stanza")).toEqual([]);
    expect(await stage.logins()).toBe(before);
  });
}

function accountStory(): void {
  const flash = "account.flash";
  let board: Board;
  let authority: Authority;
  let device: string;
  tellInOrder();
  afterAll(() => authority?.stop());

  test("a request lights the LED, and is refused when nobody presses", async () => {
    device = jidOf("device");
    const before = await stage.logins();
    board = await stage.start("device", flash, ["--window", "3"]);
    await board.until((state) => state.online);
    await expect.poll(() => stage.logins()).toBe(before + 1);
    authority = await stage.employ(await stage.account("authority"));
    const outcome = authority.befriend(device);
    await board.until((state) => state.led.pattern === "pairing");
    await board.event(({ type, on }) => type === "led" && on === true);
    expect(await outcome).toBe("refused");
    expect(await board.state()).toMatchObject({ led: { on: false, pattern: "off" }, trust: [] });
  });

  test("a press while it blinks delegates trust", async () => {
    const outcome = authority.befriend(device);
    await board.until((state) => state.led.pattern === "pairing" && state.led.on);
    await board.press();
    expect(await outcome).toBe("accepted");
    const jid = jidOf("authority");
    await board.event((event) => event.type === "trust" && event.jid === jid);
    expect(await board.state()).toMatchObject({ led: { pattern: "off" }, trust: [jid] });
  });

  test("whom no rule knows is refused, and becomes a question", async () => {
    expect(await visitor.befriend(device)).toBe("refused");
    const { question } = authority.questions()[0]!;
    expect(question).toMatchObject({ kind: "friend", device, peer: jidOf("visitor") });
    expect(await board.state()).toMatchObject({ friends: [jidOf("authority")] });
  });

  test("a friend reads what the rule allows, to the decimal", async () => {
    await dictate(authority, {
      device, peer: jidOf("visitor"), friend: true, read: { fields: ["Temperature", "Output"] },
      control: { nodes: [{ nodeId: "relay1" }] },
    });
    expect(await visitor.befriend(device)).toBe("accepted");
    await meet(visitor, board, device);
    expect(fieldsOf(await visitor.read(device))).toEqual({
      "sensor Temperature": "21.5 °C", "relay1 Output": "false", "relay2 Output": "false",
    });
    await board.sense("Temperature", 24);
    expect(fieldsOf(await visitor.read(device, SENSOR))).toEqual({
      "sensor Temperature": "24.0 °C",
    });
  });

  test("a friend switches what the rule allows, and nothing else", async () => {
    expect(await visitor.switch(device, "relay1", "Output", true)).toMatchObject(DONE);
    await board.event(({ type, node, on }) => type === "relay" && node === "relay1" && on === true);
    expect(await visitor.switch(device, "relay2", "Output", true)).toMatchObject(FORBIDDEN);
    expect((await board.state()).relays).toEqual({ relay1: true, relay2: false });
  });

  test("what was decided is not asked again", async () => {
    const { hits } = (await board.state()).cache;
    const asked = overhear(authority);
    expect(await visitor.read(device, SENSOR)).toMatchObject({ outcome: "read" });
    expect(await visitor.switch(device, "relay2", "Output", true)).toMatchObject(FORBIDDEN);
    expect(asked).toEqual([]);
    expect((await board.state()).cache.hits).toBe(hits + 2);
  });

  test("a stranger who knows the full JID is refused unasked", async () => {
    const asked = overhear(authority);
    const stranger = await stage.visit("stranger");
    const fullJid = (await board.state()).jid!;
    expect(await stranger.read(fullJid)).toMatchObject(FORBIDDEN);
    expect(await stranger.switch(fullJid, "relay1", "Output", false)).toMatchObject(FORBIDDEN);
    expect((await board.state()).relays["relay1"]).toBe(true);
    expect(asked).toEqual([]);
  });

  test("a power cut takes neither trust nor decisions, even without the authority", async () => {
    await authority.stop();
    await board.cut();
    board = await stage.start("", flash);
    await board.until((state) => state.online);
    expect(await board.state()).toMatchObject({ trust: [jidOf("authority")] });
    await meet(visitor, board, device);
    expect(fieldsOf(await visitor.read(device, SENSOR))).toEqual({
      "sensor Temperature": "21.5 °C",
    });
    expect(await visitor.switch(device, "relay2", "Output", true)).toMatchObject(FORBIDDEN);
    // Nobody can say: another answer than a no, and it is not remembered.
    expect(await visitor.read(device, { fields: ["Humidity"] }))
      .toMatchObject({ outcome: "refused", condition: "remote-server-timeout" });
  });

  test("another rule clears the cache, and the next request is refused", async () => {
    authority = await stage.employ(await stage.account("authority"));
    expect(await visitor.read(device, SENSOR)).toMatchObject({ outcome: "read" });
    await dictate(authority, {
      device, peer: jidOf("visitor"), friend: true, read: false,
    });
    expect((await board.state()).cache.entries).toBe(0);
    expect(await visitor.read(device, SENSOR)).toMatchObject(FORBIDDEN);
  });

  test("a friendship that the authority ends is over at once", async () => {
    const ended = new Promise((resolve) => visitor.events.on("friendship", (jid, state) => {
      if (jid === device && state === "ended") resolve(state);
    }));
    const fullJid = visitor.fullJid(device);
    await authority.unfriend(device, jidOf("visitor"));
    expect(await ended).toBe("ended");
    expect(await visitor.read(fullJid, SENSOR)).toMatchObject(FORBIDDEN);
    expect(await board.stop()).toBe(0);
  });
}

function componentStory(): void {
  const flash = "component.flash";
  let board: Board;
  let authority: Authority;
  let device: string;
  tellInOrder();
  afterAll(() => authority?.stop());

  test("it is trusted without a button, and without a friendship", async () => {
    device = jidOf("second");
    authority = await stage.employ(stage.component(COMPONENT));
    board = await stage.start("second", flash, ["--provisioning", COMPONENT]);
    await board.event(({ type, jid }) => type === "trust" && jid === COMPONENT);
    expect(await board.state()).toMatchObject({ trust: [COMPONENT], friends: [] });
    expect(board.output).toContain("led starting");
    expect(board.output).not.toContain("led pairing");
  });

  test("it decides who is a friend, reads and switches", async () => {
    await authority.setRule({
      device, peer: jidOf("visitor"), friend: true, read: true, control: true,
    });
    expect(await visitor.befriend(device)).toBe("accepted");
    await meet(visitor, board, device);
    expect(fieldsOf(await visitor.read(device))).toMatchObject({ "sensor Humidity": "40 %" });
    expect(await visitor.switch(device, "relay2", "Output", true)).toMatchObject(DONE);
    expect((await board.state()).relays).toEqual({ relay1: false, relay2: true });
  });

  test("it may go and come back under the board's feet", async () => {
    await authority.stop();
    expect(await visitor.read(device)).toMatchObject({ outcome: "read" });
    expect(await visitor.read(device, SENSOR))
      .toMatchObject({ outcome: "refused", condition: "remote-server-timeout" });
    authority = await stage.employ(stage.component(COMPONENT));
    expect(await visitor.read(device, SENSOR)).toMatchObject({ outcome: "read" });
  });

  test("the server may crash: the board is back by itself, and answers what it knows", async () => {
    await authority.stop();
    await stage.server.kill();
    await board.until((state) => !state.online);
    await stage.server.restart();
    await meet(visitor, board, device);
    expect(await visitor.read(device, SENSOR)).toMatchObject({ outcome: "read" });
    authority = await stage.employ(stage.component(COMPONENT));
  });

  test("a rule that changed while the board was away is heard when it is back", async () => {
    expect(await board.stop()).toBe(0);
    const outcomes: string[] = [];
    authority.events.on("clear", (_device, outcome) => outcomes.push(outcome));
    await authority.setRule({ device, peer: jidOf("visitor"), read: false });
    // It may be looked for where it was last.
    await expect.poll(() => outcomes.at(-1), { timeout: 30000 }).toBe("waiting");
    board = await stage.start("", flash);
    await expect.poll(() => outcomes.at(-1), { timeout: 30000 }).toBe("acknowledged");
    await meet(visitor, board, device);
    expect(await visitor.read(device)).toMatchObject(FORBIDDEN);
    await authority.stop();
    expect(await board.stop()).toBe(0);
  });
}

function jidOf(user: string): string {
  return stage.server.jid(user);
}
