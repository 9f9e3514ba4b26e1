import { describe, expect, test } from "vitest";
import { STANZA_BYTES_MAX, TAG_BYTES_MAX } from "../../../firmware/config.js";
import { Fault } from "../../../firmware/fault.js";
import { Tokenizer } from "../../../firmware/xml/tokenizer.js";
import type { TokenSink } from "../../../firmware/xml/tokenizer.js";

/** Notes tokens; becomes deaf when something is too large, as the assembler does. */
class Notes implements TokenSink {
  readonly tokens: string[] = [];
  readonly tokenizer = new Tokenizer(this);
  /** What the next token is answered with. */
  answer: Fault = Fault.None;
  holdAt = "";

  onStart(name: string, attributes: string, bytes: number): Fault {
    const packed = attributes.split("\x01").join("|").split("\x02").join("=");
    return this.note(`<${name} ${packed} ${bytes}`);
  }

  onText(text: string, bytes: number): Fault {
    return this.note(`"${text}" ${bytes}`);
  }

  onEnd(name: string): Fault {
    return this.note(`>${name}`);
  }

  onOversize(): void {
    this.tokenizer.deaf = true;
    this.note("oversize");
  }

  private note(token: string): Fault {
    this.tokens.push(token);
    if (token === this.holdAt) this.tokenizer.held = true;
    return this.answer;
  }
}

function tokens(xml: string): string[] {
  const notes = new Notes();
  expect(notes.tokenizer.push(xml)).toBe(Fault.None);
  return notes.tokens;
}

test("a tag is its name, its attributes, packed, and its length on the wire", () => {
  expect(tokens("<a>")).toEqual(["<a | 3"]);
  expect(tokens("<a x='1' y='2'>")).toEqual(["<a |x=1|y=2| 15"]);
  expect(tokens(`<a x = "1"\ny='2' />`)).toEqual(["<a |x=1|y=2| 19", ">a"]);
  expect(tokens("<a/></a >")).toEqual(["<a | 4", ">a", ">a"]);
});

test("text is told whole, with its length on the wire", () => {
  expect(tokens("a &lt; b<")).toEqual(['"a < b" 8']);
  expect(tokens("<![CDATA[a &lt; b]]>")).toEqual(['"a &lt; b" 20']);
  expect(tokens("text that goes on")).toEqual([]);
});

test("the XML declaration is told as a tag of its own", () => {
  expect(tokens("<?xml version='1.0'?>")).toEqual(["<? | 21".replace("|", "")]);
});

describe("a hold", () => {
  test("stops at once, and goes on where it stopped", () => {
    const notes = new Notes();
    notes.holdAt = ">a";
    notes.tokenizer.push("<a/><b/>");
    expect(notes.tokens).toEqual(["<a | 4", ">a"]);
    expect(notes.tokenizer.waiting()).toBe("<b/>".length);
    expect(notes.tokenizer.push("<c>")).toBe(Fault.None);
    expect(notes.tokens).toHaveLength(2);
    notes.tokenizer.held = false;
    notes.tokenizer.push("");
    expect(notes.tokens).toEqual(["<a | 4", ">a", "<b | 4", ">b", "<c | 3"]);
    expect(notes.tokenizer.waiting()).toBe(0);
  });

  test("does not hide octets that are no characters from the reader", () => {
    const notes = new Notes();
    notes.holdAt = ">a";
    notes.tokenizer.push("<a/>x\xff");
    notes.tokenizer.held = false;
    expect(notes.tokenizer.push("y<b>")).toBe(Fault.NotWellFormed);
    expect(notes.tokens).toHaveLength(2);
  });
});

test("what the sink refuses ends the reading, from any kind of token", () => {
  const long = "x".repeat(TAG_BYTES_MAX);
  const ways = ["<a>", "<a/>", "</a>", "text<", "<![CDATA[x]]>", `<a x='${long}'>`,
    `<a x='${long}'/>`, `</a ${long.split("x").join(" ")}>`];
  for (const way of ways) {
    const notes = new Notes();
    notes.answer = Fault.StreamRefused;
    expect(notes.tokenizer.push(`${way}<b/>`)).toBe(Fault.StreamRefused);
    expect(notes.tokens.filter((token) => token !== "oversize")).toHaveLength(1);
  }
});

test("an octet that is no character ends the reading before anything of its chunk", () => {
  const notes = new Notes();
  expect(notes.tokenizer.push("<a/>\x02")).toBe(Fault.NotWellFormed);
  expect(notes.tokens).toEqual([]);
});

test("text that is not wanted is told as it comes, and never waits", () => {
  const notes = new Notes();
  notes.tokenizer.deaf = true;
  notes.tokenizer.push("  a");
  notes.tokenizer.push("b");
  expect(notes.tokens).toEqual(['"  a" 3', '"b" 1']);
  expect(notes.tokenizer.waiting()).toBe(0);
});

describe("a tag that is too long", () => {
  const skip = (chunks: string[]): string[] => {
    const notes = new Notes();
    for (const chunk of chunks) {
      expect(notes.tokenizer.push(chunk)).toBe(Fault.None);
      expect(notes.tokenizer.waiting()).toBeLessThanOrEqual(STANZA_BYTES_MAX);
    }
    return notes.tokens;
  };
  const fill = "y".repeat(TAG_BYTES_MAX);

  test.each([
    ["ends at > outside of quotes", [`<a x='${fill}>' y=">">`], false],
    ["knows that it is empty", [`<a x='${fill}'/>`], true],
    ["is not empty for a slash in a value", [`<a x='${fill}/'>`], false],
    ["is not empty for a slash and > in quotes", [`<a x='${fill}' y='/>'>`], false],
    ["is not empty for a value that ends in a slash before", [`<a y='/' x='${fill}'>`], false],
    ["remembers a slash over the border", [`<a x='${fill}'/`, ">"], true],
    ["remembers a quote over the border", [`<a x="${fill}`, "'>", '"', "/", ">"], true],
    ["sees a quote at the border", [`<a x='${fill}'`, "/>"], true],
    ["sees quotes that open at the border", [`<a x='${fill}' y='`, "/>'", ">"], false],
    ["takes an empty value at the border", [`<a x='${fill}' y='`, "'", "/>"], true],
    ["may have an empty chunk", [`<a x='${fill}'/`, "", ">"], true],
  ])("%s", (_, chunks, empty) => {
    const expected = empty ? ["oversize", "<a | 0", ">a"] : ["oversize", "<a | 0"];
    expect(skip([...chunks, "<b>"])).toEqual([...expected, "<b | 3"]);
    expect(skip([...chunks.join("").split(""), "<b>"])).toEqual([...expected, "<b | 3"]);
  });

  test("text that is too long is dropped from its first octet on", () => {
    const seen = skip(["<a>", "x".repeat(STANZA_BYTES_MAX + 1), "more</a>"]);
    expect(seen[1]).toBe("oversize");
    expect(seen.at(-1)).toBe(">a");
  });
});
