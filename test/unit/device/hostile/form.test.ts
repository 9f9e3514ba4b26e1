/** Control forms (XEP-0325 "forms"): what is in them, for whom, and what comes back. */
import { describe, expect, test } from "vitest";
import { NAMES_MAX, NAME_BYTES_MAX } from "../../../../firmware/config.js";
import { childOf, childrenOf } from "../../../sim/markup.js";
import type { Node } from "../../../sim/markup.js";
import { tell } from "../../../sim/visitor.js";
import { catalogue } from "../../../sim/world.js";
import { cast, type Cast } from "./cast.js";

const CONTROL = "urn:xmpp:iot:control";
const NS = "urn:xmpp:iot:provisioning";
const RELAYS = "<node nodeId='relay1'/><node nodeId='relay2'/>";

/** The form, or what came instead, in words. */
function ask({ visitor }: Cast, inner = ""): Node | string {
  visitor.actor.take();
  visitor.ask("get", `<getForm xmlns='${CONTROL}'>${inner}</getForm>`);
  const [answer] = visitor.actor.takeSaid();
  const form = childOf(answer!, "x");
  return form ?? tell(answer!);
}

/** Its fields: name and value, "" where it says none. */
function fields(form: Node | string): string[] {
  if (typeof form === "string") return [form];
  return childrenOf(form).filter((one) => one.name === "field").map((one) => {
    const value = childOf(one, "value");
    return `${one.attributes.var}=${value ? String(value.children[0]) : ""}`;
  });
}

function submit({ visitor }: Cast, inner: string, type = "submit"): string {
  visitor.actor.take();
  visitor.set(`<x xmlns='jabber:x:data' type='${type}'>${inner}</x>`);
  return visitor.hears().join();
}

const field = (value: string, name = "Output"): string =>
  `<field var='${name}'><value>${value}</value></field>`;
const on = ({ world }: Cast): boolean[] => [world.relays.relay1!.on, world.relays.relay2!.on];

describe("asked for", () => {
  test("each parameter is in it, typed, ordered on a page, and not to be written unless changed", () => {
    const form = ask(cast("yes")) as Node;
    expect(form.attributes.type).toBe("form");
    const [title, page, only] = childrenOf(form);
    expect([title!.name, page!.name, only!.name]).toEqual(["title", "page", "field"]);
    expect(childrenOf(page!).map((one) => one.attributes.var)).toEqual(["Output"]);
    expect(only!.attributes).toMatchObject({ var: "Output", type: "boolean" });
    expect(childrenOf(only!).map((one) => [one.name, one.ns, one.attributes.datatype])).toEqual([
      ["value", "jabber:x:data", undefined],
      ["validate", "http://jabber.org/protocol/xdata-validate", "xs:boolean"],
      ["notSame", "urn:xmpp:xdata:dynamic", undefined],
    ]);
  });

  test("its value is what all have, and nothing where they differ", () => {
    const one = cast("yes");
    expect(fields(ask(one))).toEqual(["Output=false"]);
    one.visitor.switch("relay1", true);
    expect(fields(ask(one))).toEqual(["Output="]);
    expect(fields(ask(one, "<node nodeId='relay1'/>"))).toEqual(["Output=true"]);
    expect(fields(ask(one, RELAYS))).toEqual(["Output="]);
    one.world.pass(1000);
    one.visitor.switch("relay2", true);
    expect(fields(ask(one, RELAYS))).toEqual(["Output=true"]);
  });

  test("is a question of control, with its tokens, and remembered as one", () => {
    const one = cast("yes");
    one.authority.hears();
    one.visitor.ask("get", `<getForm xmlns='${CONTROL}' userToken='U'>${RELAYS}</getForm>`);
    const [question] = one.authority.questions.map((iq) => childrenOf(iq)[0]!);
    expect([question!.name, question!.attributes.userToken]).toEqual(["canControl", "U"]);
    expect(childrenOf(question!).map((child) => child.attributes.nodeId))
      .toEqual(["relay1", "relay2"]);
    one.authority.hears();
    one.visitor.ask("get", `<getForm xmlns='${CONTROL}' userToken='U'>${RELAYS}</getForm>`);
    expect(one.authority.hears()).toEqual([]);
  });

  test.each([
    ["who may switch nothing", "no", "", ["cancel/forbidden"]],
    ["silence", "silent", "", []],
    ["a node without parameters", "yes", "<node nodeId='sensor'/>", ["cancel/item-not-found"]],
    ["one that has it, one that has not", "yes", "<node nodeId='relay1'/><node nodeId='sensor'/>",
      ["cancel/item-not-found"]],
    ["a node that is not here", "yes", "<node nodeId='relay9'/>", ["cancel/item-not-found"]],
    ["a node without a name", "yes", "<node/>", ["modify/bad-request"]],
  ])("gets no form: %s", (_what, say, inner, heard) => {
    const { visitor } = cast(say);
    visitor.ask("get", `<getForm xmlns='${CONTROL}'>${inner}</getForm>`);
    expect(visitor.hears()).toEqual(heard);
  });

  test("a grant of one relay shows that one's value", () => {
    const one = cast("yes");
    one.visitor.switch("relay2", true);
    one.authority.decide(`<canControlResponse xmlns='${NS}' jid='visitor@ex.org' result='true'>` +
      "<node nodeId='relay2'/></canControlResponse>", "canControl");
    expect(fields(ask(one))).toEqual(["Output=true"]);
  });

  test("a stranger learns nothing", () => {
    const { world } = cast("yes");
    const stranger = world.stranger();
    for (const inner of ["", RELAYS, "<node nodeId='relay9'/>", "<node/>"]) {
      stranger.ask("get", `<getForm xmlns='${CONTROL}'>${inner}</getForm>`);
    }
    expect(stranger.hears()).toEqual(Array(4).fill("cancel/forbidden"));
  });
});

describe("sent", () => {
  test("does what is in it, and only where the nodes say", () => {
    const one = cast("yes");
    expect([submit(one, field("1")), on(one)]).toEqual(["done", [true, true]]);
    one.world.pass(1000);
    one.visitor.set("<node nodeId='relay1'/><x xmlns='jabber:x:data' type='submit'>" +
      `${field("false")}</x>`);
    expect([one.visitor.hears(), on(one)]).toEqual([["done"], [false, true]]);
  });

  test("a hidden session is nothing to be switched", () => {
    const one = cast("yes");
    const session = "<field var='xdd session' type='hidden'><value>x</value></field>";
    expect([submit(one, session + field("true")), on(one)]).toEqual(["done", [true, true]]);
    expect(submit(one, session)).toBe("modify/bad-request");
  });

  test.each([
    ["no value", "<field var='Output'/>", "submit", "modify/bad-request"],
    ["two values", "<field var='Output'><value>1</value><value>0</value></field>", "submit",
      "modify/bad-request"],
    ["a value that is none", field("yes"), "submit", "modify/bad-request"],
    ["no name", "<field><value>1</value></field>", "submit", "modify/bad-request"],
    ["a name twice", field("1") + field("0"), "submit", "modify/bad-request"],
    ["nothing", "", "submit", "modify/bad-request"],
    ["what the board has not", field("1") + field("1", "X"), "submit", "cancel/item-not-found"],
    ["another type of form", field("1"), "form", "modify/bad-request"],
    ["a cancelled form", field("1"), "cancel", "modify/bad-request"],
    ["a name as long as it may be", field("1", "n".repeat(NAME_BYTES_MAX)), "submit",
      "cancel/item-not-found"],
    ["one octet longer", field("1", "n".repeat(NAME_BYTES_MAX + 1)), "submit",
      "modify/bad-request"],
  ])("with %s does nothing", (_what, inner, type, answer) => {
    const one = cast("yes");
    expect([submit(one, inner, type), on(one)]).toEqual([answer, [false, false]]);
  });

  const form = `<x xmlns='jabber:x:data' type='submit'>${field("1")}</x>`;
  test.each([
    ["another", form],
    ["a parameter behind it", "<boolean name='Output' value='true'/>"],
    ["a parameter of another name", "<boolean name='X' value='true'/>"],
  ])("with %s beside it does nothing (ERRATA N15)", (_what, other) => {
    for (const inner of [form + other, other + form]) {
      const one = cast("yes");
      one.visitor.set(`<node nodeId='relay1'/>${inner}`);
      expect([one.visitor.hears(), on(one)]).toEqual([["modify/bad-request"], [false, false]]);
    }
  });

  test("as many fields as names may be asked for, and not one more", () => {
    const many = (count: number): string =>
      Array.from({ length: count }, (_, i) => `<field var='F${i}'/>`).join("");
    expect(submit(cast("yes"), many(NAMES_MAX))).toBe("cancel/item-not-found");
    expect(submit(cast("yes"), many(NAMES_MAX + 1))).toBe("modify/bad-request");
  });

  test("is refused as parameters are", () => {
    const one = cast("no");
    expect([submit(one, field("1")), on(one)]).toEqual(["cancel/forbidden", [false, false]]);
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile forms")).toBe("");
});
