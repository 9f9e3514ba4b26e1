/**
 * Whoever waits for the second board on the page: knows a code, proves it, and hands over the
 * Wi-Fi of the house and an account that is made for the board. It is what `npm run commission` is,
 * without its terminal; or the first board does it, whose provisioning server asks it to.
 */
import type { Authority } from "../../authority/authority.js";
import type { InvitationNews } from "../../authority/invitation.js";
import { Door, PARTS } from "../../commission/door.js";
import { makePassword, register } from "../../commission/register.js";
import { ANY, Mode, Suite } from "../../firmware/rendezvous/description.js";
import type { Description } from "../../firmware/rendezvous/description.js";
import { Visit } from "../../firmware/rendezvous/existing.js";
import type { ExistingListener } from "../../firmware/rendezvous/existing.js";
import { Status } from "../../firmware/rendezvous/framing.js";
import type { Proof } from "../../firmware/rendezvous/proof.js";
import { CodeProof } from "../../firmware/rendezvous/secret.js";
import { readCode } from "../../flash/code.js";
import { generatorOf } from "../../flash/generator.js";
import { type ArrivalFacts, Way } from "./arrival.js";
import { type Cast, DOMAIN, HOME, HOST, JIDS } from "./cast.js";
import { Untimely } from "./office.js";
import type { Tone } from "./state.js";

const NAME = "demo";
const SHORT_ID_CHARS = 6;
/** As long as a board waits at most. */
const WAIT_S = 300;

/** What the page is told of it. */
export interface HallListener {
  onWay(way: Way): void;
  onFault(fault: ArrivalFacts["fault"]): void;
  onAccount(jid: string): void;
  onNote(words: string, tone?: Tone): void;
}

export class Hall implements ExistingListener {
  private door: Door | null = null;
  private code = "";
  /** Made once, whatever becomes of it. */
  private account = { jid: "", password: "" };
  /** The network of the first board, while that one waits. */
  private borrowed = "";

  constructor(private readonly cast: Cast, private readonly listener: HallListener) {}

  /** The network that leads to whoever waits; "" while nobody does. */
  get network(): string {
    return this.door?.ssid ?? this.borrowed;
  }

  /** Somebody has typed a code; the one before does not count any more. */
  async open(typed: string): Promise<void> {
    const code = demandCode(typed);
    await this.close();
    this.code = code;
    const door = new Door({
      criteria: { vendor: ANY, product: ANY, modes: Mode.UserSelected, suites: Suite.Code },
      deviceId: "", name: NAME, listen: { host: HOST, port: 0 }, air: this.cast.air,
    }, this);
    this.door = door;
    await door.open();
    this.listener.onNote(`Somebody who knows a code waits in the network ${door.ssid}`);
  }

  /** The first board waits, as its provisioning server has asked it to. */
  async lend(typed: string, deviceId: string, authority: Authority): Promise<void> {
    const code = demandCode(typed);
    await this.close();
    const account = await this.makeAccount(deviceId);
    const generator = Buffer.from(generatorOf(code, deviceId), "latin1");
    this.borrowed = await authority.invite(JIDS.board, { deviceId, generator, ...account,
      host: HOST, port: this.cast.port, secure: false, network: HOME, seconds: WAIT_S });
    this.listener.onNote(`The first board waits in its own network ${this.borrowed}`);
  }

  /** What the first board tells of it. */
  onNews({ state }: InvitationNews): void {
    if (this.borrowed === "") return;
    if (state === "refused") this.onGone(null, Status.Auth);
    if (state === "failed") this.listener.onFault("offer");
    if (state === "given") {
      this.listener.onWay(Way.Proved);
      this.onTrying();
    }
    if (state === "ended" || state === "failed") {
      this.borrowed = "";
      this.listener.onWay(Way.Apart);
    }
  }

  async close(): Promise<void> {
    const { door, borrowed } = this;
    this.door = null;
    this.borrowed = "";
    // A board that has gone, or whose server has, forgets it by itself.
    if (borrowed !== "") await this.cast.authority?.dismiss(JIDS.board).catch(() => undefined);
    await door?.close();
  }

  admit(joiner: Description, suite: Suite): Proof | null {
    this.listener.onWay(Way.Met);
    if (suite !== Suite.Code) return null;
    return new CodeProof(PARTS.field, generatorOf(this.code, joiner.deviceId), "", PARTS.random);
  }

  onVisit(visit: Visit): void {
    if (visit !== Visit.Secured) return;
    this.listener.onNote("Both know the code: what follows is encrypted", "good");
    this.listener.onWay(Way.Proved);
  }

  onDescribed(joiner: Description, last: Status): void {
    if (last !== Status.Ok) this.listener.onFault("offer");
    this.handOver(joiner).catch((error: Error) => {
      console.error(error);
      this.door?.reject();
    });
  }

  onTrying(): void {
    this.listener.onNote("It leaves with a network and an account, and tries them");
    this.listener.onWay(Way.Given);
  }

  onGone(_joiner: Description | null, why: Status): void {
    if (why !== Status.Auth) return this.listener.onFault("gone");
    this.listener.onNote("Another code: nothing learned, nothing given", "bad");
    this.listener.onFault("code");
  }

  onEnd(): void {
    this.door = null;
    this.listener.onWay(Way.Apart);
  }

  /** What it needs, made now. */
  private async handOver(joiner: Description): Promise<void> {
    const account = await this.makeAccount(joiner.deviceId);
    this.door?.provision({ ...HOME, ...account, host: HOST, port: this.cast.port, secure: false,
      provisioning: JIDS.authority, owner: "" });
  }

  /** The password is nowhere but here and in the board. */
  private async makeAccount(deviceId: string): Promise<{ jid: string; password: string }> {
    if (this.account.jid !== "") return this.account;
    const { port } = this.cast;
    const user = `board-${deviceId.slice(-SHORT_ID_CHARS).toLowerCase()}`;
    const password = makePassword();
    await register({ endpoint: { host: HOST, port, secure: false, name: DOMAIN }, user, password });
    this.account = { jid: `${user}@${DOMAIN}`, password };
    this.listener.onAccount(this.account.jid);
    return this.account;
  }
}

function demandCode(typed: string): string {
  const code = readCode(typed);
  if (code !== "") return code;
  throw new Untimely("this is no pairing code; it has nine characters, and the last one checks "
    + "the others");
}
