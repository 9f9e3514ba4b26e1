import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEBOUNCE_MS, STUCK_MS, TICK_MS } from "../../../firmware/config.js";
import { Button } from "../../../firmware/pairing/button.js";
import { MockButton } from "../../../hal/mock/gpio.js";

class Finger {
  readonly input = new MockButton();
  readonly presses: number[] = [];
  /** How long each press had been held when it ended. */
  readonly releases: number[] = [];
  readonly button = new Button(this.input, {
    press: (nowMs) => void this.presses.push(nowMs),
    release: (heldMs) => void this.releases.push(heldMs),
  });
  nowMs = 0;

  /** Keeps the button as it is told, with samples this far apart. */
  hold(down: boolean, ms: number, everyMs = TICK_MS): this {
    this.input.down = down;
    for (const endMs = this.nowMs + ms; this.nowMs < endMs;) {
      this.button.tick(this.nowMs);
      this.nowMs = Math.min(endMs, this.nowMs + everyMs);
    }
    return this;
  }
}

describe("a press", () => {
  test("is told once, however long it lasts", () => {
    const finger = new Finger().hold(false, 1000).hold(true, 100000);
    expect(finger.presses).toHaveLength(1);
    expect(finger.presses[0]! - 1000).toBeGreaterThanOrEqual(DEBOUNCE_MS);
    expect(finger.presses[0]! - 1000).toBeLessThan(DEBOUNCE_MS + TICK_MS);
    expect(finger.hold(false, 200).presses).toHaveLength(1);
  });

  test("again is another one, after it was let go", () => {
    const finger = new Finger().hold(false, 1000);
    for (let n = 0; n < 5; n++) finger.hold(true, 200).hold(false, 200);
    expect(finger.presses).toHaveLength(5);
  });

  test("is one although the contacts chatter, at its start and at its end", () => {
    const finger = new Finger().hold(false, 1000);
    const chatter = (): void => {
      for (let n = 0; n < 20; n++) finger.hold(n % 2 === 0, 1, 1);
    };
    chatter();
    finger.hold(true, 300);
    chatter();
    finger.hold(false, 300);
    expect(finger.presses).toHaveLength(1);
  });

  test("is none when it is shorter than the contacts' chatter, however often samples come", () => {
    const finger = new Finger().hold(false, 1000).hold(true, DEBOUNCE_MS - 1, 1).hold(false, 1000);
    expect(finger.presses).toEqual([]);
    expect(finger.hold(true, DEBOUNCE_MS + 1, 1).presses).toHaveLength(1);
  });

  test("is none for a flicker that meets two samples of a busy moment", () => {
    const finger = new Finger().hold(false, 1000);
    for (let n = 0; n < 100; n++) finger.hold(true, 5, 1).hold(false, 5, 1);
    expect(finger.presses).toEqual([]);
  });
});

describe("a button that is down at the start", () => {
  test("presses nothing until it was let go", () => {
    const finger = new Finger().hold(true, 5000);
    expect(finger.presses).toEqual([]);
    expect(finger.hold(false, 200).presses).toEqual([]);
    expect(finger.hold(true, 200).presses).toHaveLength(1);
  });

  test("presses nothing when it is let go for a moment only", () => {
    const finger = new Finger().hold(true, 5000).hold(false, DEBOUNCE_MS - 10, 1).hold(true, 5000);
    expect(finger.presses).toEqual([]);
  });

  test("presses nothing when the first sample alone says that it is up", () => {
    const finger = new Finger();
    finger.nowMs = 100000;
    expect(finger.hold(false, 1).hold(true, 5000).presses).toEqual([]);
  });

  test("is stuck after half a minute, not before, and not for ever", () => {
    const finger = new Finger().hold(true, STUCK_MS, 10);
    expect(finger.button.stuck).toBe(false);
    finger.hold(true, 20, 10);
    expect(finger.button.stuck).toBe(true);
    expect(finger.hold(true, 3600000, 1000).presses).toEqual([]);
    expect(finger.button.stuck).toBe(true);
    finger.hold(false, 200);
    expect(finger.button.stuck).toBe(false);
    expect(finger.hold(true, 200).presses).toHaveLength(1);
  });
});

describe("a button that is held", () => {
  test("tells for how long, and when it is let go how long that was", () => {
    const finger = new Finger().hold(false, 1000).hold(true, 5000);
    expect(finger.button.heldMs).toBeGreaterThan(5000 - 2 * TICK_MS);
    expect(finger.button.heldMs).toBeLessThanOrEqual(5000);
    expect(finger.releases).toEqual([]);
    const { heldMs } = finger.button;
    finger.hold(false, 1000);
    expect([finger.releases, finger.button.heldMs]).toEqual([[heldMs], 0]);
  });

  test("is not held for longer than it was, however late that is seen", () => {
    const finger = new Finger().hold(false, 1000).hold(true, 5000).hold(false, 60000, 30000);
    expect(finger.releases).toHaveLength(1);
    expect(finger.releases[0]).toBeLessThanOrEqual(5000);
  });

  test("goes on being held when its contacts open for a moment", () => {
    const finger = new Finger().hold(false, 1000).hold(true, 5000);
    finger.hold(false, DEBOUNCE_MS - 10, 10).hold(true, 5000);
    expect(finger.presses).toHaveLength(1);
    expect(finger.button.heldMs).toBeGreaterThan(9900);
  });

  test("is not, when it has been down since the start: neither held nor released", () => {
    const finger = new Finger();
    finger.nowMs = 500000;
    finger.hold(true, 15000);
    expect([finger.button.heldMs, finger.button.stuck]).toEqual([0, false]);
    finger.hold(false, 1000);
    expect([finger.releases, finger.presses]).toEqual([[], []]);
    finger.hold(true, 1000).hold(false, 1000);
    expect(finger.releases).toHaveLength(1);
  });

  test("is stuck after half a minute, and not before", () => {
    const finger = new Finger().hold(false, 200).hold(true, STUCK_MS, 10);
    expect(finger.button.stuck).toBe(false);
    expect(finger.hold(true, 20, 10).button.stuck).toBe(true);
    expect(finger.hold(false, 200).button.stuck).toBe(false);
  });
});

test("each press was steady for its time, and so was the release before it", () => {
  const aSample = fc.tuple(fc.boolean(), fc.constantFrom(1, 5, 20, 40, 60, 200));
  fc.assert(fc.property(fc.array(aSample, { maxLength: 60 }), (samples) => {
    const finger = new Finger();
    const seen: { atMs: number; down: boolean }[] = [];
    /** Since when the samples up to `end` are alike. */
    const since = (end: number): number => {
      let from = end;
      while (from > 0 && seen[from - 1]!.down === seen[end]!.down) from--;
      return from;
    };
    let isFree = false;
    for (const [down, ms] of samples) {
      const before = finger.presses.length;
      finger.input.down = down;
      finger.button.tick(finger.nowMs);
      seen.push({ atMs: finger.nowMs, down });
      const steadyMs = finger.nowMs - seen[since(seen.length - 1)]!.atMs;
      const isPress = down && isFree && steadyMs >= DEBOUNCE_MS;
      expect(finger.presses.length - before).toBe(isPress ? 1 : 0);
      if (isPress) isFree = false;
      if (!down && steadyMs >= DEBOUNCE_MS) isFree = true;
      finger.nowMs += ms;
    }
  }), { numRuns: 500 });
});
