/** A text that is known again says what the parser would have read in it, and nothing else. */
import { describe, expect, test } from "vitest";
import { MEMO_BYTES_MAX, STANZA_BYTES_MAX } from "../../../firmware/config.js";
import { Memo } from "../../../firmware/stream/memo.js";
import { Element } from "../../../firmware/xml/element.js";
import { without } from "../../../firmware/xml/list.js";
import { parse, show } from "../xml/recorder.js";

const NS = "xmlns='urn:xmpp:iot:sensordata'";
const INNER = "<node nodeId='sensor'/><field name='Temperature'/></req></iq>";
const USUAL = "<iq type='get' from='friend@ex.org/r' to='dev@ex.org/x' id='a1b2'>" +
  `<req ${NS} seqnr='17' momentary='true'>${INNER}`;

const LEARNED: [string, string][] = [
  ["as servers write it", USUAL],
  ["in double quotes", USUAL.replaceAll("'", '"')],
  ["the id first, the seqnr last", "<iq id='a1b2' type='get' from='friend@ex.org/r'>" +
    `<req ${NS} momentary='true' seqnr='17'/></iq>`],
  ["both with prefixes", "<c:iq xmlns:c='jabber:client' type='get' id='a1b2'>" +
    "<s:req xmlns:s='urn:xmpp:iot:sensordata' seqnr='17'/></c:iq>"],
  ["quotes, entities and the same words behind it", USUAL.replace("Temperature",
    'a"b &amp; seqnr=&apos;17&apos;').replace("<node", "<b>it's id='a1b2' seqnr='17'</b><node")],
  ["the same words in other attributes", "<iq type=' id=a1b2' from='f@ex.org/ id=a1b2' " +
    `id='a1b2'><req ${NS} x=' seqnr=17' seqnr='17'/></iq>`],
];

/** Cut where it looks as if: these are read as usual each time. */
const REFUSED: [string, string][] = [
  ["an id in another's value", `<iq from=" id='a1b2'" id="a1b2"><req ${NS} seqnr="17"/></iq>`],
  ["two kinds of quotes", USUAL.replace("type='get'", 'type="get"')],
  ["a value that seems to end the tag", USUAL.replace("friend@ex.org/r", "friend@ex.org/>")],
  ["blanks around the sign", USUAL.replace("id='a1b2'", "id = 'a1b2'")],
  ["a line break before it", USUAL.replace(" id=", "\nid=")],
  ["an id with an entity", USUAL.replace("id='a1b2'", "id='a1&#98;2'")],
  ["a seqnr in another form", USUAL.replace("seqnr='17'", "seqnr=' 17'")],
  ["text before the payload", USUAL.replace("><req", ">text<req")],
  ["the seqnr of a grandchild", "<iq type='get' id='a1b2'><a><req seqnr='17'/></a></iq>"],
  ["the seqnr of the stanza alone", "<iq type='get' id='a1b2' seqnr='17'><req/></iq>"],
];

class Learner {
  readonly memo = new Memo();
  /** What the last `repeats` handed over. */
  told: string[] | null = null;

  constructor(text: string, heldBytes = text.length) {
    this.memo.hear(text, heldBytes);
    this.memo.learn("a1b2", "17", {
      repeat: (context, id, seqnr) => {
        this.told = [String(context), id, seqnr];
        return true;
      },
    }, "call");
  }

  repeats(text: string): boolean {
    this.told = null;
    return this.memo.repeats(text);
  }
}

/** A stanza without the values that a memo takes out. */
function rest(stanza: Element): string {
  const payload = stanza.children[0]!;
  const own = new Element(stanza.ns, stanza.name, without(stanza.attributes, "id"));
  const inner = new Element(payload.ns, payload.name, without(payload.attributes, "seqnr"));
  inner.children = payload.children;
  inner.text = payload.text;
  own.children = [inner, ...stanza.children.slice(1)];
  own.text = stanza.text;
  return show(own);
}

const OCTETS = ["", "'", '"', "<", ">", "&", "=", " ", "\n", "/", "0", "9", "a", "Z", "x", ":",
  "\x01", "\xc3\xa9", "&lt;", "' b='", "'/><a b='", " id='", " seqnr='"];

describe.each(LEARNED)("%s", (_how, text) => {
  test("is known again with another id and seqnr", () => {
    const learner = new Learner(text);
    const again = text.replace(/( id=.)a1b2(?=['"][ >])/, "$1Zz+/=-9.:_").replace(
      /( seqnr=.)17(?=['"][ >/])/, "$1123456789");
    expect(learner.repeats(text)).toBe(true);
    expect(learner.told).toEqual(["call", "a1b2", "17"]);
    expect(learner.repeats(again)).toBe(true);
    expect(learner.told).toEqual(["call", "Zz+/=-9.:_", "123456789"]);
    const stanza = parse(again);
    expect(rest(stanza)).toBe(rest(parse(text)));
    expect([stanza.attribute("id"), stanza.children[0]!.attribute("seqnr")])
      .toEqual(learner.told!.slice(1));
  });

  test("changed anywhere: what is known again says what the parser reads", () => {
    const learner = new Learner(text);
    const wanted = rest(parse(text));
    let known = 0;
    for (let at = 0; at <= text.length; at++) {
      for (const octets of OCTETS) {
        for (const left of [at, at + 1]) {
          const mutant = text.slice(0, at) + octets + text.slice(left);
          if (!learner.repeats(mutant)) continue;
          known++;
          const stanza = parse(mutant);
          expect(rest(stanza), mutant).toBe(wanted);
          expect(["call", stanza.attribute("id"), stanza.children[0]!.attribute("seqnr")], mutant)
            .toEqual(learner.told);
        }
      }
    }
    expect(known).toBeGreaterThan(20);
  });

  test("what is cut off, or comes with something else, is not known", () => {
    const learner = new Learner(text);
    for (let at = 0; at < text.length; at++) {
      expect(learner.repeats(text.slice(0, at))).toBe(false);
      expect(learner.repeats(text.slice(at + 1))).toBe(false);
    }
    for (const other of ["", " ", "<presence/>", text]) {
      if (other !== "") expect(learner.repeats(text + other)).toBe(false);
      if (other !== "") expect(learner.repeats(other + text)).toBe(false);
    }
  });

  test("with a stream's end it is forgotten", () => {
    const learner = new Learner(text);
    learner.memo.forget();
    expect(learner.repeats(text)).toBe(false);
  });
});

test.each(REFUSED)("not learned: %s", (_why, text) => {
  expect(new Learner(text).repeats(text)).toBe(false);
});

describe("ids and seqnrs that could mean something are read as usual", () => {
  test.each(["", "a b", "a'b", "a&amp;b", "a<b", "a>b", "\xc3\xa9", "a\nb", "a\x01b"])(
    "id %j", (id) => {
      expect(new Learner(USUAL).repeats(USUAL.replace("a1b2", id))).toBe(false);
    });
  test.each(["", "0", "017", "-1", "+1", " 1", "1 ", "1e3", "1234567890", "1.0", "&#49;", "a"])(
    "seqnr %j", (seqnr) => {
      expect(new Learner(USUAL).repeats(USUAL.replace("'17'", `'${seqnr}'`))).toBe(false);
    });
});

describe("limits", () => {
  const long = (bytes: number): string => USUAL.replace("</req>",
    `<node nodeId='${"n".repeat(bytes - USUAL.length - "<node nodeId=''/>".length)}'/></req>`);

  test("a request as long as the limit is remembered, one more octet is not", () => {
    const most = long(MEMO_BYTES_MAX);
    expect([most.length, new Learner(most).repeats(most)]).toEqual([MEMO_BYTES_MAX, true]);
    const more = long(MEMO_BYTES_MAX + 1);
    expect(new Learner(more).repeats(more)).toBe(false);
    expect(new Learner(most).repeats(most.replace("a1b2", "a1b23"))).toBe(false);
  });

  test("what could be beyond the limit of a stanza with another id is not remembered", () => {
    const most = STANZA_BYTES_MAX - MEMO_BYTES_MAX;
    expect(new Learner(USUAL, most).repeats(USUAL)).toBe(true);
    expect(new Learner(USUAL, most + 1).repeats(USUAL)).toBe(false);
  });
});
