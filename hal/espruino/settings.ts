/**
 * What belongs to one board of many: its account and its Wi-Fi. It is an object with the fields
 * of `Given`, all optional, in a file `thing.json` in Storage, where `npm run flash` puts it (or
 * in the working directory, on Linux), never in the bundle.
 *
 * The file is UTF-8, without escapes: Espruino makes one octet of each \u.
 */
import type { Settings } from "../../firmware/setting.js";

const XMPPS_PORT = 5223;
const NAME = "thing.json";

export interface Given extends Settings {
  ssid: string;
  passphrase: string;
  /** Who it is, to be commissioned (rendezvous.ts); and on Linux what there is on the loopback. */
  identity: unknown;
  networks: unknown;
  /** Where to wait for new boards on Linux, in place of RENDEZVOUS_PORT; 0: there. */
  guestPort: number;
}

export function storedSettings(): Given {
  return complete(require("Storage").readJSON(NAME, true));
}

/** On Linux a global `THING`, defined before the bundle is loaded, goes before all files. */
export function linuxSettings(): Given {
  if (typeof THING !== "undefined") return complete(THING);
  const files = require("fs");
  if (!files.statSync(NAME)) return storedSettings();
  return complete(JSON.parse(files.readFileSync(NAME)!));
}

/** A field that is absent, or not what it should be, gets its default. */
function complete(given: any): Given {
  const from = given || {};
  return {
    jid: text(from.jid),
    password: text(from.password),
    host: text(from.host),
    port: typeof from.port === "number" ? from.port : XMPPS_PORT,
    secure: from.secure !== false,
    provisioning: text(from.provisioning),
    windowMs: typeof from.windowMs === "number" ? from.windowMs : 0,
    ssid: text(from.ssid),
    passphrase: text(from.passphrase),
    identity: from.identity,
    networks: from.networks,
    guestPort: from.guestPort | 0,
  };
}

function text(value: unknown): string {
  if (typeof value !== "string") return "";
  // Espruino for Linux knows characters beyond octets, which ours for the wire must not be.
  return E.isUTF8 && E.isUTF8(value) ? E.fromUTF8(value) : value;
}
