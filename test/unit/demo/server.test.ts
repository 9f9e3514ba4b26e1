import net from "node:net";
import { client } from "@xmpp/client";
import { component } from "@xmpp/component";
import xml from "@xmpp/xml";
import { generate } from "selfsigned";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Link, type LinkListener } from "../../../authority/link.js";
import { type Hop, type Server, startServer } from "../../../demo/server.js";
import { OFFLINE_MESSAGES_MAX } from "../../../demo/server/limit.js";
import { Wire } from "./wire.js";

const DOMAIN = "example.org";
let server: Server;

beforeEach(async () => {
  server = await startServer({
    domain: DOMAIN, accounts: { ann: "apple", bob: "berry" },
    components: { "prov.example.org": "secret" },
  });
});
afterEach(() => server.close());

const login = (user: string, password: string, resource = ""): Promise<Wire> =>
  Wire.login(server.port, user, DOMAIN, password, resource);

describe("getting in", () => {
  test("SCRAM-SHA-256, with the server's signature, and a resource nobody can guess", async () => {
    const ann = await login("ann", "apple");
    expect(ann.jid).toMatch(/^ann@example\.org\/[\w-]{16}$/);
    expect((await login("ann", "apple", "desk")).jid).toBe("ann@example.org/desk");
    expect(server.online()).toHaveLength(2);
  });

  test("a stock xmpp.js client gets in with SCRAM-SHA-1", async () => {
    const entity = client({ service: `xmpp://127.0.0.1:${server.port}`, domain: DOMAIN,
      username: "ann", password: "apple" });
    const jid = await entity.start();
    expect(String(jid)).toMatch(/^ann@example\.org\//);
    await entity.stop();
    expect(server.online()).toEqual([]);
  });

  test.each([["ann", "wrong"], ["nobody", "apple"]])("%s with %s is refused", async (user, key) => {
    await expect(login(user, key)).rejects.toThrow("failure: not-authorized");
  });

  test("three failures end the stream", async () => {
    const wire = await Wire.open(server.port, DOMAIN);
    for (let attempt = 0; attempt < 3; attempt++) {
      wire.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>");
    }
    expect(await wire.streamError()).toBe("policy-violation");
  });

  test("PLAIN is offered on request only", async () => {
    const mechanisms = async (port: number): Promise<string[]> => {
      const features = await (await Wire.open(port, DOMAIN)).next("features");
      return features.getChild("mechanisms")!.getChildElements().map((one) => one.getText());
    };
    expect(await mechanisms(server.port)).toEqual(["SCRAM-SHA-256", "SCRAM-SHA-1"]);
    const lax = await startServer({ domain: DOMAIN, accounts: { ann: "apple" }, plain: true });
    expect(await mechanisms(lax.port)).toContain("PLAIN");
    const wire = await Wire.open(lax.port, DOMAIN);
    const plain = (text: string): string => "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
      + `mechanism='PLAIN'>${Buffer.from(text).toString("base64")}</auth>`;
    wire.send(plain("\0ann\0wrong"));
    expect((await wire.next("failure")).getChild("not-authorized")).toBeDefined();
    wire.send(plain("\0ann\0apple"));
    await wire.next("success");
    await lax.close();
  });

  test("what does not belong there ends the stream with its reason", async () => {
    const elsewhere = await Wire.open(server.port, "elsewhere.org");
    expect(await elsewhere.streamError()).toBe("host-unknown");
    const early = await Wire.open(server.port, DOMAIN);
    early.send("<presence/>");
    expect(await early.streamError()).toBe("not-authorized");
    const odd = await Wire.open(server.port, DOMAIN, "jabber:server");
    expect(await odd.streamError()).toBe("invalid-namespace");
    const ann = await login("ann", "apple");
    ann.send("<a xmlns='urn:a'/>");
    expect(await ann.streamError()).toBe("unsupported-stanza-type");
  });

  test("the same resource again replaces the older stream", async () => {
    const old = await login("ann", "apple", "desk");
    await login("ann", "apple", "desk");
    expect(await old.streamError()).toBe("conflict");
    expect(server.online()).toEqual(["ann@example.org/desk"]);
  });
});

describe("direct TLS", () => {
  test("beside plain TCP, for a client that trusts the certificate and for no other", async () => {
    const pems = await generate([{ name: "commonName", value: DOMAIN }], {
      keySize: 2048,
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: DOMAIN }] }],
    });
    const both = await startServer({ domain: DOMAIN, accounts: { ann: "apple" },
      tls: { key: pems.private, cert: pems.cert } });
    expect(both.port).toBeGreaterThan(0);
    const options = { jid: "ann@example.org", password: "apple", host: "127.0.0.1",
      port: both.tlsPort };
    const trusting = new Link({ ...options, tls: { ca: pems.cert } }, silent());
    expect(await trusting.start()).toMatch(/^ann@example\.org\//);
    await trusting.stop();
    await expect(new Link({ ...options, tls: {} }, silent()).start()).rejects.toThrow();
    await both.close();
  });

  test("alone, when that is asked for", async () => {
    const pems = await generate([{ name: "commonName", value: DOMAIN }], { keySize: 2048 });
    const secure = await startServer({ domain: DOMAIN, port: null,
      tls: { key: pems.private, cert: pems.cert } });
    expect([secure.port, secure.componentPort]).toEqual([0, 0]);
    await secure.close();
  });
});

describe("components (XEP-0114)", () => {
  const join = (secret: string): ReturnType<typeof component> => {
    const service = `xmpp://127.0.0.1:${server.componentPort}`;
    const entity = component({ service, domain: "prov.example.org", password: secret });
    entity.on("error", () => undefined);
    entity.reconnect.stop();
    return entity;
  };

  test("the right secret joins, and stanzas pass both ways", async () => {
    const prov = join("secret");
    await prov.start();
    const ann = await login("ann", "apple");
    const seen = new Promise<string>((resolve) => prov.on("stanza", (el) => resolve(String(el))));
    ann.send("<message to='prov.example.org'><body>hi</body></message>");
    expect(await seen).toContain(`from="${ann.jid}"`);
    await prov.send(xml("message", { to: ann.jid }, xml("body", {}, "hello")));
    const message = await ann.next("message");
    expect(message.attrs).toMatchObject({ from: "prov.example.org", to: ann.jid });
    await prov.stop();
    ann.send("<iq type='get' id='1' to='prov.example.org'><a xmlns='a'/></iq>");
    expect(String(await ann.next("iq"))).toContain("remote-server-timeout");
  });

  test("a wrong secret, another's address, or a second one end the stream", async () => {
    const wrong = await Wire.open(server.componentPort, "prov.example.org",
      "jabber:component:accept");
    wrong.send("<handshake>0123</handshake>");
    expect(await wrong.streamError()).toBe("not-authorized");
    const unknown = await Wire.open(server.componentPort, "x.org", "jabber:component:accept");
    expect(await unknown.streamError()).toBe("host-unknown");
    const prov = join("secret");
    await prov.start();
    await expect(join("secret").start()).rejects.toThrow();
    const error = new Promise<Error>((resolve) => prov.on("error", resolve));
    await prov.send(xml("message", { to: "ann@example.org", from: "bob@example.org" }));
    expect(String(await error)).toContain("invalid-from");
  });
});

describe("routing", () => {
  test("`from` is the server's to stamp, whatever a client writes", async () => {
    const [ann, bob] = [await login("ann", "apple"), await login("bob", "berry")];
    ann.send(`<message to='${bob.jid}' from='bob@example.org/x'/>`);
    expect((await bob.next("message")).attrs["from"]).toBe(ann.jid);
  });

  test("an iq for a full JID arrives, one for a bare JID is answered by the server", async () => {
    const [ann, bob] = [await login("ann", "apple"), await login("bob", "berry")];
    ann.send(`<iq type='set' id='1' to='${bob.jid}'><a xmlns='a'/></iq>`);
    expect((await bob.next("iq")).attrs).toMatchObject({ from: ann.jid, type: "set" });
    bob.send(`<iq type='result' id='1' to='${ann.jid}'/>`);
    expect((await ann.next("iq")).attrs).toMatchObject({ from: bob.jid, type: "result" });
    for (const to of ["bob@example.org", "bob@example.org/gone", "nobody@example.org"]) {
      ann.send(`<iq type='get' id='2' to='${to}'><a xmlns='a'/></iq>`);
      const answer = await ann.next("iq");
      expect(answer.attrs).toMatchObject({ from: to, type: "error" });
      expect(answer.getChild("error")!.getChild("service-unavailable")).toBeDefined();
    }
    expect(await bob.rest()).toEqual([]);
  });

  test.each([
    ["<iq type='foo' id='1'><a xmlns='a'/></iq>", "bad-request"],
    ["<iq type='get'><a xmlns='a'/></iq>", "bad-request"],
    ["<iq type='get' id='1'/>", "bad-request"],
    ["<iq type='get' id='1' to='@x'><a xmlns='a'/></iq>", "jid-malformed"],
    ["<iq type='get' id='1' to='x.org'><a xmlns='a'/></iq>", "remote-server-not-found"],
    ["<iq type='get' id='1' to='example.org'><a xmlns='a'/></iq>", "service-unavailable"],
    ["<message to='nobody@example.org'/>", "service-unavailable"],
  ])("%s is %s", async (stanza, condition) => {
    const ann = await login("ann", "apple");
    ann.send(stanza);
    expect((await ann.rest()).join()).toContain(`<${condition} `);
  });

  test("errors and results that nobody takes are answered by nobody", async () => {
    const ann = await login("ann", "apple");
    ann.send("<iq type='result' id='1' to='bob@example.org/x'/><message type='error' "
      + "to='x.org'/><iq type='error' id='2' to='example.org'/>");
    expect(await ann.rest()).toEqual([]);
  });

  test("a message for a bare JID goes to the resources of the highest priority", async () => {
    const [ann, low, high] = [await login("ann", "apple"), await login("bob", "berry", "low"),
      await login("bob", "berry", "high")];
    low.send("<presence/>");
    high.send("<presence><priority>5</priority></presence>");
    await Promise.all([low.rest(), high.rest()]);
    ann.send("<message to='bob@example.org'><body>hi</body></message>");
    expect(await high.rest()).toHaveLength(1);
    expect(await low.rest()).toEqual([]);
  });

  test("messages for one who is away wait, stamped, up to a limit", async () => {
    const ann = await login("ann", "apple");
    for (let n = 0; n < OFFLINE_MESSAGES_MAX; n++) ann.send("<message to='bob@example.org'/>");
    expect(await ann.rest()).toEqual([]);
    ann.send("<message to='bob@example.org'/>");
    expect((await ann.rest()).join()).toContain("service-unavailable");
    const bob = await login("bob", "berry");
    bob.send("<presence/>");
    const waiting = (await bob.rest()).filter((text) => text.startsWith("<message"));
    expect(waiting).toHaveLength(OFFLINE_MESSAGES_MAX);
    expect(waiting[0]).toContain("urn:xmpp:delay");
  });
});

describe("what the server says itself", () => {
  test("disco, ping, time", async () => {
    const ann = await login("ann", "apple");
    const ask = async (to: string, query: string): Promise<string> => {
      ann.send(`<iq type='get' id='q' ${to && `to='${to}'`}>${query}</iq>`);
      return String(await ann.next("iq"));
    };
    const info = await ask(DOMAIN, "<query xmlns='http://jabber.org/protocol/disco#info'/>");
    expect(info).toContain('category="server"');
    expect(info).toContain('var="http://jabber.org/protocol/disco#items"');
    expect(await ask(DOMAIN, "<query xmlns='http://jabber.org/protocol/disco#items'/>"))
      .toContain('<item jid="prov.example.org"/>');
    expect(await ask(DOMAIN, "<ping xmlns='urn:xmpp:ping'/>")).toContain('type="result"');
    expect(await ask("", "<ping xmlns='urn:xmpp:ping'/>")).toContain('type="result"');
    const time = await ask(DOMAIN, "<time xmlns='urn:xmpp:time'/>");
    const utc = /<tzo>\+00:00<\/tzo><utc>(.*)<\/utc>/.exec(time)?.[1];
    expect(Math.abs(Date.parse(utc!) - Date.now())).toBeLessThan(5000);
  });

  test("watchers see each stanza once on its way, until they look away", async () => {
    const [ann, bob] = [await login("ann", "apple"), await login("bob", "berry")];
    const hops: Hop[] = [];
    const stop = server.onStanza((hop) => hops.push(hop));
    ann.send(`<message to='${bob.jid}' id='m'/><message to='bob@example.org' id='away'/>`);
    ann.send("<iq type='get' id='q' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>");
    await ann.next("iq");
    expect(hops.map(({ from, to }) => [from, to])).toEqual([
      [ann.jid, bob.jid], [ann.jid, "bob@example.org"], [ann.jid, DOMAIN], [DOMAIN, ann.jid]]);
    expect(hops[0]!.xml).toBe(`<message to="${bob.jid}" id="m" from="${ann.jid}"/>`);
    stop();
    ann.send(`<message to='${bob.jid}'/>`);
    await bob.rest();
    expect(hops).toHaveLength(4);
  });
});

test("closing says goodbye, cuts what does not listen, and frees the port", async () => {
  const ann = await login("ann", "apple");
  const deaf = net.connect(server.port, "127.0.0.1");
  deaf.on("error", () => undefined);
  await new Promise((resolve) => deaf.once("connect", resolve));
  await server.close();
  expect(await ann.streamError()).toBe("system-shutdown");
  server = await startServer({ domain: DOMAIN, port: server.port });
});

function silent(): LinkListener {
  const nothing = (): void => undefined;
  return { onOnline: nothing, onOffline: nothing, onRequest: () => null, onPresence: nothing,
    onMessage: nothing, onFault: nothing };
}

