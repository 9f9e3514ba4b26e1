import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NAMES_MAX, NAME_BYTES_MAX } from "../../../firmware/config.js";
import { Verb, intersect, list, nodeKey } from "../../../firmware/access/grant.js";
import type { Grant, Question } from "../../../firmware/access/grant.js";
import {
  NS_PROVISIONING, namesOf, printQuestion, readAnswer, tokensOf, typesOf, xsBoolean,
} from "../../../firmware/access/provisioning.js";
import type { Answer } from "../../../firmware/access/provisioning.js";
import type { Account } from "../../../firmware/stream/account.js";
import { Agenda } from "../../../firmware/stream/agenda.js";
import { Requests } from "../../../firmware/stream/requests.js";
import type { Element } from "../../../firmware/xml/element.js";
import { HostCrypto } from "../../../hal/host/crypto.js";
import { MockRandom } from "../../../hal/mock/random.js";
import { attend } from "../../sim/agenda.js";
import { parse } from "../xml/recorder.js";

const EXAMPLES = join(import.meta.dirname, "../../vectors/examples");
const PROV = "prov.ex.org";
const NS_SENSORDATA = "urn:xmpp:iot:sensordata";
const ALL: Grant = { types: "", nodes: "", names: "" };

function example(name: string): Element {
  return parse(readFileSync(join(EXAMPLES, `0324-${name}.xml`), "latin1"));
}

/** As `show`, but children in any order, as their order says nothing. */
function content(element: Element): string {
  const attributes = element.attributes.split("\x01").slice(1, -1).sort().join(" ");
  return `${element.ns} ${element.name} ${attributes} (${element.children.map(content).sort()})`;
}

/** The question that an example asks, read with what reads requests. */
function asked(element: Element): Question {
  const verb = element.name === "isFriend" ? Verb.Friend
    : element.name === "canControl" ? Verb.Control : Verb.Read;
  return {
    verb, jid: element.attribute("jid"), from: "", tokens: tokensOf(element), types: typesOf(element)!,
    nodes: namesOf(element, NS_PROVISIONING, "node")!,
    names: namesOf(element, NS_PROVISIONING, verb === Verb.Read ? "field" : "parameter")!,
  };
}

/**
 * The whole way of an answer: it must be the result of our own iq, and that alone. (`why` is for
 * people, and in test/unit/device/hostile/refusal.test.ts.)
 */
function answer(
  question: Question, response: string, type = "result",
): Omit<Answer, "why"> | null {
  let heard: Answer | null = null;
  let sent = "";
  const outlet = { send: (xml: string) => void (sent = xml), jid: "dev@ex.org/r" };
  const account = { bare: "dev@ex.org", domain: () => "ex.org" } as Account;
  const agenda = new Agenda();
  const requests = new Requests(outlet, account, new MockRandom(), new HostCrypto(), agenda);
  requests.ask(PROV, "get", printQuestion(question), {
    answered: (_, payload) => void (heard = payload && readAnswer(question, payload)),
  }, null, 0);
  const id = parse(sent).attribute("id");
  requests.settle(parse(`<iq from='${PROV}' type='${type}' id='${id}'>${response}</iq>`));
  attend(agenda, 0);
  if (!heard) return null;
  const { why, ...said } = heard as Answer;
  expect(why !== "").toBe(said.grant === null);
  return said;
}

function answerOf(question: Question, name: string): Omit<Answer, "why"> | null {
  return answer(question, readFileSync(join(EXAMPLES, `0324-${name}.xml`), "latin1"));
}

const friend: Question = { verb: Verb.Friend, jid: "client1@example.org", from: "", tokens: [],
  ...ALL };
const read: Question = { verb: Verb.Read, jid: "cl@ex.org", from: "", tokens: ["", "", ""],
  types: list(["momentary"]), nodes: list(["n1", "n2"]), names: list(["X", "Y"]) };
const control: Question = { ...read, verb: Verb.Control, types: "" };

describe("the examples of XEP-0324: what is asked", () => {
  test.each(["09-11.ok", "10-1.ok", "11-1.ok", "14-11.ok", "15-11.ok", "16-11.ok", "17-11.ok",
    "18-11.ok", "19-11.ok"])("%s", (name) => {
    const element = example(name);
    expect(content(parse(printQuestion(asked(element))))).toBe(content(element));
  });

  test.each([["09-1.ok", "09-11.ok"], ["14-1.ok", "14-11.ok"], ["15-1.ok", "15-11.ok"],
    ["16-1.ok", "16-11.ok"]])("the request %s becomes the question %s", (request, wanted) => {
    const element = example(request);
    const question: Question = {
      verb: Verb.Read, jid: "master@example.org", from: "", tokens: tokensOf(element),
      types: typesOf(element)!,
      nodes: namesOf(element, NS_SENSORDATA, "node")!, names: namesOf(element, NS_SENSORDATA, "field")!,
    };
    expect(content(parse(printQuestion(question)))).toBe(content(example(wanted)));
  });
});

describe("the examples of XEP-0324: what is answered", () => {
  const names = (...all: string[]): string => list(all);
  test.each<[string, string, Grant | null]>([
    ["10-1.ok", "10-11.ok", ALL],
    ["11-1.ok", "11-11.ok", null],
    ["09-11.ok", "09-21.ok", { ...ALL, types: names("momentary") }],
    ["14-11.ok", "14-21.ok", null],
    ["15-11.ok", "15-21.ok", { ...ALL, types: names("momentary"), nodes: names("Device02") }],
    ["16-11.ok", "16-21.ok", { ...ALL, types: names("momentary"), names: names("Energy", "Power") }],
    ["17-11.ok", "17-21.ok", null],
    ["18-11.ok", "18-21.ok", { types: "", nodes: names("DigitalOutput2", "DigitalOutput3"),
      names: names("Output") }],
    ["19-11.ok", "19-21.ok", { ...ALL, names: names("DigitalOutput1", "DigitalOutput2",
      "DigitalOutput3", "DigitalOutput4") }],
  ])("%s by %s", (question, response, grant) => {
    expect(answerOf(asked(example(question)), response)).toEqual({ grant, secondary: false });
  });

  test("no example answers another question", () => {
    const questions = ["10-1.ok", "11-1.ok", "15-11.ok", "18-11.ok"];
    const responses = ["10-11.ok", "11-11.ok", "15-21.ok", "18-21.ok"];
    questions.forEach((question, i) => responses.forEach((response, j) => {
      if (i !== j) expect(answerOf(asked(example(question)), response)).toBeNull();
    }));
  });
});

describe("an answer that cannot be believed is none (HOSTILE-TESTS 1, 4)", () => {
  const yes = (attributes: string, inner = "", name = "canReadResponse"): string =>
    `<${name} xmlns='${NS_PROVISIONING}' ${attributes}>${inner}</${name}>`;
  const good = "jid='cl@ex.org' result='true'";

  test("the good one, to begin with", () => {
    expect(answer(read, yes(good))!.grant).toEqual(intersect(read, ALL));
  });

  test.each([
    ["another JID", yes("jid='evil@ex.org' result='true'")],
    ["a JID that begins alike", yes("jid='cl@ex.org.evil' result='true'")],
    ["the JID as a resource", yes("jid='evil@ex.org/cl@ex.org' result='true'")],
    ["a look-alike", yes("jid='c\xd3\x8f@ex.org' result='true'")],
    ["no JID", yes("result='true'")], ["an empty JID", yes("jid='' result='true'")],
    ["no JID at all", yes("jid='not a jid' result='true'")],
    ["two dots", yes("jid='cl@ex.org..' result='true'")],
    ...["TRUE", "True", "yes", "", "2", "11", "on", "true false", "tru", "-1", "\xc2\xa0true"].map(
      (word): [string, string] => [`result ${word}`, yes(`jid='cl@ex.org' result='${word}'`)]),
    ["no result", yes("jid='cl@ex.org'")],
    ["a result of another namespace", yes("jid='cl@ex.org' p:result='true' xmlns:p='u'")],
    ["the answer to isFriend", yes(good, "", "isFriendResponse")],
    ["the answer to canControl", yes(good, "", "canControlResponse")],
    ["the question", yes(good, "", "canRead")],
    ["another namespace", yes(good).replace(NS_PROVISIONING, "urn:xmpp:iot:control")],
    ["no namespace", `<canReadResponse ${good}/>`],
    ["two children", yes(good) + yes(good)],
    ["something before", `<x xmlns='u'/>${yes(good)}`],
    ["something behind", `${yes(good)}<error type='cancel'/>`],
    ["nothing", ""],
    ["an error as a result", "<error type='cancel'/>"],
    ["an answer inside of something", `<x xmlns='u'>${yes(good)}</x>`],
    ["a field without a name", yes(good, "<field/>")],
    ["a field with an empty name", yes(good, "<field name=''/>")],
    ["a field with a long name", yes(good, `<field name='${"x".repeat(NAME_BYTES_MAX + 1)}'/>`)],
    ["a node without an id", yes(good, "<node/>")],
    ["a node with an empty id", yes(good, "<node nodeId='' sourceId='s'/>")],
    ["a node with a long id", yes(good, `<node nodeId='${"n".repeat(NAME_BYTES_MAX + 1)}'/>`)],
    ["a node with a long source", yes(good,
      `<node nodeId='n1' sourceId='${"s".repeat(NAME_BYTES_MAX)}' cacheType='c'/>`)],
    ["too many fields", yes(good, "<field name='X'/>".repeat(NAMES_MAX + 1))],
    ["too many nodes", yes(good, "<node nodeId='n1'/>".repeat(NAMES_MAX + 1))],
    ["a field type that is neither true nor false", yes(`${good} momentary='yes'`)],
  ])("%s", (_, response) => {
    expect(answer(read, response)).toBeNull();
  });

  test.each(["error", "get", "set", "", "Result"])("type %j", (type) => {
    expect(answer(read, yes(good), type)).toBeNull();
  });

  test("as many fields as may be, as long as may be, are believed", () => {
    const names = Array.from({ length: NAMES_MAX }, (_, n) => `X${n}`.padEnd(NAME_BYTES_MAX, "x"));
    const fields = names.map((name) => `<field name='${name}'/>`).join("");
    expect(answer({ ...read, names: "" }, yes(good, fields))!.grant!.names).toBe(list(names));
  });

  test.each(["true", "1", " true ", "\n1\t"])("result %j is a yes", (word) => {
    expect(answer(read, yes(`jid='cl@ex.org' result='${word}'`))!.grant).not.toBeNull();
  });

  test.each(["false", "0", " false "])("result %j is a no", (word) => {
    expect(answer(read, yes(`jid='cl@ex.org' result='${word}'`, "<field/>")))
      .toEqual({ grant: null, secondary: false });
  });

  test.each(["CL@EX.ORG", "cl@ex.org.", "cl@ex.org/amr", "Cl@ex.org./x/y@z"])(
    "the JID %s is the same", (jid) => {
      expect(answer(read, yes(`jid='${jid}' result='1'`))!.grant).not.toBeNull();
    });

  test("what was not asked for is not granted", () => {
    const more = yes(`${good} all='true'`,
      "<node nodeId='n1'/><node nodeId='n9'/><field name='X'/><field name='Q'/>");
    expect(answer(read, more)!.grant)
      .toEqual({ types: list(["momentary"]), nodes: list(["n1"]), names: list(["X"]) });
  });

  test.each([
    ["nodes", "<node nodeId='n9'/>", ""], ["fields", "<field name='Q'/>", ""],
    ["types", "", " peak='true'"], ["types that are refused", "", " momentary='false'"],
    ["a node of a source", "<node nodeId='n9' sourceId='n1'/>", ""],
  ])("other %s than asked for: a refusal", (_, inner, attributes) => {
    expect(answer(read, yes(good + attributes, inner))).toEqual({ grant: null, secondary: false });
  });

  test("a node of a source is granted as that, or by its id alone", () => {
    const asked = { ...read, nodes: list([nodeKey("n1", "s", "c")]) };
    expect(answer(asked, yes(good, "<node nodeId='n1' sourceId='s'/>"))!.grant).toBeNull();
    expect(answer(asked, yes(good, "<node nodeId='n1'/>"))!.grant!.nodes).toBe(asked.nodes);
    expect(answer(asked, yes(good, "<node cacheType='c' sourceId='s' nodeId='n1'/>"))!.grant!.nodes)
      .toBe(asked.nodes);
  });

  test("parameters restrict control alone, fields reading alone, and only of this namespace", () => {
    const parameter = "<parameter name='X'/>";
    const field = "<field name='X'/>";
    expect(answer(read, yes(good, parameter))!.grant!.names).toBe(read.names);
    const response = (inner: string): string => yes(good, inner, "canControlResponse");
    expect(answer(control, response(field))!.grant!.names).toBe(control.names);
    expect(answer(control, response(parameter))!.grant!.names).toBe(list(["X"]));
    expect(answer(read, yes(good, "<field xmlns='u' name='X'/>"))!.grant!.names).toBe(read.names);
  });

  test("types say nothing about control", () => {
    const response = yes(`${good} momentary='true'`, "", "canControlResponse");
    expect(answer(control, response)!.grant!.types).toBe("");
  });
});

describe("isFriend", () => {
  const response = (attributes: string): string => `<isFriendResponse xmlns='${NS_PROVISIONING}' `
    + `jid='client1@example.org' ${attributes}/>`;

  test.each([
    ["secondaryTrustAllowed='true'", true], ["secondaryTrustAllowed='1'", true],
    ["secondaryTrustAllowed='false'", false], ["", false], ["secondaryTrustAllowed=''", false],
    ["secondaryTrustAllowed='TRUE'", false], ["secondaryTrustAllowed='yes'", false],
    ["secondaryTrust='true'", false],
  ])("refused with %j: another may be trusted: %s", (attributes, secondary) => {
    expect(answer(friend, response(`result='false' ${attributes}`)))
      .toEqual({ grant: null, secondary });
  });

  test("whom to restrict to says nothing about friends", () => {
    expect(answer(friend, response("result='true' peak='true'"))!.grant).toEqual(ALL);
  });
});

describe("a question", () => {
  test("has only the tokens that came with the request (N33)", () => {
    const question = { ...read, tokens: ["", "device one", ""] };
    const element = parse(printQuestion(question));
    expect(tokensOf(element)).toEqual(question.tokens);
    expect(printQuestion(question)).not.toContain("serviceToken");
    expect(printQuestion({ ...friend, tokens: [] })).not.toContain("Token");
  });

  test("has no markup but its own, whatever names and tokens hold", () => {
    const evil = "x'/><field name=\"admin\"/>&amp;<!--";
    const element = parse(printQuestion({ ...read, jid: evil, tokens: [evil, evil, evil],
      nodes: list([nodeKey(evil, evil, evil)]), names: list([evil]) }));
    expect(element.children.map((child) => child.name)).toEqual(["node", "field"]);
    expect(element.attribute("jid")).toBe(evil);
    expect(tokensOf(element)).toEqual([evil, evil, evil]);
    const node = element.children[0]!;
    expect(["nodeId", "sourceId", "cacheType"].map((name) => node.attribute(name)))
      .toEqual([evil, evil, evil]);
    expect(element.children[1]!.attribute("name")).toBe(evil);
  });

  test("names a node's source and cache type only where there is one", () => {
    const nodes = (key: string): string => printQuestion({ ...read, nodes: list([key]), names: "" });
    expect(nodes(nodeKey("n", "", ""))).toContain("<node nodeId='n'/>");
    expect(nodes(nodeKey("n", "s", ""))).toContain("<node nodeId='n' sourceId='s'/>");
    expect(nodes(nodeKey("n", "", "c"))).toContain("<node nodeId='n' cacheType='c'/>");
  });
});

describe("a request", () => {
  const types = (attributes: string): string | null => typesOf(parse(`<req ${attributes}/>`));

  test.each([
    ["momentary='true'", ["momentary"]], ["momentary='1' peak=' true '", ["momentary", "peak"]],
    ["momentary='false' all='1'", ["all"]], ["historicalDay='true'", ["historicalDay"]],
    ["historical='true' historicalQuarter='1'", ["historical", "historicalQuarter"]],
    ["identification='true'", ["identity"]], ["identification='1' identity='1'", ["identity"]],
    ["", []], ["momentary='false'", []], ["seqnr='1' from='x' to='y' when='z' xml:lang='en'", []],
    ["Momentary='true' historicalFortnight='true' historicalday='true'", []],
    ["xmlns:p='u' p:momentary='true'", []], ["historicalTrue='x' toString='x'", []],
  ])("with %s asks for %j", (attributes, expected) => {
    expect(types(attributes)).toBe(list(expected));
  });

  test.each(["momentary='yes'", "momentary=''", "all='TRUE'", "peak='2'", "historicalDay='t'",
    "momentary='true' peak='no'"])("with %s is malformed", (attributes) => {
    expect(types(attributes)).toBeNull();
  });

  test("names are counted as they are said, repeated or not", () => {
    const request = (count: number): Element =>
      parse(`<req>${"<field name='X'/>".repeat(count)}</req>`);
    expect(namesOf(request(NAMES_MAX), "jabber:client", "field")).toBe(list(["X"]));
    expect(namesOf(request(NAMES_MAX + 1), "jabber:client", "field")).toBeNull();
  });
});

test.each([["true", 1], ["1", 1], [" 1\n", 1], ["false", 0], ["0", 0], ["", -1], ["TRUE", -1],
  ["10", -1], ["01", -1], ["true1", -1], ["tr ue", -1]])("xs:boolean %j is %i", (text, value) => {
  expect(xsBoolean(text)).toBe(value);
});
