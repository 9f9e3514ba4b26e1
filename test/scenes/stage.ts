/** Who is on stage in a scene, and what each of them has not said or heard yet. */
import type { Identity } from "../../hal/hal.js";
import { Authority } from "../sim/authority.js";
import type { Actor } from "../sim/actor.js";
import { isNews } from "../sim/actor.js";
import { bareOf, parse, print } from "../sim/markup.js";
import type { Node } from "../sim/markup.js";
import { difference, parsePattern } from "../sim/pattern.js";
import { Visitor } from "../sim/visitor.js";
import { AUTHORITY_ACCOUNT, AUTHORITY_COMPONENT, World } from "../sim/world.js";

const PEOPLE: Record<string, string> = {
  Visitor: "visitor@ex.org/phone",
  Neighbour: "neighbour@ex.org/phone",
  Stranger: "evil@ex.org/x",
};

/** Provisioning servers beside the authority. */
const SERVERS: Record<string, string> = {
  Second: "second@ex.org/s",
  Third: "third.ex.org",
  Fourth: "fourth.ex.org",
  Fifth: "fifth.ex.org",
};
/** In place of RSA: a block that begins with "!" is solved without it. */
const IDENTITY: Identity = {
  certificate: () => "a certificate",
  decrypt: (block) => block.startsWith("!") ? block.slice(1) : "",
};
const SECONDARY = "<isFriendResponse xmlns='urn:xmpp:iot:provisioning' jid='{jid}' " +
  "result='false' secondaryTrustAllowed='true'/>";

export class Stage {
  readonly world = new World();
  authorityJid = AUTHORITY_COMPONENT;
  /** The flash's operations at the last look. */
  operations = 0;
  private readonly servers = new Map<string, Authority>();
  private readonly people = new Map<string, Visitor>();
  /** The last question of the board that each has heard. */
  private readonly questions = new Map<string, Node>();

  useAccount(): void {
    this.authorityJid = AUTHORITY_ACCOUNT;
    this.world.wire.account(bareOf(AUTHORITY_ACCOUNT));
  }

  useRsa(): void {
    this.world.board.hal.identity = IDENTITY;
  }

  get provisioning(): Authority {
    return this.server("Authority");
  }

  server(name: string): Authority {
    let one = this.servers.get(name);
    if (!one) this.servers.set(name, one = new Authority(this.world, this.jidOf(name)));
    return one;
  }

  /** Trusted from an earlier day. */
  trust(): void {
    const authority = this.world.trusting(this.authorityJid);
    this.servers.set("Authority", authority);
    authority.actor.take();
  }

  /** The same for one more: those before it allow it, and a person presses. */
  trustAlso(name: string): void {
    const before = [...this.servers.values()];
    const jid = this.bare(name);
    const another = this.server(name);
    for (const one of before) one.decide(SECONDARY.replace("{jid}", jid), "isFriend");
    another.actor.send(`<presence type='subscribe' to='${this.world.account}'/>`);
    this.world.pass(200);
    this.world.owner.press();
    if (!this.world.device.status().trust.includes(jid)) throw new Error(`no trust in ${name}`);
    for (const one of [...before, another]) {
      delete one.rules.isFriend;
      one.actor.take();
      one.hears();
    }
  }

  person(name: string): Visitor {
    let one = this.people.get(name);
    if (!one) this.people.set(name, one = new Visitor(this.world, PEOPLE[name]!));
    return one;
  }

  befriend(name: string): void {
    this.people.set(name, this.world.friend(PEOPLE[name]!));
  }

  actor(name: string): Actor {
    return name in PEOPLE ? this.person(name).actor : this.server(name).actor;
  }

  bare(name: string): string {
    return bareOf(PEOPLE[name] ?? this.jidOf(name));
  }

  private jidOf(name: string): string {
    return SERVERS[name] ?? this.authorityJid;
  }

  send(name: string, xml: string): void {
    const stanza = parse(xml);
    const type = stanza.attributes.type ?? "";
    const isBare = /^(un)?subscribed?$/.test(type);
    stanza.attributes.to ??= isBare ? this.world.account : this.world.jid;
    this.actor(name).say(stanza);
    this.world.settle();
  }

  answer(name: string, say: string): void {
    const question = this.questions.get(name);
    if (!question) throw new Error(`${name} was not asked`);
    const { id, from } = question.attributes;
    if (name in PEOPLE) {
      this.actor(name).send(`<iq type='result' id='${id}' to='${from}'>${say}</iq>`);
    } else this.server(name).reply(question, say);
    this.world.settle();
  }

  /** The next thing that was said to somebody must be this. */
  receive(name: string, xml: string): void {
    const inbox = this.actor(name).inbox;
    const pattern = parsePattern(xml);
    const wantsNews = isNews(pattern);
    for (let next = inbox.shift(); ; next = inbox.shift()) {
      if (!next) throw new Error(`${name} received nothing`);
      if (!wantsNews && isNews(next)) continue;
      const wrong = difference(pattern, next);
      if (wrong !== "" && wantsNews && isNews(next)) continue;
      if (wrong !== "") throw new Error(`${wrong}, in ${print(next)}`);
      if (next.attributes.type === "get") this.questions.set(name, next);
      return;
    }
  }

  silent(name: string): void {
    const left = this.actor(name).takeSaid();
    if (left.length > 0) throw new Error(`${name} received ${left.map((one) => print(one))}`);
  }

  /** Nothing may be left unheard. */
  close(): void {
    for (const name of this.people.keys()) this.silent(name);
    for (const name of this.servers.keys()) this.silent(name);
    if (this.world.board.restarts.length) throw new Error("the board restarted");
  }
}
