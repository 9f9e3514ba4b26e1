/** Where requests arrive: who we are, and the three questions of XEP-0324. */
import type { Element } from "@xmpp/xml";
import type { Devices } from "./device.js";
import { discoAnswer } from "./disco.js";
import { bareJid } from "./jid.js";
import type { Reply } from "./link.js";
import { NS_PROVISIONING, parseQuestion, printAnswer } from "./provisioning.js";
import type { PendingQuestion, Questions } from "./question.js";
import { type Answer, type Question, decide } from "./decision.js";
import { NS_PING, NS_ROSTER, errorElement } from "./stanza.js";
import type { Store } from "./store.js";
import type { Tokens } from "./token.js";

export interface DeskListener {
  onDecision(question: Question, answer: Answer): void;
  onQuestion(pending: PendingQuestion): void;
  /** What is remembered of a device has changed. */
  onDevice(device: string): void;
  /** A device is there: it has just asked. */
  onSeen(device: string): void;
}

export class Desk {
  constructor(
    private readonly devices: Devices, private readonly store: Store,
    private readonly questions: Questions, private readonly tokens: Tokens,
    private readonly listener: DeskListener,
  ) {}

  onRequest(iq: Element, ownJid: string, isComponent: boolean): Reply {
    const request = iq.getChildElements()[0]!;
    const isGet = iq.attrs["type"] === "get";
    if (!isGet) return this.onSet(iq, request, ownJid);
    if (request.getNS() === NS_PROVISIONING) return this.provision(iq, request, ownJid);
    if (request.is("ping", NS_PING)) return "done";
    return discoAnswer(request, isComponent);
  }

  private onSet(iq: Element, request: Element, ownJid: string): Reply {
    if (request.is("query", NS_ROSTER)) {
      // CVE-2015-8688: only our own server changes our roster.
      const { from } = iq.attrs;
      const isOurs = !from || from === bareJid(ownJid);
      return isOurs ? "done" : errorElement("service-unavailable");
    }
    if (request.getNS() !== NS_PROVISIONING) return null;
    return errorElement("bad-request", "questions are asked with get");
  }

  private provision(iq: Element, request: Element, ownJid: string): Element {
    const from = iq.attrs["from"] ?? "";
    const device = bareJid(from);
    if (!device) return errorElement("bad-request", "no sender");
    if (request.getName() === "getToken") return this.tokens.challenge(from, request);
    if (request.getName() === "getTokenChallengeResponse") {
      const reply = this.tokens.issue(from, request);
      if (reply.getName() === "getTokenResponse") this.listener.onDevice(device);
      return reply;
    }
    const question = parseQuestion(request, device);
    if (question === null) {
      return errorElement("feature-not-implemented", `no ${request.getName()} here`);
    }
    if (typeof question === "string") return errorElement("bad-request", question);
    this.know(device, from, question);
    const answer = question.peer === bareJid(ownJid) && question.kind === "friend"
      // A device that trusts us may well ask whether we are its friend.
      ? { result: true, isRuled: true, secondaryTrust: false, types: [] }
      : decide(this.store.about(device, question.peer), question);
    this.listener.onDecision(question, answer);
    if (!answer.isRuled) this.listener.onQuestion(this.questions.ask(question, Date.now()));
    this.listener.onSeen(device);
    return printAnswer(question, request.attrs["jid"]!, answer);
  }

  private know(device: string, from: string, question: Question): void {
    const isNew = this.devices.add(device);
    const isFirst = question.kind === "friend" && this.devices.mark(device, { hasAsked: true });
    const isElsewhere = !this.devices.at(device).includes(from);
    const isMoved = this.devices.seen(from) && isElsewhere;
    if (isNew || isFirst || isMoved) this.listener.onDevice(device);
  }
}
