import { expect, test } from "vitest";
import { Element } from "../../../firmware/xml/element.js";
import { parse } from "./recorder.js";

test("an attribute is found by its whole name, and is empty where there is none", () => {
  const element = parse("<a id='1' idx='2' x.id='3' i='' xml:lang='en'/>");
  expect(["id", "idx", "x.id", "i", "d", "lang", "xml:lang", "ID", ""]
    .map((name) => element.attribute(name))).toEqual(["1", "2", "3", "", "", "", "", "", ""]);
});

test("a value that looks like another attribute is only a value", () => {
  const element = parse("<a x=\" from='prov@ex.org' \" y='from=prov@ex.org'/>");
  expect(element.attribute("from")).toBe("");
  expect(element.attribute("x")).toBe(" from='prov@ex.org' ");
});

test("an attribute of a namespace is not the one without", () => {
  const element = parse("<a xmlns:p='u' p:from='evil@ex.org'/>");
  expect(element.attribute("from")).toBe("");
  expect(parse("<a xmlns:p='u' p:from='evil@ex.org' from='dev@ex.org'/>").attribute("from"))
    .toBe("dev@ex.org");
});

test("a child is found by namespace and name, the first of them", () => {
  const element = parse("<a xmlns:p='u'><b x='1'/><p:b x='2'/><b xmlns='u' x='3'/><b x='4'/></a>");
  expect(element.child("jabber:client", "b")!.attribute("x")).toBe("1");
  expect(element.child("u", "b")!.attribute("x")).toBe("2");
  expect(element.child("u", "a")).toBeNull();
  expect(element.child("", "b")).toBeNull();
});

test("elements without children share nothing that could be changed", () => {
  const [one, other] = [new Element("u", "a", ""), parse("<a><b/></a>")];
  expect(one.child("u", "b")).toBeNull();
  expect(other.children).toHaveLength(1);
  expect(new Element("u", "c", "").children).toHaveLength(0);
});
