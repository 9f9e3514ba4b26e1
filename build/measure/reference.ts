/** The reference script's other side: a bare socket that says one stanza again and again. */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { Board } from "./board.js";
import { each } from "./callgrind.js";

const SCRIPT = new URL("answer.js", import.meta.url);
const END = "</message>";

class Peer {
  private readonly server: Server = createServer();
  private socket: Promise<Socket> | null = null;

  listen(): Promise<number> {
    return new Promise((resolve) => this.server.listen(0, "127.0.0.1", () =>
      resolve((this.server.address() as AddressInfo).port)));
  }

  /** A new power-on is a new connection. */
  expect(): void {
    this.socket = new Promise((resolve) => this.server.once("connection", resolve));
  }

  async say(stanza: string, count: number): Promise<void> {
    const socket = (await this.socket)!;
    // When the board is switched off.
    socket.once("error", () => undefined);
    for (let i = 0; i < count; i++) {
      const answered = new Promise<void>((resolve) => {
        let heard = "";
        const listener = (bytes: Buffer): void => {
          heard += bytes.toString("latin1");
          if (!heard.endsWith(END)) return;
          socket.off("data", listener);
          resolve();
        };
        socket.on("data", listener);
      });
      socket.write(stanza);
      await answered;
    }
  }

  close(): void {
    this.server.close();
  }
}

/** Instructions for one answer to this stanza. */
export async function reference(
  interpreter: string, stanza: string, count: number,
): Promise<number> {
  const peer = new Peer();
  const board = new Board(interpreter);
  try {
    const port = await peer.listen();
    const script = `PORT=${port};\n${readFileSync(SCRIPT, "latin1")}`;
    await board.store({ ".boot0": "setTimeout(require('Storage').read('app'),100)", app: script });
    return await each(board, count, async (run, times) => {
      peer.expect();
      await run.until(/online /);
      await peer.say(stanza, 1 + times);
    });
  } finally {
    board.remove();
    peer.close();
  }
}
