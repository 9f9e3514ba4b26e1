import { Device } from "firmware/device.js";
import { EngineCrypto } from "hal/espruino/crypto.js";

// Leads a device through a recorded life (recorder.ts). Every call that it makes must be the
// next one of the record, with the same arguments, and gets the answer that it got there.

const file = E.openFile(THING.record, "r");
let rest = "";
let number = 0;
let over = false;
const devices = {};
const listeners = {};

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
  number++;
  return found;
}

function decode(value) {
  if (typeof value !== "object" || value === null) return value;
  if ("b" in value) return atob(value.b);
  return "f" in value ? "\xff".repeat(value.f) : value;
}

function shown(value) {
  return typeof value === "string" ? btoa(value) : JSON.stringify(value);
}

function differ(what) {
  if (!over) print("= " + JSON.stringify({ line: number, what: what }));
  over = true;
  quit();
  throw new Error("over");
}

/** The device calls: the record tells what it must have said, and what it is answered. */
function called(name, values) {
  if (over) throw new Error("over");
  const entry = JSON.parse(line() || "[]");
  if (entry[0] !== name) differ(name + " instead of " + entry[0]);
  for (let i = 0; i < values.length; i++) {
    const wanted = decode(entry[i + 1]);
    if (shown(values[i]) !== shown(wanted)) {
      differ(name + " with " + shown(values[i]) + " instead of " + shown(wanted));
    }
  }
  return decode(entry[values.length + 1]);
}

class Pin {
  constructor(name) {
    this.name = name;
  }
  read() {
    return called(this.name + ".read", []);
  }
  write(on) {
    called(this.name + ".write", [on]);
  }
}

class Line {
  constructor(id) {
    this.name = "socket" + id;
  }
  writable() {
    return called(this.name + ".writable", []);
  }
  write(bytes) {
    called(this.name + ".write", [bytes]);
  }
  close() {
    called(this.name + ".close", []);
  }
}

const hal = {
  crypto: new EngineCrypto(),
  led: new Pin("led"),
  button: new Pin("button"),
  clock: {
    nowMs: () => called("clock.nowMs", []),
    utcMs: () => called("clock.utcMs", []),
  },
  random: { bytes: (count) => called("random.bytes", [count]) },
  flash: {
    pageBytes: 4096,
    pages: 16,
    read: (page, offset, count) => called("flash.read", [page, offset, count]),
    write: (page, offset, bytes) => called("flash.write", [page, offset, bytes]),
    erase: (page) => called("flash.erase", [page]),
  },
  network: {
    verifies: true,
    isUp: () => called("network.isUp", []),
    connect: (endpoint, listener) => {
      const id = called("network.connect", [endpoint]);
      listeners[id] = listener;
      return new Line(id);
    },
  },
  restart: (why) => called("hal.restart", [why]),
};

function build(entry) {
  const nodes = entry[2];
  nodes.forEach((node, place) => {
    node.sensors.forEach((sensor, i) => {
      sensor.unit = decode(sensor.unit);
      sensor.input = new Pin("input" + place + "." + i);
    });
    node.relays.forEach((relay, i) => {
      relay.output = new Pin("output" + place + "." + i);
    });
  });
  devices[entry[1]] = new Device(hal, nodes, entry[3]);
}

/** One thing that happens to a device. False at the end of the record. */
function step() {
  const text = line();
  if (text === "") return false;
  const entry = JSON.parse(text);
  const what = entry[0];
  if (what === "new") build(entry);
  else if (what === "load") devices[entry[1]].load();
  else if (what === "tick") devices[entry[1]].tick(entry[2]);
  else if (what === "stop") devices[entry[1]].stop();
  else if (what === "onOpen") listeners[entry[1]].onOpen();
  else if (what === "onBytes") listeners[entry[1]].onBytes(decode(entry[2]));
  else if (what === "onDrain") listeners[entry[1]].onDrain();
  else if (what === "onClosed") listeners[entry[1]].onClosed(entry[2]);
  else differ("the device did not call " + what);
  return true;
}

/** In portions, because the interpreter collects its garbage when it is idle. */
function go() {
  try {
    for (let i = 0; i < 50; i++) {
      if (!step()) {
        print("= " + JSON.stringify({ line: number, what: "same" }));
        return quit();
      }
    }
  } catch (error) {
    if (!over) differ("" + error + " " + (error && error.stack));
    return;
  }
  setTimeout(go, 0);
}

setTimeout(go, 0);
