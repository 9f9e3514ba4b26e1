/** Who is there in these tests, what they do again and again, and what is always the same. */
import { expect } from "vitest";
import { Authority } from "../../../sim/authority.js";
import { parse } from "../../../sim/markup.js";
import type { Quirks } from "../../../sim/stream.js";
import type { Visitor } from "../../../sim/visitor.js";
import { AUTHORITY_ACCOUNT, PASSWORD, World } from "../../../sim/world.js";

export const PROVISIONING = "xmlns='urn:xmpp:iot:provisioning'";
/** What a visitor reads, and hears where it may. */
export const ONE = "<node nodeId='sensor'/><field name='Temperature'/>";
export const READ_ONE = ["accepted", "fields sensor/Temperature=21.5 done"];
export const FORBIDDEN = ["cancel/forbidden"];
export const UNKNOWN = ["wait/remote-server-timeout"];
export const TRUSTED = ["authority@ex.org"];

export interface Cast {
  world: World;
  visitor: Visitor;
  authority: Authority;
}

/** A friend, and the provisioning server that the board trusts, which says this of everything. */
export function cast(say?: string): Cast {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting();
  if (say !== undefined) authority.decide(say);
  return { world, visitor, authority };
}

export type Strangers = Omit<Cast, "visitor">;

/** A board that trusts nobody yet, and the account of a provisioning server. */
export function strangers(): Strangers {
  const world = new World();
  const authority = new Authority(world, AUTHORITY_ACCOUNT);
  world.start();
  return { world, authority };
}

/** The provisioning server asks to be a friend. */
export function ask({ world, authority }: Strangers): void {
  authority.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
  world.settle();
}

export function heard(authority: Authority): string[] {
  return authority.actor.takeSaid().map((one) => `${one.name} ${one.attributes.type ?? ""}`);
}

/** Delivered as if it came from there. */
export function deliver(world: World, from: string, xml: string, to = world.jid): void {
  const stanza = parse(xml);
  if (from) stanza.attributes.from = from;
  stanza.attributes.to = to;
  world.wire.stream.send(stanza);
  world.settle();
}

/** Each stanza of the board: its payloads, or what it is. */
export function said(world: World): string[] {
  return world.wire.stream.received.map((one) => one.children
    .map((child) => (typeof child === "string" ? "" : child.name)).join(" ") ||
    `${one.name} ${one.attributes.type ?? ""}`);
}

/** A board that meets such an XMPP server, some time later. */
export function meet(quirks: Partial<Quirks>, ms = 400): World {
  const world = new World();
  Object.assign(world.wire.quirks, quirks);
  world.start();
  world.pass(ms);
  return world;
}

/** What the device told before it gave up, as words. */
export function handshake(world: World): string[] {
  return world.wire.streams[0]!.handshake.map((one) => one.name);
}

/** The first stream was ended by the device, and no stream ever came up. */
export function expectRefusal(world: World, words: string[]): void {
  const first = world.wire.streams[0]!;
  expect(first.hasLeft).toBe(true);
  expect(handshake(world)).toEqual(words);
  expect(world.device.status().online).toBe(false);
  expect(world.device.status().jid).toBe("");
  expect(world.board.restarts).toEqual([]);
  // Neither the password nor anything but SCRAM was ever said.
  for (const one of world.wire.streams) {
    expect(one.peer.received).not.toContain(PASSWORD);
    expect(one.peer.received).not.toContain(Buffer.from(`\0dev\0${PASSWORD}`).toString("base64"));
    expect(one.peer.received).not.toContain("PLAIN");
  }
}
