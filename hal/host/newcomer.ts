/**
 * A device, and beside it the rendezvous for as long as it has no account: what a chip loads from
 * Storage when it needs it.
 */
import { Device } from "../../firmware/device.js";
import type { Identity } from "../../firmware/rendezvous/description.js";
import { Newcomer } from "../../firmware/rendezvous/newcomer.js";
import type { JoinerListener } from "../../firmware/rendezvous/stage.js";
import type { Settings } from "../../firmware/setting.js";
import type { NodeSpec } from "../../firmware/thing/node.js";
import type { Hal, Wireless } from "../hal.js";
import type { Firmware, FirmwareStatus } from "./board.js";
import { HostCipher } from "./cipher.js";

/** What a board needs to be commissioned. */
export interface Arrival {
  /** Asked for when it is needed; the label is worth showing while there is no account. */
  identity(isVacant: boolean): Identity;
  wireless: Wireless;
  listener: JoinerListener | null;
}

/** Settings of a board without an account. */
export const VACANT: Settings = {
  jid: "", password: "", host: "", port: 5223, secure: true, provisioning: "", windowMs: 0,
};

export class NewDevice implements Firmware {
  readonly device: Device;
  private newcomer: Newcomer | null = null;

  constructor(
    private readonly hal: Hal, nodes: NodeSpec[], settings: Settings,
    private readonly arrival: Arrival,
  ) {
    this.device = new Device(hal, nodes, settings);
    this.device.parts.push(this);
  }

  load(): void {
    this.device.load();
    const { premises } = this.device;
    if (premises.ssid !== "") this.arrival.wireless.join(premises.ssid, premises.passphrase);
    this.forget();
  }

  /** At the start, and after a factory reset: whoever had the key has it no more. */
  forget(): void {
    const { account, premises } = this.device;
    const { wireless, listener } = this.arrival;
    const isVacant = account.bare === "";
    this.newcomer = isVacant || premises.key !== "" ? new Newcomer(this.hal, new HostCipher(),
      wireless, this.device, this.arrival.identity(isVacant), listener) : null;
  }

  tick(nowMs: number): void {
    this.device.tick(nowMs);
    this.newcomer?.tick(nowMs);
    if (this.newcomer?.isDone()) this.newcomer = null;
  }

  stop(): void {
    this.device.stop();
  }

  status(): FirmwareStatus {
    return this.device.status();
  }
}
