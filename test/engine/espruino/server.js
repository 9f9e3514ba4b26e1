/** The port of a board that lets others in, and who waits behind it, without a board around. */
import { Existing } from "firmware/rendezvous/existing.js";
import { EngineCipher } from "hal/espruino/cipher.js";
import { EngineClock } from "hal/espruino/clock.js";
import { EngineCrypto } from "hal/espruino/crypto.js";
import { Driver } from "hal/espruino/driver.js";
import { HashRandom, linuxEntropy } from "hal/espruino/random.js";
import { EngineServer } from "hal/espruino/server.js";
import { EngineNetwork } from "hal/espruino/socket.js";

const clock = new EngineClock();
const crypto = new EngineCrypto();
const driver = new Driver(clock);
const random = new HashRandom(crypto, linuxEntropy);
const network = new EngineNetwork(driver, random, null);
const server = new EngineServer(network, THING.port);
const parts = { clock: clock, crypto: crypto, cipher: new EngineCipher(), random: random };
let existing = null;
let port = null;

const listener = {
  admit() {
    return null;
  },
  onVisit(visit) {
    print("visit " + visit);
  },
  onDescribed() {
    print("described");
  },
  onTrying() {
    print("trying");
  },
  onGone(joiner, why) {
    print("gone " + why);
  },
  onEnd(ending) {
    print("end " + ending);
  },
};

// What is typed at the console.
THING.open = () => {
  existing = new Existing(parts, { vendor: 65535, product: 65535, modes: 0, hash: 65535,
    suites: 1 }, "board", listener);
  port = server.listen(11096, existing);
  print("listens " + !server.isDeaf);
};
THING.shut = () => {
  existing.close();
  port.close();
  existing = port = null;
  print("shut");
};
THING.usage = () => print("= " + process.memory().usage);
THING.heard = () => print("= " + JSON.stringify([network.isHeard, driver.faults]));

driver.start([{
  tick(nowMs) {
    if (existing) existing.tick(nowMs);
  },
}]);
print("ready");
