/**
 * The bundle for C programs (boards/jerry): with a HAL in JavaScript, on Node and on the
 * JerryScript that `JERRY` names; and inside the C host, compiled against the JerryScript
 * installed where `JERRY_PREFIX` says, through friendship, read-out, control and a power cut.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Authority } from "../../../authority/authority.js";
import { jerry } from "../../../build/jerry.js";
import { ROOT } from "../../../build/project.js";
import { type Server, startServer } from "../../../demo/server.js";
import { Visitor } from "../../../demo/visitor.js";

const JERRY = process.env["JERRY"] ?? "";
const PREFIX = process.env["JERRY_PREFIX"] ?? "";
const SOURCES = join(ROOT, "boards/jerry");
const HOST = readFileSync(join(import.meta.dirname, "host.js"), "utf8");
const COMPONENT = "prov.home.example";
const WAIT_MS = 30000;
/** With the code: at rest, and the most there ever was (boards/jerry/README.md). */
const HEAP_BYTES_MAX = 110_000;
const PEAK_BYTES_MAX = 125_000;

if (!JERRY) console.log("skipped: JERRY is not set (the path of a jerry program)");
if (!PREFIX) console.log("skipped: JERRY_PREFIX is not set (where JerryScript is installed)");

const folder = mkdtempSync(join(tmpdir(), "jerry-host-"));
const bundle = join(folder, "jerry.js");

beforeAll(async () => writeFileSync(bundle, await jerry(join(folder, "out"))));
afterAll(() => rmSync(folder, { recursive: true }));

function judge(all: string[]): void {
  expect(all[0]).toBe("led false");
  const told = all.filter((one) => !one.startsWith("led "));
  const from = told.indexOf("connect 1 box 5222 false home.example");
  expect(from).toBe(0);
  expect(told[from + 1]).toMatch(/^write 1 <\?xml version='1\.0'\?><stream:stream /);
  expect(told.some((one) => /^write 1 <auth .*mechanism='SCRAM-SHA-256'/.test(one))).toBe(true);
  const status = JSON.parse(told.find((one) => one.startsWith("status "))!.slice(7)) as object;
  expect(status).toMatchObject({ online: false, why: "the cable", trust: [], defect: 0 });
  expect(told.at(-1)).toBe("again board@home.example");
}

test("a HAL of functions is all that the bundle needs", () => {
  const context = createContext({});
  runInContext(readFileSync(bundle, "utf8") + HOST, context);
  judge(JSON.parse(runInContext("JSON.stringify(told)", context) as string) as string[]);
});

test.skipIf(!JERRY)("on JerryScript as on Node", () => {
  const file = join(folder, "host.js");
  writeFileSync(file, `${HOST}\nprint(JSON.stringify(told));\n`);
  judge(JSON.parse(execFileSync(JERRY, [bundle, file], { encoding: "utf8" })) as string[]);
});

/** The C host as a process, with what it has printed. */
class Thing {
  output = "";
  private readonly child: ChildProcess;
  private readonly gone: Promise<unknown>;

  constructor(args: string[]) {
    this.child = spawn(join(folder, "host"), args, {
      env: { ...process.env, THING_PASSWORD: "secret" },
    });
    this.child.stdout!.on("data", (bytes: Buffer) => this.output += bytes.toString());
    this.child.stderr!.on("data", (bytes: Buffer) => this.output += bytes.toString());
    this.gone = new Promise((done) => this.child.once("exit", done));
  }

  async heard(what: RegExp): Promise<RegExpExecArray> {
    await expect.poll(() => this.output, { timeout: WAIT_MS }).toMatch(what);
    return what.exec(this.output)!;
  }

  say(word: string): void {
    this.child.stdin!.write(`${word}\n`);
  }

  /** Online, and sure of its provisioning server. */
  async ready(): Promise<void> {
    const isReady = new RegExp(`^status .*"online":true.*"trust":\\["${COMPONENT}"`, "m");
    await expect.poll(() => {
      this.say("status");
      return this.output;
    }, { timeout: WAIT_MS, interval: 200 }).toMatch(isReady);
  }

  /** Where JerryScript was built to count (JERRY_MEM_STATS). */
  async frugal(): Promise<void> {
    const config = readFileSync(join(PREFIX, "include/jerryscript-config.h"), "utf8");
    if (!/^#define JERRY_MEM_STATS 1$/m.test(config)) return;
    this.output = "";
    this.say("status");
    const [line, now, peak] = await this.heard(/^heap (\d+) now, (\d+) at its peak, of \d+$/m);
    console.log(line);
    expect(Number(now)).toBeLessThan(HEAP_BYTES_MAX);
    expect(Number(peak)).toBeLessThan(PEAK_BYTES_MAX);
  }

  async cut(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.gone;
  }
}

describe.skipIf(!PREFIX)("inside a C program", () => {
  let server: Server;
  let authority: Authority;
  let visitor: Visitor;
  let thing: Thing | null = null;
  let asked = 0;

  const start = (): Thing => thing = new Thing([bundle, join(folder, "flash"),
    "board@home.example", "127.0.0.1", `${server.port}`, COMPONENT]);

  beforeAll(async () => {
    const libraries = ["core", "ext", "port"].map((one) => `-ljerry-${one}`);
    execFileSync("cc", ["-std=c11", "-D_DEFAULT_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror",
      `-I${PREFIX}/include`, join(SOURCES, "host.c"), join(SOURCES, "hash.c"),
      "-o", join(folder, "host"), `-L${PREFIX}/lib`, ...libraries, "-lm"]);
    server = await startServer({
      domain: "home.example", accounts: { board: "secret", visitor: "word" },
      components: { [COMPONENT]: "hush" },
    });
    authority = new Authority({ link: {
      domain: COMPONENT, secret: "hush", host: "127.0.0.1", port: server.componentPort,
    } });
    await authority.start();
    authority.events.on("decision", () => void asked++);
    await authority.setRule({
      device: "board@home.example", peer: "visitor@home.example", friend: true,
      read: { fields: ["Temperature"] }, control: { nodes: [{ nodeId: "relay1" }] },
    });
    visitor = new Visitor({
      jid: "visitor@home.example", password: "word", host: "127.0.0.1", port: server.port,
    });
    await visitor.start();
  }, 60000);

  afterAll(async () => {
    await thing?.cut();
    await visitor?.stop();
    await authority?.stop();
    await server?.close();
  });

  async function read(): Promise<string> {
    await visitor.whenPresent("board@home.example", WAIT_MS);
    const result = await visitor.read("board@home.example", { fields: ["Temperature"] });
    if (result.outcome !== "read") throw new Error(JSON.stringify(result));
    return `${result.fields[0]!.value} ${result.fields[0]!.unit}`;
  }

  test("it is trusted with a provisioning server, befriended, read and switched", async () => {
    await start().ready();
    expect(await visitor.befriend("board@home.example")).toBe("accepted");
    expect(await read()).toBe("21.5 °C");
    await visitor.set("board@home.example",
      { nodes: ["relay1"], parameters: [{ name: "Output", kind: "boolean", value: "true" }] });
    await thing!.heard(/^relay1 1$/m);
    await thing!.frugal();
  }, 60000);

  test("after a power cut nobody is asked again", async () => {
    const before = asked;
    await thing!.cut();
    await start().ready();
    await expect.poll(() => read().catch(String), { timeout: WAIT_MS }).toBe("21.5 °C");
    expect(asked).toBe(before);
    await thing!.frugal();
  }, 60000);

  test("it has forgotten nothing", async () => {
    thing!.output = "";
    thing!.say("status");
    const [, status] = await thing!.heard(/^status (\{.*\})\n/m);
    expect(JSON.parse(status!)).toMatchObject({
      account: "board@home.example", online: true, trust: [COMPONENT], entries: 3, defect: 0,
    });
  }, 60000);
});
