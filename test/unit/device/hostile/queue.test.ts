/** HOSTILE-TESTS 10.6, 10.8 and around them: read-outs at another time (XEP-0323 `when`). */
import { describe, expect, test } from "vitest";
import {
  CALLS_MAX, QUEUED_BYTES_MAX, QUEUED_MAX, QUEUED_PER_JID_MAX, QUEUE_LATE_MS, QUEUE_MS_MAX,
} from "../../../../firmware/config.js";
import { childOf, childrenOf } from "../../../sim/markup.js";
import { tell } from "../../../sim/visitor.js";
import type { Visitor } from "../../../sim/visitor.js";
import { Witness } from "../../../sim/witness.js";
import { World, catalogue } from "../../../sim/world.js";
import { cast, ONE, READ_ONE } from "./cast.js";

const NS = "xmlns='urn:xmpp:iot:sensordata'";
const READ_LATER = ["started", "fields sensor/Temperature=21.5 done"];
const BUSY = "wait/resource-constraint";
const HOUR_MS = 3_600_000;

/** The time so long from now, as the server tells it, as xs:dateTime. */
function later(world: World, ms: number): string {
  return new Date(world.wire.quirks.startMs + world.board.clock.nowMs() + ms).toISOString();
}

/** A read-out in so many milliseconds; its seqnr. */
function book(world: World, visitor: Visitor, ms: number, attributes = ""): number {
  return visitor.read(`momentary='true' when='${later(world, ms)}' ${attributes}`, ONE);
}

describe("a read-out in an hour", () => {
  test("is granted now, and again then", () => {
    const { world, visitor, authority } = cast("yes");
    const witness = new Witness(world);
    const seqnr = book(world, visitor, HOUR_MS);
    const [accepted] = visitor.actor.takeSaid();
    expect(childOf(accepted!, "accepted")!.attributes).toMatchObject({
      queued: "true", seqnr: String(seqnr),
    });
    expect(authority.hears()).toEqual(["canRead"]);
    authority.clearCache();
    world.skip(HOUR_MS - 2000);
    visitor.actor.take();
    expect(authority.hears()).toEqual([]);
    world.skip(3000);
    expect(visitor.hears()).toEqual(READ_LATER);
    expect(authority.hears()).toEqual(["canRead"]);
    expect(world.ledger.problems()).toEqual([]);
    expect(witness.changes().filter((one) => !one.startsWith("flash"))).toEqual([]);
  });

  test("a server that says no now leaves nothing to wait for", () => {
    const { world, visitor } = cast("no");
    book(world, visitor, HOUR_MS);
    expect(visitor.hears()).toEqual(["cancel/forbidden"]);
    world.skip(2 * HOUR_MS);
    expect(visitor.hears()).toEqual([]);
  });

  test("its seqnr is in use, and it can be cancelled, by its full JID alone", () => {
    const { world, visitor } = cast("yes");
    const tablet = world.friend("visitor@ex.org/tablet");
    const seqnr = book(world, visitor, HOUR_MS);
    visitor.ask("get", `<req ${NS} seqnr='${seqnr}' momentary='true'/>`);
    tablet.ask("get", `<cancel ${NS} seqnr='${seqnr}'/>`);
    expect(tablet.hears()).toEqual(["cancel/item-not-found"]);
    visitor.ask("get", `<cancel ${NS} seqnr='${seqnr}'/>`);
    expect(visitor.hears()).toEqual(["accepted", "modify/bad-request", "cancelled"]);
    world.skip(2 * HOUR_MS);
    expect(visitor.hears()).toEqual([]);
    visitor.ask("get", `<req ${NS} seqnr='${seqnr}' momentary='true'>${ONE}</req>`);
    expect(visitor.hears()).toEqual(READ_ONE);
    expect(world.ledger.problems()).toEqual([]);
  });

  test("cancelled while the server is asked again", () => {
    const { world, visitor, authority } = cast("yes");
    const seqnr = book(world, visitor, HOUR_MS);
    visitor.hears();
    authority.clearCache();
    authority.decide("silent");
    world.skip(HOUR_MS + 1000);
    visitor.actor.take();
    visitor.ask("get", `<cancel ${NS} seqnr='${seqnr}'/>`);
    expect(visitor.actor.takeSaid().map((one) => childrenOf(one)[0]!.name).sort())
      .toEqual(["cancelled", "failure"]);
    authority.reply(authority.questions.at(-1)!, "yes");
    world.settle();
    expect(visitor.hears()).toEqual([]);
  });

  test("when the power fails nothing is left of it", () => {
    const { world, visitor } = cast("yes");
    book(world, visitor, HOUR_MS);
    visitor.hears();
    world.restart();
    world.skip(2 * HOUR_MS);
    expect(visitor.hears()).toEqual([]);
  });
});

describe("T 10.6: odd times", () => {
  test.each(["1970-01-01T00:00:00Z", "2013-03-07T19:00:00", "0001-01-01T00:00:00Z"])(
    "%s is over: it is read now", (when) => {
      const { visitor } = cast("yes");
      visitor.read(`momentary='true' when='${when}'`, ONE);
      expect(visitor.hears()).toEqual(READ_ONE);
    });

  test.each(["2026-02-30T00:00:00Z", "2026-11-05T24:00:01Z", "banana", " ", "2026-11-06",
    "2026-11-05T09:00:00+99:00"])("'%s' is none", (when) => {
    const { world, visitor, authority } = cast("yes");
    const witness = new Witness(world);
    visitor.read(`momentary='true' when='${when}'`, ONE);
    expect(visitor.hears()).toEqual(["modify/bad-request"]);
    world.skip(HOUR_MS);
    expect(visitor.hears()).toEqual([]);
    expect(authority.hears()).toEqual([]);
    expect(witness.changes()).toEqual([]);
  });

  test.each([["2026-11-05T09:00:00", HOUR_MS], ["2026-11-05T24:00:00Z", 16 * HOUR_MS],
    ["2026-11-05T11:00:00+02:00", HOUR_MS]])("%s is a time like others", (when, ms) => {
    const { world, visitor } = cast("yes");
    visitor.read(`momentary='true' when='${when}'`, ONE);
    expect(visitor.hears()).toEqual(["accepted"]);
    world.skip(ms - world.board.clock.nowMs() - 2000);
    expect(visitor.hears()).toEqual([]);
    world.skip(5000);
    expect(visitor.hears()).toEqual(READ_LATER);
  });

  test.each(["9999-12-31T23:59:59Z", "2099-01-01T00:00:00Z"])("%s is too far away", (when) => {
    const { world, visitor, authority } = cast("yes");
    visitor.read(`momentary='true' when='${when}'`, ONE);
    expect(visitor.hears()).toEqual([BUSY]);
    expect(authority.hears()).toEqual([]);
    world.skip(50 * 24 * HOUR_MS); // Beyond 2^31 ms and 2^32 ms, too.
    expect(visitor.hears()).toEqual([]);
  });

  test("QUEUE_MS_MAX ahead is not, and a second more is", () => {
    const { world, visitor } = cast("yes");
    book(world, visitor, QUEUE_MS_MAX + 1000);
    expect(visitor.hears()).toEqual([BUSY]);
    book(world, visitor, QUEUE_MS_MAX - 1000);
    expect(visitor.hears()).toEqual(["accepted"]);
    world.skip(QUEUE_MS_MAX + 1000);
    expect(visitor.hears()).toEqual(READ_LATER);
  });

  test("a board that does not know the time says so", () => {
    const { world, visitor, authority } = cast("yes");
    world.wire.quirks.silent.push("urn:xmpp:time");
    world.restart();
    book(world, visitor, HOUR_MS);
    expect(visitor.hears()).toEqual(["cancel/feature-not-implemented"]);
    expect(authority.hears()).toEqual([]);
  });

  test("a clock that jumps changes no delay", () => {
    const { world, visitor } = cast("yes");
    book(world, visitor, HOUR_MS);
    world.wire.quirks.startMs += 30 * 24 * HOUR_MS;
    world.dropStream();
    world.pass(10_000);
    expect(visitor.hears()).toEqual(["accepted"]);
    world.wire.quirks.startMs -= 60 * 24 * HOUR_MS;
    world.dropStream();
    world.skip(HOUR_MS);
    expect(visitor.hears()).toEqual(READ_LATER);
  });
});

describe("T 10.8: rights that are taken away meanwhile", () => {
  test.each(["no", "silent"])("the server says '%s' then: a failure, with done", (say) => {
    const { world, visitor, authority } = cast("yes");
    const seqnr = book(world, visitor, HOUR_MS);
    visitor.hears();
    authority.clearCache();
    authority.decide(say);
    world.skip(HOUR_MS + 20_000);
    const said = visitor.actor.takeSaid();
    expect(said.length).toBe(1);
    const failure = childOf(said[0]!, "failure")!;
    expect(failure.attributes).toMatchObject({ seqnr: String(seqnr), done: "true" });
    expect(world.ledger.problems()).toEqual([]);
  });

  test("an unfriended one hears of it at once, and nothing more", () => {
    const { world, visitor, authority } = cast("yes");
    book(world, visitor, HOUR_MS);
    visitor.hears();
    authority.command("unfriend", "visitor@ex.org");
    world.settle();
    const said = visitor.actor.takeSaid().filter((one) => one.name === "message").map(tell);
    expect(said).toEqual(["failure"]);
    world.skip(2 * HOUR_MS);
    expect(visitor.hears().filter((one) => !one.startsWith("presence"))).toEqual([]);
  });

  test("who ends the friendship gets nothing, and leaves no place taken", () => {
    const { world, visitor } = cast("yes");
    for (let i = 0; i < QUEUED_PER_JID_MAX; i++) book(world, visitor, HOUR_MS);
    visitor.hears();
    visitor.actor.send(`<presence type='unsubscribe' to='${world.account}'/>`);
    world.skip(HOUR_MS + QUEUE_LATE_MS + 2000);
    expect(visitor.hears()).toEqual([]);
    for (let i = 0; i < QUEUED_MAX; i++) {
      const other = world.friend(`other${i}@ex.org/o`);
      book(world, other, HOUR_MS);
      expect(other.hears()).toEqual(["accepted"]);
    }
  });

  test("a factory reset ends it", () => {
    const { world, visitor } = cast("yes");
    book(world, visitor, HOUR_MS);
    visitor.hears();
    world.owner.press(12_000);
    world.pass(5000);
    world.skip(2 * HOUR_MS);
    expect(visitor.hears().filter((one) => !one.startsWith("presence"))).toEqual(["failure"]);
  });
});

describe("limits", () => {
  test("QUEUED_PER_JID_MAX and QUEUED_MAX", () => {
    const { world, visitor, authority } = cast("yes");
    for (let i = 0; i <= QUEUED_PER_JID_MAX; i++) book(world, visitor, HOUR_MS);
    const accepted = Array<string>(QUEUED_PER_JID_MAX).fill("accepted");
    expect(visitor.hears()).toEqual([...accepted, BUSY]);
    const tablet = world.friend("visitor@ex.org/tablet");
    book(world, tablet, HOUR_MS);
    expect(tablet.hears()).toEqual([BUSY]);
    let left = QUEUED_MAX - QUEUED_PER_JID_MAX;
    for (let i = 0; i <= QUEUED_MAX; i++) {
      const other = world.friend(`other${i}@ex.org/o`);
      authority.decide("yes");
      book(world, other, HOUR_MS);
      expect(other.hears()).toEqual([left-- > 0 ? "accepted" : BUSY]);
    }
    world.skip(HOUR_MS + 2000);
    expect(visitor.hears()).toEqual(Array(QUEUED_PER_JID_MAX).fill(READ_LATER).flat());
    book(world, visitor, HOUR_MS);
    expect(visitor.hears()).toEqual(["accepted"]);
  });

  test("QUEUED_BYTES_MAX", () => {
    const { world, visitor } = cast("yes");
    const when = later(world, HOUR_MS);
    const ask = (bytes: number): void => {
      // Counted are the full JID, the id and the names, each of them with its separators.
      const named = "visitor@ex.org/phone".length + "\x01sensor\x01\x01Temperature\x01".length;
      const id = "i".repeat(9);
      const token = "t".repeat(bytes - named - id.length);
      visitor.actor.send(`<iq type='get' id='${id}' to='${world.jid}'><req ${NS} seqnr='${bytes}'` +
        ` momentary='true' when='${when}' serviceToken='${token}'>${ONE}</req></iq>`);
      world.settle();
    };
    ask(QUEUED_BYTES_MAX + 1);
    expect(visitor.hears()).toEqual([BUSY]);
    ask(QUEUED_BYTES_MAX);
    expect(visitor.hears()).toEqual(["accepted"]);
  });

  test("what waits takes no place of those that ask now", () => {
    const { world, visitor, authority } = cast("yes");
    for (let i = 0; i < QUEUED_PER_JID_MAX; i++) book(world, visitor, HOUR_MS);
    visitor.hears();
    authority.decide("silent");
    for (let i = 0; i < CALLS_MAX; i++) visitor.read(`momentary='true' userToken='T${i}'`);
    expect(authority.hears().filter((one) => one === "canRead").length).toBeGreaterThan(3);
  });

  test("offline at its time it begins when the board is back, QUEUE_LATE_MS late at most", () => {
    const { world, visitor } = cast("yes");
    for (const [awayMs, heard] of [
      [QUEUE_LATE_MS / 5, READ_LATER], [QUEUE_LATE_MS + 60_000, []],
    ] as const) {
      book(world, visitor, HOUR_MS);
      visitor.hears();
      world.skip(HOUR_MS - 5000);
      world.wire.quirks.silent.push("header");
      world.dropStream();
      world.skip(awayMs);
      world.wire.quirks.silent = [];
      world.skip(15 * 60_000);
      expect(world.device.status().online).toBe(true);
      expect(visitor.hears()).toEqual(heard);
    }
  });
});

test("a stranger's `when` is not even looked at", () => {
  const { world, authority } = cast("yes");
  const stranger = world.stranger();
  const witness = new Witness(world);
  for (const when of ["banana", later(world, HOUR_MS), "9999-12-31T23:59:59Z"]) {
    stranger.read(`momentary='true' when='${when}'`, ONE);
  }
  expect(stranger.hears()).toEqual(Array(3).fill("cancel/forbidden"));
  world.skip(2 * HOUR_MS);
  expect(stranger.hears()).toEqual([]);
  expect(authority.hears()).toEqual([]);
  expect(witness.changes()).toEqual([]);
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("read-outs at another time")).toBe("");
});
