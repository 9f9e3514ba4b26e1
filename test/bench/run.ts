/**
 * `npm run bench [-- --write] [-- --quick]`: this device beside the peers that do the same work,
 * on this machine, in one run: stanzas parsed, read-outs served, octets to load. What a machine
 * does not have is skipped, and named. `--write` puts the tables into BENCHMARKS.md; `--quick`
 * runs everything once, to see that it runs: its figures mean nothing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { argv, env, version } from "node:process";
import { ROOT, isMain } from "../../build/project.js";
import type { Rate } from "./median.js";
import { onJerry, onNode } from "./parse.js";
import type { Effort, Outcome } from "./parse.js";
import { missing, readouts } from "./readout.js";
import type { Readouts } from "./readout.js";
import { shipped, sizes } from "./size.js";
import type { Size } from "./size.js";

const FILE = join(ROOT, "BENCHMARKS.md");
const BEGIN = "<!-- bench: npm run bench -- --write -->";
const END = "<!-- end of bench -->";
const RUNS = 7;
const RUN_MS = 500;
const READOUTS = 150;

/** "12,345 ± 3 %": the median, and half of the distance between the best and the worst run. */
export function show(rate: Rate): string {
  const whole = Math.round(rate.perSecond).toLocaleString("en");
  return `${whole} ± ${Math.ceil(rate.spread * 50)} %`;
}

export function parsing(node: Outcome[], jerry: Outcome[] | null): string[] {
  const cell = (one?: Outcome): string =>
    one?.rate ? show(one.rate) : one?.why ?? "not run";
  return [
    "| parser | stanzas a second, Node | stanzas a second, JerryScript |",
    "| --- | --- | --- |",
    ...node.map((one) => {
      const other = jerry?.find(({ name }) => name === one.name);
      return `| ${one.name} | ${cell(one)} | ${cell(other)} |`;
    }),
  ];
}

export function serving(found: Readouts[]): string[] {
  return [
    "| device | read-outs a second, one after the other | four under way |",
    "| --- | --- | --- |",
    ...found.map(({ name, single, together }) =>
      `| ${name} | ${show(single)} | ${show(together)} |`),
  ];
}

export function weighing(found: Size[]): string[] {
  const text = (count: number): string => count.toLocaleString("en");
  return [
    "| what is loaded | octets | with gzip |",
    "| --- | --- | --- |",
    ...found.map(({ name, bytes, gzipped }) => `| ${name} | ${text(bytes)} | ${text(gzipped)} |`),
  ];
}

/** Everything, as Markdown. `quick`: once and briefly. */
export async function bench(quick: boolean): Promise<string> {
  const effort: Effort = quick ? { runs: 1, runMs: 20 } : { runs: RUNS, runMs: RUN_MS };
  const jerry = env["JERRY"] ? await onJerry(env["JERRY"], effort) : null;
  const lines = ["### Parsing", "", ...parsing(onNode(effort), jerry), ""];
  if (!jerry) lines.push("JerryScript was skipped: `JERRY` is not set.", "");
  const lack = missing();
  const served = lack ? [`Skipped: ${lack}.`]
    : serving(await readouts(effort.runs, quick ? 3 : READOUTS));
  lines.push("### Read-outs over Prosody", "", ...served, "");
  lines.push("### Octets", "", ...weighing([...shipped(), ...await sizes()]));
  return lines.join("\n");
}

/** Where and when: figures mean nothing without. */
function place(): string {
  const model = cpus()[0]?.model.trim() || "unknown processor";
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${cpus().length} × ${model}, Node ${version.slice(1)}, `
    + `load ${loadavg()[0]!.toFixed(1)} at the start; medians of ${RUNS} runs, `
    + "± half of the distance between the best and the worst.";
}

async function main(): Promise<void> {
  const quick = argv.includes("--quick");
  const where = place();
  const text = `${where}\n\n${await bench(quick)}\n`;
  console.log(text);
  if (!argv.includes("--write") || quick) return;
  const old = readFileSync(FILE, "utf8");
  const [before, rest] = old.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`BENCHMARKS.md has no place for this: ${BEGIN}`);
  writeFileSync(FILE, `${before}${BEGIN}\n${text}${END}${after}`);
}

if (isMain(import.meta.url)) await main();
