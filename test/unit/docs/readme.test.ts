/** The documents do not lie: commands, links, the tables and the examples are what there is. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { LIMITS, withLimits } from "../../../build/limits.js";
import { ROOT, readJson } from "../../../build/project.js";
import { SIGNS, withSigns, wordsOf } from "../../../build/sign.js";
import { startServer } from "../../../demo/server.js";

const DOCUMENTS = ["README.md", "DESIGN.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md",
  "CONFORMANCE.md", "BENCHMARKS.md", "docs/light.md", "docs/limits.md", "docs/servers.md",
  "boards/jerry/README.md", "commission/README.md", "flash/README.md", "test/vectors/README.md"];
const HAS_CURL = spawnSync("curl", ["--version"]).status === 0;

const text = (name: string): string => readFileSync(join(ROOT, name), "utf8");
const README = text("README.md");

/** As most places that show Markdown make them. */
function anchors(markdown: string): string[] {
  return [...markdown.replace(/```[^]*?```/g, "").matchAll(/^#+ (.+)$/gm)]
    .map(([, title]) => title!.toLowerCase().replace(/[^\p{L}\p{N}\- ]/gu, "").replace(/ /g, "-"));
}

function example(name: string, markdown = README): string {
  const found = new RegExp(`<!-- example: ${name} -->\\n\`\`\`\\w+\\n([^]*?)\`\`\``).exec(markdown);
  return found![1]!;
}

function section(title: string, markdown = README): string {
  return markdown.split(`\n## ${title}\n`)[1]!.split("\n## ")[0]!;
}

test.each(DOCUMENTS)("every npm script that %s names is there", (name) => {
  const { scripts } = readJson<{ scripts: Record<string, string> }>(join(ROOT, "package.json"));
  const known = ["ci", ...Object.keys(scripts)];
  const named = [...text(name).matchAll(/npm (?:run (?:--silent )?)?([a-z]+(?::[a-z]+)*)/g)];
  const strange = named.map(([, script]) => script!).filter((one) => !known.includes(one));
  expect(strange).toEqual([]);
});

test("every npm script is explained", () => {
  const { scripts } = readJson<{ scripts: Record<string, string> }>(join(ROOT, "package.json"));
  const told = text("README.md") + text("CONTRIBUTING.md");
  expect(Object.keys(scripts).filter((name) =>
    !new RegExp(`npm (run )?${name}(?![\\w:-])`).test(told))).toEqual([]);
});

test.each(DOCUMENTS)("every link of %s leads somewhere", (name) => {
  const broken: string[] = [];
  for (const [, target] of text(name).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(target!)) continue;
    const [path, anchor] = target!.split("#");
    const file = path === "" ? join(ROOT, name) : join(ROOT, dirname(name), path!);
    const isThere = existsSync(file);
    const isAnchor = anchor === undefined
      || (isThere && anchors(readFileSync(file, "utf8")).includes(anchor));
    if (!isThere || !isAnchor) broken.push(target!);
  }
  expect(broken).toEqual([]);
});

test("each row of the table of clauses has a source and a test, or says that it is not yet", () => {
  const rows = section("In short", text("CONFORMANCE.md")).split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (clause|---|\*\*)/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  const wrong = rows.filter((row) => {
    const [, clause, what, source, proof] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (what!.startsWith("not yet: ")) return source !== "" || proof !== "";
    return clause === "" || !source!.includes("](firmware/")
      || !/\]\(test\/[^)]+\.(test\.ts|scene)\)/.test(proof!);
  });
  expect(wrong).toEqual([]);
});

test("what the three promises quote are names of tests", () => {
  const promises = section("Three promises");
  expect(promises.match(/^\*\*.+?\*\*/gm)).toHaveLength(3);
  const proofs = [...promises.matchAll(/\]\((test\/[^)]+)\)/g)].map(([, path]) => path!);
  const said = proofs.filter((path) => statSync(join(ROOT, path)).isFile())
    .map((path) => `${path.replace(/-/g, " ")}\n${text(path)}`).join("\n");
  const quoted = [...promises.matchAll(/"([^"]+)"/g)]
    .map(([, name]) => name!.replace(/\s+/g, " "));
  expect(quoted.length).toBeGreaterThan(1);
  expect(quoted.filter((name) => !said.includes(name))).toEqual([]);
});

test("the table of limits is that of firmware/config.ts", () => {
  const hint = "npm run limits -- --write";
  const page = text(LIMITS);
  expect({ hint, text: page })
    .toEqual({ hint, text: withLimits(page, text("firmware/config.ts")) });
});

test("the words of the LED are those of firmware/pairing/light.ts", () => {
  const hint = "npm run limits -- --write";
  const source = text("firmware/pairing/light.ts");
  const page = text(SIGNS);
  expect({ hint, text: page }).toEqual({ hint, text: withSigns(page, source) });
  const names = wordsOf(source).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["off", "pairing", "hold", "reset", "button"]));
});

test("the tree is the tree", () => {
  const tree = section("How to read the source").split("```")[3]!;
  let folder = "";
  for (const line of tree.trim().split("\n")) {
    const [, indent, name] = /^( *)([\w.]+\/?) {2,}\S/.exec(line)!;
    if (indent === "") folder = name!;
    expect(existsSync(join(ROOT, indent === "" ? "" : folder, name!)), line).toBe(true);
  }
});

test.skipIf(!HAS_CURL)("the example of a virtual board works as it stands", async () => {
  const [control, nobody] = await freePorts();
  const script = example("device").replaceAll("8325", String(control))
    .replace("5222", String(nobody))
    // What the board logs may come in the middle of a line of answers.
    .replace(/ &$/m, " >&2 &")
    // A busy machine takes longer to start; a quick one need not wait.
    .replace("sleep 3", `for i in $(seq 100); do curl -s localhost:${control}/state && break
      sleep 0.2; done; echo`);
  const shell = spawnSync("sh", ["-e", "-c", `${script}\nwait`], { cwd: ROOT, encoding: "utf8" });
  const lines = shell.stdout.split(/\n|(?<=\})(?=\{)/)
    .filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual([
    expect.objectContaining({ online: false, trust: [] }), expect.objectContaining({ jid: null }),
    { down: false }, { name: "Temperature", value: 23.25 },
  ]);
});

test("the example of a provisioning server works as it stands", async () => {
  const server = await startServer({
    domain: "home.example", components: { "provisioning.home.example": "change-me" },
  });
  const folder = mkdtempSync(join(tmpdir(), "house-"));
  const file = join(folder, "house.mts");
  writeFileSync(file, example("authority", text("docs/servers.md")).replace("5347", String(server.componentPort))
    .replace("./authority/", pathToFileURL(join(ROOT, "authority/")).href));
  const tsx = pathToFileURL(join(ROOT, "node_modules/tsx/dist/esm/index.mjs")).href;
  const child = spawn(process.execPath, ["--import", tsx, file], { cwd: folder });
  try {
    expect(await firstLine(child)).toBe("online as provisioning.home.example");
    await expect.poll(() => existsSync(join(folder, "rules.json")), { timeout: 10000 }).toBe(true);
  } finally {
    const ended = new Promise((resolve) => child.on("close", resolve));
    child.kill("SIGKILL");
    await ended;
    await server.close();
    rmSync(folder, { recursive: true });
  }
});

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    let complaint = "";
    child.stdout!.on("data", (bytes) => {
      said += String(bytes);
      if (said.includes("\n")) resolve(said.split("\n")[0]!);
    });
    child.stderr!.on("data", (bytes) => complaint += String(bytes));
    child.on("close", () => reject(new Error(complaint)));
  });
}

async function freePorts(): Promise<number[]> {
  const servers = [net.createServer(), net.createServer()];
  const ports = await Promise.all(servers.map((server) => new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)))));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
