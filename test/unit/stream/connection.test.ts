/** How much of a stream is worked through, how long it is borne, and when it comes again. */
import { beforeEach, describe, expect, test } from "vitest";
import {
  BACKOFF_MAX_MS, BACKOFF_MIN_MS, INBOUND_BYTES_MAX, REPLY_BYTES_MAX, STABLE_MS,
  STANZAS_PER_TICK_MAX, UNFINISHED_BYTES_MAX,
} from "../../../firmware/config.js";
import { Fault } from "../../../firmware/fault.js";
import { Agenda } from "../../../firmware/stream/agenda.js";
import { backoff } from "../../../firmware/stream/backoff.js";
import { Connection, State } from "../../../firmware/stream/connection.js";
import { Link } from "../../../firmware/stream/link.js";
import { Memo } from "../../../firmware/stream/memo.js";
import { Negotiation, Phase } from "../../../firmware/stream/negotiation.js";
import { Reader } from "../../../firmware/stream/reader.js";
import type { Element } from "../../../firmware/xml/element.js";
import { type Markup, EMPTY } from "../../../firmware/xml/print.js";
import { type MockHal, createMockHal } from "../../../hal/mock/hal.js";
import { erased } from "../../power/part.js";

const HEADER = "<stream:stream xmlns='jabber:client' id='1' version='1.0' from='ex.org' " +
  "xmlns:stream='http://etherx.jabber.org/streams'>";
const STANZA = "<presence/>";

/** Takes the first stanza for all that is to be negotiated. */
class Short extends Negotiation {
  override accepts(): boolean { return true; }
  override take(): Markup {
    this.phase = Phase.Online;
    this.jid = "dev@ex.org/r";
    return EMPTY;
  }
}

class Rig {
  readonly hal: MockHal = createMockHal({ seed: "connection" });
  readonly link = new Link(this.hal.network);
  readonly connection: Connection;
  readonly handled: string[] = [];
  /** Said for each stanza. */
  reply = "";
  private readonly account = erased(4).account;

  constructor() {
    this.account.set("dev@ex.org", "secret", "", 5223, true);
    const { crypto, random } = this.hal.hal;
    this.connection = new Connection(this.hal.hal, this.account, this.link,
      new Short(crypto, random, this.account), {
        onOnline: () => undefined,
        onOffline: () => undefined,
        onItem: () => undefined,
        onStanza: (stanza: Element) => {
          this.handled.push(stanza.name);
          this.link.send(this.reply);
        },
      }, new Reader(this.link, new Memo()), new Agenda());
  }

  /** Nothing leaves: a test that needs it drains the link itself. */
  tick(): void {
    this.connection.tick(this.hal.clock.nowMs());
  }

  send(bytes: string): void {
    this.hal.network.peers.at(-1)!.send(bytes);
    this.hal.clock.flush();
  }

  wait(ms: number): void {
    this.hal.clock.advance(ms);
    this.tick();
  }

  online(): this {
    this.tick();
    this.hal.clock.flush();
    this.tick();
    this.send(HEADER + STANZA);
    this.tick();
    expect(this.connection.state).toBe(State.Online);
    this.link.onDrain();
    this.hal.clock.flush();
    return this;
  }

  /** The server goes away. */
  lose(): void {
    this.hal.network.peers.at(-1)!.close();
    this.hal.clock.flush();
    this.tick();
    expect(this.connection.state).toBe(State.Waiting);
  }

  /** Waits for the next attempt, and returns after how long it came. */
  untilNext(): number {
    const { peers } = this.hal.network;
    const fromMs = this.hal.clock.nowMs();
    const { length } = peers;
    for (let ms = 0; ms <= BACKOFF_MAX_MS && peers.length === length; ms += 10) this.wait(10);
    expect(peers.length).toBe(length + 1);
    return this.hal.clock.nowMs() - fromMs;
  }
}

let rig: Rig;

beforeEach(() => {
  rig = new Rig().online();
});

test("as many stanzas as the limit says in one tick, the next in the next", () => {
  rig.send(STANZA.repeat(STANZAS_PER_TICK_MAX));
  rig.tick();
  expect(rig.handled.length).toBe(STANZAS_PER_TICK_MAX);
  rig.handled.length = 0;
  const all = 2 * STANZAS_PER_TICK_MAX + 1;
  rig.send(STANZA.repeat(all));
  const counts = [1, 2, 3, 4].map(() => (rig.tick(), rig.handled.length));
  expect(counts).toEqual([STANZAS_PER_TICK_MAX, all - 1, all, all]);
});

describe("what waits to be worked through", () => {
  const many = Math.floor(INBOUND_BYTES_MAX / STANZA.length);
  const taken = STANZAS_PER_TICK_MAX * STANZA.length;

  test("with what has just come it may be as much as the limit says", () => {
    rig.send(STANZA.repeat(many));
    rig.tick();
    rig.send(" ".repeat(INBOUND_BYTES_MAX - (many * STANZA.length - taken)));
    rig.tick();
    expect([rig.link.fault, rig.connection.state]).toEqual([Fault.None, State.Online]);
    for (let i = 0; i < many; i++) rig.tick();
    expect(rig.handled.length).toBe(many);
  });

  test("one octet more ends the stream", () => {
    rig.send(STANZA.repeat(many));
    rig.tick();
    rig.send(" ".repeat(INBOUND_BYTES_MAX - (many * STANZA.length - taken) + 1));
    rig.tick();
    expect([rig.connection.fault, rig.connection.state]).toEqual([Fault.Overflow, State.Waiting]);
    expect(rig.handled.length).toBe(STANZAS_PER_TICK_MAX);
  });
});

describe("no stanza is begun unless a reply fits", () => {
  const fill = (room: number): void => rig.link.send("x".repeat(rig.link.room() - room));

  test("exactly one: it is handled, and the next waits", () => {
    fill(REPLY_BYTES_MAX);
    rig.reply = "y";
    rig.send(STANZA + STANZA);
    rig.tick();
    rig.tick();
    expect([rig.handled.length, rig.link.room()]).toEqual([1, REPLY_BYTES_MAX - 1]);
    rig.link.onDrain();
    rig.tick();
    expect(rig.handled.length).toBe(2);
    expect(rig.link.fault).toBe(Fault.None);
  });

  test("one octet less: it waits", () => {
    fill(REPLY_BYTES_MAX - 1);
    rig.send(STANZA);
    rig.tick();
    expect(rig.handled).toEqual([]);
    rig.link.onDrain();
    rig.tick();
    expect(rig.handled.length).toBe(1);
  });
});

describe("a stanza that does not end", () => {
  const OPEN = "<message><body>";
  /** So many octets since the last stanza, in pieces that may wait. */
  const pour = (bytes: number): void => {
    for (let left = bytes; left > 0; left -= INBOUND_BYTES_MAX / 2) {
      rig.send("x".repeat(Math.min(left, INBOUND_BYTES_MAX / 2)));
      rig.tick();
    }
  };

  test("may go on for as long as the limit says", () => {
    rig.send(OPEN);
    rig.tick();
    pour(UNFINISHED_BYTES_MAX - OPEN.length);
    expect(rig.connection.state).toBe(State.Online);
    rig.send("x");
    rig.tick();
    expect([rig.connection.fault, rig.connection.state]).toEqual([Fault.Oversized, State.Waiting]);
  });

  test("and may still end then: the next begins anew", () => {
    const end = "</body></message>";
    rig.send(OPEN);
    rig.tick();
    for (let i = 0; i < 2; i++) {
      pour(UNFINISHED_BYTES_MAX - OPEN.length - end.length);
      rig.send(end);
      rig.tick();
      expect([rig.connection.state, rig.handled.length]).toEqual([State.Online, i + 1]);
      rig.send(OPEN);
      rig.tick();
    }
  });
});

describe("the next attempt", () => {
  const SOONEST = "\x00\x00";
  const LATEST = "\xff\xff";

  test("first comes after the shortest wait, the upper half of it by chance", () => {
    expect(backoff(1, SOONEST)).toBe(BACKOFF_MIN_MS / 2);
    expect(backoff(1, "\x80\x00")).toBe(BACKOFF_MIN_MS * 3 / 4);
    expect(backoff(1, LATEST)).toBe(BACKOFF_MIN_MS - 1);
    expect(backoff(2, SOONEST)).toBe(BACKOFF_MIN_MS);
  });

  test("is twice as far each time, and never farther than the longest wait", () => {
    const doublings = Math.floor(Math.log2(BACKOFF_MAX_MS / BACKOFF_MIN_MS));
    expect(backoff(doublings + 1, SOONEST)).toBe(BACKOFF_MIN_MS * 2 ** doublings / 2);
    for (const attempts of [doublings + 2, doublings + 3, 1e9]) {
      expect(backoff(attempts, SOONEST)).toBe(BACKOFF_MAX_MS / 2);
      expect(backoff(attempts, LATEST)).toBeLessThan(BACKOFF_MAX_MS);
      expect(backoff(attempts, LATEST)).toBeGreaterThan(BACKOFF_MAX_MS * 0.999);
    }
  });

  /** Five streams that are lost at once, and one more, that stays for so long. */
  function lostAfter(ms: number): number {
    for (let i = 0; i < 5; i++) {
      rig.lose();
      rig.untilNext();
      rig.online();
    }
    rig.wait(ms);
    rig.lose();
    return rig.untilNext();
  }

  test("is soon again once a stream was stable", () => {
    expect(lostAfter(STABLE_MS)).toBeLessThanOrEqual(BACKOFF_MIN_MS + 10);
  });

  test("is later again after one that was not", () => {
    expect(lostAfter(STABLE_MS - 1)).toBeGreaterThanOrEqual(BACKOFF_MIN_MS * 2 ** 5 / 2);
  });
});
