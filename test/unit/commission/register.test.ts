import net from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { makePassword, NoAccount, register } from "../../../commission/register.js";
import { ACCOUNTS_MAX, REGISTRATIONS_MAX } from "../../../demo/server/limit.js";
import { type Server, startServer } from "../../../demo/server.js";
import { Wire } from "../demo/wire.js";

const DOMAIN = "home.example";
const closers: (() => unknown)[] = [];
afterEach(async () => { for (const close of closers.splice(0)) await close(); });

async function open(registration: boolean): Promise<Server> {
  const server = await startServer({ domain: DOMAIN, registration, accounts: { taken: "x" } });
  closers.push(() => server.close());
  return server;
}

/** A server that says one thing to everybody. */
async function say(text: string): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.write(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

function make(port: number, user: string, password = "secret", timeoutMs = 10000): Promise<void> {
  const endpoint = { host: "127.0.0.1", port, secure: false, name: DOMAIN };
  return register({ endpoint, user, password, timeoutMs });
}

async function refusal(attempt: Promise<void>): Promise<string> {
  const error = await attempt.then(() => null, (found: unknown) => found);
  expect(error).toBeInstanceOf(NoAccount);
  const { message } = error as Error;
  expect(message).not.toContain("\n");
  expect(message).not.toContain("secret");
  return message;
}

test("a new account can log in with its password", async () => {
  const { port } = await open(true);
  const password = makePassword();
  expect(password.length).toBe(32);
  await make(port, "board", password);
  const wire = await Wire.login(port, "board", DOMAIN, password);
  expect(wire.jid).toMatch(/^board@home\.example\//);
});

test("a name that is taken is refused, and stays whose it was", async () => {
  const { port } = await open(true);
  expect(await refusal(make(port, "taken"))).toMatch(/already an account.*--jid.*--password/);
  const wire = await Wire.login(port, "taken", DOMAIN, "x");
  expect(wire.jid).toMatch(/^taken@/);
});

test("where nobody may make one, it is said what to do", async () => {
  const { port } = await open(false);
  expect(await refusal(make(port, "board"))).toMatch(/lets nobody make an account.*--jid/);
});

test("what is no name is refused", async () => {
  const { port } = await open(true);
  expect(await refusal(make(port, "a@b"))).toMatch(/not-acceptable/);
  expect(await refusal(make(port, ""))).toMatch(/not-acceptable/);
});

const HEAD = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

test.each([
  ["is silent", "", /did not answer in time/],
  ["is none", "SSH-2.0-OpenSSH\r\n", /does not speak XMPP/],
  ["is not well-formed", `${HEAD}<a></b>`, /does not speak XMPP/],
  ["has another host", `${HEAD}<stream:error><host-unknown xmlns='x'/></stream:error>`,
    /says host-unknown/],
  ["says too much", `${HEAD}${"<a/>".repeat(10000)}`, /says too much/],
  ["ends at once", `${HEAD}</stream:stream>`, /ended the stream/],
])("a server that %s makes no account", async (_what, text, line) => {
  expect(await refusal(make(await say(text), "board", "secret", 1500))).toMatch(line);
});

test("nobody there", async () => {
  const port = await say("");
  await closers.pop()!();
  expect(await refusal(make(port, "board"))).toMatch(/connection refused/);
});

const query = (user: string) => `<iq type='set' id='${user}'><query xmlns='jabber:iq:register'>`
  + `<username>${user}</username><password>p</password></query></iq>`;

test("the demo's server names what it wants, and makes few accounts in one stream", async () => {
  const { port } = await open(true);
  const wire = await Wire.open(port, DOMAIN);
  const features = await wire.next("features");
  expect(features.getChild("register", "http://jabber.org/features/iq-register")).toBeDefined();
  wire.send("<iq type='get' id='what'><query xmlns='jabber:iq:register'/></iq>");
  const fields = (await wire.next("iq")).getChild("query")!.getChildElements();
  expect(fields.map((field) => field.getName())).toEqual(["instructions", "username", "password"]);
  for (let i = 0; i < REGISTRATIONS_MAX; i++) {
    wire.send(query(`one${i}`));
    expect((await wire.next("iq")).attrs["type"]).toBe("result");
  }
  wire.send(query("more"));
  expect((await wire.next("iq")).getChild("error")!.toString()).toContain("resource-constraint");
  expect(ACCOUNTS_MAX).toBeGreaterThan(REGISTRATIONS_MAX);
});

test("the demo's server knows no registration where it is not offered", async () => {
  const { port } = await open(false);
  const wire = await Wire.open(port, DOMAIN);
  expect((await wire.next("features")).getChild("register")).toBeUndefined();
  wire.send(query("board"));
  expect((await wire.next("error")).toString()).toContain("not-authorized");
});
