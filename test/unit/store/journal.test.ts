/** The promises of the journal, one by one. Power cuts are in test/power/. */
import { expect, test } from "vitest";
import { RECORD_BYTES_MAX, SPARE_PAGES } from "../../../firmware/config.js";
import { Fault } from "../../../firmware/fault.js";
import { Journal } from "../../../firmware/store/journal.js";
import { Log } from "../../../firmware/store/log.js";
import { Pages } from "../../../firmware/store/page.js";
import { HISTORY, Kind } from "../../../firmware/store/record.js";
import { createErased, PAGE_BYTES } from "../../../hal/host/nor.js";
import { Break, MockFlash } from "../../../hal/mock/flash.js";
import { MockRandom } from "../../../hal/mock/random.js";
import { Board, History, create, crypto, damage, find, has } from "./board.js";

test("an erased flash is an empty journal; starting writes nothing", () => {
  const board = create();
  expect([board.journal.value(Kind.Account), board.fault]).toEqual(["", Fault.None]);
  expect(board.flash.operations).toBe(0);
  board.journal.append(Kind.Account, "a");
  const again = board.again();
  expect([again.journal.value(Kind.Account), again.flash.operations]).toEqual(["a", 0]);
});

test("a start goes on with the page that was written", () => {
  const board = create();
  board.journal.append(Kind.Account, "a");
  const again = board.again();
  again.journal.append(Kind.Trust, "t");
  expect([again.pages.newest(), again.pages.erases]).toEqual([1, 0]);
});

test("one at a time: the new one is there, the old one is overwritten", () => {
  const board = create();
  board.journal.append(Kind.Account, "old-secret");
  board.journal.append(Kind.Account, "new-secret");
  expect([has(board, "old-secret"), has(board, "new-secret")]).toEqual([false, true]);
  expect(board.again().journal.value(Kind.Account)).toBe("new-secret");
});

test("what is removed is overwritten, and does not come back", () => {
  const board = create();
  board.journal.append(Kind.Revoked, "somebody");
  board.journal.append(Kind.Trust, "stays");
  board.journal.remove(Kind.Revoked);
  expect([board.journal.value(Kind.Revoked), has(board, "somebody")]).toEqual(["", false]);
  const again = board.again();
  expect([again.journal.value(Kind.Revoked), again.journal.value(Kind.Trust)])
    .toEqual(["", "stays"]);
});

test("a payload at the limit is taken, one above it is not, and is no fault", () => {
  const board = create();
  expect(board.journal.append(Kind.Trust, "t".repeat(RECORD_BYTES_MAX))).toBeGreaterThan(0);
  expect(board.journal.append(Kind.Trust, "u".repeat(RECORD_BYTES_MAX + 1))).toBe(0);
  expect(board.again().journal.value(Kind.Trust)).toBe("t".repeat(RECORD_BYTES_MAX));
  expect(board.fault).toBe(Fault.None);
});

test("a record fits a page's last octet exactly", () => {
  const board = create();
  board.journal.append(Kind.Trust, "first");
  while (board.pages.offset + 500 < PAGE_BYTES) board.decide("d".repeat(200));
  const room = PAGE_BYTES - board.pages.offset - 8;
  board.decide("z".repeat(room));
  expect([board.pages.offset, board.pages.newest()]).toEqual([PAGE_BYTES, 1]);
  const again = board.again();
  expect([again.history.texts.at(-1), again.fault]).toEqual(["z".repeat(room), Fault.None]);
  board.decide("zz");
  expect([board.pages.newest(), board.again().history.texts.at(-2)]).toEqual([2, "zz"]);
});

test("a history is replayed in the order of writing", () => {
  const board = create();
  board.decide("one");
  board.journal.append(Kind.Cleared, "");
  board.decide("two");
  board.journal.append(Kind.Purged, "owner");
  expect(board.again().history.events).toEqual([
    `${Kind.Decision} one`, `${Kind.Cleared} `, `${Kind.Decision} two`, `${Kind.Purged} owner`]);
});

test("a kind that this version does not know is kept, as a later one may", () => {
  const board = create();
  board.journal.append(9 as Kind, "later");
  for (let i = 0; i < 60; i++) board.journal.append(Kind.Trust, `${i}${"x".repeat(500)}`);
  expect(board.again().journal.value(9 as Kind)).toBe("later");
});

test("pages rotate: nothing that lives is lost, and wear differs by 10 % at most", () => {
  const board = create(6);
  const random = new MockRandom("wear");
  board.journal.append(Kind.Account, "account");
  for (let i = 0; i < 20; i++) board.decide(`long-lived ${i}`);
  for (let i = 0; i < 9000; i++) {
    board.journal.append(Kind.Trust, `${i} ${"t".repeat(random.below(300))}`);
    board.rest();
  }
  expect(board.journal.value(Kind.Account)).toBe("account");
  expect(board.again().history.texts.length).toBe(20);
  const erases = board.flash.wear.map((one) => one.erases);
  expect(Math.min(...erases)).toBeGreaterThan(50);
  expect(Math.max(...erases)).toBeLessThanOrEqual(Math.min(...erases) * 1.1);
  expect([board.pages.free(), board.fault]).toEqual([SPARE_PAGES, Fault.None]);
});

test("a page that is taken makes room in a tick of its own, and no later than the next page", () => {
  const board = create(6);
  const page = (): void => {
    for (let i = 0; i < 7; i++) board.journal.append(Kind.Trust, "t".repeat(500));
  };
  const { compaction } = board.journal;
  page();
  expect([board.pages.free(), compaction.isDue]).toEqual([5, true]);
  board.rest();
  expect([board.pages.free(), compaction.isDue]).toEqual([5, false]);
  for (let i = 0; i < 3; i++) page();
  board.rest();
  expect([board.pages.free(), compaction.isDue]).toEqual([SPARE_PAGES, false]);
  page();
  // One less, until there is time for it, or need of another.
  expect([board.pages.free(), compaction.isDue]).toEqual([SPARE_PAGES - 1, true]);
  page();
  expect([board.pages.free(), compaction.isDue]).toEqual([SPARE_PAGES - 1, true]);
  board.rest();
  expect([board.pages.free(), compaction.isDue]).toEqual([SPARE_PAGES, false]);
  expect(board.again().journal.value(Kind.Trust)).toBe("t".repeat(500));
});

test("there is credit for half of the flash, and for what is written; nothing is due yet", () => {
  const { flash } = create(4);
  const journal = new Journal(new Log(new Pages(flash, crypto), crypto), new History());
  expect([journal.compaction.credit, journal.compaction.isDue])
    .toEqual([4 * flash.pageBytes / 2, false]);
  journal.load();
  journal.append(Kind.Decision, "d".repeat(100));
  expect(journal.compaction.credit).toBe(4 * flash.pageBytes / 2 + 108);
});

test("with more credit than there is room, decisions make room all the same", () => {
  const board = create(4);
  board.journal.append(Kind.Account, "account");
  for (let i = 0; i < 100; i++) {
    board.journal.compaction.credit = 1e9;
    expect(board.decide(`${i} ${"d".repeat(240)}`)).toBeGreaterThan(0);
    board.rest();
    expect(board.pages.free()).toBeGreaterThanOrEqual(SPARE_PAGES);
  }
  expect(board.again().journal.value(Kind.Account)).toBe("account");
});

test("a page is retired by one word, and not erased for it", () => {
  const board = create(4);
  board.journal.append(Kind.Account, "account");
  const page = board.pages.head;
  const { erases } = board.flash.wear[page]!;
  board.pages.retire(page);
  expect([board.flash.wear[page]!.erases, board.pages.free()]).toEqual([erases, 4]);
  expect(board.image().subarray(page * PAGE_BYTES, page * PAGE_BYTES + 4).toString("hex"))
    .toBe("00000000");
});

test("restarts in between do not spoil the rotation", () => {
  let board = create(5);
  const erases = [0, 0, 0, 0, 0];
  for (let i = 0; i < 400; i++) {
    for (let j = 0; j < 8; j++) board.journal.append(Kind.Trust, `${i} ${j} ${"t".repeat(400)}`);
    board.flash.wear.forEach((one, page) => erases[page]! += one.erases);
    board = board.again();
  }
  expect(Math.max(...erases)).toBeLessThanOrEqual(Math.min(...erases) * 1.1);
});

test("when more lives than fits, decisions are given up, never an account", () => {
  const board = create(4);
  board.journal.append(Kind.Account, "account");
  for (let i = 0; i < 200; i++) {
    expect(board.decide(`${i} ${"d".repeat(240)}`)).toBeGreaterThan(0);
    board.rest();
    expect(board.pages.free()).toBeGreaterThanOrEqual(SPARE_PAGES);
  }
  expect([board.journal.value(Kind.Account), board.fault]).toEqual(["account", Fault.None]);
  const again = board.again();
  expect(again.journal.value(Kind.Account)).toBe("account");
  expect(again.history.texts).toEqual(board.history.texts);
  expect(again.history.texts.length).toBeGreaterThan(14);
});

test("a crowd of decisions at most doubles its wear", () => {
  const board = create(16);
  const perPage = Math.floor((PAGE_BYTES - 16) / 264);
  for (let i = 0; i < 6000; i++) {
    board.decide(`${i}`.padEnd(256, "d"));
    if (board.history.alive.size > 205) board.history.alive.delete([...board.history.alive.keys()][0]!);
  }
  expect(board.pages.erases).toBeLessThanOrEqual(2 * Math.ceil(6000 / perPage) + 16 / 2);
});

test("a flash that is full of what must live says so, and keeps it", () => {
  const board = create(3);
  for (let kind = 1; kind < HISTORY; kind++) {
    if (kind === Kind.Reset) continue;
    board.journal.append(kind as Kind, `${kind} ${"k".repeat(1000)}`);
  }
  expect(board.fault).toBe(Fault.FlashFull);
  const again = board.again();
  expect(again.journal.value(Kind.Account)).toBe(`1 ${"k".repeat(1000)}`);
  expect(again.journal.value(Kind.Trust)).toBe(`2 ${"k".repeat(1000)}`);
});

test("pages that cuts have cost are free again after the next start", () => {
  const board = create(5);
  board.journal.append(Kind.Account, "account");
  for (let i = 0; i < 5; i++) board.decide(`${i}`);
  while (board.pages.free()) board.pages.open();
  const again = board.again();
  expect([again.pages.free(), again.fault]).toEqual([SPARE_PAGES, Fault.None]);
  expect([again.journal.value(Kind.Account), again.history.texts.length]).toEqual(["account", 5]);
});

test("with no page free at all, the decisions make room", () => {
  const board = create(6);
  board.journal.append(Kind.Account, "account");
  for (let i = 0; i < 50; i++) board.decide(`${i} ${"d".repeat(240)}`);
  // As after many cuts in a row, each of which cost a page.
  for (let page = 0; page < 6; page++) {
    if (board.pages.sequences[page] === 0) board.pages.sequences[page] = -1;
  }
  for (let i = 0; i < 40; i++) {
    expect(board.journal.append(Kind.Trust, `${i}${"t".repeat(500)}`)).toBeGreaterThan(0);
  }
  expect(board.history.alive.size).toBe(0);
  expect(board.again().journal.value(Kind.Account)).toBe("account");
});

test("one page that is broken in any way costs a page and no record", () => {
  for (const broken of ["writes", "erases"] as const) {
    for (const how of [Break.Honest, Break.Silent]) {
      for (let page = 0; page < 5; page++) {
        const board = create(5);
        board.journal.append(Kind.Account, "account");
        if (broken === "writes") board.flash.breakWrites(page, how);
        else board.flash.breakErases(page, how);
        for (let i = 0; i < 120; i++) {
          expect(board.journal.append(Kind.Trust, `${i} ${"t".repeat(300)}`)).toBeGreaterThan(0);
        }
        const again = board.again();
        expect(again.journal.value(Kind.Trust).split(" ")[0]).toBe("119");
        expect(again.journal.value(Kind.Account)).toBe("account");
        expect(board.fault).toBe(Fault.FlashBroken);
      }
    }
  }
});

test("a record that did not take is the last of its page: nothing hides behind it", () => {
  const board = create();
  board.journal.append(Kind.Account, "account");
  board.flash.breakWrites(1, Break.Silent);
  board.journal.append(Kind.Trust, "one");
  board.flash.breakWrites(1, Break.None);
  board.journal.append(Kind.Trust, "two");
  const again = board.again();
  expect([again.journal.value(Kind.Trust), again.journal.value(Kind.Account)])
    .toEqual(["two", "account"]);
  expect(board.pages.newest()).toBe(2);
});

test("a foreign image is a fault; it is neither written nor believed", () => {
  const image = createErased(4);
  image.write("somebody's file system", 0, "latin1");
  const board = new Board(new MockFlash(image));
  expect(board.journal.append(Kind.Account, "a")).toBe(0);
  expect([board.fault, board.flash.operations]).toEqual([Fault.FlashForeign, 0]);
});

/** All valid pages of a journal, as a later version would write them. */
function renew(board: Board): Buffer {
  const image = board.image();
  for (let at = 0; at < image.length; at += PAGE_BYTES) {
    if (image.toString("latin1", at, at + 4) !== "TWJ1") continue;
    image.write("TWJ2", at, "latin1");
    image.writeUInt32LE(crypto.crc32(image.toString("latin1", at, at + 8)), at + 8);
  }
  return image;
}

test("a newer format is a fault, and what is ours beside it does not count", () => {
  const old = create();
  old.journal.append(Kind.Trust, "revoked long ago");
  old.decide("revoked, too");
  const image = renew(old);
  old.image().copy(image, 2 * PAGE_BYTES, PAGE_BYTES, 2 * PAGE_BYTES);
  const board = new Board(new MockFlash(image));
  expect([board.fault, board.journal.value(Kind.Trust), board.history.texts])
    .toEqual([Fault.FlashForeign, "", []]);
  expect(board.flash.operations).toBe(0);
});

test("a reset is the way out of a foreign image, even where no page is free", () => {
  const full = create();
  for (let i = 0; i < 4; i++) full.pages.open();
  for (const image of [renew(full), Buffer.alloc(4 * PAGE_BYTES, 0x5a)]) {
    const board = new Board(new MockFlash(image));
    expect(board.fault).toBe(Fault.FlashForeign);
    board.reset();
    // The record that ends it at the next start was written: it left a page that is ours.
    expect([board.fault, board.pages.newest()]).toEqual([0, 1]);
    expect(board.journal.append(Kind.Account, "mine")).toBeGreaterThan(0);
    const again = board.again();
    expect([again.fault, again.journal.value(Kind.Account)]).toEqual([0, "mine"]);
    expect(again.image().filter((octet) => octet === 0x5a).length).toBeLessThan(20);
  }
});

test("after a reset a dump shows nothing of before, and the journal works", () => {
  const board = create(6);
  board.journal.append(Kind.Account, "password");
  for (let i = 0; i < 50; i++) board.decide(`${i} decision ${"d".repeat(200)}`);
  board.journal.append(Kind.Trust, "authority");
  board.reset();
  expect(board.history.texts).toEqual([]);
  expect(["password", "decision", "authority"].filter((one) => has(board, one))).toEqual([]);
  expect(board.image().toString("latin1").match(/TWJ1/g)!.length).toBe(1);
  board.journal.append(Kind.Account, "next");
  const again = board.again();
  expect([again.journal.value(Kind.Account), again.history.texts, again.fault])
    .toEqual(["next", [], Fault.None]);
});

test("resets again and again cost two erases each", () => {
  const board = create();
  for (let i = 0; i < 100; i++) board.reset();
  expect([board.pages.erases <= 200, board.again().fault]).toEqual([true, Fault.None]);
});

test("after a reset of a page that resists, the old is never believed, the new is", () => {
  const board = create(5);
  board.journal.append(Kind.Trust, "old authority");
  const page = board.pages.head;
  board.flash.breakErases(page, Break.Silent);
  board.flash.breakWrites(page, Break.Silent);
  board.reset();
  expect(board.fault).toBe(Fault.FlashBroken);
  expect(board.journal.value(Kind.Trust)).toBe("");
  let last = board.again();
  expect(last.journal.value(Kind.Trust)).toBe("");
  last = new Board(board.flash);
  last.journal.append(Kind.Account, "new");
  const third = new Board(board.flash);
  expect([third.journal.value(Kind.Trust), third.journal.value(Kind.Account)])
    .toEqual(["", "new"]);
});

/** A journal with something of everything, on three pages. */
function rich(): Board {
  const board = create(6);
  board.journal.append(Kind.Account, "account");
  board.journal.append(Kind.Trust, "trust-of-before");
  for (let i = 0; i < 15; i++) board.decide(`before ${i} ${"b".repeat(220)}`);
  board.journal.append(Kind.Cleared, "");
  board.journal.append(Kind.Trust, "trust");
  for (let i = 0; i < 15; i++) board.decide(`after ${i} ${"a".repeat(220)}`);
  expect(board.pages.newest()).toBe(2);
  return board;
}

test("a damaged record in the middle: no decision of before it counts, those after do", () => {
  const board = rich();
  const at = find(board, "after 3 ");
  const hurt = damage(board, at, (octet) => octet ^ 8);
  expect(hurt.fault).toBe(Fault.FlashBroken);
  expect(hurt.history.texts.map((one) => one.split(" ")[1]).sort((a, b) => Number(a) - Number(b)))
    .toEqual(["4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14"]);
  expect([hurt.journal.value(Kind.Account), hurt.journal.value(Kind.Trust)])
    .toEqual(["account", "trust"]);
});

test("damage is fled: the next start finds none, and forgets nothing more", () => {
  const hurt = damage(rich(), find(rich(), "after 3 "), (octet) => octet ^ 8);
  const next = hurt.again();
  expect([next.fault, next.flash.operations]).toEqual([Fault.None, 0]);
  expect(next.history.texts).toEqual(hurt.history.texts);
  expect(next.journal.value(Kind.Trust)).toBe("trust");
});

test("a whole page that is lost takes the decisions before it with it", () => {
  const board = rich();
  for (let i = 0; i < 30; i++) board.decide(`later ${i} ${"l".repeat(220)}`);
  const pages = board.pages.newest();
  expect(pages).toBeGreaterThan(3);
  const image = board.image();
  image.fill(0, 2 * PAGE_BYTES, 2 * PAGE_BYTES + 4);
  const hurt = new Board(new MockFlash(image));
  expect(hurt.fault).toBe(Fault.FlashBroken);
  expect(hurt.history.texts.some((one) => one.startsWith("before"))).toBe(false);
  expect(hurt.again().fault).toBe(Fault.None);
});

test("any single bit that flips: never a revoked decision, never another trust, no loop", () => {
  const board = rich();
  const image = board.image();
  for (let page = 1; page < 3; page++) {
    for (let at = 0; at < PAGE_BYTES; at += at < 500 ? 1 : 7) {
      const bit = 1 << ((at * 7) % 8);
      const other = damage(board, page * PAGE_BYTES + at, (octet) => octet ^ bit);
      for (const one of [other, other.again()]) {
        const trust = one.journal.value(Kind.Trust);
        const account = one.journal.value(Kind.Account);
        if (one.history.texts.some((text) => !text.startsWith("after")) ||
          !["", "trust"].includes(trust) || !["", "account"].includes(account)) {
          throw new Error(`octet ${at} of page ${page}, bit ${bit}: ${trust} ${account}`);
        }
      }
      if (other.again().fault !== Fault.None) throw new Error(`octet ${at} of ${page} stays`);
    }
  }
  expect(board.image().equals(image)).toBe(true);
});

test("replaying a full journal reads each record twice and little more", () => {
  const board = create(16);
  board.journal.append(Kind.Account, "account");
  for (let i = 0; i < 460; i++) board.decide(`${i}`.padEnd(100, "d"));
  const again = board.again();
  expect(again.history.texts.length).toBeGreaterThan(400);
  expect(again.flash.reads).toBeLessThanOrEqual(1200);
});
