/** The comparison that all scenes trust: it must see every difference but those it is told of. */
import { describe, expect, test } from "vitest";
import { parse } from "./markup.js";
import { difference, parsePattern } from "./pattern.js";

const ACTUAL = "<iq type='error' id='1'><setResponse xmlns='urn:c' code='No'/>" +
  "<error type='cancel'><forbidden xmlns='urn:s'/><text xmlns='urn:s'>Access denied.</text>" +
  "</error></iq>";

describe("fits", () => {
  test.each([
    ["itself", ACTUAL],
    ["other quotes, order and layout", "<iq id=\"1\"\n  type=\"error\">\n  <setResponse code='No'" +
      " xmlns='urn:c'/> <error type='cancel'>\n<forbidden xmlns='urn:s'/>" +
      "<text xmlns='urn:s'> Access denied. </text></error></iq>"],
    ["any other attributes", "<iq …><setResponse …/><error …>…</error></iq>"],
    ["any value", ACTUAL.replace("'1'", "'…'")],
    ["anything around",
      "<iq …>…<error type='cancel'>…<text …>Access denied.</text>…</error>…</iq>"],
    ["any text", "<iq …>…<error …>…<text xmlns='urn:s'>…</text></error></iq>"],
    ["anything inside", "<iq type='error' …>…</iq>"],
    ["no namespace said where attributes are open", "<iq …>…<error …><forbidden …/>…</error></iq>"],
  ])("%s", (_what, pattern) => {
    expect(difference(parsePattern(pattern), parse(ACTUAL))).toBe("");
  });
});

describe("does not fit", () => {
  test.each([
    ["another name", ACTUAL.replace(/iq/g, "message"), "<message> wanted, <iq> found"],
    ["another value", ACTUAL.replace("'1'", "'2'"), "id is"],
    ["an attribute more", ACTUAL.replace("id='1'", ""), "id was not expected"],
    ["an attribute less", ACTUAL.replace("id='1'", "id='1' to='x'"), "no attribute to"],
    ["another namespace", ACTUAL.replace("urn:c", "urn:d"), "xmlns urn:d wanted"],
    ["another text", ACTUAL.replace("denied", "granted"), "granted"],
    ["a child more", ACTUAL.replace("<setResponse xmlns='urn:c' code='No'/>", ""), "wanted"],
    ["a child less", ACTUAL.replace("</iq>", "<x/></iq>"), "nothing like <x>"],
    ["another order of children", "<iq …>…<error …>…</error><setResponse …/></iq>",
      "nothing like <setResponse>"],
    ["… in one place is not everywhere", "<iq …><error …>…</error>…</iq>", "<error> wanted"],
    ["an empty element that is not", "<iq …><setResponse …/><error …/></iq>", "more inside"],
  ])("%s", (_what, pattern, why) => {
    expect(difference(parsePattern(pattern), parse(ACTUAL))).toContain(why);
  });
});
