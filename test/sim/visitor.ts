/** Who wants to be a friend, to read and to switch: well-behaved words for an actor. */
import { Actor } from "./actor.js";
import { childOf, childrenOf } from "./markup.js";
import type { Node } from "./markup.js";
import type { World } from "./world.js";

const NS_SENSORDATA = "urn:xmpp:iot:sensordata";
const NS_CONTROL = "urn:xmpp:iot:control";

export class Visitor {
  readonly actor: Actor;
  private seqnr = 0;

  constructor(private readonly world: World, jid: string) {
    this.actor = new Actor(world.wire, jid);
    this.actor.login();
  }

  befriend(): void {
    this.actor.send(`<presence type='subscribe' to='${this.world.account}'/>`);
    this.world.settle();
  }

  /** An iq to the device's full JID; its id. */
  ask(type: string, payload: string): string {
    const id = this.actor.send(`<iq type='${type}' to='${this.world.jid}'>${payload}</iq>`);
    this.world.settle();
    return id;
  }

  /** Sends a read-out and returns its seqnr. */
  read(attributes = "momentary='true'", inner = ""): number {
    const seqnr = ++this.seqnr;
    this.ask("get", `<req xmlns='${NS_SENSORDATA}' seqnr='${seqnr}' ${attributes}>${inner}</req>`);
    return seqnr;
  }

  /** `parameters` are elements; the node comes first where one is named. */
  set(parameters: string, attributes = ""): string {
    return this.ask("set", `<set xmlns='${NS_CONTROL}' ${attributes}>${parameters}</set>`);
  }

  /** Switches one relay's Output. */
  switch(nodeId: string, on: boolean): string {
    return this.set(`<node nodeId='${nodeId}'/><boolean name='Output' value='${on}'/>`);
  }

  /** The words of the answers so far, and what was read: see `tell`. */
  hears(): string[] {
    return this.actor.takeSaid().map(tell);
  }
}

/** A stanza in a few words, for tables: "cancel/forbidden", "fields relay1/Output=true done". */
export function tell(stanza: Node): string {
  const type = stanza.attributes.type ?? "";
  if (stanza.name === "presence") return `presence ${type}`;
  const error = childOf(stanza, "error");
  if (error) return `${error.attributes.type}/${childrenOf(error)[0]!.name}`;
  const payload = childrenOf(stanza)[0];
  if (!payload) return `${stanza.name} ${type}`.trim();
  if (payload.name === "setResponse") {
    return ["done", ...childrenOf(payload).map((one) => one.attributes.nodeId
      ? `node ${one.attributes.nodeId}` : `parameter ${one.attributes.name}`)].join(" ");
  }
  if (payload.name !== "fields") return payload.name;
  const words = ["fields"];
  for (const one of childrenOf(payload)) {
    for (const field of childrenOf(childOf(one, "timestamp")!)) {
      words.push(`${one.attributes.nodeId}/${field.attributes.name}=${field.attributes.value}`);
    }
  }
  if (payload.attributes.done === "true") words.push("done");
  return words.join(" ");
}
