/**
 * Every different payload that the device sent in the worlds of one test file, validated with
 * the specification's schemas by xmllint where there is one. Payloads that differ in digits alone
 * (counters, moments) are one.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childrenOf, print } from "./markup.js";
import type { Node } from "./markup.js";

const SCHEMAS: Record<string, string> = {
  "urn:xmpp:iot:sensordata": "iot-sensordata",
  "urn:xmpp:iot:control": "iot-control",
  "urn:xmpp:iot:provisioning": "iot-provisioning",
};
const SCHEMA_FOLDER = new URL("../vectors/schema/", import.meta.url).pathname;

export class Catalogue {
  /** By schema, each payload once: its shape, and the first that had it. */
  readonly payloads = new Map<string, Map<string, string>>();
  /** Words of the older dialect (ERRATA N26), which no schema of today has. */
  readonly legacy = new Set<string>();

  add(stanza: Node): void {
    for (const payload of childrenOf(stanza)) {
      const schema = SCHEMAS[payload.ns];
      if (schema) this.enter(schema, payload);
      // Details of an error are schema's matter, too (paramError).
      if (payload.name === "error") this.add(payload);
    }
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

  /** The line for the run's output, and the complaints. */
  report(who: string): string {
    const result = this.validate();
    if (!result) {
      console.log(`skipped: xmllint is not here, ${who}'s payloads are not validated`);
      return "";
    }
    console.log(`${who}: ${result.count} different payloads of the device validated, ` +
      `${this.legacy.size} of the older dialect are not in the schemas`);
    return result.complaints;
  }

  private enter(schema: string, payload: Node): void {
    if (payload.name === "rejected") {
      this.legacy.add(print(payload, "").replace(/\d+/g, "0"));
      return;
    }
    const said = { ...payload, attributes: { ...payload.attributes } };
    if (said.name === "setResponse" && "responseCode" in said.attributes) {
      delete said.attributes.responseCode; // ERRATA N27: harmless, and of version 0.2.
    }
    let known = this.payloads.get(schema);
    if (!known) this.payloads.set(schema, known = new Map());
    const xml = print(said, "");
    const shape = xml.replace(/\d+/g, "0");
    if (!known.has(shape)) known.set(shape, xml);
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
