/** Does what was noted, as the device does. */
import type { Agenda } from "../../firmware/stream/agenda.js";

export function attend(agenda: Agenda, nowMs: number): void {
  while (agenda.duties.length) {
    const { doer, what } = agenda.duties.shift()!;
    doer.act(what, nowMs);
  }
}
