import { Player } from "../player.js";

// The record is the array RECORD, in which octet strings are themselves. Names of properties are
// shortened here as in a bundle, so what is quoted belongs to somebody else (crypto.js).
// DERIVED are the keys that earlier replays have derived: thousands of hashes take seconds here.

const SHOWN = 200;

let at = 0;

function derived(algorithm, password, salt, iterations) {
  const what = JSON.stringify([algorithm, password, salt, iterations]);
  if (!(what in DERIVED)) {
    DERIVED[what] = CRYPTO["pbkdf2"](algorithm, password, salt, iterations);
    print("+ " + JSON.stringify([what, DERIVED[what]]));
  }
  return DERIVED[what];
}

const crypto = {
  hash: (algorithm, bytes) => CRYPTO["hash"](algorithm, bytes),
  hmac: (algorithm, key, bytes) => CRYPTO["hmac"](algorithm, key, bytes),
  pbkdf2: derived,
  base64: (bytes) => CRYPTO["base64"](bytes),
  unbase64: (text) => CRYPTO["unbase64"](text),
  crc32: (bytes) => CRYPTO["crc32"](bytes),
};

function line() {
  return at < RECORD.length ? RECORD[at++] : "";
}

function end(lines, what) {
  print("= " + JSON.stringify({ "line": lines, "what": what.substring(0, SHOWN) }));
}

/** interpreter.ts: JSON has no NaN. */
const decode = (value) => value === "\0NaN" ? NaN : value;

const player = new Player(crypto, line, decode, (value) => JSON.stringify(value), end);
while (player.step());
