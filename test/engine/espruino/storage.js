import { EngineCrypto } from "hal/espruino/crypto.js";
import { FileFlash } from "hal/espruino/linux.js";
import { HashRandom, linuxEntropy } from "hal/espruino/random.js";
import { linuxSettings } from "hal/espruino/settings.js";

function say(value) {
  print("= " + JSON.stringify(value));
}

function refused(run) {
  try {
    run();
    return false;
  } catch (error) {
    return true;
  }
}

const run = {
  random() {
    const random = new HashRandom(new EngineCrypto(), linuxEntropy);
    const first = random.bytes(16);
    say([1, 31, 32, 33, 100, 0].map((count) => random.bytes(count).length));
    say(btoa(first));
    say(btoa(random.bytes(16)));
    random.seed();
    say(Math.random());
  },
  /** From one and the same seed: what differs must come from the use, not from the source. */
  seeded() {
    const random = new HashRandom(new EngineCrypto(), () => "seed");
    say(btoa(random.bytes(40)));
    say(btoa(random.bytes(40)));
    random.mix("more");
    say(btoa(random.bytes(40)));
  },
  make() {
    const flash = new FileFlash("thing.flash");
    say([flash.pageBytes, flash.pages, flash.read(0, 0, 4096) === "\xff".repeat(4096)]);
    say(flash.write(2, 8, "\x00\xff\x0f\xf0abcd\x80\x01\x02\x03"));
    say(flash.write(2, 8, "\xff\x00\xff\xff"));
    say(flash.write(3, 4092, "last") && flash.write(15, 0, "page") && flash.erase(15));
    say(btoa(flash.read(2, 4, 20)));
    say([flash.read(3, 4092, 4), flash.read(2, 0, 0)]);
    say([
      refused(() => flash.write(2, 2, "abcd")),
      refused(() => flash.write(2, 0, "abc")),
      refused(() => flash.write(16, 0, "abcd")),
      refused(() => flash.write(2, 4096, "abcd")),
      refused(() => flash.read(2, 4090, 8)),
      refused(() => flash.erase(-1)),
    ]);
  },
  settings() {
    const given = linuxSettings();
    given.password = btoa(given.password);
    say(given);
  },
  keep() {
    const flash = new FileFlash("thing.flash");
    say(btoa(flash.read(2, 4, 20)));
    say(flash.erase(2) && flash.read(2, 0, 4096) === "\xff".repeat(4096));
    say(flash.read(3, 4092, 4));
  },
};

run[THING.run]();
quit();
