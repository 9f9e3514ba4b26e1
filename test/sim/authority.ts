/**
 * The provisioning server, scripted: it answers what the scene says, late, with an error, or
 * not at all. Each verb has a rule; a question without one waits for the test.
 */
import { Actor } from "./actor.js";
import { childrenOf, parse } from "./markup.js";
import type { Node } from "./markup.js";
import { node } from "./service.js";
import type { World } from "./world.js";

export const NS_PROVISIONING = "urn:xmpp:iot:provisioning";
const VERBS = ["isFriend", "canRead", "canControl"];

export interface Rule {
  /** "yes", "no", "silent", an error's condition, or the payload itself (with `<`). */
  say: string;
  lateMs?: number;
}

export class Authority {
  readonly actor: Actor;
  rules: Record<string, Rule> = {};
  /** Lets a device that subscribes to it do so. */
  isPolite = true;
  /** Every question so far, answered or not. */
  readonly questions: Node[] = [];

  constructor(private readonly world: World, jid: string) {
    this.actor = new Actor(world.wire, jid);
    this.actor.features = [NS_PROVISIONING];
    this.actor.answer = (stanza) => this.answer(stanza);
    this.actor.login();
  }

  /** The same rule for all verbs, or for one. */
  decide(say: string, verb = ""): void {
    for (const one of verb === "" ? VERBS : [verb]) this.rules[one] = { say };
  }

  /** What was asked since the last look, as names of elements. */
  hears(): string[] {
    const names = this.questions.map((one) => childrenOf(one)[0]!.name);
    this.questions.length = 0;
    return names;
  }

  /** `payload` answers the question; a condition refuses to. */
  reply(question: Node, say: string): void {
    const asked = childrenOf(question)[0]!;
    const { id, from } = question.attributes;
    const to = from!;
    if (say === "yes" || say === "no") {
      const attributes = { jid: asked.attributes.jid!, result: String(say === "yes") };
      const payload = node(`${asked.name}Response`, NS_PROVISIONING, attributes);
      this.actor.say(node("iq", "jabber:client", { type: "result", id: id!, to }, [payload]));
    } else if (say.startsWith("<")) {
      const payload = parse(say);
      this.actor.say(node("iq", "jabber:client", { type: "result", id: id!, to }, [payload]));
    } else {
      this.actor.send(`<iq type='error' id='${id}' to='${to}'><error type='cancel'>` +
        `<${say} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`);
    }
  }

  /** To the device's full JID, as ERRATA N28 has it. */
  clearCache(): string {
    const id = this.actor.send(`<iq type='set' to='${this.world.jid}'>` +
      `<clearCache xmlns='${NS_PROVISIONING}'/></iq>`);
    this.world.settle();
    return id;
  }

  /** `unfriend` or `friend`, as a message. */
  command(name: string, jid: string): void {
    this.actor.send(`<message to='${this.world.jid}'>` +
      `<${name} xmlns='${NS_PROVISIONING}' jid='${jid}'/></message>`);
    this.world.settle();
  }

  private answer(stanza: Node): boolean {
    const payload = childrenOf(stanza)[0];
    if (payload?.ns !== NS_PROVISIONING || stanza.attributes.type !== "get") {
      const asks = stanza.name === "presence" && stanza.attributes.type === "subscribe";
      if (!this.isPolite || !asks) return false;
      this.actor.send(`<presence type='subscribed' to='${stanza.attributes.from}'/>`);
      return true;
    }
    this.questions.push(stanza);
    const rule = this.rules[payload.name];
    if (!rule) return false;
    if (rule.say === "silent") return true;
    if (!rule.lateMs) this.reply(stanza, rule.say);
    else this.world.board.clock.schedule(rule.lateMs, () => this.reply(stanza, rule.say));
    return true;
  }
}
