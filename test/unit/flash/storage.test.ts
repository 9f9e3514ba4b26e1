/**
 * Files over the console: whatever a cable does, what is said to be there is there.
 */
import { afterEach, expect, test } from "vitest";
import { attach, halt, silence, type Board } from "../../../flash/board.js";
import { LINE_BYTES_MAX, Repl } from "../../../flash/repl.js";
import {
  isSame, list, NAME_BYTES_MAX, PIECE_BYTES, readFile, removeFile, writeFile,
} from "../../../flash/storage.js";
import { CHIP, FakeConsole, LINUX } from "./fake.js";

/** A question that is lost is asked again after so long. */
const ANSWER_MS = 60;

let fake: FakeConsole;
function begin(kind = CHIP): Repl {
  fake = new FakeConsole(kind);
  return new Repl(fake.wire(), ANSWER_MS);
}
afterEach(() => fake?.halt());

const every = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");

test("every octet arrives, over many pieces, and progress ends with the last of them", async () => {
  const repl = begin();
  const content = every.repeat(9) + "end";
  const seen: number[] = [];
  await writeFile(repl, "app", content, (done) => seen.push(done));
  expect(fake.files.get("app")).toBe(content);
  expect(seen.length).toBe(Math.ceil(content.length / PIECE_BYTES));
  expect(seen.at(-1)).toBe(content.length);
  expect(await isSame(repl, "app", content)).toBe(true);
  expect(await isSame(repl, "app", `${content.slice(0, -1)}x`)).toBe(false);
  expect(await isSame(repl, "cold", content)).toBe(false);
  expect(await readFile(repl, "app")).toBe(content);
  expect(await readFile(repl, "nothing")).toBe(null);
  await removeFile(repl, "app");
  expect(await list(repl)).toEqual([]);
});

test("no line is longer than the interpreter's input, whatever the name", async () => {
  const repl = begin();
  let longest = 0;
  fake.damage = (line) => {
    longest = Math.max(longest, line.length);
    return line;
  };
  const name = "n".repeat(NAME_BYTES_MAX);
  await writeFile(repl, name, every.repeat(20));
  expect(longest).toBeLessThan(LINE_BYTES_MAX);
  await expect(writeFile(repl, `${name}n`, "x")).rejects.toThrow("too long");
  await expect(writeFile(repl, "empty", "")).rejects.toThrow("empty");
});

test("a line that arrives damaged is not written, and is sent again", async () => {
  const repl = begin();
  let lines = 0;
  fake.damage = (line) => {
    lines++;
    return lines % 3 === 0 && line.includes("atob") ? line.replace(/AA/, "AB") : line;
  };
  await writeFile(repl, "app", every.repeat(12));
  expect(fake.files.get("app")).toBe(every.repeat(12));
});

test("a line that is lost is sent again; one whose answer is lost is not written twice", async () => {
  const repl = begin();
  let lines = 0;
  fake.damage = (line) => {
    if (!line.includes("atob")) return line;
    lines++;
    if (lines % 3 === 0) return "";
    return lines % 3 === 1 ? line.replace(/print\("</, 'print("#') : line;
  };
  // The pieces' own patience is longer, and this is a test of what comes after it.
  const ask = repl.ask.bind(repl);
  repl.ask = (expression, ms, tries) => ask(expression, Math.min(ms ?? ANSWER_MS, ANSWER_MS), tries);
  await writeFile(repl, "app", every.repeat(8));
  expect(fake.files.get("app")).toBe(every.repeat(8));
});

test("what the board holds is looked at in the end, whatever it said before", async () => {
  const repl = begin();
  let isSpoiled = false;
  fake.damage = (line) => {
    if (!line.includes("atob") && !isSpoiled) {
      isSpoiled = true;
      fake.files.set("app", `${fake.files.get("app")!.slice(0, -1)}?`);
    }
    return line;
  };
  await expect(writeFile(repl, "app", every)).rejects.toThrow("something else than was sent");
});

test("what the board throws is told, and is not tried again", async () => {
  const repl = begin({ ...LINUX, storageBytes: 1000 });
  await expect(writeFile(repl, "app", every.repeat(5)))
    .rejects.toThrow("the board says: Error: Unable to find or create file");
  expect(fake.text.split("Unable to find").length).toBe(2);
});

test("a file of the same size is replaced, not written over", async () => {
  const repl = begin();
  await writeFile(repl, "app", every.repeat(5));
  await writeFile(repl, "app", [...every.repeat(5)].reverse().join(""));
  expect(fake.files.get("app")).toBe([...every.repeat(5)].reverse().join(""));
});

test("what a program prints in between is no answer", async () => {
  const repl = begin();
  fake.files.set("noise", "x");
  await repl.tell("setTimeout(function(){print('<t1:7>')},1)");
  expect(await repl.ask("print('<t1:8>')||[1,'a>\\r\\nb',null]")).toEqual([1, "a>\r\nb", null]);
});

test("a board that only listens after a reset is reset", async () => {
  fake = new FakeConsole(CHIP);
  fake.isDeaf = true;
  const line = fake.wire();
  const repl = new Repl(line, ANSWER_MS);
  expect(await repl.wake(2, 20)).toBe(false);
  await line.reset();
  expect(await repl.wake(2, 500)).toBe(true);
});

test("who never answers ends in one line", async () => {
  const repl = begin();
  fake.isDeaf = true;
  repl.wake = () => Promise.resolve(false);
  await expect(repl.ask("1")).rejects.toThrow(/does not answer any more/);
});

test("a halted board runs nothing by itself", async () => {
  fake = new FakeConsole(CHIP);
  fake.files.set(".boot0", "setTimeout('x'.repeat(9),300);setTimeout('later',2000)");
  const line = fake.wire();
  const board: Board = { path: "", line, repl: new Repl(line, 2000) };
  await halt(board);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(fake.started).toBe(0);
});

test.each([
  ["", "nothing answers"],
  ["rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0))\r\nwaiting for download", "Let go of"],
  ["invalid header: 0xffffffff\r\ninvalid header", "no interpreter on this chip"],
  ["Brownout detector was triggered", "too little current"],
  ["Guru Meditation Error: Core 0 panic'ed", "crashes at its start"],
  ["\xfc\x83?x\xe0", "--baud"],
])("silence has a reason: %j", (heard, wanted) => {
  expect(silence("/dev/ttyUSB0", heard)).toContain(wanted);
});

test("a port that is not there is told in one line", async () => {
  await expect(attach("/dev/tty-none")).rejects.toThrow("there is no such port");
});
