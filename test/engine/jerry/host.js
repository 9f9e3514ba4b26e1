// The least that a C program gives (boards/jerry/README.md), in JavaScript: a network whose octets
// are collected, a flash in memory, hashes that are nobody's. Prints what the device does.

var told = [];
var flash = [];
for (var page = 0; page < 16; page++) {
  var blank = "";
  while (blank.length < 4096) blank += "\xff";
  flash.push(blank);
}
var timeMs = 1000;

function clear(before, bytes) {
  var after = "";
  for (var i = 0; i < bytes.length; i++) {
    after += String.fromCharCode(before.charCodeAt(i) & bytes.charCodeAt(i));
  }
  return after;
}

var hal = {
  nowMs: function () { return timeMs; },
  utcMs: function () { return 0; },
  random: function (count) { return "randomrandomrandomrandomrandomrandom".substring(0, count); },
  pages: 16,
  pageBytes: 4096,
  flashRead: function (page, offset, count) { return flash[page].substring(offset, offset + count); },
  flashWrite: function (page, offset, bytes) {
    var old = flash[page];
    var end = offset + bytes.length;
    flash[page] = old.substring(0, offset) + clear(old.substring(offset, end), bytes)
      + old.substring(end);
    return true;
  },
  flashErase: function (page) { flash[page] = blank; return true; },
  isUp: function () { return true; },
  connect: function (number, host, port, secure, name) {
    told.push("connect " + number + " " + host + " " + port + " " + secure + " " + name);
  },
  writable: function () { return 4096; },
  write: function (number, bytes) { told.push("write " + number + " " + bytes); },
  close: function (number) { told.push("close " + number); },
  hash: function (algorithm, bytes) {
    var text = "" + bytes.length;
    while (text.length < algorithm) text += "h";
    return text;
  },
  hmac: function (algorithm) { return hal.hash(algorithm, ""); },
  pbkdf2: function (algorithm) { return hal.hash(algorithm, ""); },
  base64: function (bytes) { return bytes; },
  unbase64: function (text) { return text; },
  crc32: function (bytes) {
    var sum = 7;
    for (var i = 0; i < bytes.length; i++) sum = (sum * 31 + bytes.charCodeAt(i)) % 4294967296;
    return sum;
  },
  led: function (on) { told.push("led " + on); },
  button: function () { return false; },
  sense: function () { return 21.5; },
  relay: function () {},
  restart: function (why) { told.push("restart " + why); },
  nodes: [{ nodeId: "sensor", sensors: [{ name: "Temperature", unit: "C", decimals: 1 }] }],
  settings: { jid: "board@home.example", password: "secret", host: "box", port: 5222, secure: false },
};

function pass(device, ms) {
  for (var end = timeMs + ms; timeMs < end; timeMs += 40) device.tick(timeMs);
}

var device = thingward.create(hal);
pass(device, 200);
device.opened(7); // Of no connection of ours.
device.opened(1);
pass(device, 80);
device.received(1, "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' "
  + "xmlns:stream='http://etherx.jabber.org/streams' from='home.example' version='1.0'>"
  + "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
  + "<mechanism>SCRAM-SHA-256</mechanism></mechanisms></stream:features>");
pass(device, 200);
device.closed(1, "the cable");
pass(device, 200);
told.push("status " + JSON.stringify(device.status()));
// After a power cut the account is in the flash.
delete hal.settings;
told.push("again " + thingward.create(hal).status().account);
