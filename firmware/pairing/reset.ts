/**
 * Factory reset by the button, and what else a finger says (DESIGN, "Factory reset").
 *
 *   held for, in ms     | LED     | let go
 *   --------------------+---------+------------------------------------------
 *   0                   |         | it was a press, told when it began
 *   RESET_WARN_MS       | hold    | nothing
 *   RESET_HOLD_MS       | reset   | everything is forgotten
 *   RESET_CANCEL_MS     |         | nothing: that is no decision
 *   STUCK_MS            | button  | nothing, and the fault is over
 *
 * A button that is down since the start is not held (button.ts). What is on flash goes first;
 * friends are told where the stream is up, and nobody waits for the network.
 */
import type { Farewell } from "../access/farewell.js";
import type { Trust } from "../access/trust.js";
import type { Journal } from "../store/journal.js";
import type { Agenda, Doer } from "../stream/agenda.js";
import type { Connection } from "../stream/connection.js";
import type { Requests } from "../stream/requests.js";
import type { ButtonListener } from "./button.js";
import { Sign, phaseOf } from "./light.js";
import type { Light } from "./light.js";
import type { PairingWindow } from "./window.js";

/** Remembers something that a factory reset takes away; the journal is empty already. */
export interface Forgetful {
  forget(): void;
}

export class Reset implements ButtonListener, Doer {
  constructor(
    private readonly window: PairingWindow,
    private readonly light: Light,
    private readonly journal: Journal,
    private readonly farewell: Farewell,
    private readonly trust: Trust,
    private readonly connection: Connection,
    private readonly requests: Requests,
    private readonly parts: Forgetful[],
    private readonly agenda: Agenda,
  ) {}

  press(nowMs: number, downMs: number): void {
    this.window.press(nowMs, downMs);
  }

  release(heldMs: number): void {
    if (phaseOf(heldMs) === Sign.Reset) this.agenda.add(this, null);
  }

  act(_what: unknown, nowMs: number): void {
    this.journal.reset();
    this.journal.finish();
    this.farewell.load();
    this.farewell.dismissAll(nowMs);
    // Without trust, what the end of the stream leaves unanswered changes nothing more.
    this.trust.forget();
    this.connection.forget();
    this.requests.tick(nowMs);
    for (const part of this.parts) part.forget();
    this.light.play(Sign.Erased, nowMs);
  }
}
