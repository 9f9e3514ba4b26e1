import { expect, test } from "vitest";
import { JID_PART_BYTES_MAX, bareJid, formatJid, parseJid } from "../../../authority/jid.js";

test.each([
  ["A@Ex.ORG/Res", "a@ex.org/Res"], ["ex.org.", "ex.org"], ["a@b/c@d/e", "a@b/c@d/e"],
  ["\u00c4@b", "\u00e4@b"], ["a\u0308@b", "\u00e4@b"], ["b/c@d", "b/c@d"],
])("%s is %s", (text, expected) => {
  expect(formatJid(parseJid(text)!)).toBe(expected);
});

test.each(["", "@b", "a@", "a@b/", "/c", "a b@c", "a@b@c", "a<@c", "a@b\n", "a@b/\u0000"])(
  "%j is none", (text) => {
    expect(parseJid(text)).toBeNull();
    expect(bareJid(text)).toBe("");
  });

test("each part may be as long as the limit, and no longer", () => {
  const longest = "x".repeat(JID_PART_BYTES_MAX);
  expect(parseJid(`${longest}@${longest}/${longest}`)).not.toBeNull();
  for (const text of [`${longest}x@b`, `a@${longest}x`, `a@b/${longest}x`]) {
    expect(parseJid(text)).toBeNull();
  }
});
