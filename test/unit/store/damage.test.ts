/** Broken pages, lost pages, rotten records, and what a reset does with them. */
import { expect, test } from "vitest";
import { Fault } from "../../../firmware/fault.js";
import { HISTORY, Kind } from "../../../firmware/store/record.js";
import { createErased, PAGE_BYTES } from "../../../hal/host/nor.js";
import { Break, MockFlash, PowerCut } from "../../../hal/mock/flash.js";
import { Board, create, crypto, damage, find, has } from "./board.js";

const RECORD_HEAD_BYTES = 8;

/** Fills the page that is written until only so many octets are free. */
function fill(board: Board, left: number): void {
  const rest = (): number => PAGE_BYTES - board.pages.offset - left;
  while (rest() > 600) board.decide("d".repeat(240));
  if (rest() > 0) board.decide("e".repeat(rest() - RECORD_HEAD_BYTES));
  expect(board.pages.offset).toBe(PAGE_BYTES - left);
}

/** All pages but these resist whatever is done to them. */
function breakAll(board: Board, sound: number[] = []): void {
  for (let page = 0; page < board.flash.pages; page++) {
    if (sound.includes(page)) continue;
    board.flash.breakErases(page, Break.Silent);
    board.flash.breakWrites(page, Break.Silent);
  }
}

test("a clearing in the last octets of a page counts", () => {
  const board = create();
  board.decide("one");
  fill(board, RECORD_HEAD_BYTES);
  board.journal.append(Kind.Cleared, "");
  expect([board.pages.offset, board.pages.newest()]).toEqual([PAGE_BYTES, 1]);
  board.history.alive.clear();
  board.decide("two");
  expect(board.again().history.texts).toEqual(["two"]);
});

test("a record in the last octets of a page is moved like any other", () => {
  const board = create();
  board.decide("one");
  board.decide("");
  fill(board, RECORD_HEAD_BYTES);
  board.history.alive.clear();
  board.decide("");
  for (let i = 0; i < 40; i++) board.journal.append(Kind.Trust, `${i}${"t".repeat(500)}`);
  expect([board.history.texts, board.again().history.texts]).toEqual([[""], [""]]);
});

test("a clearing that rots at the end of an older page is damage, wherever the next one is", () => {
  for (let turn = 0; turn < 4; turn++) {
    const board = create(4);
    for (let i = 0; i < turn; i++) {
      board.pages.open();
      board.pages.retire(board.pages.head);
    }
    board.pages.open();
    board.decide("taken back");
    board.journal.append(Kind.Cleared, "");
    const at = board.pages.head * PAGE_BYTES + board.pages.offset - RECORD_HEAD_BYTES;
    board.pages.open();
    board.journal.append(Kind.Account, "account");
    const hurt = damage(board, at, (octet) => octet ^ 0xff);
    expect([hurt.fault, hurt.history.texts]).toEqual([Fault.FlashBroken, []]);
    expect(hurt.journal.value(Kind.Account)).toBe("account");
    expect([hurt.again().fault, hurt.again().journal.value(Kind.Account)])
      .toEqual([Fault.None, "account"]);
  }
});

test("what rots on the newest page is damage when something stands behind it", () => {
  const board = create();
  board.decide("before");
  board.decide("rots");
  board.decide("after");
  const hurt = damage(board, find(board, "rots"), (octet) => octet ^ 1);
  expect([hurt.fault, hurt.history.texts]).toEqual([Fault.FlashBroken, ["after"]]);
});

test.each([1, 2, 3, 4, 6, 12])("a record torn after %i octets is ended by the start", (keep) => {
  const board = create();
  board.journal.append(Kind.Account, "account");
  board.flash.cutInside(1, keep);
  expect(() => board.decide("torn decision")).toThrow(PowerCut);
  const again = new Board(new MockFlash(board.flash.image()));
  expect(again.decide("next")).toBeGreaterThan(0);
  const last = again.again();
  expect([last.fault, last.history.texts, last.flash.operations]).toEqual([0, ["next"], 0]);
});

test("the newest page is lost: no decision counts, and the next start is clean", () => {
  const board = create(5);
  board.journal.append(Kind.Account, "account");
  board.decide("before");
  board.pages.open();
  board.journal.append(Kind.Cleared, "");
  const hurt = damage(board, board.pages.head * PAGE_BYTES + 5, (octet) => octet ^ 1);
  expect([hurt.fault, hurt.history.texts]).toEqual([Fault.FlashBroken, []]);
  const next = hurt.again();
  expect([next.fault, next.flash.operations, next.journal.value(Kind.Account)])
    .toEqual([Fault.None, 0, "account"]);
});

test("the only page is lost: that is told, and the next start is clean", () => {
  const board = create();
  board.journal.append(Kind.Account, "account");
  const hurt = damage(board, board.pages.head * PAGE_BYTES + 5, (octet) => octet ^ 1);
  expect([hurt.fault, hurt.journal.value(Kind.Account)]).toEqual([Fault.FlashBroken, ""]);
  expect(has(hurt, "account")).toBe(false);
  const next = hurt.again();
  expect([next.fault, next.flash.operations]).toEqual([Fault.None, 0]);
});

test("damage that cannot be fled, as no other page works, takes no account with it", () => {
  const board = create(4);
  board.journal.append(Kind.Account, "account");
  board.decide("rots");
  board.decide("after");
  const flash = new MockFlash(damageOf(board, find(board, "rots")));
  for (const page of [0, 2, 3]) {
    flash.breakErases(page, Break.Honest);
    flash.breakWrites(page, Break.Honest);
  }
  for (let start = 0; start < 3; start++) {
    const hurt = new Board(flash);
    expect([hurt.fault, hurt.journal.value(Kind.Account), hurt.history.texts])
      .toEqual([Fault.FlashBroken, "account", ["after"]]);
  }
});

test("damage on a page whose content finds no room elsewhere: the page stays", () => {
  const board = create(4);
  board.journal.append(Kind.Account, `account ${"a".repeat(900)}`);
  board.journal.append(Kind.Trust, `trust ${"t".repeat(900)}`);
  board.decide("rots");
  board.journal.append(Kind.Token, `token ${"k".repeat(900)}`);
  const rotten = find(board, "rots");
  board.pages.open();
  for (const kind of [9, 10, 11]) board.journal.append(kind as Kind, `${kind}${"x".repeat(1000)}`);
  const flash = new MockFlash(damageOf(board, rotten));
  for (const page of [0, 3]) {
    flash.breakErases(page, Break.Honest);
    flash.breakWrites(page, Break.Honest);
  }
  for (let start = 0; start < 3; start++) {
    const hurt = new Board(flash);
    expect(hurt.fault).toBe(Fault.FlashBroken);
    const words = [Kind.Account, Kind.Trust, Kind.Token].map((kind) => hurt.journal.value(kind));
    expect(words.map((one) => one.slice(0, 5))).toEqual(["accou", "trust", "token"]);
  }
});

function damageOf(board: Board, at: number): Buffer {
  const image = board.image();
  image[at]! ^= 1;
  return image;
}

test("with one page left that works, its records are taken until it is full, and kept", () => {
  const board = create(4);
  board.journal.append(Kind.Account, "account");
  breakAll(board, [board.pages.head]);
  let last = "";
  for (let i = 0; i < 30; i++) {
    const text = `trust ${i} ${"t".repeat(300)}`;
    if (board.journal.append(Kind.Trust, text)) last = text;
  }
  expect([last === "", board.fault]).toEqual([false, Fault.FlashBroken]);
  const again = new Board(board.flash);
  expect([again.journal.value(Kind.Account), again.journal.value(Kind.Trust)])
    .toEqual(["account", last]);
});

test("with no page that works nothing is taken, and the fault says which", () => {
  const board = create(4);
  breakAll(board);
  expect([board.journal.append(Kind.Account, "a"), board.fault]).toEqual([0, Fault.FlashBroken]);
  expect(board.flash.erases).toBeLessThanOrEqual(4);
});

test("what can never be made smaller is not moved round and round", () => {
  const board = create(6);
  const kinds = [...Array(HISTORY).keys()].filter((kind) => kind > 0 && kind !== Kind.Reset);
  for (const kind of kinds) board.journal.append(kind as Kind, `${kind} ${"k".repeat(1000)}`);
  expect([board.pages.free(), board.fault]).toEqual([2, Fault.None]);
  // Four pages of what must live, and only one is left for two that should be free.
  const broken = (board.pages.head + 1) % 6;
  board.flash.breakErases(broken, Break.Honest);
  board.flash.breakWrites(broken, Break.Honest);
  const erases = board.pages.erases;
  for (let i = 0; i < 3; i++) board.journal.append(Kind.Trust, `${i} ${"t".repeat(1000)}`);
  expect(board.pages.erases - erases).toBeLessThanOrEqual(3 * 7);
  const again = new Board(board.flash);
  for (const kind of kinds) {
    if (kind !== Kind.Trust) expect(again.journal.value(kind as Kind).slice(0, 5)).toBe(`${kind} kkkk`.slice(0, 5));
  }
});

test("where decisions make room, page 0 does, too, and no sequence is used again", () => {
  const board = create(4);
  const { pages, journal } = board;
  pages.open();
  pages.open();
  journal.append(Kind.Account, "account");
  journal.append(Kind.Revoked, "somebody");
  pages.open();
  journal.append(Kind.Trust, "trust");
  pages.open();
  board.decide("on page 0");
  expect(pages.head).toBe(0);
  pages.retire(1);
  pages.open();
  journal.append(Kind.Token, "token");
  journal.remove(Kind.Revoked);
  expect([pages.head, pages.free()]).toEqual([1, 0]);
  const newest = pages.newest();
  pages.offset = PAGE_BYTES;
  expect(journal.append(Kind.Revoked, "another")).toBeGreaterThan(0);
  expect(pages.newest()).toBeGreaterThan(newest);
  const again = board.again();
  const kinds = [Kind.Account, Kind.Trust, Kind.Token, Kind.Revoked];
  expect(kinds.map((kind) => again.journal.value(kind)))
    .toEqual(["account", "trust", "token", "another"]);
});

test("where all decisions make room, the page that is written stays the newest", () => {
  const board = create(4);
  board.journal.append(Kind.Account, "account");
  while (board.pages.free() > 0) board.pages.open();
  const newest = board.pages.newest();
  board.pages.offset = PAGE_BYTES;
  expect(board.journal.append(Kind.Trust, "trust")).toBeGreaterThan(0);
  expect(board.pages.newest()).toBe(newest + 1);
});

test("a decision is copied as long as there is credit for all of it; an account always", () => {
  for (const [credit, expected] of [[112, ["d".repeat(104)]], [108, []]] as const) {
    const board = create(4);
    board.journal.append(Kind.Account, "a".repeat(1000));
    board.decide("d".repeat(104));
    board.pages.open();
    board.pages.open();
    const { compaction } = board.journal;
    compaction.credit = credit;
    compaction.spare();
    expect([board.history.texts, compaction.credit])
      .toEqual([expected, expected.length ? credit - 112 : credit]);
    expect(board.again().journal.value(Kind.Account)).toBe("a".repeat(1000));
  }
});

test("a reset that cannot be finished stays behind what it ends, and what is new behind it", () => {
  const board = create(5);
  board.journal.append(Kind.Trust, "old authority");
  const old = board.pages.head;
  board.flash.breakErases(old, Break.Silent);
  board.flash.breakWrites(old, Break.Silent);
  board.reset();
  board.journal.append(Kind.Account, "new account");
  let last = "";
  for (let i = 0; i < 60; i++) {
    if (i === 10) board.journal.append(Kind.Token, "new token");
    const text = `trust ${i} ${"t".repeat(500)}`;
    if (board.journal.append(Kind.Trust, text)) last = text;
    board.rest();
  }
  const again = new Board(board.flash);
  expect([again.journal.value(Kind.Account), again.journal.value(Kind.Trust)])
    .toEqual(["new account", last]);
  expect(again.journal.value(Kind.Token)).toBe("new token");
});

test("what was copied badly is copied again, to another page", () => {
  const board = create(6);
  board.journal.append(Kind.Account, "account");
  board.decide("decision");
  for (let i = 0; i < 3; i++) board.pages.open();
  board.flash.breakWrites(board.pages.head, Break.Silent);
  board.pages.sequences[5] = -1;
  board.journal.compaction.spare();
  expect(board.journal.value(Kind.Account)).toBe("account");
  expect(board.pages.after(0) === 1).toBe(false);
  const again = new Board(board.flash);
  expect([again.journal.value(Kind.Account), again.history.texts])
    .toEqual(["account", ["decision"]]);
});

test("a start makes room also where what must be moved does not fit onto the newest page", () => {
  const board = create(6);
  for (let i = 0; i < 15; i++) board.decide(`${i} ${"d".repeat(240)}`);
  expect(board.pages.newest()).toBe(1);
  for (let i = 0; i < 4; i++) board.pages.open();
  for (let i = 0; i < 8; i++) board.decide(`late ${i} ${"d".repeat(240)}`);
  expect(board.pages.free()).toBe(1);
  const again = board.again();
  expect(again.pages.free()).toBeGreaterThanOrEqual(2);
  expect(again.history.texts).toEqual(board.history.texts);
});

/** A flash that takes everything but a record without payload, as a reset's. */
class Picky extends MockFlash {
  override write(page: number, offset: number, bytes: string): boolean {
    return bytes.length !== 8 && super.write(page, offset, bytes);
  }
}

test("a reset whose record is not taken erases all pages, also one that was not tried", () => {
  const board = create(4);
  const { pages } = board;
  for (let i = 0; i < 3; i++) pages.open();
  pages.open();
  board.journal.append(Kind.Account, "secret account");
  pages.retire(1);
  pages.open();
  board.journal.append(Kind.Trust, "secret trust");
  pages.retire(2);
  pages.retire(3);
  expect([pages.sequences[0], pages.sequences[1]]).toEqual([4, 5]);
  const picky = new Board(new Picky(board.image()));
  expect(picky.journal.value(Kind.Account)).toBe("secret account");
  picky.reset();
  expect(has(picky, "secret")).toBe(false);
});

/** Takes half of one write, and says that it took it. */
class Flaky extends MockFlash {
  isFlaky = false;

  override write(page: number, offset: number, bytes: string): boolean {
    const half = this.isFlaky ? bytes.slice(0, 12) : bytes;
    this.isFlaky = false;
    return super.write(page, offset, half);
  }
}

test("a record that was taken in part is overwritten, and is no damage later", () => {
  const flash = new Flaky(createErased(4));
  const board = new Board(flash);
  board.journal.append(Kind.Account, "account");
  board.decide("decision");
  flash.isFlaky = true;
  expect(board.journal.append(Kind.Trust, "trust in a server")).toBeGreaterThan(0);
  const again = board.again();
  expect([again.fault, again.history.texts, again.journal.value(Kind.Trust)])
    .toEqual([Fault.None, ["decision"], "trust in a server"]);
});

test("a blank word with records behind it is damage, and hides no clearing", () => {
  const board = create();
  board.decide("taken back");
  board.pages.offset += 4;
  board.journal.append(Kind.Cleared, "");
  const again = board.again();
  expect([again.fault, again.history.texts]).toEqual([Fault.FlashBroken, []]);
});

test("a length that leads beyond the page is none", () => {
  const board = create();
  board.journal.append(Kind.Account, "account");
  fill(board, RECORD_HEAD_BYTES);
  const image = board.image();
  const at = board.pages.head * PAGE_BYTES + PAGE_BYTES - RECORD_HEAD_BYTES;
  image.write("\x10\xe8\x03", at, "latin1");
  image[at + 3] = 0xe8 ^ 3 ^ 0xa5;
  const again = new Board(new MockFlash(image));
  expect(again.journal.value(Kind.Account)).toBe("account");
  expect(again.again().fault).toBe(Fault.None);
});

test("what is replaced is overwritten, whatever its length, with no write too many", () => {
  for (const [text, writes] of [["", 1], ["x", 2], ["xyz", 2], ["wxyz!", 2]] as const) {
    const board = create();
    board.journal.append(Kind.Account, text);
    const before = board.flash.writes;
    board.journal.remove(Kind.Account);
    expect(board.flash.writes - before).toBe(writes);
    expect(text !== "" && has(board, text)).toBe(false);
    expect(board.again().flash.operations).toBe(0);
  }
});

test("a reset on a flash that takes nothing ends, believes nothing, and says so", () => {
  const board = create(4);
  board.journal.append(Kind.Account, "account");
  breakAll(board);
  board.reset();
  expect([board.fault, board.journal.value(Kind.Account)]).toEqual([Fault.FlashBroken, ""]);
  expect(board.flash.erases).toBeLessThanOrEqual(16);
});

test("a reset whose record no page takes erases everything", () => {
  const board = create(4);
  for (let turn = 0; turn < 3; turn++) board.pages.open();
  for (let i = 0; i < 20; i++) board.journal.append(Kind.Account, `secret ${"s".repeat(300)}`);
  board.decide("secret decision");
  for (let page = 0; page < 4; page++) board.flash.breakWrites(page, Break.Honest);
  board.reset();
  expect([has(board, "secret"), has(board, "TWJ1")]).toEqual([false, false]);
  for (let page = 0; page < 4; page++) board.flash.breakWrites(page, Break.None);
  // And should flash come to itself, what is written then is not lost.
  const later = new Board(board.flash);
  expect(later.journal.append(Kind.Account, "mine")).toBeGreaterThan(0);
  expect(later.again().journal.value(Kind.Account)).toBe("mine");
  board.pages.sequences.fill(0);
  expect(board.journal.append(Kind.Account, "at once")).toBeGreaterThan(0);
  expect(board.again().journal.value(Kind.Account)).toBe("at once");
});

test("a reset leaves one page, on which the journal goes on, and nothing to mend", () => {
  const board = create(5);
  board.journal.append(Kind.Account, "account");
  board.decide("decision");
  board.reset();
  expect(board.journal.value(Kind.Revoked)).toBe("\x01\x01"); // Nobody is a friend any more.
  const { newest, offset } = { newest: board.pages.newest(), offset: board.pages.offset };
  expect([board.again().flash.operations, board.again().fault]).toEqual([0, Fault.None]);
  board.journal.append(Kind.Account, "next");
  expect([board.pages.newest(), board.pages.offset]).toEqual([newest, offset + 12]);
});

/** A flash of another's, with or without free pages, or one of ours. */
function before(whose: string): Buffer {
  const image = createErased(4);
  if (whose !== "ours") {
    for (const page of whose === "foreign" ? [1, 2] : [0, 1, 2, 3]) {
      const head = "TWJ2\x02\0\0\0";
      image.write(head, page * PAGE_BYTES, "latin1");
      image.writeUInt32LE(crypto.crc32(head), page * PAGE_BYTES + 8);
      image.write("foreign secret", page * PAGE_BYTES + 16);
    }
    return image;
  }
  const board = new Board(new MockFlash(image));
  board.journal.append(Kind.Account, "our secret");
  for (let i = 0; i < 12; i++) board.decide(`secret decision ${i} ${"d".repeat(240)}`);
  return board.image();
}

test.each(["ours", "foreign", "full"])("a reset that is cut is ended by the next start: %s", (whose) => {
  const image = before(whose);
  // An erase, a header, the record; where no page is free one is retired before.
  const begun = whose === "full" ? 4 : 3;
  const dry = new Board(new MockFlash(image));
  dry.reset();
  const operations = dry.flash.operations;
  let finished = 0;
  for (let operation = 1; operation < operations; operation++) {
    const board = new Board(new MockFlash(image));
    board.flash.cutAfter(operation);
    expect(() => board.reset()).toThrow(PowerCut);
    const next = new Board(new MockFlash(board.flash.image()));
    if (operation < begun) continue;
    finished++;
    expect(has(next, "secret")).toBe(false);
    expect(next.journal.value(Kind.Revoked)).toBe("\x01\x01");
    expect([next.fault, next.journal.value(Kind.Account), next.history.texts])
      .toEqual([Fault.None, "", []]);
    expect(next.again().flash.operations).toBe(0);
    next.journal.append(Kind.Account, "next");
    expect(next.again().journal.value(Kind.Account)).toBe("next");
  }
  expect(finished).toBeGreaterThan(1);
});
