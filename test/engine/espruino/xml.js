import { Assembler } from "firmware/xml/assembler.js";
import { EngineCrypto } from "hal/espruino/crypto.js";

// Each line of the file is a size and a stream in base64, which arrives in pieces of that size.
// What the assembler says of it is printed as a CRC.

const crypto = new EngineCrypto();
const file = E.openFile(THING.cases, "r");
let rest = "";

function line() {
  while (rest.indexOf("\n") < 0) {
    const more = file.read(4096);
    if (!more) return "";
    rest += more;
  }
  const end = rest.indexOf("\n");
  const found = rest.substring(0, end);
  rest = rest.substring(end + 1);
  return found;
}

function show(element) {
  let text = "{" + element.ns + "}" + element.name + element.attributes + element.text + "(";
  for (const child of element.children || []) text += show(child);
  return text + ")";
}

let seen = "";
const sink = {
  onHeader(header) {
    seen += "header " + show(header);
    return 0;
  },
  onElement(element, oversized) {
    seen += (oversized ? "oversized " : "element ") + show(element);
    return 0;
  },
  onItem(stanza, item) {
    seen += "item " + show(stanza) + show(item);
  },
  onStreamEnd() {
    seen += "end";
  },
};

function play(size, xml) {
  const assembler = new Assembler(sink);
  let fault = 0;
  seen = "";
  for (let at = 0; at < xml.length && fault === 0; at += size) {
    fault = assembler.tokenizer.push(xml.substring(at, at + size));
  }
  return crypto.crc32(seen + fault);
}

function go() {
  for (let i = 0; i < 20; i++) {
    const text = line();
    if (text === "") return quit();
    const blank = text.indexOf(" ");
    print("= " + play(parseInt(text.substring(0, blank), 10), atob(text.substring(blank + 1))));
  }
  setTimeout(go, 0);
}

setTimeout(go, 0);
