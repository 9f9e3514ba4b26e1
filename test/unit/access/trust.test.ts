/** Trust is there whole or not at all. */
import { expect, test } from "vitest";
import { Role } from "../../../firmware/access/trust.js";
import { SERVERS_MAX } from "../../../firmware/config.js";
import { Break } from "../../../hal/mock/flash.js";
import { Parts, boot, erased } from "../../power/part.js";

const again = (parts: Parts): Parts => boot(parts.flash.image());

test("one that is awaited has no rights, and is still awaited after a restart", () => {
  const parts = erased(4);
  expect(parts.trust.put("p@ex.org", Role.Pending)).toBe(true);
  for (const one of [parts, again(parts)]) {
    expect([one.trust.pending, one.trust.has("p@ex.org"), one.trust.list()])
      .toEqual(["p@ex.org", false, []]);
  }
});

test("one that is added is trusted and awaited no more", () => {
  const parts = erased(4);
  parts.trust.put("p@ex.org", Role.Pending);
  expect(parts.trust.put("p@ex.org", Role.Trusted)).toBe(true);
  for (const one of [parts, again(parts)]) {
    expect([one.trust.pending, one.trust.list()]).toEqual(["", ["p@ex.org"]]);
    expect([one.trust.has("p@ex.org"), one.trust.has("p@ex.or")]).toEqual([true, false]);
  }
});

test("a second candidate takes the place of the first", () => {
  const parts = erased(4);
  parts.trust.put("one@ex.org", Role.Pending);
  parts.trust.put("two@ex.org", Role.Pending);
  expect(again(parts).trust.pending).toBe("two@ex.org");
});

test("giving up forgets a candidate, and never a trusted one", () => {
  const parts = erased(4);
  parts.trust.put("p@ex.org", Role.Trusted);
  parts.trust.put("q@ex.org", Role.Pending);
  expect([parts.trust.put("q@ex.org", Role.None), parts.trust.put("p@ex.org", Role.None)]).toEqual([true, true]);
  for (const one of [parts, again(parts)]) {
    expect([one.trust.pending, one.trust.list()]).toEqual(["", ["p@ex.org"]]);
  }
});

test("nothing is written where nothing changes", () => {
  const parts = erased(4);
  parts.trust.put("p@ex.org", Role.Trusted);
  const before = parts.flash.operations;
  parts.trust.put("p@ex.org", Role.Trusted);
  parts.trust.put("stranger@ex.org", Role.None);
  parts.trust.see("p@ex.org", "p@ex.org/a", true);
  parts.trust.unsee();
  expect(parts.flash.operations).toBe(before);
});

test("as many servers as the limit says, and not one more", () => {
  const parts = erased(4);
  for (let i = 0; i < SERVERS_MAX; i++) expect(parts.trust.put(`s${i}.ex.org`, Role.Trusted)).toBe(true);
  expect([parts.trust.put("more.ex.org", Role.Trusted), parts.trust.put("more.ex.org", Role.Pending)])
    .toEqual([false, false]);
  expect(again(parts).trust.list().length).toBe(SERVERS_MAX);
});

test("what flash does not take is not trusted in RAM either", () => {
  const parts = erased(3);
  for (let page = 0; page < 3; page++) parts.flash.breakWrites(page, Break.Silent);
  expect(parts.trust.put("p@ex.org", Role.Trusted)).toBe(false);
  expect([parts.trust.has("p@ex.org"), again(parts).trust.list()]).toEqual([false, []]);
});

test("a component is addressed by its domain, an account by the full JID that is available", () => {
  const { trust } = erased(4);
  expect([trust.address("prov.ex.org"), trust.address("p@ex.org")]).toEqual(["prov.ex.org", ""]);
  trust.see("p@ex.org", "p@ex.org/a", true);
  expect(trust.address("p@ex.org")).toBe("p@ex.org/a");
  trust.see("p@ex.org", "p@ex.org/b", true);
  trust.see("p@ex.org", "p@ex.org/a", false);
  expect(trust.address("p@ex.org")).toBe("p@ex.org/b");
  trust.see("p@ex.org", "p@ex.org/b", false);
  expect(trust.address("p@ex.org")).toBe("");
});

test("a lost stream forgets who was available, and no trust", () => {
  const { trust } = erased(4);
  trust.put("p@ex.org", Role.Trusted);
  trust.see("p@ex.org", "p@ex.org/a", true);
  trust.unsee();
  expect([trust.address("p@ex.org"), trust.has("p@ex.org")]).toEqual(["", true]);
});
