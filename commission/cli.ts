/**
 * `npm run commission`: waits for a board without a network, and gives it one, with an account and
 * a provisioning server (README.md).
 */
import { writeFileSync } from "node:fs";
import { labelSvg, labelTerminal } from "../flash/label.js";
import { Misuse } from "../hal/host/argument.js";
import { fromWire, printable } from "../hal/host/text.js";
import { Account } from "./account.js";
import { type Commissioned, Commissioner, Failure, Interrupted } from "./commissioner.js";
import { Keys } from "./key.js";
import { type Options, parseOptions, readSecret } from "./option.js";
import { type Asker, createAsker } from "./question.js";
import { NoAccount } from "./register.js";

const EXIT_FAILURE = 1;
const EXIT_MISUSE = 2;
/** As a shell says for SIGINT. */
const EXIT_INTERRUPTED = 130;
const SAME_MS = 300;

/** What takes leave at the first Ctrl-C; the second does not wait for that. */
let work: Commissioner | null = null;
let interruptedMs = -Infinity;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options === null) return;
  const asker = createAsker();
  try {
    await commission(options, asker);
  } finally {
    asker.close();
  }
}

async function commission(options: Options, asker: Asker): Promise<void> {
  const keys = new Keys(options.keyFile);
  const secret = options.code === "" && keys.count === 0 ? await askSecret(options, asker)
    : { code: options.code, wanted: options.wanted };
  const account = await Account.collect(options, asker);
  const commissioner = new Commissioner(options, secret, keys, account, asker, say);
  work = commissioner;
  const done = await commissioner.run();
  say(done.jid === "" ? "done: it has everything; nobody looked whether it works"
    : `done: the board is online as ${done.jid}, and has proved that it is the one that was here`);
  if (options.label !== "") showLabel(options.label, done, account.offer().jid);
}

async function askSecret(options: Options, asker: Asker) {
  const read = (text: string) => readSecret(text, options.wanted);
  const text = await asker.text("Pairing code on the board's label:", (answer) => {
    try {
      read(answer);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  });
  return read(text);
}

function showLabel(path: string, { joiner, code }: Commissioned, jid: string): void {
  if (code === "") throw new Misuse("there is no label without the pairing code: give --code");
  const { vendor, product, serial, deviceId } = joiner;
  const name = fromWire(jid).split("@")[0]!;
  const label = { name, vendor, product, serial, deviceId, code };
  if (path === "-") return console.log(labelTerminal(label, process.stdout.isTTY));
  try {
    writeFileSync(path, labelSvg(label), { mode: 0o600 });
  } catch (error) {
    throw new Misuse(`the --label file ${path} cannot be written: ${(error as Error).message}`);
  }
  say(`its label is in ${path}`);
}

/** Names come from boards and servers: they must not play with the terminal. */
function say(line: string): void {
  console.log(printable(line));
}

function codeOf(error: unknown): number {
  if (error instanceof Misuse) return EXIT_MISUSE;
  if (error instanceof Failure || error instanceof NoAccount) return EXIT_FAILURE;
  const { name, code } = error as NodeJS.ErrnoException;
  const isStopped = name === "ExitPromptError" || name === "AbortPromptError";
  if (isStopped || error instanceof Interrupted) return EXIT_INTERRUPTED;
  return code === "EADDRINUSE" || code === "EACCES" || code === "EADDRNOTAVAIL" ? EXIT_MISUSE : -1;
}

process.on("SIGINT", () => {
  const now = performance.now();
  // A terminal's Ctrl-C arrives twice, from the terminal and through npm.
  if (now - interruptedMs < SAME_MS) return;
  const isSecond = interruptedMs > -Infinity;
  interruptedMs = now;
  if (isSecond || work === null) process.exit(EXIT_INTERRUPTED);
  work.interrupt();
});
main().catch((error: unknown) => {
  const code = codeOf(error);
  if (code < 0) throw error;
  const { message, code: cause } = error as NodeJS.ErrnoException;
  const isPort = ["EADDRINUSE", "EACCES", "EADDRNOTAVAIL"].includes(cause ?? "");
  // Who stops it knows why.
  if (code !== EXIT_INTERRUPTED) console.error(`commission: ${printable(isPort
    ? `the --listen port cannot be used: ${cause}; name another one` : message)}`);
  process.exit(code);
});
