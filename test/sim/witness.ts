/**
 * What must not happen behind an attack: a relay that moves, a light, a write to the flash, a
 * restart, an iq that is answered twice or never.
 */
import type { Node } from "./markup.js";
import type { World } from "./world.js";

/** Counts questions to the device and its answers. */
export class Ledger {
  private readonly counts = new Map<string, number>();

  note(direction: "in" | "out", stanza: Node): void {
    if (stanza.name !== "iq") return;
    const { type, id, from, to } = stanza.attributes;
    const isQuestion = type !== "result" && type !== "error";
    if (direction === "in" ? !isQuestion : isQuestion) return;
    const key = `${direction === "in" ? from ?? "" : to ?? ""} ${id ?? ""}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + (direction === "in" ? 1 : -1));
  }

  /** Sender and id of what was not answered exactly once. */
  problems(): string[] {
    const found: string[] = [];
    for (const [key, count] of this.counts) {
      if (count > 0) found.push(`${key}: no answer`);
      if (count < 0) found.push(`${key}: ${-count} answers too many`);
    }
    return found;
  }

  forget(): void {
    this.counts.clear();
  }
}

export class Witness {
  private relays = 0;
  private flash = 0;
  private led = 0;
  private streams = 0;

  constructor(private readonly world: World) {
    this.look();
  }

  look(): void {
    const world = this.world;
    this.relays = this.moves();
    this.flash = world.board.flash.operations;
    this.led = world.board.led.transitions.length;
    this.streams = world.wire.streams.length;
  }

  /** Words for all that changed since the last look; [] is a calm board. */
  changes(): string[] {
    const world = this.world;
    const found = world.ledger.problems();
    const written = world.board.flash.operations - this.flash;
    if (this.moves() !== this.relays) found.push("relay");
    if (written > 0) found.push(`flash ${written}`);
    if (world.board.led.transitions.length !== this.led || world.board.led.on) found.push("led");
    if (world.board.restarts.length > 0) found.push("restart");
    if (world.wire.streams.length !== this.streams) found.push("stream");
    return found;
  }

  private moves(): number {
    return Object.values(this.world.relays)
      .reduce((sum, relay) => sum + relay.transitions.length, 0);
  }
}
