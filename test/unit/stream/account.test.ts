/** An account is taken whole, or not at all. */
import { expect, test } from "vitest";
import { PASSWORD_BYTES_MAX } from "../../../firmware/config.js";
import { boot, erased } from "../../power/part.js";

const LONGEST = "\xc3\xa4".repeat(PASSWORD_BYTES_MAX / 2);

test("a password may be as long as the limit says, and survives a start", () => {
  const parts = erased(4);
  expect(LONGEST.length).toBe(PASSWORD_BYTES_MAX);
  expect(parts.setPassword(LONGEST)).toBe(true);
  const { bare, secret } = boot(parts.flash.image()).account;
  expect([bare, secret]).toEqual(["dev@ex.org", LONGEST]);
});

test.each([["one octet more", LONGEST + "x"], ["none", ""], ["a control character", "a\x00b"]])(
  "%s is no password, and the account stays as it was", (_what, password) => {
    const parts = erased(4);
    parts.setPassword("before");
    const { operations } = parts.flash;
    expect(parts.setPassword(password)).toBe(false);
    expect(parts.account.secret).toBe("before");
    expect(parts.flash.operations).toBe(operations);
    expect(boot(parts.flash.image()).account.secret).toBe("before");
  });
