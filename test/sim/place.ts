/**
 * A board with the real device and the real rendezvous, in a world with an XMPP server, an air,
 * and somebody who waits.
 */
import { Newcomer } from "../../firmware/rendezvous/newcomer.js";
import { FrameType, Frames } from "../../firmware/rendezvous/framing.js";
import { HostCipher } from "../../hal/host/cipher.js";
import { MockFlash } from "../../hal/mock/flash.js";
import { MockAir } from "../../hal/mock/wireless.js";
import { CRITERIA, HOME_NETWORK, IDENTITY, OFFER, PASSPHRASE, Provisioner }
  from "./rendezvous.js";
import { World } from "./world.js";

export const cipher = new HostCipher();

export class Place {
  readonly world: World;
  readonly air: MockAir;
  readonly provisioner: Provisioner;
  newcomer: Newcomer | null = null;

  constructor(flash = new MockFlash(), criteria = CRITERIA) {
    const world = this.world = new World({ isKept: true, flash });
    const { clock, network, random, hal } = world.board;
    this.air = new MockAir(clock, network);
    this.air.add(HOME_NETWORK, null, PASSPHRASE);
    const parts = { clock, crypto: hal.crypto, cipher, random };
    this.provisioner = new Provisioner(
      { parts, random, air: this.air, tickers: world.others }, [OFFER, OFFER], "XPR1-ANY-1",
      criteria);
  }

  /** As boards do: the rendezvous is there for who has no account. */
  start(): this {
    this.world.start();
    if (this.world.device.account.bare === "") this.arrive();
    return this;
  }

  /** The rendezvous is loaded, as by a board whose network has been gone for long. */
  arrive(): this {
    const { world } = this;
    const newcomer = this.newcomer =
      new Newcomer(world.board.hal, cipher, this.air, world.device, IDENTITY, null);
    const isNow = (): boolean => world.isOn && this.newcomer === newcomer;
    world.others.push({ tick: (nowMs) => { if (isNow()) newcomer.tick(nowMs); } });
    return this;
  }

  press(): void {
    this.world.owner.press();
  }

  until(isSo: () => boolean, ms = 120000): boolean {
    for (let leftMs = ms; leftMs > 0 && !isSo(); leftMs -= 200) this.world.pass(200);
    return isSo();
  }

  get isCommissioned(): boolean {
    return this.world.device.status().online && (this.newcomer?.isDone() ?? true);
  }

  /** Every share that this board has ever sent. */
  shares(): string[] {
    return this.world.board.network.peers.flatMap((peer) => {
      const frames = new Frames();
      frames.push(peer.received);
      const found: string[] = [];
      for (let type = frames.next(); type !== FrameType.None; type = frames.next()) {
        if (type === FrameType.Pase1) found.push(frames.body);
      }
      return found;
    });
  }
}
