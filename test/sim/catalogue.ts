/**
 * Every different payload that the device sent in the worlds of one test file, validated with
 * the specification's schemas by xmllint where there is one. Payloads that differ in digits alone
 * (counters, moments) are one. Each goes to PAYLOADS as well: the last test of a run validates
 * and counts what all of them have sent (test/schema/payload.test.ts).
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { childrenOf, parse, print } from "./markup.js";
import type { Node } from "./markup.js";

export const SCHEMAS: Record<string, string> = {
  "urn:xmpp:iot:sensordata": "iot-sensordata",
  "urn:xmpp:iot:control": "iot-control",
  "urn:xmpp:iot:provisioning": "iot-provisioning",
  "jabber:x:data": "jabber-x-data",
  "http://jabber.org/protocol/xdata-layout": "xdata-layout",
  "http://jabber.org/protocol/xdata-validate": "xdata-validate",
  "urn:xmpp:xdata:dynamic": "xdata-dynamic",
};
export const SCHEMA_FOLDER = fileURLToPath(new URL("../vectors/schema/", import.meta.url));
/** Named by schema and shape; emptied where a run begins (test/schema/begin.ts). */
export const PAYLOADS = fileURLToPath(new URL("../../out/payload/", import.meta.url));
/** What the schemas do not know: words of the older dialect. */
export const LEGACY = "legacy";

export class Catalogue {
  /** By schema, each payload once: its shape, and the first that had it. */
  readonly payloads = new Map<string, Map<string, string>>();
  /** Words of the older dialect (ERRATA N26), which no schema of today has. */
  readonly legacy = new Set<string>();

  add(stanza: Node): void {
    for (const payload of childrenOf(stanza)) {
      const schema = SCHEMAS[payload.ns];
      if (schema) this.enter(schema, this.without(payload));
      // Details of an error are schema's matter, too (paramError).
      if (payload.name === "error") this.add(payload);
    }
  }

  /** The stanza of a device that was only heard of, as a board's feed tells it. */
  hear(xml: string): void {
    this.add(parse(xml));
  }

  /** What xmllint complains of, "" for nothing; null where there is no xmllint. */
  validate(): { complaints: string; count: number } | null {
    if (spawnSync("xmllint", ["--version"]).error) return null;
    const folder = mkdtempSync(join(tmpdir(), "payload-"));
    let complaints = "";
    let count = 0;
    try {
      for (const [schema, payloads] of this.payloads) {
        const files = [...payloads.values()].map((payload, i) => {
          const file = join(folder, `${schema}-${i}.xml`);
          writeFileSync(file, payload);
          return file;
        });
        count += files.length;
        const xsd = join(SCHEMA_FOLDER, `${schema}.xsd`);
        const run = spawnSync("xmllint", ["--noout", "--schema", xsd, ...files],
          { encoding: "utf8" });
        if (run.status !== 0) complaints += this.explain(run.stderr, schema);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    return { complaints, count };
  }

  /** The complaints, and whose they are. */
  report(who: string): string {
    const complaints = this.validate()?.complaints ?? "";
    return complaints && `${who}: ${complaints}`;
  }

  /** Foreign elements stand for themselves: XEP-0004's schema knows of none (ERRATA N18). */
  private without(payload: Node): Node {
    const children: Node["children"] = [];
    for (const child of payload.children) {
      if (typeof child === "string") children.push(child);
      else if (child.ns === payload.ns) children.push(this.without(child));
      else this.add({ ...payload, children: [child] });
    }
    return { ...payload, children };
  }

  private enter(schema: string, payload: Node): void {
    if (payload.name === "rejected") {
      const xml = print(payload, "");
      if (!this.legacy.has(shapeOf(xml))) keep(LEGACY, xml);
      this.legacy.add(shapeOf(xml));
      return;
    }
    const said = { ...payload, attributes: { ...payload.attributes } };
    if (said.name === "setResponse" && "responseCode" in said.attributes) {
      delete said.attributes.responseCode; // ERRATA N27: harmless, and of version 0.2.
    }
    let known = this.payloads.get(schema);
    if (!known) this.payloads.set(schema, known = new Map());
    const xml = print(said, "");
    const shape = shapeOf(xml);
    if (known.has(shape)) return;
    known.set(shape, xml);
    keep(schema, xml);
  }

  private explain(stderr: string, schema: string): string {
    const list = [...this.payloads.get(schema)!.values()];
    const lines = stderr.split("\n").filter((line) => line.includes("error"));
    return lines.map((line) => {
      const place = /-(\d+)\.xml/.exec(line)?.[1];
      return place === undefined ? line : `${line.replace(/^.*?error :/, "")}\n  ${list[+place]}`;
    }).join("\n");
  }
}

function shapeOf(xml: string): string {
  return xml.replace(/\d+/g, "0");
}

/** For the end of the run; other programs than vitest have none. */
function keep(schema: string, xml: string): void {
  if (!process.env["VITEST"]) return;
  mkdirSync(PAYLOADS, { recursive: true });
  const hash = createHash("sha256").update(shapeOf(xml)).digest("hex").slice(0, 16);
  writeFileSync(join(PAYLOADS, `${schema}.${hash}.xml`), xml);
}
