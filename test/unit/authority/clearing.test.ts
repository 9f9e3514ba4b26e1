import xml, { type Element } from "@xmpp/xml";
import { beforeEach, expect, test } from "vitest";
import { CLEAR_ATTEMPTS_MAX, Clearing } from "../../../authority/clearing.js";
import { Devices, FULL_JIDS_MAX } from "../../../authority/device.js";
import { RequestFailure } from "../../../authority/link.js";
import { Store } from "../../../authority/store.js";

const BOARD = "board@example.org";

let devices: Devices;
let asked: string[];
let told: string[];
let clearing: Clearing;
let answer: (to: string) => Element | string;

beforeEach(() => {
  devices = new Devices(new Store());
  devices.add(BOARD);
  [asked, told] = [[], []];
  clearing = new Clearing(devices, {
    request: async (iq) => {
      const to = iq.attrs["to"]!;
      asked.push(to);
      const reply = answer(to);
      if (typeof reply !== "string") return reply;
      throw new RequestFailure({ type: "cancel", condition: reply, text: "" });
    },
  }, {
    onClear: (_, outcome) => told.push(outcome),
    onFresh: () => told.push("fresh"),
  }, 1);
});

const acknowledged = (): Element =>
  xml("iq", { type: "result" }, xml("clearCacheResponse", { xmlns: "urn:xmpp:iot:provisioning" }));

async function quiet(): Promise<void> {
  for (let count = -1; count !== told.length;) {
    count = told.length;
    await new Promise((resolve) => { setTimeout(resolve, 40); });
  }
}

test("a device that never answers is asked so often, then left until seen again", async () => {
  answer = () => "no-answer";
  devices.seen(`${BOARD}/r`);
  clearing.changed(BOARD);
  clearing.due(BOARD);
  await quiet();
  expect(asked).toHaveLength(CLEAR_ATTEMPTS_MAX);
  expect(told.at(-1)).toBe("unanswered");
  expect(devices.find(BOARD)!.isStale).toBe(true);
  answer = acknowledged;
  clearing.due(BOARD);
  await quiet();
  expect(told.slice(-2)).toEqual(["acknowledged", "fresh"]);
});

test("an address that is gone is forgotten, and the device waited for", async () => {
  answer = () => "service-unavailable";
  devices.seen(`${BOARD}/r`);
  clearing.changed(BOARD);
  clearing.due(BOARD);
  await quiet();
  expect(asked).toHaveLength(1);
  expect(told).toEqual(["sent", "waiting"]);
});

test("a ghost that swallows the question does not hide the device beside it", async () => {
  answer = (to) => (to.endsWith("ghost") ? "no-answer" : acknowledged());
  devices.seen(`${BOARD}/new`);
  devices.seen(`${BOARD}/ghost`);
  clearing.changed(BOARD);
  clearing.due(BOARD);
  await quiet();
  expect(asked.sort()).toEqual([`${BOARD}/ghost`, `${BOARD}/new`]);
  expect(told).toEqual(["sent", "acknowledged", "fresh"]);
});

test("nothing is sent to a device that has nothing to clear", async () => {
  answer = acknowledged;
  devices.seen(`${BOARD}/r`);
  clearing.due(BOARD);
  clearing.changed("stranger@example.org");
  clearing.due("stranger@example.org");
  await quiet();
  expect(asked).toEqual([]);
});

test("of the addresses of one device the most recent are kept", () => {
  for (let n = 0; n <= FULL_JIDS_MAX; n++) devices.seen(`${BOARD}/${n}`);
  expect(devices.at(BOARD)).toEqual(["1", "2", "3", "4"].map((one) => `${BOARD}/${one}`));
  devices.seen(BOARD);
  devices.seen("stranger@example.org/x");
  expect(devices.at("stranger@example.org")).toEqual([]);
  devices.gone(BOARD);
  expect(devices.at(BOARD)).toEqual([]);
});
