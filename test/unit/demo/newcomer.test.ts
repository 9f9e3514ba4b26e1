import { afterEach, expect, test } from "vitest";
import { type Bulletin, Stage } from "../../../demo/stage.js";
import { pause } from "./puppet.js";
import type { ArrivalStep, Line, NewcomerView } from "../../../demo/stage/state.js";

let stage: Stage;
afterEach(() => stage.close());

async function open(): Promise<Line[]> {
  stage = new Stage();
  await stage.open();
  const lines: Line[] = [];
  stage.listen((bulletin: Bulletin) => {
    if (bulletin.type === "line") lines.push(bulletin.line);
  });
  return lines;
}

const view = (): NewcomerView => stage.state().newcomer;
const until = (isSo: (now: NewcomerView) => boolean) =>
  expect.poll(() => isSo(view()) || JSON.stringify({ ...view(), label: "" })).toBe(true);
const openStep = ({ steps }: NewcomerView): ArrivalStep | undefined =>
  steps.find(({ state }) => state === "now" || state === "failed");

/** A button that has never been up since the start is taken for a broken one. */
const BOOT_MS = 300;

async function unpack(): Promise<void> {
  await stage.act("unpack", {});
  await pause(BOOT_MS);
}

/** Another code with a right check: its first two characters are exchanged with two others. */
async function wrong(code: string): Promise<string> {
  const { checkCharacter, readCode } = await import("../../../flash/code.js");
  const digits = readCode(code).slice(0, -1);
  const other = (digits[0] === "0" ? "1" : "0") + digits.slice(1);
  return other + checkCharacter(other);
}

test("a second board goes all the way, from its box to being read", async () => {
  const lines = await open();
  expect(view()).toMatchObject({ isHere: false, jid: "", label: null, steps: [] });
  await stage.act("unpack", {});
  await until((now) => now.isHere && now.label !== null);
  const { code, symbol } = view().label!;
  expect(code).toMatch(/^(\w{3}-){2}\w{3}$/);
  expect(symbol).toMatch(/^<svg /);
  await stage.act("await", { code });
  await until((now) => now.isAwaited);
  // It finds the network by itself, but whoever waits there wants a pressed one.
  await pause(1000);
  expect(openStep(view())).toMatchObject({ title: "Its button is pressed", state: "now" });
  await stage.act("newbutton", { press: 150 });
  await until((now) => now.isOnline);
  await until((now) => now.isReady);
  expect(view().jid).toMatch(/^board-[0-9a-f]{6}@home\.example$/);
  await stage.act("meet", {});
  await until((now) => now.reply !== null && !now.isBusy);
  expect(view().reply).toMatchObject({ title: "Here are the values" });
  expect(view().reply!.values[0]).toEqual({ name: "Temperature", value: "21.5 °C" });
  expect(view().steps.map(({ state }) => state)).toEqual(Array(8).fill("done"));
  const told = lines.filter(({ isNew, kind }) => isNew && kind === "note");
  expect(told.map(({ words }) => words)).toEqual(expect.arrayContaining([
    "The button is pressed", "Both know the code: what follows is encrypted",
    "Online: it keeps what it was given", "New rule: the visitor may read the new board"]));
  const labels = lines.filter(({ isNew, isNoise }) => isNew && !isNoise)
    .map(({ label }) => label);
  expect(labels).toEqual(expect.arrayContaining(["subscribe", "disco#info", "isFriend", "canRead",
    "fields"]));
  // The first board is where it was.
  const { board, visitor, authority, steps } = stage.state();
  expect([board.trust, visitor.friendship, authority.questions]).toEqual([[], "none", []]);
  expect(steps[0]).toMatchObject({ state: "now" });
});

test("another code gives nothing; with the right one it works after all", async () => {
  const lines = await open();
  await unpack();
  const { code } = view().label!;
  await stage.act("await", { code: await wrong(code) });
  await until((now) => now.isAwaited);
  await stage.act("newbutton", { press: 150 });
  await until((now) => openStep(now)?.state === "failed");
  expect(openStep(view())!.text).toMatch(/another code/);
  expect(lines.map(({ words }) => words)).toContain("Another code: nothing learned, nothing given");
  expect(view().jid).toBe("");
  await stage.act("await", { code: code.toLowerCase().replace(/-/g, " ") });
  await stage.act("newbutton", { press: 150 });
  await until((now) => now.isReady);
});

test("the button may come first: the board looks until somebody waits", async () => {
  await open();
  await unpack();
  await stage.act("newbutton", { press: 150 });
  await until((now) => now.steps[1]!.state === "done");
  await stage.act("await", { code: view().label!.code });
  await until((now) => now.isReady);
});

test("what is no order, or comes too soon, is refused", async () => {
  await open();
  await expect(stage.act("await", { code: "1XNDP3WW3" })).rejects.toMatchObject({ status: 409 });
  await expect(stage.act("meet", {})).rejects.toMatchObject({ status: 409 });
  await stage.act("unpack", {});
  await expect(stage.act("await", { code: "1XNDP3WW4" })).rejects
    .toMatchObject({ status: 409, message: expect.stringContaining("no pairing code") });
  await expect(stage.act("await", {})).rejects.toMatchObject({ status: 400 });
  await expect(stage.act("newbutton", { press: "long" })).rejects.toMatchObject({ status: 400 });
  await expect(stage.act("meet", {})).rejects.toMatchObject({ status: 409 });
  const before = view().label;
  await stage.act("unpack", {});
  expect(view().label).toEqual(before);
});

test("starting over puts it back into its box", async () => {
  await open();
  await stage.act("unpack", {});
  await stage.act("restart", {});
  await until((now) => !now.isHere && now.label === null);
});

test("the first board can be the one that waits, once it trusts who asks it to", async () => {
  const lines = await open();
  await unpack();
  const { code } = view().label!;
  expect(view().isLendable).toBe(false);
  await expect(stage.act("await", { code, board: true })).rejects.toMatchObject({ status: 409 });
  await stage.act("befriend", {});
  await expect.poll(() => stage.state().board.pairing).not.toBeNull();
  await stage.act("button", { press: 150 });
  await until((now) => now.isLendable);
  await stage.act("await", { code: await wrong(code), board: true });
  await until((now) => now.isAwaited);
  await stage.act("newbutton", { press: 150 });
  await until((now) => openStep(now)?.state === "failed");
  await stage.act("await", { code, board: true });
  await until((now) => now.isAwaited && openStep(now)?.state === "now");
  await stage.act("newbutton", { press: 150 });
  await until((now) => now.isReady);
  expect(lines.map(({ words }) => words)).toEqual(expect.arrayContaining([
    expect.stringMatching(/^The first board waits in its own network XPR1-[0-9A-F]{4}-/)]));
  // What its provisioning server has asked it for, and what it has told.
  expect(lines.map(({ label }) => label)).toEqual(expect.arrayContaining(["invite", "invitation"]));
});
