/** Pages: rotation, what is ours, and pages that are broken. */
import { expect, test } from "vitest";
import { Fault } from "../../../firmware/fault.js";
import { Pages } from "../../../firmware/store/page.js";
import { Mark, pageHead } from "../../../firmware/store/record.js";
import { createErased } from "../../../hal/host/nor.js";
import { HostCrypto } from "../../../hal/host/crypto.js";
import { Break, MockFlash } from "../../../hal/mock/flash.js";

const crypto = new HostCrypto();

function create(pages = 4, image = createErased(pages)): { flash: MockFlash; pages: Pages } {
  const flash = new MockFlash(image);
  const made = new Pages(flash, crypto);
  made.load();
  return { flash, pages: made };
}

test("an erased flash has only free pages, and no fault", () => {
  const { pages } = create();
  expect([pages.free(), pages.newest(), pages.after(0), pages.fault]).toEqual([4, 0, -1, 0]);
});

test("pages are taken in turn, with the next sequence", () => {
  const { pages } = create();
  const taken = [];
  for (let i = 0; i < 3; i++) {
    expect(pages.open()).toBe(true);
    taken.push(pages.head);
  }
  expect(taken).toEqual([1, 2, 3]);
  pages.retire(1);
  expect(pages.open() && pages.open()).toBe(true);
  expect([pages.head, pages.newest(), pages.open()]).toEqual([1, 5, false]);
  const again = create(4, pages.flash instanceof MockFlash ? pages.flash.image() : undefined);
  expect(again.pages.sequences).toEqual([4, 5, 2, 3]);
});

test("a page that does not erase is passed over, and said to be broken", () => {
  for (const how of [Break.Honest, Break.Silent]) {
    const { flash, pages } = create();
    flash.write(1, 100, "junk");
    flash.breakErases(1, how);
    expect(pages.open()).toBe(true);
    expect([pages.head, pages.sequences[1], pages.fault]).toEqual(
      [2, Mark.Broken, Fault.FlashBroken]);
  }
});

test("a page whose bits do not program is passed over, and said to be broken", () => {
  for (const how of [Break.Honest, Break.Silent]) {
    const { flash, pages } = create();
    flash.breakWrites(1, how);
    expect(pages.open()).toBe(true);
    expect([pages.head, pages.fault]).toEqual([2, Fault.FlashBroken]);
  }
});

test("with every page broken there is none, and no endless search", () => {
  const { flash, pages } = create();
  for (let page = 0; page < 4; page++) flash.breakErases(page, Break.Honest);
  expect([pages.open(), pages.fault]).toEqual([false, Fault.FlashBroken]);
  expect(flash.erases).toBe(4);
});

test("a page that does not take its retirement is erased instead", () => {
  const { flash, pages } = create();
  pages.open();
  flash.breakWrites(1, Break.Silent);
  pages.retire(1);
  expect([pages.sequences[1], create(4, flash.image()).pages.newest()]).toEqual([Mark.Free, 0]);
});

test("a page that takes neither is not used again", () => {
  const { flash, pages } = create();
  pages.open();
  flash.breakWrites(1, Break.Silent);
  flash.breakErases(1, Break.Silent);
  pages.retire(1);
  expect([pages.sequences[1], pages.free()]).toEqual([Mark.Broken, 3]);
});

test("a foreign image is a fault, and nothing of it is touched", () => {
  const image = createErased(4);
  image.write("\xeb\x3c\x90MSDOS5.0", 0, "latin1");
  const { flash, pages } = create(4, image);
  expect(pages.fault).toBe(Fault.FlashForeign);
  expect(pages.write(0, 0, "\0\0\0\0")).toBe(false);
  expect([flash.operations, flash.image().equals(image)]).toEqual([0, true]);
});

test("beside a page of ours, odd octets are only what an erase left", () => {
  const image = createErased(4);
  image.write(pageHead(1, crypto), 0, "latin1");
  image.write("\0\0\0\0", 4096, "latin1");
  image.write("junk", 8192, "latin1");
  expect(create(4, image).pages.fault).toBe(Fault.None);
});

test("a page of a newer format is a fault even beside ours", () => {
  const image = createErased(4);
  image.write(pageHead(1, crypto), 0, "latin1");
  const head = "TWJ2\x02\0\0\0";
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crypto.crc32(head));
  image.write(head + crc.toString("latin1"), 4096, "latin1");
  expect(create(4, image).pages.fault).toBe(Fault.FlashForeign);
});

test("a rotten header with records behind it is a lost page; without, a torn one", () => {
  const image = createErased(4);
  image.write(pageHead(1, crypto), 0, "latin1");
  image[6] = 1;
  expect([create(4, image).pages.lost, create(4, image).pages.free()]).toEqual([false, 4]);
  image[50] = 1;
  expect([create(4, image).pages.lost, create(4, image).pages.free()]).toEqual([true, 3]);
  expect(create(4, image).pages.fault).toBe(Fault.None);
});

test("wiping leaves nothing before a sequence, and overwrites what does not erase", () => {
  for (const how of [Break.Honest, Break.Silent]) {
    const { flash, pages } = create();
    for (let i = 0; i < 3; i++) {
      pages.open();
      pages.write(pages.head, 16, "secret!!");
    }
    flash.breakErases(1, how);
    expect(pages.wipe(3)).toBe(true);
    const image = flash.image();
    expect(image.indexOf("secret")).toBe(3 * 4096 + 16);
    expect(image.indexOf("secret", 3 * 4096 + 17)).toBe(-1);
    expect(pages.sequences).toEqual([0, 0, 0, 3]);
  }
});

test("a page that takes neither erase nor zeros makes a wipe say so", () => {
  const { flash, pages } = create();
  pages.open();
  pages.open();
  flash.breakErases(1, Break.Silent);
  flash.breakWrites(1, Break.Silent);
  expect([pages.wipe(2), pages.sequences[1]]).toEqual([false, Mark.Broken]);
});

test("wiping erases nothing that is blank", () => {
  const { flash, pages } = create();
  pages.open();
  const before = flash.erases;
  expect(pages.wipe(1)).toBe(true);
  expect(flash.erases).toBe(before);
});

test("a write that does not read back is a fault", () => {
  const { flash, pages } = create();
  pages.open();
  expect(pages.write(1, 16, "good")).toBe(true);
  flash.breakWrites(1, Break.Silent);
  expect([pages.write(1, 20, "lost"), pages.fault]).toEqual([false, Fault.FlashBroken]);
  expect(pages.erases).toBe(1);
});

test("of two pages with one sequence the last counts as the one after", () => {
  const image = createErased(4);
  image.write(pageHead(7, crypto), 0, "latin1");
  image.write(pageHead(7, crypto), 4096, "latin1");
  expect([create(4, image).pages.after(0), create(4, image).pages.after(7)]).toEqual([1, -1]);
});

test("a lost page of ours beside odd octets is damage, not another's flash", () => {
  const image = createErased(4);
  image.write(pageHead(1, crypto), 0, "latin1");
  image[6] = 1;
  image[50] = 1;
  image.write("junk", 8192, "latin1");
  const { pages } = create(4, image);
  expect([pages.lost, pages.fault]).toEqual([true, Fault.None]);
});

test("wiping erases where it can, rather than to overwrite", () => {
  const { flash, pages } = create();
  pages.open();
  pages.write(1, 16, "secret!!");
  expect([pages.wipe(2), flash.image().every((octet) => octet === 0xff)]).toEqual([true, true]);
});

test("a look whether a page is blank reads it once, in pieces", () => {
  const { flash, pages } = create();
  for (const [count, pieces] of [[256, 1], [257, 2], [512, 2], [4096, 16]] as const) {
    const before = flash.reads;
    expect(pages.isBlank(0, 0, count)).toBe(true);
    expect(flash.reads - before).toBe(pieces);
  }
});
