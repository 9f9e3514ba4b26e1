import { EngineClock } from "hal/espruino/clock.js";
import { EngineCrypto } from "hal/espruino/crypto.js";
import { Driver } from "hal/espruino/driver.js";
import { HashRandom, linuxEntropy } from "hal/espruino/random.js";
import { EngineNetwork } from "hal/espruino/socket.js";

const clock = new EngineClock();
const driver = new Driver(clock);
const random = new HashRandom(new EngineCrypto(), linuxEntropy);
const station = THING.names && {
  isUp: false,
  resolve: (name, found) => setTimeout(() => found(THING.names[name] || null), 50),
};
const network = new EngineNetwork(driver, random, station || null);

const send = atob(THING.send);
const bye = atob(THING.bye);
let inside = false;
let socket;
let events = [];
let got = "";
let rest = send;

function note(event) {
  events.push(inside ? "INSIDE " + event : event);
}

function quietly(run) {
  inside = true;
  const value = run();
  inside = false;
  return value;
}

function finish() {
  const same = got === send + bye;
  const outcome = { events: events, same: same, count: got.length, writable: socket.writable() };
  print("= " + JSON.stringify(outcome));
  quit();
}

function push() {
  const part = rest.substring(0, socket.writable());
  rest = rest.substring(part.length);
  if (part) quietly(() => socket.write(part));
}

const listener = {
  onOpen() {
    note("open " + socket.writable());
    push();
  },
  onBytes(bytes) {
    got += bytes;
    if (bye && got === send + bye) {
      quietly(() => socket.close());
      note("close " + socket.writable());
      setTimeout(finish, THING.after);
    }
  },
  onDrain() {
    note("drain " + socket.writable());
    push();
  },
  onClosed(why) {
    note("closed " + why);
    finish();
  },
};

let ticks = 0;
driver.start([{
  tick() {
    ticks++;
  },
}]);
socket = quietly(() => network.connect(THING.endpoint, listener));
note("connected " + socket.writable() + " " + network.isUp() + " " + network.verifies);
if (THING.hangUp) setTimeout(() => quietly(() => socket.close()), THING.hangUp);
if (THING.drop) setTimeout(() => network.drop("no Wi-Fi"), THING.drop);
if (THING.most) {
  setTimeout(() => {
    try {
      socket.write("x".repeat(socket.writable() + 1));
    } catch (error) {
      note("refused " + error.message);
    }
    finish();
  }, THING.most);
}
