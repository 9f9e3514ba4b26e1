/**
 * `.boot0`, the first thing that the interpreter runs. It is small and does what must be done
 * even where the application is broken (ARCHITECTURE, "Boot"):
 *
 *   watchdog · no telnet · outputs safe · is the application whole? · how did the last starts
 *   end? · and after three seconds, in which a console can stop it, the application
 *
 * Starts and faults are noted in the Storage file `starts`, four octets each, one behind the
 * other in room that was blank before: no erase, and a torn one harms none. The first is what:
 *
 *   a  the application was begun            s  it has run steadily for a minute
 *   c  the power was cut before that        x  safe mode was entered
 *   and the letters of hal/espruino/supervisor.ts; then the hours it had run, three digits
 *
 * Three `a` with no `s` after them, but for those that a `c` takes back, are three failed starts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { ROOT } from "../build/project.js";
import { parse, walk } from "../build/tree.js";
import type { Node } from "../build/tree.js";
import type { Files } from "./storage.js";

export const BOOT = ".boot0";
export const APPLICATION = "app";
export const STARTS = "starts";
/** One page: 512 starts. When it is full the next one takes another page of what is free. */
export const STARTS_BYTES = 4096;
/** Before the application begins, so that whoever needs the console has time to say so. */
export const LATE_MS = 3000;
export const FAILED_STARTS_MAX = 3;
/** Longer than the longest blocking `connect` (18 s) with a PBKDF2 behind it. */
const WATCHDOG_SECONDS = 60;
/** Below this the next page of `starts` might make Storage compact itself, unattended. */
const SPARE_BYTES = 16384;
/** What is carried over to the next page: the last sixteen. */
const TAIL_BYTES = 64;
/** Blinks of 0.3 s, then 2.1 s off, as all faults of the LED (docs/light.md). */
export const BLINKS_FAILED = 7;
export const BLINKS_BROKEN = 8;
const HALF_MS = 300;
/** What is off behind the last blink, beside its own half. */
const PAUSE_HALVES = 6;
/** RTC_CNTL_RESET_STATE of the classic ESP32: why the first core was reset; 1: power, or EN. */
const CAUSE = "(peek32(0x3ff48034)&63)==1";

/** Which pins a board's definition names, with the level that switches on. */
export interface Pins {
  led: [pin: string, on: number] | null;
  outputs: [pin: string, on: number][];
}

/** Read from the board's own source, so that they are written down once. */
export function pinsOf(board: string, source = readBoard(board)): Pins {
  const pins: Pins = { led: null, outputs: [] };
  const output = (node: Node): [string, number] => {
    const [pin, on] = node.arguments as Node[];
    if (!/^[A-Z]\d+$/.test(String(pin?.name)) || (on?.value !== 0 && on?.value !== 1)) {
      throw new Error(`${board}: PinOut needs a pin and a level as they are`);
    }
    return [pin.name as string, on.value as number];
  };
  const isOutput = (node: Node): boolean =>
    node?.type === "NewExpression" && node.callee.name === "PinOut";
  let led: Node | null = null;
  walk(parse(source, "ts"), (node) => {
    if (node.type !== "NewExpression" || node.callee.name !== "ChipHal") return;
    led = node.arguments[0] as Node;
    if (!isOutput(led)) throw new Error(`${board}: the LED is not a PinOut`);
    pins.led = output(led);
  });
  walk(parse(source, "ts"), (node) => {
    if (isOutput(node) && output(node)[0] !== pins.led?.[0]) pins.outputs.push(output(node));
  });
  return pins;
}

function readBoard(board: string): string {
  return readFileSync(join(ROOT, "boards", `${board}.ts`), "utf8");
}

/** The text of `.boot0` for these files of code; it starts none of them unless all are whole. */
export function bootCode(
  board: string, version: string, code: Files, pins = pinsOf(board),
): string {
  const whole = Object.entries(code).map(([name, content]) =>
    [name, content.length, crc32(Buffer.from(content, "latin1"))]);
  return `${[
    `//thingward ${version} ${board} .boot0`,
    `E.enableWatchdog(${WATCHDOG_SECONDS},true);`,
    'try{require("TelnetServer").setOptions({mode:"off"})}catch(e){}',
    ...rest(pins),
    ...NOTES,
    ...(pins.led ? [`if(boot.said().substr(-4,1)=="a"&&${CAUSE})boot.note("c000");`] : []),
    `boot.code=${JSON.stringify(whole)}.every(function(f){let t=require("Storage").read(f[0]);`
      + "return t&&t.length==f[1]&&E.CRC32(t)==f[2]});",
    'if(!boot.code)boot.why="the application is not whole";',
    `else if(boot.fails()>=${FAILED_STARTS_MAX})boot.why="${FAILED_STARTS_MAX} starts failed";`,
    'if(boot.why){if(boot.said().substr(-4,1)!="x")boot.note("x000");',
    'print("thingward: safe mode: "+boot.why);',
    ...(pins.led ? blink(pins.led) : []),
    `}else{print("thingward ${version} ${board}: starts in ${LATE_MS / 1000} s");`,
    `setTimeout(function(){boot.note("a000");`,
    `E.enableWatchdog(${WATCHDOG_SECONDS},false)},${LATE_MS});`,
    `setTimeout(require("Storage").read("${APPLICATION}"),${LATE_MS + 1})}`,
  ].join("\n")}\n`;
}

/** The level before the direction: a relay does not click. */
function rest({ led, outputs }: Pins): string[] {
  const all = led ? [led, ...outputs] : outputs;
  if (all.length === 0) return [];
  return [`[${all.map(([pin, on]) => `[${pin},${1 - on}]`).join()}].forEach(function(p){`
    + 'pinMode(p[0],"input");digitalWrite(p[0],p[1]);pinMode(p[0],"output")});'];
}

/** `note` writes an entry, `said` gives all of them, `fails` counts starts that failed. */
const NOTES = [
  'var boot={why:"",',
  `said:function(){let t=require("Storage").read("${STARTS}")||"",n=t.indexOf("\\xff");`
    + "return n<0?t:t.substr(0,n+3&-4)},",
  'note:function(k){let s=require("Storage"),t=boot.said(),n=t.length;',
  `if(n>0&&n<${STARTS_BYTES})return s.write("${STARTS}",k,n);`,
  `if(s.getFree()<${SPARE_BYTES})return;`,
  `s.erase("${STARTS}");s.write("${STARTS}",t.substr(-${TAIL_BYTES})+k,0,${STARTS_BYTES})},`,
  "fails:function(){let t=boot.said(),i=t.length,n=0;",
  'while(i>0){i-=4;if(t[i]=="s")break;if(t[i]=="c")i-=4;else if(t[i]=="a")n++}return n}};',
];

/** The number of blinks tells which of the two it is. */
function blink([pin, on]: [string, number]): string[] {
  return [
    `boot.ends=boot.code?${2 * BLINKS_FAILED}:${2 * BLINKS_BROKEN};`,
    `boot.blink=function(i){digitalWrite(${pin},i<boot.ends&&!(i&1)?${on}:${1 - on});`,
    `setTimeout(boot.blink,${HALF_MS},(i+1)%(boot.ends+${PAUSE_HALVES}))};boot.blink(0)`,
  ];
}
