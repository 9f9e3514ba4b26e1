/**
 * A board that has an account waits for one that has none: its provisioning server asks for
 * that, and nobody else can. It opens a network of its own for a while, which leads to one port,
 * and hands over the Wi-Fi that the server names, or that it was given itself, and the account that
 * the server has made.
 *
 *   <iq type='set'><invite xmlns='urn:thingward:rendezvous' device='16 hex digits'
 *     generator='32 octets in base64' seconds='1 to 300'
 *     jid='…' password='…' host='' port='5223' tls='true'
 *     ssid='' passphrase=''/></iq>                                 → <invited network='XPR1-…'/>
 *   <iq type='set'><dismiss xmlns='urn:thingward:rendezvous'/></iq>   → <dismissed/>
 *   <message><invitation device='…' state='…' why='n' proof='64 hex digits'/></message>
 *                                        to who invited, meanwhile; the proof is what the new board
 *                                        will say to the same when it has kept the offer
 *
 * The pairing code stays with the server: what it sends is CPace's generator, made of code and id.
 * Nothing of an invitation is on flash, and a share is made before the network opens, since a
 * joiner does not wait for a multiplication (SHARE_MS). Who comes before the next one is told Busy.
 *
 *   state     | event                              | then
 *   ----------+------------------------------------+------------------------------------------
 *   none      | invite                             | preparing
 *   preparing | the share is computed              | open: the network is there
 *   open      | a joiner that has used the share   | it goes on; then the next is computed
 *   open      | it has the offer                   | open for ACCESS_POINT_MS, in case it is back
 *   open      | it is back, as the offer was wrong | none, "failed"
 *   open      | our own network is lost            | none, "failed"
 *   any       | dismiss, the time is over, refusals | none, "ended"
 */
import { ACCESS_POINT_MS, RENDEZVOUS_PORT } from "../config.js";
import type { AccessPoint, Hal, Port, Server, Ticker } from "../../hal/hal.js";
import type { Trust } from "../access/trust.js";
import type { Roster } from "../router/roster.js";
import type { Handler } from "../router/router.js";
import { Condition, message } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import type { Premises } from "../stream/premises.js";
import type { Element } from "../xml/element.js";
import { EMPTY, attribute, tag } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import { ANY, Mode, Suite, discriminator } from "./description.js";
import type { Description } from "./description.js";
import type { ExistingParts } from "./desk.js";
import { NS_RENDEZVOUS } from "./dweller.js";
import { Ending, Existing, Visit } from "./existing.js";
import type { ExistingListener } from "./existing.js";
import type { Field } from "./field.js";
import { Status } from "./framing.js";
import { readInvitation } from "./invitation.js";
import type { Invitation } from "./invitation.js";
import { slice } from "./proof.js";
import type { Proof } from "./proof.js";
import { CodeProof } from "./secret.js";

/** The parts of a device that take part. Implemented by device.ts. */
export interface Household {
  readonly trust: Trust;
  readonly roster: Roster;
  readonly premises: Premises;
  send(xml: Markup): void;
}

/** What a board has that can let others in. */
export interface Porch {
  server: Server;
  accessPoint: AccessPoint;
  field: Field;
}

export class Inviter implements Ticker, Handler, ExistingListener {
  private invitation: Invitation | null;
  private existing: Existing | null;
  private port: Port | null;
  /** The next one; used once. */
  private proof: CodeProof | null;
  /** A joiner is there that is to be given its offer. */
  private due: boolean;
  private nowMs: number;

  constructor(
    private readonly hal: Hal,
    private readonly parts: ExistingParts,
    private readonly porch: Porch,
    private readonly household: Household,
  ) {
    this.invitation = this.existing = this.port = this.proof = null;
    this.due = false;
    this.nowMs = 0;
    const routes = household.roster.router.routes;
    routes["set " + NS_RENDEZVOUS + " invite"] = this;
    routes["set " + NS_RENDEZVOUS + " dismiss"] = this;
  }

  handle(caller: Caller, payload: Element, nowMs: number): void {
    const router = this.household.roster.router;
    const said = attribute("xmlns", NS_RENDEZVOUS);
    if (!this.household.trust.has(caller.bare)) router.reject(caller, Condition.Forbidden);
    else if (payload.name === "dismiss") {
      if (!this.invitation) router.reject(caller, Condition.ItemNotFound);
      else {
        router.result(caller, tag("dismissed", said, EMPTY));
        this.end("ended", Status.Ok);
      }
    } else if (this.invitation) router.reject(caller, Condition.ResourceConstraint);
    else {
      const invitation = readInvitation(caller, payload, this.household.premises,
        this.hal.crypto, this.parts.random, nowMs);
      if (!invitation) router.reject(caller, Condition.BadRequest);
      else {
        this.invitation = invitation;
        this.prepare();
        router.result(caller, tag("invited",
          said + attribute("network", invitation.network), EMPTY));
      }
    }
  }

  tick(nowMs: number): void {
    const invitation = this.invitation;
    this.nowMs = nowMs;
    if (!invitation) return;
    const existing = this.existing;
    // One multiplication at a time: two take as long, and twice the memory.
    if (!this.proof && existing && existing.visit !== Visit.Proving) this.prepare();
    const proof = this.proof;
    if (proof) slice(proof, this.parts.clock);
    if (existing) existing.busy = !proof || proof.share === "";
    if (proof && proof.broken) this.end("failed", Status.Error);
    else if (existing) this.serve(existing, invitation, nowMs);
    else if (proof && proof.share !== "") this.open(invitation);
  }

  /** Nobody is invited: there is nothing to be done here. */
  isOver(): boolean {
    return !this.invitation;
  }

  /** Factory reset: whoever was invited by the old owner is not any more. */
  forget(): void {
    if (this.invitation) this.end("ended", Status.Ok);
  }

  admit(joiner: Description, suite: Suite): Proof | null {
    const proof = this.proof;
    const invitation = this.invitation;
    const isWanted = invitation && joiner.deviceId === invitation.deviceId && suite === Suite.Code;
    if (!isWanted || !proof || proof.share === "") return null;
    this.proof = null; // Once.
    return proof;
  }

  onVisit(_visit: Visit, _joiner: Description | null): void {
    // Told is what comes of it.
  }

  onDescribed(_joiner: Description, last: Status): void {
    if (last === Status.Ok) this.due = true;
    else this.end("failed", last);
  }

  onTrying(_joiner: Description, proof: string, _accessKey: string): void {
    const invitation = this.invitation;
    if (!invitation) return;
    invitation.untilMs = this.nowMs + ACCESS_POINT_MS;
    invitation.proof = proof;
    this.tell("given", Status.Ok);
  }

  onGone(_joiner: Description | null, why: Status): void {
    if (why === Status.Auth) this.tell("refused", why);
  }

  onEnd(ending: Ending): void {
    if (ending !== Ending.Closed) this.end("ended", Status.Auth);
  }

  private serve(existing: Existing, invitation: Invitation, nowMs: number): void {
    if (this.due) {
      this.due = false;
      if (!existing.provision(invitation.offer)) existing.reject();
    }
    existing.tick(nowMs);
    if (!this.invitation) return;
    if (nowMs >= invitation.untilMs) this.end("ended", Status.Timeout);
    else if (this.porch.accessPoint.isLost()) this.end("failed", Status.NoNetwork);
  }

  private prepare(): void {
    const invitation = this.invitation;
    this.proof = invitation
      ? new CodeProof(this.porch.field, invitation.generator, "", this.parts.random) : null;
  }

  private open(invitation: Invitation): void {
    const existing = this.existing = new Existing(this.parts, {
      vendor: ANY, product: ANY, modes: Mode.UserSelected,
      hash: discriminator(invitation.deviceId, this.hal.crypto), suites: Suite.Code,
    }, "board", this);
    this.port = this.porch.server.listen(RENDEZVOUS_PORT, existing);
    this.porch.accessPoint.open(invitation.network);
    this.tell("open", Status.Ok);
  }

  private end(state: string, why: Status): void {
    const existing = this.existing;
    this.tell(state, why);
    this.invitation = this.existing = this.proof = null;
    this.due = false;
    if (!existing) return;
    existing.close();
    if (this.port) this.port.close();
    this.port = null;
    this.porch.accessPoint.close();
  }

  private tell(state: string, why: Status): void {
    const invitation = this.invitation;
    if (!invitation) return;
    this.household.send(message(invitation.from, tag("invitation",
      attribute("xmlns", NS_RENDEZVOUS) + attribute("device", invitation.deviceId) +
      attribute("state", state) + attribute("why", "" + why) +
      attribute("proof", invitation.proof || null), EMPTY)));
  }
}
