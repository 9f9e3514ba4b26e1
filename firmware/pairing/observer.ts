/**
 * Looks at the device and has the LED say what a person should know, the most urgent first: what
 * the finger is about to do, who asks for a person, what is broken, why there is no stream.
 */
import { Fault } from "../fault.js";
import type { Network } from "../../hal/hal.js";
import type { Pages } from "../store/page.js";
import type { Account } from "../stream/account.js";
import { State } from "../stream/connection.js";
import type { Connection } from "../stream/connection.js";
import type { Button } from "./button.js";
import { Sign, absenceOf, phaseOf } from "./light.js";
import type { Light } from "./light.js";
import { WindowState } from "./window.js";
import type { PairingWindow } from "./window.js";

const NEVER = -1;

export class Observer {
  /** When the device was last online, or has begun. */
  private onlineMs: number;
  /** What the rendezvous has to say; Off where there is none. */
  joining: Sign;

  constructor(
    readonly light: Light,
    private readonly button: Button,
    private readonly window: PairingWindow,
    private readonly pages: Pages,
    private readonly connection: Connection,
    private readonly account: Account,
    private readonly network: Network,
  ) {
    this.onlineMs = NEVER;
    this.joining = Sign.Off;
  }

  /** Every tick, and hardly ever anything to say: no call then. */
  tick(nowMs: number): boolean {
    const light = this.light;
    const button = this.button;
    const online = this.connection.state === State.Online;
    if (online || this.onlineMs === NEVER) this.onlineMs = nowMs;
    let sign = button.heldMs ? phaseOf(button.heldMs) : Sign.Off;
    if (sign === Sign.Off) {
      if (this.window.state === WindowState.Blinking) sign = Sign.Pairing;
      else if (this.pages.fault) sign = Sign.Flash;
      else if (button.stuck) sign = Sign.Button;
      else if (this.joining !== Sign.Off) sign = this.joining;
      else if (!online) sign = this.absence(nowMs);
    }
    // Sign.Off is 0.
    if (sign + light.sign + light.once === 0) return false;
    light.show(sign, nowMs);
    return true;
  }

  /** What the flash or the button suffers from. */
  defect(): Fault {
    return this.pages.fault || (this.button.stuck ? Fault.ButtonStuck : Fault.None);
  }

  private absence(nowMs: number): Sign {
    return absenceOf(this.connection.fault, this.network.isUp(), this.account.bare !== "",
      nowMs - this.onlineMs);
  }
}
