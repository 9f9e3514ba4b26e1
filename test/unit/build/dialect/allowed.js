// Everything here runs on Espruino as it does elsewhere: no complaint, and the same output.
!function () {
  var lines = [];
  function say(name, value) { lines.push(name + "=" + value); }
  const LETTERS = /^[a-z]+$/g, MARKUP = /[<>&]/g, PAIR = /^(\w+)=(\d+)$/, EITHER = /cat|dog/i;
  class Part {
    constructor(name) { this.name = name; this.parts = []; }
    add(part) { this.parts.push(part); return this; }
    get size() { return this.parts.length; }
    static of2(a, b) { return new Part("pair").add(a).add(b); }
  }
  const pair = Part.of2(1, 2);
  say("class", pair.name + pair.size);
  for (let i = 0; i < 3; i++) { let j = i; lines.push(function () { return j; }() + ""); }
  for (const each of [7, 8]) say("of", each);
  for (const key in { a: 1, b: 2 }) say("in", key);
  switch (pair.size) {
    case 1: say("switch", "one"); break;
    case 2: say("switch", "two"); // falls through
    case 3: say("switch", "three"); break;
    default: say("switch", "other");
  }
  try { try { throw new Error("inner"); } finally { say("finally", 1); } }
  catch (e) { say("caught", e.message); }
  say("regex", [LETTERS.test("abc"), "a<b&c".replace(MARKUP, function (c) {
    return "&#" + c.charCodeAt(0) + ";";
  }), PAIR.exec("n=12")[2], EITHER.test("a DOG")].join());
  say("split", "a,b;c".split(/[,;]/).join("|"));
  say("template", `<${pair.size}${`[${1}]`}>`);
  say("nullish", null ?? "none");
  say("arrow", [1, 2, 3].map(x => x * 2).filter(x => x > 2).join());
  say("last", "a@b@c".lastIndexOf("@"));
  say("own", Object.prototype.hasOwnProperty.call({ a: 1 }, "a"));
  say("keys", Object.keys({ b: 1, a: 2 }).join());
  say("bits", [-1 >>> 0, 1 << 31, 5 & 3, ~7].join());
  say("json", JSON.stringify({ a: [1, "\x01\"", true, null] }));
  say("nested", 1 ? 0 ? "a" : "b" : "c");
  var n = 0, m = (n++, ++n, n);
  do n--; while (n > 0);
  say("comma", m + "," + n);
  function guarded(c) {
    var x;
    if (c) x = 1;
    return x;
  }
  say("guarded", guarded(0) + "," + guarded(1));
  function lateUse() { return defined(); }
  function defined() { return "later"; }
  say("late", lateUse());
  say("delete", function () { var o = { a: 1, b: 2 }; delete o.a; return "a" in o; }());
  for (let i = 1; i < 3; i++) say("some", [1, 2].some(function (n) { return n > i; }));
  var entries = { entries: 1, at: 2 };
  say("fields", entries.entries + entries.at);
  print(lines.join("\n"));
}();
