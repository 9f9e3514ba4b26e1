/**
 * An open door for new boards on this machine: a port, a network in the air of virtual boards
 * that leads to it, and the firmware's own state machine behind it (rendezvous/existing.ts).
 */
import { randomBytes } from "node:crypto";
import { RENDEZVOUS_PORT, TICK_MS } from "../firmware/config.js";
import { ANY, discriminator } from "../firmware/rendezvous/description.js";
import type { Criteria } from "../firmware/rendezvous/description.js";
import { Existing } from "../firmware/rendezvous/existing.js";
import type { ExistingListener } from "../firmware/rendezvous/existing.js";
import { createField } from "../firmware/rendezvous/field.js";
import type { Offer } from "../firmware/rendezvous/message.js";
import { ANYBODY, JOINABLE } from "../firmware/rendezvous/network.js";
import type { Port } from "../hal/hal.js";
import { isLoopback } from "../hal/host/address.js";
import type { Air } from "../hal/host/air.js";
import { HostCipher } from "../hal/host/cipher.js";
import { HostClock } from "../hal/host/clock.js";
import { HostCrypto } from "../hal/host/crypto.js";
import { HostRandom } from "../hal/host/random.js";
import { HostServer } from "../hal/host/server.js";

const FAREWELL_MS = 500;
const TAG_BYTES = 2;
/** As near as can be. */
const RSSI = -30;

export interface DoorOptions {
  /** Which boards, and the suites that we have. */
  criteria: Omit<Criteria, "hash">;
  /** "" for any. */
  deviceId: string;
  /** The discriminator of a device id that is not known in whole; else ANY. */
  network?: number;
  /** What a board is told of us; octets. */
  name: string;
  listen: { host: string; port: number };
  /** Where virtual boards look; boards with a radio need an access point of that name. */
  air: Air;
}

const CIPHER = new HostCipher();

/** What the firmware's parts need of this machine. */
export const PARTS = {
  clock: new HostClock(), crypto: new HostCrypto(), cipher: CIPHER, random: new HostRandom(),
  field: createField(CIPHER.convolve),
};

export class Door {
  /** The network that leads here. */
  readonly ssid: string;
  port = 0;
  private readonly existing: Existing;
  private readonly server: HostServer;
  private opening: Port | null = null;
  private vanish: () => void = () => {};
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: DoorOptions, listener: ExistingListener) {
    const { criteria, deviceId, network = ANY, name, listen } = options;
    const hash = deviceId === "" ? network : discriminator(deviceId, PARTS.crypto);
    const wanted = hash === ANY ? ANYBODY : hash.toString(16).toUpperCase().padStart(4, "0");
    this.ssid = `${JOINABLE}-${wanted}-${randomBytes(TAG_BYTES).toString("hex").toUpperCase()}`;
    this.existing = new Existing(PARTS, { ...criteria, hash }, name, listener);
    this.server = new HostServer({
      address: listen.host, port: listen.port, onEvent: () => this.tick(),
    });
  }

  /** Rejects where the port cannot be had. */
  async open(): Promise<void> {
    const opened = this.server.opened();
    this.opening = this.server.listen(RENDEZVOUS_PORT, this.existing);
    this.port = await opened;
    if (isLoopback(this.options.listen.host)) {
      this.vanish = this.options.air.publish(
        { ssid: this.ssid, passphrase: "", rssi: RSSI, port: this.port });
      // Also where somebody is in a hurry.
      process.once("exit", this.vanish);
    }
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  /** False: no board would take such an offer. */
  provision(offer: Offer): boolean {
    return this.existing.provision(offer);
  }

  reject(): void {
    this.existing.reject();
  }

  /** Resolves when what was said to a board has left. */
  async close(): Promise<void> {
    if (this.opening === null) return;
    this.vanish();
    process.removeListener("exit", this.vanish);
    this.existing.close();
    this.tick();
    clearInterval(this.timer);
    this.opening.close();
    this.opening = null;
    await this.server.closeAll(FAREWELL_MS);
  }

  private tick(): void {
    this.existing.tick(PARTS.clock.nowMs());
  }
}
