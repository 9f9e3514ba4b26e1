/**
 * `npm start`: the whole story in one process. An XMPP server, a provisioning server, a virtual
 * board and a visitor start on random ports of loopback; a page shows them.
 */
import { Command, InvalidArgumentError } from "commander";
import { parsePort } from "../hal/host/address.js";
import { loadPage } from "./page.js";
import { Stage } from "./stage.js";
import { type Web, createApp, listen } from "./web.js";

/** Easy to keep in mind: XEP-0324. */
const PORT = 8324;
/** Whoever pressed Ctrl-C does not want to wait for a goodbye that nobody answers. */
const FAREWELL_MS = 700;
const EXIT_MISUSE = 2;

async function main(): Promise<void> {
  const { port } = new Command("start").allowExcessArguments(false)
    .description("a board, its provisioning server and a visitor, on a page to play with")
    .option("--port <number>", `where to serve the page (default: ${PORT}, or any when taken)`,
      demandPort)
    .parse().opts<{ port?: number }>();
  const stage = new Stage();
  let web: Web | null = null;
  let isEnding = false;
  // A terminal's Ctrl-C arrives twice, from the terminal and through npm.
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    web?.close();
    setTimeout(() => process.exit(0), FAREWELL_MS);
    stage.close().finally(() => process.exit(0));
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  try {
    const [page] = await Promise.all([loadPage(), stage.open()]);
    web = await serve(createApp(stage, page), port);
  } catch (error) {
    if (isEnding) return;
    await stage.close();
    throw error;
  }
  if (isEnding) return web.close();
  console.log(`open ${web.url}`);
}

/** The usual port, or any where it is taken; but one that was asked for, or none. */
async function serve(app: ReturnType<typeof createApp>, port: number | undefined): Promise<Web> {
  try {
    return await listen(app, port ?? PORT);
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (isTaken && port === undefined) return listen(app, 0);
    throw error;
  }
}

function demandPort(text: string): number {
  const port = parsePort(text, 0);
  if (Number.isNaN(port)) throw new InvalidArgumentError("a port is a number from 0 to 65535");
  return port;
}

main().catch((error: NodeJS.ErrnoException) => {
  const isPort = ["EADDRINUSE", "EACCES"].includes(error.code ?? "");
  console.error(isPort ? `start: the port cannot be used: ${error.code}` : error);
  process.exit(isPort ? EXIT_MISUSE : 1);
});
