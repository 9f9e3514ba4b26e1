/** Stanzas at a limit of config.ts and one above it; after each the stream goes on. */
import {
  ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, STANZA_BYTES_MAX, TAG_BYTES_MAX,
} from "../../../firmware/config.js";
import { NS_STREAM, NS_XML } from "./stream.js";

export interface Limit {
  name: string;
  max: number;
  /** A stanza `m` with this much of it. */
  make(count: number): string;
}

/** Filled up to `length` octets, with what stands before and behind it. */
function filled(before: string, behind: string, length: number, filler = "x"): string {
  return before + filler.repeat(length - before.length - behind.length) + behind;
}

/** 33 names of one octet with empty values are the shortest tag that has too many attributes. */
const SHORT_NAMES = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"];

function attributes(count: number): string {
  return SHORT_NAMES.slice(0, count).map((name) => ` ${name}=''`).join("");
}

/** A stanza's own namespace is held as well: its stanza is not of the stream's namespace. */
const CLIENT_BYTES = "jabber:client".length;

/** The namespaces in force inside of the stream's header. */
const SCOPE_BYTES = `12jabber:client1stream2${NS_STREAM}1xml2${NS_XML}1`.length;

export const LIMITS: Limit[] = [
  { name: "octets of a stanza's tags and text", max: STANZA_BYTES_MAX - CLIENT_BYTES,
    make: (count) => filled("<m><b>", "", count) + "</b></m>" },
  { name: "octets of a stanza's text in pieces", max: STANZA_BYTES_MAX - CLIENT_BYTES,
    make: (count) => filled("<m>1<b/>2<b/>3<b>", "", count) + "</b></m>" },
  { name: "octets of a stanza's text with entities, as they are written",
    max: STANZA_BYTES_MAX - CLIENT_BYTES,
    make: (count) => filled("<m><b>", "&amp;&amp;&amp;", count) + "</b></m>" },
  { name: "octets of a stanza's attributes", max: STANZA_BYTES_MAX - CLIENT_BYTES,
    make: (count) => {
      const first = filled("<b x='", "'/>", 1500);
      return filled(`<m>${first}${first}<b x='`, "'/>", count) + "</m>";
    } },
  { name: "octets of a stanza's namespaces, which are held three times",
    max: Math.floor((STANZA_BYTES_MAX - CLIENT_BYTES - SCOPE_BYTES - "12".length
      - "<m><b xmlns=''/>".length) / 3),
    make: (count) => `<m><b xmlns='${"u".repeat(count)}'/></m>` },
  { name: "octets of a start tag", max: TAG_BYTES_MAX,
    make: (count) => `<m>${filled("<b x='", "'>", count)}</b></m>` },
  { name: "octets of an empty tag", max: TAG_BYTES_MAX,
    make: (count) => `<m>${filled("<b x='", "'/>", count)}</m>` },
  { name: "octets of a tag with > in quotes", max: TAG_BYTES_MAX,
    make: (count) => `<m>${filled("<b x=\"'>", "/>\" y='/>'/>", count, ">")}</m>` },
  { name: "octets of a stanza's own tag", max: TAG_BYTES_MAX,
    make: (count) => `${filled("<m x='", "'>", count)}<b/></m>` },
  { name: "octets of a stanza that is one tag", max: TAG_BYTES_MAX,
    make: (count) => filled("<m x='", "'/>", count) },
  { name: "octets of a name", max: TAG_BYTES_MAX,
    make: (count) => `<m>${filled("<", "/>", count, "n")}</m>` },
  { name: "octets of an attribute's name", max: TAG_BYTES_MAX,
    make: (count) => `<m>${filled("<b ", "=''/>", count, "n")}</m>` },
  { name: "octets of white space in a tag", max: TAG_BYTES_MAX,
    make: (count) => `<m>${filled("<b ", "/>", count, " ")}</m>` },
  { name: "octets of an end tag", max: TAG_BYTES_MAX,
    make: (count) => `<m><b>${filled("</b", ">", count, " ")}</m>` },
  { name: "octets of a stanza's own end tag", max: TAG_BYTES_MAX,
    make: (count) => `<m><b/>${filled("</m", ">", count, "\n")}` },
  { name: "levels", max: DEPTH_MAX - 2,
    make: (count) => `<m>${"<b>".repeat(count)}${"</b>".repeat(count)}</m>` },
  { name: "elements", max: ELEMENTS_MAX, make: (count) => `<m>${"<b/>".repeat(count)}</m>` },
  { name: "elements in a row of levels", max: ELEMENTS_MAX,
    make: (count) => `<m>${"<b><c/></b>".repeat(count >> 1)}${count & 1 ? "<b/>" : ""}</m>` },
  { name: "attributes", max: ATTRIBUTES_MAX, make: (count) => `<m><b${attributes(count)}/></m>` },
  { name: "attributes of a stanza", max: ATTRIBUTES_MAX,
    make: (count) => `<m${attributes(count)}><b/></m>` },
];

const A = "a".repeat(65536);

/** HOSTILE-TESTS 9.3, at the size that servers let pass: each is skipped, the stream goes on. */
export const HUGE: { name: string; xml: string }[] = [
  { name: "30,000 levels", xml: `<m>${"<b>".repeat(30000)}${"</b>".repeat(30000)}</m>` },
  { name: "20,000 attributes",
    xml: `<m><b${Array.from({ length: 20000 }, (_, n) => ` a${n}='1'`).join("")}/></m>` },
  { name: "20,000 attributes of the stanza itself",
    xml: `<m${Array.from({ length: 20000 }, (_, n) => ` a${n}="1"`).join("")}><b/></m>` },
  { name: "60,000 elements", xml: `<m>${"<b/>".repeat(60000)}</m>` },
  { name: "a value of 256 kB", xml: `<m><b x='${A}${A}${A}${A}'/></m>` },
  { name: "a value of 64 kB full of tags and quotes",
    xml: `<m><b x='${`"/>&lt;/m>`.repeat(6000)}' y="'/></m>"></b></m>` },
  { name: "a text of 256 kB", xml: `<m><b>${A}${A}${A}${A}</b></m>` },
  { name: "a name of 64 kB", xml: `<m><${A}/></m>` },
  { name: "a name of 64 kB, with an end tag", xml: `<m><${A}><c/></${A}></m>` },
  { name: "a name of 64 kB, with attributes", xml: `<m><${A} x='1' y="/>"><c/></${A} ></m>` },
  { name: "a name of 64 kB beyond ASCII", xml: `<m><${"\xc3\xa0".repeat(32768)}/></m>` },
  { name: "a prefix of 64 kB", xml: `<m><${A}:b xmlns:${A}='u'></${A}:b></m>` },
  { name: "an attribute's name of 64 kB", xml: `<m><b ${A}='1'/></m>` },
  { name: "white space of 64 kB in a tag", xml: `<m><b ${" ".repeat(65536)}></b${" ".repeat(65536)}></m>` },
  { name: "a namespace of 64 kB", xml: `<m><b xmlns='${A}'><c/><c/></b></m>` },
  { name: "tags of two octets without end", xml: `<m>${"<b></b>".repeat(9000)}</m>` },
  { name: "text and tags in turn", xml: `<m>${"x<b/>".repeat(9000)}</m>` },
];

/** A little markup that would make a careless reader hold much: each fits in a stanza. */
export const SWOLLEN: { name: string; xml: string }[] = [
  { name: "one long namespace for many children",
    xml: `<m><b xmlns='${"u".repeat(1800)}'>${"<c/>".repeat(62)}</b></m>` },
  { name: "one long prefixed namespace for many elements",
    xml: `<m xmlns:p='${"u".repeat(1500)}'>${"<p:c/>".repeat(64)}</m>` },
  { name: "one long namespace for many attributes",
    xml: `<m xmlns:p='${"u".repeat(1500)}'>${
      `<c${SHORT_NAMES.slice(0, 32).map((name) => ` p:${name}=''`).join("")}/>`.repeat(8)}</m>` },
  { name: "one long namespace for many attributes of the stanza itself",
    xml: `<m xmlns:p='${"u".repeat(1000)}'${
      SHORT_NAMES.slice(0, 31).map((name) => ` p:${name}=''`).join("")}/>` },
  { name: "a declaration at each level under a long one",
    xml: `<m xmlns:p='${"u".repeat(1800)}'>${
      "<b xmlns='u'>".repeat(14)}${"</b>".repeat(14)}</m>` },
];
