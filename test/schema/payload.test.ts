/**
 * The last test of a run: every different payload that the device has sent in any test before it
 * (test/sim/catalogue.ts) fits the schemas of the XEPs. One xmllint for each schema.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { playScene } from "../scenes/scene.js";
import { LEGACY, PAYLOADS, SCHEMAS, SCHEMA_FOLDER } from "../sim/catalogue.js";

const SCENES = new URL("../scenes/", import.meta.url).pathname;
/** By schema: whatever is run, the scenes alone have each of these. */
const SPOKEN: Record<string, string[]> = {
  "iot-control": ["setResponse"],
  "iot-provisioning": ["canControl", "canRead", "clearCacheResponse", "getToken",
    "getTokenChallengeResponse", "isFriend", "tokenChallenge", "tokenChallengeResponse"],
  "iot-sensordata": ["accepted", "cancelled", "failure", "fields"],
  "jabber-x-data": ["x"],
  "xdata-dynamic": ["notSame"],
  "xdata-layout": ["page"],
  "xdata-validate": ["validate"],
};

const missing = spawnSync("xmllint", ["--version"]).error ? "xmllint is not installed" : "";
if (missing) console.log(`skipped: ${missing}, the device's payloads are not validated`);

/** Names of the files, by schema. */
function recorded(): Record<string, string[]> {
  const files: Record<string, string[]> = {};
  for (const schema of [...Object.values(SCHEMAS), LEGACY]) files[schema] = [];
  for (const name of readdirSync(PAYLOADS)) files[name.split(".")[0]!]!.push(join(PAYLOADS, name));
  return files;
}

/** What xmllint complains of, with the payload; "" for nothing. */
function validate(schema: string, files: string[]): string {
  const xsd = join(SCHEMA_FOLDER, `${schema}.xsd`);
  const { stderr, status } = spawnSync("xmllint", ["--noout", "--schema", xsd, ...files],
    { encoding: "utf8", maxBuffer: 1 << 26 });
  if (status === 0) return "";
  const lines = stderr.split("\n").filter((line) => !line.endsWith(" validates"));
  const wrong = files.filter((file) => stderr.includes(`${file} fails to validate`));
  return [...lines, ...wrong.map((file) => readFileSync(file, "utf8"))].join("\n");
}

function elementOf(file: string): string {
  return /<([\w-]+)/.exec(readFileSync(file, "utf8"))![1]!;
}

test.skipIf(missing && process.env["CI"] !== "true")(
  "every payload that the device sent in this run fits the schemas", () => {
    for (const name of readdirSync(SCENES)) if (name.endsWith(".scene")) playScene(SCENES + name);
    const files = recorded();
    const counts: string[] = [];
    for (const schema of Object.values(SCHEMAS)) {
      const found = files[schema]!;
      expect([...new Set(found.map(elementOf))]).toEqual(expect.arrayContaining(SPOKEN[schema]!));
      expect(validate(schema, found)).toBe("");
      counts.push(`${found.length} of ${schema}`);
    }
    const all = Object.values(files).flat().length - files[LEGACY]!.length;
    console.log(`payloads: ${all} different ones of the device fit the schemas ` +
      `(${counts.join(", ")}); ${files[LEGACY]!.length} of an older dialect have none`);
  });

test.skipIf(missing && process.env["CI"] !== "true")("what fits no schema is found", () => {
  const folder = mkdtempSync(join(tmpdir(), "payload-"));
  const file = join(folder, "wrong.xml");
  writeFileSync(file, "<accepted xmlns='urn:xmpp:iot:sensordata' seqnr='one'/>");
  try {
    expect(validate("iot-sensordata", [file])).toContain(`${basename(file)}:1: element accepted`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
