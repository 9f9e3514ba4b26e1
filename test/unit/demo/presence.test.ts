import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Server, startServer } from "../../../demo/server.js";
import { Wire } from "./wire.js";

const DOMAIN = "example.org";
const ROSTER = "<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>";
let server: Server;
let ann: Wire;
let bob: Wire;

beforeEach(async () => {
  server = await startServer({ domain: DOMAIN, accounts: { ann: "apple", bob: "berry" },
    components: { "prov.example.org": "secret" } });
  ann = await online("ann", "apple");
  bob = await online("bob", "berry");
});
afterEach(() => server.close());

async function online(user: string, password: string): Promise<Wire> {
  const wire = await Wire.login(server.port, user, DOMAIN, password);
  wire.send(`${ROSTER}<presence/>`);
  await wire.rest();
  return wire;
}

/** What has come, without what differs from run to run. */
async function news(wire: Wire): Promise<string[]> {
  return (await wire.rest()).map((text) => text
    .replace(/<delay .*?\/>/, "")
    .replace(/^(<[^<]*)><\/presence>$/, "$1/>").replace(/ id="[0-9a-f-]{36}"/, "")
    .replaceAll(ann.jid, "ANN").replaceAll(bob.jid, "BOB"));
}

async function befriend(): Promise<void> {
  ann.send("<presence type='subscribe' to='bob@example.org'/>");
  await bob.rest();
  bob.send("<presence type='subscribed' to='ann@example.org'/>");
  await Promise.all([ann.rest(), bob.rest()]);
}

const push = (who: string, item: string): string =>
  `<iq type="set" to="${who}"><query xmlns="jabber:iq:roster">${item}</query></iq>`;

describe("a subscription", () => {
  test("is asked for and granted: pushes on both sides, then presence", async () => {
    ann.send("<presence type='subscribe' to='bob@example.org/any'/>");
    expect(await news(ann)).toEqual([
      push("ANN", '<item jid="bob@example.org" subscription="none" ask="subscribe"/>'),
      '<presence from="bob@example.org" to="ann@example.org" type="unavailable"/>',
    ]);
    expect(await news(bob)).toEqual([
      '<presence type="subscribe" to="bob@example.org" from="ann@example.org"/>']);
    bob.send("<presence type='subscribed' to='ann@example.org'/>");
    expect(await news(bob)).toEqual([
      push("BOB", '<item jid="ann@example.org" subscription="from"/>')]);
    expect(await news(ann)).toEqual([
      '<presence type="subscribed" to="ann@example.org" from="bob@example.org"/>',
      push("ANN", '<item jid="bob@example.org" subscription="to"/>'),
      '<presence from="BOB" to="ann@example.org"/>',
    ]);
  });

  test("that is refused leaves nothing behind", async () => {
    ann.send("<presence type='subscribe' to='bob@example.org'/>");
    await Promise.all([ann.rest(), bob.rest()]);
    bob.send("<presence type='unsubscribed' to='ann@example.org'/>");
    expect(await news(ann)).toEqual([
      '<presence type="unsubscribed" to="ann@example.org" from="bob@example.org"/>',
      push("ANN", '<item jid="bob@example.org" subscription="none"/>')]);
    await bob.end();
    bob = await Wire.login(server.port, "bob", DOMAIN, "berry");
    bob.send("<presence/>");
    expect((await news(bob)).join()).not.toContain("subscribe");
  });

  test("that waits is told once, and again at each initial presence", async () => {
    ann.send("<presence type='subscribe' to='bob@example.org'/>".repeat(3));
    expect(await news(bob)).toHaveLength(1);
    await bob.end();
    bob = await Wire.login(server.port, "bob", DOMAIN, "berry");
    bob.send("<presence/>");
    expect(await news(bob)).toContain(
      '<presence type="subscribe" to="bob@example.org" from="ann@example.org"/>');
    bob.send("<presence><show>away</show></presence>");
    expect(await news(bob)).toEqual(['<presence from="BOB"><show>away</show></presence>']);
  });

  test("once granted is granted again by the server, without asking", async () => {
    await befriend();
    ann.send("<presence type='subscribe' to='bob@example.org'/>");
    expect(await news(bob)).toEqual([]);
    expect((await news(ann))).toContain('<presence from="BOB" to="ann@example.org"/>');
  });

  test("that nobody asked for is not granted", async () => {
    bob.send("<presence type='subscribed' to='ann@example.org'/>");
    expect(await news(ann)).toEqual([]);
    bob.send("<presence><status>hidden</status></presence>");
    expect(await news(ann)).toEqual([]);
  });

  test("ends from either side", async () => {
    await befriend();
    ann.send("<presence type='unsubscribe' to='bob@example.org'/>");
    expect(await news(ann)).toEqual([
      push("ANN", '<item jid="bob@example.org" subscription="none"/>')]);
    expect(await news(bob)).toEqual([
      '<presence type="unsubscribe" to="bob@example.org" from="ann@example.org"/>',
      push("BOB", '<item jid="ann@example.org" subscription="none"/>')]);
    await befriend();
    bob.send("<presence type='unsubscribed' to='ann@example.org'/>");
    expect(await news(ann)).toEqual([
      '<presence type="unsubscribed" to="ann@example.org" from="bob@example.org"/>',
      push("ANN", '<item jid="bob@example.org" subscription="none"/>'),
      '<presence type="unavailable" from="BOB" to="ann@example.org"/>']);
  });

  test("both ways is both", async () => {
    await befriend();
    bob.send("<presence type='subscribe' to='ann@example.org'/>");
    await Promise.all([ann.rest(), bob.rest()]);
    ann.send("<presence type='subscribed' to='bob@example.org'/>");
    expect(await news(bob)).toContain(
      push("BOB", '<item jid="ann@example.org" subscription="both"/>'));
  });
});

describe("presence", () => {
  test("is seen by friends, on login by a probe, and gone when the cable is cut", async () => {
    await befriend();
    await ann.end();
    ann = await online("ann", "apple");
    ann.send("<presence/>");
    await ann.rest();
    bob.send("<presence><status>here</status></presence>");
    expect(await news(ann)).toEqual([
      '<presence from="BOB" to="ann@example.org"><status>here</status></presence>']);
    const late = await Wire.login(server.port, "ann", DOMAIN, "apple");
    late.send("<presence/>");
    expect((await late.rest()).join()).toContain(`from="${bob.jid}"`);
    await bob.cut();
    expect(await news(ann)).toContain(
      '<presence type="unavailable" from="BOB" to="ann@example.org"/>');
  });

  test("that is directed ends with the stream, and only where it went", async () => {
    bob.send(`<presence to='${ann.jid}'/>`);
    expect(await news(ann)).toEqual(['<presence to="ANN" from="BOB"/>']);
    await bob.cut();
    expect(await news(ann)).toEqual(['<presence type="unavailable" from="BOB" to="ANN"/>']);
  });

  test("of a stranger is told to nobody who asks", async () => {
    ann.send("<presence type='probe' to='bob@example.org'/>");
    expect(await news(ann)).toEqual([]);
    expect(await news(bob)).toEqual([]);
  });

  test("of a component arrives like anybody's, and so does ours there", async () => {
    const prov = await Wire.join(server.componentPort, "prov.example.org", "secret", DOMAIN);
    bob.send("<presence to='prov.example.org'/>");
    expect(await news(prov)).toEqual(['<presence to="prov.example.org" from="BOB"/>']);
    prov.send("<presence type='subscribe' to='bob@example.org'/>");
    expect(await news(bob)).toEqual([
      '<presence type="subscribe" to="bob@example.org" from="prov.example.org"/>']);
    bob.send("<presence type='subscribed' to='prov.example.org'/>");
    expect(await news(prov)).toEqual([
      '<presence from="bob@example.org" to="prov.example.org" type="unavailable"/>',
      '<presence type="subscribed" to="prov.example.org" from="bob@example.org"/>',
      '<presence from="BOB" to="prov.example.org"/>']);
    await bob.cut();
    expect(await news(prov)).toContain(
      '<presence type="unavailable" from="BOB" to="prov.example.org"/>');
  });
});

describe("the roster", () => {
  const set = (item: string): string =>
    `<iq type='set' id='s'><query xmlns='jabber:iq:roster'>${item}</query></iq>`;

  test("takes names and groups, and no subscription by hand", async () => {
    ann.send(set("<item jid='Bob@example.org' name='B' subscription='both'>"
      + "<group>g</group></item>"));
    expect((await news(ann))[0]).toBe(push("ANN",
      '<item jid="bob@example.org" subscription="none" name="B"><group>g</group></item>'));
    ann.send(ROSTER);
    expect((await news(ann))[0]).toContain('name="B"><group>g</group>');
  });

  test("removing a contact ends both subscriptions", async () => {
    await befriend();
    ann.send(set("<item jid='bob@example.org' subscription='remove'/>"));
    expect((await news(ann)).join()).toContain('subscription="remove"');
    expect((await news(bob)).join()).toContain('type="unsubscribe"');
  });

  test.each([
    ["<item jid='ann@example.org'/>", "not-allowed"], ["<item/>", "bad-request"],
    ["<item jid='x@y' subscription='remove'/>", "item-not-found"], ["", "bad-request"],
  ])("refuses %s as %s", async (item, condition) => {
    ann.send(set(item));
    expect((await news(ann)).join()).toContain(`<${condition} `);
  });

  test("belongs to its account alone", async () => {
    bob.send("<iq type='get' id='r' to='ann@example.org'><query xmlns='jabber:iq:roster'/></iq>");
    expect((await news(bob)).join()).toContain("service-unavailable");
  });
});
