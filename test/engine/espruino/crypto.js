import { EngineCrypto } from "hal/espruino/crypto.js";

const crypto = new EngineCrypto();

function say(value) {
  print("= " + JSON.stringify(value));
}

const run = {
  hash: (c) => btoa(crypto.hash(c[0], atob(c[1]))),
  hmac: (c) => btoa(crypto.hmac(c[0], atob(c[1]), atob(c[2]))),
  pbkdf2: (c) => btoa(crypto.pbkdf2(c[0], atob(c[1]), atob(c[2]), c[3])),
  unbase64: (text) => crypto.base64(crypto.unbase64(text)),
  crc32: (text) => crypto.crc32(atob(text)),
};

for (const name in THING) THING[name].forEach((c) => say(run[name](c)));
quit();
