// What a bundle finds on a chip, as far as it needs it to start: Espruino's globals and modules,
// with nothing behind them. Wi-Fi never comes up, flash is empty, time moves when `CHIP.run` says.
// Plain old JavaScript, because it runs in front of the bundle in three engines.
var CHIP = { now: 0, serial: 0, fired: 0, timers: [], lines: [], errors: [], flash: {},
  storage: {} };
var global = this;

CHIP.run = function (ms) {
  var end = CHIP.now + ms;
  for (;;) {
    var next = null;
    for (var i = 0; i < CHIP.timers.length; i++) {
      if (!next || CHIP.timers[i].at < next.at) next = CHIP.timers[i];
    }
    if (!next || next.at > end) break;
    CHIP.timers.splice(CHIP.timers.indexOf(next), 1);
    if (next.at > CHIP.now) CHIP.now = next.at;
    try { next.call(); } catch (e) { CHIP.errors.push(String(e)); }
    CHIP.fired++;
  }
  CHIP.now = end;
};

CHIP.octets = function (data) {
  if (typeof data !== "string") return new Uint8Array(data.buffer || data);
  var octets = new Uint8Array(data.length);
  for (var i = 0; i < data.length; i++) octets[i] = data.charCodeAt(i);
  return octets;
};

// Not a hash: only as long as one, and different for different input.
CHIP.digest = function (length) {
  return function (data) {
    var octets = CHIP.octets(data), digest = new Uint8Array(length), mix = 17;
    for (var i = 0; i < octets.length + length; i++) {
      mix = (mix * 31 + (octets[i % octets.length] || 0) + i) % 65521;
      digest[i % length] = digest[i % length] ^ (mix & 255);
    }
    return digest.buffer;
  };
};

function print(line) { CHIP.lines.push(String(line)); }
var console = { log: print };
function trace() {}
function btoa(text) {
  var digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", coded = "";
  for (var i = 0; i < text.length; i += 3) {
    var three = text.charCodeAt(i) * 65536 + (text.charCodeAt(i + 1) || 0) * 256
      + (text.charCodeAt(i + 2) || 0);
    coded += digits[three >> 18] + digits[three >> 12 & 63]
      + (i + 1 < text.length ? digits[three >> 6 & 63] : "=")
      + (i + 2 < text.length ? digits[three & 63] : "=");
  }
  return coded;
}
function setTimeout(call, ms) {
  CHIP.timers.push({ id: ++CHIP.serial, at: CHIP.now + (ms > 0 ? ms : 0), call: call });
  return CHIP.serial;
}
function clearTimeout(id) {
  CHIP.timers = CHIP.timers.filter(function (each) { return each.id !== id; });
}
function getTime() { return CHIP.now / 1000; }
function setTime() {}
function peek32(address) { return address * 7 + CHIP.now * 13 + 1; }
function pinMode() {}
function digitalWrite() {}
function digitalRead() { return 0; }
function analogRead() { return 0.5; }
function setWatch() { return ++CHIP.serial; }
function clearWatch() {}
function load() { CHIP.errors.push("load"); }
function quit() { CHIP.errors.push("quit"); }
function reset() { CHIP.errors.push("reset"); }

function Pin(name) { this.name = name; }
Pin.prototype.mode = function () {};
Pin.prototype.read = function () { return false; };
Pin.prototype.write = function () {};
Pin.prototype.set = function () {};
Pin.prototype.reset = function () {};
Pin.prototype.toString = function () { return this.name; };

var E = {
  on: function () {}, kickWatchdog: function () {}, enableWatchdog: function () {},
  getErrorFlags: function () { return []; }, setFlags: function () {}, setBootCode: function () {},
  reboot: function () { CHIP.errors.push("reboot"); },
  getSizeOf: function () { return 1; }, defrag: function () {}, srand: function () {},
  toString: function (data) { return String.fromCharCode.apply(null, CHIP.octets(data)); },
  toUint8Array: function (data) { return CHIP.octets(data); },
  toArrayBuffer: function (data) { return CHIP.octets(data).buffer; },
  mapInPlace: function (from, to, map) {
    for (var i = 0; i < from.length; i++) to[i] = map(from[i], i);
  },
  openFile: function (path) { return new CHIP.File(path); },
  CRC32: function (data) {
    var octets = CHIP.octets(data), crc = -1;
    for (var i = 0; i < octets.length; i++) {
      crc = crc ^ octets[i];
      for (var bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ 0xEDB88320 : crc >>> 1;
    }
    return (crc ^ -1) >>> 0;
  },
};
var ESP32 = {
  getState: function () { return { freeHeap: 60000, minHeap: 30000 }; },
  reboot: E.reboot, enableBLE: function () {}, setAtten: function () {},
};
var process = {
  env: { BOARD: "CHIP", VERSION: "2v29", SERIAL: "00112233-44556677" }, version: "2v29",
  memory: function () { return { free: 3000, usage: 1500, total: 4500 }; },
  on: function () {},
};

// A file is an array of octets, kept as long as the engine runs.
CHIP.files = {};
CHIP.File = function (path) {
  this.octets = CHIP.files[path] = CHIP.files[path] || [];
  this.at = 0;
  this.isRandom = path === "/dev/urandom";
};
CHIP.File.prototype.seek = function (position) { this.at = position; };
CHIP.File.prototype.close = function () {};
CHIP.File.prototype.read = function (count) {
  var text = "";
  if (this.isRandom) return E.toString(CHIP.digest(count)(String(++CHIP.serial)));
  while (count-- > 0 && this.at < this.octets.length) {
    text += String.fromCharCode(this.octets[this.at++]);
  }
  return text;
};
CHIP.File.prototype.write = function (bytes) {
  for (var i = 0; i < bytes.length; i++) this.octets[this.at++] = bytes.charCodeAt(i) & 255;
  return bytes.length;
};

CHIP.page = function (address) {
  var base = address - address % 4096;
  if (!CHIP.flash[base]) {
    var page = CHIP.flash[base] = new Uint8Array(4096);
    for (var i = 0; i < 4096; i++) page[i] = 255;
  }
  return CHIP.flash[base];
};

CHIP.modules = {
  Flash: {
    read: function (count, address) {
      var octets = new Uint8Array(count);
      for (var i = 0; i < count; i++) octets[i] = CHIP.page(address + i)[(address + i) % 4096];
      return octets;
    },
    write: function (data, address) {
      var octets = CHIP.octets(data);
      for (var i = 0; i < octets.length; i++) {
        CHIP.page(address + i)[(address + i) % 4096] &= octets[i];
      }
    },
    erasePage: function (address) { delete CHIP.flash[address - address % 4096]; },
    getPage: function (address) { return { addr: address - address % 4096, length: 4096 }; },
    getFree: function () { return [{ addr: 0x310000, length: 0x10000 }]; },
  },
  Storage: {
    read: function (name) { return CHIP.storage[name]; }, readJSON: function () { return undefined; },
    write: function () { return true; }, erase: function () {}, list: function () { return []; },
  },
  Wifi: {
    on: function () {}, connect: function () {}, disconnect: function () {}, scan: function () {},
    getIP: function () { return { ip: "0.0.0.0" }; }, getDetails: function () {
      return { status: "off" };
    },
    getStatus: function () { return { station: "off" }; }, setHostname: function () {},
    getHostByName: function () {}, stopAP: function () {}, setConfig: function () {},
    save: function () {},
  },
  net: { connect: function () { throw new Error("Unable to create socket"); } },
  tls: { connect: function () { throw new Error("Unable to create socket"); } },
  crypto: {
    SHA1: CHIP.digest(20), SHA256: CHIP.digest(32),
    PBKDF2: function (password, salt, how) {
      return CHIP.digest((how.keySize || 4) * 4)(password + salt);
    },
  },
  ESP32: ESP32,
  TelnetServer: { setOptions: function () {} },
  fs: {
    readFileSync: function () { return undefined; },
    statSync: function (path) {
      return CHIP.files[path] ? { size: CHIP.files[path].length } : undefined;
    },
  },
};
for (CHIP.pin = 0; CHIP.pin < 40; CHIP.pin++) this["D" + CHIP.pin] = new Pin("D" + CHIP.pin);

function require(name) {
  if (!CHIP.modules[name]) throw new Error("Module " + name + " not found");
  return CHIP.modules[name];
}
