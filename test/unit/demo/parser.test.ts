import { describe, expect, test } from "vitest";
import { DEPTH_MAX } from "../../../demo/server/limit.js";
import { StreamParser, XmlFault } from "../../../demo/server/parser.js";

const HEADER = "<?xml version='1.0'?><stream:stream to='ex.org' xmlns='jabber:client' "
  + "xmlns:stream='http://etherx.jabber.org/streams'>";

function parse(chunks: Buffer[], charactersMax = 1000): string[] {
  const seen: string[] = [];
  const parser = new StreamParser({
    onHeader: (header) => seen.push(`header ${header.contentUri} ${header.attrs["to"]}`),
    onElement: (element) => seen.push(element.toString()),
    onEnd: () => seen.push("end"),
  }, charactersMax);
  try {
    for (const chunk of chunks) parser.write(chunk);
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    seen.push(error.condition);
  }
  return seen;
}

const bytes = (text: string): Buffer => Buffer.from(text);

describe("a stream", () => {
  const text = `${HEADER} <message xml:lang='de'><body>\u00fc &lt; \u{1f321}</body>`
    + "<x:y xmlns:x='urn:x' x:k='1'><z/></x:y></message><iq/></stream:stream>";
  const expected = [
    "header jabber:client ex.org",
    '<message xml:lang="de"><body>\u00fc &lt; \u{1f321}</body>'
      + '<y x:k="1" xmlns:x="urn:x" xmlns="urn:x"><z xmlns="jabber:client"/></y></message>',
    "<iq/>", "end",
  ];

  test("gives the same elements however its bytes are split", () => {
    const all = bytes(text);
    expect(parse([all])).toEqual(expected);
    for (let at = 1; at < all.length; at++) {
      expect(parse([all.subarray(0, at), all.subarray(at)])).toEqual(expected);
    }
  });

  test("a component's namespace counts as the clients'", () => {
    const component = HEADER.replace("jabber:client", "jabber:component:accept");
    expect(parse([bytes(`${component}<iq><a xmlns='u'/></iq>`)])[1]).toBe(
      '<iq><a xmlns="u"/></iq>');
  });
});

describe("refused", () => {
  test.each([
    ["<!-- x -->", "restricted-xml"],
    ["<?x y?>", "restricted-xml"], ["<a>&foo;</a>", "not-well-formed"],
    ["<a></b>", "not-well-formed"], ["<a x='1' x='2'/>", "not-well-formed"],
    ["<p:a/>", "not-well-formed"], ["<a>&#1;</a>", "not-well-formed"],
    ["<a>]]></a>", "not-well-formed"], ["text", "bad-format"],
  ])("%s is %s", (text, condition) => {
    expect(parse([bytes(`${HEADER}${text}<iq/>`)]).at(-1)).toBe(condition);
  });

  test("a document type declaration", () => {
    expect(parse([bytes(`<!DOCTYPE a [<!ENTITY b 'c'>]>${HEADER}`)])).toEqual(["restricted-xml"]);
  });

  test("bytes that are not UTF-8", () => {
    expect(parse([bytes(HEADER), Buffer.from([0x3c, 0x61, 0x3e, 0xff])]).at(-1))
      .toBe("unsupported-encoding");
  });

  test("a stanza at the limit passes, one character more does not", () => {
    const stanza = (length: number): string => `<a>${"x".repeat(length - 7)}</a>`;
    expect(parse([bytes(HEADER + stanza(200))], 200)).toHaveLength(2);
    expect(parse([bytes(HEADER + stanza(201))], 200).at(-1)).toBe("policy-violation");
    expect(parse([bytes(HEADER), bytes(`<a x='${"x".repeat(200)}`)], 200).at(-1))
      .toBe("policy-violation");
  });

  test("nesting up to the limit passes, one level more does not", () => {
    const nested = (depth: number): string => "<a>".repeat(depth) + "</a>".repeat(depth);
    expect(parse([bytes(HEADER + nested(DEPTH_MAX - 1))], 100000)).toHaveLength(2);
    expect(parse([bytes(HEADER + nested(DEPTH_MAX))], 100000).at(-1)).toBe("policy-violation");
  });
});
