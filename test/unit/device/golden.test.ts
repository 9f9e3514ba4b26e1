/**
 * Golden pairs: the examples of XEP-0323, 0324 and 0325, driven through the device where it
 * receives them, compared with what it prints where it sends them. What this device neither sends
 * nor answers (services, users, history, XEP-0347's registries) is thrown at it all the same.
 */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { ask, cast, command, payloadOf, question, withBlock, withoutText } from "../../sim/cast.js";
import { FILES, FOLDER, expectSame, forgotten, load, strange, used } from "../../sim/example.js";
import { childOf, childrenOf, parse, print } from "../../sim/markup.js";
import type { Node } from "../../sim/markup.js";
import { tell } from "../../sim/visitor.js";
import { Witness } from "../../sim/witness.js";
import { World, catalogue } from "../../sim/world.js";

/** What it is, the example, how it is sent, what is heard. */
type Case = [string, string, string, string[]];

let strangers = 0;

describe("XEP-0323", () => {
  test.each([
    ["momentary values", "0323-01-1", "0323-02-1", "0323-03-1", ["Device01"]],
    ["one node's, in its own words", "0323-05-1", "", "", []],
    ["some nodes", "0323-07-1", "0323-07-11", "0323-07-21 0323-07-31", ["Device02", "Device03"]],
    ["some fields of a node", "0323-08-1", "0323-08-11", "0323-08-21", ["Device04"]],
    ["everything", "0323-12-1", "0323-12-11", "", []],
  ])("%s", (_what, request, accepted, fields, ids) => {
    const one = cast("yes");
    const [first, ...messages] = ask(one, "get", load(request));
    expect(payloadOf(first!).name).toBe("accepted");
    if (accepted) expectSame(payloadOf(first!), load(accepted));
    const sent = messages.flatMap((message) => childrenOf(payloadOf(message)));
    const wanted = fields === "" ? []
      : fields.split(" ").flatMap((name) => childrenOf(load(name)));
    for (const id of ids) {
      expectSame(sent.find((node) => node.attributes.nodeId === id)!,
        wanted.find((node) => node.attributes.nodeId === id)!);
    }
    expect(payloadOf(messages.at(-1)!).attributes).toMatchObject({
      done: "true", seqnr: payloadOf(first!).attributes.seqnr,
    });
  });

  test.each([
    ["0323-06-1", "0323-06-11", "0323-06-21"], ["0323-09-1", "0323-09-11", ""],
  ])("a queued read-out: %s", (request, accepted, started) => {
    const one = cast("yes");
    const when = Date.parse(load(request).attributes.when + "Z");
    one.world.wire.quirks.startMs = when - 3_600_000;
    one.world.restart();
    expectSame(payloadOf(ask(one, "get", load(request))[0]!), load(accepted));
    if (!started) { // It is thought better of.
      const [cancelled, ...more] = ask(one, "get", load("0323-09-21"));
      expectSame(payloadOf(cancelled!), load("0323-09-31"));
      expect(more).toEqual([]);
    }
    one.world.skip(3_700_000);
    const [first, ...rest] = one.visitor.actor.takeSaid().map(payloadOf);
    if (started) expectSame(first!, load(started));
    else expect(first).toBe(undefined);
    expect(rest.every((payload) => payload.name === "fields")).toBe(true);
    expect(rest.at(-1)?.attributes.done).toBe(started ? "true" : undefined);
  });

  test("a node that fails", () => {
    const one = cast("yes");
    one.world.temperature.value = NaN;
    const request = load("0323-04-1");
    request.children.push(parse("<node xmlns='urn:xmpp:iot:sensordata' nodeId='Device01'/>"));
    const [accepted, failure, ...more] = ask(one, "get", request).map(payloadOf);
    expectSame(accepted!, load("0323-04-11"));
    expectSame(withoutText(failure!), withoutText(load("0323-04-21")));
    expect(more).toEqual([]);
  });

  test("cancelling", () => {
    const one = cast("silent");
    ask(one, "get", parse("<req xmlns='urn:xmpp:iot:sensordata' seqnr='8' all='true'/>"));
    const answers = ask(one, "get", load("0323-09-21"));
    const cancelled = answers.map(payloadOf).find((payload) => payload.name === "cancelled");
    expectSame(cancelled!, load("0323-09-31"));
    expect(ask(one, "get", load("0323-09-21")).map(tell)).toEqual(["cancel/item-not-found"]);
  });
});

describe("XEP-0324, read-outs", () => {
  test.each([
    ["granted, with tokens", "0324-09", "0324-09-31"],
    ["refused", "0324-14", "0324-14-31"],
    ["restricted to a node", "0324-15", "0324-15-31"],
    ["restricted to fields", "0324-16", "0324-16-31"],
  ])("%s", (_what, name, answer) => {
    const one = cast("silent");
    one.authority.decide(print(load(`${name}-21`), ""), "canRead");
    const answers = ask(one, "get", load(`${name}-1`));
    expectSame(question(one), load(`${name}-11`));
    expectSame(payloadOf(answers[0]!), load(answer));
    const read = answers.slice(1).flatMap((message) => childrenOf(payloadOf(message)));
    const ids = read.map((node) => node.attributes.nodeId);
    if (name === "0324-15") expect(ids).toEqual(["Device02"]);
    if (name === "0324-16") expect(ids).toEqual(["Device04"]);
  });
});

describe("XEP-0324, friendships", () => {
  test.each([
    ["accepted", "0324-10", "client1@example.org", "presence subscribed"],
    ["rejected", "0324-11", "client2@example.org", "presence unsubscribed"],
  ])("%s", (_what, name, jid, answer) => {
    const one = cast("silent");
    one.authority.decide(print(load(`${name}-11`), ""), "isFriend");
    const client = one.world.stranger(`${jid}/amr`);
    client.befriend();
    expectSame(question(one), load(`${name}-1`));
    expect(client.hears()).toEqual([answer]);
  });

  test("unfriending", () => {
    const one = cast("yes", "client2@example.org/amr");
    command(one, "0324-12-1");
    expect(one.visitor.hears()).toEqual(["presence unsubscribed", "presence unsubscribe"]);
  });

  test("recommending", () => {
    const one = cast("yes");
    const client = one.world.stranger("client2@example.org/amr");
    command(one, "0324-13-1");
    expect(client.hears()).toEqual(["presence subscribe"]);
  });

  test("clearing the cache", () => {
    const one = cast("yes");
    const { actor } = one.authority;
    actor.send(`<iq type='set' to='${one.world.jid}'>${print(load("0324-20-1"))}</iq>`);
    one.world.settle();
    expectSame(payloadOf(actor.takeSaid()[0]!), load("0324-20-11"));
  });
});

describe("XEP-0324, tokens", () => {
  test.each(["0324-04", "0324-21"])("asked for, challenged, and proved: %s", (name) => {
    const identity = { certificate: () => "certificate", decrypt: (block: string) => `${block}!` };
    const world = new World({ identity });
    const authority = world.trusting();
    const expectLike = (stanza: Node, example: string): void =>
      expectSame(withBlock(payloadOf(stanza), ""), withBlock(load(example), ""));
    world.pass(100);
    const [certificate] = authority.actor.takeSaid();
    expectLike(certificate!, `${name}-1`);
    authority.reply(certificate!, print(withBlock(load(`${name}-11`), "challenge")));
    world.settle();
    const [solved] = authority.actor.takeSaid();
    expectLike(solved!, `${name}-21`);
    authority.reply(solved!, print(load(`${name}-31`)));
    const challenge = print(withBlock(load("0324-07-1"), "challenge"));
    authority.actor.send(`<iq type='get' to='${world.jid}'>${challenge}</iq>`);
    world.pass(100);
    const [proof] = authority.actor.takeSaid();
    expectLike(proof!, "0324-07-11");
    expect(world.ledger.problems()).toEqual([]);
  });
});

describe("XEP-0324, control", () => {
  test.each([
    ["rejected", "0324-17", []],
    ["restricted to nodes", "0324-18", ["DigitalOutput2/Output", "DigitalOutput3/Output"]],
    ["restricted to parameters", "0324-19",
      [1, 2, 3, 4].map((i) => `Outputs/DigitalOutput${i}`)],
  ])("%s", (_what, name, on) => {
    const one = cast("silent");
    one.authority.decide(print(load(`${name}-21`), ""), "canControl");
    const wanted = load(`${name}-11`);
    const set = load(`${name}-1`);
    // ERRATA N33: the examples ask with tokens that the request did not have.
    for (const token of ["serviceToken", "userToken"]) {
      set.attributes[token] = wanted.attributes[token]!;
    }
    const [answer] = ask(one, "set", set);
    expectSame(question(one), wanted);
    expectSame(childOf(answer!, "setResponse")!, load(`${name}-31`));
    const switched = Object.entries(one.world.relays).filter(([, relay]) => relay.on)
      .map(([key]) => key);
    expect(switched).toEqual(on);
  });
});

describe("XEP-0325", () => {
  test.each([
    ["by message", "0325-01-1", "message", []],
    ["by iq", "0325-02-1", "set", ["done"]],
    ["a boolean", "0325-04-1", "set", ["done"]],
    ["an int for a boolean", "0325-05-1", "set", ["modify/bad-request"]],
    ["a long for a boolean", "0325-06-1", "set", ["modify/bad-request"]],
    ...["07", "08", "09", "10", "11", "12", "13", "14"].map((i): Case =>
      ["what this board has not", `0325-${i}-1`, "set", ["cancel/item-not-found"]]),
    ["a form, asked for", "0325-16-1", "get", ["x"]],
    ["a form of what this board has not, sent", "0325-17-1", "set", ["cancel/item-not-found"]],
    ["a form of nodes, asked for", "0325-23-1", "get", ["x"]],
    ["a form of nodes, sent", "0325-24-1", "set", ["done"]],
    ["a node", "0325-19-1", "set", ["done"]],
    ["some nodes", "0325-20-1", "set", ["done"]],
  ])("%s", (_what, name, type, heard) => {
    const one = cast("yes");
    const payload = load(name);
    if (type !== "message") expect(ask(one, type, payload).map(tell)).toEqual(heard);
    else {
      one.visitor.actor.send(`<message to='${one.world.jid}'>${print(payload)}</message>`);
      one.world.settle();
      expect(one.visitor.hears()).toEqual([]);
    }
    const outputs = [1, 2, 3, 4].map((i) => one.world.relays[`DigitalOutput${i}/Output`]!);
    const isOn = /0325-(0[124]|24)-/.test(name);
    expect(outputs.map((relay) => relay.on)).toEqual(Array(4).fill(isOn));
    expect(one.world.ledger.problems()).toEqual([]);
  });

  test.each(["0325-02-11", "0325-17-11", "0325-24-11"])("the empty answer: %s", (name) => {
    const one = cast("yes");
    const [answer] = ask(one, "set", load("0325-02-1"));
    expectSame(payloadOf(answer!), load(name));
  });

  test.each(FILES.filter((name) => name.endsWith(".notwellformed.xml")))(
    "no XML, so no request: %s", (name) => {
      used.add(name);
      const one = cast("yes");
      const stream = one.world.wire.stream;
      const xml = readFileSync(FOLDER + name, "utf8");
      stream.raw(Buffer.from(xml, "utf8").toString("latin1"));
      one.world.pass(500);
      expect(stream.error).toBe("not-well-formed");
      expect(one.visitor.hears()).toEqual([]);
    });
});

describe("what is not for this device to say or to hear", () => {
  test.each(strange())("%s is refused as a request, and is nothing as a message", (name) => {
    const one = cast("yes");
    const payload = print(parse(readFileSync(FOLDER + name, "utf8")));
    const witness = new Witness(one.world);
    for (const type of ["get", "set", "result"]) one.visitor.ask(type, payload);
    one.visitor.actor.send(`<message to='${one.world.jid}'>${payload}</message>`);
    one.world.settle();
    // A challenge is one's who was sent the token; its right answer is in hostile/token.test.ts.
    const first = name.startsWith("0324-07-1.") ? "cancel/forbidden" : "cancel/service-unavailable";
    expect(one.visitor.hears()).toEqual([first, "cancel/service-unavailable"]);
    expect(one.authority.questions).toEqual([]);
    expect(witness.changes()).toEqual([]);
    strangers++;
  });
});

afterAll(() => {
  const missing = forgotten();
  console.log(`examples: ${used.size} driven or compared, ` +
    `${strangers} not of this device and refused, ${missing.length} forgotten`);
  expect(missing).toEqual([]);
  expect(catalogue.report("examples")).toBe("");
});
