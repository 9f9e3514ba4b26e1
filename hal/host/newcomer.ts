/**
 * A device, and beside it the rendezvous for as long as it has no account: what a chip loads from
 * Storage when it needs it.
 */
import { Device } from "../../firmware/device.js";
import type { Identity } from "../../firmware/rendezvous/description.js";
import { createField } from "../../firmware/rendezvous/field.js";
import { Inviter } from "../../firmware/rendezvous/inviter.js";
import { Newcomer } from "../../firmware/rendezvous/newcomer.js";
import type { JoinerListener } from "../../firmware/rendezvous/stage.js";
import type { Settings } from "../../firmware/setting.js";
import type { NodeSpec } from "../../firmware/thing/node.js";
import type { Hal, Wireless } from "../hal.js";
import { HostAccessPoint } from "./accesspoint.js";
import type { Air } from "./air.js";
import type { Firmware, FirmwareStatus } from "./board.js";
import { HostCipher } from "./cipher.js";
import { HostServer } from "./server.js";

/** What a board needs to be commissioned, and to let another one in later. */
export interface Arrival {
  /** Asked for when it is needed; the label is worth showing while there is no account. */
  identity(isVacant: boolean): Identity;
  wireless: Wireless;
  listener: JoinerListener | null;
  air: Air;
}

/** Settings of a board without an account. */
export const VACANT: Settings = {
  jid: "", password: "", host: "", port: 5223, secure: true, provisioning: "", windowMs: 0,
};

export class NewDevice implements Firmware {
  readonly device: Device;
  private newcomer: Newcomer | null = null;
  private readonly inviter: Inviter;
  private readonly cipher = new HostCipher();

  constructor(
    private readonly hal: Hal, nodes: NodeSpec[], settings: Settings,
    private readonly arrival: Arrival,
  ) {
    this.device = new Device(hal, nodes, settings);
    const { crypto, clock, random } = hal;
    const { cipher } = this;
    const server = new HostServer({ port: 0 });
    const porch = { server, accessPoint: new HostAccessPoint(arrival.air, server),
      field: createField(cipher.convolve) };
    this.inviter = new Inviter(hal, { clock, crypto, cipher, random }, porch, this.device);
    this.device.parts.push(this, this.inviter);
  }

  load(): void {
    this.device.load();
    const { premises } = this.device;
    if (premises.ssid !== "") this.arrival.wireless.join(premises.ssid, premises.passphrase);
    this.forget();
  }

  /** At the start, with another key, and after a factory reset, when nobody has one any more. */
  forget(): void {
    const { account, premises } = this.device;
    const { wireless, listener } = this.arrival;
    const isVacant = account.bare === "";
    this.newcomer = isVacant || premises.key !== "" ? new Newcomer(this.hal, this.cipher,
      wireless, this.device, this.arrival.identity(isVacant), listener) : null;
  }

  tick(nowMs: number): void {
    this.device.tick(nowMs);
    this.newcomer?.tick(nowMs);
    this.inviter.tick(nowMs);
    if (this.newcomer?.isDone()) this.forget();
  }

  stop(): void {
    this.inviter.forget();
    this.device.stop();
  }

  status(): FirmwareStatus {
    return this.device.status();
  }
}
