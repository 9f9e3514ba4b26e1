import { EngineClock } from "hal/espruino/clock.js";
import { Driver } from "hal/espruino/driver.js";

const clock = new EngineClock();
const driver = new Driver(clock);
let ticks = 0;
let others = 0;
let times = [];

/** 80,000 JsVars: more than there are, except on builds that grow. */
function hoard() {
  const all = [];
  for (let i = 0; i < 20000; i++) all.push("a string that takes its place");
  held = all.length;
}

let held = 0;
let flags = "";
E.on("errorFlag", (names) => (flags += names));

driver.start([{
  tick(nowMs) {
    ticks++;
    times.push(nowMs);
    if (ticks === 3) throw new Error("no good");
    if (ticks === 4) null.nothing();
    if (THING.hoard && ticks === 5) hoard();
  },
}, {
  tick() {
    others++;
  },
}]);
function finish() {
  // With a busy machine the time says little about how many there were.
  if (ticks < THING.least) return setTimeout(finish, 100);
  print("= " + JSON.stringify({ ticks: ticks, others: others, faults: driver.faults, times: times,
    flags: flags, held: held }));
  return quit();
}

setTimeout(finish, THING.ms);
if (THING.soon) {
  setTimeout(() => {
    times = [];
    const before = ticks;
    driver.soon();
    driver.soon();
    setTimeout(() => print("= " + JSON.stringify(ticks - before)), 20);
  }, THING.soon);
}
