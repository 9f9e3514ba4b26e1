import { afterEach, describe, expect, test } from "vitest";
import { type Bulletin, Refusal, Stage } from "../../../demo/stage.js";
import type { Line, StageState } from "../../../demo/stage/state.js";
import { catalogue } from "../../sim/world.js";
import { pause } from "./puppet.js";

const PATIENCE_MS = 30000;
const BOOT_MS = 200;

let stage: Stage;
afterEach(() => stage.close());

async function open(windowMs?: number): Promise<Line[]> {
  stage = new Stage({ windowMs });
  await stage.open();
  const lines: Line[] = [];
  stage.listen((bulletin: Bulletin) => {
    if (bulletin.type === "hello") lines.splice(0, Infinity, ...bulletin.lines);
    if (bulletin.type !== "line") return;
    lines.push(bulletin.line);
    if (bulletin.line.from === "board" && bulletin.line.xml) catalogue.hear(bulletin.line.xml);
  });
  await until((state) => state.board.isOnline);
  // A button that has never been up since the start is taken for a broken one.
  await pause(BOOT_MS);
  return lines;
}

async function until(isSo: (state: StageState) => boolean): Promise<StageState> {
  const endMs = performance.now() + PATIENCE_MS;
  while (performance.now() < endMs) {
    const state = stage.state();
    if (isSo(state)) return state;
    await pause(20);
  }
  throw new Error(`in vain: ${isSo.toString()} of ${JSON.stringify(stage.state())}`);
}

async function pair(): Promise<void> {
  await stage.act("befriend", {});
  await until(({ board }) => board.pairing?.who === "authority");
  await stage.act("button", { press: 100 });
  await until(({ board }) => board.trust.length > 0);
}

async function befriend(): Promise<void> {
  await stage.act("right", { friend: "yes" });
  await stage.act("ask", {});
  await until(({ visitor }) => visitor.friendship === "accepted" && visitor.seesBoard
    && !visitor.isBusy);
}

/** What the visitor is told. */
async function told(act: string, order: object): Promise<string> {
  await stage.act(act, { ...order });
  const { visitor } = await until((state) => !state.visitor.isBusy);
  return visitor.reply!.title;
}
const read = () => told("read", { what: "all" });

describe("the story by its own buttons", () => {
  test("goes from a board that trusts nobody to one that remembers without power", async () => {
    const lines = await open();
    const seen = new Set<number>();
    for (let presses = 0; presses < 40; presses++) {
      const { steps } = await until((state) => !state.visitor.isBusy
        && !state.authority.isSwitching && state.steps.every(({ state: is, action }) =>
        is !== "now" || action !== null));
      const at = steps.findIndex(({ state }) => state === "now");
      if (at < 0) break;
      seen.add(at + 1);
      const { act, body } = steps[at]!.action!;
      await stage.act(act, body);
      await until((state) => JSON.stringify(state.steps) !== JSON.stringify(steps));
    }
    expect(stage.state().steps.map(({ state }) => state)).toEqual(Array(8).fill("done"));
    // The third happens by itself.
    expect([...seen].filter((step) => step !== 3)).toEqual([1, 2, 4, 5, 6, 7, 8]);
    const story = lines.filter(({ isNoise }) => !isNoise).map(({ label, words }) => label || words);
    const order = ["subscribe", "The LED blinks: 30 s to press the button", "The button is pressed",
      "subscribed", "disco#info", "From now on it trusts the provisioning server", "isFriend",
      "unsubscribed", "clearCache", "isFriend", "subscribed", "req", "canRead", "fields",
      "canControl", "relay1 switches on", "setResponse", "clearCache", "clearCacheResponse",
      "canRead", "rejected", "Switched off", "The plug is pulled", "Power is back",
      "It remembers the answer: nobody needs to be asked", "fields"];
    let at = -1;
    for (const word of order) {
      const next = story.indexOf(word, at + 1);
      expect(next, `${word} after ${story[at]}`).toBeGreaterThan(at);
      at = next;
    }
    expect(stage.state().board.relays).toEqual({ relay1: false, relay2: false });
  }, 120000);
});

test("nobody presses: the board refuses, and can be asked again", async () => {
  const lines = await open(1200);
  await stage.act("befriend", {});
  const { board } = await until((state) => state.board.pairing !== null);
  expect(board.pairing!.leftMs).toBeLessThanOrEqual(1200);
  await until((state) => state.board.pairing === null && !state.authority.isAsking);
  expect(stage.state().board.trust).toEqual([]);
  expect(lines.map(({ words }) => words)).toContain("Nobody has pressed: it says no");
  expect(stage.state().steps[1]).toMatchObject({ state: "now", action: { act: "befriend" } });
});

test("asked too often, the board does not even blink; a power cut mends that", async () => {
  await open(60);
  for (let requests = 0; requests < 5; requests++) {
    await stage.act("befriend", {});
    await until(({ authority, board }) => !authority.isAsking && !board.pairing);
  }
  await until(({ steps }) => steps[1]!.action?.act === "power");
  await stage.act("power", { on: false });
  await stage.act("power", { on: true });
  await until(({ board, steps }) => board.isOnline && steps[1]!.action?.act === "befriend");
});

test("rights narrow what is read, forbid what is switched, and end a friendship", async () => {
  await open();
  expect(await read()).toBe("I do not know where the board is");
  await pair();
  await befriend();
  await stage.act("right", { read: "temperature" });
  await until(({ authority }) => authority.clearing === "acknowledged");
  expect(await read()).toBe("Here is the temperature, and nothing else");
  expect(stage.state().visitor.reply!.values).toEqual([{ name: "Temperature", value: "21.5 °C" }]);
  expect(await told("switch", { relay: "relay2", on: true })).toBe("Refused");
  expect(await told("switch", { relay: "relay1", on: true })).toBe("relay1 is on");
  expect(stage.state().board.relays).toEqual({ relay1: true, relay2: false });
  await stage.act("right", { friend: "no" });
  const { visitor } = await until((state) => state.visitor.friendship === "none");
  expect(visitor).toMatchObject({ seesBoard: false, reply: { tone: "bad" } });
});

test("a question waits for a person, and the answer is the rule", async () => {
  await open();
  await pair();
  await stage.act("right", { control: "ask" });
  await befriend();
  expect(await told("switch", { relay: "relay2", on: true })).toBe("Refused");
  const { authority } = await until((state) => state.authority.questions.length > 0);
  const [question] = authority.questions;
  expect(question).toMatchObject({ kind: "control", text: "May the visitor switch relay2?" });
  await stage.act("answer", { id: question!.id, choice: "relay2" });
  await until((state) => state.authority.questions.length === 0
    && state.authority.clearing === "acknowledged");
  expect(stage.state().authority.rights.control).toBe("relay2");
  expect(await told("switch", { relay: "relay2", on: true })).toBe("relay2 is on");
  await expect(stage.act("answer", { id: question!.id, choice: "none" })).rejects
    .toMatchObject({ status: 409 });
});

test("without its provisioning server the board grants only what it remembers", async () => {
  await open();
  await pair();
  await befriend();
  expect(await read()).toBe("Here are the values");
  await stage.act("authority", { on: false });
  await until(({ authority }) => !authority.isOn && !authority.isSwitching);
  await expect(stage.act("right", { read: "none" })).rejects.toMatchObject({ status: 409 });
  expect(await read()).toBe("Here are the values");
  expect(await told("switch", { relay: "relay1", on: true })).toBe("Not now");
  await stage.act("authority", { on: true });
  await until(({ authority }) => authority.isOn && !authority.isSwitching);
  expect(stage.state().authority.rights).toMatchObject({ friend: "yes", read: "all" });
  expect(await told("switch", { relay: "relay1", on: true })).toBe("relay1 is on");
});

test("a power cut takes the relays and leaves trust, answers, and the weather", async () => {
  const lines = await open();
  await pair();
  await befriend();
  await stage.act("sensor", { name: "Temperature", value: 30.5 });
  await read();
  await told("switch", { relay: "relay1", on: true });
  await stage.act("power", { on: false });
  await until(({ board, visitor }) => !board.isPowered && !visitor.seesBoard);
  expect(await read()).toBe("The board is not there");
  await stage.act("sensor", { name: "Humidity", value: 77 });
  await stage.act("power", { on: true });
  const { board } = await until((state) => state.board.isOnline && state.visitor.seesBoard);
  expect(board).toMatchObject({ relays: { relay1: false }, trust: ["provisioning@home.example"],
    cache: { entries: 2 }, sensors: { Temperature: 30.5, Humidity: 77 } });
  expect(lines.map(({ words }) => words)).toContain("It still knows whom it trusts");
  expect(await read()).toBe("Here are the values");
  expect(stage.state().visitor.reply!.values[0]).toEqual({ name: "Temperature", value: "30.5 °C" });
});

test("starting over makes everybody strangers again", async () => {
  const lines = await open();
  await pair();
  await Promise.all([stage.act("restart", {}), stage.act("restart", {})]);
  const { board, steps } = await until((state) => state.board.isOnline);
  expect(board.trust).toEqual([]);
  expect(steps.every(({ state }) => state !== "done")).toBe(true);
  expect(lines.map(({ label }) => label)).not.toContain("subscribed");
});

test("whoever starts over in the moment of a change is told what comes after", async () => {
  await open();
  const order = { name: "Temperature", value: 22 };
  await stage.act("sensor", order);
  await stage.act("restart", {});
  await until((state) => state.board.isOnline);
  const told = new Promise<void>((resolve) => {
    stage.listen(({ type }) => { if (type === "state") resolve(); });
  });
  await stage.act("sensor", order);
  await told;
});

test("what is no order is refused, whatever it looks like", async () => {
  await open();
  const orders: [string, object, number][] = [
    ["nothing", {}, 404], ["toString", {}, 404], ["constructor", {}, 404],
    ["right", { read: "both" }, 409], ["answer", { id: 1 }, 400], ["power", {}, 400],
    ["power", { on: "yes" }, 400], ["read", { what: "more" }, 400],
    ["switch", { relay: "relay3", on: true }, 400], ["button", { press: -1 }, 400],
    ["button", { press: 1e9 }, 400], ["sensor", { name: "Pressure", value: 1 }, 400],
    ["sensor", { name: "Temperature", value: "hot" }, 400],
  ];
  for (const [act, order, status] of orders) {
    const refusal = await stage.act(act, { ...order }).catch((error: unknown) => error);
    expect(refusal, act).toBeInstanceOf(Refusal);
    expect((refusal as Refusal).status, `${act} ${JSON.stringify(order)}`).toBe(status);
  }
  await stage.close();
  await expect(stage.act("befriend", {})).rejects.toMatchObject({ status: 409 });
});
