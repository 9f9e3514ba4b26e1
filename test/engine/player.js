import { Device } from "firmware/device.js";

// Leads a device through a recorded life (recorder.ts). Every call that it makes must be the
// next one of the record, with the same arguments, and gets the answer that it got there.

/**
 * `line` gives the record piece by piece ("" at its end), `decode` what a value in it stands for,
 * `shown` a text by which two values are compared, and `end` is told the outcome, once.
 */
export class Player {
  constructor(crypto, line, decode, shown, end) {
    this.source = line;
    this.decode = decode;
    this.shown = shown;
    this.end = end;
    this.lines = 0;
    this.isOver = false;
    this.devices = {};
    this.listeners = {};
    this.hal = this.board(crypto);
  }

  next() {
    const text = this.source();
    if (text !== "") this.lines++;
    return text;
  }

  over(what) {
    if (!this.isOver) this.end(this.lines, what);
    this.isOver = true;
  }

  differ(what) {
    this.over(what);
    throw new Error("over");
  }

  /** The device calls: the record tells what it must have said, and what it is answered. */
  called(name, values) {
    if (this.isOver) throw new Error("over");
    const entry = JSON.parse(this.next() || "[]");
    if (entry[0] !== name) this.differ(name + " instead of " + entry[0]);
    for (let i = 0; i < values.length; i++) {
      const said = this.shown(values[i]);
      const wanted = this.shown(this.decode(entry[i + 1]));
      if (said !== wanted) this.differ(name + " with " + said + " instead of " + wanted);
    }
    return this.decode(entry[values.length + 1]);
  }

  board(crypto) {
    return {
      crypto,
      led: new Pin(this, "led"),
      button: new Pin(this, "button"),
      clock: {
        nowMs: () => this.called("clock.nowMs", []),
        utcMs: () => this.called("clock.utcMs", []),
      },
      random: { bytes: (count) => this.called("random.bytes", [count]) },
      flash: {
        pageBytes: 4096,
        pages: 16,
        read: (page, offset, count) => this.called("flash.read", [page, offset, count]),
        write: (page, offset, bytes) => this.called("flash.write", [page, offset, bytes]),
        erase: (page) => this.called("flash.erase", [page]),
      },
      network: {
        verifies: true,
        isUp: () => this.called("network.isUp", []),
        connect: (endpoint, listener) => {
          const id = this.called("network.connect", [endpoint]);
          this.listeners[id] = listener;
          return new Line(this, id);
        },
      },
      restart: (why) => this.called("hal.restart", [why]),
    };
  }

  identity() {
    return {
      certificate: () => this.called("identity.certificate", []),
      decrypt: (block) => this.called("identity.decrypt", [block]),
    };
  }

  build(entry) {
    const nodes = entry[2];
    nodes.forEach((node, place) => {
      node.sensors.forEach((sensor, i) => {
        sensor.unit = this.decode(sensor.unit);
        sensor.input = new Pin(this, "input" + place + "." + i);
      });
      node.relays.forEach((relay, i) => {
        relay.output = new Pin(this, "output" + place + "." + i);
      });
    });
    this.hal.identity = entry[4] ? this.identity() : null;
    this.devices[entry[1]] = new Device(this.hal, nodes, entry[3]);
  }

  happen(entry) {
    const what = entry[0];
    if (what === "new") this.build(entry);
    else if (what === "load") this.devices[entry[1]].load();
    else if (what === "tick") this.devices[entry[1]].tick(entry[2]);
    else if (what === "stop") this.devices[entry[1]].stop();
    else if (what === "onOpen") this.listeners[entry[1]].onOpen();
    else if (what === "onBytes") this.listeners[entry[1]].onBytes(this.decode(entry[2]));
    else if (what === "onDrain") this.listeners[entry[1]].onDrain();
    else if (what === "onClosed") this.listeners[entry[1]].onClosed(entry[2]);
    else this.differ("the device did not call " + what);
  }

  /** One thing that happens to a device. False when it was the last, or a difference. */
  step() {
    try {
      const text = this.next();
      if (text !== "") this.happen(JSON.parse(text));
      else this.over("same");
    } catch (error) {
      this.over("" + error + " " + (error && error.stack));
    }
    return !this.isOver;
  }
}

class Pin {
  constructor(player, name) {
    this.player = player;
    this.name = name;
  }
  read() {
    return this.player.called(this.name + ".read", []);
  }
  write(on) {
    this.player.called(this.name + ".write", [on]);
  }
}

class Line {
  constructor(player, id) {
    this.player = player;
    this.name = "socket" + id;
  }
  writable() {
    return this.player.called(this.name + ".writable", []);
  }
  write(bytes) {
    this.player.called(this.name + ".write", [bytes]);
  }
  close() {
    this.player.called(this.name + ".close", []);
  }
}
