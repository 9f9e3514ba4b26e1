/** Streams that must end: what is no XML, and what XMPP forbids (HOSTILE-TESTS 9). */
import { HEADER, octets } from "./stream.js";

export interface Hostile {
  name: string;
  xml: string;
  /** restricted-xml rather than not-well-formed. */
  restricted?: boolean;
  /** Legal XML 1.0 that is refused all the same, and why. */
  stricter?: string;
}

const bad = (name: string, xml: string): Hostile => ({ name, xml: HEADER + xml });
const restricted = (name: string, xml: string): Hostile => ({ name, xml, restricted: true });

const LAUGHS = "<!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol1 '&lol;&lol;&lol;'>]>";

export const HOSTILE: Hostile[] = [
  restricted("a document type before the header", LAUGHS + HEADER),
  restricted("a document type behind the declaration", "<?xml version='1.0'?><!DOCTYPE a><a/>"),
  restricted("a document type in the stream", `${HEADER}<!DOCTYPE a SYSTEM 'file:///etc/passwd'>`),
  restricted("a comment", `${HEADER}<!-- x -->`),
  restricted("a comment in a stanza", `${HEADER}<a><!-- x --></a>`),
  restricted("a comment before the header", `<!-- x -->${HEADER}`),
  restricted("a processing instruction", `${HEADER}<?x y?>`),
  restricted("a processing instruction in a stanza", `${HEADER}<a><?php echo 1 ?></a>`),
  restricted("a style sheet", `<?xml-stylesheet href='u'?>${HEADER}`),
  restricted("an entity declaration", `${HEADER}<!ENTITY a 'b'>`),
  restricted("a conditional section", `${HEADER}<a><![INCLUDE[x]]></a>`),
  restricted("CDATA in small letters", `${HEADER}<a><![cdata[x]]></a>`),

  bad("an unknown entity", "<a>&foo;</a>"),
  bad("an unknown entity in a value", "<a x='&foo;'/>"),
  bad("an entity of HTML", "<a>&nbsp;</a>"),
  bad("an entity in capitals", "<a>&AMP;</a>"),
  bad("an entity without a name", "<a>&;</a>"),
  bad("an entity without an end", "<a>&amp</a>"),
  bad("an entity whose end is far away", "<a>&amp <b/>;</a>"),
  bad("a lonely ampersand", "<a>a & b</a>"),
  bad("a lonely ampersand in a value", "<a x='a&b'/>"),
  bad("an ampersand at the end of a value", "<a x='a&' y=';'/>"),
  bad("an entity with a blank", "<a>& amp;</a>"),
  ...["0", "1", "8", "11", "12", "14", "31", "x0", "x1", "x2", "x1F", "xFFFE", "xFFFF", "xD800",
    "xDFFF", "55296", "x110000", "1114112", "99999999999", "x100000041", "-1", "+65", " 65", "6 5",
    "x", "", "xg1", "X41", "1e2", "6.5", "0x41"].map(
    (reference) => bad(`the reference ${reference}`, `<a>&#${reference};</a>`)),
  bad("a control character by reference in a value", "<a x='&#1;y&#2;z'/>"),

  bad("an attribute twice", "<a x='1' x='2'/>"),
  bad("an attribute twice, in both quotes", `<a x='1' x="2"/>`),
  bad("an attribute twice, walked", "<a x = '1' y='3' x='2'/>"),
  bad("an attribute twice by its expanded name",
    "<a p:x='1' q:x='2' xmlns:p='u' xmlns:q='u'/>"),
  bad("an attribute twice by its expanded name, declared outside",
    "<a xmlns:p='u'><b xmlns:q='u' q:x='' p:x=''/></a>"),
  bad("a prefix declared twice", "<a xmlns:p='u' xmlns:p='v'/>"),
  bad("a namespace declared twice", "<a xmlns='u' xmlns='v'/>"),
  bad("an unbound prefix", "<p:a/>"),
  bad("an unbound prefix of an attribute", "<a p:x='1'/>"),
  bad("a prefix whose element has ended", "<a><b xmlns:p='u'/><p:c/></a>"),
  bad("a prefix of a stanza before", "<a xmlns:p='u'/><p:a/>"),
  bad("a prefix that is undone", "<a xmlns:p=''/>"),
  bad("an empty prefix", "<:a/>"),
  bad("an empty local name", "<stream:/>"),
  bad("an empty declaration", "<a xmlns:='u'/>"),
  bad("a declaration of two colons", "<a xmlns:p:q='u'/>"),
  bad("an attribute with an empty local name", "<a stream:='u'/>"),
  bad("two colons", "<stream:a:b/>"),
  bad("two colons in an attribute", "<a stream:a:b=''/>"),
  { name: "a local name that starts with a digit", xml: `${HEADER}<stream:1/>`,
    stricter: "so says Namespaces in XML; the other parser does not look" },
  bad("the prefix xml bound to something else", "<a xmlns:xml='u'/>"),
  bad("the prefix xmlns declared", "<a xmlns:xmlns='u'/>"),
  bad("the prefix xmlns of an element", "<xmlns:a/>"),

  bad("tags that do not match", "<a></b>"),
  bad("tags that cross", "<a><b></a></b>"),
  bad("a prefix that does not match", "<p:a xmlns:p='u' xmlns:q='u'></q:a>"),
  bad("an end tag without its prefix", "<p:a xmlns:p='u'></a>"),
  bad("an end tag in capitals", "<a></A>"),
  bad("an end tag that is longer", "<a></aa>"),
  bad("an end tag that is shorter", "<aa></a>"),
  bad("an end tag with an attribute", "<a></a x='1'>"),
  bad("an end tag that is its own end", "<a></a/>"),
  bad("an end tag without a name", "<a></>"),
  bad("an end tag with a blank before its name", "<a></ a>"),
  bad("an end tag with a path", "<a><b></a\tb>"),
  bad("the stream's end with a stanza open", "<a></stream:stream>"),
  { name: "an end without a beginning", xml: "</a>" },

  bad("]]> in text", "<a>x]]>y</a>"),
  bad("< in a value", "<a x='<'/>"),
  bad("a tag in a value", `<a x="<b/>"/>`),
  bad("< in a tag", "<a <b/>"),
  bad("a value without quotes", "<a x=1/>"),
  bad("an attribute without a value", "<a x/>"),
  bad("an attribute without a value before another", "<a x y='1'/>"),
  bad("an attribute with = alone", "<a x=/>"),
  bad("an attribute without a name", "<a ='1'/>"),
  bad("attributes without white space", "<a x='1'y='2'/>"),
  bad("a value behind a value", "<a x='1' '2'/>"),
  bad("two =", "<a x=='1'/>"),
  bad("a name that starts with a digit", "<1a/>"),
  bad("a name that starts with a dot", "<.a/>"),
  bad("a name that starts with a hyphen", "<-a/>"),
  bad("an attribute that starts with a digit", "<a 1='1'/>"),
  bad("a name with a slash", "<a/b/>"),
  bad("a name with a quote", "<a'b'/>"),
  bad("a blank before the name", "< a/>"),
  bad("a line break before the name", "<\na/>"),
  bad("a tag without a name", "<>"),
  bad("an empty tag without a name", "</>"),
  bad("two slashes", "<a//>"),
  bad("a slash and a blank", "<a/ >"),
  bad("a slash in the middle", "<a / x='1'/>"),
  bad("a flood of <", "<".repeat(300) + ">"),

  bad("text between stanzas", "<a/>text<b/>"),
  bad("CDATA between stanzas", "<![CDATA[x]]><a/>"),
  { name: "a reference between stanzas", xml: `${HEADER}&#32;<a/>`,
    stricter: "nobody writes white space so" },
  bad("a no-break space between stanzas", octets("<a/>\u00a0<b/>")),
  bad("a byte order mark between stanzas", octets("<a/>\ufeff<b/>")),
  bad("the last octet of a no-break space between stanzas", "<a/>\xa0<b/>"),
  { name: "text before the header", xml: "x" + HEADER },
  { name: "a byte order mark before the header", xml: octets("\ufeff") + HEADER,
    stricter: "RFC 6120 forbids it" },

  ...["\x80", "\xbf", "\xc0\xaf", "\xc1\x81", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x80\x80\xaf",
    "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xed\xa0\xbd\xed\xb8\x80", "\xf4\x90\x80\x80",
    "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x8c",
    "\xc3\xc3\xa4", "\xe1\xc2\x80\x80", "\xe2\x82\xac\x80", "\xef\xbf\xbe", "\xef\xbf\xbf"].flatMap(
    (bytes) => {
      const hex = Buffer.from(bytes, "latin1").toString("hex");
      return [
        bad(`the octets ${hex} in text`, `<a>x${bytes}y</a>`),
        bad(`the octets ${hex} in a value`, `<a x='${bytes}'/>`),
        bad(`the octets ${hex} in CDATA`, `<a><![CDATA[${bytes}]]></a>`),
        bad(`the octets ${hex} in a name`, `<a${bytes}/>`),
      ];
    }),
  ...["\x00", "\x01", "\x02", "\x08", "\x0b", "\x0c", "\x0e", "\x1f"].flatMap((character) => {
    const code = character.charCodeAt(0);
    return [
      bad(`the control character ${code} in text`, `<a>${character}</a>`),
      bad(`the control character ${code} in a value`, `<a x='1${character}y${character}2'/>`),
      bad(`the control character ${code} in CDATA`, `<a><![CDATA[${character}]]></a>`),
      bad(`the control character ${code} as white space`, `<a${character}x='1'/>`),
      bad(`the control character ${code} between stanzas`, `<a/>${character}<b/>`),
    ];
  }),
  { name: "a reference that is longer than any code point", xml: `${HEADER}<a>&#x00000041;</a>`,
    stricter: "leading zeros say nothing" },
  { name: "the prefix xml bound to what it is", stricter: "it is always bound",
    xml: `${HEADER}<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>` },
];
