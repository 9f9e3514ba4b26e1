/**
 * `npm run test:mutation [-- --quick] [-- --every N]
 * [-- --only TEXT]`: takes each check of firmware/store away,
 * one at a time, and shows that the power cuts and broken flashes of `npm run test:power` notice.
 * Prints those that nobody misses, and fails when there is one that is not proved to be the same
 * program (same.ts). With `--quick` each is given a sample of the cuts alone; without, who
 * survives that is given all of them. `--every 10` tries every tenth.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { rolldown } from "rolldown";
import { mutants, spoiled } from "./mutant.js";
import type { Mutant } from "./mutant.js";
import { proofOf, unused } from "./same.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const STORE = "firmware/store";
const OUT = join(ROOT, "out/mutation");
const WORKERS = 2;
/** Of one flash in its life: several times what the longest test reads. */
const READS_MAX = 500000;
/** Loops throw long before; this is for what nobody thought of, on a busy machine. */
const PATIENCE_MS = 240000;
const WHOLE_PATIENCE_MS = 1800000;

/** As they are at the start: who edits them meanwhile spoils nothing. */
const sources = new Map(readdirSync(join(ROOT, STORE)).sort().map((name) =>
  [join(STORE, name), readFileSync(join(ROOT, STORE, name), "utf8")]));

export function all(): Mutant[] {
  return [...sources].flatMap(([file, text]) => mutants(file, text));
}

/** A flash that is read again and again, by loops within loops, is found out. */
function impatient(path: string): string {
  const counting = "this.reads++;";
  const [before, after] = readFileSync(path, "utf8").split(counting);
  if (after === undefined) throw new Error(`hal/mock/flash.ts does not say: ${counting}`);
  return `${before}if (++this.reads > ${READS_MAX}) throw new Error("reads for ever");${after}`;
}

/** The trial with one check less, as one script. */
async function script(mutant: Mutant | null, place: string): Promise<string> {
  const bundle = await rolldown({
    input: join(ROOT, "test/power/trial.ts"),
    platform: "node",
    resolve: { alias: { vitest: join(ROOT, "test/power/promise.ts") } },
    plugins: [{
      name: "mutant",
      load(id) {
        const file = id.slice(ROOT.length + 1);
        if (file === "hal/mock/flash.ts") return { code: impatient(id), moduleType: "ts" };
        // A mutant can make the tests' own loops endless.
        if (!/^(firmware\/store|test\/unit\/store|test\/power)\//.test(file)) return null;
        const text = sources.get(file) ?? readFileSync(id, "utf8");
        return { code: spoiled(file, text, mutant), moduleType: "ts" };
      },
    }],
  });
  const { output } = await bundle.generate({ format: "es" });
  await bundle.close();
  mkdirSync(OUT, { recursive: true });
  const path = join(OUT, `${place}.mjs`);
  writeFileSync(path, output[0].code);
  return path;
}

/** What notices it; "" is a survivor. No mutant: what is wrong with the store as it is. */
export async function noticed(
  mutant: Mutant | null, isQuick: boolean, place = "one",
): Promise<string> {
  const path = await script(mutant, place);
  let by = await tried(path, false);
  if (by === "" && !isQuick) by = await tried(path, true);
  rmSync(path);
  return by;
}

function tried(path: string, isWhole: boolean): Promise<string> {
  return new Promise((done) => {
    const worker = new Worker(path, { workerData: { isWhole }, stderr: true });
    const timer = setTimeout(() => finish("runs for ever"),
      isWhole ? WHOLE_PATIENCE_MS : PATIENCE_MS);
    const finish = (by: string): void => {
      clearTimeout(timer);
      done(by);
      void worker.terminate();
    };
    worker.on("message", finish);
    worker.on("error", (error) => finish(`throws ${error.message}`));
  });
}

function option(name: string, otherwise: string): string {
  return argv.includes(name) ? argv[argv.indexOf(name) + 1]! : otherwise;
}

async function main(): Promise<void> {
  const isQuick = argv.includes("--quick");
  const every = Number(option("--every", "1"));
  const only = option("--only", "");
  const waiting = all().filter((one, index) =>
    index % every === 0 && `${one.file}:${one.line} `.includes(only));
  const count = waiting.length;
  const begun = Date.now();
  const sound = await noticed(null, true);
  if (sound !== "") throw new Error(`the store as it is: ${sound}`);
  let [missed, same, told] = [0, 0, 0];
  const work = async (place: string): Promise<void> => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const proof = proofOf(mutant);
      // Also what is proved is tried: a proof that something notices is none.
      const by = await noticed(mutant, isQuick || proof !== null, place);
      const where = `${mutant.file}:${mutant.line} ${mutant.what}`;
      if (by === "" && proof !== null) same++;
      else if (by === "") {
        missed++;
        console.log(`survives: ${where}   | ${mutant.text}`);
      } else if (proof !== null) {
        missed++;
        console.log(`is no proof: ${where} (${by})`);
      }
      if (++told % 50 === 0) console.log(`  ${told} of ${count}`);
    }
  };
  await Promise.all([...Array(WORKERS).keys()].map((one) => work(`worker${one}`)));
  for (const line of unused(all())) {
    missed++;
    console.log(`a proof of nothing: ${line}`);
  }
  const seconds = Math.round((Date.now() - begun) / 1000);
  console.log(`${count} mutants in ${seconds} s: ${count - same - missed} noticed, ${same} proved `
    + `to be the same program, ${missed} unexplained`);
  if (missed > 0) process.exitCode = 1;
}

if (argv[1] === fileURLToPath(import.meta.url)) await main();
