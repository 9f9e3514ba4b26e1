import { beforeEach, describe, expect, test } from "vitest";
import {
  PAIRING_PERIOD_MS, PAIRING_WINDOW_MS, TICK_MS, WINDOWS_MAX, WINDOWS_PER_JID_MAX,
} from "../../../firmware/config.js";
import { rhythmOf } from "../../../firmware/pairing/light.js";
import { PairingWindow, WindowState } from "../../../firmware/pairing/window.js";

const PROV = "prov@ex.org";
const EVIL = "evil@ex.org";

/** What the LED says of the end. */
let shown: string[];
const light = { play: (sign: number) => void shown.push(rhythmOf(sign)[0]!) };
let told: string[];
let window: PairingWindow;

beforeEach(() => {
  shown = [];
  told = [];
  window = new PairingWindow(light, {
    accept: (jid) => void told.push(`accept ${jid}`),
    refuse: (jid) => void told.push(`refuse ${jid}`),
  }, PAIRING_WINDOW_MS);
});

/** Ticks as a board does. */
function pass(fromMs: number, toMs: number): void {
  for (let nowMs = fromMs; nowMs < toMs; nowMs += TICK_MS) window.tick(nowMs);
  window.tick(toMs);
}

/** A window that nobody uses. */
function opened(jid: string, nowMs: number): boolean {
  const before = told.length;
  window.ask(jid, nowMs);
  const isOpen = window.state === WindowState.Blinking;
  if (isOpen) window.withdraw(jid);
  else expect(told.slice(before)).toEqual([`refuse ${jid}`]);
  return isOpen;
}

describe("closed", () => {
  test("a press means nothing, nor does time, nor a candidate that withdraws", () => {
    window.press(5, 5);
    window.tick(100000);
    window.withdraw(PROV);
    window.abandon();
    expect(told).toEqual([]);
    expect(window.state).toBe(WindowState.Closed);
    expect(shown).toEqual([]);
  });

  test("who asks opens it", () => {
    window.ask(PROV, 1000);
    expect([window.state, window.candidate]).toEqual([WindowState.Blinking, PROV]);
    expect(shown).toEqual([]);
  });
});

describe("blinking", () => {
  beforeEach(() => window.ask(PROV, 1000));

  test("a press accepts the candidate, once", () => {
    window.press(2000, 2000);
    window.press(2001, 2001);
    expect(told).toEqual([`accept ${PROV}`]);
    expect([window.state, shown]).toEqual([WindowState.Closed, []]);
    window.settled(true, 2040);
    expect(shown).toEqual(["accepted"]);
  });

  test("a finger that was down before it opened accepts nobody", () => {
    window.press(1049, 999);
    expect(told).toEqual([]);
    expect(window.state).toBe(WindowState.Blinking);
    window.press(1050, 1000);
    expect(told).toEqual([`accept ${PROV}`]);
  });

  test.each([[29990, true], [29999, true], [30000, false], [30010, false], [3600000, false]])(
    "a press after %i ms: %s", (afterMs, accepted) => {
      window.press(1000 + afterMs, 1000 + afterMs);
      expect(told).toEqual([accepted ? `accept ${PROV}` : `refuse ${PROV}`]);
      expect([window.state, shown]).toEqual([WindowState.Closed, accepted ? [] : ["refused"]]);
    });

  test("without a press the candidate is refused, once, when its time is over", () => {
    pass(1000, 1000 + PAIRING_WINDOW_MS - 1);
    expect(told).toEqual([]);
    pass(1000 + PAIRING_WINDOW_MS, 100000);
    expect(told).toEqual([`refuse ${PROV}`]);
    expect(shown).toEqual(["refused"]);
  });

  test("a second candidate is refused while the first is waiting, and no press is for it", () => {
    window.ask(EVIL, 1500);
    expect(told).toEqual([`refuse ${EVIL}`]);
    expect(window.candidate).toBe(PROV);
    window.press(1600, 1600);
    expect(told).toEqual([`refuse ${EVIL}`, `accept ${PROV}`]);
  });

  test("the candidate's second request changes nothing, least of all the time", () => {
    window.ask(PROV, 1000 + PAIRING_WINDOW_MS - 1);
    expect(told).toEqual([]);
    window.tick(1000 + PAIRING_WINDOW_MS);
    expect(told).toEqual([`refuse ${PROV}`]);
  });

  test("who asks in the moment that the time is over finds the window closed", () => {
    window.ask(EVIL, 1000 + PAIRING_WINDOW_MS);
    expect(told).toEqual([`refuse ${PROV}`]);
    expect(window.candidate).toBe(EVIL);
    window.press(1000 + PAIRING_WINDOW_MS + 1, 1000 + PAIRING_WINDOW_MS + 1);
    expect(told[1]).toContain(`accept ${EVIL}`);
  });

  test("a candidate that withdraws closes it without an answer", () => {
    window.withdraw(EVIL);
    expect(window.state).toBe(WindowState.Blinking);
    window.withdraw(PROV);
    window.press(1100, 1100);
    expect(told).toEqual([]);
    expect([window.state, shown]).toEqual([WindowState.Closed, []]);
  });

  test("a stream that is lost closes it without an answer", () => {
    window.abandon();
    window.press(1100, 1100);
    window.tick(100000);
    expect(told).toEqual([]);
    expect([window.state, shown]).toEqual([WindowState.Closed, []]);
  });
});

describe("nobody keeps the LED lit", () => {
  test("one JID has so many windows in a period, and then again", () => {
    for (let n = 0; n < WINDOWS_PER_JID_MAX; n++) expect(opened(PROV, 1000 + n)).toBe(true);
    expect(opened(PROV, 2000)).toBe(false);
    expect(opened(EVIL, 2000)).toBe(true);
    expect(opened(PROV, 1000 + PAIRING_PERIOD_MS - 1)).toBe(false);
    expect(opened(PROV, 1000 + PAIRING_PERIOD_MS)).toBe(true);
    expect(opened(PROV, 1000 + PAIRING_PERIOD_MS)).toBe(false);
  });

  test("all JIDs together have so many", () => {
    for (let n = 0; n < WINDOWS_MAX; n++) expect(opened(`e${n}@ex.org`, 1000 + n)).toBe(true);
    expect(opened(PROV, 2000)).toBe(false);
    expect(opened(PROV, 999 + PAIRING_PERIOD_MS)).toBe(false);
    expect(opened(PROV, 1000 + PAIRING_PERIOD_MS)).toBe(true);
  });

  test("who is refused uses up nothing", () => {
    window.ask(PROV, 1000);
    for (let n = 0; n < 100; n++) window.ask(`e${n}@ex.org`, 1001);
    window.withdraw(PROV);
    expect(opened("e0@ex.org", 1002)).toBe(true);
    expect(opened("e0@ex.org", 1003)).toBe(true);
  });

  test("a crowd that asks all the time lights it for a part of each period", () => {
    let litMs = 0;
    for (let nowMs = 0; nowMs < 2 * PAIRING_PERIOD_MS; nowMs += 100) {
      window.ask(`e${nowMs % 1300}@ex.org`, nowMs);
      if (window.state === WindowState.Blinking) litMs += 100;
    }
    expect(litMs).toBeLessThanOrEqual(2 * WINDOWS_MAX * PAIRING_WINDOW_MS);
    expect(litMs).toBeLessThan(PAIRING_PERIOD_MS);
  });
});

test("after a factory reset it is closed, and nobody has had a window", () => {
  for (let n = 0; n < WINDOWS_MAX; n++) expect(opened(`e${n}@ex.org`, 1000 + n)).toBe(true);
  window.forget();
  window.ask(PROV, 2000);
  window.forget();
  window.press(2001, 2001);
  expect([told, shown, window.state]).toEqual([[], [], WindowState.Closed]);
  for (let n = 0; n < WINDOWS_PER_JID_MAX; n++) expect(opened(PROV, 2002)).toBe(true);
});

test("whom there is no room for is refused, and the LED says so", () => {
  window.ask(PROV, 0);
  window.press(100, 100);
  window.settled(false, 100);
  expect(shown).toEqual(["refused"]);
});

test("another length of the window is kept to as well", () => {
  const short = new PairingWindow(light, {
    accept: (jid) => void told.push(`accept ${jid}`), refuse: (jid) => void told.push(`refuse ${jid}`),
  }, 5000);
  short.ask(PROV, 0);
  short.press(5000, 5000);
  expect(told).toEqual([`refuse ${PROV}`]);
});
