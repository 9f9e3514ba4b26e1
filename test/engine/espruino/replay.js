import { EngineCrypto } from "hal/espruino/crypto.js";
import { Player } from "../player.js";

// The record is a file, because beside the firmware the heap has no room for it.

const STEPS = 50;

const file = E.openFile(THING.record, "r");
let rest = "";

function line() {
  let at = rest.indexOf("\n");
  while (at < 0) {
    const more = file.read(4096);
    if (!more) return "";
    rest += more;
    at = rest.indexOf("\n");
  }
  const found = rest.substring(0, at);
  rest = rest.substring(at + 1);
  return found;
}

function decode(value) {
  if (typeof value !== "object" || value === null) return value;
  // Signs that no bundle gives to a name.
  if ("=b" in value) return atob(value["=b"]);
  if ("=n" in value) return NaN;
  return "=f" in value ? "\xff".repeat(value["=f"]) : value;
}

function shown(value) {
  return typeof value === "string" ? btoa(value) : JSON.stringify(value);
}

function end(lines, what) {
  print("= " + JSON.stringify({ "line": lines, "what": what }));
  quit();
}

const player = new Player(new EngineCrypto(), line, decode, shown, end);

/** In portions, because the interpreter collects its garbage when it is idle. */
function go() {
  for (let i = 0; i < STEPS; i++) if (!player.step()) return;
  setTimeout(go, 0);
}

setTimeout(go, 0);
