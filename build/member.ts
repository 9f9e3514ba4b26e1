/**
 * Methods of different classes that have the same name get names of their own, so that every call
 * of one can be found by it (pass/cold.ts). The type checker says whose method is called where;
 * where it cannot, or where an interface may stand between, a method keeps its name.
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { API } from "typescript/unstable/sync";
import type { Edit } from "./edit.js";
import { apply } from "./edit.js";
import { reserved, sources } from "./names.js";
import { parse, plainName, walk } from "./tree.js";
import type { Node } from "./tree.js";

/** What one source's names become. */
export interface Renaming {
  /** Name → for each place where one stands behind a dot, in the order of the text; "": stays. */
  members: Map<string, string[]>;
  /** "Class.method" → new name. */
  methods: Map<string, string>;
}

/** Source path relative to the root → what is renamed in it. */
export type Renamings = Map<string, Renaming>;

interface Method {
  file: string;
  name: string;
  owner: string;
  start: number;
  isPrivate: boolean;
  /** No other class can stand for this one by having the same members. */
  isNominal: boolean;
  declared: string[];
}

interface Access {
  name: string;
  start: number;
  /** Where, as the checker says: nowhere if it does not know, at several places for a union. */
  declared: string[];
}

interface Source {
  file: string;
  methods: Method[];
  accesses: Access[];
  /** Names of anything but methods. */
  others: Set<string>;
  /** Names of fields and of constants: the compiler writes or inlines accesses of its own. */
  written: Set<string>;
}

/** What makes a method's name that of its class alone. */
export function ownName(method: { name: string; owner: string }): string {
  return `${method.name}$${method.owner}`;
}

/** Renames whatever `isWanted` ("Class.method") and is safe. */
export function apart(root: string, isWanted: (name: string) => boolean): Renamings {
  const all = sources(root).map((file) => read(root, file));
  resolve(root, all);
  const methods = all.flatMap((source) => source.methods);
  const chosen = new Map(methods.filter((method) => isWanted(`${method.owner}.${method.name}`)
    && isSafe(method, methods, all)).map((method) => [method.declared[0]!, method]));
  return new Map(all.map((source): [string, Renaming] => [source.file, {
    members: positions(source, chosen),
    methods: new Map(source.methods.filter((method) => chosen.has(method.declared[0]!))
      .map((method) => [`${method.owner}.${method.name}`, ownName(method)])),
  }]));
}

function isSafe(method: Method, methods: Method[], all: Source[]): boolean {
  const { name, declared: [own] } = method;
  if (!own || method.declared.length > 1 || reserved().has(name)) return false;
  if (all.some(({ written }) => written.has(name))) return false;
  const isClear = ({ declared: found }: Access): boolean =>
    found.length === 1 || found.length > 1 && !found.includes(own);
  if (!all.every(({ accesses }) => accesses.every((each) => each.name !== name || isClear(each)))) {
    return false;
  }
  if (method.isPrivate) return true;
  return methods.every((each) => each.name !== name || each.isNominal)
    && !all.some(({ others }) => others.has(name));
}

function positions({ accesses }: Source, chosen: Map<string, Method>): Map<string, string[]> {
  const names = new Set([...chosen.values()].map((method) => method.name));
  const found = new Map<string, string[]>();
  for (const { name, declared } of accesses) {
    if (!names.has(name)) continue;
    const method = declared.length === 1 ? chosen.get(declared[0]!) : undefined;
    found.set(name, [...found.get(name) ?? [], method ? ownName(method) : ""]);
  }
  return found;
}

/** The compiled text of a source with the new names in it. */
export function rename(code: string, file: string, { members, methods }: Renaming): string {
  const edits: Edit[] = [];
  const left = new Map([...members].map(([name, places]) => [name, [...places]]));
  const own = new Set(methods.keys());
  const change = (key: Node, text: string): void => {
    edits.push({ start: key.start, end: key.end, text });
  };
  const accesses: Node[] = [];
  walk(parse(code, "js"), (node, parents) => {
    if (node.type === "MemberExpression" && !node.computed) accesses.push(node.property);
    if (node.type !== "MethodDefinition") return;
    const name = `${parents[parents.length - 2]!.id?.name}.${plainName(node.key, node.computed)}`;
    const next = methods.get(name);
    if (next && own.delete(name)) change(node.key, next);
  });
  const missing = [...own];
  for (const property of accesses.sort((a, b) => a.start - b.start)) {
    const places = left.get(property.name as string);
    const next = places?.shift();
    if (places && next === undefined) missing.push(property.name as string);
    if (next) change(property, next);
  }
  for (const [name, places] of left) if (places.length > 0) missing.push(name);
  if (missing.length > 0) throw new Error(`${file}: not as compiled: ${missing.join(", ")}`);
  return apply(code, edits);
}

function read(root: string, path: string): Source {
  const source: Source = { file: relative(root, path).replace(/\\/g, "/"), methods: [],
    accesses: [], others: new Set(), written: new Set() };
  walk(parse(readFileSync(path, "utf8"), "ts"), (node, parents) => note(source, node, parents));
  source.accesses.sort((a, b) => a.start - b.start);
  return source;
}

function note(source: Source, node: Node, parents: readonly Node[]): void {
  const { file, accesses, others, written } = source;
  if (node.type === "MemberExpression") {
    if (node.computed) quoted(node.property, others);
    else accesses.push({ name: node.property.name, start: node.property.start, declared: [] });
  }
  if (node.type === "Property") others.add(plainName(node.key, node.computed));
  if (/^TS(Property|Method|Abstract\w*)Signature$|^TSAbstract/.test(node.type)) {
    others.add(plainName(node.key, node.computed));
  }
  if (node.type === "PropertyDefinition") written.add(plainName(node.key, node.computed));
  if (node.type === "TSParameterProperty") {
    written.add((node.parameter.left ?? node.parameter).name as string);
  }
  if (node.type === "TSEnumMember") written.add(node.id.name as string);
  if (node.type !== "MethodDefinition" || node.kind === "constructor") return;
  const [owner, body] = [parents[parents.length - 2]!, parents[parents.length - 1]!];
  const name = plainName(node.key, node.computed);
  if (node.kind !== "method" || node.static || !owner.id) written.add(name);
  else source.methods.push({ file, name, owner: owner.id.name, start: node.key.start, declared: [],
    isPrivate: node.accessibility === "private", isNominal: hasPrivate(body) });
}

function quoted(property: Node, others: Set<string>): void {
  if (typeof property.value === "string") others.add(property.value);
}

function hasPrivate(body: Node): boolean {
  let has = false;
  walk(body, (node) => {
    if (node.accessibility === "private") has = true;
  });
  return has;
}

/** Asks the type checker whose each name is. */
function resolve(root: string, all: Source[]): void {
  const api = new API({ cwd: root });
  try {
    const config = join(root, "tsconfig.espruino.json");
    const { checker } = api.updateSnapshot({ openProjects: [config] }).getProjects()[0]!;
    for (const { file, methods, accesses } of all) {
      for (const places of [methods, accesses]) {
        if (places.length === 0) continue;
        const symbols = checker.getSymbolAtPosition(join(root, file),
          places.map((each) => each.start));
        places.forEach((place, i) => {
          const symbol = symbols[i];
          if (symbol && symbol.name !== place.name) {
            throw new Error(`${file}: ${place.name} is not where the checker looks`);
          }
          place.declared = (symbol?.declarations ?? [])
            .map(({ path, index }) => `${path} ${index}`);
        });
      }
    }
  } finally {
    api.close();
  }
}
