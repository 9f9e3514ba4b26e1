/** XML for people: indented, with names, values and text told apart. */
import { create } from "./element.js";

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", '"': "&quot;" };

export function pretty(xml: string): (Node | string)[] {
  const root = new DOMParser().parseFromString(xml, "text/xml").documentElement;
  return root.getElementsByTagName("parsererror").length > 0 ? [xml] : print(root, "");
}

function print(element: Element, indent: string): (Node | string)[] {
  const children = [...element.childNodes];
  const attributes = [...element.attributes].flatMap(({ name, value }) =>
    [" ", mark("name", name), "=", mark("value", `"${escape(value)}"`)]);
  const open = [indent, "<", mark("tag", element.nodeName), ...attributes];
  if (children.length === 0) return [...open, "/>"];
  const close = ["</", mark("tag", element.nodeName), ">"];
  if (element.children.length === 0) return [...open, ">", escape(element.textContent!), ...close];
  const inner = children.flatMap((child) => child instanceof Element
    ? ["\n", ...print(child, `${indent}  `)] : [escape(child.textContent ?? "")]);
  return [...open, ">", ...inner, "\n", indent, ...close];
}

function mark(className: string, text: string): HTMLElement {
  return create("span", { className }, text);
}

function escape(text: string): string {
  return text.replace(/[&<"]/g, (one) => ENTITIES[one]!);
}
