import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JID_PART_BYTES_MAX } from "../../../firmware/config.js";
import { bareJid, domainOf, fold, normalJid } from "../../../firmware/stream/jid.js";
import { octets } from "../../vectors/xml/stream.js";

const PROV = "prov@ex.org";
const DOMAIN = "prov.ex.org";
const part = (count: number): string => "a".repeat(count);

test.each([
  ["dev@ex.org", "dev@ex.org"], ["dev@ex.org/R", "dev@ex.org"], ["ex.org", "ex.org"],
  ["ex.org/R", "ex.org"], ["Dev@EX.Org/Res", "dev@ex.org"], ["dev@ex.org.", "dev@ex.org"],
  ["a@b/c@d", "a@b"], ["a@b/c/d", "a@b"], ["a@b//", "a@b"], ["b/c@d", "b"], ["a@b/<&'\">", "a@b"],
  ["a.b-c_d+e=f!#$%*?^`{|}~@ex.org", "a.b-c_d+e=f!#$%*?^`{|}~@ex.org"],
  ["dev@[::1]", "dev@[::1]"], ["dev@192.0.2.1", "dev@192.0.2.1"],
  ["prov\\40ex.org@gw.ex.org", "prov\\40ex.org@gw.ex.org"],
])("the bare JID of %s is %s", (jid, bare) => {
  expect(bareJid(jid)).toBe(bare);
});

test.each(["", "@", "/", ".", "..", "ex.org..", "dev@ex.org../R", "@ex.org", "dev@", "dev@/R", "/R", "dev@ex.org/", "ex.org/", "a@b@c",
  "a@b@c/d", "@@", "a b@ex.org", "a\tb@ex.org", "a\"b@ex.org", "a&b@ex.org", "a'b@ex.org",
  "a:b@ex.org", "a<b@ex.org", "a>b@ex.org", "a\x7f@ex.org", "a\x00@ex.org", "dev@ex org", "dev@ex,org",
  "dev@ex_org", "dev@ex.org;", "dev@ex!org", " dev@ex.org", "dev@ex.org ", "dev@", "not a jid",
  "dev@ex.org\n", "dev@<ex.org>", "mailto:dev@ex.org"])("%j is no JID", (jid) => {
  expect(bareJid(jid)).toBe("");
  expect(normalJid(jid)).toBe("");
});

test("the resource stays as it is", () => {
  expect(normalJid("Dev@EX.org/ReS")).toBe("dev@ex.org/ReS");
  expect(normalJid("a@b/c@d/e")).toBe("a@b/c@d/e");
  expect(normalJid("ex.org.")).toBe("ex.org");
});

test("the domain of a bare JID", () => {
  expect(domainOf("dev@ex.org")).toBe("ex.org");
  expect(domainOf("ex.org")).toBe("ex.org");
});

describe("each part may have 1023 octets and no more", () => {
  test.each([
    ["local part", (text: string) => `${text}@b/c`],
    ["domain", (text: string) => `a@${text}/c`],
    ["domain alone", (text: string) => text],
    ["resource", (text: string) => `a@b/${text}`],
    ["resource of a domain", (text: string) => `b/${text}`],
  ])("%s", (_, make) => {
    expect(bareJid(make(part(JID_PART_BYTES_MAX)))).not.toBe("");
    expect(normalJid(make(part(JID_PART_BYTES_MAX)))).not.toBe("");
    expect(bareJid(make(part(JID_PART_BYTES_MAX + 1)))).toBe("");
    expect(normalJid(make(part(JID_PART_BYTES_MAX + 1)))).toBe("");
  });

  test("all three together", () => {
    const full = part(JID_PART_BYTES_MAX);
    expect(bareJid(`${full}@${full}/${full}`)).toBe(`${full}@${full}`);
  });
});

describe("nobody looks like the provisioning server", () => {
  test.each([
    "prov\u200b@ex.org", "prov@ex\u200b.org", "\u202eprov@ex.org", "\uff50rov@ex.org",
    "\u0440rov@ex.org", "pr\u043ev@ex.org", "prov@\u0435x.org", "prov@ex\u3002org", "prov@ex\uff0eorg",
    "p\u0307rov@ex.org", "prov@xn--x-9ub.org", "prov@ex.org\u00a0", "prov@ex.org\u00ad", "prov@ex..org",
    "prov@.ex.org", "prov@ex.org..", "evil@ex.org/prov@ex.org", "prov@ex.org@evil.org",
    "evil.org/prov@ex.org", "prov@evil.org/ex.org", "ex.org/prov@ex.org", "prov%ex.org@evil.org",
    "prov@ex.org.evil.org",
  ])("%s", (jid) => {
    expect(bareJid(octets(jid))).not.toBe(PROV);
  });

  test.each(["\u0440rov.ex.org", "xn--rov-5cd.ex.org", "prov.ex.org.evil.org", "prov@ex.org",
    "prov.ex.org@evil.org", "evil.org/prov.ex.org", "evil@evil.org/prov.ex.org", "prov.ex.org..",
    "\u017fprov.ex.org", "prov.e\u212a.org"])("component: %s", (jid) => {
    expect(bareJid(octets(jid))).not.toBe(DOMAIN);
  });

  test("letters beyond ASCII are equal to themselves alone", () => {
    const equal = (a: string, b: string): boolean => bareJid(octets(a)) === bareJid(octets(b));
    expect(equal("\u00c4@ex.org", "\u00e4@ex.org")).toBe(false);
    expect(equal("\u00e9@ex.org", "e\u0301@ex.org")).toBe(false);
    expect(equal("stra\u00dfe@ex.org", "strasse@ex.org")).toBe(false);
    expect(equal("\u00e4@EX.org/a", "\u00e4@ex.org/b")).toBe(true);
    expect(fold("\xc3\x84A")).toBe("\xc3\x84a");
  });
});

const aLetter = fc.constantFrom(..."aB1.-_\xe4\xc4@/ '&<:");
const anything = fc.array(aLetter, { maxLength: 20 }).map((letters) => letters.join(""));

test("a bare JID is its own, has no resource, and one @ at most", () => {
  fc.assert(fc.property(anything, (text) => {
    const bare = bareJid(text);
    if (bare === "") return;
    expect(bareJid(bare)).toBe(bare);
    expect(bare).not.toMatch(/[A-Z/ '&<]|@.*@|^@|@$/);
    expect(bareJid(`${bare}/x@y/z`)).toBe(bare);
    expect(bareJid(bare.toUpperCase().replace(/[^\x00-\x7f]/g, ""))).toBe(
      bareJid(bare.replace(/[^\x00-\x7f]/g, "")));
  }), { numRuns: 1000 });
});

test("a normal JID is its own, and has the bare one", () => {
  fc.assert(fc.property(anything, (text) => {
    const normal = normalJid(text);
    expect(normalJid(normal)).toBe(normal);
    expect(bareJid(normal)).toBe(bareJid(text));
    expect(normal === "").toBe(bareJid(text) === "");
  }), { numRuns: 1000 });
});
