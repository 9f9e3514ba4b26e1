import { request as httpRequest } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Control } from "../../../../hal/host/control.js";
import { createFakeBoard } from "./fake.js";

const FEED_MS = 20000;
const REST_MS = 100;

let fake: ReturnType<typeof createFakeBoard>;
let control: Control;
let base = "";

beforeEach(async () => {
  fake = createFakeBoard();
  control = new Control(fake.board);
  base = await control.listen("127.0.0.1", 0);
});
afterEach(async () => {
  control.close();
  await fake.board.stop();
});

async function post(path: string, body: string | object, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(base + path, { method: "POST", body: text, headers });
  return { status: response.status, answer: await response.json() as Record<string, unknown> };
}

/** With headers that `fetch` keeps to itself. */
function raw(method: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(base + path, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    request.on("error", reject);
    request.end(method === "POST" ? '{"down":true}' : undefined);
  });
}

test("GET /state is JSON", async () => {
  const response = await fetch(`${base}/state`);
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  expect(await response.json()).toEqual(fake.board.state());
});

test("POST /button moves the button", async () => {
  expect(await post("/button", { down: true })).toEqual({ status: 200, answer: { down: true } });
  expect(fake.board.button.read()).toBe(true);
  expect((await post("/button", { down: false })).status).toBe(200);
  expect(fake.board.button.read()).toBe(false);
});

test("a press answers when the button is up again", async () => {
  const { button } = fake.board;
  const edges: [down: boolean, atMs: number][] = [];
  button.onChange = (down) => edges.push([down, performance.now()]);
  expect((await post("/button", { press: 120 })).status).toBe(200);
  expect(edges.map(([down]) => down)).toEqual([true, false]);
  expect(edges[1]![1] - edges[0]![1]).toBeGreaterThanOrEqual(115);
  expect(button.read()).toBe(false);
});

test("POST /sensor sets what the pin reads, whatever the content type", async () => {
  const types = ["application/json", "application/x-www-form-urlencoded", "text/plain"];
  for (const [i, type] of types.entries()) {
    const order = { name: "Temperature", value: 23.25 + i };
    const { status } = await post("/sensor", order, { "content-type": type });
    expect(status).toBe(200);
    expect(fake.board.inputs().get("Temperature")!.read()).toBe(23.25 + i);
  }
  expect((await post("/sensor", { name: "Humidity", value: -1 })).status).toBe(200);
});

test.each([
  ["/button", ""], ["/button", "{"], ["/button", "null"], ["/button", "[]"], ["/button", "true"],
  ["/button", "{}"], ["/button", '{"down":1}'], ["/button", '{"down":"true"}'],
  ["/button", '{"down":null}'], ["/button", '{"press":0}'], ["/button", '{"press":0.5}'],
  ["/button", '{"press":60001}'], ["/button", '{"press":-5}'], ["/button", '{"press":"100"}'],
  ["/button", '{"press":true}'], ["/button", '{"down":true,"press":100}'],
  ["/button", '{"down":true,"x":1}'], ["/button", '{"press":1e999}'],
  ["/button", '{"__proto__":{"down":true}}'], ["/button", "\xff\xfe"],
  ["/button", `{"down":true}${" ".repeat(5000)}`],
  ["/sensor", "{}"], ["/sensor", '{"name":"Temperature"}'], ["/sensor", '{"value":1}'],
  ["/sensor", '{"name":"Temperature","value":"1"}'],
  ["/sensor", '{"name":"Temperature","value":null}'],
  ["/sensor", '{"name":"Temperature","value":1e999}'],
  ["/sensor", '{"name":"temperature","value":1}'], ["/sensor", '{"name":"toString","value":1}'],
  ["/sensor", '{"name":1,"value":1}'], ["/sensor", '{"name":"Temperature","value":1,"x":2}'],
])("POST %s %j is 400 with an error, and does nothing", async (path, body) => {
  const before = JSON.stringify(fake.board.state());
  const octets = Buffer.from(body, "latin1");
  const response = await fetch(base + path, { method: "POST", body: octets });
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ error: expect.stringMatching(/./) });
  expect(JSON.stringify(fake.board.state())).toBe(before);
  expect(fake.board.button.read()).toBe(false);
});

test.each([
  ["GET", "/nothing"], ["GET", "/button"], ["GET", "/sensor"], ["POST", "/state"], ["POST", "/"],
  ["POST", "/events"], ["PUT", "/button"], ["DELETE", "/state"], ["GET", "/state/"],
  ["GET", "/../state/x"], ["GET", "/page.html"], ["GET", "/constructor"], ["OPTIONS", "/button"],
])("%s %s is 404", async (method, path) => {
  const response = await fetch(base + path, { method });
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ error: expect.stringMatching(/./) });
});

test("a large body ends with 400, not with memory", async () => {
  const { status } = await post("/button", "x".repeat(100000));
  expect(status).toBe(400);
});

test("a caller that goes away in the middle harms nobody", async () => {
  const headers = { "content-length": 50 };
  const request = httpRequest(`${base}/button`, { method: "POST", headers });
  request.on("error", () => {});
  request.write('{"press":');
  await new Promise((resolve) => setTimeout(resolve, 30));
  request.destroy();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect((await fetch(`${base}/state`)).status).toBe(200);
});

test("names that only pretend to be this machine are refused (DNS rebinding)", async () => {
  const { port } = new URL(base);
  expect(await raw("GET", "/state", { host: `evil.example:${port}` })).toBe(403);
  expect(await raw("GET", "/state", { host: "localhost.evil.example" })).toBe(403);
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "localhost"]) {
    expect(await raw("GET", "/state", { host })).toBe(200);
  }
});

test("another page's requests are refused, our own page's are not", async () => {
  expect(await raw("POST", "/button", { origin: "https://evil.example" })).toBe(403);
  expect(await raw("POST", "/button", { origin: "null" })).toBe(403);
  expect(await raw("POST", "/button", { origin: "http://localhost:1" })).toBe(403);
  expect(fake.board.button.read()).toBe(false);
  expect(await raw("POST", "/button", { origin: base })).toBe(200);
  expect(fake.board.button.read()).toBe(true);
});

test("the page is whole: what it needs is in it, and only its own script may run", async () => {
  const response = await fetch(`${base}/`);
  const page = await response.text();
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("content-security-policy")).toMatch(/script-src 'sha256-[^']+';/);
  expect(page).toContain('"name":"Temperature","unit":"\u00b0C"');
  expect(page).not.toContain("{/*");
  expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
  expect(await raw("HEAD", "/", {})).toBe(200);
});

/** So many events, and what may come after them though it should not. */
async function readFeed(
  path: string, headers: Record<string, string>, count: number, act: () => void = () => {},
) {
  const stop = new AbortController();
  const response = await fetch(base + path, { headers, signal: stop.signal });
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  act();
  let text = "";
  const data = (): string[] => text.match(/^data: .*$(?=\n\n)/gm) ?? [];
  const reader = response.body!.getReader();
  for (let isOver = false; !isOver;) {
    const limitMs = data().length < count ? FEED_MS : REST_MS;
    const limit = new Promise<null>((resolve) => setTimeout(resolve, limitMs, null));
    const part = await Promise.race([reader.read(), limit]);
    isOver = part === null || part.value === undefined;
    text += Buffer.from(part?.value ?? []).toString("utf8");
  }
  stop.abort();
  return data().map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);
}

test("events are one JSON object each, from the moment of asking", async () => {
  fake.board.nodes[1]!.relays[0]!.output.write(true);
  const heard = await readFeed("/events", {}, 2, () => {
    fake.firmware.hal.led.write(true);
    fake.board.nodes[1]!.relays[0]!.output.write(false);
  });
  const relay = { type: "relay", node: "relay1", on: false };
  expect(heard).toEqual([{ type: "led", on: true }, relay]);
});

test("a page that comes late or comes back gets what it missed", async () => {
  const write = (on: boolean): void => fake.firmware.hal.led.write(on);
  write(true);
  write(false);
  expect((await readFeed("/events?after=0", {}, 2)).length).toBe(2);
  const back = { "last-event-id": "1" };
  expect(await readFeed("/events?after=0", back, 1)).toEqual([{ type: "led", on: false }]);
  // The number is of another life of this board: everything is new.
  expect((await readFeed("/events", { "last-event-id": "99" }, 2)).length).toBe(2);
});

test("a port in use is told", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const other = new Control(fake.board);
  await expect(other.listen("127.0.0.1", port)).rejects.toThrow(/EADDRINUSE/);
  other.close();
  server.close();
});
