import xml from "@xmpp/xml";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Link, REQUESTS_MAX, RequestFailure } from "../../../authority/link.js";
import { type Server, startServer } from "../../../demo/server.js";

const COMPONENT = "prov.example.org";
const NEVER_MS = 60000;

let server: Server;
let link: Link;

beforeEach(async () => {
  server = await startServer({ domain: "example.org", components: { [COMPONENT]: "s" } });
  link = new Link({ domain: COMPONENT, secret: "s", host: "127.0.0.1", port: server.componentPort },
    { onOnline: () => undefined, onOffline: () => undefined, onRequest: () => null,
      onPresence: () => undefined, onMessage: () => undefined, onFault: () => undefined });
});
afterEach(async () => {
  await link.stop();
  await server.close();
});

const ask = (): Promise<string> =>
  link.request(xml("iq", { type: "get", to: "nobody@example.org" }), NEVER_MS)
    .then(() => "answered", (failure: RequestFailure) => failure.failure.condition);

test("nothing is asked while offline", async () => {
  expect(await ask()).toBe("offline");
});

test("so many requests are under way, and no more; the end of the stream ends them all", async () => {
  await link.start();
  // What is said gets lost, so nobody ever answers.
  link.send = () => undefined;
  const asked = Array.from({ length: REQUESTS_MAX }, ask);
  expect(await ask()).toBe("too-many-requests");
  await link.stop();
  expect(new Set(await Promise.all(asked))).toEqual(new Set(["offline"]));
});
