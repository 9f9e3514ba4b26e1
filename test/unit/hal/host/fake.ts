/** A device that does what a test says, on a board that is real. */
import { expect } from "vitest";
import { createDesktop } from "../../../../boards/desktop.js";
import { Board } from "../../../../hal/host/board.js";
import type { BoardEvent, Firmware, FirmwareStatus } from "../../../../hal/host/board.js";
import type { Hal } from "../../../../hal/hal.js";

export class FakeFirmware implements Firmware {
  now: FirmwareStatus = {
    jid: "", online: false, why: "", trust: [], friends: [], pattern: "off",
    entries: 0, hits: 0, misses: 0, fault: 0, defect: 0,
  };
  calls: string[] = [];
  onTick: () => void = () => {};
  ticks = 0;
  constructor(readonly hal: Hal) {}
  load(): void { this.calls.push("load"); }
  stop(): void { this.calls.push("stop"); }
  tick(): void {
    this.ticks++;
    this.onTick();
  }
  status(): FirmwareStatus { return this.now; }
}

/** However slow the machine is: what is now is seen by a whole tick, and told after it. */
export async function afterTick(firmware: FakeFirmware): Promise<void> {
  const { ticks } = firmware;
  await expect.poll(() => firmware.ticks).toBeGreaterThan(ticks + 1);
}

export function createFakeBoard() {
  const lines: string[] = [];
  const events: BoardEvent[] = [];
  let made: FakeFirmware | undefined;
  const restarts: string[] = [];
  const board = new Board({
    nodes: createDesktop(),
    createFirmware: (hal) => made = new FakeFirmware(hal),
    log: (line) => lines.push(line),
    restart: (why) => restarts.push(why),
  });
  board.listen((event) => events.push(event));
  return { board, firmware: made!, lines, events, restarts };
}
